/* Starting and ending one worker process, with posix_spawn.
 *
 * Its input is one end of a socket pair, its output a pipe. All our descriptors close on exec, so that a worker's input ends
 * when we close it and no sibling keeps it open. An ended process is first looked at without being taken (WNOWAIT): while it is
 * a zombie its number cannot be given to another group, and what it left running in its own can be killed safely. */
#include "compute/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The descriptors of a start; those that are handed over are set to -1. */
typedef struct channels {
    int input[2];  /* ours, the worker's */
    int output[2]; /* ours, the worker's */
    int log;
} channels;

static void close_one(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void close_channels(channels *c)
{
    close_one(&c->input[0]);
    close_one(&c->input[1]);
    close_one(&c->output[0]);
    close_one(&c->output[1]);
    close_one(&c->log);
}

/* Moves a descriptor above 0, 1, 2, which are free in a program that closed them and are the worker's targets. */
static bool lift(int *fd)
{
    if (*fd > 2) return true;
    int higher = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
    if (higher < 0) return false;
    close(*fd);
    *fd = higher;
    return true;
}

static ptg_status open_channels(const worker_setup *setup, channels *c, ptg_error *err)
{
    const char *log = setup->log ? setup->log : "/dev/null";
    *c = (channels){{-1, -1}, {-1, -1}, -1};
    c->log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (c->log < 0) return fail_errno(err, "write the log of a worker to", log);
    bool good = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, c->input) == 0 && pipe2(c->output, O_CLOEXEC) == 0 &&
                lift(&c->log) && lift(&c->input[0]) && lift(&c->input[1]) && lift(&c->output[0]) && lift(&c->output[1]) &&
                fcntl(c->input[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(c->output[0], F_SETFL, O_NONBLOCK) == 0;
    return good ? PTG_OK : fail_errno(err, "open channels to", setup->arguments[0]);
}

/* Calls posix_spawn; 0 or an errno. */
static int spawn(const worker_setup *setup, const posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
                 pid_t *pid)
{
    sigset_t none, normal;
    sigemptyset(&none);
    sigemptyset(&normal);
    sigaddset(&normal, SIGPIPE); /* a host such as Python ignores them, which exec would hand on */
    sigaddset(&normal, SIGINT);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &normal);
    return posix_spawn(pid, setup->arguments[0], actions, attributes, setup->arguments, setup->environment);
}

/* What the host left open without close-on-exec is none of a worker's business. */
static int add_close_from(posix_spawn_file_actions_t *actions)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    return posix_spawn_file_actions_addclosefrom_np(actions, 3);
#else
    (void)actions;
    return 0;
#endif
}

static int spawn_with(const worker_setup *setup, const channels *c, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions) != 0) return ENOMEM;
    int code = posix_spawn_file_actions_adddup2(&actions, c->input[1], 0);
    if (!code) code = posix_spawn_file_actions_adddup2(&actions, c->output[1], 1);
    if (!code) code = posix_spawn_file_actions_adddup2(&actions, c->log, 2);
    if (!code) code = add_close_from(&actions);
    if (!code) code = posix_spawnattr_init(&attributes);
    if (!code) {
        code = spawn(setup, &actions, &attributes, pid);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* Address space is never limited: large libraries reserve far more than they use, and so do sanitizers with data. */
static void limit_data(pid_t pid, int64_t bytes)
{
#ifdef PTG_SANITIZED
    (void)pid;
    (void)bytes;
#else
    struct rlimit limit = {(rlim_t)bytes, (rlim_t)bytes};
    if (bytes > 0) prlimit(pid, RLIMIT_DATA, &limit, NULL); /* the guard over all processes is left should this be refused */
#endif
}

ptg_status worker_process_start(const worker_setup *setup, worker_process *out, ptg_error *err)
{
    channels c;
    pid_t pid = 0;
    *out = (worker_process){0, -1, -1};
    ptg_status status = open_channels(setup, &c, err);
    if (status == PTG_OK) {
        errno = spawn_with(setup, &c, &pid);
        if (errno) status = fail_errno(err, "start", setup->arguments[0]);
    }
    if (status == PTG_OK) {
        limit_data(pid, setup->data_limit);
        *out = (worker_process){pid, c.input[0], c.output[0]};
        c.input[0] = c.output[0] = -1;
    }
    close_channels(&c);
    return status;
}

void worker_process_kill(const worker_process *p)
{
    if (p->pid > 0) kill(-p->pid, SIGKILL);
}

bool worker_process_ended(worker_process *p, bool wait, int *wait_status)
{
    siginfo_t about = {0};
    int code;
    do
        code = waitid(P_PID, (id_t)p->pid, &about, WEXITED | WNOWAIT | (wait ? 0 : WNOHANG));
    while (code != 0 && errno == EINTR);
    if (code == 0 && about.si_pid == 0) return false;
    *wait_status = -1;
    if (code == 0) {
        worker_process_kill(p);
        pid_t taken;
        do
            taken = waitpid(p->pid, wait_status, 0);
        while (taken < 0 && errno == EINTR);
        if (taken < 0) *wait_status = -1;
    }
    p->pid = 0;
    return true;
}

void worker_process_close_input(worker_process *p)
{
    close_one(&p->input);
}

void worker_process_close_output(worker_process *p)
{
    close_one(&p->output);
}
