/* See boost_loss.h. */
#include "learn/boost_loss.h"

#include <math.h>

/* Newton steps that bring the log loss of a leaf near its least. */
#define LOGISTIC_STEPS 10

static void derive_squared(const boost_loss *loss, const boost_kernels *k, const double *target, const double *a, int64_t n,
                           double *g, double *h)
{
    (void)loss;
    (void)k;
    for (int64_t i = 0; i < n; i++) {
        g[i] = target[i] - a[i];
        h[i] = 1;
    }
}

static void derive_logistic(const boost_loss *loss, const boost_kernels *k, const double *target, const double *a, int64_t n,
                            double *g, double *h)
{
    (void)loss;
    k->logistic(a, n, g);
    for (int64_t i = 0; i < n; i++) {
        double p = g[i];
        g[i] = target[i] - p;
        h[i] = p * (1 - p);
    }
}

static void derive_quantile(const boost_loss *loss, const boost_kernels *k, const double *target, const double *a, int64_t n,
                            double *g, double *h)
{
    (void)k;
    for (int64_t i = 0; i < n; i++) {
        g[i] = target[i] > a[i] ? loss->quantile : target[i] < a[i] ? loss->quantile - 1 : 0;
        h[i] = 1;
    }
}

boost_loss boost_loss_of(const learn_task *task)
{
    if (task->problem == PROBLEM_BINARY)
        return (boost_loss){.method = LEAF_NEWTON, .steps = LOGISTIC_STEPS, .derivatives = derive_logistic};
    if (task->problem == PROBLEM_MULTICLASS) return (boost_loss){.method = LEAF_SOFTMAX, .steps = 1};
    switch (task->loss) {
    case LOSS_ABSOLUTE:
    case LOSS_RELATIVE:
        return (boost_loss){
            .method = LEAF_QUANTILE, .quantile = 0.5, .from_best_constant = true, .derivatives = derive_quantile};
    case LOSS_QUANTILE:
        return (boost_loss){.method = LEAF_QUANTILE,
                            .quantile = task->loss_parameter,
                            .from_best_constant = true,
                            .derivatives = derive_quantile};
    default:
        return (boost_loss){.method = LEAF_NEWTON, .steps = 1, .from_best_constant = true, .derivatives = derive_squared};
    }
}

double weighted_quantile(order_item *items, int64_t n, const double *value, const double *weight, double quantile)
{
    double total = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) {
        items[i].key = order_key(value[items[i].row]);
        total += weight ? weight[items[i].row] : 1;
    }
    order_sort(items, items + n, n);
    for (int64_t i = 0; i < n; i++) {
        sum += weight ? weight[items[i].row] : 1;
        if (sum >= quantile * total) return value[items[i].row];
    }
    return n ? value[items[n - 1].row] : 0;
}

static double weighted_mean(const double *target, const double *weight, int64_t n)
{
    double total = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double w = weight ? weight[i] : 1;
        total += w;
        sum += w * target[i];
    }
    return total > 0 ? sum / total : 0;
}

ptg_status boost_loss_start(const boost_loss *loss, const double *target, const double *weight, int64_t n, double *out,
                            ptg_error *err)
{
    *out = 0;
    if (!loss->from_best_constant) return PTG_OK;
    if (loss->method != LEAF_QUANTILE) {
        *out = weighted_mean(target, weight, n);
        return PTG_OK;
    }
    order_item *items = mem_array(2 * n, sizeof *items);
    if (!items) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        items[i].row = i;
    *out = weighted_quantile(items, n, target, weight, loss->quantile);
    mem_free(items);
    return PTG_OK;
}
