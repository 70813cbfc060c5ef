/* The columns of bytes that a model's splits ask: which there are, and which byte answers a split. A number column holds how
 * many cuts a value has passed; splits of a feature that treat missing values alike and ask `<` or `<=` alike share columns of
 * up to TREE_CUTS_MOST distinct thresholds. A code column holds category codes, which splits look up in their sets. */
#ifndef TREES_TREE_COLUMNS_H
#define TREES_TREE_COLUMNS_H

#include "trees/tree_inputs.h"
#include "trees/tree_kernels.h"

/* Codes of a feature. One byte each where no set holds a code from TREE_CODE_OUTSIDE on, else four. */
enum { TREE_CODE_OUTSIDE = 254, TREE_CODE_MISSING = 255 };
typedef struct tree_codes {
    int32_t place;     /* of the feature in tree_inputs.used */
    bool zero_missing; /* 0 counts as missing */
    bool wide;
    int32_t number; /* among the wide or the narrow ones */
} tree_codes;

typedef struct tree_columns {
    int32_t n, n_codes, n_narrow, n_wide;
    tree_column *columns; /* ascending by place, as are the codes */
    tree_codes *codes;
} tree_columns;

/* What finds the column of a split; needed while a model is prepared only. */
typedef struct tree_index {
    const tree_inputs *inputs; /* set by the caller */
    int32_t n_columns;
    int64_t n_keys;     /* a key is a feature in use and the flags of a split */
    int64_t *first_cut; /* of each key: its distinct ascending thresholds in `cuts`; n_keys + 1 of them */
    double *cuts;
    int32_t *first;    /* of each key: its first column */
    int32_t *codes_of; /* by place x 2 + zero_missing: number of the codes, -1 = none */
} tree_index;

/* The columns in `kept`, the index in `scratch`. More than `most` columns: n is -1, and there are none. */
ptg_status tree_columns_find(const tree_model *m, int32_t most, arena *kept, arena *scratch, tree_index *index,
                             tree_columns *out, ptg_error *err);
/* The test that answers a split by a number: a row goes right when its byte is at least `least`. */
tree_test tree_index_test(const tree_index *index, const tree_node *n);
/* Number of the codes that answer a split by a category. */
int32_t tree_index_codes(const tree_index *index, const tree_node *n);

#endif
