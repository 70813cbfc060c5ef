/* The target against one column: mean, or shares of the classes, of the rows in each bin of its numbers, each of its most
 * frequent levels, or each bin of the lengths of its texts. For reading (docs/formats/profile.md, GROUPS); what a column is
 * worth is prediction_power.h. */
#ifndef PROFILE_TARGET_GROUPS_H
#define PROFILE_TARGET_GROUPS_H

#include "profile/profile.h"

#define TARGET_GROUPS_MOST 12 /* values, bins or levels; the rarer levels together and the missing cells stand beside them */
#define GROUP_CLASSES_MOST 5

typedef enum target_grouping { GROUPS_VALUES, GROUPS_BINS, GROUPS_LEVELS, GROUPS_LENGTHS } target_grouping;
extern const char *const target_grouping_names[4]; /* "value", "bin", "level", "length" */

typedef enum group_kind { GROUP_OWN, GROUP_OTHERS, GROUP_MISSING } group_kind;

typedef struct target_group {
    group_kind kind;
    double low, high; /* smallest and largest value in it; but for levels */
    text level;       /* borrowed from the frame */
    int64_t rows;     /* labelled ones */
    double mean, se;  /* regression: of the target; binary: share of the positive class. NaN without rows */
    int64_t classes[GROUP_CLASSES_MOST + 1]; /* multiclass: rows of the most frequent classes, and of all others */
} target_group;

typedef struct target_groups {
    target_grouping by;
    int32_t n;
    int64_t other_levels; /* that share the group GROUP_OTHERS */
    target_group groups[TARGET_GROUPS_MOST + 2];
} target_groups;

/* The classes that get a share of their own, most frequent first, ties in sort order; returns how many. */
int32_t target_groups_classes(const profile_facts *facts, int32_t shown[GROUP_CLASSES_MOST]);

/* Groups of one column in memory of mem_array; NULL in `*out` where there are none to make (sequences, columns without a
 * value). `sorted`: see column_statistics_make. */
ptg_status target_groups_make(const frame *f, int32_t column, const profile_facts *facts, const double *sorted,
                              int64_t n_sorted, target_groups **out, ptg_error *err);

#endif
