/* Opening a job that exists, and tuning it within its limits. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "compute/machine.h"
#include "job/folder.h"
#include "job/job.h"
#include "tune/leaderboard.h"

/* Part of the time limit that is kept for choosing, refitting and writing, beside a fixed part for the ends of processes. */
#define RESERVE_SHARE 0.03
#define RESERVE_SECONDS 0.5
/* Choosing an ensemble takes time with the rows that are scored; this much a number of their predictions, but never over a
 * tenth. */
#define RESERVE_A_NUMBER 2e-5
#define MOST_RESERVE_BY_ROWS 0.1
#define REFIT_SHARE 0.2

ptg_status job_follow_plan(ptg_job *j, ptg_error *err)
{
    static const char *const repeated[] = {"problem_type", "objective", "positive_class", "validation", "seed"};
    for (int i = 0; i < 5; i++) {
        json_t *value = json_object_get(j->plan_document, repeated[i]);
        if (value && json_object_set(j->document, repeated[i], value) != 0) return fail_memory(err);
    }
    return PTG_OK;
}

ptg_status stage_open(ptg_job *j, ptg_error *err)
{
    if (!j->document) TRY(folder_read_json(j->folder, "job.json", &j->document, err));
    TRY(folder_read_json(j->folder, "plan.json", &j->plan_document, err));
    TRY(folder_read_json(j->folder, "data/planned.json", &j->original, err));
    TRY(plan_read(j->plan_document, &j->plan, err));
    TRY(job_follow_plan(j, err));
    j->validation_rows = json_integer_or(j->document, "validation_rows", 0);
    if (j->frame) return PTG_OK;
    char *path = file_join(j->folder, "data/table.frame");
    if (!path) return fail_memory(err);
    ptg_status status = frame_open(path, &j->frame, err);
    mem_free(path);
    return status;
}

/* Items at a time, threads an item, memory: what was asked, the instance type, and what the machine has. */
static ptg_status size_up(const ptg_job *j, tuner_options *o, ptg_error *err)
{
    const request *r = &j->request;
    machine m;
    instance_type instance;
    TRY(machine_read(&m, err));
    TRY(instance_find(r->instance ? r->instance : j->plan->instance, &m, &instance, err));
    int32_t wanted = r->parallel ? (int32_t)r->parallel : j->plan->parallel;
    o->threads = r->threads ? (int32_t)r->threads : 1;
    if (o->threads > instance.cores)
        return fail(err, PTG_ERROR_USAGE, "--threads %d is more than the %d cores of %s.", o->threads, instance.cores,
                    instance.name);
    o->parallel = wanted ? wanted : instance.cores / o->threads;
    if (o->parallel < 1) o->parallel = 1;
    o->memory_limit = r->memory_limit ? r->memory_limit : instance.memory_limit;
    return PTG_OK;
}

/* Remembers which plan is tuned. A plan that was tuned before goes on with what is left of its time, which is nothing where
 * that time ended the tuning (what the reserve did not need is no time to tune in); an edited one has all of it. */
static ptg_status note_plan(ptg_job *j, ptg_error *err)
{
    text_buffer canonical = {0};
    char hash[HASH_TEXT_SIZE];
    json_write(&canonical, j->plan_document, 0, true);
    ptg_status status = text_buffer_check(&canonical, err);
    if (status == PTG_OK) hash_bytes(canonical.data, (size_t)canonical.size, hash);
    text_buffer_clear(&canonical);
    TRY(status);
    bool same = strcmp(json_text_or(j->document, "tuned_plan", ""), hash) == 0;
    bool over = strcmp(json_text_or(j->document, "secondary_status", ""), "TimeLimitReached") == 0;
    j->used = !same  ? 0
              : over ? fmax(json_real_or(j->document, "seconds", 0), j->plan->time_limit)
                     : json_real_or(j->document, "seconds", 0);
    return json_object_set_new(j->document, "tuned_plan", json_string(hash)) == 0 ? PTG_OK : fail_memory(err);
}

/* When the whole job has to be over. tune's own limit counts from its start; else it is what earlier runs left. */
static double job_deadline(const ptg_job *j)
{
    double own = j->request.time_limit, limit = own > 0 ? own : j->plan->time_limit;
    if (limit <= 0) return 0;
    return j->start + (j->request.command == COMMAND_TUNE && own > 0 ? limit : fmax(limit - j->used, 0));
}

