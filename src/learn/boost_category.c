/* See boost_category.h. */
#include "learn/boost_category.h"

#include <math.h>

#include "numeric/order.h"
#include "trees/tree_model.h"

/* By how much rows of one value must be more alike: in standard deviations, and as a share of their differences. */
#define LEAST_DEVIATIONS 4
#define LEAST_GAP 0.15

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

static double difference(const category_target *t, int64_t a, int64_t b)
{
    double d = t->values[a] - t->values[b];
    return t->is_class ? d != 0 : d * d;
}

static int64_t group_end(const order_item *items, int64_t n, int64_t start)
{
    int64_t end = start + 1;
    while (end < n && items[end].key == items[start].key)
        end++;
    return end;
}

/* Whether rows of one value are more alike than rows of neighbouring values: each row is compared with the next row of its
 * value and with a row of the next value. */
static bool values_are_levels(const order_item *items, int64_t n, const category_target *t)
{
    double sum = 0, square = 0, count = 0, same_sum = 0;
    int64_t start = 0, end = group_end(items, n, 0);
    while (end < n) {
        int64_t next_end = group_end(items, n, end);
        for (int64_t i = start; i < end && end - start > 1; i++) {
            int64_t twin = i + 1 < end ? i + 1 : start, other = end + (i - start) % (next_end - end);
            double same = difference(t, items[i].row, items[twin].row);
            double gap = difference(t, items[i].row, items[other].row) - same;
            same_sum += same;
            sum += gap;
            square += gap * gap;
            count += 1;
        }
        start = end;
        end = next_end;
    }
    double mean = sum / count, deviation = sqrt((square / count - mean * mean) / count);
    return mean > LEAST_DEVIATIONS * deviation && sum > LEAST_GAP * same_sum;
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

ptg_status boost_category_of_numbers(const matrix *x, const matrix *held, int32_t number, double least_rows,
                                     const category_target *target, arena *a, boost_category *out, bool *is, ptg_error *err)
{
    *is = false;
    *out = (boost_category){.feature = number};
    const double *real = x->features[number].real;
    order_item *items = mem_array(2 * x->n_rows, sizeof *items);
    if (!items) return fail_memory(err);
    int64_t kept = sort_rows(real, x->n_rows, items), count = count_values(items, kept);
    ptg_status status = PTG_OK;
    if (count > 2 && (double)count * least_rows <= (double)kept && values_are_levels(items, kept, target)) {
        *is = true;
        status = number_values(real, x->n_rows, items, kept, count, a, out, err);
    }
    mem_free(items);
    if (status == PTG_OK && *is && held) status = number_held(held, a, out, err);
    return status;
}

ptg_status boost_category_ranks(const double *values, int64_t n, double *out, ptg_error *err)
{
    order_item *items = mem_array(2 * n, sizeof *items);
    if (!items) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        items[i] = (order_item){.key = order_key(values[i]), .row = i};
    order_sort(items, items + n, n);
    for (int64_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && items[next].key == items[i].key;)
            next++;
        for (int64_t j = i; j < next; j++)
            out[items[j].row] = ((double)i + (double)next) / (2.0 * (double)n);
    }
    mem_free(items);
    return PTG_OK;
}
