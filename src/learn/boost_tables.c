/* What a model keeps of boost_statistics: the keys and totals of the projections that its trees use, as statistic_tables. */
#include <string.h>

#include "learn/boost_totals.h"
#include "numeric/order.h"

/* Where the projections of a model go: old ids to their places among the sorted keys. */
typedef struct table_plan {
    int32_t *number;  /* of each projection among the indexes; -1 = none */
    uint32_t **place; /* of each id */
} table_plan;

/* The projections wanted and those that they are built on. */
static int32_t number_indexes(const boost_statistics *s, const int64_t *wanted, int32_t n_wanted, table_plan *plan)
{
    int32_t n = 0;
    for (int64_t p = 0; p < s->n_projections; p++)
        plan->number[p] = -1;
    for (int32_t w = 0; w < n_wanted; w++)
        for (int64_t p = wanted[w] / s->n_columns; p >= 0; p = s->projections[p]->parent)
            plan->number[p] = 0;
    for (int64_t p = 0; p < s->n_projections; p++)
        if (plan->number[p] == 0) plan->number[p] = n++;
    return n;
}

/* Whether some index is on a category. */
static bool is_indexed(const boost_statistics *s, const table_plan *plan, int32_t category)
{
    for (int64_t p = 0; p < s->n_projections; p++)
        if (plan->number[p] >= 0 && s->projections[p]->category == category) return true;
    return false;
}

static int32_t count_books(const boost_statistics *s, const table_plan *plan)
{
    int32_t n = 0;
    for (int32_t c = 0; c < s->n_categories; c++)
        n += s->categories[c].values && is_indexed(s, plan, c);
    return n;
}

static ptg_status fill_books(const boost_statistics *s, const table_plan *plan, statistic_tables *t, ptg_error *err)
{
    number_book *book = t->books;
    for (int32_t c = 0; c < s->n_categories; c++) {
        const boost_category *from = &s->categories[c];
        if (!from->values || !is_indexed(s, plan, c)) continue;
        double *values = arena_array(t->memory, from->n_values, sizeof *values);
        if (!values) return fail_memory(err);
        memcpy(values, from->values, (size_t)from->n_values * sizeof *values);
        *book++ = (number_book){.feature = from->feature, .n = from->n_values, .values = values};
    }
    return PTG_OK;
}

static ptg_status fill_index(const boost_statistics *s, int64_t number, table_plan *plan, statistic_tables *t, arena *scratch,
                             ptg_error *err)
{
    const boost_projection *p = s->projections[number];
    level_index *index = &t->indexes[plan->number[number]];
    order_item *items = mem_array(2 * p->n_ids, sizeof *items);
    index->keys = arena_array(t->memory, p->n_ids, sizeof *index->keys);
    plan->place[number] = arena_array(scratch, p->n_ids, sizeof *plan->place[number]);
    if (!items || !index->keys || !plan->place[number]) {
        mem_free(items);
        return fail_memory(err);
    }
    index->n = p->n_ids;
    index->parent = p->parent < 0 ? -1 : plan->number[p->parent];
    index->feature = s->categories[p->category].feature;
    for (int64_t id = 0; id < p->n_ids; id++) {
        uint64_t key = p->keys[id];
        if (p->parent >= 0) key = level_key(plan->place[p->parent][key >> 32], (int32_t)(key & UINT32_MAX) - 1);
        items[id] = (order_item){.key = key, .row = id};
    }
    order_sort(items, items + p->n_ids, p->n_ids);
    for (int64_t i = 0; i < p->n_ids; i++) {
        index->keys[i] = items[i].key;
        plan->place[number][items[i].row] = (uint32_t)i;
    }
    mem_free(items);
    return PTG_OK;
}

static ptg_status fill_column(const boost_statistics *s, int64_t statistic, const id_totals *totals, const table_plan *plan,
                              statistic_tables *t, statistic_column *to, ptg_error *err)
{
    int64_t number = statistic / s->n_columns;
    int32_t c = (int32_t)(statistic % s->n_columns);
    const boost_projection *p = s->projections[number];
    to->index = plan->number[number];
    to->unseen = statistics_total_value(s, totals, c, -1);
    to->values = arena_array(t->memory, p->n_ids, sizeof *to->values);
    if (!to->values) return fail_memory(err);
    for (int64_t id = 0; id < p->n_ids; id++)
        to->values[plan->place[number][id]] = statistics_total_value(s, totals, c, id);
    return PTG_OK;
}

static ptg_status fill_columns(const boost_statistics *s, const int64_t *wanted, int32_t n_wanted, const table_plan *plan,
                               statistic_tables *t, ptg_error *err)
{
    id_totals totals = {0};
    ptg_status status = PTG_OK;
    for (int32_t w = 0; w < n_wanted && status == PTG_OK; w++) {
        const boost_projection *p = boost_statistics_of(s, wanted[w]);
        if (w == 0 || p != boost_statistics_of(s, wanted[w - 1])) {
            statistics_totals_clear(&totals);
            status = statistics_totals_make(s, p, true, &totals, err);
        }
        if (status == PTG_OK) status = fill_column(s, wanted[w], &totals, plan, t, &t->columns[w], err);
    }
    statistics_totals_clear(&totals);
    return status;
}

ptg_status boost_statistics_tables(const boost_statistics *s, const int64_t *wanted, int32_t n_wanted, statistic_tables **out,
                                   ptg_error *err)
{
    *out = NULL;
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    statistic_tables *t = NULL;
    table_plan plan = {.number = arena_array(scratch, s->n_projections, sizeof *plan.number),
                       .place = arena_array(scratch, s->n_projections, sizeof *plan.place)};
    ptg_status status = plan.number && plan.place ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        int32_t n_indexes = number_indexes(s, wanted, n_wanted, &plan);
        t = statistic_tables_new(s->train->n_features, count_books(s, &plan), n_indexes, n_wanted);
        status = t ? fill_books(s, &plan, t, err) : fail_memory(err);
    }
    for (int64_t p = 0; p < s->n_projections && status == PTG_OK; p++)
        if (plan.number[p] >= 0) status = fill_index(s, p, &plan, t, scratch, err);
    if (status == PTG_OK) status = fill_columns(s, wanted, n_wanted, &plan, t, err);
    arena_free(scratch);
    if (status == PTG_OK)
        *out = t;
    else
        statistic_tables_free(t);
    return status;
}
