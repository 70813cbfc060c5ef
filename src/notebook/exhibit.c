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
#include "notebook/svg_parts.h"

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

enum { TILE_RESERVE = 700 }; /* bytes that tiles leave for the sentence on what is not drawn */

/* Where a piece begins in both forms. */
typedef struct piece {
    int64_t html, plain;
} piece;

static piece begin_piece(const exhibit *e)
{
    return (piece){e->html.size, e->plain.size};
}

/* Bytes of a text in the file: quotes and backslashes are escaped, and each line is a text of its own, indented. */
static int64_t file_bytes(const text_buffer *b, int64_t from)
{
    enum { A_LINE = 14 };
    int64_t n = b->size - from;
    for (int64_t i = from; i < b->size; i++) {
        if (b->data[i] == '\n') n += A_LINE;
        if (b->data[i] == '"' || b->data[i] == '\\') n++;
    }
    return n;
}

static void cut_back(text_buffer *b, int64_t size)
{
    b->size = size;
    if (b->data) b->data[size] = '\0';
}

/* Keeps what was appended since `start` if it fits, else takes it off again. */
static bool keep_piece(exhibit *e, piece start)
{
    int64_t bytes = file_bytes(&e->html, start.html) + file_bytes(&e->plain, start.plain);
    if (e->limit == 0 || e->used + bytes <= e->limit) {
        e->used += bytes;
        return true;
    }
    cut_back(&e->html, start.html);
    cut_back(&e->plain, start.plain);
    return false;
}

static void end_piece(exhibit *e, piece start)
{
    if (!keep_piece(e, start)) e->left_out++;
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
    piece start = begin_piece(e);
    text_append(&e->html, "<p>");
    append_safe(&e->html, text_of(sentence), SENTENCE_CHARS);
    text_append(&e->html, "</p>\n");
    text_append_shown(&e->plain, text_of(sentence), SENTENCE_CHARS);
    text_append(&e->plain, "\n");
    end_piece(e, start);
}

void exhibit_heading(exhibit *e, const char *title)
{
    piece start = begin_piece(e);
    text_append(&e->html, "<p style=\"margin-top:14px\"><b>");
    append_safe(&e->html, text_of(title), CELL_CHARS);
    text_append(&e->html, "</b></p>\n");
    text_append(&e->plain, "\n");
    text_append_shown(&e->plain, text_of(title), CELL_CHARS);
    text_append(&e->plain, "\n");
    end_piece(e, start);
}

