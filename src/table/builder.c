/* Frames from a caller's arrays. Texts go through the same steps as cells of a file, so that a table from memory gets the same
 * types as its CSV. */
#include <math.h>
#include <string.h>

#include "table/raw.h"

struct frame_builder {
    frame *made; /* n_columns grows */
};

frame_builder *frame_builder_new(int64_t n_rows)
{
    if (n_rows < 0) return NULL;
    frame_builder *b = mem_array(1, sizeof *b);
    if (!b) return NULL;
    b->made = frame_new(n_rows, 0);
    if (b->made) return b;
    mem_free(b);
    return NULL;
}

void frame_builder_free(frame_builder *b)
{
    if (!b) return;
    frame_free(b->made);
    mem_free(b);
}

/* Checks the name and makes room for one more column; the count is raised by the caller once the column stands. */
static ptg_status next_column(frame_builder *b, text name, column_body **out, ptg_error *err)
{
    frame *f = b->made;
    text_shown_buffer shown;
    if (!name.data || cell_is_blank(name))
        return fail(err, PTG_ERROR_DATA, "Column %d has no name; give each column one.", (int)f->n_columns + 1);
    if (!text_is_utf8(name) || memchr(name.data, '\0', (size_t)name.size))
        return fail(err, PTG_ERROR_DATA, "The name of column %d ('%s') is not valid UTF-8 text.", (int)f->n_columns + 1,
                    text_shown(name, &shown));
    if (f->n_columns == f->capacity) {
        if (f->capacity > INT32_MAX / 4) return fail_memory(err);
        int32_t wanted = f->capacity ? 2 * f->capacity : 16;
        column_body *columns = mem_resize(f->columns, f->capacity, wanted, sizeof *columns);
        if (!columns) return fail_memory(err);
        f->columns = columns;
        f->capacity = wanted;
    }
    *out = &f->columns[f->n_columns];
    return PTG_OK;
}

static const char *format_of(column_type type, int64_t n_rows, const double *values)
{
    if (type != COLUMN_DATETIME) return "";
    for (int64_t i = 0; i < n_rows; i++)
        if (isfinite(values[i]) && fmod(values[i], 86400) != 0) return "%Y-%m-%dT%H:%M:%S";
    return "%Y-%m-%d";
}

static ptg_status fill_dates(column_body *c, text name, int64_t n_rows, const double *values, ptg_error *err)
{
    double *copy = column_take(c, n_rows, sizeof *copy);
    c->shown.name = column_copy_text(c, name);
    c->shown.reason = column_copy_text(c, text_of("The table gives it in this type."));
    c->shown.format = column_copy_text(c, text_of(format_of(COLUMN_DATETIME, n_rows, values)));
    if (!copy || !c->shown.name.data || !c->shown.reason.data || !c->shown.format.data) return fail_memory(err);
    for (int64_t i = 0; i < n_rows; i++) {
        copy[i] = isnan(values[i]) ? (double)NAN : values[i];
        c->shown.n_missing += isnan(values[i]) != 0;
    }
    c->shown.type = COLUMN_DATETIME;
    c->shown.numbers = copy;
    c->origin = COLUMN_CATEGORICAL;
    return PTG_OK;
}

/* Cells as they came: what they mean is found at the end, or told by a model. */
static ptg_status fill_untyped(column_body *c, raw_column *raw, column_type as, text name, ptg_error *err)
{
    const column_wish wish = {.typed = true, .type = as, .with_tokens = true, .because = "The table gives it in this type."};
    TRY(column_build(raw, &wish, '.', name, c, err));
    c->untyped = true;
    return PTG_OK;
}

static ptg_status fill_numbers(column_body *c, text name, int64_t n_rows, const double *values, ptg_error *err)
{
    raw_column raw = {.kind = RAW_NUMBERS, .n_rows = n_rows};
    raw.numbers = mem_array(n_rows, sizeof *raw.numbers);
    if (!raw.numbers) return fail_memory(err);
    for (int64_t i = 0; i < n_rows; i++) {
        raw.numbers[i] = isnan(values[i]) ? (double)NAN : values[i];
        raw.census.empty += isnan(values[i]) != 0;
    }
    raw.census.numbers = n_rows - raw.census.empty;
    ptg_status status = fill_untyped(c, &raw, COLUMN_NUMERIC, name, err);
    raw_column_clear(&raw);
    return status;
}

