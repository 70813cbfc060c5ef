/* Greedy ensemble selection (Caruana, Niculescu-Mizil, Crew & Ksikes 2004), with the habits of AutoGluon's: an incremental
 * mean, a kept prefix, scores rounded against noise. A round scores every member's mean with the sum so far; each lane of
 * threads has one buffer for that, so that nothing is allocated in between but what a metric sorts in. Log loss needs the
 * probability of the true class only: members are reduced to that one column, and logarithms are taken of products of 16 where
 * rows have equal weight. */
#include "tune/ensemble.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "numeric/split.h"

enum { HALF_ROWS = 10000, LEAST_HALF_ROWS = 500, HALF_NUMBERS = 8000000, PRODUCT = 16 };
static const double NOISE = 1e-6, SMALLEST_PROBABILITY = 1e-15;

void ensemble_mix(const double *const *predictions, const double *weights, int32_t n_members, int64_t n_values, double *out)
{
    for (int64_t i = 0; i < n_values; i++)
        out[i] = 0;
    for (int32_t j = 0; j < n_members; j++) {
        if (!(weights[j] > 0)) continue;
        for (int64_t i = 0; i < n_values; i++)
            out[i] += weights[j] * predictions[j][i];
    }
}

/* Some rows of a request, contiguous: what a selection works on. All memory is the arena's. */
typedef struct bench {
    const objective *objective;
    metric_input rows; /* without predictions */
    int32_t n_members;
    bool log_loss;          /* columns hold the probability of the true class, one number a row */
    int64_t n_values;       /* numbers a member */
    const double **columns; /* n_members x n_values */
    double *sum;            /* of the members chosen, n_values */
    double *gain;           /* of each candidate of a round */
    int32_t *count;         /* how often each member was chosen */
    int32_t size;           /* members chosen, with repetition */
    int32_t n_lanes;
    double **buffers; /* n_lanes x n_values */
} bench;

static void gather_column(const ensemble_request *r, const int64_t *rows, bench *b, const double *from, double *to)
{
    int32_t k = prediction_width(r->problem, r->n_classes);
    for (int64_t i = 0; i < b->rows.n; i++) {
        int64_t row = rows ? rows[i] : i;
        if (!b->log_loss)
            memcpy(to + i * k, from + row * k, (size_t)k * sizeof *to);
        else if (r->problem == PROBLEM_BINARY)
            to[i] = r->target[row] > 0.5 ? from[row] : 1 - from[row];
        else
            to[i] = from[row * k + (int64_t)r->target[row]];
    }
}

static ptg_status gather_rows(const ensemble_request *r, const int64_t *rows, arena *a, bench *b, ptg_error *err)
{
    double *target = arena_array(a, b->rows.n, sizeof *target);
    double *weight = arena_array(a, r->weight ? b->rows.n : 0, sizeof *weight);
    if (!target || !weight) return fail_memory(err);
    for (int64_t i = 0; i < b->rows.n; i++) {
        int64_t row = rows ? rows[i] : i;
        target[i] = r->target[row];
        if (r->weight) weight[i] = r->weight[row];
    }
    b->rows.target = target;
    b->rows.weight = r->weight ? weight : NULL;
    return PTG_OK;
}

static ptg_status gather_members(const ensemble_request *r, const int64_t *rows, arena *a, bench *b, ptg_error *err)
{
    for (int32_t j = 0; j < r->n_members; j++) {
        if (!rows && !b->log_loss) {
            b->columns[j] = r->predictions[j];
            continue;
        }
        double *column = arena_array(a, b->n_values, sizeof *column);
        if (!column) return fail_memory(err);
        gather_column(r, rows, b, r->predictions[j], column);
        b->columns[j] = column;
    }
    return PTG_OK;
}

