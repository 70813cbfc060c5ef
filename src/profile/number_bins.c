/* See number_bins.h. Nothing here looks at the target. */
#include "profile/number_bins.h"

#include <stdbool.h>

static bool has_few(const double *sorted, int64_t n, int32_t most)
{
    int64_t distinct = n > 0;
    for (int64_t i = 1; i < n && distinct <= most; ++i)
        distinct += sorted[i] != sorted[i - 1];
    return distinct <= most;
}

int32_t number_bins_find(const double *sorted, int64_t n, int32_t most, double *borders)
{
    int32_t n_borders = 0;
    if (has_few(sorted, n, most)) {
        for (int64_t i = 1; i < n; ++i) {
            if (sorted[i] != sorted[i - 1]) borders[n_borders++] = sorted[i];
        }
        return n_borders;
    }
    for (int64_t k = 1; k < most; ++k) {
        const double border = sorted[n * k / most];
        if (border > sorted[0] && (n_borders == 0 || border > borders[n_borders - 1])) borders[n_borders++] = border;
    }
    return n_borders;
}

int32_t number_bins_of(const double *borders, int32_t n_borders, double value)
{
    const double *at = borders;
    int32_t n = n_borders;
    while (n > 1) { /* a step is a move, not a jump: where values come in no order, half of all jumps would be guessed wrong */
        const int32_t half = n / 2;
        at += at[half - 1] <= value ? half : 0;
        n -= half;
    }
    return (int32_t)(at - borders) + (n == 1 && *at <= value);
}
