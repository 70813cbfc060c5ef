/* Reading, mapping and replacing files, folders, and opening beneath a folder. Decompression is in content.c.
 *
 * What is written gets a temporary name beside its place (host, process and try in it), is synced with its folder and renamed,
 * so that a reader, and the machine after a crash, sees the old file or the new one. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"

/* Opens for reading; a folder is refused with a sentence. */
static ptg_status open_to_read(const char *path, int *fd, struct stat *about, ptg_error *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0) return fail_errno(err, "open", path);
    if (fstat(*fd, about) == 0 && !S_ISDIR(about->st_mode)) return PTG_OK;
    if (S_ISDIR(about->st_mode)) errno = EISDIR;
    ptg_status status = fail_errno(err, "read", path);
    close(*fd);
    return status;
}

/* All that is left to read of `fd`, whatever kind of file it is. */
static ptg_status read_rest(int fd, int64_t expected, const char *path, text_buffer *b, ptg_error *err)
{
    int64_t room = expected + 1; /* one byte more sees the end in the first read */
    for (;;) {
        if (b->size + 1 >= b->capacity) {
            int64_t capacity = b->size + (room > b->size ? room : b->size) + 64;
            char *data = mem_resize(b->data, b->size, capacity, 1);
            if (!data) return fail_memory(err);
            b->data = data;
            b->capacity = capacity;
        }
        ssize_t n = read(fd, b->data + b->size, (size_t)(b->capacity - b->size - 1));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "read", path);
        b->size += n;
        b->data[b->size] = '\0';
        if (n == 0) return PTG_OK;
    }
}

ptg_status file_read(const char *path, char **data, int64_t *size, ptg_error *err)
{
    ptg_status status = PTG_OK;
    text_buffer b = {0};
    struct stat about = {0};
    int fd;
    *data = NULL;
    *size = 0;
    TRY(open_to_read(path, &fd, &about, err));
    GO(read_rest(fd, about.st_size, path, &b, err));
    *data = b.data;
    *size = b.size;
done:
    close(fd);
    if (status != PTG_OK) text_buffer_clear(&b);
    return status;
}

ptg_status file_map_open(const char *path, file_map *out, ptg_error *err)
{
    struct stat about = {0};
    int fd;
    *out = (file_map){.data = "", .size = 0};
    TRY(open_to_read(path, &fd, &about, err));
    ptg_status status = PTG_OK;
    if (!S_ISREG(about.st_mode))
        status = fail(err, PTG_ERROR_IO, "Cannot map '%s': it is not an ordinary file.", path);
    else if (about.st_size > 0) {
        void *data = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (data == MAP_FAILED)
            status = fail_errno(err, "map", path);
        else
            *out = (file_map){.data = data, .size = about.st_size};
    }
    close(fd);
    return status;
}

void file_map_close(file_map *m)
{
    if (m->size > 0) munmap((void *)(uintptr_t)m->data, (size_t)m->size);
    *m = (file_map){.data = "", .size = 0};
}

struct file_writer {
    int fd;
    int64_t size, written;
    char *path, *temporary;
};

/* Creates PATH.HOST.PID.TRY.tmp; the try goes up while another thread, or a process that died, has the name. */
static ptg_status create_temporary(file_writer *w, ptg_error *err)
{
    struct utsname host;
    if (uname(&host) != 0) strcpy(host.nodename, "localhost");
    for (int try = 0; try < 10000; try++) {
        text_buffer name = {0};
        text_print(&name, "%s.%s.%ld.%d.tmp", w->path, host.nodename, (long)getpid(), try);
        w->temporary = text_buffer_take(&name);
        if (!w->temporary) return fail_memory(err);
        w->fd = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (w->fd >= 0) return PTG_OK;
        if (errno != EEXIST) break;
        mem_free(w->temporary);
        w->temporary = NULL;
    }
    ptg_status status = fail_errno(err, "create", w->path);
    mem_free(w->temporary);
    w->temporary = NULL;
    return status;
}

