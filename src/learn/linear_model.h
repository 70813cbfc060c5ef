/* Linear models on standardised columns: what linear-learner and baseline leave behind. A constant has no weights. */
#ifndef LEARN_LINEAR_MODEL_H
#define LEARN_LINEAR_MODEL_H

#include <math.h>

#include "base/bytes.h"
#include "numeric/matrix.h"

typedef enum linear_link { LINEAR_IDENTITY = 0, LINEAR_LOGISTIC = 1, LINEAR_SOFTMAX = 2, LINEAR_EXPM1 = 3 } linear_link;

/* score_k = bias[k] + sum over columns of weights[k * n_features + j] * (x_j - center[j]) * scale[j]; a missing or infinite x_j
 * counts as its center. Sums run in the order of the columns. Prediction: the score, its logistic, the softmax of all, or
 * exp(score) - 1. */
typedef struct linear_model {
    arena *memory;
    int32_t n_features, n_outputs;
    double *weights;        /* NULL: constant */
    double *center, *scale; /* n_features; NULL for a constant */
    double *bias;           /* n_outputs */
    linear_link link;
} linear_model;

/* A model with all arrays zeroed (no weights, center and scale where `constant`); NULL when out of memory. Caller frees. */
linear_model *linear_model_new(int32_t n_features, int32_t n_outputs, linear_link link, bool constant);
void linear_model_free(linear_model *m); /* NULL is fine */
/* n_rows x n_outputs values, row-major. CODED and TEXT columns are refused by name, unless the model is a constant, which looks
 * at no column. */
ptg_status linear_model_predict(const linear_model *m, const matrix *x, double *out, ptg_error *err);
void linear_model_save(const linear_model *m, bytes_writer *w);
/* Trusts nothing: counts bounded by the bytes left, link known, all values finite. The caller frees the model. */
ptg_status linear_model_load(bytes_reader *r, linear_model **out, ptg_error *err);

/* Standardised values beyond this are cut, so that sums and products of them stay finite. */
#define LINEAR_FARTHEST 1e50

/* (x - center) * scale, 0 where x is missing or infinite. */
static inline double linear_standardised(double x, double center, double scale)
{
    if (!isfinite(x)) return 0;
    double z = (x - center) * scale;
    return z > LINEAR_FARTHEST ? LINEAR_FARTHEST : z < -LINEAR_FARTHEST ? -LINEAR_FARTHEST : z;
}

/* 1 / (1 + exp(-score)) without overflow, and the softmax of k scores in place. */
double linear_logistic(double score);
void linear_softmax(double *scores, int32_t k);

#endif
