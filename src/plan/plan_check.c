/* Whether a plan fits its table and this machine: what plan_read cannot know from the document alone. */
#include <string.h>

#include "base/number.h"
#include "compute/machine.h"
#include "plan/plan_rows.h"

static ptg_status check_columns(const plan *p, const frame *f, ptg_error *err)
{
    for (int32_t i = 0; i < p->n_columns; i++) {
        text_shown_buffer shown;
        if (frame_find(f, text_of(p->columns[i].name)) < 0)
            return fail(err, PTG_ERROR_USAGE, "plan.json: /columns/%s: the table has no such column.",
                        text_shown(text_of(p->columns[i].name), &shown));
    }
    return PTG_OK;
}

/* Whether some cell reads like the label; numbers are compared as such. */
static bool has_label(const frame *f, const column *c, const char *label)
{
    double number;
    bool is_number = number_read(text_of(label), &number);
    for (int32_t k = 0; k < c->n_levels; k++)
        if (text_equal_to(c->levels[k], label)) return true;
    for (int64_t i = 0; i < frame_rows(f); i++) {
        if (c->numbers && is_number && c->numbers[i] == number) return true;
        if (c->cells && text_equal_to(c->cells[i], label)) return true;
    }
    return false;
}

static ptg_status check_positive(const plan *p, const frame *f, ptg_error *err)
{
    if (!p->positive_class) return PTG_OK;
    const char *target = p->columns[plan_role(p, ROLE_TARGET)].name;
    text_shown_buffer label, name;
    if (has_label(f, frame_column(f, frame_find(f, text_of(target))), p->positive_class)) return PTG_OK;
    return fail(err, PTG_ERROR_USAGE, "plan.json: /positive_class is '%s', which is no label of target column '%s'.",
                text_shown(text_of(p->positive_class), &label), text_shown(text_of(target), &name));
}

/* A step's column is one of the table, or was made of one by an earlier step: then its name begins with that one's. */
static bool can_exist(const frame *f, const char *name)
{
    for (int32_t i = 0; i < frame_columns(f); i++) {
        text known = frame_column(f, i)->name;
        if (known.size > 0 && (int64_t)strlen(name) >= known.size && memcmp(name, known.data, (size_t)known.size) == 0)
            return true;
    }
    return false;
}

static ptg_status check_step(const frame *f, const char *pipeline, size_t place, const json_t *step, ptg_error *err)
{
    const json_t *columns = json_object_get(step, "columns");
    for (size_t k = 0; k < json_array_size(columns); k++) {
        const char *name = json_string_value(json_array_get(columns, k));
        text_shown_buffer shown, where;
        if (can_exist(f, name)) continue;
        return fail(err, PTG_ERROR_USAGE,
                    "plan.json: /pipelines/%s/%zu/columns: neither the table nor an earlier step has a column '%s'.",
                    text_shown(text_of(pipeline), &where), place, text_shown(text_of(name), &shown));
    }
    return PTG_OK;
}

static ptg_status check_pipelines(const plan *p, const frame *f, ptg_error *err)
{
    const char *name;
    json_t *steps, *step;
    size_t i;
    json_object_foreach(json_object_get(p->document, "pipelines"), name, steps) json_array_foreach(steps, i, step)
        TRY(check_step(f, name, i, step, err));
    return PTG_OK;
}

static ptg_status check_instance(const plan *p, ptg_error *err)
{
    machine m;
    instance_type ignored;
    TRY(machine_read(&m, err));
    ptg_status status = instance_find(p->instance, &m, &ignored, err);
    return status == PTG_OK ? PTG_OK : fail_within(err, status, "plan.json: /compute/instance");
}

ptg_status plan_check(const plan *p, const frame *f, ptg_error *err)
{
    TRY(check_columns(p, f, err));
    TRY(check_positive(p, f, err));
    TRY(check_pipelines(p, f, err));
    TRY(plan_rows_check(p, f, err));
    return check_instance(p, err);
}
