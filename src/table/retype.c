/* Frames from frames: other types, other missing tokens, fewer columns or rows. Columns that stay are shared with the frame
 * that they come from; the others go back to raw cells and through the same building as cells of a file. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "table/datetime.h"
#include "table/raw.h"

/* The text of an aside word as a word of `raw`, counted once. */
static int32_t aside_word(const column_body *body, int64_t k, raw_column *raw)
{
    return dictionary_count(&raw->words, body->aside_words[body->aside_ids[k]], 1);
}

static ptg_status raw_numbers(const column_body *body, raw_column *raw, ptg_error *err)
{
    raw->kind = RAW_NUMBERS;
    raw->numbers = mem_array(raw->n_rows, sizeof *raw->numbers);
    raw->aside_rows = mem_array(body->n_aside, sizeof *raw->aside_rows);
    raw->aside_ids = mem_array(body->n_aside, sizeof *raw->aside_ids);
    if (!raw->numbers || !raw->aside_rows || !raw->aside_ids) return fail_memory(err);
    memcpy(raw->numbers, body->shown.numbers, (size_t)raw->n_rows * sizeof *raw->numbers);
    number_style style;
    if (!number_style_read(body->shown.format, '.', &style)) style = number_style_plain('.');
    for (int64_t k = 0; k < body->n_aside && body->aside_rows[k] < raw->n_rows; k++) {
        int64_t row = body->aside_rows[k];
        text word = body->aside_words[body->aside_ids[k]];
        if (number_style_value(&style, word, &raw->numbers[row], NULL)) continue;
        raw->numbers[row] = NAN;
        int32_t id = aside_word(body, k, raw);
        if (id < 0) return fail_memory(err);
        raw->aside_rows[raw->n_aside] = row;
        raw->aside_ids[raw->n_aside++] = id;
    }
    int64_t missing = 0;
    for (int64_t i = 0; i < raw->n_rows; i++)
        missing += isnan(raw->numbers[i]);
    raw->census.empty = missing - raw->n_aside;
    raw->census.numbers = raw->n_rows - missing;
    return PTG_OK;
}

/* The other order of day and month in YYYY-MM-DD; what is no day of the calendar then will be invalid. */
static void turn_date(char iso[64])
{
    for (int k = 5; k < 7; k++) {
        const char part = iso[k];
        iso[k] = iso[k + 3];
        iso[k + 3] = part;
    }
}

/* Canonical text of a value, held by `keep`. */
static text value_text(const column_body *body, double value, bool turned, arena *keep, dictionary *words)
{
    char scratch[64];
    int size = body->shown.type == COLUMN_DATETIME ? datetime_write(value, false, scratch) : 0;
    if (size && turned) turn_date(scratch);
    if (!size) size = number_write(value, scratch);
    text found = {scratch, size};
    int32_t id = dictionary_find(words, found, text_hash(found));
    if (id >= 0) return words->texts[id];
    return (text){arena_text(keep, scratch, (size_t)size), size};
}

static ptg_status raw_texts(const column_body *body, bool turned, arena *keep, raw_column *raw, ptg_error *err)
{
    raw->kind = RAW_TEXTS;
    raw->ids = mem_array(raw->n_rows, sizeof *raw->ids);
    if (!raw->ids) return fail_memory(err);
    int64_t next = 0;
    for (int64_t i = 0; i < raw->n_rows; i++) {
        text word = {NULL, 0};
        if (next < body->n_aside && body->aside_rows[next] == i)
            word = body->aside_words[body->aside_ids[next++]];
        else if (body->ids)
            word = body->ids[i] < 0 ? word : body->words[body->ids[i]];
        else if (!isnan(body->shown.numbers[i])) {
            word = value_text(body, body->shown.numbers[i], turned, keep, &raw->words);
            if (!word.data) return fail_memory(err);
        }
        raw->ids[i] = word.data && !cell_is_blank(word) ? dictionary_count(&raw->words, word, 1) : -1;
        if (word.data && !cell_is_blank(word) && raw->ids[i] < 0) return fail_memory(err);
    }
    return PTG_OK;
}

static ptg_status to_raw(const column_body *body, int64_t n_rows, bool as_numbers, bool turned, arena *keep, raw_column *out,
                         ptg_error *err)
{
    *out = (raw_column){.n_rows = n_rows, .canonical = body->shown.numbers != NULL || body->origin != COLUMN_CATEGORICAL};
    out->clocked = text_equal_to(body->shown.format, "clock=hhmm");
    bool numbers = as_numbers && body->shown.type == COLUMN_NUMERIC;
    ptg_status status = numbers ? raw_numbers(body, out, err) : raw_texts(body, turned, keep, out, err);
    if (status != PTG_OK) raw_column_clear(out);
    return status;
}

