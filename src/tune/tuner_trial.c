/* The life of one trial in the coordinator: proposed, read if its result is there, its folds pooled and scored when they are
 * done, recorded. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tune/fold_file.h"
#include "tune/tuner_run.h"

#define MOST_DRAWS 20 /* proposals that repeat an earlier trial before a candidate counts as exhausted */

bool trial_runs(const trial *x)
{
    return x->result.status == TRIAL_PLANNED || x->result.status == TRIAL_RUNNING;
}

static void forget_folds(const tuner *t, trial *x)
{
    for (int32_t f = 0; x->folds && f < t->options.task->split.n_folds; f++)
        mem_free(x->folds[f].curve);
    mem_free(x->folds);
    x->folds = NULL;
}

void trial_free(const tuner *t, trial *x)
{
    forget_folds(t, x);
    trial_spec_clear(&x->spec);
    mem_free(x->name);
    mem_free(x->predictions);
    mem_free(x);
}

static trial *same_key(const tuner *t, const char *key)
{
    for (int64_t i = 0; i < t->n_trials; i++)
        if (strcmp(t->trials[i]->spec.key, key) == 0) return t->trials[i];
    return NULL;
}

/* The next proposal of a candidate that is not an earlier trial again; exhausted when there is none. */
static ptg_status propose_new(tuner *t, int32_t candidate, trial_spec *out, bool *found, ptg_error *err)
{
    const plan_candidate *c = &t->options.plan->candidates[candidate];
    *found = false;
    for (int draw = 0; draw < MOST_DRAWS && !t->exhausted[candidate]; draw++) {
        int64_t index = t->next_index[candidate]++;
        if (index > 0 && c->n_ranges == 0) break;
        TRY(trial_propose(t->options.plan, t->options.task, c, index, out, err));
        if (!same_key(t, out->key)) {
            *found = true;
            return PTG_OK;
        }
        trial_spec_clear(out);
    }
    t->exhausted[candidate] = true;
    return PTG_OK;
}

static ptg_status remember(tuner *t, trial *x, ptg_error *err)
{
    if (t->n_trials == t->capacity) {
        int64_t wanted = t->capacity ? 2 * t->capacity : 64;
        trial **grown = mem_resize(t->trials, t->capacity, wanted, sizeof *grown);
        if (!grown) return fail_memory(err);
        t->trials = grown;
        t->capacity = wanted;
    }
    t->trials[t->n_trials++] = x;
    return PTG_OK;
}

/* What earlier runs left of the folds: curves, and finished files. */
static ptg_status read_folds(tuner *t, trial *x, ptg_error *err)
{
    int32_t n = t->options.task->split.n_folds;
    for (int32_t f = 0; f < n; f++) {
        bool found;
        x->folds[f].worker = -1;
        TRY(fold_curve_read(t, x, f, &found, err));
        if (found) x->folds[f].state = FOLD_FITTED;
    }
    trial_share_rounds(t, x);
    return PTG_OK;
}

static ptg_status read_result(tuner *t, trial *x, ptg_error *err)
{
    bool found;
    TRY(trial_result_read(t->options.job, x->spec.key, &x->result, &found, err));
    if (found && x->result.status == TRIAL_COMPLETED &&
        trial_read_predictions(t->options.task, &t->rows, t->options.job, x->spec.key, &x->predictions, NULL) != PTG_OK)
        found = false;
    double over = found ? x->result.over_seconds : 0, limit = t->options.trial_seconds;
    if (over > 0 && (limit == 0 || limit > over)) found = false; /* it has more time now */
    if (found) {
        x->read = true;
        return PTG_OK;
    }
    x->result = (trial_result){.status = TRIAL_PLANNED, .score = NAN, .se = NAN, .threshold = 0.5};
    x->folds = mem_array(t->options.task->split.n_folds, sizeof *x->folds);
    return x->folds ? read_folds(t, x, err) : fail_memory(err);
}

