/* Thresholds of binary labels: rows are sorted by prediction once, and one sweep upwards scores every midpoint between
 * neighbouring distinct predictions from the running confusion. The cross-fit leaves one part out of the sweep after another,
 * on the same order. */
#include "evaluate/threshold.h"

#include <math.h>

#include "evaluate/metric_rows.h"
#include "numeric/split.h"

enum { CROSS_PARTS = 5 };

/* Rows in order of prediction; those of part `left_out` are passed over (part NULL: none). */
typedef struct sweep {
    const metric_input *in;
    const order_item *items;
    int64_t n;
    const int32_t *part;
    int32_t left_out;
    confusion_score score;
    double best, threshold; /* so far */
} sweep;

static bool counts(const sweep *s, int64_t i)
{
    return !s->part || s->part[s->items[i].row] != s->left_out;
}

static void propose(sweep *s, const confusion *c, double threshold)
{
    double score = s->score(c);
    bool nearer = fabs(threshold - 0.5) < fabs(s->threshold - 0.5);
    if (score > s->best || (score == s->best && nearer)) {
        s->best = score;
        s->threshold = threshold;
    }
}

/* All rows labelled positive, as below every prediction. */
static confusion all_positive(const sweep *s)
{
    confusion c = {0};
    for (int64_t i = 0; i < s->n; i++) {
        if (!counts(s, i)) continue;
        double w = weight_of(s->in, s->items[i].row);
        if (s->in->target[s->items[i].row] > 0.5)
            c.true_positive += w;
        else
            c.false_positive += w;
    }
    return c;
}

static void label_negative(const metric_input *in, int64_t row, const confusion *all, confusion *c)
{
    if (in->target[row] > 0.5) {
        c->false_negative += weight_of(in, row);
        c->true_positive = all->true_positive - c->false_negative;
    } else {
        c->true_negative += weight_of(in, row);
        c->false_positive = all->false_positive - c->true_negative;
    }
}

/* A number above `low` and not above `high`, in the middle where doubles allow. */
static double between(double low, double high)
{
    double middle = low + 0.5 * (high - low);
    return middle > low ? middle : high;
}

/* Finds s->threshold and s->best; they stay 0.5 and -infinity where no row counts. */
static void run(sweep *s)
{
    confusion all = all_positive(s), c = all;
    double last = 0;
    bool any = false;
    s->best = -INFINITY;
    s->threshold = 0.5;
    for (int64_t i = 0; i < s->n; i++) {
        if (!counts(s, i)) continue;
        double p = s->in->prediction[s->items[i].row];
        if (!any && p >= 0.5) propose(s, &c, 0.5);
        if (any && p > last) {
            double t = between(last, p);
            if (t > 0 && t < 1) propose(s, &c, t);
        }
        label_negative(s->in, s->items[i].row, &all, &c);
        last = p;
        any = true;
    }
    if (any && last < 0.5) propose(s, &c, 0.5);
}

bool threshold_is_tuned(const objective *o, const metric_input *rows)
{
    return rows->problem == PROBLEM_BINARY && o->metric->tunes_threshold;
}

double threshold_best_score(const objective *o, const metric_input *rows, double *threshold)
{
    metric_input in = *rows;
    in.threshold = 0.5;
    if (threshold_is_tuned(o, rows)) {
        sweep s = {.in = &in, .score = metric_confusion_score(o->metric)};
        order_item *items = rank_rows(&in, in.prediction, 1, &s.n);
        s.items = items;
        if (items) run(&s);
        in.threshold = items ? s.threshold : NAN;
        mem_free(items);
    }
    if (threshold) *threshold = in.threshold;
    return objective_score(o, &in);
}

double threshold_tune(const objective *o, const metric_input *rows)
{
    double threshold = 0.5;
    if (threshold_is_tuned(o, rows)) (void)threshold_best_score(o, rows, &threshold);
    return threshold;
}

static void label_parts(sweep *s, int32_t n_parts, double *threshold_of, double *labels)
{
    for (s->left_out = 0; s->left_out < n_parts; s->left_out++) {
        run(s);
        threshold_of[s->left_out] = s->threshold;
    }
    for (int64_t i = 0; i < s->in->n; i++)
        labels[i] = s->in->prediction[i] >= threshold_of[s->part[i]] ? 1 : 0;
}

ptg_status threshold_cross_labels(const objective *o, const metric_input *rows, const int32_t *group, uint64_t seed,
                                  double *labels, double *threshold, ptg_error *err)
{
    ptg_status status = PTG_OK;
    double threshold_of[CROSS_PARTS];
    int32_t n_parts = 0, *part = mem_array(rows->n, sizeof *part);
    bool memory_short = false;
    metric_input in = *rows;
    in.memory_short = &memory_short;
    sweep s = {.in = &in, .score = metric_confusion_score(o->metric)};
    order_item *items = NULL;
    if (!part) GO(fail_memory(err));
    GO(split_parts(rows->n, group, CROSS_PARTS, seed, "threshold", part, &n_parts, err));
    items = rank_rows(&in, in.prediction, 1, &s.n);
    if (memory_short) GO(fail_memory(err));
    if (!items) GO(fail(err, PTG_ERROR_DATA, "A threshold cannot be tuned on predictions that are not numbers."));
    s.items = items;
    run(&s);
    *threshold = s.threshold;
    s.part = part;
    label_parts(&s, n_parts, threshold_of, labels);
done:
    mem_free(items);
    mem_free(part);
    return status;
}

double threshold_cross_score(const objective *o, const metric_input *rows, uint64_t seed, double *threshold)
{
    metric_input in = *rows;
    double on_all = 0.5, score = NAN;
    in.threshold = 0.5;
    if (!threshold_is_tuned(o, rows)) {
        score = objective_score(o, &in);
    } else {
        double *labels = metric_space(rows, rows->n, sizeof *labels);
        on_all = NAN;
        if (labels && threshold_cross_labels(o, rows, NULL, seed, labels, &on_all, NULL) == PTG_OK) {
            in.prediction = labels;
            score = objective_score(o, &in);
        }
        mem_free(labels);
    }
    if (threshold) *threshold = on_all;
    return score;
}
