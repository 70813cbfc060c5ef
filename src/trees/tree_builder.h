/* Building a tree_model piece by piece: what the converters of the libraries' models fill. */
#ifndef TREES_TREE_BUILDER_H
#define TREES_TREE_BUILDER_H

#include "trees/tree_model.h"

/* Growing arrays. A zeroed struct is empty; `failed` (out of memory, or over 2^31 nodes) is sticky and told by
 * tree_builder_end. */
typedef struct tree_builder {
    tree *trees;
    tree_node *nodes;
    uint32_t *words;
    tree_term *terms;
    int64_t n_trees, n_nodes, n_words, n_terms;
    int64_t room_trees, room_nodes, room_words, room_terms;
    bool failed;
} tree_builder;

/* Starts a tree of `n_nodes` nodes and returns where to write them (zeroed, valid until the next call); NULL when failed. */
tree_node *tree_builder_tree(tree_builder *b, int32_t output, int64_t n_nodes);
/* Appends `n` zeroed words for a category's set and returns them; *first is the number for tree_node.bits. NULL when failed. */
uint32_t *tree_builder_words(tree_builder *b, int64_t n, int32_t *first);
/* Appends `n` zeroed terms for a linear leaf, likewise. */
tree_term *tree_builder_terms(tree_builder *b, int64_t n, int32_t *first);
/* Makes the model (base zeroed, scale 1, no shift), empties the builder, also on failure. Not checked yet: the caller sets
 * base, link and the rest, then calls tree_model_check. Caller owns the model. */
ptg_status tree_builder_end(tree_builder *b, int32_t n_features, int32_t n_outputs, tree_model **out, ptg_error *err);
void tree_builder_clear(tree_builder *b);

#endif
