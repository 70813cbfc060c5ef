/* Which candidate runs next. Decisions see finished trials by number, never by what happened to arrive first. */
#ifndef TUNE_SCHEDULE_H
#define TUNE_SCHEDULE_H

#include "plan/plan.h"
#include "tune/trial_result.h"

/* What the schedule knows of one earlier trial. */
typedef struct schedule_trial {
    int32_t candidate;
    trial_status status;
    double gain; /* greater is better; only of completed ones */
} schedule_trial;

/* What a decision may rest on; borrowed. */
typedef struct schedule_past {
    int64_t number;               /* of the trial that is given out, from 0 */
    const schedule_trial *trials; /* the first n_seen */
    int64_t n_seen;
    const int64_t *n_proposed; /* a candidate: its proposals so far, also those that only repeated an earlier trial */
    const bool *exhausted;     /* a candidate: none of its further trials would be new */
} schedule_past;

/* The candidate (number in the plan) of the next trial; -1 when none is left. First every enabled candidate once, in the plan's
 * order; then shares that fall with the rank of a candidate's best score among the trials seen and with its counted work.
 * Candidates of which only failures were seen get no more. */
ptg_status schedule_next(const plan *p, const task *t, const schedule_past *past, int32_t *out, ptg_error *err);

#endif
