/* Pearson's correlation of pairs of numeric columns. */
#ifndef PROFILE_CORRELATION_H
#define PROFILE_CORRELATION_H

#include "base/pool.h"
#include "table/frame.h"

/* Fills the n x n `matrix` for n numeric columns: r over the rows where both are finite, NaN where undefined, 1 on the
 * diagonal. */
ptg_status correlation_make(const frame *f, const int32_t *columns, int32_t n, pool *threads, double *matrix, ptg_error *err);

#endif
