/* The values of a tree's leaves, given in which leaf every row lies. */
#ifndef LEARN_BOOST_LEAVES_H
#define LEARN_BOOST_LEAVES_H

#include "base/pool.h"
#include "learn/boost_loss.h"

/* Classes whose leaf values are solved for together; with more of them each is taken alone. */
#define JOINT_CLASSES 16

typedef struct boost_rows {
    int64_t n;
    const double *target, *weight; /* weight NULL = all 1 */
    double *sums;                  /* n_outputs x n: raw scores so far */
    double *probability;           /* LEAF_SOFTMAX: n_outputs x n, of `sums` */
    uint16_t *leaf;
} boost_rows;

typedef struct boost_leaves {
    const boost_kernels *kernels;
    pool *pool;
    const boost_loss *loss;
    int32_t n_outputs;
    double l2;
    int32_t steps;     /* 0 (LEAF_POWER): up to the root */
    double *curvature; /* NULL, or room for one a leaf: how fast the gradient falls with the value; LEAF_QUANTILE: the cover */
} boost_leaves;

/* Probabilities of all rows from their sums (LEAF_SOFTMAX). */
ptg_status boost_leaves_softmax(const boost_leaves *how, boost_rows *rows, ptg_error *err);
/* values: n_leaves x n_outputs, not yet scaled by the learning rate; cover: n_leaves sums of weights. Sums in order of rows
 * within chunks, then in order of chunks: the same at any number of threads. */
ptg_status boost_leaves_estimate(const boost_leaves *how, const boost_rows *rows, int32_t n_leaves, double *values,
                                 double *cover, ptg_error *err);
/* sums += values of each row's leaf. */
ptg_status boost_leaves_add(const boost_leaves *how, boost_rows *rows, const double *values, ptg_error *err);

#endif
