/* What is left when training ends: trees, a linear model or a constant, with save, load and predict. No training library. */
#ifndef LEARN_PREDICTOR_H
#define LEARN_PREDICTOR_H

#include "base/bytes.h"
#include "numeric/matrix.h"

typedef struct predictor predictor;

/* Predictions of all rows of x (columns in the order of fit), n x width row-major, on the scale of numeric/task.h
 * (probabilities, values). A row's result depends on that row only: not on its batch, not on the number of threads. */
ptg_status predictor_predict(const predictor *p, const matrix *x, double *out, ptg_error *err);
int32_t predictor_width(const predictor *p);
int32_t predictor_n_features(const predictor *p);
void predictor_save(const predictor *p, bytes_writer *w);
ptg_status predictor_load(bytes_reader *r, predictor **out, ptg_error *err);
int64_t predictor_bytes(const predictor *p); /* size as saved */
void predictor_free(predictor *p);

/* The kinds, each made by its own file. */
struct tree_model;
struct linear_model;
struct shape_model;
struct statistic_tables;
predictor *predictor_of_trees(struct tree_model *take); /* takes ownership; NULL when out of memory */
/* Trees on the columns of a matrix and, after them, those of the tables. Takes ownership of both; NULL when out of memory. */
predictor *predictor_of_statistics(struct statistic_tables *take, struct tree_model *take_trees);
predictor *
predictor_of_linear(struct linear_model *take); /* declared in learn/linear_model.h; a constant is one without weights */
predictor *predictor_of_shapes(struct shape_model *take);     /* the same */
const struct tree_model *predictor_trees(const predictor *p); /* NULL when it is no trees on given columns alone */
const struct linear_model *predictor_linear(const predictor *p);
const struct shape_model *predictor_shapes(const predictor *p); /* NULL when it is none */

#endif
