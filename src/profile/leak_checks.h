/* Leaks: columns that would not be known when predictions are made. What the data can show: copies of the target, sums that
 * make it, single columns that come where all others together cannot, and missing cells that tell it. */
#ifndef PROFILE_LEAK_CHECKS_H
#define PROFILE_LEAK_CHECKS_H

#include "profile/small_score.h"

#define LEAK_SUSPECTS_MOST 8
#define LEAK_PARTS_MOST 8
#define LEAK_MISSING_MOST 16

typedef enum leak_kind {
    LEAK_COPY,    /* the target in other words: one to one with its classes, or in the same order as its values */
    LEAK_NEAR,    /* alone it nearly determines the target */
    LEAK_CERTAIN, /* it makes the class certain in many rows, far more than a predictor of its strength would */
    LEAK_READING  /* the target in its own unit with an error: slope 1, no shift, both whole numbers */
} leak_kind;
extern const char *const leak_kind_names[4];

typedef struct leak_suspect {
    int32_t at;
    leak_kind kind;
    double
        measure; /* copy: |Spearman|, or the share of rows that agree; near, reading: explained alone; certain: share of rows */
    double expected;   /* certain: share of rows that an ordinary predictor of the same strength makes certain; else NaN */
    small_score alone; /* of the small model that sees only this column */
    bool confirmed;    /* the others together cannot come near (copies need no such proof) */
} leak_suspect;

/* target = offset + sum of factor x column, but for `rest` (a share of the target's standard deviation). */
typedef struct leak_sum {
    int32_t n; /* columns; 0: no such sum */
    int32_t at[LEAK_PARTS_MOST];
    double factor[LEAK_PARTS_MOST];
    double offset, rest;
} leak_sum;

/* Bias-corrected Cramer's V of the target's classes (numbers: its two halves, or |Pearson's r|) with whether the cell is
 * missing.
 */
typedef struct leak_missing {
    int32_t at;
    double strength, share; /* share of labelled rows that are missing */
} leak_missing;

typedef struct leak_checks {
    int32_t n_suspects, n_missing;
    leak_suspect suspects[LEAK_SUSPECTS_MOST];
    leak_sum sum;
    leak_missing missing[LEAK_MISSING_MOST]; /* strongest first */
    small_score with, without;               /* all features; without suspects and parts of the sum; NaN without suspects */
} leak_checks;

struct check_material;
/* Also says in `m` what the checks that follow may use. */
ptg_status leak_checks_make(struct check_material *m, leak_checks *out, ptg_error *err);

#define LEAK_SUM_EXACT 0.01 /* rest: rounding of a few parts stays below */
#define LEAK_SUM_UNIT 0.05  /* the same where all factors are 1 or -1 */
#define LEAK_MISSING_LEAST 0.5

#endif
