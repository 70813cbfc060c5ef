/* What the model-based checks share: the facts, the sample with its small table, and where their results live. */
#ifndef PROFILE_CHECK_MATERIAL_H
#define PROFILE_CHECK_MATERIAL_H

#include "profile/profile.h"
#include "profile/small_score.h"

#define CHECK_FOLDS 3

typedef struct check_material check_material;

struct check_material {
    const frame *f;
    const profile_facts *facts;
    const bool *copy; /* a flag a row of the frame: it repeats another one and is left out */
    uint64_t seed;
    pool *threads;
    arena *scratch; /* dies with the checks */
    small_table table;
    int32_t n_base;   /* the first columns of the table are the features; checks add others behind them */
    int32_t *all;     /* 0 ... table's columns - 1: the first n_base are a list of all features */
    int32_t *folds;   /* random, CHECK_FOLDS of them */
    int32_t n_fitted; /* features of the frame that the table holds */
    /* Set by the checks of leaks, for those that follow: the features without leaks, and the model that sees them. */
    const int32_t *clean;
    int32_t n_clean;
    small_score clean_score;
    const double *clean_predicted; /* out of fold */
};

/* The sample of a table with a target. */
ptg_status check_material_make(check_material *m, ptg_error *err);
/* Adds a number a row of the table as a column; `*place` is its place. At most CHECK_COLUMNS_ADDED in all. */
#define CHECK_COLUMNS_ADDED 12
ptg_status check_add_numbers(check_material *m, const double *values, int32_t *place, ptg_error *err);
/* Lists the base columns of the small table that do not belong to the listed frame columns; in scratch. */
ptg_status check_columns_without(const check_material *m, const int32_t *left_out, int32_t n, int32_t **list, int32_t *n_list,
                                 ptg_error *err);

#endif
