/* Applying fixes of findings to the plan of a job: patch by patch in the order of findings.json, each wholly or not at all. The
 * plan is checked on the table once at the end; only where it cannot be run then, patch by patch, to find out by whose fault.
 */
#include <string.h>

#include "base/file.h"
#include "base/json_patch.h"
#include "job/folder.h"
#include "job/job.h"
#include "pilotage/job.h"
#include "profile/finding.h"

typedef struct fixing {
    json_t *findings, *about; /* findings.json, job.json */
    frame *table;
    json_t *plan;    /* as far as it is changed */
    json_t *outcome; /* [{"id", "columns", "state", "text"}] */
    bool check_each; /* on the table too */
    bool changed;
} fixing;

static void fixing_clear(fixing *x)
{
    json_decref(x->findings);
    json_decref(x->about);
    json_decref(x->plan);
    json_decref(x->outcome);
    frame_free(x->table);
}

/* One of the words between commas: an ID, or ID:COLUMN. */
typedef struct wanted_fix {
    text id, column; /* column: data NULL = any */
} wanted_fix;

static wanted_fix next_wanted(const char **at)
{
    const size_t size = strcspn(*at, ",");
    const char *colon = memchr(*at, ':', size);
    wanted_fix out = {.id = {*at, colon ? colon - *at : (int64_t)size}};
    if (colon) out.column = (text){colon + 1, *at + size - colon - 1};
    *at += size + ((*at)[size] == ',');
    return out;
}

static bool concerns(const json_t *row, text name)
{
    const json_t *columns = json_object_get(row, "columns");
    for (size_t i = 0; i < json_array_size(columns); i++)
        if (text_equal_to(name, json_string_value(json_array_get(columns, i)))) return true;
    return name.data == NULL;
}

static bool is_meant(const json_t *row, const wanted_fix *w)
{
    return text_equal_to(w->id, json_text_or(row, "id", "")) && concerns(row, w->column);
}

static bool is_chosen(const json_t *row, const char *which)
{
    if (!json_is_array(json_object_get(row, "fix"))) return false;
    if (strcmp(which, "all") == 0) return true;
    if (strcmp(which, "high") == 0) return strcmp(json_text_or(row, "severity", ""), "high") == 0;
    for (const char *at = which; *at;) {
        const wanted_fix w = next_wanted(&at);
        if (is_meant(row, &w)) return true;
    }
    return false;
}

static ptg_status check_known(text id, ptg_error *err)
{
    text_shown_buffer shown;
    text_nearness near = text_nearness_of(id);
    for (int32_t i = 0; i < finding_count(); i++) {
        if (text_equal_to(id, finding_at(i)->id)) return PTG_OK;
        text_nearness_try(&near, finding_at(i)->id);
    }
    return fail(err, PTG_ERROR_USAGE, "--apply-fixes: there is no finding '%s'%s%s%s; `pilotage help` lists them.",
                text_shown(id, &shown), near.best ? ", did you mean '" : "", near.best ? near.best : "", near.best ? "'" : "");
}

/* What is named must be there to be mended. */
static ptg_status check_wanted(const json_t *findings, const wanted_fix *w, ptg_error *err)
{
    text_shown_buffer id, name;
    size_t i;
    json_t *row;
    bool found = false;
    TRY(check_known(w->id, err));
    json_array_foreach((json_t *)(uintptr_t)findings, i, row)
    {
        if (!is_meant(row, w)) continue;
        found = true;
        if (json_is_array(json_object_get(row, "fix"))) return PTG_OK;
    }
    return fail(err, PTG_ERROR_USAGE, "--apply-fixes: %s '%s'%s%s%s%s.",
                found ? "there is no fix for finding" : "this job has no finding", text_shown(w->id, &id),
                w->column.data ? " on column '" : "", w->column.data ? text_shown(w->column, &name) : "",
                w->column.data ? "'" : "", found ? "; its advice says what to do" : "; findings.json holds those that it has");
}

static ptg_status check_which(const json_t *findings, const char *which, ptg_error *err)
{
    if (!*which) return fail(err, PTG_ERROR_USAGE, "--apply-fixes takes all, high, or findings by name.");
    if (strcmp(which, "all") == 0 || strcmp(which, "high") == 0) return PTG_OK;
    for (const char *at = which; *at;) {
        const wanted_fix w = next_wanted(&at);
        TRY(check_wanted(findings, &w, err));
    }
    return PTG_OK;
}

