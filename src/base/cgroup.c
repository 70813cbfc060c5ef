/* Limits of control groups. The limit of a group binds all groups below it, so the smallest on the way from the process's own
 * group up to the root counts. Inside a container the path of /proc/self/cgroup may not exist below /sys/fs/cgroup; the walk up
 * then ends at the container's own group, which is mounted there. */
#include "base/cgroup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"

enum { PATH_SIZE = 4096, CONTENT_SIZE = 16384 };

/* The beginning of a small file, NUL-terminated; false when it cannot be read. */
static bool read_small(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t n = read(fd, out, size - 1);
    close(fd);
    out[n < 0 ? 0 : n] = '\0';
    return n > 0;
}

/* The path of this process in the hierarchy of `controller` (version 1), or in the unified one ("", version 2). */
static bool find_group(const char *root, const char *controller, char out[PATH_SIZE])
{
    char path[PATH_SIZE], content[CONTENT_SIZE];
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    if (!read_small(path, content, sizeof content)) return false;
    for (char *line = content, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        char *names = strchr(line, ':'), *group = names ? strchr(names + 1, ':') : NULL;
        if (!group) continue;
        *group++ = '\0';
        for (char *name = names + 1, *end; name; name = end) {
            end = strchr(name, ',');
            if (end) *end++ = '\0';
            if (strcmp(name, controller) != 0) continue;
            snprintf(out, PATH_SIZE, "%s", group);
            return true;
        }
    }
    return false;
}

/* One number of a limit file: a field of it, counted from 0; -1 for none ("max", -1, no file). */
static double read_field(const char *folder, const char *group, const char *file, int field)
{
    char path[2 * PATH_SIZE], content[256];
    snprintf(path, sizeof path, "%s%s/%s", folder, strcmp(group, "/") == 0 ? "" : group, file);
    if (!read_small(path, content, sizeof content)) return -1;
    const char *at = content;
    while (field-- > 0) {
        at += strcspn(at, " \n");
        at += strspn(at, " ");
    }
    double value;
    return number_read((text){at, (int64_t)strcspn(at, " \n")}, &value) ? value : -1;
}

typedef double (*limit_of)(const char *folder, const char *group);

static double processors_v2(const char *folder, const char *group)
{
    double quota = read_field(folder, group, "cpu.max", 0), period = read_field(folder, group, "cpu.max", 1);
    return quota > 0 && period > 0 ? quota / period : 0;
}

static double processors_v1(const char *folder, const char *group)
{
    double quota = read_field(folder, group, "cpu.cfs_quota_us", 0), period = read_field(folder, group, "cpu.cfs_period_us", 0);
    return quota > 0 && period > 0 ? quota / period : 0;
}

static double memory_v2(const char *folder, const char *group)
{
    double limit = read_field(folder, group, "memory.max", 0);
    return limit > 0 ? limit : 0;
}

/* Version 1 writes "no limit" as the largest multiple of a page. */
static double memory_v1(const char *folder, const char *group)
{
    double limit = read_field(folder, group, "memory.limit_in_bytes", 0);
    return limit > 0 && limit < 0x1p62 ? limit : 0;
}

static double smaller(double a, double b)
{
    if (a <= 0 || b <= 0) return a > b ? a : b;
    return a < b ? a : b;
}

/* The smallest limit from a group up to the root of what is mounted at `folder`; 0 for none. */
static double walk_up(const char *folder, char *group, limit_of limit)
{
    double least = 0;
    for (;;) {
        least = smaller(least, limit(folder, group));
        char *last = strrchr(group, '/');
        if (!last || group[1] == '\0' || group[0] == '\0') return least;
        last[last == group] = '\0'; /* "/a" becomes "/" */
    }
}

static double find_limit(const char *root, const char *controller, const char *const v1_folders[], limit_of v1, limit_of v2)
{
    char folder[PATH_SIZE], group[PATH_SIZE];
    double least = 0;
    if (find_group(root, "", group)) {
        snprintf(folder, sizeof folder, "%s/sys/fs/cgroup", root);
        least = walk_up(folder, group, v2);
    }
    for (int i = 0; v1_folders[i]; i++) {
        if (!find_group(root, controller, group)) break;
        snprintf(folder, sizeof folder, "%s/sys/fs/cgroup/%s", root, v1_folders[i]);
        least = smaller(least, walk_up(folder, group, v1));
    }
    return least;
}

double cgroup_processors(const char *root)
{
    static const char *const folders[] = {"cpu", "cpu,cpuacct", "cpuacct,cpu", NULL};
    return find_limit(root, "cpu", folders, processors_v1, processors_v2);
}

int64_t cgroup_memory(const char *root)
{
    static const char *const folders[] = {"memory", NULL};
    return (int64_t)find_limit(root, "memory", folders, memory_v1, memory_v2);
}