ptg_status column_to_raw(const column_body *body, int64_t n_rows, bool as_numbers, arena *keep, raw_column *out, ptg_error *err)
{
    return to_raw(body, n_rows, as_numbers, false, keep, out, err);
}

/* Whether dates are wished in the other order of day and month than the column has. */
static bool is_turned(const column_body *body, const column_wish *wish)
{
    const column_type type = wish->typed ? wish->type : body->shown.type;
    if (body->shown.type != COLUMN_DATETIME || type != COLUMN_DATETIME || !wish->format.data) return false;
    const int is = datetime_family_of(body->shown.format);
    return is >= 0 && datetime_twin(is) >= 0 && datetime_twin(is) == datetime_family_of(wish->format);
}

ptg_status column_order_read(const column *c, text format, bool *turned, ptg_error *err)
{
    text_shown_buffer name, shown;
    const int wanted = datetime_family_of(format);
    *turned = false;
    if (wanted >= 0 && wanted == datetime_family_of(c->format)) return PTG_OK;
    if (c->other_format.size == 0)
        return fail(err, PTG_ERROR_USAGE, "Column '%s': its dates read as %.*s only, so that no other format can be given.",
                    text_shown(c->name, &name), (int)c->format.size, c->format.data);
    if (wanted < 0 || wanted != datetime_family_of(c->other_format))
        return fail(err, PTG_ERROR_USAGE, "Column '%s': '%s' is no format of its dates; take %.*s or %.*s.",
                    text_shown(c->name, &name), text_shown(format, &shown), (int)c->format.size, c->format.data,
                    (int)c->other_format.size, c->other_format.data);
    if (c->format.size >= 2 && memcmp(c->format.data + c->format.size - 2, "%z", 2) == 0)
        return fail(err, PTG_ERROR_USAGE,
                    "Column '%s': times with a zone were taken to UTC, so that day and month cannot change places; write "
                    "the dates as %%Y-%%m-%%d.",
                    text_shown(c->name, &name));
    *turned = true;
    return PTG_OK;
}

/* A date column keeps what else its cells could be: of one that was turned, what they were. */
static ptg_status note_other_format(const column_body *from, bool turned, column_body *out, ptg_error *err)
{
    const text *was = &from->shown.other_format;
    if (from->shown.type != COLUMN_DATETIME || out->shown.type != COLUMN_DATETIME || was->size == 0) return PTG_OK;
    out->shown.other_format =
        column_copy_text(out, turned ? text_of(datetime_pattern(datetime_family_of(from->shown.format))) : *was);
    return out->shown.other_format.data ? PTG_OK : fail_memory(err);
}

/* The wish with what the column itself knows: the format of its dates, and what its levels are made of. */
static column_wish completed(const column_body *body, const column_wish *wish, const text **tokens)
{
    column_wish w = *wish;
    bool was_typed = w.typed;
    if (!w.typed) {
        w.typed = true;
        w.type = body->shown.type;
    }
    if (!w.with_tokens && w.type == body->shown.type) {
        *tokens = body->shown.missing_tokens;
        w.with_tokens = true;
        w.tokens = *tokens;
        w.n_tokens = body->shown.n_missing_tokens;
    }
    if (!w.format.data && body->shown.format.size) w.format = body->shown.format;
    if (!w.with_origin && w.type == COLUMN_CATEGORICAL && body->shown.type != COLUMN_TEXT) {
        w.with_origin = true;
        w.origin = body->shown.type == COLUMN_CATEGORICAL ? body->origin : body->shown.type;
        if (w.origin == COLUMN_SEQUENCE) w.origin = COLUMN_CATEGORICAL;
    }
    if (!w.because) w.because = was_typed ? "The type was given." : "The type stays, with other missing tokens.";
    return w;
}

static ptg_status derive_column(const frame *f, const column_body *from, const column_wish *wish, int64_t n_rows,
                                column_body *out, ptg_error *err)
{
    const text *tokens;
    column_wish whole = completed(from, wish, &tokens);
    raw_column raw = {0};
    arena *keep = arena_new();
    ptg_status status = keep ? PTG_OK : fail_memory(err);
    /* aside texts of numbers stand as in the file; values were made by this program and have a point */
    char mark = from->shown.type == COLUMN_NUMERIC || from->origin == COLUMN_NUMERIC ? '.' : f->source.dialect.decimal_mark;
    const bool turned = is_turned(from, &whole);
    if (turned) whole.because = "The order of day and month was given.";
    if (status == PTG_OK) status = to_raw(from, n_rows, whole.type == COLUMN_NUMERIC, turned, keep, &raw, err);
    if (status == PTG_OK) status = column_build(&raw, &whole, mark, from->shown.name, out, err);
    if (status == PTG_OK) {
        status = note_other_format(from, turned, out, err);
        if (status != PTG_OK) column_body_clear(out);
    }
    raw_column_clear(&raw);
    arena_free(keep);
    return status;
}