void file_writer_abort(file_writer *w)
{
    if (!w) return;
    if (w->fd >= 0) close(w->fd);
    if (w->temporary) unlink(w->temporary);
    mem_free(w->temporary);
    mem_free(w->path);
    mem_free(w);
}

static ptg_status reserve(file_writer *w, ptg_error *err)
{
    if (w->size == 0) return PTG_OK;
    do
        errno = posix_fallocate(w->fd, 0, w->size);
    while (errno == EINTR);
    return errno ? fail_errno(err, "reserve space for", w->path) : PTG_OK;
}

ptg_status file_writer_open(const char *path, int64_t size, file_writer **out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    *out = NULL;
    file_writer *w = mem_array(1, sizeof *w);
    if (!w) return fail_memory(err);
    w->fd = -1;
    w->size = size;
    w->path = mem_text(path, strlen(path));
    if (!w->path) GO(fail_memory(err));
    GO(create_temporary(w, err));
    GO(reserve(w, err));
    *out = w;
    return PTG_OK;
done:
    file_writer_abort(w);
    return status;
}

ptg_status file_writer_put(file_writer *w, const void *data, int64_t size, ptg_error *err)
{
    if (size > w->size - w->written)
        return fail(err, PTG_ERROR_FAILED, "More than the announced %lld bytes were written to '%s'.", (long long)w->size,
                    w->path);
    const char *from = data;
    while (size > 0) {
        ssize_t n = write(w->fd, from, (size_t)size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "write", w->path);
        from += n;
        size -= n;
        w->written += n;
    }
    return PTG_OK;
}

/* File systems that cannot sync a folder say EINVAL. */
ptg_status file_sync_folder(const char *path, ptg_error *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = !slash ? mem_text(".", 1) : mem_text(path, slash == path ? 1 : (size_t)(slash - path));
    if (!folder) return fail_memory(err);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ptg_status status = PTG_OK;
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) status = fail_errno(err, "sync", folder);
    if (fd >= 0) close(fd);
    mem_free(folder);
    return status;
}

static ptg_status settle(file_writer *w, ptg_error *err)
{
    if (w->written != w->size)
        return fail(err, PTG_ERROR_FAILED, "Only %lld of the announced %lld bytes were written to '%s'.", (long long)w->written,
                    (long long)w->size, w->path);
    if (fsync(w->fd) != 0) return fail_errno(err, "sync", w->path);
    int fd = w->fd;
    w->fd = -1;
    if (close(fd) != 0) return fail_errno(err, "write", w->path);
    if (rename(w->temporary, w->path) != 0) return fail_errno(err, "replace", w->path);
    mem_free(w->temporary);
    w->temporary = NULL; /* abort has nothing to remove any more */
    return file_sync_folder(w->path, err);
}

ptg_status file_writer_end(file_writer *w, ptg_error *err)
{
    ptg_status status = settle(w, err);
    file_writer_abort(w);
    return status;
}

ptg_status file_replace(const char *path, const void *data, int64_t size, ptg_error *err)
{
    file_writer *w;
    TRY(file_writer_open(path, size, &w, err));
    ptg_status status = file_writer_put(w, data, size, err);
    if (status == PTG_OK) return file_writer_end(w, err);
    file_writer_abort(w);
    return status;
}

bool file_exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static ptg_status make_one(const char *path, unsigned mode, ptg_error *err)
{
    if (mkdir(path, mode) == 0) return PTG_OK;
    int code = errno;
    if (file_is_folder(path)) return PTG_OK;
    errno = code;
    return fail_errno(err, "create the folder", path);
}

ptg_status file_make_folder(const char *path, unsigned mode, ptg_error *err)
{
    ptg_status status = PTG_OK;
    char *copy = mem_text(path, strlen(path));
    if (!copy) return fail_memory(err);
    for (char *c = copy + 1; *copy && *c; c++) {
        if (*c != '/' || c[1] == '/' || c[1] == '\0') continue;
        *c = '\0';
        GO(make_one(copy, 0777, err));
        *c = '/';
    }
    GO(make_one(copy, mode, err));
done:
    mem_free(copy);
    return status;
}

