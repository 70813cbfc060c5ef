/* The columns of one fit of the small model: bins of its training and held-out rows. Private to the small model. */
#ifndef PROFILE_SMALL_ENCODE_H
#define PROFILE_SMALL_ENCODE_H

#include "profile/small_table.h"

/* Local rows: the training rows in their order, then the held-out ones. bins[c * n + i] is local row i in local column c. */
typedef struct small_design {
    int64_t n, n_train;
    int32_t n_columns;
    uint8_t *bins;
} small_design;

/* Listed columns become mean targets of their codes: for a training row over the three quarters of training rows that it is
 * not in, for a held-out row over all of them, shrunk by SMALL_SHRINKAGE rows of the overall mean; one column an output. */
#define SMALL_SHRINKAGE 10.0
ptg_status small_design_make(const small_table *t, const int32_t *columns, int32_t n_columns, row_list train, row_list held,
                             arena *a, small_design *out, ptg_error *err);

/* Target of output k in row i of the table: the value, or 1 where it is the class. */
static inline double small_target(const small_table *t, int64_t i, int32_t k)
{
    return t->problem == PROBLEM_MULTICLASS ? (double)((int32_t)t->y[i] == k) : t->y[i];
}

#endif
