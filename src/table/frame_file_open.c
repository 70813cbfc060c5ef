/* Opening frame files (frame_file_layout.h). Nothing in a file is trusted: header, directory and every region carry a checksum,
 * every count is held against the size that the region has, and every offset, code and row against its count. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "table/frame_file_layout.h"
#include "table/raw.h"

static const int64_t most = INT64_C(1) << 40;

bool frame_file_is_frame(text bytes)
{
    return bytes.size >= 8 && !memcmp(bytes.data, FRAME_FILE_MAGIC, 8);
}

/* A file that is being opened. */
typedef struct opening {
    const char *path;
    const char *data;
    file_header header;
    bytes_reader directory;
    frame *made;
} opening;

static ptg_status damaged(const opening *o, const char *what, ptg_error *err)
{
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_FORMAT, "'%s' is a damaged frame file: %s; make it again from its source.",
                text_shown(text_of(o->path), &shown), what);
}

static ptg_status fail_version(const opening *o, ptg_error *err)
{
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_FORMAT,
                "'%s' is a frame file of version %u, this program reads version %d; make it again from its source.",
                text_shown(text_of(o->path), &shown), (unsigned)o->header.version, (int)VERSION);
}

static ptg_status check_header(opening *o, int64_t size, ptg_error *err)
{
    file_header *h = &o->header;
    if (size < HEADER_SIZE || !frame_file_is_frame((text){o->data, size})) return damaged(o, "it has no header", err);
    memcpy(h, o->data, sizeof *h);
    if (h->endian != ENDIAN_MARK) return damaged(o, "it was written by a machine of another byte order", err);
    if (h->version != VERSION) return fail_version(o, err);
    if (h->header_sum != hash_word(h, offsetof(file_header, header_sum), 0)) return damaged(o, "its header was changed", err);
    bool fits = h->length == size && h->n_rows >= 0 && h->n_rows <= most && h->directory_size >= 0 &&
                h->directory_size <= size - HEADER_SIZE && h->data_at == frame_file_aligned(HEADER_SIZE + h->directory_size) &&
                h->data_at <= size;
    if (!fits) return damaged(o, "its lengths do not agree", err);
    if (h->directory_sum != hash_word(o->data + HEADER_SIZE, (size_t)h->directory_size, 0))
        return damaged(o, "its directory was changed", err);
    o->directory = bytes_reader_of(o->data + HEADER_SIZE, h->directory_size);
    return PTG_OK;
}

static bool is_count(int64_t n, int64_t limit)
{
    return n >= 0 && n <= limit;
}

/* Texts by their offsets; the text array is the body's memory, the bytes stay in the map. */
static ptg_status open_texts(const opening *o, column_body *body, const char *offsets_at, const char *bytes, int64_t n,
                             int64_t size, const text **out, ptg_error *err)
{
    const int64_t *offsets = (const int64_t *)(const void *)offsets_at;
    text *texts = column_take(body, n, sizeof *texts);
    if (!texts) return fail_memory(err);
    if (offsets[0] != 0 || offsets[n] != size) return damaged(o, "its text offsets are wrong", err);
    for (int64_t i = 0; i < n; i++) {
        if (offsets[i + 1] < offsets[i] || offsets[i + 1] > size) return damaged(o, "its text offsets are wrong", err);
        texts[i] = (text){bytes + offsets[i], offsets[i + 1] - offsets[i]};
        if (!text_is_utf8(texts[i])) return damaged(o, "a text is not UTF-8", err);
    }
    *out = texts;
    return PTG_OK;
}

static ptg_status check_ids(const opening *o, const int32_t *ids, int64_t n, int32_t least, int64_t n_words, ptg_error *err)
{
    for (int64_t i = 0; i < n; i++)
        if (ids[i] < least || ids[i] >= n_words) return damaged(o, "a code has no text", err);
    return PTG_OK;
}

