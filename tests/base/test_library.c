/* Loading libraries at run time: the order of the search, and what is said when something is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/library.h"
#include "base/memory.h"

#include <cmocka.h>

typedef struct cosine_table {
    double (*cos)(double);
    double (*sin)(double);
} cosine_table;
static const library_function functions[] = {{"cos", offsetof(cosine_table, cos)}, {"sin", offsetof(cosine_table, sin)}};

static const library_search search = {.name = "Mathematics",
                                      .advice = "install libm6",
                                      .variable = "PILOTAGE_TEST_LIB",
                                      .site_paths = (const char *const[]){"absent/libabsent.so", "maths/libmaths.so", NULL},
                                      .sonames = (const char *const[]){"libabsent-1.so", "libm.so.6", NULL}};

static void opens_by_soname_and_binds(void **state)
{
    (void)state;
    library l;
    cosine_table table = {0};
    ptg_error err;
    unsetenv("PILOTAGE_TEST_LIB");
    assert_int_equal(library_open(&search, &l, &err), PTG_OK);
    assert_string_equal(l.path, "libm.so.6");
    assert_int_equal(library_bind(&l, &search, functions, 2, &table, &err), PTG_OK);
    assert_true(table.cos(0) == 1 && table.sin(0) == 0);
    mem_free(l.path);
}

static void says_which_function_is_missing(void **state)
{
    (void)state;
    library l;
    void *table = NULL;
    ptg_error err;
    static const library_function wrong[] = {{"no_such_function", 0}};
    assert_int_equal(library_open(&search, &l, &err), PTG_OK);
    assert_int_equal(library_bind(&l, &search, wrong, 1, &table, &err), PTG_ERROR_LIBRARY);
    assert_non_null(strstr(err.message, "no_such_function"));
    assert_non_null(strstr(err.message, "install libm6"));
    mem_free(l.path);
}

static void the_variable_is_the_only_choice(void **state)
{
    (void)state;
    library l;
    ptg_error err;
    setenv("PILOTAGE_TEST_LIB", "/nowhere/libm.so", 1);
    assert_int_equal(library_open(&search, &l, &err), PTG_ERROR_LIBRARY);
    assert_non_null(strstr(err.message, "PILOTAGE_TEST_LIB"));
    assert_non_null(strstr(err.message, "/nowhere/libm.so"));
    char file[] = "/tmp/ptg-library-XXXXXX";
    int fd = mkstemp(file);
    assert_true(fd >= 0 && write(fd, "no library", 10) == 10);
    close(fd);
    setenv("PILOTAGE_TEST_LIB", file, 1);
    assert_int_equal(library_open(&search, &l, &err), PTG_ERROR_LIBRARY);
    assert_non_null(strstr(err.message, "cannot be loaded"));
    unlink(file);
    unsetenv("PILOTAGE_TEST_LIB");
}

static void site_packages_come_before_the_system(void **state)
{
    (void)state;
    library l;
    ptg_error err;
    char site[] = "/tmp/ptg-site-XXXXXX", folder[200], file[96];
    assert_non_null(mkdtemp(site));
    snprintf(folder, sizeof folder, "mkdir %s/maths && ln -s /lib/*/libm.so.6 %s/maths/libmaths.so", site, site);
    assert_int_equal(system(folder), 0);
    snprintf(file, sizeof file, "%s/maths/libmaths.so", site);
    setenv("PILOTAGE_SITE_PACKAGES", site, 1);
    assert_int_equal(library_open(&search, &l, &err), PTG_OK);
    assert_string_equal(l.path, file);
    mem_free(l.path);
    unsetenv("PILOTAGE_SITE_PACKAGES");
    unlink(file);
    snprintf(folder, sizeof folder, "%s/maths", site);
    rmdir(folder);
    rmdir(site);
}

static void nothing_found_gives_the_advice(void **state)
{
    (void)state;
    library l;
    ptg_error err;
    library_search none = search;
    none.sonames = (const char *const[]){"libabsent-1.so", NULL};
    assert_int_equal(library_open(&none, &l, &err), PTG_ERROR_LIBRARY);
    assert_non_null(strstr(err.message, "Mathematics was not found: install libm6"));
    assert_null(l.handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_by_soname_and_binds),       cmocka_unit_test(says_which_function_is_missing),
        cmocka_unit_test(the_variable_is_the_only_choice), cmocka_unit_test(site_packages_come_before_the_system),
        cmocka_unit_test(nothing_found_gives_the_advice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