/* Whether the plan already is as the patch would make it: without its tests it changes nothing. */
static bool is_applied(const json_t *document, const json_t *fix)
{
    json_t *bare = json_array(), *operation, *patched = NULL;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)fix, i, operation)
    {
        if (strcmp(json_text_or(operation, "op", ""), "test") != 0) json_array_append(bare, operation);
    }
    const bool same = json_patch_apply(document, bare, &patched, NULL) == PTG_OK && json_equal(document, patched);
    json_decref(bare);
    json_decref(patched);
    return same;
}

static ptg_status check_plan(const fixing *x, json_t *document, bool on_table, ptg_error *err)
{
    if (on_table) return job_check_on_table(document, x->table, x->about, err);
    plan *p;
    TRY(plan_read(document, &p, err));
    ptg_status status = plan_check(p, x->table, err);
    plan_free(p);
    return status;
}

/* The plan with the patch, and with pipelines that follow; new reference. */
static ptg_status patched_plan(const fixing *x, const json_t *fix, json_t **out, ptg_error *err)
{
    json_t *next;
    TRY(json_patch_apply(x->plan, fix, &next, err));
    ptg_status status = plan_follow(x->plan, next, x->table, err);
    if (status == PTG_OK) status = check_plan(x, next, x->check_each, err);
    if (status == PTG_OK)
        *out = next;
    else
        json_decref(next);
    return status;
}

static ptg_status note(fixing *x, const json_t *row, const char *became, const char *words, ptg_error *err)
{
    json_t *out = json_pack("{s:O,s:O,s:s,s:o}", "id", json_object_get(row, "id"), "columns", json_object_get(row, "columns"),
                            "state", became, "text", json_text(text_of(words)));
    return out && json_array_append_new(x->outcome, out) == 0 ? PTG_OK : fail_memory(err);
}

/* A patch that does not fit is no failure: it is said, and the plan stays. */
static ptg_status apply_one(fixing *x, const json_t *row, ptg_error *err)
{
    const json_t *fix = json_object_get(row, "fix");
    const finding_kind *kind = finding_find(json_text_or(row, "id", ""));
    ptg_error reason = {0};
    json_t *next;
    if (is_applied(x->plan, fix)) return note(x, row, "already", "The plan is so already.", err);
    const ptg_status status = patched_plan(x, fix, &next, &reason);
    if (status == PTG_ERROR_MEMORY) return fail_memory(err);
    if (status != PTG_OK) return note(x, row, "refused", reason.message, err);
    json_decref(x->plan);
    x->plan = next;
    x->changed = true;
    return note(x, row, "applied", kind && kind->fix ? kind->fix : "The plan was changed.", err);
}

static ptg_status apply_chosen(fixing *x, const json_t *stored, const char *which, ptg_error *err)
{
    size_t i;
    json_t *row;
    json_decref(x->plan);
    json_decref(x->outcome);
    x->plan = json_deep_copy(stored);
    x->outcome = json_array();
    x->changed = false;
    if (!x->plan || !x->outcome) return fail_memory(err);
    json_array_foreach(x->findings, i, row) if (is_chosen(row, which)) TRY(apply_one(x, row, err));
    return PTG_OK;
}

static ptg_status fixing_open(const char *job, fixing *x, ptg_error *err)
{
    char *path = file_join(job, "data/table.frame");
    ptg_status status = path ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) status = folder_read_json(job, "findings.json", &x->findings, err);
    if (status == PTG_OK) status = folder_read_json(job, "job.json", &x->about, err);
    if (status == PTG_OK) status = frame_open(path, &x->table, err);
    mem_free(path);
    return status;
}

static ptg_status fix_locked(const char *job, const char *which, fixing *x, ptg_error *err)
{
    json_t *stored = NULL;
    ptg_status status = PTG_OK;
    GO(fixing_open(job, x, err));
    GO(folder_read_json(job, "plan.json", &stored, err));
    GO(check_which(x->findings, which, err));
    GO(apply_chosen(x, stored, which, err));
    if (x->changed && check_plan(x, x->plan, true, NULL) != PTG_OK) {
        x->check_each = true;
        GO(apply_chosen(x, stored, which, err));
    }
    if (x->changed) GO(folder_write_json(job, "plan.json", x->plan, err));
done:
    json_decref(stored);
    return status;
}

ptg_status ptg_plan_apply_fixes(const char *job, const char *which, char **json, ptg_error *err)
{
    fixing x = {0};
    text_buffer b = {0};
    TRY(folder_check(job, err));
    TRY(folder_lock(job, err));
    ptg_status status = fix_locked(job, which, &x, err);
    folder_unlock(job);
    if (status == PTG_OK) {
        json_write(&b, x.outcome, 1, false);
        *json = text_buffer_take(&b);
        if (!*json) status = fail_memory(err);
    }
    fixing_clear(&x);
    return status;
}