ptg_status frame_builder_numbers(frame_builder *b, text name, column_type type, const double *values, ptg_error *err)
{
    column_body *c = NULL;
    text_shown_buffer shown;
    if (type != COLUMN_NUMERIC && type != COLUMN_DATETIME)
        return fail(err, PTG_ERROR_USAGE, "Column '%s': numbers are of type numeric or datetime.", text_shown(name, &shown));
    TRY(next_column(b, name, &c, err));
    ptg_status status = type == COLUMN_NUMERIC ? fill_numbers(c, name, b->made->n_rows, values, err)
                                               : fill_dates(c, name, b->made->n_rows, values, err);
    if (status == PTG_OK)
        b->made->n_columns++;
    else
        column_body_clear(c);
    return status;
}

static ptg_status gather(raw_column *raw, const text *cells, ptg_error *err)
{
    raw->kind = RAW_TEXTS;
    raw->ids = mem_array(raw->n_rows, sizeof *raw->ids);
    if (!raw->ids) return fail_memory(err);
    for (int64_t i = 0; i < raw->n_rows; i++) {
        raw->ids[i] = -1;
        if (!cells[i].data || cell_is_blank(cells[i])) continue;
        raw->ids[i] = dictionary_count(&raw->words, cells[i], 1);
        if (raw->ids[i] < 0) return fail_memory(err);
    }
    return PTG_OK;
}

ptg_status frame_builder_texts(frame_builder *b, text name, const text *cells, int forced, ptg_error *err)
{
    column_body *c = NULL;
    text_shown_buffer shown;
    if (forced > COLUMN_SEQUENCE)
        return fail(err, PTG_ERROR_USAGE, "Column '%s': there is no type of number %d.", text_shown(name, &shown), forced);
    column_wish wish = {.typed = forced >= 0, .type = forced >= 0 ? (column_type)forced : COLUMN_NUMERIC};
    raw_column raw = {.n_rows = b->made->n_rows};
    wish.because = "The table gives it in this type.";
    TRY(next_column(b, name, &c, err));
    ptg_status status = gather(&raw, cells, err);
    if (status == PTG_OK)
        status = wish.typed ? column_build(&raw, &wish, '.', name, c, err) : fill_untyped(c, &raw, COLUMN_TEXT, name, err);
    raw_column_clear(&raw);
    b->made->n_columns += status == PTG_OK;
    return status;
}

ptg_status frame_builder_joined(frame_builder *to, const frame *a, int32_t at, const frame *b, const bool *lost, ptg_error *err)
{
    column_body *c = NULL;
    text name = a->columns[at].shown.name;
    TRY(next_column(to, name, &c, err));
    TRY(column_join(a, at, b, frame_find(b, name), lost, c, err));
    to->made->n_columns++;
    return PTG_OK;
}

ptg_status frame_builder_end_untyped(frame_builder *b, frame **out, ptg_error *err)
{
    ptg_status status = frame_index_names(b->made, err);
    if (status == PTG_OK) {
        *out = b->made;
        b->made = NULL;
    }
    frame_builder_free(b);
    return status;
}

ptg_status frame_builder_end(frame_builder *b, frame **out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    for (int32_t i = 0; i < b->made->n_columns && status == PTG_OK; i++) {
        column_body *c = &b->made->columns[i], found;
        if (!c->untyped) continue;
        status = column_find_meaning(c, b->made->n_rows, &found, err);
        if (status != PTG_OK) break;
        column_body_clear(c);
        *c = found;
    }
    if (status == PTG_OK) return frame_builder_end_untyped(b, out, err);
    frame_builder_free(b);
    return status;
}
