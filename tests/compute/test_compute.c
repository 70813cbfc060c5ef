/* Workers: this program itself, started again with the argument "worker", obeys one command a message. */
#include "../base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "compute/compute.h"
#include "compute/memory_guard.h"

static const char *own_path;

static void answer(json_t *value)
{
    text_buffer b = {0};
    json_write(&b, value, 0, false);
    text_append(&b, "\n");
    fwrite(b.data, 1, (size_t)b.size, stdout);
    fflush(stdout);
    text_buffer_clear(&b);
    json_decref(value);
}

static void say_slowly(const char *part)
{
    fputs(part, stdout);
    fflush(stdout);
    usleep(20000);
}

static void say_environment(void)
{
    struct rlimit data;
    getrlimit(RLIMIT_DATA, &data);
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    struct sigaction action;
    sigaction(SIGPIPE, NULL, &action);
    int extra = 0;
    for (int fd = 3; fd < 64; fd++)
        extra += fcntl(fd, F_GETFD) >= 0;
    answer(json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?, s:I, s:b, s:b, s:b, s:i}", "policy", getenv("OMP_WAIT_POLICY"), "threads",
                     getenv("OMP_NUM_THREADS"), "dynamic", getenv("OMP_DYNAMIC"), "openblas", getenv("OPENBLAS_NUM_THREADS"),
                     "own", getenv("PILOTAGE_TEST"), "data", (json_int_t)data.rlim_cur, "blocked", sigismember(&mask, SIGUSR1),
                     "pipe", action.sa_handler == SIG_DFL, "leader", getpgrp() == getpid(), "extra", extra));
}

static void hold_memory(int64_t bytes)
{
    volatile char *block = mem_array(bytes, 1); /* its pages come when they are written, which must not be optimised away */
    if (!block) _exit(9);
    for (int64_t i = 0; i < bytes; i += 1024)
        block[i] = 1;
    answer(json_string("held"));
    pause();
}

/* A child that keeps our output open after we are gone. */
static void leave_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        sleep(60);
        _exit(0);
    }
    answer(json_integer(child));
    _exit(5);
}

