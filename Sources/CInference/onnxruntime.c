// ONNX Runtime through the table that OrtGetApiBase()->GetApi(11) returns. The table only ever grows at its end, so the
// slot numbers below are a stable ABI (onnxruntime_c_api.h: "you can only add to the end").
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

enum slot {
    GET_ERROR_MESSAGE = 2,
    CREATE_ENV = 3,
    CREATE_SESSION = 7,
    CREATE_SESSION_FROM_ARRAY = 8,
    RUN = 9,
    CREATE_SESSION_OPTIONS = 10,
    SET_SESSION_GRAPH_OPTIMIZATION_LEVEL = 23,
    SET_INTRA_OP_NUM_THREADS = 24,
    SET_INTER_OP_NUM_THREADS = 25,
    SESSION_GET_INPUT_COUNT = 30,
    SESSION_GET_OUTPUT_COUNT = 31,
    SESSION_GET_INPUT_TYPE_INFO = 33,
    SESSION_GET_OUTPUT_TYPE_INFO = 34,
    SESSION_GET_INPUT_NAME = 36,
    SESSION_GET_OUTPUT_NAME = 37,
    CREATE_TENSOR_WITH_DATA = 49,
    GET_TENSOR_MUTABLE_DATA = 51,
    CAST_TYPE_INFO_TO_TENSOR_INFO = 55,
    GET_TENSOR_ELEMENT_TYPE = 60,
    GET_DIMENSIONS_COUNT = 61,
    GET_DIMENSIONS = 62,
    GET_TENSOR_TYPE_AND_SHAPE = 65,
    CREATE_CPU_MEMORY_INFO = 69,
    ALLOCATOR_FREE = 76,
    GET_ALLOCATOR_WITH_DEFAULT_OPTIONS = 78,
    RELEASE_STATUS = 93,
    RELEASE_MEMORY_INFO = 94,
    RELEASE_SESSION = 95,
    RELEASE_VALUE = 96,
    RELEASE_TYPE_INFO = 98,
    RELEASE_TENSOR_TYPE_AND_SHAPE_INFO = 99,
    RELEASE_SESSION_OPTIONS = 100,
    ADD_SESSION_CONFIG_ENTRY = 130
};

enum { API_VERSION = 11, LOG_FATAL = 4, OPTIMIZE_ALL = 99, ARENA_ALLOCATOR = 1, MEMORY_DEFAULT = 0 };
enum { ORT_F32 = 1, ORT_U8 = 2, ORT_I8 = 3, ORT_I32 = 6, ORT_I64 = 7, ORT_BOOL = 9, ORT_F16 = 10, ORT_F64 = 11 };

typedef struct {
    void *const *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
} api_base;

typedef struct {
    void *const *api;
    void *allocator;
} functions;

#define CALL(f, slot, result, ...) ((result(*)(__VA_ARGS__))(f)->api[slot])
#define STATUS(f, slot, ...) CALL(f, slot, void *, __VA_ARGS__)
#define RELEASE(f, slot, object) CALL(f, slot, void, void *)(object)

static bool check(const functions *f, void *status, const char *doing, char *error) {
    if (!status) return true;
    cinf_fail(error, "%s: %.480s", doing, CALL(f, GET_ERROR_MESSAGE, const char *, void *)(status));
    RELEASE(f, RELEASE_STATUS, status);
    return false;
}

static cinf_type type_of(int type) {
    switch (type) {
    case ORT_F32: return CINF_F32;
    case ORT_U8: return CINF_U8;
    case ORT_I8: return CINF_I8;
    case ORT_I32: return CINF_I32;
    case ORT_I64: return CINF_I64;
    case ORT_BOOL: return CINF_BOOL;
    case ORT_F16: return CINF_F16;
    case ORT_F64: return CINF_F64;
    default: return CINF_OTHER;
    }
}

static int code_of(cinf_type type) {
    switch (type) {
    case CINF_F32: return ORT_F32;
    case CINF_U8: return ORT_U8;
    default: return 0;
    }
}

bool cinf_ort_open(cinf_library *library, char *error) {
    const api_base *(*get_base)(void) = (const api_base *(*)(void))dlsym(library->handle, "OrtGetApiBase");
    if (!get_base) return cinf_fail(error, "the library has no OrtGetApiBase");
    functions *f = calloc(1, sizeof *f);
    if (!f) return cinf_fail(error, "out of memory");
    library->functions = f;
    const api_base *base = get_base();
    snprintf(library->version, sizeof library->version, "%.60s", base->get_version());
    f->api = base->get_api(API_VERSION);
    if (!f->api) return cinf_fail(error, "ONNX Runtime %.40s does not offer API %d", library->version, API_VERSION);
    return check(f, STATUS(f, CREATE_ENV, int, const char *, void **)(LOG_FATAL, "shrike", &library->context), "start",
                 error) &&
           check(f, STATUS(f, GET_ALLOCATOR_WITH_DEFAULT_OPTIONS, void **)(&f->allocator), "start", error);
}

