/* What was read, and how, in the data exploration notebook: size, types, the dialect of the file, rows that were left out or of
 * other lengths, and each column's type, role and missing tokens with their reasons and how to change them. */
#include <math.h>
#include <string.h>

#include "notebook/exploration.h"

enum { MAX_ROWS = 500, MAX_TOKENS = 8, MAX_RENAMED = 10 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

static void say_cut(exhibit *e, size_t shown, size_t all, const char *what)
{
    if (all > shown) exhibit_say(e, "%zu of %zu %s are shown; profile.json holds all of them.", shown, all, what);
}

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

/* A fact of the file that is a number, where it is not 0. */
static void show_count(exhibit *e, const char *what, const json_t *dialect, const char *key)
{
    int64_t count = json_integer_or(dialect, key, 0);
    text_buffer b = {0};
    if (count <= 0) return;
    exhibit_append_count(&b, count);
    exhibit_item_take(e, what, &b);
}

static void show_sentence(exhibit *e, const char *what, const json_t *owner, const char *key)
{
    text sentence = exhibit_text(owner, key);
    if (sentence.size > 0) exhibit_item(e, what, sentence);
}

static text delimiter_words(text delimiter)
{
    if (text_equal_to(delimiter, "\t")) return text_of("tab");
    return text_equal_to(delimiter, " ") ? text_of("space") : text_or(delimiter, "?");
}

static void show_text_file(const json_t *dialect, exhibit *e)
{
    exhibit_item(e, "Delimiter", delimiter_words(exhibit_text(dialect, "delimiter")));
    exhibit_item(e, "Decimal mark", text_or(exhibit_text(dialect, "decimal_mark"), "?"));
    exhibit_item(e, "Quoted cells", text_of(json_bool_or(dialect, "quoted", false) ? "yes" : "no"));
    exhibit_item(e, "First line", text_of(json_bool_or(dialect, "header", true) ? "names" : "cells; the names were made up"));
    show_sentence(e, "Line ends", dialect, "line_ends");
    show_sentence(e, "Comment lines begin with", dialect, "comment");
    show_count(e, "Comment lines passed over", dialect, "comment_lines");
    show_count(e, "Blank lines passed over", dialect, "blank_lines");
}

static void show_dialect(const json_t *dialect, exhibit *e)
{
    exhibit_heading(e, "How the file was read");
    if (!json_is_object(dialect)) {
        exhibit_item(e, NULL, text_of("The table came from memory, not from a text file."));
        return;
    }
    text format = text_or(exhibit_text(dialect, "format"), "csv"), compression = exhibit_text(dialect, "compression");
    if (text_equal_to(format, "csv")) {
        show_text_file(dialect, e);
    } else {
        exhibit_item(e, "Format", format);
    }
    exhibit_item(e, "Encoding", text_or(exhibit_text(dialect, "encoding"), "?"));
    if (compression.size) exhibit_item(e, "Compression", compression);
    show_sentence(e, "Why", dialect, "reason");
    show_sentence(e, "Bytes", dialect, "encoding_reason");
}

static void show_sample(const json_t *sample, exhibit *e)
{
    show_sentence(e, "Sample of rows", sample, "reason");
}

static void show_renamed(const json_t *renamed, exhibit *e)
{
    size_t i, n = json_array_size(renamed);
    json_t *one;
    text_buffer b = {0};
    json_array_foreach(renamed, i, one)
    {
        if (i == MAX_RENAMED) break;
        text original = exhibit_text(one, "original");
        text_append(&b, i ? "; column " : "column ");
        exhibit_append_count(&b, json_integer_or(one, "place", 0));
        text_append(&b, original.size ? " '" : " without a name");
        text_append_shown(&b, original, 40);
        text_append(&b, original.size ? "' is read as '" : " is read as '");
        text_append_shown(&b, text_or(exhibit_text(one, "name"), "?"), 40);
        text_append(&b, "'");
    }
    if (n > MAX_RENAMED) text_print(&b, " and %zu more", n - MAX_RENAMED);
    if (n > 0) exhibit_item_take(e, "Renamed columns", &b);
    text_buffer_clear(&b);
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
    exhibit_item_take(e, "Ragged lines", &b);
    show_sentence(e, "What was done with them", ragged, "reason");
}

/* Texts that count as missing, and what could have and does not. */
static void add_tokens(exhibit_table *t, const json_t *column)
{
    const json_t *tokens = json_object_get(column, "missing_tokens");
    text_buffer b = {0};
    size_t i;
    json_t *token;
    json_array_foreach(tokens, i, token)
    {
        if (i == MAX_TOKENS) break;
        text_append(&b, i ? ", " : "");
        text_append_shown(&b, json_is_string(token) ? text_of(json_string_value(token)) : text_of("?"), 30);
    }
    if (json_array_size(tokens) > MAX_TOKENS) text_append(&b, ", \xe2\x80\xa6");
    exhibit_table_take(t, &b);
}

/* What was taken off numbers, their unit, and what else a reader should know of how cells became values. */
static void append_reading(text_buffer *b, const json_t *reading)
{
    const char *affix;
    json_t *count;
    text unit = exhibit_text(reading, "unit"), other = exhibit_text(reading, "other_format"),
         order = exhibit_text(reading, "order");
    json_object_foreach(json_object_get(reading, "affixes"), affix, count)
    {
        text_print(b, " Taken off numbers: %s in ", affix);
        exhibit_append_count(b, json_is_integer(count) ? json_integer_value(count) : 0);
        text_append(b, " cells.");
    }
    if (unit.size > 0) {
        text_append(b, " The unit is ");
        text_append_span(b, unit);
        text_append(b, ".");
    }
    if (other.size > 0) {
        text_append(b, " Day and month are ambiguous: ");
        text_append_span(b, other);
        text_append(b, " reads every cell as well; `formats` in the settings, or the format in the plan, takes it.");
    }
    if (order.size > 0) {
        text_append(b, " The levels have the order of ");
        text_append_span(b, order);
        text_append(b, ".");
    }
    if (json_integer_or(reading, "non_finite", 0) > 0) {
        text_append(b, " ");
        exhibit_append_count(b, json_integer_or(reading, "non_finite", 0));
        text_append(b, " cells are infinite.");
    }
}

/* Why this type, this role, and why a text counts as missing or does not. */
static void add_reasons(exhibit_table *t, const json_t *column)
{
    text_buffer b = {0};
    size_t i;
    json_t *token;
    text_append_span(&b, text_or(exhibit_text(column, "type_reason"), ""));
    text_append(&b, " ");
    text_append_span(&b, text_or(exhibit_text(column, "reason"), ""));
    append_reading(&b, json_object_get(column, "cells"));
    json_array_foreach(json_object_get(column, "tokens"), i, token)
    {
        if (i == MAX_TOKENS) break;
        text_append(&b, " '");
        text_append_shown(&b, text_or(exhibit_text(token, "value"), "?"), 30);
        text_append(&b, json_bool_or(token, "missing", false) ? "' counts as missing in " : "' stays a value in ");
        exhibit_append_count(&b, json_integer_or(token, "count", 0));
        text_append(&b, " cells: ");
        text_append_span(&b, text_or(exhibit_text(token, "reason"), ""));
    }
    exhibit_table_take(t, &b);
}

static void show_columns(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Column", "Type", "Role", ">Missing", "Counts as missing", "~Why"};
    const json_t *columns = json_object_get(x->profile, "columns");
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    size_t i;
    json_t *column;
    json_array_foreach(columns, i, column)
    {
        if (i >= MAX_ROWS) break;
        exhibit_table_text(t, text_or(exhibit_text(column, "name"), "?"));
        exhibit_table_text(t, text_or(exhibit_text(column, "type"), "?"));
        exhibit_table_text(t, text_or(exhibit_text(column, "role"), "?"));
        exhibit_table_count(t, json_integer_or(column, "missing", 0));
        add_tokens(t, column);
        add_reasons(t, column);
    }
    exhibit_heading(e, "Columns as they were read");
    exhibit_item(
        e, "To change it",
        text_of("set types and missing_tokens in the notebook's cell of settings, or roles in the plan (pilotage plan JOB "
                "--set columns.NAME.role=ignored)."));
    exhibit_add_table(e, t);
    say_cut(e, i, json_array_size(columns), "columns");
}

void exploration_show_dataset(const exploration *x, exhibit *e)
{
    const json_t *table = json_object_get(x->profile, "table");
    show_properties(x, table, e);
    show_types(table, e);
    show_dialect(json_object_get(table, "dialect"), e);
    show_sample(json_object_get(table, "sample"), e);
    show_renamed(json_object_get(table, "renamed"), e);
    show_ragged(json_object_get(table, "ragged"), e);
    show_columns(x, e);
}
