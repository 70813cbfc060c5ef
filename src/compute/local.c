/* Worker processes of this machine: a message a line to each and from each, their deaths in words, and the guard over the
 * memory of all together.
 *
 * compute_wait is one loop: hand over a complete line that is buffered, else a death, else poll. Output that was read before a
 * death is handed over first. Workers are looked at in turn, beginning after the one that was served last. */
#include "compute/compute.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "compute/memory_guard.h"
#include "compute/worker_process.h"

enum {
    LONGEST_LINE = 64 << 20,
    READ_SIZE = 1 << 16,
    TICK_MS = 100,     /* how late a death is seen whose output somebody else keeps open */
    ENDING_TICK_MS = 5 /* output has ended, the process not yet */
};
static const double guard_interval = 0.2, guard_share = 0.95, closing_patience = 0.2;

typedef struct worker {
    worker_process process;
    bool running;        /* until COMPUTE_DIED was handed over */
    bool ended;          /* the process is gone */
    int wait_status;     /* once it has ended */
    compute_cause cause; /* other than COMPUTE_EXITED: we killed it */
    int64_t held;        /* bytes when it was killed for memory */
    char *log;
    text_buffer in; /* read; in.data[at ...] is not handed over yet, and has no line break before `scanned` */
    int64_t at, scanned;
    text_buffer out; /* to be sent; from `sent` on */
    int64_t sent;
} worker;

struct compute {
    arena *memory;
    char **arguments, **environment;
    int64_t worker_memory, memory_limit;
    int32_t n;
    worker *workers;
    struct pollfd *polled; /* two a worker: input, output */
    int32_t next;          /* the worker that is looked at first */
    double guarded;        /* when memory was last looked at */
};

extern char **environ;

/* Copies of texts, NULL-terminated. */
static char **copy_texts(arena *a, const char *const *texts, int64_t n, int64_t spare)
{
    char **copy = arena_array(a, n + spare + 1, sizeof *copy);
    for (int64_t i = 0; copy && i < n; i++) {
        copy[i] = arena_text(a, texts[i], strlen(texts[i]));
        if (!copy[i]) return NULL;
    }
    return copy;
}

static int64_t count_texts(const char *const *texts)
{
    int64_t n = 0;
    while (texts && texts[n])
        n++;
    return n;
}

/* Sets NAME=VALUE (`setting`) in an environment that has room. */
static void set_variable(char **environment, char *setting)
{
    size_t name = strcspn(setting, "=") + 1;
    int64_t i = 0;
    while (environment[i] && strncmp(environment[i], setting, name) != 0)
        i++;
    environment[i] = setting;
}

/* Waiting OpenMP threads must not spin: beside other busy workers that costs far more than it gains. */
static ptg_status make_environment(compute *c, int32_t threads, ptg_error *err)
{
    const char *const *inherited = (const char *const *)environ;
    c->environment = copy_texts(c->memory, inherited, count_texts(inherited), 4);
    char *number = arena_print(c->memory, "OMP_NUM_THREADS=%d", threads < 1 ? 1 : (int)threads);
    const char *const settings[] = {"OMP_WAIT_POLICY=passive", "OMP_DYNAMIC=false", "OPENBLAS_NUM_THREADS=1"};
    char **fixed = copy_texts(c->memory, settings, 3, 0);
    if (!c->environment || !number || !fixed) return fail_memory(err);
    set_variable(c->environment, number);
    for (int i = 0; i < 3; i++)
        set_variable(c->environment, fixed[i]);
    return PTG_OK;
}

/* Forgets the last life of a worker, whose process has ended. */
static void reset(worker *w)
{
    worker_process_close_input(&w->process);
    worker_process_close_output(&w->process);
    text_buffer_clear(&w->in);
    text_buffer_clear(&w->out);
    *w = (worker){.process = {0, -1, -1}, .log = w->log};
}

static ptg_status start(compute *c, worker *w, ptg_error *err)
{
    worker_setup setup = {c->arguments, c->environment, w->log, c->worker_memory};
    reset(w);
    TRY(worker_process_start(&setup, &w->process, err));
    w->running = true;
    return PTG_OK;
}