void exhibit_item(exhibit *e, const char *bold, text rest)
{
    piece start = begin_piece(e);
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
    end_piece(e, start);
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

static void append_line(exhibit *e, const exhibit_line *line)
{
    text_append(&e->html, "<br>");
    text_append(&e->plain, "  ");
    if (line->label) {
        text_print(&e->html, "<i>%s:</i> ", line->label);
        text_print(&e->plain, "%s: ", line->label);
    }
    if (line->code) text_append(&e->html, "<code style=\"background:#e8e8e8;color:#222222;padding:1px 4px\">");
    append_safe(&e->html, line->value, SENTENCE_CHARS);
    if (line->code) text_append(&e->html, "</code>");
    text_append_shown(&e->plain, line->value, SENTENCE_CHARS);
    text_append(&e->plain, "\n");
}

void exhibit_box(exhibit *e, const char *severity, text title, const exhibit_line *lines, int32_t n)
{
    const char *word = strcmp(severity, "high") == 0 ? "High" : strcmp(severity, "medium") == 0 ? "Medium" : "Low";
    piece start = begin_piece(e);
    text_print(&e->html,
               "<div style=\"border-left:6px solid %s;background:#f7f7f7;color:#222222;padding:6px 12px;margin:6px 0\"><b>",
               edge_colour(severity));
    text_print(&e->html, "%s \xc2\xb7 ", word);
    append_safe(&e->html, title, CELL_CHARS);
    text_append(&e->html, "</b>");
    text_print(&e->plain, "[%s] ", word);
    text_append_shown(&e->plain, title, CELL_CHARS);
    text_append(&e->plain, "\n");
    for (int32_t i = 0; i < n; i++) {
        if (lines[i].value.size > 0) append_line(e, &lines[i]);
    }
    text_append(&e->html, "</div>\n");
    end_piece(e, start);
}

void exhibit_legend(exhibit *e, const text *names, int32_t n)
{
    piece start = begin_piece(e);
    text_append(&e->html, "<p>");
    text_append(&e->plain, "Colours in their order:");
    for (int32_t i = 0; i < n; i++) {
        text_print(&e->html, "<span style=\"display:inline-block;width:14px;height:14px;background:%s\"></span> ",
                   svg_colours[i % CHART_COLOURS]);
        append_safe(&e->html, names[i], PLAIN_CELL_CHARS);
        text_append(&e->html, " &nbsp; ");
        text_append(&e->plain, i ? ", " : " ");
        text_append_shown(&e->plain, names[i], PLAIN_CELL_CHARS);
    }
    text_append(&e->html, "</p>\n");
    text_append(&e->plain, "\n");
    end_piece(e, start);
}

void exhibit_chart(exhibit *e, const text_buffer *svg, text alt)
{
    piece start = begin_piece(e);
    text_append(&e->html, "<div style=\"margin:6px 0\">");
    chart_append_image(&e->html, svg, alt);
    text_append(&e->html, "</div>\n");
    text_append_shown(&e->plain, alt, SENTENCE_CHARS);
    text_append(&e->plain, "\n");
    end_piece(e, start);
}

bool exhibit_tile(exhibit *e, const text_buffer *svg, text alt)
{
    piece start = begin_piece(e);
    text_append(&e->html, "<span style=\"display:inline-block;vertical-align:top;margin:4px\">");
    chart_append_image(&e->html, svg, alt);
    text_append(&e->html, "</span>\n");
    text_append_shown(&e->plain, alt, SENTENCE_CHARS);
    text_append(&e->plain, "\n");
    e->used += TILE_RESERVE;
    const bool fits = keep_piece(e, start);
    e->used -= TILE_RESERVE;
    return fits;
}

static void say_left_out(exhibit *e)
{
    int64_t left_out = e->left_out;
    e->limit = 0; /* this sentence has its place in any case */
    exhibit_say(e,
                left_out == 1 ? "%lld more stood here than there is room for; profile.json holds everything."
                              : "%lld more of these stood here than there is room for; profile.json holds everything.",
                (long long)left_out);
}

ptg_status exhibit_take(exhibit *e, json_t **bundle, ptg_error *err)
{
    *bundle = NULL;
    if (e->left_out > 0) say_left_out(e);
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

void exhibit_table_free(exhibit_table *t)
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

static void append_row_html(text_buffer *b, const exhibit_table *t, int64_t row)
{
    const char *tag = row == 0 ? "th" : "td";
    text_append(b, row == 0 ? "<thead><tr>" : "<tr>");
    for (int32_t column = 0; column < t->columns; column++) {
        text cell = t->cells[row * t->columns + column];
        text_print(b, "<%s style=\"text-align:%s%s\">", tag, t->right[column] ? "right" : "left",
                   cell.size <= UNBROKEN_BYTES ? ";white-space:nowrap" : "");
        if (cell.data) {
            append_safe(b, cell, column == t->sentences ? SENTENCE_CHARS : CELL_CHARS);
        } else {
            text_append(b, "<i style=\"opacity:0.6\">missing</i>");
        }
        text_print(b, "</%s>", tag);
    }
    text_append(b, row == 0 ? "</tr></thead>\n<tbody>\n" : "</tr>\n");
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

/* `cell` is scratch. */
static void append_row_plain(text_buffer *b, const exhibit_table *t, int64_t row, const int64_t *widths, text_buffer *cell)
{
    for (int32_t column = 0; column < t->columns; column++) {
        int64_t width = plain_cell(cell, t->cells[row * t->columns + column]);
        bool last = column + 1 == t->columns;
        if (column > 0) text_append(b, "  ");
        if (t->right[column]) append_blanks(b, widths[column] - width);
        if (cell->size) text_append_bytes(b, cell->data, cell->size);
        if (!t->right[column] && !last) append_blanks(b, widths[column] - width);
    }
    text_append(b, "\n");
}

/* Rows until one does not fit; the head always stands, and a row that is not whole is left out. */
static void append_rows(exhibit *e, const exhibit_table *t, const int64_t *widths, text_buffer *cell)
{
    int64_t n = t->n / t->columns, row = 0;
    text_append(&e->html, "<table>\n");
    for (; row < n; row++) {
        piece start = begin_piece(e);
        append_row_html(&e->html, t, row);
        append_row_plain(&e->plain, t, row, widths, cell);
        if (!keep_piece(e, start)) break;
    }
    text_append(&e->html, row > 0 ? "</tbody></table>\n" : "</table>\n");
    if (row < n) {
        exhibit_say(e, "%lld of %lld rows of this table fit here; profile.json holds all of them.",
                    (long long)(row > 0 ? row - 1 : 0), (long long)(n - 1));
    }
}

void exhibit_add_table(exhibit *e, exhibit_table *t)
{
    int64_t *widths = t && !t->failed && t->columns > 0 ? arena_array(t->memory, t->columns, sizeof *widths) : NULL;
    if (!widths) {
        e->html.failed = true;
        exhibit_table_free(t);
        return;
    }
    text_buffer cell = {0};
    for (int64_t i = 0; i < t->n; i++) {
        int64_t width = plain_cell(&cell, t->cells[i]);
        if (width > widths[i % t->columns]) widths[i % t->columns] = width;
    }
    append_rows(e, t, widths, &cell);
    if (cell.failed) e->plain.failed = true;
    text_buffer_clear(&cell);
    exhibit_table_free(t);
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

void exhibit_append_date(text_buffer *b, double seconds)
{
    svg_append_date(b, seconds, false);
}

text exhibit_text(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? (text){json_string_value(value), (int64_t)json_string_length(value)} : (text){NULL, 0};
}
