/* Metrics of binary problems. Ranking metrics sort once and sweep over blocks of equal predictions, so that ties are exact;
 * metrics of labels are functions of the four weights of the confusion. All equal scikit-learn's with sample_weight.
 * References: Hanley & McNeil 1982 (auc as the chance that a positive outranks a negative); Davis & Goadrich 2006; Matthews
 * 1975; Brier 1950. */
#include <math.h>

#include "base/memory.h"
#include "evaluate/metric_rows.h"

void *metric_space(const metric_input *in, int64_t count, size_t size)
{
    void *space = mem_array(count, size);
    if (!space && in->memory_short) *in->memory_short = true;
    return space;
}

order_item *rank_rows(const metric_input *in, const double *values, int64_t stride, int64_t *n)
{
    *n = 0;
    order_item *items = metric_space(in, in->n, 2 * sizeof *items);
    if (!items) return NULL;
    int64_t n_items = 0;
    for (int64_t i = 0; i < in->n; i++) {
        if (!(weight_of(in, i) > 0)) continue;
        double value = values[i * stride];
        if (isnan(value)) {
            mem_free(items);
            return NULL;
        }
        items[n_items++] = (order_item){.key = order_key(value), .row = i};
    }
    order_sort(items, items + in->n, n_items);
    *n = n_items;
    return items;
}

static bool is_positive(const metric_input *in, int64_t row)
{
    return in->target[row] > 0.5;
}

/* Area: weight of positives times the weight of negatives below them, ties counting half. */
static double auc(const metric_input *in)
{
    int64_t n;
    order_item *items = rank_rows(in, in->prediction, 1, &n);
    if (!items) return NAN;
    double area = 0, positives = 0, below = 0;
    for (int64_t i = 0, next; i < n; i = next) {
        double positive = 0, negative = 0;
        for (next = i; next < n && items[next].key == items[i].key; next++) {
            double w = weight_of(in, items[next].row);
            if (is_positive(in, items[next].row))
                positive += w;
            else
                negative += w;
        }
        area += positive * (below + 0.5 * negative);
        positives += positive;
        below += negative;
    }
    mem_free(items);
    return positives > 0 && below > 0 ? area / (positives * below) : NAN;
}

/* Sum over thresholds of the step of recall times precision. */
static double average_precision(const metric_input *in)
{
    int64_t n;
    order_item *items = rank_rows(in, in->prediction, 1, &n);
    if (!items) return NAN;
    double sum = 0, true_positive = 0, all = 0;
    for (int64_t i = n - 1, next; i >= 0; i = next) {
        double positive = 0;
        for (next = i; next >= 0 && items[next].key == items[i].key; next--) {
            double w = weight_of(in, items[next].row);
            if (is_positive(in, items[next].row)) positive += w;
            all += w;
        }
        true_positive += positive;
        if (positive > 0) sum += positive * (true_positive / all);
    }
    mem_free(items);
    return true_positive > 0 ? sum / true_positive : NAN;
}

static double brier(const metric_input *in)
{
    double sum = 0, total = 0;
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i), error = in->prediction[i] - (is_positive(in, i) ? 1.0 : 0.0);
        if (!(w > 0)) continue;
        sum += w * error * error;
        total += w;
    }
    return total > 0 ? sum / total : NAN;
}

confusion confusion_count(const metric_input *in)
{
    double weight[2][2] = {{0, 0}, {0, 0}}; /* [truth][label] */
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i);
        if (!(w > 0)) continue;
        if (isnan(in->prediction[i]) || isnan(in->threshold)) return (confusion){NAN, NAN, NAN, NAN};
        weight[is_positive(in, i)][in->prediction[i] >= in->threshold] += w;
    }
    return (confusion){.true_positive = weight[1][1],
                       .false_positive = weight[0][1],
                       .false_negative = weight[1][0],
                       .true_negative = weight[0][0]};
}

static double total_of(const confusion *c)
{
    return c->true_positive + c->false_positive + c->false_negative + c->true_negative;
}

/* a / b, where 0 / 0 is 0 but NaN where nothing was counted at all. */
static double share(double a, double b, const confusion *c)
{
    double total = total_of(c);
    if (!(total > 0)) return NAN;
    return b > 0 ? a / b : 0;
}

double confusion_accuracy(const confusion *c)
{
    return share(c->true_positive + c->true_negative, total_of(c), c);
}

double confusion_balanced_accuracy(const confusion *c)
{
    double positives = c->true_positive + c->false_negative, negatives = c->true_negative + c->false_positive;
    if (!(total_of(c) > 0)) return NAN;
    if (!(positives > 0)) return c->true_negative / negatives;
    if (!(negatives > 0)) return c->true_positive / positives;
    return 0.5 * (c->true_positive / positives + c->true_negative / negatives);
}

