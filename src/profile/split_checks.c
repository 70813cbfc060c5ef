/* Groups are looked for among columns whose values repeat and whose rows have like targets; then each candidate is judged under
 * both splits, with and without the column itself: a category that carries meaning of its own (a postcode, a manager) helps
 * only as a feature, an entity shows through the other columns too, or has rows that are nearly all alike. */
#include "profile/split_checks.h"

#include <math.h>

#include "base/hash.h"
#include "profile/check_material.h"
#include "profile/order_checks.h"
#include "profile/text_table.h"

#define LEAST_GROUPS 20
#define LEAST_SIZE 2.0
#define MOST_SIZE 200.0
#define LEAST_LIKENESS 0.05
#define ALIKE 0.6 /* rows of an entity: when only the column itself tells */
#define ALIKE_SIZE 20.0
#define SURE 4
#define SURE_OTHERS 3.5
#define PLAIN_LEVELS 40
#define TRAIT 0.8 /* rows of groups with the date of their group's first row */
#define FILLED 0.5
#define NAMED_LEAD 0.2 /* of likeness, that names have over measures */
#define TIME_FOLDS 5
#define TIME_REST 1.15     /* what stays unexplained grows by this */
#define ROW_ORDER_RANK 0.3 /* beyond, the order of rows is a leak (leak-order), not time */

/* ---- groups */

/* A value as bytes; missing has none. */
static text value_of(const column *c, int64_t row)
{
    if (c->codes != NULL) return c->codes[row] < 0 ? (text){0} : c->levels[c->codes[row]];
    if (c->numbers == NULL) return c->cells[row];
    if (isnan(c->numbers[row])) return (text){0};
    return (text){.data = (const char *)&c->numbers[row], .size = (int64_t)sizeof(double)};
}

/* A leak, or a part of a sum that makes the target, is no entity. */
static bool is_clean(const check_material *m, int32_t at)
{
    for (int32_t k = 0; k < m->n_clean; ++k) {
        if (m->table.columns[m->clean[k]].at == at) return true;
    }
    return false;
}

static bool may_group(const check_material *m, int32_t at)
{
    const column_facts *c = &m->facts->columns[at];
    const column_type type = frame_column(m->f, at)->type;
    if ((c->role != ROLE_FEATURE && c->role != ROLE_GROUP) || !is_clean(m, at)) return false;
    if (type == COLUMN_NUMERIC && !(c->statistics.numbers.integers && c->statistics.infinite == 0)) return false;
    if (type == COLUMN_DATETIME || type == COLUMN_SEQUENCE) return false;
    return type != COLUMN_TEXT || c->statistics.distinct * 2 <= c->statistics.valid;
}

/* Numbers the values of a column among the sampled rows; -1 where missing. */
static ptg_status number_groups(const check_material *m, int32_t at, int32_t *group, int64_t *n_groups, int64_t *n_present,
                                ptg_error *err)
{
    ptg_status status = PTG_OK;
    text_table values = {0};
    *n_present = 0;
    for (int64_t i = 0; i < m->table.n; ++i) {
        const text value = value_of(frame_column(m->f, at), m->table.rows[i]);
        group[i] = -1;
        if (value.data == NULL) continue;
        ++*n_present;
        GO(text_table_add(&values, value, &group[i], err));
    }
    *n_groups = values.n;
done:
    text_table_clear(&values);
    return status;
}

typedef struct variance_parts {
    double between, within; /* mean squares, added over the classes */
    double size;            /* the mean size that the estimator of unequal groups uses */
} variance_parts;

