/* What checks measure beyond the profile's statistics: missing cells against the target, pairs of columns that say the same. */
#ifndef PROFILE_FINDING_MEASURES_H
#define PROFILE_FINDING_MEASURES_H

#include "base/memory.h"
#include "profile/finding.h"

/* Columns whose cells are looked at: all but the target, constants and those that were left out on request. */
bool finding_is_read(const finding_context *context, int32_t at);
/* Whether a cell has no value of the column's type. */
bool finding_is_missing(const column *c, int64_t row);

/* Columns that are missing in the same rows, and what that says about the target. */
typedef struct missing_relation {
    int32_t n_columns;
    const int32_t *columns;
    double strength; /* 0 ... 1: Cramér's V, corrected for chance, or the size of the correlation with the target's ranks */
    int32_t label;   /* the class whose share differs most */
    double missing, present; /* its share, or the mean target, in rows without and with a value */
} missing_relation;
/* Those of at least `least` that are beyond chance, strongest first, in memory of `a`. */
ptg_status missing_relations_find(const finding_context *context, double least, arena *a, missing_relation **out, int32_t *n,
                                  ptg_error *err);

/* Two columns that say the same. */
typedef struct column_pair {
    int32_t first, second; /* in the order of the table */
    bool equal;            /* every cell has the same value, or both have none */
    double agreement;      /* else how nearly, 0 ... 1, see near_pairs.c */
    const char *how;       /* "equal", "rank", "levels": what agrees */
} column_pair;
/* Pairs of features or ids that are equal (`least` 1), or of features that are not but agree by at least `least`, in the order
 * of the table; each column stands once as second. In memory of `a`. */
ptg_status column_pairs_find(const finding_context *context, double least, arena *a, column_pair **out, int32_t *n,
                             ptg_error *err);

#endif
