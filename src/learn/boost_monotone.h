/* Predictions of `boost` that only rise, or only fall, along a column: how splits on such a column are scored, and how the
 * values of a tree's leaves are brought in order. Trees that keep the order have a sum that keeps it. A missing value is
 * neither below nor above others: the split that parts missing values from the rest is free. */
#ifndef LEARN_BOOST_MONOTONE_H
#define LEARN_BOOST_MONOTONE_H

#include "learn/boost_search.h"

#define MONOTONE_LEVELS_MOST 10 /* levels of a symmetric tree */

/* Scores of splits as kernels.scan_borders gives them, but a leaf whose sides would stand against the direction counts as one
 * that is not split. `direction` is 1 (rising) or -1. */
void monotone_scan(const int64_t *cells, const bin_column *c, const boost_packing *p, double lambda, int32_t direction,
                   boost_scores *to);

/* The levels of a symmetric tree: along which of them values must rise or fall (0: neither); bit l of a leaf's number is set
 * where level l went right. */
typedef struct monotone_tree {
    int32_t depth;
    int8_t direction[MONOTONE_LEVELS_MOST];
} monotone_tree;

monotone_tree monotone_tree_of(const boost_split *splits, int32_t depth);
/* Moves the values of the 2^depth leaves so that they keep the order, by the least sum of weight * move^2. Leaves of weight 0
 * have no say and take a value that keeps the order. */
ptg_status monotone_values(const monotone_tree *t, const double *weight, double *values, ptg_error *err);

#endif
