/* The sections of the data exploration notebook that are words and tables: findings, dataset, sample, duplicates, missing
 * values, cardinality, statistics, definitions. Long tables are cut at MAX_ROWS rows and say so. */
#include <math.h>
#include <string.h>

#include "notebook/exploration.h"

enum { MAX_ROWS = 500, MAX_COLUMNS = 40, MAX_NAMED = 12 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

/* Moves a text that was put together here into the exhibit as a list item, and clears it. */
static void say_item(exhibit *e, const char *bold, text_buffer *b)
{
    exhibit_item(e, bold, text_in(b));
    if (b->failed) e->html.failed = true;
    text_buffer_clear(b);
}

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

static void say_cut(exhibit *e, size_t shown, size_t all, const char *what)
{
    if (all > shown) exhibit_say(e, "%zu of %zu %s are shown; profile.json holds all of them.", shown, all, what);
}

/* ---- findings ---- */

/* "column-id: 'age', 'city'" and how many more there are. */
static void append_columns(text_buffer *b, const json_t *columns)
{
    size_t i, n = json_array_size(columns);
    json_t *name;
    json_array_foreach(columns, i, name)
    {
        if (i == MAX_NAMED) break;
        text_append(b, i ? ", " : "");
        text_append_shown(b, json_is_string(name) ? text_of(json_string_value(name)) : text_of("?"), 60);
    }
    if (n > MAX_NAMED) text_print(b, " and %zu more", n - MAX_NAMED);
}

static void show_finding(const json_t *finding, exhibit *e)
{
    text_buffer columns = {0}, fix = {0};
    text id = text_or(exhibit_text(finding, "id"), "?");
    append_columns(&columns, json_object_get(finding, "columns"));
    if (json_is_array(json_object_get(finding, "fix"))) {
        text_append(&fix, "profile.apply_fixes([\"");
        text_append_span(&fix, id);
        text_append(&fix, "\"])");
    }
    const exhibit_line lines[] = {{NULL, exhibit_text(finding, "text"), false},
                                  {"Columns", text_in(&columns), false},
                                  {"What to do", exhibit_text(finding, "advice"), false},
                                  {"A fix is ready", text_in(&fix), true}};
    exhibit_box(e, json_text_or(finding, "severity", "low"), id, lines, COUNT_OF(lines));
    if (columns.failed || fix.failed) e->html.failed = true;
    text_buffer_clear(&columns);
    text_buffer_clear(&fix);
}

void exploration_show_findings(const exploration *x, exhibit *e)
{
    static const char *const ORDER[] = {"high", "medium", "low"};
    size_t i, n = json_array_size(x->findings), shown = 0;
    json_t *finding;
    if (n == 0) exhibit_say(e, "None of the checks found anything in this table.");
    for (int32_t s = 0; s < COUNT_OF(ORDER); s++) {
        json_array_foreach(x->findings, i, finding)
        {
            if (strcmp(json_text_or(finding, "severity", "low"), ORDER[s]) != 0 || shown >= MAX_ROWS) continue;
            show_finding(finding, e);
            shown++;
        }
    }
    say_cut(e, shown, n, "findings");
}

/* ---- dataset ---- */

static void show_types(const json_t *table, exhibit *e)
{
    static const char *const HEADS[] = {"Column type", ">Columns", ">Share"};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    size_t i;
    json_t *type;
    json_array_foreach(json_object_get(table, "types"), i, type)
    {
        exhibit_table_text(t, text_or(exhibit_text(type, "type"), "?"));
        exhibit_table_count(t, json_integer_or(type, "count", 0));
        exhibit_table_share(t, json_real_or(type, "share", NAN));
    }
    exhibit_heading(e, "Detected column types");
    exhibit_add_table(e, t);
}

static void show_properties(const exploration *x, const json_t *table, exhibit *e)
{
    static const char *const HEADS[] = {"Property", ">Value"};
    const json_t *problem = json_object_get(x->profile, "problem");
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    exhibit_table_text(t, text_of("Rows"));
    exhibit_table_count(t, json_integer_or(table, "rows", 0));
    exhibit_table_text(t, text_of("Columns (with the target)"));
    exhibit_table_count(t, json_integer_or(table, "columns", 0));
    exhibit_table_text(t, text_of("Duplicate rows"));
    exhibit_table_share(t, json_real_or(table, "duplicate_share", NAN));
    exhibit_table_text(t, text_of("Missing feature values"));
    exhibit_table_share(t, json_real_or(table, "missing_feature_share", NAN));
    if (exhibit_text(table, "target").data) {
        exhibit_table_text(t, text_of("Target column"));
        exhibit_table_text(t, exhibit_text(table, "target"));
        exhibit_table_text(t, text_of("Missing target values"));
        exhibit_table_share(t, json_real_or(table, "missing_target_share", NAN));
        exhibit_table_text(t, text_of("Invalid target values"));
        exhibit_table_share(t, json_real_or(table, "invalid_target_share", NAN));
    }
    if (exhibit_text(problem, "type").data) {
        exhibit_table_text(t, text_of("Detected problem type"));
        exhibit_table_text(t, exhibit_text(problem, "type"));
    }
    exhibit_add_table(e, t);
    if (exhibit_text(problem, "reason").data) exhibit_item(e, "Why this problem type", exhibit_text(problem, "reason"));
    if (exhibit_text(problem, "positive_reason").data)
        exhibit_item(e, "Positive class", exhibit_text(problem, "positive_reason"));
}

static void show_dialect(const json_t *dialect, exhibit *e)
{
    exhibit_heading(e, "How the file was read");
    if (!json_is_object(dialect)) {
        exhibit_item(e, NULL, text_of("The table came from memory, not from a text file."));
        return;
    }
    text delimiter = exhibit_text(dialect, "delimiter");
    bool tab = text_equal_to(delimiter, "\t"), space = text_equal_to(delimiter, " ");
    exhibit_item(e, "Delimiter", tab ? text_of("tab") : space ? text_of("space") : text_or(delimiter, "?"));
    exhibit_item(e, "Decimal mark", text_or(exhibit_text(dialect, "decimal_mark"), "?"));
    exhibit_item(e, "Quoted cells", text_of(json_bool_or(dialect, "quoted", false) ? "yes" : "no"));
    exhibit_item(e, "Encoding", text_or(exhibit_text(dialect, "encoding"), "?"));
    text compression = exhibit_text(dialect, "compression");
    if (compression.size) exhibit_item(e, "Compression", compression);
    exhibit_item(e, "Why", text_or(exhibit_text(dialect, "reason"), "?"));
    text converted = exhibit_text(dialect, "encoding_reason");
    if (converted.size) exhibit_item(e, "What was converted", converted);
}

static void show_ragged(const json_t *ragged, exhibit *e)
{
    int64_t count = json_integer_or(ragged, "count", 0);
    if (count <= 0) return;
    text_buffer b = {0};
    exhibit_append_count(&b, count);
    text_append(&b, count == 1 ? " line has" : " lines have");
    text_append(&b, " another number of fields than the header:");
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(ragged, "lines"), i, line)
    {
        if (i >= 10) break;
        text_append(&b, i ? ", line " : " line ");
        exhibit_append_count(&b, json_integer_or(line, "line", 0));
        text_append(&b, " (");
        exhibit_append_count(&b, json_integer_or(line, "fields", 0));
        text_append(&b, " fields)");
    }
    if (count > 10) text_append(&b, " and more");
    text_append(&b, ".");
    say_item(e, "Ragged lines", &b);
}

