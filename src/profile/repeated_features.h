/* Rows that cannot be told apart by any feature: copies, and rows whose targets contradict each other. */
#ifndef PROFILE_REPEATED_FEATURES_H
#define PROFILE_REPEATED_FEATURES_H

#include "profile/profile.h"

#define CONFLICTS_SHOWN 5

typedef struct repeated_features {
    int32_t n_features;  /* columns that were compared: no ids, no constants, no target */
    int64_t copies;      /* labelled rows that repeat an earlier one in all features and in the target */
    int64_t conflicting; /* labelled rows in a set of equal features with different targets (numbers: that differ by more than
                            half of a standard deviation) */
    int64_t minority;    /* of these, rows that are not of the most frequent class of their set (numbers: not counted, 0) */
    bool natural;        /* columns with few values repeat by chance: see chance_repeats */
    int32_t n_shown;
    int64_t shown[CONFLICTS_SHOWN][2]; /* pairs of rows that contradict each other */
} repeated_features;

/* Only with a target. `copy` (NULL or a flag a row, zeroed) tells the rows that are counted as copies. */
ptg_status repeated_features_find(const frame *f, const profile_facts *facts, pool *threads, bool *copy, repeated_features *out,
                                  ptg_error *err);

/* Pairs of rows that would be equal in the listed columns by chance, if the columns were independent; and whether `repeats`
 * repeated rows are explained by it (columns depend on each other, so that far fewer expected pairs explain them where no
 * column has many values). A column of sentences leaves nothing to chance: its own repeats are what is to be explained. */
double chance_repeats(const profile_facts *facts, const int32_t *columns, int32_t n);
bool repeats_are_natural(const profile_facts *facts, const int32_t *columns, int32_t n, int64_t repeats);

#endif
