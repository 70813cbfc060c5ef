/* Metrics of multiclass problems. The macro means run over the classes that are in the truth or among the labels (a label that
 * is never right counts 0), as in scikit-learn; rows of weight 0 bring no class in. auc_ovo follows Hand & Till 2001: the mean
 * over pairs of classes of (A(a|b) + A(b|a)) / 2; each class's column is sorted once and gives its area against all others in
 * one sweep. quadratic_kappa: Cohen 1968, with the distances of class numbers, also where a class between is absent. */
#include <math.h>

#include "base/memory.h"
#include "evaluate/metric_rows.h"

/* Weights a class: right, in the truth, among the labels. One block; freed by its first pointer. */
typedef struct class_weights {
    double *right, *truth, *label;
} class_weights;

static bool count_classes(const metric_input *in, class_weights *out)
{
    double *space = metric_space(in, 3 * (int64_t)in->n_classes, sizeof *space);
    *out = (class_weights){.right = space};
    if (!space) return false;
    out->truth = space + in->n_classes;
    out->label = out->truth + in->n_classes;
    for (int64_t i = 0; i < in->n; i++) {
        double w = weight_of(in, i);
        if (!(w > 0)) continue;
        int32_t truth = (int32_t)in->target[i], label = largest_class(in->prediction + i * in->n_classes, in->n_classes);
        if (label < 0) return false;
        out->truth[truth] += w;
        out->label[label] += w;
        if (truth == label) out->right[truth] += w;
    }
    return true;
}

/* Mean over the classes in sight of right / (a * truth + (1 - a) * label): a = 1 recall, 0 precision, 1/2 f1. */
static double macro(const metric_input *in, double a)
{
    class_weights w;
    double sum = 0, present = 0;
    bool counted = count_classes(in, &w);
    for (int32_t c = 0; counted && c < in->n_classes; c++) {
        double whole = a * w.truth[c] + (1 - a) * w.label[c];
        if (w.truth[c] + w.label[c] > 0) present++;
        if (whole > 0) sum += w.right[c] / whole;
    }
    mem_free(w.right);
    return present > 0 ? sum / present : NAN;
}

static double f1_macro(const metric_input *in)
{
    return macro(in, 0.5);
}

static double precision_macro(const metric_input *in)
{
    return macro(in, 0);
}

static double recall_macro(const metric_input *in)
{
    return macro(in, 1);
}

/* Adds to area[b], for every class b, the weight of pairs in which a row of class a stands above a row of b in column a,
 * ties counting half. */
static void add_areas(const metric_input *in, const order_item *items, int64_t n, int32_t a, double total_a, double *area)
{
    double below = 0;
    for (int64_t i = 0, next; i < n; i = next) {
        double tied = 0;
        for (next = i; next < n && items[next].key == items[i].key; next++)
            if ((int32_t)in->target[items[next].row] == a) tied += weight_of(in, items[next].row);
        double above = total_a - below - 0.5 * tied;
        for (int64_t j = i; j < next; j++) {
            int32_t b = (int32_t)in->target[items[j].row];
            if (b != a) area[b] += weight_of(in, items[j].row) * above;
        }
        below += tied;
    }
}

/* Sum over b of A(a|b), for the classes b in sight. False where a prediction is NaN or memory is short. */
static bool areas_of_class(const metric_input *in, int32_t a, const double *total, double *area, double *sum)
{
    int64_t n;
    order_item *items = rank_rows(in, in->prediction + a, in->n_classes, &n);
    if (!items) return false;
    for (int32_t b = 0; b < in->n_classes; b++)
        area[b] = 0;
    add_areas(in, items, n, a, total[a], area);
    for (int32_t b = 0; b < in->n_classes; b++)
        if (b != a && total[b] > 0) *sum += area[b] / (total[a] * total[b]);
    mem_free(items);
    return true;
}

