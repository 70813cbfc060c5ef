/* Folds inside the training rows of a step that looks at the target. Unlike the splits of numeric/split.h they never fail, and
 * every row is held out exactly once: each needs a value. */
#ifndef TRANSFORM_INNER_FOLDS_H
#define TRANSFORM_INNER_FOLDS_H

#include "transform/transformer.h"

/* fold[i] in 0 ... n_folds-1 for every row: whole groups together, else stratified by class; a pure function of the input's
 * target, groups and seed. A fold may be empty, or hold all rows where there is one group only. */
ptg_status inner_folds(const transform_fit_input *in, int32_t n_folds, int32_t *fold, ptg_error *err);

/* The row of a table of parameters that says how many. */
#define INNER_FOLDS_PARAMETER                                                                                                  \
    {                                                                                                                          \
        .name = "folds", .type = PARAMETER_INTEGER, .standard = "5", .min = 2, .max = 50,                                      \
        .text = "Inner folds from which the training rows get their values."                                                   \
    }

#endif
