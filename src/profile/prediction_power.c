/* Prediction power: five folds; a code of n training rows predicts (sum + 10 * overall) / (n + 10). A fold's training sums are
 * the sums of all rows less those of the fold, so that a column costs two passes. Texts: naive Bayes on hashed words (McCallum
 * & Nigam 1998), with the evidence divided by the square root of the number of words, as words are not independent. */
#include "profile/prediction_power.h"

#include <math.h>

#include "base/memory.h"
#include "numeric/split.h"
#include "profile/power_codes.h"
#include "profile/power_score.h"

#define SHRINKAGE 10.0

const char *const power_model_names[4] = {NULL, "bins", "levels", "words"};

/* Centres and scales a regression target, so that no square overflows. */
static void scale_target(power_target *t)
{
    double mean = 0, largest = 0;
    for (int64_t i = 0; i < t->n; ++i)
        mean += t->y[i] / (double)t->n;
    for (int64_t i = 0; i < t->n; ++i)
        largest = fmax(largest, fabs(t->y[i] / 2 - mean / 2));
    for (int64_t i = 0; i < t->n && largest > 0; ++i)
        t->y[i] = (t->y[i] / 2 - mean / 2) / largest;
}

static void add_row(const power_target *t, double *sums, int64_t code, int64_t i)
{
    double *at = sums + code * t->width;
    if (t->problem == PROBLEM_REGRESSION) {
        at[0] += 1;
        at[1] += t->y[i];
    } else {
        at[(int64_t)t->y[i]] += 1;
    }
}

/* Priors of all folds: sums of all parts less those of the fold; half a row is added to each class, so that no share is 0. */
static ptg_status find_priors(arena *a, power_target *t, ptg_error *err)
{
    double *parts = arena_array(a, (POWER_FOLDS + 1) * t->width, sizeof *parts);
    t->prior = arena_array(a, POWER_FOLDS * t->width, sizeof *t->prior);
    t->log_prior = arena_array(a, POWER_FOLDS * t->width, sizeof *t->log_prior);
    if (parts == NULL || t->prior == NULL || t->log_prior == NULL) return fail_memory(err);
    for (int32_t part = 0; part <= POWER_FOLDS; ++part) {
        for (int64_t i = t->start[part]; i < t->start[part + 1]; ++i)
            add_row(t, parts, part, i);
    }
    for (int32_t fold = 0; fold < POWER_FOLDS; ++fold) {
        const double n = (double)(t->n - (t->start[fold + 1] - t->start[fold]));
        for (int64_t k = 0; k < t->width; ++k) {
            double sum = 0;
            for (int32_t part = 0; part <= POWER_FOLDS; ++part)
                sum += part == fold ? 0 : parts[part * t->width + k];
            const double share = t->problem == PROBLEM_REGRESSION ? sum / n : (sum + 0.5) / (n + 0.5 * (double)t->width);
            t->prior[fold * t->width + k] = share;
            t->log_prior[fold * t->width + k] = t->problem == PROBLEM_REGRESSION ? 0 : log(share);
        }
    }
    return PTG_OK;
}

static void order_by_fold(const double *target, const split *s, power_target *out)
{
    int64_t at = 0;
    for (int32_t part = 0; part <= POWER_FOLDS; ++part) {
        const int32_t wanted = part < POWER_FOLDS ? part : SPLIT_ALWAYS_TRAIN;
        out->start[part] = at;
        for (int64_t i = 0; i < s->n_rows; ++i) {
            if (s->fold[i] != wanted) continue;
            out->rows[at] = i;
            out->y[at++] = target[i];
        }
    }
    out->start[POWER_FOLDS + 1] = at;
}

/* Stratified by class, unless every class has fewer rows than folds: then by the order of classes, as if they were numbers. */
static problem_type strata_of(const profile_facts *facts)
{
    for (int32_t k = 0; k < facts->n_classes; ++k) {
        if (facts->class_counts[k] >= POWER_FOLDS) return facts->problem;
    }
    return PROBLEM_REGRESSION;
}

