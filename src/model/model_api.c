/* The public functions of include/pilotage/model.h on a model; opening one stands in job/, which knows job folders. */
#include "pilotage/model.h"

#include <string.h>

#include "model/predict.h"

struct ptg_model {
    model *fitted;
};

ptg_status model_hand_over(model *take, ptg_model **out, ptg_error *err)
{
    *out = mem_array(1, sizeof **out);
    if (!*out) {
        model_free(take);
        return fail_memory(err);
    }
    (*out)->fitted = take;
    return PTG_OK;
}

void ptg_model_free(ptg_model *m)
{
    if (!m) return;
    model_free(m->fitted);
    mem_free(m);
}

ptg_status ptg_model_describe(const ptg_model *m, char **json, ptg_error *err)
{
    *json = NULL;
    json_t *about = model_describe(m->fitted);
    if (!about) return fail_memory(err);
    text_buffer b = {0};
    json_write(&b, about, 2, false);
    json_decref(about);
    *json = text_buffer_take(&b);
    return *json ? PTG_OK : fail_memory(err);
}

/* "keep" as a list of names in the arena. */
static ptg_status read_keep(const json_t *object, arena *a, predict_options *out, ptg_error *err)
{
    const json_t *keep = json_object_get(object, "keep");
    if (!keep || json_is_null(keep)) return PTG_OK;
    size_t n = json_array_size(keep);
    const char **names = arena_array(a, (int64_t)n, sizeof *names);
    if (!names) return fail_memory(err);
    bool fine = json_is_array(keep);
    for (size_t i = 0; i < n; i++) {
        names[i] = json_string_value(json_array_get(keep, i));
        fine = fine && names[i];
    }
    if (!fine) return fail(err, PTG_ERROR_USAGE, "options: /keep must be a list of column names.");
    out->keep = names;
    out->n_keep = (int32_t)n;
    return PTG_OK;
}

static ptg_status read_options(const json_t *object, arena *a, predict_options *out, ptg_error *err)
{
    static const char *const keys[] = {"allow_missing", "keep", NULL};
    if (!json_is_object(object)) return fail(err, PTG_ERROR_USAGE, "options: a JSON object is needed.");
    if (json_only_keys(object, "options", keys, err) != PTG_OK) {
        if (err) err->status = PTG_ERROR_USAGE;
        return PTG_ERROR_USAGE;
    }
    const json_t *allow = json_object_get(object, "allow_missing");
    if (allow && !json_is_boolean(allow)) return fail(err, PTG_ERROR_USAGE, "options: /allow_missing must be true or false.");
    out->allow_missing = json_is_true(allow);
    return read_keep(object, a, out, err);
}

ptg_status ptg_model_predict_file(const ptg_model *m, const char *table, const char *output, const char *options,
                                  ptg_error *err)
{
    json_t *object = NULL;
    predict_options o = {0};
    arena *scratch = arena_new();
    ptg_status status = scratch ? PTG_OK : fail_memory(err);
    if (status == PTG_OK && options) status = json_read(text_of(options), "options", &object, err);
    if (status == PTG_OK && options) status = read_options(object, scratch, &o, err);
    if (status == PTG_OK) status = model_predict_csv(m->fitted, table, output, &o, err);
    json_decref(object);
    arena_free(scratch);
    return status;
}

ptg_status ptg_model_predict_table(const ptg_model *m, ptg_table *table, int allow_missing, double *out, int32_t *labels,
                                   ptg_error *err)
{
    frame *f = NULL;
    TRY(ptg_table_frame(table, &f, err));
    TRY(model_predict_frame(m->fitted, f, allow_missing != 0, out, err));
    for (int64_t i = 0; labels && i < frame_rows(f); i++)
        labels[i] = model_label(m->fitted, out + i * model_width(m->fitted));
    return PTG_OK;
}
