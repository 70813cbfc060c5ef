/* The public table: a caller's columns copied into a frame by way of frame_builder. */
#include "pilotage/table.h"

#include <string.h>

#include "base/memory.h"
#include "table/frame.h"

struct ptg_table {
    frame_builder *builder; /* until the table is whole */
    frame *whole;
    int64_t n_rows;
};

ptg_status ptg_table_new(int64_t n_rows, ptg_table **out, ptg_error *err)
{
    *out = NULL;
    if (n_rows < 0) return fail(err, PTG_ERROR_USAGE, "A table cannot have %lld rows.", (long long)n_rows);
    ptg_table *t = mem_array(1, sizeof *t);
    if (!t) return fail_memory(err);
    t->n_rows = n_rows;
    t->builder = frame_builder_new(n_rows);
    if (!t->builder) {
        mem_free(t);
        return fail_memory(err);
    }
    *out = t;
    return PTG_OK;
}

static ptg_status still_open(const ptg_table *t, const char *name, ptg_error *err)
{
    text_shown_buffer shown;
    if (t->builder) return PTG_OK;
    return fail(err, PTG_ERROR_USAGE, "Column '%s' comes too late: the table was saved or used already.",
                text_shown(text_of(name), &shown));
}

static ptg_status type_of(const char *type, const char *name, column_type *out, ptg_error *err)
{
    text_shown_buffer shown, shown_type;
    if (column_type_read(type, out)) return PTG_OK;
    return fail(err, PTG_ERROR_USAGE, "Column '%s': '%s' is no type; use numeric, categorical, text or datetime.",
                text_shown(text_of(name), &shown), text_shown(text_of(type), &shown_type));
}

ptg_status ptg_table_add_numbers(ptg_table *table, const char *name, const char *type, const double *values, ptg_error *err)
{
    column_type wanted;
    TRY(still_open(table, name, err));
    TRY(type_of(type ? type : "numeric", name, &wanted, err));
    return frame_builder_numbers(table->builder, text_of(name), wanted, values, err);
}

/* Rising offsets, UTF-8 without NUL, and no cell that begins inside a character. */
static ptg_status check_texts(const ptg_table *t, const char *name, const char *bytes, const int64_t *offsets, ptg_error *err)
{
    text_shown_buffer shown;
    const char *column_name = text_shown(text_of(name), &shown);
    for (int64_t i = 0; i < t->n_rows; i++)
        if (offsets[i] < 0 || offsets[i + 1] < offsets[i])
            return fail(err, PTG_ERROR_USAGE, "Column '%s': the offsets of row %lld do not rise.", column_name, (long long)i);
    text all = {bytes + offsets[0], offsets[t->n_rows] - offsets[0]};
    bool valid = !all.size || (text_is_utf8(all) && !memchr(all.data, '\0', (size_t)all.size));
    for (int64_t i = 0; i < t->n_rows && valid; i++)
        valid = offsets[i] == offsets[i + 1] || ((unsigned char)bytes[offsets[i]] & 0xC0) != 0x80;
    if (valid) return PTG_OK;
    return fail(err, PTG_ERROR_DATA, "Column '%s' holds bytes that are not UTF-8 text; decode it first.", column_name);
}

ptg_status ptg_table_add_texts(ptg_table *table, const char *name, const char *type, const char *bytes, const int64_t *offsets,
                               const uint8_t *missing, ptg_error *err)
{
    column_type wanted = COLUMN_CATEGORICAL;
    TRY(still_open(table, name, err));
    if (type) TRY(type_of(type, name, &wanted, err));
    if (table->n_rows) TRY(check_texts(table, name, bytes, offsets, err));
    text *cells = mem_array(table->n_rows, sizeof *cells);
    if (!cells) return fail_memory(err);
    for (int64_t i = 0; i < table->n_rows; i++)
        if (!missing || !missing[i]) cells[i] = (text){bytes + offsets[i], offsets[i + 1] - offsets[i]};
    ptg_status status = frame_builder_texts(table->builder, text_of(name), cells, type ? (int)wanted : -1, err);
    mem_free(cells);
    return status;
}

ptg_status ptg_table_frame(ptg_table *table, frame **out, ptg_error *err)
{
    if (table->builder) {
        frame_builder *b = table->builder;
        table->builder = NULL;
        TRY(frame_builder_end_untyped(b, &table->whole, err));
    }
    if (!table->whole) return fail(err, PTG_ERROR_USAGE, "The table could not be finished before; build it again.");
    *out = table->whole;
    return PTG_OK;
}

ptg_status ptg_table_save(ptg_table *table, const char *path, ptg_error *err)
{
    frame *whole = NULL, *found = NULL;
    TRY(ptg_table_frame(table, &whole, err));
    TRY(frame_find_meanings(whole, &found, err));
    ptg_status status = frame_save(found, path, err);
    frame_free(found);
    return status;
}

void ptg_table_free(ptg_table *table)
{
    if (!table) return;
    frame_builder_free(table->builder);
    frame_free(table->whole);
    mem_free(table);
}
