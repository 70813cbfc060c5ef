/* A row's pattern is a word of 64 bits; patterns are counted by sorting them. */
#include "profile/missing_patterns.h"

#include <math.h>

#include "base/memory.h"
#include "numeric/order.h"

#define LEAST_PHI 0.5

bool cell_is_missing(const column *c, int64_t row)
{
    if (c->numbers != NULL) return isnan(c->numbers[row]);
    return c->codes != NULL ? c->codes[row] < 0 : c->cells[row].data == NULL;
}

static void list_columns(const frame *f, const int64_t *missing, missing_patterns *out)
{
    for (int32_t k = 0; k < frame_columns(f); ++k) {
        int32_t at = out->n_columns;
        if (missing[k] == 0) continue;
        while (at > 0 && missing[k] > missing[out->columns[at - 1]])
            --at;
        if (at == MISSING_COLUMNS) continue;
        if (out->n_columns < MISSING_COLUMNS) ++out->n_columns;
        for (int32_t j = out->n_columns - 1; j > at; --j)
            out->columns[j] = out->columns[j - 1];
        out->columns[at] = k;
    }
}

static void offer_pattern(missing_patterns *out, missing_pattern found)
{
    int32_t at = out->n;
    while (at > 0 && found.rows > out->top[at - 1].rows)
        --at;
    if (at == MISSING_PATTERNS) return;
    if (out->n < MISSING_PATTERNS) ++out->n;
    for (int32_t j = out->n - 1; j > at; --j)
        out->top[j] = out->top[j - 1];
    out->top[at] = found;
}

static void offer_pair(missing_patterns *out, missing_pair found)
{
    int32_t at = out->n_pairs;
    while (at > 0 && fabs(found.phi) > fabs(out->pairs[at - 1].phi))
        --at;
    if (at == MISSING_PAIRS) return;
    if (out->n_pairs < MISSING_PAIRS) ++out->n_pairs;
    for (int32_t j = out->n_pairs - 1; j > at; --j)
        out->pairs[j] = out->pairs[j - 1];
    out->pairs[at] = found;
}

/* both[a][b]: rows where both are missing; on the diagonal where a is. */
static void rank_pairs(int64_t (*both)[MISSING_COLUMNS], int64_t n_rows, missing_patterns *out)
{
    for (int32_t a = 0; a < out->n_columns; ++a) {
        for (int32_t b = a + 1; b < out->n_columns; ++b) {
            const double n = (double)n_rows, x = (double)both[a][a] / n, y = (double)both[b][b] / n;
            const double phi = ((double)both[a][b] / n - x * y) / sqrt(x * (1 - x) * y * (1 - y));
            if (fabs(phi) >= LEAST_PHI) offer_pair(out, (missing_pair){.a = a, .b = b, .phi = phi});
        }
    }
}

/* Walks the sorted patterns run by run. */
static void count_patterns(const order_item *items, int64_t n, int64_t (*both)[MISSING_COLUMNS], missing_patterns *out)
{
    for (int64_t i = 0; i < n;) {
        int64_t end = i + 1;
        while (end < n && items[end].key == items[i].key)
            ++end;
        const uint64_t bits = items[i].key;
        ++out->n_distinct;
        offer_pattern(out, (missing_pattern){.columns = bits, .rows = end - i});
        for (int32_t a = 0; a < out->n_columns; ++a) {
            for (int32_t b = a; b < out->n_columns && bits >> a & 1; ++b)
                both[a][b] += bits >> b & 1 ? end - i : 0;
        }
        i = end;
    }
}

ptg_status missing_patterns_find(const frame *f, const int64_t *missing, missing_patterns *out, ptg_error *err)
{
    const int64_t n = frame_rows(f);
    *out = (missing_patterns){0};
    list_columns(f, missing, out);
    if (out->n_columns == 0) return PTG_OK;
    order_item *items = mem_array(n, 2 * sizeof *items);
    int64_t(*both)[MISSING_COLUMNS] = mem_array(MISSING_COLUMNS, sizeof *both);
    if (items != NULL && both != NULL) {
        for (int64_t i = 0; i < n; ++i)
            items[i].row = i;
        for (int32_t k = 0; k < out->n_columns; ++k) {
            const column *c = frame_column(f, out->columns[k]);
            for (int64_t i = 0; i < n; ++i)
                items[i].key |= (uint64_t)cell_is_missing(c, i) << k;
        }
        order_sort(items, items + n, n);
        count_patterns(items, n, both, out);
        rank_pairs(both, n, out);
    }
    const bool enough = items != NULL && both != NULL;
    mem_free(items);
    mem_free(both);
    return enough ? PTG_OK : fail_memory(err);
}
