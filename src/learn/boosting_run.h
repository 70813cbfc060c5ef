/* What all learners that boost have in common: the life of a run, its loop of rounds, the held-out
 * curve that ends it, and its end as a predictor. A learner is a struct whose first member is a `boosting_run`; it lies in its
 * own arena, and a `boosting_kind` says what is special about it. */
#ifndef LEARN_BOOSTING_RUN_H
#define LEARN_BOOSTING_RUN_H

#include "learn/algorithm.h"
#include "learn/stopping_curve.h"
#include "learn/training_rows.h"
#include "trees/tree_model.h"

typedef struct boosting_kind {
    size_t size;           /* of the learner */
    int32_t cap, patience; /* rows of the parameters that end a curve */
    /* Loads the library and silences it for this thread; NULL where there is none. */
    ptg_status (*open)(ptg_error *err);
    /* Before the rows are taken: may check the parameters and set run.task to a task of the learner's own; NULL where there is
     * nothing to do. */
    ptg_status (*prepare)(learner *l, ptg_error *err);
    /* Makes the data sets (held_out where the task has such rows) and the booster from run.heavy. */
    ptg_status (*start)(learner *l, ptg_error *err);
    /* One round: counts run.rounds, sets run.finished where no further split is possible. */
    ptg_status (*train_round)(learner *l, ptg_error *err);
    /* Fills run.prediction; NULL where training looks at no held-out rows. */
    ptg_status (*predict_held_out)(learner *l, ptg_error *err);
    /* What is left of the first `rounds` rounds; caller owns it. One of the two: trees on the given columns, or a predictor. */
    ptg_status (*read_trees)(learner *l, int64_t rounds, tree_model **out, ptg_error *err);
    ptg_status (*read_predictor)(learner *l, int64_t rounds, predictor **out, ptg_error *err);
    /* Frees what belongs to the library, also after a start that failed. */
    void (*release)(learner *l);
} boosting_kind;

typedef struct boosting_run {
    const boosting_kind *kind;
    const learn_task *task;
    arena *memory;    /* holds the learner */
    heavy_rows heavy; /* what is trained on */
    void *train, *held_out, *booster;
    double *prediction; /* of the held-out rows, row by row */
    stopping_curve curve;
    int64_t rounds; /* trained so far */
    int32_t width;
    bool finished; /* no further split is possible */
} boosting_run;

/* algorithm.fit: with held-out rows (and a kind that looks at them) until the curve ends, else `rounds` rounds. */
ptg_status boosting_run_fit(const boosting_kind *kind, const learn_task *task, int64_t rounds, learner **out, ptg_error *err);
/* algorithm.progress, algorithm.finish and algorithm.close. */
learn_progress boosting_run_progress(const learner *l);
ptg_status boosting_run_finish(learner *l, int64_t rounds, predictor **out, ptg_error *err);
void boosting_run_close(learner *l);

/* How a booster's sums become predictions. */
tree_link boosting_run_link(const learn_task *task);

/* The rows of a table of parameters that both boosters have. */
#define BOOSTING_ROUNDS                                                                                                        \
    {                                                                                                                          \
        .name = "rounds", .type = PARAMETER_INTEGER, .standard = "2000", .min = 1, .max = 100000,                              \
        .text = "Most rounds of boosting; the held-out curve ends earlier by itself."                                          \
    }
#define BOOSTING_PATIENCE                                                                                                      \
    {                                                                                                                          \
        .name = "patience", .type = PARAMETER_INTEGER, .standard = "50", .min = 1, .max = 100000,                              \
        .text = "Training ends after so many rounds without a better held-out score."                                          \
    }

#endif