static bool describe_tensor(const functions *f, const void *info, cinf_type *type, int32_t *rank, int64_t *dims,
                            char *error) {
    int code;
    size_t count;
    if (!check(f, STATUS(f, GET_TENSOR_ELEMENT_TYPE, const void *, int *)(info, &code), "element type", error) ||
        !check(f, STATUS(f, GET_DIMENSIONS_COUNT, const void *, size_t *)(info, &count), "shape", error))
        return false;
    if (count > CINF_MAX_RANK)
        return cinf_fail(error, "a tensor has %zu dimensions, at most %d are read", count, CINF_MAX_RANK);
    *type = type_of(code);
    *rank = (int32_t)count;
    return check(f, STATUS(f, GET_DIMENSIONS, const void *, int64_t *, size_t)(info, dims, count), "shape", error);
}

static bool describe(const functions *f, void *session, enum slot name_slot, enum slot type_slot, size_t index,
                     cinf_port *out, char *error) {
    char *name = NULL;
    void *type = NULL;
    const void *tensor = NULL;
    memset(out, 0, sizeof *out);
    if (!check(f, STATUS(f, name_slot, void *, size_t, void *, char **)(session, index, f->allocator, &name), "name",
               error))
        return false;
    bool fits = strlen(name) < sizeof out->name;
    snprintf(out->name, sizeof out->name, "%s", name);
    check(f, STATUS(f, ALLOCATOR_FREE, void *, void *)(f->allocator, name), "name", error);
    // Names are passed back to the engine when it runs, so a shortened one would not be found.
    if (!fits) return cinf_fail(error, "a tensor's name is longer than %d bytes", CINF_NAME_SIZE - 1);
    if (!check(f, STATUS(f, type_slot, void *, size_t, void **)(session, index, &type), "type", error)) return false;
    bool ok = check(f, STATUS(f, CAST_TYPE_INFO_TO_TENSOR_INFO, void *, const void **)(type, &tensor), "type", error);
    // A sequence or map is not a tensor: the cast then succeeds with nothing.
    if (ok && !tensor) ok = cinf_fail(error, "'%s' is not a tensor", out->name);
    if (ok) ok = describe_tensor(f, tensor, &out->type, &out->rank, out->dims, error);
    RELEASE(f, RELEASE_TYPE_INFO, type);
    return ok;
}

static bool create_session(cinf_network *network, const char *path, const void *bytes, size_t count, char *error) {
    const functions *f = network->library->functions;
    void *options = NULL, *env = network->library->context;
    if (!check(f, STATUS(f, CREATE_SESSION_OPTIONS, void **)(&options), "options", error)) return false;
    // Spinning workers would take a core from decoding.
    bool ok =
        check(f, STATUS(f, SET_SESSION_GRAPH_OPTIMIZATION_LEVEL, void *, int)(options, OPTIMIZE_ALL), "options",
              error) &&
        check(f, STATUS(f, SET_INTRA_OP_NUM_THREADS, void *, int)(options, network->threads), "options", error) &&
        check(f, STATUS(f, SET_INTER_OP_NUM_THREADS, void *, int)(options, 1), "options", error) &&
        check(f,
              STATUS(f, ADD_SESSION_CONFIG_ENTRY, void *, const char *, const char *)(
                  options, "session.intra_op.allow_spinning", "0"),
              "options", error) &&
        check(f,
              path ? STATUS(f, CREATE_SESSION, void *, const char *, void *, void **)(env, path, options,
                                                                                      &network->compiled)
                   : STATUS(f, CREATE_SESSION_FROM_ARRAY, void *, const void *, size_t, void *, void **)(
                         env, bytes, count, options, &network->compiled),
              "read", error);
    RELEASE(f, RELEASE_SESSION_OPTIONS, options);
    return ok;
}

