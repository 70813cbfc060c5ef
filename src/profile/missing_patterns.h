/* Which columns are missing together: the patterns of rows, and columns that are missing in exactly the same rows. */
#ifndef PROFILE_MISSING_PATTERNS_H
#define PROFILE_MISSING_PATTERNS_H

#include "table/frame.h"

#define MISSING_PATTERNS 10
#define MISSING_COLUMNS 64 /* with missing cells that are looked at, most missing first */
#define MISSING_PAIRS 20

typedef struct missing_pattern {
    uint64_t columns; /* bit k: the k-th column of the list is missing */
    int64_t rows;
} missing_pattern;

typedef struct missing_pair {
    int32_t a, b; /* places in the list */
    double phi;   /* correlation of the two indicators */
} missing_pair;

typedef struct missing_patterns {
    int32_t n_columns;
    int32_t columns[MISSING_COLUMNS];
    int64_t n_distinct; /* patterns among the rows, the complete one included */
    int32_t n;
    missing_pattern top[MISSING_PATTERNS]; /* most rows first, ties by bits */
    int32_t n_pairs;
    missing_pair pairs[MISSING_PAIRS]; /* |phi| of at least 0.5, strongest first */
} missing_patterns;

/* Over all rows; missing[k] is how many cells of column k are missing or invalid. */
ptg_status missing_patterns_find(const frame *f, const int64_t *missing, missing_patterns *out, ptg_error *err);

/* Whether a cell has no value. */
bool cell_is_missing(const column *c, int64_t row);

#endif
