/* The pool: every chunk once, the lowest failing chunk's error, nested and concurrent calls. */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/cgroup.h"
#include "base/fail.h"
#include "base/pool.h"

enum { MANY = 5000 };

typedef struct job {
    pool *p;
    _Atomic int counts[MANY];
    int64_t fail_from;
} job;

static ptg_status count_chunk(void *context, int64_t chunk, ptg_error *err)
{
    job *j = context;
    atomic_fetch_add(&j->counts[chunk], 1);
    if (chunk >= j->fail_from) return fail(err, PTG_ERROR_DATA, "chunk %d", (int)chunk);
    return PTG_OK;
}

static void every_chunk_once(void **state)
{
    (void)state;
    ptg_error err;
    for (int32_t threads = 1; threads <= 4; threads++) {
        pool *p = pool_new(threads);
        assert_int_equal(pool_threads(p), threads);
        job *j = mem_array(1, sizeof *j);
        j->fail_from = MANY;
        for (int round = 1; round <= 20; round++) {
            CHECK_OK(pool_run(p, MANY, count_chunk, j, &err));
            for (int i = 0; i < MANY; i++)
                assert_int_equal(j->counts[i], round);
        }
        CHECK_OK(pool_run(p, 0, count_chunk, j, &err));
        mem_free(j);
        pool_free(p);
    }
    assert_int_equal(pool_threads(NULL), 1);
    pool_free(NULL);
}

static void lowest_error(void **state)
{
    (void)state;
    ptg_error err;
    for (int32_t threads = 1; threads <= 4; threads++) {
        pool *p = pool_new(threads);
        for (int64_t from = 0; from < 200; from += 7) {
            job *j = mem_array(1, sizeof *j);
            char expected[32];
            j->fail_from = from;
            snprintf(expected, sizeof expected, "chunk %d", (int)from);
            CHECK_FAILS(PTG_ERROR_DATA, expected, pool_run(threads == 1 ? NULL : p, MANY, count_chunk, j, &err));
            assert_string_equal(err.message, expected);
            assert_int_equal(pool_run(p, MANY, count_chunk, j, NULL), PTG_ERROR_DATA);
            mem_free(j);
        }
        pool_free(p);
    }
}

static ptg_status nested_chunk(void *context, int64_t chunk, ptg_error *err)
{
    job *j = context;
    (void)chunk;
    return pool_run(j->p, 50, count_chunk, j, err);
}

static void *run_nested(void *context)
{
    job *j = context;
    return pool_run(j->p, 100, nested_chunk, j, NULL) == PTG_OK ? context : NULL;
}

static void nested_and_concurrent(void **state)
{
    (void)state;
    job *j = mem_array(1, sizeof *j);
    j->fail_from = MANY;
    j->p = pool_new(3);
    pthread_t other;
    void *outcome;
    assert_int_equal(pthread_create(&other, NULL, run_nested, j), 0);
    assert_non_null(run_nested(j));
    pthread_join(other, &outcome);
    assert_non_null(outcome);
    for (int i = 0; i < 50; i++)
        assert_int_equal(j->counts[i], 200);
    pool_free(j->p);
    mem_free(j);
}

static void put_file(const char *root, const char *path, const char *content)
{
    ptg_error err;
    char *whole = file_join(root, path), *end = strrchr(whole, '/');
    *end = '\0';
    CHECK_OK(file_make_folder(whole, 0755, &err));
    *end = '/';
    CHECK_OK(file_replace(whole, content, (int64_t)strlen(content), &err));
    mem_free(whole);
}

static void limits_of_groups(void **state)
{
    (void)state;
    char *root = make_scratch();
    assert_true(cgroup_processors(root) == 0);
    assert_true(cgroup_memory(root) == 0);
    put_file(root, "proc/self/cgroup", "0::/a/b\n");
    put_file(root, "sys/fs/cgroup/cpu.max", "max 100000\n");
    put_file(root, "sys/fs/cgroup/a/cpu.max", "150000 100000\n");
    put_file(root, "sys/fs/cgroup/a/b/cpu.max", "400000 100000\n");
    put_file(root, "sys/fs/cgroup/a/memory.max", "1073741824\n");
    put_file(root, "sys/fs/cgroup/a/b/memory.max", "max\n");
    assert_true(cgroup_processors(root) == 1.5);
    assert_true(cgroup_memory(root) == 1 << 30);
    put_file(root, "proc/self/cgroup",
             "4:memory:/x/y\n3:cpu,cpuacct:/x\n0::/\n"); /* the path of the host, seen in a container */
    put_file(root, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
    put_file(root, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    put_file(root, "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put_file(root, "sys/fs/cgroup/memory/x/memory.limit_in_bytes", "4096\n");
    assert_true(cgroup_processors(root) == 0.5);
    assert_true(cgroup_memory(root) == 4096);
    put_file(root, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    put_file(root, "sys/fs/cgroup/memory/x/memory.limit_in_bytes", "rubbish\n");
    assert_true(cgroup_processors(root) == 0);
    assert_true(cgroup_memory(root) == 0);
    remove_scratch(root);
}

static void processors(void **state)
{
    (void)state;
    assert_in_range(pool_processors(), 1, sysconf(_SC_NPROCESSORS_CONF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chunk_once), cmocka_unit_test(lowest_error), cmocka_unit_test(nested_and_concurrent),
        cmocka_unit_test(limits_of_groups), cmocka_unit_test(processors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
