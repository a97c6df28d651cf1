// The engine-neutral half: libraries of the process, checks, conversion of outputs, dispatch.
#include "cinference.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static cinf_library *libraries;

bool cinf_fail(char *error, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(error, CINF_ERROR_SIZE, format, list);
    va_end(list);
    return false;
}

static cinf_library *open_new(cinf_kind kind, const char *path, char *error) {
    cinf_library *library = calloc(1, sizeof *library);
    if (!library || !(library->path = strdup(path))) {
        free(library);
        cinf_fail(error, "out of memory");
        return NULL;
    }
    library->kind = kind;
    library->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    bool opened = library->handle ? (kind == CINF_OPENVINO ? cinf_ov_open : cinf_ort_open)(library, error)
                                  : cinf_fail(error, "%.500s", dlerror());
    if (!opened) {
        // The library itself stays mapped: engines start threads and register exit handlers that cannot be undone.
        free(library->functions);
        free(library->path);
        free(library);
        return NULL;
    }
    library->next = libraries;
    libraries = library;
    return library;
}

cinf_library *cinf_library_open(cinf_kind kind, const char *path, char *error) {
    if (!path || (kind != CINF_OPENVINO && kind != CINF_ONNXRUNTIME)) {
        cinf_fail(error, "no such engine");
        return NULL;
    }
    pthread_mutex_lock(&lock);
    cinf_library *library = libraries;
    while (library && (library->kind != kind || strcmp(library->path, path))) library = library->next;
    if (!library) library = open_new(kind, path, error);
    pthread_mutex_unlock(&lock);
    return library;
}

const char *cinf_library_version(const cinf_library *library) { return library->version; }

size_t cinf_type_size(cinf_type type) {
    switch (type) {
    case CINF_F32:
    case CINF_I32: return 4;
    case CINF_F16: return 2;
    case CINF_F64:
    case CINF_I64: return 8;
    case CINF_U8:
    case CINF_I8:
    case CINF_BOOL: return 1;
    default: return 0;
    }
}

int64_t cinf_element_count(const int64_t *dims, int32_t rank) {
    int64_t count = 1;
    for (int32_t i = 0; i < rank; i++) {
        if (dims[i] < 0 || dims[i] > CINF_MAX_ELEMENTS) return -1;
        count *= dims[i];
        if (count > CINF_MAX_ELEMENTS) return -1;
    }
    return count;
}

bool cinf_check_ports(cinf_network *network, size_t inputs, size_t outputs, char *error) {
    if (inputs != 1) return cinf_fail(error, "the network has %zu inputs, one is needed", inputs);
    if (outputs < 1) return cinf_fail(error, "the network has no output");
    if (outputs > CINF_MAX_OUTPUTS)
        return cinf_fail(error, "the network has %zu outputs, at most %d are read", outputs, CINF_MAX_OUTPUTS);
    network->output_count = (int32_t)outputs;
    return true;
}

