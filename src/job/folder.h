/* The job folder: its documents, its lock, and its birth as a hidden sibling that is renamed when the table is accepted. */
#ifndef JOB_FOLDER_H
#define JOB_FOLDER_H

#include "base/json.h"

/* TRAIN's name without .csv .tsv .jsonl .parquet .frame and .gz .zst, plus "-job", in the current folder. mem_array memory. */
char *folder_default_name(const char *table);

/* Makes DIR's hidden sibling (.NAME.PID, mode 0700) with the folders inside; leftovers of dead processes are removed. The
 * path is in mem_array memory. */
ptg_status folder_begin(const char *path, char **hidden, ptg_error *err);
/* Renames the hidden sibling to its place. */
ptg_status folder_accept(const char *hidden, const char *path, ptg_error *err);
/* Removes a hidden sibling that was not accepted; frees the path. NULL is fine. */
void folder_discard(char *hidden);

/* A lock by O_EXCL with host, boot and process; taken over when its process is gone: it is not there on this boot, or was of an
 * earlier boot of this host. PTG_ERROR_USAGE when another process, or one of another host, holds it. Whoever gets it finds no
 * change of documents half done: an interrupted one is completed or undone first. */
ptg_status folder_lock(const char *path, ptg_error *err);
void folder_unlock(const char *path);

/* Documents: job.json, plan.json, ... */
ptg_status folder_write_json(const char *path, const char *name, const json_t *document, ptg_error *err);
/* Documents that only make sense together: all change or none (base/file_change.h). */
typedef struct folder_document {
    const char *name;
    const json_t *document; /* NULL: stays as it is */
} folder_document;
#define FOLDER_DOCUMENTS_MOST 8
ptg_status folder_change(const char *path, const folder_document *documents, int32_t n, ptg_error *err);
ptg_status folder_read_json(const char *path, const char *name, json_t **out, ptg_error *err);
ptg_status folder_write_text(const char *path, const char *name, const text_buffer *content, ptg_error *err);
/* Removes a document; one that is not there is fine. */
ptg_status folder_remove(const char *path, const char *name, ptg_error *err);
bool folder_has(const char *path, const char *name);
/* PTG_ERROR_USAGE unless `path` is a job folder. */
ptg_status folder_check(const char *path, ptg_error *err);

#endif
