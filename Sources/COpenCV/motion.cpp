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

extern "C" bool cocv_largest_difference(const cocv_mat *reference, const cocv_mat *current, const double m[6], double *largest,
                                        cocv_error *err) {
    return guard(err, [&] {
        cv::Mat moved, now, seen;
        if (m) {
            const cv::Mat map(2, 3, CV_64F, const_cast<double *>(m));
            cv::warpAffine(reference->m, moved, map, reference->m.size(), cv::INTER_LINEAR);
            cv::warpAffine(cv::Mat(reference->m.size(), CV_8U, cv::Scalar(255)), seen, map, reference->m.size(), cv::INTER_NEAREST);
            // What the blur mixes with the outside is left out too.
            cv::erode(seen, seen, cv::Mat(), cv::Point(-1, -1), 2, cv::BORDER_CONSTANT, cv::Scalar(0));
        }
        cv::Mat blurred;
        cv::GaussianBlur(m ? moved : reference->m, blurred, cv::Size(3, 3), 0);
        cv::GaussianBlur(current->m, now, cv::Size(3, 3), 0);
        cv::absdiff(blurred, now, now);
        *largest = 0;
        cv::minMaxLoc(now, nullptr, largest, nullptr, nullptr, seen);
        return true;
    });
}
