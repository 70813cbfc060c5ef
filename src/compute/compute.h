/* Running work on this machine: worker processes that take JSON messages on their standard input and answer on their standard
 * output, one message a line. What a message means is the caller's business.
 *
 * One thread uses a `compute` at a time. No signal handler is installed and only own processes are waited for. A worker's input
 * is a socket, because a write to one whose reader has died can be told not to raise SIGPIPE (MSG_NOSIGNAL); on a pipe only a
 * change of the signal's handling, which belongs to the host program, would prevent it. */
#ifndef COMPUTE_COMPUTE_H
#define COMPUTE_COMPUTE_H

#include <sys/types.h>

#include "base/json.h"

typedef struct compute compute;

typedef struct compute_options {
    const char *const *command; /* argument vector of a worker, NULL-terminated; the first is the program's path; copied */
    int32_t workers;            /* at least 1 */
    int32_t threads;            /* of each worker (OMP_NUM_THREADS); at least 1 */
    int64_t worker_memory;      /* bytes of data that one worker may have (RLIMIT_DATA); 0 = no limit */
    int64_t memory_limit;       /* bytes of this process and all workers together, watched by compute_wait; 0 = not watched */
    const char *log_folder;     /* standard error of worker N is appended to worker-N.log there; NULL: thrown away; copied */
} compute_options;

typedef enum compute_event_kind {
    COMPUTE_TIMEOUT, /* nothing came in time */
    COMPUTE_MESSAGE, /* a worker sent `message` */
    COMPUTE_DIED     /* a worker ended; all that it sent was handed over before */
} compute_event_kind;

/* Why a worker ended. */
typedef enum compute_cause {
    COMPUTE_EXITED,      /* by itself, with exit status `code` */
    COMPUTE_SIGNALLED,   /* by signal `code`, sent by the kernel or from outside */
    COMPUTE_KILLED,      /* by compute_kill */
    COMPUTE_OVER_MEMORY, /* ended here because the memory of all together came near its limit and this worker was the largest */
    COMPUTE_GARBLED      /* ended here because it sent something that is no message */
} compute_cause;

typedef struct compute_event {
    compute_event_kind kind;
    int32_t worker;
    json_t *message; /* of COMPUTE_MESSAGE; the receiver owns it */
    compute_cause cause;
    int code;
    char reason[240]; /* of COMPUTE_DIED, a sentence: "Worker 2 was ended by signal 11 (SIGSEGV)." */
} compute_event;

/* Starts all workers, or none on failure (the program's path or the log folder is named). */
ptg_status compute_open(const compute_options *options, compute **out, ptg_error *err);

/* Ends all workers: their input is closed, those that are still there after 200 ms are killed with their process groups, and
 * all are waited for. Frees `c`; NULL is fine. */
void compute_close(compute *c);

/* Queues a message for a worker; never blocks: what does not fit into the worker's input now is sent by compute_wait.
 * PTG_ERROR_FAILED when the worker was reported dead and not restarted. */
ptg_status compute_send(compute *c, int32_t worker, const json_t *message, ptg_error *err);

/* Waits at most `timeout` seconds for the next event. Workers are served in turn. Fails only for want of memory. */
ptg_status compute_wait(compute *c, double timeout, compute_event *out, ptg_error *err);

/* Kills a worker with its process group; its COMPUTE_DIED comes from compute_wait. One that has ended is left alone. */
void compute_kill(compute *c, int32_t worker);

/* Starts a worker anew under the same number; one that still runs is killed first, and what it sent or was sent is forgotten.
 */
ptg_status compute_restart(compute *c, int32_t worker, ptg_error *err);

int32_t compute_workers(const compute *c);
/* False from the worker's COMPUTE_DIED until it is restarted. */
bool compute_is_running(const compute *c, int32_t worker);
/* Its process; 0 when it does not run. */
pid_t compute_process(const compute *c, int32_t worker);

#endif
