/* The inside of the tuner, shared by its files. */
#ifndef TUNE_TUNER_RUN_H
#define TUNE_TUNER_RUN_H

#include "compute/compute.h"
#include "tune/fold_work.h"
#include "tune/tuner.h"

typedef enum fold_state { FOLD_WAITING, FOLD_FITTING, FOLD_FITTED, FOLD_FINISHING, FOLD_DONE } fold_state;

typedef struct trial_fold {
    fold_state state;
    int32_t worker; /* that holds its live learner; -1 none */
    double *curve;  /* owned; n_curve values */
    int64_t n_curve;
    double seconds; /* of both halves */
    double predict_us;
    int32_t crashes; /* of the item itself */
    int32_t losses;  /* the worker was killed from outside */
} trial_fold;

/* What a worker is doing. */
typedef struct slot {
    trial *trial;   /* NULL: idle */
    int32_t fold;   /* -1: refit */
    int64_t rounds; /* of a refit */
    bool finishing;
    int64_t id;
    double since;
} slot;

struct tuner {
    tuner_options options;
    scored_rows rows;
    compute *compute;
    int32_t n_workers;
    slot *slots;
    int64_t next_id;
    trial baseline;
    trial **trials;
    int64_t n_trials, capacity;
    int64_t *next_index; /* a candidate: number of its next proposal */
    bool *exhausted;
    int64_t n_done; /* all trials before this number have ended */
    bool no_more;   /* no trial is left to propose */
};

/* Ends of trials (tuner_trial.c). */
ptg_status tuner_new_trial(tuner *t, int32_t candidate, trial **out, ptg_error *err);
ptg_status tuner_end_trial(tuner *t, trial *x, ptg_error *err);
ptg_status tuner_fail_trial(tuner *t, trial *x, const char *reason, ptg_error *err);
void trial_free(const tuner *t, trial *x);
/* The curve of a fold as the record keeps it, for resuming. */
ptg_status fold_curve_write(const tuner *t, const trial *x, int32_t fold, const json_t *curve, ptg_error *err);
ptg_status fold_curve_read(const tuner *t, const trial *x, int32_t fold, bool *found, ptg_error *err);
void fold_set_curve(trial_fold *f, const json_t *curve);
bool trial_runs(const trial *x);
/* All curves are there: the rounds that the folds share. */
void trial_share_rounds(const tuner *t, trial *x);
ptg_status tuner_run_baseline(tuner *t, ptg_error *err);

/* Workers (tuner_workers.c). */
ptg_status workers_open(tuner *t, ptg_error *err);
void workers_close(tuner *t);
ptg_status workers_send(tuner *t, int32_t w, trial *x, int32_t fold, bool finishing, int64_t rounds, ptg_error *err);
ptg_status workers_drop(tuner *t, const trial *x, ptg_error *err);
/* Waits for one event and carries it out. *timed_out when none came in time. */
ptg_status workers_wait(tuner *t, double timeout, bool *timed_out, ptg_error *err);
/* Kills all that are busy; their trials are stopped. */
ptg_status workers_stop(tuner *t, ptg_error *err);

#endif
