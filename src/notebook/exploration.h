/* The data exploration notebook, from profile.json, findings.json and job.json (docs/formats/profile.md). Each section is a
 * heading and one call of the Python kit, `profile.target()`, with its output in place; the kit asks exploration_section for
 * the same output, so that running the notebook changes nothing. Documents are read with care: a member that is missing is
 * shown as unknown. */
#ifndef NOTEBOOK_EXPLORATION_H
#define NOTEBOOK_EXPLORATION_H

#include "base/json.h"
#include "notebook/exhibit.h"

/* What the sections read. `job` may be NULL (the command `profile` has no job). All borrowed. */
typedef struct exploration {
    const json_t *profile, *findings, *job;
} exploration;

/* The output of one section as a MIME bundle. Names are those of the kit's methods: settings, findings, fixes, dataset, target,
 * sample, feature_summary, column_charts, target_charts, duplicates, associations, checks,
 * anomalous_rows, missing, cardinality,
 * statistics, texts, dates, definitions; and column:NAME for one column. PTG_ERROR_USAGE names what there is when the name is
 * unknown. */
ptg_status exploration_section(const exploration *x, const char *name, json_t **bundle, ptg_error *err);

/* Appends the whole notebook. */
ptg_status exploration_write(const exploration *x, text_buffer *out, ptg_error *err);

/* Appends the same as one HTML page that needs nothing else. */
ptg_status exploration_page(const exploration *x, text_buffer *out, ptg_error *err);

/* ---- the parts, for the files of this notebook only ---- */

typedef struct exploration_part {
    const char *name; /* of the kit's method, of the cell, and of ptg_notebook_section */
    const char *title, *text;
    void (*show)(const exploration *x, exhibit *e);
    const char *needs;  /* a member of profile.json that is null where the section says nothing; NULL: always there */
    int64_t limit;      /* bytes of its output in the file; all together stay below 2,000,000 */
    bool notebook_only; /* something to run */
    bool needs_plan;
    const char *needs_kind; /* a member that at least one column has; NULL: none is needed */
} exploration_part;
int32_t exploration_part_count(void);
const exploration_part *exploration_part_at(int32_t i);
/* Whether there is something to show. */
bool exploration_part_shown(const exploration *x, const exploration_part *part);
/* high, medium, low */
void exploration_count_findings(const exploration *x, int64_t counts[3]);
/* Whether the job has a plan that fixes can change. */
bool exploration_has_plan(const exploration *x);
/* The call of profile.configure with the values in force. */
void exploration_append_settings(const exploration *x, text_buffer *b);
void exploration_show_settings(const exploration *x, exhibit *e);
void exploration_show_findings(const exploration *x, exhibit *e);
void exploration_show_fixes(const exploration *x, exhibit *e);
void exploration_show_dataset(const exploration *x, exhibit *e);
void exploration_show_target(const exploration *x, exhibit *e);
void exploration_show_sample(const exploration *x, exhibit *e);
void exploration_show_feature_summary(const exploration *x, exhibit *e);
void exploration_show_target_charts(const exploration *x, exhibit *e);
void exploration_show_column_charts(const exploration *x, exhibit *e);
void exploration_show_duplicates(const exploration *x, exhibit *e);
void exploration_show_associations(const exploration *x, exhibit *e);
void exploration_show_checks(const exploration *x, exhibit *e);
void exploration_show_anomalous_rows(const exploration *x, exhibit *e);
void exploration_show_missing(const exploration *x, exhibit *e);
void exploration_show_cardinality(const exploration *x, exhibit *e);
void exploration_show_statistics(const exploration *x, exhibit *e);
void exploration_show_texts(const exploration *x, exhibit *e);
void exploration_show_dates(const exploration *x, exhibit *e);
void exploration_show_definitions(const exploration *x, exhibit *e);
/* A table of ROWS as in profile.json; with_power puts prediction power and type above them. */
void exploration_show_rows(const exploration *x, const json_t *rows, bool with_power, exhibit *e);
/* One column in full: its numbers and its chart. */
void exploration_show_column(const json_t *column, exhibit *e);
/* TEXT of one column; DATETIME of one column, with its charts. */
void exploration_show_words(const json_t *words, exhibit *e);
void exploration_show_date(const json_t *column, exhibit *e);
/* The chart of a column (a histogram, or bars of its most frequent values) and its words; false when there is nothing to draw.
 */
bool exploration_draw_column(const json_t *column, int32_t width, text_buffer *svg, text_buffer *alt);
/* A histogram of BARs, as in profile.json. */
void exploration_draw_histogram(const json_t *bars, text title, text axis, bool dates, int32_t width, text_buffer *svg);
/* Bars of at most `most` labels with counts from an array of {label_key, "count"}; returns how many are drawn. */
int32_t exploration_draw_counts(const json_t *values, const char *label_key, text title, text axis, int32_t width, int32_t most,
                                text_buffer *svg);
/* A table of NUMERIC. */
void exploration_show_numbers(const json_t *numbers, exhibit *e);
/* The most common invalid values of a column or of the target, if there are any. */
void exploration_show_top_invalid(const json_t *owner, exhibit *e);
/* The column of that name in profile.json, or NULL. */
const json_t *exploration_column(const json_t *profile, text name);

#endif