static ptg_status check_values(const opening *o, const column_body *body, ptg_error *err)
{
    const column *c = &body->shown;
    int64_t n = o->header.n_rows, none = 0;
    for (int64_t i = 0; i < n; i++)
        none += c->numbers ? isnan(c->numbers[i]) != 0 : body->ids[i] < 0;
    if (!is_count(c->n_missing, n) || !is_count(c->n_invalid, n) || c->n_missing + c->n_invalid != none)
        return damaged(o, "a count of missing cells is wrong", err);
    for (int32_t i = 1; i < c->n_levels; i++)
        if (text_compare(c->levels[i - 1], c->levels[i]) >= 0) return damaged(o, "levels are not in order", err);
    for (int64_t i = 0; i < body->n_aside; i++)
        if (body->aside_rows[i] < (i ? body->aside_rows[i - 1] + 1 : 0) || body->aside_rows[i] >= n)
            return damaged(o, "a row number is wrong", err);
    return PTG_OK;
}

static ptg_status open_words(const opening *o, column_body *body, const region *g, const char *data, const int64_t at[],
                             ptg_error *err)
{
    column *c = &body->shown;
    body->ids = (const int32_t *)(const void *)(data + at[0]);
    body->n_words = (int32_t)g->n_words;
    TRY(check_ids(o, body->ids, g->n_rows, -1, g->n_words, err));
    TRY(open_texts(o, body, data + at[1], data + at[2], g->n_words, g->word_bytes, &body->words, err));
    if (c->type == COLUMN_CATEGORICAL) {
        c->codes = body->ids;
        c->levels = body->words;
        c->n_levels = body->n_words;
        return PTG_OK;
    }
    text *cells = column_take(body, g->n_rows, sizeof *cells);
    if (!cells) return fail_memory(err);
    for (int64_t i = 0; i < g->n_rows; i++)
        if (body->ids[i] >= 0) cells[i] = body->words[body->ids[i]];
    c->cells = cells;
    return PTG_OK;
}

static ptg_status open_region(const opening *o, column_body *body, const region *g, int64_t data_at, text sum, ptg_error *err)
{
    int64_t at[PARTS + 1], room = o->header.length - o->header.data_at;
    const int64_t counts[5] = {g->n_words, g->word_bytes, g->n_aside, g->n_aside_words, g->aside_bytes};
    for (int i = 0; i < 5; i++)
        if (!is_count(counts[i], most)) return damaged(o, "a count is out of range", err);
    frame_file_lay_out(g, at);
    if (data_at < 0 || data_at % ALIGN || at[PARTS] > room || data_at > room - at[PARTS] || g->n_words > INT32_MAX ||
        g->n_aside_words > INT32_MAX)
        return damaged(o, "a column lies outside of the file", err);
    const char *data = o->data + o->header.data_at + data_at;
    char found[HASH_TEXT_SIZE];
    hash_bytes(data, (size_t)at[PARTS], found);
    if (!text_equal_to(sum, found)) return damaged(o, "the values of a column were changed", err);
    if (g->numbers)
        body->shown.numbers = (const double *)(const void *)data;
    else
        TRY(open_words(o, body, g, data, at, err));
    body->n_aside = g->n_aside;
    body->aside_rows = (const int64_t *)(const void *)(data + at[3]);
    body->aside_ids = (const int32_t *)(const void *)(data + at[4]);
    body->n_aside_words = (int32_t)g->n_aside_words;
    TRY(check_ids(o, body->aside_ids, g->n_aside, 0, g->n_aside_words, err));
    TRY(open_texts(o, body, data + at[5], data + at[6], g->n_aside_words, g->aside_bytes, &body->aside_words, err));
    return check_values(o, body, err);
}

/* A text of the directory; it stays in the map. Missing ones are refused like broken ones. */
static text take_text(bytes_reader *r)
{
    text t = bytes_text(r);
    if (!t.data || !text_is_utf8(t)) r->failed = true;
    return t;
}

static ptg_status open_lists(const opening *o, bytes_reader *r, column_body *body, ptg_error *err)
{
    column *c = &body->shown;
    c->n_top_invalid = bytes_i32(r);
    if (r->failed || !is_count(c->n_top_invalid, 10)) return damaged(o, "its directory is wrong", err);
    text_count *top = column_take(body, c->n_top_invalid, sizeof *top);
    if (!top) return fail_memory(err);
    c->top_invalid = top;
    for (int32_t i = 0; i < c->n_top_invalid; i++) {
        top[i].value = take_text(r);
        top[i].count = bytes_i64(r);
    }
    c->n_missing_tokens = bytes_i32(r);
    if (r->failed || !is_count(c->n_missing_tokens, (r->size - r->at) / 8)) return damaged(o, "its directory is wrong", err);
    text *tokens = column_take(body, c->n_missing_tokens, sizeof *tokens);
    if (!tokens) return fail_memory(err);
    c->missing_tokens = tokens;
    for (int32_t i = 0; i < c->n_missing_tokens; i++)
        tokens[i] = take_text(r);
    return PTG_OK;
}

