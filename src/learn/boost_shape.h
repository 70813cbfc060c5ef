/* A tree of `boost` while it grows, whatever grew it: its splits in the order in which they were made, and in which leaf a row
 * ends by them. */
#ifndef LEARN_BOOST_SHAPE_H
#define LEARN_BOOST_SHAPE_H

#include "learn/boost_search.h"

#define BOOST_LEAVES_MOST 1024

/* `parted` NULL: a symmetric tree, split i parts every leaf, and the right part of leaf l becomes leaf l + 2^i. Else split i
 * parts leaf parted[i] alone, and its right part becomes leaf i + 1. */
typedef struct boost_shape {
    int32_t n_splits, n_leaves;
    boost_split *splits;
    int32_t *parted;
    struct shape_step *steps; /* its own: room for the splits of a tree that is not symmetric */
} boost_shape;

/* Room in the arena for trees of up to `most_splits`. */
ptg_status boost_shape_start(boost_shape *s, int32_t most_splits, bool symmetric, arena *a, ptg_error *err);
/* The leaf of every row, by the bins of training or of held-out rows. */
ptg_status boost_shape_leaves(const boost_shape *s, pool *p, bool held, int64_t n_rows, uint16_t *leaf, ptg_error *err);

#endif