static ptg_status prepare(compute *c, const compute_options *o, ptg_error *err)
{
    c->worker_memory = o->worker_memory;
    c->memory_limit = o->memory_limit;
    c->arguments = copy_texts(c->memory, o->command, count_texts(o->command), 0);
    c->workers = arena_array(c->memory, o->workers, sizeof *c->workers);
    c->polled = arena_array(c->memory, 2 * (int64_t)o->workers, sizeof *c->polled);
    if (!c->arguments || !c->workers || !c->polled) return fail_memory(err);
    for (; c->n < o->workers; c->n++) {
        worker *w = &c->workers[c->n];
        w->process = (worker_process){0, -1, -1};
        if (!o->log_folder) continue;
        w->log = arena_print(c->memory, "%s/worker-%d.log", o->log_folder, (int)c->n);
        if (!w->log) return fail_memory(err);
    }
    return make_environment(c, o->threads, err);
}

ptg_status compute_open(const compute_options *options, compute **out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    *out = NULL;
    if (options->workers < 1 || count_texts(options->command) < 1)
        return fail(err, PTG_ERROR_FAILED, "Workers need a command, and at least one of them must be asked for.");
    compute *c = mem_array(1, sizeof *c);
    if (!c) return fail_memory(err);
    c->memory = arena_new();
    if (!c->memory) GO(fail_memory(err));
    GO(prepare(c, options, err));
    for (int32_t i = 0; i < c->n; i++)
        GO(start(c, &c->workers[i], err));
    *out = c;
    return PTG_OK;
done:
    compute_close(c);
    return status;
}

static bool has_ended(worker *w, bool wait)
{
    if (!w->ended && w->process.pid > 0) w->ended = worker_process_ended(&w->process, wait, &w->wait_status);
    return w->ended || w->process.pid == 0;
}

/* True when all workers have ended by `deadline`. */
static bool all_end_until(compute *c, double deadline)
{
    for (;;) {
        bool all = true;
        for (int32_t i = 0; i < c->n; i++)
            all = has_ended(&c->workers[i], false) && all;
        if (all || clock_seconds() > deadline) return all;
        poll(NULL, 0, ENDING_TICK_MS);
    }
}

void compute_close(compute *c)
{
    if (!c) return;
    for (int32_t i = 0; i < c->n; i++)
        worker_process_close_input(&c->workers[i].process);
    if (!all_end_until(c, clock_seconds() + closing_patience)) {
        for (int32_t i = 0; i < c->n; i++)
            worker_process_kill(&c->workers[i].process);
        for (int32_t i = 0; i < c->n; i++)
            has_ended(&c->workers[i], true);
    }
    for (int32_t i = 0; i < c->n; i++)
        reset(&c->workers[i]);
    arena_free(c->memory);
    mem_free(c);
}

/* Sends as much as fits. A worker that cannot take it has died, which compute_wait will see. */
static void flush(worker *w)
{
    while (w->process.input >= 0 && w->sent < w->out.size) {
        ssize_t n = send(w->process.input, w->out.data + w->sent, (size_t)(w->out.size - w->sent), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (n < 0)
            worker_process_close_input(&w->process);
        else
            w->sent += n;
    }
    w->out.size = w->sent = 0;
}

ptg_status compute_send(compute *c, int32_t worker_index, const json_t *message, ptg_error *err)
{
    worker *w = &c->workers[worker_index];
    if (!w->running) return fail(err, PTG_ERROR_FAILED, "Worker %d does not run; start it again first.", (int)worker_index);
    if (w->sent > w->out.size / 2) { /* what was sent is forgotten */
        memmove(w->out.data, w->out.data + w->sent, (size_t)(w->out.size - w->sent));
        w->out.size -= w->sent;
        w->sent = 0;
    }
    int64_t size = w->out.size;
    json_write(&w->out, message, 0, false);
    text_append(&w->out, "\n");
    if (w->out.failed) { /* as if nothing had been queued, so that no half message is sent */
        w->out.failed = false;
        w->out.size = size;
        return fail_memory(err);
    }
    flush(w);
    return PTG_OK;
}

/* Reads what is there, at most READ_SIZE at a time so that one worker cannot starve the others. */
static ptg_status receive(worker *w, ptg_error *err)
{
    if (w->at == w->in.size)
        w->in.size = w->at = w->scanned = 0;
    else if (w->at > w->in.size / 2) {
        memmove(w->in.data, w->in.data + w->at, (size_t)(w->in.size - w->at));
        w->in.size -= w->at;
        w->scanned -= w->at;
        w->at = 0;
    }
    char chunk[READ_SIZE];
    ssize_t n = read(w->process.output, chunk, sizeof chunk);
    if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) return PTG_OK;
    if (n <= 0)
        worker_process_close_output(&w->process);
    else
        text_append_bytes(&w->in, chunk, n);
    return text_buffer_check(&w->in, err);
}

