/* LightGBM's model text as our tree_model. */
#ifndef LEARN_LIGHTGBM_TREES_H
#define LEARN_LIGHTGBM_TREES_H

#include "trees/tree_model.h"

typedef struct lightgbm_source {
    text model; /* LGBM_BoosterSaveModelToString */
    int32_t n_features, n_outputs;
    int64_t rounds; /* at most so many rounds are kept */
    tree_link link;
} lightgbm_source;

/* Caller owns the model; base 0, scale 1: the library has its starting values in the leaves of the first trees. */
ptg_status lightgbm_trees_read(const lightgbm_source *source, tree_model **out, ptg_error *err);

#endif
