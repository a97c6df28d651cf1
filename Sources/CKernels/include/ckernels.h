// Numeric loops that must be fast in debug builds and on every processor too; each has a plain reference form in the
// tests.
#ifndef CKERNELS_H
#define CKERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Greedy suppression of boxes sorted best first: `boxes` is count x (left, top, right, bottom). Keeps a box unless a
// kept one of its class overlaps it by more than `iou`. Writes the kept positions in order; returns how many, at most
// `limit`.
size_t ck_nms(const float *boxes, const int32_t *classes, size_t count, float iou, size_t limit, int32_t *kept);

// Best class of each row of a count x stride matrix, looking at `classes` values from the row's start.
void ck_best_in_rows(const float *rows, size_t count, size_t stride, size_t classes, float *best, int32_t *index);
// The same where the classes are the rows: classes x count. Ties give the lower class in both.
void ck_best_in_columns(const float *rows, size_t count, size_t classes, float *best, int32_t *index);

// Interleaved 8-bit pixels (blue, green, red) to floats (pixel - mean) / scale; mean and scale are by output channel,
// and the output's channels are (red, green, blue) where `swap`. Planes follow each other unless `interleaved`.
void ck_pixels_to_floats(const uint8_t *pixels, size_t count, bool swap, bool interleaved, const float mean[3],
                         const float scale[3], float *out);
// Exchanges the first and third byte of every pixel.
void ck_swap_red_blue(const uint8_t *pixels, size_t count, uint8_t *out);

// One grey byte to three equal ones; strides in bytes.
void ck_gray_to_bgr(const uint8_t *gray, size_t gray_stride, uint8_t *bgr, size_t bgr_stride, size_t width,
                    size_t height);
// Counts the values of a 16-bit picture; `stride` in bytes. `histogram` has 65536 entries and is cleared first.
void ck_histogram16(const uint8_t *rows, size_t stride, size_t width, size_t height, uint32_t *histogram);
// round((value - low) * 255 / (high - low)), saturated.
void ck_window16(const uint8_t *rows, size_t stride, size_t width, size_t height, uint16_t low, uint16_t high,
                 uint8_t *out);
#endif