static void garbled(worker *w)
{
    if (w->cause == COMPUTE_EXITED) w->cause = COMPUTE_GARBLED;
    worker_process_kill(&w->process);
    worker_process_close_output(&w->process);
    w->in.size = w->at = w->scanned = 0;
}

/* Takes the next complete line of a worker as a message; NULL when there is none. */
static ptg_status take_message(worker *w, json_t **message, ptg_error *err)
{
    *message = NULL;
    const char *from = w->in.size > w->scanned ? w->in.data + w->scanned : NULL;
    const char *end = from ? memchr(from, '\n', (size_t)(w->in.size - w->scanned)) : NULL;
    if (!end) {
        w->scanned = w->in.size;
        if (w->in.size - w->at > LONGEST_LINE) garbled(w);
        return PTG_OK;
    }
    text line = {w->in.data + w->at, end - (w->in.data + w->at)};
    w->at = w->scanned = end + 1 - w->in.data;
    ptg_error why = {0};
    ptg_status status = json_read(line, "message", message, &why);
    if (status == PTG_ERROR_MEMORY) return fail_memory(err);
    if (status != PTG_OK) garbled(w);
    return PTG_OK;
}

static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {{SIGKILL, "SIGKILL"}, {SIGSEGV, "SIGSEGV"}, {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},
                 {SIGFPE, "SIGFPE"},   {SIGILL, "SIGILL"},   {SIGTERM, "SIGTERM"}, {SIGINT, "SIGINT"},
                 {SIGPIPE, "SIGPIPE"}, {SIGXCPU, "SIGXCPU"}, {SIGHUP, "SIGHUP"},   {SIGSYS, "SIGSYS"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number) return names[i].name;
    return "no name here";
}

static void describe_end(const compute *c, const worker *w, compute_event *e)
{
    static const double gib = 1 << 30;
    int i = (int)e->worker;
    e->cause = w->cause;
    if (w->cause == COMPUTE_KILLED)
        snprintf(e->reason, sizeof e->reason, "Worker %d was ended on request.", i);
    else if (w->cause == COMPUTE_OVER_MEMORY)
        snprintf(e->reason, sizeof e->reason,
                 "Worker %d was ended because memory came near the limit of %.2f GiB and it held most of it (%.2f GiB).", i,
                 (double)c->memory_limit / gib, (double)w->held / gib);
    else if (w->cause == COMPUTE_GARBLED)
        snprintf(e->reason, sizeof e->reason, "Worker %d was ended because it sent something that is no message.", i);
    else if (w->wait_status == -1) {
        e->code = -1;
        snprintf(e->reason, sizeof e->reason, "Worker %d has ended; how, is not known.", i);
    } else if (WIFSIGNALED(w->wait_status)) {
        e->cause = COMPUTE_SIGNALLED;
        e->code = WTERMSIG(w->wait_status);
        snprintf(e->reason, sizeof e->reason, "Worker %d was ended by signal %d (%s).", i, e->code, signal_name(e->code));
    } else {
        e->code = WEXITSTATUS(w->wait_status);
        snprintf(e->reason, sizeof e->reason, "Worker %d ended by itself with exit status %d.", i, e->code);
    }
}

/* Reads until there is nothing now, so that a death is reported after all that was said before it. */
static ptg_status drain(worker *w, ptg_error *err)
{
    int64_t before;
    do {
        before = w->in.size - w->at;
        if (w->process.output >= 0) TRY(receive(w, err));
    } while (w->in.size - w->at > before && w->in.size - w->at <= LONGEST_LINE);
    return PTG_OK;
}

/* A message, or a death, of one worker; COMPUTE_TIMEOUT when it has neither. */
static ptg_status look_at(compute *c, int32_t i, compute_event *out, ptg_error *err)
{
    worker *w = &c->workers[i];
    if (!w->running) return PTG_OK;
    TRY(take_message(w, &out->message, err));
    if (!out->message && has_ended(w, false)) {
        TRY(drain(w, err));
        TRY(take_message(w, &out->message, err));
    }
    if (!out->message && !w->ended) return PTG_OK;
    *out = (compute_event){.kind = out->message ? COMPUTE_MESSAGE : COMPUTE_DIED, .worker = i, .message = out->message};
    if (out->message) return PTG_OK;
    describe_end(c, w, out);
    reset(w);
    return PTG_OK;
}

