/* See folder.h. */
#include "job/folder.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_change.h"
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
    static const char *const packed[] = {".gz", ".zst", NULL}, *const kinds[] = {".csv",   ".tsv", ".jsonl", ".parquet",
                                                                                 ".frame", ".txt", NULL};
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
    while (size > 1 && path[size - 1] == '/')
        size--;
    size_t at = size;
    while (at > 0 && path[at - 1] != '/')
        at--;
    *name = mem_text(path + at, size - at);
    *folder = at == 0 ? mem_text(".", 1) : mem_text(path, at > 1 ? at - 1 : 1);
    if (*name && *folder && **name) return PTG_OK;
    bool empty = *name && **name == '\0';
    mem_free(*name);
    mem_free(*folder);
    return empty ? fail(err, PTG_ERROR_USAGE, "'%.160s' cannot be a job folder; name another with --output.", path)
                 : fail_memory(err);
}

static bool is_alive(pid_t pid)
{
    return kill(pid, 0) == 0 || errno != ESRCH;
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
        if (!number_read_integer(text_of(found + size + 2), &pid) || pid <= 0 || pid > INT32_MAX || is_alive((pid_t)pid))
            continue;
        char *path = file_join(folder, found);
        if (path) file_remove_tree(path, NULL);
        mem_free(path);
    }
    closedir(listing);
}

/* FOLDER/.NAME.PID. */
static char *hidden_path(const char *folder, const char *name)
{
    text_buffer b = {0};
    text_print(&b, "%s/.%s.%d", folder, name, (int)getpid());
    return text_buffer_take(&b);
}

/* A new folder and those inside of it. One that is there already was left by an earlier process of our number, or is not ours.
 */
static ptg_status make_hidden(const char *hidden, ptg_error *err)
{
    static const char *const inside[] = {"data", "trials", "model", "notebooks"};
    TRY(file_remove_tree(hidden, err));
    if (mkdir(hidden, 0700) != 0) return fail_errno(err, "create the folder", hidden);
    ptg_status status = PTG_OK;
    for (int i = 0; status == PTG_OK && i < 4; i++) {
        char *sub = file_join(hidden, inside[i]);
        status = sub ? file_make_folder(sub, 0700, err) : fail_memory(err);
        mem_free(sub);
    }
    return status;
}

ptg_status folder_begin(const char *path, char **hidden, ptg_error *err)
{
    char *folder, *name;
    *hidden = NULL;
    TRY(split_path(path, &folder, &name, err));
    ptg_status status = file_make_folder(folder, 0777, err);
    if (status != PTG_OK)
        fail_within(err, status, "'%.160s'", path);
    else {
        remove_leftovers(folder, name);
        *hidden = hidden_path(folder, name);
        status = *hidden ? make_hidden(*hidden, err) : fail_memory(err);
    }
    mem_free(folder);
    mem_free(name);
    if (status == PTG_OK) return PTG_OK;
    folder_discard(*hidden);
    *hidden = NULL;
    return status;
}

ptg_status folder_accept(const char *hidden, const char *path, ptg_error *err)
{
    if (rename(hidden, path) == 0) return PTG_OK;
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
        return fail(err, PTG_ERROR_USAGE, "'%.160s' exists already and is not this job; name another folder with --output.",
                    path);
    return fail_errno(err, "make the job folder", path);
}

void folder_discard(char *hidden)
{
    if (hidden) file_remove_tree(hidden, NULL);
    mem_free(hidden);
}

static void host_name(char out[256])
{
    memset(out, 0, 256);
    if (gethostname(out, 255) != 0) out[0] = '\0';
}

static void boot_id(char out[64])
{
    out[0] = '\0';
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!f) return;
    if (fgets(out, 64, f)) out[strcspn(out, "\n")] = '\0';
    fclose(f);
}

/* Who holds a lock. */
typedef struct holder {
    pid_t pid; /* 0: the lock does not read */
    bool same_boot, same_host;
    char host[80]; /* as shown in messages */
} holder;

static holder read_holder(const char *lock)
{
    json_t *document;
    char boot[64], host[256];
    holder h = {0};
    boot_id(boot);
    host_name(host);
    if (json_read_file(lock, &document, NULL) != PTG_OK) return h;
    int64_t pid = json_integer_or(document, "pid", 0);
    h.pid = pid > 0 && pid <= INT32_MAX ? (pid_t)pid : 0;
    h.same_boot = strcmp(json_text_or(document, "boot", "?"), boot) == 0;
    h.same_host = strcmp(json_text_or(document, "host", "?"), host) == 0;
    text_show(text_of(json_text_or(document, "host", "?")), 60, h.host, sizeof h.host);
    json_decref(document);
    return h;
}

/* A process of this boot is gone when it is not there; one of an earlier boot of this host is gone with it. Of another host
 * nothing is known. */
static bool is_gone(const holder *h)
{
    if (h->pid == 0) return true;
    if (h->same_boot) return !is_alive(h->pid);
    return h->same_host;
}

