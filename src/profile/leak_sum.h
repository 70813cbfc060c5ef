/* Sums that make the target: orthogonal matching pursuit (Pati et al. 1993) over the numeric features, then backward
 * elimination. */
#ifndef PROFILE_LEAK_SUM_H
#define PROFILE_LEAK_SUM_H

#include "profile/check_material.h"
#include "profile/leak_checks.h"

/* Looks for a sum that leaves at most LEAK_SUM_EXACT of the target's deviation (LEAK_SUM_UNIT where all factors are 1 or -1)
 * among numeric features other than the `n` listed; out->n stays 0 when there is none, or when one column alone is enough. */
ptg_status leak_sum_find(const check_material *m, const int32_t *left_out, int32_t n, leak_sum *out, ptg_error *err);

#endif
