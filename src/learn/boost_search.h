/* Growing the structure of one symmetric tree of `boost`: each level takes the one split that suits all leaves of the level
 * together. Rows are grouped by leaf, so that a leaf's histogram reads its own rows only; of two children the smaller one is
 * filled and the other is what is left of the parent. */
#ifndef LEARN_BOOST_SEARCH_H
#define LEARN_BOOST_SEARCH_H

#include "base/pool.h"
#include "learn/boost_kernels.h"

typedef enum boost_score { SCORE_COSINE, SCORE_L2 } boost_score;

/* A block of columns that splits are looked for in. `train` and `held` have the same columns. */
typedef struct boost_block {
    bin_block train, held;
    double factor[BLOCK_COLUMNS];    /* of each column: its scores are multiplied by it */
    int8_t direction[BLOCK_COLUMNS]; /* of each column: predictions rise (1), or fall (-1), along it, or may do as they like */
    int64_t known_tree;              /* `cells` are those of this tree of the search and this level */
    int32_t known_level;
    int64_t *cells; /* [leaf][output][column << log_bins] of mem_array, room for `leaves_room` leaves */
    int64_t leaves_room;
} boost_block;

/* A split: rows go right where bin > `bin` (NUMBER), or bin != `bin` (LEVEL). */
typedef struct boost_split {
    const boost_block *block;
    int32_t column, bin;
    double score;
} boost_split;

static inline uint8_t bin_goes_right(bin_kind kind, uint8_t bin, int32_t at)
{
    return kind == BIN_LEVEL ? bin != at : bin > at;
}

typedef struct boost_search {
    /* Set by the caller, once. */
    const boost_kernels *kernels;
    pool *pool;
    boost_score score;
    double column_share;   /* of the columns that each level looks at */
    const uint8_t *barred; /* by feature of the matrix: not looked at; NULL: none */
    int32_t n_barred;
    int32_t n_outputs; /* numbers a row that histograms sum */
    int64_t n_rows;    /* of the training matrix */
    /* Set by the caller for each tree. */
    boost_packing packing;
    double lambda;      /* in units of packed weight, above 0 */
    double noise;       /* standard deviation of what is added to scores, in their packed units */
    uint64_t noise_key; /* of the tree */
    int64_t *packed;    /* n_outputs x n_rows, by row */
    uint32_t *index;    /* the rows in use, grouped by leaf */
    int64_t n_used;
    /* Its own. */
    int64_t tree; /* numbers from 1 */
    int32_t level;
    int64_t *start, *count; /* by leaf */
    uint32_t *spare;
    int64_t *ordered; /* n_outputs x n_rows: packed in the order of index */
    struct boost_choice *choices;
    int64_t room_choices;
} boost_search;

/* Makes what is its own, in the arena, for trees of up to `n_leaves`. */
ptg_status boost_search_start(boost_search *s, int64_t n_leaves, arena *a, ptg_error *err);
void boost_search_clear(boost_search *s);
/* A new tree: all rows of index[0 ... n_used-1] in one leaf. */
void boost_search_root(boost_search *s);
/* The best split of the level over the blocks; out->block NULL when there is none. Ties go to the lowest feature, then bin. */
ptg_status boost_search_best(boost_search *s, boost_block *const *blocks, int64_t n_blocks, boost_split *out, ptg_error *err);
/* Splits every leaf; *useful is false, and nothing changed, where all leaves would be one-sided. Leaf l's right part becomes
 * leaf l + 2^level. */
ptg_status boost_search_split(boost_search *s, const boost_split *split, bool *useful, ptg_error *err);

/* What all growers do with one leaf: its rows' packed numbers into `ordered`; from these its histogram of a block; its rows
 * parted by a split, stable, the right ones becoming leaf `right`. */
void boost_search_gather(boost_search *s, int64_t leaf);
void boost_search_fill(const boost_search *s, const boost_block *b, int64_t leaf, int64_t *cells);
void boost_search_part(boost_search *s, const boost_split *split, int64_t leaf, int64_t right);

#endif
