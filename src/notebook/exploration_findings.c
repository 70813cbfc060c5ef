/* Findings and their fixes in the data exploration notebook: most severe first, each with its columns, rows for instance,
 * advice, and the line that applies its fix. */
#include <string.h>

#include "notebook/exploration.h"
#include "profile/finding.h"

enum { MAX_ROWS = 500, MAX_NAMED = 12, MAX_EXAMPLES = 5, MAX_SHARED = 12 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

static void say_cut(exhibit *e, size_t shown, size_t all, const char *what)
{
    if (all > shown) exhibit_say(e, "%zu of %zu %s are shown; profile.json holds all of them.", shown, all, what);
}

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

/* "row 3: a, b", a line each. */
static void append_examples(text_buffer *b, const json_t *rows)
{
    size_t i, k;
    json_t *row, *cell;
    json_array_foreach(rows, i, row)
    {
        if (i == MAX_EXAMPLES) break;
        text_append(b, i ? "; row " : "row ");
        exhibit_append_count(b, json_integer_or(row, "row", -1));
        json_array_foreach(json_object_get(row, "cells"), k, cell)
        {
            if (k == MAX_EXAMPLES) break;
            text_append(b, k ? ", " : ": ");
            text_append_shown(b, json_is_string(cell) ? text_of(json_string_value(cell)) : text_of("(missing)"), 40);
        }
    }
}

static void append_fix(const exploration *x, text id, text_buffer *call, text_buffer *command)
{
    if (!exploration_has_plan(x)) {
        text_append(command, "pilotage plan TABLE --target COLUMN, then pilotage plan JOB --apply-fixes ");
    } else {
        text_append(call, "profile.apply_fixes([\"");
        text_append_span(call, id);
        text_append(call, "\"])");
        text_append(command, "pilotage plan JOB --apply-fixes ");
    }
    text_append_span(command, id);
}

static void show_finding(const exploration *x, const json_t *found, exhibit *e)
{
    text_buffer columns = {0}, examples = {0}, call = {0}, command = {0};
    text id = text_or(exhibit_text(found, "id"), "?");
    append_columns(&columns, json_object_get(found, "columns"));
    append_examples(&examples, json_object_get(found, "rows"));
    if (json_is_array(json_object_get(found, "fix"))) append_fix(x, id, &call, &command);
    const exhibit_line lines[] = {{NULL, exhibit_text(found, "text"), false},
                                  {"Columns", text_in(&columns), false},
                                  {"For instance", text_in(&examples), false},
                                  {"What to do", exhibit_text(found, "advice"), false},
                                  {"A fix is ready", text_in(&call), true},
                                  {call.size ? "The same in a shell" : "A fix is ready", text_in(&command), true}};
    exhibit_box(e, json_text_or(found, "severity", "low"), id, lines, COUNT_OF(lines));
    if (columns.failed || examples.failed || call.failed || command.failed) e->html.failed = true;
    text_buffer_clear(&columns);
    text_buffer_clear(&examples);
    text_buffer_clear(&call);
    text_buffer_clear(&command);
}

/* Whether a finding may share a box with the one before it: ordinary messiness of the same kind, on other columns, without rows
 * or a fix of its own. */
static bool may_share(const json_t *found)
{
    return strcmp(json_text_or(found, "severity", "low"), "low") == 0 && json_array_size(json_object_get(found, "rows")) == 0 &&
           !json_is_array(json_object_get(found, "fix"));
}

/* From place `i` on, the findings that share a box; at least one. */
static size_t count_shared(const json_t *findings, size_t i)
{
    const json_t *first = json_array_get(findings, i);
    size_t n = 1;
    while (
        n < MAX_SHARED && may_share(first) && may_share(json_array_get(findings, i + n)) &&
        text_equal(text_or(exhibit_text(json_array_get(findings, i + n), "id"), ""), text_or(exhibit_text(first, "id"), "?")))
        n++;
    return n;
}

/* A line each, and the advice once. */
static void show_shared(const json_t *findings, size_t i, size_t n, exhibit *e)
{
    exhibit_line lines[MAX_SHARED + 1];
    const json_t *first = json_array_get(findings, i);
    for (size_t k = 0; k < n; k++)
        lines[k] = (exhibit_line){NULL, exhibit_text(json_array_get(findings, i + k), "text"), false};
    lines[n] = (exhibit_line){"What to do", exhibit_text(first, "advice"), false};
    exhibit_box(e, "low", text_or(exhibit_text(first, "id"), "?"), lines, (int32_t)n + 1);
}

void exploration_show_findings(const exploration *x, exhibit *e)
{
    static const char *const ORDER[] = {"high", "medium", "low"};
    size_t all = json_array_size(x->findings), shown = 0;
    if (all == 0) exhibit_say(e, "None of the checks found anything in this table.");
    for (int32_t s = 0; s < COUNT_OF(ORDER); s++) {
        for (size_t i = 0, n; i < all && shown < MAX_ROWS; i += n) {
            const json_t *found = json_array_get(x->findings, i);
            n = 1;
            if (strcmp(json_text_or(found, "severity", "low"), ORDER[s]) != 0) continue;
            n = count_shared(x->findings, i);
            if (n > 1) {
                show_shared(x->findings, i, n, e);
            } else {
                show_finding(x, found, e);
            }
            shown += n;
        }
    }
    say_cut(e, shown, all, "findings");
}

void exploration_show_fixes(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Finding", "Severity", "Columns", "~What its fix changes"};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    size_t i, n = 0;
    json_t *found;
    json_array_foreach(x->findings, i, found)
    {
        const finding_kind *kind = finding_find(json_text_or(found, "id", ""));
        text_buffer columns = {0};
        if (!json_is_array(json_object_get(found, "fix")) || ++n > MAX_ROWS) continue;
        append_columns(&columns, json_object_get(found, "columns"));
        exhibit_table_text(t, text_or(exhibit_text(found, "id"), "?"));
        exhibit_table_text(t, text_or(exhibit_text(found, "severity"), "?"));
        exhibit_table_take(t, &columns);
        exhibit_table_text(t, text_of(kind && kind->fix ? kind->fix : "The plan."));
    }
    if (n == 0) exhibit_say(e, "None of the findings has a fix that can be applied.");
    if (n > 0) exhibit_say(e, "No fix was asked for. These are ready; one that is applied already is passed over:");
    if (n > 0) exhibit_add_table(e, t);
    if (n == 0) exhibit_table_free(t);
    say_cut(e, n > MAX_ROWS ? MAX_ROWS : n, n, "fixes");
}
