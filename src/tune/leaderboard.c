/* Rows and their order. */
#include "tune/leaderboard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *leaderboard_row(const plan *p, const leaderboard_entry *e)
{
    const trial_result *r = e->result;
    bool done = r->status == TRIAL_COMPLETED;
    json_t *row =
        json_pack("{s:s,s:s?,s:s,s:o,s:s,s:b,s:o,s:o,s:s,s:s?,s:i}", "name", e->name, "pipeline", e->pipeline, "algorithm",
                  e->algorithm, "parameters", e->parameters ? json_incref((json_t *)e->parameters) : json_object(), "objective",
                  p->objective_name, "greater_is_better", p->objective.metric->greater_is_better, "score",
                  json_number(done ? r->score : NAN), "score_se", json_number(done ? r->se : NAN), "status",
                  trial_status_names[r->status], "error", r->error[0] ? r->error : NULL, "folds", (int)e->folds);
    if (!row) return NULL;
    json_object_set_new(row, "fit_seconds", json_number(done ? r->fit_seconds : NAN));
    json_object_set_new(row, "predict_us_per_row", json_number(done ? r->predict_us_per_row : NAN));
    json_object_set_new(row, "bytes", done ? json_integer(r->bytes) : json_null());
    json_object_set_new(row, "cost", json_number(e->cost));
    json_object_set_new(row, "portable", json_true());
    json_object_set_new(row, "planned", json_boolean(e->planned));
    json_object_set_new(row, "edited", json_boolean(e->edited));
    return row;
}

/* Whether a candidate differs from what the autopilot planned: its pipeline's steps, algorithm, static parameters or ranges. */
static bool is_edited(const plan *p, const plan_candidate *c, const json_t *original)
{
    const json_t *was = json_object_get(json_object_get(original, "candidates"), c->name);
    const json_t *is = json_object_get(json_object_get(p->document, "candidates"), c->name);
    if (!was) return false;
    const json_t *old_steps = json_object_get(json_object_get(original, "pipelines"), json_text_or(was, "pipeline", ""));
    static const char *const same[] = {"algorithm", "static", "ranges"};
    if (!json_equal(old_steps, json_object_get(json_object_get(p->document, "pipelines"), c->pipeline))) return true;
    for (int i = 0; i < 3; i++)
        if (!json_equal(json_object_get(was, same[i]), json_object_get(is, same[i]))) return true;
    return false;
}

static bool is_planned(const plan_candidate *c, const json_t *original)
{
    return json_object_get(json_object_get(original, "candidates"), c->name) != NULL;
}

static json_t *trial_row(const tuner *t, const plan *p, const trial *x, const json_t *original)
{
    const plan_candidate *c = x->spec.candidate;
    bool baseline = x->candidate < 0;
    return leaderboard_row(p, &(leaderboard_entry){.name = x->name,
                                                   .pipeline = c->pipeline,
                                                   .algorithm = baseline ? "baseline" : c->algorithm->name,
                                                   .parameters = x->spec.parameters,
                                                   .result = &x->result,
                                                   .planned = baseline || is_planned(c, original),
                                                   .edited = !baseline && is_edited(p, c, original),
                                                   .folds = tuner_folds(t)});
}

static bool greater_first(const json_t *row)
{
    return json_is_true(json_object_get(row, "greater_is_better"));
}

static int by_score(const void *a, const void *b)
{
    const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;
    double gain_x = json_real_or(x, "score", NAN), gain_y = json_real_or(y, "score", NAN);
    if (isnan(gain_x) != isnan(gain_y)) return isnan(gain_x) ? 1 : -1;
    if (gain_x != gain_y && !isnan(gain_x)) return (gain_x > gain_y) == greater_first(x) ? -1 : 1;
    return strcmp(json_text_or(x, "name", ""), json_text_or(y, "name", ""));
}

