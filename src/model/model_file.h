/* The model: the fitted whole that is handed over, and its file best.ptg.
 *
 * A model is a weighted mean of members (candidates), each the mean of its fold models; a fold model is a pipeline and a
 * predictor. Beside them stands what turns their numbers into answers: labels, threshold, temperature, floor. It holds no
 * times, paths or host names. */
#ifndef MODEL_MODEL_FILE_H
#define MODEL_MODEL_FILE_H

#include "base/json.h"
#include "learn/predictor.h"
#include "model/pipeline.h"

typedef struct model_fold {
    pipeline *steps;
    predictor *learner;
} model_fold;

typedef struct model_member {
    const char *name; /* of the candidate: "dpp0-xgboost" */
    double weight;    /* >= 0; all together more than 0, need not sum to 1 */
    int32_t n_folds;
    model_fold *folds;
} model_member;

typedef struct model {
    arena *memory; /* owns names, labels, members, folds */
    problem_type problem;
    int32_t n_classes; /* binary 2, regression 0 */
    text *classes;     /* labels exactly as in the data, in sort order: the columns of an answer, and the order of multiclass
                          outputs */
    int32_t positive;  /* binary: which class the members' probability is of; else -1 */
    const char *target;
    const char *objective; /* "auc", "pinball:0.9" */
    double threshold;      /* binary: positive where its final probability (after temperature and floor) is not below */
    double temperature;    /* probabilities are raised to 1/temperature and renormalised; 1 = as they are */
    double floor;          /* least probability before renormalising, model_floor(n_training_rows, n_classes); 0 = none */
    int64_t n_training_rows;
    const char *engine; /* version of the engine that made it */
    json_t *schema;     /* how to read the columns (as frame_schema gives it), at least those that the pipelines read */
    int32_t n_members;
    model_member *members;
    /* Set by model_complete: what all pipelines together read of a table. */
    int32_t n_inputs;
    pipeline_column *inputs;
} model;

/* An empty model (temperature 1, threshold 0.5, positive -1, engine as built) that the caller fills: texts and arrays in its
 * memory, fold parts owned by it once they stand in a fold. NULL when out of memory. */
model *model_new(void);
void model_free(model *m); /* NULL is fine; also frees schema, pipelines and predictors */
/* Makes room for members, and for the folds of one; PTG_ERROR_MEMORY. The name is copied. */
ptg_status model_make_members(model *m, int32_t n, ptg_error *err);
ptg_status model_make_folds(model *m, int32_t member, const char *name, double weight, int32_t n_folds, ptg_error *err);
/* 1 / (10 x rows), but never more than an equal share of the classes. */
double model_floor(int64_t n_training_rows, int32_t n_classes);

/* Checks that everything fits together and fills `inputs`. To be called when all is filled in, before predicting or saving;
 * loading does it itself. PTG_ERROR_FORMAT names what does not fit. */
ptg_status model_complete(model *m, ptg_error *err);

/* Writes best.ptg (whole or not at all) / the same bytes into `out`. Equal models give equal bytes. */
ptg_status model_save(const model *m, const char *path, ptg_error *err);
ptg_status model_save_bytes(const model *m, bytes_writer *out, ptg_error *err);
/* Reads one; trusts nothing. PTG_ERROR_FORMAT where the bytes are no whole model. `name` is what messages call the bytes. */
ptg_status model_load(const char *path, model **out, ptg_error *err);
ptg_status model_open_bytes(const void *data, int64_t size, const char *name, model **out, ptg_error *err);

/* What it is, for people and ptg_model_describe: new reference, NULL when out of memory. */
json_t *model_describe(const model *m);

/* The header of best.ptg (model_header.c): everything but pipelines and predictors. */
json_t *model_header_write(const model *m);
ptg_status model_header_read(const json_t *header, model *m, ptg_error *err);

#endif
