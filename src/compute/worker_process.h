/* One worker process: its start, its two channels and its end. */
#ifndef COMPUTE_WORKER_PROCESS_H
#define COMPUTE_WORKER_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/fail.h"

typedef struct worker_process {
    pid_t pid;  /* 0: none */
    int input;  /* our end of its standard input, a non-blocking socket; -1: closed */
    int output; /* our end of its standard output, a non-blocking pipe; -1: closed */
} worker_process;

typedef struct worker_setup {
    char *const *arguments;
    char *const *environment;
    const char *log;    /* path for its standard error; NULL: /dev/null */
    int64_t data_limit; /* RLIMIT_DATA; 0 = none */
} worker_setup;

/* Starts the process in a process group of its own. */
ptg_status worker_process_start(const worker_setup *setup, worker_process *out, ptg_error *err);
/* True once the process has ended; `wait` blocks until then. Kills what is left of its group, and gives its wait status (-1
 * when somebody else has taken it). The channels stay open. */
bool worker_process_ended(worker_process *p, bool wait, int *wait_status);
/* SIGKILL to the group. */
void worker_process_kill(const worker_process *p);
void worker_process_close_input(worker_process *p);
void worker_process_close_output(worker_process *p);

#endif