void exploration_show_dataset(const exploration *x, exhibit *e)
{
    const json_t *table = json_object_get(x->profile, "table");
    show_properties(x, table, e);
    show_types(table, e);
    show_dialect(json_object_get(table, "dialect"), e);
    show_ragged(json_object_get(table, "ragged"), e);
    text sample = exhibit_text(json_object_get(table, "sample"), "reason");
    if (sample.size) exhibit_item(e, "Sample of rows", sample);
}

/* ---- rows ---- */

static text cell_of(const json_t *cells, size_t i)
{
    const json_t *cell = json_array_get(cells, i);
    return json_is_string(cell) ? (text){json_string_value(cell), (int64_t)json_string_length(cell)} : (text){NULL, 0};
}

static exhibit_table *rows_table(const char *first_head, const json_t *names, size_t n_columns)
{
    const char *const heads[] = {first_head};
    exhibit_table *t = exhibit_table_new(heads, 1);
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
    const json_t *names = json_object_get(rows, "columns");
    size_t n = columns_shown(names), i;
    if (json_array_size(json_object_get(rows, "rows")) == 0) {
        exhibit_say(e, "There are no rows.");
        return;
    }
    exhibit_table *t = rows_table("", names, n);
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
    exploration_show_rows(x, json_object_get(x->profile, "anomalous_rows"), false, e);
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
    exhibit_table *t = rows_table("Copies", names, n);
    json_t *group;
    json_array_foreach(json_object_get(duplicates, "top"), i, group)
    {
        add_copies(t, group);
        add_cells(t, json_object_get(group, "cells"), n);
    }
    exhibit_add_table(e, t);
    say_cut(e, n, json_array_size(names), "columns");
}

/* ---- a table with a row a column ---- */

void exploration_show_missing(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Column", ">Missing", ">Share of rows"};
    const json_t *missing = json_object_get(x->profile, "missing"), *table = json_object_get(missing, "table");
    int64_t with = json_integer_or(missing, "columns_with_missing", 0);
    exhibit_say(e, "%d of %d columns have missing values.", (int)with, (int)json_integer_or(missing, "columns", 0));
    if (json_array_size(table) == 0) return;
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    size_t i;
    json_t *row;
    json_array_foreach(table, i, row)
    {
        if (i >= MAX_ROWS) break;
        exhibit_table_text(t, text_or(exhibit_text(row, "column"), "?"));
        exhibit_table_count(t, json_integer_or(row, "count", 0));
        exhibit_table_share(t, json_real_or(row, "share", NAN));
    }
    exhibit_add_table(e, t);
    say_cut(e, i, json_array_size(table), "columns");
}

