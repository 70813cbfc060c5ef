/* The steps of reading that text tables and JSON Lines share: bytes that are no text, what is told about columns, the cells,
 * and the second look at columns that were taken for numbers. */
#include <inttypes.h>
#include <string.h>

#include "table/reading.h"

const char *reading_shown(reading *r)
{
    return text_shown(text_of(r->path), &r->shown);
}

ptg_status reading_refuse_no_rows(reading *r, ptg_error *err)
{
    return fail(err, PTG_ERROR_DATA, "'%s' has no rows below its header line; give a table with rows.", reading_shown(r));
}

static int64_t count_nul(text t)
{
    int64_t n = 0;
    for (const char *at = t.data, *end = t.data + t.size; at < end && (at = memchr(at, '\0', (size_t)(end - at))); at++)
        n++;
    return n;
}

/* A few NUL bytes are read as U+FFFD; content with many is no text. */
static ptg_status clean_nul(reading *r, bool *changed, ptg_error *err)
{
    const text content = r->encoding.content;
    bool found = memchr(content.data, '\0', (size_t)r->dialect.body) != NULL;
    for (int64_t i = 0; i < r->plan.n_chunks; i++)
        found |= r->plan.chunks[i].nul;
    if (!found) return PTG_OK;
    int64_t n = count_nul(content),
            line = scan_line_of(content, (const char *)memchr(content.data, 0, (size_t)content.size) - content.data);
    if (n * 1000 > content.size && (n > 8 || n * 4 > content.size))
        return fail(err, PTG_ERROR_DATA,
                    "'%s' line %" PRId64 ": there are NUL bytes (%" PRId64
                    " in the file), so this is no text table; give a CSV file.",
                    reading_shown(r), line, n);
    *changed = true;
    return encoding_replace_nul(&r->encoding, n, err);
}

static bool is_utf8(const reading *r)
{
    bool fine = text_is_utf8((text){r->encoding.content.data, r->dialect.body});
    for (int64_t i = 0; i < r->plan.n_chunks; i++)
        fine = fine && !r->plan.chunks[i].not_utf8;
    return fine;
}

ptg_status reading_clean(reading *r, bool *again, ptg_error *err)
{
    *again = false;
    bool utf8 = is_utf8(r);
    TRY(clean_nul(r, again, err));
    if (utf8) return PTG_OK;
    *again = true;
    return encoding_repair(&r->encoding, err);
}

static ptg_status make_wish(reading *r, const json_t *columns, int32_t i, ptg_error *err)
{
    const text name = r->dialect.names[i];
    column_wish *wish = &r->wishes[i];
    json_t *told = columns ? json_object_getn(columns, name.data, (size_t)name.size) : NULL;
    json_t *type = r->options->types ? json_object_getn(r->options->types, name.data, (size_t)name.size) : NULL;
    bool dates = r->dialect.dates && r->dialect.dates[i] && !told && !type;
    r->raw[i].kind = r->dialect.numbers[i] ? RAW_NUMBERS : dates ? RAW_DATES : RAW_TEXTS;
    if (columns && !told) r->raw[i].kind = RAW_SKIPPED;
    wish->is_target = r->options->target && text_equal_to(name, r->options->target);
    if (told) TRY(wish_of_schema(told, name, r->memory, wish, err));
    if (told) wish->because = "The type is that of the model's training table.";
    if (type) TRY(wish_of_type(type, name, wish, err));
    if (wish->typed && r->raw[i].kind != RAW_SKIPPED) r->raw[i].kind = wish->type == COLUMN_NUMERIC ? RAW_NUMBERS : RAW_TEXTS;
    return PTG_OK;
}

static ptg_status check_types_exist(reading *r, ptg_error *err)
{
    const char *name;
    json_t *type;
    text_shown_buffer shown;
    json_object_foreach((json_t *)(uintptr_t)r->options->types, name, type)
    {
        bool found = false;
        for (int32_t i = 0; i < r->dialect.width && !found; i++)
            found = text_equal_to(r->dialect.names[i], name);
        if (!found)
            return fail(err, PTG_ERROR_USAGE, "A type is given for column '%s', which is not in '%s'; look at the spelling.",
                        text_shown(text_of(name), &shown), reading_shown(r));
    }
    return PTG_OK;
}

/* Told columns: wishes of a schema (others are skipped), or of types by name. */
ptg_status reading_make_wishes(reading *r, ptg_error *err)
{
    const json_t *schema = r->options->schema, *columns = schema ? json_object_get(schema, "columns") : NULL;
    TRY(check_types_exist(r, err));
    r->wishes = mem_array(r->dialect.width, sizeof *r->wishes);
    r->raw = mem_array(r->dialect.width, sizeof *r->raw);
    if (!r->wishes || !r->raw) return fail_memory(err);
    if (schema && !json_is_object(columns)) return fail(err, PTG_ERROR_USAGE, "A schema must have an object of columns.");
    for (int32_t i = 0; i < r->dialect.width; i++)
        TRY(make_wish(r, columns, i, err));
    return PTG_OK;
}

ptg_status reading_cells(reading *r, ptg_error *err)
{
    TRY(reading_choose_rows(r, err));
    r->cells = (parse){.plan = &r->plan,
                       .keys = r->keys.names.n ? &r->keys : NULL,
                       .width = r->dialect.width,
                       .may_lack = r->dialect.may_close,
                       .decimal_mark = r->dialect.decimal_mark,
                       .n_file_rows = r->sample.file_rows,
                       .kept = r->kept,
                       .n_rows = r->sample.kept_rows,
                       .columns = r->raw,
                       .threads = r->options->threads};
    return parse_run(&r->cells, err);
}

void reading_forget_cells(reading *r)
{
    parse_clear(&r->again);
    parse_clear(&r->cells);
    for (int32_t i = 0; r->raw && i < r->dialect.width; i++)
        raw_column_clear(&r->raw[i]);
    mem_free(r->raw);
    mem_free(r->wishes);
    r->raw = NULL;
    r->wishes = NULL;
}

ptg_status reading_again(reading *r, ptg_error *err)
{
    int32_t width = r->dialect.width, n_again = 0;
    raw_column *texts = mem_array(width, sizeof *texts);
    if (!texts) return fail_memory(err);
    for (int32_t i = 0; i < width; i++) {
        type_verdict verdict = {0};
        if (r->raw[i].kind == RAW_NUMBERS || r->raw[i].kind == RAW_DATES)
            types_decide(&r->raw[i], &r->wishes[i], r->dialect.decimal_mark, &verdict);
        texts[i].kind = verdict.needs_texts ? RAW_TEXTS : RAW_SKIPPED;
        n_again += verdict.needs_texts;
    }
    ptg_status status = PTG_OK;
    if (n_again) {
        r->again = r->cells;
        r->again.chunks = NULL;
        r->again.columns = texts;
        status = parse_run(&r->again, err);
    }
    for (int32_t i = 0; i < width; i++) {
        if (texts[i].kind != RAW_TEXTS) continue;
        raw_column_clear(&r->raw[i]);
        r->raw[i] = texts[i];
    }
    mem_free(texts);
    return status;
}
