/* See boost_loss.h. */
#include "learn/boost_loss.h"

#include <math.h>

/* Newton steps that bring the log loss of a leaf near its least. */
#define LOGISTIC_STEPS 10
/* The same for Huber's; with fewer than half of the rows beyond the distance each step leaves less than half of the way. */
#define HUBER_STEPS 5
/* Where targets are all 0, a logarithm of their mean still starts somewhere. */
#define LEAST_MEAN 1e-12

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

/* The curvature beyond the distance is that of a parabola through the loss: a step with it never goes too far, where the second
 * derivative, 0, would lead anywhere. */
static void derive_huber(const boost_loss *loss, const boost_kernels *k, const double *target, const double *a, int64_t n,
                         double *g, double *h)
{
    (void)k;
    for (int64_t i = 0; i < n; i++) {
        double rest = target[i] - a[i], size = fabs(rest);
        bool is_near = size <= loss->distance;
        g[i] = is_near ? rest : rest > 0 ? loss->distance : -loss->distance;
        h[i] = is_near ? 1 : loss->distance / size;
    }
}

/* L = e^((2-p)a) / (2-p) - y e^((1-p)a) / (1-p); with p = 1 it is e^a - y a. */
static void derive_power(const boost_loss *loss, const boost_kernels *k, const double *target, const double *a, int64_t n,
                         double *g, double *h)
{
    double p = loss->power;
    for (int64_t i = 0; i < n; i++) {
        g[i] = (1 - p) * a[i];
        h[i] = (2 - p) * a[i];
    }
    k->exponential(g, n, g);
    k->exponential(h, n, h);
    for (int64_t i = 0; i < n; i++) {
        double up = target[i] * g[i], down = h[i];
        g[i] = up - down;
        h[i] = (p - 1) * up + (2 - p) * down;
    }
}

static boost_loss loss_of_quantile(double quantile)
{
    return (boost_loss){.method = LEAF_QUANTILE, .start = START_QUANTILE, .quantile = quantile, .derivatives = derive_quantile};
}

static boost_loss loss_of_power(double power)
{
    return (boost_loss){.method = LEAF_POWER, .start = START_LOG_MEAN, .power = power, .derivatives = derive_power};
}

static boost_loss loss_of_values(const learn_task *task)
{
    switch (task->loss) {
    case LOSS_ABSOLUTE:
    case LOSS_RELATIVE:
        return loss_of_quantile(0.5);
    case LOSS_QUANTILE:
        return loss_of_quantile(task->loss_parameter);
    case LOSS_POISSON:
        return loss_of_power(1);
    case LOSS_TWEEDIE:
        return loss_of_power(task->loss_parameter);
    case LOSS_HUBER:
        return (boost_loss){.method = LEAF_NEWTON,
                            .start = START_QUANTILE,
                            .steps = HUBER_STEPS,
                            .quantile = 0.5,
                            .distance = task->loss_parameter,
                            .derivatives = derive_huber};
    default:
        return (boost_loss){.method = LEAF_NEWTON, .start = START_MEAN, .steps = 1, .derivatives = derive_squared};
    }
}

boost_loss boost_loss_of(const learn_task *task)
{
    if (task->problem == PROBLEM_BINARY)
        return (boost_loss){.method = LEAF_NEWTON, .steps = LOGISTIC_STEPS, .derivatives = derive_logistic};
    if (task->problem == PROBLEM_MULTICLASS) return (boost_loss){.method = LEAF_SOFTMAX, .steps = 1};
    return loss_of_values(task);
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

static double quantile_of(order_item *items, int64_t n, const double *value, const double *weight, double quantile)
{
    for (int64_t i = 0; i < n; i++)
        items[i].row = i;
    return weighted_quantile(items, n, value, weight, quantile);
}

/* Twice the median distance of the targets from their median, which of a normal distribution is 1.35 deviations; by the mean
 * distance where most targets are equal. */
static double choose_distance(order_item *items, double *away, int64_t n, const double *target, const double *weight,
                              double median)
{
    for (int64_t i = 0; i < n; i++)
        away[i] = fabs(target[i] - median);
    double distance = 2 * quantile_of(items, n, away, weight, 0.5);
    if (!(distance > 0)) distance = 2 * weighted_mean(away, weight, n);
    return distance > 0 && isfinite(distance) ? distance : 1;
}

static ptg_status start_at_quantile(boost_loss *loss, const double *target, const double *weight, int64_t n, double *out,
                                    ptg_error *err)
{
    order_item *items = mem_array(2 * n, sizeof *items);
    double *away = mem_array(n, sizeof *away);
    ptg_status status = items && away ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) *out = quantile_of(items, n, target, weight, loss->quantile);
    if (status == PTG_OK && isnan(loss->distance)) loss->distance = choose_distance(items, away, n, target, weight, *out);
    mem_free(items);
    mem_free(away);
    return status;
}

ptg_status boost_loss_start(boost_loss *loss, const double *target, const double *weight, int64_t n, double *out,
                            ptg_error *err)
{
    *out = 0;
    switch (loss->start) {
    case START_ZERO:
        return PTG_OK;
    case START_MEAN:
        *out = weighted_mean(target, weight, n);
        return PTG_OK;
    case START_LOG_MEAN:
        *out = log(fmax(weighted_mean(target, weight, n), LEAST_MEAN));
        return PTG_OK;
    case START_QUANTILE:
        return start_at_quantile(loss, target, weight, n, out, err);
    }
    return PTG_OK;
}
