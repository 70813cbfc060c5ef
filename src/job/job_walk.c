/* The one function that walks the stages in order. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "job/folder.h"
#include "job/job.h"

ptg_status job_write_document(ptg_job *j, ptg_error *err)
{
    json_object_set_new(j->document, "seconds", json_number(j->used + clock_seconds() - j->start));
    return folder_write_json(j->folder, "job.json", j->document, err);
}

ptg_status job_set_status(ptg_job *j, const char *status, const char *secondary, ptg_error *err)
{
    json_object_set_new(j->document, "status", json_string(status));
    json_object_set_new(j->document, "secondary_status", secondary ? json_string(secondary) : json_null());
    TRY(job_write_document(j, err));
    job_report(j, json_pack("{s:s,s:s,s:s?}", "event", "status", "status", status, "secondary_status", secondary));
    return PTG_OK;
}

/* Stages before there is a folder only say what they do. */
static void say_status(ptg_job *j, const char *status)
{
    job_report(j, json_pack("{s:s,s:s,s:n}", "event", "status", "status", status, "secondary_status"));
}

/* What the progress needs to know of the plan. */
static void say_plan(ptg_job *j)
{
    const plan *p = j->plan;
    job_report(j, json_pack("{s:s,s:s,s:s,s:b,s:i,s:O,s:O,s:O}", "event", "plan", "problem_type", problem_names[p->problem],
                            "objective", p->objective_name, "greater_is_better", p->objective.metric->greater_is_better,
                            "candidates", (int)p->n_candidates, "time_limit",
                            json_object_get(json_object_get(p->document, "tuning"), "time_limit"), "max_trials",
                            json_object_get(json_object_get(p->document, "tuning"), "max_trials"), "validation",
                            json_object_get(p->document, "validation")));
}

/* Where the job lies: JOB of tune, --output, or the table's name. */
static ptg_status find_folder(ptg_job *j, ptg_error *err)
{
    const request *r = &j->request;
    const char *said = r->command == COMMAND_TUNE ? r->job : r->output;
    j->folder = said ? mem_text(said, strlen(said)) : folder_default_name(r->table);
    return j->folder ? PTG_OK : fail_memory(err);
}

/* A folder that is there already must be the same request on the same table; then its job goes on. */
static ptg_status check_existing(ptg_job *j, ptg_error *err)
{
    json_t *document = NULL;
    bool right = j->request.command == COMMAND_PROFILE
                     ? folder_has(j->folder, "job.json") && folder_has(j->folder, "profile.json")
                     : folder_check(j->folder, NULL) == PTG_OK;
    TRY(right ? PTG_OK
              : fail(err, PTG_ERROR_USAGE, "'%.160s' exists already and is not a job folder; name another with --output.",
                     j->folder));
    TRY(folder_read_json(j->folder, "job.json", &document, err));
    json_t *identity = request_identity(&j->request);
    bool same = json_equal(identity, json_object_get(document, "identity")) &&
                strcmp(json_text_or(document, "input_hash", ""), j->input_hash) == 0;
    json_decref(identity);
    json_decref(document);
    return same ? PTG_OK
                : fail(err, PTG_ERROR_USAGE,
                       "'%.160s' holds a job of another request or table; name another folder with --output.", j->folder);
}

static ptg_status begin_new(ptg_job *j, ptg_error *err)
{
    say_status(j, "AnalyzingData");
    TRY(stage_analyse(j, err));
    TRY(stage_plan(j, err));
    TRY(folder_lock(j->folder, err));
    j->locked = true;
    return job_set_status(j, "CandidateDefinitionsGenerated", NULL, err);
}

static ptg_status begin_again(ptg_job *j, ptg_error *err)
{
    j->accepted = true;
    TRY(folder_lock(j->folder, err));
    j->locked = true;
    return stage_open(j, err);
}

static ptg_status begin(ptg_job *j, ptg_error *err)
{
    TRY(find_folder(j, err));
    if (j->request.command == COMMAND_TUNE) {
        TRY(folder_check(j->folder, err));
        return begin_again(j, err);
    }
    say_status(j, "Starting");
    TRY(stage_read(j, err));
    if (!file_exists(j->folder)) return begin_new(j, err);
    TRY(check_existing(j, err));
    return begin_again(j, err);
}

static ptg_status write_profile(ptg_job *j, ptg_error *err)
{
    TRY(job_profile_document(j, err));
    TRY(folder_begin(j->folder, &j->hidden, err));
    TRY(job_save_frames(j, err));
    TRY(folder_write_json(j->hidden, "profile.json", j->profile, err));
    TRY(folder_write_json(j->hidden, "findings.json", j->findings, err));
    TRY(folder_write_json(j->hidden, "job.json", j->document, err));
    TRY(ptg_notebook_write(j->hidden, NULL, err));
    TRY(folder_accept(j->hidden, j->folder, err));
    mem_free(j->hidden);
    j->hidden = NULL;
    return PTG_OK;
}

/* `pilotage profile`: the analysis, its notebook and its page, without a plan. The same request again only writes the last two.
 */
static ptg_status profile_only(ptg_job *j, ptg_error *err)
{
    TRY(find_folder(j, err));
    say_status(j, "Starting");
    TRY(stage_read(j, err));
    if (file_exists(j->folder)) {
        TRY(check_existing(j, err));
        TRY(ptg_notebook_write(j->folder, NULL, err));
    } else {
        say_status(j, "AnalyzingData");
        TRY(stage_analyse(j, err));
        TRY(write_profile(j, err));
    }
    j->accepted = true;
    return j->request.html ? ptg_notebook_page(j->folder, j->request.html, err) : PTG_OK;
}

static const char *secondary_of(const ptg_job *j)
{
    switch (j->end) {
    case TUNER_TRIALS:
        return "MaxTrialsReached";
    case TUNER_TIME:
        return "TimeLimitReached";
    case TUNER_BROKEN:
        return j->broken == PTG_ERROR_MEMORY ? "MemoryLimitReached" : NULL;
    default:
        return NULL;
    }
}

static ptg_status write_notebooks(const ptg_job *j, ptg_error *err)
{
    return j->request.leave_notebooks ? PTG_OK : ptg_notebook_write(j->folder, NULL, err);
}

ptg_status job_walk(ptg_job *j, ptg_error *err)
{
    if (j->request.command == COMMAND_PROFILE) return profile_only(j, err);
    ptg_status status = begin(j, err);
    if (status == PTG_OK) say_plan(j);
    if (status == PTG_OK) status = write_notebooks(j, err);
    if (j->request.command != COMMAND_PLAN) {
        if (status == PTG_OK) status = stage_tune(j, err);
        if (status == PTG_OK) status = stage_select(j, err);
    }
    if (status == PTG_OK && j->request.command != COMMAND_PLAN)
        status = job_set_status(j, j->end == TUNER_STOPPED ? "Stopped" : "Completed", secondary_of(j), err);
    if (status == PTG_OK) status = write_notebooks(j, err);
    if (status != PTG_OK && j->locked && j->document) job_set_status(j, "Failed", NULL, NULL);
    if (status == PTG_OK && j->end == TUNER_STOPPED)
        return fail(err, PTG_ERROR_STOPPED, "Stopped; `pilotage tune %.200s` goes on.", j->folder);
    return status;
}
