/* See folder.h. */
#include "job/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"

static bool ends_with(const char *name, size_t size, const char *ending)
{
    size_t n = strlen(ending);
    return size > n && strncasecmp(name + size - n, ending, n) == 0;
}

static size_t without(const char *name, size_t size, const char *const endings[])
{
    for (int i = 0; endings[i]; i++)
        if (ends_with(name, size, endings[i])) return size - strlen(endings[i]);
    return size;
}

char *folder_default_name(const char *table)
{
    static const char *const packed[] = {".gz", ".zst", NULL}, *const kinds[] = {".csv", ".tsv", ".jsonl", ".parquet", ".frame", ".txt", NULL};
    const char *slash = strrchr(table, '/'), *name = slash ? slash + 1 : table;
    size_t size = without(name, strlen(name), packed);
    size = without(name, size, kinds);
    text_buffer b = {0};
    text_append_bytes(&b, name, (int64_t)size);
    text_append(&b, "-job");
    return text_buffer_take(&b);
}

/* Splits a path into its folder ("." when there is none) and its name; trailing slashes are dropped. */
static ptg_status split_path(const char *path, char **folder, char **name, ptg_error *err)
{
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/') size--;
    size_t at = size;
    while (at > 0 && path[at - 1] != '/') at--;
    *name = mem_text(path + at, size - at);
    *folder = at == 0 ? mem_text(".", 1) : mem_text(path, at > 1 ? at - 1 : 1);
    if (*name && *folder && **name) return PTG_OK;
    bool empty = *name && **name == '\0';
    mem_free(*name);
    mem_free(*folder);
    return empty ? fail(err, PTG_ERROR_USAGE, "'%s' cannot be a job folder; name another with --output.", path) : fail_memory(err);
}

/* Removes hidden siblings whose process is gone. */
static void remove_leftovers(const char *folder, const char *name)
{
    DIR *listing = opendir(folder);
    if (!listing) return;
    size_t size = strlen(name);
    struct dirent *entry;
    while ((entry = readdir(listing)) != NULL) {
        const char *found = entry->d_name;
        int64_t pid;
        if (found[0] != '.' || strncmp(found + 1, name, size) != 0 || found[size + 1] != '.') continue;
        if (!number_read_integer(text_of(found + size + 2), &pid) || pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH) continue;
        char *path = file_join(folder, found);
        if (path) file_remove_tree(path, NULL);
        mem_free(path);
    }
    closedir(listing);
}

ptg_status folder_begin(const char *path, char **hidden, ptg_error *err)
{
    text_shown_buffer shown;
    static const char *const inside[] = {"data", "trials", "model", "notebooks"};
    char *folder, *name;
    *hidden = NULL;
    TRY(split_path(path, &folder, &name, err));
    remove_leftovers(folder, name);
    text_buffer b = {0};
    text_print(&b, "%s/.%s.%d", folder, name, (int)getpid());
    mem_free(folder);
    mem_free(name);
    if (!(*hidden = text_buffer_take(&b))) return fail_memory(err);
    ptg_error reason;
    ptg_status status = file_make_folder(*hidden, 0700, &reason);
    if (status != PTG_OK) fail(err, status, "The job folder '%s' cannot be made: %s", text_shown(text_of(path), &shown), reason.message);
    for (int i = 0; status == PTG_OK && i < 4; i++) {
        char *sub = file_join(*hidden, inside[i]);
        status = sub ? file_make_folder(sub, 0700, err) : fail_memory(err);
        mem_free(sub);
    }
    if (status == PTG_OK) return PTG_OK;
    folder_discard(*hidden);
    *hidden = NULL;
    return status;
}

ptg_status folder_accept(const char *hidden, const char *path, ptg_error *err)
{
    if (rename(hidden, path) == 0) return PTG_OK;
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
        return fail(err, PTG_ERROR_USAGE, "'%s' exists already and is not this job; name another folder with --output.", path);
    return fail_errno(err, "make the job folder", path);
}

void folder_discard(char *hidden)
{
    if (hidden) file_remove_tree(hidden, NULL);
    mem_free(hidden);
}

