/* What linear-learner and baseline share: rows as shares, and a finished fit that holds a linear model. */
#ifndef LEARN_LINEAR_RUN_H
#define LEARN_LINEAR_RUN_H

#include "learn/algorithm.h"
#include "learn/linear_model.h"

/* The row weights as shares that sum to 1, in the arena. Fails with PTG_ERROR_DATA without rows, without weight, or where a
 * weight is negative or not finite, and where a target is none (a missing value, or no class). */
ptg_status linear_run_shares(const learn_task *task, const char *algorithm_name, arena *a, double **share, ptg_error *err);

/* The best constant of the task's loss over rows with these shares, as a model without weights. */
ptg_status linear_run_constant(const learn_task *task, const double *share, linear_model **out, ptg_error *err);

/* The smallest value that at least `quantile` of the shares do not pass; halfway to the next where they meet it exactly.
 * `order` is scratch of n pairs. */
typedef struct value_share {
    double value, share;
} value_share;
double linear_run_quantile(value_share *order, int64_t n, double quantile);

/* Row weights of the relative loss (mape): share / |target|, where targets under 1/1000 of the mean size count as that. */
void linear_run_relative(const learn_task *task, const double *share, double *out);

/* A learner without rounds that holds `take`; the functions that an algorithm's row names. */
ptg_status linear_run_open(linear_model *take, learner **out, ptg_error *err);
learn_progress linear_run_progress(const learner *l);
ptg_status linear_run_finish(learner *l, int64_t rounds, predictor **out, ptg_error *err);
void linear_run_close(learner *l);

#endif
