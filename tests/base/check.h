/* Short words for the tests: cmocka with its headers in order, and checks of statuses that show the error's sentence. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's fail() hides that of base/fail.h; fail_msg() is made without it. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error("ERROR: " __VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

#define COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))

/* `call` gives PTG_OK; needs a local `ptg_error err`. */
#define CHECK_OK(call)                                                                                                         \
    do {                                                                                                                       \
        ptg_status check_status_ = (call);                                                                                     \
        if (check_status_ != PTG_OK) fail_msg("%s: %s", #call, err.message);                                                   \
    } while (0)

/* `call` gives `status`, and its sentence holds `part`. */
#define CHECK_FAILS(code, part, call)                                                                                          \
    do {                                                                                                                       \
        memset(&err, 0, sizeof err);                                                                                           \
        assert_int_equal(call, code);                                                                                          \
        assert_int_equal(err.status, code);                                                                                    \
        if (!strstr(err.message, part)) fail_msg("%s: '%s' lacks '%s'", #call, err.message, part);                             \
    } while (0)

/* A fresh folder under /tmp; the caller removes it with remove_scratch. */
static inline char *make_scratch(void)
{
    char pattern[] = "/tmp/pilotage-test-XXXXXX";
    assert_non_null(mkdtemp(pattern));
    return mem_text(pattern, strlen(pattern));
}

static inline void remove_scratch(char *folder)
{
    ptg_error err;
    CHECK_OK(file_remove_tree(folder, &err));
    mem_free(folder);
}

#endif
