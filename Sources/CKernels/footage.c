#include "cfootage.h"

#include <math.h>

#include "clones.h"

// A stateless generator: the SplitMix64 finalizer on a counter, so every pixel's noise is independent of the order of work.
static inline uint64_t mixed(uint64_t z) {
    z += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// The 32-bit kind, which vectorizes ("lowbias32", C. Wellons).
static inline uint32_t mixed32(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ (x >> 16);
}

// Near-normal with unit deviation: the sum of four bytes (Irwin-Hall).
static inline float normal(uint32_t index, uint32_t seed) {
    uint32_t h = mixed32(index ^ seed);
    int32_t sum = (int32_t)((h & 255) + ((h >> 8) & 255) + ((h >> 16) & 255) + (h >> 24)) - 510;
    return (float)sum * (1.0f / 147.8f);
}

static inline float lattice(int32_t x, int32_t y, uint32_t seed) {
    return (float)(mixed32((uint32_t)x * 0x9E3779B1u ^ mixed32((uint32_t)y ^ seed)) >> 8) * (2.0f / 16777216.0f) - 1.0f;
}

static inline int32_t clampi(int32_t v, int32_t lo, int32_t hi) { return v < lo ? lo : v > hi ? hi : v; }
static inline float clampf(float v, float lo, float hi) { return v < lo ? lo : v > hi ? hi : v; }

void cfootage_add_noise(float *plane, int32_t width, int32_t height, uint64_t seed, float cell, float amplitude,
                        int32_t octaves) {
    for (int32_t octave = 0; octave < octaves && cell >= 1; octave++, cell *= 0.5f, amplitude *= 0.5f) {
        uint32_t s = (uint32_t)mixed(seed + (uint64_t)octave);
        for (int32_t y = 0; y < height; y++) {
            float fy = (float)y / cell;
            int32_t iy = (int32_t)fy;
            float ty = fy - (float)iy;
            ty = ty * ty * (3 - 2 * ty);
            float *row = plane + (size_t)y * (size_t)width;
            int32_t last = -1;
            float left = 0, right = 0;
            for (int32_t x = 0; x < width; x++) {
                float fx = (float)x / cell;
                int32_t ix = (int32_t)fx;
                if (ix != last) {
                    last = ix;
                    left = lattice(ix, iy, s) * (1 - ty) + lattice(ix, iy + 1, s) * ty;
                    right = lattice(ix + 1, iy, s) * (1 - ty) + lattice(ix + 1, iy + 1, s) * ty;
                }
                float tx = fx - (float)ix;
                tx = tx * tx * (3 - 2 * tx);
                row[x] += amplitude * (left + (right - left) * tx);
            }
        }
    }
}

void cfootage_rectangle(float *plane, int32_t width, int32_t height, float x0, float y0, float x1, float y1, float value,
                        float slope_x, float slope_y, int32_t add) {
    if (!(x1 > x0) || !(y1 > y0)) return;
    int32_t ax = clampi((int32_t)floorf(x0), 0, width), bx = clampi((int32_t)ceilf(x1), 0, width);
    int32_t ay = clampi((int32_t)floorf(y0), 0, height), by = clampi((int32_t)ceilf(y1), 0, height);
    float sx = slope_x / (x1 - x0), sy = slope_y / (y1 - y0);
    for (int32_t y = ay; y < by; y++) {
        float cy = fminf(y1, (float)(y + 1)) - fmaxf(y0, (float)y);
        float *row = plane + (size_t)y * (size_t)width;
        for (int32_t x = ax; x < bx; x++) {
            float c = cy * (fminf(x1, (float)(x + 1)) - fmaxf(x0, (float)x));
            float v = value + sx * ((float)x + 0.5f - 0.5f * (x0 + x1)) + sy * ((float)y + 0.5f - 0.5f * (y0 + y1));
            row[x] = add ? row[x] + c * v : row[x] + c * (v - row[x]);
        }
    }
}

void cfootage_spot(float *plane, int32_t width, int32_t height, float x, float y, float radius_x, float radius_y,
                   float value) {
    if (!(radius_x > 0) || !(radius_y > 0)) return;
    int32_t ax = clampi((int32_t)(x - 3 * radius_x), 0, width), bx = clampi((int32_t)(x + 3 * radius_x) + 1, 0, width);
    int32_t ay = clampi((int32_t)(y - 3 * radius_y), 0, height), by = clampi((int32_t)(y + 3 * radius_y) + 1, 0, height);
    for (int32_t j = ay; j < by; j++)
        for (int32_t i = ax; i < bx; i++) {
            float u = ((float)i + 0.5f - x) / radius_x, v = ((float)j + 0.5f - y) / radius_y;
            plane[(size_t)j * (size_t)width + (size_t)i] += value * expf(-0.5f * (u * u + v * v));
        }
}

CLONES void cfootage_project(const float *plane, int32_t width, int32_t height, const double map[9], float *out,
                             int32_t out_width, int32_t out_height) {
    if (width < 2 || height < 2) return;
    float limit_x = (float)(width - 1) - 0.001f, limit_y = (float)(height - 1) - 0.001f;
    for (int32_t v = 0; v < out_height; v++) {
        double y = v + 0.5;
        float bx = (float)(map[1] * y + map[2]), by = (float)(map[4] * y + map[5]), bw = (float)(map[7] * y + map[8]);
        float mx = (float)map[0], my = (float)map[3], mw = (float)map[6];
        float *row = out + (size_t)v * (size_t)out_width;
        for (int32_t u = 0; u < out_width; u++) {
            float x = (float)u + 0.5f, w = 1.0f / (mw * x + bw);
            float px = (mx * x + bx) * w - 0.5f, py = (my * x + by) * w - 0.5f;
            px = px > 0 ? (px < limit_x ? px : limit_x) : 0;
            py = py > 0 ? (py < limit_y ? py : limit_y) : 0;
            int32_t ix = (int32_t)px, iy = (int32_t)py;
            float fx = px - (float)ix, fy = py - (float)iy;
            const float *p = plane + (size_t)iy * (size_t)width + (size_t)ix;
            float top = p[0] + (p[1] - p[0]) * fx, bottom = p[width] + (p[width + 1] - p[width]) * fx;
            row[u] = top + (bottom - top) * fy;
        }
    }
}

CLONES void cfootage_sense(float *values, const float *pattern, size_t count, uint64_t seed, float sigma) {
    uint32_t s = (uint32_t)mixed(seed);
    for (size_t i = 0; i < count; i++) values[i] += pattern[i] + sigma * normal((uint32_t)i, s);
}

CLONES void cfootage_to_bgr8(const float *values, uint8_t *out, size_t count, float gain, float offset) {
    for (size_t i = 0; i < count; i++) {
        float v = clampf((values[i] - offset) / gain + 0.5f, 0, 255);
        uint8_t b = (uint8_t)v;
        out[3 * i] = b;
        out[3 * i + 1] = b;
        out[3 * i + 2] = b;
    }
}

CLONES void cfootage_to_u16(const float *values, uint16_t *out, size_t count, float gain, float offset) {
    for (size_t i = 0; i < count; i++) out[i] = (uint16_t)clampf((values[i] - offset) / gain + 0.5f, 0, 65535);
}

// Puts a color over what the layer holds at one place.
static inline void blend(float *layer, size_t count, size_t at, float b, float g, float r, float a) {
    float under = layer[3 * count + at] * (1 - a), sum = under + a;
    if (sum <= 0) return;
    layer[at] = (layer[at] * under + b * a) / sum;
    layer[count + at] = (layer[count + at] * under + g * a) / sum;
    layer[2 * count + at] = (layer[2 * count + at] * under + r * a) / sum;
    layer[3 * count + at] = sum;
}

void cfootage_draw_shed(float *layer, int32_t width, int32_t height, cfootage_shed s) {
    if (!(s.radius_x > 1) || !(s.radius_y > 1)) return;
    size_t count = (size_t)width * (size_t)height;
    float reach = fmaxf(s.radius_x, s.radius_y) + 2, cosine = cosf(s.turn), sine = sinf(s.turn);
    float edge = fminf(s.radius_x, s.radius_y);
    int32_t ax = clampi((int32_t)(s.x - reach), 0, width), bx = clampi((int32_t)(s.x + reach) + 1, 0, width);
    int32_t ay = clampi((int32_t)(s.y - reach), 0, height), by = clampi((int32_t)(s.y + reach) + 1, 0, height);
    uint32_t seed = (uint32_t)mixed(s.seed);
    for (int32_t y = ay; y < by; y++)
        for (int32_t x = ax; x < bx; x++) {
            float dx = (float)x + 0.5f - s.x, dy = (float)y + 0.5f - s.y;
            float u = (dx * cosine + dy * sine) / s.radius_x, v = (dy * cosine - dx * sine) / s.radius_y;
            float r = sqrtf(u * u + v * v);
            float cover = clampf((1 - r) * edge + 0.5f, 0, 1);
            if (cover <= 0) continue;
            float angle = atan2f(v, u);
            float shade = 0.62f + 0.30f * (-v * 0.8f + 0.2f * u);  // light from above
            if (s.gap_angle > 0) {
                float turn = angle - s.gap_start;
                turn -= 6.2831853f * floorf(turn / 6.2831853f);
                float inside = fminf(turn, s.gap_angle - turn);
                float ragged = 0.10f * lattice((int32_t)(turn * 7), 3, seed) + 0.06f * lattice((int32_t)(turn * 19), 5, seed);
                float start = s.gap_depth + ragged + fmaxf(0, 0.3f - inside) * 1.6f;
                if (inside > 0) {
                    if (r > start) continue;
                    if (r > start - 0.07f) shade = 1.25f;  // fresh fracture reflects
                }
            }
            shade *= 1 - 0.16f * (0.5f + 0.5f * cosf(r * 26));  // ribs under the skirt
            if (r > 0.90f) shade *= v < 0 ? 1.22f : 0.72f;      // rim
            shade *= 1 + 0.05f * lattice(x / 2, y / 2, seed);
            float hx = u + 0.30f, hy = v + 0.45f;
            float light = s.gloss * expf(-(hx * hx * 7 + hy * hy * 26));
            float alpha = cover * (r > 0.86f ? fminf(1, s.alpha + 0.2f) : s.alpha);
            blend(layer, count, (size_t)y * (size_t)width + (size_t)x, clampf(s.blue * shade + 255 * light, 0, 255),
                  clampf(s.green * shade + 255 * light, 0, 255), clampf(s.red * shade + 255 * light, 0, 255), alpha);
        }
}

void cfootage_draw_bar(float *layer, int32_t width, int32_t height, float x0, float y0, float x1, float y1, float radius,
                       float blue, float green, float red) {
    size_t count = (size_t)width * (size_t)height;
    float dx = x1 - x0, dy = y1 - y0, length = sqrtf(dx * dx + dy * dy);
    if (!(length > 0) || !(radius > 0)) return;
    dx /= length;
    dy /= length;
    int32_t ax = clampi((int32_t)(fminf(x0, x1) - radius) - 1, 0, width);
    int32_t bx = clampi((int32_t)(fmaxf(x0, x1) + radius) + 2, 0, width);
    int32_t ay = clampi((int32_t)(fminf(y0, y1) - radius) - 1, 0, height);
    int32_t by = clampi((int32_t)(fmaxf(y0, y1) + radius) + 2, 0, height);
    for (int32_t y = ay; y < by; y++)
        for (int32_t x = ax; x < bx; x++) {
            float px = (float)x + 0.5f - x0, py = (float)y + 0.5f - y0;
            float along = px * dx + py * dy, across = py * dx - px * dy;
            if (along < 0 || along > length) continue;
            float cover = clampf(radius - fabsf(across) + 0.5f, 0, 1);
            if (cover <= 0) continue;
            float t = across / radius, side = dx >= 0 ? t : -t;
            float shade = 0.55f + 0.6f * sqrtf(fmaxf(0, 1 - t * t)) - 0.25f * side;
            blend(layer, count, (size_t)y * (size_t)width + (size_t)x, clampf(blue * shade, 0, 255),
                  clampf(green * shade, 0, 255), clampf(red * shade, 0, 255), cover);
        }
}

// Bilinear sample of one plane; x and y already inside.
static inline float sampled(const float *plane, int32_t width, int32_t ix, int32_t iy, float fx, float fy) {
    const float *p = plane + (size_t)iy * (size_t)width + (size_t)ix;
    float top = p[0] + (p[1] - p[0]) * fx, bottom = p[width] + (p[width + 1] - p[width]) * fx;
    return top + (bottom - top) * fy;
}

// Blocks of 16x16 values of a layer that hold any cover, their neighbours included: most of a front layer is empty.
void cfootage_occupancy(const float *layer, int32_t width, int32_t height, uint8_t *blocks) {
    int32_t columns = (width + 15) / 16, rows = (height + 15) / 16;
    const float *alpha = layer + 3 * (size_t)width * (size_t)height;
    for (int32_t i = 0; i < columns * rows; i++) blocks[i] = 0;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            if (alpha[(size_t)y * (size_t)width + (size_t)x] <= 0) continue;
            for (int32_t j = -1; j <= 1; j++)
                for (int32_t i = -1; i <= 1; i++) {
                    int32_t c = x / 16 + i, r = y / 16 + j;
                    if (c >= 0 && r >= 0 && c < columns && r < rows) blocks[r * columns + c] = 1;
                }
            x |= 15;  // the rest of this block's row adds nothing
        }
}

