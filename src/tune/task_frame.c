/* Types and missing tokens by frame_retype; then the target of rows that take no part is made missing, which is how the split
 * knows them, and labels are read as the plan says. Duplicates are those of the table as it was read. */
#include "tune/task_frame.h"

#include "profile/duplicate_rows.h"

/* The rows that "rows" of the plan leaves out, in `*out` (mem_free); NULL where it leaves none out. */
static ptg_status find_left_out(const plan *p, const frame *f, int64_t validation_rows, bool **out, ptg_error *err)
{
    *out = NULL;
    if (!p->rows.drop_duplicates && p->rows.n_leave_out == 0) return PTG_OK;
    const int64_t n_rows = frame_rows(f), first_validation = n_rows - validation_rows;
    bool *left_out = mem_array(n_rows, sizeof *left_out);
    if (!left_out) return fail_memory(err);
    ptg_status status = p->rows.drop_duplicates ? duplicate_rows_mark(f, NULL, left_out, err) : PTG_OK;
    if (status != PTG_OK) {
        mem_free(left_out);
        return status;
    }
    for (int64_t i = 0; i < p->rows.n_leave_out; i++)
        if (p->rows.leave_out[i] < n_rows) left_out[p->rows.leave_out[i]] = true;
    for (int64_t i = first_validation; i < n_rows; i++)
        left_out[i] = false;
    *out = left_out;
    return PTG_OK;
}

static ptg_status mend_target(const plan *p, const frame *f, const bool *left_out, frame **out, ptg_error *err)
{
    const int64_t n = (int64_t)json_object_size(p->rows.labels);
    arena *scratch = arena_new();
    text *labels = scratch ? arena_array(scratch, 2 * n, sizeof *labels) : NULL, *read_as = labels ? labels + n : NULL;
    ptg_status status = labels ? PTG_OK : fail_memory(err);
    frame_mend mend = {.left_out = left_out, .labels = labels, .read_as = read_as};
    const char *label;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)p->rows.labels, label, value)
    {
        if (status != PTG_OK) break;
        labels[mend.n_labels] = text_of(label);
        read_as[mend.n_labels++] = text_of(json_string_value(value));
    }
    const int32_t target = frame_find(f, text_of(p->columns[plan_role(p, ROLE_TARGET)].name));
    if (status == PTG_OK) status = frame_mended(f, target, &mend, out, err);
    if (status == PTG_ERROR_USAGE) status = fail_within(err, status, "plan.json: /rows/labels");
    arena_free(scratch);
    return status;
}

ptg_status task_frame(const plan *p, const frame *f, int64_t validation_rows, frame **out, ptg_error *err)
{
    json_t *changes = NULL;
    frame *typed = NULL, *mended = NULL;
    bool *left_out = NULL;
    ptg_status status = PTG_OK;
    *out = NULL;
    GO(find_left_out(p, f, validation_rows, &left_out, err));
    GO(plan_retype(p, f, &changes, err));
    if (changes) GO(frame_retype(f, changes, &typed, err));
    if (left_out || p->rows.labels) GO(mend_target(p, typed ? typed : f, left_out, &mended, err));
    *out = mended ? mended : typed;
    if (mended) frame_free(typed); /* it is held by the mended one */
    typed = NULL;
done:
    frame_free(typed);
    json_decref(changes);
    mem_free(left_out);
    return status;
}
