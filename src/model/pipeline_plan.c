/* Steps of plan.json, checked: names, columns, parameters. */
#include <string.h>

#include "model/pipeline.h"

static ptg_status refuse_step(const char *name, const char *path, ptg_error *err)
{
    text_buffer names = {0};
    for (int32_t i = 0; i < n_transformers; i++) {
        if (i > 0) text_append(&names, ", ");
        text_append(&names, transformers[i]->name);
    }
    ptg_status status = text_buffer_check(&names, err);
    text_shown_buffer shown;
    if (status == PTG_OK)
        status = fail(err, PTG_ERROR_USAGE, "%s/step: no preprocessor '%s'; there are %s.", path,
                      text_shown(text_of(name), &shown), names.data);
    text_buffer_clear(&names);
    return status;
}

static ptg_status read_selector(const char *selector, const char *path, pipeline_step_plan *out, ptg_error *err)
{
    for (int32_t i = 0; pipeline_selectors[i] != NULL; i++)
        if (strcmp(selector, pipeline_selectors[i]) == 0) {
            out->selector = pipeline_selectors[i];
            return PTG_OK;
        }
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_USAGE,
                "%s/columns: '%s' is no selector; give a list of names, or numeric, categorical, text, datetime, "
                "real or *.",
                path, text_shown(text_of(selector), &shown));
}

static ptg_status read_names(const json_t *list, const char *path, arena *a, pipeline_step_plan *out, ptg_error *err)
{
    size_t n = json_array_size(list);
    if (n == 0 || n > INT32_MAX) return fail(err, PTG_ERROR_USAGE, "%s/columns is empty; name at least one column.", path);
    const char **names = arena_array(a, (int64_t)n, sizeof *names);
    if (names == NULL) return fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const json_t *name = json_array_get(list, i);
        if (!json_is_string(name)) return fail(err, PTG_ERROR_USAGE, "%s/columns/%zu must be a column's name.", path, i);
        names[i] = arena_text(a, json_string_value(name), json_string_length(name));
        if (names[i] == NULL) return fail_memory(err);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(names[i], names[j]) != 0) continue;
            text_shown_buffer shown;
            return fail(err, PTG_ERROR_USAGE, "%s/columns names '%s' twice.", path, text_shown(text_of(names[i]), &shown));
        }
    }
    out->columns = names;
    out->n_columns = (int32_t)n;
    return PTG_OK;
}

static ptg_status read_columns(const json_t *step, const char *path, arena *a, pipeline_step_plan *out, ptg_error *err)
{
    const json_t *columns = json_object_get(step, "columns");
    if (json_is_string(columns)) return read_selector(json_string_value(columns), path, out, err);
    if (json_is_array(columns)) return read_names(columns, path, a, out, err);
    return fail(err, PTG_ERROR_USAGE,
                "%s/columns must be a list of names, or one of numeric, categorical, text, datetime, real, *.", path);
}

static ptg_status read_parameters(const json_t *step, const char *path, arena *a, pipeline_step_plan *out, ptg_error *err)
{
    const json_t *given = json_object_get(step, "parameters");
    const char *inner = arena_print(a, "%s/parameters", path);
    if (inner == NULL) return fail_memory(err);
    parameter_value *values = NULL;
    TRY(parameter_read(out->t->parameters, out->t->n_parameters, given, inner, a, &values, err));
    out->parameters = values;
    ptg_status status = out->t->check == NULL ? PTG_OK : out->t->check(values, err);
    return status == PTG_OK ? PTG_OK : fail_within(err, status, "%s", inner);
}

static ptg_status read_step(const json_t *step, const char *path, arena *a, pipeline_step_plan *out, ptg_error *err)
{
    static const char *const keys[] = {"step", "columns", "parameters", NULL};
    if (!json_is_object(step))
        return fail(err, PTG_ERROR_USAGE, "%s must be an object with step, columns and parameters.", path);
    TRY(json_only_keys(step, path, keys, err));
    const char *name = json_string_value(json_object_get(step, "step"));
    if (name == NULL) return fail(err, PTG_ERROR_USAGE, "%s/step must be the name of a preprocessor.", path);
    out->t = transformer_find(name);
    if (out->t == NULL) return refuse_step(name, path, err);
    TRY(read_columns(step, path, a, out, err));
    return read_parameters(step, path, a, out, err);
}

ptg_status pipeline_plan_read(const json_t *steps, const char *path, arena *a, pipeline_plan *out, ptg_error *err)
{
    size_t n = json_array_size(steps);
    if (!json_is_array(steps)) return fail(err, PTG_ERROR_USAGE, "%s must be a list of steps.", path);
    if (n > INT32_MAX) return fail(err, PTG_ERROR_USAGE, "%s has too many steps.", path);
    pipeline_step_plan *plans = arena_array(a, (int64_t)n, sizeof *plans);
    if (plans == NULL) return fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const char *inner = arena_print(a, "%s/%zu", path, i);
        if (inner == NULL) return fail_memory(err);
        TRY(read_step(json_array_get(steps, i), inner, a, &plans[i], err));
    }
    *out = (pipeline_plan){plans, (int32_t)n};
    return PTG_OK;
}
