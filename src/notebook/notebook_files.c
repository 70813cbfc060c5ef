/* The public functions of the notebooks: they read the documents of a job folder and write both notebooks, or give one section.
 * What the table profile of `pilotage profile` lacks (job, plan, leaderboard) may be missing. */
#include <string.h>

#include "base/file.h"
#include "base/file_change.h"
#include "base/memory.h"
#include "notebook/candidates.h"
#include "notebook/edited.h"
#include "notebook/exploration.h"
#include "pilotage/job.h"

typedef struct documents {
    json_t *job, *plan, *profile, *findings, *leaderboard, *shapes;
} documents;

static void clear_documents(documents *d)
{
    json_decref(d->job);
    json_decref(d->plan);
    json_decref(d->profile);
    json_decref(d->findings);
    json_decref(d->leaderboard);
    json_decref(d->shapes);
}

/* `required`: a missing file is an error; else it leaves NULL. */
static ptg_status read_document(const char *folder, const char *name, bool required, json_t **out, ptg_error *err)
{
    char *path = file_change_path(folder, name);
    if (!path) return fail_memory(err);
    ptg_status status = required || file_exists(path) ? json_read_file(path, out, err) : PTG_OK;
    mem_free(path);
    return status;
}

static bool has_file(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    bool there = path && file_exists(path);
    mem_free(path);
    return there;
}

static ptg_status read_exploration(const char *folder, documents *d, ptg_error *err)
{
    text_shown_buffer shown;
    if (!has_file(folder, "profile.json"))
        return fail(err, PTG_ERROR_USAGE, "'%s' is not a job folder: it holds no profile.json.",
                    text_shown(text_of(folder), &shown));
    TRY(read_document(folder, "profile.json", true, &d->profile, err));
    TRY(read_document(folder, "findings.json", false, &d->findings, err));
    return read_document(folder, "job.json", false, &d->job, err);
}

static ptg_status read_candidates(const char *folder, documents *d, ptg_error *err)
{
    TRY(read_document(folder, "plan.json", true, &d->plan, err));
    TRY(read_document(folder, "leaderboard.json", false, &d->leaderboard, err));
    TRY(read_document(folder, "shapes.json", false, &d->shapes, err));
    if (d->job) return PTG_OK;
    return read_document(folder, "job.json", false, &d->job, err);
}

static ptg_status take_section(const char *job, const char *section, documents *d, json_t **bundle, ptg_error *err)
{
    if (candidates_has(section)) {
        TRY(read_candidates(job, d, err));
        candidates c = {d->job, d->plan, d->leaderboard, NULL, d->shapes};
        return candidates_section(&c, section, bundle, err);
    }
    TRY(read_exploration(job, d, err));
    exploration x = {d->profile, d->findings, d->job};
    return exploration_section(&x, section, bundle, err);
}

ptg_status ptg_notebook_section(const char *job, const char *section, char **json, ptg_error *err)
{
    documents d = {0};
    json_t *bundle = NULL;
    text_buffer b = {0};
    ptg_status status = PTG_OK;
    *json = NULL;
    GO(take_section(job, section, &d, &bundle, err));
    json_write(&b, bundle, 0, true);
    GO(text_buffer_check(&b, err));
    *json = text_buffer_take(&b);
done:
    text_buffer_clear(&b);
    json_decref(bundle);
    clear_documents(&d);
    return status;
}

static ptg_status write_notebook(const char *folder, const char *name, const text_buffer *content, ptg_error *err)
{
    char *path = file_join(folder, name);
    if (!path) return fail_memory(err);
    ptg_status status = edited_set_aside(folder, name, content, err);
    if (status == PTG_OK) status = file_replace(path, content->data, content->size, err);
    mem_free(path);
    return status;
}

static ptg_status write_both(const char *job, const char *folder, const char *candidate, documents *d, ptg_error *err)
{
    text_buffer first = {0}, second = {0};
    ptg_status status = PTG_OK;
    GO(read_exploration(job, d, err));
    GO(file_make_folder(folder, 0777, err));
    exploration x = {d->profile, d->findings, d->job};
    GO(exploration_write(&x, &first, err));
    GO(write_notebook(folder, "PilotageDataExploration.ipynb", &first, err));
    if (!has_file(job, "plan.json")) goto done;
    GO(read_candidates(job, d, err));
    candidates c = {d->job, d->plan, d->leaderboard, candidate, d->shapes};
    if (candidate && !json_object_get(json_object_get(d->plan, "candidates"), candidate)) {
        text_shown_buffer shown;
        GO(fail(err, PTG_ERROR_USAGE, "plan.json has no candidate '%s'; `pilotage candidates` lists them",
                text_shown(text_of(candidate), &shown)));
    }
    GO(candidates_write(&c, &second, err));
    GO(write_notebook(folder, "PilotageCandidateDefinition.ipynb", &second, err));
done:
    text_buffer_clear(&first);
    text_buffer_clear(&second);
    return status;
}

ptg_status ptg_notebook_write(const char *job, const char *candidate, ptg_error *err)
{
    documents d = {0};
    char *folder = file_join(job, "notebooks");
    if (!folder) return fail_memory(err);
    ptg_status status = write_both(job, folder, candidate, &d, err);
    mem_free(folder);
    clear_documents(&d);
    return status;
}

ptg_status ptg_notebook_page(const char *job, const char *path, ptg_error *err)
{
    documents d = {0};
    text_buffer page = {0};
    ptg_status status = PTG_OK;
    GO(read_exploration(job, &d, err));
    exploration x = {d.profile, d.findings, d.job};
    GO(exploration_page(&x, &page, err));
    GO(file_replace(path, page.data, page.size, err));
done:
    text_buffer_clear(&page);
    clear_documents(&d);
    return status;
}
