/* The job folder: default names, its birth as a hidden sibling, leftovers, the lock, documents. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../base/check.h"
#include "job/folder.h"

static void names_follow_the_table(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"train.csv", "train-job"},
        {"/data/x/train.csv", "train-job"},
        {"train.tsv.gz", "train-job"},
        {"train.CSV.ZST", "train-job"},
        {"a.b.csv", "a.b-job"},
        {"train.jsonl", "train-job"},
        {"train.parquet.gz", "train-job"},
        {"train", "train-job"},
        {"train.gz", "train-job"},
        {".csv", ".csv-job"},
        {"x/.gz", ".gz-job"},
        {"train.csv.csv", "train.csv-job"},
        {"t.data", "t.data-job"},
        {"train.csv.gz.gz", "train.csv.gz-job"},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        char *name = folder_default_name(cases[i][0]);
        assert_string_equal(name, cases[i][1]);
        mem_free(name);
    }
}

static char *join(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    assert_non_null(path);
    return path;
}

static bool there(const char *folder, const char *name)
{
    return folder_has(folder, name);
}

static void write_text(const char *folder, const char *name, const char *content)
{
    ptg_error err;
    text_buffer b = {0};
    text_append(&b, content);
    CHECK_OK(folder_write_text(folder, name, &b, &err));
    text_buffer_clear(&b);
}

/* A number that no process has. */
static int dead_pid(void)
{
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
    return (int)child;
}

