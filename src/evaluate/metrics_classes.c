/* Metrics of both kinds of classification: the same name means the same thing for two classes and for many. Labels of many
 * classes are the first largest probability; those of two go by the threshold. All equal scikit-learn's with sample_weight. */
#include <math.h>

#include "base/memory.h"
#include "evaluate/metric_rows.h"

int32_t largest_class(const double *probability, int32_t n_classes)
{
    int32_t best = 0;
    for (int32_t c = 0; c < n_classes; c++) {
        if (isnan(probability[c])) return -1;
        if (probability[c] > probability[best]) best = c;
    }
    return best;
}

static double true_class_probability(const metric_input *in, int64_t row)
{
    if (in->problem == PROBLEM_BINARY) return in->target[row] > 0.5 ? in->prediction[row] : 1 - in->prediction[row];
    return in->prediction[row * in->n_classes + (int64_t)in->target[row]];
}

static double log_loss(const metric_input *in)
{
    double sum = 0, total = 0;
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i);
        if (!(w > 0)) continue;
        double p = true_class_probability(in, i);
        if (p < LOG_LOSS_FLOOR) p = LOG_LOSS_FLOOR;
        if (p > 1 - LOG_LOSS_FLOOR) p = 1 - LOG_LOSS_FLOOR;
        sum -= w * log(p);
        total += w;
    }
    return total > 0 ? sum / total : NAN;
}

static double multiclass_accuracy(const metric_input *in)
{
    double right = 0, total = 0;
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i);
        if (!(w > 0)) continue;
        int32_t label = largest_class(in->prediction + i * in->n_classes, in->n_classes);
        if (label < 0) return NAN;
        if (label == (int32_t)in->target[i]) right += w;
        total += w;
    }
    return total > 0 ? right / total : NAN;
}

/* Mean recall of the classes that there are. `recalled` and `total` hold n_classes weights each. */
static double mean_recall(const metric_input *in, double *recalled, double *total)
{
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i);
        if (!(w > 0)) continue;
        int32_t truth = (int32_t)in->target[i], label = largest_class(in->prediction + i * in->n_classes, in->n_classes);
        if (label < 0) return NAN;
        total[truth] += w;
        if (label == truth) recalled[truth] += w;
    }
    double sum = 0, present = 0;
    for (int32_t c = 0; c < in->n_classes; c++) {
        if (!(total[c] > 0)) continue;
        sum += recalled[c] / total[c];
        present++;
    }
    return present > 0 ? sum / present : NAN;
}

static double balanced_accuracy(const metric_input *in)
{
    if (in->problem == PROBLEM_BINARY) {
        confusion c = confusion_count(in);
        return confusion_balanced_accuracy(&c);
    }
    double *space = metric_space(in, 2 * (int64_t)in->n_classes, sizeof *space);
    if (!space) return NAN;
    double score = mean_recall(in, space, space + in->n_classes);
    mem_free(space);
    return score;
}

static double accuracy(const metric_input *in)
{
    if (in->problem != PROBLEM_BINARY) return multiclass_accuracy(in);
    confusion c = confusion_count(in);
    return confusion_accuracy(&c);
}

const metric metric_accuracy = {.name = "accuracy",
                                .text = "Share of the rows whose label is right.",
                                .problems = FITS_CLASSES,
                                .greater_is_better = true,
                                .tunes_threshold = true,
                                .best = 1,
                                .worst = 0,
                                .loss = TRAINS_CLASSES,
                                .stopping = {"log_loss", "log_loss", NULL},
                                .score = accuracy};
const metric metric_balanced_accuracy = {.name = "balanced_accuracy",
                                         .text = "Mean over the classes of the share of their rows whose label is right.",
                                         .problems = FITS_CLASSES,
                                         .greater_is_better = true,
                                         .tunes_threshold = true,
                                         .best = 1,
                                         .worst = 0,
                                         .loss = TRAINS_CLASSES,
                                         .stopping = {"log_loss", "log_loss", NULL},
                                         .score = balanced_accuracy};
const metric metric_log_loss = {.name = "log_loss",
                                .text =
                                    "Mean of -log(p) of the probability of the true class, p kept within 1e-15 and 1 - 1e-15.",
                                .problems = FITS_CLASSES,
                                .best = 0,
                                .worst = INFINITY,
                                .loss = TRAINS_CLASSES,
                                .stopping = {"log_loss", "log_loss", NULL},
                                .score = log_loss};
