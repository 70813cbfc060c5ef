/* TargetEncoder: a level becomes the smoothed mean of the target among its training rows, (sum + m prior) / (count + m); one
 * column for binary targets and regression, one a class for multiclass. Training rows get their values out of fold (each from
 * the rows of the other inner folds, prior included), so that a model behind it never sees a row's own target; new rows get
 * those of all training rows. Missing is a level of its own, an unseen level gets the prior. Micci-Barreca, A preprocessing
 * scheme for high-cardinality categorical attributes, SIGKDD Explorations 2001. */
#include <string.h>

#include "transform/fitted.h"
#include "transform/inner_folds.h"
#include "transform/levels.h"

enum { SMOOTHING, FOLDS, KEEP_INPUT };

static const parameter parameters[] = {
    {.name = "smoothing",
     .type = PARAMETER_REAL,
     .standard = "10",
     .min = 0,
     .max = 1e9,
     .searched = true,
     .search_min = 1,
     .search_max = 100,
     .log_scale = true,
     .text = "Weight of the prior, in rows."},
    INNER_FOLDS_PARAMETER,
    FITTED_KEEP_INPUT("Keep the column itself beside its encoding."),
};

typedef struct target_column {
    text_index levels;
    const double *values; /* (levels.n + 1) x width: the encoding of each level, the last is that of missing */
} target_column;

typedef struct target_state {
    fitted base;
    int32_t width;
    bool multiclass;
    const double *prior; /* width */
    target_column *columns;
} target_state;

/* What a fit of one column works with. `level` is the level number of each row, that of missing is n_levels. */
typedef struct target_sums {
    const transform_fit_input *in;
    int32_t width, n_levels;
    const int32_t *level, *fold;
    double *sums;   /* (n_levels + 1) x width */
    double *counts; /* n_levels + 1 */
    double *prior;  /* width */
} target_sums;

/* Adds up the rows outside fold `held_out` (-1: all) and turns the sums into encodings. */
static void encode_levels(target_sums *t, int32_t held_out)
{
    const transform_fit_input *in = t->in;
    int32_t width = t->width;
    memset(t->sums, 0, ((size_t)t->n_levels + 1) * (size_t)width * sizeof *t->sums);
    memset(t->counts, 0, ((size_t)t->n_levels + 1) * sizeof *t->counts);
    memset(t->prior, 0, (size_t)width * sizeof *t->prior);
    double total = 0;
    for (int64_t i = 0; i < in->columns->n_rows; i++) {
        if (t->fold[i] == held_out) continue;
        double weight = in->weight == NULL ? 1 : in->weight[i];
        int32_t k = width > 1 ? (int32_t)in->target[i] : 0;
        double value = width > 1 ? weight : weight * in->target[i];
        t->sums[(int64_t)t->level[i] * width + k] += value;
        t->prior[k] += value;
        t->counts[t->level[i]] += weight;
        total += weight;
    }
    double smoothing = in->parameters[SMOOTHING].number;
    for (int32_t k = 0; k < width; k++)
        t->prior[k] = total > 0 ? t->prior[k] / total : 0;
    for (int64_t l = 0; l <= t->n_levels; l++)
        for (int32_t k = 0; k < width; k++) {
            double *value = &t->sums[l * width + k], weight = t->counts[l] + smoothing;
            *value = t->counts[l] > 0 ? (*value + smoothing * t->prior[k]) / weight : t->prior[k];
        }
}

static ptg_status add_columns(const target_state *s, int32_t c, matrix *out, double **values, ptg_error *err)
{
    for (int32_t k = 0; k < s->width; k++)
        TRY(fitted_add_class(out, s->base.names[c], "target", s->multiclass ? k : -1, &values[k], err));
    return PTG_OK;
}

static void put_values(double **out, int32_t width, int64_t row, const double *values)
{
    for (int32_t k = 0; k < width; k++)
        out[k][row] = values[k];
}

static const double *values_of(const target_state *s, const target_column *own, int32_t level)
{
    if (level == LEVEL_UNSEEN) return s->prior;
    return &own->values[(int64_t)(level == LEVEL_MISSING ? own->levels.n : level) * s->width];
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const target_state *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_CODED | FEATURE_REAL, err));
    ptg_status status = PTG_OK;
    int32_t *level = mem_array(columns->n_rows, sizeof *level);
    double **values = mem_array(s->width, sizeof *values);
    if (level == NULL || values == NULL) GO(fail_memory(err));
    for (int32_t c = 0; c < columns->n_features; c++) {
        GO(levels_match(&s->columns[c].levels, &columns->features[c], columns->n_rows, level, err));
        GO(add_columns(s, c, out, values, err));
        for (int64_t i = 0; i < columns->n_rows; i++)
            put_values(values, s->width, i, values_of(s, &s->columns[c], level[i]));
    }
