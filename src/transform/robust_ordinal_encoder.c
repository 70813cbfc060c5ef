/* RobustOrdinalEncoder: categories as codes in the order of the fitted levels (texts by their bytes, numbers by value), as the
 * class of that name in sagemaker-scikit-learn-extension. The results are coded columns, so that trees see native categories.
 * Rare and unseen levels share one extra level after the kept ones, or become missing; missing stays missing. */
#include <math.h>

#include "transform/fitted.h"
#include "transform/levels.h"

enum { UNKNOWN_AS_NAN, THRESHOLD, MAX_CATEGORIES };

#define OTHER_LEVEL "(other)"

static const parameter parameters[] = {
    {.name = "unknown_as_nan",
     .type = PARAMETER_BOOLEAN,
     .standard = "false",
     .min = 0,
     .max = 1,
     .text = "Rare and unseen levels become missing instead of one extra level."},
    {.name = "threshold",
     .type = PARAMETER_REAL,
     .standard = "1",
     .min = 0,
     .max = 1e15,
     .text = "Least number of rows of a level (below 1: share of the rows); 0 is max(10, rows / 1000)."},
    {.name = "max_categories",
     .type = PARAMETER_INTEGER,
     .standard = "null",
     .min = 1,
     .max = 1e9,
     .text = "Most levels of a column; the most frequent are kept; null keeps all."},
};

typedef struct ordinal {
    fitted base;
    bool unknown_missing;
    text_index *levels; /* one a column; the extra level, where there is one, is the last */
    int32_t *n_kept;    /* levels without the extra one */
} ordinal;

static ptg_status encode(const ordinal *s, int32_t c, const feature *f, int64_t n_rows, matrix *out, ptg_error *err)
{
    const text_index *levels = &s->levels[c];
    int32_t *codes = matrix_add_coded(out, s->base.names[c], levels->n, NULL);
    if (codes == NULL) return fail_memory(err);
    feature *result = &out->features[out->n_features - 1];
    result->type = COLUMN_CATEGORICAL;
    result->levels = levels->texts; /* the state's: thousands of levels are not copied for one row */
    TRY(levels_match(levels, f, n_rows, codes, err));
    int32_t unknown = s->unknown_missing ? LEVEL_MISSING : s->n_kept[c];
    for (int64_t i = 0; i < n_rows; i++)
        if (codes[i] == LEVEL_UNSEEN) codes[i] = unknown;
    return PTG_OK;
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const ordinal *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_CODED | FEATURE_REAL, err));
    for (int32_t c = 0; c < columns->n_features; c++)
        TRY(encode(s, c, &columns->features[c], columns->n_rows, out, err));
    return PTG_OK;
}

/* The extra level's text is told apart from every level of the column. */
static ptg_status add_other(text_index *levels, ptg_error *err)
{
    char name[sizeof OTHER_LEVEL + 16] = OTHER_LEVEL;
    size_t size = sizeof OTHER_LEVEL - 1;
    while (size < sizeof name - 1 && text_index_find(levels, (text){name, (int64_t)size}) >= 0)
        name[size++] = '_';
    return text_index_add(levels, (text){name, (int64_t)size}) < 0 ? fail_memory(err) : PTG_OK;
}

static ptg_status fit_column(void *state, const fitted_column *at, ptg_error *err)
{
    ordinal *s = state;
    int32_t c = at->number;
    const parameter_value *given = at->in->parameters;
    level_counts counts;
    TRY(levels_count(at->source, at->in->columns->n_rows, at->scratch, &counts, err));
    double least = levels_least_count(given[THRESHOLD].number, at->in->columns->n_rows);
    int64_t most = given[MAX_CATEGORIES].is_null ? INT32_MAX : (int64_t)given[MAX_CATEGORIES].number;
    text_index_init(&s->levels[c], s->base.memory);
    TRY(levels_choose(&counts, least, most, at->scratch, &s->levels[c], err));
    s->n_kept[c] = s->levels[c].n;
    return s->unknown_missing ? PTG_OK : add_other(&s->levels[c], err);
}

static ptg_status make_columns(ordinal *s, ptg_error *err)
{
    s->levels = arena_array(s->base.memory, s->base.n_columns, sizeof *s->levels);
    s->n_kept = arena_array(s->base.memory, s->base.n_columns, sizeof *s->n_kept);
    return s->levels == NULL || s->n_kept == NULL ? fail_memory(err) : PTG_OK;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    ordinal *s = state;
    TRY(make_columns(s, err));
    s->unknown_missing = in->parameters[UNKNOWN_AS_NAN].number != 0;
    TRY(fitted_each_column(s, fit_column, in, out, err));
    return apply(s, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const ordinal *s = state;
    fitted_save(&s->base, w);
    bytes_put_u8(w, s->unknown_missing);
    for (int32_t c = 0; c < s->base.n_columns; c++)
        text_index_save(&s->levels[c], w);
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    ordinal *s = state;
    TRY(make_columns(s, err));
    s->unknown_missing = bytes_u8(r) != 0;
    for (int32_t c = 0; c < s->base.n_columns && !r->failed; c++) {
        text_index_init(&s->levels[c], s->base.memory);
        TRY(text_index_load(&s->levels[c], r, err));
        s->n_kept[c] = s->levels[c].n - (s->unknown_missing ? 0 : 1);
        if (s->n_kept[c] < 0) r->failed = true;
    }
    return PTG_OK;
}

static const fitted_step step = {"RobustOrdinalEncoder", sizeof(ordinal), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer robust_ordinal_encoder = {
    .name = "RobustOrdinalEncoder",
    .text = "Turns categories (or numbers that are taken as categories) into codes that trees use as native categories.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_CODED | FEATURE_REAL,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};
