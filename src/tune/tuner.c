/* The coordinator's loop: propose, hand out, wait, until trials, time or candidates end.
 *
 * Trial n is proposed only when trials 1 ... n - lag have ended, so that what it is does not depend on how many workers there
 * are or on who was first; and never more than `lag` trials are in flight. The clock only decides how many trials are done. */
#include "tune/tuner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tune/fold_file.h"
#include "tune/schedule.h"
#include "tune/tuner_run.h"

#define MODELS_KEPT 50
#define PRUNE_EVERY 25

ptg_status tuner_open(const tuner_options *options, tuner **out, ptg_error *err)
{
    *out = NULL;
    tuner *t = mem_array(1, sizeof *t);
    if (!t) return fail_memory(err);
    t->options = *options;
    int32_t n = options->plan->n_candidates;
    t->next_index = mem_array(n, sizeof *t->next_index);
    t->exhausted = mem_array(n, sizeof *t->exhausted);
    ptg_status status = t->next_index && t->exhausted ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) status = scored_rows_make(options->task, &t->rows, err);
    if (status == PTG_OK)
        *out = t;
    else
        tuner_close(t);
    return status;
}

void tuner_close(tuner *t)
{
    if (!t) return;
    workers_close(t);
    for (int64_t i = 0; i < t->n_trials; i++)
        trial_free(t, t->trials[i]);
    mem_free(t->trials);
    trial_spec_clear(&t->baseline.spec);
    mem_free(t->baseline.name);
    mem_free(t->baseline.predictions);
    scored_rows_clear(&t->rows);
    mem_free(t->next_index);
    mem_free(t->exhausted);
    mem_free(t);
}

const scored_rows *tuner_rows(const tuner *t)
{
    return &t->rows;
}

int64_t tuner_count(const tuner *t)
{
    return t->n_trials;
}

trial *tuner_trial(const tuner *t, int64_t i)
{
    return t->trials[i];
}

int32_t tuner_folds(const tuner *t)
{
    return t->options.task->split.n_folds;
}

trial *tuner_baseline(const tuner *t)
{
    return (trial *)&t->baseline;
}

/* The candidate that the schedule gives trial number n_trials. */
static ptg_status choose_candidate(const tuner *t, int32_t *out, ptg_error *err)
{
    int64_t n = t->n_trials, seen = n - t->options.plan->lag;
    if (seen < 0) seen = 0;
    schedule_trial *trials = mem_array(seen, sizeof *trials);
    if (!trials) return fail_memory(err);
    for (int64_t i = 0; i < seen; i++) {
        const trial *x = t->trials[i];
        trials[i] =
            (schedule_trial){x->candidate, x->result.status, metric_gain(t->options.plan->objective.metric, x->result.score)};
    }
    schedule_past past = {
        .number = n, .trials = trials, .n_seen = seen, .n_proposed = t->next_index, .exhausted = t->exhausted};
    ptg_status status = schedule_next(t->options.plan, t->options.task, &past, out, err);
    mem_free(trials);
    return status;
}

/* Proposes as many trials as the lag and the limits allow. */
static ptg_status propose(tuner *t, ptg_error *err)
{
    const plan *p = t->options.plan;
    while (!t->no_more && t->n_trials - t->n_done < p->lag) {
        if (p->max_trials && t->n_trials >= p->max_trials) break;
        int32_t candidate = -1;
        trial *x;
        TRY(choose_candidate(t, &candidate, err));
        if (candidate < 0) {
            t->no_more = true;
            break;
        }
        TRY(tuner_new_trial(t, candidate, &x, err));
    }
    return PTG_OK;
}

/* Whether this worker should do this fold now; `finishing` says which half. A finish goes where the live learner is. */
static bool wants(const trial *x, int32_t f, int32_t w, bool finishing)
{
    const trial_fold *fold = &x->folds[f];
    if (!finishing) return fold->state == FOLD_WAITING;
    return fold->state == FOLD_FITTED && (fold->worker == w || fold->worker < 0);
}

/* All curves are there, so that the shared rounds are known. */
static bool rounds_known(const tuner *t, const trial *x)
{
    for (int32_t f = 0; f < t->options.task->split.n_folds; f++)
        if (x->folds[f].state < FOLD_FITTED) return false;
    return true;
}