ptg_status column_find_meaning(const column_body *body, int64_t n_rows, column_body *out, ptg_error *err)
{
    raw_column raw = {0};
    arena *keep = arena_new();
    ptg_status status = keep ? column_to_raw(body, n_rows, true, keep, &raw, err) : fail_memory(err);
    if (status == PTG_OK) status = column_build(&raw, &(column_wish){0}, '.', body->shown.name, out, err);
    raw_column_clear(&raw);
    arena_free(keep);
    return status;
}

static bool stays(const frame *f, const column_body *body, const column_wish *wish, int64_t n_rows)
{
    bool styled = wish->format.data && body->shown.type == COLUMN_NUMERIC && !text_equal(wish->format, body->shown.format);
    return n_rows == f->n_rows && !styled && !is_turned(body, wish) && !wish->with_tokens &&
           (!wish->typed || wish->type == body->shown.type);
}

/* A column that is the base's own, blocks and all. */
static void share_column(const column_body *from, column_body *to)
{
    *to = *from;
    to->n_blocks = 0;
}

/* A frame of n_rows without columns yet, on the base f; end_derived names them, or frees it where `status` failed. */
static ptg_status begin_derived(const frame *f, int64_t n_rows, frame **out, ptg_error *err)
{
    frame *made = *out = frame_new(n_rows, f->n_columns);
    if (!made) return fail_memory(err);
    made->base = frame_share(f);
    made->n_columns = 0;
    made->source = f->source;
    return PTG_OK;
}

static ptg_status end_derived(frame *made, ptg_status status, frame **out, ptg_error *err)
{
    if (status == PTG_OK) status = frame_index_names(made, err);
    if (status == PTG_OK)
        *out = made;
    else
        frame_free(made);
    return status;
}

ptg_status frame_derive(const frame *f, const column_wish *wishes, const bool *kept, int64_t n_rows, frame **out,
                        ptg_error *err)
{
    frame *made;
    ptg_status status = PTG_OK;
    TRY(begin_derived(f, n_rows, &made, err));
    for (int32_t i = 0; i < f->n_columns && status == PTG_OK; i++) {
        if (kept && !kept[i]) continue;
        const column_body *from = &f->columns[i];
        column_body *to = &made->columns[made->n_columns];
        if (stays(f, from, &wishes[i], n_rows))
            share_column(from, to);
        else
            status = derive_column(f, from, &wishes[i], n_rows, to, err);
        made->n_columns += status == PTG_OK;
    }
    return end_derived(made, status, out, err);
}

ptg_status frame_find_meanings(const frame *f, frame **out, ptg_error *err)
{
    frame *made;
    ptg_status status = PTG_OK;
    TRY(begin_derived(f, f->n_rows, &made, err));
    for (int32_t i = 0; i < f->n_columns && status == PTG_OK; i++) {
        if (f->columns[i].untyped)
            status = column_find_meaning(&f->columns[i], f->n_rows, &made->columns[i], err);
        else
            share_column(&f->columns[i], &made->columns[i]);
        made->n_columns += status == PTG_OK;
    }
    return end_derived(made, status, out, err);
}

bool frame_column_is_as(const frame *f, int32_t i, const json_t *schema)
{
    const column *c = &f->columns[i].shown;
    const json_t *tokens = json_object_get(schema, "missing_tokens");
    if (strcmp(json_text_or(schema, "type", ""), column_type_names[c->type]) != 0) return false;
    if (c->type == COLUMN_NUMERIC && !text_equal_to(c->format, json_text_or(schema, "format", ""))) return false;
    bool same = (int32_t)json_array_size(tokens) == c->n_missing_tokens;
    for (int32_t k = 0; k < c->n_missing_tokens && same; k++) {
        const char *token = json_string_value(json_array_get(tokens, (size_t)k));
        same = token && text_equal_to(c->missing_tokens[k], token);
    }
    return same;
}

ptg_status frame_retype(const frame *f, const json_t *columns, frame **out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    arena *a = arena_new();
    column_wish *wishes = mem_array(f->n_columns, sizeof *wishes);
    if (!a || !wishes) GO(fail_memory(err));
    const char *name;
    json_t *wanted;
    json_object_foreach((json_t *)(uintptr_t)columns, name, wanted)
    {
        int32_t i = frame_find(f, text_of(name));
        text_shown_buffer shown;
        if (i < 0)
            GO(fail(err, PTG_ERROR_USAGE, "There is no column '%s' in the table; look at the spelling.",
                    text_shown(text_of(name), &shown)));
        GO(wish_of_schema(wanted, text_of(name), a, &wishes[i], err));
    }
    status = frame_derive(f, wishes, NULL, f->n_rows, out, err);
done:
    mem_free(wishes);
    arena_free(a);
    return status;
}
