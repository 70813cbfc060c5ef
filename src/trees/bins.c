/* See bins.h. */
#include "trees/bins.h"

#include <math.h>

#include "base/random.h"
#include "numeric/order.h"
#include "trees/borders.h"
#include "trees/tree_model.h"

/* The sampled values without the missing ones, sorted; `items` has room for twice the sample. */
static int64_t sort_sample(const double *values, int64_t n, int64_t sample, uint64_t seed, order_item *items, double *sorted)
{
    random_stream random = random_of(seed, "borders");
    int64_t kept = 0;
    for (int64_t i = 0; i < sample; i++) {
        double step = (double)n / (double)sample;
        int64_t row = sample == n ? i : (int64_t)(((double)i + random_unit(&random)) * step);
        double value = tree_value_float64(values[row < n ? row : n - 1]);
        if (isnan(value)) continue;
        items[kept] = (order_item){.key = order_key(value), .row = kept};
        sorted[kept++] = value;
    }
    order_sort(items, items + sample, kept);
    for (int64_t i = 0; i < kept; i++) {
        uint64_t key = items[i].key, bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
        memcpy(&sorted[i], &bits, sizeof bits);
    }
    return kept;
}

static bool has_missing(const double *values, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (isnan(values[i])) return true;
    return false;
}

ptg_status bins_of_numbers(const double *values, int64_t n, int32_t most_borders, uint64_t seed, arena *a, bin_column *out,
                           ptg_error *err)
{
    int64_t sample = n < BORDER_SAMPLE ? n : BORDER_SAMPLE;
    order_item *items = mem_array(2 * sample, sizeof *items);
    double *sorted = mem_array(sample, sizeof *sorted), *borders = arena_array(a, most_borders, sizeof *borders);
    ptg_status status = items && sorted && borders ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        int32_t first = has_missing(values, n), count = 0;
        int64_t kept = sort_sample(values, n, sample, seed, items, sorted);
        if (first) borders[0] = BORDER_MISSING;
        status = borders_make(sorted, kept, most_borders - first, borders + first, &count, err);
        out->kind = BIN_NUMBER;
        out->borders = borders;
        out->n_bins = first + count + 1;
    }
    mem_free(items);
    mem_free(sorted);
    return status;
}

int32_t bins_log(int32_t n_bins)
{
    int32_t log_bins = 1;
    while ((1 << log_bins) < n_bins)
        log_bins++;
    return log_bins;
}

static uint8_t bin_of_code(const bin_column *c, int32_t code)
{
    return code < 0 || code + 1 >= c->n_bins ? 0 : (uint8_t)(code + 1);
}

/* borders_bin without branches: `padded` are BINS_MOST - 1 borders, infinite from the last one on. */
static uint8_t padded_bin(const double *padded, double x)
{
    uint32_t at = 0;
    for (uint32_t step = BINS_MOST / 2; step > 0; step /= 2)
        at += padded[at + step - 1] < x ? step : 0;
    return (uint8_t)at;
}

void bins_fill_numbers(const bin_column *c, const double *values, int64_t n, int32_t stride, uint8_t *to)
{
    double padded[BINS_MOST];
    for (int32_t b = 0; b < BINS_MOST; b++)
        padded[b] = b < c->n_bins - 1 ? c->borders[b] : INFINITY;
    for (int64_t i = 0; i < n; i++)
        to[i * stride] = padded_bin(padded, tree_value_float64(values[i]));
}

static void gather_bins(const bin_column *c, const int64_t *table_rows, int64_t n, int32_t stride, uint8_t *to)
{
    for (int64_t i = 0; i < n; i++)
        to[i * stride] = c->recode[c->table_bins[table_rows[i]]];
}

/* One column into its place in the rows. */
static void fill_column(const bin_column *c, const feature *f, int64_t n_rows, int32_t stride, uint8_t *to)
{
    int32_t n = c->n_bins - 1;
    if (f->kind == FEATURE_CODED) {
        for (int64_t i = 0; i < n_rows; i++)
            to[i * stride] = bin_of_code(c, f->codes[i]);
    } else if (f->kind == FEATURE_SPARSE) {
        uint8_t zero = (uint8_t)borders_bin(c->borders, n, 0);
        for (int64_t i = 0; i < n_rows; i++)
            to[i * stride] = zero;
        for (int64_t i = 0; i < f->n_values; i++)
            to[f->rows[i] * stride] = (uint8_t)borders_bin(c->borders, n, tree_value_float64(f->values[i]));
    } else {
        bins_fill_numbers(c, f->real, n_rows, stride, to);
    }
}

ptg_status bin_block_fill(bin_block *b, const matrix *x, const int64_t *table_rows, arena *a, ptg_error *err)
{
    size_t row = (size_t)b->n_columns;
    b->rows = arena_array(a, x->n_rows, row);
    if (!b->rows) return fail_memory(err);
    for (int32_t i = 0; i < b->n_columns; i++) {
        const bin_column *c = &b->columns[i];
        if (c->table_bins)
            gather_bins(c, table_rows, x->n_rows, b->n_columns, b->rows + i);
        else
            fill_column(c, &x->features[c->feature], x->n_rows, b->n_columns, b->rows + i);
    }
    return PTG_OK;
}
