/* Losses of `boost`: where boosting starts, the derivatives that trees are grown on, and how the values of leaves are found. */
#ifndef LEARN_BOOST_LOSS_H
#define LEARN_BOOST_LOSS_H

#include "learn/boost_kernels.h"
#include "learn/training_rows.h"
#include "numeric/order.h"

#define LOSS_CHUNK 1024 /* most rows a call of derivatives */

/* How leaf values are found: by Newton steps on one output, by one Newton step on all outputs together, as a weighted quantile
 * of what is left, or, with a logarithmic link, as the root of an equation of two sums. */
typedef enum leaf_method { LEAF_NEWTON, LEAF_SOFTMAX, LEAF_QUANTILE, LEAF_POWER } leaf_method;

typedef enum loss_start { START_ZERO, START_MEAN, START_QUANTILE, START_LOG_MEAN } loss_start;

typedef struct boost_loss {
    leaf_method method;
    loss_start start;
    int32_t steps;   /* NEWTON: by default; POWER: 0 = up to the root */
    double quantile; /* QUANTILE, and where START_QUANTILE starts */
    double power;    /* POWER: p of the variance mean^p: 1 is Poisson, up to 2 Tweedie */
    double distance; /* Huber's: beyond it errors count by their size; NaN until boost_loss_start has seen the targets */
    /* All but SOFTMAX: of n <= LOSS_CHUNK rows, negative gradient g = -dL/da and curvature h = d2L/da2 at the sums `a`. Where
     * L has a kink or is straight, h is that of a parabola that touches it at `a` and lies nowhere below it. */
    void (*derivatives)(const struct boost_loss *loss, const boost_kernels *k, const double *target, const double *a, int64_t n,
                        double *g, double *h);
} boost_loss;

/* The loss of a task. */
boost_loss boost_loss_of(const learn_task *task);
/* The sum that boosting starts from; weight NULL = all 1. Sets what the loss is to learn of the targets. */
ptg_status boost_loss_start(boost_loss *loss, const double *target, const double *weight, int64_t n, double *out,
                            ptg_error *err);
/* The least value with at least `quantile` of the weight at or below it. `items`: n with keys in no order and room for n more;
 * rows index into value and weight (NULL = all 1). */
double weighted_quantile(order_item *items, int64_t n, const double *value, const double *weight, double quantile);
#endif
