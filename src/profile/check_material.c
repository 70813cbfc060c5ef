/* The sample that all checks share: labelled rows, features by prediction power, classes by frequency. */
#include "profile/check_material.h"

#include <assert.h>
#include <math.h>

#include "profile/number_summary.h"

static bool comes_before(const profile_facts *facts, int32_t a, int32_t b)
{
    const double x = facts->columns[a].power.raw, y = facts->columns[b].power.raw;
    const double p = isnan(x) ? -INFINITY : x, q = isnan(y) ? -INFINITY : y;
    return p > q || (p == q && a < b);
}

/* The features, at most SMALL_COLUMNS_MOST of them: a heap-free selection, since there are few. */
static ptg_status list_features(check_material *m, small_feature **out, int32_t *n, ptg_error *err)
{
    const profile_facts *facts = m->facts;
    small_feature *list = arena_array(m->scratch, SMALL_COLUMNS_MOST, sizeof *list);
    if (list == NULL) return fail_memory(err);
    *n = 0;
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        const column_role role = facts->columns[k].role;
        if (role != ROLE_FEATURE && role != ROLE_GROUP && role != ROLE_TIME) continue;
        int32_t at = *n;
        while (at > 0 && comes_before(facts, k, list[at - 1].at[0]))
            --at;
        if (at == SMALL_COLUMNS_MOST) continue;
        if (*n < SMALL_COLUMNS_MOST) ++*n;
        for (int32_t j = *n - 1; j > at; --j)
            list[j] = list[j - 1];
        list[at] = (small_feature){.at = {k, k}, .as_levels = facts->columns[k].power.model == POWER_LEVELS};
    }
    *out = list;
    return PTG_OK;
}

/* Number of each class in the small table: by frequency, those beyond SMALL_CLASSES_MOST are one. */
static ptg_status number_classes(const check_material *m, int32_t **out, int32_t *n_outputs, ptg_error *err)
{
    const profile_facts *facts = m->facts;
    int32_t *number = arena_array(m->scratch, facts->n_classes, sizeof *number);
    bool *taken = arena_array(m->scratch, facts->n_classes, sizeof *taken);
    if (number == NULL || taken == NULL) return fail_memory(err);
    *n_outputs = facts->n_classes < SMALL_CLASSES_MOST ? facts->n_classes : SMALL_CLASSES_MOST;
    for (int32_t k = 0; k < facts->n_classes; ++k)
        number[k] = *n_outputs - 1;
    for (int32_t place = 0; place < *n_outputs; ++place) {
        int32_t best = -1;
        for (int32_t k = 0; k < facts->n_classes; ++k) {
            if (!taken[k] && (best < 0 || facts->class_counts[k] > facts->class_counts[best])) best = k;
        }
        taken[best] = true;
        number[best] = place;
    }
    *out = number;
    return PTG_OK;
}

/* Values between the 1st and 99th percentile, unless nearly all are one value. */
static ptg_status clip_target(double *y, int64_t n, ptg_error *err)
{
    double *sorted = mem_array(n, sizeof *sorted);
    if (sorted == NULL) return fail_memory(err);
    for (int64_t i = 0; i < n; ++i)
        sorted[i] = y[i];
    const ptg_status status = sort_numbers(sorted, n, err);
    if (status == PTG_OK && n > 0) {
        const double low = sorted_quantile(sorted, n, 0.01), high = sorted_quantile(sorted, n, 0.99);
        for (int64_t i = 0; i < n && high > low; ++i)
            y[i] = fmin(fmax(y[i], low), high);
    }
    mem_free(sorted);
    return status;
}

static ptg_status take_target(const check_material *m, row_list rows, double **out, int32_t *n_outputs, ptg_error *err)
{
    const profile_facts *facts = m->facts;
    double *y = arena_array(m->scratch, rows.n, sizeof *y);
    int32_t *number = NULL;
    if (y == NULL) return fail_memory(err);
    *n_outputs = 1;
    if (facts->problem == PROBLEM_MULTICLASS) TRY(number_classes(m, &number, n_outputs, err));
    for (int64_t i = 0; i < rows.n; ++i) {
        const double v = facts->target_values[rows.rows[i]];
        y[i] = number != NULL ? (double)number[(int32_t)v] : v;
    }
    *out = y;
    return facts->problem == PROBLEM_REGRESSION ? clip_target(y, rows.n, err) : PTG_OK;
}

