/* Rows that repeat an earlier row in all columns, over all rows. */
#ifndef PROFILE_DUPLICATE_ROWS_H
#define PROFILE_DUPLICATE_ROWS_H

#include "base/pool.h"
#include "table/frame.h"

#define TOP_DUPLICATES 10
#define DUPLICATE_ROWS_SHOWN 5

typedef struct duplicate_group {
    int64_t copies; /* 2 or more */
    int32_t n_rows;
    int64_t rows[DUPLICATE_ROWS_SHOWN]; /* the first ones */
} duplicate_group;

typedef struct duplicate_rows {
    int64_t count; /* rows less distinct rows */
    int32_t n_top;
    duplicate_group top[TOP_DUPLICATES]; /* most copies first, ties by first row */
} duplicate_rows;

/* Compares the typed values of all columns by 128-bit hashes. The result is the same at any number of threads. */
ptg_status duplicate_rows_find(const frame *f, pool *threads, duplicate_rows *out, ptg_error *err);

/* Sets repeats[row] where a row repeats an earlier one; frame_rows(f) of them. */
ptg_status duplicate_rows_mark(const frame *f, pool *threads, bool *repeats, ptg_error *err);
/* first[i] becomes the first row that equals row i in the listed columns (NULL: in all); first holds a number a row. */
ptg_status equal_rows_find(const frame *f, const int32_t *columns, int32_t n_columns, pool *threads, int64_t *first,
                           ptg_error *err);

#endif
