/* Little-endian documents, written into a text_buffer and read back without trust. */
#include "base/bytes.h"

#include <endian.h>
#include <string.h>

void bytes_put_u8(bytes_writer *w, uint8_t v)
{
    text_append_bytes(w, &v, 1);
}

void bytes_put_i32(bytes_writer *w, int32_t v)
{
    uint32_t little = htole32((uint32_t)v);
    text_append_bytes(w, &little, 4);
}

void bytes_put_i64(bytes_writer *w, int64_t v)
{
    uint64_t little = htole64((uint64_t)v);
    text_append_bytes(w, &little, 8);
}

void bytes_put_f64(bytes_writer *w, double v)
{
    int64_t bits;
    memcpy(&bits, &v, 8);
    bytes_put_i64(w, bits);
}

void bytes_put_text(bytes_writer *w, text t)
{
    bytes_put_i64(w, t.data ? t.size : -1);
    text_append_span(w, t);
}

void bytes_put_f64s(bytes_writer *w, const double *v, int64_t n)
{
    bytes_put_i64(w, n);
    if (BYTE_ORDER == LITTLE_ENDIAN) {
        text_append_bytes(w, v, n * 8);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        bytes_put_f64(w, v[i]);
}

void bytes_put_i32s(bytes_writer *w, const int32_t *v, int64_t n)
{
    bytes_put_i64(w, n);
    if (BYTE_ORDER == LITTLE_ENDIAN) {
        text_append_bytes(w, v, n * 4);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        bytes_put_i32(w, v[i]);
}

void bytes_put_block(bytes_writer *w, const void *data, int64_t size)
{
    bytes_put_i64(w, size);
    text_append_bytes(w, data, size);
}

bytes_reader bytes_reader_of(const void *data, int64_t size)
{
    return (bytes_reader){.data = data, .size = size};
}

/* The next `n` bytes, or NULL and failed. */
static const char *step(bytes_reader *r, int64_t n)
{
    if (r->failed || n < 0 || n > r->size - r->at) {
        r->failed = true;
        return NULL;
    }
    const char *at = r->data + r->at;
    r->at += n;
    return at;
}

uint8_t bytes_u8(bytes_reader *r)
{
    const char *p = step(r, 1);
    return p ? (uint8_t)*p : 0;
}

int32_t bytes_i32(bytes_reader *r)
{
    uint32_t little = 0;
    const char *p = step(r, 4);
    if (p) memcpy(&little, p, 4);
    return (int32_t)le32toh(little);
}

int64_t bytes_i64(bytes_reader *r)
{
    uint64_t little = 0;
    const char *p = step(r, 8);
    if (p) memcpy(&little, p, 8);
    return (int64_t)le64toh(little);
}

double bytes_f64(bytes_reader *r)
{
    int64_t bits = bytes_i64(r);
    double v;
    memcpy(&v, &bits, 8);
    return v;
}

text bytes_text(bytes_reader *r)
{
    int64_t size = bytes_i64(r);
    if (size == -1 || r->failed) return (text){0};
    const char *p = step(r, size);
    return (text){p, p ? size : 0};
}

int64_t bytes_count(bytes_reader *r, int64_t least_size)
{
    int64_t count = bytes_i64(r);
    if (count < 0 || (least_size > 0 && count > (r->size - r->at) / least_size)) r->failed = true;
    return r->failed ? 0 : count;
}

/* A counted list of `n` items of `size` bytes, copied so that it is aligned. */
static void *copy_list(bytes_reader *r, arena *a, int64_t size, int64_t *n)
{
    *n = bytes_count(r, size);
    void *copy = arena_array(a, *n, (size_t)size);
    const char *p = step(r, *n * size);
    if (!copy || !p) {
        r->failed = true;
        *n = 0;
        return NULL;
    }
    if (*n) memcpy(copy, p, (size_t)(*n * size));
    return copy;
}

const double *bytes_f64s(bytes_reader *r, arena *a, int64_t *n)
{
    uint64_t *v = copy_list(r, a, 8, n);
    if (BYTE_ORDER != LITTLE_ENDIAN)
        for (int64_t i = 0; i < *n; i++)
            v[i] = le64toh(v[i]);
    return (const double *)(const void *)v;
}

const int32_t *bytes_i32s(bytes_reader *r, arena *a, int64_t *n)
{
    uint32_t *v = copy_list(r, a, 4, n);
    if (BYTE_ORDER != LITTLE_ENDIAN)
        for (int64_t i = 0; i < *n; i++)
            v[i] = le32toh(v[i]);
    return (const int32_t *)(const void *)v;
}

text bytes_block(bytes_reader *r)
{
    int64_t size = bytes_count(r, 1);
    const char *p = step(r, size);
    return (text){p, p ? size : 0};
}

ptg_status bytes_check(const bytes_reader *r, const char *what, ptg_error *err)
{
    if (!r->failed) return PTG_OK;
    return fail(err, PTG_ERROR_FORMAT, "%s is damaged or cut short (at byte %lld of %lld); make it again.", what,
                (long long)r->at, (long long)r->size);
}
