/* The work item (trial, fold): fit the pipeline inside the fold, train, hand back the held-out curve; then, with the number of
 * rounds that all folds share, predict the held-out rows and write the fold's model. A worker keeps what may be used again:
 * fitted pipelines with their matrices, and live learners between the two halves. */
#ifndef TUNE_FOLD_WORK_H
#define TUNE_FOLD_WORK_H

#include "learn/predictor.h"
#include "model/pipeline.h"
#include "tune/job_task.h"

/* What a work item is about. Borrowed pointers. */
typedef struct fold_item {
    const char *key;
    int32_t fold;        /* -1: all rows (refit) */
    const json_t *steps; /* of the pipeline; NULL: no column at all (the baseline) */
    const char *algorithm;
    const json_t *parameters;
    double seconds; /* the item fails after so long; 0 = no limit */
} fold_item;

typedef struct fold_context fold_context;

/* `threads`: threads an item; `cache_bytes`: most that is kept between items. */
ptg_status fold_context_new(const plan *p, const task *t, const char *job, int32_t threads, int64_t cache_bytes,
                            fold_context **out, ptg_error *err);
void fold_context_free(fold_context *c);

/* First half. `curve` (new reference) is the held-out stopping metric a round, empty where the algorithm has no rounds. For
 * fold -1 trains `rounds` rounds. The learner stays alive in the context until fold_finish or fold_drop. */
ptg_status fold_fit(fold_context *c, const fold_item *item, int64_t rounds, json_t **curve, ptg_error *err);

typedef struct fold_outcome {
    double predict_us_per_row; /* measured on the held-out rows; 0 without any */
    int64_t bytes;             /* of the fold's model as saved */
} fold_outcome;
/* Second half: goes on in the live learner (or trains again from round 0 when it is gone), predicts at `rounds`, writes
 * JOB/trials/KEY/fold-F.oof and fold-F.model. */
ptg_status fold_finish(fold_context *c, const fold_item *item, int64_t rounds, fold_outcome *out, ptg_error *err);
/* Forgets the live learners of a trial. */
void fold_drop(fold_context *c, const char *key);

/* Held-out predictions of one fold: n x width values in the order of the fold's held-out rows, in memory of mem_array. */
ptg_status fold_read_predictions(const char *job, const char *key, int32_t fold, int64_t n, int32_t width, double **out,
                                 ptg_error *err);
/* A fold's model. */
ptg_status fold_read_model(const char *job, const char *key, int32_t fold, pipeline **p, predictor **learned, ptg_error *err);
/* Whether both files of a fold are there. */
bool fold_is_done(const char *job, const char *key, int32_t fold);

#endif
