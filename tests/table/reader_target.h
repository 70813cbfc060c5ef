/* What fuzzing and the replay of its corpus do with some bytes: read them as a table (frame files with their checksums made
 * right first), with parts of the usual and of the smallest size, which must give the same frame; then save it and open it
 * again. */
#ifndef READER_TARGET_H
#define READER_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "table/frame.h"
#include "table/frame_file_layout.h"

static inline void target_demand(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "reader_target: %s\n", what);
    abort();
}

static inline const char *target_path(const char *ending)
{
    static char path[300];
    const char *folder = getenv("TMPDIR");
    if (!folder) folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(path, sizeof path, "%s/pilotage-target-%d%s", folder, (int)getpid(), ending);
    return path;
}

/* Checksums of header and directory, so that what lies behind them is reached. */
static inline void target_seal(uint8_t *bytes, size_t size)
{
    file_header h;
    if (size < sizeof h || memcmp(bytes, FRAME_FILE_MAGIC, 8) != 0) return;
    memcpy(&h, bytes, sizeof h);
    h.version = VERSION;
    h.endian = ENDIAN_MARK;
    h.length = (int64_t)size;
    if (h.directory_size >= 0 && h.directory_size <= (int64_t)(size - sizeof h))
        h.directory_sum = hash_word(bytes + HEADER_SIZE, (size_t)h.directory_size, 0);
    h.header_sum = hash_word(&h, offsetof(file_header, header_sum), 0);
    memcpy(bytes, &h, sizeof h);
}

static inline void target_check_cells(const frame *f)
{
    char scratch[64];
    for (int32_t i = 0; i < frame_columns(f); i++) {
        const column *c = frame_column(f, i);
        int64_t none = 0;
        for (int64_t row = 0; row < frame_rows(f); row++) {
            text t = frame_cell(f, i, row, scratch);
            none += !t.data;
            target_demand(!t.data || text_is_utf8(t), "a cell is no UTF-8");
        }
        target_demand(none == c->n_missing + c->n_invalid, "missing cells are miscounted");
        target_demand(frame_find(f, c->name) == i, "a column is not found by its name");
    }
}

static inline void target_compare(const frame *a, const frame *b, const char *what)
{
    target_demand(frame_rows(a) == frame_rows(b) && frame_columns(a) == frame_columns(b), what);
    for (int32_t i = 0; i < frame_columns(a); i++) {
        char x[33], y[33];
        frame_column_hash(a, i, x);
        frame_column_hash(b, i, y);
        target_demand(!strcmp(x, y), what);
    }
}

static inline void target_save(const frame *f)
{
    const char *path = target_path(".frame");
    frame *again = NULL;
    target_demand(frame_save(f, path, NULL) == PTG_OK, "a frame cannot be saved");
    target_demand(frame_open(path, &again, NULL) == PTG_OK, "a saved frame cannot be opened");
    target_compare(f, again, "a saved frame differs");
    frame_free(again);
    unlink(target_path(".frame"));
}

static inline void reader_target(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size + 1);
    target_demand(bytes != NULL, "out of memory");
    if (size) memcpy(bytes, data, size);
    target_seal(bytes, size);
    FILE *file = fopen(target_path(".csv"), "wb");
    target_demand(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0, "the file cannot be written");
    free(bytes);
    frame *f = NULL, *small = NULL;
    ptg_error err = {0}, small_err = {0};
    ptg_status status = frame_read(target_path(".csv"), NULL, &f, &err);
    target_demand((status == PTG_OK) == (f != NULL) && (status == PTG_OK || err.message[0]), "no frame and no sentence");
    target_demand(strlen(err.message) <= 400, "a long sentence");
    int64_t chunk = 1 + (int64_t)(size % 7);
    ptg_status again = frame_read(target_path(".csv"), &(frame_read_options){.chunk_bytes = chunk}, &small, &small_err);
    target_demand(again == status && !strcmp(err.message, small_err.message), "small parts are judged otherwise");
    if (f) {
        target_check_cells(f);
        target_compare(f, small, "small parts give another frame");
        target_save(f);
    }
    frame_free(f);
    frame_free(small);
    unlink(target_path(".csv"));
}

#endif
