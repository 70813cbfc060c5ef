/* The inner loops of predicting with trees, on blocks of TREE_ROWS rows whose values are bytes. Each instruction set has a
 * table of its own; all give the same bits, since bytes are compared exactly and a row's sum runs in the order of the trees. */
#ifndef TREES_TREE_KERNELS_H
#define TREES_TREE_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

/* Rows of a block; the kernels work in groups of TREE_GROUP rows. */
enum { TREE_ROWS = 256, TREE_GROUP = 64, TREE_CUTS_MOST = 255, TREE_CUTS_RUN = 16, TREE_LEAVES_MOST = 256 };
/* Values are kept within +-1e300, cuts within a little more; a missing value is beyond both on the side that it goes to. */
#define TREE_CUT_MOST 1e301
#define TREE_MISSING 1e302

/* Numbers as bytes: how many of at most TREE_CUTS_MOST ascending cuts a value has passed (c <= x, or c < x where the nodes ask
 * x <= c). The cuts stand in runs of TREE_CUTS_RUN, filled up with infinity: at least one, so that nothing passes all. */
typedef struct tree_column {
    int32_t place; /* of the feature in tree_inputs.used */
    int32_t n_runs;
    uint8_t rule; /* the nodes' flags that change the byte: LESS_EQUAL, MISSING_LEFT, ZERO_MISSING */
    const double *cuts;
    const double *ends; /* last cut of each run, TREE_CUTS_RUN of them, filled up with infinity */
} tree_column;

/* A level of a symmetric tree, or a split: a row goes right when its byte in the column is at least `least`. */
typedef struct tree_test {
    uint32_t least; /* the byte, four times over */
    uint32_t column;
} tree_test;

/* Where a tree of steps is worked out: lines of TREE_GROUP bytes. The first TREE_LEAVES_MOST lines hold each leaf's number;
 * then come the slots, each a line for every group of the block. The root's value ends in the first slot. */
enum {
    TREE_SLOTS = 10,
    TREE_FIRST_SLOT = TREE_LEAVES_MOST * TREE_GROUP,
    TREE_LINES_SIZE = TREE_FIRST_SLOT + TREE_SLOTS * TREE_ROWS
};

/* A split of a tree that is worked out from the leaves up, for all rows: to = goes right ? right : left. All are bytes from the
 * beginning of the columns or lines; apart: from the operand of a group to that of the next one (0 for a leaf's number, which
 * is the same for all). */
typedef struct tree_step {
    uint32_t least, column;
    uint16_t left, right, to, left_apart, right_apart;
} tree_step;

/* A block of rows at work. */
typedef struct tree_block {
    int64_t groups; /* of rows, that are worked on */
    uint8_t *bytes; /* columns x TREE_ROWS */
    uint8_t *lines; /* TREE_LINES_SIZE */
    uint8_t *leaf;  /* TREE_ROWS: number of each row's leaf in the tree at hand */
} tree_block;

typedef struct tree_kernels {
    const char *name;
    const uint8_t *place; /* where the sum of row i of a group stands in the group's sums */
    /* Bytes of n values; NaN = missing, infinity allowed. */
    void (*cut)(const tree_column *c, const double *x, int64_t n, uint8_t *bytes);
    /* 0 for a code whose bit in the set of 256 is 1 (goes left), else 1; n is a multiple of TREE_GROUP. */
    void (*look_up)(const uint8_t set[32], const uint8_t *codes, int64_t n, uint8_t *bytes);
    /* Leaf numbers by the levels of a symmetric tree (level k is bit k), or by steps. */
    void (*levels)(const tree_test *t, int32_t depth, const tree_block *b);
    void (*steps)(const tree_step *s, int32_t n, const tree_block *b);
    /* Adds each row's leaf to its sum, rounded to f32 where asked. There are 32 values, or 64, or more. */
    void (*add)(const double *values, int32_t n_values, const tree_block *b, bool float32, double *sum);
} tree_kernels;

/* The table of each instruction set that was built in, and 0 ... TREE_GROUP - 1. */
extern const uint8_t tree_rows_in_order[TREE_GROUP];
extern const tree_kernels tree_kernels_plain;
#if defined(__x86_64__)
extern const tree_kernels tree_kernels_avx2, tree_kernels_avx512;
#endif

/* The best ones that this processor has, and all that it has (plain first). */
const tree_kernels *tree_kernels_best(void);
int32_t tree_kernels_all(const tree_kernels *out[3]);

#endif
