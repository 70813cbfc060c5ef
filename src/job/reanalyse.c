/* Analysing a job's table again under other settings (analysis_knobs.h): the frame as it was read lies in the job folder, so
 * that setting a value back gives the first analysis again. Everything is made before anything is written, and all is written
 * or nothing. A plan that nobody edited is made anew, as types decide about pipelines; an edited one keeps its edits and gets
 * the types and missing tokens that were turned. */
#include <string.h>

#include "base/file.h"
#include "job/analysis_knobs.h"
#include "job/folder.h"
#include "job/job.h"

static ptg_status open_frame(const char *folder, const char *name, frame **out, ptg_error *err)
{
    char *path = file_join(folder, name);
    ptg_status status = path ? frame_open(path, out, err) : fail_memory(err);
    mem_free(path);
    return status;
}

/* The table as it was read, without the rows of --validation, which lie in a frame of their own. */
static ptg_status open_table(ptg_job *j, frame **found, ptg_error *err)
{
    bool apart = folder_has(j->folder, "data/analysed.frame");
    j->validation_rows = json_integer_or(j->document, "validation_rows", 0);
    if (j->validation_rows > 0 && !apart)
        return fail(err, PTG_ERROR_USAGE,
                    "'%.160s' was made by an older version, which kept no table to analyse again; plan the table again.",
                    j->folder);
    if (apart) TRY(open_frame(j->folder, "data/validation.frame", &j->held_out, err));
    return open_frame(j->folder, apart ? "data/analysed.frame" : "data/table.frame", found, err);
}

/* The request as job.json holds it, in a job that no thread walks. */
static ptg_status open_job(const char *folder, json_t *document, ptg_job **out, ptg_error *err)
{
    char *asked = json_canonical(json_object_get(document, "request"));
    ptg_status status = asked ? job_new(asked, out, err) : fail_memory(err);
    mem_free(asked);
    TRY(status);
    ptg_job *j = *out;
    j->document = json_incref(document);
    j->folder = mem_text(folder, strlen(folder));
    j->pool = pool_new(pool_processors());
    if (!j->folder || !j->pool) return fail_memory(err);
    return folder_read_json(folder, "profile.json", &j->former, err);
}

/* Types, tokens and formats of the columns whose settings were turned, into an edited plan. */
static ptg_status patch_columns(const ptg_job *j, const json_t *before, json_t *plan_document, ptg_error *err)
{
    static const char *const lists[] = {"types", "missing_tokens", "formats"};
    json_t *columns = json_object_get(plan_document, "columns");
    for (int32_t i = 0; i < frame_columns(j->frame); i++) {
        const column *c = frame_column(j->frame, i);
        json_t *name = json_text(c->name), *entry = name ? json_object_get(columns, json_string_value(name)) : NULL;
        bool turned = false;
        for (int k = 0; entry && k < 3; k++) {
            const char *key = json_string_value(name);
            const json_t *was = json_object_get(json_object_get(before, lists[k]), key);
            const json_t *is = json_object_get(json_object_get(j->knobs, lists[k]), key);
            turned = turned || !(was == is || json_equal(was, is));
        }
        json_decref(name);
        if (!turned) continue;
        json_t *tokens = json_array();
        for (int32_t t = 0; tokens && t < c->n_missing_tokens; t++)
            json_array_append_new(tokens, json_text(c->missing_tokens[t]));
        int failed = json_object_set_new(entry, "missing_tokens", tokens);
        failed |= json_object_set_new(entry, "type", json_string(column_type_names[c->type]));
        if (c->type == COLUMN_DATETIME && c->other_format.size > 0)
            failed |= json_object_set_new(entry, "format", json_text(c->format));
        failed |= json_object_set_new(entry, "reason", json_string("Set in the data exploration notebook."));
        if (failed) return fail_memory(err);
    }
    return PTG_OK;
}

static ptg_status make_plan_again(ptg_job *j, ptg_error *err)
{
    json_t *missing = NULL;
    plan_wishes wishes = job_wishes(j);
    ptg_status status = plan_make(j->frame, &j->facts, &wishes, &j->plan_document, &missing, err);
    json_decref(missing);
    TRY(status);
    TRY(job_follow_plan(j, err));
    json_t *classes = job_labels(j->facts.classes, j->facts.n_classes);
    return json_object_set_new(j->document, "classes", classes) == 0 ? PTG_OK : fail_memory(err);
}

