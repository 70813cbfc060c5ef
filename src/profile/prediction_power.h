/* Prediction power: how well one column alone predicts the target, by a small cross-validated model (docs/formats/profile.md).
 */
#ifndef PROFILE_PREDICTION_POWER_H
#define PROFILE_PREDICTION_POWER_H

#include "profile/profile.h"

#define POWER_FOLDS 5
#define POWER_CLASSES_MOST 1000 /* beyond, nothing is measured: the counts would not fit */

/* The labelled rows in order of their fold, shared by all columns. The last part (number POWER_FOLDS) is never held out. */
typedef struct power_target {
    problem_type problem;
    int32_t n_classes; /* binary: 2 */
    int64_t n;
    int64_t *rows;                  /* row numbers of the table, ascending inside a part */
    double *y;                      /* in the same order; binary 0/1, multiclass class, regression centred and scaled */
    int64_t start[POWER_FOLDS + 2]; /* part k is start[k] ... start[k+1]-1 */
    int64_t width;                  /* sums a code has: one a class; regression 2 (rows, sum of y) */
    double *prior,
        *log_prior; /* POWER_FOLDS x width: shares of the classes in a fold's training rows; regression (1, mean), logs 0 */
} power_target;

/* Fills `out` from the facts on the problem; its memory is the facts' arena. */
ptg_status power_target_make(const profile_facts *facts, uint64_t seed, power_target *out, ptg_error *err);

/* Power of one column; `out` stays as it is with too many classes. `sorted`: see column_statistics_make. */
ptg_status power_measure(const frame *f, int32_t column, const column_statistics *statistics, const double *sorted,
                         int64_t n_sorted, const power_target *target, prediction_power *out, ptg_error *err);

#endif
