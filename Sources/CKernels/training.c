#include "ctraining.h"

#include <math.h>

#include "lanes.h"

enum { BLOCK = 4, PAIR = 2 };

// By address: a vector this wide cannot be an argument where the processor may lack it.
static inline float total(const lanes *value) {
    float sum = 0;
    for (int k = 0; k < LANES; k++) sum += (*value)[k];
    return sum;
}

// 4 rows by 4 columns, for 32 registers of 512 bits.
CLONES static void products_wide(const float *restrict a, const float *restrict b, size_t columns, size_t count,
                                 float *restrict out) {
    lanes sums[BLOCK][BLOCK];
    for (int i = 0; i < BLOCK; i++)
        for (int j = 0; j < BLOCK; j++) sums[i][j] = (lanes){0};
    size_t at = 0;
    for (; at + LANES <= count; at += LANES) {
        lanes right[BLOCK];
        for (int j = 0; j < BLOCK; j++) right[j] = *(const lanes *)(b + (size_t)j * count + at);
        for (int i = 0; i < BLOCK; i++) {
            lanes left = *(const lanes *)(a + (size_t)i * count + at);
            for (int j = 0; j < BLOCK; j++) sums[i][j] += left * right[j];
        }
    }
    for (int i = 0; i < BLOCK; i++)
        for (int j = 0; j < BLOCK; j++) {
            float sum = total(&sums[i][j]);
            for (size_t k = at; k < count; k++) sum += a[(size_t)i * count + k] * b[(size_t)j * count + k];
            out[(size_t)i * columns + (size_t)j] += sum;
        }
}

// 2 rows by 4 columns, for 16 registers of 256 bits.
CLONES static void products_narrow(const float *restrict a, const float *restrict b, size_t columns, size_t count,
                                   float *restrict out) {
    half_lanes sums[PAIR][BLOCK];
    for (int i = 0; i < PAIR; i++)
        for (int j = 0; j < BLOCK; j++) sums[i][j] = (half_lanes){0};
    size_t at = 0;
    for (; at + HALF <= count; at += HALF) {
        half_lanes right[BLOCK];
        for (int j = 0; j < BLOCK; j++) right[j] = *(const half_lanes *)(b + (size_t)j * count + at);
        for (int i = 0; i < PAIR; i++) {
            half_lanes left = *(const half_lanes *)(a + (size_t)i * count + at);
            for (int j = 0; j < BLOCK; j++) sums[i][j] += left * right[j];
        }
    }
    for (int i = 0; i < PAIR; i++)
        for (int j = 0; j < BLOCK; j++) {
            float sum = 0;
            for (int k = 0; k < HALF; k++) sum += sums[i][j][k];
            for (size_t k = at; k < count; k++) sum += a[(size_t)i * count + k] * b[(size_t)j * count + k];
            out[(size_t)i * columns + (size_t)j] += sum;
        }
}

static void products_block(const float *a, const float *b, size_t columns, size_t count, float *out) {
    if (HAS_WIDE_REGISTERS) {
        products_wide(a, b, columns, count, out);
        return;
    }
    for (size_t i = 0; i < BLOCK; i += PAIR) products_narrow(a + i * count, b, columns, count, out + i * columns);
}

CLONES static float dot(const float *restrict a, const float *restrict b, size_t count) {
    lanes sums = {0};
    size_t at = 0;
    for (; at + LANES <= count; at += LANES) sums += *(const lanes *)(a + at) * *(const lanes *)(b + at);
    float sum = total(&sums);
    for (; at < count; at++) sum += a[at] * b[at];
    return sum;
}

void ct_add_products(const float *a, size_t rows, const float *b, size_t columns, size_t count, float *out) {
    size_t i = 0;
    for (; i + BLOCK <= rows; i += BLOCK) {
        size_t j = 0;
        for (; j + BLOCK <= columns; j += BLOCK)
            products_block(a + i * count, b + j * count, columns, count, out + i * columns + j);
        for (; j < columns; j++)
            for (size_t k = 0; k < BLOCK; k++)
                out[(i + k) * columns + j] += dot(a + (i + k) * count, b + j * count, count);
    }
    for (; i < rows; i++)
        for (size_t j = 0; j < columns; j++) out[i * columns + j] += dot(a + i * count, b + j * count, count);
}

CLONES static float sum(const float *in, size_t count) {
    lanes sums = {0};
    size_t at = 0;
    for (; at + LANES <= count; at += LANES) sums += *(const lanes *)(in + at);
    float sum = total(&sums);
    for (; at < count; at++) sum += in[at];
    return sum;
}

