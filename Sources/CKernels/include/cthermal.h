// Pixel loops of the thermal hot-spot kernel. Planes are tightly packed rows of floats.
#ifndef CTHERMAL_H
#define CTHERMAL_H
#include <stddef.h>
#include <stdint.h>

// Brightness of pictures in memory; `stride` bytes a row. Color becomes luma (BT.601), equal channels their value.
void cthermal_load_bgr8(const uint8_t *pixels, size_t stride, int32_t width, int32_t height, float *plane);
void cthermal_load_gray8(const uint8_t *pixels, size_t stride, int32_t width, int32_t height, float *plane);
void cthermal_load_gray16(const uint8_t *pixels, size_t stride, int32_t width, int32_t height, float *plane);
// Mean of the 3x3 neighbourhood, edges repeated. `scratch` holds `width` floats.
void cthermal_smooth(const float *plane, int32_t width, int32_t height, float *scratch, float *out);
// Means of 4x4 blocks; rests of fewer than 4 rows or columns are left out. `out` holds (width / 4) * (height / 4).
void cthermal_blocks(const float *plane, int32_t width, int32_t height, float *out);

enum { cthermal_bins = 256, cthermal_tile = 8 };

typedef struct cthermal_statistics {
    float level;   // median of the hill
    float spread;  // half of the width that holds the middle 68 %, upper side
    int32_t found; // 0 where no hill was populated enough; then the most populated one is described
} cthermal_statistics;

// The hottest hill of a histogram that holds at least `share` of its values.
cthermal_statistics cthermal_hill(const int32_t histogram[cthermal_bins], float origin, float bin, float share);
// One histogram per 8x8 tile of the grid, tiles row by row; values outside count into the first or last bin.
void cthermal_histograms(const float *grid, int32_t width, int32_t height, float origin, float bin, int32_t *histograms);
// Sum of the tile histograms in a rectangle of tiles, bounds included, cut to the grid.
void cthermal_window(const int32_t *histograms, int32_t columns, int32_t rows, int32_t left, int32_t top, int32_t right,
                     int32_t bottom, int32_t sum[cthermal_bins]);

// Marks: 1 above half of the threshold, 2 above the threshold, 4 no darker than like parts are.
// `level` and `threshold` are given per tile of 32x32 pixels and interpolated; contrast = smooth - level. `scratch` holds
// 3 * width floats.
void cthermal_mark(const float *plane, const float *smooth, int32_t width, int32_t height, const float *level,
                   const float *threshold, int32_t columns, int32_t rows, float low_share, float *contrast,
                   uint8_t *marks, float *scratch);
typedef struct cthermal_run {
    int32_t y, left, right;  // right is one past the end
    int32_t strong;          // pixels with mark 2
    float sum, peak;         // of contrast
} cthermal_run;
// Runs of pixels with mark 1, row by row; returns how many there are, at most `limit` are written.
int32_t cthermal_runs(const float *contrast, const uint8_t *marks, int32_t width, int32_t height, cthermal_run *runs,
                      int32_t limit);
// Lengths of runs of mark 4 that are ended by darker pixels on both sides, every second row and column, up to `limit` - 1.
void cthermal_spans(const uint8_t *marks, int32_t width, int32_t height, int32_t *across, int32_t *down, int32_t limit,
                    int32_t *scratch);
#endif