ptg_status tuner_new_trial(tuner *t, int32_t candidate, trial **out, ptg_error *err)
{
    trial_spec spec;
    bool found;
    *out = NULL;
    TRY(propose_new(t, candidate, &spec, &found, err));
    if (!found) return PTG_OK;
    trial *x = mem_array(1, sizeof *x);
    text_buffer name = {0};
    text_print(&name, "%s-%lld", spec.candidate->name, (long long)spec.index);
    if (!x || name.failed || remember(t, x, NULL) != PTG_OK) {
        mem_free(x);
        text_buffer_clear(&name);
        trial_spec_clear(&spec);
        return fail_memory(err);
    }
    *x = (trial){.spec = spec,
                 .number = t->n_trials - 1,
                 .candidate = candidate,
                 .name = text_buffer_take(&name),
                 .started = clock_seconds()};
    TRY(read_result(t, x, err));
    *out = x;
    return x->read ? tuner_end_trial(t, x, err) : PTG_OK;
}

static ptg_status curve_path(const tuner *t, const trial *x, int32_t fold, char out[4096], ptg_error *err)
{
    if (snprintf(out, 4096, "%s/trials/%s/curve-%d.json", t->options.job, x->spec.key, fold) >= 4096)
        return fail(err, PTG_ERROR_USAGE, "The path of the job folder is too long: '%s'.", t->options.job);
    return PTG_OK;
}

ptg_status fold_curve_write(const tuner *t, const trial *x, int32_t fold, const json_t *curve, ptg_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/trials/%s", t->options.job, x->spec.key);
    TRY(file_make_folder(path, 0700, err));
    TRY(curve_path(t, x, fold, path, err));
    text_buffer b = {0};
    json_write(&b, curve, 0, false);
    ptg_status status = text_buffer_check(&b, err);
    if (status == PTG_OK) status = file_replace(path, b.data, b.size, err);
    text_buffer_clear(&b);
    return status;
}

void fold_set_curve(trial_fold *f, const json_t *curve)
{
    f->n_curve = (int64_t)json_array_size(curve);
    mem_free(f->curve);
    f->curve = mem_array(f->n_curve, sizeof *f->curve);
    for (int64_t i = 0; f->curve && i < f->n_curve; i++)
        f->curve[i] = json_number_value_or(json_array_get(curve, (size_t)i), NAN);
}

ptg_status fold_curve_read(const tuner *t, const trial *x, int32_t fold, bool *found, ptg_error *err)
{
    char path[4096];
    json_t *curve;
    *found = false;
    TRY(curve_path(t, x, fold, path, err));
    if (!file_exists(path) || json_read_file(path, &curve, NULL) != PTG_OK) return PTG_OK;
    *found = json_is_array(curve);
    if (*found) fold_set_curve(&x->folds[fold], curve);
    json_decref(curve);
    return *found && !x->folds[fold].curve ? fail_memory(err) : PTG_OK;
}

void trial_share_rounds(const tuner *t, trial *x)
{
    const task *of = t->options.task;
    const double *curves[101] = {0};
    int64_t sizes[101] = {0}, rows[101] = {0};
    int32_t n = of->split.n_folds;
    for (int32_t f = 0; f < n; f++) {
        if (x->folds[f].state < FOLD_FITTED) return;
        curves[f] = x->folds[f].curve;
        sizes[f] = x->folds[f].n_curve;
    }
    for (int64_t i = 0; i < of->n_scored; i++)
        rows[of->split.fold[of->scored[i]]]++;
    x->result.rounds = shared_rounds(t->options.plan->objective.stopping, n, curves, sizes, rows);
    for (int32_t f = 0; f < n; f++) {
        trial_fold *fold = &x->folds[f];
        if (fold->state == FOLD_FITTED && fold->worker < 0 && fold_is_done(t->options.job, x->spec.key, f))
            fold->state = FOLD_DONE;
    }
}

static int64_t file_size(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (int64_t)about.st_size : 0;
}

/* Seconds, microseconds and bytes of all folds together. */
static void add_up(const tuner *t, trial *x)
{
    char path[4096];
    for (int32_t f = 0; f < t->options.task->split.n_folds; f++) {
        x->result.fit_seconds += x->folds[f].seconds;
        x->result.predict_us_per_row += x->folds[f].predict_us;
        snprintf(path, sizeof path, "%s/trials/%s/fold-%d.model", t->options.job, x->spec.key, f);
        x->result.bytes += file_size(path);
    }
}

