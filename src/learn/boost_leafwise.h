/* Growing the structure of a tree of `boost` leaf by leaf, each with a split of its own: of the leaves that may be split either
 * the one that gains most is next (LOSSGUIDE; Shi 2007), or the highest (DEPTHWISE). Of two children the smaller one's
 * histogram is filled, the other is what is left of the parent's. Histograms lie in a pool of bounded size: the leaf that would
 * be split last loses its own when it is full, and its children are both filled. Sums are exact, so that this changes no bit.
 */
#ifndef LEARN_BOOST_LEAFWISE_H
#define LEARN_BOOST_LEAFWISE_H

#include "learn/boost_leaf_split.h"
#include "learn/boost_shape.h"

typedef enum boost_growth { GROW_SYMMETRIC, GROW_DEPTHWISE, GROW_LOSSGUIDE } boost_growth;

/* A leaf of the tree at hand. */
typedef struct open_leaf {
    boost_split split; /* block NULL: it stays as it is */
    double gain;       /* of the split */
    uint64_t node;     /* its number among the nodes of the tree, for noise */
    int32_t depth;
    int32_t slot; /* of its histogram, -1 = none */
} open_leaf;

typedef struct boost_leafwise {
    /* Set by the caller, once. */
    boost_search *search;
    boost_growth growth;
    int32_t most_leaves;
    int32_t most_depth; /* DEPTHWISE */
    int64_t least_rows; /* of a leaf, at least 1 */
    int64_t most_bytes; /* of histograms; two are always held */
    /* Set for each tree. */
    boost_block *const *blocks;
    int64_t n_blocks;
    /* Its own. */
    open_leaf *leaves;
    int32_t n_leaves;
    int64_t *first_cell;   /* of each block in a slot; of n_blocks the size of a slot */
    int64_t *first_column; /* of each block among all columns; of n_blocks their number */
    int64_t room_blocks;
    leaf_choice *choices; /* two leaves x columns */
    int64_t room_choices;
    int64_t **slots; /* room for most_leaves */
    int32_t *owners; /* leaf of each slot, -1 = none */
    int32_t n_slots, most_slots;
    int64_t slot_cells; /* room of the slots that are there */
} boost_leafwise;

/* Makes what is its own, in the arena as far as its size is known. Cleared also after a failure. */
ptg_status boost_leafwise_start(boost_leafwise *g, arena *a, ptg_error *err);
void boost_leafwise_clear(boost_leafwise *g);
/* Grows one tree over the blocks from boost_search_root on. Where all rows are in use, boost_leafwise_rows tells their leaves.
 */
ptg_status boost_leafwise_grow(boost_leafwise *g, boost_block *const *blocks, int64_t n_blocks, boost_shape *out,
                               ptg_error *err);
void boost_leafwise_rows(const boost_leafwise *g, uint16_t *leaf);

#endif
