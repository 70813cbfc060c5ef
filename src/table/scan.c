/* Records and fields by RFC 4180 and its relatives. 64 bytes at a time become bit sets of delimiters, line feeds and quotes
 * (scan_kernel.c); a field is then one step through the bits. A quote opens a quoted field only
 * as a field's first byte, so that 5" stays what it is.
 * Chunks are cut after line feeds: there a file is either at the start of a record or inside a quoted field, nothing else, so
 * that each chunk is counted for both states by itself and the true ones follow in one short walk over the chunks. Chunk
 * borders depend on the bytes only, never on the number of threads. A comment is told by a record's first byte. */
#include "table/scan.h"

#include <string.h>

#include "base/memory.h"

scanner scanner_of(text content, int64_t from, int64_t limit, scan_rule rule)
{
    return (scanner){.content = content, .at = from, .limit = limit, .rule = rule, .kernel = scan_kernel_best(), .block = -1};
}

static void load_block(scanner *s, int64_t block)
{
    s->block = block;
    if (block + 64 <= s->content.size) {
        s->marks = s->kernel->marks(s->content.data + block, s->rule.delimiter, s->rule.quote);
        return;
    }
    char padded[64] = {0};
    memcpy(padded, s->content.data + block, (size_t)(s->content.size - block));
    s->marks = s->kernel->marks(padded, s->rule.delimiter, s->rule.quote);
}

/* The first delimiter or line feed (or quote) at or after `from`, or the limit. */
static inline int64_t next_mark(scanner *s, int64_t from, bool quote)
{
    while (from < s->limit) {
        int64_t block = from & ~(int64_t)63;
        if (block != s->block) load_block(s, block);
        uint64_t bits = (quote ? s->marks.quotes : s->marks.ends) >> (from & 63);
        if (bits) {
            from += __builtin_ctzll(bits);
            return from < s->limit ? from : s->limit;
        }
        from = block + 64;
    }
    return s->limit;
}

/* Whether an odd number of backslashes ends before `at`, none of them before `from`. */
static bool is_escaped(const char *data, int64_t from, int64_t at)
{
    int64_t first = at;
    while (first > from && data[first - 1] == '\\')
        first--;
    return (at - first) & 1;
}

/* From inside the quotes to the closing quote; the limit when there is none. */
static int64_t closing_quote(scanner *s, int64_t from, bool *escaped)
{
    const char *data = s->content.data;
    int64_t start = from;
    for (;;) {
        int64_t at = next_mark(s, from, true);
        if (s->rule.backslash && at < s->limit && is_escaped(data, start, at)) {
            from = at + 1;
            continue;
        }
        if (at + 1 >= s->limit || data[at + 1] != s->rule.quote) {
            *escaped |= s->rule.backslash && memchr(data + start, '\\', (size_t)(at - start));
            return at;
        }
        *escaped = true;
        from = at + 2;
    }
}

static bool is_padding(const char *data, int64_t from, int64_t to)
{
    while (from < to && data[from] == ' ')
        from++;
    return from == to;
}

