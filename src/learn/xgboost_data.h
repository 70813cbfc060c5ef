/* A matrix as XGBoost's DMatrix. */
#ifndef LEARN_XGBOOST_DATA_H
#define LEARN_XGBOOST_DATA_H

#include "learn/algorithm.h"
#include "learn/boosting_library.h"

/* For each column the value to subtract so that distinct values stay apart in f32, or 0. NULL in *shift when no column needs
 * one. */
ptg_status xgboost_data_shift(const matrix *x, arena *a, double **shift, ptg_error *err);

/* Real columns and codes as f32, missing left out; sparse columns without their zeros, which thereby count as missing. Coded
 * columns are categorical. The target of the loss squared_log goes through log1p. Freed with XGDMatrixFree. */
ptg_status xgboost_data_make(const xgboost_library *l, const learn_task *task, const learn_rows *rows, const double *shift,
                             void **out, ptg_error *err);

#endif
