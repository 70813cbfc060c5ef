/* What the cells of the candidate definition notebook show; for candidates.c only. */
#ifndef NOTEBOOK_CANDIDATES_SECTIONS_H
#define NOTEBOOK_CANDIDATES_SECTIONS_H

#include "notebook/candidates.h"
#include "notebook/exhibit.h"

void candidates_show_columns(const candidates *c, exhibit *e);
void candidates_show_validation(const candidates *c, exhibit *e);
void candidates_show_candidates(const candidates *c, exhibit *e);
void candidates_show_leaderboard(const candidates *c, exhibit *e);
void candidates_show_best(const candidates *c, exhibit *e);
/* The functions of an additive candidate; `name` NULL: the first that there is. */
void candidates_show_shapes(const candidates *c, const char *name, exhibit *e);

/* The row of the model that was handed over (job.json), else the first one with a score that is not the baseline, or NULL;
 * `of_plan`: it must be a candidate of the plan (not the ensemble). */
const json_t *candidates_best_row(const candidates *c, bool of_plan);
/* The candidate of a row: its name, without the number of the trial where the plan has no candidate of the whole name. */
text candidates_name_of(const candidates *c, const json_t *row);
/* The member of plan.candidates of that name, or NULL. */
const json_t *candidates_find(const candidates *c, text name);

#endif
