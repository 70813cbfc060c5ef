/* Parquet by way of DuckDB: a column at a time, each cast in SQL to what a frame holds (doubles, seconds, texts), so that
 * memory is bounded by one column beside the frame. Types that the file gives are kept; only plain texts are looked at like
 * cells of a CSV file. Integers over 2^53 are codes and stay texts. */
#include "table/read_parquet.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "table/duckdb_api.h"
#include "table/raw.h"
#include "table/rows_choice.h"

/* What a column of a Parquet type becomes. The first row whose word begins the type's name holds; lists end with []. */
typedef struct source_type {
    const char *begins;
    const char *sql; /* %s: the quoted name */
    int type;        /* column_type, or -1: found from the texts */
    bool numbers;
} source_type;

static const source_type source_types[] = {
    {"BOOLEAN", "CASE WHEN %s THEN 'True' WHEN NOT %s THEN 'False' END", COLUMN_CATEGORICAL, false},
    {"ENUM", "CAST(%s AS VARCHAR)", COLUMN_CATEGORICAL, false},
    {"TINYINT", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true},
    {"SMALLINT", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true},
    {"INTEGER", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true},
    {"UTINYINT", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true},
    {"USMALLINT", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true},
    {"UINTEGER", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true},
    {"FLOAT", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true},
    {"DOUBLE", "%s", COLUMN_NUMERIC, true},
    {"DECIMAL", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true},
    {"INTERVAL", "CAST(epoch(%s) AS DOUBLE)", COLUMN_NUMERIC, true},
    {"DATE", "CAST(epoch_us(CAST(%s AS TIMESTAMP)) AS DOUBLE) / 1000000", COLUMN_DATETIME, true},
    {"TIMESTAMP", "CAST(epoch_us(CAST(%s AS TIMESTAMP)) AS DOUBLE) / 1000000", COLUMN_DATETIME, true},
};
static const source_type list_type = {"", "CAST(%s AS VARCHAR)", COLUMN_SEQUENCE, false};
static const source_type large_type = {"", "CAST(%s AS DOUBLE)", COLUMN_NUMERIC, true}; /* BIGINT and wider, where all fit */
static const source_type text_type = {"", "CAST(%s AS VARCHAR)", -1, false};

typedef struct parquet {
    duckdb_api api;
    void *database, *connection;
    text_shown_buffer shown;
    const char *path;
    text_buffer from; /* read_parquet('...') */
    const frame_read_options *options;
    int64_t n_rows;     /* of the file */
    rows_choice choice; /* those that are read, where not all of them */
    frame_builder *builder;
} parquet;

static void append_quoted(text_buffer *b, text t, char quote)
{
    text_append_bytes(b, &quote, 1);
    for (int64_t i = 0; i < t.size; i++) {
        if (t.data[i] == quote) text_append_bytes(b, &quote, 1);
        text_append_bytes(b, &t.data[i], 1);
    }
    text_append_bytes(b, &quote, 1);
}

static ptg_status run(parquet *p, const text_buffer *sql, duckdb_result *out, ptg_error *err)
{
    text_shown_buffer why;
    memset(out, 0, sizeof *out);
    TRY(text_buffer_check(sql, err));
    if (p->api.query(p->connection, sql->data, out) == 0) return PTG_OK;
    const char *said = p->api.result_error(out);
    ptg_status status =
        fail(err, PTG_ERROR_DATA, "'%s' cannot be read as Parquet: %s.", text_shown(text_of(p->path), &p->shown),
             text_shown(text_of(said ? said : "unknown reason"), &why));
    p->api.destroy_result(out);
    return status;
}

static bool is_valid(const uint64_t *validity, uint64_t row)
{
    return !validity || (validity[row / 64] >> (row % 64) & 1);
}

static text text_at(const duckdb_text *t)
{
    return (text){t->inside.size <= 12 ? t->inside.data : t->outside.data, t->inside.size};
}

/* Cells of one result column: all numbers, or all texts by their offsets. */
typedef struct cells {
    double *numbers;
    text_buffer bytes;
    int64_t *ends; /* of texts; -1 - end where missing */
    int64_t n, capacity;
    const uint64_t *kept; /* NULL, or the rows of the result that are taken */
    int64_t seen;
} cells;

static ptg_status take_vector(cells *c, bool numbers, const void *data, const uint64_t *validity, int64_t n, ptg_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        if (!rows_is_kept(c->kept, c->seen++)) continue;
        if (c->n == c->capacity) return fail(err, PTG_ERROR_DATA, "A Parquet file changed while it was read; read it again.");
        bool valid = is_valid(validity, (uint64_t)i);
        if (numbers) {
            c->numbers[c->n++] = valid ? ((const double *)data)[i] : (double)NAN;
            continue;
        }
        if (valid) text_append_span(&c->bytes, text_at(&((const duckdb_text *)data)[i]));
        c->ends[c->n++] = valid ? c->bytes.size : -1 - c->bytes.size;
    }
    return text_buffer_check(&c->bytes, err);
}

