/* The last stage: choose, refit where the split asks for it, put the model file together, write the leaderboard. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "job/assemble.h"
#include "job/folder.h"
#include "job/job.h"
#include "job/shapes.h"
#include "tune/leaderboard.h"
#include "tune/select.h"

#define LAST_SECONDS 0.35 /* for writing the model, the leaderboard and the notebooks */

static ptg_status write_leaderboard(ptg_job *j, const selection *s, ptg_error *err)
{
    json_t *row = NULL;
    if (s->n_mixed) {
        json_t *weights = json_object(),
               *parameters = json_pack("{s:o,s:o,s:o}", "weights", weights, "threshold", json_number(s->mixed_result.threshold),
                                       "temperature", json_number(s->is_ensemble ? s->temperature : 1));
        for (int32_t m = 0; m < s->n_mixed; m++)
            json_object_set_new(weights, s->mixed[m].trial->name, json_number(s->mixed[m].weight));
        row = leaderboard_row(j->plan, &(leaderboard_entry){.name = "ensemble",
                                                            .algorithm = "ensemble",
                                                            .parameters = parameters,
                                                            .result = &s->mixed_result,
                                                            .planned = true,
                                                            .folds = j->task->split.n_folds});
        json_decref(parameters);
        ptg_status noted = state_put_ensemble(j->state, json_object_get(row, "parameters"), s->mixed_result.score, err);
        if (noted != PTG_OK) json_decref(row);
        TRY(noted);
    }
    json_t *rows = leaderboard_make(j->tuner, j->plan, j->original, row);
    json_decref(row);
    ptg_status status = folder_write_json(j->folder, "leaderboard.json", rows, err);
    json_decref(rows);
    return status;
}

/* One model on all rows: where there is one split the rows held out would be lost; with folds only when asked for. */
static bool wants_refit(const ptg_job *j)
{
    validation_kind kind = j->plan->validation.kind;
    if (kind == VALIDATION_FILE) return false;
    return j->request.refit || j->task->split.n_folds == 1;
}

/* Fits the members on all rows. Where no time is left the models of the folds serve, and it is said. */
static ptg_status refit(ptg_job *j, trial *const trials[], int32_t n, bool *done, ptg_error *err)
{
    double deadline = j->deadline > 0 ? j->deadline - LAST_SECONDS : 0;
    ptg_error reason = {0};
    ptg_status status = tuner_models(j->tuner, trials, n, true, deadline, &reason);
    *done = status == PTG_OK;
    if (*done) return PTG_OK;
    if (status != PTG_ERROR_LIMIT) return fail(err, status, "%s", reason.message);
    job_report(j, json_pack("{s:s,s:s}", "event", "note", "text",
                            "The time limit left no time to fit on all rows; the models of the folds are handed over."));
    return PTG_OK;
}

static ptg_status make_models(ptg_job *j, const selection *s, bool *all_rows, ptg_error *err)
{
    trial **trials = mem_array(s->n_members, sizeof *trials);
    if (!trials) return fail_memory(err);
    for (int32_t m = 0; m < s->n_members; m++)
        trials[m] = s->members[m].trial;
    *all_rows = false;
    bool baseline = s->members[0].trial->candidate < 0;
    ptg_status status = PTG_OK;
    if (!baseline && wants_refit(j)) status = refit(j, trials, s->n_members, all_rows, err);
    if (status == PTG_OK && !baseline && !*all_rows)
        status = tuner_models(j->tuner, trials, s->n_members, false, j->deadline, err);
    mem_free(trials);
    return status;
}

static ptg_status write_model(ptg_job *j, const selection *s, bool all_rows, ptg_error *err)
{
    assemble_part *parts = mem_array(s->n_members, sizeof *parts);
    if (!parts) return fail_memory(err);
    for (int32_t m = 0; m < s->n_members; m++) {
        const trial *x = s->members[m].trial;
        parts[m] = (assemble_part){.name = x->spec.candidate->name, .key = x->spec.key, .weight = s->members[m].weight};
    }
    model *made = NULL;
    char *path = file_join(j->folder, "model/best.ptg");
    ptg_status status = path ? assemble_model(&(assemble_request){.plan = j->plan,
                                                                  .task = j->task,
                                                                  .job = j->folder,
                                                                  .parts = parts,
                                                                  .n_parts = s->n_members,
                                                                  .all_rows = all_rows,
                                                                  .threshold = s->result.threshold,
                                                                  .temperature = s->temperature},
                                              &made, err)
                             : fail_memory(err);
    if (status == PTG_OK) status = model_save(made, path, err);
    model_free(made);
    mem_free(path);
    mem_free(parts);
    return status;
}

/* Drawings of a candidate never cost the model that is there. */
static void write_shapes(ptg_job *j)
{
    ptg_error reason = {0};
    text_buffer b = {0};
    if (shapes_write(j->folder, j->plan, j->task, j->tuner, &reason) == PTG_OK) return;
    text_print(&b, "The functions of additive were not written: %s", reason.message);
    if (!b.failed) job_report(j, json_pack("{s:s,s:s}", "event", "note", "text", b.data));
    text_buffer_clear(&b);
}

/* The outcome in job.json, for people and for `predict`. */
static void note_outcome(ptg_job *j, const selection *s)
{
    json_object_set_new(j->document, "best", json_string(s->name));
    json_object_set_new(j->document, "score", json_number(s->result.score));
    json_object_set_new(j->document, "score_se", json_number(s->result.se));
    json_object_set_new(j->document, "reason", json_string(s->reason));
}

ptg_status stage_select(ptg_job *j, ptg_error *err)
{
    TRY(job_set_status(j, "Ensembling", NULL, err));
    if (!j->pool && !(j->pool = pool_new(pool_processors()))) return fail_memory(err);
    selection s;
    TRY(select_best(j->tuner, j->plan, j->task, j->request.prefer != NULL, j->pool, &s, err));
    bool all_rows;
    ptg_status status = make_models(j, &s, &all_rows, err);
    if (status == PTG_OK) status = write_model(j, &s, all_rows, err);
    if (status == PTG_OK) status = write_leaderboard(j, &s, err);
    if (status == PTG_OK) write_shapes(j);
    if (status == PTG_OK) note_outcome(j, &s);
    selection_clear(&s);
    return status;
}
