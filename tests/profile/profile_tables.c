#include "profile_tables.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "profile/finding.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

table_maker table_start(int64_t rows)
{
    table_maker t = {.builder = frame_builder_new(rows), .rows = rows};
    assert_non_null(t.builder);
    return t;
}

static void add_numbers(table_maker *t, const char *name, number_of_row made, column_type type)
{
    double *values = mem_array(t->rows, sizeof *values);
    assert_non_null(values);
    for (int64_t i = 0; i < t->rows; ++i)
        values[i] = made(i);
    if (frame_builder_numbers(t->builder, text_of(name), type, values, &t->error) != PTG_OK) fail_msg("%s", t->error.message);
    mem_free(values);
}

void table_numbers(table_maker *t, const char *name, number_of_row made)
{
    add_numbers(t, name, made, COLUMN_NUMERIC);
}

void table_dates(table_maker *t, const char *name, number_of_row made)
{
    add_numbers(t, name, made, COLUMN_DATETIME);
}

void table_texts(table_maker *t, const char *name, text_of_row made, int forced)
{
    text *cells = mem_array(t->rows, sizeof *cells);
    char(*buffers)[96] = mem_array(t->rows, sizeof *buffers);
    assert_true(cells != NULL && buffers != NULL);
    for (int64_t i = 0; i < t->rows; ++i) {
        const char *cell = made(i);
        if (cell == NULL) continue;
        const int size = snprintf(buffers[i], sizeof buffers[i], "%s", cell);
        cells[i] = (text){.data = buffers[i], .size = size};
    }
    if (frame_builder_texts(t->builder, text_of(name), cells, forced, &t->error) != PTG_OK) fail_msg("%s", t->error.message);
    mem_free(cells);
    mem_free(buffers);
}

frame *table_end(table_maker *t)
{
    frame *f = NULL;
    if (frame_builder_end(t->builder, &f, &t->error) != PTG_OK) fail_msg("%s", t->error.message);
    return f;
}

double noise(int64_t row, uint64_t stream)
{
    uint64_t x = (uint64_t)row * UINT64_C(0x9e3779b97f4a7c15) + stream * UINT64_C(0xbf58476d1ce4e5b9) + 1;
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ x >> 31) >> 11) * 0x1p-53;
}

profiled profile_with(frame *f, profile_request request)
{
    profiled p = {.f = f};
    p.status = profile_make(f, &request, &p.document, &p.facts, &p.error);
    if (p.status == PTG_OK) assert_int_equal(findings_make(f, &p.facts, request.threads, &p.findings, &p.error), PTG_OK);
    return p;
}

profiled profile_of(frame *f, const char *target)
{
    return profile_with(f, profile_request_for(target == NULL ? -1 : column_at(f, target)));
}

void profiled_clear(profiled *p)
{
    json_decref(p->document);
    json_decref(p->findings);
    profile_facts_clear(&p->facts);
    frame_free(p->f);
}

int32_t column_at(const frame *f, const char *name)
{
    const int32_t at = frame_find(f, text_of(name));
    if (at < 0) fail_msg("no column %s", name);
    return at;
}

const column_facts *facts_of(const profiled *p, const char *name)
{
    return &p->facts.columns[column_at(p->f, name)];
}

static bool names_column(const json_t *row, const char *column_name)
{
    const json_t *columns = json_object_get(row, "columns");
    for (size_t k = 0; k < json_array_size(columns); ++k) {
        if (strcmp(json_string_value(json_array_get(columns, k)), column_name) == 0) return true;
    }
    return false;
}

const json_t *finding_of(const profiled *p, const char *id, const char *column_name)
{
    for (size_t i = 0; i < json_array_size(p->findings); ++i) {
        const json_t *row = json_array_get(p->findings, i);
        if (strcmp(json_text_or(row, "id", ""), id) != 0) continue;
        if (column_name == NULL || names_column(row, column_name)) return row;
    }
    return NULL;
}
