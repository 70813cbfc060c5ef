/* The best split of one leaf in one column, from the leaf's histogram: what leaf-wise trees of `boost` look for. */
#ifndef LEARN_BOOST_LEAF_SPLIT_H
#define LEARN_BOOST_LEAF_SPLIT_H

#include "learn/boost_search.h"

/* A leaf's histogram of one block. */
typedef struct leaf_view {
    const boost_search *search;
    const boost_block *block;
    int64_t n_rows, least_rows; /* of the leaf; of each side of a split, at least 1 */
    const int64_t *cells;
    const int64_t *counts; /* NULL: rows are not counted, and least_rows is not looked at */
    int64_t count_bits;    /* those of a cell of `counts` that count rows */
    uint64_t key;          /* of the noise of the leaf */
} leaf_view;

typedef struct leaf_choice {
    double score, worth; /* both without noise; worth: sum of G^2 / (W + lambda) over both sides */
    int32_t bin;         /* -1: no split */
} leaf_choice;

leaf_choice boost_leaf_split(const leaf_view *v, int32_t number);
/* What the leaf is worth unsplit, from its histogram of some column. */
double boost_leaf_worth(const leaf_view *v, int32_t number);
/* Noise of a column that joins the contest of columns, its deviation 1. */
double boost_leaf_noise(const leaf_view *v, int32_t of_feature);

#endif
