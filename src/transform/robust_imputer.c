/* RobustImputer: what is no finite number becomes the column's median, mean, most frequent value or a constant, as the class of
 * that name in sagemaker-scikit-learn-extension. A column without any value is filled with 0 and kept. Sparse columns are
 * passed on as they are. */
#include <math.h>

#include "transform/fitted.h"

enum { STRATEGY, FILL_VALUES };
enum { MEDIAN, MEAN, MOST_FREQUENT, CONSTANT };

static const char *const strategies[] = {"median", "mean", "most_frequent", "constant", NULL};

static const parameter parameters[] = {
    {.name = "strategy",
     .type = PARAMETER_CHOICE,
     .standard = "\"median\"",
     .choices = strategies,
     .searched = true,
     .search_values = "[\"median\", \"mean\"]",
     .text = "What a missing number is replaced by."},
    {.name = "fill_values",
     .type = PARAMETER_NUMBERS,
     .standard = "null",
     .min = -INFINITY,
     .max = INFINITY,
     .text = "For strategy constant: one number, or one a column; null leaves missing numbers missing."},
};

typedef struct imputer {
    fitted base;
    const double *fill; /* one a column; NaN = stays missing */
} imputer;

/* The mean of two numbers, also where their sum overflows. */
static double halfway(double a, double b)
{
    double sum = a + b;
    return isfinite(sum) ? sum / 2 : a / 2 + b / 2;
}

/* The most frequent of sorted values; the smallest of several. */
static double mode_of(const double *sorted, int64_t n)
{
    int64_t best = 0, run = 0;
    double value = sorted[0];
    for (int64_t i = 0; i < n; i++) {
        run = i > 0 && sorted[i] == sorted[i - 1] ? run + 1 : 1;
        if (run > best) {
            best = run;
            value = sorted[i];
        }
    }
    return value;
}

/* The mean of the finite of n_rows values. */
static double mean_of(const double *values, int64_t n_rows)
{
    int64_t n = 0;
    double sum = 0, sum_of_shares = 0;
    for (int64_t i = 0; i < n_rows; i++) {
        if (!isfinite(values[i])) continue;
        sum += values[i];
        n++;
    }
    if (n == 0) return 0;
    if (isfinite(sum)) return sum / (double)n;
    for (int64_t i = 0; i < n_rows; i++)
        if (isfinite(values[i])) sum_of_shares += values[i] / (double)n;
    return sum_of_shares;
}

static double fill_of(int strategy, const double *values, int64_t n_rows, double *scratch)
{
    if (strategy == MEAN) return mean_of(values, n_rows);
    int64_t n = fitted_sort_finite(values, n_rows, scratch);
    if (n == 0) return 0;
    return strategy == MOST_FREQUENT ? mode_of(scratch, n) : halfway(scratch[(n - 1) / 2], scratch[n / 2]);
}

static ptg_status fit_constants(const parameter_value *given, int32_t n, double *fill, ptg_error *err)
{
    if (!given->is_null && given->count != 1 && given->count != n)
        return fail(err, PTG_ERROR_USAGE,
                    "fill_values has %lld numbers for %d columns; give one number, or one for each column.",
                    (long long)given->count, n);
    for (int32_t c = 0; c < n; c++)
        fill[c] = given->is_null || given->count == 0 ? NAN : given->numbers[given->count == 1 ? 0 : c];
    return PTG_OK;
}

static ptg_status fit_statistics(const matrix *columns, int strategy, double *fill, ptg_error *err)
{
    double *scratch = mem_array(columns->n_rows, sizeof *scratch);
    if (scratch == NULL) return fail_memory(err);
    for (int32_t c = 0; c < columns->n_features; c++) {
        const feature *f = &columns->features[c];
        if (f->kind == FEATURE_REAL) fill[c] = fill_of(strategy, f->real, columns->n_rows, scratch);
    }
    mem_free(scratch);
    return PTG_OK;
}

static ptg_status impute(const feature *f, int64_t n_rows, const char *name, double fill, matrix *out, ptg_error *err)
{
    double *values;
    TRY(fitted_add_real(out, name, NULL, f->type, &values, err));
    for (int64_t i = 0; i < n_rows; i++)
        values[i] = isfinite(f->real[i]) ? f->real[i] : fill;
    return PTG_OK;
}

static ptg_status pass_sparse(const feature *f, const char *name, matrix *out, ptg_error *err)
{
    double *values;
    TRY(fitted_add_sparse_like(out, name, f, &values, err));
    for (int64_t i = 0; i < f->n_values; i++)
        values[i] = f->values[i];
    return PTG_OK;
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const imputer *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_REAL | FEATURE_SPARSE, err));
    for (int32_t c = 0; c < columns->n_features; c++) {
        const feature *f = &columns->features[c];
        if (f->kind == FEATURE_SPARSE)
            TRY(pass_sparse(f, s->base.names[c], out, err));
        else
            TRY(impute(f, columns->n_rows, s->base.names[c], s->fill[c], out, err));
    }
    return PTG_OK;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    imputer *s = state;
    double *fill = arena_array(s->base.memory, s->base.n_columns, sizeof *fill);
    if (fill == NULL) return fail_memory(err);
    s->fill = fill;
    int strategy = (int)in->parameters[STRATEGY].number;
    if (strategy == CONSTANT)
        TRY(fit_constants(&in->parameters[FILL_VALUES], s->base.n_columns, fill, err));
    else
        TRY(fit_statistics(in->columns, strategy, fill, err));
    return apply(s, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const imputer *s = state;
    fitted_save(&s->base, w);
    bytes_put_f64s(w, s->fill, s->base.n_columns);
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    (void)err;
    imputer *s = state;
    int64_t n = 0;
    s->fill = bytes_f64s(r, s->base.memory, &n);
    if (n != s->base.n_columns) r->failed = true;
    for (int64_t c = 0; c < n && !r->failed; c++)
        if (isinf(s->fill[c])) r->failed = true;
    return PTG_OK;
}

static const fitted_step step = {"RobustImputer", sizeof(imputer), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

static ptg_status check(const parameter_value *given, ptg_error *err)
{
    if ((int)given[STRATEGY].number != CONSTANT && !given[FILL_VALUES].is_null)
        return fail(err, PTG_ERROR_USAGE,
                    "fill_values needs strategy 'constant', not '%s'; set the strategy or leave fill_values out.",
                    strategies[(int)given[STRATEGY].number]);
    for (int64_t i = 0; i < given[FILL_VALUES].count; i++)
        if (isinf(given[FILL_VALUES].numbers[i])) return fail(err, PTG_ERROR_USAGE, "fill_values must be finite numbers.");
    return PTG_OK;
}

const transformer robust_imputer = {
    .name = "RobustImputer",
    .text = "Replaces missing and infinite numbers by the column's median, mean, most frequent value or a constant.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_REAL | FEATURE_SPARSE,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
    .check = check,
};
