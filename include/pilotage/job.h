/* Jobs: analyse, plan, tune, select. Requests, events and answers are JSON texts; docs/formats/ describes each of them. */
#ifndef PILOTAGE_JOB_H
#define PILOTAGE_JOB_H

#include "pilotage/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A job that runs in a thread of this process (its workers are processes of their own). Since 0.1. */
typedef struct ptg_job ptg_job;

/* Starts a job. `request` is a JSON object: "command" is "run", "plan", "tune" or "profile"; "table" (a path) or "job" (a
 * folder); every option of the command line by its long name with _ for - ("target", "time_limit", "max_trials", ...);
 * "notebooks": false leaves the job's notebooks as they are. A wrong request fails here with PTG_ERROR_USAGE and writes
 * nothing. Since 0.1. */
PTG_API ptg_status ptg_job_start(const char *request, ptg_job **out, ptg_error *err);

/* Waits at most `timeout_ms` for the next event. `*event` is a JSON text that the caller frees with ptg_text_free, or NULL when
 * none came; `*finished` becomes 1 when the job has ended and no event is left. Since 0.1. */
PTG_API ptg_status ptg_job_wait(ptg_job *job, int timeout_ms, char **event, int *finished, ptg_error *err);

/* Asks the job to stop; it keeps what is done, and the best model so far. Safe from any thread. Since 0.1. */
PTG_API void ptg_job_stop(ptg_job *job);

/* Waits for the end, frees the job (also on failure) and returns its outcome: PTG_OK when a model (or plan) was written, else
 * the error that ended it. `*exit_status` is the status that the command would end with. Since 0.1. */
PTG_API ptg_status ptg_job_end(ptg_job *job, int *exit_status, ptg_error *err);

/* The leaderboard of a job folder as a JSON array, best first; all != 0: a row a trial. Since 0.1. */
PTG_API ptg_status ptg_job_leaderboard(const char *job, int all, char **json, ptg_error *err);

/* A document of a job folder as JSON text: "job", "plan", "profile", "findings" or "shapes" (PTG_ERROR_USAGE where no additive
 * candidate is trained). Since 0.1. */
PTG_API ptg_status ptg_job_document(const char *job, const char *name, char **json, ptg_error *err);

/* Replaces the plan of a job by a whole document, after checking it. The notebooks stay; ptg_notebook_write brings them up to
 * date. Since 0.1. */
PTG_API ptg_status ptg_plan_edit(const char *job, const char *plan, ptg_error *err);

/* Sets one value of the plan: `path` is dotted, with names that hold dots in quotes (columns."emp.var.rate".type), or an RFC
 * 6901 pointer; `value` is JSON, or a bare word. Where it changes how a column is read or used, the pipelines follow: the
 * column gets the steps that a new plan would give it. The whole plan is checked before it is written. The notebooks stay;
 * ptg_notebook_write brings them up to date. Since 0.1. */
PTG_API ptg_status ptg_plan_set(const char *job, const char *path, const char *value, ptg_error *err);

/* Applies fixes of the job's findings to its plan, in the order of findings.json: `which` is "all", "high", or findings by
 * name, separated by commas (ID, or ID:COLUMN for one column's). Each fix is applied wholly, if the plan still is as the
 * finding saw it and can be run afterwards, or not at all. `*json` is an array of {"id", "columns", "state", "text"}, state
 * "applied", "already" (the plan is so) or "refused" with the reason; the caller frees it with ptg_text_free. PTG_ERROR_USAGE
 * for a name that is no finding, or that the job has no fix for: then nothing is changed. The notebooks stay;
 * ptg_notebook_write brings them up to date. Since 0.1. */
PTG_API ptg_status ptg_plan_apply_fixes(const char *job, const char *which, char **json, ptg_error *err);

/* Analyses the table of a job again under other settings. `settings` is a JSON object; members that are left out stay as they
 * are, null goes back to what was found: "sample_rows" (random rows shown), "thresholds" ({FINDING: number}), "types" ({COLUMN:
 * type}), "missing_tokens" ({COLUMN: [text, ...]}), "formats" ({COLUMN: the format of dates whose day and month can change
 * places}). profile.json, findings.json and job.json ("analysis") are written again
 * where something changes, and plan.json: made anew if nobody edited it, else with the types and tokens that were turned. The
 * notebooks stay. PTG_ERROR_USAGE when a name or value is wrong, PTG_ERROR_DATA when the table is refused that way; then
 * nothing changes. Since 0.1. */
PTG_API ptg_status ptg_analysis_configure(const char *job, const char *settings, ptg_error *err);

/* One section of the data exploration notebook as a JSON MIME bundle ("text/html", "text/plain"): see docs/formats/profile.md.
 * Since 0.1. */
PTG_API ptg_status ptg_notebook_section(const char *job, const char *section, char **json, ptg_error *err);

/* Writes both notebooks of a job again from its documents. `candidate` (NULL allowed) stands first in the candidate notebook.
 * Since 0.1. */
PTG_API ptg_status ptg_notebook_write(const char *job, const char *candidate, ptg_error *err);

/* Writes the data exploration of a job as one HTML page to `path`, replaced by rename: what the notebook shows, without script
 * and without anything to load, in light and dark. Since 0.1. */
PTG_API ptg_status ptg_notebook_page(const char *job, const char *path, ptg_error *err);

/* What every compute target runs: takes work items for the job from `input` and answers on `output` (file descriptors) until
 * the input ends. Since 0.1. */
PTG_API ptg_status ptg_worker_run(const char *job, int input, int output, ptg_error *err);

#ifdef __cplusplus
}
#endif
#endif
