/* The type of an algorithm: fit on a matrix, round by round or at once, and end as a predictor without training library. */
#ifndef LEARN_ALGORITHM_H
#define LEARN_ALGORITHM_H

#include "base/parameter.h"
#include "learn/predictor.h"
#include "numeric/matrix.h"
#include "numeric/metric.h"
#include "trees/shared_bins.h"

typedef struct learn_rows {
    const matrix *x;
    const double *target;
    const double *weight; /* NULL = all 1 */
} learn_rows;

typedef struct learn_task {
    problem_type problem;
    int32_t n_classes;
    loss_kind loss;
    double loss_parameter;
    const metric *stopping; /* the held-out curve is this metric, computed by us, the same for every algorithm */
    double stopping_parameter;
    learn_rows train;
    learn_rows held_out;        /* x NULL: none (refit) */
    const int32_t *train_group; /* of the rows to train on; -1 = a group of its own; NULL: none */
    const double *train_time;   /* NaN = not known; NULL: none */
    /* Bins of the table that features with a `source` are columns of, for who wants them, and the table's row of each row of
     * both matrices; NULL: none. */
    shared_bins *table_bins;
    const int64_t *train_table_rows, *held_table_rows;
    const parameter_value *parameters;
    uint64_t seed;
    int32_t threads;
    int64_t memory; /* bytes that fit may keep only to be faster; 0 = as many as it likes. What is fitted never depends on it */
    double deadline; /* clock_seconds after which fit gives up with PTG_ERROR_LIMIT; 0 = none */
} learn_task;

typedef struct learner learner; /* each algorithm's own */

/* A fitted run. `curve` is the held-out stopping metric after round 1 ... n_rounds (empty without held-out rows, or when the
 * algorithm has no rounds: then n_rounds is 0 and the whole fit is done). Owned by the learner. */
typedef struct learn_progress {
    int64_t n_rounds;
    const double *curve;
} learn_progress;

/* What counted work depends on besides parameters. */
typedef struct work_size {
    int64_t rows;
    int32_t columns, coded; /* all of them; those of categories among them */
    int32_t outputs;
} work_size;

/* rows x columns x outputs. */
static inline double work_cells(const work_size *size)
{
    return (double)size->rows * size->columns * size->outputs;
}

typedef struct algorithm {
    const char *name, *text;
    const parameter *parameters;
    int32_t n_parameters;
    unsigned accepts; /* mask of feature_kind; CODED = native categories */
    bool has_rounds;
    unsigned problems; /* mask of 1u << problem_type */
    /* PTG_OK when it can run here; else PTG_ERROR_LIBRARY with a sentence that names the library and how to get it. */
    ptg_status (*available)(ptg_error *err);
    /* Version text of the library that would train ("xgboost 3.1.2"), "" for our own; part of a trial's key. */
    const char *(*version)(void);
    /* Starts a fit and trains: with held-out rows until its own round cap or patience; without them for `rounds` rounds. The
     * task and what it points at must outlive the learner. */
    ptg_status (*fit)(const learn_task *task, int64_t rounds, learner **out, ptg_error *err);
    learn_progress (*progress)(const learner *l);
    /* The predictor after exactly `rounds` rounds (0 where the algorithm has no rounds): goes on in the live booster when it
     * has fewer, drops trees when it has more. Caller owns the predictor. */
    ptg_status (*finish)(learner *l, int64_t rounds, predictor **out, ptg_error *err);
    void (*close)(learner *l);
    /* Counted work of one fit in units of a row x column x round (constants of the algorithm): decides folds and shares, never
     * measured. */
    double (*work)(const parameter_value *parameters, const work_size *size);
} algorithm;

extern const algorithm *const algorithms[]; /* sorted by name */
extern const int32_t n_algorithms;
const algorithm *algorithm_find(const char *name);

#endif
