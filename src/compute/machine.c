/* Cores and memory of this machine, and the way to our own command. */
#include "compute/machine.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/pool.h"

/* MemTotal of /proc/meminfo in bytes; 0 when it is not there. */
static int64_t total_memory(const char *meminfo)
{
    const char *found = strstr(meminfo, "MemTotal:");
    int64_t kilobytes;
    if (!found) return 0;
    found += strlen("MemTotal:");
    found += strspn(found, " \t");
    bool good =
        number_read_integer((text){found, (int64_t)strspn(found, "0123456789")}, &kilobytes) && kilobytes < INT64_MAX / 1024;
    return good ? kilobytes * 1024 : 0;
}

ptg_status machine_read(machine *out, ptg_error *err)
{
    char *meminfo;
    int64_t size;
    TRY(file_read("/proc/meminfo", &meminfo, &size, err));
    int64_t memory = total_memory(meminfo), limit = cgroup_memory("");
    mem_free(meminfo);
    if (memory <= 0) return fail(err, PTG_ERROR_FAILED, "/proc/meminfo does not say how much memory this machine has.");
    if (limit > 0 && limit < memory) memory = limit;
    *out = (machine){.cores = pool_processors(), .memory = memory, .memory_limit = memory / 10 * 7};
    return PTG_OK;
}

double machine_crowding(void)
{
    enum { MOST = 4 };
    double load;
    int64_t processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (getloadavg(&load, 1) != 1 || processors < 1) return 1;
    return fmin(fmax(load / (double)processors, 1), MOST);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The path of the running program; false when it cannot be told. */
static bool read_own_path(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size);
    if (n <= 0 || (size_t)n >= size) return false;
    out[n] = '\0';
    return true;
}

static bool is_our_command(const char *path)
{
    return (strcmp(base_name(path), "pilotage") == 0 || strcmp(base_name(path), "pilotage-command") == 0) &&
           access(path, X_OK) == 0;
}

/* The command beside the object that holds this function: a wheel's _lib and _bin, a prefix's lib and bin, or one folder. */
static char *find_beside_library(void)
{
    static const char *const places[] = {"../_bin/pilotage", "../bin/pilotage", "./pilotage"};
    Dl_info about;
    static const int anchor = 0;
    if (!dladdr(&anchor, &about) || !about.dli_fname) return NULL;
    const char *library = about.dli_fname;
    size_t folder = (size_t)(base_name(library) - library);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        text_buffer b = {0};
        text_append_bytes(&b, library, (int64_t)folder);
        text_append(&b, places[i]);
        char *path = text_buffer_take(&b);
        if (path && !file_is_folder(path) && access(path, X_OK) == 0) return path;
        mem_free(path);
    }
    return NULL;
}

ptg_status compute_find_command(char **path, ptg_error *err)
{
    char own[4096];
    *path = NULL;
    if (read_own_path(own, sizeof own) && is_our_command(own)) {
        *path = mem_text(own, strlen(own));
        return *path ? PTG_OK : fail_memory(err);
    }
    *path = find_beside_library();
    if (*path) return PTG_OK;
    return fail(
        err, PTG_ERROR_FAILED,
        "The command 'pilotage', which runs the workers, was not found beside the library of Pilotage; install both together.");
}