/* Room for the columns that checks add, and the list of all. */
static ptg_status make_room(check_material *m, ptg_error *err)
{
    const int64_t most = (int64_t)m->table.n_columns + CHECK_COLUMNS_ADDED;
    small_column *columns = arena_array(m->scratch, most, sizeof *columns);
    m->all = arena_array(m->scratch, most, sizeof *m->all);
    if (columns == NULL || m->all == NULL) return fail_memory(err);
    for (int32_t k = 0; k < m->table.n_columns; ++k)
        columns[k] = m->table.columns[k];
    for (int32_t k = 0; k < most; ++k)
        m->all[k] = k;
    m->table.columns = columns;
    m->n_base = m->table.n_columns;
    return PTG_OK;
}

/* Rows with a target that are no copies. */
static ptg_status draw_rows(const check_material *m, int64_t most, row_list *out, ptg_error *err)
{
    const int64_t n = m->facts->n_rows;
    double *usable = mem_array(n, sizeof *usable);
    if (usable == NULL) return fail_memory(err);
    for (int64_t i = 0; i < n; ++i)
        usable[i] = m->copy[i] ? (double)NAN : m->facts->target_values[i];
    const ptg_status status = small_draw_rows(usable, n, most, m->seed, "profile/small", m->scratch, out, err);
    mem_free(usable);
    return status;
}

ptg_status check_material_make(check_material *m, ptg_error *err)
{
    small_feature *features = NULL;
    row_list rows;
    double *y = NULL;
    int32_t n_features = 0, n_outputs = 1;
    TRY(list_features(m, &features, &n_features, err));
    const int32_t n_classes = m->facts->problem == PROBLEM_MULTICLASS ? m->facts->n_classes : 1;
    const int64_t most = small_rows_most(n_features, n_classes < SMALL_CLASSES_MOST ? n_classes : SMALL_CLASSES_MOST);
    TRY(draw_rows(m, most, &rows, err));
    TRY(take_target(m, rows, &y, &n_outputs, err));
    m->n_fitted = n_features;
    const small_part part = {.f = m->f, .rows = rows.rows, .n = rows.n};
    TRY(small_table_make(&(small_request){.parts = &part,
                                          .n_parts = 1,
                                          .features = features,
                                          .n_features = n_features,
                                          .problem = m->facts->problem,
                                          .n_outputs = n_outputs,
                                          .y = y},
                         m->scratch, &m->table, err));
    TRY(make_room(m, err));
    return small_folds_random(rows.n, CHECK_FOLDS, NULL, m->seed, "profile/folds", m->scratch, &m->folds, err);
}

ptg_status check_add_numbers(check_material *m, const double *values, int32_t *place, ptg_error *err)
{
    assert(m->table.n_columns < m->n_base + CHECK_COLUMNS_ADDED);
    small_column *c = &m->table.columns[m->table.n_columns];
    *c = (small_column){.at = -1, .bins = arena_array(m->scratch, m->table.n, sizeof *c->bins)};
    if (c->bins == NULL) return fail_memory(err);
    *place = m->table.n_columns++;
    return small_bins_make(values, m->table.n, m->table.n, c->bins, err);
}

ptg_status check_columns_without(const check_material *m, const int32_t *left_out, int32_t n, int32_t **list, int32_t *n_list,
                                 ptg_error *err)
{
    *list = arena_array(m->scratch, m->n_base, sizeof **list);
    *n_list = 0;
    if (*list == NULL) return fail_memory(err);
    for (int32_t k = 0; k < m->n_base; ++k) {
        bool stays = true;
        for (int32_t j = 0; j < n; ++j)
            stays = stays && m->table.columns[k].at != left_out[j];
        if (stays) (*list)[(*n_list)++] = k;
    }
    return PTG_OK;
}
