/* frame_read: bytes, encoding, dialect, chunks, cells, types. What the head of the file suggests (which columns are numbers,
 * whether quotes quote) only decides what is tried first: where the whole file says otherwise, the columns concerned are read
 * once more. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "table/dialect.h"
#include "table/encoding.h"
#include "table/parse.h"

enum { CHUNK_BYTES = 1 << 18, CHUNK_ROWS = 256 };

typedef struct reading {
    const char *path;
    const frame_read_options *options;
    text_shown_buffer shown; /* the path, for messages */
    arena *memory;
    file_content file;
    encoding_text encoding;
    dialect_told told;
    dialect dialect;
    scan_plan plan;
    parse cells, again;
    raw_column *raw;
    column_wish *wishes;
    frame *made;
} reading;

static ptg_status refuse_nul(reading *r, text bytes, int64_t from, int64_t size, ptg_error *err)
{
    const char *nul = memchr(bytes.data + from, '\0', (size_t)size);
    if (!nul) return PTG_OK;
    return fail(err, PTG_ERROR_DATA, "'%s' line %" PRId64 ": there is a NUL byte, so this is no text table; give a CSV file.",
                text_shown(text_of(r->path), &r->shown), scan_line_of(bytes, nul - bytes.data));
}

static ptg_status cut_chunks(reading *r, ptg_error *err)
{
    int64_t chunk_size = r->dialect.row_bytes * CHUNK_ROWS;
    if (chunk_size < CHUNK_BYTES) chunk_size = CHUNK_BYTES;
    scan_plan_clear(&r->plan);
    r->plan = (scan_plan){.content = r->encoding.content,
                          .body = r->dialect.body,
                          .delimiter = r->dialect.delimiter,
                          .quoted = r->dialect.quoted,
                          .both = r->dialect.joined};
    return scan_plan_make(&r->plan, chunk_size, r->options->threads, err);
}

static ptg_status look(reading *r, ptg_error *err)
{
    const text content = r->encoding.content;
    TRY(refuse_nul(r, content, 0, content.size < 1 << 16 ? content.size : 1 << 16, err));
    TRY(dialect_find(content, &r->told, r->path, r->memory, &r->dialect, err));
    TRY(refuse_nul(r, content, 0, r->dialect.body, err));
    return cut_chunks(r, err);
}

static bool is_utf8(const reading *r)
{
    bool fine = text_is_utf8((text){r->encoding.content.data, r->dialect.body});
    for (int64_t i = 0; i < r->plan.n_chunks; i++)
        fine = fine && !r->plan.chunks[i].not_utf8;
    return fine;
}

/* Finds the dialect and the chunks; content that is not UTF-8 is converted, and looked at again. */
static ptg_status look_at_text(reading *r, ptg_error *err)
{
    TRY(look(r, err));
    for (int64_t i = 0; i < r->plan.n_chunks; i++) {
        const scan_chunk *c = &r->plan.chunks[i];
        if (c->nul) return refuse_nul(r, r->encoding.content, c->begin, c->end - c->begin, err);
    }
    if (is_utf8(r)) return PTG_OK;
    TRY(encoding_repair(&r->encoding, err));
    return look(r, err);
}

/* The first line of the record that never ends. */
static int64_t open_line(const reading *r)
{
    const scan_plan *p = &r->plan;
    int64_t i = p->n_chunks - 1;
    while (i > 0 && !p->chunks[i].as[p->chunks[i].state].rows)
        i--;
    const scan_chunk *c = &p->chunks[i];
    scanner s = scanner_of(p->content, c->as[c->state].first, p->content.size, p->delimiter, p->quoted);
    scan_record record = {0};
    int64_t at = s.at;
    while (!record.open) {
        at = s.at;
        if (!scan_next(&s, NULL, 0, &record)) break;
    }
    return scan_line_of(p->content, at);
}

/* Told columns: wishes of a schema (others are skipped), or of types by name. */
static ptg_status make_wishes(reading *r, ptg_error *err)
{
    const frame_read_options *o = r->options;
    r->wishes = mem_array(r->dialect.width, sizeof *r->wishes);
    r->raw = mem_array(r->dialect.width, sizeof *r->raw);
    if (!r->wishes || !r->raw) return fail_memory(err);
    const json_t *columns = o->schema ? json_object_get(o->schema, "columns") : NULL;
    if (o->schema && !json_is_object(columns)) return fail(err, PTG_ERROR_USAGE, "A schema must have an object of columns.");
    for (int32_t i = 0; i < r->dialect.width; i++) {
        const text name = r->dialect.names[i];
        json_t *told = columns ? json_object_getn(columns, name.data, (size_t)name.size) : NULL;
        json_t *type = o->types ? json_object_getn(o->types, name.data, (size_t)name.size) : NULL;
        r->raw[i].kind = r->dialect.numbers[i] ? RAW_NUMBERS : RAW_TEXTS;
        if (columns && !told) r->raw[i].kind = RAW_SKIPPED;
        if (told) TRY(wish_of_schema(told, name, r->memory, &r->wishes[i], err));
        if (told) r->wishes[i].because = "The type is that of the model's training table.";
        if (type) TRY(wish_of_type(type, name, &r->wishes[i], err));
        if (r->wishes[i].typed && r->raw[i].kind != RAW_SKIPPED)
            r->raw[i].kind = r->wishes[i].type == COLUMN_NUMERIC ? RAW_NUMBERS : RAW_TEXTS;
    }
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
                        text_shown(text_of(name), &shown), text_shown(text_of(r->path), &r->shown));
    }
    return PTG_OK;
}

