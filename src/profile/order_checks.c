/* An order is a number a row: its place in the file, or the last digits of its id. The small model tries it alone, and then
 * beside the features: an order that knows no more than a date column does is no leak. */
#include "profile/order_checks.h"

#include <math.h>

#include "base/number.h"
#include "profile/check_material.h"
#include "profile/rank_correlation.h"

#define SURE 4
#define LEAST_CHANGES 20
#define LEAST_READ 0.95 /* share of ids that end in digits */

/* The number that a text ends with; NaN without digits at its end. */
static double last_digits(text t)
{
    int64_t from = t.size;
    double value;
    while (from > 0 && t.data[from - 1] >= '0' && t.data[from - 1] <= '9' && t.size - from < 15)
        --from;
    const text digits = {.data = t.data + from, .size = t.size - from};
    return t.data != NULL && digits.size > 0 && number_read(digits, &value) ? value : (double)NAN;
}

static double order_value(const check_material *m, int32_t at, int64_t row)
{
    if (at < 0) return (double)row;
    const column *c = frame_column(m->f, at);
    if (c->numbers != NULL) return c->numbers[row];
    if (c->codes != NULL) return c->codes[row] < 0 ? (double)NAN : last_digits(c->levels[c->codes[row]]);
    return last_digits(c->cells[row]);
}

static ptg_status target_rank(const check_material *m, const double *values, double *out, ptg_error *err)
{
    const int64_t n = m->table.n;
    *out = NAN;
    if (m->facts->problem == PROBLEM_MULTICLASS) return PTG_OK;
    double *x = mem_array(n, 2 * sizeof *x);
    if (x == NULL) return fail_memory(err);
    int64_t n_read = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (isnan(values[i])) continue;
        x[n_read] = values[i];
        x[n + n_read++] = m->table.y[i];
    }
    const ptg_status status = rank_correlation(x, x + n, n_read, out, err);
    mem_free(x);
    return status;
}

/* Adds an order where nearly every row has its number. */
static ptg_status add_order(check_material *m, int32_t at, order_checks *out, int32_t *places, ptg_error *err)
{
    const int64_t n = m->table.n;
    int64_t n_read = 0;
    double *values = mem_array(n, sizeof *values);
    if (values == NULL) return fail_memory(err);
    for (int64_t i = 0; i < n; ++i) {
        values[i] = order_value(m, at, m->table.rows[i]);
        n_read += !isnan(values[i]);
    }
    ptg_status status = PTG_OK;
    if ((double)n_read >= LEAST_READ * (double)n) {
        order_fact *o = &out->orders[out->n];
        *o = (order_fact){.at = at, .with = {.score = NAN, .se = NAN}};
        status = target_rank(m, values, &o->rank, err);
        if (status == PTG_OK) status = check_add_numbers(m, values, &places[out->n], err);
        out->n += status == PTG_OK;
    }
    mem_free(values);
    return status;
}

static ptg_status list_orders(check_material *m, order_checks *out, int32_t *places, ptg_error *err)
{
    TRY(add_order(m, -1, out, places, err));
    for (int32_t k = 0; k < m->facts->n_columns && out->n < ORDERS_MOST; ++k) {
        if (m->facts->columns[k].role == ROLE_ID) TRY(add_order(m, k, out, places, err));
    }
    return PTG_OK;
}

static bool says_something(small_score s)
{
    return s.score >= ORDER_LEAST && s.score >= SURE * s.se;
}

static ptg_status judge_orders(const check_material *m, order_checks *out, const int32_t *places, ptg_error *err)
{
    small_task alone[ORDERS_MOST], with[ORDERS_MOST];
    int32_t n_with = 0, of[ORDERS_MOST];
    for (int32_t k = 0; k < out->n; ++k)
        alone[k] = (small_task){.columns = &places[k], .n_columns = 1, .fold = m->folds, .n_folds = CHECK_FOLDS};
    TRY(small_tasks_run(&m->table, alone, out->n, m->threads, m->scratch, err));
    for (int32_t k = 0; k < out->n; ++k) {
        out->orders[k].alone = alone[k].result;
        if (!says_something(alone[k].result)) continue;
        int32_t *columns = arena_array(m->scratch, m->n_clean + 1, sizeof *columns);
        if (columns == NULL) return fail_memory(err);
        for (int32_t j = 0; j < m->n_clean; ++j)
            columns[j] = m->clean[j];
        columns[m->n_clean] = places[k];
        of[n_with] = k;
        with[n_with++] =
            (small_task){.columns = columns, .n_columns = m->n_clean + 1, .fold = m->folds, .n_folds = CHECK_FOLDS};
    }
    TRY(small_tasks_run(&m->table, with, n_with, m->threads, m->scratch, err));
    for (int32_t k = 0; k < n_with; ++k)
        out->orders[of[k]].with = with[k].result;
    return PTG_OK;
}

/* Changes of class from a labelled row to the next, over those of a random order. */
static double class_changes(const profile_facts *facts)
{
    double last = NAN, changes = 0, same = 0;
    const double n = (double)facts->n_labelled;
    for (int32_t k = 0; k < facts->n_classes; ++k)
        same += (double)facts->class_counts[k] / n * ((double)facts->class_counts[k] / n);
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        const double y = facts->target_values[i];
        if (isnan(y)) continue;
        changes += !isnan(last) && y != last;
        last = y;
    }
    const double expected = (n - 1) * (1 - same);
    return expected < LEAST_CHANGES ? (double)NAN : (changes - facts->n_classes + 1) / expected;
}

static void look_at_sorting(const check_material *m, order_checks *out)
{
    if (m->facts->problem == PROBLEM_REGRESSION) {
        out->sorted_measure = out->n > 0 ? fabs(out->orders[0].rank) : 0;
        out->sorted = m->table.n >= LEAST_CHANGES && out->sorted_measure >= SORTED_RANK;
    } else {
        out->sorted_measure = class_changes(m->facts);
        out->sorted = out->sorted_measure <= SORTED_CHANGES;
    }
}

ptg_status order_checks_make(check_material *m, order_checks *out, ptg_error *err)
{
    int32_t places[ORDERS_MOST];
    *out = (order_checks){.base = m->clean_score};
    TRY(list_orders(m, out, places, err));
    look_at_sorting(m, out);
    return judge_orders(m, out, places, err);
}
