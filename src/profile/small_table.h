/* What the profile's own small model sees: a bounded uniform sample of rows, numbers as bins, categories and words as codes.
 * Made once; all model-based checks read it. docs/formats/profile.md, "The small model". */
#ifndef PROFILE_SMALL_TABLE_H
#define PROFILE_SMALL_TABLE_H

#include "base/memory.h"
#include "numeric/task.h"
#include "table/frame.h"

#define SMALL_BINS 64            /* of a number, bin 0 for missing included */
#define SMALL_ROWS_MOST 20000    /* rows of the sample */
#define SMALL_CELLS_MOST 1000000 /* rows x columns of the sample: wider tables get fewer rows */
#define SMALL_ROWS_LEAST 2000
#define SMALL_COLUMNS_MOST 300 /* features, most predictive first */
#define SMALL_CLASSES_MOST 8   /* the most frequent classes; the others are one */

/* A column is binned (numbers, dates), or listed: each row has a list of codes (its level, or its words), which a fit turns
 * into the mean target of those codes in its training rows. */
typedef struct small_column {
    int32_t at; /* column of the frame */
    bool listed;
    uint8_t *bins;
    int64_t *start; /* n + 1 */
    int32_t *codes; /* of row i: codes[start[i]] ... codes[start[i + 1] - 1] */
    int32_t n_codes;
} small_column;

typedef struct small_table {
    problem_type problem;
    int32_t n_outputs; /* 1; multiclass: the classes that are told apart */
    int64_t n;
    const int64_t *rows; /* row numbers of the frame, ascending (of the first frame, then of the second) */
    const double *y;     /* binary 0/1, multiclass class, regression the value between its 1st and 99th percentile */
    int32_t n_columns;
    small_column *columns;
} small_table;

/* One frame's part of the rows. */
typedef struct small_part {
    const frame *f;
    const int64_t *rows;
    int64_t n;
} small_part;

/* A feature: its number in each part's frame, and whether its numbers are also codes of levels. */
typedef struct small_feature {
    int32_t at[2];
    bool as_levels;
} small_feature;

typedef struct small_request {
    const small_part *parts; /* one or two */
    int32_t n_parts;
    const small_feature *features;
    int32_t n_features;
    problem_type problem;
    int32_t n_outputs;
    const double *y; /* a value a row of the parts, in their order */
} small_request;

/* All memory is the arena's. A feature with `as_levels` gives two columns. */
ptg_status small_table_make(const small_request *request, arena *a, small_table *out, ptg_error *err);

/* Bins of n values, bin 0 for NaN, with borders at quantiles of the first `n_looked_at` of them. */
ptg_status small_bins_make(const double *values, int64_t n, int64_t n_looked_at, uint8_t *bins, ptg_error *err);

/* Draws at most `most` of the rows 0 ... n-1 that have a finite value (`values` NULL: all of them), uniformly and without
 * replacement, ascending; in the arena. */
ptg_status small_draw_rows(const double *values, int64_t n, int64_t most, uint64_t seed, const char *purpose, arena *a,
                           row_list *out, ptg_error *err);
/* Rows that a table of so many columns and outputs may have. */
int64_t small_rows_most(int32_t n_columns, int32_t n_outputs);

#endif
