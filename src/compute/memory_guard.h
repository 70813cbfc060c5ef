/* How much memory processes hold. */
#ifndef COMPUTE_MEMORY_GUARD_H
#define COMPUTE_MEMORY_GUARD_H

#include <stdint.h>
#include <sys/types.h>

/* Proportional set size in bytes: pages that several processes map are shared out among them. The resident size where the
 * kernel does not say; 0 when the process is gone. */
int64_t memory_of_process(pid_t pid);

#endif
