#include "cfeatures.h"

#include <math.h>

#include "lanes.h"

enum { WIDE = 2 * LANES, BLOCK = 6 };

// Channels of a panel, whose cells then stay in the first cache: 32 KB.
enum { PANEL = 256 };

// Adds a panel's channels to all outputs of its cells: six outputs of so many lanes stay in registers over the channels.
// `from` and `to` say which channels of all they are.
INLINED void panel_sums(const int parts, const float *restrict panel, size_t cells, size_t from, size_t to,
                        size_t channels, const float *restrict weight, const float *restrict bias, size_t outputs,
                        bool relu, float *restrict out, size_t count) {
    for (size_t o = 0; o < outputs; o += BLOCK) {
        // Where outputs do not fill a block, the last one is computed again and not stored.
        const float *w[BLOCK];
        for (size_t k = 0; k < BLOCK; k++) w[k] = weight + (o + k < outputs ? o + k : outputs - 1) * channels;
        for (size_t at = 0; at < cells; at += (size_t)parts * LANES) {
            size_t width = cells - at < (size_t)parts * LANES ? cells - at : (size_t)parts * LANES;
            lanes sum[BLOCK][2];
            for (size_t k = 0; k < BLOCK; k++) {
                size_t output = o + k < outputs ? o + k : outputs - 1;
                if (from == 0) {
                    for (int p = 0; p < parts; p++) sum[k][p] = (lanes){0} + bias[output];
                } else {
                    float before[WIDE] = {0};
                    copy_few(before, out + output * count + at, width);
                    memcpy(sum[k], before, (size_t)parts * sizeof(lanes));
                }
            }
            const float *x = panel + at;
            for (size_t c = from; c < to; c++, x += WIDE) {
                lanes value[2];
                for (int p = 0; p < parts; p++) value[p] = *(const lanes *)(x + p * LANES);
                for (int k = 0; k < BLOCK; k++)
                    for (int p = 0; p < parts; p++) sum[k][p] += w[k][c] * value[p];
            }
            for (size_t k = 0; k < BLOCK && o + k < outputs; k++) {
                float values[WIDE];
                memcpy(values, sum[k], (size_t)parts * sizeof(lanes));
                if (relu && to == channels)
                    for (int i = 0; i < parts * LANES; i++) values[i] = values[i] > 0 ? values[i] : 0;
                copy_few(out + (o + k) * count + at, values, width);
            }
        }
    }
}

// With 32 registers of 512 bits.
CLONES static void panel_wide(const float *restrict panel, size_t cells, size_t from, size_t to, size_t channels,
                              const float *restrict weight, const float *restrict bias, size_t outputs, bool relu,
                              float *restrict out, size_t count) {
    panel_sums(2, panel, cells, from, to, channels, weight, bias, outputs, relu, out, count);
}

// With 16 of 256 bits.
CLONES static void panel_narrow(const float *restrict panel, size_t cells, size_t from, size_t to, size_t channels,
                                const float *restrict weight, const float *restrict bias, size_t outputs, bool relu,
                                float *restrict out, size_t count) {
    panel_sums(1, panel, cells, from, to, channels, weight, bias, outputs, relu, out, count);
}

void cf_pointwise(const float *in, size_t channels, size_t count, const float *weight, const float *bias, size_t outputs,
                  bool relu, float *out) {
    float panel[PANEL * WIDE];
    for (size_t at = 0; at < count; at += WIDE) {
        size_t cells = count - at < WIDE ? count - at : WIDE;
        if (cells < WIDE) memset(panel, 0, sizeof panel);
        for (size_t from = 0; from < channels; from += PANEL) {
            size_t to = channels - from < PANEL ? channels : from + PANEL;
            for (size_t c = from; c < to; c++) {
                float *row = panel + (c - from) * WIDE;
                const float *source = in + c * count + at;
                copy_few(row, source, cells);
            }
            if (HAS_WIDE_REGISTERS)
                panel_wide(panel, cells, from, to, channels, weight, bias, outputs, relu, out + at, count);
            else
                panel_narrow(panel, cells, from, to, channels, weight, bias, outputs, relu, out + at, count);
        }
    }
}

