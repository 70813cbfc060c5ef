/* The functions of an additive model as JSON, for people and charts (docs/formats/shapes.md): the mean over the models of the
 * folds, with their spread, on one grid a function. Bounded in size. */
#ifndef MODEL_SHAPE_DOCUMENT_H
#define MODEL_SHAPE_DOCUMENT_H

#include "base/json.h"
#include "learn/shape_model.h"

/* Functions that are listed, the most important first; points of one column's function, and of each column of a pair; values
 * of one function and of all together, outputs counted. */
#define SHAPE_FUNCTIONS_MOST 60
#define SHAPE_POINTS_MOST 256
#define SHAPE_PAIR_POINTS_MOST 32
#define SHAPE_FUNCTION_VALUES 8192
#define SHAPE_VALUES_MOST 60000

/* {"models", "intercept", "functions", "functions_left_out"}: new reference. At least one model; all have as many outputs. */
ptg_status shape_document(const shape_model *const *models, int32_t n, json_t **out, ptg_error *err);

#endif
