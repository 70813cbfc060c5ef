/* The machine, its instance types and the way to the command. */
#include "../base/check.h"

#include "base/pool.h"
#include "compute/machine.h"

static const machine small = {.cores = 2, .memory = INT64_C(16106127360), .memory_limit = INT64_C(11274289152)}; /* 15 GiB */

static void this_machine(void **state)
{
    (void)state;
    ptg_error err;
    machine m;
    CHECK_OK(machine_read(&m, &err));
    assert_int_equal(m.cores, pool_processors());
    assert_true(m.memory > 64 << 20 && m.memory <= (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) * 2);
    assert_true(m.memory_limit < m.memory && m.memory_limit > m.memory / 2);
    assert_true(machine_crowding() >= 1 && machine_crowding() <= 4);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int32_t cores;
        int64_t gib;
        const char *refusal;
    } cases[] = {{"local.1x4", 1, 4, NULL},
                 {"local.2x15", 2, 15, NULL},
                 {"local.8x4", 0, 0, "local.8x4 asks for 8 cores; this machine has 2."},
                 {"local.1x16", 0, 0, "local.1x16 asks for 16 GiB of memory; this machine has 15."},
                 {"local.0x4", 0, 0, "Unknown instance type"},
                 {"local.1x0", 0, 0, "Unknown instance type"},
                 {"local.-1x4", 0, 0, "Unknown instance type"},
                 {"local.+1x4", 0, 0, "Unknown instance type"},
                 {"local.1x", 0, 0, "Unknown instance type"},
                 {"local.1", 0, 0, "Unknown instance type"},
                 {"local.1x4GB", 0, 0, "Unknown instance type"},
                 {"local.1x99999999999", 0, 0, "Unknown instance type"},
                 {"local.99999999999x1", 0, 0, "99999999999 cores"},
                 {"local.99999999999999999999x1", 0, 0, "Unknown instance type"},
                 {"local.1x000000000000000000000000000004", 0, 0, "Unknown instance type"},
                 {"ml.m5.xlarge", 0, 0, "Unknown instance type 'ml.m5.xlarge'"},
                 {"", 0, 0, "Unknown instance type ''"}};
    ptg_error err;
    instance_type t;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        if (cases[i].refusal) {
            CHECK_FAILS(PTG_ERROR_USAGE, cases[i].refusal, instance_find(cases[i].name, &small, &t, &err));
            continue;
        }
        CHECK_OK(instance_find(cases[i].name, &small, &t, &err));
        assert_string_equal(t.name, cases[i].name);
        assert_true(t.cores == cases[i].cores && t.memory_limit == cases[i].gib << 30 && t.price_per_hour == 0);
    }
    CHECK_OK(instance_find(NULL, &small, &t, &err));
    assert_string_equal(t.name, "local");
    assert_true(t.cores == 2 && t.memory_limit == small.memory_limit);
}

static void catalogue(void **state)
{
    (void)state;
    json_t *all = compute_json(&small), *list = json_object_get(all, "instances");
    static const char *const expected[] = {"local",     "local.1x1", "local.1x2", "local.1x4",
                                           "local.1x8", "local.2x4", "local.2x8"};
    assert_int_equal(json_array_size(list), COUNT(expected));
    for (int64_t i = 0; i < COUNT(expected); i++) {
        const json_t *row = json_array_get(list, (size_t)i);
        assert_string_equal(json_text_or(row, "name", ""), expected[i]);
        assert_true(json_real_or(row, "price_per_hour", -1) == 0 && json_integer_or(row, "memory", 0) > 0);
    }
    assert_int_equal(json_integer_or(json_object_get(all, "machine"), "cores", 0), 2);
    json_decref(all);
}

/* A copy of this program in a folder laid out like a wheel, or named like the command, finds its way. */
static void expect_found(const char *program, const char *expected)
{
    char line[9000], got[4096] = "";
    snprintf(line, sizeof line, "'%s' find", program);
    FILE *out = popen(line, "r");
    assert_non_null(out);
    size_t n = fread(got, 1, sizeof got - 1, out);
    got[n] = '\0';
    pclose(out);
    if (!strstr(got, expected)) fail_msg("'%s' lacks '%s'", got, expected);
}

static void install(const char *folder, const char *place)
{
    ptg_error err;
    char *data, *path = file_join(folder, place), *end = strrchr(path, '/');
    int64_t size;
    *end = '\0';
    CHECK_OK(file_make_folder(path, 0755, &err));
    *end = '/';
    CHECK_OK(file_read("/proc/self/exe", &data, &size, &err));
    CHECK_OK(file_replace(path, data, size, &err));
    char line[4096];
    snprintf(line, sizeof line, "chmod 755 '%s'", path);
    assert_int_equal(system(line), 0);
    mem_free(path);
    mem_free(data);
}

static void commands(void **state)
{
    (void)state;
    char *folder = make_scratch(), *wheel = file_join(folder, "_lib/program"), *command = file_join(folder, "_bin/pilotage");
    install(folder, "_lib/program");
    expect_found(wheel, "was not found");
    install(folder, "_bin/pilotage");
    expect_found(wheel, "/_lib/../_bin/pilotage");
    expect_found(command, command);
    remove_scratch(folder);
    mem_free(wheel);
    mem_free(command);
}

static int find(void)
{
    ptg_error err;
    char *path;
    ptg_status status = compute_find_command(&path, &err);
    puts(status == PTG_OK ? path : err.message);
    mem_free(path);
    return 0;
}

int main(int count, char **arguments)
{
    if (count > 1 && !strcmp(arguments[1], "find")) return find();
    const struct CMUnitTest tests[] = {cmocka_unit_test(this_machine), cmocka_unit_test(names), cmocka_unit_test(catalogue),
                                       cmocka_unit_test(commands)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