// IEEE 754 binary16 to binary32.
static float from_half(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 31, mantissa = h & 1023, bits;
    if (exponent == 31) {
        bits = sign | 0x7f800000 | mantissa << 13;
    } else if (exponent) {
        bits = sign | (exponent + 112) << 23 | mantissa << 13;
    } else {
        float value = (float)mantissa * 0x1p-24f;
        return sign ? -value : value;
    }
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool cinf_as_floats(cinf_request *request, int32_t index, cinf_type type, const void *data, cinf_output *out,
                    char *error) {
    if (type == CINF_F32) {
        out->data = data;
        return true;
    }
    size_t size = cinf_type_size(type);
    if (!size) return cinf_fail(error, "output %d has an element type that is not read", index);
    if (out->count > request->converted_capacity[index]) {
        float *memory = realloc(request->converted[index], out->count * sizeof(float));
        if (!memory) return cinf_fail(error, "out of memory");
        request->converted[index] = memory;
        request->converted_capacity[index] = out->count;
    }
    float *to = request->converted[index];
    for (size_t i = 0; i < out->count; i++) {
        switch (type) {
        case CINF_F16: to[i] = from_half(((const uint16_t *)data)[i]); break;
        case CINF_F64: to[i] = (float)((const double *)data)[i]; break;
        case CINF_I32: to[i] = (float)((const int32_t *)data)[i]; break;
        case CINF_I64: to[i] = (float)((const int64_t *)data)[i]; break;
        case CINF_I8: to[i] = (float)((const int8_t *)data)[i]; break;
        default: to[i] = (float)((const uint8_t *)data)[i]; break;
        }
    }
    out->data = to;
    return true;
}

cinf_network *cinf_network_read(cinf_library *library, const cinf_options *options, const char *path, const void *bytes,
                                size_t count, char *error) {
    cinf_network *network = calloc(1, sizeof *network);
    if (!network) {
        cinf_fail(error, "out of memory");
        return NULL;
    }
    network->library = library;
    network->threads = options->threads > 0 ? options->threads : 1;
    network->requests = options->requests > 0 ? options->requests : 1;
    snprintf(network->precision, sizeof network->precision, "%s", options->precision ? options->precision : "f32");
    if (options->cache_directory) network->cache_directory = strdup(options->cache_directory);
    bool ok = library->kind == CINF_OPENVINO ? cinf_ov_read(network, path, bytes, count, error)
                                             : cinf_ort_read(network, path, bytes, count, error);
    if (ok) return network;
    cinf_network_free(network);
    return NULL;
}

void cinf_network_input(const cinf_network *network, cinf_port *out) { *out = network->input; }

int32_t cinf_network_output_count(const cinf_network *network) { return network->output_count; }

bool cinf_network_output(const cinf_network *network, int32_t index, cinf_port *out) {
    if (index < 0 || index >= network->output_count) return false;
    *out = network->outputs[index];
    return true;
}

bool cinf_network_reshape(cinf_network *network, const int64_t *dims, int32_t rank, char *error) {
    if (rank < 1 || rank > CINF_MAX_RANK || cinf_element_count(dims, rank) < 1)
        return cinf_fail(error, "an input of this shape is not possible");
    if (network->library->kind == CINF_OPENVINO) return cinf_ov_reshape(network, dims, rank, error);
    if (network->input.rank >= 0 && network->input.rank != rank)
        return cinf_fail(error, "the network's input has %d dimensions, not %d", network->input.rank, rank);
    for (int32_t i = 0; i < rank && network->input.rank >= 0; i++) {
        if (network->input.dims[i] >= 0 && network->input.dims[i] != dims[i])
            return cinf_fail(error, "dimension %d of the input is fixed at %lld, it cannot be %lld", i,
                             (long long)network->input.dims[i], (long long)dims[i]);
    }
    network->input.rank = rank;
    memcpy(network->input.dims, dims, (size_t)rank * sizeof *dims);
    return true;
}

bool cinf_network_compile(cinf_network *network, const cinf_pixels *pixels, char *error) {
    const cinf_port *input = &network->input;
    if (input->rank < 0 || cinf_element_count(input->dims, input->rank) < 1)
        return cinf_fail(error, "the input's shape is not fixed");
    if (network->library->kind == CINF_OPENVINO) return cinf_ov_compile(network, pixels, error);
    return pixels ? cinf_fail(error, "this engine takes tensors, not pixels") : true;
}

void cinf_network_free(cinf_network *network) {
    if (!network) return;
    (network->library->kind == CINF_OPENVINO ? cinf_ov_free : cinf_ort_free)(network);
    free(network->cache_directory);
    free(network);
}

cinf_request *cinf_request_create(cinf_network *network, char *error) {
    cinf_request *request = calloc(1, sizeof *request);
    if (!request) {
        cinf_fail(error, "out of memory");
        return NULL;
    }
    request->network = network;
    bool ok = (network->library->kind == CINF_OPENVINO ? cinf_ov_request : cinf_ort_request)(request, error);
    if (ok) return request;
    cinf_request_free(request);
    return NULL;
}

void *cinf_request_input(cinf_request *request, size_t *size) {
    *size = request->input_size;
    return request->input_data;
}

bool cinf_request_run(cinf_request *request, char *error) {
    return (request->network->library->kind == CINF_OPENVINO ? cinf_ov_run : cinf_ort_run)(request, error);
}

bool cinf_request_output(cinf_request *request, int32_t index, cinf_output *out, char *error) {
    if (index < 0 || index >= request->network->output_count) return cinf_fail(error, "there is no output %d", index);
    if (!request->outputs[index]) return cinf_fail(error, "the network was not run");
    return (request->network->library->kind == CINF_OPENVINO ? cinf_ov_output : cinf_ort_output)(request, index, out,
                                                                                                  error);
}

void cinf_request_free(cinf_request *request) {
    if (!request) return;
    (request->network->library->kind == CINF_OPENVINO ? cinf_ov_request_free : cinf_ort_request_free)(request);
    for (int i = 0; i < CINF_MAX_OUTPUTS; i++) free(request->converted[i]);
    free(request);
}
