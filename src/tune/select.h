/* Which model is handed over: the ensemble, the best single candidate, or the simplest within noise. */
#ifndef TUNE_SELECT_H
#define TUNE_SELECT_H

#include "base/pool.h"
#include "tune/tuner.h"

typedef struct selected_member {
    trial *trial;
    double weight;
} selected_member;

typedef struct selection {
    selected_member *members; /* owned; what is handed over: one trial, or the ensemble's */
    int32_t n_members;
    bool is_ensemble;    /* the ensemble is handed over */
    const char *name;    /* "ensemble", or the candidate's name; borrowed */
    trial_result result; /* of what is handed over */
    double temperature;
    selected_member *mixed; /* owned; the ensemble, also where it is not taken; n_mixed 0: there is none */
    int32_t n_mixed;
    trial_result mixed_result; /* cross-fitted: every row is scored with weights that never saw it */
    char reason[300];          /* why this one, in words */
} selection;

/* `simple`: --prefer simple. Never fails for want of candidates: the baseline is there. */
ptg_status select_best(const tuner *t, const plan *p, const task *task_of, bool simple, pool *threads, selection *out,
                       ptg_error *err);
void selection_clear(selection *s);

#endif
