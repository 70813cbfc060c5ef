/* Scores with standard errors. The jackknife leaves out one of at most 50 random groups of rows after another (Efron & Stein
 * 1981) and scores what is left. Where a prediction is one number, rows are first put into the order in which ranking metrics
 * sort, so that each of the 50 scores costs one pass and no sort. Comparisons leave the same rows out of both sides. */
#include <assert.h>
#include <math.h>

#include "evaluate/metric_rows.h"
#include "evaluate/metrics.h"
#include "evaluate/threshold.h"
#include "numeric/split.h"

enum { JACKKNIFE_GROUPS = 50 };

/* One side: its rows, with labels in place of probabilities where a threshold is tuned. */
typedef struct side {
    metric_input in;
    double *labels; /* owned; NULL where predictions are scored as they are */
    double score, threshold;
    double without[JACKKNIFE_GROUPS]; /* the score without each group */
} side;

static ptg_status score_rows(const objective *o, const metric_input *rows, double *score, ptg_error *err)
{
    bool memory_short = false;
    metric_input in = *rows;
    in.memory_short = &memory_short;
    *score = objective_score(o, &in);
    return memory_short ? fail_memory(err) : PTG_OK;
}

static ptg_status side_make(const objective *o, const metric_input *rows, const int32_t *group, uint64_t seed, side *out,
                            ptg_error *err)
{
    *out = (side){.in = *rows, .threshold = 0.5};
    out->in.threshold = 0.5;
    if (threshold_is_tuned(o, rows)) {
        out->labels = mem_array(rows->n, sizeof *out->labels);
        if (!out->labels) return fail_memory(err);
        out->in.prediction = out->labels;
        TRY(threshold_cross_labels(o, rows, group, seed, out->labels, &out->threshold, err));
    }
    return score_rows(o, &out->in, &out->score, err);
}

/* The order of rows in which a metric of one number a row finds its sort done: by prediction, or by absolute error. */
static order_item *favourable_order(const metric_input *in, arena *a)
{
    order_item *items = arena_array(a, in->n, sizeof *items), *scratch = arena_array(a, in->n, sizeof *scratch);
    if (!items || !scratch) return NULL;
    bool single = prediction_width(in->problem, in->n_classes) == 1;
    for (int64_t i = 0; i < in->n; i++) {
        double value = !single                         ? 0
                       : in->problem == PROBLEM_BINARY ? in->prediction[i]
                                                       : fabs(in->target[i] - in->prediction[i]);
        items[i] = (order_item){.key = order_key(value), .row = i};
    }
    order_sort(items, scratch, in->n);
    return items;
}

/* Buffers of what is left without a group. */
typedef struct remainder_rows {
    double *target, *weight, *prediction;
} remainder_rows;

static void copy_without(const metric_input *in, const order_item *order, const int32_t *part, int32_t left_out,
                         const remainder_rows *to, metric_input *out)
{
    int32_t k = prediction_width(in->problem, in->n_classes);
    int64_t n = 0;
    for (int64_t i = 0; i < in->n; i++) {
        int64_t row = order[i].row;
        if (part[row] == left_out) continue;
        to->target[n] = in->target[row];
        if (in->weight) to->weight[n] = in->weight[row];
        for (int32_t c = 0; c < k; c++)
            to->prediction[n * k + c] = in->prediction[row * k + c];
        n++;
    }
    *out = *in;
    out->n = n;
    out->target = to->target;
    out->weight = in->weight ? to->weight : NULL;
    out->prediction = to->prediction;
}

static ptg_status score_without(const objective *o, side *s, const int32_t *part, int32_t n_parts, arena *a, ptg_error *err)
{
    const metric_input *in = &s->in;
    int32_t k = prediction_width(in->problem, in->n_classes);
    assert(k >= 1);
    if (in->n > INT64_MAX / k) return fail_memory(err);
    order_item *order = favourable_order(in, a);
    remainder_rows to = {.target = arena_array(a, in->n, sizeof *to.target),
                         .weight = arena_array(a, in->weight ? in->n : 0, sizeof *to.weight),
                         .prediction = arena_array(a, in->n * k, sizeof *to.prediction)};
    if (!order || !to.target || !to.weight || !to.prediction) return fail_memory(err);
    for (int32_t p = 0; p < n_parts; p++) {
        metric_input left;
        copy_without(in, order, part, p, &to, &left);
        TRY(score_rows(o, &left, &s->without[p], err));
    }
    return PTG_OK;
}

/* sqrt((g - 1) / g * sum (s_(-j) - mean)^2) over the finite scores. */
static double jackknife_error(const double *scores, int32_t n)
{
    double sum = 0, squares = 0, g = 0;
    for (int32_t j = 0; j < n; j++)
        if (isfinite(scores[j])) sum += scores[j], g++;
    for (int32_t j = 0; j < n; j++)
        if (isfinite(scores[j])) squares += (scores[j] - sum / g) * (scores[j] - sum / g);
    return g < 2 ? NAN : sqrt((g - 1) / g * squares);
}

static ptg_status find_groups(int64_t n, const int32_t *group, uint64_t seed, arena *a, int32_t **part, int32_t *n_parts,
                              ptg_error *err)
{
    *part = arena_array(a, n, sizeof **part);
    if (!*part) return fail_memory(err);
    return split_parts(n, group, JACKKNIFE_GROUPS, seed, "jackknife", *part, n_parts, err);
}

ptg_status score_estimate_make(const objective *o, const metric_input *rows, const int32_t *group, uint64_t seed,
                               score_estimate *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    side s = {.labels = NULL};
    int32_t *part, n_parts;
    arena *a = arena_new();
    if (!a) return fail_memory(err);
    GO(side_make(o, rows, group, seed, &s, err));
    GO(find_groups(rows->n, group, seed, a, &part, &n_parts, err));
    GO(score_without(o, &s, part, n_parts, a, err));
    *out = (score_estimate){.score = s.score, .se = jackknife_error(s.without, n_parts), .threshold = s.threshold};
done:
    mem_free(s.labels);
    arena_free(a);
    return status;
}

ptg_status score_compare(const objective *o, const metric_input *rows_a, const metric_input *rows_b, const int32_t *group,
                         uint64_t seed, score_difference *out, ptg_error *err)
{
    if (rows_a->n != rows_b->n)
        return fail(err, PTG_ERROR_USAGE, "%lld rows cannot be compared with %lld; score both on the same rows.",
                    (long long)rows_a->n, (long long)rows_b->n);
    ptg_status status = PTG_OK;
    side sides[2] = {{.labels = NULL}, {.labels = NULL}};
    int32_t *part, n_parts;
    arena *a = arena_new();
    if (!a) return fail_memory(err);
    GO(side_make(o, rows_a, group, seed, &sides[0], err));
    GO(side_make(o, rows_b, group, seed, &sides[1], err));
    GO(find_groups(rows_a->n, group, seed, a, &part, &n_parts, err));
    GO(score_without(o, &sides[0], part, n_parts, a, err));
    GO(score_without(o, &sides[1], part, n_parts, a, err));
    for (int32_t p = 0; p < n_parts; p++)
        sides[0].without[p] -= sides[1].without[p];
    *out = (score_difference){.difference = sides[0].score - sides[1].score, .se = jackknife_error(sides[0].without, n_parts)};
done:
    mem_free(sides[0].labels);
    mem_free(sides[1].labels);
    arena_free(a);
    return status;
}
