/* The task of a job as its trials see it: the typed frame, targets, weights, groups and the split. Made once by the
 * coordinator, kept as JOB/data/task.bin beside JOB/data/train.frame, and opened by every worker. */
#ifndef TUNE_JOB_TASK_H
#define TUNE_JOB_TASK_H

#include "numeric/split.h"
#include "plan/plan.h"
#include "table/frame.h"

typedef struct task {
    arena *memory;
    frame *frame; /* owned */
    problem_type problem;
    int32_t n_classes;
    const text *classes; /* labels in the order of the class numbers; none for regression */
    int32_t positive;    /* number of the positive class in `classes`; binary targets are 1 there */
    int64_t n_rows;
    const double *target; /* NaN = not used */
    const double *weight; /* NULL = all 1 */
    const int32_t *group; /* NULL = none */
    const double *time;   /* of the column with that role, NaN = missing; NULL = none */
    split split;
    int32_t n_features;
    const int32_t *features; /* numbers of the feature columns in the frame, in the frame's order */
    int64_t n_scored;
    const int64_t *scored; /* ascending rows that some fold holds out: the rows of every score */
    char hash[33];         /* of everything above that can change a result */
} task;

/* Makes the task of a plan on the frame as it was read (`f` is taken over, also on failure) and writes both files beneath
 * `job`. `validation_rows`: the last so many rows came from --validation. */
ptg_status task_make(const plan *p, frame *f, int64_t validation_rows, const char *job, task **out, ptg_error *err);
/* Whether task_make would succeed, without writing anything. */
ptg_status task_check(const plan *p, const frame *f, int64_t validation_rows, ptg_error *err);
/* Opens what task_make wrote. */
ptg_status task_open(const plan *p, const char *job, task **out, ptg_error *err);
void task_free(task *t);

/* Row lists of one fold; fold -1: all rows that may be trained on, nothing held out. */
ptg_status task_rows(const task *t, int32_t fold, arena *a, row_list *train, row_list *held_out, ptg_error *err);
/* values[rows[i]] for a list of rows; NULL values give NULL. */
ptg_status task_gather(const double *values, row_list rows, arena *a, const double **out, ptg_error *err);
ptg_status task_gather_codes(const int32_t *values, row_list rows, arena *a, const int32_t **out, ptg_error *err);

#endif
