// Pure C face of two inference engines, each found at run time: OpenVINO (C API 2026.4) and ONNX Runtime (OrtApi 11 and
// later). Handles and status codes, no policy: which library, which precision and how many threads is the caller's
// choice.
#ifndef CINFERENCE_H
#define CINFERENCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define CINF_ERROR_SIZE 512
#define CINF_NAME_SIZE 128
#define CINF_MAX_RANK 8
#define CINF_MAX_OUTPUTS 128

typedef struct cinf_library cinf_library;  // one per path and process, never unloaded
typedef struct cinf_network cinf_network;  // a network read, and later compiled
typedef struct cinf_request cinf_request;  // one execution state; used by one thread at a time

typedef enum cinf_kind { CINF_OPENVINO = 1, CINF_ONNXRUNTIME = 2 } cinf_kind;

typedef enum cinf_type {
    CINF_OTHER = 0,
    CINF_F32,
    CINF_F16,
    CINF_F64,
    CINF_U8,
    CINF_I8,
    CINF_I32,
    CINF_I64,
    CINF_BOOL
} cinf_type;

// An input or output; a dimension that is not fixed is -1, a rank that is not known is -1.
typedef struct cinf_port {
    char name[CINF_NAME_SIZE];
    cinf_type type;
    int32_t rank;
    int64_t dims[CINF_MAX_RANK];
} cinf_port;

typedef struct cinf_options {
    int32_t threads;              // per request
    int32_t requests;             // that run at the same time
    const char *precision;        // "f32", "bf16" or "f16"; OpenVINO only
    const char *cache_directory;  // for compiled networks, or NULL; OpenVINO only
} cinf_options;

// Makes the input 8-bit pixels, rows x columns x (blue, green, red): value = (pixel - mean) / scale, per network
// channel.
typedef struct cinf_pixels {
    bool swaps_red_and_blue;
    bool channels_last;  // layout of the network's own input
    float mean[3];
    float scale[3];
} cinf_pixels;

// Borrowed until the next run or the end of the request. Other element types than 32-bit float are converted.
typedef struct cinf_output {
    const float *data;
    size_t count;
    int32_t rank;
    int64_t dims[CINF_MAX_RANK];
} cinf_output;

// A function that can fail returns false or NULL and writes at most CINF_ERROR_SIZE bytes of text, ended by 0, to
// `error`.

cinf_library *cinf_library_open(cinf_kind kind, const char *path, char *error);
const char *cinf_library_version(const cinf_library *library);

// Reads a network from a file, or from memory where `path` is NULL. Networks with another number of inputs than one, or
// with no output or more than CINF_MAX_OUTPUTS, are refused.
cinf_network *cinf_network_read(cinf_library *library, const cinf_options *options, const char *path, const void *bytes,
                                size_t count, char *error);
void cinf_network_input(const cinf_network *network, cinf_port *out);
int32_t cinf_network_output_count(const cinf_network *network);
bool cinf_network_output(const cinf_network *network, int32_t index, cinf_port *out);
// Fixes the input's shape, before compiling.
bool cinf_network_reshape(cinf_network *network, const int64_t *dims, int32_t rank, char *error);
// `pixels` may be NULL. ONNX Runtime has no pre-processing: there it must be.
bool cinf_network_compile(cinf_network *network, const cinf_pixels *pixels, char *error);
// After every request of it is freed.
void cinf_network_free(cinf_network *network);

cinf_request *cinf_request_create(cinf_network *network, char *error);
// Memory of the input tensor, 64-byte aligned or better, written in place; its size in bytes.
void *cinf_request_input(cinf_request *request, size_t *size);
bool cinf_request_run(cinf_request *request, char *error);
bool cinf_request_output(cinf_request *request, int32_t index, cinf_output *out, char *error);
void cinf_request_free(cinf_request *request);

#ifdef __cplusplus
}
#endif
#endif
