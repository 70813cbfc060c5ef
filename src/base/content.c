/* The content of a file: plain (mapped), gzip of one or more members (RFC 1952), or zstd frames (RFC 8878); told by the first
 * bytes, never by the name. Something that cannot be mapped, as a pipe, is read whole. */
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"
#include "base/memory.h"

/* A document that grows more than this is taken for an attack once it is large. */
enum { LARGEST_RATIO = 2000 };
static const int64_t always_allowed = INT64_C(1) << 30;

static ptg_status fail_damaged(const char *path, const char *kind, const char *why, ptg_error *err)
{
    return fail(err, PTG_ERROR_DATA, "Cannot decompress '%s': the %s stream %s.", path, kind, why);
}

/* Room for at least a buffer's worth of output. */
static ptg_status grow(text_buffer *b, int64_t packed, const char *path, ptg_error *err)
{
    if (b->capacity - b->size > 1 << 16) return PTG_OK;
    if (b->size > always_allowed && b->size / LARGEST_RATIO > packed)
        return fail(err, PTG_ERROR_DATA, "Cannot decompress '%s': its content is over %d times as large as the file.", path,
                    (int)LARGEST_RATIO);
    int64_t capacity = b->capacity ? b->capacity + b->capacity / 2 : 4 * packed + (1 << 18);
    char *data = mem_resize(b->data, b->size, capacity, 1);
    if (!data) return fail_memory(err);
    b->data = data;
    b->capacity = capacity;
    return PTG_OK;
}

static bool begins_with(text t, int64_t at, const char *magic, int64_t n)
{
    return t.size - at >= n && memcmp(t.data + at, magic, (size_t)n) == 0;
}

static bool only_zeros(text t, int64_t at)
{
    for (; at < t.size; at++)
        if (t.data[at]) return false;
    return true;
}

/* zlib counts in 32 bits: input and output are handed over in parts. */
static ptg_status inflate_all(z_stream *z, text packed, const char *path, text_buffer *b, ptg_error *err)
{
    int64_t at = 0;
    for (;;) {
        TRY(grow(b, packed.size, path, err));
        int64_t room = b->capacity - b->size - 1, left = packed.size - at;
        z->next_in = (Bytef *)(uintptr_t)(packed.data + at);
        z->avail_in = (uInt)(left < 1 << 30 ? left : 1 << 30);
        z->next_out = (Bytef *)b->data + b->size;
        z->avail_out = (uInt)(room < 1 << 30 ? room : 1 << 30);
        const uInt in_before = z->avail_in, out_before = z->avail_out;
        int code = inflate(z, Z_NO_FLUSH);
        at += in_before - z->avail_in;
        b->size += out_before - z->avail_out;
        if (code == Z_STREAM_END) {
            if (only_zeros(packed, at)) return PTG_OK;
            if (!begins_with(packed, at, "\x1f\x8b", 2))
                return fail_damaged(path, "gzip", "is followed by something else", err);
            inflateReset(z);
        } else if (code == Z_MEM_ERROR)
            return fail_memory(err);
        else if (code == Z_BUF_ERROR || (code == Z_OK && at == packed.size && z->avail_out > 0))
            return fail_damaged(path, "gzip", "ends early", err);
        else if (code != Z_OK)
            return fail_damaged(path, "gzip", "is damaged", err);
    }
}

static ptg_status read_gzip(text packed, const char *path, text_buffer *b, ptg_error *err)
{
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 16) != Z_OK) return fail_memory(err);
    ptg_status status = inflate_all(&z, packed, path, b, err);
    inflateEnd(&z);
    return status;
}

static ptg_status read_zstd(text packed, const char *path, text_buffer *b, ptg_error *err)
{
    ptg_status status = PTG_OK;
    ZSTD_DStream *z = ZSTD_createDStream();
    if (!z) return fail_memory(err);
    ZSTD_inBuffer in = {packed.data, (size_t)packed.size, 0};
    for (size_t left = 1; left != 0 || in.pos < in.size;) {
        GO(grow(b, packed.size, path, err));
        ZSTD_outBuffer out = {b->data + b->size, (size_t)(b->capacity - b->size - 1), 0};
        left = ZSTD_decompressStream(z, &out, &in);
        if (ZSTD_isError(left)) GO(fail_damaged(path, "zstd", ZSTD_getErrorName(left), err));
        b->size += (int64_t)out.pos;
        if (left != 0 && in.pos == in.size && out.pos < out.size) GO(fail_damaged(path, "zstd", "ends early", err));
    }
done:
    ZSTD_freeDStream(z);
    return status;
}

/* Hands memory over; of an empty content nothing is owned. */
static void set_owned(file_content *c, char *data, int64_t size)
{
    *c = (file_content){.data = size ? data : "", .size = size};
    if (size == 0) mem_free(data);
}

/* Replaces the compressed content by what is in it. */
static ptg_status unpack(const char *path, file_content *c, ptg_error *err)
{
    text packed = {c->data, c->size};
    text_buffer b = {0};
    ptg_status status;
    if (begins_with(packed, 0, "\x1f\x8b", 2))
        status = read_gzip(packed, path, &b, err);
    else if (begins_with(packed, 0, "\x28\xb5\x2f\xfd", 4))
        status = read_zstd(packed, path, &b, err);
    else
        return PTG_OK;
    file_content_close(c);
    if (status != PTG_OK) {
        text_buffer_clear(&b);
        return status;
    }
    b.data[b.size] = '\0';
    set_owned(c, b.data, b.size);
    return PTG_OK;
}

ptg_status file_content_open(const char *path, file_content *out, ptg_error *err)
{
    struct stat about;
    *out = (file_content){.data = ""};
    if (stat(path, &about) == 0 && S_ISREG(about.st_mode)) {
        file_map map;
        TRY(file_map_open(path, &map, err));
        *out = (file_content){.data = map.data, .size = map.size, .mapped = true};
    } else {
        char *data;
        int64_t size;
        TRY(file_read(path, &data, &size, err));
        set_owned(out, data, size);
    }
    return unpack(path, out, err);
}

void file_content_close(file_content *c)
{
    file_map map = {c->data, c->size};
    if (c->mapped)
        file_map_close(&map);
    else if (c->size > 0)
        mem_free((void *)(uintptr_t)c->data);
    *c = (file_content){.data = ""};
}
