/* Opening a model: a file, the best model of a job, or any candidate on its leaderboard, put together from its trial's files.
 */
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "job/assemble.h"
#include "job/folder.h"
#include "model/predict.h"
#include "tune/fold_work.h"
#include "tune/leaderboard.h"

/* What a job folder says of its trials. */
typedef struct opened {
    json_t *document, *rows;
    plan *plan;
    task *task;
} opened;

static void opened_clear(opened *o)
{
    task_free(o->task);
    plan_free(o->plan);
    json_decref(o->document);
    json_decref(o->rows);
}

static ptg_status open_job(const char *job, opened *o, ptg_error *err)
{
    *o = (opened){0};
    ptg_status status = PTG_OK;
    GO(folder_check(job, err));
    if (!folder_has(job, "leaderboard.json"))
        GO(fail(err, PTG_ERROR_USAGE, "'%.160s' has no trained candidates yet; run `pilotage tune` on it.", job));
    GO(folder_read_json(job, "leaderboard.json", &o->rows, err));
    GO(folder_read_json(job, "plan.json", &o->document, err));
    GO(plan_read(o->document, &o->plan, err));
    GO(task_open(o->plan, job, &o->task, err));
done:
    if (status != PTG_OK) opened_clear(o);
    return status;
}

/* The best row of a candidate ("dpp0-xgboost"), or the row of one of its trials ("dpp0-xgboost-7"). Rows stand best first. */
static const json_t *find_row(const json_t *rows, const plan_candidate *c, const char *asked)
{
    size_t i, size = strlen(c->name);
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        const char *name = json_text_or(row, "name", "");
        bool of_candidate = strncmp(name, c->name, size) == 0 && name[size] == '-' &&
                            strspn(name + size + 1, "0123456789") == strlen(name + size + 1);
        if (of_candidate && (strcmp(asked, c->name) == 0 || strcmp(asked, name) == 0)) return row;
    }
    return NULL;
}

/* The candidate and row that a name means. */
static ptg_status find_trial(const opened *o, const char *job, const char *asked, const plan_candidate **c, const json_t **row,
                             ptg_error *err)
{
    text_shown_buffer shown;
    *row = NULL;
    for (int32_t i = 0; i < o->plan->n_candidates && !*row; i++) {
        *c = &o->plan->candidates[i];
        *row = find_row(o->rows, *c, asked);
    }
    if (!*row)
        return fail(err, PTG_ERROR_USAGE, "There is no candidate '%s'; `pilotage candidates %.160s` lists them.",
                    text_shown(text_of(asked), &shown), job);
    if (strcmp(json_text_or(*row, "status", ""), "completed") != 0)
        return fail(err, PTG_ERROR_USAGE, "Candidate '%s' has no model: its status is %s.", text_shown(text_of(asked), &shown),
                    json_text_or(*row, "status", "unknown"));
    return PTG_OK;
}

/* Fits again what was not kept, here and one fold after the other. */
static ptg_status make_missing(const opened *o, const char *job, const trial_spec *spec, int64_t rounds, ptg_error *err)
{
    fold_context *context;
    TRY(fold_context_new(o->plan, o->task, job, 1, 0, &context, err));
    const algorithm *a = spec->candidate->algorithm;
    fold_item item = {.key = spec->key,
                      .steps = spec->candidate->steps,
                      .algorithm = a ? a->name : "baseline",
                      .parameters = spec->parameters};
    ptg_status status = PTG_OK;
    for (item.fold = 0; status == PTG_OK && item.fold < o->task->split.n_folds; item.fold++) {
        fold_outcome ignored;
        if (!fold_is_done(job, spec->key, item.fold)) status = fold_finish(context, &item, rounds, &ignored, err);
    }
    fold_context_free(context);
    return status;
}

/* The trials that make up a model, as they are collected. */
typedef struct parts {
    arena *memory;
    assemble_part *part;
    int32_t n;
    double threshold, temperature;
} parts;

/* The trial of a row must still be what the plan says: its key must have a result. */
static ptg_status add_part(const opened *o, const char *job, const char *name, const plan_candidate *c, double weight,
                           parts *out, ptg_error *err)
{
    const char *dash = strrchr(name, '-');
    int64_t index = 0;
    if (c && (!dash || !number_read_integer(text_of(dash + 1), &index)))
        return fail(err, PTG_ERROR_FORMAT, "leaderboard.json: '%.160s' is no trial.", name);
    trial_spec spec;
    trial_result result = {.threshold = 0.5};
    bool found = true;
    if (c)
        TRY(trial_propose(o->plan, o->task, c, index, &spec, err));
    else
        TRY(trial_baseline(o->plan, o->task, &spec, err));
    ptg_status status = c ? trial_result_read(job, spec.key, &result, &found, err) : PTG_OK;
    if (status == PTG_OK && !found)
        status = fail(err, PTG_ERROR_USAGE, "'%.160s' was trained under an earlier plan; run `pilotage tune %.120s` first.",
                      name, job);
    if (status == PTG_OK) status = make_missing(o, job, &spec, result.rounds, err);
    assemble_part part = {.name = spec.candidate->name, .key = arena_print(out->memory, "%s", spec.key), .weight = weight};
    trial_spec_clear(&spec);
    if (status == PTG_OK && !part.key) status = fail_memory(err);
    out->part[out->n++] = part;
    out->threshold = result.threshold;
    return status;
}