/* Runs a query of one column into `c`, whose arrays have room for the rows. */
static ptg_status fetch(parquet *p, const text_buffer *sql, bool numbers, cells *c, ptg_error *err)
{
    duckdb_result result;
    TRY(run(p, sql, &result, err));
    ptg_status status = PTG_OK;
    bool expected =
        p->api.column_count(&result) == 1 && p->api.column_type(&result, 0) == (numbers ? DUCKDB_DOUBLE : DUCKDB_VARCHAR);
    if (!expected)
        status = fail(err, PTG_ERROR_LIBRARY, "DuckDB's C library gives other types than asked for; try another version.");
    void *chunk = expected ? p->api.fetch_chunk(result) : NULL;
    while (chunk) {
        void *vector = p->api.chunk_vector(chunk, 0);
        if (status == PTG_OK)
            status = take_vector(c, numbers, p->api.vector_data(vector), p->api.vector_validity(vector),
                                 (int64_t)p->api.chunk_size(chunk), err);
        p->api.destroy_chunk(&chunk);
        chunk = status == PTG_OK ? p->api.fetch_chunk(result) : NULL;
    }
    p->api.destroy_result(&result);
    return status;
}

static ptg_status make_cells(cells *c, bool numbers, int64_t n, ptg_error *err)
{
    *c = (cells){.capacity = n};
    if (numbers)
        c->numbers = mem_array(n, sizeof *c->numbers);
    else
        c->ends = mem_array(n, sizeof *c->ends);
    return c->numbers || c->ends ? PTG_OK : fail_memory(err);
}

static void clear_cells(cells *c)
{
    mem_free(c->numbers);
    mem_free(c->ends);
    text_buffer_clear(&c->bytes);
}

/* Cell i of texts; `from` is where it begins, and moves to the next. */
static text cell_at(const cells *c, int64_t i, int64_t *from)
{
    int64_t end = c->ends[i] < 0 ? -1 - c->ends[i] : c->ends[i], begin = *from;
    *from = end;
    if (c->ends[i] < 0) return (text){NULL, 0};
    return (text){c->bytes.data ? c->bytes.data + begin : "", end - begin};
}

/* One number of a query that gives one row. */
static ptg_status ask_number(parquet *p, const text_buffer *sql, double *out, ptg_error *err)
{
    cells c;
    TRY(make_cells(&c, true, 1, err));
    ptg_status status = fetch(p, sql, true, &c, err);
    *out = c.n == 1 ? c.numbers[0] : (double)NAN;
    clear_cells(&c);
    return status;
}

static bool begins_with(text t, const char *word)
{
    int64_t size = (int64_t)strlen(word);
    return t.size >= size && !memcmp(t.data, word, (size_t)size);
}

static bool is_large_integer(text type)
{
    return text_equal_to(type, "BIGINT") || text_equal_to(type, "UBIGINT") || text_equal_to(type, "HUGEINT") ||
           text_equal_to(type, "UHUGEINT");
}

/* Wide integers are numbers where doubles hold all of them. */
static ptg_status type_of_large(parquet *p, const text_buffer *name, source_type *out, ptg_error *err)
{
    text_buffer sql = {0};
    double largest = 0;
    text_print(&sql, "SELECT CAST(max(abs(CAST(%s AS DOUBLE))) AS DOUBLE) FROM %s", name->data, p->from.data);
    ptg_status status = ask_number(p, &sql, &largest, err);
    text_buffer_clear(&sql);
    *out = largest > 0x1p53 ? text_type : large_type;
    if (largest > 0x1p53) out->type = COLUMN_CATEGORICAL;
    return status;
}

static ptg_status find_source_type(parquet *p, text type, const text_buffer *name, source_type *out, ptg_error *err)
{
    *out = text_type;
    if (is_large_integer(type)) return type_of_large(p, name, out, err);
    if (type.size > 0 && type.data[type.size - 1] == ']') {
        *out = list_type;
        return PTG_OK;
    }
    for (size_t i = 0; i < sizeof source_types / sizeof *source_types; i++) {
        if (!begins_with(type, source_types[i].begins)) continue;
        *out = source_types[i];
        return PTG_OK;
    }
    return PTG_OK;
}