static void boot_id(char out[64])
{
    out[0] = '\0';
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!f) return;
    if (fgets(out, 64, f)) out[strcspn(out, "\n")] = '\0';
    fclose(f);
}

/* The process of a lock of this boot; 0 when it is of another boot or host, or damaged. */
static pid_t lock_holder(const char *lock, bool *here)
{
    json_t *document;
    char boot[64];
    boot_id(boot);
    *here = false;
    if (json_read_file(lock, &document, NULL) != PTG_OK) return 0;
    pid_t pid = (pid_t)json_integer_or(document, "pid", 0);
    *here = strcmp(json_text_or(document, "boot", "?"), boot) == 0;
    json_decref(document);
    return pid;
}

static ptg_status write_lock(const char *lock, bool *taken, ptg_error *err)
{
    char host[256] = "", boot[64];
    gethostname(host, sizeof host - 1);
    boot_id(boot);
    int fd = open(lock, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    *taken = fd < 0 && errno == EEXIST;
    if (*taken) return PTG_OK;
    if (fd < 0) return fail_errno(err, "lock", lock);
    json_t *document = json_pack("{s:s,s:s,s:i}", "host", host, "boot", boot, "pid", (int)getpid());
    text_buffer b = {0};
    json_write(&b, document, 0, false);
    json_decref(document);
    ssize_t written = b.data ? write(fd, b.data, (size_t)b.size) : -1;
    bool whole = written == b.size;
    text_buffer_clear(&b);
    close(fd);
    return whole ? PTG_OK : fail_errno(err, "write", lock);
}

ptg_status folder_lock(const char *path, ptg_error *err)
{
    char *lock = file_join(path, "lock");
    if (!lock) return fail_memory(err);
    bool taken, here;
    ptg_status status = write_lock(lock, &taken, err);
    if (status == PTG_OK && taken) {
        pid_t pid = lock_holder(lock, &here);
        bool gone = here && pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
        if (here && pid == getpid()) gone = false;
        if (!here || gone || pid == 0) {
            /* Taken over: a lock of another boot of this machine has no living process either. */
            unlink(lock);
            status = write_lock(lock, &taken, err);
        }
        if (status == PTG_OK && taken)
            status = fail(err, PTG_ERROR_USAGE, "'%s' is in use by process %d; wait for it or stop it first.", path, (int)pid);
    }
    mem_free(lock);
    return status;
}

void folder_unlock(const char *path)
{
    char *lock = file_join(path, "lock");
    if (lock) unlink(lock);
    mem_free(lock);
}

ptg_status folder_write_text(const char *path, const char *name, const text_buffer *content, ptg_error *err)
{
    TRY(text_buffer_check(content, err));
    char *file = file_join(path, name);
    if (!file) return fail_memory(err);
    ptg_status status = file_replace(file, content->data, content->size, err);
    mem_free(file);
    return status;
}

ptg_status folder_write_json(const char *path, const char *name, const json_t *document, ptg_error *err)
{
    if (!document) return fail_memory(err);
    text_buffer b = {0};
    json_write(&b, document, 1, false);
    text_append(&b, "\n");
    ptg_status status = folder_write_text(path, name, &b, err);
    text_buffer_clear(&b);
    return status;
}

ptg_status folder_read_json(const char *path, const char *name, json_t **out, ptg_error *err)
{
    char *file = file_join(path, name);
    if (!file) return fail_memory(err);
    ptg_status status = json_read_file(file, out, err);
    mem_free(file);
    return status;
}

bool folder_has(const char *path, const char *name)
{
    char *file = file_join(path, name);
    bool found = file && file_exists(file);
    mem_free(file);
    return found;
}

ptg_status folder_check(const char *path, ptg_error *err)
{
    if (file_is_folder(path) && folder_has(path, "job.json") && folder_has(path, "plan.json")) return PTG_OK;
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_USAGE, "'%s' is not a job folder; `pilotage run` and `pilotage plan` make one.", text_shown(text_of(path), &shown));
}
