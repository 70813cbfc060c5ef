/* Ranks by a stable sort of keys. */
#include "profile/rank_correlation.h"

#include <math.h>

#include "base/memory.h"
#include "numeric/order.h"

ptg_status ranks_of(const double *values, int64_t n, double *ranks, ptg_error *err)
{
    order_item *items = mem_array(n, 2 * sizeof *items);
    if (items == NULL) return fail_memory(err);
    for (int64_t i = 0; i < n; ++i)
        items[i] = (order_item){.key = order_key(values[i]), .row = i};
    order_sort(items, items + n, n);
    for (int64_t i = 0; i < n;) {
        int64_t end = i + 1;
        while (end < n && items[end].key == items[i].key)
            ++end;
        for (int64_t j = i; j < end; ++j)
            ranks[items[j].row] = (double)(i + end - 1) / 2;
        i = end;
    }
    mem_free(items);
    return PTG_OK;
}

static double correlate(const double *x, const double *y, int64_t n)
{
    const double mean = (double)(n - 1) / 2;
    double xx = 0, yy = 0, xy = 0;
    for (int64_t i = 0; i < n; ++i) {
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
        xy += (x[i] - mean) * (y[i] - mean);
    }
    return xx > 0 && yy > 0 ? xy / (sqrt(xx) * sqrt(yy)) : 0;
}

ptg_status rank_correlation(const double *x, const double *y, int64_t n, double *out, ptg_error *err)
{
    double *ranks = mem_array(n, 2 * sizeof *ranks);
    if (ranks == NULL) return fail_memory(err);
    ptg_status status = ranks_of(x, n, ranks, err);
    if (status == PTG_OK) status = ranks_of(y, n, ranks + n, err);
    if (status == PTG_OK) *out = correlate(ranks, ranks + n, n);
    mem_free(ranks);
    return status;
}
