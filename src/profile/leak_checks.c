/* Suspects come from measures that cost one pass; the small model then says whether all other columns together come near what a
 * suspect does alone. A strong honest predictor fails that proof, or has no suspicious shape to begin with. */
#include "profile/leak_checks.h"

#include <math.h>

#include "numeric/order.h"
#include "profile/check_material.h"
#include "profile/class_counts.h"
#include "profile/leak_sum.h"
#include "profile/missing_patterns.h"
#include "profile/rank_correlation.h"

const char *const leak_kind_names[4] = {"copy", "near", "certain", "reading"};

#define COPY_RANK 0.999 /* |Spearman|, where next to no step goes the wrong way: values may be rounded, but have no error */
#define COPY_TURNS 0.02 /* steps the wrong way, over all */
#define COPY_RANK_SURE 0.99999  /* |Spearman| of a copy all the same: an error of less than a two-hundredth of the deviation */
#define COPY_IMPURITY 0.02      /* rows that disagree, over rows outside the largest class */
#define SPOILED_COPY 0.15       /* the same for a copy with errors: one value a class is proof enough */
#define NEAR_POWER 0.94         /* 2 AUC - 1, R2 */
#define NEAR_POWER_CLASSES 0.85 /* share of the log loss of several classes, which is harder to come by */
#define NEAR_SURE 0.975         /* beyond, nobody has to come near: honest single columns do not get there */
#define NEAR_REST 3             /* the others leave so many times as much unexplained as the suspect alone */
#define CERTAIN_LEVELS 0.2      /* share of rows, for levels without an order */
#define CERTAIN_ORDERED 0.05    /* and at least three times what is expected */
#define CERTAIN_GAIN 0.05
#define CERTAIN_GAIN_LEAST 0.02 /* where little is left to gain: */
#define CERTAIN_REST 1.5        /* the others leave so many times as much unexplained as all do */
#define READING_POWER 0.7
#define READING_REST 2
#define READING_SLOPE 0.05
#define READING_SHIFT 0.25 /* of the target's standard deviation */
#define MOST_NEAR 5        /* more columns that nearly determine the target are views of an easy target, not leaks */
#define LEAST_ROWS 50
#define SURE 4 /* standard errors */

static void add_suspect(leak_checks *out, leak_suspect found)
{
    if (out->n_suspects < LEAK_SUSPECTS_MOST) out->suspects[out->n_suspects++] = found;
}

/* ---- classes */

/* Counts the codes of a small column against the classes of the target. Words have no single code. */
static ptg_status count_codes(const check_material *m, const small_column *c, class_counts *out, ptg_error *err)
{
    TRY(class_counts_make(c->listed ? c->n_codes : SMALL_BINS, m->facts->n_classes, out, err));
    for (int64_t i = 0; i < m->table.n; ++i) {
        const int32_t code = c->listed ? c->codes[c->start[i]] : c->bins[i];
        class_counts_add(out, code, (int32_t)m->facts->target_values[m->table.rows[i]]);
    }
    return PTG_OK;
}

static bool has_codes(const check_material *m, const small_column *c)
{
    const column_type type = frame_column(m->f, c->at)->type;
    const bool few = !c->listed || (int64_t)c->n_codes * m->facts->n_classes <= INT64_C(4) * SMALL_ROWS_MOST;
    return type != COLUMN_TEXT && type != COLUMN_SEQUENCE && few;
}

