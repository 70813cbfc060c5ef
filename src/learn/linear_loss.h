/* The losses of linear fits at given scores, with their gradients. */
#ifndef LEARN_LINEAR_LOSS_H
#define LEARN_LINEAR_LOSS_H

#include "numeric/task.h"

/* What is fitted: `share` are row weights that sum to 1 (class weights in them). Targets of LOSS_LOGISTIC are 0 and 1, of
 * LOSS_SOFTMAX 0 ... n_outputs-1, of the others any number. */
typedef struct linear_loss {
    loss_kind kind; /* LOSS_SQUARED (half the square), LOSS_QUANTILE, LOSS_LOGISTIC or LOSS_SOFTMAX */
    int32_t n_outputs;
    int64_t n_rows;
    const double *target, *share;
    double quantile; /* LOSS_QUANTILE */
    double width;    /* LOSS_QUANTILE: within this of the kink the loss is a parabola (Moreau envelope) */
} linear_loss;

/* The weighted sum of losses at `scores` (n_rows x n_outputs), which become the gradient by score. */
double linear_loss_at(const linear_loss *l, double *scores);

/* curvature (n_outputs) = a typical second derivative by each output, at the prior: what a preconditioner needs. */
void linear_loss_curvature(const linear_loss *l, double *curvature);

#endif
