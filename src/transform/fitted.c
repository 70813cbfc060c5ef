/* See fitted.h. */
#include "transform/fitted.h"

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

void *fitted_new(size_t size, const matrix *columns)
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

void fitted_free(void *state)
{
    if (state != NULL) arena_free(((fitted *)state)->memory);
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

ptg_status fitted_load(size_t size, bytes_reader *r, void **state, ptg_error *err)
{
    *state = NULL;
    fitted *f = state_in_own_arena(size);
    if (f == NULL) return fail_memory(err);
    ptg_status status = load_names(f, r, err);
    return fitted_done(f, status, state);
}

ptg_status fitted_loaded(void *loaded, ptg_status status, const bytes_reader *r, const char *step, void **state, ptg_error *err)
{
    if (status == PTG_OK) status = bytes_check(r, step, err);
    return fitted_done(loaded, status, state);
}

ptg_status fitted_done(void *made, ptg_status status, void **state)
{
    *state = made;
    if (status == PTG_OK) return PTG_OK;
    fitted_free(made);
    *state = NULL;
    return status;
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
