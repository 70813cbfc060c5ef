/* Joining frames by way of a builder: types, formats and missing tokens are those of the first, levels are merged by text. */
#include "job/frame_parts.h"

#include <math.h>

#include "base/memory.h"
#include "base/number.h"

ptg_status frame_check_same_columns(const frame *a, const frame *b, const char *path, ptg_error *err)
{
    for (int32_t i = 0; i < frame_columns(a); i++) {
        text name = frame_column(a, i)->name;
        text_shown_buffer shown;
        if (frame_find(b, name) < 0)
            return fail(err, PTG_ERROR_DATA, "%s has no column '%s', which the table has.", path, text_shown(name, &shown));
    }
    return PTG_OK;
}

static bool is_label(const frame_join_request *r, text cell)
{
    for (int32_t k = 0; k < r->n_labels; k++)
        if (text_equal(r->labels[k], cell)) return true;
    return r->n_labels == 0;
}

static bool is_number_label(const frame_join_request *r, double value)
{
    char digits[NUMBER_TEXT_SIZE];
    if (!isfinite(value)) return false;
    int size = number_write(value, digits);
    return is_label(r, (text){digits, size});
}

/* Rows of b whose target no model could learn; the others are counted. */
static void find_lost(const frame_join_request *r, const column *b, bool *lost, int64_t *known)
{
    char scratch[64];
    for (int64_t k = 0; k < frame_rows(r->b); k++) {
        text cell = frame_cell(r->b, frame_find(r->b, b->name), k, scratch);
        lost[k] = b->numbers ? !is_number_label(r, b->numbers[k]) : !cell.data || !is_label(r, cell);
        *known += !lost[k];
    }
}

ptg_status frame_join(const frame_join_request *request, frame **out, int64_t *known, ptg_error *err)
{
    const frame *a = request->a, *b = request->b;
    frame_builder *to = frame_builder_new(frame_rows(a) + frame_rows(b));
    bool *lost = mem_array(frame_rows(b), sizeof *lost);
    ptg_status status = to && lost ? PTG_OK : fail_memory(err);
    *known = 0;
    for (int32_t i = 0; status == PTG_OK && i < frame_columns(a); i++) {
        const column *in_b = frame_column(b, frame_find(b, frame_column(a, i)->name));
        if (i == request->target) find_lost(request, in_b, lost, known);
        status = frame_builder_joined(to, a, i, b, i == request->target ? lost : NULL, err);
    }
    mem_free(lost);
    if (status == PTG_OK) return frame_builder_end(to, out, err);
    frame_builder_free(to);
    return status;
}
