/* The coordinator: proposes trials, hands their folds to workers, pools and scores what comes back, keeps limits and the
 * record. */
#ifndef TUNE_TUNER_H
#define TUNE_TUNER_H

#include <stdatomic.h>

#include "tune/state.h"
#include "tune/trial_result.h"

typedef struct trial {
    trial_spec spec;
    int64_t number;    /* in the order of proposal, from 0; -1: the baseline */
    int32_t candidate; /* in the plan; -1: the baseline */
    char *name;        /* owned: "dpp0-xgboost-7" */
    trial_result result;
    bool read;                /* its result was there before this run */
    double *predictions;      /* owned: pooled held-out predictions; NULL unless completed */
    struct trial_fold *folds; /* owned; only while it runs */
    double started;           /* clock_seconds */
} trial;

typedef struct tuner_options {
    const plan *plan;
    const task *task;
    const char *job;
    state *state;
    int32_t parallel, threads;
    int64_t memory_limit; /* bytes for everything */
    double deadline;      /* clock_seconds when no item may be running any more; 0 = none */
    double trial_seconds; /* 0 = none */
    const char *command;  /* path of the pilotage command, for workers */
    const atomic_bool *stop;
    void (*report)(void *context, json_t *event); /* takes the event */
    void *context;
} tuner_options;

typedef struct tuner tuner;

/* TUNER_BROKEN: memory, disk or the workers gave out; what was done before is kept. */
typedef enum tuner_end { TUNER_DONE, TUNER_TRIALS, TUNER_TIME, TUNER_STOPPED, TUNER_BROKEN } tuner_end;

ptg_status tuner_open(const tuner_options *options, tuner **out, ptg_error *err);
/* Fits the baseline here, then tunes until trials, time or candidates end. */
ptg_status tuner_run(tuner *t, tuner_end *end, ptg_error *err);
/* Moves the deadline, also while it runs (from `report`). */
void tuner_end_by(tuner *t, double deadline);
/* Makes sure that the models of all folds (or, with `all_rows`, the refitted model) of a trial exist; `rounds` of a refit are
 * the trial's, scaled by the rows. PTG_ERROR_LIMIT when the deadline comes first. */
ptg_status tuner_models(tuner *t, trial *const trials[], int32_t n, bool all_rows, double deadline, ptg_error *err);
void tuner_close(tuner *t);

const scored_rows *tuner_rows(const tuner *t);
int64_t tuner_count(const tuner *t);
trial *tuner_trial(const tuner *t, int64_t i);
trial *tuner_baseline(const tuner *t);
int32_t tuner_folds(const tuner *t);

#endif