CLONES void cf_depthwise3(const float *restrict in, size_t channels, size_t rows, size_t columns,
                          const float *restrict weight, const float *restrict bias, bool relu, float *restrict out) {
    // Whole registers are computed; what is beyond the row is not stored.
    float seen[STRIP + 2][ROW], sums[SPAN + LANES];
    for (size_t c = 0; c < channels; c++) {
        const float *plane = in + c * rows * columns, *w = weight + 9 * c;
        for (size_t from = 0; from < columns; from += SPAN) {
            size_t width = columns - from < SPAN ? columns - from : SPAN;
            for (size_t top = 0; top < rows; top += STRIP) {
                size_t height = rows - top < STRIP ? rows - top : STRIP;
                for (size_t k = 0; k < height + 2; k++)
                    padded_row(plane, rows, columns, top + k - 1, from, width, seen[k]);
                for (size_t y = 0; y < height; y++) {
                    const float *a = seen[y], *b = seen[y + 1], *d = seen[y + 2];
                    for (size_t x = 0; x < width; x += LANES) {
                        lanes sum = bias[c] + LANES_UNDER_3X3(w, a, b, d, x);
                        *(lanes *)(sums + x) = relu ? (lanes)((sum > 0) & (lane_bits)sum) : sum;
                    }
                    copy_few(out + (c * rows + top + y) * columns + from, sums, width);
                }
            }
        }
    }
}

// Each coarse row is widened once, then added to the fine rows it stands for.
CLONES void cf_add_upsampled(const float *restrict coarse, size_t channels, size_t coarse_rows, size_t coarse_columns,
                             float *restrict map, size_t rows, size_t columns) {
    float wide[SPAN];
    for (size_t from = 0; from < columns; from += SPAN) {
        size_t width = columns - from < SPAN ? columns - from : SPAN;
        size_t source[SPAN];
        for (size_t x = 0; x < width; x++) source[x] = (from + x) * coarse_columns / columns;
        for (size_t c = 0; c < channels; c++) {
            size_t last = coarse_rows;
            for (size_t y = 0; y < rows; y++) {
                size_t row = y * coarse_rows / rows;
                const float *values = coarse + (c * coarse_rows + row) * coarse_columns;
                if (row != last)
                    for (size_t x = 0; x < width; x++) wide[x] = values[source[x]];
                last = row;
                float *to = map + (c * rows + y) * columns + from;
                for (size_t x = 0; x < width; x++) to[x] += wide[x];
            }
        }
    }
}

CLONES void cf_relu(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] = values[i] > 0 ? values[i] : 0;
}

CLONES void cf_mean3(const float *restrict in, size_t channels, size_t rows, size_t columns, float *restrict out) {
    for (size_t c = 0; c < channels; c++)
        for (size_t y = 0; y < rows; y++) {
            size_t first = y ? y - 1 : 0, last = y + 1 < rows ? y + 1 : y;
            float *to = out + (c * rows + y) * columns;
            for (size_t x = 0; x < columns; x++) to[x] = 0;
            for (size_t r = first; r <= last; r++) {
                const float *row = in + (c * rows + r) * columns;
                for (size_t x = 1; x < columns; x++) to[x] += row[x - 1];
                for (size_t x = 0; x < columns; x++) to[x] += row[x];
                for (size_t x = 0; x + 1 < columns; x++) to[x] += row[x + 1];
            }
            float height = (float)(last - first + 1);
            for (size_t x = 0; x < columns; x++) {
                size_t wide = 1 + (x > 0) + (x + 1 < columns);
                to[x] /= height * (float)wide;
            }
        }
}