/* The next item for a worker: finishing before fitting, earlier trials before later, folds whose data it has before others. */
static bool next_item(const tuner *t, int32_t w, trial **x, int32_t *fold, bool *finishing)
{
    int32_t n = t->options.task->split.n_folds;
    for (int pass = 0; pass < 3; pass++) {
        *finishing = pass == 0;
        for (int64_t i = t->n_done; i < t->n_trials; i++) {
            *x = t->trials[i];
            if (!trial_runs(*x) || (*finishing && !rounds_known(t, *x))) continue;
            for (*fold = 0; *fold < n; (*fold)++) {
                if (pass == 1 && *fold % t->n_workers != w) continue;
                if (wants(*x, *fold, w, *finishing)) return true;
            }
            if (pass == 1 && i == t->n_done) break; /* the oldest trial is finished first, wherever its data lies */
        }
    }
    return false;
}

static ptg_status hand_out(tuner *t, ptg_error *err)
{
    for (int32_t w = 0; w < t->n_workers; w++) {
        trial *x;
        int32_t fold;
        bool finishing;
        if (t->slots[w].trial || !next_item(t, w, &x, &fold, &finishing)) continue;
        x->result.status = TRIAL_RUNNING;
        TRY(workers_send(t, w, x, fold, finishing, finishing ? x->result.rounds : 0, err));
    }
    return PTG_OK;
}

static bool busy(const tuner *t)
{
    for (int32_t w = 0; w < t->n_workers; w++)
        if (t->slots[w].trial) return true;
    return false;
}

/* A trial read from disk may still need its folds finished: all its folds are done already when it was killed at the very end.
 */
static ptg_status end_complete(tuner *t, ptg_error *err)
{
    for (int64_t i = t->n_done; i < t->n_trials; i++) {
        trial *x = t->trials[i];
        if (!trial_runs(x)) continue;
        bool done = true;
        for (int32_t f = 0; f < t->options.task->split.n_folds; f++)
            done = done && x->folds[f].state == FOLD_DONE;
        if (done) TRY(tuner_end_trial(t, x, err));
    }
    return PTG_OK;
}