void ct_add_sums(const float *in, size_t channels, size_t count, float *out) {
    for (size_t c = 0; c < channels; c++) out[c] += sum(in + c * count, count);
}

CLONES void ct_depthwise3_back(const float *restrict gradient, const float *restrict in, size_t channels, size_t rows,
                               size_t columns, const float *restrict weight, float *restrict weight_gradient,
                               float *restrict bias_gradient, float *restrict in_gradient) {
    float seen[STRIP + 2][ROW], back[STRIP + 2][ROW], row[SPAN + LANES];
    for (size_t c = 0; c < channels; c++) {
        const float *g = gradient + c * rows * columns, *x = in + c * rows * columns, *w = weight + 9 * c;
        float *to = in_gradient + c * rows * columns, turned[9];
        for (size_t k = 0; k < 9; k++) turned[k] = w[8 - k];
        bias_gradient[c] += sum(g, rows * columns);
        for (size_t from = 0; from < columns; from += SPAN) {
            size_t width = columns - from < SPAN ? columns - from : SPAN;
            lanes found[9];
            for (int k = 0; k < 9; k++) found[k] = (lanes){0};
            for (size_t top = 0; top < rows; top += STRIP) {
                size_t height = rows - top < STRIP ? rows - top : STRIP;
                for (size_t k = 0; k < height + 2; k++) {
                    padded_row(x, rows, columns, top + k - 1, from, width, seen[k]);
                    padded_row(g, rows, columns, top + k - 1, from, width, back[k]);
                }
                for (size_t y = 0; y < height; y++) {
                    const float *a = back[y], *b = back[y + 1], *d = back[y + 2];
                    for (size_t u = 0; u < width; u += LANES) {
                        lanes out = *(const lanes *)(b + 1 + u);
                        // What is beyond the row is a neighbour's, whose own part counts it.
                        for (size_t k = width - u; k < LANES; k++) out[k] = 0;
                        for (size_t k = 0; k < 3; k++)
                            for (size_t l = 0; l < 3; l++) found[3 * k + l] += out * *(const lanes *)(seen[y + k] + u + l);
                    }
                    // Input (y, x) was seen by output (y + 1 - k, x + 1 - l): the weights the other way round.
                    for (size_t u = 0; u < width; u += LANES) *(lanes *)(row + u) = LANES_UNDER_3X3(turned, a, b, d, u);
                    copy_few(to + (top + y) * columns + from, row, width);
                }
            }
            for (int k = 0; k < 9; k++) weight_gradient[9 * c + (size_t)k] += total(&found[k]);
        }
    }
}

CLONES void ct_relu_back(const float *restrict out, size_t count, float *restrict gradient) {
    for (size_t i = 0; i < count; i++) gradient[i] = out[i] > 0 ? gradient[i] : 0;
}

void ct_add_downsampled(const float *fine, size_t channels, size_t rows, size_t columns, float *coarse,
                        size_t coarse_rows, size_t coarse_columns) {
    for (size_t c = 0; c < channels; c++)
        for (size_t y = 0; y < rows; y++) {
            const float *from = fine + (c * rows + y) * columns;
            float *to = coarse + (c * coarse_rows + y * coarse_rows / rows) * coarse_columns;
            for (size_t x = 0; x < columns; x++) to[x * coarse_columns / columns] += from[x];
        }
}

void ct_transpose(const float *in, size_t rows, size_t columns, float *out) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) out[c * rows + r] = in[r * columns + c];
}

CLONES void ct_adamw(float *restrict values, const float *restrict gradient, float *restrict first,
                     float *restrict second, size_t count, size_t step, float rate, float decay, float scale) {
    const float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
    float correction1 = 1 - powf(beta1, (float)step), correction2 = sqrtf(1 - powf(beta2, (float)step));
    for (size_t i = 0; i < count; i++) {
        float g = scale * gradient[i];
        first[i] = beta1 * first[i] + (1 - beta1) * g;
        second[i] = beta2 * second[i] + (1 - beta2) * g * g;
        float change = (first[i] / correction1) / (sqrtf(second[i]) / correction2 + epsilon);
        values[i] -= rate * (change + decay * values[i]);
    }
}

double ct_squares(const float *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)values[i] * values[i];
    return sum;
}

CLONES void ct_add(const float *restrict in, size_t count, float *restrict out) {
    for (size_t i = 0; i < count; i++) out[i] += in[i];
}

CLONES void ct_scale_planes(const float *restrict in, size_t channels, size_t count, const float *restrict mean,
                            const float *restrict gain, float *restrict out) {
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < count; i++) out[c * count + i] = (in[c * count + i] - mean[c]) * gain[c];
}
