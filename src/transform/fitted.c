/* See fitted.h. */
#include "transform/fitted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *state_in_own_arena(size_t size)
{
    arena *memory = arena_new();
    if (memory == NULL) return NULL;
    fitted *f = arena_array(memory, 1, size);
    if (f == NULL) {
        arena_free(memory);
        return NULL;
    }
    f->memory = memory;
    return f;
}

void fitted_free(void *state)
{
    if (state != NULL) arena_free(((fitted *)state)->memory);
}

/* The end of a fit or a load: *state set, or what was made freed. */
static ptg_status hand_over(void *made, ptg_status status, void **state)
{
    *state = status == PTG_OK ? made : NULL;
    if (status != PTG_OK) fitted_free(made);
    return status;
}

static void *state_of_columns(size_t size, const matrix *columns)
{
    fitted *f = state_in_own_arena(size);
    if (f == NULL) return NULL;
    f->n_columns = columns->n_features;
    f->names = arena_array(f->memory, f->n_columns, sizeof *f->names);
    bool failed = f->names == NULL;
    for (int32_t c = 0; c < f->n_columns && !failed; c++) {
        const char *name = columns->features[c].name;
        f->names[c] = arena_text(f->memory, name, strlen(name));
        failed = f->names[c] == NULL;
    }
    if (failed) {
        fitted_free(f);
        return NULL;
    }
    return f;
}

ptg_status fitted_fit(const fitted_step *step, const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    *state = NULL;
    void *made = state_of_columns(step->size, in->columns);
    if (made == NULL) return fail_memory(err);
    return hand_over(made, step->fit(made, in, out, err), state);
}

void fitted_save(const fitted *f, bytes_writer *w)
{
    bytes_put_i64(w, f->n_columns);
    for (int32_t c = 0; c < f->n_columns; c++)
        bytes_put_text(w, text_of(f->names[c]));
}

static ptg_status load_names(fitted *f, bytes_reader *r, ptg_error *err)
{
    int64_t n = bytes_count(r, 1);
    if (n > INT32_MAX) r->failed = true;
    if (r->failed) return bytes_check(r, "a fitted step", err);
    f->names = arena_array(f->memory, n, sizeof *f->names);
    if (f->names == NULL) return fail_memory(err);
    f->n_columns = (int32_t)n;
    for (int32_t c = 0; c < f->n_columns; c++) {
        text name = bytes_text(r);
        f->names[c] = arena_text(f->memory, name.data == NULL ? "" : name.data, (size_t)name.size);
        if (f->names[c] == NULL) return fail_memory(err);
    }
    return bytes_check(r, "a fitted step", err);
}

ptg_status fitted_load(const fitted_step *step, bytes_reader *r, void **state, ptg_error *err)
{
    *state = NULL;
    fitted *f = state_in_own_arena(step->size);
    if (f == NULL) return fail_memory(err);
    ptg_status status = load_names(f, r, err);
    if (status == PTG_OK && step->load != NULL) status = step->load(f, r, err);
    if (status == PTG_OK) status = bytes_check(r, step->name, err);
    return hand_over(f, status, state);
}

void fitted_check_finite(const double *values, int64_t n, bytes_reader *r)
{
    for (int64_t i = 0; i < n && !r->failed; i++)
        if (!isfinite(values[i])) r->failed = true;
}

ptg_status fitted_each_column(void *state, ptg_status (*fit_column)(void *state, const fitted_column *at, ptg_error *err),
                              const transform_fit_input *in, matrix *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    fitted_column at = {.in = in, .scratch = arena_new(), .out = out};
    if (at.scratch == NULL) return fail_memory(err);
    for (int32_t c = 0; c < in->columns->n_features && status == PTG_OK; c++) {
        at.number = c;
        at.source = &in->columns->features[c];
        status = fit_column(state, &at, err);
        arena_reset(at.scratch);
    }
    arena_free(at.scratch);
    return status;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int64_t fitted_sort_finite(const double *values, int64_t n, double *sorted)
{
    int64_t n_finite = 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i])) sorted[n_finite++] = values[i];
    qsort(sorted, (size_t)n_finite, sizeof *sorted, by_value);
    return n_finite;
}

ptg_status fitted_check(const fitted *f, const matrix *columns, unsigned accepts, ptg_error *err)
{
    if (columns->n_features != f->n_columns)
        return fail(err, PTG_ERROR_FORMAT, "the step was fitted on %d columns and is given %d; the model is damaged.",
                    f->n_columns, columns->n_features);
    for (int32_t c = 0; c < f->n_columns; c++) {
        if ((columns->features[c].kind & accepts) != 0) continue;
        text_shown_buffer shown;
        return fail(err, PTG_ERROR_DATA,
                    "column '%s' is of another kind than the step was fitted on; read the table with the "
                    "model's types.",
                    text_shown(text_of(f->names[c]), &shown));
    }
    return PTG_OK;
}

ptg_status fitted_add_real(matrix *out, const char *base, const char *suffix, column_type type, double **values, ptg_error *err)
{
    text_buffer name = {0};
    text_append(&name, base);
    if (suffix != NULL) {
        text_append(&name, "_");
        text_append(&name, suffix);
    }
    ptg_status status = text_buffer_check(&name, err);
    if (status == PTG_OK) {
        *values = matrix_add_real(out, name.data == NULL ? "" : name.data);
        if (*values == NULL)
            status = fail_memory(err);
        else
            out->features[out->n_features - 1].type = type;
    }
    text_buffer_clear(&name);
    return status;
}

ptg_status fitted_add_class(matrix *out, const char *base, const char *suffix, int32_t k, double **values, ptg_error *err)
{
    if (k < 0) return fitted_add_real(out, base, suffix, COLUMN_NUMERIC, values, err);
    text_buffer of_class = {0};
    text_print(&of_class, "%s_%d", suffix, (int)k);
    ptg_status status = text_buffer_check(&of_class, err);
    if (status == PTG_OK) status = fitted_add_real(out, base, of_class.data, COLUMN_NUMERIC, values, err);
    text_buffer_clear(&of_class);
    return status;
}

ptg_status fitted_add_sparse_like(matrix *out, const char *name, const feature *source, double **values, ptg_error *err)
{
    int64_t *rows;
    TRY(matrix_add_sparse(out, name, source->n_values, &rows, values, err));
    for (int64_t i = 0; i < source->n_values; i++)
        rows[i] = source->rows[i];
    return PTG_OK;
}
