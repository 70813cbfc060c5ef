/* Notebook documents on jansson. A text is cleaned before it goes in: control characters and the line breaks of Unicode become
 * U+FFFD. Then Python's str.splitlines and a split at line feeds are the same, and JSON needs no \u escape, so that jansson's
 * writer gives the bytes of Python's json module (indent=1, sort_keys, ensure_ascii=False). */
#include "notebook/notebook_document.h"

#include <string.h>

#include "base/memory.h"

enum { ID_SIZE = 65 };

struct notebook_document {
    json_t *cells;
};

notebook_document *notebook_new(void)
{
    notebook_document *n = mem_array(1, sizeof *n);
    if (!n) return NULL;
    n->cells = json_array();
    if (!n->cells) {
        mem_free(n);
        return NULL;
    }
    return n;
}

void notebook_free(notebook_document *n)
{
    if (!n) return;
    json_decref(n->cells);
    mem_free(n);
}

/* Bytes of the character at `s` that may not stand in a text, or 0 when it may. */
static int64_t breaker_size(const unsigned char *s, int64_t left)
{
    if (s[0] == '\n' || s[0] == '\t') return 0;
    if (s[0] < 0x20 || s[0] == 0x7f) return 1;
    if (left >= 2 && s[0] == 0xc2 && s[1] < 0xa0) return 2;                                    /* C1 controls, with U+0085 */
    if (left >= 3 && s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9)) return 3; /* U+2028, U+2029 */
    return 0;
}

json_t *notebook_text(text t)
{
    text_buffer b = {0};
    int64_t from = 0;
    for (int64_t i = 0; i < t.size;) {
        int64_t size = breaker_size((const unsigned char *)t.data + i, t.size - i);
        if (size == 0) {
            i++;
            continue;
        }
        text_append_bytes(&b, t.data + from, i - from);
        text_append(&b, "\xef\xbf\xbd");
        i += size;
        from = i;
    }
    if (t.size > from) text_append_bytes(&b, t.data + from, t.size - from);
    json_t *value = b.failed ? NULL : json_text((text){b.size ? b.data : "", b.size});
    text_buffer_clear(&b);
    return value;
}

/* A text as the list of its lines, each with its line feed. */
static json_t *lines_of(text t)
{
    json_t *clean = notebook_text(t);
    json_t *lines = json_array();
    const char *at = clean ? json_string_value(clean) : "";
    const char *end = at + (clean ? json_string_length(clean) : 0);
    while (clean && lines && at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *next = feed ? feed + 1 : end;
        if (json_array_append_new(lines, json_stringn(at, (size_t)(next - at)))) {
            json_decref(lines);
            lines = NULL;
        }
        at = next;
    }
    if (!clean) {
        json_decref(lines);
        lines = NULL;
    }
    json_decref(clean);
    return lines;
}

static json_t *bundle_lines(const json_t *bundle)
{
    json_t *data = json_object();
    const char *mime;
    json_t *value;
    json_object_foreach((json_t *)bundle, mime, value)
    {
        json_t *kept = json_is_string(value) ? lines_of((text){json_string_value(value), (int64_t)json_string_length(value)})
                                             : json_deep_copy(value);
        if (json_object_set_new(data, mime, kept)) {
            json_decref(data);
            return NULL;
        }
    }
    return data;
}

static bool id_taken(const notebook_document *n, const char *id)
{
    size_t i;
    json_t *cell;
    json_array_foreach(n->cells, i, cell)
    {
        if (strcmp(json_text_or(cell, "id", ""), id) == 0) return true;
    }
    return false;
}

static void append_decimal(char *out, int64_t value)
{
    char digits[24];
    int n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (n > 0)
        *out++ = digits[--n];
    *out = '\0';
}

/* A valid id that no cell has: a number is put behind one that is taken. */
static void choose_id(const notebook_document *n, const char *wanted, char out[ID_SIZE])
{
    enum { ROOM_FOR_NUMBER = 12 };
    size_t length = 0;
    for (; wanted[length] && length < ID_SIZE - 1 - ROOM_FOR_NUMBER; length++) {
        char c = wanted[length];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        out[length] = good ? c : '_';
    }
    if (length == 0) out[length++] = '_';
    out[length] = '\0';
    for (int64_t number = 2; id_taken(n, out); number++) {
        out[length] = '-';
        append_decimal(out + length + 1, number);
    }
}

static ptg_status add_cell(notebook_document *n, const char *id, const char *type, text source, json_t *more, ptg_error *err)
{
    char chosen[ID_SIZE];
    choose_id(n, id, chosen);
    json_t *lines = lines_of(source);
    json_t *cell = json_pack("{s:s, s:s, s:{}, s:o}", "cell_type", type, "id", chosen, "metadata", "source", lines);
    int bad = !cell || (more && json_object_update(cell, more)) || json_array_append_new(n->cells, cell);
    json_decref(more);
    return bad ? fail_memory(err) : PTG_OK;
}

ptg_status notebook_add_markdown(notebook_document *n, const char *id, text source, ptg_error *err)
{
    return add_cell(n, id, "markdown", source, NULL, err);
}

ptg_status notebook_add_code(notebook_document *n, const char *id, text source, const json_t *bundle, ptg_error *err)
{
    json_t *more = json_pack("{s:n, s:[]}", "execution_count", "outputs");
    if (!more) return fail_memory(err);
    if (bundle) {
        json_t *output = json_pack("{s:o, s:n, s:{}, s:s}", "data", bundle_lines(bundle), "execution_count", "metadata",
                                   "output_type", "execute_result");
        if (json_array_append_new(json_object_get(more, "outputs"), output)) {
            json_decref(more);
            return fail_memory(err);
        }
    }
    return add_cell(n, id, "code", source, more, err);
}

ptg_status notebook_add_display(notebook_document *n, const json_t *bundle, ptg_error *err)
{
    size_t count = json_array_size(n->cells);
    json_t *outputs = count ? json_object_get(json_array_get(n->cells, count - 1), "outputs") : NULL;
    if (!outputs) return fail(err, PTG_ERROR_FAILED, "an output needs a code cell before it");
    json_t *output = json_pack("{s:o, s:{}, s:s}", "data", bundle_lines(bundle), "metadata", "output_type", "display_data");
    return json_array_append_new(outputs, output) ? fail_memory(err) : PTG_OK;
}

static int put_bytes(const char *bytes, size_t size, void *buffer)
{
    text_buffer *b = buffer;
    text_append_bytes(b, bytes, (int64_t)size);
    return b->failed ? -1 : 0;
}

ptg_status notebook_write(const notebook_document *n, text_buffer *out, ptg_error *err)
{
    json_t *document = json_pack("{s:O, s:{s:{s:s, s:s, s:s}, s:{s:s}}, s:i, s:i}", "cells", n->cells, "metadata", "kernelspec",
                                 "display_name", "Python 3 (ipykernel)", "language", "python", "name", "python3",
                                 "language_info", "name", "python", "nbformat", 4, "nbformat_minor", 5);
    if (!document) return fail_memory(err);
    int bad = json_dump_callback(document, put_bytes, out, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(document);
    text_append(out, "\n");
    return bad ? fail_memory(err) : text_buffer_check(out, err);
}