static double confusion_f1(const confusion *c)
{
    return share(2 * c->true_positive, 2 * c->true_positive + c->false_positive + c->false_negative, c);
}

static double confusion_precision(const confusion *c)
{
    return share(c->true_positive, c->true_positive + c->false_positive, c);
}

static double confusion_recall(const confusion *c)
{
    return share(c->true_positive, c->true_positive + c->false_negative, c);
}

static double confusion_mcc(const confusion *c)
{
    double tp = c->true_positive, fp = c->false_positive, fn = c->false_negative, tn = c->true_negative;
    double square = (tp + fp) * (tp + fn) * ((tn + fp) * (tn + fn));
    if (!(total_of(c) > 0)) return NAN;
    return square > 0 ? (tp * tn - fp * fn) / sqrt(square) : 0;
}

static double f1(const metric_input *in)
{
    confusion c = confusion_count(in);
    return confusion_f1(&c);
}

static double precision(const metric_input *in)
{
    confusion c = confusion_count(in);
    return confusion_precision(&c);
}

static double recall(const metric_input *in)
{
    confusion c = confusion_count(in);
    return confusion_recall(&c);
}

static double mcc(const metric_input *in)
{
    confusion c = confusion_count(in);
    return confusion_mcc(&c);
}

confusion_score metric_confusion_score(const metric *m)
{
    const struct {
        const metric *metric;
        confusion_score score;
    } rows[] = {{&metric_f1, confusion_f1},
                {&metric_accuracy, confusion_accuracy},
                {&metric_balanced_accuracy, confusion_balanced_accuracy},
                {&metric_mcc, confusion_mcc},
                {&metric_precision, confusion_precision},
                {&metric_recall, confusion_recall}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].metric == m) return rows[i].score;
    return NULL;
}

const metric metric_auc = {
    .name = "auc",
    .text = "Area under the ROC curve: the chance that a positive row is ranked above a negative one, ties counting half.",
    .problems = FITS_BINARY,
    .greater_is_better = true,
    .best = 1,
    .worst = 0,
    .loss = TRAINS_CLASSES,
    .stopping = {"auc", NULL, NULL},
    .score = auc};
const metric metric_average_precision = {
    .name = "average_precision",
    .text = "Area under the precision-recall curve as a sum of steps: sum over thresholds of (R_n - R_(n-1)) P_n.",
    .problems = FITS_BINARY,
    .greater_is_better = true,
    .best = 1,
    .worst = 0,
    .loss = TRAINS_CLASSES,
    .stopping = {"average_precision", NULL, NULL},
    .score = average_precision};
const metric metric_brier = {.name = "brier",
                             .text = "Mean squared error of the probability of the positive class: mean of (p - y)^2.",
                             .problems = FITS_BINARY,
                             .best = 0,
                             .worst = 1,
                             .loss = TRAINS_CLASSES,
                             .stopping = {"log_loss", NULL, NULL},
                             .score = brier};
const metric metric_f1 = {.name = "f1",
                          .text = "Harmonic mean of precision and recall of the positive class: 2 TP / (2 TP + FP + FN).",
                          .problems = FITS_BINARY,
                          .greater_is_better = true,
                          .tunes_threshold = true,
                          .best = 1,
                          .worst = 0,
                          .loss = TRAINS_CLASSES,
                          .stopping = {"log_loss", NULL, NULL},
                          .score = f1};
const metric metric_precision = {.name = "precision",
                                 .text = "Share of the rows labelled positive that are positive: TP / (TP + FP).",
                                 .problems = FITS_BINARY,
                                 .greater_is_better = true,
                                 .best = 1,
                                 .worst = 0,
                                 .loss = TRAINS_CLASSES,
                                 .stopping = {"log_loss", NULL, NULL},
                                 .score = precision};
const metric metric_recall = {.name = "recall",
                              .text = "Share of the positive rows that are labelled positive: TP / (TP + FN).",
                              .problems = FITS_BINARY,
                              .greater_is_better = true,
                              .best = 1,
                              .worst = 0,
                              .loss = TRAINS_CLASSES,
                              .stopping = {"log_loss", NULL, NULL},
                              .score = recall};
const metric metric_mcc = {
    .name = "mcc",
    .text = "Matthews correlation of labels and truth: (TP TN - FP FN) / sqrt((TP + FP) (TP + FN) (TN + FP) (TN + FN)).",
    .problems = FITS_BINARY,
    .greater_is_better = true,
    .tunes_threshold = true,
    .best = 1,
    .worst = -1,
    .loss = TRAINS_CLASSES,
    .stopping = {"log_loss", NULL, NULL},
    .score = mcc};
