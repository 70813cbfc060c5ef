/* What is being predicted: the kinds of problem, the losses that algorithms train, rows and weights. */
#ifndef NUMERIC_TASK_H
#define NUMERIC_TASK_H

#include <stdint.h>

typedef enum problem_type { PROBLEM_BINARY = 0, PROBLEM_MULTICLASS = 1, PROBLEM_REGRESSION = 2 } problem_type;
extern const char *const problem_names[3]; /* "binary", "multiclass", "regression" */

/* Training losses. An algorithm maps each to its library's name, or says that it has none (the nearest is taken and said). */
typedef enum loss_kind {
    LOSS_SQUARED,
    LOSS_ABSOLUTE,
    LOSS_QUANTILE,    /* parameter: the quantile in (0, 1) */
    LOSS_SQUARED_LOG, /* squared error of log1p; targets >= 0 */
    LOSS_RELATIVE,    /* mape */
    LOSS_LOGISTIC,    /* binary cross-entropy */
    LOSS_SOFTMAX,     /* multiclass cross-entropy */
    LOSS_POISSON,     /* of a mean e^a; targets >= 0; no metric's, as the next two: an algorithm's own parameter asks for it */
    LOSS_TWEEDIE,     /* the same for a variance of mean^p; parameter: p in (1, 2) */
    LOSS_HUBER        /* squared up to a distance, absolute beyond; parameter: the distance, NaN = by the targets */
} loss_kind;

/* A list of row numbers, ascending unless said otherwise. */
typedef struct row_list {
    const int64_t *rows;
    int64_t n;
} row_list;

/* Targets as f64: binary 0/1 (1 = positive class), multiclass 0 ... n_classes-1, regression the value. Weights NULL = all 1.
 * Predictions are n x k, row-major: regression k = 1 the value; binary k = 1 the probability of the positive class;
 * multiclass k = n_classes probabilities that sum to 1. */
static inline int32_t prediction_width(problem_type problem, int32_t n_classes)
{
    return problem == PROBLEM_MULTICLASS ? n_classes : 1;
}

#endif
