/* XGBoost's saved model (UBJSON) as our tree_model. */
#ifndef LEARN_XGBOOST_TREES_H
#define LEARN_XGBOOST_TREES_H

#include "trees/tree_model.h"

typedef struct xgboost_source {
    text model;          /* XGBoosterSaveModelToBuffer, format ubj */
    const matrix *x;     /* columns of training: sparse ones were given without their zeros */
    const double *shift; /* subtracted from each column before rounding to f32; NULL = none */
    int32_t n_outputs;
    int64_t rounds; /* the first so many rounds are kept */
    tree_link link; /* LOGISTIC: the model's base score is a probability */
} xgboost_source;

/* Caller owns the model, which predicts what the library does, sum by sum in f32. */
ptg_status xgboost_trees_read(const xgboost_source *source, tree_model **out, ptg_error *err);

#endif
