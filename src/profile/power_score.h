/* Scores of prediction power with their standard errors, gathered over held-out rows. */
#ifndef PROFILE_POWER_SCORE_H
#define PROFILE_POWER_SCORE_H

#include <stdint.h>

/* Rows of equal prediction: how many are positive and negative. */
typedef struct score_group {
    double score;
    double positive, negative;
} score_group;

/* AUC of groups (sorted here by score; equal scores are ties) and its variance by DeLong, DeLong & Clarke-Pearson (1988). NaN
 * when one class is not there. */
typedef struct auc_estimate {
    double auc, variance;
} auc_estimate;
auc_estimate auc_of_groups(score_group *groups, int64_t n);

/* Sums for a score 1 - sum(loss) / sum(base loss). */
typedef struct loss_sums {
    int64_t n;
    double loss, base, loss2, base2, both;
} loss_sums;
void loss_sums_add(loss_sums *s, double loss, double base);
/* The score and its standard error by linearisation: influence of a row is loss - (1 - score) * base. NaN without base loss. */
void loss_sums_score(const loss_sums *s, double *score, double *se);

#endif