/* The members of the ensemble's row, by the names of their trials. */
static ptg_status add_ensemble(const opened *o, const char *job, const json_t *row, parts *out, ptg_error *err)
{
    const json_t *parameters = json_object_get(row, "parameters");
    const char *name;
    json_t *weight;
    json_object_foreach(json_object_get(parameters, "weights"), name, weight)
    {
        const plan_candidate *c = NULL;
        const json_t *ignored;
        TRY(find_trial(o, job, name, &c, &ignored, err));
        TRY(add_part(o, job, name, c, json_number_value(weight), out, err));
    }
    out->threshold = json_real_or(parameters, "threshold", 0.5);
    out->temperature = json_real_or(parameters, "temperature", 1);
    return PTG_OK;
}

static const json_t *row_named(const json_t *rows, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) if (strcmp(json_text_or(row, "name", ""), name) == 0) return row;
    return NULL;
}

static ptg_status collect(const opened *o, const char *job, const char *asked, parts *out, ptg_error *err)
{
    const json_t *ensemble = row_named(o->rows, "ensemble"), *row;
    size_t most = 1 + json_object_size(json_object_get(json_object_get(ensemble, "parameters"), "weights"));
    out->part = arena_array(out->memory, (int64_t)most, sizeof *out->part);
    if (!out->part) return fail_memory(err);
    if (strcmp(asked, "ensemble") == 0 && ensemble) return add_ensemble(o, job, ensemble, out, err);
    if (strcmp(asked, "baseline") == 0) return add_part(o, job, "baseline", NULL, 1, out, err);
    const plan_candidate *c = NULL;
    TRY(find_trial(o, job, asked, &c, &row, err));
    return add_part(o, job, json_text_or(row, "name", ""), c, 1, out, err);
}

static ptg_status open_candidate(const char *job, const char *candidate, model **out, ptg_error *err)
{
    opened o;
    parts collected = {.memory = arena_new(), .temperature = 1};
    if (!collected.memory) return fail_memory(err);
    ptg_status status = open_job(job, &o, err);
    if (status == PTG_OK) {
        status = collect(&o, job, candidate, &collected, err);
        assemble_request request = {.plan = o.plan,
                                    .task = o.task,
                                    .job = job,
                                    .parts = collected.part,
                                    .n_parts = collected.n,
                                    .threshold = collected.threshold,
                                    .temperature = collected.temperature};
        if (status == PTG_OK) status = assemble_model(&request, out, err);
        opened_clear(&o);
    }
    arena_free(collected.memory);
    return status;
}

/* Whether a name means what lies in model/best.ptg. */
static bool is_best(const char *job, const char *candidate)
{
    json_t *document;
    if (folder_read_json(job, "job.json", &document, NULL) != PTG_OK) return false;
    bool best = strcmp(json_text_or(document, "best", ""), candidate) == 0;
    json_decref(document);
    return best;
}

ptg_status ptg_model_open(const char *path, const char *candidate, ptg_model **out, ptg_error *err)
{
    *out = NULL;
    model *made = NULL;
    bool folder = file_is_folder(path);
    text_shown_buffer shown;
    if (!folder && !file_exists(path))
        return fail(err, PTG_ERROR_USAGE, "There is no job folder or model file '%s'.", text_shown(text_of(path), &shown));
    if (candidate && !folder)
        return fail(err, PTG_ERROR_USAGE, "--candidate chooses in a job folder; '%.200s' is a model file.", path);
    if (folder && candidate && !is_best(path, candidate)) {
        TRY(open_candidate(path, candidate, &made, err));
        return model_hand_over(made, out, err);
    }
    if (!file_exists(path))
        return fail(err, PTG_ERROR_USAGE, "'%.200s' is not there; give a job folder or a model file.", path);
    if (folder && !folder_has(path, "model/best.ptg"))
        return fail(err, PTG_ERROR_USAGE, "'%.200s' holds no model yet; `pilotage run` or `pilotage tune` makes one.", path);
    char *file = folder ? file_join(path, "model/best.ptg") : mem_text(path, strlen(path));
    ptg_status status = file ? model_load(file, &made, err) : fail_memory(err);
    mem_free(file);
    return status == PTG_OK ? model_hand_over(made, out, err) : status;
}
