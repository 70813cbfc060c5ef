/* Recursive descent over a span; `at` never passes `size`, and a fault is sticky, so that loops end. */
#include "learn/ubjson.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#define MAX_DEPTH 24

typedef struct reader {
    const uint8_t *data;
    int64_t size, at;
    arena *memory;
    bool failed, out_of_memory;
} reader;

static int64_t width_of(char type)
{
    switch (type) {
    case 'i':
    case 'U':
        return 1;
    case 'I':
        return 2;
    case 'l':
    case 'd':
        return 4;
    case 'L':
    case 'D':
        return 8;
    default:
        return 0;
    }
}

static uint64_t big_endian(const uint8_t *p, int64_t width)
{
    uint64_t v = 0;
    for (int64_t i = 0; i < width; i++)
        v = v << 8 | p[i];
    return v;
}

/* The number at p, as a double; integers beyond 2^53 do not occur in models. */
static double number_at(const uint8_t *p, char type)
{
    uint64_t bits = big_endian(p, width_of(type));
    if (type == 'd') {
        uint32_t half = (uint32_t)bits;
        float v;
        memcpy(&v, &half, sizeof v);
        return v;
    }
    if (type == 'D') {
        double v;
        memcpy(&v, &bits, sizeof v);
        return v;
    }
    if (type == 'U') return (double)bits;
    int64_t shift = 64 - 8 * width_of(type);
    return (double)((int64_t)(bits << shift) >> shift);
}

/* The next byte; 0 and failed at the end. */
static char next(reader *r)
{
    if (r->failed || r->at >= r->size) {
        r->failed = true;
        return 0;
    }
    return (char)r->data[r->at++];
}

static bool take(reader *r, char wanted)
{
    if (r->failed || r->at >= r->size || (char)r->data[r->at] != wanted) return false;
    r->at++;
    return true;
}

/* `count` items of `width` bytes that lie here; moves past them. */
static const uint8_t *span(reader *r, int64_t count, int64_t width)
{
    if (r->failed || count < 0 || count > (r->size - r->at) / width) {
        r->failed = true;
        return NULL;
    }
    const uint8_t *p = r->data + r->at;
    r->at += count * width;
    return p;
}

/* A length: a marker of an integer type, then the integer. */
static int64_t length(reader *r)
{
    char type = next(r);
    int64_t width = type == 'd' || type == 'D' ? 0 : width_of(type);
    const uint8_t *p = width ? span(r, 1, width) : NULL;
    double n = p ? number_at(p, type) : -1;
    if (n < 0 || n > (double)r->size) r->failed = true;
    return r->failed ? 0 : (int64_t)n;
}

static text string(reader *r)
{
    int64_t n = length(r);
    const uint8_t *p = span(r, n, 1);
    return p ? (text){(const char *)p, n} : (text){0};
}

static void value(reader *r, ubjson *v, int depth);

/* A new last child; NULL when out of memory. */
static ubjson *child(reader *r, ubjson *parent, ubjson *last)
{
    ubjson *c = arena_array(r->memory, 1, sizeof *c);
    if (!c) {
        r->failed = r->out_of_memory = true;
        return NULL;
    }
    if (last)
        last->next = c;
    else
        parent->first = c;
    parent->n++;
    return c;
}

static void object(reader *r, ubjson *v, int depth)
{
    v->kind = UBJSON_OBJECT;
    for (ubjson *last = NULL; !r->failed && !take(r, '}');) {
        text key = string(r);
        last = r->failed ? NULL : child(r, v, last);
        if (!last) return;
        last->key = key;
        value(r, last, depth + 1);
    }
}

static void numbers(reader *r, ubjson *v)
{
    v->kind = UBJSON_NUMBERS;
    v->type = next(r);
    if (!width_of(v->type) || !take(r, '#')) r->failed = true;
    v->n = r->failed ? 0 : length(r);
    v->data = r->failed ? NULL : span(r, v->n, width_of(v->type));
}

static void array(reader *r, ubjson *v, int depth)
{
    if (take(r, '$')) {
        numbers(r, v);
        return;
    }
    v->kind = UBJSON_ARRAY;
    bool counted = take(r, '#');
    int64_t n = counted ? length(r) : 0;
    ubjson *last = NULL;
    while (!r->failed && (counted ? v->n < n : !take(r, ']'))) {
        last = child(r, v, last);
        if (last) value(r, last, depth + 1);
    }
}

static void scalar(reader *r, ubjson *v, char type)
{
    v->kind = type == 'Z'                  ? UBJSON_NULL
              : type == 'S'                ? UBJSON_TEXT
              : type == 'T' || type == 'F' ? UBJSON_BOOLEAN
                                           : UBJSON_NUMBER;
    v->number = type == 'T';
    if (v->kind == UBJSON_TEXT) v->string = string(r);
    if (v->kind != UBJSON_NUMBER) return;
    const uint8_t *p = width_of(type) ? span(r, 1, width_of(type)) : NULL;
    if (p)
        v->number = number_at(p, type);
    else
        r->failed = true;
}

static void value(reader *r, ubjson *v, int depth)
{
    char type = next(r);
    if (depth > MAX_DEPTH) r->failed = true;
    if (r->failed) return;
    if (type == '{')
        object(r, v, depth);
    else if (type == '[')
        array(r, v, depth);
    else
        scalar(r, v, type);
}

ptg_status ubjson_read(text t, arena *a, ubjson **out, ptg_error *err)
{
    reader r = {.data = (const uint8_t *)t.data, .size = t.size, .memory = a};
    *out = arena_array(a, 1, sizeof **out);
    if (!*out) return fail_memory(err);
    value(&r, *out, 0);
    if (r.out_of_memory) return fail_memory(err);
    if (r.failed || r.at != r.size)
        return fail(err, PTG_ERROR_FORMAT, "The model of XGBoost cannot be read at byte %lld.", (long long)r.at);
    return PTG_OK;
}

const ubjson *ubjson_at(const ubjson *v, ...)
{
    va_list names;
    va_start(names, v);
    for (const char *name; v && (name = va_arg(names, const char *));) {
        const ubjson *member = v->kind == UBJSON_OBJECT ? v->first : NULL;
        while (member && !text_equal_to(member->key, name))
            member = member->next;
        v = member;
    }
    va_end(names);
    return v;
}

double ubjson_number(const ubjson *v, int64_t i)
{
    if (!v || v->kind != UBJSON_NUMBERS || i < 0 || i >= v->n) return NAN;
    return number_at(v->data + i * width_of(v->type), v->type);
}
