/* Splits that a random one would flatter: rows of one entity on both sides, or the future among the training rows. The small
 * model is scored under both. */
#ifndef PROFILE_SPLIT_CHECKS_H
#define PROFILE_SPLIT_CHECKS_H

#include "profile/small_score.h"

#define GROUPS_MOST 2
#define SAME_GROUPS_MOST 3
#define TIMES_MOST 2

/* A column whose values repeat, as names of entities do. */
typedef struct group_fact {
    int32_t at;
    int32_t same[SAME_GROUPS_MOST], n_same;    /* further columns that part the sampled rows into the same groups */
    uint64_t parting;                          /* a hash of which rows go together */
    int64_t groups;                            /* distinct values among the sampled rows */
    double size;                               /* rows of the sample a group */
    double likeness;                           /* intraclass correlation of the target: how alike the rows of one group are */
    bool named;                                /* its values look like names or numbers of things, not like measures */
    small_score random, grouped;               /* the features (without leaks), random folds and folds of whole groups */
    small_score random_others, grouped_others; /* of plain features: without the column
                                                      itself, codes of many levels and texts */
    bool found;                                /* at most one: what tells the same groups apart otherwise is not found again */
    bool also;                                 /* it would have been, but for that one */
} group_fact;

typedef struct time_fact {
    int32_t at;                  /* -1: the order of the rows */
    small_score random, forward; /* each fifth but the first judged by a model of the fifths before it: in a random order,
                                    and in order of time */
    bool found;
} time_fact;

typedef struct split_checks {
    int32_t n_groups, n_times;
    group_fact groups[GROUPS_MOST];
    time_fact times[TIMES_MOST];
} split_checks;

struct check_material;
struct order_checks;
ptg_status split_checks_make(struct check_material *m, const struct order_checks *order, split_checks *out, ptg_error *err);

#define GROUP_GAP 0.05
#define TIME_GAP 0.05

#endif
