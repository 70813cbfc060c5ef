/* Labels by cross-fitted thresholds. Private to evaluate. */
#ifndef EVALUATE_THRESHOLD_H
#define EVALUATE_THRESHOLD_H

#include "evaluate/metrics.h"

/* True where the objective's labels on this problem go by a tuned threshold. */
bool threshold_is_tuned(const objective *o, const metric_input *rows);

/* labels[i] = 1 where prediction i reaches the threshold that was tuned on the rows of the other parts, else 0; `threshold` is
 * the one tuned on all rows. PTG_ERROR_DATA where a prediction is NaN. */
ptg_status threshold_cross_labels(const objective *o, const metric_input *rows, const int32_t *group, uint64_t seed,
                                  double *labels, double *threshold, ptg_error *err);

#endif
