/* JOB/state.db: trials, folds, events and ensembles, written by the coordinator alone (SQLite, journal_mode=DELETE,
 * synchronous=FULL, short transactions). Results themselves lie under JOB/trials/KEY; this is the record for readers. */
#ifndef TUNE_STATE_H
#define TUNE_STATE_H

#include "base/json.h"

typedef struct state state;

ptg_status state_open(const char *job, state **out, ptg_error *err);
void state_close(state *s);

/* Everything between begin and end is one transaction. */
ptg_status state_begin(state *s, ptg_error *err);
ptg_status state_end(state *s, ptg_error *err);

/* One row a trial, replaced by its key; `row` is the leaderboard's row as JSON. Rows put since state_open are `current`: those
 * of the present plan. */
ptg_status state_put_trial(state *s, int64_t number, const char *key, const char *name, const char *status, double score,
                           const json_t *row, ptg_error *err);
ptg_status state_put_fold(state *s, const char *key, int32_t fold, int64_t rounds, double seconds, ptg_error *err);
ptg_status state_put_event(state *s, double seconds, const json_t *event, ptg_error *err);
ptg_status state_put_ensemble(state *s, const json_t *members, double score, ptg_error *err);
#endif