static ptg_status open_tokens(const opening *o, bytes_reader *r, column_body *body, ptg_error *err)
{
    column *c = &body->shown;
    c->n_tokens = bytes_i32(r);
    if (r->failed || !is_count(c->n_tokens, (r->size - r->at) / 25)) return damaged(o, "its directory is wrong", err);
    column_token *tokens = column_take(body, c->n_tokens, sizeof *tokens);
    if (!tokens) return fail_memory(err);
    c->tokens = tokens;
    for (int32_t i = 0; i < c->n_tokens; i++) {
        tokens[i].value = take_text(r);
        tokens[i].count = bytes_i64(r);
        tokens[i].missing = bytes_u8(r) != 0;
        tokens[i].reason = take_text(r);
        r->failed |= tokens[i].count < 0;
    }
    return PTG_OK;
}

static ptg_status open_record(const opening *o, bytes_reader *r, column_body *body, ptg_error *err)
{
    column *c = &body->shown;
    TRY(open_tokens(o, r, body, err));
    c->unit = take_text(r);
    c->other_format = take_text(r);
    c->order = take_text(r);
    c->n_affixed = bytes_i64(r);
    bool fine = c->n_affixed >= 0;
    for (int i = 0; i < NUMBER_AFFIXES; i++) {
        c->affixes[i] = bytes_i64(r);
        fine = fine && c->affixes[i] >= 0;
    }
    c->n_non_finite = bytes_i64(r);
    c->n_like_numbers = bytes_i64(r);
    c->n_like_dates = bytes_i64(r);
    fine = fine && !r->failed && c->n_non_finite >= 0 && c->n_like_numbers >= 0 && c->n_like_dates >= 0;
    return fine && level_order_is_known(c->order) ? PTG_OK : damaged(o, "its directory is wrong", err);
}

static ptg_status open_column(opening *o, column_body *body, ptg_error *err)
{
    bytes_reader *r = &o->directory;
    column *c = &body->shown;
    c->name = take_text(r);
    uint8_t type = bytes_u8(r), origin = bytes_u8(r);
    c->integers = bytes_u8(r) != 0;
    c->reason = take_text(r);
    c->format = take_text(r);
    c->n_missing = bytes_i64(r);
    c->n_invalid = bytes_i64(r);
    if (r->failed || type > COLUMN_SEQUENCE || origin > COLUMN_SEQUENCE || !c->name.size ||
        memchr(c->name.data, '\0', (size_t)c->name.size))
        return damaged(o, "its directory is wrong", err);
    c->type = (column_type)type;
    body->origin = (column_type)origin;
    TRY(open_lists(o, r, body, err));
    TRY(open_record(o, r, body, err));
    region g = {.n_rows = o->header.n_rows, .numbers = type == COLUMN_NUMERIC || type == COLUMN_DATETIME};
    g.n_words = bytes_i64(r);
    g.word_bytes = bytes_i64(r);
    g.n_aside = bytes_i64(r);
    g.n_aside_words = bytes_i64(r);
    g.aside_bytes = bytes_i64(r);
    int64_t data_at = bytes_i64(r);
    text sum = take_text(r);
    if (r->failed) return damaged(o, "its directory is wrong", err);
    return open_region(o, body, &g, data_at, sum, err);
}

static bool is_delimiter(char c)
{
    return c == ',' || c == ';' || c == '\t' || c == '|';
}

