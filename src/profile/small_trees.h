/* The profile's own small model: gradient boosted histogram trees with fixed parameters (Friedman 2001; histograms as in
 * LightGBM, Ke et al. 2017). It judges columns and splits; it is never a candidate. docs/decisions/009. */
#ifndef PROFILE_SMALL_TREES_H
#define PROFILE_SMALL_TREES_H

#include "profile/small_table.h"

/* One fit: rows are numbers of rows of the table, columns places in its columns. */
typedef struct small_fit {
    const small_table *t;
    const int32_t *columns;
    int32_t n_columns;
    row_list train, held;
    double *out; /* held.n x n_outputs: binary probability of 1, multiclass probabilities, regression the value */
} small_fit;

/* Trains on `train` and predicts `held` in one go. One thread; a pure function of the table and the rows. */
ptg_status small_fit_run(const small_fit *fit, ptg_error *err);

#endif
