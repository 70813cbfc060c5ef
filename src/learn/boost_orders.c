/* See boost_orders.h. */
#include "learn/boost_orders.h"

#include <math.h>

#include "base/random.h"
#include "numeric/order.h"

static void shuffle(random_stream *random, uint32_t *items, int64_t n)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = random_below(random, i + 1);
        uint32_t swap = items[i];
        items[i] = items[j];
        items[j] = swap;
    }
}

static void number_up(uint32_t *items, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        items[i] = (uint32_t)i;
}

static random_stream random_of_order(const orders_request *r, int32_t order)
{
    return random_of(r->seed + (uint64_t)order, "boost/orders");
}

/* Batches from the sorted keys of rows, numbered from `first`. */
static void number_batches(const order_item *items, int64_t n, uint32_t first, uint32_t *batch)
{
    for (int64_t i = 0; i < n; i++) {
        if (i > 0 && items[i].key != items[i - 1].key) first++;
        batch[items[i].row] = first;
    }
}

/* The only order: by time, rows without one first. */
static void order_by_time(const orders_request *r, order_item *items, boost_orders *o)
{
    int64_t n = 0, unseen = 0;
    for (int64_t i = 0; i < r->n_rows; i++) {
        if (isnan(r->time[i]))
            o->rows[unseen++] = (uint32_t)i; /* in the batch BATCH_UNSEEN, as all are before they are numbered */
        else
            items[n++] = (order_item){.key = order_key(r->time[i]), .row = i};
    }
    order_sort(items, items + r->n_rows, n);
    number_batches(items, n, BATCH_UNSEEN + 1, o->batch);
    for (int64_t i = 0; i < n; i++)
        o->rows[unseen + i] = (uint32_t)items[i].row;
}

/* Rows by group: the batches are the groups. `start` gets the first place of each group and one more; returns their number. */
static int64_t batch_groups(const orders_request *r, order_item *items, boost_orders *o, int64_t *start)
{
    int64_t n = 0;
    for (int64_t i = 0; i < r->n_rows; i++) {
        uint64_t alone = (UINT64_C(1) << 32) + (uint64_t)i;
        items[i] = (order_item){.key = r->group[i] < 0 ? alone : (uint64_t)r->group[i], .row = i};
    }
    order_sort(items, items + r->n_rows, r->n_rows);
    number_batches(items, r->n_rows, BATCH_UNSEEN + 1, o->batch);
    for (int64_t i = 0; i < r->n_rows; i++)
        if (i == 0 || items[i].key != items[i - 1].key) start[n++] = i;
    start[n] = r->n_rows;
    return n;
}

static ptg_status shuffle_groups(const orders_request *r, order_item *items, boost_orders *o, arena *scratch, ptg_error *err)
{
    int64_t *start = arena_array(scratch, r->n_rows + 1, sizeof *start);
    uint32_t *groups = arena_array(scratch, r->n_rows, sizeof *groups);
    if (!start || !groups) return fail_memory(err);
    int64_t n = batch_groups(r, items, o, start);
    for (int32_t p = 0; p < o->n; p++) {
        uint32_t *to = o->rows + p * r->n_rows;
        random_stream random = random_of_order(r, p);
        number_up(groups, n);
        shuffle(&random, groups, n);
        for (int64_t g = 0; g < n; g++)
            for (int64_t i = start[groups[g]]; i < start[groups[g] + 1]; i++)
                *to++ = (uint32_t)items[i].row;
    }
    return PTG_OK;
}

static void shuffle_rows(const orders_request *r, boost_orders *o)
{
    for (int32_t p = 0; p < o->n; p++) {
        random_stream random = random_of_order(r, p);
        number_up(o->rows + p * r->n_rows, r->n_rows);
        if (!r->own_order) shuffle(&random, o->rows + p * r->n_rows, r->n_rows);
    }
}

/* Orders that look at a column: their batches. */
static ptg_status make_batches(const orders_request *r, arena *a, boost_orders *o, ptg_error *err)
{
    arena *scratch = arena_new();
    order_item *items = scratch ? arena_array(scratch, 2 * r->n_rows, sizeof *items) : NULL;
    o->batch = arena_array(a, r->n_rows, sizeof *o->batch);
    ptg_status status = items && o->batch ? PTG_OK : fail_memory(err);
    if (status == PTG_OK && r->time)
        order_by_time(r, items, o);
    else if (status == PTG_OK)
        status = shuffle_groups(r, items, o, scratch, err);
    arena_free(scratch);
    return status;
}

ptg_status boost_orders_make(const orders_request *request, arena *a, boost_orders *out, ptg_error *err)
{
    bool one = request->own_order || request->time;
    *out = (boost_orders){.n_rows = request->n_rows, .n = one ? 1 : request->n_orders, .group = one ? request->group : NULL};
    out->rows = arena_array(a, out->n * request->n_rows, sizeof *out->rows);
    if (!out->rows) return fail_memory(err);
    if (request->time || (request->group && !request->own_order)) return make_batches(request, a, out, err);
    shuffle_rows(request, out);
    return PTG_OK;
}