/* The array if it took all `n` rows, else NULL: some could not be made for want of memory. */
static json_t *whole(json_t *rows, size_t n)
{
    if (json_array_size(rows) == n) return rows;
    json_decref(rows);
    return NULL;
}

/* A sorted copy of the array; takes the reference (NULL gives NULL). */
static json_t *sorted(json_t *rows)
{
    if (!rows) return NULL;
    size_t n = json_array_size(rows);
    const json_t **order = mem_array((int64_t)n, sizeof *order);
    json_t *out = json_array();
    if (!order || !out) {
        mem_free(order);
        json_decref(out);
        json_decref(rows);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = json_array_get(rows, i);
    qsort(order, n, sizeof *order, by_score);
    for (size_t i = 0; i < n; i++)
        json_array_append(out, (json_t *)order[i]);
    mem_free(order);
    json_decref(rows);
    return whole(out, n);
}

json_t *leaderboard_make(const tuner *t, const plan *p, const json_t *original, json_t *ensemble_row)
{
    json_t *rows = json_array();
    size_t n = (size_t)tuner_count(t);
    if (!rows) return NULL;
    if (ensemble_row) n++, json_array_append(rows, ensemble_row);
    if (tuner_baseline(t)->name) n++, json_array_append_new(rows, trial_row(t, p, tuner_baseline(t), original));
    for (int64_t i = 0; i < tuner_count(t); i++)
        json_array_append_new(rows, trial_row(t, p, tuner_trial(t, i), original));
    return sorted(whole(rows, n));
}

json_t *leaderboard_planned(const plan *p, const json_t *original)
{
    json_t *rows = json_array();
    trial_result nothing = {.status = TRIAL_PLANNED, .score = NAN, .se = NAN};
    size_t n = 0;
    for (int32_t i = 0; rows && i < p->n_candidates; i++) {
        const plan_candidate *c = &p->candidates[i];
        if (!c->enabled) continue;
        n++;
        json_array_append_new(rows, leaderboard_row(p, &(leaderboard_entry){.name = c->name,
                                                                            .pipeline = c->pipeline,
                                                                            .algorithm = c->algorithm->name,
                                                                            .parameters = c->fixed,
                                                                            .result = &nothing,
                                                                            .planned = is_planned(c, original),
                                                                            .edited = is_edited(p, c, original),
                                                                            .folds = p->validation.folds}));
    }
    return rows ? sorted(whole(rows, n)) : NULL;
}

/* The candidate's name in a trial's: what stands before the last '-'; ensemble and baseline have no number. */
static char *candidate_name(const json_t *row)
{
    const char *name = json_text_or(row, "name", ""), *dash = strrchr(name, '-');
    bool single = json_is_null(json_object_get(row, "pipeline")) || !dash;
    return mem_text(name, single ? strlen(name) : (size_t)(dash - name));
}

/* Adds the row under its candidate's name, unless a better one is there. */
static bool add_best(json_t *rows, json_t *seen, const json_t *row)
{
    char *candidate = candidate_name(row);
    if (!candidate) return false;
    bool done = json_object_get(seen, candidate) != NULL;
    if (!done) {
        json_t *best = json_copy((json_t *)row);
        done = json_object_set_new(best, "name", json_string(candidate)) == 0 &&
               json_object_set_new(seen, candidate, json_true()) == 0 && json_array_append(rows, best) == 0;
        json_decref(best);
    }
    mem_free(candidate);
    return done;
}

json_t *leaderboard_by_candidate(const json_t *trials)
{
    json_t *rows = json_array(), *seen = json_object(), *best_first = sorted(json_copy((json_t *)trials));
    bool done = rows && seen && best_first;
    for (size_t i = 0; done && i < json_array_size(best_first); i++)
        done = add_best(rows, seen, json_array_get(best_first, i));
    json_decref(best_first);
    json_decref(seen);
    if (done) return sorted(rows);
    json_decref(rows);
    return NULL;
}