/* Fills j->plan_document, and `*anew` when it was made again; leaves it NULL where the job has no plan. */
static ptg_status adapt_plan(ptg_job *j, const json_t *before, bool *anew, ptg_error *err)
{
    json_t *now = NULL, *planned = NULL;
    ptg_status status = PTG_OK;
    *anew = false;
    if (!folder_has(j->folder, "plan.json")) return PTG_OK;
    GO(folder_read_json(j->folder, "plan.json", &now, err));
    GO(folder_read_json(j->folder, "data/planned.json", &planned, err));
    *anew = json_equal(now, planned);
    if (*anew) {
        GO(make_plan_again(j, err));
    } else {
        if (!(j->plan_document = json_deep_copy(now))) GO(fail_memory(err));
        GO(patch_columns(j, before, j->plan_document, err));
        GO(plan_follow(now, j->plan_document, j->found ? j->found : j->frame, err));
    }
    GO(job_check_plan(j->folder, j->plan_document, err));
done:
    json_decref(now);
    json_decref(planned);
    return status;
}

static ptg_status write_all(ptg_job *j, bool anew, ptg_error *err)
{
    if (json_object_set(j->document, "analysis", j->knobs) != 0) return fail_memory(err);
    const folder_document documents[] = {{"profile.json", j->profile},
                                         {"findings.json", j->findings},
                                         {"data/planned.json", anew ? j->plan_document : NULL},
                                         {"plan.json", j->plan_document},
                                         {"job.json", j->document}};
    return folder_change(j->folder, documents, sizeof documents / sizeof documents[0], err);
}

static ptg_status analyse_again(ptg_job *j, const json_t *changes, ptg_error *err)
{
    frame *found = NULL;
    bool anew;
    const json_t *before = json_object_get(j->document, "analysis");
    TRY(open_table(j, &found, err));
    j->frame = found;
    TRY(knobs_merge(before, changes, found, &j->knobs, err));
    json_t *untouched = before ? json_incref((json_t *)(uintptr_t)before) : knobs_new();
    bool same = json_equal(j->knobs, untouched);
    ptg_status status = PTG_OK;
    if (!untouched) GO(fail_memory(err));
    if (same) goto done;
    if (knobs_retype(j->knobs)) {
        j->found = found;
        j->frame = NULL;
        GO(knobs_frame(j->knobs, found, &j->frame, err));
    }
    GO(stage_analyse(j, err));
    GO(adapt_plan(j, untouched, &anew, err));
    GO(write_all(j, anew, err));
done:
    json_decref(untouched);
    return status;
}

static ptg_status configure_locked(const char *folder, const json_t *changes, ptg_error *err)
{
    json_t *document = NULL;
    ptg_job *j = NULL;
    TRY(folder_read_json(folder, "job.json", &document, err));
    ptg_status status = open_job(folder, document, &j, err);
    json_decref(document);
    if (status == PTG_OK) status = analyse_again(j, changes, err);
    job_free(j);
    return status;
}

ptg_status ptg_analysis_configure(const char *job, const char *settings, ptg_error *err)
{
    json_t *changes;
    text_shown_buffer shown;
    if (!folder_has(job, "job.json") || !folder_has(job, "profile.json") || !folder_has(job, "data/table.frame"))
        return fail(err, PTG_ERROR_USAGE,
                    "'%s' holds no table to analyse again; `pilotage profile`, `plan` and `run` make one.",
                    text_shown(text_of(job), &shown));
    ptg_status status = json_read(text_of(settings), "The settings of the analysis", &changes, err);
    if (status == PTG_ERROR_FORMAT) {
        if (err) err->status = PTG_ERROR_USAGE; /* the caller's own text */
        return PTG_ERROR_USAGE;
    }
    TRY(status);
    status = folder_lock(job, err);
    if (status == PTG_OK) {
        status = configure_locked(job, changes, err);
        folder_unlock(job);
    }
    json_decref(changes);
    return status;
}
