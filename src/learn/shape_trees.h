/* From trees to functions: trees that ask at most two features each are a sum of functions of one feature or two. */
#ifndef LEARN_SHAPE_TREES_H
#define LEARN_SHAPE_TREES_H

#include "learn/shape_model.h"
#include "learn/statistic_tables.h"

/* The functions of trees of `boost`, exactly (but for the order of sums). `tables` (NULL: none) holds the statistics that stand
 * after the columns of `x`, each of one category. What a pair says of one of its features alone goes to that feature's own
 * function (over the training rows x; their weights, NULL = all 1), and every mean to the intercept. PTG_ERROR_FAILED for
 * trees that are of another kind. */
ptg_status shape_model_of_trees(const tree_model *trees, const statistic_tables *tables, const matrix *x, const double *weight,
                                shape_model **out, ptg_error *err);

#endif
