/* Summary of a column of numbers. Everything is read off the sorted values, so that it is exact and does not depend on the
 * order of rows or the number of threads. Moments are taken of values scaled to the largest deviation, so that no power
 * overflows. */
#include "profile/number_summary.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "numeric/order.h"

static const double quantile_at[N_QUANTILES] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

double sorted_quantile(const double *sorted, int64_t n, double p)
{
    const double h = (double)(n - 1) * p;
    const int64_t low = (int64_t)h;
    if (low >= n - 1) return sorted[n - 1];
    const double t = h - (double)low, a = sorted[low], b = sorted[low + 1];
    return a == b ? a : a * (1 - t) + b * t;
}

int64_t sorted_below(const double *sorted, int64_t n, double bound)
{
    const double *at = sorted;
    while (n > 1) { /* without jumps, as in number_bins_of */
        const int64_t half = n / 2;
        at += at[half - 1] < bound ? half : 0;
        n -= half;
    }
    return at - sorted + (n == 1 && *at < bound);
}

/* Mean in four lanes, then corrected by the mean of the rest. */
static double mean_of(const double *v, int64_t n)
{
    double lane[4] = {0, 0, 0, 0};
    for (int64_t i = 0; i < n; ++i)
        lane[i & 3] += v[i] / (double)n;
    const double mean = (lane[0] + lane[1]) + (lane[2] + lane[3]);
    double rest[4] = {0, 0, 0, 0};
    for (int64_t i = 0; i < n; ++i)
        rest[i & 3] += (v[i] - mean) / (double)n;
    const double better = mean + ((rest[0] + rest[1]) + (rest[2] + rest[3]));
    return isfinite(better) ? better : mean;
}

static void take_moments(const double *v, int64_t n, number_summary *out)
{
    out->mean = mean_of(v, n);
    const double scale = fmax(out->mean - out->min, out->max - out->mean);
    if (out->min == out->max || !isfinite(scale)) {
        out->mean = out->min == out->max ? out->min : out->mean;
        out->sd = n > 1 ? (out->min == out->max ? 0 : NAN) : NAN;
        return;
    }
    double s2 = 0, s3 = 0, s4 = 0;
    for (int64_t i = 0; i < n; ++i) {
        const double z = (v[i] - out->mean) / scale, zz = z * z;
        s2 += zz;
        s3 += zz * z;
        s4 += zz * zz;
    }
    const double variance = s2 / (double)n;
    out->sd = scale * sqrt(s2 / (double)(n - 1));
    out->skew = s3 / (double)n / (variance * sqrt(variance));
    out->kurtosis = s4 / (double)n / (variance * variance);
}

static double clipped(double v, double low, double high)
{
    const double above = v < low ? low : v;
    return above > high ? high : above;
}

/* Standard deviation (n) of the values clipped to p05 ... p95. */
static double robust_deviation(const double *v, int64_t n, double low, double high)
{
    const double scale = high - low;
    if (!(scale > 0) || !isfinite(scale)) return 0;
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n; ++i)
        sum += (clipped(v[i], low, high) - low) / scale;
    const double mean = sum / (double)n;
    for (int64_t i = 0; i < n; ++i) {
        const double z = (clipped(v[i], low, high) - low) / scale - mean;
        squares += z * z;
    }
    return scale * sqrt(squares / (double)n);
}

static void add_bar(number_summary *out, const double *v, int64_t from, int64_t to, double low, double high, bool outliers)
{
    double sum = 0;
    for (int64_t i = from; i < to; ++i)
        sum += v[i] / (double)(to - from);
    out->bars[out->n_bars++] =
        (histogram_bar){.low = low, .high = high, .mean = to > from ? sum : NAN, .count = to - from, .outliers = outliers};
}

