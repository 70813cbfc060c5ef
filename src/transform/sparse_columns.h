/* Many sparse columns that are filled row by row: count the entries of each, add the columns, put the entries. */
#ifndef TRANSFORM_SPARSE_COLUMNS_H
#define TRANSFORM_SPARSE_COLUMNS_H

#include "numeric/matrix.h"

typedef struct sparse_columns {
    int32_t n;
    int64_t *counts; /* of each column; the caller counts before the columns are added */
    int64_t **rows;
    double **values;
} sparse_columns;

/* Room for n columns, counts 0. Cleared with sparse_columns_clear, also after a failure. */
ptg_status sparse_columns_init(sparse_columns *s, int32_t n, ptg_error *err);
/* Appends the columns to `out`, each with room for what was counted. */
ptg_status sparse_columns_add(sparse_columns *s, const char *const *names, matrix *out, ptg_error *err);
/* The next entry of column k; rows ascending. */
void sparse_columns_put(sparse_columns *s, int32_t k, int64_t row, double value);
void sparse_columns_clear(sparse_columns *s);

#endif
