// Sums of products and what is solved from them, in double precision. Lower triangles are packed by rows: (0,0), (1,0), (1,1), ...
#ifndef CSTATISTICS_H
#define CSTATISTICS_H
#include <stdbool.h>
#include <stddef.h>

// Adds `sign` times the products of each row with itself to a packed triangle: sum[i][j] += sign * row[i] * row[j].
// `rows` is count x d. `scratch` holds cstat_tile * d doubles.
enum { cstat_tile = 16 };
void cstat_add_products(const float *rows, size_t count, size_t d, double sign, double *scratch, double *triangle);
// The Cholesky factor of a packed positive definite matrix, in place; false where it is not positive definite.
bool cstat_cholesky(double *triangle, size_t d);
// Solves L L' x = b in place, `count` right sides of d numbers one after another.
void cstat_solve(const double *factor, size_t d, double *sides, size_t count);
// Inverse of a packed lower triangle, by columns from the diagonal down: (0,0), (1,0), ..., (1,1), (2,1), ...
// `column` holds d doubles.
void cstat_invert_triangle(const double *factor, size_t d, double *column, float *inverse);
// `squares[i]` becomes the squared length of row i of `rows`, count x d.
void cstat_squares(const float *rows, size_t count, size_t d, float *squares);
// Each of `count` rows times each of `outputs` rows of `weights`, all `d` long: out is count x outputs.
void cstat_project(const float *rows, size_t count, size_t d, const float *weights, size_t outputs, float *out);
// Lowers `squared[i]` to the squared distance between row i and `to` where that is less; the row that stays farthest.
size_t cstat_farthest(const float *rows, size_t count, size_t d, const float *to, float *squared);
// Distance of each of `count` rows to the nearest of `members` rows of `bank`, whose squared lengths are `squares`.
void cstat_nearest(const float *rows, size_t count, size_t d, const float *bank, const float *squares, size_t members,
                   float *out);
#endif
