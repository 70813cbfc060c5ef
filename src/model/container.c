/* The container of best.ptg. Reading: the table of sections is checked first (count, sizes, sums, checksum), then each section
 * is unpacked into exactly the memory that it declared; a size that no zstd frame of the stored length can have is refused
 * before any is taken. */
#include "model/container.h"

#include <string.h>
#include <zstd.h>

#include "base/hash.h"
#include "base/memory.h"

enum { MAGIC_SIZE = 8, FIXED_SIZE = 16, ENTRY_SIZE = 24, CHECKSUM_SIZE = 8 };
#define MOST_SECTIONS 100000
#define MOST_PLAIN (INT64_C(1) << 33)
#define LEVEL 9
/* A zstd block of 128 KiB takes at least 3 bytes. */
#define MOST_RATIO 43700
#define SPARE_PLAIN 1024

static int64_t checksum(const void *data, int64_t size)
{
    uint64_t word = hash_word(data, (size_t)size, 0);
    int64_t out;
    memcpy(&out, &word, sizeof out);
    return out;
}

static ptg_status pack(text section, text_buffer *stored, ptg_error *err)
{
    size_t bound = ZSTD_compressBound((size_t)section.size);
    char *room = mem_array((int64_t)bound, 1);
    if (!room) return fail_memory(err);
    size_t size = ZSTD_compress(room, bound, section.data ? section.data : "", (size_t)section.size, LEVEL);
    if (!ZSTD_isError(size)) text_append_bytes(stored, room, (int64_t)size);
    mem_free(room);
    return ZSTD_isError(size) ? fail_memory(err) : text_buffer_check(stored, err);
}

ptg_status container_write(const text *sections, int32_t n, bytes_writer *out, ptg_error *err)
{
    text_buffer stored = {0};
    int64_t begin = out->size, before = 0;
    ptg_status status = PTG_OK;
    text_append_bytes(out, CONTAINER_MAGIC, MAGIC_SIZE);
    bytes_put_i32(out, CONTAINER_VERSION);
    bytes_put_i32(out, n);
    for (int32_t i = 0; i < n; i++, before = stored.size) {
        GO(pack(sections[i], &stored, err));
        bytes_put_i64(out, stored.size - before);
        bytes_put_i64(out, sections[i].size);
        bytes_put_i64(out, checksum(stored.data + before, stored.size - before));
    }
    GO(text_buffer_check(out, err));
    bytes_put_i64(out, checksum(out->data + begin, out->size - begin));
    text_append_bytes(out, stored.data ? stored.data : "", stored.size);
    GO(text_buffer_check(out, err));
done:
    text_buffer_clear(&stored);
    return status;
}

static ptg_status damaged(const char *name, const char *what, ptg_error *err)
{
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_FORMAT, "'%s' is no whole model file: %s; copy it again or make it anew.",
                text_shown(text_of(name), &shown), what);
}

/* The fixed part and the table, with its checksum; the reader stands behind them then. */
static ptg_status check_table(bytes_reader *r, const char *name, int32_t *n, ptg_error *err)
{
    text_shown_buffer shown;
    if (r->size < FIXED_SIZE + CHECKSUM_SIZE || memcmp(r->data, CONTAINER_MAGIC, MAGIC_SIZE) != 0)
        return fail(err, PTG_ERROR_FORMAT, "'%s' is no model file; give the best.ptg of a job, or a job folder.",
                    text_shown(text_of(name), &shown));
    r->at = MAGIC_SIZE;
    int32_t version = bytes_i32(r);
    if (version != CONTAINER_VERSION)
        return fail(err, PTG_ERROR_FORMAT,
                    "'%s' is a model file of version %d, this program reads version %d; use the program that made it.",
                    text_shown(text_of(name), &shown), version, CONTAINER_VERSION);
    *n = bytes_i32(r);
    if (*n < 0 || *n > MOST_SECTIONS || r->size - r->at - CHECKSUM_SIZE < (int64_t)*n * ENTRY_SIZE)
        return damaged(name, "its table of sections is cut off", err);
    bytes_reader end = *r;
    end.at += (int64_t)*n * ENTRY_SIZE;
    if (checksum(r->data, end.at) != bytes_i64(&end)) return damaged(name, "the checksum of its table does not fit", err);
    return PTG_OK;
}

static ptg_status unpack(text stored, int64_t plain, const char *name, text *out, ptg_error *err)
{
    unsigned long long declared = ZSTD_getFrameContentSize(stored.data, (size_t)stored.size);
    if (declared != (unsigned long long)plain) return damaged(name, "a section unpacks to another size than declared", err);
    char *room = mem_array(plain, 1);
    if (!room) return fail_memory(err);
    *out = (text){room, plain};
    size_t size = ZSTD_decompress(room, (size_t)plain, stored.data, (size_t)stored.size);
    return size == (size_t)plain ? PTG_OK : damaged(name, "a section does not unpack", err);
}

static ptg_status read_sections(bytes_reader *table, const char *name, container *c, ptg_error *err)
{
    int64_t at = table->at + (int64_t)c->n * ENTRY_SIZE + CHECKSUM_SIZE, total = 0;
    for (int32_t i = 0; i < c->n; i++) {
        int64_t stored = bytes_i64(table), plain = bytes_i64(table), sum = bytes_i64(table);
        if (stored < 0 || stored > table->size - at) return damaged(name, "a section is cut off", err);
        if (plain < 0 || plain > MOST_PLAIN - total || plain > stored * MOST_RATIO + SPARE_PLAIN)
            return damaged(name, "a section declares a size that it cannot have", err);
        if (checksum(table->data + at, stored) != sum) return damaged(name, "the checksum of a section does not fit", err);
        TRY(unpack((text){table->data + at, stored}, plain, name, &c->sections[i], err));
        at += stored;
        total += plain;
    }
    return at == table->size ? PTG_OK : damaged(name, "there are bytes behind its end", err);
}

ptg_status container_read(const void *data, int64_t size, const char *name, container *out, ptg_error *err)
{
    *out = (container){0};
    bytes_reader r = bytes_reader_of(data, size);
    container c = {0};
    TRY(check_table(&r, name, &c.n, err));
    c.sections = mem_array(c.n, sizeof *c.sections);
    if (!c.sections) return fail_memory(err);
    ptg_status status = read_sections(&r, name, &c, err);
    if (status == PTG_OK)
        *out = c;
    else
        container_clear(&c);
    return status;
}

void container_clear(container *c)
{
    for (int32_t i = 0; c->sections && i < c->n; i++)
        mem_free((void *)(uintptr_t)c->sections[i].data);
    mem_free(c->sections);
    *c = (container){0};
}