/* Analysis of variance of one output over the groups. sums: n and sum of y a group. */
static void add_variance(const check_material *m, const int32_t *group, int64_t n_groups, int32_t k, double (*sums)[2],
                         variance_parts *v)
{
    double n = 0, mean = 0, squares = 0, total = 0, between = 0;
    for (int64_t g = 0; g < n_groups; ++g)
        sums[g][0] = sums[g][1] = 0;
    for (int64_t i = 0; i < m->table.n; ++i) {
        if (group[i] < 0) continue;
        const double y = m->table.problem == PROBLEM_MULTICLASS ? (double)((int32_t)m->table.y[i] == k) : m->table.y[i];
        sums[group[i]][0] += 1;
        sums[group[i]][1] += y;
        n += 1;
        mean += y;
    }
    mean /= n;
    for (int64_t i = 0; i < m->table.n; ++i) {
        if (group[i] < 0) continue;
        const double y = m->table.problem == PROBLEM_MULTICLASS ? (double)((int32_t)m->table.y[i] == k) : m->table.y[i];
        total += (y - mean) * (y - mean);
    }
    for (int64_t g = 0; g < n_groups; ++g) {
        if (sums[g][0] == 0) continue;
        const double off = sums[g][1] / sums[g][0] - mean;
        between += sums[g][0] * off * off;
        squares += sums[g][0] * sums[g][0];
    }
    const double free_between = (double)n_groups - 1, free_within = n - (double)n_groups;
    v->between += between / free_between;
    v->within += fmax(0, total - between) / free_within;
    v->size = (n - squares / n) / free_between;
}

static ptg_status measure_likeness(const check_material *m, const int32_t *group, group_fact *out, ptg_error *err)
{
    double(*sums)[2] = mem_array(out->groups, sizeof *sums);
    if (sums == NULL) return fail_memory(err);
    variance_parts v = {0};
    for (int32_t k = 0; k < m->table.n_outputs; ++k)
        add_variance(m, group, out->groups, k, sums, &v);
    mem_free(sums);
    const double whole = v.between + (v.size - 1) * v.within;
    out->likeness = whole > 0 ? (v.between - v.within) / whole : 0;
    return PTG_OK;
}

/* Codes, or whole numbers that fill at least half of their range; a text tells of an entity, but does not name it. */
static bool is_named(const check_material *m, int32_t at)
{
    const column_statistics *s = &m->facts->columns[at].statistics;
    const column_type type = frame_column(m->f, at)->type;
    if (type != COLUMN_NUMERIC) return type != COLUMN_TEXT;
    return (double)s->distinct >= FILLED * (s->numbers.max - s->numbers.min + 1);
}

static double rank_of(const group_fact *g)
{
    return g->likeness + (g->named ? NAMED_LEAD : 0);
}

/* Keeps the candidates whose rows are most alike, names before measures. */
static int32_t rank_group(split_checks *out, const group_fact *found)
{
    int32_t at = out->n_groups;
    while (at > 0 && rank_of(found) > rank_of(&out->groups[at - 1]))
        --at;
    if (at == GROUPS_MOST) return -1;
    if (out->n_groups < GROUPS_MOST) ++out->n_groups;
    for (int32_t k = out->n_groups - 1; k > at; --k)
        out->groups[k] = out->groups[k - 1];
    out->groups[at] = *found;
    return at;
}

/* Groups are numbered as they come, so that columns which part the rows alike number them alike. */
static uint64_t hash_parting(const int32_t *group, int64_t n)
{
    return hash_word((const char *)group, (size_t)n * sizeof *group, 3);
}

/* Puts a column to the candidate that parts the rows alike; a name of things goes before what is none. */
static bool joins_group(split_checks *out, const group_fact *found)
{
    for (int32_t k = 0; k < out->n_groups; ++k) {
        group_fact *g = &out->groups[k];
        if (g->parting != found->parting || g->groups != found->groups) continue;
        const bool leads = found->named && !g->named;
        if (g->n_same < SAME_GROUPS_MOST) g->same[g->n_same++] = leads ? g->at : found->at;
        if (leads) g->at = found->at;
        g->named = g->named || found->named;
        return true;
    }
    return false;
}

static ptg_status list_groups(const check_material *m, split_checks *out, ptg_error *err)
{
    int32_t *group = mem_array(m->table.n, sizeof *group);
    if (group == NULL) return fail_memory(err);
    ptg_status status = PTG_OK;
    for (int32_t k = 0; k < m->facts->n_columns; ++k) {
        group_fact found = {.at = k, .named = is_named(m, k)};
        int64_t n_present;
        if (!may_group(m, k)) continue;
        GO(number_groups(m, k, group, &found.groups, &n_present, err));
        found.size = found.groups > 0 ? (double)n_present / (double)found.groups : 0;
        if (found.groups < LEAST_GROUPS || found.size < LEAST_SIZE || found.size > MOST_SIZE) continue;
        found.parting = hash_parting(group, m->table.n);
        if (joins_group(out, &found)) continue;
        GO(measure_likeness(m, group, &found, err));
        if (found.likeness >= LEAST_LIKENESS) rank_group(out, &found);
    }
done:
    mem_free(group);
    return status;
}

