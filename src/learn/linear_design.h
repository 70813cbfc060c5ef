/* The design of a linear fit: standardised columns as one dense block and sparse columns beside it, and the products with them.
 *
 * Columns of the design: the dense ones, the constant 1 (the bias) as last of these, then the sparse ones. Coefficients of k
 * outputs are theta[column * k + output]; scores and residuals are n_rows x k, row-major. Columns without spread are left out.
 */
#ifndef LEARN_LINEAR_DESIGN_H
#define LEARN_LINEAR_DESIGN_H

#include "numeric/blas.h"
#include "numeric/matrix.h"

typedef struct design_sparse {
    const int64_t *rows;
    const double *values; /* scaled */
    int64_t n;
} design_sparse;

typedef struct linear_design {
    arena *memory;
    const blas *blas;
    int32_t n_rows, n_features, n_columns, n_dense; /* n_dense counts the constant, column n_dense - 1 */
    int32_t *feature;                               /* the matrix column of each design column, -1 for the constant */
    double *block;                                  /* n_rows x n_dense, row-major */
    design_sparse *sparse;                          /* n_columns - n_dense */
    double *center, *scale;                         /* n_features; scale 0: left out */
} linear_design;

/* `share` are row weights that sum to 1. REAL columns are centred on their weighted mean and divided by their weighted standard
 * deviation (by the distance of their two values where there are only two); SPARSE ones are divided by their largest absolute
 * value. Rows without weight and values that are missing or infinite count nothing here. Other kinds are refused by name.
 * Caller frees. */
ptg_status linear_design_make(const matrix *x, const double *share, linear_design **out, ptg_error *err);
void linear_design_free(linear_design *d); /* NULL is fine */

/* scores = design * theta. */
void linear_design_scores(const linear_design *d, const double *theta, int32_t k, double *scores);
/* gradient = design^T * residuals. */
void linear_design_gradient(const linear_design *d, const double *residuals, int32_t k, double *gradient);
/* gram (n_dense x n_dense) = sum over rows of row_weight * x x^T over the dense columns; weights not negative. */
ptg_status linear_design_gram(const linear_design *d, const double *row_weight, double *gram, ptg_error *err);
/* squares (n_columns) = the diagonal of the same over all columns. */
void linear_design_squares(const linear_design *d, const double *row_weight, double *squares);

#endif
