/* frame_read: chooses the way by the content: a frame file, Parquet, JSON Lines, or a text table. What is known to be something
 * else is refused by its first bytes. */
#include <string.h>

#include "table/read_parquet.h"
#include "table/reading.h"

/* Files that are no text, by their first bytes. */
static const struct {
    const char *magic;
    size_t size;
    const char *what;
} foreign[] = {
    {"PK\3\4", 4, "a zip archive or an Excel workbook; save its table as CSV"},
    {"\xD0\xCF\x11\xE0", 4, "an old Excel workbook; save its table as CSV"},
    {"%PDF-", 5, "a PDF document; save its table as CSV"},
    {"SQLite format 3", 15, "an SQLite database; save its table as CSV"},
    {"\x89HDF", 4, "an HDF5 file; save its table as CSV"},
    {"ARROW1", 6, "an Arrow file; read it in Python with pyarrow and hand the table over, or save it as CSV"},
    {"PAR1", 4, "a Parquet file that is cut off; get it again"},
    {"ORC", 3, "an ORC file; save its table as CSV"},
    {"Obj\1", 4, "an Avro file; save its table as CSV"},
    {"BZh", 3, "compressed by bzip2; unpack it, or compress it by gzip or zstd"},
    {"\xFD"
     "7zXZ",
     5, "compressed by xz; unpack it, or compress it by gzip or zstd"},
    {"7z\xBC\xAF", 4, "a 7z archive; unpack it"},
    {"Rar!", 4, "a rar archive; unpack it"},
};

static ptg_status refuse_foreign(reading *r, ptg_error *err)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        bool is = r->file.size >= (int64_t)foreign[i].size && !memcmp(r->file.data, foreign[i].magic, foreign[i].size);
        if (is && memchr(r->file.data, '\0', (size_t)r->file.size))
            return fail(err, PTG_ERROR_DATA, "'%s' is %s.", reading_shown(r), foreign[i].what);
    }
    return PTG_OK;
}

static ptg_status read_content(reading *r, ptg_error *err)
{
    TRY(refuse_foreign(r, err));
    TRY(encoding_begin((text){r->file.data, r->file.size}, &r->encoding, err));
    TRY(reading_is_json_lines(r) ? reading_json_lines(r, err) : reading_text(r, err));
    TRY(reading_again(r, err));
    return reading_build(r, err);
}

static void finish(reading *r)
{
    reading_forget_cells(r);
    json_keys_clear(&r->keys);
    scan_plan_clear(&r->plan);
    mem_free(r->kept);
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

/* A whole frame, of a frame file or of Parquet, as the options want it; `whole` is freed. */
static ptg_status take_frame(const char *path, const frame_read_options *o, frame *whole, arena *a, frame **out, ptg_error *err)
{
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

static ptg_status read_other(reading *r, frame **out, ptg_error *err)
{
    frame *whole = NULL;
    if (!parquet_is((text){r->file.data, r->file.size})) {
        TRY(frame_open(r->path, &whole, err));
        return take_frame(r->path, r->options, whole, r->memory, out, err);
    }
    TRY(parquet_read(r->path, r->options, &whole, err));
    return take_frame(r->path, r->options, whole, r->memory, out, err);
}

ptg_status frame_read(const char *path, const frame_read_options *options, frame **out, ptg_error *err)
{
    static const frame_read_options none = {0};
    reading r = {.path = path, .options = options ? options : &none};
    ptg_status status = PTG_OK;
    *out = NULL;
    r.memory = arena_new();
    if (!r.memory) return fail_memory(err);
    GO(file_content_open(path, r.options->memory_limit, &r.file, err));
    if (frame_file_is_frame((text){r.file.data, r.file.size}) || parquet_is((text){r.file.data, r.file.size})) {
        status = read_other(&r, out, err);
        goto done;
    }
    GO(read_content(&r, err));
    *out = r.made;
    r.made = NULL;
done:
    finish(&r);
    return status;
}
