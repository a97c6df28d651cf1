// Networks run by OpenCV itself, and resizing into memory of the caller: part of the pure C face of OpenCV.
#ifndef COPENCV_DNN_H
#define COPENCV_DNN_H
#include "copencv.h"
#ifdef __cplusplus
extern "C" {
#endif

typedef struct cocv_net cocv_net;  // owns one cv::dnn::Net and the outputs of its last run

// Borrowed until the next run or the end of the network. Empty shapes have rank 0.
typedef struct cocv_tensor {
    const char *name;
    const float *data;
    size_t count;
    int32_t rank;
    int32_t dims[8];
} cocv_tensor;

cocv_net *cocv_net_read_onnx(const void *bytes, size_t count, cocv_error *err);
// Runs on 32-bit floats of this shape.
bool cocv_net_run(cocv_net *net, const float *input, const int32_t *dims, int32_t rank, cocv_error *err);
int32_t cocv_net_output_count(const cocv_net *net);
bool cocv_net_output(const cocv_net *net, int32_t index, cocv_tensor *out, cocv_error *err);
void cocv_net_free(cocv_net *net);

// Resizes 8-bit pixels between memory of the caller (bilinear); strides in bytes.
bool cocv_resize_bytes(const uint8_t *src, int32_t width, int32_t height, size_t stride, uint8_t *dst,
                       int32_t dst_width, int32_t dst_height, size_t dst_stride, int32_t channels, cocv_error *err);

#ifdef __cplusplus
}
#endif
#endif
