/* Handing items to worker processes and taking in what they answer. A try counts against an item only where the item itself
 * failed; a worker that was killed from outside costs nothing but the time. */
#include <signal.h>
#include <stdio.h>

#include "base/file.h"
#include "tune/tuner_run.h"

#define MOST_CRASHES 2
#define MOST_LOSSES 20

/* The first message to a worker, also after a restart. Half of its memory may be kept between items. */
static ptg_status setup(tuner *t, int32_t w, ptg_error *err)
{
    int64_t cache = t->options.memory_limit / (4 * t->n_workers);
    json_t *message =
        json_pack("{s:s,s:i,s:I}", "do", "setup", "threads", (int)t->options.threads, "cache_bytes", (json_int_t)cache);
    if (!message) return fail_memory(err);
    ptg_status status = compute_send(t->compute, w, message, err);
    json_decref(message);
    return status;
}

ptg_status workers_open(tuner *t, ptg_error *err)
{
    const char *const command[] = {t->options.command, "worker", t->options.job, NULL};
    t->n_workers = t->options.parallel;
    if (!(t->slots = mem_array(t->n_workers, sizeof *t->slots))) return fail_memory(err);
    compute_options options = {.command = command,
                               .workers = t->n_workers,
                               .threads = t->options.threads,
                               .worker_memory = t->options.memory_limit / t->n_workers,
                               .memory_limit = t->options.memory_limit};
    TRY(compute_open(&options, &t->compute, err));
    for (int32_t w = 0; w < t->n_workers; w++)
        TRY(setup(t, w, err));
    return PTG_OK;
}

void workers_close(tuner *t)
{
    compute_close(t->compute);
    t->compute = NULL;
    mem_free(t->slots);
    t->slots = NULL;
}

static json_t *item_message(const tuner *t, const trial *x, int32_t fold, bool finishing, int64_t rounds)
{
    const plan_candidate *c = x->spec.candidate;
    double seconds = t->options.trial_seconds;
    json_t *steps = c->steps ? json_incref((json_t *)c->steps) : json_null();
    return json_pack("{s:s,s:I,s:s,s:i,s:o,s:s,s:O,s:I,s:o}", "do", finishing ? "finish" : "fit", "id", (json_int_t)t->next_id,
                     "key", x->spec.key, "fold", (int)fold, "steps", steps, "algorithm",
                     c->algorithm ? c->algorithm->name : "baseline", "parameters", x->spec.parameters, "rounds",
                     (json_int_t)rounds, "seconds", json_number(seconds));
}

ptg_status workers_send(tuner *t, int32_t w, trial *x, int32_t fold, bool finishing, int64_t rounds, ptg_error *err)
{
    json_t *message = item_message(t, x, fold, finishing, rounds);
    if (!message) return fail_memory(err);
    t->slots[w] = (slot){
        .trial = x, .fold = fold, .rounds = rounds, .finishing = finishing, .id = t->next_id++, .since = clock_seconds()};
    if (fold >= 0 && x->folds) {
        x->folds[fold].state = finishing ? FOLD_FINISHING : FOLD_FITTING;
        x->folds[fold].worker = w;
    }
    ptg_status status = compute_send(t->compute, w, message, err);
    json_decref(message);
    return status;
}

ptg_status workers_drop(tuner *t, const trial *x, ptg_error *err)
{
    for (int32_t w = 0; w < t->n_workers; w++) {
        json_t *message = json_pack("{s:s,s:s}", "do", "drop", "key", x->spec.key);
        if (!message) return fail_memory(err);
        ptg_status status = compute_send(t->compute, w, message, err);
        json_decref(message);
        TRY(status);
    }
    return PTG_OK;
}

static bool all_done(const tuner *t, const trial *x)
{
    for (int32_t f = 0; f < t->options.task->split.n_folds; f++)
        if (x->folds[f].state != FOLD_DONE) return false;
    return true;
}

/* An item failed for a reason of its own. */
static ptg_status item_failed(tuner *t, trial *x, ptg_status status, const char *reason, ptg_error *err)
{
    char sentence[PTG_ERROR_SIZE];
    if (status == PTG_ERROR_LIMIT) x->result.over_seconds = t->options.trial_seconds;
    if (status == PTG_ERROR_LIMIT)
        snprintf(sentence, sizeof sentence, "A fold took longer than the trial's time limit of %g s; raise --trial-time-limit.",
                 t->options.trial_seconds);
    else
        snprintf(sentence, sizeof sentence, "%.*s", PTG_ERROR_SIZE - 1, reason);
    TRY(workers_drop(t, x, err));
    return tuner_fail_trial(t, x, sentence, err);
}

