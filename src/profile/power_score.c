/* AUC by ranks of groups, and reduction of loss as a ratio of sums. */
#include "profile/power_score.h"

#include <math.h>
#include <stdlib.h>

static int compare_groups(const void *a, const void *b)
{
    const double x = ((const score_group *)a)->score, y = ((const score_group *)b)->score;
    return (x > y) - (x < y);
}

/* Merges groups of equal score; returns how many are left. Counts are whole numbers, so that the order of ties is no matter. */
static int64_t merge_ties(score_group *g, int64_t n)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (kept > 0 && g[kept - 1].score == g[i].score) {
            g[kept - 1].positive += g[i].positive;
            g[kept - 1].negative += g[i].negative;
        } else {
            g[kept++] = g[i];
        }
    }
    return kept;
}

auc_estimate auc_of_groups(score_group *groups, int64_t n)
{
    qsort(groups, (size_t)n, sizeof *groups, compare_groups);
    n = merge_ties(groups, n);
    double positives = 0, negatives = 0;
    for (int64_t i = 0; i < n; ++i) {
        positives += groups[i].positive;
        negatives += groups[i].negative;
    }
    if (positives == 0 || negatives == 0) return (auc_estimate){.auc = NAN, .variance = NAN};
    double below = 0, positives_below = 0, sum = 0, squares_p = 0, squares_n = 0;
    for (int64_t i = 0; i < n; ++i) {
        const double p = (below + groups[i].negative / 2) / negatives; /* placement of these positives */
        const double q = (positives - positives_below - groups[i].positive / 2) / positives;
        sum += groups[i].positive * p;
        squares_p += groups[i].positive * p * p;
        squares_n += groups[i].negative * q * q;
        below += groups[i].negative;
        positives_below += groups[i].positive;
    }
    const double auc = sum / positives;
    const double s10 = positives > 1 ? fmax(0, squares_p - positives * auc * auc) / (positives - 1) : 0;
    const double s01 = negatives > 1 ? fmax(0, squares_n - negatives * auc * auc) / (negatives - 1) : 0;
    return (auc_estimate){.auc = auc, .variance = s10 / positives + s01 / negatives};
}

void loss_sums_add(loss_sums *s, double loss, double base)
{
    ++s->n;
    s->loss += loss;
    s->base += base;
    s->loss2 += loss * loss;
    s->base2 += base * base;
    s->both += loss * base;
}

void loss_sums_score(const loss_sums *s, double *score, double *se)
{
    *score = *se = NAN;
    if (!(s->base > 0)) return;
    const double ratio = s->loss / s->base;
    *score = 1 - ratio;
    *se = sqrt(fmax(0, s->loss2 - 2 * ratio * s->both + ratio * ratio * s->base2)) / s->base;
}
