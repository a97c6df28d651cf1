// GDAL's C API through function pointers. The signatures below are those of gdal.h, ogr_srs_api.h and cpl_error.h,
// stable since GDAL 3.0.
#include "cgeodata.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { READ_ONLY = 0, OPEN_RASTER = 2, READ = 0, FLOAT32 = 6, TRADITIONAL_ORDER = 0, WGS84 = 4326 };

typedef void (*error_handler)(int, int, const char *);

static struct {
    void *handle;
    void (*register_all)(void);
    void (*set_cache)(int64_t);
    void *(*open)(const char *, unsigned, const char *const *, const char *const *, const char *const *);
    void (*close)(void *);
    int (*width)(void *);
    int (*height)(void *);
    int (*band_count)(void *);
    void *(*band)(void *, int);
    int (*transform)(void *, double *);
    const char *(*projection)(void *);
    double (*no_data)(void *, int *);
    double (*scale)(void *, int *);
    double (*offset)(void *, int *);
    const char *(*unit)(void *);
    int (*read)(void *, int, int, int, int, int, void *, int, int, int, int, int);
    void *(*reference)(const char *);
    int (*from_code)(void *, int);
    int (*is_geographic)(void *);
    void (*set_order)(void *, int);
    void (*destroy_reference)(void *);
    void *(*transformation)(void *, void *);
    void (*destroy_transformation)(void *);
    int (*apply)(void *, int, double *, double *, double *);
    void (*push_handler)(error_handler);
    void (*pop_handler)(void);
    error_handler quiet;
    const char *(*last_error)(void);
    void (*reset_error)(void);
} gdal;

