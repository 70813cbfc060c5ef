/* Findings: what the statistics mean for a model. One const table a family of checks; `pilotage help FINDING`, findings.json
 * and the documentation all come from its rows. Adding one is a row and a function in the file of its family. */
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
    const char *severity; /* how its severity is chosen */
    const char *advice;   /* what to do */
    const char *ignore;   /* when to ignore it */
    ptg_status (*check)(const finding_context *context, const finding_kind *kind, ptg_error *err);
};

/* The row of that id, or NULL. */
const finding_kind *finding_find(const char *id);
/* The number of kinds, and each by its place (sorted by family, as in findings.json of equal severity). */
int32_t finding_count(void);
const finding_kind *finding_at(int32_t i);
/* For the registry: {"name", "text", "decided", "threshold", "severity", "advice", "ignore"}; new reference. */
json_t *finding_json(const finding_kind *kind);
/* The help page as plain text. */
void finding_page(const finding_kind *kind, text_buffer *out);

/* One finding, as a check reports it. */
typedef struct finding {
    finding_severity severity;
    int32_t column;   /* number, or -1: the table as a whole */
    double value;     /* what was measured; NaN = none */
    const char *text; /* sentence with the numbers */
} finding;
/* Appends it to the context's array with the kind's threshold and advice. The fix is null: no finding that exists has one. */
ptg_status finding_report(const finding_context *context, const finding_kind *kind, const finding *found, ptg_error *err);

/* A family is the rows of one file. */
extern const finding_kind findings_target[];
extern const int32_t n_findings_target;
extern const finding_kind findings_columns[];
extern const int32_t n_findings_columns;

#endif
