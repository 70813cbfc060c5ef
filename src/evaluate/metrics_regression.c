/* Metrics of regression: weighted means of a loss a row, r2, and the weighted median of the absolute errors. All equal
 * scikit-learn's with sample_weight. A row of weight 0 counts nothing, whatever stands in it. */
#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "evaluate/metric_rows.h"

/* Weighted mean of loss(target, prediction); inlined into each metric. */
static inline double mean_loss(const metric_input *in, double (*loss)(double y, double p, double parameter))
{
    double sum = 0, total = 0;
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i);
        if (!(w > 0)) continue;
        sum += w * loss(in->target[i], in->prediction[i], in->parameter);
        total += w;
    }
    return total > 0 ? sum / total : NAN;
}

static inline double squared_error(double y, double p, double parameter)
{
    (void)parameter;
    return (y - p) * (y - p);
}

static inline double absolute_error(double y, double p, double parameter)
{
    (void)parameter;
    return fabs(y - p);
}

static inline double relative_error(double y, double p, double parameter)
{
    (void)parameter;
    return fabs(y - p) / fmax(fabs(y), DBL_EPSILON);
}

static inline double squared_log_error(double y, double p, double parameter)
{
    (void)parameter;
    double d = log1p(y) - (p <= -1 ? -(double)INFINITY : log1p(p));
    return d * d;
}

static inline double quantile_error(double y, double p, double parameter)
{
    double d = y - p;
    return d >= 0 ? parameter * d : (parameter - 1) * d;
}

static double mse(const metric_input *in)
{
    return mean_loss(in, squared_error);
}

static double rmse(const metric_input *in)
{
    return sqrt(mse(in));
}

static double mae(const metric_input *in)
{
    return mean_loss(in, absolute_error);
}

static double mape(const metric_input *in)
{
    return mean_loss(in, relative_error);
}

static double rmsle(const metric_input *in)
{
    return sqrt(mean_loss(in, squared_log_error));
}

static double pinball(const metric_input *in)
{
    return mean_loss(in, quantile_error);
}

/* A constant target has r2 1 where it is met exactly, else 0; one row has none. */
static double r2(const metric_input *in)
{
    double total = 0, sum = 0, spread = 0, error = 0;
    int64_t counted = 0;
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i);
        if (!(w > 0)) continue;
        counted++;
        total += w;
        sum += w * in->target[i];
    }
    double mean = sum / total;
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i), y = in->target[i];
        if (!(w > 0)) continue;
        spread += w * (y - mean) * (y - mean);
        error += w * (y - in->prediction[i]) * (y - in->prediction[i]);
    }
    if (counted < 2 || isnan(error)) return NAN;
    if (spread > 0) return 1 - error / spread;
    return error > 0 ? 0 : 1;
}

/* The value where the weight below first reaches half; the mean with its successor where it is exactly half. */
static double median_of(const metric_input *in, const double *errors, const order_item *items, int64_t n)
{
    double total = 0, below = 0;
    for (int64_t i = 0; i < n; i++)
        total += weight_of(in, items[i].row);
    for (int64_t i = 0; i < n; i++) {
        below += weight_of(in, items[i].row);
        if (below < 0.5 * total) continue;
        double value = errors[items[i].row];
        if (below - 0.5 * total > DBL_EPSILON || i + 1 == n) return value;
        return 0.5 * (value + errors[items[i + 1].row]);
    }
    return NAN;
}

static double medae(const metric_input *in)
{
    int64_t n;
    double *errors = metric_space(in, in->n, sizeof *errors), score = NAN;
    if (!errors) return NAN;
    for (int64_t i = 0; i < in->n; i++)
        errors[i] = fabs(in->target[i] - in->prediction[i]);
    order_item *items = rank_rows(in, errors, 1, &n);
    if (items) score = median_of(in, errors, items, n);
    mem_free(items);
    mem_free(errors);
    return score;
}

const metric metric_rmse = {.name = "rmse",
                            .text = "Root of the mean squared error: sqrt(mean of (y - p)^2).",
                            .problems = FITS_REGRESSION,
                            .best = 0,
                            .worst = INFINITY,
                            .loss = TRAINS_VALUES(LOSS_SQUARED),
                            .stopping = {NULL, NULL, "rmse"},
                            .score = rmse};
const metric metric_mse = {.name = "mse",
                           .text = "Mean squared error: mean of (y - p)^2.",
                           .problems = FITS_REGRESSION,
                           .best = 0,
                           .worst = INFINITY,
                           .loss = TRAINS_VALUES(LOSS_SQUARED),
                           .stopping = {NULL, NULL, "rmse"},
                           .score = mse};
const metric metric_mae = {.name = "mae",
                           .text = "Mean absolute error: mean of |y - p|.",
                           .problems = FITS_REGRESSION,
                           .best = 0,
                           .worst = INFINITY,
                           .loss = TRAINS_VALUES(LOSS_ABSOLUTE),
                           .stopping = {NULL, NULL, "mae"},
                           .score = mae};
const metric metric_medae = {.name = "medae",
                             .text = "Median absolute error: the weighted median of |y - p|.",
                             .problems = FITS_REGRESSION,
                             .best = 0,
                             .worst = INFINITY,
                             .loss = TRAINS_VALUES(LOSS_ABSOLUTE),
                             .stopping = {NULL, NULL, "mae"},
                             .score = medae};
const metric metric_r2 = {.name = "r2",
                          .text = "Share of the variance explained: 1 - sum of (y - p)^2 / sum of (y - mean of y)^2.",
                          .problems = FITS_REGRESSION,
                          .greater_is_better = true,
                          .best = 1,
                          .worst = -INFINITY,
                          .loss = TRAINS_VALUES(LOSS_SQUARED),
                          .stopping = {NULL, NULL, "rmse"},
                          .score = r2};
const metric metric_rmsle = {
    .name = "rmsle",
    .text = "Root mean squared error of log(1 + y): sqrt(mean of (log(1 + y) - log(1 + p))^2), infinite where p <= -1.",
    .problems = FITS_REGRESSION,
    .best = 0,
    .worst = INFINITY,
    .loss = TRAINS_VALUES(LOSS_SQUARED_LOG),
    .stopping = {NULL, NULL, "rmsle"},
    .score = rmsle};
const metric metric_mape = {.name = "mape",
                            .text = "Mean absolute error relative to the target: mean of |y - p| / |y|, as a fraction.",
                            .problems = FITS_REGRESSION,
                            .best = 0,
                            .worst = INFINITY,
                            .loss = TRAINS_VALUES(LOSS_RELATIVE),
                            .stopping = {NULL, NULL, "mape"},
                            .score = mape};
const metric metric_pinball = {.name = "pinball",
                               .text = "Mean quantile loss, written pinball:Q: mean of Q (y - p) where y >= p, else of (1 - Q) "
                                       "(p - y); its best prediction is the "
                                       "Q-quantile.",
                               .problems = FITS_REGRESSION,
                               .best = 0,
                               .worst = INFINITY,
                               .loss = TRAINS_VALUES(LOSS_QUANTILE),
                               .stopping = {NULL, NULL, "pinball"},
                               .score = pinball};
