/* Spans of text, UTF-8, and the growing buffer. The escapes are in escape.c. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"

text text_of(const char *zero_terminated)
{
    return (text){zero_terminated, zero_terminated ? (int64_t)strlen(zero_terminated) : 0};
}

bool text_equal(text a, text b)
{
    if (!a.data || !b.data) return a.data == b.data;
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, (size_t)a.size) == 0);
}

bool text_equal_to(text a, const char *zero_terminated)
{
    return text_equal(a, text_of(zero_terminated));
}

int text_compare(text a, text b)
{
    if (!a.data || !b.data) return (a.data != NULL) - (b.data != NULL);
    int64_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter ? memcmp(a.data, b.data, (size_t)shorter) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

text text_trim(text a)
{
    while (a.size > 0 && is_blank(a.data[0])) {
        a.data++;
        a.size--;
    }
    while (a.size > 0 && is_blank(a.data[a.size - 1]))
        a.size--;
    return a;
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_folded(text a, const char *zero_terminated)
{
    text b = text_of(zero_terminated);
    if (!a.data || !b.data) return a.data == b.data;
    if (a.size != b.size) return false;
    for (int64_t i = 0; i < a.size; i++)
        if (fold(a.data[i]) != fold(b.data[i])) return false;
    return true;
}

/* The bytes that follow a first byte, and the smallest code point that needs them; -1 for what cannot begin a character. */
static int tail_of(unsigned char lead, uint32_t *least)
{
    if (lead >= 0xc2 && lead <= 0xdf) return *least = 0x80, 1;
    if (lead >= 0xe0 && lead <= 0xef) return *least = 0x800, 2;
    if (lead >= 0xf0 && lead <= 0xf4) return *least = 0x10000, 3;
    return -1;
}

int text_decode(text t, int64_t at, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)t.data + at;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    uint32_t least = 0;
    int tail = tail_of(p[0], &least);
    if (tail < 0 || t.size - at <= tail) return 0;
    uint32_t value = p[0] & (0x3fu >> tail);
    for (int i = 1; i <= tail; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        value = value << 6 | (p[i] & 0x3f);
    }
    if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 0;
    *code = value;
    return tail + 1;
}

bool text_is_utf8(text a)
{
    for (int64_t i = 0; i < a.size;) {
        uint64_t word;
        if (a.size - i >= 8 && (memcpy(&word, a.data + i, 8), (word & 0x8080808080808080u) == 0)) {
            i += 8;
            continue;
        }
        uint32_t code;
        int step = text_decode(a, i, &code);
        if (step == 0) return false;
        i += step;
    }
    return true;
}

uint64_t text_hash(text a)
{
    return hash_word(a.data ? a.data : "", (size_t)a.size, 0);
}

int64_t text_length(text a)
{
    int64_t n = 0;
    for (int64_t i = 0; i < a.size; i++)
        n += ((unsigned char)a.data[i] & 0xc0) != 0x80;
    return n;
}

enum { NEAREST_SIZE = 64 };

/* Levenshtein distance of two texts of at most NEAREST_SIZE bytes, with one row of the table. */
static int distance(text a, text b)
{
    int row[NEAREST_SIZE + 1];
    for (int j = 0; j <= (int)b.size; j++)
        row[j] = j;
    for (int64_t i = 0; i < a.size; i++) {
        int diagonal = row[0];
        row[0] = (int)i + 1;
        for (int64_t j = 0; j < b.size; j++) {
            int best = diagonal + (fold(a.data[i]) != fold(b.data[j]));
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j + 1] + 1 < best) best = row[j + 1] + 1;
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    return row[b.size];
}

text_nearness text_nearness_of(text name)
{
    return (text_nearness){.name = name, .distance = name.size / 3 + 2};
}

void text_nearness_try(text_nearness *n, const char *candidate)
{
    text other = text_of(candidate);
    if (!candidate || n->name.size > NEAREST_SIZE || other.size > NEAREST_SIZE) return;
    int64_t d = distance(n->name, other);
    if (d >= n->distance || d >= other.size) return;
    n->distance = d;
    n->best = candidate;
}

void text_buffer_clear(text_buffer *b)
{
    mem_free(b->data);
    *b = (text_buffer){0};
}

/* Room for `more` bytes and the NUL. */
static bool reserve(text_buffer *b, int64_t more)
{
    if (b->failed) return false;
    if (more < b->capacity - b->size) return true;
    int64_t capacity = b->capacity < 64 ? 64 : b->capacity;
    while (capacity - b->size <= more) {
        if (capacity > INT64_MAX / 4) return b->failed = true, false;
        capacity *= 2;
    }
    char *data = mem_resize(b->data, b->size, capacity, 1);
    if (!data) return b->failed = true, false;
    b->data = data;
    b->capacity = capacity;
    return true;
}

void text_append_bytes(text_buffer *b, const void *data, int64_t size)
{
    if (!reserve(b, size)) return;
    if (size) memcpy(b->data + b->size, data, (size_t)size);
    b->size += size;
    b->data[b->size] = '\0';
}

void text_append(text_buffer *b, const char *zero_terminated)
{
    text_append_bytes(b, zero_terminated, (int64_t)strlen(zero_terminated));
}

void text_append_span(text_buffer *b, text t)
{
    text_append_bytes(b, t.data, t.data ? t.size : 0);
}

void text_print(text_buffer *b, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        b->failed = true;
    else if (reserve(b, length)) {
        vsnprintf(b->data + b->size, (size_t)length + 1, format, again);
        b->size += length;
    }
    va_end(again);
}

void text_append_number(text_buffer *b, double value)
{
    char digits[NUMBER_TEXT_SIZE];
    text_append_bytes(b, digits, number_write(value, digits));
}

ptg_status text_buffer_check(const text_buffer *b, ptg_error *err)
{
    return b->failed ? fail_memory(err) : PTG_OK;
}

char *text_buffer_take(text_buffer *b)
{
    text_append_bytes(b, "", 0); /* an empty buffer gives "" */
    char *data = b->failed ? NULL : b->data;
    if (b->failed) mem_free(b->data);
    *b = (text_buffer){.failed = b->failed};
    return data;
}
