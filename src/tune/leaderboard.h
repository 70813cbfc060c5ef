/* The leaderboard: rows of trials, of candidates, of the ensemble and the baseline, as `candidates --json` prints them. */
#ifndef TUNE_LEADERBOARD_H
#define TUNE_LEADERBOARD_H

#include "tune/tuner.h"

/* One row a trial plus baseline and, where given, the ensemble's row (a new reference is taken): best first, unscored last,
 * ties by name. `original` is the autopilot's own plan document (for planned and edited). New reference; NULL when out of
 * memory. */
json_t *leaderboard_make(const tuner *t, const plan *p, const json_t *original, json_t *ensemble_row);

/* From rows of trials to a row a candidate: its best trial, under the candidate's name, in the same order. New reference; NULL
 * when out of memory. */
json_t *leaderboard_by_candidate(const json_t *trials);

/* Planned candidates before anything ran: one row each, status planned. New reference; NULL when out of memory. */
json_t *leaderboard_planned(const plan *p, const json_t *original);

/* A row with every field of the leaderboard. */
typedef struct leaderboard_entry {
    const char *name, *pipeline, *algorithm; /* pipeline NULL for ensemble and baseline */
    const json_t *parameters;                /* borrowed; NULL = {} */
    const trial_result *result;
    bool planned, edited;
    int32_t folds;
    double cost;
} leaderboard_entry;
json_t *leaderboard_row(const plan *p, const leaderboard_entry *entry);

#endif