/* Numbers and categories of few levels: codes with many levels are entities themselves, or lie inside of others, and would
 * be new to the model whenever a whole group is. */
static bool is_plain(const check_material *m, const small_column *c)
{
    const column_type type = frame_column(m->f, c->at)->type;
    if (type == COLUMN_CATEGORICAL) return c->n_codes <= PLAIN_LEVELS;
    return !c->listed && m->facts->columns[c->at].power.model != POWER_LEVELS;
}

/* The clean, plain columns without those of one frame column. */
static ptg_status plain_without(const check_material *m, int32_t at, small_task *task, ptg_error *err)
{
    int32_t *list = arena_array(m->scratch, m->n_clean, sizeof *list);
    if (list == NULL) return fail_memory(err);
    for (int32_t k = 0; k < m->n_clean; ++k) {
        const small_column *c = &m->table.columns[m->clean[k]];
        if (c->at != at && is_plain(m, c)) list[task->n_columns++] = m->clean[k];
    }
    task->columns = list;
    return PTG_OK;
}

static bool is_grouped(const group_fact *g)
{
    const double gap = g->random.score - g->grouped.score, others = g->random_others.score - g->grouped_others.score;
    const bool shows = others >= GROUP_GAP && small_gap_z(g->random_others, g->grouped_others) >= SURE_OTHERS;
    const bool alike = g->likeness >= ALIKE && g->size <= ALIKE_SIZE;
    return shows || (alike && gap >= GROUP_GAP && small_gap_z(g->random, g->grouped) >= SURE);
}

static ptg_status judge_group(const check_material *m, group_fact *g, bool again, ptg_error *err)
{
    int32_t *group = arena_array(m->scratch, m->table.n, sizeof *group), *folds;
    int64_t n_groups, n_present;
    if (group == NULL) return fail_memory(err);
    TRY(number_groups(m, g->at, group, &n_groups, &n_present, err));
    TRY(small_folds_random(m->table.n, CHECK_FOLDS, group, m->seed, "profile/groups", m->scratch, &folds, err));
    small_task tasks[3] = {{.columns = m->clean, .n_columns = m->n_clean, .fold = folds, .n_folds = CHECK_FOLDS},
                           {.fold = m->folds, .n_folds = CHECK_FOLDS},
                           {.fold = folds, .n_folds = CHECK_FOLDS}};
    TRY(plain_without(m, g->at, &tasks[1], err));
    tasks[2].columns = tasks[1].columns;
    tasks[2].n_columns = tasks[1].n_columns;
    TRY(small_tasks_run(&m->table, tasks, 3, m->threads, m->scratch, err));
    g->random = m->clean_score;
    g->grouped = tasks[0].result;
    g->random_others = tasks[1].result;
    g->grouped_others = tasks[2].result;
    g->found = !again && is_grouped(g);
    g->also = again && is_grouped(g);
    return PTG_OK;
}

/* ---- time */

static bool is_time(const check_material *m, int32_t at)
{
    const column_facts *c = &m->facts->columns[at];
    const bool used = c->role == ROLE_FEATURE || c->role == ROLE_TIME;
    if (c->role == ROLE_TIME) return true;
    return used && frame_column(m->f, at)->type == COLUMN_DATETIME && c->statistics.valid * 2 > c->statistics.rows &&
           c->statistics.distinct >= TIME_FOLDS;
}