static double auc_ovo(const metric_input *in)
{
    double *total = metric_space(in, 2 * (int64_t)in->n_classes, sizeof *total), sum = 0, present = 0;
    if (!total) return NAN;
    for (int64_t i = 0; i < in->n; i++)
        if (weight_of(in, i) > 0) total[(int32_t)in->target[i]] += weight_of(in, i);
    bool known = true;
    for (int32_t a = 0; known && a < in->n_classes; a++) {
        if (!(total[a] > 0)) continue;
        present++;
        known = areas_of_class(in, a, total, total + in->n_classes, &sum);
    }
    mem_free(total);
    return known && present > 1 ? sum / (present * (present - 1)) : NAN;
}

/* Sum of squared distances of labels and truth, and the same if they were independent, both about the class `origin`, so that
 * one class alone gives an exact 0. */
static double kappa_of(const class_weights *w, int32_t n_classes, double observed, int32_t origin)
{
    double total = 0, truth = 0, label = 0, squares = 0;
    for (int32_t c = 0; c < n_classes; c++) {
        double d = c - origin;
        total += w->truth[c];
        truth += d * w->truth[c];
        label += d * w->label[c];
        squares += d * d * (w->truth[c] + w->label[c]);
    }
    double expected = squares - 2 * truth * label / total;
    return expected > 0 ? 1 - observed / expected : NAN;
}

static double quadratic_kappa(const metric_input *in)
{
    class_weights w;
    double observed = 0, score = NAN;
    int32_t origin = -1;
    bool counted = count_classes(in, &w);
    for (int64_t i = 0; counted && i < in->n; i++) {
        if (!(weight_of(in, i) > 0)) continue;
        double d = (int32_t)in->target[i] - largest_class(in->prediction + i * in->n_classes, in->n_classes);
        if (origin < 0) origin = (int32_t)in->target[i];
        observed += weight_of(in, i) * d * d;
    }
    if (origin >= 0) score = kappa_of(&w, in->n_classes, observed, origin);
    mem_free(w.right);
    return score;
}

const metric metric_f1_macro = {.name = "f1_macro",
                                .text = "Mean over the classes of 2 TP / (2 TP + FP + FN).",
                                .problems = FITS_MULTICLASS,
                                .greater_is_better = true,
                                .best = 1,
                                .worst = 0,
                                .loss = TRAINS_CLASSES,
                                .stopping = {NULL, "log_loss", NULL},
                                .score = f1_macro};
const metric metric_precision_macro = {.name = "precision_macro",
                                       .text = "Mean over the classes of TP / (TP + FP).",
                                       .problems = FITS_MULTICLASS,
                                       .greater_is_better = true,
                                       .best = 1,
                                       .worst = 0,
                                       .loss = TRAINS_CLASSES,
                                       .stopping = {NULL, "log_loss", NULL},
                                       .score = precision_macro};
const metric metric_recall_macro = {.name = "recall_macro",
                                    .text = "Mean over the classes of TP / (TP + FN).",
                                    .problems = FITS_MULTICLASS,
                                    .greater_is_better = true,
                                    .best = 1,
                                    .worst = 0,
                                    .loss = TRAINS_CLASSES,
                                    .stopping = {NULL, "log_loss", NULL},
                                    .score = recall_macro};
const metric metric_auc_ovo = {
    .name = "auc_ovo",
    .text = "Mean over the pairs of classes of the area under the ROC curve of one against the other (Hand and Till).",
    .problems = FITS_MULTICLASS,
    .greater_is_better = true,
    .best = 1,
    .worst = 0,
    .loss = TRAINS_CLASSES,
    .stopping = {NULL, "log_loss", NULL},
    .score = auc_ovo};
const metric metric_quadratic_kappa = {.name = "quadratic_kappa",
                                       .text = "Cohen's kappa with quadratic weights, for ordered classes: 1 - sum of (i - "
                                               "j)^2 observed / the same expected by chance.",
                                       .problems = FITS_MULTICLASS,
                                       .greater_is_better = true,
                                       .best = 1,
                                       .worst = -1,
                                       .loss = TRAINS_CLASSES,
                                       .stopping = {NULL, "log_loss", NULL},
                                       .score = quadratic_kappa};