static ptg_status read_cells(reading *r, ptg_error *err)
{
    int64_t n_rows = r->plan.n_rows;
    if (r->options->max_rows > 0 && n_rows > r->options->max_rows) n_rows = r->options->max_rows;
    r->cells = (parse){.plan = &r->plan,
                       .width = r->dialect.width,
                       .decimal_mark = r->dialect.decimal_mark,
                       .n_rows = n_rows,
                       .columns = r->raw,
                       .threads = r->options->threads};
    return parse_run(&r->cells, err);
}

static void forget_cells(reading *r)
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

/* Reads with quotes as plain characters instead. */
static ptg_status read_unquoted(reading *r, ptg_error *err)
{
    forget_cells(r);
    r->told.delimiter = r->dialect.delimiter;
    r->told.quoted = 0;
    TRY(look(r, err));
    TRY(make_wishes(r, err));
    return read_cells(r, err);
}

static ptg_status refuse_open_quote(reading *r, int64_t line, ptg_error *err)
{
    return fail(err, PTG_ERROR_DATA,
                "'%s' line %" PRId64 ": a quoted cell opens in this row and is never closed; close or double the quote.",
                text_shown(text_of(r->path), &r->shown), line);
}

/* A quote that is never closed, and ragged rows, ask whether quotes are plain characters where the sample showed no quoted
 * cell: they are when that leaves fewer rows ragged, and hardly any. */
static ptg_status read_with_quotes(reading *r, ptg_error *err)
{
    TRY(make_wishes(r, err));
    if (!r->plan.open) TRY(read_cells(r, err));
    int64_t line = r->plan.open ? open_line(r) : 0, ragged = r->cells.n_ragged;
    if (line && r->dialect.quotes_seen) return refuse_open_quote(r, line, err);
    if (!r->dialect.quoted || r->dialect.quotes_seen || (!line && !ragged)) return PTG_OK;
    TRY(read_unquoted(r, err));
    if (line && r->cells.n_ragged * 100 > r->cells.n_rows) return refuse_open_quote(r, line, err);
    if (line || r->cells.n_ragged < ragged) return PTG_OK;
    forget_cells(r);
    r->told.quoted = 1;
    TRY(look(r, err));
    TRY(make_wishes(r, err));
    return read_cells(r, err);
}

/* Columns that were read as numbers and are none are read again as texts; the others are skipped then. */
static ptg_status read_again(reading *r, ptg_error *err)
{
    int32_t width = r->dialect.width, n_again = 0;
    raw_column *texts = mem_array(width, sizeof *texts);
    if (!texts) return fail_memory(err);
    for (int32_t i = 0; i < width; i++) {
        type_verdict verdict = {0};
        if (r->raw[i].kind == RAW_NUMBERS) types_decide(&r->raw[i], &r->wishes[i], r->dialect.decimal_mark, &verdict);
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

static ptg_status build_column(void *context, int64_t i, ptg_error *err)
{
    reading *r = context;
    raw_column *raw = &r->raw[i];
    if (raw->kind == RAW_SKIPPED) return PTG_OK;
    ptg_status status =
        column_build(raw, &r->wishes[i], r->dialect.decimal_mark, r->dialect.names[i], &r->made->columns[i], err);
    raw_column_clear(raw);
    return status;
}

static void drop_skipped(frame *f)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < f->n_columns; i++)
        if (f->columns[i].shown.name.data) f->columns[kept++] = f->columns[i];
    f->n_columns = kept;
}

/* How the file is packed; a pipe cannot be opened twice. */
static ptg_status find_packing(const reading *r, const char **out, ptg_error *err)
{
    struct stat about;
    *out = "";
    if (r->file.mapped || stat(r->path, &about) != 0 || !S_ISREG(about.st_mode)) return PTG_OK;
    file_map packed;
    TRY(file_map_open(r->path, &packed, err));
    if (packed.size >= 2 && !memcmp(packed.data, "\x1f\x8b", 2)) *out = "gzip";
    if (packed.size >= 4 && !memcmp(packed.data, "\x28\xb5\x2f\xfd", 4)) *out = "zstd";
    file_map_close(&packed);
    return PTG_OK;
}

