// Steps of training a small convolutional head: what `cfeatures.h` computes forwards, backwards. Maps are `channels` planes of `count`
// (rows x columns) floats.
#ifndef CTRAINING_H
#define CTRAINING_H
#include <stddef.h>

// Adds a[i] . b[j] over `count` numbers to out[i][j]: the gradient of 1x1 weights from that of their outputs and their inputs.
void ct_add_products(const float *a, size_t rows, const float *b, size_t columns, size_t count, float *out);
// Adds the sum of each plane: the gradient of a bias.
void ct_add_sums(const float *in, size_t channels, size_t count, float *out);
// Gradient of a 3x3 convolution of each channel by itself, from that of its output: adds to those of weights and bias, writes that
// of the input.
void ct_depthwise3_back(const float *gradient, const float *in, size_t channels, size_t rows, size_t columns,
                        const float *weight, float *weight_gradient, float *bias_gradient, float *in_gradient);
// Zero where the rectified output was.
void ct_relu_back(const float *out, size_t count, float *gradient);
// Adds each value to that of its coarser cell (r * coarse_rows / rows, ...).
void ct_add_downsampled(const float *fine, size_t channels, size_t rows, size_t columns, float *coarse,
                        size_t coarse_rows, size_t coarse_columns);
// out[c][r] = in[r][c].
void ct_transpose(const float *in, size_t rows, size_t columns, float *out);
// One step of AdamW (Loshchilov, Hutter 2019). `step` counts from 1; `scale` multiplies the gradient first.
void ct_adamw(float *values, const float *gradient, float *first, float *second, size_t count, size_t step, float rate,
              float decay, float scale);
// Sum of squares, in double precision.
double ct_squares(const float *values, size_t count);
// out += in.
void ct_add(const float *in, size_t count, float *out);
// (in - mean[c]) * gain[c] by planes.
void ct_scale_planes(const float *in, size_t channels, size_t count, const float *mean, const float *gain, float *out);
#endif
