// Pure C face of GDAL for one use: heights out of a raster file. The library is found at run time, so the program
// starts without it. Handles and error texts, no policy.
#ifndef CGEODATA_H
#define CGEODATA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define CGEO_ERROR_SIZE 512

typedef struct cgeo_raster cgeo_raster;  // used by one thread at a time

typedef struct cgeo_info {
    int32_t width;
    int32_t height;
    double transform[6];   // GDAL's: x = t0 + t1*column + t2*row, y = t3 + t4*column + t5*row, at the corner of a pixel
    bool has_transform;
    bool is_geographic;    // coordinates are longitude and latitude in degrees already
    bool has_projection;   // the file names its reference system
    bool has_no_data;
    double no_data;        // before scale and offset
    double scale;          // to meters
    double offset;
} cgeo_info;

// Opens the first band of a raster. `library` is a path or a soname, NULL tries the usual sonames. Every function that
// takes `error` writes a text of at most CGEO_ERROR_SIZE bytes there when it fails.
cgeo_raster *cgeo_raster_open(const char *library, const char *path, char *error);
void cgeo_raster_close(cgeo_raster *raster);
const cgeo_info *cgeo_raster_info(const cgeo_raster *raster);

// Reads a window as 32-bit floats, row by row; `values` holds width*height of them. Scale and offset are not applied.
bool cgeo_raster_read(
    cgeo_raster *raster, int32_t x, int32_t y, int32_t width, int32_t height, float *values, char *error);

// WGS84 degrees to the raster's own coordinates; false where the point has none.
bool cgeo_raster_project(const cgeo_raster *raster, double longitude, double latitude, double *x, double *y);

// The raster's own coordinates to WGS84 degrees; false where the point has none.
bool cgeo_raster_unproject(const cgeo_raster *raster, double x, double y, double *longitude, double *latitude);

#ifdef __cplusplus
}
#endif
#endif