static ptg_status add_texts(parquet *p, text name, const cells *c, int type, ptg_error *err)
{
    text *list = mem_array(c->n, sizeof *list);
    if (!list) return fail_memory(err);
    int64_t from = 0;
    for (int64_t i = 0; i < c->n; i++)
        list[i] = cell_at(c, i, &from);
    ptg_status status = frame_builder_texts(p->builder, name, list, type, err);
    mem_free(list);
    return status;
}

/* SELECT with the name in each place of the pattern. */
static void append_select(text_buffer *sql, const char *pattern, const char *name)
{
    text_append(sql, "SELECT ");
    for (const char *place; (place = strstr(pattern, "%s")); pattern = place + 2) {
        text_append_bytes(sql, pattern, place - pattern);
        text_append(sql, name);
    }
    text_append(sql, pattern);
}

static ptg_status add_column(parquet *p, text name, text type, const text_buffer *quoted, ptg_error *err)
{
    source_type source;
    cells c;
    text_buffer sql = {0};
    TRY(find_source_type(p, type, quoted, &source, err));
    TRY(make_cells(&c, source.numbers, p->choice.sample.kept_rows, err));
    c.kept = p->choice.kept;
    append_select(&sql, source.sql, quoted->data);
    text_print(&sql, " FROM %s", p->from.data);
    ptg_status status = fetch(p, &sql, source.numbers, &c, err);
    text_shown_buffer shown;
    if (status == PTG_OK && c.n != p->choice.sample.kept_rows)
        status = fail(err, PTG_ERROR_DATA, "'%s' has columns of different lengths; write it again.",
                      text_shown(text_of(p->path), &shown));
    if (status == PTG_OK)
        status = source.numbers ? frame_builder_numbers(p->builder, name, (column_type)source.type, c.numbers, err)
                                : add_texts(p, name, &c, source.type, err);
    clear_cells(&c);
    text_buffer_clear(&sql);
    return status;
}

/* Names or types of the columns, in order. */
static ptg_status describe(parquet *p, const char *what, cells *out, ptg_error *err)
{
    text_buffer sql = {0};
    double n = 0;
    text_print(&sql, "SELECT CAST(count(*) AS DOUBLE) FROM (DESCRIBE SELECT * FROM %s)", p->from.data);
    ptg_status status = ask_number(p, &sql, &n, err);
    text_buffer_clear(&sql);
    if (status == PTG_OK) status = make_cells(out, false, (int64_t)n, err);
    if (status != PTG_OK) return status;
    text_print(&sql, "SELECT %s FROM (DESCRIBE SELECT * FROM %s)", what, p->from.data);
    status = fetch(p, &sql, false, out, err);
    text_buffer_clear(&sql);
    return status;
}

static ptg_status add_columns(parquet *p, const cells *names, const cells *types, ptg_error *err)
{
    int64_t name_at = 0, type_at = 0;
    ptg_status status = PTG_OK;
    for (int64_t i = 0; i < names->n && status == PTG_OK; i++) {
        text name = cell_at(names, i, &name_at), type = cell_at(types, i, &type_at);
        text_buffer quoted = {0};
        append_quoted(&quoted, name, '"');
        status = text_buffer_check(&quoted, err);
        if (status == PTG_OK) status = add_column(p, name, type, &quoted, err);
        text_buffer_clear(&quoted);
    }
    return status;
}

static bool has_name(const cells *names, const char *wanted)
{
    int64_t at = 0;
    for (int64_t i = 0; wanted && i < names->n; i++)
        if (text_equal_to(cell_at(names, i, &at), wanted)) return true;
    return false;
}

/* The target's classes, as numbers of their texts, which point into `c`. */
static ptg_status read_classes(parquet *p, cells *c, int32_t *classes, dictionary *texts, ptg_error *err)
{
    text_buffer quoted = {0}, sql = {0};
    append_quoted(&quoted, text_of(p->options->target), '"');
    text_print(&sql, "SELECT CAST(%s AS VARCHAR) FROM %s", quoted.data ? quoted.data : "", p->from.data);
    ptg_status status = fetch(p, &sql, false, c, err);
    text_buffer_clear(&quoted);
    text_buffer_clear(&sql);
    int64_t from = 0;
    for (int64_t i = 0; status == PTG_OK && i < c->n; i++) {
        text t = cell_at(c, i, &from);
        classes[i] = t.data ? dictionary_count(texts, t, 1) : -1;
        if (t.data && classes[i] < 0) status = fail_memory(err);
    }
    return status;
}

