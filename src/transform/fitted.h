/* What all fitted steps have in common: an arena that owns the state, and the names of the columns that it was fitted on. A
 * state is a struct whose first member is a `fitted`; it lies in its own arena, so that one function frees them all. */
#ifndef TRANSFORM_FITTED_H
#define TRANSFORM_FITTED_H

#include "transform/transformer.h"

typedef struct fitted {
    arena *memory;
    int32_t n_columns;
    const char **names;
} fitted;

/* A zeroed state of `size` bytes that begins with a `fitted` for these columns; NULL when out of memory. */
void *fitted_new(size_t size, const matrix *columns);
void fitted_free(void *state); /* NULL is fine */
/* Writes and reads the names. Loading gives a new zeroed state; a damaged document fails (PTG_ERROR_FORMAT). */
void fitted_save(const fitted *f, bytes_writer *w);
ptg_status fitted_load(size_t size, bytes_reader *r, void **state, ptg_error *err);
/* The end of a load: PTG_OK and *state set, or the state freed, *state NULL and PTG_ERROR_FORMAT naming the step. `status` is
 * what loading gave so far. */
ptg_status fitted_loaded(void *loaded, ptg_status status, const bytes_reader *r, const char *step, void **state,
                         ptg_error *err);
/* The same at the end of a fit. */
ptg_status fitted_done(void *made, ptg_status status, void **state);
/* Refuses a matrix that has another number of columns than were fitted, or a column of a kind that is not in the mask. */
ptg_status fitted_check(const fitted *f, const matrix *columns, unsigned accepts, ptg_error *err);

/* A new REAL column "BASE" or "BASE_SUFFIX" (suffix NULL: none) of a meaning, zeroed. */
ptg_status fitted_add_real(matrix *out, const char *base, const char *suffix, column_type type, double **values,
                           ptg_error *err);

#endif
