/* Text tables: bytes, encoding, dialect, chunks, cells. What the head of the file suggests (whether quotes quote, where lines
 * end) only decides what is tried first: where the whole file says otherwise it is read once more. */
#include <inttypes.h>
#include <string.h>

#include "table/reading.h"

enum { CHUNK_BYTES = 1 << 18, CHUNK_ROWS = 256 };

static ptg_status cut_chunks(reading *r, ptg_error *err)
{
    int64_t chunk_size = r->dialect.row_bytes * CHUNK_ROWS;
    if (chunk_size < CHUNK_BYTES) chunk_size = CHUNK_BYTES;
    if (r->options->chunk_bytes > 0) chunk_size = r->options->chunk_bytes;
    scan_plan_clear(&r->plan);
    r->plan = (scan_plan){
        .content = r->encoding.content, .body = r->dialect.body, .rule = r->dialect.rule, .both = r->dialect.joined};
    return scan_plan_make(&r->plan, chunk_size, r->options->threads, err);
}

static ptg_status look(reading *r, ptg_error *err)
{
    bool returns = false;
    if (!r->encoding.line_ends) TRY(dialect_wants_returns(r->encoding.content, &r->told, &returns, err));
    if (returns) TRY(encoding_split_returns(&r->encoding, err));
    TRY(dialect_find(r->encoding.content, &r->told, r->path, r->memory, &r->dialect, err));
    return cut_chunks(r, err);
}

static ptg_status look_at_text(reading *r, ptg_error *err)
{
    bool again = true;
    while (again) {
        TRY(look(r, err));
        TRY(reading_clean(r, &again, err));
    }
    return PTG_OK;
}

/* The first line of the record that never ends. */
static int64_t open_line(const reading *r)
{
    const scan_plan *p = &r->plan;
    int64_t i = p->n_chunks - 1;
    while (i > 0 && !p->chunks[i].as[p->chunks[i].state].rows)
        i--;
    const scan_chunk *c = &p->chunks[i];
    scanner s = scanner_of(p->content, c->as[c->state].first, p->content.size, p->rule);
    scan_record record = {0};
    int64_t at = s.at;
    while (!record.open) {
        at = s.at;
        if (!scan_next(&s, NULL, 0, &record)) break;
    }
    return scan_line_of(p->content, at);
}

/* Reads with quotes as plain characters instead. */
static ptg_status read_unquoted(reading *r, ptg_error *err)
{
    reading_forget_cells(r);
    r->told.delimiter = r->dialect.rule.delimiter;
    r->told.quoted = 0;
    TRY(look(r, err));
    TRY(reading_make_wishes(r, err));
    return reading_cells(r, err);
}

static ptg_status refuse_open_quote(reading *r, int64_t line, ptg_error *err)
{
    return fail(err, PTG_ERROR_DATA,
                "'%s' line %" PRId64 ": a quoted cell opens in this row and is never closed; close or double the quote.",
                reading_shown(r), line);
}

static int64_t ragged(const reading *r)
{
    return r->cells.n_short + r->cells.n_long;
}

/* A quote that is never closed, and ragged rows, ask whether quotes are plain characters where the sample showed no quoted
 * cell: they are when that leaves fewer rows ragged, and hardly any. */
static ptg_status read_with_quotes(reading *r, ptg_error *err)
{
    TRY(reading_make_wishes(r, err));
    if (!r->plan.open) TRY(reading_cells(r, err));
    int64_t line = r->plan.open ? open_line(r) : 0, before = ragged(r);
    if (line && r->dialect.quotes_seen) return refuse_open_quote(r, line, err);
    if (!r->dialect.rule.quote || r->dialect.quotes_seen || (!line && !before)) return PTG_OK;
    TRY(read_unquoted(r, err));
    if (line && ragged(r) * 100 > r->cells.n_file_rows) return refuse_open_quote(r, line, err);
    if (line || ragged(r) < before) return PTG_OK;
    reading_forget_cells(r);
    r->told.quoted = 1;
    TRY(look(r, err));
    TRY(reading_make_wishes(r, err));
    return reading_cells(r, err);
}

ptg_status reading_text(reading *r, ptg_error *err)
{
    const json_t *schema = r->options->schema;
    r->told = (dialect_told){.header = -1, .quoted = -1};
    if (json_is_boolean(json_object_get(schema, "header"))) r->told.header = json_bool_or(schema, "header", true);
    r->told.decimal_mark = *json_text_or(schema, "decimal_mark", "");
    TRY(look_at_text(r, err));
    if (!r->plan.n_rows && !schema) return reading_refuse_no_rows(r, err);
    return read_with_quotes(r, err);
}
