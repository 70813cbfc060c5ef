/* What a time limit allows: how many rounds or trees a candidate may take, and the learning rate that goes with them. Counted
 * work becomes seconds by one constant, so that the plan depends on the table and the limit, never on the machine's speed. */
#ifndef PLAN_PLAN_BUDGET_H
#define PLAN_PLAN_BUDGET_H

#include "learn/algorithm.h"

/* Counted work (rows x columns x rounds x constants of the algorithms) that one core does in a second: LightGBM and XGBoost
 * took 3 to 4 ns a unit on tables of 3,000 to 60,000 rows. */
#define WORK_PER_CORE_SECOND 3e8
/* The cores that a plan reckons with, whatever the machine has. */
#define PLANNED_CORES 2.0
/* Cells that a tree costs in any case: its fixed part, about 0.6 ms. */
#define FIXED_CELLS 270000

typedef struct budget {
    double time_limit; /* seconds; 0 = none, then 300 are reckoned with */
    int32_t folds;
    int64_t rows;                    /* with a target */
    int32_t columns, coded, outputs; /* coded: the columns of categories */
} budget;

/* Counted work of one fold with these parameters; NaN when out of memory. */
double budget_work(const budget *b, const algorithm *a, const json_t *fixed);
/* Seconds that the work of all folds takes on the planned cores. */
double budget_seconds(const budget *b, double work_per_fold);

/* The parameters that the limit asks for, as "static" of a candidate: learning rate, rounds and patience of boosting, trees of
 * forests; {} for the others. New reference; NULL when out of memory. */
json_t *budget_static(const budget *b, const algorithm *a);
/* Narrows a range of the plan around what budget_static chose; `range` is changed in place. */
void budget_range(const json_t *fixed, const char *parameter_name, json_t *range);

#endif
