/* Pipelines that follow changed columns. Steps name their columns, so a column of another type must change its steps: it is
 * taken out of all lists, and each step that planning would give it now is joined where the pipeline has it (same preprocessor,
 * same parameters) or put in where planning would put it. All else that the user wrote into a pipeline stays. */
#include <string.h>

#include "plan/plan_make.h"

/* One column that has changed. */
typedef struct changed_column {
    const frame *f; /* as the new plan reads it */
    const char *name;
    int32_t at;                 /* its number in the frame */
    const profile_facts *facts; /* of it alone: all other columns are ignored */
} changed_column;

static bool has_changed(const json_t *before, const json_t *after)
{
    static const char *const members[] = {"type", "role", "missing_tokens"};
    if (strcmp(json_text_or(after, "role", ""), "feature") != 0) return false;
    for (int i = 0; i < 3; i++) {
        const json_t *was = json_object_get(before, members[i]), *is = json_object_get(after, members[i]);
        if (was != is && !json_equal(was, is)) return true;
    }
    return false;
}

/* Takes the name out of a step's list; true when the list is empty then. */
static bool leave_step(json_t *step, const char *name)
{
    json_t *columns = json_object_get(step, "columns"), *one;
    size_t i;
    if (!json_is_array(columns)) return false;
    json_array_foreach(columns, i, one)
    {
        if (strcmp(json_string_value(one), name) != 0) continue;
        json_array_remove(columns, i);
        break;
    }
    return json_array_size(columns) == 0;
}

static void leave_pipeline(json_t *steps, const char *name)
{
    for (size_t i = json_array_size(steps); i-- > 0;)
        if (leave_step(json_array_get(steps, i), name)) json_array_remove(steps, i);
}

static bool is_same_step(const json_t *a, const json_t *b)
{
    return strcmp(json_text_or(a, "step", ""), json_text_or(b, "step", " ")) == 0 &&
           json_equal(json_object_get(a, "parameters"), json_object_get(b, "parameters")) &&
           json_is_array(json_object_get(a, "columns")) == json_is_array(json_object_get(b, "columns"));
}

/* The place of a step among those that such a pipeline can have; -1 for one that a user wrote. */
static int64_t place_in_order(const json_t *order, const json_t *step)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)order, i, one) if (is_same_step(one, step)) return (int64_t)i;
    return -1;
}

/* Into the list of columns, in the order of the table. */
static ptg_status join_list(const changed_column *c, json_t *columns, ptg_error *err)
{
    size_t i = 0;
    while (i < json_array_size(columns) && frame_find(c->f, text_of(json_string_value(json_array_get(columns, i)))) < c->at)
        i++;
    return json_array_insert_new(columns, i, json_string(c->name)) == 0 ? PTG_OK : fail_memory(err);
}

/* `step` names the column alone: joins the same step of the pipeline, or puts it in before the first that comes later. */
static ptg_status join_pipeline(const changed_column *c, json_t *steps, const json_t *order, json_t *step, ptg_error *err)
{
    const int64_t place = place_in_order(order, step);
    size_t i;
    json_t *one;
    if (!json_is_array(json_object_get(step, "columns"))) return PTG_OK; /* by a selector: it is in already */
    json_array_foreach(steps, i, one) if (is_same_step(one, step)) return join_list(c, json_object_get(one, "columns"), err);
    size_t at = json_array_size(steps);
    for (i = json_array_size(steps); i-- > 0;)
        if (place_in_order(order, json_array_get(steps, i)) > place) at = i;
    return json_array_insert(steps, at, step) == 0 ? PTG_OK : fail_memory(err);
}

static ptg_status follow_in(const changed_column *c, const char *pipeline, json_t *steps, ptg_error *err)
{
    json_t *order = NULL, *wanted = NULL, *step;
    size_t i;
    ptg_status status = PTG_OK;
    leave_pipeline(steps, c->name);
    GO(plan_pipeline_steps(pipeline, c->f, NULL, &order, err));
    GO(plan_pipeline_steps(pipeline, c->f, c->facts, &wanted, err));
    json_array_foreach(wanted, i, step) GO(join_pipeline(c, steps, order, step, err));
done:
    json_decref(order);
    json_decref(wanted);
    return status;
}

/* Statistics of the one column, as planning needs them. */
static ptg_status learn_column(const plan *p, const frame *f, int32_t at, profile_facts *facts, ptg_error *err)
{
    double *sorted;
    int64_t n_sorted;
    const column *target = frame_column(f, frame_find(f, text_of(p->columns[plan_role(p, ROLE_TARGET)].name)));
    facts->n_rows = frame_rows(f);
    facts->n_columns = frame_columns(f);
    facts->n_labelled = facts->n_rows - target->n_missing - target->n_invalid;
    facts->columns = arena_array(p->memory, facts->n_columns, sizeof *facts->columns);
    if (!facts->columns) return fail_memory(err);
    for (int32_t i = 0; i < facts->n_columns; i++)
        facts->columns[i].role = i == at ? ROLE_FEATURE : ROLE_IGNORED;
    TRY(column_statistics_make(f, at, &facts->columns[at].statistics, &sorted, &n_sorted, err));
    mem_free(sorted);
    return PTG_OK;
}

static ptg_status follow_column(const plan *p, const frame *f, const char *name, json_t *pipelines, ptg_error *err)
{
    profile_facts facts = {0};
    changed_column c = {.f = f, .name = name, .at = frame_find(f, text_of(name)), .facts = &facts};
    if (c.at < 0) return PTG_OK; /* the check of the plan says it */
    TRY(learn_column(p, f, c.at, &facts, err));
    const char *pipeline;
    json_t *steps;
    json_object_foreach(pipelines, pipeline, steps) TRY(follow_in(&c, pipeline, steps, err));
    return PTG_OK;
}

ptg_status plan_follow(const json_t *before, json_t *document, const frame *f, ptg_error *err)
{
    plan *p;
    json_t *changes = NULL, *column_now;
    frame *typed = NULL;
    const char *name;
    ptg_status status = PTG_OK;
    TRY(plan_read(document, &p, err));
    GO(plan_retype(p, f, &changes, err));
    if (changes) GO(frame_retype(f, changes, &typed, err));
    json_object_foreach(json_object_get(document, "columns"), name, column_now)
    {
        if (!has_changed(json_object_get(json_object_get(before, "columns"), name), column_now)) continue;
        GO(follow_column(p, typed ? typed : f, name, json_object_get(document, "pipelines"), err));
    }
done:
    json_decref(changes);
    frame_free(typed);
    plan_free(p);
    return status;
}
