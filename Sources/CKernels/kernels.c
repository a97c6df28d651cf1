#include "ckernels.h"

#include <math.h>
#include <string.h>

#include "clones.h"

static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float larger(float a, float b) { return a > b ? a : b; }

size_t ck_nms(const float *boxes, const int32_t *classes, size_t count, float iou, size_t limit, int32_t *kept) {
    size_t found = 0;
    for (size_t i = 0; i < count && found < limit; i++) {
        const float *a = boxes + 4 * i;
        float area = (a[2] - a[0]) * (a[3] - a[1]);
        bool suppressed = false;
        for (size_t k = 0; k < found && !suppressed; k++) {
            size_t j = (size_t)kept[k];
            if (classes[j] != classes[i]) continue;
            const float *b = boxes + 4 * j;
            float w = smaller(a[2], b[2]) - larger(a[0], b[0]), h = smaller(a[3], b[3]) - larger(a[1], b[1]);
            if (w <= 0 || h <= 0) continue;
            float common = w * h, whole = area + (b[2] - b[0]) * (b[3] - b[1]) - common;
            suppressed = common > iou * whole;
        }
        if (!suppressed) kept[found++] = (int32_t)i;
    }
    return found;
}

void ck_best_in_rows(const float *rows, size_t count, size_t stride, size_t classes, float *best, int32_t *index) {
    for (size_t i = 0; i < count; i++) {
        const float *row = rows + i * stride;
        float top = classes ? row[0] : 0;
        int32_t at = 0;
        for (size_t c = 1; c < classes; c++)
            if (row[c] > top) {
                top = row[c];
                at = (int32_t)c;
            }
        best[i] = top;
        index[i] = at;
    }
}

CLONES void ck_best_in_columns(const float *restrict rows, size_t count, size_t classes, float *restrict best,
                               int32_t *restrict index) {
    for (size_t i = 0; i < count; i++) {
        best[i] = classes ? rows[i] : 0;
        index[i] = 0;
    }
    for (size_t c = 1; c < classes; c++) {
        const float *row = rows + c * count;
        for (size_t i = 0; i < count; i++) {
            bool better = row[i] > best[i];
            best[i] = better ? row[i] : best[i];
            index[i] = better ? (int32_t)c : index[i];
        }
    }
}

CLONES void ck_pixels_to_floats(const uint8_t *restrict pixels, size_t count, bool swap, bool interleaved,
                                const float mean[3], const float scale[3], float *restrict out) {
    for (size_t channel = 0; channel < 3; channel++) {
        size_t from = swap ? 2 - channel : channel;
        // Divided and not multiplied by the reciprocal: bit-equal to what exporters' own scripts feed.
        float m = mean[channel], s = scale[channel];
        if (interleaved) {
            for (size_t i = 0; i < count; i++) out[3 * i + channel] = ((float)pixels[3 * i + from] - m) / s;
        } else {
            float *plane = out + channel * count;
            for (size_t i = 0; i < count; i++) plane[i] = ((float)pixels[3 * i + from] - m) / s;
        }
    }
}

CLONES void ck_swap_red_blue(const uint8_t *restrict pixels, size_t count, uint8_t *restrict out) {
    for (size_t i = 0; i < count; i++) {
        out[3 * i] = pixels[3 * i + 2];
        out[3 * i + 1] = pixels[3 * i + 1];
        out[3 * i + 2] = pixels[3 * i];
    }
}

CLONES void ck_gray_to_bgr(const uint8_t *restrict gray, size_t gray_stride, uint8_t *restrict bgr, size_t bgr_stride,
                           size_t width, size_t height) {
    for (size_t y = 0; y < height; y++) {
        const uint8_t *from = gray + y * gray_stride;
        uint8_t *to = bgr + y * bgr_stride;
        for (size_t x = 0; x < width; x++) to[3 * x] = to[3 * x + 1] = to[3 * x + 2] = from[x];
    }
}

void ck_histogram16(const uint8_t *rows, size_t stride, size_t width, size_t height, uint32_t *histogram) {
    memset(histogram, 0, 65536 * sizeof *histogram);
    for (size_t y = 0; y < height; y++) {
        const uint8_t *row = rows + y * stride;
        for (size_t x = 0; x < width; x++) {
            uint16_t value;
            memcpy(&value, row + 2 * x, sizeof value);
            histogram[value]++;
        }
    }
}

CLONES void ck_window16(const uint8_t *restrict rows, size_t stride, size_t width, size_t height, uint16_t low,
                        uint16_t high, uint8_t *restrict out) {
    float gain = 255.0f / (float)(high > low ? high - low : 1);
    for (size_t y = 0; y < height; y++) {
        const uint8_t *row = rows + y * stride;
        for (size_t x = 0; x < width; x++) {
            uint16_t value;
            memcpy(&value, row + 2 * x, sizeof value);
            int32_t above = value < low ? 0 : value > high ? high - low : value - low;
            out[y * width + x] = (uint8_t)((float)above * gain + 0.5f);
        }
    }
}
