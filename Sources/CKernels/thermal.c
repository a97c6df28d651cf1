#include "cthermal.h"

#include <string.h>

#include "clones.h"

CLONES void cthermal_load_bgr8(const uint8_t *pixels, size_t stride, int32_t width, int32_t height, float *plane) {
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *p = pixels + (size_t)y * stride;
        float *out = plane + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++)
            out[x] = (float)((29 * p[3 * x] + 150 * p[3 * x + 1] + 77 * p[3 * x + 2] + 128) >> 8);
    }
}

CLONES void cthermal_load_gray8(const uint8_t *pixels, size_t stride, int32_t width, int32_t height, float *plane) {
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *p = pixels + (size_t)y * stride;
        float *out = plane + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++) out[x] = (float)p[x];
    }
}

CLONES void cthermal_load_gray16(const uint8_t *pixels, size_t stride, int32_t width, int32_t height, float *plane) {
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *p = pixels + (size_t)y * stride;
        float *out = plane + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++) {
            uint16_t value;
            memcpy(&value, p + 2 * x, 2);
            out[x] = (float)value;
        }
    }
}

CLONES void cthermal_smooth(const float *plane, int32_t width, int32_t height, float *scratch, float *out) {
    for (int32_t y = 0; y < height; y++) {
        const float *b = plane + (size_t)y * (size_t)width;
        const float *a = y > 0 ? b - width : b, *c = y + 1 < height ? b + width : b;
        float *o = out + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++) scratch[x] = a[x] + b[x] + c[x];
        for (int32_t x = 1; x + 1 < width; x++) o[x] = (scratch[x - 1] + scratch[x] + scratch[x + 1]) * (1.0f / 9);
        o[0] = (2 * scratch[0] + scratch[width > 1 ? 1 : 0]) * (1.0f / 9);
        if (width > 1) o[width - 1] = (2 * scratch[width - 1] + scratch[width - 2]) * (1.0f / 9);
    }
}

CLONES void cthermal_blocks(const float *plane, int32_t width, int32_t height, float *out) {
    int32_t columns = width / 4, rows = height / 4;
    for (int32_t y = 0; y < rows; y++) {
        const float *p = plane + (size_t)(4 * y) * (size_t)width;
        for (int32_t x = 0; x < columns; x++) {
            float sum = 0;
            for (int32_t j = 0; j < 4; j++)
                for (int32_t i = 0; i < 4; i++) sum += p[(size_t)j * (size_t)width + (size_t)(4 * x + i)];
            out[(size_t)y * (size_t)columns + (size_t)x] = sum * (1.0f / 16);
        }
    }
}

// Value below which `share` of the counts in [first, last] lie, linear inside a bin.
static float quantile(const int32_t *h, int32_t first, int32_t last, int64_t total, float share, float origin, float bin) {
    float wanted = share * (float)total, sum = 0;
    for (int32_t i = first; i <= last; i++) {
        float next = sum + (float)h[i];
        if (next >= wanted && h[i] > 0) return origin + bin * ((float)i + (wanted - sum) / (float)h[i]);
        sum = next;
    }
    return origin + bin * (float)(last + 1);
}

cthermal_statistics cthermal_hill(const int32_t histogram[cthermal_bins], float origin, float bin, float share) {
    int32_t soft[cthermal_bins];
    int64_t total = 0, best_count = -1;
    int32_t best_first = 0, best_last = 0, found = 0;
    for (int32_t i = 0; i < cthermal_bins; i++) {
        static const int32_t weight[5] = {1, 2, 3, 2, 1};
        total += histogram[i];
        soft[i] = 0;
        for (int32_t k = -2; k <= 2; k++)
            if (i + k >= 0 && i + k < cthermal_bins) soft[i] += weight[k + 2] * histogram[i + k];
    }
    int32_t i = cthermal_bins - 1;
    while (i >= 0 && !found) {
        while (i >= 0 && soft[i] == 0) i--;
        if (i < 0) break;
        // Climb and descend until the hill has fallen to a third of its peak and rises again or ends.
        int32_t top = i, peak = 0;
        while (i >= 0 && 3 * soft[i] >= peak) {
            if (soft[i] > peak) peak = soft[i];
            i--;
        }
        int32_t first = i + 1, last = top;
        while (last > first && 3 * soft[last] < peak) last--;
        int64_t count = 0;
        for (int32_t k = first; k <= last; k++) count += histogram[k];
        if (count > best_count || (float)count >= share * (float)total) {
            best_count = count;
            best_first = first;
            best_last = last;
        }
        found = (float)count >= share * (float)total;
        // The far slope belongs to this hill as long as it falls.
        while (i > 0 && soft[i] > 0 && soft[i - 1] <= soft[i]) i--;
    }
    cthermal_statistics result = {origin, bin, found};
    if (best_count > 0) {
        result.level = quantile(histogram, best_first, best_last, best_count, 0.5f, origin, bin);
        result.spread = quantile(histogram, best_first, best_last, best_count, 0.84f, origin, bin) - result.level;
    }
    return result;
}

void cthermal_histograms(const float *grid, int32_t width, int32_t height, float origin, float bin, int32_t *histograms) {
    int32_t columns = (width + cthermal_tile - 1) / cthermal_tile, rows = (height + cthermal_tile - 1) / cthermal_tile;
    memset(histograms, 0, sizeof(int32_t) * (size_t)cthermal_bins * (size_t)columns * (size_t)rows);
    float inverse = 1 / bin;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            float f = (grid[(size_t)y * (size_t)width + (size_t)x] - origin) * inverse;
            int32_t i = f > 0 ? (f < cthermal_bins - 1 ? (int32_t)f : cthermal_bins - 1) : 0;
            histograms[((size_t)(y / cthermal_tile) * (size_t)columns + (size_t)(x / cthermal_tile)) * cthermal_bins +
                       (size_t)i]++;
        }
}

