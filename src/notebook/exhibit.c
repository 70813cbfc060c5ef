/* Exhibits. Every text passes text_append_shown (controls and bidirectional marks become escapes, long texts are cut) and, for
 * HTML, text_append_html. Styles stand in style attributes, the only ones that an untrusted notebook keeps; colours of text and
 * ground are always set together, because the theme of the reader is not known. */
#include "notebook/exhibit.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

enum { CELL_CHARS = 80, SENTENCE_CHARS = 1200, SENTENCE_SIZE = 2048, PLAIN_CELL_CHARS = 40, UNBROKEN_BYTES = 24 };

struct exhibit_table {
    arena *memory;
    text *cells; /* the heads first */
    bool *right; /* a flag a column */
    int64_t n, room;
    int32_t columns, columns_room;
    int32_t sentences; /* the column that holds sentences, or -1 */
    bool failed;
};

void exhibit_clear(exhibit *e)
{
    text_buffer_clear(&e->html);
    text_buffer_clear(&e->plain);
}

/* As HTML: escapes for control characters, then for markup. */
static void append_safe(text_buffer *b, text t, int64_t max_chars)
{
    text_buffer shown = {0};
    text_append_shown(&shown, t, max_chars);
    if (shown.size) text_append_html(b, (text){shown.data, shown.size});
    if (shown.failed) b->failed = true;
    text_buffer_clear(&shown);
}