static ptg_status remove_entry(int folder, const char *name, const char *shown, int depth, ptg_error *err);

enum { DEEPEST = 200 }; /* one open folder a level */

/* Removes what is in the folder `fd`, which is closed. */
static ptg_status empty_folder(int fd, const char *shown, int depth, ptg_error *err)
{
    DIR *list = fdopendir(fd);
    if (!list) {
        ptg_status status = fail_errno(err, "read the folder", shown);
        close(fd);
        return status;
    }
    ptg_status status = PTG_OK;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(list);
        if (!entry) {
            if (errno) status = fail_errno(err, "read the folder", shown);
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        GO(remove_entry(dirfd(list), entry->d_name, shown, depth + 1, err));
    }
done:
    closedir(list);
    return status;
}

/* Removes one name of a folder; `shown` is the path for messages. A link is removed, never followed. */
static ptg_status remove_entry(int folder, const char *name, const char *shown, int depth, ptg_error *err)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT) return PTG_OK;
    int code = errno;
    if (code != EISDIR && code != EPERM) return fail_errno(err, "remove", shown);
    if (depth > DEEPEST) return fail(err, PTG_ERROR_IO, "Cannot remove '%s': its folders are nested too deeply.", shown);
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOTDIR) errno = code;
        return fail_errno(err, "remove", shown);
    }
    TRY(empty_folder(fd, shown, depth, err));
    if (unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT) return fail_errno(err, "remove the folder", shown);
    return PTG_OK;
}

ptg_status file_remove_tree(const char *path, ptg_error *err)
{
    return remove_entry(AT_FDCWD, path, path, 0, err);
}

char *file_join(const char *folder, const char *name)
{
    text_buffer b = {0};
    text_append(&b, folder);
    if (b.size > 0 && b.data[b.size - 1] != '/') text_append(&b, "/");
    text_append(&b, name);
    return text_buffer_take(&b);
}

static ptg_status refuse_path(const char *relative, const char *why, ptg_error *err)
{
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_FORMAT, "The path '%s' is refused: it %s.", text_shown(text_of(relative), &shown), why);
}

static ptg_status check_relative(const char *relative, ptg_error *err)
{
    if (relative[0] == '\0') return refuse_path(relative, "is empty", err);
    if (relative[0] == '/') return refuse_path(relative, "is absolute", err);
    for (const char *part = relative; *part;) {
        size_t n = strcspn(part, "/");
        if (n == 2 && memcmp(part, "..", 2) == 0) return refuse_path(relative, "holds '..'", err);
        if (n > 255) return refuse_path(relative, "has a name of over 255 bytes", err);
        part += n;
        part += strspn(part, "/");
    }
    return PTG_OK;
}

/* Opens the last part of `relative`, going down one folder after another from the folder `at`, which is closed. */
static int walk_down(int at, const char *relative, int flags)
{
    for (const char *part = relative;;) {
        char name[256];
        size_t n = strcspn(part, "/");
        memcpy(name, part, n);
        name[n] = '\0';
        part += n;
        part += strspn(part, "/");
        bool last = *part == '\0';
        int next = last ? openat(at, name, flags | O_NOFOLLOW | O_CLOEXEC, 0666)
                        : openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int code = errno;
        close(at);
        errno = code;
        if (next < 0 || last) return next;
        at = next;
    }
}

ptg_status file_open_beneath(const char *folder, const char *relative, int flags, int *fd, ptg_error *err)
{
    *fd = -1;
    TRY(check_relative(relative, err));
    int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0) return fail_errno(err, "open the folder", folder);
    *fd = walk_down(at, relative, flags);
    if (*fd >= 0) return PTG_OK;
    if (errno == ELOOP || errno == ENOTDIR)
        return refuse_path(relative, "leads over a link or something that is no folder", err);
    text_shown_buffer shown;
    return fail_errno(err, "open", text_shown(text_of(relative), &shown));
}
