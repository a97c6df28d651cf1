// Pixel loops of the synthetic footage: painting planes of values, looking at them through a camera, adding sensor effects.
#ifndef CFOOTAGE_H
#define CFOOTAGE_H
#include <stddef.h>
#include <stdint.h>

// A plane is `height` rows of `width` floats, tightly packed.

// Adds fractal value noise (`octaves` of halving cell size and amplitude) to a plane.
void cfootage_add_noise(float *plane, int32_t width, int32_t height, uint64_t seed, float cell, float amplitude,
                        int32_t octaves);
// Sets (add = 0) or adds (add = 1) `value + slope_x * u + slope_y * v`, u and v from -0.5 to 0.5 over the rectangle; borders
// are blended by covered area.
void cfootage_rectangle(float *plane, int32_t width, int32_t height, float x0, float y0, float x1, float y1, float value,
                        float slope_x, float slope_y, int32_t add);
// Adds a soft spot `value * exp(-d^2 / 2)`, d in units of the two radii.
void cfootage_spot(float *plane, int32_t width, int32_t height, float x, float y, float radius_x, float radius_y,
                   float value);
// Looks at a plane: `map` (row-major 3x3) takes pixel coordinates of `out` to those of `plane`; bilinear, edges repeated.
void cfootage_project(const float *plane, int32_t width, int32_t height, const double map[9], float *out,
                      int32_t out_width, int32_t out_height);
// Adds `pattern`, then Gaussian-like noise of deviation `sigma`, independent per pixel and seed.
void cfootage_sense(float *values, const float *pattern, size_t count, uint64_t seed, float sigma);
// round((value - offset) / gain), saturated, as three equal bytes or as 16 bits.
void cfootage_to_bgr8(const float *values, uint8_t *out, size_t count, float gain, float offset);
void cfootage_to_u16(const float *values, uint16_t *out, size_t count, float gain, float offset);

// A visible-light layer: four planes of floats in one array (blue, green, red, alpha), 0 to 255 and 0 to 1.
// Draws a round shed seen at a slant into a layer: an ellipse with rim, ribs, a highlight and, from `gap_start` for
// `gap_angle` radians (0 for none), a ragged broken-out sector.
typedef struct cfootage_shed {
    float x, y, radius_x, radius_y, turn;  // center, half axes, rotation in radians
    float blue, green, red, alpha, gloss;
    float gap_start, gap_angle, gap_depth;
    uint64_t seed;
} cfootage_shed;
void cfootage_draw_shed(float *layer, int32_t width, int32_t height, cfootage_shed shed);
// A round bar from (x0, y0) to (x1, y1), shaded across its width.
void cfootage_draw_bar(float *layer, int32_t width, int32_t height, float x0, float y0, float x1, float y1, float radius,
                       float blue, float green, float red);
// Looks at both layers by two affine maps (pixel to layer: x' = m0 x + m1 y + m2, y' = m3 x + m4 y + m5), the front one over
// the back one, sampled `samples` times along the motion (dx, dy) of the front for motion blur; then noise, then bytes.
typedef struct cfootage_view {
    double back[6], front[6];
    float motion_x, motion_y;
    int32_t samples;
    float exposure, sigma;
    uint64_t seed;
} cfootage_view;
// `blocks`, from cfootage_occupancy, holds one byte per 16x16 values of the front; `scratch` holds 3 * width floats.
void cfootage_occupancy(const float *layer, int32_t width, int32_t height, uint8_t *blocks);
void cfootage_compose(const float *back, int32_t back_width, int32_t back_height, const float *front, int32_t front_width,
                      int32_t front_height, const uint8_t *blocks, cfootage_view view, uint8_t *out, int32_t width,
                      int32_t height, float *scratch);
#endif
