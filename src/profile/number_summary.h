/* What a column of numbers looks like, from its sorted finite values: moments, quantiles, outliers, histogram. Definitions:
 * docs/formats/profile.md, NUMERIC. */
#ifndef PROFILE_NUMBER_SUMMARY_H
#define PROFILE_NUMBER_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

#define HISTOGRAM_BARS 20

typedef struct histogram_bar {
    double low, high, mean; /* mean of its values; NaN when empty */
    int64_t count;
    bool outliers; /* an end bar that collects what lies outside the outlier bounds */
} histogram_bar;

enum { QUANTILE_P01, QUANTILE_P05, QUANTILE_P25, QUANTILE_P50, QUANTILE_P75, QUANTILE_P95, QUANTILE_P99, N_QUANTILES };

/* NaN stands where a number is not defined. */
typedef struct number_summary {
    int64_t count, zeros, negatives;
    bool integers;   /* all values are whole (true without values) */
    double mean, sd; /* sd with n - 1 */
    double min, max;
    double quantiles[N_QUANTILES];
    double skew, kurtosis;            /* moments with n; kurtosis of Pearson (normal = 3) */
    double rstd;                      /* standard deviation (n) of the values clipped to p05 ... p95 */
    double outlier_low, outlier_high; /* median -+ 5 rstd; NaN where rstd is 0 */
    int64_t outliers;
    int32_t n_bars;
    histogram_bar bars[HISTOGRAM_BARS];
} number_summary;

/* Fills `out` from n ascending finite values. `set_apart` false: no outliers are looked for (dates). */
void number_summary_make(const double *sorted, int64_t n, bool set_apart, number_summary *out);

/* The quantile p of n >= 1 ascending values by linear interpolation (type 7 of Hyndman & Fan 1996, numpy's default). */
double sorted_quantile(const double *sorted, int64_t n, double p);

/* Number of values below `bound` among n ascending ones. */
int64_t sorted_below(const double *sorted, int64_t n, double bound);

/* Sorts n doubles (no NaN) ascending; -0 becomes +0. Fails only for want of memory. */
ptg_status sort_numbers(double *values, int64_t n, ptg_error *err);

#endif
