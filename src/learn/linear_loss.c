/* The losses of linear fits at given scores, with their gradients. One pass a call; sums run over the rows in order. */
#include "learn/linear_loss.h"

#include <math.h>
#include <string.h>

#include "learn/linear_model.h"

/* A class that is nearly absent still bends the loss this much. */
#define LEAST_CURVATURE 1e-4

static double squared(const linear_loss *l, double *s)
{
    double sum = 0;
    for (int64_t i = 0; i < l->n_rows; i++) {
        double r = s[i] - l->target[i];
        sum += l->share[i] * 0.5 * r * r;
        s[i] = l->share[i] * r;
    }
    return sum;
}

static double quantile(const linear_loss *l, double *s)
{
    double sum = 0, up = l->quantile, down = 1 - up;
    for (int64_t i = 0; i < l->n_rows; i++) {
        double r = l->target[i] - s[i], slope = r / l->width;
        slope = slope > up ? up : slope < -down ? -down : slope;
        sum += l->share[i] * (slope * r - 0.5 * l->width * slope * slope);
        s[i] = -l->share[i] * slope;
    }
    return sum;
}

static double logistic(const linear_loss *l, double *s)
{
    double sum = 0;
    for (int64_t i = 0; i < l->n_rows; i++) {
        double e = exp(-fabs(s[i]));
        double p = s[i] >= 0 ? 1 / (1 + e) : e / (1 + e);
        sum += l->share[i] * (log1p(e) + (s[i] > 0 ? s[i] : 0) - l->target[i] * s[i]);
        s[i] = l->share[i] * (p - l->target[i]);
    }
    return sum;
}

static double softmax(const linear_loss *l, double *s)
{
    double sum = 0;
    int32_t k = l->n_outputs;
    for (int64_t i = 0; i < l->n_rows; i++, s += k) {
        int32_t label = (int32_t)l->target[i];
        double largest = s[0], total = 0, own = s[label];
        for (int32_t j = 1; j < k; j++)
            if (s[j] > largest) largest = s[j];
        for (int32_t j = 0; j < k; j++)
            total += s[j] = exp(s[j] - largest);
        sum += l->share[i] * (log(total) + largest - own);
        for (int32_t j = 0; j < k; j++)
            s[j] = l->share[i] * (s[j] / total - (j == label));
    }
    return sum;
}

double linear_loss_at(const linear_loss *l, double *scores)
{
    switch (l->kind) {
    case LOSS_LOGISTIC:
        return logistic(l, scores);
    case LOSS_SOFTMAX:
        return softmax(l, scores);
    case LOSS_QUANTILE:
        return quantile(l, scores);
    default:
        return squared(l, scores);
    }
}

void linear_loss_curvature(const linear_loss *l, double *curvature)
{
    int32_t k = l->n_outputs;
    memset(curvature, 0, (size_t)k * sizeof *curvature);
    bool classes = l->kind == LOSS_LOGISTIC || l->kind == LOSS_SOFTMAX;
    for (int64_t i = 0; i < l->n_rows && classes; i++)
        curvature[k > 1 ? (int32_t)l->target[i] : 0] += k > 1 ? l->share[i] : l->share[i] * l->target[i];
    for (int32_t j = 0; j < k; j++)
        curvature[j] = classes ? fmax(curvature[j] * (1 - curvature[j]), LEAST_CURVATURE) : l->kind == LOSS_QUANTILE ? 0.5 : 1;
}
