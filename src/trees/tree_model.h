/* The one tree format. Trees of every library (and our own) are turned into it when training ends; predicting, explaining and
 * exporting need only this. */
#ifndef TREES_TREE_MODEL_H
#define TREES_TREE_MODEL_H

#include "base/bytes.h"
#include "numeric/matrix.h"

typedef enum tree_link { TREE_IDENTITY = 0, TREE_LOGISTIC = 1, TREE_SOFTMAX = 2, TREE_EXP = 3, TREE_EXPM1 = 4 } tree_link;

enum {
    TREE_NODE_LEAF = 1,
    TREE_NODE_LESS_EQUAL = 2,   /* goes left when x <= threshold; else when x < threshold */
    TREE_NODE_MISSING_LEFT = 4, /* a missing value goes left */
    TREE_NODE_CATEGORY = 8      /* goes left when the bit of the code is set; a code beyond the set goes right */
};

typedef struct tree_node {
    double value;       /* threshold, or the leaf's value */
    int32_t feature;
    int32_t left, right;/* numbers in the tree's nodes; children stand after their parent */
    int32_t bits, n_words; /* category: first word and number of words in tree_model.words */
    uint8_t flags;
} tree_node;

typedef struct tree {
    int32_t first, n_nodes;  /* in tree_model.nodes */
    int32_t output;          /* which column of the raw prediction it adds to */
} tree;

typedef struct tree_model {
    arena *memory;
    int32_t n_features, n_outputs, n_trees, n_nodes;
    int64_t n_words;
    tree *trees;
    tree_node *nodes;
    uint32_t *words;
    double *base;            /* n_outputs starting values on the raw scale */
    double scale;            /* raw = base + scale * sum of leaves (1/n_trees for averaged forests) */
    tree_link link;
    bool float32;            /* trained on f32: a value is shifted, rounded to f32, then compared; leaves summed in f32 */
    double *shift;           /* n_features values that are subtracted before rounding; NULL = none */
} tree_model;

void tree_model_free(tree_model *m);
/* Raw scores and final predictions, n x n_outputs row-major, sums in the order of the trees. */
ptg_status tree_model_raw(const tree_model *m, const matrix *x, double *out, ptg_error *err);
ptg_status tree_model_predict(const tree_model *m, const matrix *x, double *out, ptg_error *err);
void tree_model_save(const tree_model *m, bytes_writer *w);
/* Trusts nothing: counts bounded, child > parent, feature < n_features, finite thresholds. */
ptg_status tree_model_load(bytes_reader *r, tree_model **out, ptg_error *err);

#endif
