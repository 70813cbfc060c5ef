/* The steps that candidates run: those of /pipelines without the columns that the plan does not use as features, so that a
 * column is taken out by its role alone. A step that is left with no column is left out. Names that are no columns of the table
 * stay: an earlier step may make them, else the candidate fails and says so. */
#include "plan/plan_steps.h"

#include <string.h>

static bool is_left_out(const json_t *columns, const char *name)
{
    const char *role = json_text_or(json_object_get(columns, name), "role", NULL);
    return role && strcmp(role, "feature") != 0;
}

/* The step itself where all its columns are used; NULL in `*out` where none is. */
static ptg_status narrow_step(json_t *step, const json_t *columns, json_t **out, ptg_error *err)
{
    size_t i;
    json_t *name;
    const json_t *names = json_object_get(step, "columns");
    *out = NULL;
    if (!json_is_array(names)) {
        *out = json_incref(step);
        return PTG_OK;
    }
    json_t *used = json_array();
    if (!used) return fail_memory(err);
    bool appended = true;
    json_array_foreach(names, i, name) if (!is_left_out(columns, json_string_value(name))) appended =
        appended && json_array_append(used, name) == 0;
    if (json_array_size(used) > 0) *out = json_copy(step);
    bool whole = appended && (json_array_size(used) == 0 || (*out && json_object_set(*out, "columns", used) == 0));
    json_decref(used);
    return whole ? PTG_OK : fail_memory(err);
}

static ptg_status narrow_pipeline(const json_t *steps, const json_t *columns, json_t *out, ptg_error *err)
{
    size_t i;
    json_t *step, *narrowed;
    json_array_foreach(steps, i, step)
    {
        TRY(narrow_step(step, columns, &narrowed, err));
        if (narrowed && json_array_append_new(out, narrowed) != 0) return fail_memory(err);
    }
    return PTG_OK;
}

ptg_status plan_used_steps(const json_t *pipelines, const json_t *columns, json_t **out, ptg_error *err)
{
    const char *name;
    json_t *steps;
    *out = json_object();
    if (!*out) return fail_memory(err);
    json_object_foreach((json_t *)pipelines, name, steps)
    {
        json_t *narrowed = json_array();
        if (json_object_set_new(*out, name, narrowed) != 0) return fail_memory(err);
        TRY(narrow_pipeline(steps, columns, narrowed, err));
    }
    return PTG_OK;
}
