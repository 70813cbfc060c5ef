/* Joining frames by way of a builder: values are copied, levels are merged by text. */
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

static ptg_status join_numbers(const frame_join_request *r, int32_t i, const column *b, frame_builder *to, int64_t *known,
                               ptg_error *err)
{
    const column *a = frame_column(r->a, i);
    int64_t n_a = frame_rows(r->a), n_b = frame_rows(r->b);
    double *values = mem_array(n_a + n_b, sizeof *values);
    if (!values) return fail_memory(err);
    for (int64_t k = 0; k < n_a; k++)
        values[k] = a->numbers[k];
    for (int64_t k = 0; k < n_b; k++) {
        bool lost = i == r->target && !is_number_label(r, b->numbers[k]);
        values[n_a + k] = lost ? NAN : b->numbers[k];
        *known += i == r->target && !lost;
    }
    ptg_status status = frame_builder_numbers(to, a->name, a->type, values, err);
    mem_free(values);
    return status;
}

static text cell_of(const column *c, int64_t row)
{
    if (c->cells) return c->cells[row];
    return c->codes[row] < 0 ? (text){0} : c->levels[c->codes[row]];
}

static ptg_status join_texts(const frame_join_request *r, int32_t i, const column *b, frame_builder *to, int64_t *known,
                             ptg_error *err)
{
    const column *a = frame_column(r->a, i);
    int64_t n_a = frame_rows(r->a), n_b = frame_rows(r->b);
    text *cells = mem_array(n_a + n_b, sizeof *cells);
    if (!cells) return fail_memory(err);
    for (int64_t k = 0; k < n_a; k++)
        cells[k] = cell_of(a, k);
    for (int64_t k = 0; k < n_b; k++) {
        text cell = cell_of(b, k);
        bool lost = i == r->target && (!cell.data || !is_label(r, cell));
        cells[n_a + k] = lost ? (text){0} : cell;
        *known += i == r->target && !lost;
    }
    ptg_status status = frame_builder_texts(to, a->name, cells, (int)a->type, err);
    mem_free(cells);
    return status;
}

ptg_status frame_join(const frame_join_request *request, frame **out, int64_t *known, ptg_error *err)
{
    const frame *a = request->a, *b = request->b;
    frame_builder *to = frame_builder_new(frame_rows(a) + frame_rows(b));
    if (!to) return fail_memory(err);
    *known = 0;
    ptg_status status = PTG_OK;
    for (int32_t i = 0; status == PTG_OK && i < frame_columns(a); i++) {
        const column *x = frame_column(a, i), *y = frame_column(b, frame_find(b, x->name));
        status = x->numbers ? join_numbers(request, i, y, to, known, err) : join_texts(request, i, y, to, known, err);
    }
    if (status == PTG_OK) return frame_builder_end(to, out, err);
    frame_builder_free(to);
    return status;
}
