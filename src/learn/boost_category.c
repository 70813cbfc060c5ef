/* See boost_category.h. */
#include "learn/boost_category.h"

#include <math.h>

#include "numeric/order.h"
#include "trees/tree_model.h"

boost_category boost_category_of_codes(const matrix *x, const matrix *held, int32_t number)
{
    return (boost_category){
        .feature = number, .codes = x->features[number].codes, .held_codes = held ? held->features[number].codes : NULL};
}

/* Rows with a value, sorted by it; `items` has room for twice the rows. */
static int64_t sort_rows(const double *real, int64_t n, order_item *items)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(real[i])) items[kept++] = (order_item){.key = order_key(tree_value_float64(real[i])), .row = i};
    order_sort(items, items + n, kept);
    return kept;
}

static int64_t count_values(const order_item *items, int64_t n)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        count += i == 0 || items[i].key != items[i - 1].key;
    return count;
}

static ptg_status number_values(const double *real, int64_t n_rows, const order_item *items, int64_t kept, int64_t count,
                                arena *a, boost_category *out, ptg_error *err)
{
    double *values = arena_array(a, count, sizeof *values);
    int32_t *codes = arena_array(a, n_rows, sizeof *codes), n = 0;
    if (!values || !codes) return fail_memory(err);
    for (int64_t i = 0; i < n_rows; i++)
        codes[i] = -1;
    for (int64_t i = 0; i < kept; i++) {
        if (i == 0 || items[i].key != items[i - 1].key) values[n++] = tree_value_float64(real[items[i].row]);
        codes[items[i].row] = n - 1;
    }
    out->codes = codes;
    out->values = values;
    out->n_values = n;
    return PTG_OK;
}

static ptg_status number_held(const matrix *held, arena *a, boost_category *c, ptg_error *err)
{
    number_book book = {.feature = c->feature, .n = c->n_values, .values = c->values};
    int32_t *codes = arena_array(a, held->n_rows, sizeof *codes);
    if (!codes) return fail_memory(err);
    for (int64_t i = 0; i < held->n_rows; i++)
        codes[i] = number_book_code(&book, held->features[c->feature].real[i]);
    c->held_codes = codes;
    return PTG_OK;
}

ptg_status boost_category_of_numbers(const matrix *x, const matrix *held, int32_t number, double least_rows, arena *a,
                                     boost_category *out, bool *is, ptg_error *err)
{
    *is = false;
    *out = (boost_category){.feature = number};
    const double *real = x->features[number].real;
    order_item *items = mem_array(2 * x->n_rows, sizeof *items);
    if (!items) return fail_memory(err);
    int64_t kept = sort_rows(real, x->n_rows, items), count = count_values(items, kept);
    ptg_status status = PTG_OK;
    if (count > 2 && (double)count * least_rows <= (double)kept) {
        *is = true;
        status = number_values(real, x->n_rows, items, kept, count, a, out, err);
    }
    mem_free(items);
    if (status == PTG_OK && *is && held) status = number_held(held, a, out, err);
    return status;
}
