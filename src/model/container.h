/* The container of best.ptg: numbered sections, compressed, with declared sizes and checksums. Knows nothing of models.
 *
 * Layout, little-endian: "PTGMODEL"; i32 version; i32 count; for each section i64 stored size, i64 plain size, i64 checksum of
 * the stored bytes; i64 checksum of all bytes before it; the stored sections (one zstd frame each) without gaps up to the end
 * of the file. Checksums are XXH3-64: they find damage, not forgery, so that what a section holds is checked by its reader as
 * well. */
#ifndef MODEL_CONTAINER_H
#define MODEL_CONTAINER_H

#include "base/bytes.h"

#define CONTAINER_MAGIC "PTGMODEL"
#define CONTAINER_VERSION 1

/* Appends a container of `n` sections to `out`. */
ptg_status container_write(const text *sections, int32_t n, bytes_writer *out, ptg_error *err);

typedef struct container {
    int32_t n;
    text *sections; /* plain bytes; owned */
} container;

/* Reads a whole file. `name` is what messages call it (a path). PTG_ERROR_FORMAT for anything that is not a whole container of
 * a known version, also where a section unpacks to another size than declared. On failure nothing is left to free. */
ptg_status container_read(const void *data, int64_t size, const char *name, container *out, ptg_error *err);
void container_clear(container *c);

#endif
