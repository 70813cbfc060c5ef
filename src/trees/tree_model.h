/* The one tree format. Trees of every library (and our own) are turned into it when training ends; predicting, explaining and
 * exporting need only this. */
#ifndef TREES_TREE_MODEL_H
#define TREES_TREE_MODEL_H

#include "base/bytes.h"
#include "numeric/matrix.h"

/* What turns raw scores into predictions. SHARE: one output is cut to [0, 1]; several are cut at 0 and divided by their sum
 * (averaged votes of a forest). */
typedef enum tree_link {
    TREE_IDENTITY = 0,
    TREE_LOGISTIC = 1,
    TREE_SOFTMAX = 2,
    TREE_EXP = 3,
    TREE_EXPM1 = 4,
    TREE_SHARE = 5
} tree_link;

enum {
    TREE_NODE_LEAF = 1,
    TREE_NODE_LESS_EQUAL = 2,    /* goes left when x <= threshold; else when x < threshold */
    TREE_NODE_MISSING_LEFT = 4,  /* a missing value goes left */
    TREE_NODE_CATEGORY = 8,      /* goes left when the bit of the code is set; a code beyond the set goes right */
    TREE_NODE_ZERO_MISSING = 16, /* 0 counts as missing: the unstored zeros of a sparse column */
    TREE_NODE_LINEAR = 32        /* a leaf whose value is that of its terms together with its own */
};

/* What a linear leaf adds for one number: weight * (x - center), with x kept within low ... high, which training saw there;
 * nothing for a missing x. A leaf's own value is thus that of a row at all centers. */
typedef struct tree_term {
    double weight, center, low, high;
    int32_t feature;
} tree_term;

typedef struct tree_node {
    double value; /* threshold, or the leaf's value */
    int32_t feature;
    int32_t left, right;   /* numbers in the tree's nodes; children stand after their parent */
    int32_t bits, n_words; /* category: first word and number of words in tree_model.words; linear leaf: of terms */
    float cover;           /* training weight that came here (rows, or hessians as the library counts); for explanations */
    uint8_t flags;
} tree_node;

typedef struct tree {
    int32_t first, n_nodes; /* in tree_model.nodes */
    int32_t output;         /* which column of the raw prediction it adds to */
} tree;

typedef struct tree_model {
    arena *memory;
    int32_t n_features, n_outputs, n_trees, n_nodes;
    int64_t n_words, n_terms;
    tree *trees;
    tree_node *nodes;
    uint32_t *words;
    tree_term *terms;
    double *base; /* n_outputs starting values on the raw scale */
    double scale; /* raw = base + scale * sum of leaves (1/n_trees for averaged forests) */
    tree_link link;
    bool float32;  /* trained on f32: a value passes tree_value_float32, then is compared; base and leaves are summed in f32
                      (scale must be 1); no leaf is linear */
    double *shift; /* n_features values that are subtracted before rounding; NULL = none */
} tree_model;

/* A value as a model of f32 sees it: shifted, rounded to f32, and kept within +-1e38 so that library and predictor agree on
 * infinities (XGBoost refuses them). NaN stays NaN. */
static inline float tree_value_float32(double x, double shift)
{
    double moved = x - shift;
    if (moved > 1e38) return 1e38f;
    if (moved < -1e38) return -1e38f;
    return (float)moved;
}

/* A value as the other models see it: within +-1e300, so that it passes every threshold that only a missing value should not.
 */
static inline double tree_value_float64(double x)
{
    return x > 1e300 ? 1e300 : x < -1e300 ? -1e300 : x;
}

/* The child (number in the tree) that a value goes to; `words` are those of the model. A category's code comes as a double, NaN
 * = missing. A number has passed tree_value_float32 where the model is of f32, else tree_value_float64. */
static inline int32_t tree_node_next(const tree_node *node, const uint32_t *words, double x)
{
    bool left;
    if (x != x || (x == 0 && (node->flags & TREE_NODE_ZERO_MISSING))) {
        left = node->flags & TREE_NODE_MISSING_LEFT;
    } else if (node->flags & TREE_NODE_CATEGORY) {
        left = false;
        if (x >= 0 && x < 32.0 * node->n_words) {
            uint32_t code = (uint32_t)x;
            left = (words[(uint32_t)node->bits + code / 32] >> (code % 32)) & 1u;
        }
    } else {
        left = (node->flags & TREE_NODE_LESS_EQUAL) ? x <= node->value : x < node->value;
    }
    return left ? node->left : node->right;
}

/* What a term adds; x has passed tree_value_float64. */
static inline double tree_term_value(const tree_term *t, double x)
{
    if (x != x) return 0;
    return t->weight * ((x < t->low ? t->low : x > t->high ? t->high : x) - t->center);
}

void tree_model_free(tree_model *m); /* NULL is fine */
/* Raw scores, n x n_outputs row-major, sums in the order of the trees: row by row, node by node. tree_predictor.h gives the
 * same bits faster; this is its reference, and its way for few rows with the model's own tree_inputs found before. */
ptg_status tree_model_raw(const tree_model *m, const matrix *x, double *out, ptg_error *err);
struct tree_inputs;
ptg_status tree_model_walk(const tree_model *m, const struct tree_inputs *inputs, const matrix *x, double *out, ptg_error *err);
void tree_model_save(const tree_model *m, bytes_writer *w);
/* Trusts nothing: counts bounded by the bytes left, then tree_model_check. */
ptg_status tree_model_load(bytes_reader *r, tree_model **out, ptg_error *err);
/* What holds for every model: trees stand one after the other and cover the nodes, child > parent, each node but the root has
 * one parent, feature < n_features, output < n_outputs, finite numbers, category sets inside `words`, terms inside `terms`.
 * PTG_ERROR_FORMAT. */
ptg_status tree_model_check(const tree_model *m, ptg_error *err);
/* Turns one row of raw scores into predictions, in place. */
void tree_link_apply(tree_link link, int32_t n_outputs, double *row);
void tree_link_rows(const tree_model *m, int64_t n_rows, double *out); /* the same for n_rows rows of a model */

#endif
