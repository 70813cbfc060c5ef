/* Joining frames by way of a builder: values are copied, levels are merged by text. */
#include "job/frame_parts.h"

#include "base/memory.h"

ptg_status frame_check_same_columns(const frame *a, const frame *b, const char *path, ptg_error *err)
{
    for (int32_t i = 0; i < frame_columns(a); i++) {
        text name = frame_column(a, i)->name;
        text_shown_buffer shown;
        if (frame_find(b, name) < 0) return fail(err, PTG_ERROR_DATA, "%s has no column '%s', which the table has.", path, text_shown(name, &shown));
    }
    return PTG_OK;
}

static ptg_status join_numbers(frame_builder *to, const column *a, int64_t n_a, const column *b, int64_t n_b, ptg_error *err)
{
    double *values = mem_array(n_a + n_b, sizeof *values);
    if (!values) return fail_memory(err);
    for (int64_t i = 0; i < n_a; i++) values[i] = a->numbers[i];
    for (int64_t i = 0; i < n_b; i++) values[n_a + i] = b->numbers[i];
    ptg_status status = frame_builder_numbers(to, a->name, a->type, values, err);
    mem_free(values);
    return status;
}

static text cell_of(const column *c, int64_t row)
{
    if (c->cells) return c->cells[row];
    return c->codes[row] < 0 ? (text){0} : c->levels[c->codes[row]];
}

static ptg_status join_texts(frame_builder *to, const column *a, int64_t n_a, const column *b, int64_t n_b, ptg_error *err)
{
    text *cells = mem_array(n_a + n_b, sizeof *cells);
    if (!cells) return fail_memory(err);
    for (int64_t i = 0; i < n_a; i++) cells[i] = cell_of(a, i);
    for (int64_t i = 0; i < n_b; i++) cells[n_a + i] = cell_of(b, i);
    ptg_status status = frame_builder_texts(to, a->name, cells, (int)a->type, err);
    mem_free(cells);
    return status;
}

ptg_status frame_join(const frame *a, const frame *b, frame **out, ptg_error *err)
{
    int64_t n_a = frame_rows(a), n_b = frame_rows(b);
    frame_builder *to = frame_builder_new(n_a + n_b);
    if (!to) return fail_memory(err);
    ptg_status status = PTG_OK;
    for (int32_t i = 0; status == PTG_OK && i < frame_columns(a); i++) {
        const column *x = frame_column(a, i), *y = frame_column(b, frame_find(b, x->name));
        status = x->numbers ? join_numbers(to, x, n_a, y, n_b, err) : join_texts(to, x, n_a, y, n_b, err);
    }
    if (status == PTG_OK) return frame_builder_end(to, out, err);
    frame_builder_free(to);
    return status;
}
