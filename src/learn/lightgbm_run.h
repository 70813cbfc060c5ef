/* The part of a run that all learners trained by LightGBM share: loading, the end of the booster, and its trees. A learner is a
 * struct whose first member is a `lightgbm_run`. */
#ifndef LEARN_LIGHTGBM_RUN_H
#define LEARN_LIGHTGBM_RUN_H

#include "learn/boosting_run.h"
#include "learn/lightgbm_data.h"

typedef struct lightgbm_run {
    boosting_run base;
    const lightgbm_library *library; /* NULL before lightgbm_run_start */
} lightgbm_run;

/* algorithm.available and boosting_kind.open. */
ptg_status lightgbm_run_open(ptg_error *err);
/* boosting_kind.release. */
void lightgbm_run_release(learner *l);
/* Makes the training set of run.heavy with these labels and weights, then the booster; `doing` names what failed. */
ptg_status lightgbm_run_start(lightgbm_run *run, const lightgbm_rows *rows, const char *settings, const char *doing,
                              ptg_error *err);
/* The trees of the first `rounds` rounds; caller owns them. */
ptg_status lightgbm_run_trees(const lightgbm_run *run, int64_t rounds, tree_link link, tree_model **out, ptg_error *err);

#endif
