/* plan.json: the contract between planning, notebooks and tuning. Reading checks everything, with errors that name the path
 * inside the document; what is in a `plan` can be run. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/json.h"
#include "base/memory.h"
#include "evaluate/metrics.h"
#include "learn/algorithm.h"
#include "numeric/split.h"
#include "profile/profile.h"
#include "table/frame.h"

#define PLAN_VERSION 1
#define PLAN_MOST_CANDIDATES 256

typedef struct plan_column {
    const char *name;
    column_type type;
    column_role role;
} plan_column;

typedef enum validation_kind {
    VALIDATION_FOLDS,
    VALIDATION_SPLIT,
    VALIDATION_GROUP,
    VALIDATION_TIME,
    VALIDATION_FILE
} validation_kind;
extern const char *const validation_kind_names[5];

typedef struct plan_validation {
    validation_kind kind;
    int32_t folds; /* 1: one split of `fraction` */
    double fraction;
} plan_validation;

/* Rows that do not take part, and labels that are read as others ("rows"). Numbers are those of the table as it was read. */
typedef struct plan_rows {
    bool drop_duplicates; /* rows that repeat an earlier one in all columns */
    int64_t n_leave_out;
    const int64_t *leave_out;
    const json_t *labels; /* borrowed {LABEL: read as}; NULL = none */
} plan_rows;

/* What a trial draws of one parameter: a number in min ... max, or one of `values`. */
typedef struct plan_range {
    const char *name;
    bool integer, log_scale;
    double min, max;
    const json_t *values; /* borrowed array; NULL for numbers */
} plan_range;

typedef struct plan_candidate {
    const char *name;
    const char *pipeline; /* name in `pipelines` */
    const json_t *steps;  /* borrowed: its steps, without columns that are no features */
    const algorithm *algorithm;
    const json_t *fixed; /* borrowed: "static" */
    int32_t n_ranges;
    const plan_range *ranges;
    bool enabled;
} plan_candidate;

typedef enum tuning_mode { MODE_AUTO, MODE_TUNING, MODE_ENSEMBLING } tuning_mode;

typedef struct plan {
    arena *memory;
    json_t *document;  /* owned reference: the whole document */
    json_t *pipelines; /* owned: its pipelines as candidates run them (plan_steps.h) */
    problem_type problem;
    objective objective;
    const char *objective_name;
    const char *positive_class; /* NULL unless binary */
    uint64_t seed;
    int32_t n_columns;
    const plan_column *columns;
    plan_validation validation;
    plan_rows rows;
    int32_t n_candidates;
    const plan_candidate *candidates;
    int64_t max_trials; /* 0 = no bound */
    double time_limit;  /* seconds; 0 = none */
    int32_t parallel;   /* 0 = as many as fit */
    int32_t lag;
    tuning_mode mode;
    const char *instance;
} plan;

/* Takes a new reference to the document. PTG_ERROR_USAGE with the path inside the document on anything that is not right. */
ptg_status plan_read(json_t *document, plan **out, ptg_error *err);
void plan_free(plan *p);

/* Whether a plan fits its table (as it was read) and this machine: columns, the positive class, columns that steps name, the
 * instance type. PTG_ERROR_USAGE with the path inside the document. */
ptg_status plan_check(const plan *p, const frame *f, ptg_error *err);

/* The column of a role (the first), or -1; target always exists. */
int32_t plan_role(const plan *p, column_role role);

/* Sets one value of a plan document in place. `path`: dotted, with quoted names, or an RFC 6901 pointer. `value`: JSON or a
 * bare word. The place must exist, but for a new member of an object. */
ptg_status plan_set(json_t *document, const char *path, const char *value, ptg_error *err);

/* Where columns of `document` have another type, role or other missing tokens than in `before`, brings its pipelines in line:
 * the column leaves the steps that name it, and in dpp0 ... dpp3 enters those that a new plan would give it. */
ptg_status plan_follow(const json_t *before, json_t *document, const frame *f, ptg_error *err);

/* Types, missing tokens and orders of day and month as frame_retype wants them, for the columns where the plan differs from the
 * frame; NULL in *out when none does. */
ptg_status plan_retype(const plan *p, const frame *f, json_t **out, ptg_error *err);

#endif
