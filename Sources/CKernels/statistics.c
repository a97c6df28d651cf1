#include "cstatistics.h"

#include <math.h>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

// Eight doubles, loaded from any address.
typedef double lanes __attribute__((vector_size(64), aligned(8)));
enum { LANES = 8, ROWS = 4 };

// Four rows of the triangle from column 0 to `columns` (a multiple of eight), over all samples of a tile.
CLONES static void tile_block(const double *restrict samples, size_t count, size_t d, size_t row, size_t columns,
                              double sign, double *const to[ROWS]) {
    for (size_t j = 0; j < columns; j += LANES) {
        lanes sum[ROWS];
        for (int r = 0; r < ROWS; r++) sum[r] = (lanes){0};
        for (size_t s = 0; s < count; s++) {
            const double *x = samples + s * d;
            lanes right = *(const lanes *)(x + j);
            for (int r = 0; r < ROWS; r++) sum[r] += x[row + (size_t)r] * right;
        }
        for (int r = 0; r < ROWS; r++) {
            lanes *at = (lanes *)(to[r] + j);
            *at += sign * sum[r];
        }
    }
}

static void tile_rest(const double *samples, size_t count, size_t d, size_t row, size_t from, double sign, double *to) {
    for (size_t j = from; j <= row; j++) {
        double sum = 0;
        for (size_t s = 0; s < count; s++) sum += samples[s * d + row] * samples[s * d + j];
        to[j] += sign * sum;
    }
}

void cstat_add_products(const float *rows, size_t count, size_t d, double sign, double *scratch, double *triangle) {
    for (size_t first = 0; first < count; first += cstat_tile) {
        size_t part = count - first < cstat_tile ? count - first : cstat_tile;
        for (size_t i = 0; i < part * d; i++) scratch[i] = rows[first * d + i];
        size_t row = 0;
        for (; row + ROWS <= d; row += ROWS) {
            double *to[ROWS];
            for (size_t r = 0; r < ROWS; r++) to[r] = triangle + (row + r) * (row + r + 1) / 2;
            size_t columns = row / LANES * LANES;
            tile_block(scratch, part, d, row, columns, sign, to);
            for (size_t r = 0; r < ROWS; r++) tile_rest(scratch, part, d, row + r, columns, sign, to[r]);
        }
        for (; row < d; row++) tile_rest(scratch, part, d, row, 0, sign, triangle + row * (row + 1) / 2);
    }
}

CLONES static double dot(const double *restrict a, const double *restrict b, size_t count) {
    lanes sums[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES)
        for (size_t k = 0; k < 4; k++)
            sums[k] += *(const lanes *)(a + i + k * LANES) * *(const lanes *)(b + i + k * LANES);
    lanes all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    double sum = 0;
    for (int k = 0; k < LANES; k++) sum += all[k];
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

bool cstat_cholesky(double *triangle, size_t d) {
    for (size_t i = 0; i < d; i++) {
        double *row = triangle + i * (i + 1) / 2;
        for (size_t j = 0; j < i; j++) {
            const double *other = triangle + j * (j + 1) / 2;
            row[j] = (row[j] - dot(row, other, j)) / other[j];
        }
        double rest = row[i] - dot(row, row, i);
        // Written so that what is no number is refused too.
        if (!(rest > 0) || !isfinite(rest)) return false;
        row[i] = sqrt(rest);
    }
    return true;
}

void cstat_solve(const double *factor, size_t d, double *sides, size_t count) {
    for (size_t s = 0; s < count; s++) {
        double *x = sides + s * d;
        for (size_t i = 0; i < d; i++) {
            const double *row = factor + i * (i + 1) / 2;
            x[i] = (x[i] - dot(row, x, i)) / row[i];
        }
        for (size_t i = d; i-- > 0;) {
            const double *row = factor + i * (i + 1) / 2;
            x[i] /= row[i];
            double value = x[i];
            for (size_t j = 0; j < i; j++) x[j] -= value * row[j];
        }
    }
}

void cstat_invert_triangle(const double *factor, size_t d, double *column, float *inverse) {
    for (size_t j = 0; j < d; j++) {
        for (size_t i = j; i < d; i++) {
            const double *row = factor + i * (i + 1) / 2;
            double sum = i == j ? 1 : 0;
            if (i > j) sum -= dot(row + j, column + j, i - j);
            column[i] = sum / row[i];
            *inverse++ = (float)column[i];
        }
    }
}
