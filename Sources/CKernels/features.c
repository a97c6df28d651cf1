#include "cfeatures.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

// Sixteen floats, loaded from any address.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
enum { LANES = 16, WIDE = 2 * LANES, BLOCK = 4 };

// The columns that do not fill a block, one output at a time.
CLONES static void pointwise_rest(const float *restrict in, size_t channels, size_t count, size_t from,
                                  const float *restrict weight, float bias, bool relu, float *restrict out) {
    for (size_t i = from; i < count; i++) out[i] = bias;
    for (size_t c = 0; c < channels; c++) {
        float w = weight[c];
        const float *row = in + c * count;
        for (size_t i = from; i < count; i++) out[i] += w * row[i];
    }
    if (relu)
        for (size_t i = from; i < count; i++) out[i] = out[i] > 0 ? out[i] : 0;
}

// Four outputs of 32 cells stay in registers over all channels.
CLONES static size_t pointwise_block(const float *restrict in, size_t channels, size_t count,
                                     const float *restrict weight, const float *restrict bias, bool relu,
                                     float *restrict out) {
    size_t at = 0;
    for (; at + WIDE <= count; at += WIDE) {
        lanes sum[BLOCK][2];
        for (int o = 0; o < BLOCK; o++) sum[o][0] = sum[o][1] = (lanes){0} + bias[o];
        const float *x = in + at;
        for (size_t c = 0; c < channels; c++, x += count) {
            lanes left = *(const lanes *)x, right = *(const lanes *)(x + LANES);
            for (int o = 0; o < BLOCK; o++) {
                float w = weight[(size_t)o * channels + c];
                sum[o][0] += w * left;
                sum[o][1] += w * right;
            }
        }
        for (int o = 0; o < BLOCK; o++) {
            float *to = out + (size_t)o * count + at;
            *(lanes *)to = sum[o][0];
            *(lanes *)(to + LANES) = sum[o][1];
        }
    }
    if (relu)
        for (int o = 0; o < BLOCK; o++)
            for (size_t i = 0; i < at; i++) {
                float *value = out + (size_t)o * count + i;
                *value = *value > 0 ? *value : 0;
            }
    return at;
}

void cf_pointwise(const float *in, size_t channels, size_t count, const float *weight, const float *bias, size_t outputs,
                  bool relu, float *out) {
    size_t o = 0;
    for (; o + BLOCK <= outputs; o += BLOCK) {
        const float *w = weight + o * channels;
        size_t done = pointwise_block(in, channels, count, w, bias + o, relu, out + o * count);
        for (size_t k = 0; done < count && k < BLOCK; k++)
            pointwise_rest(in, channels, count, done, w + k * channels, bias[o + k], relu, out + (o + k) * count);
    }
    for (; o < outputs; o++)
        pointwise_rest(in, channels, count, 0, weight + o * channels, bias[o], relu, out + o * count);
}

CLONES void cf_depthwise3(const float *restrict in, size_t channels, size_t rows, size_t columns,
                          const float *restrict weight, const float *restrict bias, bool relu, float *restrict out) {
    for (size_t c = 0; c < channels; c++) {
        const float *plane = in + c * rows * columns, *w = weight + 9 * c;
        for (size_t y = 0; y < rows; y++) {
            float *to = out + (c * rows + y) * columns;
            for (size_t x = 0; x < columns; x++) to[x] = bias[c];
            for (size_t k = 0; k < 3; k++) {
                if (y + k < 1 || y + k > rows) continue;
                const float *row = plane + (y + k - 1) * columns, *v = w + 3 * k;
                for (size_t x = 1; x < columns; x++) to[x] += v[0] * row[x - 1];
                for (size_t x = 0; x < columns; x++) to[x] += v[1] * row[x];
                for (size_t x = 0; x + 1 < columns; x++) to[x] += v[2] * row[x + 1];
            }
            if (relu)
                for (size_t x = 0; x < columns; x++) to[x] = to[x] > 0 ? to[x] : 0;
        }
    }
}

void cf_add_upsampled(const float *coarse, size_t channels, size_t coarse_rows, size_t coarse_columns, float *map,
                      size_t rows, size_t columns) {
    for (size_t c = 0; c < channels; c++)
        for (size_t y = 0; y < rows; y++) {
            const float *from = coarse + (c * coarse_rows + y * coarse_rows / rows) * coarse_columns;
            float *to = map + (c * rows + y) * columns;
            for (size_t x = 0; x < columns; x++) to[x] += from[x * coarse_columns / columns];
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
