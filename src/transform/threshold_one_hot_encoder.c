/* ThresholdOneHotEncoder: a column of 0 and 1 for every level that stands often enough, as the class of that name in
 * sagemaker-scikit-learn-extension. Missing is a level of its own when it is frequent enough. Unseen and rare levels are all
 * zeros; a column without any frequent level gives one column of zeros. Few columns are dense, many are sparse. */
#include <math.h>

#include "transform/fitted.h"
#include "transform/levels.h"
#include "transform/sparse_columns.h"

enum { THRESHOLD, MAX_CATEGORIES, SPARSE, KEEP_INPUT };

#define MAX_DENSE 8 /* a source column with more 0/1 columns than this gives sparse ones */

static const parameter parameters[] = {
    {.name = "threshold",
     .type = PARAMETER_REAL,
     .standard = "null",
     .min = 0,
     .max = 1e15,
     .searched = false,
     .text = "Least number of rows of a level (below 1: share of the rows); null is max(10, rows / 1000)."},
    {.name = "max_categories",
     .type = PARAMETER_INTEGER,
     .standard = "100",
     .min = 1,
     .max = 100000,
     .searched = true,
     .search_min = 10,
     .search_max = 1000,
     .log_scale = true,
     .text = "Most levels of a column; the most frequent are kept."},
    {.name = "sparse",
     .type = PARAMETER_BOOLEAN,
     .standard = "true",
     .min = 0,
     .max = 1,
     .text = "Give sparse columns where a column has more than 8 levels; else always dense ones."},
    FITTED_KEEP_INPUT("Leave the columns in the set as well: a number that repeats is both a number and a category."),
};

typedef struct one_hot_column {
    text_index levels;
    const char **names; /* levels.n of them, then the one of missing where it has one; at least one */
    int32_t n_names;
    int32_t has_missing;
    bool sparse;
} one_hot_column;

typedef struct one_hot {
    fitted base;
    one_hot_column *columns;
} one_hot;

static ptg_status name_columns(one_hot_column *own, const char *base, arena *a, ptg_error *err)
{
    int32_t n = own->levels.n + own->has_missing;
    own->n_names = n == 0 ? 1 : n;
    own->names = arena_array(a, own->n_names, sizeof *own->names);
    if (own->names == NULL) return fail_memory(err);
    for (int32_t l = 0; l < own->n_names; l++) {
        const char *level = n == 0 ? "(rare)" : l < own->levels.n ? own->levels.texts[l].data : "(missing)";
        own->names[l] = arena_print(a, "%s=%s", base, level);
        if (own->names[l] == NULL) return fail_memory(err);
    }
    return PTG_OK;
}

/* The number of the 0/1 column that a level number sets; -1 = none. */
static int32_t column_set_by(const one_hot_column *own, int32_t level)
{
    if (level == LEVEL_MISSING) return own->has_missing ? own->levels.n : -1;
    return level == LEVEL_UNSEEN ? -1 : level;
}

static ptg_status put_dense(const one_hot_column *own, const int32_t *set, int64_t n_rows, matrix *out, ptg_error *err)
{
    for (int32_t l = 0; l < own->n_names; l++) {
        double *values;
        TRY(fitted_add_real(out, own->names[l], NULL, COLUMN_NUMERIC, &values, err));
        for (int64_t i = 0; i < n_rows; i++)
            values[i] = set[i] == l;
    }
    return PTG_OK;
}

static ptg_status put_sparse(const one_hot_column *own, const int32_t *set, int64_t n_rows, matrix *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    sparse_columns results;
    GO(sparse_columns_init(&results, own->n_names, err));
    for (int64_t i = 0; i < n_rows; i++)
        if (set[i] >= 0) results.counts[set[i]]++;
    GO(sparse_columns_add(&results, own->names, out, err));
    for (int64_t i = 0; i < n_rows; i++)
        if (set[i] >= 0) sparse_columns_put(&results, set[i], i, 1);
done:
    sparse_columns_clear(&results);
    return status;
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const one_hot *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_CODED | FEATURE_REAL, err));
    ptg_status status = PTG_OK;
    int32_t *set = mem_array(columns->n_rows, sizeof *set);
    if (set == NULL) return fail_memory(err);
    for (int32_t c = 0; c < columns->n_features; c++) {
        const one_hot_column *own = &s->columns[c];
        GO(levels_match(&own->levels, &columns->features[c], columns->n_rows, set, err));
        for (int64_t i = 0; i < columns->n_rows; i++)
            set[i] = column_set_by(own, set[i]);
        if (own->sparse)
            GO(put_sparse(own, set, columns->n_rows, out, err));
        else
            GO(put_dense(own, set, columns->n_rows, out, err));
    }
done:
    mem_free(set);
    return status;
}

static ptg_status fit_column(void *state, const fitted_column *at, ptg_error *err)
{
    one_hot *s = state;
    one_hot_column *own = &s->columns[at->number];
    const parameter_value *given = at->in->parameters;
    int64_t n_rows = at->in->columns->n_rows;
    level_counts counts;
    TRY(levels_count(at->source, n_rows, at->scratch, &counts, err));
    double least = levels_least_count(given[THRESHOLD].is_null ? 0 : given[THRESHOLD].number, n_rows);
    own->has_missing = counts.n_missing > 0 && (double)counts.n_missing >= least;
    int64_t most = (int64_t)given[MAX_CATEGORIES].number - own->has_missing;
    text_index_init(&own->levels, s->base.memory);
    TRY(levels_choose(&counts, least, most, at->scratch, &own->levels, err));
    own->sparse = given[SPARSE].number != 0 && own->levels.n + own->has_missing > MAX_DENSE;
    return name_columns(own, s->base.names[at->number], s->base.memory, err);
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    one_hot *s = state;
    s->columns = arena_array(s->base.memory, s->base.n_columns, sizeof *s->columns);
    if (s->columns == NULL) return fail_memory(err);
    TRY(fitted_each_column(s, fit_column, in, out, err));
    return apply(s, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const one_hot *s = state;
    fitted_save(&s->base, w);
    for (int32_t c = 0; c < s->base.n_columns; c++) {
        text_index_save(&s->columns[c].levels, w);
        bytes_put_u8(w, (uint8_t)s->columns[c].has_missing);
        bytes_put_u8(w, s->columns[c].sparse);
    }
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    one_hot *s = state;
    s->columns = arena_array(s->base.memory, s->base.n_columns, sizeof *s->columns);
    if (s->columns == NULL) return fail_memory(err);
    for (int32_t c = 0; c < s->base.n_columns && !r->failed; c++) {
        one_hot_column *own = &s->columns[c];
        text_index_init(&own->levels, s->base.memory);
        TRY(text_index_load(&own->levels, r, err));
        own->has_missing = bytes_u8(r) != 0;
        own->sparse = bytes_u8(r) != 0;
        if (!r->failed) TRY(name_columns(own, s->base.names[c], s->base.memory, err));
    }
    return PTG_OK;
}

static const fitted_step step = {"ThresholdOneHotEncoder", sizeof(one_hot), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer threshold_one_hot_encoder = {
    .name = "ThresholdOneHotEncoder",
    .text = "Turns categories into columns of 0 and 1, one for each level that stands often enough.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_CODED | FEATURE_REAL,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};
