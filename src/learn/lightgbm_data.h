/* What lightgbm and the forests share of the LightGBM library: data sets from matrices, and a booster's model as text. */
#ifndef LEARN_LIGHTGBM_DATA_H
#define LEARN_LIGHTGBM_DATA_H

#include "base/text.h"
#include "learn/algorithm.h"
#include "learn/boosting_library.h"

/* Appends the settings that every data set and booster of ours has (same bytes at any number of threads, silence) and the list
 * of coded columns. */
void lightgbm_put_common(text_buffer *b, const learn_task *task);
/* Append " NAME=VALUE". */
void lightgbm_put_number(text_buffer *b, const char *name, double value);
void lightgbm_put_truth(text_buffer *b, const char *name, bool value);

/* False where a bag of that share would hold no row, which the library does not survive. */
bool lightgbm_can_bag(int64_t n_rows, double share);

/* A data set of all columns: f64, coded columns categorical with NaN for missing. `label` and `weight` are n_rows values (NULL:
 * none). `reference` is the training set whose bins held-out rows take; NULL for training. Freed with LGBM_DatasetFree. */
typedef struct lightgbm_rows {
    const matrix *x;
    const float *label, *weight;
} lightgbm_rows;
ptg_status lightgbm_data_make(const lightgbm_library *l, const lightgbm_rows *rows, const char *parameters, void *reference,
                              void **out, ptg_error *err);

/* The first `rounds` rounds of a booster as text (of mem_array, caller frees with mem_free). */
ptg_status lightgbm_model_text(const lightgbm_library *l, void *booster, int64_t rounds, text *out, ptg_error *err);

#endif
