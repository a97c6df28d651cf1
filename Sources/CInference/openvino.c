// OpenVINO through its C API (openvino/c/*.h of release 2026.4), every function looked up by name.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

typedef struct {
    int64_t min, max;
} ov_range;
typedef struct {
    ov_range rank;
    ov_range *dims;
} ov_partial_shape;
typedef struct {
    int64_t rank;
    int64_t *dims;
} ov_shape;
typedef struct {
    const char *build, *description;
} ov_version;

enum { OV_BOOL = 1, OV_F16 = 3, OV_F32 = 4, OV_F64 = 5, OV_I8 = 7, OV_I32 = 9, OV_I64 = 10, OV_U8 = 16 };
enum { OV_RGB = 5, OV_BGR = 6 };

// name, result, arguments
#define FUNCTIONS(X)                                                                                       \
    X(ov_get_openvino_version, int, (ov_version *))                                                        \
    X(ov_version_free, void, (ov_version *))                                                               \
    X(ov_get_last_err_msg, const char *, (void))                                                           \
    X(ov_free, void, (const char *))                                                                       \
    X(ov_core_create, int, (void **))                                                                      \
    X(ov_core_read_model, int, (void *, const char *, const char *, void **))                              \
    X(ov_core_read_model_from_memory_buffer, int, (void *, const char *, size_t, const void *, void **))   \
    X(ov_core_compile_model, int, (void *, void *, const char *, size_t, void **, ...))                    \
    X(ov_model_inputs_size, int, (void *, size_t *))                                                       \
    X(ov_model_outputs_size, int, (void *, size_t *))                                                      \
    X(ov_model_const_input_by_index, int, (void *, size_t, void **))                                       \
    X(ov_model_const_output_by_index, int, (void *, size_t, void **))                                      \
    X(ov_model_reshape_single_input, int, (void *, ov_partial_shape))                                      \
    X(ov_model_free, void, (void *))                                                                       \
    X(ov_port_get_any_name, int, (void *, char **))                                                        \
    X(ov_port_get_partial_shape, int, (void *, ov_partial_shape *))                                        \
    X(ov_port_get_element_type, int, (void *, int *))                                                      \
    X(ov_output_const_port_free, void, (void *))                                                           \
    X(ov_partial_shape_create_static, int, (int64_t, const int64_t *, ov_partial_shape *))                 \
    X(ov_partial_shape_free, void, (ov_partial_shape *))                                                   \
    X(ov_shape_free, int, (ov_shape *))                                                                    \
    X(ov_preprocess_prepostprocessor_create, int, (void *, void **))                                       \
    X(ov_preprocess_prepostprocessor_free, void, (void *))                                                 \
    X(ov_preprocess_prepostprocessor_get_input_info_by_index, int, (void *, size_t, void **))              \
    X(ov_preprocess_input_info_free, void, (void *))                                                       \
    X(ov_preprocess_input_info_get_tensor_info, int, (void *, void **))                                    \
    X(ov_preprocess_input_tensor_info_free, void, (void *))                                                \
    X(ov_preprocess_input_tensor_info_set_element_type, int, (void *, int))                                \
    X(ov_preprocess_input_tensor_info_set_layout, int, (void *, void *))                                   \
    X(ov_preprocess_input_tensor_info_set_color_format, int, (void *, int))                                \
    X(ov_preprocess_input_info_get_preprocess_steps, int, (void *, void **))                               \
    X(ov_preprocess_preprocess_steps_free, void, (void *))                                                 \
    X(ov_preprocess_preprocess_steps_convert_element_type, int, (void *, int))                             \
    X(ov_preprocess_preprocess_steps_convert_color, int, (void *, int))                                    \
    X(ov_preprocess_preprocess_steps_mean_multi_channels, int, (void *, const float *, int32_t))           \
    X(ov_preprocess_preprocess_steps_scale_multi_channels, int, (void *, const float *, int32_t))          \
    X(ov_preprocess_input_info_get_model_info, int, (void *, void **))                                     \
    X(ov_preprocess_input_model_info_free, void, (void *))                                                 \
    X(ov_preprocess_input_model_info_set_layout, int, (void *, void *))                                    \
    X(ov_preprocess_prepostprocessor_build, int, (void *, void **))                                        \
    X(ov_layout_create, int, (const char *, void **))                                                      \
    X(ov_layout_free, void, (void *))                                                                      \
    X(ov_compiled_model_create_infer_request, int, (void *, void **))                                      \
    X(ov_compiled_model_free, void, (void *))                                                              \
    X(ov_infer_request_get_input_tensor_by_index, int, (void *, size_t, void **))                          \
    X(ov_infer_request_get_output_tensor_by_index, int, (void *, size_t, void **))                         \
    X(ov_infer_request_infer, int, (void *))                                                               \
    X(ov_infer_request_free, void, (void *))                                                               \
    X(ov_tensor_data, int, (void *, void **))                                                              \
    X(ov_tensor_get_byte_size, int, (void *, size_t *))                                                    \
    X(ov_tensor_get_shape, int, (void *, ov_shape *))                                                      \
    X(ov_tensor_get_element_type, int, (void *, int *))                                                    \
    X(ov_tensor_free, void, (void *))

