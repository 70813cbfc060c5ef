/* A frame with some cells of one column changed: rows that lose their value, levels that are read as others. All other columns
 * are shared with the frame that it comes from. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "table/raw.h"

static ptg_status no_label(const column *c, text label, ptg_error *err)
{
    text_shown_buffer shown, name;
    return fail(err, PTG_ERROR_USAGE, "'%s' is no label of column '%s'.", text_shown(label, &shown),
                text_shown(c->name, &name));
}

static int32_t find_word(const text *words, int32_t n, text wanted)
{
    for (int32_t k = 0; k < n; k++)
        if (text_equal(words[k], wanted)) return k;
    return -1;
}

/* map[k] is what word k becomes. */
static ptg_status map_words(const column_body *from, const frame_mend *mend, int32_t *map, ptg_error *err)
{
    for (int32_t k = 0; k < from->n_words; k++)
        map[k] = k;
    for (int32_t i = 0; i < mend->n_labels; i++) {
        int32_t label = find_word(from->words, from->n_words, mend->labels[i]),
                read_as = find_word(from->words, from->n_words, mend->read_as[i]);
        if (label < 0) return no_label(&from->shown, mend->labels[i], err);
        if (read_as < 0) return no_label(&from->shown, mend->read_as[i], err);
        map[label] = read_as;
    }
    return PTG_OK;
}

static bool is_left_out(const frame_mend *mend, int64_t row)
{
    return mend->left_out && mend->left_out[row];
}

static ptg_status mend_words(const column_body *from, const frame_mend *mend, int64_t n_rows, column_body *to, ptg_error *err)
{
    int32_t *map = mem_array(from->n_words, sizeof *map), *ids = column_take(to, n_rows, sizeof *ids);
    text *cells = from->shown.cells ? column_take(to, n_rows, sizeof *cells) : NULL;
    ptg_status status = map && ids && (cells || !from->shown.cells) ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) status = map_words(from, mend, map, err);
    for (int64_t i = 0; status == PTG_OK && i < n_rows; i++) {
        bool gone = from->ids[i] < 0 || is_left_out(mend, i);
        ids[i] = gone ? -1 : map[from->ids[i]];
        if (cells && !gone) cells[i] = from->words[ids[i]];
        to->shown.n_missing += gone && from->ids[i] >= 0;
    }
    mem_free(map);
    to->ids = ids;
    to->shown.cells = cells;
    if (from->shown.codes) to->shown.codes = ids;
    return status;
}

static ptg_status read_labels(const column *c, const frame_mend *mend, double *from, double *to, ptg_error *err)
{
    for (int32_t i = 0; i < mend->n_labels; i++) {
        if (!number_read(mend->labels[i], &from[i])) return no_label(c, mend->labels[i], err);
        if (!number_read(mend->read_as[i], &to[i])) return no_label(c, mend->read_as[i], err);
    }
    return PTG_OK;
}

static double read_as(double value, const double *from, const double *to, int32_t n)
{
    for (int32_t k = 0; k < n; k++)
        if (value == from[k]) return to[k];
    return value;
}

static ptg_status mend_numbers(const column_body *old, const frame_mend *mend, int64_t n_rows, column_body *to, ptg_error *err)
{
    double *values = column_take(to, n_rows, sizeof *values), *labels = mem_array(2 * (int64_t)mend->n_labels, sizeof *labels);
    double *targets = labels ? labels + mend->n_labels : NULL;
    ptg_status status = values && labels ? read_labels(&old->shown, mend, labels, targets, err) : fail_memory(err);
    for (int64_t i = 0; status == PTG_OK && i < n_rows; i++) {
        double value = old->shown.numbers[i];
        bool gone = isnan(value) || is_left_out(mend, i);
        values[i] = gone ? (double)NAN : read_as(value, labels, targets, mend->n_labels);
        to->shown.n_missing += gone && !isnan(value);
    }
    mem_free(labels);
    to->shown.numbers = values;
    return status;
}

ptg_status frame_mended(const frame *f, int32_t at, const frame_mend *mend, frame **out, ptg_error *err)
{
    column_wish *wishes = mem_array(f->n_columns, sizeof *wishes);
    frame *made = NULL;
    ptg_status status = wishes ? frame_derive(f, wishes, NULL, f->n_rows, &made, err) : fail_memory(err);
    mem_free(wishes);
    if (status != PTG_OK) return status;
    column_body *to = &made->columns[at];
    const column_body *from = &f->columns[at];
    status = from->ids ? mend_words(from, mend, f->n_rows, to, err) : mend_numbers(from, mend, f->n_rows, to, err);
    if (status == PTG_OK)
        *out = made;
    else
        frame_free(made);
    return status;
}