/* Bars of equal width over v[from ... to-1]; at most `most` of them. */
static void add_bars(number_summary *out, const double *v, int64_t from, int64_t to, int32_t most)
{
    double low = v[from], high = v[to - 1], width = 0;
    double n_bars = fmin(most, ceil(sqrt((double)(to - from))));
    const double span = high - low + 1;
    if (out->integers && span < 1e15 && fabs(low) < 1e15) {
        width = ceil(span / most);
        n_bars = ceil(span / width);
        low -= 0.5;
        high = low + n_bars * width;
    } else if (low == high) {
        n_bars = 1;
    } else {
        width = high / n_bars - low / n_bars;
    }
    int64_t at = from;
    const int32_t n = (int32_t)n_bars;
    for (int32_t k = 0; k < n; ++k) {
        const double left = low + k * width, right = k + 1 == n ? high : low + (k + 1) * width;
        const int64_t end = k + 1 == n ? to : at + sorted_below(v + at, to - at, right);
        add_bar(out, v, at, end, left, right, false);
        at = end;
    }
}

static void draw_histogram(const double *v, int64_t n, int64_t below, int64_t above, number_summary *out)
{
    const int32_t ends = (below > 0) + (above > 0);
    if (below > 0) add_bar(out, v, 0, below, v[0], v[below - 1], true);
    add_bars(out, v, below, n - above, HISTOGRAM_BARS - ends);
    if (above > 0) add_bar(out, v, n - above, n, v[n - above], v[n - 1], true);
}

static void count_kinds(const double *v, int64_t n, number_summary *out)
{
    for (int64_t i = 0; i < n; ++i) {
        out->zeros += v[i] == 0;
        out->negatives += v[i] < 0;
        if (v[i] != floor(v[i])) out->integers = false;
    }
}

void number_summary_make(const double *sorted, int64_t n, bool set_apart, number_summary *out)
{
    *out = (number_summary){.count = n,
                            .integers = true,
                            .mean = NAN,
                            .sd = NAN,
                            .min = NAN,
                            .max = NAN,
                            .skew = NAN,
                            .kurtosis = NAN,
                            .rstd = NAN,
                            .outlier_low = NAN,
                            .outlier_high = NAN};
    for (int k = 0; k < N_QUANTILES; ++k)
        out->quantiles[k] = n > 0 ? sorted_quantile(sorted, n, quantile_at[k]) : NAN;
    if (n == 0) return;
    count_kinds(sorted, n, out);
    out->min = sorted[0];
    out->max = sorted[n - 1];
    take_moments(sorted, n, out);
    out->rstd = robust_deviation(sorted, n, out->quantiles[QUANTILE_P05], out->quantiles[QUANTILE_P95]);
    int64_t below = 0, above = 0;
    if (set_apart && out->rstd > 0) {
        out->outlier_low = out->quantiles[QUANTILE_P50] - 5 * out->rstd;
        out->outlier_high = out->quantiles[QUANTILE_P50] + 5 * out->rstd;
        below = sorted_below(sorted, n, out->outlier_low);
        above = n - sorted_below(sorted, n, nextafter(out->outlier_high, INFINITY));
    }
    out->outliers = below + above;
    draw_histogram(sorted, n, below, above, out);
}

/* The number of a key of order_key. */
static double number_of_key(uint64_t key)
{
    const uint64_t sign = UINT64_C(1) << 63, bits = key & sign ? key & ~sign : ~key;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

ptg_status sort_numbers(double *values, int64_t n, ptg_error *err)
{
    order_item *items = mem_array(n, sizeof *items), *scratch = mem_array(n, sizeof *scratch);
    const bool enough = items != NULL && scratch != NULL;
    if (enough) {
        for (int64_t i = 0; i < n; ++i)
            items[i] = (order_item){.key = order_key(values[i]), .row = i};
        order_sort(items, scratch, n);
        for (int64_t i = 0; i < n; ++i)
            values[i] = number_of_key(items[i].key);
    }
    mem_free(items);
    mem_free(scratch);
    return enough ? PTG_OK : fail_memory(err);
}
