/* The type of a preprocessor. One file each; the registry (transform/transformers.c) is the sorted list of them.
 *
 * A pipeline works on a set of named columns, at first the features of the table. A step takes the columns that it names out of
 * the set and puts its results in their place (unless it keeps its input: RobustMissingIndicator adds columns beside them).
 * What is in the set at the end is what the algorithm sees. */
#ifndef TRANSFORM_TRANSFORMER_H
#define TRANSFORM_TRANSFORMER_H

#include "base/bytes.h"
#include "base/parameter.h"
#include "numeric/matrix.h"

/* The rows that a step is fitted on. Targets have no NaN. A step may look at the target only if it says so (uses_target). */
typedef struct transform_fit_input {
    const matrix *columns; /* the step's own columns, training rows only */
    problem_type problem;
    int32_t n_classes;
    const double *target;
    const double *weight; /* NULL = all 1 */
    const int32_t *group; /* inner splits keep whole groups together; NULL = none */
    const parameter_value *parameters;
    uint64_t seed; /* the step's own */
} transform_fit_input;

typedef struct transformer {
    const char *name; /* "RobustImputer" */
    const char *text; /* one sentence */
    const parameter *parameters;
    int32_t n_parameters;
    unsigned accepts;       /* mask of feature_kind; other columns are refused by name before fit is called */
    unsigned accepts_types; /* mask of 1u << column_type, 0 = any */
    bool keeps_input;
    bool uses_target;
    /* Fits and appends the training rows' results to `out` (n_rows = those of in->columns). Results may differ from apply on
     * the same rows where the target is used (out of fold). Output names derive from input names ("age", "job=admin.").
     * `out` owns its values, but the level texts of coded results may be the state's (in apply too). On failure *state is NULL.
     */
    ptg_status (*fit)(const transform_fit_input *in, void **state, matrix *out, ptg_error *err);
    /* Appends results for new rows. `columns` has the step's columns in the order of fit; level lists may differ from those of
     * fit (levels are matched by text). A row's result depends on that row only. Same output columns as fit. */
    ptg_status (*apply)(const void *state, const matrix *columns, matrix *out, ptg_error *err);
    void (*save)(const void *state, bytes_writer *w);
    ptg_status (*load)(bytes_reader *r, void **state, ptg_error *err);
    void (*free)(void *state); /* NULL is fine */
    /* Checks what the table of parameters cannot say alone ("ngram_range" ascending); NULL = nothing more to check. */
    ptg_status (*check)(const parameter_value *parameters, ptg_error *err);
} transformer;

/* True when the step's input columns stay in the set beside its results: always, or by its parameter keep_input. */
bool transformer_keeps_input(const transformer *t, const parameter_value *parameters);

/* Sorted by name. */
extern const transformer *const transformers[];
extern const int32_t n_transformers;
const transformer *transformer_find(const char *name); /* NULL when there is none */

#endif
