#include "cstatistics.h"

#include <math.h>

#include "clones.h"

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

// Sixteen floats, loaded from any address.
typedef float wide __attribute__((vector_size(64), aligned(4)));
enum { WIDE = 16, PAIR = 4 };

// Products of four rows with four others, all `d` long.
CLONES static void pair_block(const float *restrict a, const float *restrict b, size_t d, float *restrict out) {
    wide sums[PAIR][PAIR];
    for (int i = 0; i < PAIR; i++)
        for (int j = 0; j < PAIR; j++) sums[i][j] = (wide){0};
    size_t at = 0;
    for (; at + WIDE <= d; at += WIDE) {
        wide right[PAIR];
        for (int j = 0; j < PAIR; j++) right[j] = *(const wide *)(b + (size_t)j * d + at);
        for (int i = 0; i < PAIR; i++) {
            wide left = *(const wide *)(a + (size_t)i * d + at);
            for (int j = 0; j < PAIR; j++) sums[i][j] += left * right[j];
        }
    }
    for (size_t i = 0; i < PAIR; i++) {
        for (size_t j = 0; j < PAIR; j++) {
            float sum = 0;
            for (int k = 0; k < WIDE; k++) sum += sums[i][j][k];
            for (size_t k = at; k < d; k++) sum += a[i * d + k] * b[j * d + k];
            out[i * PAIR + j] = sum;
        }
    }
}

CLONES static float product(const float *restrict a, const float *restrict b, size_t d) {
    wide sums = {0};
    size_t at = 0;
    for (; at + WIDE <= d; at += WIDE) sums += *(const wide *)(a + at) * *(const wide *)(b + at);
    float sum = 0;
    for (int k = 0; k < WIDE; k++) sum += sums[k];
    for (; at < d; at++) sum += a[at] * b[at];
    return sum;
}

void cstat_squares(const float *rows, size_t count, size_t d, float *squares) {
    for (size_t i = 0; i < count; i++) squares[i] = product(rows + i * d, rows + i * d, d);
}

void cstat_project(const float *rows, size_t count, size_t d, const float *weights, size_t outputs, float *out) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < outputs; j++) out[i * outputs + j] = product(rows + i * d, weights + j * d, d);
}

CLONES size_t cstat_farthest(const float *rows, size_t count, size_t d, const float *to, float *squared) {
    size_t farthest = 0;
    for (size_t i = 0; i < count; i++) {
        const float *row = rows + i * d;
        wide sums = {0};
        size_t at = 0;
        for (; at + WIDE <= d; at += WIDE) {
            wide difference = *(const wide *)(row + at) - *(const wide *)(to + at);
            sums += difference * difference;
        }
        float sum = 0;
        for (int k = 0; k < WIDE; k++) sum += sums[k];
        for (; at < d; at++) sum += (row[at] - to[at]) * (row[at] - to[at]);
        if (sum < squared[i]) squared[i] = sum;
        if (squared[i] > squared[farthest]) farthest = i;
    }
    return farthest;
}

void cstat_nearest(const float *rows, size_t count, size_t d, const float *bank, const float *squares, size_t members,
                   float *out) {
    // Of |x - b|^2 = |x|^2 + (|b|^2 - 2 x b) the least bracket is looked for.
    for (size_t first = 0; first < count; first += PAIR) {
        size_t part = count - first < PAIR ? count - first : PAIR;
        const float *x = rows + first * d;
        float least[PAIR] = {INFINITY, INFINITY, INFINITY, INFINITY}, block[PAIR * PAIR];
        size_t member = 0;
        for (; part == PAIR && member + PAIR <= members; member += PAIR) {
            pair_block(x, bank + member * d, d, block);
            for (size_t i = 0; i < PAIR; i++)
                for (size_t j = 0; j < PAIR; j++)
                    least[i] = fminf(least[i], squares[member + j] - 2 * block[i * PAIR + j]);
        }
        for (; member < members; member++)
            for (size_t i = 0; i < part; i++)
                least[i] = fminf(least[i], squares[member] - 2 * product(x + i * d, bank + member * d, d));
        for (size_t i = 0; i < part; i++)
            out[first + i] = sqrtf(fmaxf(0, product(x + i * d, x + i * d, d) + least[i]));
    }
}