static bool have_words(const json_t *table)
{
    size_t i;
    json_t *row;
    json_array_foreach(table, i, row) if (json_is_integer(json_object_get(row, "distinct_words"))) return true;
    return false;
}

void exploration_show_cardinality(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Column", "Type", ">Distinct values", ">Distinct words"};
    const json_t *table = json_object_get(x->profile, "cardinality");
    bool words = have_words(table);
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS) - (words ? 0 : 1));
    size_t i;
    json_t *row;
    json_array_foreach(table, i, row)
    {
        if (i >= MAX_ROWS) break;
        exhibit_table_text(t, text_or(exhibit_text(row, "column"), "?"));
        exhibit_table_text(t, text_or(exhibit_text(row, "type"), "?"));
        exhibit_table_count(t, json_integer_or(row, "distinct", 0));
        if (!words) continue;
        if (json_is_integer(json_object_get(row, "distinct_words"))) {
            exhibit_table_count(t, json_integer_or(row, "distinct_words", 0));
        } else {
            exhibit_table_text(t, text_of("\xe2\x80\x93"));
        }
    }
    exhibit_add_table(e, t);
    say_cut(e, i, json_array_size(table), "columns");
}

static void add_statistics(exhibit_table *t, const json_t *column)
{
    const json_t *numbers = json_object_get(column, "numeric");
    exhibit_table_text(t, text_or(exhibit_text(column, "name"), "?"));
    exhibit_table_share(t, json_real_or(column, "numerical_share", NAN));
    exhibit_table_number(t, json_real_or(numbers, "mean", NAN), 5);
    exhibit_table_number(t, json_real_or(numbers, "median", NAN), 5);
    exhibit_table_number(t, json_real_or(numbers, "min", NAN), 5);
    exhibit_table_number(t, json_real_or(numbers, "max", NAN), 5);
    exhibit_table_number(t, json_real_or(numbers, "sd", NAN), 4);
    exhibit_table_number(t, json_real_or(numbers, "skew", NAN), 3);
    exhibit_table_count(t, json_integer_or(numbers, "zeros", 0));
    exhibit_table_share(t, json_real_or(numbers, "outlier_share", NAN));
    exhibit_table_share(t, json_real_or(column, "invalid_share", NAN));
}

void exploration_show_statistics(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Column", ">Numerical", ">Mean",  ">Median",   ">Min",    ">Max",
                                        ">Sd",    ">Skew",      ">Zeros", ">Outliers", ">Invalid"};
    const json_t *columns = json_object_get(x->profile, "columns");
    size_t i, all = 0;
    json_t *column;
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    json_array_foreach(columns, i, column)
    {
        if (!json_is_object(json_object_get(column, "numeric")) || ++all > MAX_ROWS) continue;
        add_statistics(t, column);
    }
    if (all == 0) exhibit_say(e, "There are no numeric columns.");
    exhibit_add_table(e, t);
    say_cut(e, all > MAX_ROWS ? MAX_ROWS : all, all, "columns");
}

/* ---- definitions ---- */

void exploration_show_definitions(const exploration *x, exhibit *e)
{
    static const char *const WORDS[][2] = {
        {"Numeric", "a column of numbers, with order and distance."},
        {"Categorical", "a column with far fewer distinct values than rows; numbers may be categories too."},
        {"Text", "a column of many distinct texts of several words."},
        {"Datetime", "a column of dates, times, or both."},
        {"Sequence", "a column whose cells are lists of values."},
        {"Missing", "an empty cell, one of white space only, or one of the column's tokens for missing (such as NA)."},
        {"Invalid", "a cell that is there but is not of the column's type. It counts neither as valid nor as missing."},
        {"Prediction power", "a small model is trained on this one column and judged on rows that it has not seen (5 folds); "
                             "the score is put on a scale from "
                             "0 (no better than guessing) to 1 (perfect). Binary: 2 AUC - 1. Several classes: 1 - log loss / "
                             "log loss of the class shares. "
                             "Numbers: R2. A low value does not mean that a column is useless together with others. It is not "
                             "a feature importance."},
        {"Standard error", "how much a number would move if other rows of the same kind had been drawn."},
        {"Robust standard deviation (rstd)",
         "the standard deviation after the values are clipped to their 5th and 95th percentile."},
        {"Outlier", "a value further than 5 robust standard deviations from the median."},
        {"Skew",
         "the third central moment over the cubed standard deviation; beyond 3 in absolute value a column is called skewed."},
        {"Kurtosis", "the fourth central moment over the squared variance; a normal distribution has 3."},
        {"Correlation", "Pearson's r over the rows where both columns have a number."},
        {"Duplicate row", "a row that repeats an earlier one in all columns, the target included."},
        {"Row number", "counted from 0, without the header line."},
    };
    (void)x;
    for (int32_t i = 0; i < COUNT_OF(WORDS); i++)
        exhibit_item(e, WORDS[i][0], text_of(WORDS[i][1]));
}
