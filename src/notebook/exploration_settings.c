/* The cell that holds the settings of the analysis, with all values in force, and what it shows: what differs from what was
 * found. Columns whose name or tokens are long, and those past a bound, are left out of the cell; what is not named stays. */
#include "notebook/exploration.h"
#include "notebook/python_code.h"

enum { MOST_COLUMNS = 150, LONGEST = 100, MOST_TOKENS = 20, MOST_BYTES = 24000 };

static bool is_short(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) <= LONGEST;
}

/* Adds a column's types and tokens, and the format of dates that have two; false where it cannot stand in the cell. */
static bool add_column(const json_t *column, json_t *types, json_t *tokens, json_t *formats, int64_t *bytes)
{
    const json_t *name = json_object_get(column, "name"), *type = json_object_get(column, "type");
    const json_t *list = json_object_get(column, "missing_tokens");
    size_t i;
    json_t *token;
    bool fits = is_short(name) && is_short(type) && json_array_size(list) <= MOST_TOKENS;
    json_array_foreach(list, i, token)
    {
        fits = fits && is_short(token);
        *bytes += is_short(token) ? (int64_t)json_string_length(token) + 4 : 0;
    }
    if (!fits) return false;
    *bytes += 2 * (int64_t)json_string_length(name) + 30;
    json_object_set(types, json_string_value(name), (json_t *)(uintptr_t)type);
    const json_t *cells = json_object_get(column, "cells");
    if (exhibit_text(cells, "other_format").size > 0)
        json_object_set(formats, json_string_value(name), json_object_get(cells, "format"));
    if (json_array_size(list) > 0) json_object_set(tokens, json_string_value(name), (json_t *)(uintptr_t)list);
    return true;
}

/* Fills the objects; returns how many columns are left out. */
static size_t take_columns(const exploration *x, json_t *types, json_t *tokens, json_t *formats)
{
    const json_t *columns = json_object_get(x->profile, "columns");
    size_t i, taken = 0, all = json_array_size(columns);
    int64_t bytes = 0;
    json_t *column;
    json_array_foreach(columns, i, column)
    {
        if (taken == MOST_COLUMNS || bytes > MOST_BYTES) break;
        taken += add_column(column, types, tokens, formats, &bytes);
    }
    return all - taken;
}

/* A dict with as many members on a line as fit. */
static void append_dict(text_buffer *b, const char *name, const json_t *dict)
{
    enum { WIDTH = 110 };
    const char *key;
    json_t *value;
    int64_t line = WIDTH;
    text_print(b, "    %s={", name);
    json_object_foreach((json_t *)(uintptr_t)dict, key, value)
    {
        text_buffer one = {0};
        text_append_python(&one, text_of(key));
        text_append(&one, ": ");
        python_append_value(&one, value, 8, 8);
        bool fits = line + one.size + 2 <= WIDTH;
        text_append(b, fits ? " " : "\n        ");
        line = (fits ? line + 1 : 8) + one.size + 1;
        text_append_span(b, (text){one.data, one.size});
        text_append(b, ",");
        if (one.failed) b->failed = true;
        text_buffer_clear(&one);
    }
    text_append(b, json_object_size(dict) > 0 ? "\n    },\n" : "},\n");
}

void exploration_append_settings(const exploration *x, text_buffer *b)
{
    const json_t *analysis = json_object_get(x->profile, "analysis");
    json_t *types = json_object(), *tokens = json_object(), *formats = json_object();
    size_t left_out = take_columns(x, types, tokens, formats);
    text_append(b, "profile.configure(\n");
    text_print(b, "    sample_rows=%lld,\n", (long long)json_integer_or(analysis, "sample_rows", 0));
    append_dict(b, "thresholds", json_object_get(analysis, "thresholds"));
    if (left_out > 0)
        text_print(b, "    # %zu more columns are not named here; they stay as they are unless you name them\n", left_out);
    append_dict(b, "types", types);
    append_dict(b, "missing_tokens", tokens);
    if (json_object_size(formats) > 0) append_dict(b, "formats", formats);
    text_append(b, ")");
    if (!types || !tokens || !formats) b->failed = true;
    json_decref(formats);
    json_decref(types);
    json_decref(tokens);
}

/* A value of the settings in words: texts as they are, lists with commas. */
static void append_value(text_buffer *b, const json_t *value)
{
    size_t i;
    json_t *item;
    if (json_is_string(value)) {
        text_append_shown(b, text_of(json_string_value(value)), 60);
    } else if (json_is_number(value)) {
        exhibit_append_number(b, json_number_value(value), 6);
    } else if (json_array_size(value) == 0) {
        text_append(b, "none");
    }
    json_array_foreach(value, i, item)
    {
        if (i) text_append(b, ", ");
        append_value(b, item);
    }
}

static void add_value(exhibit_table *t, const json_t *value)
{
    text_buffer b = {0};
    append_value(&b, value);
    exhibit_table_take(t, &b);
}

static text knob_words(const json_t *change)
{
    static const char *const WORDS[][2] = {{"sample_rows", "rows of the sample"},
                                           {"thresholds", "threshold"},
                                           {"types", "type"},
                                           {"missing_tokens", "texts that count as missing"},
                                           {"formats", "order of day and month"}};
    text knob = exhibit_text(change, "knob");
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (text_equal_to(knob, WORDS[i][0])) return text_of(WORDS[i][1]);
    }
    return knob.data ? knob : text_of("?");
}

void exploration_show_settings(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Setting", "Of", "Found", "Now"};
    const json_t *changed = json_object_get(json_object_get(x->profile, "analysis"), "changed");
    size_t i;
    json_t *change;
    if (json_array_size(changed) == 0) {
        exhibit_say(e, "Nothing was changed: types, missing tokens and thresholds are as they were found or set.");
        return;
    }
    exhibit_table *t = exhibit_table_new(HEADS, 4);
    json_array_foreach(changed, i, change)
    {
        text name = exhibit_text(change, "name");
        exhibit_table_text(t, knob_words(change));
        exhibit_table_text(t, name.data ? name : text_of(""));
        add_value(t, json_object_get(change, "found"));
        add_value(t, json_object_get(change, "now"));
    }
    exhibit_add_table(e, t);
    exhibit_say(e, "The table was analysed again with these, and the plan follows them.");
}