/* What the shape of a column against classes makes of it: a copy, a maker of certainty, or nothing. */
static bool suspect_shape(const check_material *m, const small_column *c, const class_counts *counts, leak_suspect *out)
{
    const double agreement = class_counts_agreement(counts), impurity = class_counts_impurity(counts);
    *out = (leak_suspect){.at = c->at, .kind = LEAK_COPY, .measure = agreement, .expected = NAN, .confirmed = true};
    if (!isnan(agreement) && 1 - agreement <= COPY_IMPURITY * impurity) return true;
    out->kind = LEAK_NEAR;
    if (!isnan(agreement) && 1 - agreement <= SPOILED_COPY * impurity) return true;
    const bool ordered = !c->listed && frame_column(m->f, c->at)->type != COLUMN_CATEGORICAL;
    const class_certainty certain = class_counts_certainty(counts, ordered);
    *out = (leak_suspect){.at = c->at, .kind = LEAK_CERTAIN, .measure = certain.share, .expected = certain.expected};
    if (!ordered) return certain.share >= CERTAIN_LEVELS;
    return certain.share >= CERTAIN_ORDERED && certain.share >= 3 * certain.expected;
}

static double near_power(const check_material *m)
{
    return m->facts->problem == PROBLEM_MULTICLASS ? NEAR_POWER_CLASSES : NEAR_POWER;
}

static double power_of(const check_material *m, int32_t at)
{
    const double power = m->facts->columns[at].power.power;
    return isnan(power) ? 0 : power;
}

/* A text is many words: a model of it is no single column that tells all. */
static bool is_one_value(const check_material *m, int32_t at)
{
    const column_type type = frame_column(m->f, at)->type;
    return type != COLUMN_TEXT && type != COLUMN_SEQUENCE;
}

static ptg_status suspect_of_classes(const check_material *m, const small_column *c, leak_checks *out, ptg_error *err)
{
    leak_suspect found = {0};
    bool suspected = false;
    if (has_codes(m, c)) {
        class_counts counts = {0};
        TRY(count_codes(m, c, &counts, err));
        suspected = suspect_shape(m, c, &counts, &found);
        class_counts_clear(&counts);
    }
    const double power = power_of(m, c->at);
    if (power >= near_power(m) && is_one_value(m, c->at) && !(suspected && found.kind != LEAK_CERTAIN)) {
        found = (leak_suspect){.at = c->at, .kind = LEAK_NEAR, .measure = power, .expected = NAN};
        suspected = true;
    }
    if (suspected) add_suspect(out, found);
    return PTG_OK;
}

/* ---- numbers */

typedef struct number_pair {
    int64_t n;
    double *x, *y; /* rows where both are finite */
} number_pair;

static ptg_status pair_make(const check_material *m, int32_t at, number_pair *out, ptg_error *err)
{
    const double *numbers = frame_column(m->f, at)->numbers;
    out->n = 0;
    out->x = mem_array(m->table.n, 2 * sizeof(double));
    if (out->x == NULL) return fail_memory(err);
    out->y = out->x + m->table.n;
    for (int64_t i = 0; i < m->table.n; ++i) {
        const double x = numbers[m->table.rows[i]], y = m->facts->target_values[m->table.rows[i]];
        if (!isfinite(x) || !isfinite(y)) continue;
        out->x[out->n] = x;
        out->y[out->n++] = y;
    }
    return PTG_OK;
}

typedef struct line {
    double slope, r2, shift; /* shift: difference of the means, in standard deviations of y */
} line;

