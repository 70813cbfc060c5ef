/* A sum of functions of one feature or two, as tables: what `additive` leaves behind. A feature is cut into cells, and a
 * function has a value for each cell (or pair of cells) and output: the raw score of a row is `intercept` plus one value of
 * each term. The tables predict, and they are what is drawn. */
#ifndef LEARN_SHAPE_MODEL_H
#define LEARN_SHAPE_MODEL_H

#include "base/bytes.h"
#include "numeric/matrix.h"
#include "trees/tree_model.h"

/* Numbers: cell = number of cuts below the value, 0 where it is missing; where training saw missing values the first cut is
 * below all numbers (BORDER_MISSING of trees/bins.h). Categories: cell = code + 1, missing and unknown codes 0. */
typedef struct shape_axis {
    int32_t feature;
    bool coded;
    const char *name; /* of the feature, and of its levels, in training: to be read only */
    const text *levels;
    int64_t n_cells;
    const double *cuts; /* numbers: n_cells - 1, ascending */
} shape_axis;

/* values[output][first cell][second cell]; share[first cell][second cell] of the training weight, in all 1. The mean of a
 * term's values over the training rows is 0. */
typedef struct shape_term {
    int32_t n_axes; /* 1 or 2 */
    shape_axis axes[2];
    double *values, *share;
} shape_term;

typedef struct shape_model {
    arena *memory;
    int32_t n_features, n_outputs, n_terms;
    shape_term *terms; /* of single features first, by feature; then pairs */
    double *intercept;
    tree_link link;
} shape_model;

static inline int64_t shape_cells(const shape_term *t)
{
    return t->axes[0].n_cells * (t->n_axes == 2 ? t->axes[1].n_cells : 1);
}

/* Room for so many terms, which the caller fills; NULL when out of memory. */
shape_model *shape_model_new(int32_t n_features, int32_t n_outputs, int32_t n_terms);
void shape_model_free(shape_model *m); /* NULL is fine */
/* Whether the columns are those of training: their number, categories where there were categories. */
ptg_status shape_model_check_columns(const shape_model *m, const matrix *x, ptg_error *err);
/* The cells of rows first ... first + n - 1 of a feature; checked columns. */
void shape_axis_cells(const shape_axis *a, const matrix *x, int64_t first, int64_t n, int32_t *cells);
/* The cell of a number or, for a category, of a code. */
int64_t shape_axis_cell(const shape_axis *a, double value);
/* Raw scores, n x n_outputs row-major, terms added in order. */
ptg_status shape_model_raw(const shape_model *m, const matrix *x, double *out, ptg_error *err);
ptg_status shape_model_predict(const shape_model *m, const matrix *x, double *out, ptg_error *err);
/* Mean size of a term's values over the training rows and outputs. */
double shape_importance(const shape_model *m, const shape_term *t);
void shape_model_save(const shape_model *m, bytes_writer *w);
/* Trusts nothing: counts bounded by the bytes left, features in range, cuts ascending, finite values. */
ptg_status shape_model_load(bytes_reader *r, shape_model **out, ptg_error *err);

#endif
