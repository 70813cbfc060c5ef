/* Losses of `boost`: where boosting starts, the derivatives that trees are grown on, and how the values of leaves are found. */
#ifndef LEARN_BOOST_LOSS_H
#define LEARN_BOOST_LOSS_H

#include "learn/boost_kernels.h"
#include "learn/training_rows.h"
#include "numeric/order.h"

#define LOSS_CHUNK 1024 /* most rows a call of derivatives */

/* How leaf values are found: by Newton steps on one output, by one Newton step on all outputs together, or as a weighted
 * quantile of what is left. */
typedef enum leaf_method { LEAF_NEWTON, LEAF_SOFTMAX, LEAF_QUANTILE } leaf_method;

typedef struct boost_loss {
    leaf_method method;
    int32_t steps;   /* NEWTON: by default */
    double quantile; /* QUANTILE */
    bool from_best_constant;
    /* NEWTON and QUANTILE: of n <= LOSS_CHUNK rows, negative gradient g = -dL/da and curvature h = d2L/da2 at the sums `a`. */
    void (*derivatives)(const struct boost_loss *loss, const boost_kernels *k, const double *target, const double *a, int64_t n,
                        double *g, double *h);
} boost_loss;

/* The loss of a task. */
boost_loss boost_loss_of(const learn_task *task);
/* The sum that boosting starts from (0 where it does not start from the best constant); weight NULL = all 1. */
ptg_status boost_loss_start(const boost_loss *loss, const double *target, const double *weight, int64_t n, double *out,
                            ptg_error *err);
/* The least value with at least `quantile` of the weight at or below it. `items`: n with keys in no order and room for n more;
 * rows index into value and weight (NULL = all 1). */
double weighted_quantile(order_item *items, int64_t n, const double *value, const double *weight, double quantile);
#endif
