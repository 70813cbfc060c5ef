/* What the small models of prediction power see: each labelled row as one code (bin or level) or as a list of word buckets. */
#ifndef PROFILE_POWER_CODES_H
#define PROFILE_POWER_CODES_H

#include "profile/prediction_power.h"

#define POWER_BINS_MOST 32
#define POWER_CELLS_MOST (1 << 22) /* codes x classes that are counted; rarer levels share one code */

/* Codes in the order of the target's rows; 0 = missing. */
typedef struct power_codes {
    int32_t *codes;
    int32_t n_codes;
} power_codes;
void power_codes_clear(power_codes *c);
ptg_status power_codes_bins(const column *c, const double *sorted, int64_t n_sorted, const power_target *t, power_codes *out,
                            ptg_error *err);
ptg_status power_codes_levels(const column *c, const power_target *t, power_codes *out, ptg_error *err);

/* Words of row i are buckets[start[i]] ... buckets[start[i+1]-1]. */
typedef struct power_words {
    int64_t *start;
    int32_t *buckets;
    int32_t n_buckets;
} power_words;
void power_words_clear(power_words *w);
ptg_status power_words_make(const column *c, const power_target *t, power_words *out, ptg_error *err);

#endif
