#include "copencv_dnn.h"

#include <memory>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "guard.hpp"

struct cocv_net {
    cv::dnn::Net net;
    std::vector<std::string> names;
    std::vector<cv::Mat> outputs;
};

cocv_net *cocv_net_read_onnx(const void *bytes, size_t count, cocv_error *err) {
    return cocv::guard(err, [&]() -> cocv_net * {
        auto net = std::make_unique<cocv_net>();
        net->net = cv::dnn::readNetFromONNX(static_cast<const char *>(bytes), count);
        if (net->net.empty()) throw cocv::Failure{COCV_OPEN_FAILED, "the network has no layers"};
        net->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        net->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        net->names = net->net.getUnconnectedOutLayersNames();
        return net.release();
    });
}

bool cocv_net_run(cocv_net *net, const float *input, const int32_t *dims, int32_t rank, cocv_error *err) {
    return cocv::guard(err, [&] {
        cv::Mat blob(std::vector<int>(dims, dims + rank), CV_32F, const_cast<float *>(input));
        net->net.setInput(blob);
        net->net.forward(net->outputs, net->names);
        for (auto &output : net->outputs) {
            if (output.dims > 8) throw cocv::Failure{COCV_OTHER, "an output has more than 8 dimensions"};
            if (output.depth() != CV_32F) output.convertTo(output, CV_32F);
            if (!output.isContinuous()) output = output.clone();
        }
        return true;
    });
}

int32_t cocv_net_output_count(const cocv_net *net) { return static_cast<int32_t>(net->names.size()); }

bool cocv_net_output(const cocv_net *net, int32_t index, cocv_tensor *out, cocv_error *err) {
    return cocv::guard(err, [&] {
        if (index < 0 || static_cast<size_t>(index) >= net->outputs.size())
            throw cocv::Failure{COCV_BAD_ARGUMENT, "there is no such output, or the network was not run"};
        const cv::Mat &m = net->outputs[static_cast<size_t>(index)];
        *out = cocv_tensor{net->names[static_cast<size_t>(index)].c_str(), m.ptr<float>(), m.total(), m.dims, {}};
        for (int i = 0; i < m.dims; i++) out->dims[i] = m.size[i];
        return true;
    });
}

void cocv_net_free(cocv_net *net) { delete net; }

bool cocv_resize_bytes(const uint8_t *src, int32_t width, int32_t height, size_t stride, uint8_t *dst,
                       int32_t dst_width, int32_t dst_height, size_t dst_stride, int32_t channels, cocv_error *err) {
    return cocv::guard(err, [&] {
        if (width < 1 || height < 1 || dst_width < 1 || dst_height < 1)
            throw cocv::Failure{COCV_BAD_ARGUMENT, "a picture without pixels cannot be resized"};
        const cv::Mat from(height, width, CV_8UC(channels), const_cast<uint8_t *>(src), stride);
        cv::Mat to(dst_height, dst_width, CV_8UC(channels), dst, dst_stride);
        if (from.size() == to.size())
            from.copyTo(to);
        else
            cv::resize(from, to, to.size(), 0, 0, cv::INTER_LINEAR);
        if (to.data != dst) throw cocv::Failure{COCV_OTHER, "the result was not written in place"};
        return true;
    });
}