/* `rows` NULL takes all n rows in place. */
static ptg_status bench_make(const ensemble_request *r, const int64_t *rows, int64_t n, int32_t n_lanes, arena *a, bench *b,
                             ptg_error *err)
{
    int32_t width = prediction_width(r->problem, r->n_classes);
    bool log_loss = strcmp(r->objective->metric->name, "log_loss") == 0;
    *b = (bench){.objective = r->objective,
                 .n_members = r->n_members,
                 .log_loss = log_loss,
                 .n_lanes = n_lanes,
                 .rows = {.problem = r->problem, .n_classes = r->n_classes, .n = n, .threshold = 0.5}};
    if (n > INT64_MAX / width) return fail_memory(err);
    b->n_values = log_loss ? n : n * width;
    b->columns = arena_array(a, r->n_members, sizeof *b->columns);
    b->sum = arena_array(a, b->n_values, sizeof *b->sum);
    b->gain = arena_array(a, r->n_members, sizeof *b->gain);
    b->count = arena_array(a, r->n_members, sizeof *b->count);
    b->buffers = arena_array(a, n_lanes, sizeof *b->buffers);
    if (!b->columns || !b->sum || !b->gain || !b->count || !b->buffers) return fail_memory(err);
    for (int32_t lane = 0; lane < n_lanes; lane++) {
        b->buffers[lane] = arena_array(a, b->n_values, sizeof **b->buffers);
        if (!b->buffers[lane]) return fail_memory(err);
    }
    TRY(gather_rows(r, rows, a, b, err));
    return gather_members(r, rows, a, b, err);
}

static double log_loss_of(const double *p, const double *weight, int64_t n)
{
    double sum = 0, total = 0;
    if (weight) {
        for (int64_t i = 0; i < n; i++) {
            if (!(weight[i] > 0)) continue;
            sum += weight[i] * log(p[i] < SMALLEST_PROBABILITY ? SMALLEST_PROBABILITY : p[i]);
            total += weight[i];
        }
        return -sum / total;
    }
    for (int64_t i = 0; i < n; i += PRODUCT) {
        int64_t end = i + PRODUCT < n ? i + PRODUCT : n;
        double product = 1;
        for (int64_t j = i; j < end; j++)
            product *= p[j] < SMALLEST_PROBABILITY ? SMALLEST_PROBABILITY : p[j];
        sum += log(product);
    }
    return -sum / (double)n;
}

/* The gain of predictions on the bench's rows, where thresholds are tuned at the best one. */
static ptg_status best_gain(const bench *b, const double *values, double *gain, double *threshold, ptg_error *err)
{
    bool memory_short = false;
    metric_input in = b->rows;
    *threshold = 0.5;
    if (b->log_loss) {
        *gain = -log_loss_of(values, in.weight, in.n);
        return PTG_OK;
    }
    in.prediction = values;
    in.memory_short = &memory_short;
    *gain = metric_gain(b->objective->metric, threshold_best_score(b->objective, &in, threshold));
    return memory_short ? fail_memory(err) : PTG_OK;
}

/* The gain at a threshold tuned elsewhere. */
static ptg_status gain_at(const bench *b, const double *values, double threshold, double *gain, ptg_error *err)
{
    bool memory_short = false;
    metric_input in = b->rows;
    if (b->log_loss) {
        *gain = -log_loss_of(values, in.weight, in.n);
        return PTG_OK;
    }
    in.prediction = values;
    in.threshold = threshold;
    in.memory_short = &memory_short;
    *gain = metric_gain(b->objective->metric, objective_score(b->objective, &in));
    return memory_short ? fail_memory(err) : PTG_OK;
}

static void mean_with(const bench *b, int32_t candidate, double *out)
{
    const double *column = b->columns[candidate], share = 1.0 / (b->size + 1);
    for (int64_t i = 0; i < b->n_values; i++)
        out[i] = (b->sum[i] + column[i]) * share;
}

/* One lane scores every n_lanes-th candidate; what a candidate scores does not depend on the lane. */
static ptg_status score_lane(void *context, int64_t lane, ptg_error *err)
{
    bench *b = context;
    for (int32_t j = (int32_t)lane; j < b->n_members; j += b->n_lanes) {
        double threshold;
        mean_with(b, j, b->buffers[lane]);
        TRY(best_gain(b, b->buffers[lane], &b->gain[j], &threshold, err));
    }
    return PTG_OK;
}

/* A gain on the grid of noise; NaN below everything. */
static double rounded(double gain, double unit)
{
    if (isnan(gain)) return -INFINITY;
    return unit > 0 && isfinite(gain) ? nearbyint(gain / unit) : gain;
}

static int32_t best_candidate(const bench *b, double unit)
{
    int32_t best = 0;
    for (int32_t j = 1; j < b->n_members; j++) {
        double here = rounded(b->gain[j], unit), there = rounded(b->gain[best], unit);
        if (here > there || (here == there && b->count[j] > 0 && b->count[best] == 0)) best = j;
    }
    return best;
}

static double noise_unit(const bench *b)
{
    double gain = b->gain[best_candidate(b, 0)];
    return isfinite(gain) ? NOISE * fabs(gain) : 0;
}

static void take(bench *b, int32_t j)
{
    for (int64_t i = 0; i < b->n_values; i++)
        b->sum[i] += b->columns[j][i];
    b->count[j]++;
    b->size++;
}