static line fit_line(const number_pair *p)
{
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (int64_t i = 0; i < p->n; ++i) {
        mx += p->x[i] / (double)p->n;
        my += p->y[i] / (double)p->n;
    }
    for (int64_t i = 0; i < p->n; ++i) {
        const double dx = p->x[i] - mx, dy = p->y[i] - my;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    if (!(xx > 0) || !(yy > 0) || !isfinite(xx) || !isfinite(yy)) return (line){0};
    return (line){.slope = xy / xx, .r2 = xy * xy / xx / yy, .shift = fabs(mx - my) / sqrt(yy / (double)p->n)};
}

/* Both count in whole units: minutes, cents, pieces. Other numbers may have slope 1 by being scaled. */
static bool same_unit(const check_material *m, int32_t at)
{
    return m->facts->columns[at].statistics.numbers.integers && m->facts->columns[m->facts->target].statistics.numbers.integers;
}

/* Steps along x on which y goes against the sign, over all on which both change. */
static ptg_status wrong_turns(const number_pair *p, bool rising, double *share, ptg_error *err)
{
    order_item *items = mem_array(p->n, 2 * sizeof *items);
    int64_t steps = 0, wrong = 0;
    if (items == NULL) return fail_memory(err);
    for (int64_t i = 0; i < p->n; ++i)
        items[i] = (order_item){.key = order_key(p->x[i]), .row = i};
    order_sort(items, items + p->n, p->n);
    for (int64_t i = 1; i < p->n; ++i) {
        const double before = p->y[items[i - 1].row], now = p->y[items[i].row];
        if (items[i - 1].key == items[i].key || before == now) continue;
        ++steps;
        wrong += (now > before) != rising;
    }
    *share = steps > 0 ? (double)wrong / (double)steps : 1;
    mem_free(items);
    return PTG_OK;
}

static ptg_status is_copy(const number_pair *p, double rank, bool *copy, ptg_error *err)
{
    double turns = 0;
    *copy = fabs(rank) >= COPY_RANK_SURE;
    if (*copy || fabs(rank) < COPY_RANK) return PTG_OK;
    TRY(wrong_turns(p, rank > 0, &turns, err));
    *copy = turns <= COPY_TURNS;
    return PTG_OK;
}

static bool suspect_pair(const check_material *m, int32_t at, number_pair *p, double rank, bool copy, leak_suspect *out)
{
    const line fitted = fit_line(p);
    const double alone = fmax(fitted.r2, power_of(m, at));
    *out = (leak_suspect){.at = at, .kind = LEAK_COPY, .measure = rank, .expected = NAN, .confirmed = true};
    if (copy) return true;
    *out = (leak_suspect){.at = at, .kind = LEAK_NEAR, .measure = alone, .expected = NAN};
    if (alone >= near_power(m)) return true;
    out->kind = LEAK_READING;
    return alone >= READING_POWER && fabs(fitted.slope - 1) <= READING_SLOPE && fitted.shift <= READING_SHIFT &&
           same_unit(m, at);
}

static ptg_status suspect_of_numbers(const check_material *m, const small_column *c, leak_checks *out, ptg_error *err)
{
    leak_suspect found = {.at = c->at, .kind = LEAK_NEAR, .measure = power_of(m, c->at), .expected = NAN};
    bool suspected = found.measure >= near_power(m) && is_one_value(m, c->at);
    if (frame_column(m->f, c->at)->type == COLUMN_NUMERIC) {
        number_pair pair;
        double rank = 0;
        bool copy = false;
        TRY(pair_make(m, c->at, &pair, err));
        const bool enough = pair.n >= LEAST_ROWS;
        ptg_status status = enough ? rank_correlation(pair.x, pair.y, pair.n, &rank, err) : PTG_OK;
        if (status == PTG_OK && enough) status = is_copy(&pair, rank, &copy, err);
        suspected = status == PTG_OK && enough && suspect_pair(m, c->at, &pair, fabs(rank), copy, &found);
        mem_free(pair.x);
        TRY(status);
    }
    if (suspected) add_suspect(out, found);
    return PTG_OK;
}

static bool is_suspect(const leak_checks *l, int32_t at)
{
    for (int32_t k = 0; k < l->n_suspects; ++k) {
        if (l->suspects[k].at == at) return true;
    }
    return false;
}

/* Only features that the job would use: a group or a time that was named is known to the user. */
static ptg_status find_suspects(const check_material *m, leak_checks *out, ptg_error *err)
{
    for (int32_t k = 0; k < m->n_base; ++k) {
        const small_column *c = &m->table.columns[k];
        if (m->facts->columns[c->at].role != ROLE_FEATURE || is_suspect(out, c->at)) continue;
        if (m->facts->problem == PROBLEM_REGRESSION) {
            TRY(suspect_of_numbers(m, c, out, err));
        } else {
            TRY(suspect_of_classes(m, c, out, err));
        }
    }
    return PTG_OK;
}

/* ---- missing cells */

static ptg_status missing_strength(const check_material *m, const column *c, leak_missing *out, ptg_error *err)
{
    const profile_facts *facts = m->facts;
    const bool classes = facts->problem != PROBLEM_REGRESSION;
    class_counts counts = {0};
    number_pair p = {.x = mem_array(m->table.n, 2 * sizeof(double))};
    if (p.x == NULL) return fail_memory(err);
    p.y = p.x + m->table.n;
    const double middle = facts->columns[facts->target].statistics.numbers.quantiles[QUANTILE_P50];
    ptg_status status = class_counts_make(2, classes ? facts->n_classes : 2, &counts, err);
    for (int64_t i = 0; i < m->table.n && status == PTG_OK; ++i) {
        const int64_t row = m->table.rows[i];
        const bool missing = cell_is_missing(c, row);
        p.x[i] = missing;
        p.y[i] = m->table.y[i];
        class_counts_add(&counts, missing, classes ? (int32_t)facts->target_values[row] : p.y[i] > middle);
    }
    if (status == PTG_OK) {
        p.n = m->table.n;
        out->share = (double)counts.codes[1] / (double)m->table.n;
        out->strength = fmax(class_counts_cramer(&counts), classes ? 0 : sqrt(fit_line(&p).r2));
    }
    class_counts_clear(&counts);
    mem_free(p.x);
    return status;
}

static void rank_missing(leak_checks *out, leak_missing found)
{
    int32_t at = out->n_missing;
    while (at > 0 && found.strength > out->missing[at - 1].strength)
        --at;
    if (at == LEAK_MISSING_MOST) return;
    if (out->n_missing < LEAK_MISSING_MOST) ++out->n_missing;
    for (int32_t k = out->n_missing - 1; k > at; --k)
        out->missing[k] = out->missing[k - 1];
    out->missing[at] = found;
}

static ptg_status find_missing(const check_material *m, leak_checks *out, ptg_error *err)
{
    for (int32_t k = 0; k < m->facts->n_columns; ++k) {
        const column_facts *c = &m->facts->columns[k];
        const int64_t present = c->statistics.valid;
        if (k == m->facts->target || c->role == ROLE_IGNORED || present == m->facts->n_rows) continue;
        leak_missing found = {.at = k};
        TRY(missing_strength(m, frame_column(m->f, k), &found, err));
        if (found.strength >= 0.1) rank_missing(out, found);
    }
    return PTG_OK;
}

/* ---- the small model's proof */

static double unexplained(small_score s)
{
    return isnan(s.score) ? 1 : fmax(0, 1 - s.score);
}

/* Numbers in an order are certain at their ends by being strong; pure levels are not. */
static bool gains_much(const leak_checks *l, const leak_suspect *s)
{
    const double gain = l->with.score - l->without.score;
    return gain >= CERTAIN_GAIN ||
           (isnan(s->expected) && gain >= CERTAIN_GAIN_LEAST && unexplained(l->without) >= CERTAIN_REST * unexplained(l->with));
}

static bool is_confirmed(const leak_checks *l, const leak_suspect *s)
{
    const double alone = fmin(unexplained(s->alone), 1 - s->measure);
    switch (s->kind) {
    case LEAK_COPY:
        return true;
    case LEAK_NEAR:
        return s->confirmed || s->measure >= NEAR_SURE || unexplained(l->without) >= NEAR_REST * alone;
    case LEAK_READING:
        return unexplained(l->without) >= READING_REST * alone;
    default:
        return gains_much(l, s) && small_gap_z(l->with, l->without) >= SURE;
    }
}

/* Without other features there is nothing that could come near. */
static void judge_suspects(leak_checks *out, bool others)
{
    int32_t n_near = 0;
    for (int32_t k = 0; k < out->n_suspects; ++k)
        n_near += out->suspects[k].kind == LEAK_NEAR;
    for (int32_t k = 0; k < out->n_suspects; ++k) {
        leak_suspect *s = &out->suspects[k];
        s->confirmed =
            is_confirmed(out, s) && (others || s->kind == LEAK_COPY) && !(s->kind == LEAK_NEAR && n_near > MOST_NEAR);
    }
}

static int32_t list_left_out(const leak_checks *l, int32_t *list)
{
    int32_t n = 0;
    for (int32_t k = 0; k < l->n_suspects; ++k)
        list[n++] = l->suspects[k].at;
    for (int32_t k = 0; k < l->sum.n; ++k)
        list[n++] = l->sum.at[k];
    return n;
}

/* The places of one frame column's columns in the small table. */
static ptg_status places_of(const check_material *m, int32_t at, small_task *task, ptg_error *err)
{
    int32_t *places = arena_array(m->scratch, 2, sizeof *places);
    if (places == NULL) return fail_memory(err);
    for (int32_t k = 0; k < m->n_base; ++k) {
        if (m->table.columns[k].at == at) places[task->n_columns++] = k;
    }
    task->columns = places;
    return PTG_OK;
}

/* The other checks use all features, unless some of them leak. */
static void set_clean(check_material *m, const leak_checks *l, const small_task *with, const small_task *without)
{
    bool leaks = l->sum.n > 0;
    for (int32_t k = 0; k < l->n_suspects; ++k)
        leaks = leaks || l->suspects[k].confirmed;
    const small_task *clean = leaks ? without : with;
    m->clean = clean->columns;
    m->n_clean = clean->n_columns;
    m->clean_score = clean->result;
    m->clean_predicted = clean->predicted;
}

static ptg_status run_models(check_material *m, leak_checks *out, ptg_error *err)
{
    int32_t left_out[LEAK_SUSPECTS_MOST + LEAK_PARTS_MOST], n_tasks = 1, *rest;
    small_task tasks[2 + LEAK_SUSPECTS_MOST] = {{0}};
    const int32_t n_left_out = list_left_out(out, left_out);
    for (int32_t k = 0; k < 2 + LEAK_SUSPECTS_MOST; ++k)
        tasks[k] = (small_task){.fold = m->folds, .n_folds = CHECK_FOLDS};
    tasks[0].columns = m->all;
    tasks[0].n_columns = m->n_base;
    if (n_left_out > 0) {
        TRY(check_columns_without(m, left_out, n_left_out, &rest, &tasks[n_tasks].n_columns, err));
        tasks[n_tasks++].columns = rest;
        for (int32_t k = 0; k < out->n_suspects; ++k)
            TRY(places_of(m, out->suspects[k].at, &tasks[n_tasks++], err));
    }
    TRY(small_tasks_run(&m->table, tasks, n_tasks, m->threads, m->scratch, err));
    out->with = tasks[0].result;
    out->without = n_left_out > 0 ? tasks[1].result : (small_score){.score = NAN, .se = NAN};
    for (int32_t k = 0; k < out->n_suspects; ++k)
        out->suspects[k].alone = tasks[2 + k].result;
    judge_suspects(out, tasks[1].n_columns > 0);
    set_clean(m, out, &tasks[0], &tasks[1]);
    return PTG_OK;
}

ptg_status leak_checks_make(check_material *m, leak_checks *out, ptg_error *err)
{
    int32_t copies[LEAK_SUSPECTS_MOST], n_copies = 0;
    *out = (leak_checks){0};
    TRY(find_suspects(m, out, err));
    TRY(find_missing(m, out, err));
    for (int32_t k = 0; k < out->n_suspects; ++k) {
        if (out->suspects[k].kind == LEAK_COPY) copies[n_copies++] = out->suspects[k].at;
    }
    TRY(leak_sum_find(m, copies, n_copies, &out->sum, err));
    return run_models(m, out, err);
}