CLONES void cf_moments(const float *restrict in, size_t channels, size_t rows, size_t columns, size_t left, size_t top,
                       size_t right, size_t bottom, float *restrict mean, float *restrict deviation) {
    double cells = (double)((right - left) * (bottom - top));
    for (size_t c = 0; c < channels; c++) {
        // Around the first value, so that a large mean does not swallow the squares; a row's sums are short.
        const float *plane = in + c * rows * columns;
        float origin = plane[top * columns + left];
        double total = 0, squares = 0;
        for (size_t y = top; y < bottom; y++) {
            const float *row = plane + y * columns;
            float partial[LANES] = {0}, partial_squares[LANES] = {0};
            size_t x = left;
            for (; x + LANES <= right; x += LANES)
                for (size_t k = 0; k < LANES; k++) {
                    float value = row[x + k] - origin;
                    partial[k] += value;
                    partial_squares[k] += value * value;
                }
            for (size_t k = 0; x < right; x++, k++) {
                float value = row[x] - origin;
                partial[k] += value;
                partial_squares[k] += value * value;
            }
            for (size_t k = 0; k < LANES; k++) {
                total += partial[k];
                squares += partial_squares[k];
            }
        }
        double average = total / cells, variance = squares / cells - average * average;
        mean[c] = (float)(average + origin);
        deviation[c] = (float)sqrt(variance > 0 ? variance : 0);
    }
}

CLONES void cf_cells(const float *restrict in, size_t channels, size_t count, float *restrict out) {
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < count; i++) out[i * channels + c] = in[c * count + i];
}

CLONES void cf_whitened_length(const float *restrict cells, size_t count, size_t k, const float *restrict mean,
                               size_t means, const float *restrict factor, size_t factors, float *restrict scratch,
                               float *restrict out) {
    size_t triangle = k * (k + 1) / 2;
    float *difference = scratch, *white = scratch + k;
    for (size_t i = 0; i < count; i++) {
        const float *m = mean + (means == 1 ? 0 : i) * k, *column = factor + (factors == 1 ? 0 : i) * triangle;
        const float *z = cells + i * k;
        for (size_t j = 0; j < k; j++) {
            difference[j] = z[j] - m[j];
            white[j] = 0;
        }
        for (size_t j = 0; j < k; j++) {
            float d = difference[j];
            float *to = white + j;
            size_t length = k - j;
            for (size_t r = 0; r < length; r++) to[r] += d * column[r];
            column += length;
        }
        float partial[LANES] = {0};
        size_t j = 0;
        for (; j + LANES <= k; j += LANES)
            for (size_t l = 0; l < LANES; l++) partial[l] += white[j + l] * white[j + l];
        for (size_t l = 0; j < k; j++, l++) partial[l] += white[j] * white[j];
        float sum = 0;
        for (size_t l = 0; l < LANES; l++) sum += partial[l];
        out[i] = sqrtf(sum);
    }
}

CLONES void cf_range(const float *values, size_t count, float *low, float *high) {
    float least = *low, greatest = *high;
    for (size_t i = 0; i < count; i++) {
        least = values[i] < least ? values[i] : least;
        greatest = values[i] > greatest ? values[i] : greatest;
    }
    *low = least;
    *high = greatest;
}

void cf_histogram(const float *values, size_t count, float low, float high, size_t bins, uint64_t *counts) {
    float gain = high > low ? (float)bins / (high - low) : 0;
    for (size_t i = 0; i < count; i++) {
        float at = (values[i] - low) * gain;
        // Written so that what is no number goes to the first.
        size_t bin = at > 0 ? (at < (float)(bins - 1) ? (size_t)at : bins - 1) : 0;
        counts[bin]++;
    }
}

CLONES void cf_cosines(const float *restrict a, const float *restrict b, size_t channels, size_t count,
                       float *restrict out) {
    enum { PART = 64 };
    for (size_t from = 0; from < count; from += PART) {
        size_t size = count - from < PART ? count - from : PART;
        float dot[PART] = {0}, first[PART] = {0}, second[PART] = {0};
        for (size_t c = 0; c < channels; c++) {
            const float *x = a + c * count + from, *y = b + c * count + from;
            for (size_t i = 0; i < size; i++) {
                dot[i] += x[i] * y[i];
                first[i] += x[i] * x[i];
                second[i] += y[i] * y[i];
            }
        }
        for (size_t i = 0; i < size; i++) {
            float product = sqrtf(first[i]) * sqrtf(second[i]);
            out[from + i] = product > 0 ? dot[i] / product : first[i] == second[i] ? 1 : 0;
        }
    }
}
