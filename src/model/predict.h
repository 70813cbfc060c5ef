/* Predicting with a model: tables in memory, and files to CSV. A row's answer depends on that row only. */
#ifndef MODEL_PREDICT_H
#define MODEL_PREDICT_H

#include "model/model_file.h"
#include "pilotage/model.h"
#include "table/frame.h"

/* The public handle of a model, which it takes over (also on failure). */
ptg_status model_hand_over(model *take, ptg_model **out, ptg_error *err);

/* Values a row of an answer: regression 1, else one probability a class, in the order of model.classes. */
int32_t model_width(const model *m);

/* Answers for all rows of a frame, n_rows x model_width, row-major: members and folds averaged, temperature and floor applied.
 * Columns are found by name; others and another order are fine, a column of another type is read as the model's. A column that
 * the model reads and the frame lacks is refused by name (PTG_ERROR_DATA), or counts as missing in every row with
 * `allow_missing`. */
ptg_status model_predict_frame(const model *m, const frame *f, bool allow_missing, double *out, ptg_error *err);

/* The class that is predicted from one row of answers: by threshold, or the most probable (the first of equals). -1 for a
 * regression. */
int32_t model_label(const model *m, const double *row);

typedef struct predict_options {
    const char *const *keep; /* columns of the table that stand first, as they came */
    int32_t n_keep;
    bool allow_missing;
} predict_options;

/* Reads `table` with the model's types and writes CSV as `pilotage predict` does, to the file `output` (whole or not at all; a
 * device or pipe is written to), or to standard output where that is NULL. A kept column that is not in the table is
 * PTG_ERROR_USAGE. */
ptg_status model_predict_csv(const model *m, const char *table, const char *output, const predict_options *options,
                             ptg_error *err);

#endif
