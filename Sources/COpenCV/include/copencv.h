// Pure C face of OpenCV: handles and status codes. No C++ type, exception or policy crosses it.
#ifndef COPENCV_H
#define COPENCV_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct cocv_mat cocv_mat;          // owns one cv::Mat
typedef struct cocv_capture cocv_capture;  // owns one cv::VideoCapture
typedef struct cocv_writer cocv_writer;    // owns one cv::VideoWriter
typedef struct cocv_buffer cocv_buffer;    // owns encoded bytes

typedef enum cocv_code {
    COCV_OK = 0,
    COCV_BAD_ARGUMENT = 1,
    COCV_OPEN_FAILED = 2,
    COCV_END_OF_STREAM = 3,
    COCV_OPENCV = 4,  // cv::Exception; `detail` holds cv::Error code
    COCV_NO_MEMORY = 5,
    COCV_OTHER = 6
} cocv_code;

typedef struct cocv_error {
    cocv_code code;
    int32_t detail;
    char message[500];
} cocv_error;

// Borrowed; valid while the mat lives and is not written to. depth: 0 = 8U, 2 = 16U, 5 = 32F, 6 = 64F.
typedef struct cocv_view {
    uint8_t *data;
    int32_t rows, cols, channels, depth;
    size_t step;
} cocv_view;

typedef struct cocv_rect {
    int32_t x, y, width, height;
} cocv_rect;

typedef struct cocv_video_info {
    double fps;
    int32_t width, height;
    int64_t frame_count;  // 0 or less where the container does not say
    char codec[5];
} cocv_video_info;

const char *cocv_version(void);
void cocv_set_threads(int32_t n);
void cocv_set_log_level(int32_t level);  // 0 silent .. 6 verbose

// A function that can fail returns false / NULL and fills *err (never NULL).

cocv_mat *cocv_mat_create(int32_t rows, int32_t cols, int32_t depth, int32_t channels, cocv_error *err);
// Wraps memory the caller owns; `data` must outlive the mat.
cocv_mat *cocv_mat_wrap(void *data, int32_t rows, int32_t cols, int32_t depth, int32_t channels, size_t step,
                        cocv_error *err);
cocv_mat *cocv_mat_clone(const cocv_mat *m, cocv_error *err);
void cocv_mat_free(cocv_mat *m);
void cocv_mat_view(const cocv_mat *m, cocv_view *out);

// interpolation: 0 nearest, 1 linear, 2 cubic, 3 area.
bool cocv_resize(const cocv_mat *src, cocv_mat *dst, int32_t width, int32_t height, int32_t interpolation,
                 cocv_error *err);
// Left becomes right.
bool cocv_mirror(const cocv_mat *src, cocv_mat *dst, cocv_error *err);
bool cocv_crop(const cocv_mat *src, cocv_mat *dst, cocv_rect roi, cocv_error *err);
// Writes src into dst at (x, y); both must fit and have the same type.
bool cocv_paste(const cocv_mat *src, cocv_mat *dst, int32_t x, int32_t y, cocv_error *err);
bool cocv_fill(cocv_mat *m, double b, double g, double r, cocv_error *err);
// To 8-bit grey, BGR or the same; 16-bit to 8-bit by `value * scale + shift`, saturated.
bool cocv_to_gray(const cocv_mat *src, cocv_mat *dst, cocv_error *err);
bool cocv_to_bgr(const cocv_mat *src, cocv_mat *dst, cocv_error *err);
bool cocv_to_8bit(const cocv_mat *src, cocv_mat *dst, double scale, double shift, cocv_error *err);
bool cocv_gaussian_blur(const cocv_mat *src, cocv_mat *dst, double sigma, cocv_error *err);
bool cocv_warp_affine(const cocv_mat *src, cocv_mat *dst, const double m[6], int32_t width, int32_t height,
                      cocv_error *err);
bool cocv_color_map(const cocv_mat *gray, cocv_mat *dst, int32_t map, cocv_error *err);

