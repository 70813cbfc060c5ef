/* What this machine has, the instance types that fit on it, and where our own command is. */
#ifndef COMPUTE_MACHINE_H
#define COMPUTE_MACHINE_H

#include "base/json.h"

typedef struct machine {
    int32_t cores;        /* affinity and quota of this process */
    int64_t memory;       /* bytes: the smaller of the machine's and the control group's */
    int64_t memory_limit; /* bytes that a job takes at the most when nothing is said: 70 % of it */
} machine;

/* Fails when the machine does not say how much memory it has. */
ptg_status machine_read(machine *out, ptg_error *err);

/* How much longer work takes than alone, as the load of the last minute says: 1 where each processor has at most one runnable
 * process, up to 4. For estimates of what is left of a time limit only. */
double machine_crowding(void);

/* `local` is the whole machine; `local.CxM` caps a job at C cores and M GiB of memory. */
typedef struct instance_type {
    char name[32];
    int32_t cores;
    int64_t memory_limit;  /* bytes */
    double price_per_hour; /* 0 for local ones */
} instance_type;

/* Finds a local type (NULL: `local`) and checks that the machine has what it asks for (PTG_ERROR_USAGE: "local.8x4 asks for 8
 * cores; this machine has 2."). */
ptg_status instance_find(const char *name, const machine *m, instance_type *out, ptg_error *err);

/* Targets, this machine and a list of types that fit, for `pilotage compute`: {targets: [{name, text}], machine: {cores,
 * memory, memory_limit}, instances: [{name, target, cores, memory, price_per_hour}]}, memory in bytes. NULL when out of memory.
 */
json_t *compute_json(const machine *m);

/* The path of the `pilotage` command that belongs to this library, for starting workers: this program itself when it is that,
 * else the one that was installed with the shared library. Caller frees with mem_free. */
ptg_status compute_find_command(char **path, ptg_error *err);

#endif
