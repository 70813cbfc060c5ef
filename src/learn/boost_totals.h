/* Inside the statistics of boost: totals of a projection, which are its statistics for rows that were not trained on. Shared by
 * boost_statistics.c, boost_statistic_bins.c and boost_tables.c. */
#ifndef LEARN_BOOST_TOTALS_H
#define LEARN_BOOST_TOTALS_H

#include "learn/boost_statistics.h"

/* Sums and counts of a projection's ids. */
typedef struct id_totals {
    double *sums; /* n_ids x n_targets */
    uint32_t *counts;
    uint32_t largest;
} id_totals;

/* Of n ids, all zero. Cleared also after a failure. */
ptg_status statistics_totals_alloc(const boost_statistics *s, int64_t n, id_totals *t, ptg_error *err);
/* `full`: sums too. Cleared also after a failure. */
ptg_status statistics_totals_make(const boost_statistics *s, const boost_projection *p, bool full, id_totals *t,
                                  ptg_error *err);
void statistics_totals_clear(id_totals *t);
/* Frees what was made for an order; boost_statistics_blocks makes it again. */
void statistics_bins_drop(boost_statistics *s, boost_projection *p, int32_t order);

static inline float statistics_mean(double sum, double count, double prior)
{
    return (float)((sum + prior) / (count + 1));
}

/* Value of statistic c for an id (-1: unseen). */
float statistics_total_value(const boost_statistics *s, const id_totals *t, int32_t c, int64_t id);

#endif
