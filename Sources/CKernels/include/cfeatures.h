// Loops over feature maps of a backbone: `channels` planes of `count` (rows x columns) floats, tightly packed.
#ifndef CFEATURES_H
#define CFEATURES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// 1x1 convolution: out[o] = bias[o] + sum over c of weight[o][c] * in[c], then max(0, .) where `relu`.
void cf_pointwise(const float *in, size_t channels, size_t count, const float *weight, const float *bias, size_t outputs,
                  bool relu, float *out);
// 3x3 convolution of each channel by itself, zeros around, weight[channel][9] by rows; then max(0, .) where `relu`.
void cf_depthwise3(const float *in, size_t channels, size_t rows, size_t columns, const float *weight, const float *bias,
                   bool relu, float *out);
// Adds a coarser map to `map`, each value taken from its nearest cell: cell (r * coarse_rows / rows, ...).
void cf_add_upsampled(const float *coarse, size_t channels, size_t coarse_rows, size_t coarse_columns, float *map,
                      size_t rows, size_t columns);
void cf_relu(float *values, size_t count);
// Mean of each 3x3 neighbourhood, over the cells that exist.
void cf_mean3(const float *in, size_t channels, size_t rows, size_t columns, float *out);
// Mean and standard deviation (of the population) of each channel over a rectangle of cells.
void cf_moments(const float *in, size_t channels, size_t rows, size_t columns, size_t left, size_t top, size_t right,
                size_t bottom, float *mean, float *deviation);
// Planes to cells: out[i][c] = in[c][i].
void cf_cells(const float *in, size_t channels, size_t count, float *out);
// Length of F (z - mean) of every cell, F lower triangular. `cells` is count x k; `mean` holds `means` rows of k (1: the same
// for all cells); `factor` holds `factors` triangles (1: the same), each by columns: the k values of column 0 from the
// diagonal down, then the k - 1 of column 1, ... `scratch` holds 2 k floats.
void cf_whitened_length(const float *cells, size_t count, size_t k, const float *mean, size_t means, const float *factor,
                        size_t factors, float *scratch, float *out);
// Least and greatest of the values, joined with what `low` and `high` hold.
void cf_range(const float *values, size_t count, float *low, float *high);
// Counts values by `bins` equal parts of [low, high]; what lies outside goes to the outermost.
void cf_histogram(const float *values, size_t count, float low, float high, size_t bins, uint64_t *counts);
// Cosine of the angle between the vectors of two maps at each position; 1 where both are zero, 0 where one is.
void cf_cosines(const float *a, const float *b, size_t channels, size_t count, float *out);
#endif