bool scan_is_blank(text line)
{
    for (int64_t i = 0; i < line.size; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r') return false;
    return true;
}

/* A field that opens with a quote at `at`; returns the offset of its end (delimiter, line feed or limit). */
static int64_t quoted_field(scanner *s, int64_t at, field *f, scan_record *record)
{
    const char *data = s->content.data;
    *f = (field){.data = data + at + 1, .quoted = true, .quote = s->rule.quote, .backslash = s->rule.backslash};
    int64_t close = closing_quote(s, at + 1, &f->escaped);
    f->size = close - at - 1;
    if (memchr(f->data, '\n', (size_t)f->size)) record->joined = true;
    if (close >= s->limit) {
        record->open = true;
        return s->limit;
    }
    record->n_quoted++;
    int64_t end = next_mark(s, close + 1, false), stop = end;
    bool line_end = end >= s->limit || data[end] == '\n';
    while (line_end && stop > close + 1 && data[stop - 1] == '\r')
        stop--;
    if (stop == close + 1 || (s->rule.padded && is_padding(data, close + 1, stop))) return end;
    record->torn = true;
    f->escaped = true;
    f->size = stop - at - 1;
    return end;
}

/* Where the quote stands that opens the field at `at`, or -1. */
static inline int64_t opening_quote(const scanner *s, int64_t at)
{
    if (!s->rule.quote) return -1;
    while (s->rule.padded && at < s->limit && s->content.data[at] == ' ')
        at++;
    return at < s->limit && s->content.data[at] == s->rule.quote ? at : -1;
}

static inline int64_t plain_field(scanner *s, int64_t at, field *f)
{
    const char *data = s->content.data;
    int64_t end = next_mark(s, at, false);
    *f = (field){.data = data + at, .size = end - at};
    bool line_end = end >= s->limit || data[end] == '\n';
    while (line_end && f->size && f->data[f->size - 1] == '\r')
        f->size--;
    return end;
}

/* Passes over a comment at `at`. */
static void skip_line(scanner *s, scan_record *out)
{
    const char *feed = memchr(s->content.data + s->at, '\n', (size_t)(s->limit - s->at));
    s->at = feed ? feed - s->content.data + 1 : s->limit;
    out->comment = true;
}

bool scan_next(scanner *s, field *fields, int32_t capacity, scan_record *out)
{
    *out = (scan_record){0};
    if (s->at >= s->limit) return false;
    if (s->rule.comment && s->content.data[s->at] == s->rule.comment) {
        skip_line(s, out);
        return true;
    }
    field spare;
    int64_t at = s->at;
    for (;;) {
        field *f = out->n_fields < capacity ? &fields[out->n_fields] : &spare;
        int64_t quote = opening_quote(s, at);
        int64_t end = quote >= 0 ? quoted_field(s, quote, f, out) : plain_field(s, at, f);
        if (out->n_fields < INT32_MAX) out->n_fields++;
        at = end + 1;
        if (end < s->limit && s->content.data[end] != '\n') continue;
        out->blank = out->n_fields == 1 && !f->quoted && scan_is_blank((text){f->data, f->size});
        s->at = end < s->limit ? at : s->limit;
        return true;
    }
}

bool scan_leave_quotes(scanner *s)
{
    bool escaped = false;
    int64_t close = closing_quote(s, s->at, &escaped);
    if (close >= s->limit) {
        s->at = s->limit;
        return false;
    }
    int64_t end = next_mark(s, close + 1, false);
    s->at = end < s->limit ? end + 1 : s->limit;
    if (end >= s->limit || s->content.data[end] == '\n') return true;
    scan_record rest;
    return !scan_next(s, NULL, 0, &rest) || !rest.open;
}

int64_t field_unescape(const field *f, char *to)
{
    char *start = to;
    bool inside = true;
    for (int64_t i = 0; i < f->size; i++) {
        char c = f->data[i], next = i + 1 < f->size ? f->data[i + 1] : '\0';
        if (inside && c == f->quote) {
            inside = next == f->quote;
            if (!inside) continue;
            i++;
        } else if (inside && f->backslash && c == '\\' && (next == f->quote || next == '\\')) {
            c = next;
            i++;
        }
        *to++ = c;
    }
    return to - start;
}

int64_t scan_count_newlines(const char *data, int64_t size)
{
    return scan_kernel_best()->census(data, size, '\n', '\0').newlines;
}

int64_t scan_line_of(text content, int64_t offset)
{
    return 1 + scan_count_newlines(content.data, offset < content.size ? offset : content.size);
}

static void count_as(const scan_plan *p, scan_chunk *c, int state)
{
    scan_count *count = &c->as[state];
    *count = (scan_count){.known = true, .first = state ? c->end : c->begin, .ends_open = state};
    if (state && !c->quotes) return;
    scanner s = scanner_of(p->content, c->begin, c->end, p->rule);
    if (state && !scan_leave_quotes(&s)) {
        count->first = s.limit;
        return;
    }
    count->first = s.at;
    count->ends_open = false;
    scan_record record;
    while (scan_next(&s, NULL, 0, &record)) {
        count->rows += !record.blank && !record.comment;
        count->ends_open = record.open;
    }
}

/* What the bytes hold, and the records that start outside of quotes where they can be told by the parity of quotes. */
static void look_at_bytes(const scan_plan *p, scan_chunk *c)
{
    const scan_rule *rule = &p->rule;
    const char *data = p->content.data + c->begin;
    int64_t size = c->end - c->begin;
    scan_census found = scan_kernel_best()->census(data, size, rule->delimiter, rule->quote);
    c->not_utf8 = found.high && !text_is_utf8((text){data, size});
    c->nul = found.nul;
    c->quotes = found.quotes;
    c->newlines = found.newlines;
    bool simple = found.clear && !rule->backslash && !rule->padded && !rule->comment && data[size - 1] == '\n';
    if (simple)
        c->as[0] = (scan_count){.known = true, .first = c->begin, .rows = found.rows + found.open, .ends_open = found.open};
}

static ptg_status count_chunk(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    scan_plan *p = context;
    scan_chunk *c = &p->chunks[chunk];
    look_at_bytes(p, c);
    if (!c->as[0].known) count_as(p, c, 0);
    if (p->both) count_as(p, c, 1);
    return PTG_OK;
}

static int64_t chunk_end(const scan_plan *p, int64_t begin, int64_t chunk_size)
{
    int64_t from = begin + chunk_size - 1;
    if (from >= p->content.size) return p->content.size;
    const char *feed = memchr(p->content.data + from, '\n', (size_t)(p->content.size - from));
    return feed ? feed - p->content.data + 1 : p->content.size;
}

static void resolve(scan_plan *p)
{
    int state = 0;
    int64_t row = 0, line = scan_line_of(p->content, p->body);
    for (int64_t i = 0; i < p->n_chunks; i++) {
        scan_chunk *c = &p->chunks[i];
        if (!c->as[state].known) count_as(p, c, state);
        c->state = state;
        c->first_row = row;
        c->first_line = line;
        row += c->as[state].rows;
        line += c->newlines;
        state = c->as[state].ends_open;
    }
    p->n_rows = row;
    p->open = state;
}

ptg_status scan_plan_make(scan_plan *p, int64_t chunk_size, pool *threads, ptg_error *err)
{
    int64_t most = (p->content.size - p->body) / chunk_size + 1;
    p->chunks = mem_array(most, sizeof *p->chunks);
    if (!p->chunks) return fail_memory(err);
    for (int64_t at = p->body; at < p->content.size; at = p->chunks[p->n_chunks++].end)
        p->chunks[p->n_chunks] = (scan_chunk){.begin = at, .end = chunk_end(p, at, chunk_size)};
    TRY(pool_run(threads, p->n_chunks, count_chunk, p, err));
    resolve(p);
    return PTG_OK;
}

void scan_plan_clear(scan_plan *p)
{
    mem_free(p->chunks);
    p->chunks = NULL;
    p->n_chunks = 0;
}