static void take_dialect(bytes_reader *r, frame_dialect *d)
{
    bool *const flags[5] = {&d->quoted, &d->backslash, &d->padded, &d->header, &d->trailing};
    int64_t *const counts[6] = {&d->n_comments, &d->n_blank_lines, &d->n_nul, &d->n_broken, &d->n_short, &d->n_long};
    text *const words[7] = {&d->format, &d->line_ends,       &d->encoding,     &d->compression,
                            &d->reason, &d->encoding_reason, &d->ragged_reason};
    d->delimiter = (char)bytes_u8(r);
    d->decimal_mark = (char)bytes_u8(r);
    d->quote = (char)bytes_u8(r);
    d->comment = (char)bytes_u8(r);
    for (int i = 0; i < 5; i++)
        *flags[i] = bytes_u8(r) != 0;
    for (int i = 0; i < 6; i++) {
        *counts[i] = bytes_i64(r);
        r->failed |= *counts[i] < 0;
    }
    for (int i = 0; i < 7; i++)
        *words[i] = take_text(r);
    r->failed |= !is_delimiter(d->delimiter) || (d->decimal_mark != '.' && d->decimal_mark != ',');
    r->failed |= (d->quote != '"' && d->quote != '\'') || (d->comment && d->comment != '#');
}

static void take_sample(bytes_reader *r, frame_sample *sample)
{
    sample->file_rows = bytes_i64(r);
    sample->kept_rows = bytes_i64(r);
    sample->by_class = bytes_u8(r) != 0;
    sample->reason = take_text(r);
    r->failed |= sample->kept_rows < 0 || sample->file_rows < sample->kept_rows;
}

static void take_ragged(bytes_reader *r, frame_source *s)
{
    s->n_ragged = bytes_i64(r);
    s->n_ragged_shown = bytes_i32(r);
    r->failed |= s->n_ragged < 0 || !is_count(s->n_ragged_shown, 100);
    for (int32_t i = 0; i < s->n_ragged_shown && !r->failed; i++) {
        s->ragged[i].line = bytes_i64(r);
        s->ragged[i].fields = bytes_i32(r);
    }
}

/* The list is the frame's, so that it is made first. */
static ptg_status open_renamed(opening *o, ptg_error *err)
{
    bytes_reader *r = &o->directory;
    int32_t n = bytes_i32(r);
    if (r->failed || !is_count(n, (r->size - r->at) / 20)) return damaged(o, "its directory is wrong", err);
    o->made->notes = arena_new();
    frame_renamed *list = o->made->notes ? arena_array(o->made->notes, n, sizeof *list) : NULL;
    if (!list) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) {
        list[i].name = take_text(r);
        list[i].original = take_text(r);
        list[i].place = bytes_i32(r);
        r->failed |= list[i].place < 1;
    }
    o->made->source.renamed = list;
    o->made->source.n_renamed = n;
    return r->failed ? damaged(o, "its directory is wrong", err) : PTG_OK;
}

static ptg_status open_directory(opening *o, ptg_error *err)
{
    bytes_reader *r = &o->directory;
    o->made = frame_new(o->header.n_rows, 0);
    if (!o->made) return fail_memory(err);
    frame_source *source = &o->made->source;
    take_dialect(r, &source->dialect);
    take_sample(r, &source->sample);
    take_ragged(r, source);
    if (r->failed) return damaged(o, "its directory is wrong", err);
    TRY(open_renamed(o, err));
    int32_t n_columns = bytes_i32(r);
    if (r->failed || !is_count(n_columns, (r->size - r->at) / 64)) return damaged(o, "its directory is wrong", err);
    column_body *columns = mem_resize(o->made->columns, 0, n_columns, sizeof *columns);
    if (!columns) return fail_memory(err);
    o->made->columns = columns;
    o->made->n_columns = o->made->capacity = n_columns;
    for (int32_t i = 0; i < n_columns; i++)
        TRY(open_column(o, &o->made->columns[i], err));
    if (r->at != r->size) return damaged(o, "its directory is too long", err);
    ptg_status status = frame_index_names(o->made, err);
    return status == PTG_ERROR_DATA ? damaged(o, "two columns have one name", err) : status;
}

ptg_status frame_open(const char *path, frame **out, ptg_error *err)
{
    *out = NULL;
    file_map *map = mem_array(1, sizeof *map);
    if (!map) return fail_memory(err);
    ptg_status status = file_map_open(path, map, err);
    if (status != PTG_OK) {
        mem_free(map);
        return status;
    }
    opening o = {.path = path, .data = map->data};
    status = check_header(&o, map->size, err);
    if (status == PTG_OK) status = open_directory(&o, err);
    if (status != PTG_OK) {
        frame_free(o.made);
        file_map_close(map);
        mem_free(map);
        return status;
    }
    o.made->map = map;
    *out = o.made;
    return PTG_OK;
}
