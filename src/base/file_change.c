#include "base/file_change.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#define MARKER "change.json"
#define NEW ".new"

#ifdef PTG_FAULTS
static int32_t steps_left; /* set by tests only; 0 = never */

void file_change_kill_at(int32_t n)
{
    steps_left = n;
}

static void step(void)
{
    if (steps_left > 0 && --steps_left == 0) raise(SIGKILL);
}
#else
static void step(void)
{
}
#endif

/* FOLDER/NAME, with .new behind; mem_array memory. */
static char *new_path(const char *folder, const char *name)
{
    text_buffer b = {0};
    text_print(&b, "%s/%s" NEW, folder, name);
    return text_buffer_take(&b);
}

static ptg_status look_for_marker(const char *folder, bool *there, ptg_error *err)
{
    char *path = file_join(folder, MARKER);
    if (path == NULL) return fail_memory(err);
    *there = file_exists(path);
    mem_free(path);
    return PTG_OK;
}

char *file_change_path(const char *folder, const char *name)
{
    bool marked = false;
    if (look_for_marker(folder, &marked, NULL) != PTG_OK) return NULL;
    if (!marked) return file_join(folder, name);
    char *path = new_path(folder, name);
    if (path == NULL || file_exists(path)) return path;
    mem_free(path);
    return file_join(folder, name);
}

/* A file that is not there is removed already. */
static ptg_status remove_file(char *path, ptg_error *err)
{
    ptg_status status = path == NULL ? fail_memory(err) : PTG_OK;
    if (path != NULL && unlink(path) != 0 && errno != ENOENT) status = fail_errno(err, "remove", path);
    mem_free(path);
    return status;
}

/* Moves the new version into its place; one that is not there has moved already. */
static ptg_status take_place(const char *folder, const char *name, ptg_error *err)
{
    char *from = new_path(folder, name), *to = file_join(folder, name);
    ptg_status status = from == NULL || to == NULL ? fail_memory(err) : PTG_OK;
    if (status == PTG_OK && rename(from, to) != 0 && errno != ENOENT) status = fail_errno(err, "replace", to);
    if (status == PTG_OK) status = file_sync_folder(to, err);
    mem_free(from);
    mem_free(to);
    step();
    return status;
}

static ptg_status remove_marker(const char *folder, ptg_error *err)
{
    char *path = file_join(folder, MARKER);
    if (path == NULL) return fail_memory(err);
    ptg_status status = unlink(path) == 0 || errno == ENOENT ? PTG_OK : fail_errno(err, "remove", path);
    if (status == PTG_OK) status = file_sync_folder(path, err);
    mem_free(path);
    return status;
}

static ptg_status write_marker(const char *folder, const file_change_part *parts, int32_t n, ptg_error *err)
{
    json_t *names = json_array(), *document = json_pack("{s:i,s:o}", "version", 1, "files", names);
    text_buffer b = {0};
    char *path = file_join(folder, MARKER);
    for (int32_t k = 0; k < n; ++k)
        json_array_append_new(names, json_string(parts[k].name));
    ptg_status status = document == NULL || path == NULL || json_array_size(names) != (size_t)n ? fail_memory(err) : PTG_OK;
    if (status == PTG_OK) json_write(&b, document, 1, false);
    if (status == PTG_OK) status = text_buffer_check(&b, err);
    if (status == PTG_OK) status = file_replace(path, b.data, b.size, err);
    json_decref(document);
    text_buffer_clear(&b);
    mem_free(path);
    return status;
}

static ptg_status write_new(const char *folder, const file_change_part *part, ptg_error *err)
{
    char *path = new_path(folder, part->name);
    ptg_status status = path == NULL ? fail_memory(err) : file_replace(path, part->content.data, part->content.size, err);
    mem_free(path);
    step();
    return status;
}

/* Nothing has changed: what was written goes again, the marker first. */
static void take_back(const char *folder, const file_change_part *parts, int32_t n)
{
    remove_marker(folder, NULL);
    for (int32_t k = 0; k < n; ++k)
        remove_file(new_path(folder, parts[k].name), NULL);
}

ptg_status file_change(const char *folder, const file_change_part *parts, int32_t n, ptg_error *err)
{
    ptg_status status = PTG_OK;
    for (int32_t k = 0; k < n && status == PTG_OK; ++k)
        status = write_new(folder, &parts[k], err);
    if (status == PTG_OK) status = write_marker(folder, parts, n, err);
    if (status != PTG_OK) {
        take_back(folder, parts, n);
        return status;
    }
    step();
    for (int32_t k = 0; k < n; ++k)
        TRY(take_place(folder, parts[k].name, err));
    TRY(remove_marker(folder, err));
    step();
    return PTG_OK;
}

ptg_status file_change_settle(const char *folder, const char *const *names, int32_t n, ptg_error *err)
{
    bool complete = false;
    TRY(look_for_marker(folder, &complete, err));
    for (int32_t k = 0; k < n; ++k)
        TRY(complete ? take_place(folder, names[k], err) : remove_file(new_path(folder, names[k]), err));
    return complete ? remove_marker(folder, err) : PTG_OK;
}
