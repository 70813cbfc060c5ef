/* Frames in memory: their making and sharing, and what can be asked of one. Columns are never changed once a frame is out; a
 * frame that was derived from another holds it by a count of uses. */
#include "table/frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "table/datetime.h"
#include "table/raw.h"

static frame_source source_of_memory(int64_t n_rows)
{
    const text none = text_of("");
    return (frame_source){.dialect = {.format = text_of("memory"),
                                      .delimiter = ',',
                                      .decimal_mark = '.',
                                      .quoted = true,
                                      .quote = '"',
                                      .header = true,
                                      .line_ends = text_of("lf"),
                                      .encoding = text_of("utf-8"),
                                      .compression = none,
                                      .reason = none,
                                      .encoding_reason = none,
                                      .ragged_reason = none},
                          .sample = {.file_rows = n_rows, .kept_rows = n_rows, .reason = none}};
}

frame *frame_new(int64_t n_rows, int32_t n_columns)
{
    frame *f = mem_array(1, sizeof *f);
    if (!f) return NULL;
    f->columns = mem_array(n_columns, sizeof *f->columns);
    f->uses = mem_array(1, sizeof *f->uses);
    if (!f->columns || !f->uses) {
        mem_free(f->columns);
        mem_free(f->uses);
        mem_free(f);
        return NULL;
    }
    *f->uses = 1;
    f->n_rows = n_rows;
    f->n_columns = f->capacity = n_columns;
    f->source = source_of_memory(n_rows);
    return f;
}

frame *frame_share(const frame *f)
{
    __atomic_add_fetch(f->uses, 1, __ATOMIC_RELAXED);
    return (frame *)(uintptr_t)f;
}

void frame_free(frame *f)
{
    while (f && __atomic_sub_fetch(f->uses, 1, __ATOMIC_ACQ_REL) == 0) {
        for (int32_t i = 0; i < f->n_columns; i++)
            column_body_clear(&f->columns[i]);
        frame *base = f->base;
        if (f->map) file_map_close(f->map);
        mem_free(f->map);
        arena_free(f->notes);
        mem_free(f->columns);
        mem_free(f->slots);
        mem_free(f->uses);
        mem_free(f);
        f = base;
    }
}

/* The slot that holds `name`, or the free one where it would go. */
static int64_t name_slot(const frame *f, text name)
{
    uint64_t mask = (uint64_t)f->n_slots - 1, at = text_hash(name) & mask;
    while (f->slots[at] && !text_equal(f->columns[f->slots[at] - 1].shown.name, name))
        at = (at + 1) & mask;
    return (int64_t)at;
}

ptg_status frame_index_names(frame *f, ptg_error *err)
{
    f->n_slots = 16;
    while (f->n_slots < 2 * (int64_t)f->n_columns)
        f->n_slots *= 2;
    mem_free(f->slots);
    f->slots = mem_array(f->n_slots, sizeof *f->slots);
    if (!f->slots) return fail_memory(err);
    for (int32_t i = 0; i < f->n_columns; i++) {
        text name = f->columns[i].shown.name;
        int64_t slot = name_slot(f, name);
        text_shown_buffer shown;
        if (f->slots[slot])
            return fail(err, PTG_ERROR_DATA, "Column '%s' stands twice in the table; give each column a name of its own.",
                        text_shown(name, &shown));
        f->slots[slot] = i + 1;
    }
    return PTG_OK;
}

int64_t frame_rows(const frame *f)
{
    return f->n_rows;
}

int32_t frame_columns(const frame *f)
{
    return f->n_columns;
}

const column *frame_column(const frame *f, int32_t i)
{
    return &f->columns[i].shown;
}

int32_t frame_find(const frame *f, text name)
{
    return f->slots[name_slot(f, name)] - 1;
}

const frame_dialect *frame_dialect_of(const frame *f)
{
    return &f->source.dialect;
}

int64_t frame_ragged_count(const frame *f)
{
    return f->source.n_ragged;
}

const frame_ragged *frame_ragged_rows(const frame *f, int32_t *n)
{
    *n = f->source.n_ragged_shown;
    return f->source.ragged;
}

