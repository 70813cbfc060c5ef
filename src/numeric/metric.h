/* The type of a metric. The table of metrics is in evaluate/; the type stands here so that transformers and algorithms can be
 * handed one without seeing that room. */
#ifndef NUMERIC_METRIC_H
#define NUMERIC_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "numeric/task.h"

typedef struct metric_input {
    problem_type problem;
    int32_t n_classes;
    int64_t n;
    const double *target;
    const double *weight;     /* NULL = all 1; rows of weight 0 count nothing */
    const double *prediction; /* n x prediction_width */
    double threshold;         /* binary labels: positive where p >= threshold; 0.5 unless tuned */
    double parameter;         /* pinball: the quantile */
    bool *memory_short;       /* set to true where the score is NaN for want of memory; NULL is fine */
} metric_input;

typedef struct metric {
    const char *name;
    const char *text;  /* one sentence with formula */
    unsigned problems; /* mask of 1u << problem_type */
    bool greater_is_better;
    bool tunes_threshold;                    /* f1, accuracy, balanced_accuracy, mcc */
    double best, worst;                      /* range; worst may be infinite */
    loss_kind loss[3];                       /* training loss by problem type */
    const char *stopping[3];                 /* name of the metric on which boosting stops, by problem type */
    double (*score)(const metric_input *in); /* NaN where undefined (one class in sight) */
} metric;

/* A metric with its argument: "pinball:0.9" is {pinball, 0.9}. */
typedef struct objective {
    const metric *metric;
    double parameter;
    const metric *stopping;
    loss_kind loss;
} objective;

/* Score turned so that greater is better. */
static inline double metric_gain(const metric *m, double score)
{
    return m->greater_is_better ? score : -score;
}

#endif
