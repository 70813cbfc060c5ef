/* The rows of the table of metrics, and what their files share. Private to evaluate. */
#ifndef EVALUATE_METRIC_ROWS_H
#define EVALUATE_METRIC_ROWS_H

#include <stddef.h>

#include "numeric/metric.h"
#include "numeric/order.h"

#define FITS_BINARY (1u << PROBLEM_BINARY)
#define FITS_MULTICLASS (1u << PROBLEM_MULTICLASS)
#define FITS_REGRESSION (1u << PROBLEM_REGRESSION)
#define FITS_CLASSES (FITS_BINARY | FITS_MULTICLASS)
/* Entries of `loss` and `stopping` by problem type; unused problem types hold the loss of their kind and NULL. */
#define TRAINS_CLASSES                                                                                                         \
    {                                                                                                                          \
        LOSS_LOGISTIC, LOSS_SOFTMAX, LOSS_SQUARED                                                                              \
    }
#define TRAINS_VALUES(loss_of_values)                                                                                          \
    {                                                                                                                          \
        LOSS_LOGISTIC, LOSS_SOFTMAX, loss_of_values                                                                            \
    }

extern const metric metric_auc, metric_average_precision, metric_f1, metric_precision, metric_recall, metric_mcc, metric_brier;
extern const metric metric_accuracy, metric_balanced_accuracy, metric_log_loss;
extern const metric metric_f1_macro, metric_precision_macro, metric_recall_macro, metric_auc_ovo, metric_quadratic_kappa;
extern const metric metric_rmse, metric_mse, metric_mae, metric_medae, metric_r2, metric_rmsle, metric_mape, metric_pinball;

/* Probabilities are kept this far from 0 and 1 in log_loss. */
#define LOG_LOSS_FLOOR 1e-15

static inline double weight_of(const metric_input *in, int64_t row)
{
    return in->weight ? in->weight[row] : 1.0;
}

/* Weight in the four cells of labels of a binary problem. */
typedef struct confusion {
    double true_positive, false_positive, false_negative, true_negative;
} confusion;

/* Space for a score; NULL, and said so, when out of memory. */
void *metric_space(const metric_input *in, int64_t count, size_t size);

/* The score of a metric of labels from its confusion; NULL for metrics that are no function of it. */
typedef double (*confusion_score)(const confusion *c);
confusion_score metric_confusion_score(const metric *m);
double confusion_accuracy(const confusion *c);
double confusion_balanced_accuracy(const confusion *c);
/* Labels by in->threshold; NaN where a prediction is NaN, so that every score of it is. */
confusion confusion_count(const metric_input *in);

/* The class of the largest probability, the first of equal ones; -1 where one is NaN. */
int32_t largest_class(const double *probability, int32_t n_classes);

/* Rows of weight above 0 sorted by `values` (or its negative), in memory of mem_array that holds the scratch space too: caller
 * frees. NULL, with *n 0, when out of memory or where a value is NaN. */
order_item *rank_rows(const metric_input *in, const double *values, int64_t stride, int64_t *n);

#endif