/* Fills weights; `single` gets the member that was best alone, `kept` the length of the best prefix. */
static ptg_status select_members(bench *b, int32_t rounds, pool *threads, arena *a, double *weights, int32_t *single,
                                 int32_t *kept, ptg_error *err)
{
    int32_t *picks = arena_array(a, rounds, sizeof *picks);
    double unit = 0, best = -INFINITY;
    if (!picks) return fail_memory(err);
    *kept = 0;
    for (int32_t r = 0; r < rounds; r++) {
        TRY(pool_run(threads, b->n_lanes, score_lane, b, err));
        if (r == 0) unit = noise_unit(b);
        picks[r] = best_candidate(b, unit);
        double gain = rounded(b->gain[picks[r]], unit);
        if (gain > best || (r == 0 && !isnan(b->gain[picks[r]]))) {
            best = gain;
            *kept = r + 1;
        }
        take(b, picks[r]);
    }
    *single = picks[0];
    for (int32_t j = 0; j < b->n_members; j++)
        weights[j] = 0;
    for (int32_t r = 0; r < *kept; r++)
        weights[picks[r]]++;
    for (int32_t j = 0; j < b->n_members; j++)
        weights[j] /= *kept > 0 ? *kept : 1;
    return PTG_OK;
}

static ptg_status check_request(const ensemble_request *r, ptg_error *err)
{
    assert(prediction_width(r->problem, r->n_classes) >= 1);
    if (r->n_members < 1 || r->n < 1)
        return fail(err, PTG_ERROR_USAGE, "An ensemble of %d members on %lld rows cannot be chosen; give at least one of each.",
                    (int)r->n_members, (long long)r->n);
    return PTG_OK;
}

static int32_t rounds_of(const ensemble_request *r)
{
    return r->rounds > 0 ? r->rounds : ENSEMBLE_ROUNDS;
}

static ptg_status score_choice(const ensemble_request *r, const double *weights, ensemble_choice *out, arena *a, ptg_error *err)
{
    int64_t n_values = r->n * prediction_width(r->problem, r->n_classes);
    double *mix = arena_array(a, n_values, sizeof *mix);
    if (!mix) return fail_memory(err);
    ensemble_mix(r->predictions, weights, r->n_members, n_values, mix);
    metric_input in = {.problem = r->problem,
                       .n_classes = r->n_classes,
                       .n = r->n,
                       .target = r->target,
                       .weight = r->weight,
                       .prediction = mix};
    bool memory_short = false;
    in.memory_short = &memory_short;
    out->score = threshold_best_score(r->objective, &in, &out->threshold);
    if (memory_short) return fail_memory(err);
    for (int32_t j = 0; j < r->n_members; j++)
        out->n_used += weights[j] > 0;
    return PTG_OK;
}

ptg_status ensemble_fit(const ensemble_request *request, double *weights, ensemble_choice *out, ptg_error *err)
{
    TRY(check_request(request, err));
    ptg_status status = PTG_OK;
    bench b;
    int32_t single, n_lanes = pool_threads(request->threads);
    arena *a = arena_new();
    if (!a) return fail_memory(err);
    *out = (ensemble_choice){0};
    if (n_lanes > request->n_members) n_lanes = request->n_members;
    GO(bench_make(request, NULL, request->n, n_lanes, a, &b, err));
    GO(select_members(&b, rounds_of(request), request->threads, a, weights, &single, &out->rounds, err));
    if (out->rounds == 0)
        GO(fail(err, PTG_ERROR_DATA,
                "No member of the ensemble has a %s on its %lld rows; choose another objective or a single model.",
                request->objective->metric->name, (long long)request->n));
    GO(score_choice(request, weights, out, a, err));
done:
    arena_free(a);
    return status;
}

/* One draw: rows of part 0 choose, rows of part 1 score. */
typedef struct draw {
    double difference; /* NaN where one of both has no score */
    int64_t half_rows;
} draw;

typedef struct judging {
    const ensemble_request *request;
    int32_t n_parts;
    draw draws[ENSEMBLE_DRAWS];
} judging;

static ptg_status rows_of_part(const int32_t *part, int64_t n, int32_t wanted, arena *a, row_list *out, ptg_error *err)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        count += part[i] == wanted;
    int64_t *rows = arena_array(a, count, sizeof *rows);
    if (!rows) return fail_memory(err);
    *out = (row_list){.rows = rows, .n = count};
    for (int64_t i = 0, at = 0; i < n; i++)
        if (part[i] == wanted) rows[at++] = i;
    return PTG_OK;
}