// One row of the back layer into three rows of floats.
CLONES static void back_row(const float *back, int32_t width, int32_t height, const double map[6], int32_t v, int32_t count,
                            float *row) {
    size_t n = (size_t)width * (size_t)height;
    float xl = (float)width - 1.001f, yl = (float)height - 1.001f, y = (float)v + 0.5f;
    float ax = (float)map[0], bx = (float)map[1] * y + (float)map[2] - 0.5f;
    float ay = (float)map[3], by = (float)map[4] * y + (float)map[5] - 0.5f;
    for (int32_t u = 0; u < count; u++) {
        float x = (float)u + 0.5f, px = ax * x + bx, py = ay * x + by;
        px = px > 0 ? (px < xl ? px : xl) : 0;
        py = py > 0 ? (py < yl ? py : yl) : 0;
        int32_t ix = (int32_t)px, iy = (int32_t)py;
        float fx = px - (float)ix, fy = py - (float)iy;
        row[u] = sampled(back, width, ix, iy, fx, fy);
        row[count + u] = sampled(back + n, width, ix, iy, fx, fy);
        row[2 * count + u] = sampled(back + 2 * n, width, ix, iy, fx, fy);
    }
}

// The front layer over a row, where it has any cover.
static void front_row(const float *front, const uint8_t *blocks, int32_t width, int32_t height, const cfootage_view *view,
                      int32_t v, int32_t count, float *row) {
    size_t n = (size_t)width * (size_t)height;
    int32_t columns = (width + 15) / 16;
    float xl = (float)width - 1.001f, yl = (float)height - 1.001f, y = (float)v + 0.5f;
    float m[6];
    for (int32_t i = 0; i < 6; i++) m[i] = (float)view->front[i];
    float share = 1.0f / (float)view->samples;
    for (int32_t u = 0; u < count; u++) {
        float x = (float)u + 0.5f, cx = m[0] * x + m[1] * y + m[2] - 0.5f, cy = m[3] * x + m[4] * y + m[5] - 0.5f;
        if (!(cx >= 0 && cy >= 0 && cx <= xl && cy <= yl) || !blocks[(int32_t)cy / 16 * columns + (int32_t)cx / 16]) continue;
        float alpha = 0, b = 0, g = 0, r = 0;
        for (int32_t k = 0; k < view->samples; k++) {
            float shift = ((float)k + 0.5f) * share - 0.5f, dx = shift * view->motion_x, dy = shift * view->motion_y;
            float px = cx + m[0] * dx + m[1] * dy, py = cy + m[3] * dx + m[4] * dy;
            if (!(px >= 0 && py >= 0 && px <= xl && py <= yl)) continue;
            int32_t ix = (int32_t)px, iy = (int32_t)py;
            float tx = px - (float)ix, ty = py - (float)iy, a = sampled(front + 3 * n, width, ix, iy, tx, ty);
            if (a <= 0) continue;
            alpha += a;
            b += a * sampled(front, width, ix, iy, tx, ty);
            g += a * sampled(front + n, width, ix, iy, tx, ty);
            r += a * sampled(front + 2 * n, width, ix, iy, tx, ty);
        }
        float under = 1 - alpha * share;
        row[u] = row[u] * under + b * share;
        row[count + u] = row[count + u] * under + g * share;
        row[2 * count + u] = row[2 * count + u] * under + r * share;
    }
}