bool cocv_rectangle(cocv_mat *m, cocv_rect r, uint8_t b, uint8_t g, uint8_t r8, int32_t thickness, cocv_error *err);
bool cocv_polygon(cocv_mat *m, const int32_t *xy, int32_t count, uint8_t b, uint8_t g, uint8_t r8, int32_t thickness,
                  cocv_error *err);  // thickness < 0 fills
bool cocv_line(cocv_mat *m, int32_t x0, int32_t y0, int32_t x1, int32_t y1, uint8_t b, uint8_t g, uint8_t r8,
               int32_t thickness, cocv_error *err);
bool cocv_ellipse(cocv_mat *m, double cx, double cy, double rx, double ry, double degrees, uint8_t b, uint8_t g,
                  uint8_t r8, int32_t thickness, cocv_error *err);
bool cocv_text(cocv_mat *m, const char *ascii, int32_t x, int32_t y, double scale, uint8_t b, uint8_t g, uint8_t r8,
               int32_t thickness, cocv_error *err);
void cocv_text_size(const char *ascii, double scale, int32_t thickness, int32_t *width, int32_t *height);

cocv_buffer *cocv_encode(const cocv_mat *m, const char *extension, int32_t quality, cocv_error *err);
// flags: -1 unchanged (8/16 bit kept, orientation ignored), 0 grey, 1 colour (orientation applied), 17/33/65 colour at 1/2, 1/4, 1/8.
cocv_mat *cocv_decode(const void *bytes, size_t count, int32_t flags, cocv_error *err);
// As cocv_decode, into `into`, whose memory is reused where size and type fit.
bool cocv_decode_into(const void *bytes, size_t count, int32_t flags, cocv_mat *into, cocv_error *err);
const uint8_t *cocv_buffer_data(const cocv_buffer *b);
size_t cocv_buffer_count(const cocv_buffer *b);
void cocv_buffer_free(cocv_buffer *b);

// Files and addresses through FFmpeg; time-outs in milliseconds, 0 for OpenCV's own. device >= 0 opens a local camera instead.
cocv_capture *cocv_capture_open(const char *path_or_url, int32_t device, int32_t open_timeout, int32_t read_timeout,
                                cocv_error *err);
void cocv_capture_info(const cocv_capture *c, cocv_video_info *out);
// Decodes the next frame without colour conversion; COCV_END_OF_STREAM when there is none.
bool cocv_capture_grab(cocv_capture *c, cocv_error *err);
// Converts the grabbed frame to BGR into `into`, whose memory is reused where it fits.
bool cocv_capture_retrieve(cocv_capture *c, cocv_mat *into, cocv_error *err);
// Position of the grabbed frame in milliseconds, as the container says.
double cocv_capture_position(const cocv_capture *c);
void cocv_capture_free(cocv_capture *c);

cocv_writer *cocv_writer_open(const char *path, const char fourcc[4], double fps, int32_t width, int32_t height,
                              cocv_error *err);
bool cocv_writer_write(cocv_writer *w, const cocv_mat *m, cocv_error *err);
void cocv_writer_free(cocv_writer *w);  // finishes the file

// Motion of the picture from `previous` to `current` (8-bit grey, same size): affine map of pixel coordinates
// x' = m[0]x + m[1]y + m[2], y' = m[3]x + m[4]y + m[5]; `inliers` gives how many of `points` followed features agree.
// Returns true with inliers = 0 where no motion could be measured.
bool cocv_estimate_motion(const cocv_mat *previous, const cocv_mat *current, double m[6], int32_t *points,
                          int32_t *inliers, cocv_error *err);

// Largest absolute difference of two pictures (8-bit grey, same size), each smoothed by a 3x3 Gaussian. With `m` (may be null) `reference`
// is moved by it first, and what it does not cover is left out.
bool cocv_largest_difference(const cocv_mat *reference, const cocv_mat *current, const double m[6], double *largest,
                             cocv_error *err);

#ifdef __cplusplus
}
#endif
#endif