/* The better of two trials first; equal scores by number. */
static int by_gain(const void *a, const void *b)
{
    const trial *x = *(const trial *const *)a, *y = *(const trial *const *)b;
    bool x_done = x->result.status == TRIAL_COMPLETED, y_done = y->result.status == TRIAL_COMPLETED;
    if (x_done != y_done) return x_done ? -1 : 1;
    if (x_done && x->result.score != y->result.score) return x->result.score > y->result.score ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* Models are kept for the best trials and each candidate's best; others are trained again under their key when asked for. */
static ptg_status prune(tuner *t, ptg_error *err)
{
    trial **sorted = mem_array(t->n_trials, sizeof *sorted);
    bool *has_best = mem_array(t->options.plan->n_candidates, sizeof *has_best);
    if (!sorted || !has_best) {
        mem_free(sorted);
        mem_free(has_best);
        return fail_memory(err);
    }
    memcpy(sorted, t->trials, (size_t)t->n_trials * sizeof *sorted);
    qsort(sorted, (size_t)t->n_trials, sizeof *sorted, by_gain);
    bool greater = t->options.plan->objective.metric->greater_is_better;
    int64_t n_done = 0;
    while (n_done < t->n_trials && sorted[n_done]->result.status == TRIAL_COMPLETED)
        n_done++;
    for (int64_t i = 0; i < n_done; i++) {
        trial *x = sorted[greater ? i : n_done - 1 - i];
        if (i >= MODELS_KEPT && has_best[x->candidate])
            fold_file_prune(t->options.job, x->spec.key, t->options.task->split.n_folds);
        has_best[x->candidate] = true;
    }
    mem_free(sorted);
    mem_free(has_best);
    return PTG_OK;
}

/* Why the loop has to end now, if it has to. */
static bool must_end(const tuner *t, tuner_end *end)
{
    if (atomic_load(t->options.stop))
        *end = TUNER_STOPPED;
    else if (t->options.deadline > 0 && clock_seconds() >= t->options.deadline)
        *end = TUNER_TIME;
    else
        return false;
    return true;
}

void tuner_end_by(tuner *t, double deadline)
{
    t->options.deadline = deadline;
}

static double patience(const tuner *t)
{
    double left = t->options.deadline > 0 ? t->options.deadline - clock_seconds() : 0.1;
    return left < 0.1 ? (left > 0 ? left : 0) : 0.1;
}

ptg_status tuner_run(tuner *t, tuner_end *end, ptg_error *err)
{
    TRY(workers_open(t, err)); /* they load their libraries while the baseline is fitted here */
    TRY(tuner_run_baseline(t, err));
    int64_t pruned_at = 0;
    *end = TUNER_DONE;
    for (;;) {
        TRY(propose(t, err)); /* before the end is looked at: what earlier runs left is read, also when no time is left */
        TRY(end_complete(t, err));
        if (must_end(t, end)) return workers_stop(t, err);
        TRY(hand_out(t, err));
        if (!busy(t) && t->n_done == t->n_trials) {
            bool trials = t->options.plan->max_trials && t->n_trials >= t->options.plan->max_trials;
            if (!trials && !t->no_more) continue;
            *end = trials ? TUNER_TRIALS : TUNER_DONE;
            return PTG_OK;
        }
        bool timed_out;
        TRY(workers_wait(t, patience(t), &timed_out, err));
        if (t->n_done >= pruned_at + PRUNE_EVERY) {
            pruned_at = t->n_done;
            TRY(prune(t, err));
        }
    }
}

/* One model that has to exist before a candidate can be handed over. */
typedef struct wanted_model {
    trial *trial;
    int32_t fold;
    int64_t rounds;
    bool given_out;
} wanted_model;

/* Rounds for a fit on all rows: more rows carry more rounds. */
static int64_t scaled_rounds(const task *of, int64_t rounds)
{
    int64_t usable = 0;
    for (int64_t i = 0; i < of->n_rows; i++)
        usable += of->split.fold[i] != SPLIT_NEVER_USED;
    double held_out = (double)of->n_scored / (double)of->split.n_folds;
    return (int64_t)llround((double)rounds * (double)usable / ((double)usable - held_out));
}

static ptg_status wanted_list(const tuner *t, trial *const trials[], int32_t n, bool all_rows, wanted_model **out,
                              int64_t *n_out, ptg_error *err)
{
    int32_t folds = all_rows ? 1 : t->options.task->split.n_folds;
    *out = mem_array((int64_t)n * folds, sizeof **out);
    if (!*out) return fail_memory(err);
    *n_out = 0;
    for (int32_t i = 0; i < n; i++) {
        int64_t rounds = trials[i]->result.rounds;
        for (int32_t f = 0; f < folds; f++) {
            int32_t fold = all_rows ? -1 : f;
            if (fold_is_done(t->options.job, trials[i]->spec.key, fold)) continue;
            (*out)[(*n_out)++] =
                (wanted_model){trials[i], fold, all_rows ? scaled_rounds(t->options.task, rounds) : rounds, false};
        }
    }
    return PTG_OK;
}

/* True when a model that was given out is not there and nobody works on it: its worker died. */
static bool lost(const tuner *t, const wanted_model *m)
{
    for (int32_t w = 0; w < t->n_workers; w++)
        if (t->slots[w].trial == m->trial && t->slots[w].fold == m->fold) return false;
    return m->given_out && !fold_is_done(t->options.job, m->trial->spec.key, m->fold);
}

ptg_status tuner_models(tuner *t, trial *const trials[], int32_t n, bool all_rows, double deadline, ptg_error *err)
{
    wanted_model *wanted = NULL;
    int64_t n_wanted = 0, losses = 0;
    TRY(wanted_list(t, trials, n, all_rows, &wanted, &n_wanted, err));
    ptg_status status = PTG_OK;
    if (n_wanted && !t->compute) GO(workers_open(t, err));
    for (;;) {
        bool left = false;
        for (int64_t i = 0; i < n_wanted; i++) {
            if (lost(t, &wanted[i])) {
                wanted[i].given_out = false;
                if (++losses > n_wanted + 2)
                    GO(fail(err, PTG_ERROR_FAILED, "%s: its model could not be trained again.", wanted[i].trial->name));
            }
            for (int32_t w = 0; !wanted[i].given_out && w < t->n_workers; w++) {
                if (t->slots[w].trial) continue;
                GO(workers_send(t, w, wanted[i].trial, wanted[i].fold, true, wanted[i].rounds, err));
                wanted[i].given_out = true;
            }
            left = left || !wanted[i].given_out;
        }
        if (!left && !busy(t)) break;
        if (deadline > 0 && clock_seconds() >= deadline) {
            GO(workers_stop(t, err));
            GO(fail(err, PTG_ERROR_LIMIT, "No time was left to fit the chosen models on all rows."));
        }
        bool timed_out;
        GO(workers_wait(t, 0.1, &timed_out, err));
    }
done:
    mem_free(wanted);
    return status;
}
