// Where every C++ exception of this target ends.
#pragma once
#include <cstdio>
#include <exception>
#include <new>
#include <opencv2/core.hpp>
#include <string>

#include "copencv.h"

struct cocv_mat {
    cv::Mat m;
};

namespace cocv {

struct Failure {
    cocv_code code;
    std::string what;
};

inline void set(cocv_error *e, cocv_code code, int32_t detail, const char *message) noexcept {
    if (!e) return;
    e->code = code;
    e->detail = detail;
    std::snprintf(e->message, sizeof e->message, "%s", message ? message : "");
}

template <class F>
auto guard(cocv_error *err, F &&f) noexcept -> decltype(f()) {
    set(err, COCV_OK, 0, "");
    try {
        return f();
    } catch (const Failure &e) {
        set(err, e.code, 0, e.what.c_str());
    } catch (const cv::Exception &e) {
        set(err, COCV_OPENCV, e.code, e.err.c_str());
    } catch (const std::bad_alloc &) {
        set(err, COCV_NO_MEMORY, 0, "out of memory");
    } catch (const std::exception &e) {
        set(err, COCV_OTHER, 0, e.what());
    } catch (...) {
        set(err, COCV_OTHER, 0, "unknown C++ exception");
    }
    return decltype(f()){};
}

}  // namespace cocv
