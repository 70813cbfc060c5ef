/* Ordered target statistics of categories and of their combinations (Prokhorenkova et al. 2018): what the rows before a row, in
 * a random order, say about the target of its category. Training rows see these; held-out and later rows see the totals. */
#ifndef LEARN_BOOST_STATISTICS_H
#define LEARN_BOOST_STATISTICS_H

#include "learn/boost_category.h"
#include "learn/boost_orders.h"
#include "learn/boost_search.h"
#include "learn/statistic_tables.h"
#include "learn/training_rows.h"

#define COMBINED_MOST 8

typedef struct statistics_settings {
    int32_t most_combined; /* categories in one combination, at most COMBINED_MOST */
    int32_t n_orders;      /* random orders of the rows; each tree uses one */
    int32_t border_count;  /* of a statistic */
    int64_t most_bytes;    /* of the bins of training rows that are kept from tree to tree; 0: all. Others are made again */
    uint64_t seed;
    bool own_order;       /* the only order is that of the rows */
    const int32_t *group; /* of the rows trained on, see boost_orders.h; NULL: none */
    const double *time;
} statistics_settings;

/* One category, or several together: every row has the number of its combination of levels. */
typedef struct boost_projection {
    int32_t parent;   /* a projection of all but one of them; -1: a category alone */
    int32_t category; /* the one that is not in parent */
    int32_t n_categories;
    int32_t categories[COMBINED_MOST]; /* ascending */
    int64_t n_ids;
    uint64_t *keys; /* of each id, in order of first sight */
    uint32_t *ids;  /* by training row */
    int32_t *held_ids;
    int64_t first_statistic;      /* number of its first statistic */
    bool means_used, counts_used; /* by a tree of the model */
    bool redundant;               /* as many levels as parent: says nothing new */
    bin_column *columns;          /* of its statistics; NULL until the first order is made */
    boost_block *blocks;          /* orders x blocks_per_order; train.rows (of mem_array) NULL = not made or dropped */
    int64_t *used;                /* by order: the tree that asked for it last */
} boost_projection;

typedef struct boost_statistics {
    statistics_settings settings;
    const matrix *held; /* NULL: no held-out rows */
    const matrix *train;
    const boost_category *categories;
    int32_t n_categories;
    int32_t n_targets; /* numbers in [0, 1] whose means are taken */
    float *targets;    /* n_targets x n_rows */
    int32_t n_priors;
    const double *priors;
    int32_t n_columns, blocks_per_order; /* of one projection: a column a target and prior, and one of counts */
    boost_orders orders;
    int64_t tree, kept_bytes;
    int64_t n_projections, most_projections;
    boost_projection **projections;
    arena *memory;
} boost_statistics;

/* `rows` are those trained on; `categories` are kept by reference. Cleared also after a failure. */
ptg_status boost_statistics_start(boost_statistics *s, const statistics_settings *settings, const learn_task *task,
                                  const learn_rows *rows, const boost_category *categories, int32_t n_categories,
                                  ptg_error *err);
void boost_statistics_clear(boost_statistics *s);
/* The projection of a base (NULL: none) and one more category; *out NULL where there may be no more of them, where the category
 * is in the base already, or where nothing new comes of it. */
ptg_status boost_statistics_get(boost_statistics *s, const boost_projection *base, int32_t category, boost_projection **out,
                                ptg_error *err);
/* Makes the columns of an order where they are not there yet and returns blocks_per_order blocks. */
ptg_status boost_statistics_blocks(boost_statistics *s, boost_projection *p, int32_t order, boost_block **out, ptg_error *err);
/* Between two trees: drops bins of training rows that were not asked for for the longest time, until the rest keeps the bound.
 */
void boost_statistics_new_tree(boost_statistics *s);
/* The projection that a statistic is of. */
boost_projection *boost_statistics_of(const boost_statistics *s, int64_t statistic);
/* Tables of the statistics `wanted` (ascending numbers). */
ptg_status boost_statistics_tables(const boost_statistics *s, const int64_t *wanted, int32_t n_wanted, statistic_tables **out,
                                   ptg_error *err);

#endif
