/* "rows" of a plan: {"duplicates": "keep" | "drop", "leave_out": [row, ...], "labels": {LABEL: read as}}. It is what fixes of
 * findings need, so that a table can be mended without writing it again. */
#include "plan/plan_rows.h"

#include <string.h>

json_t *plan_rows_default(void)
{
    return json_pack("{s:s,s:[],s:{}}", "duplicates", "keep", "leave_out", "labels");
}

static ptg_status read_duplicates(plan *p, const json_t *rows, ptg_error *err)
{
    const json_t *value = json_object_get(rows, "duplicates");
    if (!value) return PTG_OK;
    const char *word = json_is_string(value) ? json_string_value(value) : "";
    p->rows.drop_duplicates = strcmp(word, "drop") == 0;
    if (p->rows.drop_duplicates || strcmp(word, "keep") == 0) return PTG_OK;
    return fail(err, PTG_ERROR_USAGE, "plan.json: /rows/duplicates must be keep or drop.");
}

static ptg_status read_leave_out(plan *p, const json_t *rows, ptg_error *err)
{
    const json_t *list = json_object_get(rows, "leave_out");
    if (list && !json_is_array(list)) return fail(err, PTG_ERROR_USAGE, "plan.json: /rows/leave_out must be a list of rows.");
    int64_t *numbers = arena_array(p->memory, (int64_t)json_array_size(list), sizeof *numbers);
    if (!numbers) return fail_memory(err);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        if (!json_is_integer(row) || json_integer_value(row) < 0)
            return fail(err, PTG_ERROR_USAGE, "plan.json: /rows/leave_out/%zu must be the number of a row, from 0.", i);
        numbers[p->rows.n_leave_out++] = json_integer_value(row);
    }
    p->rows.leave_out = numbers;
    return PTG_OK;
}

static ptg_status read_labels(plan *p, const json_t *rows, ptg_error *err)
{
    json_t *labels = json_object_get(rows, "labels"), *value;
    const char *label;
    text_shown_buffer shown;
    if (labels && !json_is_object(labels))
        return fail(err, PTG_ERROR_USAGE, "plan.json: /rows/labels must be an object of labels.");
    json_object_foreach(labels, label, value)
    {
        if (json_is_string(value)) continue;
        return fail(err, PTG_ERROR_USAGE, "plan.json: /rows/labels/%s must be the label that it is read as.",
                    text_shown(text_of(label), &shown));
    }
    p->rows.labels = json_object_size(labels) > 0 ? labels : NULL;
    return PTG_OK;
}

ptg_status plan_rows_read(plan *p, ptg_error *err)
{
    static const char *const keys[] = {"duplicates", "leave_out", "labels", NULL};
    const json_t *rows = json_object_get(p->document, "rows");
    if (!rows) return PTG_OK;
    if (!json_is_object(rows)) return fail(err, PTG_ERROR_USAGE, "plan.json: /rows must be an object.");
    ptg_status status = json_only_keys(rows, "/rows", keys, err);
    if (status != PTG_OK) return fail_within(err, status, "plan.json");
    TRY(read_duplicates(p, rows, err));
    TRY(read_leave_out(p, rows, err));
    return read_labels(p, rows, err);
}

ptg_status plan_rows_check(const plan *p, const frame *f, ptg_error *err)
{
    for (int64_t i = 0; i < p->rows.n_leave_out; i++) {
        if (p->rows.leave_out[i] < frame_rows(f)) continue;
        return fail(err, PTG_ERROR_USAGE, "plan.json: /rows/leave_out/%lld is row %lld, but the table has only %lld rows.",
                    (long long)i, (long long)p->rows.leave_out[i], (long long)frame_rows(f));
    }
    return PTG_OK;
}
