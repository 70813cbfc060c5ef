/* Matrix: the named columns that transformers and algorithms see. A column is real numbers, codes into a list of levels, sparse
 * numbers, or text. The matrix owns its columns through one arena; borrowed ones must outlive it. */
#ifndef NUMERIC_MATRIX_H
#define NUMERIC_MATRIX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"
#include "numeric/task.h"
#include "table/frame.h"

typedef enum feature_kind { FEATURE_REAL = 1, FEATURE_CODED = 2, FEATURE_SPARSE = 4, FEATURE_TEXT = 8 } feature_kind;

typedef struct feature {
    const char *name;
    feature_kind kind;
    column_type type;     /* the meaning of the frame column it came from: a datetime is REAL with type datetime */
    const double *real;   /* REAL: n_rows values, NaN = missing; datetime: seconds since 1970-01-01 UTC */
    int32_t source;       /* REAL: 1 + the number of the frame's column whose values these are, unchanged; 0 = none */
    const int32_t *codes; /* CODED: n_rows codes in 0 ... n_levels-1, -1 = missing */
    int32_t n_levels;
    const text *levels;  /* CODED: the text of each level; NULL when codes have no texts */
    const int64_t *rows; /* SPARSE: ascending row numbers of the stored values; all others are 0 */
    const double *values;
    int64_t n_values;
    const text *cells; /* TEXT: n_rows spans, data NULL = missing */
} feature;

typedef struct matrix {
    int64_t n_rows;
    int32_t n_features, capacity;
    feature *features;
    arena *memory; /* owns names, levels and values that are not borrowed */
} matrix;

/* An empty matrix of n_rows rows; NULL when out of memory. */
matrix *matrix_new(int64_t n_rows);
void matrix_free(matrix *m); /* NULL is fine */

/* Adds a column and returns where to write it (zeroed, in the matrix's arena); NULL when out of memory. The name is copied. */
double *matrix_add_real(matrix *m, const char *name);
/* Level texts are copied; `levels` may be NULL. */
int32_t *matrix_add_coded(matrix *m, const char *name, int32_t n_levels, const text *levels);
/* Room for n_values stored values; the caller fills rows and values. */
ptg_status matrix_add_sparse(matrix *m, const char *name, int64_t n_values, int64_t **rows, double **values, ptg_error *err);
/* Adds a column of another matrix by reference: `from` must outlive m. */
ptg_status matrix_borrow(matrix *m, const feature *from, ptg_error *err);
/* The column of that name, or -1. */
int32_t matrix_find(const matrix *m, const char *name);

/* The columns `columns` (numbers into the frame) of a frame's rows, in the order given: numeric and datetime as REAL,
 * categorical as CODED with the frame's levels, text and sequence as TEXT (spans borrowed from the frame, which must outlive
 * the matrix). */
ptg_status matrix_from_frame(const frame *f, const int32_t *columns, int32_t n_columns, row_list rows, matrix **out,
                             ptg_error *err);
/* Some rows of a matrix, in the order given (copied). */
ptg_status matrix_take_rows(const matrix *m, row_list rows, matrix **out, ptg_error *err);
/* SPARSE: the place of the first stored value at or after a row. */
int64_t feature_first_stored(const feature *f, int64_t row);

/* Adapters: one turns one kind into another. A column as n_rows doubles in `out`: CODED as its code (missing NaN), SPARSE made
 * dense; TEXT is refused by name. */
ptg_status feature_to_real(const matrix *m, int32_t column, double *out, ptg_error *err);

#endif
