// Pure C face of one HTTP transfer over libcurl: request in, pieces of the answer out. No policy: redirects are not followed,
// credentials are headers of the caller's. TLS 1.2 or later, certificate and host name always verified.
#ifndef CHTTP_H
#define CHTTP_H
#include <stddef.h>
#include <stdint.h>

#define CHTTP_ERROR_SIZE 256

typedef struct chttp_session chttp_session;  // keeps connections open; used by one thread at a time

typedef enum chttp_result {
    CHTTP_DONE = 0,
    CHTTP_STOPPED = 1,    // a callback asked for it
    CHTTP_UNTRUSTED = 2,  // certificate or host name not verified
    CHTTP_UNREACHABLE = 3,
    CHTTP_BROKEN = 4,  // the connection ended or stalled on the way
    CHTTP_UNUSABLE = 5 // anything else: the request cannot be made
} chttp_result;

typedef struct chttp_request {
    const char *method;
    const char *url;
    const char *const *headers;  // ends with NULL
    const char *ca_file;         // NULL: the system's authorities
    const void *body;            // sent where body_size > 0 and body_file < 0
    int64_t body_size;           // -1: no body
    int body_file;               // a file read from its start, or -1
    void *context;
    int (*on_header)(void *context, const char *line, size_t size);  // each returns 0 to go on
    int (*on_data)(void *context, const void *bytes, size_t size);
    int (*on_progress)(void *context, int64_t sent);
} chttp_request;

// NULL where there is no memory.
chttp_session *chttp_open(void);
void chttp_close(chttp_session *session);

// Blocks until the answer is there. `error` gets words for people where the result is not CHTTP_DONE.
chttp_result chttp_perform(chttp_session *session, const chttp_request *request, long *status,
                           char error[CHTTP_ERROR_SIZE]);

#endif
