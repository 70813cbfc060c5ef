/* Notebooks that their reader has edited. Beside the notebooks lies .written.json with a hash of the cells of each as the
 * engine wrote it; where the cells on disk differ from it, the file is set aside as NAME-edited.ipynb before a new one is
 * written. Outputs and metadata do not count: running and saving a notebook does not edit it. */
#include "notebook/edited.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"

#define RECORD ".written.json"
#define MOST_KEPT 1000

static void add_text(hash_state *h, const json_t *value)
{
    if (json_is_string(value)) hash_add(h, json_string_value(value), json_string_length(value));
}

/* The source of a cell is one text, or a list of its lines. */
static void add_cell(hash_state *h, const json_t *cell)
{
    size_t i;
    json_t *line;
    const json_t *source = json_object_get(cell, "source");
    add_text(h, json_object_get(cell, "cell_type"));
    hash_add(h, "", 1);
    add_text(h, source);
    json_array_foreach(source, i, line) add_text(h, line);
    hash_add(h, "", 1);
}

static ptg_status hash_cells(const json_t *notebook, char out[HASH_TEXT_SIZE], ptg_error *err)
{
    size_t i;
    json_t *cell;
    hash_state *h = hash_new();
    if (!h) return fail_memory(err);
    json_array_foreach(json_object_get(notebook, "cells"), i, cell) add_cell(h, cell);
    hash_end(h, out);
    return PTG_OK;
}

/* What is not recorded was never written by the engine; what cannot be read as JSON was edited. */
static ptg_status is_edited(const json_t *record, const char *path, const char *name, bool *edited, ptg_error *err)
{
    char hash[HASH_TEXT_SIZE];
    json_t *notebook;
    const char *written = json_text_or(record, name, NULL);
    *edited = false;
    if (!written || !file_exists(path)) return PTG_OK;
    *edited = json_read_file(path, &notebook, NULL) != PTG_OK;
    if (*edited) return PTG_OK;
    ptg_status status = hash_cells(notebook, hash, err);
    json_decref(notebook);
    *edited = status == PTG_OK && strcmp(hash, written) != 0;
    return status;
}

static ptg_status set_aside(const char *path, ptg_error *err)
{
    text_buffer b = {0};
    int stem = (int)(strlen(path) - strlen(".ipynb"));
    for (int i = 1; i <= MOST_KEPT; i++) {
        text_buffer_clear(&b);
        text_print(&b, i == 1 ? "%.*s-edited.ipynb" : "%.*s-edited-%d.ipynb", stem, path, i);
        TRY(text_buffer_check(&b, err));
        if (!file_exists(b.data)) break;
    }
    ptg_status status = rename(path, b.data) == 0 ? PTG_OK : fail_errno(err, "set aside the edited notebook", path);
    text_buffer_clear(&b);
    return status;
}

static ptg_status write_record(const char *path, json_t *record, const char *name, const char *hash, ptg_error *err)
{
    text_buffer b = {0};
    if (json_object_set_new(record, name, json_string(hash)) != 0) return fail_memory(err);
    json_write(&b, record, 1, true);
    ptg_status status = text_buffer_check(&b, err);
    if (status == PTG_OK) status = file_replace(path, b.data, b.size, err);
    text_buffer_clear(&b);
    return status;
}

ptg_status edited_set_aside(const char *folder, const char *name, const text_buffer *content, ptg_error *err)
{
    char hash[HASH_TEXT_SIZE];
    bool edited;
    json_t *record = NULL, *notebook = NULL;
    char *path = file_join(folder, name), *record_path = file_join(folder, RECORD);
    ptg_status status = PTG_OK;
    if (!path || !record_path) GO(fail_memory(err));
    if (file_exists(record_path) && json_read_file(record_path, &record, NULL) != PTG_OK) record = NULL;
    if (!json_is_object(record)) {
        json_decref(record);
        if (!(record = json_object())) GO(fail_memory(err));
    }
    GO(is_edited(record, path, name, &edited, err));
    GO(json_read((text){content->data, content->size}, name, &notebook, err));
    GO(hash_cells(notebook, hash, err));
    if (edited) GO(set_aside(path, err));
    GO(write_record(record_path, record, name, hash, err));
done:
    json_decref(record);
    json_decref(notebook);
    mem_free(path);
    mem_free(record_path);
    return status;
}
