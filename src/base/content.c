/* The content of a file: plain (mapped), gzip of one or more members (RFC 1952), or zstd frames (RFC 8878); told by the first
 * bytes, never by the name. Something that cannot be mapped, as a pipe, is read whole.
 *
 * Content is unpacked block by block. Little of it stays in memory; more goes to a file without a name, which is gone however
 * the process ends, and is mapped: its pages are the system's to drop, so that the memory of reading is bounded. Documents that
 * grow beyond reason are refused on the way, and those that would fill the disk. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"
#include "base/memory.h"

/* A document that grows more than this is taken for an attack once it is large. */
enum { LARGEST_RATIO = 1000, BLOCK = 1 << 20, CHECK_ROOM = 64 };
static const int64_t always_allowed = INT64_C(1) << 30, most_in_memory = INT64_C(32) << 20, left_free = INT64_C(256) << 20;

/* What is unpacked so far. */
typedef struct unpacking {
    const char *path;
    text packed;
    int64_t in_memory, size;
    text_buffer memory; /* all of it while `fd` is -1 */
    int fd;
    char *folder; /* of the nameless file */
    char *block;  /* BLOCK bytes that come next */
} unpacking;

static ptg_status fail_damaged(const unpacking *u, const char *kind, const char *why, ptg_error *err)
{
    return fail(err, PTG_ERROR_DATA, "Cannot decompress '%s': the %s stream %s.", u->path, kind, why);
}

/* A file without a name, or one that loses it at once where the file system knows no such files. */
static int open_nameless(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    char *name = file_join(folder, "pilotage-XXXXXX");
    fd = name ? mkostemp(name, O_CLOEXEC) : -1;
    if (fd >= 0) unlink(name);
    mem_free(name);
    return fd;
}

/* /var/tmp lies on a disk where /tmp may lie in memory. */
static ptg_status open_spill(unpacking *u, ptg_error *err)
{
    const char *const folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
    for (int i = 0; i < 3 && u->fd < 0; i++) {
        if (!folders[i] || !*folders[i]) continue;
        u->fd = open_nameless(folders[i]);
        if (u->fd < 0) continue;
        u->folder = mem_text(folders[i], strlen(folders[i]));
        return u->folder ? PTG_OK : fail_memory(err);
    }
    return fail(err, PTG_ERROR_IO,
                "Cannot decompress '%s': no temporary file can be made in /var/tmp or /tmp; set TMPDIR to a folder that can be "
                "written.",
                u->path);
}

static ptg_status check_room(const unpacking *u, ptg_error *err)
{
    struct statvfs about;
    if (u->size / BLOCK % CHECK_ROOM || fstatvfs(u->fd, &about) != 0) return PTG_OK;
    if ((double)about.f_bavail * (double)about.f_frsize >= (double)left_free) return PTG_OK;
    return fail(err, PTG_ERROR_IO,
                "Cannot decompress '%s': its content, over %" PRId64
                " MB, does not fit into '%s'; make room there, or set TMPDIR to a folder with more.",
                u->path, u->size >> 20, u->folder);
}

static ptg_status write_all(const unpacking *u, const char *data, int64_t size, ptg_error *err)
{
    char reason[128];
    while (size > 0) {
        ssize_t n = write(u->fd, data, (size_t)size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return fail(err, PTG_ERROR_IO, "Cannot decompress '%s': writing to '%s' failed (%s); set TMPDIR to another folder.",
                        u->path, u->folder, strerror_r(errno, reason, sizeof reason));
        data += n;
        size -= n;
    }
    return PTG_OK;
}

/* From memory to a file. */
static ptg_status spill(unpacking *u, ptg_error *err)
{
    TRY(open_spill(u, err));
    TRY(write_all(u, u->memory.data, u->memory.size, err));
    text_buffer_clear(&u->memory);
    return PTG_OK;
}

/* Takes the first `size` bytes of the block. */
static ptg_status take_block(unpacking *u, int64_t size, ptg_error *err)
{
    u->size += size;
    if (u->size > always_allowed && u->size / LARGEST_RATIO > u->packed.size)
        return fail(err, PTG_ERROR_DATA, "Cannot decompress '%s': its content is over %d times as large as the file.", u->path,
                    (int)LARGEST_RATIO);
    if (u->fd < 0 && u->size > u->in_memory) TRY(spill(u, err));
    if (u->fd >= 0) {
        TRY(check_room(u, err));
        return write_all(u, u->block, size, err);
    }
    text_append_bytes(&u->memory, u->block, size);
    return text_buffer_check(&u->memory, err);
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

/* zlib counts in 32 bits: input is handed over in parts. */
static ptg_status inflate_all(z_stream *z, unpacking *u, ptg_error *err)
{
    const text packed = u->packed;
    for (int64_t at = 0;;) {
        const int64_t left = packed.size - at;
        z->next_in = (Bytef *)(uintptr_t)(packed.data + at);
        z->avail_in = (uInt)(left < 1 << 30 ? left : 1 << 30);
        z->next_out = (Bytef *)u->block;
        z->avail_out = BLOCK;
        const uInt in_before = z->avail_in;
        int code = inflate(z, Z_NO_FLUSH);
        at += in_before - z->avail_in;
        TRY(take_block(u, BLOCK - (int64_t)z->avail_out, err));
        if (code == Z_STREAM_END) {
            if (only_zeros(packed, at)) return PTG_OK;
            if (!begins_with(packed, at, "\x1f\x8b", 2)) return fail_damaged(u, "gzip", "is followed by something else", err);
            inflateReset(z);
        } else if (code == Z_MEM_ERROR)
            return fail_memory(err);
        else if (code == Z_BUF_ERROR || (code == Z_OK && at == packed.size && z->avail_out > 0))
            return fail_damaged(u, "gzip", "ends early", err);
        else if (code != Z_OK)
            return fail_damaged(u, "gzip", "is damaged", err);
    }
}

static ptg_status read_gzip(unpacking *u, ptg_error *err)
{
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 16) != Z_OK) return fail_memory(err);
    ptg_status status = inflate_all(&z, u, err);
    inflateEnd(&z);
    return status;
}

