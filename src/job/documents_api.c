/* Public functions on the documents of a job folder: leaderboard, plan edits, notebooks, the worker's door. */
#include <string.h>

#include "base/file.h"
#include "job/folder.h"
#include "job/job.h"
#include "notebook/candidates.h"
#include "notebook/exploration.h"
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
    static const char *const names[] = {"job", "plan", "profile", "findings"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        char file[32];
        json_t *document;
        snprintf(file, sizeof file, "%s.json", name);
        if (!folder_has(job, file)) return fail(err, PTG_ERROR_USAGE, "'%s' has no %s; is it a job folder?", job, file);
        TRY(folder_read_json(job, file, &document, err));
        return hand_over(document, json, err);
    }
    return fail(err, PTG_ERROR_USAGE, "There is no document '%.40s'; there are job, plan, profile and findings.", name);
}

/* Checks a document as a plan of this job and writes it. */
static ptg_status put_plan(const char *job, json_t *document, ptg_error *err)
{
    plan *p;
    TRY(plan_read(document, &p, err));
    plan_free(p);
    TRY(folder_write_json(job, "plan.json", document, err));
    return job_write_notebooks(job, NULL, err);
}

ptg_status ptg_plan_edit(const char *job, const char *plan_text, ptg_error *err)
{
    json_t *document;
    TRY(folder_check(job, err));
    TRY(json_read(text_of(plan_text), "plan", &document, err));
    ptg_status status = put_plan(job, document, err);
    json_decref(document);
    return status;
}

ptg_status ptg_plan_set(const char *job, const char *path, const char *value, ptg_error *err)
{
    json_t *document;
    TRY(folder_check(job, err));
    TRY(folder_read_json(job, "plan.json", &document, err));
    ptg_status status = plan_set(document, path, value, err);
    if (status == PTG_OK) status = put_plan(job, document, err);
    json_decref(document);
    return status;
}

/* What the notebooks draw from; documents that are not there stay NULL. */
typedef struct drawn {
    json_t *job, *plan, *profile, *findings, *leaderboard;
} drawn;

static ptg_status read_if_there(const char *folder, const char *name, json_t **out, ptg_error *err)
{
    *out = NULL;
    return folder_has(folder, name) ? folder_read_json(folder, name, out, err) : PTG_OK;
}

static void drawn_clear(drawn *d)
{
    json_decref(d->job);
    json_decref(d->plan);
    json_decref(d->profile);
    json_decref(d->findings);
    json_decref(d->leaderboard);
}

static ptg_status drawn_read(const char *folder, drawn *d, ptg_error *err)
{
    *d = (drawn){0};
    ptg_status status = read_if_there(folder, "job.json", &d->job, err);
    if (status == PTG_OK) status = read_if_there(folder, "plan.json", &d->plan, err);
    if (status == PTG_OK) status = read_if_there(folder, "profile.json", &d->profile, err);
    if (status == PTG_OK) status = read_if_there(folder, "findings.json", &d->findings, err);
    json_t *rows = NULL;
    if (status == PTG_OK) status = read_if_there(folder, "leaderboard.json", &rows, err);
    if (rows) d->leaderboard = leaderboard_by_candidate(rows);
    json_decref(rows);
    if (status == PTG_OK && (!d->profile || !d->findings)) status = fail(err, PTG_ERROR_USAGE, "'%s' holds no analysis.", folder);
    if (status != PTG_OK) drawn_clear(d);
    return status;
}

ptg_status ptg_notebook_section(const char *job, const char *section, char **json, ptg_error *err)
{
    drawn d;
    json_t *bundle = NULL;
    TRY(drawn_read(job, &d, err));
    ptg_status status = candidates_has(section)
                            ? candidates_section(&(candidates){.job = d.job, .plan = d.plan, .leaderboard = d.leaderboard}, section, &bundle, err)
                            : exploration_section(&(exploration){d.profile, d.findings, d.job}, section, &bundle, err);
    drawn_clear(&d);
    return status == PTG_OK ? hand_over(bundle, json, err) : status;
}

static ptg_status write_notebooks(const char *folder, const char *candidate, const drawn *d, ptg_error *err)
{
    text_buffer b = {0};
    ptg_status status = exploration_write(&(exploration){d->profile, d->findings, d->job}, &b, err);
    if (status == PTG_OK) status = folder_write_text(folder, "notebooks/PilotageDataExploration.ipynb", &b, err);
    text_buffer_clear(&b);
    if (status != PTG_OK || !d->plan) return status;
    status = candidates_write(&(candidates){.job = d->job, .plan = d->plan, .leaderboard = d->leaderboard, .first = candidate}, &b, err);
    if (status == PTG_OK) status = folder_write_text(folder, "notebooks/PilotageCandidateDefinition.ipynb", &b, err);
    text_buffer_clear(&b);
    return status;
}

ptg_status job_write_notebooks(const char *folder, const char *candidate, ptg_error *err)
{
    drawn d;
    TRY(drawn_read(folder, &d, err));
    ptg_status status = write_notebooks(folder, candidate, &d, err);
    drawn_clear(&d);
    return status;
}

/* A candidate that is asked for by name must be in the plan, or a row of the leaderboard. */
static ptg_status check_candidate(const char *job, const char *candidate, ptg_error *err)
{
    json_t *document;
    TRY(folder_read_json(job, "plan.json", &document, err));
    bool known = json_object_get(json_object_get(document, "candidates"), candidate) != NULL;
    json_decref(document);
    text_shown_buffer shown;
    return known ? PTG_OK
                 : fail(err, PTG_ERROR_USAGE, "There is no candidate '%s'; `pilotage candidates %s` lists them.", text_shown(text_of(candidate), &shown), job);
}

ptg_status ptg_notebook_write(const char *job, const char *candidate, ptg_error *err)
{
    TRY(folder_check(job, err));
    if (candidate) TRY(check_candidate(job, candidate, err));
    return job_write_notebooks(job, candidate, err);
}

ptg_status ptg_worker_run(const char *job, int input, int output, ptg_error *err)
{
    return worker_run(job, input, output, err);
}