static char *lock_text(int64_t *size)
{
    char host[256], boot[64];
    boot_id(boot);
    host_name(host);
    json_t *document = json_pack("{s:o,s:s,s:i}", "host", json_text(text_of(host)), "boot", boot, "pid", (int)getpid());
    text_buffer b = {0};
    json_write(&b, document, 0, false);
    json_decref(document);
    *size = b.size;
    return text_buffer_take(&b);
}

/* *taken: somebody has it. */
static ptg_status write_lock(const char *lock, bool *taken, ptg_error *err)
{
    int64_t size;
    char *content = lock_text(&size);
    if (!content) return fail_memory(err);
    int fd = open(lock, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    *taken = fd < 0 && errno == EEXIST;
    ptg_status status = fd >= 0 || *taken ? PTG_OK : fail_errno(err, "lock", lock);
    if (fd >= 0 && write(fd, content, (size_t)size) != size) {
        status = fail_errno(err, "write", lock);
        unlink(lock);
    }
    if (fd >= 0) close(fd);
    mem_free(content);
    return status;
}

static ptg_status refuse_lock(const char *path, const holder *h, ptg_error *err)
{
    if (h->same_boot || h->same_host)
        return fail(err, PTG_ERROR_USAGE, "'%.160s' is in use by process %d; wait for it or stop it first.", path, (int)h->pid);
    return fail(err, PTG_ERROR_USAGE,
                "'%.160s' is in use by process %d on host '%s'; if that is gone, remove the file 'lock' in the folder.", path,
                (int)h->pid, h->host);
}

static ptg_status take_lock(const char *path, const char *lock, ptg_error *err)
{
    bool taken;
    TRY(write_lock(lock, &taken, err));
    if (!taken) return PTG_OK;
    holder h = read_holder(lock);
    if (!is_gone(&h)) return refuse_lock(path, &h, err);
    unlink(lock);
    TRY(write_lock(lock, &taken, err));
    return taken ? refuse_lock(path, &h, err) : PTG_OK;
}

/* What folder_change ever writes. */
static const char *const changing[] = {"profile.json", "findings.json", "data/planned.json", "plan.json", "job.json"};
enum { N_CHANGING = sizeof changing / sizeof changing[0] };

/* Looking at a lock and taking it over is one step for all who do it: they hold the folder itself meanwhile. Where a file
 * system cannot do that, O_EXCL alone decides. */
ptg_status folder_lock(const char *path, ptg_error *err)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return fail_errno(err, "open the folder", path);
    while (flock(folder, LOCK_EX) != 0 && errno == EINTR)
        continue;
    char *lock = file_join(path, "lock");
    ptg_status status = lock ? take_lock(path, lock, err) : fail_memory(err);
    mem_free(lock);
    close(folder);
    TRY(status);
    status = file_change_settle(path, changing, N_CHANGING, err);
    if (status != PTG_OK) folder_unlock(path);
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

static void write_document(text_buffer *b, const json_t *document)
{
    json_write(b, document, 1, false);
    text_append(b, "\n");
}

ptg_status folder_write_json(const char *path, const char *name, const json_t *document, ptg_error *err)
{
    if (!document) return fail_memory(err);
    text_buffer b = {0};
    write_document(&b, document);
    ptg_status status = folder_write_text(path, name, &b, err);
    text_buffer_clear(&b);
    return status;
}

ptg_status folder_change(const char *path, const folder_document *documents, int32_t n, ptg_error *err)
{
    file_change_part parts[FOLDER_DOCUMENTS_MOST] = {{0}};
    text_buffer contents[FOLDER_DOCUMENTS_MOST] = {{0}};
    int32_t n_parts = 0;
    ptg_status status = PTG_OK;
    assert(n <= FOLDER_DOCUMENTS_MOST);
    for (int32_t k = 0; k < n && status == PTG_OK; k++) {
        if (!documents[k].document) continue;
        text_buffer *b = &contents[n_parts];
        write_document(b, documents[k].document);
        status = text_buffer_check(b, err);
        parts[n_parts++] = (file_change_part){documents[k].name, {b->data, b->size}};
    }
    if (status == PTG_OK) status = file_change(path, parts, n_parts, err);
    for (int32_t k = 0; k < n_parts; k++)
        text_buffer_clear(&contents[k]);
    return status;
}

ptg_status folder_read_json(const char *path, const char *name, json_t **out, ptg_error *err)
{
    char *file = file_change_path(path, name);
    if (!file) return fail_memory(err);
    ptg_status status = json_read_file(file, out, err);
    mem_free(file);
    return status;
}

ptg_status folder_remove(const char *path, const char *name, ptg_error *err)
{
    char *file = file_join(path, name);
    if (!file) return fail_memory(err);
    ptg_status status = unlink(file) == 0 || errno == ENOENT ? PTG_OK : fail_errno(err, "remove", file);
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
    return fail(err, PTG_ERROR_USAGE, "'%s' is not a job folder; `pilotage run` and `pilotage plan` make one.",
                text_shown(text_of(path), &shown));
}
