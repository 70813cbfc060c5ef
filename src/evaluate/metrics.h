/* The metrics by name, and what is done with scores: thresholds, standard errors, paired comparison. */
#ifndef EVALUATE_METRICS_H
#define EVALUATE_METRICS_H

#include "base/json.h"
#include "base/memory.h"
#include "numeric/metric.h"

extern const metric *const metrics[]; /* sorted by name */
extern const int32_t n_metrics;
const metric *metric_find(const char *name); /* NULL when there is none */
json_t *metric_json(const metric *m);        /* for the registry */

/* "pinball:0.9", "f1", ... for a problem type; NULL text takes the default (auc, log_loss, rmse). PTG_ERROR_USAGE with the list
 * of those that fit when the name is unknown or does not fit. */
ptg_status objective_read(const char *text, problem_type problem, objective *out, ptg_error *err);
/* The score with the objective's own argument; `threshold` only matters for labels of binary problems. */
double objective_score(const objective *o, const metric_input *rows);

/* The threshold in (0, 1) with the best score on these rows (binary, metric with tunes_threshold; else 0.5). Candidates are the
 * midpoints of neighbouring distinct predictions; ties take the one nearest to 0.5. */
double threshold_tune(const objective *o, const metric_input *rows);
/* Score of pooled rows with the threshold cross-fitted: tuned on the other rows for each of 5 fixed parts. */
double threshold_cross_score(const objective *o, const metric_input *rows, uint64_t seed, double *threshold);

/* Standard error: jackknife over at most 50 fixed groups of rows (whole groups where `group` is given): sqrt((g-1)/g * sum
 * (s_(-j) - mean)^2) (Efron & Stein 1981). The groups depend on n, `group` and the seed only. NaN with fewer than 2 groups. */
typedef struct score_estimate {
    double score, se, threshold;
} score_estimate;
ptg_status score_estimate_make(const objective *o, const metric_input *rows, const int32_t *group, uint64_t seed, score_estimate *out,
                               ptg_error *err);

/* Paired comparison on the same rows: difference of scores a - b and its jackknife standard error over the same groups. */
typedef struct score_difference {
    double difference, se;
} score_difference;
ptg_status score_compare(const objective *o, const metric_input *rows_a, const metric_input *rows_b, const int32_t *group, uint64_t seed,
                         score_difference *out, ptg_error *err);

#endif
