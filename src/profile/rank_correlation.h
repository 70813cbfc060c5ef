/* Spearman's rank correlation: Pearson's r of the ranks, ties at their mean rank. */
#ifndef PROFILE_RANK_CORRELATION_H
#define PROFILE_RANK_CORRELATION_H

#include <stdint.h>

#include "base/fail.h"

/* Of n pairs of finite numbers; 0 where one side does not vary. */
ptg_status rank_correlation(const double *x, const double *y, int64_t n, double *out, ptg_error *err);
/* Ranks 0 ... n-1 of n numbers that are not NaN, ties at their mean. */
ptg_status ranks_of(const double *values, int64_t n, double *ranks, ptg_error *err);

#endif
