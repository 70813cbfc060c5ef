/* Splits of rows into folds. Chosen once in the plan, the same for all candidates; a pure function of (targets, groups, time,
 * seed). */
#ifndef NUMERIC_SPLIT_H
#define NUMERIC_SPLIT_H

#include <stdint.h>

#include "base/memory.h"
#include "numeric/task.h"

#define SPLIT_ALWAYS_TRAIN (-1) /* in every training part, never held out (classes with fewer rows than folds) */
#define SPLIT_NEVER_USED (-2)   /* in no part */

/* fold[i] is the fold that holds row i out; rows of other folds train. With n_folds 1, rows of fold 0 are held out and rows of
 * SPLIT_ALWAYS_TRAIN train (one split). */
typedef struct split {
    int32_t n_folds;
    int64_t n_rows;
    int32_t *fold;
} split;

void split_clear(split *s);

typedef struct split_request {
    problem_type problem;
    int32_t n_classes;
    int64_t n_rows;
    const double *target;
    const int32_t *group; /* whole groups go to one fold; NULL when there are none; -1 (missing) is a group of its own a row */
    const double *time;   /* time split: the last `fraction` in order of time is held out; NULL when there is none */
    int32_t n_folds;      /* >= 2, or 1 with fraction */
    double fraction;
    int64_t max_held_out; /* for one split: at most so many rows held out; 0 = no bound */
    uint64_t seed;
} split_request;

/* Stratified by class (regression: by target quantile), whole groups together, or by time. A class with fewer rows than folds
 * always trains (one split: a class of one row), also where its group is held out. Rows without a target (NaN) are never used.
 * By time, rows of the border's time stay together; rows without a time, and earlier rows of a group that is held out, are
 * never used. A time split has n_folds 1. Fails (PTG_ERROR_DATA) with fewer groups than folds, folds over rows, or nothing to
 * hold out or to train on; PTG_ERROR_USAGE for a request without sense. out is cleared by split_clear. */
ptg_status split_make(const split_request *request, split *out, ptg_error *err);

/* Numbers the rows with random parts 0 ... *n_made-1 of nearly equal size, whole groups together (`group` NULL: none; -1 is a
 * group of its own a row): the groups of a jackknife, the parts of a cross-fit. At most n_parts, fewer where there are fewer
 * rows or groups. Depends on n, the grouping, n_parts, seed and purpose only. `part` holds n items. */
ptg_status split_parts(int64_t n, const int32_t *group, int32_t n_parts, uint64_t seed, const char *purpose, int32_t *part,
                       int32_t *n_made, ptg_error *err);

/* Row lists of one fold, in the arena. */
ptg_status split_rows(const split *s, int32_t fold, arena *a, row_list *train, row_list *held_out, ptg_error *err);

#endif