CLONES static void finish_row(float *row, int32_t count, uint32_t first, uint32_t seed, float exposure, float sigma,
                              uint8_t *out) {
    float *b = row, *g = row + count, *r = row + 2 * count;
    for (int32_t u = 0; u < count; u++) {
        // One hash a pixel: its bytes in two groupings give brightness noise and color noise.
        uint32_t h = mixed32((first + (uint32_t)u) ^ seed);
        int32_t a = (int32_t)((h & 255) + (h >> 8 & 255)), c = (int32_t)((h >> 16 & 255) + (h >> 24));
        float luma = sigma * (float)(a + c - 510) * (1.0f / 147.8f), chroma = sigma * (float)(a - c) * (0.5f / 147.8f);
        b[u] = clampf(b[u] * exposure + luma + chroma + 0.5f, 0, 255);
        g[u] = clampf(g[u] * exposure + luma + 0.5f, 0, 255);
        r[u] = clampf(r[u] * exposure + luma - chroma + 0.5f, 0, 255);
    }
    for (int32_t u = 0; u < count; u++) {
        out[3 * u] = (uint8_t)b[u];
        out[3 * u + 1] = (uint8_t)g[u];
        out[3 * u + 2] = (uint8_t)r[u];
    }
}

void cfootage_compose(const float *back, int32_t back_width, int32_t back_height, const float *front, int32_t front_width,
                      int32_t front_height, const uint8_t *blocks, cfootage_view view, uint8_t *out, int32_t width,
                      int32_t height, float *scratch) {
    if (back_width < 2 || back_height < 2 || front_width < 2 || front_height < 2 || view.samples < 1) return;
    uint32_t seed = (uint32_t)mixed(view.seed);
    for (int32_t v = 0; v < height; v++) {
        back_row(back, back_width, back_height, view.back, v, width, scratch);
        front_row(front, blocks, front_width, front_height, &view, v, width, scratch);
        finish_row(scratch, width, (uint32_t)(v * width), seed, view.exposure, view.sigma,
                   out + 3 * (size_t)v * (size_t)width);
    }
}
