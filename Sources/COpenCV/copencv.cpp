#include "copencv.h"

#include <cstring>
#include <memory>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

#include "guard.hpp"

using cocv::Failure;
using cocv::guard;

struct cocv_buffer {
    std::vector<uint8_t> v;
};

namespace {
void decode(const void *bytes, size_t count, int32_t flags, cv::Mat &out) {
    if (!bytes || count == 0 || count > INT32_MAX) throw Failure{COCV_BAD_ARGUMENT, "no bytes to decode"};
    const cv::Mat in(1, static_cast<int>(count), CV_8U, const_cast<void *>(bytes));
    if (cv::imdecode(in, flags, &out).empty()) throw Failure{COCV_OPEN_FAILED, "not a picture that can be decoded"};
}

cv::Scalar color(uint8_t b, uint8_t g, uint8_t r) { return cv::Scalar(b, g, r); }
}  // namespace

extern "C" {

const char *cocv_version(void) { return CV_VERSION; }
void cocv_set_threads(int32_t n) { cv::setNumThreads(n); }
void cocv_set_log_level(int32_t level) {
    cv::utils::logging::setLogLevel(static_cast<cv::utils::logging::LogLevel>(level));
}

cocv_mat *cocv_mat_create(int32_t rows, int32_t cols, int32_t depth, int32_t channels, cocv_error *err) {
    return guard(err, [&] { return new cocv_mat{cv::Mat(rows, cols, CV_MAKETYPE(depth, channels))}; });
}
cocv_mat *cocv_mat_wrap(void *data, int32_t rows, int32_t cols, int32_t depth, int32_t channels, size_t step,
                        cocv_error *err) {
    return guard(err, [&] { return new cocv_mat{cv::Mat(rows, cols, CV_MAKETYPE(depth, channels), data, step)}; });
}
cocv_mat *cocv_mat_clone(const cocv_mat *m, cocv_error *err) {
    return guard(err, [&] { return new cocv_mat{m->m.clone()}; });
}
void cocv_mat_free(cocv_mat *m) { delete m; }
void cocv_mat_view(const cocv_mat *m, cocv_view *out) {
    *out = {m->m.data, m->m.rows, m->m.cols, m->m.channels(), m->m.depth(), m->m.step[0]};
}

bool cocv_resize(const cocv_mat *src, cocv_mat *dst, int32_t width, int32_t height, int32_t interpolation,
                 cocv_error *err) {
    return guard(err, [&] {
        cv::resize(src->m, dst->m, cv::Size(width, height), 0, 0, interpolation);
        return true;
    });
}
bool cocv_mirror(const cocv_mat *src, cocv_mat *dst, cocv_error *err) {
    return guard(err, [&] {
        cv::flip(src->m, dst->m, 1);
        return true;
    });
}
bool cocv_crop(const cocv_mat *src, cocv_mat *dst, cocv_rect r, cocv_error *err) {
    return guard(err, [&] {
        src->m(cv::Rect(r.x, r.y, r.width, r.height)).copyTo(dst->m);
        return true;
    });
}
bool cocv_paste(const cocv_mat *src, cocv_mat *dst, int32_t x, int32_t y, cocv_error *err) {
    return guard(err, [&] {
        if (src->m.type() != dst->m.type()) throw Failure{COCV_BAD_ARGUMENT, "picture types differ"};
        cv::Mat part = dst->m(cv::Rect(x, y, src->m.cols, src->m.rows));
        src->m.copyTo(part);
        return true;
    });
}
bool cocv_fill(cocv_mat *m, double b, double g, double r, cocv_error *err) {
    return guard(err, [&] {
        m->m.setTo(m->m.channels() == 1 ? cv::Scalar(b) : cv::Scalar(b, g, r));
        return true;
    });
}
bool cocv_to_gray(const cocv_mat *src, cocv_mat *dst, cocv_error *err) {
    return guard(err, [&] {
        if (src->m.channels() == 1) src->m.copyTo(dst->m);
        else cv::cvtColor(src->m, dst->m, src->m.channels() == 4 ? cv::COLOR_BGRA2GRAY : cv::COLOR_BGR2GRAY);
        return true;
    });
}
bool cocv_to_bgr(const cocv_mat *src, cocv_mat *dst, cocv_error *err) {
    return guard(err, [&] {
        if (src->m.channels() == 3) src->m.copyTo(dst->m);
        else cv::cvtColor(src->m, dst->m, src->m.channels() == 4 ? cv::COLOR_BGRA2BGR : cv::COLOR_GRAY2BGR);
        return true;
    });
}
bool cocv_to_8bit(const cocv_mat *src, cocv_mat *dst, double scale, double shift, cocv_error *err) {
    return guard(err, [&] {
        src->m.convertTo(dst->m, CV_8U, scale, shift);
        return true;
    });
}
bool cocv_gaussian_blur(const cocv_mat *src, cocv_mat *dst, double sigma, cocv_error *err) {
    return guard(err, [&] {
        cv::GaussianBlur(src->m, dst->m, cv::Size(0, 0), sigma);
        return true;
    });
}
bool cocv_warp_affine(const cocv_mat *src, cocv_mat *dst, const double m[6], int32_t width, int32_t height,
                      cocv_error *err) {
    return guard(err, [&] {
        const cv::Mat map(2, 3, CV_64F, const_cast<double *>(m));
        cv::warpAffine(src->m, dst->m, map, cv::Size(width, height), cv::INTER_LINEAR, cv::BORDER_REFLECT_101);
        return true;
    });
}
bool cocv_color_map(const cocv_mat *gray, cocv_mat *dst, int32_t map, cocv_error *err) {
    return guard(err, [&] {
        cv::applyColorMap(gray->m, dst->m, map);
        return true;
    });
}

bool cocv_rectangle(cocv_mat *m, cocv_rect r, uint8_t b, uint8_t g, uint8_t r8, int32_t thickness, cocv_error *err) {
    return guard(err, [&] {
        cv::rectangle(m->m, cv::Rect(r.x, r.y, r.width, r.height), color(b, g, r8), thickness);
        return true;
    });
}
bool cocv_polygon(cocv_mat *m, const int32_t *xy, int32_t count, uint8_t b, uint8_t g, uint8_t r8, int32_t thickness,
                  cocv_error *err) {
    return guard(err, [&] {
        std::vector<cv::Point> points;
        for (int32_t i = 0; i < count; i++) points.emplace_back(xy[2 * i], xy[2 * i + 1]);
        if (thickness < 0) cv::fillPoly(m->m, points, color(b, g, r8), cv::LINE_AA);
        else cv::polylines(m->m, points, true, color(b, g, r8), thickness, cv::LINE_AA);
        return true;
    });
}
bool cocv_line(cocv_mat *m, int32_t x0, int32_t y0, int32_t x1, int32_t y1, uint8_t b, uint8_t g, uint8_t r8,
               int32_t thickness, cocv_error *err) {
    return guard(err, [&] {
        cv::line(m->m, cv::Point(x0, y0), cv::Point(x1, y1), color(b, g, r8), thickness, cv::LINE_AA);
        return true;
    });
}
bool cocv_ellipse(cocv_mat *m, double cx, double cy, double rx, double ry, double degrees, uint8_t b, uint8_t g,
                  uint8_t r8, int32_t thickness, cocv_error *err) {
    return guard(err, [&] {
        const cv::RotatedRect box(cv::Point2f(cx, cy), cv::Size2f(2 * rx, 2 * ry), degrees);
        cv::ellipse(m->m, box, color(b, g, r8), thickness, cv::LINE_AA);
        return true;
    });
}
bool cocv_text(cocv_mat *m, const char *text, int32_t x, int32_t y, double scale, uint8_t b, uint8_t g, uint8_t r8,
               int32_t thickness, cocv_error *err) {
    return guard(err, [&] {
        cv::putText(m->m, text, cv::Point(x, y), cv::FONT_HERSHEY_SIMPLEX, scale, color(b, g, r8), thickness,
                    cv::LINE_AA);
        return true;
    });
}
void cocv_text_size(const char *text, double scale, int32_t thickness, int32_t *width, int32_t *height) {
    int baseline = 0;
    const cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, thickness, &baseline);
    *width = size.width;
    *height = size.height + baseline;
}

