/* Files: reading whole, mapping, writing so that nothing is ever half there, and opening beneath a folder only. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The whole file into memory of mem_array, NUL-terminated (not counted). Caller frees with mem_free. */
ptg_status file_read(const char *path, char **data, int64_t *size, ptg_error *err);

/* The content of a file with gzip or zstd (by its first bytes, not its name) decompressed; a plain file is mapped. Of packed
 * content at most 64 MB, and an eighth of the memory limit (0: none) stand in memory; more lies in a temporary file without a
 * name, in TMPDIR, /var/tmp or /tmp. */
typedef struct file_content {
    const char *data;
    int64_t size;
    bool mapped;         /* else owned memory */
    const char *packing; /* "", "gzip", "zstd" */
} file_content;
ptg_status file_content_open(const char *path, int64_t memory_limit, file_content *out, ptg_error *err);
void file_content_close(file_content *c);

/* Maps a file read-only. Size 0 gives data "" and size 0. */
typedef struct file_map {
    const void *data;
    int64_t size;
} file_map;
ptg_status file_map_open(const char *path, file_map *out, ptg_error *err);
void file_map_close(file_map *m);

/* Writes a temporary sibling (host, pid in its name), syncs file and folder, renames: readers see the old or the new, whole. */
ptg_status file_replace(const char *path, const void *data, int64_t size, ptg_error *err);

/* Makes a rename or a removal in the folder of `path` lasting. */
ptg_status file_sync_folder(const char *path, ptg_error *err);

/* Writes a file of a known size that will be mapped: space is reserved with posix_fallocate first, so that a full disk is an
 * error and no SIGBUS. Parts are written with file_writer_put in order; end syncs and renames. abort removes the temporary. */
typedef struct file_writer file_writer;
ptg_status file_writer_open(const char *path, int64_t size, file_writer **out, ptg_error *err);
ptg_status file_writer_put(file_writer *w, const void *data, int64_t size, ptg_error *err);
ptg_status file_writer_end(file_writer *w, ptg_error *err); /* frees w, also on failure */
void file_writer_abort(file_writer *w);                     /* NULL is fine */

bool file_exists(const char *path);
bool file_is_folder(const char *path);
ptg_status file_make_folder(const char *path, unsigned mode, ptg_error *err); /* with parents; an existing folder is fine */
ptg_status file_remove_tree(const char *path, ptg_error *err);                /* follows no links; a missing one is fine */
/* FOLDER/NAME in memory of mem_array. */
char *file_join(const char *folder, const char *name);
/* Opens `relative` beneath `folder` without following links or leaving it; absolute paths and ".." are refused. flags as
 * open(2). */
ptg_status file_open_beneath(const char *folder, const char *relative, int flags, int *fd, ptg_error *err);

/* Seconds on the monotonic clock. */
double clock_seconds(void);

#endif
