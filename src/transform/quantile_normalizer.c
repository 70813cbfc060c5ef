/* QuantileNormalizer: each number becomes the normal score of its rank among the training rows, so that outliers and skew lose
 * their weight. Ranks are linear between at most n_quantiles quantiles of the finite training values, and a value that is tied
 * has the middle of its ranks, as scikit-learn's QuantileTransformer with output_distribution='normal' has it without
 * subsampling; but at both ends too, where scikit-learn sends a tie to the very end. Missing values stay missing. */
#include <math.h>

#include "transform/fitted.h"

static const parameter parameters[] = {
    {.name = "n_quantiles",
     .type = PARAMETER_INTEGER,
     .standard = "1000",
     .min = 10,
     .max = 100000,
     .text = "Most quantiles that are kept of a column."},
};
enum { N_QUANTILES };

/* Ranks are clipped so far from 0 and 1 that scores stay within about 5.2 (scikit-learn's bound). */
#define RANK_MARGIN 1e-7

typedef struct normalizer {
    fitted base;
    int32_t n_kept;           /* values in each of the arrays below, one column after the other, by `first` */
    const int32_t *first;     /* n_columns + 1 */
    const double *value;      /* ascending, distinct */
    const double *low, *high; /* ranks in 0 ... 1 where each value begins and ends */
} normalizer;

