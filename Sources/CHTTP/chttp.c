#include "chttp.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct chttp_session {
    CURL *curl;
};

typedef struct body_reader {
    const chttp_request *request;
    int64_t position;
} body_reader;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void set_up(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

chttp_session *chttp_open(void) {
    pthread_once(&once, set_up);
    chttp_session *session = calloc(1, sizeof *session);
    if (!session) return NULL;
    session->curl = curl_easy_init();
    if (!session->curl) {
        free(session);
        return NULL;
    }
    return session;
}

void chttp_close(chttp_session *session) {
    if (!session) return;
    curl_easy_cleanup(session->curl);
    free(session);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
    const chttp_request *request = context;
    return request->on_header(request->context, bytes, size * count) == 0 ? size * count : 0;
}

static size_t take_data(char *bytes, size_t size, size_t count, void *context) {
    const chttp_request *request = context;
    return request->on_data(request->context, bytes, size * count) == 0 ? size * count : 0;
}

static size_t give_body(char *buffer, size_t size, size_t count, void *context) {
    body_reader *reader = context;
    const chttp_request *request = reader->request;
    int64_t left = request->body_size - reader->position;
    size_t room = size * count;
    if (left <= 0) return 0;
    if ((int64_t)room > left) room = (size_t)left;
    if (request->body_file >= 0) {
        ssize_t got = pread(request->body_file, buffer, room, (off_t)reader->position);
        if (got <= 0) return CURL_READFUNC_ABORT;
        room = (size_t)got;
    } else {
        memcpy(buffer, (const char *)request->body + reader->position, room);
    }
    reader->position += (int64_t)room;
    return room;
}

static int rewind_body(void *context, curl_off_t offset, int origin) {
    body_reader *reader = context;
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    reader->position = offset;
    return CURL_SEEKFUNC_OK;
}

static int tell_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t sent) {
    (void)a, (void)b, (void)c;
    const chttp_request *request = context;
    return request->on_progress(request->context, (int64_t)sent);
}

static chttp_result result_of(CURLcode code) {
    switch (code) {
    case CURLE_OK: return CHTTP_DONE;
    case CURLE_WRITE_ERROR:
    case CURLE_ABORTED_BY_CALLBACK: return CHTTP_STOPPED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return CHTTP_UNTRUSTED;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return CHTTP_UNREACHABLE;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR: return CHTTP_BROKEN;
    default: return CHTTP_UNUSABLE;
    }
}

chttp_result chttp_perform(chttp_session *session, const chttp_request *request, long *status,
                           char error[CHTTP_ERROR_SIZE]) {
    CURL *curl = session->curl;
    char words[CURL_ERROR_SIZE] = "";
    body_reader reader = {request, 0};
    struct curl_slist *headers = NULL;
    for (const char *const *line = request->headers; *line; line++) {
        struct curl_slist *longer = curl_slist_append(headers, *line);
        if (!longer) {
            curl_slist_free_all(headers);
            strcpy(error, "no memory");
            return CHTTP_UNUSABLE;
        }
        headers = longer;
    }
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (request->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 15L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 30L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "shrike");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, request);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_data);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, tell_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, request);
    if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (request->body_size >= 0) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body_size);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(curl, CURLOPT_READDATA, &reader);
        curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_body);
        curl_easy_setopt(curl, CURLOPT_SEEKDATA, &reader);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    } else {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    }
    CURLcode code = curl_easy_perform(curl);
    *status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    curl_slist_free_all(headers);
    const char *text = words[0] ? words : curl_easy_strerror(code);
    strncpy(error, text, CHTTP_ERROR_SIZE - 1);
    error[CHTTP_ERROR_SIZE - 1] = 0;
    return result_of(code);
}