static ptg_status choose_by_target(parquet *p, arena *a, ptg_error *err)
{
    ptg_status status = PTG_OK;
    cells c = {0};
    dictionary texts = {0};
    int32_t *classes = mem_array(p->n_rows, sizeof *classes);
    if (!classes) GO(fail_memory(err));
    GO(make_cells(&c, false, p->n_rows, err));
    GO(read_classes(p, &c, classes, &texts, err));
    p->choice.classes = classes;
    p->choice.class_texts = &texts;
    status = rows_choose(&p->choice, a, err);
done:
    clear_cells(&c);
    dictionary_clear(&texts);
    mem_free(classes);
    return status;
}

/* All rows, or a sample where about 20 bytes a cell are over the limit. */
static ptg_status choose_rows(parquet *p, const cells *names, arena *a, ptg_error *err)
{
    const frame_read_options *o = p->options;
    double row_bytes = 20 * (double)names->n;
    p->choice = (rows_choice){.n_rows = p->n_rows, .seed = o->seed, .threads = o->threads};
    p->choice.sample = (frame_sample){.file_rows = p->n_rows, .kept_rows = p->n_rows, .reason = text_of("")};
    if (o->memory_limit <= 0 || p->n_rows <= ROWS_LEAST || (double)p->n_rows * row_bytes <= (double)o->memory_limit)
        return PTG_OK;
    p->choice.wanted = (int64_t)((double)o->memory_limit / row_bytes);
    return has_name(names, o->target) ? choose_by_target(p, a, err) : rows_choose(&p->choice, a, err);
}

static ptg_status read_columns(parquet *p, arena *a, ptg_error *err)
{
    cells names = {0}, types = {0};
    ptg_status status = PTG_OK;
    GO(describe(p, "column_name", &names, err));
    GO(describe(p, "CAST(column_type AS VARCHAR)", &types, err));
    GO(choose_rows(p, &names, a, err));
    p->builder = frame_builder_new(p->choice.sample.kept_rows);
    if (!p->builder) GO(fail_memory(err));
    status = add_columns(p, &names, &types, err);
done:
    clear_cells(&names);
    clear_cells(&types);
    return status;
}

static ptg_status connect(parquet *p, ptg_error *err)
{
    text_buffer sql = {0};
    duckdb_result result;
    if (p->api.open(NULL, &p->database) || p->api.connect(p->database, &p->connection))
        return fail(err, PTG_ERROR_LIBRARY, "DuckDB does not start; look at the library that PILOTAGE_DUCKDB_LIB names.");
    text_append(&sql, "SET threads = 1; SET TimeZone = 'UTC'");
    ptg_status status = run(p, &sql, &result, err);
    text_buffer_clear(&sql);
    if (status == PTG_OK) p->api.destroy_result(&result);
    return status;
}

static ptg_status read_all(parquet *p, arena *a, ptg_error *err)
{
    text_buffer sql = {0};
    double n_rows = 0;
    TRY(connect(p, err));
    text_append(&p->from, "read_parquet(");
    append_quoted(&p->from, text_of(p->path), '\'');
    text_append(&p->from, ")");
    TRY(text_buffer_check(&p->from, err));
    text_print(&sql, "SELECT CAST(count(*) AS DOUBLE) FROM %s", p->from.data);
    ptg_status status = ask_number(p, &sql, &n_rows, err);
    text_buffer_clear(&sql);
    TRY(status);
    p->n_rows = (int64_t)n_rows;
    return read_columns(p, a, err);
}

/* The frame takes the arena over: it holds the reason of the sample. */
static ptg_status finish(parquet *p, arena *a, frame **out, ptg_error *err)
{
    TRY(frame_builder_end(p->builder, out, err));
    frame_source *source = &(*out)->source;
    (*out)->notes = a;
    source->sample = p->choice.sample;
    source->dialect.format = text_of("parquet");
    source->dialect.reason = text_of("The file is Parquet: names and types of the columns are its own.");
    return PTG_OK;
}

ptg_status parquet_read(const char *path, const frame_read_options *options, frame **out, ptg_error *err)
{
    parquet p = {.path = path, .options = options};
    *out = NULL;
    TRY(duckdb_api_open(&p.api, err));
    arena *a = arena_new();
    ptg_status status = a ? read_all(&p, a, err) : fail_memory(err);
    if (p.connection) p.api.disconnect(&p.connection);
    if (p.database) p.api.close(&p.database);
    text_buffer_clear(&p.from);
    mem_free(p.choice.kept);
    if (status == PTG_OK)
        status = finish(&p, a, out, err);
    else
        frame_builder_free(p.builder);
    if (status != PTG_OK) arena_free(a);
    return status;
}

bool parquet_is(text bytes)
{
    return bytes.size >= 12 && !memcmp(bytes.data, "PAR1", 4) && !memcmp(bytes.data + bytes.size - 4, "PAR1", 4);
}
