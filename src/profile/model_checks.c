/* The checks in the order in which they need each other: leaks first, since a leak would drown whatever else there is. */
#include "profile/model_checks.h"

#include <math.h>

#include "profile/check_material.h"

#define LEAST_LABELLED 50

static bool is_feature(column_role role)
{
    return role == ROLE_FEATURE || role == ROLE_GROUP || role == ROLE_TIME;
}

static ptg_status check_target(check_material *m, model_checks *out, ptg_error *err)
{
    TRY(check_material_make(m, err));
    out->rows = m->table.n;
    out->columns = m->n_fitted;
    TRY(leak_checks_make(m, &out->leaks, err));
    out->score = out->leaks.with;
    TRY(order_checks_make(m, &out->order, err));
    TRY(split_checks_make(m, &out->order, &out->splits, err));
    return label_noise_make(m, &out->noise, err);
}

static ptg_status check_drift(const check_material *m, const frame *validation, model_checks *out, ptg_error *err)
{
    int32_t *features = arena_array(m->scratch, m->facts->n_columns, sizeof *features), n = 0;
    if (features == NULL) return fail_memory(err);
    for (int32_t k = 0; k < m->facts->n_columns; ++k) {
        if (is_feature(m->facts->columns[k].role)) features[n++] = k;
    }
    const drift_request request = {
        .f = m->f, .other = validation, .features = features, .n_features = n, .seed = m->seed, .threads = m->threads};
    return n > 0 ? drift_make(&request, &out->drift, err) : PTG_OK;
}

/* The column that orders the rows in time: the one of that role, else one by which time was looked at, else the first date that
 * most rows have; -1: none. */
static int32_t time_column(const check_material *m, const model_checks *checks)
{
    int32_t first = -1;
    for (int32_t k = m->facts->n_columns; k-- > 0;) {
        const column_facts *c = &m->facts->columns[k];
        if (c->role == ROLE_TIME) return k;
        if (is_feature(c->role) && frame_column(m->f, k)->type == COLUMN_DATETIME &&
            2 * c->statistics.valid > c->statistics.rows)
            first = k;
    }
    for (int32_t k = 0; k < checks->splits.n_times; ++k) {
        if (checks->splits.times[k].at >= 0 && checks->splits.times[k].found) return checks->splits.times[k].at;
    }
    return first;
}

/* What is no date: dates tell the parts apart by being dates. */
static int32_t timeless_features(const check_material *m, int32_t by, int32_t *out)
{
    int32_t n = 0;
    for (int32_t k = 0; k < m->facts->n_columns; ++k) {
        if (is_feature(m->facts->columns[k].role) && k != by && frame_column(m->f, k)->type != COLUMN_DATETIME) out[n++] = k;
    }
    return n;
}

static ptg_status check_drift_in_time(const check_material *m, model_checks *out, ptg_error *err)
{
    const int32_t by = time_column(m, out);
    int32_t *features = arena_array(m->scratch, m->facts->n_columns, sizeof *features);
    double *time = mem_array(m->facts->n_rows, sizeof *time);
    ptg_status status = features == NULL || time == NULL ? fail_memory(err) : PTG_OK;
    const int32_t n = status == PTG_OK ? timeless_features(m, by, features) : 0;
    for (int64_t i = 0; i < m->facts->n_rows && status == PTG_OK; ++i)
        time[i] = by < 0 ? (double)i : frame_column(m->f, by)->numbers[i];
    if (status == PTG_OK && n > 0 && m->facts->n_rows >= LEAST_LABELLED && !out->order.sorted) {
        const drift_request request = {
            .f = m->f, .time = time, .features = features, .n_features = n, .seed = m->seed, .threads = m->threads};
        status = drift_make(&request, &out->drift_time, err);
        out->drift_time.by = by;
    }
    mem_free(time);
    return status;
}

/* Codes are no measures: they have no outliers. */
static forest_column forest_column_of(const check_material *m, int32_t at)
{
    const column_facts *c = &m->facts->columns[at];
    const number_summary *s = &c->statistics.numbers;
    const bool measure = frame_column(m->f, at)->type == COLUMN_NUMERIC && c->power.model != POWER_LEVELS;
    return (forest_column){.at = at,
                           .low = measure ? s->outlier_low : (double)NAN,
                           .high = measure ? s->outlier_high : (double)NAN,
                           .share = s->count > 0 ? (double)s->outliers / (double)s->count : 0};
}

static ptg_status check_rows(const check_material *m, model_checks *out, ptg_error *err)
{
    forest_column columns[FOREST_COLUMNS];
    int32_t n = 0;
    for (int32_t k = 0; k < m->facts->n_columns && n < FOREST_COLUMNS; ++k) {
        if (is_feature(m->facts->columns[k].role)) columns[n++] = forest_column_of(m, k);
    }
    const forest_request request = {.f = m->f, .columns = columns, .n_columns = n, .seed = m->seed, .threads = m->threads};
    return anomalies_find(&request, &out->anomalies, err);
}

static ptg_status run_checks(check_material *m, const frame *validation, model_checks *out, ptg_error *err)
{
    if (m->facts->target >= 0 && m->facts->n_labelled >= LEAST_LABELLED) TRY(check_target(m, out, err));
    if (validation != NULL) TRY(check_drift(m, validation, out, err));
    TRY(check_drift_in_time(m, out, err));
    return check_rows(m, out, err);
}

ptg_status model_checks_make(const frame *f, const profile_request *request, const profile_facts *facts, const bool *copy,
                             model_checks **out, ptg_error *err)
{
    *out = arena_array(facts->memory, 1, sizeof **out);
    check_material m = {
        .f = f, .facts = facts, .copy = copy, .seed = request->seed, .threads = request->threads, .scratch = arena_new()};
    if (*out == NULL || m.scratch == NULL) {
        arena_free(m.scratch);
        return fail_memory(err);
    }
    (*out)->noise.rate = NAN;
    (*out)->score = (small_score){.score = NAN, .se = NAN};
    const ptg_status status = run_checks(&m, request->validation, *out, err);
    arena_free(m.scratch);
    return status;
}
