/* Text: spans of UTF-8 that somebody else owns, a growing buffer, and the escapes. Values of the data are hostile: nothing of
 * them becomes markup, a link, a formula, code or a terminal command; each sink has its own escape here. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

/* A span of bytes, not NUL-terminated. `data` NULL means missing (which differs from the empty text). */
typedef struct text {
    const char *data;
    int64_t size;
} text;

text text_of(const char *zero_terminated);
bool text_equal(text a, text b);
bool text_equal_to(text a, const char *zero_terminated);
/* Order of bytes; a prefix sorts first, missing before everything. */
int text_compare(text a, text b);
/* Without blanks, tabs, CR, LF at both ends. */
text text_trim(text a);
/* True where ASCII case is ignored. */
bool text_equal_folded(text a, const char *zero_terminated);
bool text_is_utf8(text a);
/* XXH3-64 of the bytes. */
uint64_t text_hash(text a);
/* Code points of valid UTF-8. */
int64_t text_length(text a);

/* The code point at byte `at` (< size). Returns the bytes it takes, 0 where the bytes there are not valid UTF-8. */
int text_decode(text t, int64_t at, uint32_t *code);

/* Finds the candidate that is nearest to a name (edit distance, ASCII case ignored), for "did you mean ...?". `best` is NULL
 * when none is near enough. */
typedef struct text_nearness {
    text name;
    const char *best;
    int64_t distance;
} text_nearness;
text_nearness text_nearness_of(text name);
void text_nearness_try(text_nearness *n, const char *candidate);

/* A growing buffer. `failed` is sticky: appending to a failed buffer does nothing, so that a writer checks once at its end. */
typedef struct text_buffer {
    char *data;   /* NUL-terminated once anything was appended; NULL before */
    int64_t size; /* without the NUL */
    int64_t capacity;
    bool failed; /* out of memory at some append */
} text_buffer;

void text_buffer_clear(text_buffer *b); /* frees; a zeroed struct is an empty buffer */
void text_append(text_buffer *b, const char *zero_terminated);
void text_append_span(text_buffer *b, text t);
void text_append_bytes(text_buffer *b, const void *data, int64_t size);
void text_print(text_buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The shortest text that reads back the same double (see number.h). */
void text_append_number(text_buffer *b, double value);
/* PTG_OK, or out of memory if any append failed. */
ptg_status text_buffer_check(const text_buffer *b, ptg_error *err);
/* Moves the text out; the caller frees it with mem_free. NULL when an append failed. */
char *text_buffer_take(text_buffer *b);

/* Escapes: & < > " ' for HTML. */
void text_append_html(text_buffer *b, text t);
/* For Markdown text, also inside table cells and at the start of a line: HTML escapes and also | ` * _ [ ] $ \ ~, line breaks,
 * and what would begin a heading, a list or a link. */
void text_append_markdown(text_buffer *b, text t);
/* A Python string literal, quotes included, as ascii() would write it: all but printable ASCII is \x, \u or \U. Invalid UTF-8
 * bytes become \udcXX. */
void text_append_python(text_buffer *b, text t);
/* A CSV cell by RFC 4180: quoted where it holds delimiter, quote, CR or LF. Never altered otherwise. */
void text_append_csv(text_buffer *b, text t, char delimiter);
/* For messages and terminals: control and bidirectional characters and invalid bytes as escapes, cut after `max_chars` code
 * points with an ellipsis. */
void text_append_shown(text_buffer *b, text t, int64_t max_chars);
/* The same into `size` bytes (at least 4), NUL-terminated, cut where either ends; allocates nothing. Returns the length. */
size_t text_show(text t, int64_t max_chars, char *out, size_t size);
/* The same into a caller's array, cut at 80 code points; returns `out`. */
typedef struct text_shown_buffer {
    char data[360];
} text_shown_buffer;
const char *text_shown(text t, text_shown_buffer *out);
/* Standard base64 with padding. */
void text_append_base64(text_buffer *b, const void *data, int64_t size);

#endif
