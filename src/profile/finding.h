/* Findings: what the statistics mean for a model. One const table a family of checks; `pilotage help FINDING`, findings.json
 * and docs/findings all come from its rows. Adding one is a row and a function in the file of its family; a new family is one
 * line in findings.c. */
#ifndef PROFILE_FINDING_H
#define PROFILE_FINDING_H

#include "base/json.h"
#include "profile/profile.h"

typedef enum finding_severity { SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW } finding_severity;
extern const char *const finding_severity_names[3];

typedef struct finding_kind finding_kind;

/* What a check looks at and where it reports. */
typedef struct finding_context {
    const frame *f;
    const profile_facts *facts;
    json_t *out; /* array of findings */
} finding_context;

struct finding_kind {
    const char *id;
    const char *text;     /* what it means, in one or two sentences */
    const char *decided;  /* how it is decided: the threshold, and why that one */
    double threshold;     /* the value beyond which it is reported */
    bool fixed;           /* the threshold is part of what is looked for, and no setting */
    const char *severity; /* how its severity is chosen */
    const char *advice;   /* what to do */
    const char *fix;      /* what applying its fix changes in the plan; NULL: it never has one */
    const char *ignore;   /* when to ignore it */
    const char *example;  /* a small case */
    ptg_status (*check)(const finding_context *context, const finding_kind *kind, ptg_error *err);
};

/* A family is the rows of one file. */
typedef struct finding_family {
    const finding_kind *kinds;
    const int32_t *n;
} finding_family;
extern const finding_kind findings_target[], findings_columns[], findings_pairs[], findings_numbers[], findings_cells[],
    findings_names[], findings_lines[], findings_reading[], findings_leaks[], findings_rows[], findings_model[];
extern const int32_t n_findings_target, n_findings_columns, n_findings_pairs, n_findings_numbers, n_findings_cells,
    n_findings_names, n_findings_lines, n_findings_reading, n_findings_leaks, n_findings_rows, n_findings_model;

/* The row of that id, or NULL. */
const finding_kind *finding_find(const char *id);
/* The number of kinds, and each by its place (by family, as in findings.json of equal severity). */
int32_t finding_count(void);
const finding_kind *finding_at(int32_t i);
/* For the registry: {"name", "text", "decided", "threshold", "severity", "advice", "fix", "ignore", "example"}; new reference.
 */
json_t *finding_json(const finding_kind *kind);
/* The help page as plain text. */
void finding_page(const finding_kind *kind, text_buffer *out);

/* ---- Reporting. A check fills a finding (zeroed but for what it sets), prints its sentence into `text`, adds what would mend
 * it by the finding_fix_ functions below, and hands it to finding_report, which empties it in any case. */

#define FINDING_ROWS 5 /* examples shown */

typedef struct finding {
    finding_severity severity;
    int32_t n_columns; /* 0: the table as a whole */
    const int32_t *columns;
    int32_t n_rows; /* examples by row number (0-based); their cells of `columns` are shown */
    const int64_t *rows;
    double value;     /* what was measured; NaN = none */
    text_buffer text; /* one sentence or two, with the numbers */
    json_t *fix;      /* the operations so far; NULL = none */
    bool failed;      /* out of memory in some fix */
} finding;

/* Appends it to the context's array with the kind's threshold and advice. Clears `found`. */
ptg_status finding_report(const finding_context *context, const finding_kind *kind, finding *found, ptg_error *err);
/* Drops a finding that is not reported after all. */
void finding_clear(finding *found);

/* high from `high` on, medium from `medium` on, else low. */
finding_severity finding_severity_of(double value, double medium, double high);

/* Words for the sentence: a share as "12.3" (without the sign, three digits), a number in four digits, a column's name and a
 * value as people may read them. Each returns what it wrote into `out`. */
typedef struct finding_word {
    char data[360];
} finding_word;
const char *finding_percent(double share, finding_word *out);
const char *finding_number(double value, finding_word *out);
const char *finding_name(const finding_context *context, int32_t at, finding_word *out);
const char *finding_value(text value, finding_word *out);
/* "'a', 'b' and 3 more" of n column numbers. */
void finding_names(const finding_context *context, const int32_t *columns, int32_t n, text_buffer *out);

/* ---- Fixes: each call adds operations of RFC 6902 on plan.json, the first of which is a `test` of what the plan holds as long
 * as nobody changed it. They may be combined in one finding. A plan is only ever changed as a whole: a patch that fails, or
 * that leads to a plan which cannot be run, leaves it as it was. `why` (one sentence) becomes the reason in the plan. Without a
 * target there is no plan and so no fix: all of these may be called, and null is reported. */

/* The column gets another role: mostly ROLE_IGNORED, or ROLE_FEATURE for one that was left out. */
void finding_fix_role(finding *found, const finding_context *context, int32_t at, column_role role, const char *why);
/* Another type: its cells are read again under it, those that do not parse are missing. */
void finding_fix_type(finding *found, const finding_context *context, int32_t at, column_type type, const char *why);
/* These texts count as missing too. For the target: rows with such a label are left out. */
void finding_fix_missing(finding *found, const finding_context *context, int32_t at, const text *tokens, int32_t n,
                         const char *why);
/* Splits by a column, which gets the role: ROLE_GROUP (5 folds of whole groups, fewer when there are fewer groups) or ROLE_TIME
 * (the last fifth held out). */
void finding_fix_split(finding *found, const finding_context *context, int32_t at, column_role role, const char *why);
/* Another objective than the default of the problem type. */
void finding_fix_objective(finding *found, const finding_context *context, const char *objective);
/* Rows that repeat an earlier one in all columns are left out. */
void finding_fix_drop_duplicates(finding *found);
/* These rows are left out (0-based numbers). At most FINDING_FIX_ROWS; with more, nothing is added. */
#define FINDING_FIX_ROWS 500
void finding_fix_leave_out(finding *found, const finding_context *context, const int64_t *rows, int64_t n);
/* A target label is read as another one. */
void finding_fix_label(finding *found, const finding_context *context, text label, text read_as);

/* Anything else: tests that `pointer` (RFC 6901) holds `now` (NULL: no test), then puts `then` there. Takes both references; a
 * NULL `then` is remembered as out of memory. finding_pointer escapes the parts of a pointer: ("columns", NAME, "role"). */
void finding_fix_set(finding *found, const char *pointer, json_t *now, json_t *then);
void finding_pointer(text_buffer *out, const char *first, text second, const char *third);

#endif