struct cgeo_raster {
    void *dataset;
    void *band;
    void *forward;   // WGS84 to the raster; NULL where they are the same
    void *backward;
    cgeo_info info;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool fail(char *error, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(error, CGEO_ERROR_SIZE, format, list);
    va_end(list);
    return false;
}

static bool resolve(void *handle, char *error) {
    const struct {
        const char *name;
        void *slot;
    } table[] = {
        {"GDALAllRegister", &gdal.register_all},
        {"GDALSetCacheMax64", &gdal.set_cache},
        {"GDALOpenEx", &gdal.open},
        {"GDALClose", &gdal.close},
        {"GDALGetRasterXSize", &gdal.width},
        {"GDALGetRasterYSize", &gdal.height},
        {"GDALGetRasterCount", &gdal.band_count},
        {"GDALGetRasterBand", &gdal.band},
        {"GDALGetGeoTransform", &gdal.transform},
        {"GDALGetProjectionRef", &gdal.projection},
        {"GDALGetRasterNoDataValue", &gdal.no_data},
        {"GDALGetRasterScale", &gdal.scale},
        {"GDALGetRasterOffset", &gdal.offset},
        {"GDALGetRasterUnitType", &gdal.unit},
        {"GDALRasterIO", &gdal.read},
        {"OSRNewSpatialReference", &gdal.reference},
        {"OSRImportFromEPSG", &gdal.from_code},
        {"OSRIsGeographic", &gdal.is_geographic},
        {"OSRSetAxisMappingStrategy", &gdal.set_order},
        {"OSRDestroySpatialReference", &gdal.destroy_reference},
        {"OCTNewCoordinateTransformation", &gdal.transformation},
        {"OCTDestroyCoordinateTransformation", &gdal.destroy_transformation},
        {"OCTTransform", &gdal.apply},
        {"CPLPushErrorHandler", &gdal.push_handler},
        {"CPLPopErrorHandler", &gdal.pop_handler},
        {"CPLQuietErrorHandler", &gdal.quiet},
        {"CPLGetLastErrorMsg", &gdal.last_error},
        {"CPLErrorReset", &gdal.reset_error},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        void *symbol = dlsym(handle, table[i].name);
        if (!symbol) return fail(error, "the library has no %s", table[i].name);
        memcpy(table[i].slot, &symbol, sizeof symbol);
    }
    return true;
}

static bool load(const char *library, char *error) {
    static const char *const usual[] = {
        "libgdal.so.32", "libgdal.so", "libgdal.so.37", "libgdal.so.36", "libgdal.so.35", "libgdal.so.34",
        "libgdal.so.33", "libgdal.so.31", "libgdal.so.30", "libgdal.so.28",
    };
    void *handle = NULL;
    if (library) {
        handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        if (!handle) return fail(error, "%.500s", dlerror());
    }
    for (size_t i = 0; !handle && i < sizeof usual / sizeof *usual; i++) {
        handle = dlopen(usual[i], RTLD_NOW | RTLD_LOCAL);
    }
    if (!handle) return fail(error, "GDAL (libgdal.so) is not installed");
    if (!resolve(handle, error)) {
        dlclose(handle);
        return false;
    }
    gdal.register_all();
    // GDAL would take a twentieth of the memory for blocks that are kept by our caller anyway.
    gdal.set_cache(16 << 20);
    gdal.handle = handle;
    return true;
}

static bool loaded(const char *library, char *error) {
    pthread_mutex_lock(&lock);
    bool good = gdal.handle || load(library, error);
    pthread_mutex_unlock(&lock);
    return good;
}

static void begin(void) {
    gdal.push_handler(gdal.quiet);
    gdal.reset_error();
}

static bool gdal_fail(char *error, const char *doing) {
    const char *reason = gdal.last_error();
    return fail(error, "%s: %.400s", doing, reason && *reason ? reason : "no reason given");
}

static double meters_per_unit(const char *unit) {
    if (!unit) return 1;
    if (!strcasecmp(unit, "ft") || !strcasecmp(unit, "foot") || !strcasecmp(unit, "feet")) return 0.3048;
    if (strstr(unit, "US") || strstr(unit, "us")) return 1200.0 / 3937.0;
    if (!strcasecmp(unit, "cm")) return 0.01;
    return 1;
}

static bool read_reference(cgeo_raster *raster, char *error) {
    const char *text = gdal.projection(raster->dataset);
    raster->info.has_projection = text && *text;
    if (!raster->info.has_projection) return true;
    void *own = gdal.reference(text);
    void *wgs84 = gdal.reference(NULL);
    bool good = own && wgs84 && gdal.from_code(wgs84, WGS84) == 0;
    if (!good) {
        gdal_fail(error, "its reference system cannot be read");
    } else {
        gdal.set_order(own, TRADITIONAL_ORDER);
        gdal.set_order(wgs84, TRADITIONAL_ORDER);
        raster->info.is_geographic = gdal.is_geographic(own);
        raster->forward = gdal.transformation(wgs84, own);
        raster->backward = gdal.transformation(own, wgs84);
        good = raster->forward && raster->backward;
        if (!good) gdal_fail(error, "no way from WGS84 to its reference system");
    }
    if (own) gdal.destroy_reference(own);
    if (wgs84) gdal.destroy_reference(wgs84);
    return good;
}

static bool fill(cgeo_raster *raster, const char *path, char *error) {
    raster->dataset = gdal.open(path, OPEN_RASTER | READ_ONLY, NULL, NULL, NULL);
    if (!raster->dataset) return gdal_fail(error, "GDAL cannot read it");
    if (gdal.band_count(raster->dataset) < 1) return fail(error, "it has no raster band");
    raster->band = gdal.band(raster->dataset, 1);
    if (!raster->band) return gdal_fail(error, "its first band cannot be opened");
    cgeo_info *info = &raster->info;
    info->width = gdal.width(raster->dataset);
    info->height = gdal.height(raster->dataset);
    info->has_transform = gdal.transform(raster->dataset, info->transform) == 0;
    int known = 0;
    info->no_data = gdal.no_data(raster->band, &known);
    info->has_no_data = known;
    double unit = meters_per_unit(gdal.unit(raster->band));
    info->scale = gdal.scale(raster->band, &known) * unit;
    info->offset = gdal.offset(raster->band, &known) * unit;
    return read_reference(raster, error);
}

cgeo_raster *cgeo_raster_open(const char *library, const char *path, char *error) {
    if (!path || !loaded(library, error)) return NULL;
    cgeo_raster *raster = calloc(1, sizeof *raster);
    if (!raster) {
        fail(error, "out of memory");
        return NULL;
    }
    begin();
    bool good = fill(raster, path, error);
    gdal.pop_handler();
    if (good) return raster;
    cgeo_raster_close(raster);
    return NULL;
}

void cgeo_raster_close(cgeo_raster *raster) {
    if (!raster) return;
    begin();
    if (raster->forward) gdal.destroy_transformation(raster->forward);
    if (raster->backward) gdal.destroy_transformation(raster->backward);
    if (raster->dataset) gdal.close(raster->dataset);
    gdal.pop_handler();
    free(raster);
}

const cgeo_info *cgeo_raster_info(const cgeo_raster *raster) { return &raster->info; }

bool cgeo_raster_read(
    cgeo_raster *raster, int32_t x, int32_t y, int32_t width, int32_t height, float *values, char *error) {
    const cgeo_info *info = &raster->info;
    if (x < 0 || y < 0 || width < 1 || height < 1 || width > info->width - x || height > info->height - y) {
        return fail(error, "the window lies outside of the raster");
    }
    begin();
    bool good = gdal.read(raster->band, READ, x, y, width, height, values, width, height, FLOAT32, 0, 0) == 0;
    if (!good) gdal_fail(error, "heights cannot be read");
    gdal.pop_handler();
    return good;
}

static bool apply(void *transformation, double fromX, double fromY, double *x, double *y) {
    double z = 0;
    *x = fromX;
    *y = fromY;
    if (!transformation) return true;
    begin();
    bool good = gdal.apply(transformation, 1, x, y, &z) != 0;
    gdal.pop_handler();
    return good;
}

bool cgeo_raster_project(const cgeo_raster *raster, double longitude, double latitude, double *x, double *y) {
    return apply(raster->forward, longitude, latitude, x, y);
}

bool cgeo_raster_unproject(const cgeo_raster *raster, double x, double y, double *longitude, double *latitude) {
    return apply(raster->backward, x, y, longitude, latitude);
}