static ptg_status take_answer(tuner *t, const slot *s, const json_t *message, ptg_error *err)
{
    trial *x = s->trial;
    ptg_status status = (ptg_status)json_integer_or(message, "status", PTG_ERROR_FAILED);
    if (!trial_runs(x)) return PTG_OK; /* another fold of it failed meanwhile, or it is a refit */
    if (status != PTG_OK) return item_failed(t, x, status, json_text_or(message, "error", "The worker gave no reason."), err);
    trial_fold *f = &x->folds[s->fold];
    f->seconds += json_real_or(message, "seconds", 0);
    if (s->finishing) {
        f->state = FOLD_DONE;
        f->predict_us = json_real_or(message, "predict_us", 0);
        return all_done(t, x) ? tuner_end_trial(t, x, err) : PTG_OK;
    }
    const json_t *curve = json_object_get(message, "curve");
    fold_set_curve(f, curve);
    if (!f->curve) return fail_memory(err);
    TRY(fold_curve_write(t, x, s->fold, curve, err));
    f->state = FOLD_FITTED;
    trial_share_rounds(t, x);
    return PTG_OK;
}

/* The folds whose live learners went with a worker are trained again when they are finished. */
static void forget_worker(tuner *t, int32_t w)
{
    for (int64_t i = 0; i < t->n_trials; i++) {
        trial *x = t->trials[i];
        for (int32_t f = 0; x->folds && f < t->options.task->split.n_folds; f++)
            if (x->folds[f].worker == w) x->folds[f].worker = -1;
    }
}

/* Killed by somebody else: not the item's fault. */
static bool from_outside(const compute_event *event)
{
    return event->cause == COMPUTE_KILLED ||
           (event->cause == COMPUTE_SIGNALLED && (event->code == SIGKILL || event->code == SIGTERM));
}

/* Puts the item of a dead worker back, or fails its trial when the item itself is to blame too often. */
static ptg_status give_out_again(tuner *t, const slot *s, const compute_event *event, ptg_error *err)
{
    trial *x = s->trial;
    if (!x || !trial_runs(x) || s->fold < 0) return PTG_OK;
    trial_fold *f = &x->folds[s->fold];
    f->state = s->finishing ? FOLD_FITTED : FOLD_WAITING;
    f->worker = -1;
    if (from_outside(event) && ++f->losses > MOST_LOSSES)
        return fail(err, PTG_ERROR_FAILED,
                    "%s: a worker was killed from outside %d times on one fold; run `pilotage tune` to go on.", x->name,
                    MOST_LOSSES);
    if (from_outside(event)) return PTG_OK;
    bool memory = event->cause == COMPUTE_OVER_MEMORY;
    if (++f->crashes < MOST_CRASHES && !memory) return PTG_OK;
    return item_failed(t, x, PTG_ERROR_FAILED, event->reason, err);
}

static ptg_status worker_died(tuner *t, const compute_event *event, ptg_error *err)
{
    slot s = t->slots[event->worker];
    t->slots[event->worker] = (slot){0};
    forget_worker(t, event->worker);
    TRY(compute_restart(t->compute, event->worker, err));
    TRY(setup(t, event->worker, err));
    return give_out_again(t, &s, event, err);
}

ptg_status workers_wait(tuner *t, double timeout, bool *timed_out, ptg_error *err)
{
    compute_event event;
    TRY(compute_wait(t->compute, timeout, &event, err));
    *timed_out = event.kind == COMPUTE_TIMEOUT;
    if (event.kind == COMPUTE_DIED) return worker_died(t, &event, err);
    if (event.kind != COMPUTE_MESSAGE) return PTG_OK;
    slot s = t->slots[event.worker];
    ptg_status status = PTG_OK;
    if (s.trial && json_integer_or(event.message, "id", -1) == s.id) {
        t->slots[event.worker] = (slot){0};
        status = take_answer(t, &s, event.message, err);
        if (status == PTG_OK && s.fold < 0 && json_integer_or(event.message, "status", 0) != PTG_OK)
            status = fail(err, PTG_ERROR_FAILED, "%s: refitting on all rows failed: %s", s.trial->name,
                          json_text_or(event.message, "error", ""));
    }
    json_decref(event.message);
    return status;
}

ptg_status workers_stop(tuner *t, ptg_error *err)
{
    for (int32_t w = 0; w < t->n_workers; w++) {
        if (!t->slots[w].trial) continue;
        t->slots[w] = (slot){0};
        TRY(compute_restart(t->compute, w, err));
        TRY(setup(t, w, err));
        forget_worker(t, w);
    }
    for (int64_t i = 0; i < t->n_trials; i++) {
        trial *x = t->trials[i];
        if (!trial_runs(x)) continue;
        x->result.status = TRIAL_STOPPED;
        TRY(tuner_end_trial(t, x, err));
    }
    return PTG_OK;
}