ptg_status power_target_make(const profile_facts *facts, uint64_t seed, power_target *out, ptg_error *err)
{
    const int64_t n = facts->n_labelled;
    *out = (power_target){.problem = facts->problem,
                          .n_classes = facts->n_classes,
                          .n = n,
                          .width = facts->problem == PROBLEM_REGRESSION ? 2 : facts->n_classes};
    out->rows = arena_array(facts->memory, n, sizeof *out->rows);
    out->y = arena_array(facts->memory, n, sizeof *out->y);
    if (out->rows == NULL || out->y == NULL) return fail_memory(err);
    split folds = {0};
    TRY(split_make(&(split_request){.problem = strata_of(facts),
                                    .n_classes = facts->n_classes,
                                    .n_rows = facts->n_rows,
                                    .target = facts->target_values,
                                    .n_folds = POWER_FOLDS,
                                    .seed = seed},
                   &folds, err));
    order_by_fold(facts->target_values, &folds, out);
    split_clear(&folds);
    if (facts->problem == PROBLEM_REGRESSION) scale_target(out);
    return find_priors(facts->memory, out, err);
}

/* Sums a code: of all rows, and of the fold that is held out; and that fold's prior. */
typedef struct power_sums {
    int64_t width;
    double *all, *held;
    double *rows; /* training rows of each code in this fold */
    const double *prior, *log_prior;
    score_group *groups;
} power_sums;

static void power_sums_clear(power_sums *s)
{
    mem_free(s->all);
    mem_free(s->held);
    mem_free(s->rows);
    mem_free(s->groups);
}

static ptg_status power_sums_make(int64_t n_codes, int64_t n_groups, const power_target *t, power_sums *s, ptg_error *err)
{
    s->width = t->width;
    s->all = mem_array(n_codes, sizeof(double) * (size_t)s->width);
    s->held = mem_array(n_codes, sizeof(double) * (size_t)s->width);
    s->rows = mem_array(n_codes, sizeof *s->rows);
    s->groups = mem_array(n_groups, sizeof *s->groups);
    if (s->all != NULL && s->held != NULL && s->rows != NULL && s->groups != NULL) return PTG_OK;
    power_sums_clear(s);
    return fail_memory(err);
}

static void clear_held(const power_sums *s, int64_t n_codes)
{
    for (int64_t i = 0; i < n_codes * s->width; ++i)
        s->held[i] = 0;
}

/* Starts a fold: nothing held out yet, and its prior. */
static void start_fold(const power_target *t, int32_t fold, int64_t n_codes, power_sums *s)
{
    clear_held(s, n_codes);
    s->prior = t->prior + fold * t->width;
    s->log_prior = t->log_prior + fold * t->width;
}

/* Training rows of each code: regression counts them, else they are the sum over the classes. */
static void count_rows(const power_target *t, int64_t n_codes, const power_sums *s)
{
    const int64_t width = t->problem == PROBLEM_REGRESSION ? 1 : s->width;
    for (int64_t code = 0; code < n_codes; ++code) {
        const double *all = s->all + code * s->width, *held = s->held + code * s->width;
        double n = 0;
        for (int64_t k = 0; k < width; ++k)
            n += all[k] - held[k];
        s->rows[code] = n;
    }
}

/* What a code predicts for member k of its sums (class k; 1 = mean). */
static double code_prediction(const power_sums *s, int64_t code, int64_t k)
{
    const int64_t at = code * s->width + k;
    return (s->all[at] - s->held[at] + SHRINKAGE * s->prior[k]) / (s->rows[code] + SHRINKAGE);
}

/* Folds of a binary problem: mean of AUC, and variances added. */
typedef struct auc_sums {
    int32_t n;
    double auc, variance;
} auc_sums;

static void auc_sums_add(auc_sums *s, auc_estimate e)
{
    if (isnan(e.auc)) return;
    ++s->n;
    s->auc += e.auc;
    s->variance += e.variance;
}

typedef struct power_judge {
    auc_sums auc;
    loss_sums loss;
} power_judge;

static void judge_end(const power_judge *j, problem_type problem, prediction_power *out)
{
    if (problem == PROBLEM_BINARY) {
        out->raw = j->auc.n > 0 ? 2 * j->auc.auc / j->auc.n - 1 : NAN;
        out->se = j->auc.n > 0 ? 2 * sqrt(j->auc.variance) / j->auc.n : NAN;
    } else {
        loss_sums_score(&j->loss, &out->raw, &out->se);
    }
    out->power = isnan(out->raw) ? NAN : fmin(1, fmax(0, out->raw));
}

static void judge_codes_binary(const power_codes *c, const power_sums *s, power_judge *j)
{
    int64_t n = 0;
    for (int64_t code = 0; code < c->n_codes; ++code) {
        const double *held = s->held + 2 * code;
        if (held[0] + held[1] == 0) continue;
        s->groups[n++] = (score_group){.score = code_prediction(s, code, 1), .positive = held[1], .negative = held[0]};
    }
    auc_sums_add(&j->auc, auc_of_groups(s->groups, n));
}

