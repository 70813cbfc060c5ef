/* Judging the small model on rows that it has not seen: which columns, which folds, and how the folds are used. */
#ifndef PROFILE_SMALL_SCORE_H
#define PROFILE_SMALL_SCORE_H

#include "base/pool.h"
#include "profile/small_table.h"

/* Score: binary 2 AUC - 1 (mean of the folds); multiclass and regression 1 - loss / loss of the overall shares or mean. It may
 * be negative. NaN where nothing could be judged. */
typedef struct small_score {
    double score, se;
} small_score;

typedef struct small_task {
    const int32_t *columns; /* places in the table's columns */
    int32_t n_columns;
    const int32_t *fold; /* a row's fold, 0 ... n_folds - 1 */
    int32_t n_folds;
    bool forward;       /* a fold is predicted by the folds before it only, and the first one is not judged */
    small_score result; /* filled */
    double *predicted;  /* filled: n x n_outputs, in the arena; NaN where a row was not judged */
} small_task;

/* Runs all folds of all tasks, spread over the threads; the result is the same at any number of them. */
ptg_status small_tasks_run(const small_table *t, small_task *tasks, int32_t n_tasks, pool *threads, arena *a, ptg_error *err);

/* Folds for the rows: at random, stratified by nothing; whole groups together (a group number a row, -1 = alone); or in blocks
 * of an order (order[i] is the place of row i). In the arena. */
ptg_status small_folds_random(int64_t n, int32_t n_folds, const int32_t *group, uint64_t seed, const char *purpose, arena *a,
                              int32_t **out, ptg_error *err);
ptg_status small_folds_blocks(const double *time, int64_t n, int32_t n_folds, arena *a, int32_t **out, ptg_error *err);

/* Standard errors that lie between two scores of different rows or models. */
double small_gap_z(small_score a, small_score b);

#endif