/* The gain on `there` of a mix whose threshold is tuned on `here`. */
static ptg_status gain_elsewhere(const bench *here, const bench *there, const double *weights, double *gain, ptg_error *err)
{
    double threshold;
    ensemble_mix(here->columns, weights, here->n_members, here->n_values, here->buffers[0]);
    TRY(best_gain(here, here->buffers[0], gain, &threshold, err));
    ensemble_mix(there->columns, weights, there->n_members, there->n_values, there->buffers[0]);
    return gain_at(there, there->buffers[0], threshold, gain, err);
}

static ptg_status judge_halves(const ensemble_request *r, row_list choosing, row_list scoring, arena *a, draw *out,
                               ptg_error *err)
{
    bench here, there;
    int32_t single, kept;
    double *weights = arena_array(a, r->n_members, sizeof *weights);
    if (!weights) return fail_memory(err);
    TRY(bench_make(r, choosing.rows, choosing.n, 1, a, &here, err));
    TRY(bench_make(r, scoring.rows, scoring.n, 1, a, &there, err));
    TRY(select_members(&here, rounds_of(r), NULL, a, weights, &single, &kept, err));
    if (kept == 0) return PTG_OK;
    double mixed, alone;
    TRY(gain_elsewhere(&here, &there, weights, &mixed, err));
    for (int32_t j = 0; j < r->n_members; j++)
        weights[j] = j == single;
    TRY(gain_elsewhere(&here, &there, weights, &alone, err));
    out->difference = mixed - alone;
    out->half_rows = choosing.n > scoring.n ? choosing.n : scoring.n;
    return PTG_OK;
}

static ptg_status judge_draw(void *context, int64_t number, ptg_error *err)
{
    judging *j = context;
    const ensemble_request *r = j->request;
    ptg_status status = PTG_OK;
    char purpose[40];
    row_list choosing, scoring;
    int32_t n_made, *part;
    arena *a = arena_new();
    if (!a) return fail_memory(err);
    j->draws[number].difference = NAN;
    part = arena_array(a, r->n, sizeof *part);
    if (!part) GO(fail_memory(err));
    snprintf(purpose, sizeof purpose, "ensemble/%d", (int)number);
    GO(split_parts(r->n, r->group, j->n_parts, r->seed, purpose, part, &n_made, err));
    if (n_made < 2) goto done;
    GO(rows_of_part(part, r->n, 0, a, &choosing, err));
    GO(rows_of_part(part, r->n, 1, a, &scoring, err));
    GO(judge_halves(r, choosing, scoring, a, &j->draws[number], err));
done:
    arena_free(a);
    return status;
}

/* An even number of parts, so small that each holds no more rows than a half may. */
static int32_t parts_of(const ensemble_request *r)
{
    int64_t numbers = (int64_t)r->n_members * prediction_width(r->problem, r->n_classes), rows = HALF_NUMBERS / numbers;
    if (rows > HALF_ROWS) rows = HALF_ROWS;
    if (rows < LEAST_HALF_ROWS) rows = LEAST_HALF_ROWS;
    return (int32_t)(2 * ((r->n + 2 * rows - 1) / (2 * rows)));
}

static void summarise(const judging *j, ensemble_judgement *out)
{
    double sum = 0, squares = 0;
    *out = (ensemble_judgement){0};
    for (int32_t d = 0; d < ENSEMBLE_DRAWS; d++) {
        if (!isfinite(j->draws[d].difference)) continue;
        sum += j->draws[d].difference;
        out->draws++;
        if (j->draws[d].half_rows > out->half_rows) out->half_rows = j->draws[d].half_rows;
    }
    out->mean = out->draws > 0 ? sum / out->draws : NAN;
    for (int32_t d = 0; d < ENSEMBLE_DRAWS; d++) {
        double away = j->draws[d].difference - out->mean;
        if (isfinite(away)) squares += away * away;
    }
    out->se = out->draws > 1 ? sqrt((1.0 / out->draws + 1) * squares / (out->draws - 1)) : NAN;
}

ptg_status ensemble_judge(const ensemble_request *request, ensemble_judgement *out, ptg_error *err)
{
    TRY(check_request(request, err));
    judging j = {.request = request, .n_parts = parts_of(request)};
    TRY(pool_run(request->threads, ENSEMBLE_DRAWS, judge_draw, &j, err));
    summarise(&j, out);
    return PTG_OK;
}
