/* Files that change together: killed at every step, on every step a write fails, and read in between. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file_change.h"
#include "check.h"

static const char *const names[] = {"a.json", "data/b.json", "c.json"};
#define N COUNT(names)

static char *join(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    assert_non_null(path);
    return path;
}

static void put(const char *folder, const char *name, const char *content)
{
    ptg_error err;
    char *path = join(folder, name);
    CHECK_OK(file_replace(path, content, (int64_t)strlen(content), &err));
    mem_free(path);
}

static bool there(const char *folder, const char *name)
{
    char *path = join(folder, name);
    const bool found = file_exists(path);
    mem_free(path);
    return found;
}

static char *old_folder(void)
{
    ptg_error err;
    char *folder = make_scratch(), *data = join(folder, "data");
    CHECK_OK(file_make_folder(data, 0700, &err));
    mem_free(data);
    for (int64_t k = 0; k < N; k++)
        put(folder, names[k], "old");
    return folder;
}

/* The first byte of what a reader finds under a name. */
static char read_one(const char *folder, const char *name)
{
    ptg_error err;
    char *path = file_change_path(folder, name), *data;
    int64_t size;
    assert_non_null(path);
    CHECK_OK(file_read(path, &data, &size, &err));
    const char first = data[0];
    assert_int_equal(size, 3);
    mem_free(data);
    mem_free(path);
    return first;
}

/* 'o' or 'n', the same under all names. */
static char read_all(const char *folder)
{
    const char first = read_one(folder, names[0]);
    for (int64_t k = 1; k < N; k++)
        assert_int_equal(read_one(folder, names[k]), first);
    return first;
}

static ptg_status change(const char *folder, ptg_error *err)
{
    file_change_part parts[N];
    for (int64_t k = 0; k < N; k++)
        parts[k] = (file_change_part){names[k], text_of("new")};
    return file_change(folder, parts, N, err);
}

static void check_clean(const char *folder)
{
    assert_false(there(folder, "change.json"));
    for (int64_t k = 0; k < N; k++) {
        char name[32];
        snprintf(name, sizeof name, "%s.new", names[k]);
        assert_false(there(folder, name));
        char *path = join(folder, names[k]);
        assert_true(file_exists(path));
        mem_free(path);
    }
}

static void all_change(void **state)
{
    (void)state;
    ptg_error err;
    char *folder = old_folder();
    CHECK_OK(change(folder, &err));
    assert_int_equal(read_all(folder), 'n');
    check_clean(folder);
    CHECK_OK(file_change_settle(folder, names, N, &err));
    assert_int_equal(read_all(folder), 'n');
    remove_scratch(folder);
}

/* A folder for what should be a file's new version: the last one cannot be written, and nothing changes. */
static void a_write_that_fails_changes_nothing(void **state)
{
    (void)state;
    ptg_error err;
    char *folder = old_folder(), *way = join(folder, "c.json.new"), *full = join(folder, "c.json.new/x");
    CHECK_OK(file_make_folder(full, 0700, &err));
    CHECK_FAILS(PTG_ERROR_IO, "c.json.new", change(folder, &err));
    assert_int_equal(read_all(folder), 'o');
    assert_false(there(folder, "a.json.new"));
    assert_false(there(folder, "change.json"));
    CHECK_OK(file_remove_tree(way, &err));
    CHECK_OK(file_change_settle(folder, names, N, &err));
    check_clean(folder);
    mem_free(way);
    mem_free(full);
    remove_scratch(folder);
}

#ifdef PTG_FAULTS
/* Whether the process was killed at that step. */
static bool killed_at(const char *folder, int n, bool settle)
{
    int status;
    const pid_t child = fork();
    if (child == 0) {
        file_change_kill_at(n);
        _exit((settle ? file_change_settle(folder, names, N, NULL) : change(folder, NULL)) == PTG_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status)) assert_int_equal(WEXITSTATUS(status), 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static void killed_at_every_step(void **state)
{
    (void)state;
    ptg_error err;
    bool turned = false;
    int n = 1;
    for (bool killed = true; killed; n++) {
        char *folder = old_folder();
        killed = killed_at(folder, n, false);
        const char seen = read_all(folder);
        assert_false(turned && seen == 'o'); /* once new, always new */
        turned = seen == 'n';
        for (int again = 1; killed_at(folder, again, true); again++) /* whoever completes it may be killed as well */
            assert_int_equal(read_all(folder), seen);
        CHECK_OK(file_change_settle(folder, names, N, &err));
        assert_int_equal(read_all(folder), seen);
        check_clean(folder);
        remove_scratch(folder);
    }
    assert_true(turned);
    assert_int_equal(n, 2 * N + 4); /* each new version, the marker, each rename, the end; then one run that is not killed */
}

static void want_of_memory_is_reported(void **state)
{
    (void)state;
    ptg_error err;
    ptg_status status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        char *folder = old_folder();
        mem_fail_at(n);
        status = change(folder, &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
        const char seen = read_all(folder);
        mem_fail_at(1);
        assert_int_equal(file_change_settle(folder, names, N, &err), PTG_ERROR_MEMORY);
        mem_fail_at(0);
        CHECK_OK(file_change_settle(folder, names, N, &err));
        assert_int_equal(read_all(folder), seen);
        remove_scratch(folder);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_change),
        cmocka_unit_test(a_write_that_fails_changes_nothing),
#ifdef PTG_FAULTS
        cmocka_unit_test(killed_at_every_step),
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