CLONES void cthermal_window(const int32_t *histograms, int32_t columns, int32_t rows, int32_t left, int32_t top,
                            int32_t right, int32_t bottom, int32_t sum[cthermal_bins]) {
    memset(sum, 0, sizeof(int32_t) * cthermal_bins);
    if (left < 0) left = 0;
    if (top < 0) top = 0;
    if (right >= columns) right = columns - 1;
    if (bottom >= rows) bottom = rows - 1;
    for (int32_t y = top; y <= bottom; y++)
        for (int32_t x = left; x <= right; x++) {
            const int32_t *h = histograms + ((size_t)y * (size_t)columns + (size_t)x) * cthermal_bins;
            for (int32_t i = 0; i < cthermal_bins; i++) sum[i] += h[i];
        }
}

// A row of values interpolated between tile centers, 32 pixels apart; constant beyond the outer centers.
static inline void ramp(const float *tiles, int32_t columns, int32_t width, float *out) {
    int32_t half = 16 < width ? 16 : width;
    for (int32_t x = 0; x < half; x++) out[x] = tiles[0];
    for (int32_t c = 0; c < columns; c++) {
        float from = tiles[c], step = c + 1 < columns ? (tiles[c + 1] - from) * (1.0f / 32) : 0;
        int32_t begin = 32 * c + 16, end = c + 1 < columns ? begin + 32 : width;
        if (end > width) end = width;
        for (int32_t x = begin; x < end; x++) out[x] = from + step * ((float)(x - begin) + 0.5f);
    }
}

CLONES void cthermal_mark(const float *plane, const float *smooth, int32_t width, int32_t height, const float *level,
                          const float *threshold, int32_t columns, int32_t rows, float low_share, float *contrast,
                          uint8_t *marks, float *scratch) {
    float *levels = scratch, *thresholds = scratch + width, *tiles = scratch + 2 * width;
    for (int32_t y = 0; y < height; y++) {
        float t = ((float)y + 0.5f) * (1.0f / 32) - 0.5f;
        int32_t above = t > 0 ? (int32_t)t : 0;
        if (above > rows - 1) above = rows - 1;
        int32_t below = above + 1 < rows ? above + 1 : above;
        t = t > (float)above ? t - (float)above : 0;
        for (int32_t c = 0; c < columns; c++) {
            float a = level[above * columns + c], b = level[below * columns + c];
            tiles[c] = a + (b - a) * t;
        }
        ramp(tiles, columns, width, levels);
        for (int32_t c = 0; c < columns; c++) {
            float a = threshold[above * columns + c], b = threshold[below * columns + c];
            tiles[c] = a + (b - a) * t;
        }
        ramp(tiles, columns, width, thresholds);
        size_t at = (size_t)y * (size_t)width;
        const float *raw = plane + at, *soft = smooth + at;
        float *out = contrast + at;
        uint8_t *mark = marks + at;
        for (int32_t x = 0; x < width; x++) {
            float value = soft[x] - levels[x], low = thresholds[x] * low_share;
            out[x] = value;
            mark[x] = (uint8_t)((value > low ? 1 : 0) | (value > thresholds[x] ? 2 : 0) |
                                (raw[x] - levels[x] > -low ? 4 : 0));
        }
    }
}

int32_t cthermal_runs(const float *contrast, const uint8_t *marks, int32_t width, int32_t height, cthermal_run *runs,
                      int32_t limit) {
    int32_t count = 0;
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *m = marks + (size_t)y * (size_t)width;
        const float *c = contrast + (size_t)y * (size_t)width;
        int32_t x = 0;
        while (x < width) {
            uint64_t eight;
            if (x + 8 <= width && (memcpy(&eight, m + x, 8), (eight & 0x0101010101010101ull) == 0)) {
                x += 8;
                continue;
            }
            if (!(m[x] & 1)) {
                x++;
                continue;
            }
            cthermal_run run = {y, x, x, 0, 0, c[x]};
            for (; x < width && (m[x] & 1); x++) {
                run.strong += m[x] >> 1 & 1;
                run.sum += c[x];
                if (c[x] > run.peak) run.peak = c[x];
            }
            run.right = x;
            if (count < limit) runs[count] = run;
            count++;
        }
    }
    return count;
}

void cthermal_spans(const uint8_t *marks, int32_t width, int32_t height, int32_t *across, int32_t *down, int32_t limit,
                    int32_t *scratch) {
    memset(across, 0, sizeof(int32_t) * (size_t)limit);
    memset(down, 0, sizeof(int32_t) * (size_t)limit);
    for (int32_t x = 0; x < width; x++) scratch[x] = -1;
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *m = marks + (size_t)y * (size_t)width;
        // Start of the run that is open, -1 before the first dark pixel: runs at the border have no known length.
        int32_t start = -1;
        if (!(y & 1))
            for (int32_t x = 0; x < width; x++) {
                if (m[x] & 4) continue;
                if (start >= 0 && x - start > 0 && x - start < limit) across[x - start]++;
                start = x + 1;
            }
        for (int32_t x = 0; x < width; x += 2) {
            if (m[x] & 4) continue;
            if (scratch[x] >= 0 && y - scratch[x] > 0 && y - scratch[x] < limit) down[y - scratch[x]]++;
            scratch[x] = y + 1;
        }
    }
}
