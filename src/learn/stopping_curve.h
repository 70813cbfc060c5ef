/* The held-out curve of a booster: the task's stopping metric after each round, computed by us, and when to stop. */
#ifndef LEARN_STOPPING_CURVE_H
#define LEARN_STOPPING_CURVE_H

#include "learn/algorithm.h"

typedef struct stopping_curve {
    double *values; /* of mem_array */
    int64_t n, room;
    int64_t best; /* index of the best value; -1 when none is a number yet */
} stopping_curve;

/* Appends the metric of the held-out rows' predictions (n x width). */
ptg_status stopping_curve_add(stopping_curve *c, const learn_task *task, const double *prediction, ptg_error *err);
/* True when the last `patience` rounds brought nothing better. */
bool stopping_curve_over(const stopping_curve *c, int64_t patience);
void stopping_curve_clear(stopping_curve *c);

/* PTG_ERROR_LIMIT once the task's deadline is past. */
ptg_status learn_check_deadline(const learn_task *task, ptg_error *err);
#endif
