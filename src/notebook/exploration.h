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

/* The output of one section as a MIME bundle. Names are those of the kit's methods: findings, dataset, target, sample,
 * feature_summary, column_charts, target_charts, duplicates, correlations, anomalous_rows, missing, cardinality, statistics,
 * definitions; and column:NAME for one column. PTG_ERROR_USAGE names what there is when the name is unknown. */
ptg_status exploration_section(const exploration *x, const char *name, json_t **bundle, ptg_error *err);

/* True when `name` is a section of this notebook (column:NAME too). */
bool exploration_has(const char *name);

/* Appends the whole notebook. */
ptg_status exploration_write(const exploration *x, text_buffer *out, ptg_error *err);

/* ---- the sections, for exploration.c only ---- */
void exploration_show_findings(const exploration *x, exhibit *e);
void exploration_show_dataset(const exploration *x, exhibit *e);
void exploration_show_target(const exploration *x, exhibit *e);
void exploration_show_sample(const exploration *x, exhibit *e);
void exploration_show_feature_summary(const exploration *x, exhibit *e);
void exploration_show_target_charts(const exploration *x, exhibit *e);
void exploration_show_column_charts(const exploration *x, exhibit *e);
void exploration_show_duplicates(const exploration *x, exhibit *e);
void exploration_show_correlations(const exploration *x, exhibit *e);
void exploration_show_anomalous_rows(const exploration *x, exhibit *e);
void exploration_show_missing(const exploration *x, exhibit *e);
void exploration_show_cardinality(const exploration *x, exhibit *e);
void exploration_show_statistics(const exploration *x, exhibit *e);
void exploration_show_definitions(const exploration *x, exhibit *e);
/* A table of ROWS as in profile.json; with_power puts prediction power and type above them. */
void exploration_show_rows(const exploration *x, const json_t *rows, bool with_power, exhibit *e);
/* One column in full: its numbers and its chart. */
void exploration_show_column(const json_t *column, exhibit *e);
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
