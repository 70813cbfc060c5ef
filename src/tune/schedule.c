/* Shares among candidates: 0.65^rank / (counted work)^(1/4), drawn from a stream of the trial's own number. */
#include "tune/schedule.h"

#include <math.h>
#include <stdio.h>

#include "base/random.h"

#define SHARE_BY_RANK 0.65
/* Cheap candidates are tried more often, but not in proportion: a linear model is a hundred times cheaper than boosting. */
#define WORK_POWER 0.25

static double best_gain(int32_t candidate, const schedule_trial *trials, int64_t n, bool *failed)
{
    double best = -INFINITY;
    bool any = false;
    for (int64_t i = 0; i < n; i++) {
        if (trials[i].candidate != candidate) continue;
        any = true;
        if (trials[i].status == TRIAL_COMPLETED && trials[i].gain > best) best = trials[i].gain;
    }
    *failed = any && best == -INFINITY;
    return best;
}

static int32_t count_categories(const task *t)
{
    int32_t n = 0;
    for (int32_t i = 0; i < t->n_features; i++)
        n += frame_column(t->frame, t->features[i])->type == COLUMN_CATEGORICAL;
    return n;
}

/* Counted work of one fit with the candidate's defaults, relative units. */
static ptg_status candidate_work(const plan_candidate *c, const task *t, double *work, ptg_error *err)
{
    arena *memory = arena_new();
    if (!memory) return fail_memory(err);
    parameter_value *parameters;
    ptg_status status =
        parameter_read(c->algorithm->parameters, c->algorithm->n_parameters, c->fixed, c->name, memory, &parameters, err);
    if (status == PTG_OK)
        *work = c->algorithm->work(parameters, &(work_size){.rows = t->n_rows,
                                                            .columns = t->n_features,
                                                            .coded = count_categories(t),
                                                            .outputs = prediction_width(t->problem, t->n_classes)});
    arena_free(memory);
    if (status == PTG_OK && !(*work > 1)) *work = 1;
    return status;
}

/* The share of every candidate; 0 for those that are done with. */
static ptg_status make_shares(const plan *p, const task *t, const schedule_past *past, double share[PLAN_MOST_CANDIDATES],
                              ptg_error *err)
{
    double gains[PLAN_MOST_CANDIDATES], work = 1;
    bool failed[PLAN_MOST_CANDIDATES];
    int32_t n = p->n_candidates;
    for (int32_t c = 0; c < n; c++)
        gains[c] = best_gain(c, past->trials, past->n_seen, &failed[c]);
    for (int32_t c = 0; c < n; c++) {
        share[c] = 0;
        if (!p->candidates[c].enabled || past->exhausted[c] || failed[c]) continue;
        int rank = 0;
        for (int32_t other = 0; other < n; other++)
            rank += p->candidates[other].enabled && gains[other] > gains[c];
        TRY(candidate_work(&p->candidates[c], t, &work, err));
        share[c] = pow(SHARE_BY_RANK, rank) / pow(work, WORK_POWER);
    }
    return PTG_OK;
}

ptg_status schedule_next(const plan *p, const task *t, const schedule_past *past, int32_t *out, ptg_error *err)
{
    double share[PLAN_MOST_CANDIDATES], sum = 0;
    *out = -1;
    for (int32_t c = 0; c < p->n_candidates; c++) {
        if (!p->candidates[c].enabled || past->exhausted[c] || past->n_proposed[c] > 0) continue;
        *out = c;
        return PTG_OK;
    }
    TRY(make_shares(p, t, past, share, err));
    for (int32_t c = 0; c < p->n_candidates; c++)
        sum += share[c];
    char purpose[64];
    snprintf(purpose, sizeof purpose, "share/%lld", (long long)past->number);
    random_stream r = random_of(p->seed, purpose);
    double at = random_unit(&r) * sum;
    for (int32_t c = 0; c < p->n_candidates; c++) {
        if (share[c] <= 0) continue;
        *out = c;
        at -= share[c];
        if (at < 0) break;
    }
    return PTG_OK;
}
