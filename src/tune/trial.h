/* A trial is a pure function of its key: a hash of everything that can change its result and of nothing else. */
#ifndef TUNE_TRIAL_H
#define TUNE_TRIAL_H

#include "base/hash.h"
#include "plan/plan.h"
#include "tune/job_task.h"

typedef struct trial_spec {
    const plan_candidate *candidate;
    int64_t index;      /* number inside its candidate, from 0: its defaults */
    json_t *parameters; /* owned: every parameter of the algorithm by name */
    char key[HASH_TEXT_SIZE];
} trial_spec;

/* Proposal `index` of a candidate: the defaults with its static parameters first, then draws from its ranges. A pure function
 * of (seed, candidate, index), so that an edit of one candidate leaves the proposals of all others as they were. */
ptg_status trial_propose(const plan *p, const task *t, const plan_candidate *c, int64_t index, trial_spec *out, ptg_error *err);
/* The baseline, which is no candidate: fitted first, so that any limit leaves a model. */
ptg_status trial_baseline(const plan *p, const task *t, trial_spec *out, ptg_error *err);
void trial_spec_clear(trial_spec *s);

/* Seed of what a trial draws in one fold. */
uint64_t trial_seed(const char *key, int32_t fold);

#endif
