// What the two engines share inside this target.
#pragma once
#include "cinference.h"

struct cinf_library {
    cinf_kind kind;
    char *path;
    char version[64];
    void *handle;    // of dlopen
    void *functions; // the engine's own table
    void *context;   // ov_core_t or OrtEnv
    cinf_library *next;
};

// Element counts that would not fit in memory are refused long before: 2^31 elements.
#define CINF_MAX_ELEMENTS (1ll << 31)

struct cinf_network {
    cinf_library *library;
    char precision[8];
    char *cache_directory;
    int32_t threads, requests;
    cinf_port input;
    cinf_port outputs[CINF_MAX_OUTPUTS];
    int32_t output_count;
    void *model;    // ov_model_t
    void *compiled; // ov_compiled_model_t or OrtSession
};

struct cinf_request {
    cinf_network *network;
    void *handle; // ov_infer_request_t; unused by ONNX Runtime
    void *input;  // tensor handle
    void *input_data;
    size_t input_size;
    void *outputs[CINF_MAX_OUTPUTS]; // tensor handles
    float *converted[CINF_MAX_OUTPUTS];
    size_t converted_capacity[CINF_MAX_OUTPUTS];
};

bool cinf_fail(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
size_t cinf_type_size(cinf_type type);
// Elements of a shape, or -1 where one is not fixed or the product is too large.
int64_t cinf_element_count(const int64_t *dims, int32_t rank);
bool cinf_check_ports(cinf_network *network, size_t inputs, size_t outputs, char *error);
// Gives `data` as floats, converted into the request's own buffer where it is of another type.
bool cinf_as_floats(cinf_request *request, int32_t index, cinf_type type, const void *data, cinf_output *out,
                    char *error);

bool cinf_ov_open(cinf_library *library, char *error);
bool cinf_ov_read(cinf_network *network, const char *path, const void *bytes, size_t count, char *error);
bool cinf_ov_reshape(cinf_network *network, const int64_t *dims, int32_t rank, char *error);
bool cinf_ov_compile(cinf_network *network, const cinf_pixels *pixels, char *error);
void cinf_ov_free(cinf_network *network);
bool cinf_ov_request(cinf_request *request, char *error);
bool cinf_ov_run(cinf_request *request, char *error);
bool cinf_ov_output(cinf_request *request, int32_t index, cinf_output *out, char *error);
void cinf_ov_request_free(cinf_request *request);

bool cinf_ort_open(cinf_library *library, char *error);
bool cinf_ort_read(cinf_network *network, const char *path, const void *bytes, size_t count, char *error);
void cinf_ort_free(cinf_network *network);
bool cinf_ort_request(cinf_request *request, char *error);
bool cinf_ort_run(cinf_request *request, char *error);
bool cinf_ort_output(cinf_request *request, int32_t index, cinf_output *out, char *error);
void cinf_ort_request_free(cinf_request *request);
