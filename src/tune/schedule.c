/* Shares among candidates: 0.65^rank / sqrt(counted work), drawn from a stream of the trial's own number. */
#include "tune/schedule.h"

#include <math.h>
#include <stdio.h>

#include "base/random.h"

#define SHARE_BY_RANK 0.65

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

/* Counted work of one fit with the candidate's defaults, relative units. */
static double candidate_work(const plan_candidate *c, const task *t)
{
    arena *memory = arena_new();
    parameter_value *parameters;
    double work = 1;
    if (memory && parameter_read(c->algorithm->parameters, c->algorithm->n_parameters, c->fixed, "static", memory, &parameters, NULL) == PTG_OK)
        work = c->algorithm->work(parameters, t->n_rows, t->n_features, prediction_width(t->problem, t->n_classes));
    arena_free(memory);
    return work > 0 ? work : 1;
}

int32_t schedule_next(const plan *p, const task *t, int64_t number, const schedule_trial *trials, int64_t n_seen, const bool *exhausted)
{
    int64_t place = 0;
    for (int32_t c = 0; c < p->n_candidates; c++)
        if (p->candidates[c].enabled && place++ == number) return c;
    double share[256], gains[256], sum = 0;
    int32_t n = p->n_candidates < 256 ? p->n_candidates : 256;
    bool failed[256];
    for (int32_t c = 0; c < n; c++) gains[c] = best_gain(c, trials, n_seen, &failed[c]);
    for (int32_t c = 0; c < n; c++) {
        share[c] = 0;
        if (!p->candidates[c].enabled || exhausted[c] || failed[c]) continue;
        int rank = 0;
        for (int32_t other = 0; other < n; other++) rank += p->candidates[other].enabled && gains[other] > gains[c];
        share[c] = pow(SHARE_BY_RANK, rank) / sqrt(candidate_work(&p->candidates[c], t));
        sum += share[c];
    }
    if (sum <= 0) return -1;
    char purpose[64];
    snprintf(purpose, sizeof purpose, "share/%lld", (long long)number);
    random_stream r = random_of(p->seed, purpose);
    double at = random_unit(&r) * sum;
    int32_t last = -1;
    for (int32_t c = 0; c < n; c++) {
        if (share[c] <= 0) continue;
        last = c;
        at -= share[c];
        if (at < 0) return c;
    }
    return last;
}
