/* The profile of a table: what it is like, what is to be predicted, what each column is for. One call makes the document that
 * the exploration notebook draws (docs/formats/profile.md) and the facts that planning reads. */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/json.h"
#include "base/memory.h"
#include "base/pool.h"
#include "numeric/task.h"
#include "profile/column_statistics.h"
#include "table/frame.h"

typedef enum column_role {
    ROLE_FEATURE,
    ROLE_ID,
    ROLE_CONSTANT,
    ROLE_TARGET,
    ROLE_WEIGHT,
    ROLE_GROUP,
    ROLE_TIME,
    ROLE_IGNORED
} column_role;
extern const char *const column_role_names[8]; /* "feature", "id", ... */
/* The role of that name; false when there is none. */
bool column_role_read(const char *name, column_role *out);

#define PROBLEM_AUTO (-1)

typedef struct profile_request profile_request;
typedef struct profile_facts profile_facts;

struct profile_request {
    int32_t target;              /* column number, or -1: nothing is to be predicted */
    int problem;                 /* a problem_type, or PROBLEM_AUTO */
    const char *positive;        /* --positive: a label, or NULL */
    int32_t weight, group, time; /* column numbers, or -1 */
    const int32_t *ignored;      /* columns that are not to be used */
    int32_t n_ignored;
    const frame *validation; /* --validation: its rows are compared with the table's; NULL = none */
    bool quick; /* no model-based checks: no score with and without leaks, no groups, time, drift, noise, anomalies */
    uint64_t seed;
    int32_t sample_rows; /* random rows that are shown */
    const json_t
        *thresholds; /* {FINDING: number}: others than those of the table of findings; NULL: none. Outlives the facts */
    pool *threads;   /* NULL = one thread; the result is the same */
};
#define PROFILE_SAMPLE_ROWS 10
/* A request with every field at its default. */
profile_request profile_request_for(int32_t target);

typedef enum power_model { POWER_NONE, POWER_BINS, POWER_LEVELS, POWER_WORDS } power_model;
extern const char *const power_model_names[4]; /* NULL, "bins", "levels", "words" */

/* How well one column alone predicts the target (docs/formats/profile.md, "Prediction power"). */
typedef struct prediction_power {
    double power;   /* 0 ... 1; NaN: not measured */
    double raw, se; /* the score before it is clipped at 0, and its standard error */
    power_model model;
} prediction_power;

typedef struct column_facts {
    column_role role;
    const char *reason; /* why this role, one sentence; also why it is dual */
    bool dual;          /* a numeric feature whose values repeat: number and category at once, as each pipeline needs */
    column_statistics statistics;
    prediction_power power;
    struct target_groups *groups; /* target_groups.h, in memory of mem_array; NULL: none were made */
} column_facts;

/* What planning needs to know. All memory belongs to `memory`. */
struct profile_facts {
    arena *memory;
    int64_t n_rows;
    int32_t n_columns, target; /* target: column number or -1; then the fields on the problem are zero */
    column_facts *columns;     /* n_columns */

    problem_type problem;
    const char *problem_reason;
    int32_t n_classes;   /* 0 for regression */
    const text *classes; /* in sort order: texts by bytes, numeric labels by value */
    const int64_t *class_counts;
    int32_t positive_class;      /* binary: its place in `classes`; else -1 */
    const char *positive_reason; /* binary; else NULL */
    double *target_values;  /* n_rows: binary 0/1 with 1 = positive class, multiclass the class number, regression the value;
                               NaN = no target */
    int64_t n_labelled;     /* rows that have a target */
    int64_t target_missing; /* rows without one that are not invalid: missing and infinite cells */

    int64_t duplicate_rows;                    /* rows that repeat an earlier one in all columns */
    const struct associations *associations;   /* pairs of columns that go together */
    const struct missing_patterns *missing;    /* columns that are missing together */
    const struct repeated_features *conflicts; /* rows with equal features; NULL without a target */
    struct model_checks *checks;               /* NULL: not made */

    const json_t *thresholds; /* of the request */
};

/* Makes profile.json as `*profile` (new reference) and fills `facts`, both of which the caller frees (json_decref,
 * profile_facts_clear) after success; on failure there is nothing to free. `f` must outlive `facts`.
 * PTG_ERROR_USAGE: an option that contradicts another or the data (a problem type that the target does not fit, a positive
 * label that is not there). PTG_ERROR_DATA: no rows, a target that is missing or has one value, fewer than 20 labelled rows or
 * 5 of a binary class, all features missing, a weight that is negative or all zero, a time column that holds no times. */
ptg_status profile_make(const frame *f, const profile_request *request, json_t **profile, profile_facts *facts, ptg_error *err);
void profile_facts_clear(profile_facts *facts); /* a zeroed struct is fine */

/* findings.json: what the profile means for a model; new reference. Nothing is looked for in an unlabelled table's target.
 * `threads` as above. */
ptg_status findings_make(const frame *f, const profile_facts *facts, pool *threads, json_t **out, ptg_error *err);

#endif
