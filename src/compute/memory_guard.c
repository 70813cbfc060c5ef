/* Pss of /proc/PID/smaps_rollup, else the resident pages of /proc/PID/statm. */
#include "compute/memory_guard.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"

static bool read_process_file(pid_t pid, const char *name, char *out, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t n = read(fd, out, size - 1);
    close(fd);
    out[n < 0 ? 0 : n] = '\0';
    return n > 0;
}

/* The whole number that follows blanks at `at`; -1 for none. */
static int64_t number_at(const char *at)
{
    int64_t value;
    at += strspn(at, " \t");
    return number_read_integer((text){at, (int64_t)strspn(at, "0123456789")}, &value) ? value : -1;
}

int64_t memory_of_process(pid_t pid)
{
    char content[4096];
    const char *found = read_process_file(pid, "smaps_rollup", content, sizeof content) ? strstr(content, "\nPss:") : NULL;
    int64_t kilobytes = found ? number_at(found + 5) : -1;
    if (kilobytes >= 0) return kilobytes * 1024;
    const char *second = read_process_file(pid, "statm", content, sizeof content) ? strchr(content, ' ') : NULL;
    int64_t pages = second ? number_at(second) : -1;
    return pages < 0 ? 0 : pages * (int64_t)sysconf(_SC_PAGESIZE);
}
