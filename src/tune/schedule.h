/* Which candidate runs next. Decisions see finished trials by number, never by what happened to arrive first. */
#ifndef TUNE_SCHEDULE_H
#define TUNE_SCHEDULE_H

#include "plan/plan.h"
#include "tune/trial_result.h"

/* What the schedule knows of one earlier trial. */
typedef struct schedule_trial {
    int32_t candidate;
    trial_status status;
    double gain;      /* greater is better; only of completed ones */
} schedule_trial;

/* The candidate (number in the plan) of trial `number`, or -1 when none is left. First every enabled candidate with its defaults,
 * in the plan's order; then shares that fall with the rank of a candidate's best score among the first `n_seen` trials and with its
 * counted work. `exhausted[c]`: no further trial of c would be new. */
int32_t schedule_next(const plan *p, const task *t, int64_t number, const schedule_trial *trials, int64_t n_seen, const bool *exhausted);

#endif
