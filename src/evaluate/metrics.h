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
/* The score with the objective's own argument; `threshold` only matters for labels of binary problems. Rows of weight above 0
 * must have a target (a class number in range); a NaN among their predictions makes the score NaN, and so does want of memory,
 * which rows->memory_short tells. */
double objective_score(const objective *o, const metric_input *rows);

/* The threshold in (0, 1) with the best score on these rows (binary, metric with tunes_threshold; else 0.5). Candidates are the
 * midpoints of neighbouring distinct predictions, and 0.5 where it lies beyond all of them; ties take the one nearest to 0.5.
 * NaN where a prediction is NaN or memory is short. */
double threshold_tune(const objective *o, const metric_input *rows);
/* The same with the score at that threshold, tuned or not. `threshold` may be NULL. */
double threshold_best_score(const objective *o, const metric_input *rows, double *threshold);
/* Score of pooled rows with the threshold cross-fitted: tuned on the other rows for each of 5 random parts, fixed by n and
 * seed. `threshold` (NULL allowed) is the one tuned on all rows. Objectives without a tuned threshold are scored at 0.5. */
double threshold_cross_score(const objective *o, const metric_input *rows, uint64_t seed, double *threshold);

/* The score, with the threshold cross-fitted where it is tuned (whole groups in one part), and its error; `threshold` is the
 * one tuned on all rows, else 0.5. Standard error: jackknife over at most 50 fixed groups of rows (whole groups where `group`
 * is given): sqrt((g-1)/g * sum (s_(-j) - mean)^2) (Efron & Stein 1981). The groups depend on n, `group` and the seed only;
 * cross-fitted labels stay as they are. Groups without which the score is undefined are passed over; NaN with fewer than 2
 * others. */
typedef struct score_estimate {
    double score, se, threshold;
} score_estimate;
ptg_status score_estimate_make(const objective *o, const metric_input *rows, const int32_t *group, uint64_t seed,
                               score_estimate *out, ptg_error *err);

/* Paired comparison on the same rows: difference of scores a - b and its jackknife standard error over the same groups. Both
 * are scored as in score_estimate_make; `difference` is in the metric's own direction. PTG_ERROR_USAGE where the numbers of
 * rows differ. */
typedef struct score_difference {
    double difference, se;
} score_difference;
ptg_status score_compare(const objective *o, const metric_input *rows_a, const metric_input *rows_b, const int32_t *group,
                         uint64_t seed, score_difference *out, ptg_error *err);

#endif