const frame_renamed *frame_renamed_columns(const frame *f, int32_t *n)
{
    *n = f->source.n_renamed;
    return f->source.renamed;
}

const frame_sample *frame_sample_of(const frame *f)
{
    return &f->source.sample;
}

static void hash_text(hash_state *h, text t)
{
    int64_t size = t.data ? t.size : -1;
    hash_add(h, &size, sizeof size);
    if (size > 0) hash_add(h, t.data, (size_t)size);
}

void frame_column_hash(const frame *f, int32_t i, char out[33])
{
    const column *c = &f->columns[i].shown;
    hash_state *h = hash_new();
    memset(out, '0', 32);
    out[32] = '\0';
    if (!h) return;
    hash_text(h, c->name);
    hash_text(h, text_of(column_type_names[c->type]));
    hash_add(h, &f->n_rows, sizeof f->n_rows);
    for (int32_t k = 0; k < c->n_missing_tokens; k++)
        hash_text(h, c->missing_tokens[k]);
    if (c->numbers) hash_add(h, c->numbers, (size_t)f->n_rows * sizeof *c->numbers);
    if (c->codes) hash_add(h, c->codes, (size_t)f->n_rows * sizeof *c->codes);
    for (int32_t k = 0; k < c->n_levels; k++)
        hash_text(h, c->levels[k]);
    for (int64_t row = 0; c->cells && row < f->n_rows; row++)
        hash_text(h, c->cells[row]);
    hash_end(h, out);
}

text frame_cell(const frame *f, int32_t i, int64_t row, char scratch[64])
{
    const column *c = &f->columns[i].shown;
    if (c->codes) return c->codes[row] < 0 ? (text){NULL, 0} : c->levels[c->codes[row]];
    if (c->cells) return c->cells[row];
    double value = c->numbers[row];
    if (isnan(value)) return (text){NULL, 0};
    int size = 0;
    if (c->type == COLUMN_DATETIME) {
        bool time = false;
        for (int64_t k = 0; k + 1 < c->format.size; k++)
            time |= c->format.data[k] == '%' && (c->format.data[k + 1] == 'H' || c->format.data[k + 1] == 'I');
        size = datetime_write(value, time, scratch);
    }
    if (!size) size = number_write(value, scratch);
    return (text){scratch, size};
}

/* Takes over `member`; false when out of memory. */
static bool put(json_t *object, const char *key, json_t *member)
{
    return json_object_set_new(object, key, member) == 0;
}

static json_t *column_schema(const column_body *body)
{
    const column *c = &body->shown;
    json_t *out = json_object(), *tokens = json_array();
    bool fine = out && tokens;
    for (int32_t i = 0; i < c->n_missing_tokens && fine; i++)
        fine = json_array_append_new(tokens, json_text(c->missing_tokens[i])) == 0;
    fine = fine && put(out, "type", json_string(column_type_names[c->type])) && put(out, "missing_tokens", json_incref(tokens));
    bool numbers =
        c->type == COLUMN_NUMERIC || body->origin == COLUMN_NUMERIC; /* plain ones are told too: nothing is guessed */
    if (fine && (c->format.size || numbers)) fine = put(out, "format", json_text(c->format.data ? c->format : text_of("")));
    if (fine && c->type == COLUMN_CATEGORICAL) fine = put(out, "levels_from", json_string(column_type_names[body->origin]));
    json_decref(tokens);
    if (fine) return out;
    json_decref(out);
    return NULL;
}

json_t *frame_schema(const frame *f)
{
    json_t *out = json_object(), *columns = json_object();
    char mark[2] = {f->source.dialect.decimal_mark, '\0'};
    bool fine = out && columns;
    for (int32_t i = 0; i < f->n_columns && fine; i++) {
        text name = f->columns[i].shown.name;
        json_t *schema = column_schema(&f->columns[i]);
        fine = schema && json_object_setn_new(columns, name.data, (size_t)name.size, schema) == 0;
    }
    fine = fine && put(out, "columns", json_incref(columns)) && put(out, "decimal_mark", json_string(mark)) &&
           put(out, "header", json_boolean(f->source.dialect.header));
    json_decref(columns);
    if (fine) return out;
    json_decref(out);
    return NULL;
}
