#pragma once

#include <stddef.h>
#include <string.h>

#include "clones.h"

#define INLINED static inline __attribute__((always_inline))

// Sixteen and eight floats, loaded from any address.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef float half_lanes __attribute__((vector_size(32), aligned(4)));
typedef int lane_bits __attribute__((vector_size(64), aligned(4)));
enum { LANES = 16, HALF = 8 };

// Columns of a row that are looked at together, and the room for one more on each side and whole registers.
enum { SPAN = 512, ROW = SPAN + 2 + LANES };
// Rows that are copied together: read at once after it was written, a row would be waited for.
enum { STRIP = 16 };

// Few numbers, without a call.
INLINED void copy_few(float *restrict to, const float *restrict from, size_t count) {
    size_t i = 0;
    for (; i + HALF <= count; i += HALF) *(half_lanes *)(to + i) = *(const half_lanes *)(from + i);
    for (; i < count; i++) to[i] = from[i];
}

// Columns from `from` - 1 on of row y of a plane; zeros outside of it and up to whole registers. Row -1 is SIZE_MAX.
INLINED void padded_row(const float *plane, size_t rows, size_t columns, size_t y, size_t from, size_t width,
                        float *restrict row) {
    if (y >= rows) {
        memset(row, 0, (width + 2 + LANES) * sizeof(float));
        return;
    }
    size_t left = from ? 1 : 0, right = from + width < columns ? 1 : 0;
    const float *source = plane + y * columns + from;
    row[0] = 0;
    *(lanes *)(row + 1 + width) = (lanes){0};
    row[1 + width + LANES] = 0;
    copy_few(row + 1 - left, source - left, width + left + right);
}

// Three rows under the nine weights of a 3x3 convolution, of a register's columns from x on.
#define LANES_UNDER_3X3(w, a, b, d, x)                                                                                 \
    ((w)[0] * *(const lanes *)((a) + (x)) + (w)[1] * *(const lanes *)((a) + (x) + 1)                                   \
     + (w)[2] * *(const lanes *)((a) + (x) + 2) + (w)[3] * *(const lanes *)((b) + (x))                                 \
     + (w)[4] * *(const lanes *)((b) + (x) + 1) + (w)[5] * *(const lanes *)((b) + (x) + 2)                             \
     + (w)[6] * *(const lanes *)((d) + (x)) + (w)[7] * *(const lanes *)((d) + (x) + 1)                                 \
     + (w)[8] * *(const lanes *)((d) + (x) + 2))