static void a_folder_is_born_hidden(void **state)
{
    (void)state;
    char *scratch = make_scratch(), *path = join(scratch, "deep/er/job"), *hidden, expected[40];
    ptg_error err;
    CHECK_OK(folder_begin(path, &hidden, &err));
    snprintf(expected, sizeof expected, "deep/er/.job.%d", (int)getpid());
    assert_true(there(scratch, expected));
    assert_false(file_exists(path));
    struct stat about;
    assert_int_equal(stat(hidden, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    static const char *const inside[] = {"data", "trials", "model", "notebooks"};
    for (int i = 0; i < 4; i++)
        assert_true(there(hidden, inside[i]));
    write_text(hidden, "job.json", "{}");
    CHECK_OK(folder_accept(hidden, path, &err));
    assert_true(there(path, "job.json"));
    assert_false(file_exists(hidden));
    mem_free(hidden);
    /* A second one on the same place is refused and leaves the first alone. */
    CHECK_OK(folder_begin(path, &hidden, &err));
    CHECK_FAILS(PTG_ERROR_USAGE, "exists already", folder_accept(hidden, path, &err));
    folder_discard(hidden);
    assert_false(there(scratch, expected));
    assert_true(there(path, "job.json"));
    folder_discard(NULL);
    mem_free(path);
    remove_scratch(scratch);
}

/* What an earlier process of our number left is not taken over, nor is a link that somebody put there. */
static void what_lies_in_the_way_is_removed(void **state)
{
    (void)state;
    char *scratch = make_scratch(), *path = join(scratch, "job"), name[40], *hidden;
    ptg_error err;
    snprintf(name, sizeof name, ".job.%d/trials", (int)getpid());
    char *old = join(scratch, name);
    CHECK_OK(file_make_folder(old, 0700, &err));
    write_text(old, "old", "x");
    CHECK_OK(folder_begin(path, &hidden, &err));
    assert_false(there(hidden, "trials/old"));
    folder_discard(hidden);
    char *target = join(scratch, "elsewhere"), *link = join(scratch, name);
    *strrchr(link, '/') = '\0';
    CHECK_OK(file_make_folder(target, 0700, &err));
    write_text(target, "mine", "x");
    assert_int_equal(symlink(target, link), 0);
    CHECK_OK(folder_begin(path, &hidden, &err));
    assert_true(there(target, "mine") && !there(target, "data"));
    folder_discard(hidden);
    mem_free(old);
    mem_free(target);
    mem_free(link);
    mem_free(path);
    remove_scratch(scratch);
}

static void leftovers_of_dead_processes_go(void **state)
{
    (void)state;
    char *scratch = make_scratch(), *path = join(scratch, "job"), *hidden, gone[40], live[40], other[40];
    ptg_error err;
    int dead = dead_pid();
    snprintf(gone, sizeof gone, ".job.%d", dead);
    snprintf(live, sizeof live, ".job.%d", (int)getppid());
    snprintf(other, sizeof other, ".job2.%d", dead);
    const char *const kept[] = {live, other, ".job.x", ".job.-5", ".job.0", ".job.99999999999", ".job", "job.1", ".job.12x"};
    const char *const made[] = {gone,   live,    other,     ".job.x", ".job.-5", ".job.0", ".job.99999999999",
                                ".job", "job.1", ".job.12x"};
    for (int64_t i = 0; i < COUNT(made); i++) {
        char *one = join(scratch, made[i]);
        CHECK_OK(file_make_folder(one, 0700, &err));
        write_text(one, "x", "x");
        mem_free(one);
    }
    CHECK_OK(folder_begin(path, &hidden, &err));
    assert_false(there(scratch, gone));
    for (int64_t i = 0; i < COUNT(kept); i++)
        assert_true(there(scratch, kept[i]));
    folder_discard(hidden);
    mem_free(path);
    remove_scratch(scratch);
}

static void places_that_cannot_be_a_job(void **state)
{
    (void)state;
    char *scratch = make_scratch(), *file = join(scratch, "file"), *below = join(scratch, "file/job"), *hidden;
    ptg_error err;
    write_text(scratch, "file", "x");
    CHECK_FAILS(PTG_ERROR_USAGE, "cannot be a job folder", folder_begin("/", &hidden, &err));
    assert_null(hidden);
    CHECK_FAILS(PTG_ERROR_USAGE, "cannot be a job folder", folder_begin("", &hidden, &err));
    CHECK_FAILS(PTG_ERROR_IO, "file", folder_begin(below, &hidden, &err));
    assert_null(hidden);
    CHECK_OK(folder_begin(file, &hidden, &err));
    CHECK_FAILS(PTG_ERROR_USAGE, "exists already", folder_accept(hidden, file, &err));
    folder_discard(hidden);
    mem_free(file);
    mem_free(below);
    remove_scratch(scratch);
}

/* The lock that this process would write, with other values in it. */
static void write_lock_of(const char *job, int pid, bool other_boot, bool other_host)
{
    ptg_error err;
    json_t *lock;
    CHECK_OK(folder_lock(job, &err));
    CHECK_OK(folder_read_json(job, "lock", &lock, &err));
    folder_unlock(job);
    json_object_set_new(lock, "pid", json_integer(pid));
    if (other_boot) json_object_set_new(lock, "boot", json_string("00000000-0000-0000-0000-000000000000"));
    if (other_host) json_object_set_new(lock, "host", json_string("another.example"));
    CHECK_OK(folder_write_json(job, "lock", lock, &err));
    json_decref(lock);
}

static void a_lock_is_held_once(void **state)
{
    (void)state;
    char *job = make_scratch();
    ptg_error err;
    CHECK_OK(folder_lock(job, &err));
    assert_true(there(job, "lock"));
    CHECK_FAILS(PTG_ERROR_USAGE, "is in use by process", folder_lock(job, &err));
    folder_unlock(job);
    assert_false(there(job, "lock"));
    CHECK_OK(folder_lock(job, &err));
    folder_unlock(job);
    folder_unlock(job);
    CHECK_FAILS(PTG_ERROR_IO, "nowhere", folder_lock("/tmp/nowhere/at/all", &err));
    remove_scratch(job);
}

static void dead_holders_are_replaced(void **state)
{
    (void)state;
    int dead = dead_pid();
    const struct {
        int pid;
        bool other_boot, other_host, replaced;
        const char *part;
    } cases[] = {
        {dead, false, false, true, NULL},
        {getppid(), false, false, false, "is in use by process"},
        {1, false, false, false, "is in use by process 1;"},
        {getppid(), true, false, true, NULL}, /* this machine has been started again since */
        {dead, true, true, false, "on host 'another.example'; if that is gone, remove the file 'lock'"},
        {dead, false, true, true, NULL}, /* a host name that changed under a running kernel */
        {0, false, false, true, NULL},
        {-7, false, false, true, NULL},
    };
    char *job = make_scratch();
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        write_lock_of(job, cases[i].pid, cases[i].other_boot, cases[i].other_host);
        if (cases[i].replaced) {
            json_t *lock;
            CHECK_OK(folder_lock(job, &err));
            CHECK_OK(folder_read_json(job, "lock", &lock, &err));
            assert_int_equal(json_integer_or(lock, "pid", 0), getpid());
            json_decref(lock);
        } else {
            CHECK_FAILS(PTG_ERROR_USAGE, cases[i].part, folder_lock(job, &err));
        }
        folder_unlock(job);
    }
    static const char *const damaged[] = {"", "{", "[]", "{\"pid\": \"x\"}", "{\"pid\": 99999999999}"};
    for (int64_t i = 0; i < COUNT(damaged); i++) {
        write_text(job, "lock", damaged[i]);
        CHECK_OK(folder_lock(job, &err));
        folder_unlock(job);
    }
    remove_scratch(job);
}

/* Many processes see the lock of a dead one at once: one of them gets it. */
static void one_of_many_takes_over(void **state)
{
    (void)state;
    enum { RACERS = 8, TIMES = 20 };
    char *job = make_scratch();
    for (int round = 0; round < TIMES; round++) {
        write_lock_of(job, dead_pid(), false, false);
        int start[2], answer[2];
        assert_true(pipe(start) == 0 && pipe(answer) == 0);
        pid_t children[RACERS];
        for (int i = 0; i < RACERS; i++) {
            children[i] = fork();
            if (children[i] != 0) continue;
            char byte;
            close(start[1]);
            (void)!read(start[0], &byte, 1); /* until the parent closes */
            byte = folder_lock(job, NULL) == PTG_OK ? 'y' : 'n';
            (void)!write(answer[1], &byte, 1);
            pause();
            _exit(0);
        }
        close(start[0]);
        close(start[1]);
        int won = 0;
        for (int i = 0; i < RACERS; i++) {
            char byte = 0;
            assert_int_equal(read(answer[0], &byte, 1), 1);
            won += byte == 'y';
        }
        for (int i = 0; i < RACERS; i++) {
            kill(children[i], SIGKILL);
            waitpid(children[i], NULL, 0);
        }
        close(answer[0]);
        close(answer[1]);
        folder_unlock(job);
        assert_int_equal(won, 1);
    }
    remove_scratch(job);
}

static void documents_are_written_and_read(void **state)
{
    (void)state;
    char *job = make_scratch();
    ptg_error err;
    json_t *document = json_pack("{s:i,s:[s]}", "a", 1, "b", "x"), *read;
    assert_false(folder_has(job, "plan.json"));
    CHECK_FAILS(PTG_ERROR_USAGE, "is not a job folder", folder_check(job, &err));
    CHECK_FAILS(PTG_ERROR_USAGE, "is not a job folder", folder_check("/tmp/nowhere/at/all", &err));
    CHECK_OK(folder_write_json(job, "plan.json", document, &err));
    CHECK_OK(folder_write_json(job, "job.json", document, &err));
    CHECK_OK(folder_check(job, &err));
    CHECK_OK(folder_read_json(job, "plan.json", &read, &err));
    assert_true(json_equal(read, document));
    json_decref(read);
    CHECK_FAILS(PTG_ERROR_MEMORY, "memory", folder_write_json(job, "plan.json", NULL, &err));
    write_text(job, "plan.json", "{\"a\": 1, \"a\": 2}");
    CHECK_FAILS(PTG_ERROR_FORMAT, "plan.json", folder_read_json(job, "plan.json", &read, &err));
    CHECK_FAILS(PTG_ERROR_IO, "other.json", folder_read_json(job, "other.json", &read, &err));
    json_decref(document);
    remove_scratch(job);
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    char *scratch = make_scratch(), *path = join(scratch, "job");
    ptg_error err;
    ptg_status status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        char *hidden;
        mem_fail_at(n);
        status = folder_begin(path, &hidden, &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK ? hidden != NULL : status == PTG_ERROR_MEMORY && hidden == NULL);
        folder_discard(hidden);
    }
    status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        mem_fail_at(n);
        status = folder_lock(scratch, &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK || (status == PTG_ERROR_MEMORY && !there(scratch, "lock")));
    }
    folder_unlock(scratch);
    mem_free(path);
    remove_scratch(scratch);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_follow_the_table),          cmocka_unit_test(a_folder_is_born_hidden),
        cmocka_unit_test(what_lies_in_the_way_is_removed), cmocka_unit_test(leftovers_of_dead_processes_go),
        cmocka_unit_test(places_that_cannot_be_a_job),     cmocka_unit_test(a_lock_is_held_once),
        cmocka_unit_test(dead_holders_are_replaced),       cmocka_unit_test(one_of_many_takes_over),
        cmocka_unit_test(documents_are_written_and_read),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