static ptg_status describe(reading *r, ptg_error *err)
{
    frame_source *s = &r->made->source;
    const char *packing;
    TRY(find_packing(r, &packing, err));
    r->made->notes = arena_new();
    if (!r->made->notes) return fail_memory(err);
    s->dialect.format = text_of("csv");
    s->dialect.delimiter = r->dialect.delimiter;
    s->dialect.decimal_mark = r->dialect.decimal_mark;
    s->dialect.quoted = r->dialect.quoted;
    s->dialect.header = r->dialect.header;
    s->dialect.encoding = text_of(r->encoding.name);
    s->dialect.compression = text_of(packing);
    s->dialect.reason = text_of(arena_text(r->made->notes, r->dialect.reason, strlen(r->dialect.reason)));
    s->dialect.encoding_reason = text_of(r->encoding.note ? r->encoding.note : "");
    s->n_ragged = r->cells.n_ragged;
    s->n_ragged_shown = r->cells.n_ragged_shown;
    memcpy(s->ragged, r->cells.ragged, sizeof s->ragged);
    return s->dialect.reason.data ? PTG_OK : fail_memory(err);
}

static ptg_status build(reading *r, ptg_error *err)
{
    r->made = frame_new(r->cells.n_rows, r->dialect.width);
    if (!r->made) return fail_memory(err);
    TRY(pool_run(r->options->threads, r->dialect.width, build_column, r, err));
    drop_skipped(r->made);
    TRY(describe(r, err));
    return frame_index_names(r->made, err);
}

static ptg_status read_text(reading *r, ptg_error *err)
{
    const json_t *schema = r->options->schema;
    r->told = (dialect_told){.header = -1, .quoted = -1};
    if (json_is_boolean(json_object_get(schema, "header"))) r->told.header = json_bool_or(schema, "header", true);
    r->told.decimal_mark = *json_text_or(schema, "decimal_mark", "");
    TRY(encoding_begin((text){r->file.data, r->file.size}, &r->encoding, err));
    TRY(look_at_text(r, err));
    TRY(check_types_exist(r, err));
    if (!r->plan.n_rows && !schema)
        return fail(err, PTG_ERROR_DATA, "'%s' has no rows below its header line; give a table with rows.",
                    text_shown(text_of(r->path), &r->shown));
    TRY(read_with_quotes(r, err));
    TRY(read_again(r, err));
    return build(r, err);
}

static void finish(reading *r)
{
    forget_cells(r);
    scan_plan_clear(&r->plan);
    encoding_clear(&r->encoding);
    file_content_close(&r->file);
    arena_free(r->memory);
    frame_free(r->made);
}

/* A frame file instead of a CSV: the same options, on the frame. */
static ptg_status apply_options(const frame *f, const frame_read_options *o, arena *a, frame **out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    column_wish *wishes = mem_array(f->n_columns, sizeof *wishes);
    bool *kept = mem_array(f->n_columns, sizeof *kept);
    const json_t *columns = o->schema ? json_object_get(o->schema, "columns") : NULL;
    if (!wishes || !kept) GO(fail_memory(err));
    for (int32_t i = 0; i < f->n_columns; i++) {
        const text name = f->columns[i].shown.name;
        json_t *told = columns ? json_object_getn(columns, name.data, (size_t)name.size) : NULL;
        json_t *type = o->types ? json_object_getn(o->types, name.data, (size_t)name.size) : NULL;
        kept[i] = !o->schema || told;
        if (told) GO(wish_of_schema(told, name, a, &wishes[i], err));
        if (type) GO(wish_of_type(type, name, &wishes[i], err));
    }
    int64_t n_rows = o->max_rows > 0 && o->max_rows < f->n_rows ? o->max_rows : f->n_rows;
    status = frame_derive(f, wishes, kept, n_rows, out, err);
done:
    mem_free(wishes);
    mem_free(kept);
    return status;
}

static ptg_status read_frame_file(const char *path, const frame_read_options *o, arena *a, frame **out, ptg_error *err)
{
    frame *whole = NULL;
    TRY(frame_open(path, &whole, err));
    text_shown_buffer shown;
    ptg_status status = PTG_OK;
    if (!whole->n_rows && !o->schema)
        status = fail(err, PTG_ERROR_DATA, "'%s' has no rows; give a table with rows.", text_shown(text_of(path), &shown));
    else if (!o->schema && !o->types && o->max_rows <= 0)
        *out = frame_share(whole);
    else
        status = apply_options(whole, o, a, out, err);
    frame_free(whole);
    return status;
}

ptg_status frame_read(const char *path, const frame_read_options *options, frame **out, ptg_error *err)
{
    static const frame_read_options none = {0};
    reading r = {.path = path, .options = options ? options : &none};
    ptg_status status = PTG_OK;
    *out = NULL;
    r.memory = arena_new();
    if (!r.memory) return fail_memory(err);
    GO(file_content_open(path, &r.file, err));
    if (frame_file_is_frame((text){r.file.data, r.file.size})) {
        status = read_frame_file(path, r.options, r.memory, out, err);
        goto done;
    }
    GO(read_text(&r, err));
    *out = r.made;
    r.made = NULL;
done:
    finish(&r);
    return status;
}
