/* Which features the trees of `boost` may ask together, so that a model is a sum of functions of one feature or of two. A tree
 * asks one feature; after some trees it may ask a second one, where the pair is in use already or there is room for it. */
#ifndef LEARN_BOOST_TERMS_H
#define LEARN_BOOST_TERMS_H

#include "numeric/matrix.h"

/* Most cells of one pair and of all pairs together, outputs counted. */
#define PAIR_CELLS (INT64_C(1) << 17)
#define PAIRS_CELLS (INT64_C(1) << 19)

typedef struct terms_settings {
    int32_t most_features; /* in one tree: 1 or 2; 0: any number, and the rest says nothing */
    int32_t most_pairs;
    int64_t first_pair_tree; /* trees before this one ask one feature each */
    int64_t pair_trees;      /* after a new pair so many trees choose no other, so that it can say what it has to say */
} terms_settings;

typedef struct boost_terms {
    terms_settings settings;
    int32_t n_features, n_outputs;
    int64_t *cells;  /* of each feature alone */
    uint8_t *barred; /* features that the next level may not ask */
    int32_t chosen[2], n_chosen;
    int64_t tree, next_pair; /* this tree's number, and the first that may ask a new pair */
    int32_t (*pairs)[2];
    int32_t n_pairs;
    int64_t cells_left;
} boost_terms;

/* Features have as many cells as they have levels; for others boost_terms_bins says it. */
ptg_status boost_terms_start(boost_terms *t, const terms_settings *settings, const matrix *x, int32_t n_outputs, arena *a,
                             ptg_error *err);
void boost_terms_bins(boost_terms *t, int32_t number, int32_t n_bins);
/* A new tree, by its number from 0. */
void boost_terms_root(boost_terms *t, int64_t tree);
/* A level of the tree asks the feature `number`. */
void boost_terms_ask(boost_terms *t, int32_t number);

static inline bool boost_terms_allow(const boost_terms *t, int32_t number)
{
    return t->settings.most_features == 0 || !t->barred[number];
}

#endif
