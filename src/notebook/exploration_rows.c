/* Rows of the table in the data exploration notebook: the sample, the most copied, the most anomalous. At most MAX_COLUMNS of
 * their columns are shown, and what is left out is said. */
#include <math.h>
#include <string.h>

#include "notebook/exploration.h"

enum { MAX_ROWS = 500, MAX_COLUMNS = 40 };

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

static void say_cut(exhibit *e, size_t shown, size_t all, const char *what)
{
    if (all > shown) exhibit_say(e, "%zu of %zu %s are shown; profile.json holds all of them.", shown, all, what);
}

static text cell_of(const json_t *cells, size_t i)
{
    const json_t *cell = json_array_get(cells, i);
    return json_is_string(cell) ? (text){json_string_value(cell), (int64_t)json_string_length(cell)} : (text){NULL, 0};
}

/* A table with some heads of ours, then a head a column. */
static exhibit_table *rows_table(const char *const heads[], int32_t n_heads, const json_t *names, size_t n_columns)
{
    exhibit_table *t = exhibit_table_new(heads, n_heads);
    for (size_t j = 0; j < n_columns; j++)
        exhibit_table_head(t, text_or(cell_of(names, j), "?"), false);
    return t;
}

static void add_cells(exhibit_table *t, const json_t *cells, size_t n_columns)
{
    for (size_t j = 0; j < n_columns; j++)
        exhibit_table_text(t, cell_of(cells, j));
}

static size_t columns_shown(const json_t *names)
{
    size_t n = json_array_size(names);
    return n > MAX_COLUMNS ? MAX_COLUMNS : n;
}

static void add_power_and_type(const exploration *x, exhibit_table *t, const json_t *names, size_t n_columns)
{
    exhibit_table_text(t, text_of("Prediction power"));
    for (size_t j = 0; j < n_columns; j++) {
        const json_t *column = exploration_column(x->profile, cell_of(names, j));
        exhibit_table_number(t, json_real_or(column, "power", NAN), 3);
    }
    exhibit_table_text(t, text_of("Type"));
    for (size_t j = 0; j < n_columns; j++) {
        const json_t *column = exploration_column(x->profile, cell_of(names, j));
        bool target = text_equal_to(exhibit_text(column, "role"), "target");
        text_buffer b = {0};
        text_append_span(&b, text_or(exhibit_text(column, "type"), "?"));
        if (target) text_append(&b, ", target");
        exhibit_table_take(t, &b);
    }
}

static void add_row_number(exhibit_table *t, const json_t *row)
{
    text_buffer b = {0};
    text_append(&b, "row ");
    exhibit_append_count(&b, json_integer_or(row, "row", -1));
    exhibit_table_take(t, &b);
}

void exploration_show_rows(const exploration *x, const json_t *rows, bool with_power, exhibit *e)
{
    static const char *const HEADS[] = {""};
    const json_t *names = json_object_get(rows, "columns");
    size_t n = columns_shown(names), i;
    if (json_array_size(json_object_get(rows, "rows")) == 0) {
        exhibit_say(e, "There are no rows.");
        return;
    }
    exhibit_table *t = rows_table(HEADS, 1, names, n);
    json_t *row;
    if (with_power) add_power_and_type(x, t, names, n);
    json_array_foreach(json_object_get(rows, "rows"), i, row)
    {
        if (i >= MAX_ROWS) break;
        add_row_number(t, row);
        add_cells(t, json_object_get(row, "cells"), n);
    }
    exhibit_add_table(e, t);
    say_cut(e, n, json_array_size(names), "columns");
}

void exploration_show_sample(const exploration *x, exhibit *e)
{
    exploration_show_rows(x, json_object_get(x->profile, "sample"), true, e);
}

void exploration_show_anomalous_rows(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"", ">Score", ">Outlier in"};
    const json_t *found = json_object_get(x->profile, "anomalous_rows"), *names = json_object_get(found, "columns");
    size_t n = columns_shown(names), i;
    json_t *row;
    exhibit_table *t = rows_table(HEADS, 3, names, n);
    json_array_foreach(json_object_get(found, "rows"), i, row)
    {
        add_row_number(t, row);
        exhibit_table_number(t, json_real_or(row, "score", NAN), 3);
        exhibit_table_count(t, json_integer_or(row, "outliers", 0));
        add_cells(t, json_object_get(row, "cells"), n);
    }
    exhibit_say(e,
                "The most anomalous of %lld rows that were scored by %lld columns. A negative score is anomalous; 'outlier in' "
                "counts the numeric columns in which the row lies outside.",
                (long long)json_integer_or(found, "scored", 0), (long long)json_integer_or(found, "features", 0));
    exhibit_add_table(e, t);
    say_cut(e, n, json_array_size(names), "columns");
}

/* "3 copies: rows 3, 17, 42", with an ellipsis where there are more copies than row numbers. */
static void add_copies(exhibit_table *t, const json_t *group)
{
    const json_t *rows = json_object_get(group, "rows");
    int64_t copies = json_integer_or(group, "copies", 0);
    text_buffer b = {0};
    size_t i;
    json_t *row;
    exhibit_append_count(&b, copies);
    text_append(&b, ": rows ");
    json_array_foreach(rows, i, row)
    {
        if (i) text_append(&b, ", ");
        exhibit_append_count(&b, json_is_integer(row) ? (int64_t)json_integer_value(row) : -1);
    }
    if (copies > (int64_t)json_array_size(rows)) text_append(&b, ", \xe2\x80\xa6");
    exhibit_table_take(t, &b);
}

void exploration_show_duplicates(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Copies"};
    const json_t *duplicates = json_object_get(x->profile, "duplicates"), *names = json_object_get(duplicates, "columns");
    int64_t count = json_integer_or(duplicates, "count", 0);
    if (count == 0) {
        exhibit_say(e, "No row repeats an earlier one. All rows were compared.");
        return;
    }
    text_buffer b = {0};
    exhibit_append_count(&b, count);
    text_append(&b, count == 1 ? " row (" : " rows (");
    exhibit_append_share(&b, json_real_or(duplicates, "share", NAN));
    text_append(&b, count == 1 ? ") repeats" : ") repeat");
    text_append(&b, " an earlier one. All rows were compared. The most copied:");
    exhibit_say(e, "%s", b.failed ? "" : b.data);
    if (b.failed) e->html.failed = true;
    text_buffer_clear(&b);
    size_t n = columns_shown(names), i;
    exhibit_table *t = rows_table(HEADS, 1, names, n);
    json_t *group;
    json_array_foreach(json_object_get(duplicates, "top"), i, group)
    {
        add_copies(t, group);
        add_cells(t, json_object_get(group, "cells"), n);
    }
    exhibit_add_table(e, t);
    say_cut(e, n, json_array_size(names), "columns");
}
