/* Temperature scaling (Guo et al. 2017). With b = 1/T and z = log p the log loss sum of w (log sum exp(b z) - b z_true) is
 * convex in b, so Newton steps inside a bracket that each step's slope narrows find its minimum: b in [0.05, 20], halved where
 * a step leaves it. */
#include "evaluate/calibration.h"

#include <assert.h>
#include <math.h>

#include "base/memory.h"
#include "evaluate/metric_rows.h"
#include "numeric/split.h"

enum { PARTS = 5, STEPS = 60 };
static const double LEAST_POWER = 0.05, MOST_POWER = 20, SMALLEST = 1e-15;

bool calibration_suits(const objective *o)
{
    return o->metric == &metric_log_loss || o->metric == &metric_brier;
}

static double log_of(double p)
{
    return log(p < SMALLEST ? SMALLEST : p);
}

/* Logarithms of the probabilities of all classes, n x k; binary problems have two. */
typedef struct logits {
    int64_t n;
    int32_t k;
    double *z;
    const double *weight;
    const double *target;
} logits;

static void fill_logits(const metric_input *in, logits *l)
{
    for (int64_t i = 0; i < l->n; i++) {
        double *z = l->z + i * l->k;
        if (in->problem == PROBLEM_BINARY) {
            z[0] = log_of(1 - in->prediction[i]);
            z[1] = log_of(in->prediction[i]);
        } else {
            for (int32_t c = 0; c < l->k; c++)
                z[c] = log_of(in->prediction[i * l->k + c]);
        }
    }
}

/* Loss of one row at power b, with the first two derivatives. */
typedef struct slope {
    double loss, first, second;
} slope;

static slope row_slope(const double *z, int32_t k, int32_t truth, double b)
{
    double top = z[0], sum = 0, mean = 0, square = 0;
    for (int32_t c = 1; c < k; c++)
        if (z[c] > top) top = z[c];
    for (int32_t c = 0; c < k; c++) {
        double d = z[c] - top, e = exp(b * d);
        sum += e;
        mean += e * d;
        square += e * d * d;
    }
    mean /= sum;
    double d = z[truth] - top;
    return (slope){.loss = log(sum) - b * d, .first = mean - d, .second = square / sum - mean * mean};
}

/* Sums over the rows that are (`inside`) or are not of a part; part NULL takes all. */
typedef struct selection {
    const int32_t *part;
    int32_t number;
    bool inside;
} selection;

static slope sum_slope(const logits *l, selection s, double b, double *total)
{
    slope sum = {0, 0, 0};
    *total = 0;
    for (int64_t i = 0; i < l->n; i++) {
        double w = l->weight ? l->weight[i] : 1;
        if (!(w > 0) || (s.part && (s.part[i] == s.number) != s.inside)) continue;
        slope row = row_slope(l->z + i * l->k, l->k, (int32_t)l->target[i], b);
        sum.loss += w * row.loss;
        sum.first += w * row.first;
        sum.second += w * row.second;
        *total += w;
    }
    return sum;
}

static double best_power(const logits *l, selection s)
{
    double low = LEAST_POWER, high = MOST_POWER, b = 1, total;
    for (int step = 0; step < STEPS && high - low > 1e-9; step++) {
        slope at = sum_slope(l, s, b, &total);
        if (isnan(at.first) || at.first == 0) return at.first == 0 ? b : 1;
        if (at.first > 0)
            high = b;
        else
            low = b;
        double next = at.second > 0 ? b - at.first / at.second : low;
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        if (fabs(next - b) < 1e-10 * b) return next;
        b = next;
    }
    return b;
}

static ptg_status cross_fit(const logits *l, const int32_t *group, uint64_t seed, calibration *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    int32_t n_parts = 0, *part = mem_array(l->n, sizeof *part);
    double total = 0, after = 0, some;
    if (!part) return fail_memory(err);
    GO(split_parts(l->n, group, PARTS, seed, "calibration", part, &n_parts, err));
    for (int32_t p = 0; n_parts >= 2 && p < n_parts; p++) {
        double power = best_power(l, (selection){.part = part, .number = p, .inside = false});
        after += sum_slope(l, (selection){.part = part, .number = p, .inside = true}, power, &some).loss;
    }
    selection all = {.part = NULL};
    out->log_loss_before = sum_slope(l, all, 1, &total).loss / total;
    out->log_loss_after = n_parts >= 2 ? after / total : out->log_loss_before;
    if (out->log_loss_after < out->log_loss_before)
        out->temperature = 1 / best_power(l, all);
    else
        out->log_loss_after = out->log_loss_before;
done:
    mem_free(part);
    return status;
}

ptg_status calibration_fit(const metric_input *rows, const int32_t *group, uint64_t seed, calibration *out, ptg_error *err)
{
    *out = (calibration){.temperature = 1, .log_loss_before = NAN, .log_loss_after = NAN};
    if (rows->problem == PROBLEM_REGRESSION)
        return fail(err, PTG_ERROR_USAGE, "A regression has no probabilities to calibrate; leave calibration out.");
    logits l = {.n = rows->n,
                .k = rows->problem == PROBLEM_BINARY ? 2 : rows->n_classes,
                .weight = rows->weight,
                .target = rows->target};
    assert(l.k >= 2);
    if (l.n > INT64_MAX / l.k) return fail_memory(err);
    l.z = mem_array(l.n * l.k, sizeof *l.z);
    if (!l.z) return fail_memory(err);
    fill_logits(rows, &l);
    ptg_status status = cross_fit(&l, group, seed, out, err);
    mem_free(l.z);
    return status;
}

static double powered_binary(double p, double power)
{
    double difference = power * (log_of(1 - p) - log_of(p));
    return 1 / (1 + exp(difference));
}

static void powered_row(double *p, int32_t k, double power)
{
    double top = p[0], sum = 0;
    for (int32_t c = 1; c < k; c++)
        if (p[c] > top) top = p[c];
    top = log_of(top);
    for (int32_t c = 0; c < k; c++)
        sum += p[c] = exp(power * (log_of(p[c]) - top));
    for (int32_t c = 0; c < k; c++)
        p[c] /= sum;
}

void calibration_apply(double temperature, problem_type problem, int32_t n_classes, int64_t n, double *probability)
{
    if (temperature == 1 || problem == PROBLEM_REGRESSION) return;
    for (int64_t i = 0; i < n; i++) {
        if (problem == PROBLEM_BINARY)
            probability[i] = powered_binary(probability[i], 1 / temperature);
        else
            powered_row(probability + i * n_classes, n_classes, 1 / temperature);
    }
}

double probability_floor(int64_t training_rows)
{
    return 1 / (10 * (double)(training_rows > 0 ? training_rows : 1));
}

static void floor_row(double floor, int32_t k, double *p)
{
    double sum = 0;
    bool raised = false;
    for (int32_t c = 0; c < k; c++) {
        if (p[c] < floor) p[c] = floor, raised = true;
        sum += p[c];
    }
    for (int32_t c = 0; raised && c < k; c++)
        p[c] /= sum;
}

void probability_floor_apply(double floor, problem_type problem, int32_t n_classes, int64_t n, double *probability)
{
    if (problem == PROBLEM_REGRESSION) return;
    for (int64_t i = 0; i < n; i++) {
        double *p = &probability[i];
        if (problem == PROBLEM_MULTICLASS)
            floor_row(floor, n_classes, probability + i * n_classes);
        else if (*p < floor)
            *p = floor;
        else if (*p > 1 - floor)
            *p = 1 - floor;
    }
}
