/* The candidate definition notebook, from job.json, plan.json and the leaderboard. Its code cells build exactly plan.json
 * through pilotage.interactive.InteractiveRunner: run unedited, the plan is what it was, and every trial is read, none run. */
#ifndef NOTEBOOK_CANDIDATES_H
#define NOTEBOOK_CANDIDATES_H

#include "base/json.h"

/* All borrowed. `job`, `leaderboard` and `shapes` may be NULL; the leaderboard may have a row a candidate or a row a trial,
 * best first. `first` (NULL allowed) names the candidate that stands first; without it the best one of the leaderboard does. */
typedef struct candidates {
    const json_t *job, *plan, *leaderboard;
    const char *first;
    const json_t *shapes;
} candidates;

/* The output of one cell: plan_columns, plan_validation, plan_candidates, leaderboard, best_candidate, shapes, or shapes:NAME
 * for one candidate's. */
ptg_status candidates_section(const candidates *c, const char *name, json_t **bundle, ptg_error *err);
/* True when `name` is one of these. */
bool candidates_has(const char *name);

/* Appends the whole notebook. */
ptg_status candidates_write(const candidates *c, text_buffer *out, ptg_error *err);

#endif
