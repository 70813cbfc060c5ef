/* RobustMissingIndicator: a column of 0 and 1 beside each input, 1 where the value is missing (for numbers: not finite). As the
 * class of that name in sagemaker-scikit-learn-extension, for columns of every kind. */
#include <math.h>

#include "transform/fitted.h"

enum { FEATURES, ERROR_ON_NEW };
enum { ALL, MISSING_ONLY };

#define ACCEPTS (FEATURE_REAL | FEATURE_CODED | FEATURE_SPARSE | FEATURE_TEXT)

static const char *const choices[] = {"all", "missing-only", NULL};

static const parameter parameters[] = {
    {.name = "features",
     .type = PARAMETER_CHOICE,
     .standard = "\"all\"",
     .choices = choices,
     .text = "Which columns get an indicator: all, or missing-only, those with a missing value in training."},
    {.name = "error_on_new",
     .type = PARAMETER_BOOLEAN,
     .standard = "true",
     .min = 0,
     .max = 1,
     .text = "With missing-only: refuse new rows with a missing value in a column that had none in training."},
};

typedef struct indicator {
    fitted base;
    bool refuses_new;
    const int32_t *shown; /* 1 where the column has an indicator */
} indicator;

/* Writes 1 where missing (flags may be NULL) and returns how many are. */
static int64_t mark_missing(const feature *f, int64_t n_rows, double *flags)
{
    int64_t n = 0;
    int64_t n_items = f->kind == FEATURE_SPARSE ? f->n_values : n_rows;
    for (int64_t i = 0; i < n_items; i++) {
        bool missing = f->kind == FEATURE_REAL     ? !isfinite(f->real[i])
                       : f->kind == FEATURE_SPARSE ? !isfinite(f->values[i])
                       : f->kind == FEATURE_CODED  ? f->codes[i] < 0
                                                   : f->cells[i].data == NULL;
        if (!missing) continue;
        n++;
        if (flags != NULL) flags[f->kind == FEATURE_SPARSE ? f->rows[i] : i] = 1;
    }
    return n;
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const indicator *s = state;
    TRY(fitted_check(&s->base, columns, ACCEPTS, err));
    for (int32_t c = 0; c < columns->n_features; c++) {
        const feature *f = &columns->features[c];
        double *flags = NULL;
        if (s->shown[c]) TRY(fitted_add_real(out, s->base.names[c], "missing", COLUMN_NUMERIC, &flags, err));
        if (!s->shown[c] && !s->refuses_new) continue;
        int64_t n = mark_missing(f, columns->n_rows, flags);
        if (s->shown[c] || n == 0) continue;
        text_shown_buffer shown;
        return fail(err, PTG_ERROR_DATA,
                    "column '%s' has %lld missing values but had none in training; set error_on_new to false, "
                    "or features to 'all'.",
                    text_shown(text_of(s->base.names[c]), &shown), (long long)n);
    }
    return PTG_OK;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    indicator *s = state;
    bool all = (int)in->parameters[FEATURES].number == ALL;
    s->refuses_new = !all && in->parameters[ERROR_ON_NEW].number != 0;
    int32_t *shown = arena_array(s->base.memory, s->base.n_columns, sizeof *shown);
    if (shown == NULL) return fail_memory(err);
    s->shown = shown;
    for (int32_t c = 0; c < s->base.n_columns; c++)
        shown[c] = all || mark_missing(&in->columns->features[c], in->columns->n_rows, NULL) > 0;
    return apply(s, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const indicator *s = state;
    fitted_save(&s->base, w);
    bytes_put_u8(w, s->refuses_new);
    bytes_put_i32s(w, s->shown, s->base.n_columns);
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    (void)err;
    indicator *s = state;
    s->refuses_new = bytes_u8(r) != 0;
    int64_t n = 0;
    s->shown = bytes_i32s(r, s->base.memory, &n);
    if (n != s->base.n_columns) r->failed = true;
    return PTG_OK;
}

static const fitted_step step = {"RobustMissingIndicator", sizeof(indicator), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer robust_missing_indicator = {
    .name = "RobustMissingIndicator",
    .text = "Adds a column beside each input that is 1 where the value is missing and 0 elsewhere.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = ACCEPTS,
    .keeps_input = true,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};