done:
    mem_free(level);
    mem_free(values);
    return status;
}

/* Level numbers of the rows, and room for the sums. */
static ptg_status prepare_column(target_state *s, int32_t c, target_sums *t, arena *scratch, ptg_error *err)
{
    target_column *own = &s->columns[c];
    int32_t *level;
    text_index_init(&own->levels, s->base.memory);
    TRY(levels_number(&t->in->columns->features[c], t->in->columns->n_rows, scratch, &own->levels, &level, err));
    t->level = level;
    t->n_levels = own->levels.n;
    t->sums = arena_array(s->base.memory, ((int64_t)t->n_levels + 1) * t->width, sizeof *t->sums);
    t->counts = arena_array(scratch, (int64_t)t->n_levels + 1, sizeof *t->counts);
    if (t->sums == NULL || t->counts == NULL) return fail_memory(err);
    own->values = t->sums;
    return PTG_OK;
}

static ptg_status fit_column(target_state *s, int32_t c, target_sums *t, arena *scratch, matrix *out, ptg_error *err)
{
    TRY(prepare_column(s, c, t, scratch, err));
    double **values = arena_array(scratch, t->width, sizeof *values);
    if (values == NULL) return fail_memory(err);
    TRY(add_columns(s, c, out, values, err));
    for (int32_t fold = 0; fold < (int32_t)t->in->parameters[FOLDS].number; fold++) {
        encode_levels(t, fold);
        for (int64_t i = 0; i < t->in->columns->n_rows; i++)
            if (t->fold[i] == fold) put_values(values, t->width, i, &t->sums[(int64_t)t->level[i] * t->width]);
    }
    encode_levels(t, -1);
    return PTG_OK;
}

static ptg_status fit_columns(target_state *s, const transform_fit_input *in, int32_t *fold, arena *scratch, matrix *out,
                              ptg_error *err)
{
    s->multiclass = in->problem == PROBLEM_MULTICLASS;
    s->width = prediction_width(in->problem, in->n_classes);
    s->columns = arena_array(s->base.memory, s->base.n_columns, sizeof *s->columns);
    double *prior = arena_array(s->base.memory, s->width, sizeof *prior);
    if (s->columns == NULL || prior == NULL) return fail_memory(err);
    s->prior = prior;
    TRY(inner_folds(in, (int32_t)in->parameters[FOLDS].number, fold, err));
    for (int32_t c = 0; c < s->base.n_columns; c++) {
        target_sums t = {.in = in, .width = s->width, .fold = fold, .prior = prior};
        TRY(fit_column(s, c, &t, scratch, out, err));
        arena_reset(scratch);
    }
    return PTG_OK;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    target_state *s = state;
    ptg_status status = PTG_OK;
    arena *scratch = arena_new();
    int32_t *fold = mem_array(in->columns->n_rows, sizeof *fold);
    if (scratch == NULL || fold == NULL) GO(fail_memory(err));
    status = fit_columns(s, in, fold, scratch, out, err);
done:
    arena_free(scratch);
    mem_free(fold);
    return status;
}

static void save(const void *state, bytes_writer *w)
{
    const target_state *s = state;
    fitted_save(&s->base, w);
    bytes_put_u8(w, s->multiclass);
    bytes_put_f64s(w, s->prior, s->width);
    for (int32_t c = 0; c < s->base.n_columns; c++) {
        text_index_save(&s->columns[c].levels, w);
        bytes_put_f64s(w, s->columns[c].values, ((int64_t)s->columns[c].levels.n + 1) * s->width);
    }
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    target_state *s = state;
    int64_t n = 0;
    s->multiclass = bytes_u8(r) != 0;
    s->prior = bytes_f64s(r, s->base.memory, &n);
    if (n < 1 || n > INT32_MAX || (n > 1 && !s->multiclass)) r->failed = true;
    fitted_check_finite(s->prior, n, r);
    s->width = r->failed ? 0 : (int32_t)n;
    s->columns = arena_array(s->base.memory, s->base.n_columns, sizeof *s->columns);
    if (s->columns == NULL) return fail_memory(err);
    for (int32_t c = 0; c < s->base.n_columns && !r->failed; c++) {
        target_column *own = &s->columns[c];
        text_index_init(&own->levels, s->base.memory);
        TRY(text_index_load(&own->levels, r, err));
        own->values = bytes_f64s(r, s->base.memory, &n);
        if (n != ((int64_t)own->levels.n + 1) * s->width) r->failed = true;
        fitted_check_finite(own->values, n, r);
    }
    return PTG_OK;
}

static const fitted_step step = {"TargetEncoder", sizeof(target_state), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer target_encoder = {
    .name = "TargetEncoder",
    .text = "Replaces a category by the smoothed mean of the target among its rows, out of fold on the training rows.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_CODED | FEATURE_REAL,
    .uses_target = true,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};