static ptg_status record(tuner *t, trial *x, ptg_error *err)
{
    json_t *row = json_pack("{s:s,s:O,s:s}", "name", x->name, "parameters", x->spec.parameters, "error", x->result.error);
    if (!row) return fail_memory(err);
    ptg_status status = state_begin(t->options.state, err);
    if (status == PTG_OK)
        status = state_put_trial(t->options.state, x->number, x->spec.key, x->name, trial_status_names[x->result.status],
                                 x->result.score, row, err);
    for (int32_t f = 0; status == PTG_OK && x->folds && f < t->options.task->split.n_folds; f++)
        if (x->folds[f].state == FOLD_DONE)
            status = state_put_fold(t->options.state, x->spec.key, f, x->result.rounds, x->folds[f].seconds, err);
    if (status == PTG_OK) status = state_end(t->options.state, err);
    json_decref(row);
    return status;
}

static void report_trial(const tuner *t, const trial *x)
{
    json_t *event = json_pack("{s:s,s:s,s:I,s:s,s:o,s:o,s:b}", "event", "trial", "name", x->name, "number",
                              (json_int_t)x->number, "status", trial_status_names[x->result.status], "score",
                              json_number(x->result.score), "score_se", json_number(x->result.se), "read", x->read);
    if (event && x->result.error[0]) json_object_set_new(event, "error", json_string(x->result.error));
    if (event) t->options.report(t->options.context, event);
}

/* All folds are done (or the result was read): pooled, scored, written, recorded. */
ptg_status tuner_end_trial(tuner *t, trial *x, ptg_error *err)
{
    if (!x->read && x->result.status != TRIAL_FAILED && x->result.status != TRIAL_STOPPED) {
        add_up(t, x);
        TRY(trial_read_predictions(t->options.task, &t->rows, t->options.job, x->spec.key, &x->predictions, err));
        ptg_error reason;
        ptg_status status = trial_score(t->options.plan, t->options.task, &t->rows, x->predictions, &x->result, &reason);
        x->result.status = status == PTG_OK ? TRIAL_COMPLETED : TRIAL_FAILED;
        if (status != PTG_OK) snprintf(x->result.error, sizeof x->result.error, "%s", reason.message);
    }
    if (!x->read && x->result.status != TRIAL_STOPPED) TRY(trial_result_write(t->options.job, x->spec.key, &x->result, err));
    TRY(record(t, x, err));
    forget_folds(t, x);
    while (t->n_done < t->n_trials && !trial_runs(t->trials[t->n_done]))
        t->n_done++;
    report_trial(t, x);
    return PTG_OK;
}

ptg_status tuner_fail_trial(tuner *t, trial *x, const char *reason, ptg_error *err)
{
    x->result.status = TRIAL_FAILED;
    snprintf(x->result.error, sizeof x->result.error, "%s", reason);
    return tuner_end_trial(t, x, err);
}

/* The baseline sees no column, so that it is fitted here in no time: any limit leaves a model. */
ptg_status tuner_run_baseline(tuner *t, ptg_error *err)
{
    trial *x = &t->baseline;
    *x = (trial){
        .number = -1, .candidate = -1, .started = clock_seconds(), .result = {.score = NAN, .se = NAN, .threshold = 0.5}};
    TRY(trial_baseline(t->options.plan, t->options.task, &x->spec, err));
    if (!(x->name = mem_text("baseline", 8))) return fail_memory(err);
    fold_context *context;
    TRY(fold_context_new(t->options.plan, t->options.task, t->options.job, 1, 0, &context, err));
    fold_item item = {.key = x->spec.key, .algorithm = "baseline", .parameters = x->spec.parameters};
    ptg_status status = PTG_OK;
    for (item.fold = 0; status == PTG_OK && item.fold < t->options.task->split.n_folds; item.fold++) {
        fold_outcome outcome;
        status = fold_finish(context, &item, 0, &outcome, err);
        x->result.bytes += outcome.bytes;
        x->result.predict_us_per_row += outcome.predict_us_per_row;
    }
    fold_context_free(context);
    TRY(status);
    x->result.fit_seconds = clock_seconds() - x->started;
    TRY(trial_read_predictions(t->options.task, &t->rows, t->options.job, x->spec.key, &x->predictions, err));
    TRY(trial_score(t->options.plan, t->options.task, &t->rows, x->predictions, &x->result, err));
    x->result.status = TRIAL_COMPLETED;
    TRY(record(t, x, err));
    report_trial(t, x);
    return PTG_OK;
}
