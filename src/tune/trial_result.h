/* What a trial gave: its score on the pooled held-out rows, kept as JOB/trials/KEY/result.json beside the folds' files. */
#ifndef TUNE_TRIAL_RESULT_H
#define TUNE_TRIAL_RESULT_H

#include "evaluate/metrics.h"
#include "tune/trial.h"

typedef enum trial_status { TRIAL_PLANNED, TRIAL_RUNNING, TRIAL_COMPLETED, TRIAL_STOPPED, TRIAL_FAILED } trial_status;
extern const char *const trial_status_names[5];

typedef struct trial_result {
    trial_status status;
    char error[PTG_ERROR_SIZE];  /* why it failed; "" else */
    double over_seconds;         /* failed because a fold took longer than this trial time limit; 0 else */
    double score, se, threshold; /* NaN unless completed */
    int64_t rounds;              /* shared by the folds; 0 where the algorithm has none */
    double fit_seconds;          /* of all folds, in one core's time */
    double predict_us_per_row;   /* of all folds together */
    int64_t bytes;
} trial_result;

/* The rows that every score rests on, gathered once a job. */
typedef struct scored_rows {
    arena *memory;
    int64_t n;
    int32_t width;
    const double *target, *weight;
    const int32_t *group;
} scored_rows;
ptg_status scored_rows_make(const task *t, scored_rows *out, ptg_error *err);
void scored_rows_clear(scored_rows *r);
metric_input scored_input(const task *t, const scored_rows *r, const double *predictions);

/* Pooled held-out predictions of a trial, n x width in the order of the scored rows, in memory of mem_array. */
ptg_status trial_read_predictions(const task *t, const scored_rows *r, const char *job, const char *key, double **out,
                                  ptg_error *err);

/* Score, standard error and threshold from pooled predictions into `out`. */
ptg_status trial_score(const plan *p, const task *t, const scored_rows *r, const double *predictions, trial_result *out,
                       ptg_error *err);

ptg_status trial_result_write(const char *job, const char *key, const trial_result *result, ptg_error *err);
/* PTG_OK with *found false when there is none, or when it does not read: then the trial runs again. */
ptg_status trial_result_read(const char *job, const char *key, trial_result *out, bool *found, ptg_error *err);

/* The best number of rounds that the folds of a trial share: the best of the row-weighted mean of their held-out curves. A
 * curve that ended early counts with its last value after its end. */
int64_t shared_rounds(const metric *stopping, int32_t n_folds, const double *const curves[], const int64_t sizes[],
                      const int64_t rows[]);

#endif