static void judge_codes_loss(const power_target *t, const power_codes *c, int32_t fold, const power_sums *s, power_judge *j)
{
    for (int64_t i = t->start[fold]; i < t->start[fold + 1]; ++i) {
        const int64_t code = c->codes[i];
        if (t->problem == PROBLEM_REGRESSION) {
            const double error = t->y[i] - code_prediction(s, code, 1), base = t->y[i] - s->prior[1];
            loss_sums_add(&j->loss, error * error, base * base);
        } else {
            const int64_t k = (int64_t)t->y[i];
            loss_sums_add(&j->loss, -log(code_prediction(s, code, k)), -s->log_prior[k]);
        }
    }
}

static ptg_status judge_codes(const power_target *t, const power_codes *c, power_model model, prediction_power *out,
                              ptg_error *err)
{
    power_sums s = {0};
    power_judge j = {0};
    TRY(power_sums_make(c->n_codes, c->n_codes, t, &s, err));
    for (int64_t i = 0; i < t->n; ++i)
        add_row(t, s.all, c->codes[i], i);
    for (int32_t fold = 0; fold < POWER_FOLDS; ++fold) {
        start_fold(t, fold, c->n_codes, &s);
        for (int64_t i = t->start[fold]; i < t->start[fold + 1]; ++i)
            add_row(t, s.held, c->codes[i], i);
        count_rows(t, c->n_codes, &s);
        if (t->problem == PROBLEM_BINARY) {
            judge_codes_binary(c, &s, &j);
        } else {
            judge_codes_loss(t, c, fold, &s, &j);
        }
    }
    power_sums_clear(&s);
    out->model = model;
    judge_end(&j, t->problem, out);
    return PTG_OK;
}

static void add_words(const power_target *t, const power_words *w, double *sums, int64_t i)
{
    for (int64_t k = w->start[i]; k < w->start[i + 1]; ++k)
        add_row(t, sums, w->buckets[k], i);
}

/* Turns the held-out sums, when they are no longer needed, into the log of each word's share of its class's training words. */
static void take_logs(const power_words *w, const power_sums *s, const double *totals)
{
    for (int64_t b = 0; b < w->n_buckets; ++b) {
        for (int64_t k = 0; k < s->width; ++k) {
            const int64_t at = b * s->width + k;
            s->held[at] = log((s->all[at] - s->held[at] + 0.5) / (totals[k] + 0.5 * w->n_buckets));
        }
    }
}

/* Log of the (not normalised) probability of class k for row i. */
static double class_evidence(const power_words *w, const power_sums *s, int64_t i, int64_t k)
{
    const int64_t n = w->start[i + 1] - w->start[i];
    double sum = 0;
    for (int64_t j = w->start[i]; j < w->start[i + 1]; ++j)
        sum += s->held[w->buckets[j] * s->width + k];
    return s->log_prior[k] + (n > 0 ? sum / sqrt((double)n) : 0);
}

/* -log of the probability of row i's own class. */
static double words_loss(const power_target *t, const power_words *w, const power_sums *s, int64_t i, double *evidence)
{
    double largest = -INFINITY, sum = 0;
    for (int64_t k = 0; k < s->width; ++k) {
        evidence[k] = class_evidence(w, s, i, k);
        largest = fmax(largest, evidence[k]);
    }
    for (int64_t k = 0; k < s->width; ++k)
        sum += exp(evidence[k] - largest);
    return log(sum) + largest - evidence[(int64_t)t->y[i]];
}

/* Mean of the shrunk means of a row's words. */
static double words_mean(const power_words *w, const power_sums *s, int64_t i)
{
    const int64_t n = w->start[i + 1] - w->start[i];
    double sum = 0;
    for (int64_t j = w->start[i]; j < w->start[i + 1]; ++j) {
        const int64_t code = w->buckets[j];
        sum += code_prediction(s, code, 1);
    }
    return n > 0 ? sum / (double)n : s->prior[1];
}

