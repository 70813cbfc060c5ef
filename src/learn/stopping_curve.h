/* The held-out curve of a booster: the task's stopping metric after each round, computed by us, and when to stop. */
#ifndef LEARN_STOPPING_CURVE_H
#define LEARN_STOPPING_CURVE_H

#include "learn/algorithm.h"

typedef struct stopping_curve {
    double *values;      /* of mem_array */
    int64_t n, room;
    int64_t best;        /* index of the best value; -1 when none is a number yet */
} stopping_curve;

/* Appends the metric of the held-out rows' predictions (n x width). */
ptg_status stopping_curve_add(stopping_curve *c, const learn_task *task, const double *prediction, ptg_error *err);
/* True when the last `patience` rounds brought nothing better. */
bool stopping_curve_over(const stopping_curve *c, int64_t patience);
void stopping_curve_clear(stopping_curve *c);

/* PTG_ERROR_LIMIT once the task's deadline is past. */
ptg_status learn_check_deadline(const learn_task *task, ptg_error *err);
/* What every fit asks of its rows: at least one row, one column, no text, and a weight above 0. PTG_ERROR_DATA. */
ptg_status learn_check_rows(const learn_task *task, ptg_error *err);


/* The training rows whose weight is above 0, with the weights that the loss asks for: those of the task, for the relative loss divided by
 * max(1, |target|), and brought to a mean of 1, so that no limit of a library depends on their scale. Rows without weight are left out
 * because LightGBM estimates row counts from weights and ends with an error where such rows stand alone. */
typedef struct heavy_rows {
    learn_rows rows;        /* borrows from the task what stays as it is; weight NULL = all 1 */
    matrix *x;              /* owned copies, NULL when all rows stay */
    double *target, *weight;
} heavy_rows;
/* Cleared with learn_heavy_clear, also after a failure. */
ptg_status learn_heavy_take(const learn_task *task, heavy_rows *out, ptg_error *err);
void learn_heavy_clear(heavy_rows *h);

#endif
