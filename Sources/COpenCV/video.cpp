#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <utility>
#include <vector>

#include "copencv.h"
#include "guard.hpp"

using cocv::Failure;
using cocv::guard;

struct cocv_capture {
    cv::VideoCapture c;
};
struct cocv_writer {
    cv::VideoWriter w;
    cv::Size size;
};

extern "C" {

cocv_capture *cocv_capture_open(const char *path, int32_t device, int32_t open_timeout, int32_t read_timeout,
                                cocv_error *err) {
    return guard(err, [&]() -> cocv_capture * {
        cv::VideoCapture c;
        if (device >= 0) {
            c.open(device, cv::CAP_V4L2);
        } else {
            std::vector<int> parameters;
            if (open_timeout > 0) parameters.insert(parameters.end(), {cv::CAP_PROP_OPEN_TIMEOUT_MSEC, open_timeout});
            if (read_timeout > 0) parameters.insert(parameters.end(), {cv::CAP_PROP_READ_TIMEOUT_MSEC, read_timeout});
            c.open(path, cv::CAP_FFMPEG, parameters);
        }
        if (!c.isOpened()) throw Failure{COCV_OPEN_FAILED, "cannot be opened as video"};
        return new cocv_capture{std::move(c)};
    });
}
void cocv_capture_info(const cocv_capture *c, cocv_video_info *out) {
    *out = {};
    out->fps = c->c.get(cv::CAP_PROP_FPS);
    out->width = static_cast<int32_t>(c->c.get(cv::CAP_PROP_FRAME_WIDTH));
    out->height = static_cast<int32_t>(c->c.get(cv::CAP_PROP_FRAME_HEIGHT));
    out->frame_count = static_cast<int64_t>(c->c.get(cv::CAP_PROP_FRAME_COUNT));
    const auto fourcc = static_cast<uint32_t>(c->c.get(cv::CAP_PROP_FOURCC));
    for (int i = 0; i < 4; i++) out->codec[i] = static_cast<char>(fourcc >> (8 * i) & 0x7F);
}
bool cocv_capture_grab(cocv_capture *c, cocv_error *err) {
    return guard(err, [&] {
        if (!c->c.grab()) throw Failure{COCV_END_OF_STREAM, "no further frame"};
        return true;
    });
}
bool cocv_capture_retrieve(cocv_capture *c, cocv_mat *into, cocv_error *err) {
    return guard(err, [&] {
        if (!c->c.retrieve(into->m) || into->m.empty()) throw Failure{COCV_OTHER, "frame was not decoded"};
        return true;
    });
}
double cocv_capture_position(const cocv_capture *c) { return c->c.get(cv::CAP_PROP_POS_MSEC); }
void cocv_capture_free(cocv_capture *c) { delete c; }

cocv_writer *cocv_writer_open(const char *path, const char f[4], double fps, int32_t width, int32_t height,
                              cocv_error *err) {
    return guard(err, [&]() -> cocv_writer * {
        const cv::Size size(width, height);
        cv::VideoWriter w(path, cv::CAP_FFMPEG, cv::VideoWriter::fourcc(f[0], f[1], f[2], f[3]), fps, size);
        if (!w.isOpened()) throw Failure{COCV_OPEN_FAILED, std::string("cannot write video: ") + path};
        return new cocv_writer{std::move(w), size};
    });
}
bool cocv_writer_write(cocv_writer *w, const cocv_mat *m, cocv_error *err) {
    return guard(err, [&] {
        // VideoWriter drops a frame of another size without a word.
        if (m->m.size() != w->size || m->m.type() != CV_8UC3)
            throw Failure{COCV_BAD_ARGUMENT, "frame size or type differs from the video's"};
        w->w.write(m->m);
        return true;
    });
}
void cocv_writer_free(cocv_writer *w) { delete w; }

}  // extern "C"
