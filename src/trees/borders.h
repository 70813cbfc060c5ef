/* Borders that cut a column of numbers into bins: where trees may split. */
#ifndef TREES_BORDERS_H
#define TREES_BORDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

/* At most `most` borders between n sorted values (no NaN), ascending, in `out` (room for `most`); *count says how many. Greedy:
 * the bin whose cut next to its middle gains most in the sum of log sizes is cut next. A border b lies between neighbours
 * a <= b < c, so that x > b tells them apart; borders depend on the values only, never on the target. */
ptg_status borders_make(const double *sorted, int64_t n, int32_t most, double *out, int32_t *count, ptg_error *err);

/* The number of borders below x: its bin. NaN is below every border. */
static inline int32_t borders_bin(const double *borders, int32_t n, double x)
{
    int32_t low = 0;
    while (n > 0) {
        int32_t half = n / 2;
        if (borders[low + half] < x) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

#endif
