/* Predicting with any tree model, fast where there are many rows. A model is prepared once: each threshold becomes a byte, each
 * tree a program on bytes. Blocks of rows are then turned into bytes and go through the programs, many rows an instruction. Bit
 * by bit the result is that of tree_model_raw, on every processor, and a row's result depends on that row only. */
#ifndef TREES_TREE_PREDICTOR_H
#define TREES_TREE_PREDICTOR_H

#include "trees/tree_kernels.h"
#include "trees/tree_model.h"

typedef struct tree_predictor tree_predictor;

/* The model is checked (tree_model_check), stays as it is, and outlives the predictor. */
ptg_status tree_predictor_new(const tree_model *m, tree_predictor **out, ptg_error *err);
void tree_predictor_free(tree_predictor *p); /* NULL is fine */
int64_t tree_predictor_bytes(const tree_predictor *p);

/* Raw scores and final predictions, n x n_outputs row-major. */
ptg_status tree_predictor_raw(const tree_predictor *p, const matrix *x, double *out, ptg_error *err);
ptg_status tree_predictor_predict(const tree_predictor *p, const matrix *x, double *out, ptg_error *err);

/* Raw scores by the kernels given, however few the rows: for tests and measurements. false: the model has no programs (more
 * than about 60,000 columns of bytes, or linear leaves), and tree_predictor_raw walks it node by node. */
bool tree_predictor_has_programs(const tree_predictor *p);
ptg_status tree_predictor_raw_by(const tree_predictor *p, const tree_kernels *kernels, const matrix *x, double *out,
                                 ptg_error *err);

#endif