static void judge_words_fold(const power_target *t, const power_words *w, int32_t fold, const power_sums *s, double *totals,
                             power_judge *j)
{
    const int64_t from = t->start[fold], to = t->start[fold + 1];
    double *evidence = totals + s->width;
    if (t->problem != PROBLEM_REGRESSION) take_logs(w, s, totals);
    for (int64_t i = from; i < to; ++i) {
        if (t->problem == PROBLEM_BINARY) {
            const double score = class_evidence(w, s, i, 1) - class_evidence(w, s, i, 0);
            s->groups[i - from] = (score_group){.score = score, .positive = t->y[i], .negative = 1 - t->y[i]};
        } else if (t->problem == PROBLEM_REGRESSION) {
            const double error = t->y[i] - words_mean(w, s, i), base = t->y[i] - s->prior[1];
            loss_sums_add(&j->loss, error * error, base * base);
        } else {
            loss_sums_add(&j->loss, words_loss(t, w, s, i, evidence), -s->log_prior[(int64_t)t->y[i]]);
        }
    }
    if (t->problem == PROBLEM_BINARY) auc_sums_add(&j->auc, auc_of_groups(s->groups, to - from));
}

static void count_words(const power_words *w, const power_sums *s, double *totals)
{
    for (int64_t k = 0; k < s->width; ++k)
        totals[k] = 0;
    for (int64_t b = 0; b < w->n_buckets; ++b) {
        for (int64_t k = 0; k < s->width; ++k)
            totals[k] += s->all[b * s->width + k] - s->held[b * s->width + k];
    }
}

static ptg_status judge_words(const power_target *t, const power_words *w, prediction_power *out, ptg_error *err)
{
    power_sums s = {0};
    power_judge j = {0};
    TRY(power_sums_make(w->n_buckets, t->n, t, &s, err));
    double *totals = mem_array(2 * s.width, sizeof *totals);
    for (int64_t i = 0; i < t->n && totals != NULL; ++i)
        add_words(t, w, s.all, i);
    for (int32_t fold = 0; fold < POWER_FOLDS && totals != NULL; ++fold) {
        start_fold(t, fold, w->n_buckets, &s);
        for (int64_t i = t->start[fold]; i < t->start[fold + 1]; ++i)
            add_words(t, w, s.held, i);
        count_rows(t, w->n_buckets, &s);
        count_words(w, &s, totals);
        judge_words_fold(t, w, fold, &s, totals, &j);
    }
    power_sums_clear(&s);
    if (totals == NULL) return fail_memory(err);
    mem_free(totals);
    out->model = POWER_WORDS;
    judge_end(&j, t->problem, out);
    return PTG_OK;
}

static ptg_status measure_words(const column *c, const power_target *t, prediction_power *out, ptg_error *err)
{
    power_words words = {0};
    ptg_status status = power_words_make(c, t, &words, err);
    if (status == PTG_OK) status = judge_words(t, &words, out, err);
    power_words_clear(&words);
    return status;
}

static ptg_status measure_levels(const column *c, const power_target *t, prediction_power *out, ptg_error *err)
{
    power_codes codes = {0};
    ptg_status status = power_codes_levels(c, t, &codes, err);
    if (status == PTG_OK) status = judge_codes(t, &codes, POWER_LEVELS, out, err);
    power_codes_clear(&codes);
    return status;
}

static ptg_status measure_bins(const column *c, const double *sorted, int64_t n_sorted, const power_target *t,
                               prediction_power *out, ptg_error *err)
{
    power_codes codes = {0};
    ptg_status status = power_codes_bins(c, sorted, n_sorted, t, &codes, err);
    if (status == PTG_OK) status = judge_codes(t, &codes, POWER_BINS, out, err);
    power_codes_clear(&codes);
    return status;
}

/* Whole numbers that repeat may be codes of categories; they are tried as levels too. */
static bool may_be_codes(const column *c, const column_statistics *s)
{
    return c->type == COLUMN_NUMERIC && s->numbers.integers && s->distinct > POWER_BINS_MOST && s->distinct * 2 <= s->valid;
}

ptg_status power_measure(const frame *f, int32_t column_at, const column_statistics *statistics, const double *sorted,
                         int64_t n_sorted, const power_target *t, prediction_power *out, ptg_error *err)
{
    const column *c = frame_column(f, column_at);
    if (t->n_classes > POWER_CLASSES_MOST) return PTG_OK;
    if (c->type == COLUMN_CATEGORICAL) return measure_levels(c, t, out, err);
    if (c->type == COLUMN_TEXT || c->type == COLUMN_SEQUENCE) return measure_words(c, t, out, err);
    TRY(measure_bins(c, sorted, n_sorted, t, out, err));
    if (!may_be_codes(c, statistics)) return PTG_OK;
    prediction_power levels = {0};
    TRY(measure_levels(c, t, &levels, err));
    if (levels.raw > out->raw) *out = levels;
    return PTG_OK;
}
