/* Public functions on the documents of a job folder: leaderboard, plan edits, notebooks, the worker's door. */
#include <string.h>

#include "base/file.h"
#include "job/folder.h"
#include "job/job.h"
#include "pilotage/pilotage.h"
#include "tune/leaderboard.h"
#include "tune/worker.h"

/* A document as text for the caller; takes the reference. */
static ptg_status hand_over(json_t *document, char **out, ptg_error *err)
{
    if (!document) return fail_memory(err);
    text_buffer b = {0};
    json_write(&b, document, 1, false);
    json_decref(document);
    *out = text_buffer_take(&b);
    return *out ? PTG_OK : fail_memory(err);
}

/* The rows of trials; before anything ran, the planned candidates. */
static ptg_status read_leaderboard(const char *job, json_t **out, ptg_error *err)
{
    if (folder_has(job, "leaderboard.json")) return folder_read_json(job, "leaderboard.json", out, err);
    json_t *document = NULL, *original = NULL;
    plan *p = NULL;
    ptg_status status = PTG_OK;
    GO(folder_read_json(job, "plan.json", &document, err));
    GO(folder_read_json(job, "data/planned.json", &original, err));
    GO(plan_read(document, &p, err));
    *out = leaderboard_planned(p, original);
    if (!*out) status = fail_memory(err);
done:
    plan_free(p);
    json_decref(document);
    json_decref(original);
    return status;
}

ptg_status ptg_job_leaderboard(const char *job, int all, char **json, ptg_error *err)
{
    json_t *rows;
    TRY(folder_check(job, err));
    TRY(read_leaderboard(job, &rows, err));
    if (all || !folder_has(job, "leaderboard.json")) return hand_over(rows, json, err);
    json_t *best = leaderboard_by_candidate(rows);
    json_decref(rows);
    return hand_over(best, json, err);
}

ptg_status ptg_job_document(const char *job, const char *name, char **json, ptg_error *err)
{
    static const char *const names[] = {"job", "plan", "profile", "findings", "shapes"};
    for (int i = 0; i < 5; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        char file[32];
        json_t *document;
        snprintf(file, sizeof file, "%s.json", name);
        if (!folder_has(job, file) && strcmp(name, "shapes") == 0)
            return fail(err, PTG_ERROR_USAGE,
                        "'%.160s' has no functions to show: no additive candidate is trained; `pilotage tune` trains those of "
                        "the plan.",
                        job);
        if (!folder_has(job, file))
            return fail(err, PTG_ERROR_USAGE, "'%.160s' has no %s, so it is no job folder; `pilotage run` makes one.", job,
                        file);
        TRY(folder_read_json(job, file, &document, err));
        return hand_over(document, json, err);
    }
    return fail(err, PTG_ERROR_USAGE, "There is no document '%.40s'; there are job, plan, profile, findings and shapes.", name);
}

ptg_status job_check_on_table(json_t *document, const frame *f, const json_t *about, ptg_error *err)
{
    plan *p;
    TRY(plan_read(document, &p, err));
    ptg_status status = plan_check(p, f, err);
    if (status == PTG_OK) status = task_check(p, f, json_integer_or(about, "validation_rows", 0), err);
    plan_free(p);
    return status;
}

/* Brings the pipelines in line with columns that differ from `before` (NULL: the document is whole), and checks the plan. */
static ptg_status fit_plan(const char *folder, const json_t *before, json_t *document, ptg_error *err)
{
    json_t *about = NULL;
    frame *f = NULL;
    char *path = file_join(folder, "data/table.frame");
    ptg_status status = path ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) status = folder_read_json(folder, "job.json", &about, err);
    if (status == PTG_OK) status = frame_open(path, &f, err);
    if (status == PTG_OK && before) status = plan_follow(before, document, f, err);
    if (status == PTG_OK) status = job_check_on_table(document, f, about, err);
    frame_free(f);
    json_decref(about);
    mem_free(path);
    return status;
}

ptg_status job_check_plan(const char *folder, json_t *document, ptg_error *err)
{
    return fit_plan(folder, NULL, document, err);
}

/* The lock keeps a running job from being given another plan. */
ptg_status ptg_plan_edit(const char *job, const char *plan_text, ptg_error *err)
{
    json_t *document;
    TRY(folder_check(job, err));
    ptg_status status = json_read(text_of(plan_text), "The plan", &document, err);
    if (status == PTG_ERROR_FORMAT && err) err->status = PTG_ERROR_USAGE; /* the caller's own text */
    TRY(status == PTG_ERROR_FORMAT ? PTG_ERROR_USAGE : status);
    status = folder_lock(job, err);
    if (status == PTG_OK) {
        status = job_check_plan(job, document, err);
        if (status == PTG_OK) status = folder_write_json(job, "plan.json", document, err);
        folder_unlock(job);
    }
    json_decref(document);
    return status;
}

static ptg_status set_locked(const char *job, const char *path, const char *value, ptg_error *err)
{
    json_t *document, *before;
    TRY(folder_read_json(job, "plan.json", &before, err));
    document = json_deep_copy(before);
    ptg_status status = document ? plan_set(document, path, value, err) : fail_memory(err);
    if (status == PTG_OK) status = fit_plan(job, before, document, err);
    if (status == PTG_OK) status = folder_write_json(job, "plan.json", document, err);
    json_decref(before);
    json_decref(document);
    return status;
}

ptg_status ptg_plan_set(const char *job, const char *path, const char *value, ptg_error *err)
{
    TRY(folder_check(job, err));
    TRY(folder_lock(job, err));
    ptg_status status = set_locked(job, path, value, err);
    folder_unlock(job);
    return status;
}

ptg_status ptg_worker_run(const char *job, int input, int output, ptg_error *err)
{
    return worker_run(job, input, output, err);
}