cocv_buffer *cocv_encode(const cocv_mat *m, const char *extension, int32_t quality, cocv_error *err) {
    return guard(err, [&]() -> cocv_buffer * {
        std::vector<uint8_t> bytes;
        std::vector<int> parameters;
        if (!std::strcmp(extension, ".jpg")) parameters = {cv::IMWRITE_JPEG_QUALITY, quality};
        if (!cv::imencode(extension, m->m, bytes, parameters)) throw Failure{COCV_OTHER, "picture was not encoded"};
        return new cocv_buffer{std::move(bytes)};
    });
}
cocv_mat *cocv_decode(const void *bytes, size_t count, int32_t flags, cocv_error *err) {
    return guard(err, [&]() -> cocv_mat * {
        auto out = std::make_unique<cocv_mat>();
        decode(bytes, count, flags, out->m);
        return out.release();
    });
}
bool cocv_decode_into(const void *bytes, size_t count, int32_t flags, cocv_mat *into, cocv_error *err) {
    return guard(err, [&] {
        decode(bytes, count, flags, into->m);
        return true;
    });
}
const uint8_t *cocv_buffer_data(const cocv_buffer *b) { return b->v.data(); }
size_t cocv_buffer_count(const cocv_buffer *b) { return b->v.size(); }
void cocv_buffer_free(cocv_buffer *b) { delete b; }

}  // extern "C"
