#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <vector>

#include "copencv.h"
#include "guard.hpp"

using cocv::guard;

// Corners (Shi-Tomasi) followed by pyramidal Lucas-Kanade, then a similarity by RANSAC; the generator is seeded so that
// equal pictures give equal motion.
extern "C" bool cocv_estimate_motion(const cocv_mat *previous, const cocv_mat *current, double m[6], int32_t *points,
                                     int32_t *inliers, cocv_error *err) {
    return guard(err, [&] {
        *points = *inliers = 0;
        std::vector<cv::Point2f> from, to;
        cv::goodFeaturesToTrack(previous->m, from, 200, 0.01, 6);
        if (from.size() < 8) return true;
        std::vector<uint8_t> found;
        std::vector<float> error;
        cv::calcOpticalFlowPyrLK(previous->m, current->m, from, to, found, error, cv::Size(15, 15), 3);
        std::vector<cv::Point2f> a, b;
        for (size_t i = 0; i < from.size(); i++)
            if (found[i]) {
                a.push_back(from[i]);
                b.push_back(to[i]);
            }
        *points = static_cast<int32_t>(a.size());
        if (a.size() < 8) return true;
        std::vector<uint8_t> agree;
        cv::setRNGSeed(1);
        const cv::Mat map = cv::estimateAffinePartial2D(a, b, agree, cv::RANSAC, 1.5, 500, 0.99, 5);
        if (map.empty()) return true;
        *inliers = cv::countNonZero(agree);
        for (int i = 0; i < 6; i++) m[i] = map.at<double>(i / 3, i % 3);
        return true;
    });
}