/* When tuning has to be over. What comes after it takes longer on a crowded machine. */
static double tuning_deadline(const ptg_job *j)
{
    if (j->deadline <= 0) return 0;
    double limit = j->deadline - j->start, reserve = RESERVE_SECONDS + RESERVE_SHARE * limit;
    double numbers = (double)j->task->n_scored * prediction_width(j->task->problem, j->task->n_classes);
    reserve += fmin(RESERVE_A_NUMBER * numbers, MOST_RESERVE_BY_ROWS * limit);
    bool refit =
        j->request.refit || j->plan->validation.kind == VALIDATION_SPLIT || j->plan->validation.kind == VALIDATION_TIME;
    if (refit) reserve += REFIT_SHARE * limit;
    return j->deadline - fmin(reserve * machine_crowding(), 0.6 * limit);
}

/* The leaderboard file follows the trials, at most once a second, and so do the time used and the time to end tuning. */
static void report(void *context, json_t *event)
{
    ptg_job *j = context;
    job_report(j, event);
    if (!j->tuner || clock_seconds() - j->leaderboard_written < 1) return;
    j->leaderboard_written = clock_seconds();
    tuner_end_by(j->tuner, tuning_deadline(j));
    job_write_document(j, NULL);
    json_t *rows = leaderboard_make(j->tuner, j->plan, j->original, NULL);
    if (rows) folder_write_json(j->folder, "leaderboard.json", rows, NULL);
    json_decref(rows);
}

/* The labels that are predicted follow the plan's missing tokens and "rows". */
static ptg_status note_classes(ptg_job *j, ptg_error *err)
{
    json_t *classes = job_labels(j->task->classes, j->task->n_classes);
    return json_object_set_new(j->document, "classes", classes) == 0 ? PTG_OK : fail_memory(err);
}

/* Limits given to tune or to a resumed run replace the plan's for this run. */
static ptg_status apply_limits(ptg_job *j, ptg_error *err)
{
    const request *r = &j->request;
    if (!r->max_trials && !r->time_limit) return PTG_OK;
    json_t *tuning = json_object_get(j->plan_document, "tuning");
    json_object_set_new(tuning, "max_trials", r->max_trials ? json_integer(r->max_trials) : json_null());
    json_object_set_new(tuning, "time_limit", r->time_limit > 0 ? json_real(r->time_limit) : json_null());
    plan_free(j->plan);
    j->plan = NULL;
    TRY(plan_read(j->plan_document, &j->plan, err));
    return folder_write_json(j->folder, "plan.json", j->plan_document, err);
}

/* The command that starts workers: the caller's own, or the one that was installed with this library. */
static ptg_status find_command(ptg_job *j, ptg_error *err)
{
    const char *said = j->request.command_path;
    if (!said) return compute_find_command(&j->command, err);
    j->command = mem_text(said, strlen(said));
    return j->command ? PTG_OK : fail_memory(err);
}

/* Where memory, disk or workers give out while candidates are done already, the job goes on to choose among them. */
static ptg_status run_to_an_end(ptg_job *j, ptg_error *err)
{
    ptg_error reason = {0};
    ptg_status status = tuner_run(j->tuner, &j->end, &reason);
    if (status == PTG_OK) return PTG_OK;
    if (tuner_baseline(j->tuner)->result.status != TRIAL_COMPLETED || status == PTG_ERROR_USAGE)
        return fail(err, status, "%s", reason.message);
    job_report(j, json_pack("{s:s,s:o}", "event", "note", "text", json_text(text_of(reason.message))));
    j->end = TUNER_BROKEN;
    j->broken = status;
    return PTG_OK;
}

ptg_status stage_tune(ptg_job *j, ptg_error *err)
{
    frame *f = j->frame;
    j->frame = NULL; /* the task takes it over */
    TRY(task_make(j->plan, f, j->validation_rows, j->folder, &j->task, err));
    TRY(note_classes(j, err));
    TRY(apply_limits(j, err));
    if (!j->plan->max_trials && !(j->plan->time_limit > 0))
        return fail(
            err, PTG_ERROR_USAGE,
            "plan.json: /tuning has neither max_trials nor time_limit, so that tuning would never end; set one of them.");
    TRY(note_plan(j, err));
    j->deadline = job_deadline(j);
    TRY(job_set_status(j, "ModelTuning", NULL, err));
    TRY(state_open(j->folder, &j->state, err));
    TRY(find_command(j, err));
    tuner_options options = {.plan = j->plan,
                             .task = j->task,
                             .job = j->folder,
                             .state = j->state,
                             .deadline = tuning_deadline(j),
                             .trial_seconds = j->request.trial_time_limit,
                             .command = j->command,
                             .stop = &j->stop,
                             .report = report,
                             .context = j};
    TRY(size_up(j, &options, err));
    TRY(tuner_open(&options, &j->tuner, err));
    return run_to_an_end(j, err);
}
