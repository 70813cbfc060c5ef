/* Linear models on standardised columns: what linear-learner and baseline leave behind. A constant has no weights. */
#ifndef LEARN_LINEAR_MODEL_H
#define LEARN_LINEAR_MODEL_H

#include "base/bytes.h"
#include "numeric/matrix.h"

typedef enum linear_link { LINEAR_IDENTITY = 0, LINEAR_LOGISTIC = 1, LINEAR_SOFTMAX = 2 } linear_link;

/* score_k = bias[k] + sum over columns of weights[k * n_features + j] * (x_j - center[j]) * scale[j]; a missing x_j counts as its
 * center. Sums run in the order of the columns. */
typedef struct linear_model {
    arena *memory;
    int32_t n_features, n_outputs;
    double *weights;  /* NULL: constant */
    double *center, *scale;
    double *bias;
    linear_link link;
} linear_model;

void linear_model_free(linear_model *m);
ptg_status linear_model_predict(const linear_model *m, const matrix *x, double *out, ptg_error *err);
void linear_model_save(const linear_model *m, bytes_writer *w);
ptg_status linear_model_load(bytes_reader *r, linear_model **out, ptg_error *err);

#endif
