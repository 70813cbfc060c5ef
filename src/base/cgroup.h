/* What the control groups of this process allow it (version 1 and 2), read from /proc/self/cgroup and /sys/fs/cgroup. */
#ifndef BASE_CGROUP_H
#define BASE_CGROUP_H

#include <stdint.h>

/* `root` stands before every path; "" but in tests. */

/* Processors that the quota of CPU time amounts to; 0 when there is none. */
double cgroup_processors(const char *root);
/* Bytes of memory; 0 when there is no limit. */
int64_t cgroup_memory(const char *root);

#endif