/* Whether nearly all rows of a group have one date: then it is a trait of the entity, such as a date of birth. */
static ptg_status is_trait(const check_material *m, int32_t at, int32_t group_column, bool *out, ptg_error *err)
{
    int64_t n_groups = 0, n_present = 0, same = 0;
    const double *time = frame_column(m->f, at)->numbers;
    int32_t *group = mem_array(m->table.n, sizeof *group);
    double *first = mem_array(m->table.n, sizeof *first);
    ptg_status status = group == NULL || first == NULL ? fail_memory(err) : PTG_OK;
    if (status == PTG_OK) status = number_groups(m, group_column, group, &n_groups, &n_present, err);
    for (int64_t i = 0; i < n_groups && status == PTG_OK; ++i)
        first[i] = NAN;
    for (int64_t i = 0; i < m->table.n && status == PTG_OK; ++i) {
        const double t = time[m->table.rows[i]];
        if (group[i] < 0) continue;
        if (isnan(first[group[i]])) first[group[i]] = t;
        same += first[group[i]] == t;
    }
    mem_free(group);
    mem_free(first);
    *out = (double)same >= TRAIT * (double)n_present;
    return status;
}

static const group_fact *found_group(const split_checks *s)
{
    for (int32_t k = 0; k < s->n_groups; ++k) {
        if (s->groups[k].found) return &s->groups[k];
    }
    return NULL;
}

static ptg_status list_dates(const check_material *m, split_checks *out, ptg_error *err)
{
    const group_fact *group = found_group(out);
    for (int32_t k = 0; k < m->facts->n_columns && out->n_times < TIMES_MOST; ++k) {
        bool trait = false;
        if (!is_time(m, k)) continue;
        if (group != NULL) TRY(is_trait(m, k, group->at, &trait, err));
        if (!trait) out->times[out->n_times++].at = k;
    }
    return PTG_OK;
}

static void list_row_order(const order_checks *order, split_checks *out)
{
    if (out->n_times > 0 || order->n == 0 || order->sorted) return;
    const order_fact *rows = &order->orders[0];
    if (isnan(rows->with.score) || fabs(rows->rank) >= ROW_ORDER_RANK) return;
    out->times[out->n_times++].at = -1;
}

static ptg_status time_folds(const check_material *m, int32_t at, int32_t **folds, ptg_error *err)
{
    double *time = mem_array(m->table.n, sizeof *time);
    if (time == NULL) return fail_memory(err);
    for (int64_t i = 0; i < m->table.n; ++i) {
        const int64_t row = m->table.rows[i];
        time[i] = at < 0 ? (double)row : frame_column(m->f, at)->numbers[row];
    }
    const ptg_status status = small_folds_blocks(time, m->table.n, TIME_FOLDS, m->scratch, folds, err);
    mem_free(time);
    return status;
}

/* How much groups flatter a random split: an entity has its dates, so that a split by time parts groups too. */
static double group_gap(const split_checks *s)
{
    const group_fact *g = found_group(s);
    if (g == NULL) return 0;
    return fmax(g->random.score - g->grouped.score, g->random_others.score - g->grouped_others.score);
}

static ptg_status judge_time(const check_material *m, double already, time_fact *t, ptg_error *err)
{
    int32_t *folds, *shuffled;
    TRY(time_folds(m, t->at, &folds, err));
    TRY(small_folds_random(m->table.n, TIME_FOLDS, NULL, m->seed, "profile/time", m->scratch, &shuffled, err));
    small_task tasks[2] = {
        {.columns = m->clean, .n_columns = m->n_clean, .fold = shuffled, .n_folds = TIME_FOLDS, .forward = true},
        {.columns = m->clean, .n_columns = m->n_clean, .fold = folds, .n_folds = TIME_FOLDS, .forward = true}};
    TRY(small_tasks_run(&m->table, tasks, 2, m->threads, m->scratch, err));
    t->random = tasks[0].result;
    t->forward = tasks[1].result;
    t->found = t->random.score - t->forward.score >= TIME_GAP + already && small_gap_z(t->random, t->forward) >= SURE &&
               1 - t->forward.score >= TIME_REST * (1 - t->random.score);
    return PTG_OK;
}

ptg_status split_checks_make(check_material *m, const order_checks *order, split_checks *out, ptg_error *err)
{
    *out = (split_checks){0};
    TRY(list_groups(m, out, err));
    for (int32_t k = 0; k < out->n_groups; ++k)
        TRY(judge_group(m, &out->groups[k], found_group(out) != NULL, err));
    TRY(list_dates(m, out, err));
    list_row_order(order, out);
    for (int32_t k = 0; k < out->n_times; ++k)
        TRY(judge_time(m, group_gap(out), &out->times[k], err));
    return PTG_OK;
}
