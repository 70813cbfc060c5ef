/* Trees as programs on columns of bytes, each in the shape that suits it:
 *   levels  every split of a level is the same test: a leaf's number is the answers of its levels, bit by bit
 *   steps   up to TREE_LEAVES_MOST leaves: every split is worked out for all rows, from the leaves up
 *   hops    more leaves: rows go from node to node, several side by side
 * Splits by category become columns of bytes too (0 left, 1 right), made just before the trees of their chunk. */
#ifndef TREES_TREE_PROGRAMS_H
#define TREES_TREE_PROGRAMS_H

#include "trees/tree_columns.h"

typedef enum tree_shape { TREE_LEVELS, TREE_STEPS, TREE_HOPS } tree_shape;

/* A node: the next one is `child`, or the one behind it when the byte is at least `least`. A leaf comes back to itself. */
typedef struct tree_hop {
    int32_t child;
    uint16_t column;
    uint8_t least;
} tree_hop;

/* A split by category: the codes that it asks, and which go left. */
typedef struct tree_set {
    int32_t codes; /* number in tree_columns.codes */
    bool missing_left;
    int32_t n_words;
    const uint32_t *words; /* of the model */
    uint8_t narrow[32];    /* by code, TREE_CODE_MISSING as it goes; for codes of one byte */
} tree_set;

typedef struct tree_program {
    tree_shape shape;
    int32_t output;
    int32_t n, n_values; /* levels, steps or hops; their values: of the leaves, by number, or of all hops */
    int64_t first, first_value;
} tree_program;

/* Trees first ... first + n - 1 in order, after their sets: columns tree_columns.n, tree_columns.n + 1, ... */
typedef struct tree_chunk {
    int32_t first, n;
    int64_t first_set;
    int32_t n_sets;
} tree_chunk;

typedef struct tree_programs {
    int32_t n_chunks;
    int32_t most_sets;   /* of a chunk */
    int32_t most_leaves; /* of a tree of steps */
    tree_chunk *chunks;
    tree_program *trees;
    tree_test *tests;
    tree_step *steps;
    tree_hop *hops;
    double *values;
    tree_set *sets;
} tree_programs;

/* The programs in `kept`. A tree with more than `most` sets: n_chunks is -1, and there are none. */
ptg_status tree_programs_make(const tree_model *m, const tree_index *index, int32_t most, arena *kept, arena *scratch,
                              tree_programs *out, ptg_error *err);

#endif