static ptg_status read_zstd(unpacking *u, ptg_error *err)
{
    ptg_status status = PTG_OK;
    ZSTD_DStream *z = ZSTD_createDStream();
    if (!z) return fail_memory(err);
    ZSTD_inBuffer in = {u->packed.data, (size_t)u->packed.size, 0};
    for (size_t left = 1; left != 0 || in.pos < in.size;) {
        ZSTD_outBuffer out = {u->block, BLOCK, 0};
        left = ZSTD_decompressStream(z, &out, &in);
        if (ZSTD_isError(left)) GO(fail_damaged(u, "zstd", ZSTD_getErrorName(left), err));
        GO(take_block(u, (int64_t)out.pos, err));
        if (left != 0 && in.pos == in.size && out.pos < out.size) GO(fail_damaged(u, "zstd", "ends early", err));
    }
done:
    ZSTD_freeDStream(z);
    return status;
}

/* Hands memory over; of an empty content nothing is owned. */
static void set_owned(file_content *c, char *data, int64_t size)
{
    *c = (file_content){.data = size ? data : "", .size = size, .packing = ""};
    if (size == 0) mem_free(data);
}

static ptg_status set_spilled(file_content *c, const unpacking *u, ptg_error *err)
{
    void *data = mmap(NULL, (size_t)u->size, PROT_READ, MAP_SHARED, u->fd, 0);
    if (data == MAP_FAILED) return fail_errno(err, "map what was unpacked of", u->path);
    *c = (file_content){.data = data, .size = u->size, .mapped = true};
    return PTG_OK;
}

/* Replaces the compressed content by what is in it. */
static ptg_status unpack(unpacking *u, const char *packing, ptg_status (*reader)(unpacking *u, ptg_error *err), file_content *c,
                         ptg_error *err)
{
    u->block = mem_array(BLOCK, 1);
    ptg_status status = u->block ? reader(u, err) : fail_memory(err);
    file_content_close(c);
    if (status == PTG_OK && u->fd >= 0)
        status = set_spilled(c, u, err);
    else if (status == PTG_OK) {
        set_owned(c, u->memory.data, u->memory.size);
        u->memory = (text_buffer){0};
    }
    if (status == PTG_OK) c->packing = packing;
    if (u->fd >= 0) close(u->fd);
    text_buffer_clear(&u->memory);
    mem_free(u->folder);
    mem_free(u->block);
    return status;
}

ptg_status file_content_open(const char *path, int64_t memory_limit, file_content *out, ptg_error *err)
{
    struct stat about;
    *out = (file_content){.data = "", .packing = ""};
    if (stat(path, &about) == 0 && S_ISREG(about.st_mode)) {
        file_map map;
        TRY(file_map_open(path, &map, err));
        *out = (file_content){.data = map.data, .size = map.size, .mapped = true, .packing = ""};
    } else {
        char *data;
        int64_t size;
        TRY(file_read(path, &data, &size, err));
        set_owned(out, data, size);
    }
    unpacking u = {.path = path, .packed = {out->data, out->size}, .in_memory = most_in_memory, .fd = -1};
    if (memory_limit > 0 && memory_limit / 16 < u.in_memory)
        u.in_memory = memory_limit / 16; /* the buffer may be twice as large */
    if (begins_with(u.packed, 0, "\x1f\x8b", 2)) return unpack(&u, "gzip", read_gzip, out, err);
    if (begins_with(u.packed, 0, "\x28\xb5\x2f\xfd", 4)) return unpack(&u, "zstd", read_zstd, out, err);
    return PTG_OK;
}

void file_content_close(file_content *c)
{
    file_map map = {c->data, c->size};
    if (c->mapped)
        file_map_close(&map);
    else if (c->size > 0)
        mem_free((void *)(uintptr_t)c->data);
    *c = (file_content){.data = "", .packing = ""};
}
