/* Fitted models: opening, describing and predicting. */
#ifndef PILOTAGE_MODEL_H
#define PILOTAGE_MODEL_H

#include <stdint.h>

#include "pilotage/error.h"
#include "pilotage/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model, read-only and safe to use from several threads. Since 0.1. */
typedef struct ptg_model ptg_model;

/* Opens a model file (best.ptg) or the best model of a job folder; `candidate` (NULL allowed) names another row of the job's
 * leaderboard. Since 0.1. */
PTG_API ptg_status ptg_model_open(const char *path, const char *candidate, ptg_model **out, ptg_error *err);

/* Frees; NULL is fine. Since 0.1. */
PTG_API void ptg_model_free(ptg_model *model);

/* What the model is, as a JSON object: problem_type, target, classes, positive_class, threshold, columns (name, type), members.
 * Since 0.1. */
PTG_API ptg_status ptg_model_describe(const ptg_model *model, char **json, ptg_error *err);

/* Predicts a file and writes CSV as interface `predict` says, to `output` (a path, or NULL for standard output). `options` is a
 * JSON object or NULL: "keep": [names], "allow_missing": bool. Since 0.1. */
PTG_API ptg_status ptg_model_predict_file(const ptg_model *model, const char *table, const char *output, const char *options,
                                          ptg_error *err);

/* Predicts a table in memory: `out` takes n_rows x width values, row-major: regression 1 value; classification one probability
 * a class, in the order of "classes". `labels` (NULL allowed) takes the predicted class number of each row. Since 0.1. */
PTG_API ptg_status ptg_model_predict_table(const ptg_model *model, ptg_table *table, int allow_missing, double *out,
                                           int32_t *labels, ptg_error *err);

#ifdef __cplusplus
}
#endif
#endif
