/* Pipelines: steps of preprocessors in order, fitted on training rows, applied to others, saved and loaded. The set of named
 * columns on which they work is described in transform/transformer.h. */
#ifndef MODEL_PIPELINE_H
#define MODEL_PIPELINE_H

#include "base/json.h"
#include "transform/transformer.h"

/* One step of a plan. Columns are named, or chosen by a selector when the pipeline is fitted (a selector may choose none: then
 * the step does nothing). Everything lies in the arena of pipeline_plan_read. */
typedef struct pipeline_step_plan {
    const transformer *t;
    const char *selector; /* NULL where columns are named; else one of pipeline_selectors */
    const char *const *columns;
    int32_t n_columns;
    const parameter_value *parameters;
} pipeline_step_plan;

typedef struct pipeline_plan {
    const pipeline_step_plan *steps;
    int32_t n;
} pipeline_plan;

/* "numeric", "categorical", "text", "datetime": columns of the table of that type that no step took yet (or that were kept);
 * "real": all columns of numbers, but datetimes as the table has them; "*": all that the step accepts. Ends with NULL. */
extern const char *const pipeline_selectors[];

/* Reads [{step, columns, parameters}, ...] of plan.json. `path` names the array in messages ("plan.json: /pipelines/dpp0").
 * PTG_ERROR_USAGE for unknown steps, parameters and values, PTG_ERROR_FORMAT for unknown keys. An empty array is a pipeline
 * that leaves all as it is. */
ptg_status pipeline_plan_read(const json_t *steps, const char *path, arena *a, pipeline_plan *out, ptg_error *err);

/* The training rows. */
typedef struct pipeline_fit_input {
    const matrix *columns; /* all feature columns of the table */
    problem_type problem;
    int32_t n_classes;
    const double *target;
    const double *weight; /* NULL = all 1 */
    const int32_t *group; /* NULL = none */
    uint64_t seed;
    bool borrow; /* numbers that go out as they came are borrowed from `columns`, which must outlive the result then */
} pipeline_fit_input;

typedef struct pipeline pipeline;

/* Fits all steps. `train_out` gets what the algorithm sees of the training rows (out of fold where a step looks at the target).
 * The caller frees both; level texts of its coded columns are the pipeline's, everything else is its own (but see `borrow`).
 * Texts that no step took are dropped; categories that no step took become codes of the levels that the training rows have.
 * Errors name step and column. */
ptg_status pipeline_fit(const pipeline_plan *plan, const pipeline_fit_input *in, pipeline **fitted, matrix **train_out,
                        ptg_error *err);
/* The same columns for other rows, owned alike: found by name among those of `input`, levels by text, unseen ones missing.
 * PTG_ERROR_DATA when a column is not there or of another kind than in training. */
ptg_status pipeline_apply(const pipeline *p, const matrix *input, matrix **out, ptg_error *err);

void pipeline_save(const pipeline *p, bytes_writer *w);
ptg_status pipeline_load(bytes_reader *r, pipeline **out, ptg_error *err);
void pipeline_free(pipeline *p); /* NULL is fine */

typedef struct pipeline_column {
    const char *name;
    feature_kind kind;
    column_type type;
    int32_t n_levels; /* CODED results; else 0 */
} pipeline_column;

/* What it reads of the table, what it gives, and the names of the texts that it drops. Owned by the pipeline. */
const pipeline_column *pipeline_inputs(const pipeline *p, int32_t *n);
const pipeline_column *pipeline_features(const pipeline *p, int32_t *n);
const char *const *pipeline_dropped(const pipeline *p, int32_t *n);

#endif
