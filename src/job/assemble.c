/* Reading fold files into a model. */
#include "job/assemble.h"

#include <math.h>
#include <string.h>

#include "tune/fold_work.h"

/* How a table is read for this model: only the features. */
static json_t *feature_schema(const task *t)
{
    json_t *schema = frame_schema(t->frame), *columns = json_object_get(schema, "columns");
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(columns, next, name, value)
    {
        bool used = false;
        for (int32_t i = 0; i < t->n_features && !used; i++)
            used = text_equal_to(frame_column(t->frame, t->features[i])->name, name);
        if (!used) json_object_del(columns, name);
    }
    return schema;
}

static ptg_status fill_head(const assemble_request *r, model *m, ptg_error *err)
{
    const task *t = r->task;
    m->problem = t->problem;
    m->n_classes = t->n_classes;
    m->positive = t->problem == PROBLEM_BINARY ? t->positive : -1;
    m->target = arena_print(m->memory, "%s", r->plan->columns[plan_role(r->plan, ROLE_TARGET)].name);
    m->objective = arena_print(m->memory, "%s", r->plan->objective_name);
    m->classes = arena_array(m->memory, t->n_classes, sizeof *m->classes);
    m->schema = feature_schema(t);
    if (!m->target || !m->objective || !m->classes || !m->schema) return fail_memory(err);
    for (int32_t k = 0; k < t->n_classes; k++) {
        const char *label = arena_text(m->memory, t->classes[k].data, (size_t)t->classes[k].size);
        if (!label) return fail_memory(err);
        m->classes[k] = (text){label, t->classes[k].size};
    }
    for (int64_t i = 0; i < t->n_rows; i++)
        m->n_training_rows += t->split.fold[i] != SPLIT_NEVER_USED;
    m->threshold = isnan(r->threshold) ? 0.5 : r->threshold;
    m->temperature = r->temperature;
    m->floor = t->problem == PROBLEM_REGRESSION ? 0 : model_floor(m->n_training_rows, m->n_classes);
    return PTG_OK;
}

static ptg_status fill_member(const assemble_request *r, model *m, int32_t i, ptg_error *err)
{
    const assemble_part *part = &r->parts[i];
    int32_t n = r->all_rows ? 1 : r->task->split.n_folds;
    TRY(model_make_folds(m, i, part->name, part->weight, n, err));
    for (int32_t f = 0; f < n; f++) {
        model_fold *fold = &m->members[i].folds[f];
        TRY(fold_read_model(r->job, part->key, r->all_rows ? -1 : f, &fold->steps, &fold->learner, err));
    }
    return PTG_OK;
}

ptg_status assemble_model(const assemble_request *request, model **out, ptg_error *err)
{
    *out = NULL;
    model *m = model_new();
    if (!m) return fail_memory(err);
    ptg_status status = PTG_OK;
    GO(fill_head(request, m, err));
    GO(model_make_members(m, request->n_parts, err));
    for (int32_t i = 0; i < request->n_parts; i++)
        GO(fill_member(request, m, i, err));
    GO(model_complete(m, err));
    *out = m;
    return PTG_OK;
done:
    model_free(m);
    return status;
}