typedef struct {
#define DECLARE(name, result, arguments) result(*name) arguments;
    FUNCTIONS(DECLARE)
#undef DECLARE
} functions;

static bool check(const functions *f, int status, const char *doing, char *error) {
    if (!status) return true;
    const char *text = f->ov_get_last_err_msg();
    return cinf_fail(error, "%s: %.440s (OpenVINO status %d)", doing, text && *text ? text : "no reason given", status);
}

static cinf_type type_of(int type) {
    switch (type) {
    case OV_BOOL: return CINF_BOOL;
    case OV_F16: return CINF_F16;
    case OV_F32: return CINF_F32;
    case OV_F64: return CINF_F64;
    case OV_I8: return CINF_I8;
    case OV_I32: return CINF_I32;
    case OV_I64: return CINF_I64;
    case OV_U8: return CINF_U8;
    default: return CINF_OTHER;
    }
}

bool cinf_ov_open(cinf_library *library, char *error) {
    functions *f = calloc(1, sizeof *f);
    if (!f) return cinf_fail(error, "out of memory");
    library->functions = f;
#define LOOK_UP(name, result, arguments)                                    \
    if (!(f->name = (result(*) arguments)dlsym(library->handle, #name)))    \
        return cinf_fail(error, "the library has no function %s: another release of OpenVINO?", #name);
    FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    ov_version version;
    if (!check(f, f->ov_get_openvino_version(&version), "version", error)) return false;
    snprintf(library->version, sizeof library->version, "%.60s", version.build ? version.build : "");
    f->ov_version_free(&version);
    return check(f, f->ov_core_create(&library->context), "start", error);
}

static bool describe(const functions *f, void *port, int32_t index, cinf_port *out, char *error) {
    char *name = NULL;
    ov_partial_shape shape;
    int type;
    memset(out, 0, sizeof *out);
    // A port without a name is legal; it keeps an empty one.
    if (!f->ov_port_get_any_name(port, &name) && name) {
        snprintf(out->name, sizeof out->name, "%s", name);
        f->ov_free(name);
    }
    if (!check(f, f->ov_port_get_element_type(port, &type), "element type", error) ||
        !check(f, f->ov_port_get_partial_shape(port, &shape), "shape", error))
        return false;
    out->type = type_of(type);
    bool known = shape.rank.min == shape.rank.max;
    out->rank = known ? (int32_t)shape.rank.min : -1;
    bool fits = out->rank <= CINF_MAX_RANK;
    for (int32_t i = 0; fits && i < out->rank; i++)
        out->dims[i] = shape.dims[i].min == shape.dims[i].max ? shape.dims[i].min : -1;
    f->ov_partial_shape_free(&shape);
    return fits ? true : cinf_fail(error, "tensor %d has %d dimensions, at most %d are read", index, out->rank,
                                   CINF_MAX_RANK);
}

static bool describe_all(cinf_network *network, char *error) {
    const functions *f = network->library->functions;
    size_t inputs, outputs;
    void *port;
    if (!check(f, f->ov_model_inputs_size(network->model, &inputs), "inputs", error) ||
        !check(f, f->ov_model_outputs_size(network->model, &outputs), "outputs", error) ||
        !cinf_check_ports(network, inputs, outputs, error) ||
        !check(f, f->ov_model_const_input_by_index(network->model, 0, &port), "input", error))
        return false;
    bool ok = describe(f, port, 0, &network->input, error);
    f->ov_output_const_port_free(port);
    for (int32_t i = 0; ok && i < network->output_count; i++) {
        if (!check(f, f->ov_model_const_output_by_index(network->model, (size_t)i, &port), "output", error))
            return false;
        ok = describe(f, port, i, &network->outputs[i], error);
        f->ov_output_const_port_free(port);
    }
    return ok;
}

bool cinf_ov_read(cinf_network *network, const char *path, const void *bytes, size_t count, char *error) {
    const functions *f = network->library->functions;
    void *core = network->library->context;
    int status = path ? f->ov_core_read_model(core, path, NULL, &network->model)
                      : f->ov_core_read_model_from_memory_buffer(core, bytes, count, NULL, &network->model);
    return check(f, status, "read", error) && describe_all(network, error);
}

bool cinf_ov_reshape(cinf_network *network, const int64_t *dims, int32_t rank, char *error) {
    const functions *f = network->library->functions;
    ov_partial_shape shape;
    if (!check(f, f->ov_partial_shape_create_static(rank, dims, &shape), "shape", error)) return false;
    int status = f->ov_model_reshape_single_input(network->model, shape);
    f->ov_partial_shape_free(&shape);
    return check(f, status, "input shape", error) && describe_all(network, error);
}

// Puts the conversion from pixels in front of the network, inside its graph.
static bool add_pixels(const functions *f, void *processor, const cinf_pixels *pixels, char *error) {
    void *info = NULL, *tensor = NULL, *steps = NULL, *model = NULL, *nhwc = NULL, *nchw = NULL;
    bool ok =
        check(f, f->ov_preprocess_prepostprocessor_get_input_info_by_index(processor, 0, &info), "input", error) &&
        check(f, f->ov_layout_create("NHWC", &nhwc), "layout", error) &&
        check(f, f->ov_layout_create("NCHW", &nchw), "layout", error) &&
        check(f, f->ov_preprocess_input_info_get_tensor_info(info, &tensor), "input", error) &&
        check(f, f->ov_preprocess_input_tensor_info_set_element_type(tensor, OV_U8), "element type", error) &&
        check(f, f->ov_preprocess_input_tensor_info_set_layout(tensor, nhwc), "layout", error) &&
        check(f, f->ov_preprocess_input_tensor_info_set_color_format(tensor, OV_BGR), "color", error) &&
        check(f, f->ov_preprocess_input_info_get_preprocess_steps(info, &steps), "steps", error) &&
        check(f, f->ov_preprocess_preprocess_steps_convert_element_type(steps, OV_F32), "element type", error) &&
        check(f,
              f->ov_preprocess_preprocess_steps_convert_color(steps, pixels->swaps_red_and_blue ? OV_RGB : OV_BGR),
              "color", error) &&
        check(f, f->ov_preprocess_preprocess_steps_mean_multi_channels(steps, pixels->mean, 3), "mean", error) &&
        check(f, f->ov_preprocess_preprocess_steps_scale_multi_channels(steps, pixels->scale, 3), "scale", error) &&
        check(f, f->ov_preprocess_input_info_get_model_info(info, &model), "input", error) &&
        check(f, f->ov_preprocess_input_model_info_set_layout(model, pixels->channels_last ? nhwc : nchw), "layout",
              error);
    if (model) f->ov_preprocess_input_model_info_free(model);
    if (steps) f->ov_preprocess_preprocess_steps_free(steps);
    if (tensor) f->ov_preprocess_input_tensor_info_free(tensor);
    if (nchw) f->ov_layout_free(nchw);
    if (nhwc) f->ov_layout_free(nhwc);
    if (info) f->ov_preprocess_input_info_free(info);
    return ok;
}

bool cinf_ov_compile(cinf_network *network, const cinf_pixels *pixels, char *error) {
    const functions *f = network->library->functions;
    if (pixels) {
        void *processor = NULL, *built = NULL;
        bool ok = check(f, f->ov_preprocess_prepostprocessor_create(network->model, &processor), "pixels", error) &&
                  add_pixels(f, processor, pixels, error) &&
                  check(f, f->ov_preprocess_prepostprocessor_build(processor, &built), "pixels", error);
        if (processor) f->ov_preprocess_prepostprocessor_free(processor);
        if (!ok) return false;
        f->ov_model_free(network->model);
        network->model = built;
    }
    char streams[16], threads[16];
    snprintf(streams, sizeof streams, "%d", network->requests);
    snprintf(threads, sizeof threads, "%d", network->requests * network->threads);
    // Pinning would put the threads of two networks on the same cores.
    int status = network->cache_directory
                     ? f->ov_core_compile_model(network->library->context, network->model, "CPU", 10,
                                                &network->compiled, "NUM_STREAMS", streams, "INFERENCE_NUM_THREADS",
                                                threads, "INFERENCE_PRECISION_HINT", network->precision,
                                                "ENABLE_CPU_PINNING", "NO", "CACHE_DIR", network->cache_directory)
                     : f->ov_core_compile_model(network->library->context, network->model, "CPU", 8,
                                                &network->compiled, "NUM_STREAMS", streams, "INFERENCE_NUM_THREADS",
                                                threads, "INFERENCE_PRECISION_HINT", network->precision,
                                                "ENABLE_CPU_PINNING", "NO");
    // The compiled network holds all that it needs.
    f->ov_model_free(network->model);
    network->model = NULL;
    return check(f, status, "compile", error);
}

void cinf_ov_free(cinf_network *network) {
    const functions *f = network->library->functions;
    if (network->compiled) f->ov_compiled_model_free(network->compiled);
    if (network->model) f->ov_model_free(network->model);
}

bool cinf_ov_request(cinf_request *request, char *error) {
    const functions *f = request->network->library->functions;
    return check(f, f->ov_compiled_model_create_infer_request(request->network->compiled, &request->handle), "request",
                 error) &&
           check(f, f->ov_infer_request_get_input_tensor_by_index(request->handle, 0, &request->input), "input",
                 error) &&
           check(f, f->ov_tensor_get_byte_size(request->input, &request->input_size), "input", error) &&
           check(f, f->ov_tensor_data(request->input, &request->input_data), "input", error);
}

static void release_outputs(cinf_request *request) {
    const functions *f = request->network->library->functions;
    for (int i = 0; i < CINF_MAX_OUTPUTS; i++) {
        if (request->outputs[i]) f->ov_tensor_free(request->outputs[i]);
        request->outputs[i] = NULL;
    }
}

bool cinf_ov_run(cinf_request *request, char *error) {
    const functions *f = request->network->library->functions;
    release_outputs(request);
    if (!check(f, f->ov_infer_request_infer(request->handle), "run", error)) return false;
    for (int32_t i = 0; i < request->network->output_count; i++)
        if (!check(f, f->ov_infer_request_get_output_tensor_by_index(request->handle, (size_t)i, &request->outputs[i]),
                   "output", error))
            return false;
    return true;
}

bool cinf_ov_output(cinf_request *request, int32_t index, cinf_output *out, char *error) {
    const functions *f = request->network->library->functions;
    void *tensor = request->outputs[index], *data;
    int type;
    ov_shape shape;
    if (!check(f, f->ov_tensor_get_element_type(tensor, &type), "output", error) ||
        !check(f, f->ov_tensor_get_shape(tensor, &shape), "output", error))
        return false;
    bool fits = shape.rank >= 0 && shape.rank <= CINF_MAX_RANK;
    out->rank = fits ? (int32_t)shape.rank : 0;
    if (out->rank) memcpy(out->dims, shape.dims, (size_t)out->rank * sizeof(int64_t));
    f->ov_shape_free(&shape);
    int64_t count = cinf_element_count(out->dims, out->rank);
    if (!fits || count < 0) return cinf_fail(error, "output %d has an impossible shape", index);
    out->count = (size_t)count;
    if (count && !check(f, f->ov_tensor_data(tensor, &data), "output", error)) return false;
    return cinf_as_floats(request, index, type_of(type), count ? data : NULL, out, error);
}

void cinf_ov_request_free(cinf_request *request) {
    const functions *f = request->network->library->functions;
    release_outputs(request);
    if (request->input) f->ov_tensor_free(request->input);
    if (request->handle) f->ov_infer_request_free(request->handle);
}
