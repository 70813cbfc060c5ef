/* RobustStandardScaler: (x - mean) / sd with the population's sd, as the class of that name in
 * sagemaker-scikit-learn-extension. Sparse columns and dense ones with at most 30 % non-zeros are not centred; missing values
 * stay missing and do not count; a constant column has scale 1 (the rule of scikit-learn's StandardScaler). Two passes, in f64.
 */
#include <float.h>
#include <math.h>

#include "transform/fitted.h"

static const parameter parameters[] = {
    {.name = "with_mean",
     .type = PARAMETER_BOOLEAN,
     .standard = "true",
     .min = 0,
     .max = 1,
     .text = "Subtract the mean of dense columns with more than 30 % non-zeros."},
    {.name = "with_std",
     .type = PARAMETER_BOOLEAN,
     .standard = "true",
     .min = 0,
     .max = 1,
     .text = "Divide by the standard deviation."},
};
enum { WITH_MEAN, WITH_STD };

typedef struct scaler {
    fitted base;
    const double *mean, *scale; /* one a column; scale > 0 */
} scaler;

typedef struct moments {
    double mean, sd;
    int64_t n; /* finite values, with the zeros that a sparse column does not store */
} moments;

/* Mean and sd of the finite of `values` / unit, and n_zeros zeros. */
static moments moments_in_units(const double *values, int64_t n_values, int64_t n_zeros, double unit)
{
    int64_t n = n_zeros;
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n_values; i++) {
        if (!isfinite(values[i])) continue;
        sum += values[i] / unit;
        n++;
    }
    if (n == 0) return (moments){0, 0, 0};
    double mean = sum / (double)n;
    for (int64_t i = 0; i < n_values; i++) {
        if (!isfinite(values[i])) continue;
        double d = values[i] / unit - mean;
        squares += d * d;
    }
    squares += (double)n_zeros * mean * mean;
    return (moments){mean, sqrt(squares / (double)n), n};
}

/* Large numbers whose squares overflow are measured in units of the largest. */
static moments moments_of(const double *values, int64_t n_values, int64_t n_zeros)
{
    moments m = moments_in_units(values, n_values, n_zeros, 1);
    if (isfinite(m.mean) && isfinite(m.sd)) return m;
    double largest = 0;
    for (int64_t i = 0; i < n_values; i++)
        if (isfinite(values[i])) largest = fmax(largest, fabs(values[i]));
    m = moments_in_units(values, n_values, n_zeros, largest);
    return (moments){m.mean * largest, m.sd * largest, m.n};
}

static bool is_constant(moments m)
{
    double variance = m.sd * m.sd, n = (double)m.n;
    double noise = n * m.mean * DBL_EPSILON;
    return isfinite(variance) && variance <= n * DBL_EPSILON * variance + noise * noise;
}

/* Missing counts as non-zero, as numpy counts. */
static bool is_mostly_zero(const feature *f, int64_t n_rows)
{
    int64_t n = 0;
    for (int64_t i = 0; i < n_rows; i++)
        n += f->real[i] != 0;
    return (double)n <= 0.3 * (double)n_rows;
}

static void fit_column(const feature *f, int64_t n_rows, bool centre, bool scale_it, double *mean, double *scale)
{
    bool dense = f->kind == FEATURE_REAL;
    moments m = dense ? moments_of(f->real, n_rows, 0) : moments_of(f->values, f->n_values, n_rows - f->n_values);
    *mean = dense && centre && !is_mostly_zero(f, n_rows) ? m.mean : 0;
    *scale = scale_it && m.n > 0 && m.sd > 0 && !is_constant(m) ? m.sd : 1;
}

static double scaled(double x, double mean, double scale)
{
    if (!isfinite(x)) return NAN;
    double d = x - mean;
    return isfinite(d) ? d / scale : x / scale - mean / scale;
}

static ptg_status scale_dense(const feature *f, int64_t n_rows, const char *name, double mean, double scale, matrix *out,
                              ptg_error *err)
{
    double *values;
    TRY(fitted_add_real(out, name, NULL, f->type, &values, err));
    for (int64_t i = 0; i < n_rows; i++)
        values[i] = scaled(f->real[i], mean, scale);
    return PTG_OK;
}

static ptg_status scale_sparse(const feature *f, const char *name, double scale, matrix *out, ptg_error *err)
{
    double *values;
    TRY(fitted_add_sparse_like(out, name, f, &values, err));
    for (int64_t i = 0; i < f->n_values; i++)
        values[i] = scaled(f->values[i], 0, scale);
    return PTG_OK;
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const scaler *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_REAL | FEATURE_SPARSE, err));
    for (int32_t c = 0; c < columns->n_features; c++) {
        const feature *f = &columns->features[c];
        if (f->kind == FEATURE_REAL)
            TRY(scale_dense(f, columns->n_rows, s->base.names[c], s->mean[c], s->scale[c], out, err));
        else
            TRY(scale_sparse(f, s->base.names[c], s->scale[c], out, err));
    }
    return PTG_OK;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    scaler *s = state;
    double *mean = arena_array(s->base.memory, s->base.n_columns, sizeof *mean);
    double *scale = arena_array(s->base.memory, s->base.n_columns, sizeof *scale);
    if (mean == NULL || scale == NULL) return fail_memory(err);
    bool centre = in->parameters[WITH_MEAN].number != 0, scale_it = in->parameters[WITH_STD].number != 0;
    for (int32_t c = 0; c < s->base.n_columns; c++)
        fit_column(&in->columns->features[c], in->columns->n_rows, centre, scale_it, &mean[c], &scale[c]);
    s->mean = mean;
    s->scale = scale;
    return apply(s, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const scaler *s = state;
    fitted_save(&s->base, w);
    bytes_put_f64s(w, s->mean, s->base.n_columns);
    bytes_put_f64s(w, s->scale, s->base.n_columns);
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    (void)err;
    scaler *s = state;
    int64_t n_mean = 0, n_scale = 0;
    s->mean = bytes_f64s(r, s->base.memory, &n_mean);
    s->scale = bytes_f64s(r, s->base.memory, &n_scale);
    if (n_mean != s->base.n_columns || n_scale != s->base.n_columns) r->failed = true;
    for (int32_t c = 0; c < s->base.n_columns && !r->failed; c++)
        if (!isfinite(s->mean[c]) || !isfinite(s->scale[c]) || s->scale[c] <= 0) r->failed = true;
    return PTG_OK;
}

static const fitted_step step = {"RobustStandardScaler", sizeof(scaler), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer robust_standard_scaler = {
    .name = "RobustStandardScaler",
    .text = "Scales numbers to mean 0 and standard deviation 1; sparse columns and mostly zero ones are not centred.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_REAL | FEATURE_SPARSE,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};
