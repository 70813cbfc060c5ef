/* FrequencyEncoder: a level's share of the training rows' weight; missing is a level of its own, unseen levels are 0. */
#include <math.h>

#include "transform/fitted.h"
#include "transform/levels.h"

enum { KEEP_INPUT };

static const parameter parameters[] = {
    FITTED_KEEP_INPUT("Keep the column itself beside its frequency."),
};

typedef struct frequency_column {
    text_index levels;
    const double *share; /* levels.n + 1; the last is that of missing */
} frequency_column;

typedef struct frequency {
    fitted base;
    frequency_column *columns;
} frequency;

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const frequency *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_CODED | FEATURE_REAL, err));
    ptg_status status = PTG_OK;
    int32_t *level = mem_array(columns->n_rows, sizeof *level);
    if (level == NULL) return fail_memory(err);
    for (int32_t c = 0; c < columns->n_features; c++) {
        const frequency_column *own = &s->columns[c];
        double *values;
        GO(levels_match(&own->levels, &columns->features[c], columns->n_rows, level, err));
        GO(fitted_add_real(out, s->base.names[c], "frequency", COLUMN_NUMERIC, &values, err));
        for (int64_t i = 0; i < columns->n_rows; i++)
            values[i] = level[i] == LEVEL_UNSEEN ? 0 : own->share[level[i] == LEVEL_MISSING ? own->levels.n : level[i]];
    }
done:
    mem_free(level);
    return status;
}

static ptg_status fit_column(void *state, const fitted_column *at, ptg_error *err)
{
    frequency *s = state;
    frequency_column *own = &s->columns[at->number];
    const double *weights = at->in->weight;
    int64_t n_rows = at->in->columns->n_rows;
    int32_t *level;
    text_index_init(&own->levels, s->base.memory);
    TRY(levels_number(at->source, n_rows, at->scratch, &own->levels, &level, err));
    double *share = arena_array(s->base.memory, (int64_t)own->levels.n + 1, sizeof *share);
    if (share == NULL) return fail_memory(err);
    double total = 0;
    for (int64_t i = 0; i < n_rows; i++) {
        double weight = weights == NULL ? 1 : weights[i];
        share[level[i]] += weight;
        total += weight;
    }
    for (int32_t l = 0; l <= own->levels.n && total > 0; l++)
        share[l] /= total;
    own->share = share;
    return PTG_OK;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    frequency *s = state;
    s->columns = arena_array(s->base.memory, s->base.n_columns, sizeof *s->columns);
    if (s->columns == NULL) return fail_memory(err);
    TRY(fitted_each_column(s, fit_column, in, out, err));
    return apply(s, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const frequency *s = state;
    fitted_save(&s->base, w);
    for (int32_t c = 0; c < s->base.n_columns; c++) {
        text_index_save(&s->columns[c].levels, w);
        bytes_put_f64s(w, s->columns[c].share, (int64_t)s->columns[c].levels.n + 1);
    }
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    frequency *s = state;
    s->columns = arena_array(s->base.memory, s->base.n_columns, sizeof *s->columns);
    if (s->columns == NULL) return fail_memory(err);
    for (int32_t c = 0; c < s->base.n_columns && !r->failed; c++) {
        frequency_column *own = &s->columns[c];
        text_index_init(&own->levels, s->base.memory);
        TRY(text_index_load(&own->levels, r, err));
        int64_t n = 0;
        own->share = bytes_f64s(r, s->base.memory, &n);
        if (n != (int64_t)own->levels.n + 1) r->failed = true;
        for (int64_t l = 0; l < n && !r->failed; l++)
            if (!(own->share[l] >= 0 && own->share[l] <= 1 + 1e-9)) r->failed = true;
    }
    return PTG_OK;
}

static const fitted_step step = {"FrequencyEncoder", sizeof(frequency), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer frequency_encoder = {
    .name = "FrequencyEncoder",
    .text = "Replaces a category by its share of the training rows.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_CODED | FEATURE_REAL,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};
