/* What the files of the splits share: the strata of a request, and rows gathered by group. Private to numeric/split*.c. */
#ifndef NUMERIC_SPLIT_DETAIL_H
#define NUMERIC_SPLIT_DETAIL_H

#include <stdbool.h>

#include "numeric/split.h"

/* stratum[i] is the class or target bin of row i, or -1 where the row is not dealt out (its fold is set already). */
typedef struct split_strata {
    int32_t n_strata;
    int32_t *stratum;
    int64_t *count;  /* rows a stratum */
    int64_t n_dealt; /* rows with a stratum */
} split_strata;

/* Rows by group: unit u has rows[start[u]] ... rows[start[u + 1] - 1]. Units stand in the order of their first rows, so that
 * nothing depends on how groups are numbered. */
typedef struct split_units {
    int64_t n_units;
    int64_t *start, *rows;
} split_units;

/* The units of the rows whose stratum is not -1 (`stratum` NULL: all rows), in the arena. `group` NULL: a row is a unit. */
ptg_status split_find_units(int64_t n, const int32_t *group, const int32_t *stratum, arena *a, split_units *out,
                            ptg_error *err);

/* Units in random order, the largest first: order[0 ... n_units-1]. */
ptg_status split_order_units(const split_units *units, uint64_t seed, const char *purpose, arena *a, int64_t **order,
                             ptg_error *err);

/* How many of n rows one split holds out: fraction * n, at most max_held_out (0 = no bound), at least 1, at most n - 1. */
int64_t split_held_out(const split_request *request, int64_t n);

/* The ways to fill fold[]. */
ptg_status split_by_group(const split_request *request, const split_strata *strata, int32_t *fold, arena *a, ptg_error *err);
ptg_status split_by_time(const split_request *request, int32_t *fold, arena *a, ptg_error *err);

#endif
