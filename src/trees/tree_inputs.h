/* What a tree model reads of a matrix: the columns that some node asks for, and their values as the model sees them. */
#ifndef TREES_TREE_INPUTS_H
#define TREES_TREE_INPUTS_H

#include "trees/tree_model.h"

/* Found once for a model; lives in the arena given. */
typedef struct tree_inputs {
    int32_t n_used;
    int32_t *used; /* features that some node asks for, ascending */
    int32_t *slot; /* feature -> place in `used` */
} tree_inputs;

/* One call of predict: where it stands in each sparse column. Rows are read in ascending blocks. */
typedef struct tree_reader {
    const tree_model *model;
    const tree_inputs *inputs;
    const matrix *x;
    int64_t *cursor; /* sparse features: next stored value, by place in `used` */
} tree_reader;

ptg_status tree_inputs_find(const tree_model *m, arena *a, tree_inputs *out, ptg_error *err);
/* Checks the columns: their number, and that none of those in use is text. The cursor is taken from `a`. */
ptg_status tree_reader_start(tree_reader *r, arena *a, ptg_error *err);
/* The values of feature used[u] in rows first ... first + n - 1: missing is NaN; numbers have passed tree_value_float32 or
 * tree_value_float64, codes are as they are. */
void tree_reader_values(tree_reader *r, int32_t u, int64_t first, int64_t n, double *out);

#endif