/* The first event of the workers in turn. */
static ptg_status find_event(compute *c, compute_event *out, ptg_error *err)
{
    for (int32_t k = 0; k < c->n && out->kind == COMPUTE_TIMEOUT; k++) {
        int32_t i = (c->next + k) % c->n;
        TRY(look_at(c, i, out, err));
        if (out->kind != COMPUTE_TIMEOUT) c->next = (i + 1) % c->n;
        if (out->kind != COMPUTE_TIMEOUT) break;
    }
    return PTG_OK;
}

static bool is_watched(const worker *w)
{
    return w->running && !w->ended && w->cause == COMPUTE_EXITED;
}

/* At most every 200 ms: ends the largest worker when all processes together come near the limit. */
static void guard_memory(compute *c, double now)
{
    if (c->memory_limit <= 0 || now - c->guarded < guard_interval) return;
    c->guarded = now;
    int64_t sum = memory_of_process(getpid()), most = -1;
    worker *largest = NULL;
    for (int32_t i = 0; i < c->n; i++) {
        if (!is_watched(&c->workers[i])) continue;
        int64_t held = memory_of_process(c->workers[i].process.pid);
        sum += held;
        if (held <= most) continue;
        most = held;
        largest = &c->workers[i];
    }
    if (!largest || (double)sum < guard_share * (double)c->memory_limit) return;
    largest->cause = COMPUTE_OVER_MEMORY;
    largest->held = most;
    worker_process_kill(&largest->process);
}

/* Polls all channels for at most `seconds`, and less where a death or the guard wants it; then writes and reads. */
static ptg_status exchange(compute *c, double seconds, ptg_error *err)
{
    int tick = TICK_MS;
    for (int32_t i = 0; i < c->n; i++) {
        worker *w = &c->workers[i];
        bool waiting = w->process.input >= 0 && w->sent < w->out.size;
        c->polled[2 * i] = (struct pollfd){.fd = waiting ? w->process.input : -1, .events = POLLOUT};
        c->polled[2 * i + 1] = (struct pollfd){.fd = w->process.output, .events = POLLIN};
        if (w->running && w->process.output < 0) tick = ENDING_TICK_MS;
    }
    int milliseconds = seconds * 1000 < tick ? (int)ceil(seconds * 1000) : tick;
    if (poll(c->polled, 2 * (nfds_t)c->n, milliseconds) <= 0) return PTG_OK; /* nothing, or a signal of the host */
    for (int32_t i = 0; i < c->n; i++) {
        if (c->polled[2 * i].revents) flush(&c->workers[i]);
        if (c->polled[2 * i + 1].revents) TRY(receive(&c->workers[i], err));
    }
    return PTG_OK;
}

ptg_status compute_wait(compute *c, double timeout, compute_event *out, ptg_error *err)
{
    double now = clock_seconds(), deadline = now + timeout;
    *out = (compute_event){.kind = COMPUTE_TIMEOUT, .worker = -1};
    for (bool last = false;; now = clock_seconds()) {
        guard_memory(c, now);
        TRY(find_event(c, out, err));
        if (out->kind != COMPUTE_TIMEOUT || last) return PTG_OK;
        last = now >= deadline; /* what is there already is taken even without any time */
        TRY(exchange(c, last ? 0 : deadline - now, err));
    }
}

void compute_kill(compute *c, int32_t worker_index)
{
    worker *w = &c->workers[worker_index];
    if (!w->running || w->ended) return;
    if (w->cause == COMPUTE_EXITED) w->cause = COMPUTE_KILLED;
    worker_process_kill(&w->process);
}

ptg_status compute_restart(compute *c, int32_t worker_index, ptg_error *err)
{
    worker *w = &c->workers[worker_index];
    if (w->running && !w->ended) {
        worker_process_kill(&w->process);
        has_ended(w, true);
    }
    return start(c, w, err);
}

int32_t compute_workers(const compute *c)
{
    return c->n;
}

bool compute_is_running(const compute *c, int32_t worker_index)
{
    return c->workers[worker_index].running;
}

pid_t compute_process(const compute *c, int32_t worker_index)
{
    return c->workers[worker_index].process.pid;
}