bool cinf_ort_read(cinf_network *network, const char *path, const void *bytes, size_t count, char *error) {
    const functions *f = network->library->functions;
    size_t inputs, outputs;
    if (!create_session(network, path, bytes, count, error)) return false;
    void *session = network->compiled;
    if (!check(f, STATUS(f, SESSION_GET_INPUT_COUNT, void *, size_t *)(session, &inputs), "inputs", error) ||
        !check(f, STATUS(f, SESSION_GET_OUTPUT_COUNT, void *, size_t *)(session, &outputs), "outputs", error) ||
        !cinf_check_ports(network, inputs, outputs, error) ||
        !describe(f, session, SESSION_GET_INPUT_NAME, SESSION_GET_INPUT_TYPE_INFO, 0, &network->input, error))
        return false;
    for (int32_t i = 0; i < network->output_count; i++)
        if (!describe(f, session, SESSION_GET_OUTPUT_NAME, SESSION_GET_OUTPUT_TYPE_INFO, (size_t)i,
                      &network->outputs[i], error))
            return false;
    return true;
}

void cinf_ort_free(cinf_network *network) {
    if (network->compiled) RELEASE((const functions *)network->library->functions, RELEASE_SESSION, network->compiled);
}

bool cinf_ort_request(cinf_request *request, char *error) {
    const cinf_network *network = request->network;
    const functions *f = network->library->functions;
    const cinf_port *input = &network->input;
    if (!code_of(input->type)) return cinf_fail(error, "the input's element type is neither float nor 8-bit");
    request->input_size = (size_t)cinf_element_count(input->dims, input->rank) * cinf_type_size(input->type);
    request->input_data = aligned_alloc(64, (request->input_size + 63) / 64 * 64);
    if (!request->input_data) return cinf_fail(error, "out of memory");
    memset(request->input_data, 0, request->input_size);
    void *memory = NULL;
    if (!check(f, STATUS(f, CREATE_CPU_MEMORY_INFO, int, int, void **)(ARENA_ALLOCATOR, MEMORY_DEFAULT, &memory),
               "memory", error))
        return false;
    bool ok = check(f,
                    STATUS(f, CREATE_TENSOR_WITH_DATA, void *, void *, size_t, const int64_t *, size_t, int, void **)(
                        memory, request->input_data, request->input_size, input->dims, (size_t)input->rank,
                        code_of(input->type), &request->input),
                    "input", error);
    RELEASE(f, RELEASE_MEMORY_INFO, memory);
    return ok;
}

static void release_outputs(cinf_request *request) {
    const functions *f = request->network->library->functions;
    for (int i = 0; i < CINF_MAX_OUTPUTS; i++) {
        if (request->outputs[i]) RELEASE(f, RELEASE_VALUE, request->outputs[i]);
        request->outputs[i] = NULL;
    }
}

bool cinf_ort_run(cinf_request *request, char *error) {
    const cinf_network *network = request->network;
    const functions *f = network->library->functions;
    const char *input_name = network->input.name, *output_names[CINF_MAX_OUTPUTS];
    const void *inputs[1] = {request->input};
    for (int32_t i = 0; i < network->output_count; i++) output_names[i] = network->outputs[i].name;
    release_outputs(request);
    return check(f,
                 STATUS(f, RUN, void *, const void *, const char *const *, const void *const *, size_t,
                        const char *const *, size_t, void **)(network->compiled, NULL, &input_name, inputs, 1,
                                                              output_names, (size_t)network->output_count,
                                                              request->outputs),
                 "run", error);
}

bool cinf_ort_output(cinf_request *request, int32_t index, cinf_output *out, char *error) {
    const functions *f = request->network->library->functions;
    void *value = request->outputs[index], *info = NULL, *data = NULL;
    cinf_type type;
    if (!check(f, STATUS(f, GET_TENSOR_TYPE_AND_SHAPE, void *, void **)(value, &info), "output", error)) return false;
    bool ok = describe_tensor(f, info, &type, &out->rank, out->dims, error);
    RELEASE(f, RELEASE_TENSOR_TYPE_AND_SHAPE_INFO, info);
    if (!ok) return false;
    int64_t count = cinf_element_count(out->dims, out->rank);
    if (count < 0) return cinf_fail(error, "output %d has an impossible shape", index);
    out->count = (size_t)count;
    return check(f, STATUS(f, GET_TENSOR_MUTABLE_DATA, void *, void **)(value, &data), "output", error) &&
           cinf_as_floats(request, index, type, data, out, error);
}

void cinf_ort_request_free(cinf_request *request) {
    const functions *f = request->network->library->functions;
    release_outputs(request);
    if (request->input) RELEASE(f, RELEASE_VALUE, request->input);
    free(request->input_data);
}