void exhibit_say(exhibit *e, const char *format, ...)
{
    char sentence[SENTENCE_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    text_append(&e->html, "<p>");
    append_safe(&e->html, text_of(sentence), SENTENCE_CHARS);
    text_append(&e->html, "</p>\n");
    text_append_shown(&e->plain, text_of(sentence), SENTENCE_CHARS);
    text_append(&e->plain, "\n");
}

void exhibit_heading(exhibit *e, const char *title)
{
    text_append(&e->html, "<p style=\"margin-top:14px\"><b>");
    append_safe(&e->html, text_of(title), CELL_CHARS);
    text_append(&e->html, "</b></p>\n");
    text_append(&e->plain, "\n");
    text_append_shown(&e->plain, text_of(title), CELL_CHARS);
    text_append(&e->plain, "\n");
}

void exhibit_item(exhibit *e, const char *bold, text rest)
{
    text_append(&e->html, "<div style=\"margin:2px 0 2px 12px\">");
    text_append(&e->plain, "- ");
    if (bold) {
        text_append(&e->html, "<b>");
        append_safe(&e->html, text_of(bold), CELL_CHARS);
        text_append(&e->html, "</b>: ");
        text_append_shown(&e->plain, text_of(bold), CELL_CHARS);
        text_append(&e->plain, ": ");
    }
    append_safe(&e->html, rest, SENTENCE_CHARS);
    text_append(&e->html, "</div>\n");
    text_append_shown(&e->plain, rest, SENTENCE_CHARS);
    text_append(&e->plain, "\n");
}

void exhibit_item_take(exhibit *e, const char *bold, text_buffer *rest)
{
    if (rest->failed) e->html.failed = true;
    exhibit_item(e, bold, (text){rest->size ? rest->data : "", rest->size});
    text_buffer_clear(rest);
}

static const char *edge_colour(const char *severity)
{
    if (strcmp(severity, "high") == 0) return "#D55E00";
    return strcmp(severity, "medium") == 0 ? "#E69F00" : "#0072B2";
}

void exhibit_box(exhibit *e, const char *severity, text title, text body, text advice)
{
    text_print(&e->html,
               "<div style=\"border-left:6px solid %s;background:#f7f7f7;color:#222222;padding:6px 12px;margin:6px 0\"><b>",
               edge_colour(severity));
    text_print(&e->html, "%s \xc2\xb7 ",
               strcmp(severity, "high") == 0     ? "High"
               : strcmp(severity, "medium") == 0 ? "Medium"
                                                 : "Low");
    append_safe(&e->html, title, CELL_CHARS);
    text_append(&e->html, "</b><br>");
    append_safe(&e->html, body, SENTENCE_CHARS);
    if (advice.size) {
        text_append(&e->html, "<br><i>What to do:</i> ");
        append_safe(&e->html, advice, SENTENCE_CHARS);
    }
    text_append(&e->html, "</div>\n");
    text_print(&e->plain, "[%s] ", strcmp(severity, "high") == 0 ? "high" : strcmp(severity, "medium") == 0 ? "medium" : "low");
    text_append_shown(&e->plain, title, CELL_CHARS);
    text_append(&e->plain, ": ");
    text_append_shown(&e->plain, body, SENTENCE_CHARS);
    if (advice.size) {
        text_append(&e->plain, " What to do: ");
        text_append_shown(&e->plain, advice, SENTENCE_CHARS);
    }
    text_append(&e->plain, "\n");
}

void exhibit_chart(exhibit *e, const text_buffer *svg, text alt)
{
    text_append(&e->html, "<div style=\"margin:6px 0\">");
    chart_append_image(&e->html, svg, alt);
    text_append(&e->html, "</div>\n");
    text_append_shown(&e->plain, alt, SENTENCE_CHARS);
    text_append(&e->plain, "\n");
}

void exhibit_tile(exhibit *e, const text_buffer *svg, text alt)
{
    text_append(&e->html, "<span style=\"display:inline-block;vertical-align:top;margin:4px\">");
    chart_append_image(&e->html, svg, alt);
    text_append(&e->html, "</span>\n");
    text_append_shown(&e->plain, alt, SENTENCE_CHARS);
    text_append(&e->plain, "\n");
}

ptg_status exhibit_take(exhibit *e, json_t **bundle, ptg_error *err)
{
    *bundle = NULL;
    if (!e->html.failed && !e->plain.failed) {
        json_t *html = json_text((text){e->html.size ? e->html.data : "", e->html.size});
        json_t *plain = json_text((text){e->plain.size ? e->plain.data : "", e->plain.size});
        *bundle = json_pack("{s:o, s:o}", "text/html", html, "text/plain", plain);
    }
    exhibit_clear(e);
    return *bundle ? PTG_OK : fail_memory(err);
}

static bool grow_cells(exhibit_table *t)
{
    if (t->n < t->room) return true;
    int64_t room = t->room ? 2 * t->room : 64;
    text *cells = mem_resize(t->cells, t->room, room, sizeof *cells);
    if (!cells) {
        t->failed = true;
        return false;
    }
    t->cells = cells;
    t->room = room;
    return true;
}

static void add_cell(exhibit_table *t, text cell)
{
    if (!t || t->failed || !grow_cells(t)) return;
    if (cell.data) {
        const char *copy = arena_text(t->memory, cell.data, (size_t)cell.size);
        if (!copy) t->failed = true;
        cell.data = copy;
    }
    t->cells[t->n++] = cell;
}

static void free_table(exhibit_table *t)
{
    if (!t) return;
    arena_free(t->memory);
    mem_free(t->cells);
    mem_free(t->right);
    mem_free(t);
}

void exhibit_table_head(exhibit_table *t, text head, bool right)
{
    if (!t || t->failed) return;
    if (t->columns == t->columns_room) {
        int32_t room = t->columns_room ? 2 * t->columns_room : 16;
        bool *flags = mem_resize(t->right, t->columns_room, room, sizeof *flags);
        if (!flags) {
            t->failed = true;
            return;
        }
        t->right = flags;
        t->columns_room = room;
    }
    t->right[t->columns++] = right;
    add_cell(t, head);
}

exhibit_table *exhibit_table_new(const char *const heads[], int32_t n)
{
    exhibit_table *t = mem_array(1, sizeof *t);
    if (!t) return NULL;
    t->memory = arena_new();
    if (!t->memory) t->failed = true;
    t->sentences = -1;
    for (int32_t i = 0; i < n; i++) {
        bool right = heads[i][0] == '>', sentences = heads[i][0] == '~';
        if (sentences) t->sentences = i;
        exhibit_table_head(t, text_of(right || sentences ? heads[i] + 1 : heads[i]), right);
    }
    return t;
}

void exhibit_table_text(exhibit_table *t, text cell)
{
    add_cell(t, cell);
}

void exhibit_table_take(exhibit_table *t, text_buffer *b)
{
    if (b->failed && t) t->failed = true;
    add_cell(t, (text){b->size ? b->data : "", b->size});
    text_buffer_clear(b);
}

void exhibit_table_number(exhibit_table *t, double value, int digits)
{
    text_buffer b = {0};
    exhibit_append_number(&b, value, digits);
    exhibit_table_take(t, &b);
}

void exhibit_table_count(exhibit_table *t, int64_t value)
{
    text_buffer b = {0};
    exhibit_append_count(&b, value);
    exhibit_table_take(t, &b);
}

void exhibit_table_share(exhibit_table *t, double share)
{
    text_buffer b = {0};
    exhibit_append_share(&b, share);
    exhibit_table_take(t, &b);
}

static void append_table_html(text_buffer *b, const exhibit_table *t)
{
    text_append(b, "<table>\n");
    for (int64_t i = 0; i < t->n; i++) {
        int64_t column = i % t->columns;
        const char *tag = i < t->columns ? "th" : "td";
        if (column == 0) text_append(b, i < t->columns ? "<thead><tr>" : "<tr>");
        text_print(b, "<%s style=\"text-align:%s%s\">", tag, t->right[column] ? "right" : "left",
                   t->cells[i].size <= UNBROKEN_BYTES ? ";white-space:nowrap" : "");
        if (t->cells[i].data) {
            append_safe(b, t->cells[i], column == t->sentences ? SENTENCE_CHARS : CELL_CHARS);
        } else {
            text_append(b, "<i style=\"opacity:0.6\">missing</i>");
        }
        text_print(b, "</%s>", tag);
        if (column + 1 == t->columns) text_append(b, i < t->columns ? "</tr></thead>\n<tbody>\n" : "</tr>\n");
    }
    text_append(b, "</tbody></table>\n");
}

/* A cell as plain text, in `out`; returns how many characters wide it is. */
static int64_t plain_cell(text_buffer *out, text cell)
{
    out->size = 0;
    text_append_shown(out, cell.data ? cell : text_of("(missing)"), PLAIN_CELL_CHARS);
    return out->size ? text_length((text){out->data, out->size}) : 0;
}

static void append_blanks(text_buffer *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        text_append(b, " ");
}

static void append_table_plain(text_buffer *b, const exhibit_table *t, const int64_t *widths)
{
    text_buffer cell = {0};
    for (int64_t i = 0; i < t->n; i++) {
        int64_t column = i % t->columns, width = plain_cell(&cell, t->cells[i]);
        bool last = column + 1 == t->columns;
        if (column > 0) text_append(b, "  ");
        if (t->right[column]) append_blanks(b, widths[column] - width);
        if (cell.size) text_append_bytes(b, cell.data, cell.size);
        if (!t->right[column] && !last) append_blanks(b, widths[column] - width);
        if (last) text_append(b, "\n");
    }
    if (cell.failed) b->failed = true;
    text_buffer_clear(&cell);
}

void exhibit_add_table(exhibit *e, exhibit_table *t)
{
    int64_t *widths = t && !t->failed && t->columns > 0 ? arena_array(t->memory, t->columns, sizeof *widths) : NULL;
    if (!widths) {
        e->html.failed = true;
        free_table(t);
        return;
    }
    text_buffer cell = {0};
    for (int64_t i = 0; i < t->n; i++) {
        int64_t width = plain_cell(&cell, t->cells[i]);
        if (width > widths[i % t->columns]) widths[i % t->columns] = width;
    }
    if (cell.failed) e->plain.failed = true;
    text_buffer_clear(&cell);
    append_table_html(&e->html, t);
    append_table_plain(&e->plain, t, widths);
    free_table(t);
}

void exhibit_append_count(text_buffer *b, int64_t value)
{
    char digits[32];
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int n = snprintf(digits, sizeof digits, "%" PRIu64, magnitude);
    if (value < 0) text_append(b, "-");
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) text_append(b, ",");
        text_append_bytes(b, digits + i, 1);
    }
}

void exhibit_append_number(text_buffer *b, double value, int digits)
{
    char out[NUMBER_TEXT_SIZE];
    if (isnan(value)) {
        text_append(b, "\xe2\x80\x93");
        return;
    }
    text_append_bytes(b, out, number_write_short(value, digits, out));
}

void exhibit_append_share(text_buffer *b, double share)
{
    double percent = share * 100.0;
    if (isnan(share)) {
        text_append(b, "\xe2\x80\x93");
    } else if (percent > 0.0 && percent < 0.01) {
        text_append(b, "< 0.01 %");
    } else if (percent > 99.95 && percent < 100.0) {
        text_append(b, "> 99.9 %");
    } else {
        exhibit_append_number(b, percent, 3);
        text_append(b, " %");
    }
}

text exhibit_text(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? (text){json_string_value(value), (int64_t)json_string_length(value)} : (text){NULL, 0};
}
