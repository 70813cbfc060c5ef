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

/* What is special about a step's state. */
typedef struct fitted_step {
    const char *name;
    size_t size; /* of the state, which begins with a `fitted` */
    /* Fills a zeroed state and puts the results of the training rows into `out`. */
    ptg_status (*fit)(void *state, const transform_fit_input *in, matrix *out, ptg_error *err);
    /* Reads what transformer.save wrote behind fitted_save; what does not fit sets r->failed. NULL: nothing more. */
    ptg_status (*load)(void *state, bytes_reader *r, ptg_error *err);
} fitted_step;

/* transformer.fit and transformer.load: a new state or none. A damaged document fails with PTG_ERROR_FORMAT naming the step. */
ptg_status fitted_fit(const fitted_step *step, const transform_fit_input *in, void **state, matrix *out, ptg_error *err);
ptg_status fitted_load(const fitted_step *step, bytes_reader *r, void **state, ptg_error *err);
/* Writes the names of the columns, with which every saved state begins. */
void fitted_save(const fitted *f, bytes_writer *w);
void fitted_free(void *state); /* NULL is fine */

/* Sets r->failed where one of n values is not finite. */
void fitted_check_finite(const double *values, int64_t n, bytes_reader *r);

/* Where a fit that goes column by column stands. */
typedef struct fitted_column {
    const transform_fit_input *in;
    int32_t number;
    const feature *source;
    arena *scratch; /* emptied after each column */
    matrix *out;
} fitted_column;
ptg_status fitted_each_column(void *state, ptg_status (*fit_column)(void *state, const fitted_column *at, ptg_error *err),
                              const transform_fit_input *in, matrix *out, ptg_error *err);

/* The finite ones of n values, ascending; `sorted` has room for n and may be `values`. Returns how many. */
int64_t fitted_sort_finite(const double *values, int64_t n, double *sorted);

/* Refuses a matrix that has another number of columns than were fitted, or a column of a kind that is not in the mask. */
ptg_status fitted_check(const fitted *f, const matrix *columns, unsigned accepts, ptg_error *err);

/* A new REAL column "BASE" or "BASE_SUFFIX" (suffix NULL: none) of a meaning, zeroed. */
ptg_status fitted_add_real(matrix *out, const char *base, const char *suffix, column_type type, double **values,
                           ptg_error *err);
/* The same for a step with a result a class: "BASE_SUFFIX_k", or "BASE_SUFFIX" where k is -1. */
ptg_status fitted_add_class(matrix *out, const char *base, const char *suffix, int32_t k, double **values, ptg_error *err);
/* A new SPARSE column with the stored rows of `source`, whose f->n_values values are to be set. */
ptg_status fitted_add_sparse_like(matrix *out, const char *name, const feature *source, double **values, ptg_error *err);

/* The row of a table of parameters by which a step leaves its input in the set; `sentence` says why one would. */
#define FITTED_KEEP_INPUT(sentence)                                                                                            \
    {                                                                                                                          \
        .name = "keep_input", .type = PARAMETER_BOOLEAN, .standard = "false", .min = 0, .max = 1, .text = sentence             \
    }

#endif
