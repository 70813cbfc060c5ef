/* The escapes: one function a sink (HTML, Markdown, Python, CSV, terminals). Values of the data are hostile, and whoever writes
 * one somewhere picks the sink's function here and nothing else. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Appends a character that must not be looked at again: itself when valid, U+FFFD when not. Returns the bytes taken. */
static int append_character(text_buffer *b, text t, int64_t at)
{
    uint32_t code;
    int size = text_decode(t, at, &code);
    if (size == 0 || code == 0) {
        text_append(b, replacement);
        return 1;
    }
    text_append_bytes(b, t.data + at, size);
    return size;
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void text_append_html(text_buffer *b, text t)
{
    for (int64_t i = 0; i < t.size;) {
        const char *entity = html_entity(t.data[i]);
        if (entity) {
            text_append(b, entity);
            i++;
        } else
            i += append_character(b, t, i);
    }
}

/* "1." or "1)" at the start would begin a list. */
static bool ends_list_number(text t, int64_t at)
{
    if (at == 0 || (t.data[at] != '.' && t.data[at] != ')')) return false;
    for (int64_t i = 0; i < at; i++)
        if (t.data[i] < '0' || t.data[i] > '9') return false;
    return at + 1 == t.size || t.data[at + 1] == ' ' || t.data[at + 1] == '\t';
}

/* "www." would become a link. */
static bool ends_www(text t, int64_t at)
{
    return at >= 3 && t.data[at] == '.' && text_equal_folded((text){t.data + at - 3, 3}, "www");
}

/* Entities are never markup in CommonMark, so they are the safest escape. $ and \ also stand in a span of their own: the page's
 * mathematics (MathJax) looks for $...$ and \(...\) in the text after Markdown was rendered, but not across elements. */
static bool append_markdown_special(text_buffer *b, text t, int64_t at)
{
    char c = t.data[at];
    const char *entity = html_entity(c);
    bool math = c == '$' || c == '\\';
    if (entity)
        text_append(b, entity);
    else if (math || (c && strchr("|`*_[]~:@\n\r\t", c)) || (at == 0 && c && strchr("#+-= ", c)) || ends_list_number(t, at) ||
             ends_www(t, at))
        text_print(b, math ? "<span>&#%d;</span>" : "&#%d;", c);
    else
        return false;
    return true;
}

void text_append_markdown(text_buffer *b, text t)
{
    for (int64_t i = 0; i < t.size;) {
        if (append_markdown_special(b, t, i))
            i++;
        else
            i += append_character(b, t, i);
    }
}

static void append_python_character(text_buffer *b, uint32_t code)
{
    if (code == '\n')
        text_append(b, "\\n");
    else if (code == '\r')
        text_append(b, "\\r");
    else if (code == '\t')
        text_append(b, "\\t");
    else if (code < 0x20 || (code >= 0x7f && code < 0x100))
        text_print(b, "\\x%02x", code);
    else if (code < 0x7f)
        text_append_bytes(b, &(char){(char)code}, 1);
    else if (code < 0x10000)
        text_print(b, "\\u%04x", code);
    else
        text_print(b, "\\U%08x", code);
}

void text_append_python(text_buffer *b, text t)
{
    bool has_single = t.size && memchr(t.data, '\'', (size_t)t.size),
         has_double = t.size && memchr(t.data, '"', (size_t)t.size);
    char quote = has_single && !has_double ? '"' : '\'';
    text_append_bytes(b, &quote, 1);
    for (int64_t i = 0; i < t.size;) {
        uint32_t code;
        int size = text_decode(t, i, &code);
        if (size == 0)
            text_print(b, "\\udc%02x", (unsigned)(unsigned char)t.data[i]);
        else if (code == '\\' || code == (unsigned char)quote)
            text_print(b, "\\%c", (int)code);
        else
            append_python_character(b, code);
        i += size ? size : 1;
    }
    text_append_bytes(b, &quote, 1);
}

void text_append_csv(text_buffer *b, text t, char delimiter)
{
    bool quoted = false;
    for (int64_t i = 0; i < t.size && !quoted; i++)
        quoted = t.data[i] == delimiter || t.data[i] == '"' || t.data[i] == '\r' || t.data[i] == '\n';
    if (!quoted) {
        text_append_span(b, t);
        return;
    }
    text_append(b, "\"");
    int64_t from = 0;
    for (int64_t i = 0; i < t.size; i++) {
        if (t.data[i] != '"') continue;
        text_append_bytes(b, t.data + from, i + 1 - from);
        from = i; /* the quote is written again with what follows */
    }
    text_append_bytes(b, t.data + from, t.size - from);
    text_append(b, "\"");
}

/* Control characters, and those that change the direction or break the line. */
static bool is_unprintable(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* One character as it is shown; returns its bytes, `*chars` its code points, `*taken` the bytes of the source. */
static int show_character(text t, int64_t at, char out[16], int *chars, int *taken)
{
    uint32_t code = 0;
    int size = text_decode(t, at, &code);
    *taken = size ? size : 1;
    if (size && !is_unprintable(code)) {
        memcpy(out, t.data + at, (size_t)size);
        *chars = 1;
        return size;
    }
    int length;
    if (size == 0)
        length = snprintf(out, 16, "\\x%02x", (unsigned)(unsigned char)t.data[at]);
    else if (code == '\n' || code == '\r' || code == '\t')
        length = snprintf(out, 16, "\\%c", code == '\n' ? 'n' : code == '\r' ? 'r' : 't');
    else
        length = snprintf(out, 16, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
    return *chars = length;
}

size_t text_show(text t, int64_t max_chars, char *out, size_t size)
{
    static const char ellipsis[] = "\xe2\x80\xa6"; /* U+2026 */
    size_t at = 0, safe = 0;                       /* `safe`: where an ellipsis still fits */
    int64_t chars = 0;
    for (int64_t i = 0; i < t.size;) {
        char piece[16];
        int piece_chars, taken, length = show_character(t, i, piece, &piece_chars, &taken);
        if (chars + piece_chars > max_chars || at + (size_t)length >= size) {
            memcpy(out + safe, ellipsis, sizeof ellipsis);
            return safe + sizeof ellipsis - 1;
        }
        memcpy(out + at, piece, (size_t)length);
        at += (size_t)length;
        chars += piece_chars;
        i += taken;
        if (at + sizeof ellipsis <= size) safe = at;
    }
    out[at] = '\0';
    return at;
}

void text_append_shown(text_buffer *b, text t, int64_t max_chars)
{
    int64_t chars = 0;
    for (int64_t i = 0; i < t.size;) {
        char piece[16];
        int piece_chars, taken, length = show_character(t, i, piece, &piece_chars, &taken);
        if (chars + piece_chars > max_chars) {
            text_append(b, "\xe2\x80\xa6");
            return;
        }
        text_append_bytes(b, piece, length);
        chars += piece_chars;
        i += taken;
    }
}

const char *text_shown(text t, text_shown_buffer *out)
{
    text_show(t, 80, out->data, sizeof out->data);
    return out->data;
}

void text_append_base64(text_buffer *b, const void *data, int64_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = data;
    for (int64_t i = 0; i < size; i += 3) {
        int64_t left = size - i;
        unsigned word = (unsigned)in[i] << 16 | (left > 1 ? (unsigned)in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
        char four[4] = {digits[word >> 18], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=',
                        left > 2 ? digits[word & 63] : '='};
        text_append_bytes(b, four, 4);
    }
}
