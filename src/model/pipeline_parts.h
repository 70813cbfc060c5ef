/* What the files of the pipeline share. Columns have places: first the inputs, then the results of every step in order; a step
 * names its columns by place, so that applying needs no names. */
#ifndef MODEL_PIPELINE_PARTS_H
#define MODEL_PIPELINE_PARTS_H

#include "model/pipeline.h"
#include "transform/text_index.h"

typedef struct pipeline_step {
    const transformer *t;
    int32_t n_columns;
    const int32_t *columns; /* places */
    int32_t n_results;
    void *state;
} pipeline_step;

struct pipeline {
    arena *memory;
    int32_t n_inputs;
    pipeline_column *inputs;
    text_index *levels; /* of inputs that are CODED results as they are; empty for the others */
    int32_t n_steps;
    pipeline_step *steps;
    int32_t n_features;
    pipeline_column *features;
    const int32_t *places; /* of the features */
    int32_t n_dropped;
    const char **dropped;
};

/* The columns that exist at some moment of a fit, by place. */
typedef struct pipeline_set {
    int32_t *places;
    int32_t n;
} pipeline_set;

/* The positions in the set, ascending for selectors and as named else, that a step works on. `positions` has room for set->n
 * and for the named columns. `n_inputs` tells the table's columns from results. */
ptg_status pipeline_select(const pipeline_step_plan *step, const matrix *all, const pipeline_set *set, int32_t n_inputs,
                           int32_t *positions, int32_t *n, ptg_error *err);

#endif