static void obey(const char *what, const json_t *message)
{
    int64_t n = json_integer_or(message, "n", 0);
    if (!strcmp(what, "echo"))
        answer(json_deep_copy(message));
    else if (!strcmp(what, "raise"))
        raise((int)n);
    else if (!strcmp(what, "exit")) {
        answer(json_string("last words"));
        exit((int)n);
    } else if (!strcmp(what, "slow")) {
        say_slowly("{\"a\"");
        say_slowly(":1}\n{\"b");
        say_slowly("\":2}\n");
    } else if (!strcmp(what, "garbage"))
        say_slowly("this is no JSON\n");
    else if (!strcmp(what, "endless")) {
        for (;;)
            if (fwrite("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1, 32, stdout) != 32) _exit(1);
    } else if (!strcmp(what, "environment"))
        say_environment();
    else if (!strcmp(what, "hold"))
        hold_memory(n);
    else if (!strcmp(what, "child"))
        leave_child();
    else if (!strcmp(what, "complain"))
        fprintf(stderr, "complaint\n");
    else if (!strcmp(what, "deaf")) {
        answer(json_string("deaf"));
        for (;;)
            pause();
    }
}

static int run_worker(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n;
    while ((n = getline(&line, &capacity, stdin)) > 0) {
        json_t *message;
        if (json_read((text){line, n}, "input", &message, NULL) != PTG_OK) return 77;
        obey(json_text_or(message, "do", "echo"), message);
        json_decref(message);
    }
    free(line);
    return 0;
}

static compute *open_workers(int32_t n, int64_t memory_limit, const char *logs)
{
    ptg_error err;
    compute *c;
    const char *command[] = {own_path, "worker", NULL};
    compute_options o = {.command = command,
                         .workers = n,
                         .threads = 3,
                         .worker_memory = INT64_C(8) << 30,
                         .memory_limit = memory_limit,
                         .log_folder = logs};
    CHECK_OK(compute_open(&o, &c, &err));
    assert_int_equal(compute_workers(c), n);
    return c;
}

static void tell(compute *c, int32_t worker, const char *what, int64_t n)
{
    ptg_error err;
    json_t *message = json_pack("{s:s, s:I}", "do", what, "n", (json_int_t)n);
    CHECK_OK(compute_send(c, worker, message, &err));
    json_decref(message);
}

static compute_event next_event(compute *c, double timeout)
{
    ptg_error err;
    compute_event e;
    CHECK_OK(compute_wait(c, timeout, &e, &err));
    return e;
}

static void expect_message(compute *c, int32_t worker, const char *expected)
{
    compute_event e = next_event(c, 30);
    if (e.kind != COMPUTE_MESSAGE) fail_msg("no message: %s", e.reason);
    assert_int_equal(e.worker, worker);
    char *got = json_canonical(e.message);
    assert_string_equal(got, expected);
    mem_free(got);
    json_decref(e.message);
}

static void expect_death(compute *c, int32_t worker, compute_cause cause, int code, const char *part)
{
    compute_event e = next_event(c, 30);
    assert_int_equal(e.kind, COMPUTE_DIED);
    assert_int_equal(e.worker, worker);
    if (e.cause != cause || e.code != code || !strstr(e.reason, part))
        fail_msg("cause %d, code %d: %s", e.cause, e.code, e.reason);
    assert_false(compute_is_running(c, worker));
    assert_int_equal(compute_process(c, worker), 0);
}

static bool has_children(void)
{
    return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

static void close_workers(compute *c)
{
    double begun = clock_seconds();
    compute_close(c);
    assert_true(clock_seconds() - begun < 5);
    assert_false(has_children());
}

static void echoes(void **state)
{
    (void)state;
    compute *c = open_workers(3, 0, NULL);
    for (int32_t i = 2; i >= 0; i--) {
        tell(c, i, "echo", i);
        char expected[64];
        snprintf(expected, sizeof expected, "{\"do\":\"echo\",\"n\":%d}", (int)i);
        expect_message(c, i, expected);
    }
    double begun = clock_seconds();
    assert_int_equal(next_event(c, 0).kind, COMPUTE_TIMEOUT);
    assert_int_equal(next_event(c, 0.25).kind, COMPUTE_TIMEOUT);
    assert_true(clock_seconds() - begun >= 0.25);
    close_workers(c);
    compute_close(NULL);
}

static void many_messages(void **state)
{
    (void)state;
    enum { N = 10000 };
    ptg_error err;
    compute *c = open_workers(2, 0, NULL);
    char filling[1000];
    memset(filling, 'x', sizeof filling);
    for (int64_t i = 0; i < N; i++) { /* more than fits into the channels, and nothing is read meanwhile */
        json_t *message = json_pack("{s:I, s:s#}", "i", (json_int_t)i, "filling", filling, (int)sizeof filling);
        CHECK_OK(compute_send(c, (int32_t)(i % 2), message, &err));
        json_decref(message);
    }
    int64_t seen[2] = {0, 1};
    for (int64_t k = 0; k < N; k++) {
        compute_event e = next_event(c, 30);
        assert_int_equal(e.kind, COMPUTE_MESSAGE);
        assert_int_equal(json_integer_or(e.message, "i", -1), seen[e.worker]);
        seen[e.worker] += 2;
        json_decref(e.message);
    }
    close_workers(c);
}

static void large_message(void **state)
{
    (void)state;
    ptg_error err;
    compute *c = open_workers(1, 0, NULL);
    int64_t size = 5 << 20;
    char *filling = mem_array(size + 1, 1);
    memset(filling, 'y', (size_t)size);
    json_t *message = json_pack("{s:s}", "filling", filling);
    CHECK_OK(compute_send(c, 0, message, &err));
    compute_event e = next_event(c, 30);
    assert_int_equal(e.kind, COMPUTE_MESSAGE);
    assert_true(json_equal(e.message, message));
    json_decref(e.message);
    json_decref(message);
    mem_free(filling);
    close_workers(c);
}

static void partial_lines(void **state)
{
    (void)state;
    compute *c = open_workers(1, 0, NULL);
    tell(c, 0, "slow", 0);
    expect_message(c, 0, "{\"a\":1}");
    expect_message(c, 0, "{\"b\":2}");
    close_workers(c);
}

static void deaths(void **state)
{
    (void)state;
    ptg_error err;
    compute *c = open_workers(2, 0, NULL);
    tell(c, 1, "raise", SIGKILL);
    expect_death(c, 1, COMPUTE_SIGNALLED, SIGKILL, "Worker 1 was ended by signal 9 (SIGKILL).");
    json_t *message = json_object();
    CHECK_FAILS(PTG_ERROR_FAILED, "Worker 1 does not run", compute_send(c, 1, message, &err));
    json_decref(message);
    CHECK_OK(compute_restart(c, 1, &err));
    tell(c, 1, "exit", 3);
    expect_message(c, 1, "\"last words\"");
    expect_death(c, 1, COMPUTE_EXITED, 3, "exit status 3");
    tell(c, 0, "deaf", 0);
    expect_message(c, 0, "\"deaf\"");
    compute_kill(c, 0);
    expect_death(c, 0, COMPUTE_KILLED, 0, "on request");
    compute_kill(c, 0);
    CHECK_OK(compute_restart(c, 0, &err));
    CHECK_OK(compute_restart(c, 0, &err)); /* one that runs */
    tell(c, 0, "echo", 1);
    expect_message(c, 0, "{\"do\":\"echo\",\"n\":1}");
    assert_int_equal(kill(compute_process(c, 0), SIGSTOP), 0);
    kill(compute_process(c, 0), SIGKILL);
    for (int i = 0; i < 200; i++)
        tell(c, 0, "echo", i); /* to a worker that is gone: no SIGPIPE */
    expect_death(c, 0, COMPUTE_SIGNALLED, SIGKILL, "signal 9");
    close_workers(c);
}

static void garbled_output(void **state)
{
    (void)state;
    ptg_error err;
    compute *c = open_workers(1, 0, NULL);
    tell(c, 0, "garbage", 0);
    expect_death(c, 0, COMPUTE_GARBLED, 0, "no message");
    CHECK_OK(compute_restart(c, 0, &err));
    tell(c, 0, "endless", 0);
    expect_death(c, 0, COMPUTE_GARBLED, 0, "no message");
    close_workers(c);
}

/* A death is seen though a child of the worker holds its output open, and the child goes too. */
static void left_children(void **state)
{
    (void)state;
    compute *c = open_workers(1, 0, NULL);
    tell(c, 0, "child", 0);
    compute_event e = next_event(c, 30);
    assert_int_equal(e.kind, COMPUTE_MESSAGE);
    pid_t child = (pid_t)json_integer_value(e.message);
    json_decref(e.message);
    expect_death(c, 0, COMPUTE_EXITED, 5, "status 5");
    for (int i = 0; i < 500 && kill(child, 0) == 0; i++) { /* a zombie of init's until it is taken */
        char path[64], *stat;
        int64_t size;
        snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
        bool zombie = file_read(path, &stat, &size, NULL) == PTG_OK && strstr(stat, ") Z ");
        mem_free(stat);
        if (zombie) break;
        assert_true(i < 499);
        usleep(10000);
    }
    close_workers(c);
}

static void deaf_worker_is_killed(void **state)
{
    (void)state;
    compute *c = open_workers(2, 0, NULL);
    tell(c, 0, "deaf", 0);
    expect_message(c, 0, "\"deaf\"");
    double begun = clock_seconds();
    close_workers(c);
    assert_true(clock_seconds() - begun >= 0.2);
}

static void environments(void **state)
{
    (void)state;
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    signal(SIGPIPE, SIG_IGN);
    setenv("OMP_NUM_THREADS", "64", 1);
    setenv("PILOTAGE_TEST", "inherited", 1);
    compute *c = open_workers(2, 0, NULL);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    unsetenv("OMP_NUM_THREADS");
    unsetenv("PILOTAGE_TEST");
    for (int32_t i = 0; i < 2; i++) {
        tell(c, i, "environment", 0);
        compute_event e = next_event(c, 30);
        assert_int_equal(e.kind, COMPUTE_MESSAGE);
        assert_string_equal(json_text_or(e.message, "policy", ""), "passive");
        assert_string_equal(json_text_or(e.message, "threads", ""), "3");
        assert_string_equal(json_text_or(e.message, "dynamic", ""), "false");
        assert_string_equal(json_text_or(e.message, "openblas", ""), "1");
        assert_string_equal(json_text_or(e.message, "own", ""), "inherited");
        assert_true(json_bool_or(e.message, "leader", false) && json_bool_or(e.message, "pipe", false));
        assert_false(json_bool_or(e.message, "blocked", true));
        assert_int_equal(json_integer_or(e.message, "extra", -1), 0);
#ifndef PTG_SANITIZED
        assert_true(json_integer_or(e.message, "data", 0) == INT64_C(8) << 30);
#endif
        json_decref(e.message);
    }
    close_workers(c);
}

static void memory_guard(void **state)
{
    (void)state;
    compute *c = open_workers(2, memory_of_process(getpid()) + (INT64_C(400) << 20), NULL); /* sanitizers keep much */
    tell(c, 0, "hold", 60 << 20);
    expect_message(c, 0, "\"held\"");
    tell(c, 1, "hold", 500 << 20);
    compute_event e = next_event(c, 30);
    if (e.kind == COMPUTE_MESSAGE) { /* quicker than the guard */
        json_decref(e.message);
        e = next_event(c, 30);
    }
    assert_int_equal(e.kind, COMPUTE_DIED);
    assert_int_equal(e.worker, 1);
    assert_int_equal(e.cause, COMPUTE_OVER_MEMORY);
    assert_non_null(strstr(e.reason, "came near the limit of"));
    assert_int_equal(next_event(c, 0.5).kind, COMPUTE_TIMEOUT); /* the other one stays */
    close_workers(c);
}

static void logs(void **state)
{
    (void)state;
    ptg_error err;
    char *folder = make_scratch(), *log = file_join(folder, "worker-1.log"), *content;
    int64_t size;
    for (int round = 1; round <= 2; round++) {
        compute *c = open_workers(2, 0, folder);
        tell(c, 1, "complain", 0);
        tell(c, 1, "echo", 0);
        expect_message(c, 1, "{\"do\":\"echo\",\"n\":0}");
        close_workers(c);
        CHECK_OK(file_read(log, &content, &size, &err));
        assert_string_equal(content, round == 1 ? "complaint\n" : "complaint\ncomplaint\n");
        mem_free(content);
    }
    mem_free(log);
    remove_scratch(folder);
}

static void refusals(void **state)
{
    (void)state;
    ptg_error err;
    compute *c;
    const char *missing[] = {"/nowhere/pilotage", NULL}, *shell[] = {"/bin/sh", "-c", "cat", NULL}, *none[] = {NULL};
    CHECK_FAILS(PTG_ERROR_IO, "/nowhere/pilotage",
                compute_open(&(compute_options){.command = missing, .workers = 2}, &c, &err));
    CHECK_FAILS(PTG_ERROR_IO, "/nowhere/logs",
                compute_open(&(compute_options){.command = shell, .workers = 2, .log_folder = "/nowhere/logs"}, &c, &err));
    CHECK_FAILS(PTG_ERROR_FAILED, "command", compute_open(&(compute_options){.command = none, .workers = 2}, &c, &err));
    CHECK_FAILS(PTG_ERROR_FAILED, "asked for", compute_open(&(compute_options){.command = shell}, &c, &err));
    assert_null(c);
    assert_false(has_children());
    CHECK_OK(compute_open(&(compute_options){.command = shell, .workers = 1}, &c, &err));
    tell(c, 0, "echo", 4);
    expect_message(c, 0, "{\"do\":\"echo\",\"n\":4}");
    close_workers(c);
}

static void failing_memory(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    const char *command[] = {"/bin/cat", NULL};
    compute_options o = {.command = command, .workers = 2, .threads = 1, .log_folder = "/tmp"};
    for (int64_t n = 1;; n++) {
        ptg_error err;
        compute *c;
        mem_fail_at(n);
        ptg_status status = compute_open(&o, &c, &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
        compute_close(c);
        assert_false(has_children());
        if (status == PTG_OK) break;
        assert_true(n < 1000);
    }
    unlink("/tmp/worker-0.log");
    unlink("/tmp/worker-1.log");
#endif
}

int main(int count, char **arguments)
{
    if (count > 1 && !strcmp(arguments[1], "worker")) return run_worker();
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return 1;
    path[n] = '\0';
    own_path = path;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes),         cmocka_unit_test(many_messages),
        cmocka_unit_test(large_message),  cmocka_unit_test(partial_lines),
        cmocka_unit_test(deaths),         cmocka_unit_test(garbled_output),
        cmocka_unit_test(left_children),  cmocka_unit_test(deaf_worker_is_killed),
        cmocka_unit_test(environments),   cmocka_unit_test(memory_guard),
        cmocka_unit_test(logs),           cmocka_unit_test(refusals),
        cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
