/* The rows that tree learners train on: what is asked of them, and their weights. */
#ifndef LEARN_TRAINING_ROWS_H
#define LEARN_TRAINING_ROWS_H

#include "learn/algorithm.h"

/* What every fit asks of its rows: at least one row, one column, no text, and a weight above 0. PTG_ERROR_DATA. */
ptg_status learn_check_rows(const learn_task *task, ptg_error *err);

/* The training rows whose weight is above 0, with the weights that the loss asks for: those of the task, for the relative loss
 * divided by max(1, |target|), and brought to a mean of 1, so that no limit of a library depends on their scale. Rows without
 * weight are left out because LightGBM estimates row counts from weights and ends with an error where such rows stand alone. */
typedef struct heavy_rows {
    learn_rows rows; /* borrows from the task what stays as it is; weight NULL = all 1 */
    matrix *x;       /* owned copies, NULL when all rows stay */
    double *target, *weight;
    const int32_t *group; /* as in the task, of `rows` */
    const double *time;
    int32_t *own_group; /* owned copies of both, NULL when all rows stay */
    double *own_time;
} heavy_rows;
/* Cleared with learn_heavy_clear, also after a failure. */
ptg_status learn_heavy_take(const learn_task *task, heavy_rows *out, ptg_error *err);
void learn_heavy_clear(heavy_rows *h);

#endif