/* Inverse of the normal distribution function (Wichura 1988, algorithm AS 241, PPND16; about 1e-16). */
static double central(double q)
{
    double r = 0.180625 - q * q;
    double top =
        (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) * r + 45921.953931549871457) *
                r +
            13731.693765509461125) *
               r +
           1971.5909503065514427) *
              r +
          133.14166789178437745) *
             r +
         3.387132872796366608);
    double bottom =
        (((((((r * 5226.495278852545925 + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867) * r +
            5394.1960214247511077) *
               r +
           687.1870074920579083) *
              r +
          42.313330701600911252) *
             r +
         1);
    return q * top / bottom;
}

static double tail(double r)
{
    if (r <= 5) {
        r -= 1.6;
        double top = (((((((r * 7.7454501427834140764e-4 + 0.0227238449892691845833) * r + 0.24178072517745061177) * r +
                          1.27045825245236838258) *
                             r +
                         3.64784832476320460504) *
                            r +
                        5.7694972214606914055) *
                           r +
                       4.6303378461565452959) *
                          r +
                      1.42343711074968357734);
        double bottom = (((((((r * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r +
                             0.14810397642748007459) *
                                r +
                            0.68976733498510000455) *
                               r +
                           1.6763848301838038494) *
                              r +
                          2.05319162663775882187) *
                             r +
                         1);
        return top / bottom;
    }
    r -= 5;
    double top = (((((((r * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r +
                      0.026532189526576123093) *
                         r +
                     0.29656057182850489123) *
                        r +
                    1.7848265399172913358) *
                       r +
                   5.4637849111641143699) *
                      r +
                  6.6579046435011037772);
    double bottom = (((((((r * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
                         7.868691311456132591e-4) *
                            r +
                        0.0148753612908506148525) *
                           r +
                       0.13692988092273580531) *
                          r +
                      0.59983220655588793769) *
                         r +
                     1);
    return top / bottom;
}

static double normal_score(double rank)
{
    double p = fmin(fmax(rank, RANK_MARGIN), 1 - RANK_MARGIN), q = p - 0.5;
    if (fabs(q) <= 0.425) return central(q);
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    return q < 0 ? -tail(r) : tail(r);
}

/* The columns' arrays from one place on. */
typedef struct ranks {
    double *value, *low, *high;
} ranks;

/* The i-th of `steps` quantiles, linear between the values beside it. */
static double quantile(const double *sorted, int64_t n, int64_t i, int64_t steps)
{
    double at = steps == 1 ? 0 : (double)i * (double)(n - 1) / (double)(steps - 1);
    int64_t below = (int64_t)at;
    if (below >= n - 1) return sorted[n - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* Distinct quantiles of `sorted` with the ranks that each spans. Returns how many. */
static int32_t keep_quantiles(const double *sorted, int64_t n, int64_t n_quantiles, ranks out)
{
    int64_t steps = n_quantiles < n ? n_quantiles : n;
    double unit = steps > 1 ? 1 / (double)(steps - 1) : 0;
    int32_t kept = 0;
    for (int64_t i = 0; i < steps; i++) {
        double v = quantile(sorted, n, i, steps), rank = steps > 1 ? (double)i * unit : 0.5;
        if (kept == 0 || v > out.value[kept - 1]) {
            out.value[kept] = v;
            out.low[kept++] = rank;
        }
        out.high[kept - 1] = rank;
    }
    return kept;
}

static double score_of(ranks of, int32_t n, double x)
{
    if (isnan(x) || n == 0) return NAN;
    if (x <= of.value[0]) return normal_score(0.5 * (of.low[0] + of.high[0]));
    if (x >= of.value[n - 1]) return normal_score(0.5 * (of.low[n - 1] + of.high[n - 1]));
    int32_t below = 0, above = n - 1;
    while (above - below > 1) {
        int32_t middle = below + (above - below) / 2;
        if (of.value[middle] <= x)
            below = middle;
        else
            above = middle;
    }
    if (x == of.value[below]) return normal_score(0.5 * (of.low[below] + of.high[below]));
    double share = (x - of.value[below]) / (of.value[above] - of.value[below]);
    return normal_score(of.high[below] + share * (of.low[above] - of.high[below]));
}

static ranks ranks_from(const normalizer *s, int32_t first)
{
    return (ranks){(double *)s->value + first, (double *)s->low + first, (double *)s->high + first};
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const normalizer *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_REAL, err));
    for (int32_t c = 0; c < columns->n_features; c++) {
        const feature *f = &columns->features[c];
        double *values;
        TRY(fitted_add_real(out, s->base.names[c], NULL, f->type, &values, err));
        int32_t first = s->first[c], n = s->first[c + 1] - first;
        for (int64_t i = 0; i < columns->n_rows; i++)
            values[i] = score_of(ranks_from(s, first), n, f->real[i]);
    }
    return PTG_OK;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    normalizer *s = state;
    int64_t rows = in->columns->n_rows, most = (int64_t)in->parameters[N_QUANTILES].number;
    if (most > rows) most = rows;
    double *sorted = mem_array(rows, sizeof *sorted);
    int32_t *first = arena_array(s->base.memory, s->base.n_columns + 1, sizeof *first);
    double *value = arena_array(s->base.memory, most * s->base.n_columns, sizeof *value);
    double *low = arena_array(s->base.memory, most * s->base.n_columns, sizeof *low);
    double *high = arena_array(s->base.memory, most * s->base.n_columns, sizeof *high);
    bool enough = sorted && first && value && low && high;
    for (int32_t c = 0; enough && c < s->base.n_columns; c++) {
        int64_t n = fitted_sort_finite(in->columns->features[c].real, rows, sorted);
        first[c + 1] = first[c] + keep_quantiles(sorted, n, most, (ranks){value + first[c], low + first[c], high + first[c]});
    }
    mem_free(sorted);
    if (!enough) return fail_memory(err);
    s->first = first;
    s->value = value;
    s->low = low;
    s->high = high;
    s->n_kept = first[s->base.n_columns];
    return apply(s, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const normalizer *s = state;
    fitted_save(&s->base, w);
    bytes_put_i32s(w, s->first, s->base.n_columns + 1);
    bytes_put_f64s(w, s->value, s->n_kept);
    bytes_put_f64s(w, s->low, s->n_kept);
    bytes_put_f64s(w, s->high, s->n_kept);
}

static bool is_share(double rank)
{
    return rank >= 0 && rank <= 1;
}

/* Borders must be ordered within the arrays, values finite and ascending, ranks within 0 and 1. */
static bool holds(const normalizer *s, int64_t n_first, const int64_t n[3])
{
    if (n_first != s->base.n_columns + 1 || s->first[0] != 0 || n[0] != n[1] || n[0] != n[2] ||
        s->first[s->base.n_columns] != n[0])
        return false;
    for (int32_t c = 0; c < s->base.n_columns; c++) {
        if (s->first[c + 1] < s->first[c] || s->first[c + 1] > n[0]) return false;
        for (int32_t i = s->first[c]; i < s->first[c + 1]; i++) {
            if (!isfinite(s->value[i]) || (i > s->first[c] && s->value[i] <= s->value[i - 1])) return false;
            if (!is_share(s->low[i]) || !is_share(s->high[i])) return false;
        }
    }
    return true;
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    (void)err;
    normalizer *s = state;
    int64_t n_first = 0, n[3] = {0};
    s->first = bytes_i32s(r, s->base.memory, &n_first);
    s->value = bytes_f64s(r, s->base.memory, &n[0]);
    s->low = bytes_f64s(r, s->base.memory, &n[1]);
    s->high = bytes_f64s(r, s->base.memory, &n[2]);
    if (!r->failed && !holds(s, n_first, n)) r->failed = true;
    s->n_kept = (int32_t)n[0];
    return PTG_OK;
}

static const fitted_step step = {"QuantileNormalizer", sizeof(normalizer), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer quantile_normalizer = {
    .name = "QuantileNormalizer",
    .text = "Turns each number into the normal score of its rank, so that outliers and skew lose their weight.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_REAL,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};
