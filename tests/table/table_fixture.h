/* Helpers of the table tests: bytes to a temporary file to a frame, and cells compared as text. Each test program includes the
 * libraries' headers that cmocka needs through here. */
#ifndef TABLE_FIXTURE_H
#define TABLE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* cmocka's fail() would take the place of base's. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "table/frame.h"

/* A path of this process in the temporary folder, in memory where there is such a one. */
static inline const char *fixture_path(void)
{
    static char path[256];
    const char *folder = getenv("TMPDIR");
    if (!folder) folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    if (!path[0]) snprintf(path, sizeof path, "%s/pilotage-table-%d.csv", folder, (int)getpid());
    return path;
}

static inline const char *fixture_file(const void *bytes, size_t size)
{
    FILE *f = fopen(fixture_path(), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    return fixture_path();
}

static inline ptg_status fixture_try(const char *csv, const frame_read_options *options, frame **out, ptg_error *err)
{
    ptg_status status = frame_read(fixture_file(csv, strlen(csv)), options, out, err);
    unlink(fixture_path());
    return status;
}

static inline frame *fixture_read(const char *csv, const frame_read_options *options)
{
    frame *f = NULL;
    ptg_error err = {0};
    if (fixture_try(csv, options, &f, &err) != PTG_OK) fail_msg("%s", err.message);
    return f;
}

/* All cells: columns joined by '|', rows by '/', missing as '~'. */
static inline const char *fixture_cells(const frame *f)
{
    static char out[8192];
    size_t n = 0;
    char scratch[64];
    for (int64_t row = 0; row < frame_rows(f); row++)
        for (int32_t i = 0; i < frame_columns(f); i++) {
            text t = frame_cell(f, i, row, scratch);
            const char *mark = i ? "|" : row ? "/" : "";
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", mark, t.data ? (int)t.size : 1, t.data ? t.data : "~");
            assert_true(n < sizeof out);
        }
    out[n] = '\0';
    return out;
}

/* Names and types: "a:numeric b:text". */
static inline const char *fixture_types(const frame *f)
{
    static char out[4096];
    size_t n = 0;
    out[0] = '\0';
    for (int32_t i = 0; i < frame_columns(f); i++) {
        const column *c = frame_column(f, i);
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s:%s", i ? " " : "", (int)c->name.size, c->name.data,
                              column_type_names[c->type]);
        assert_true(n < sizeof out && c->reason.size > 0);
    }
    return out;
}

#endif
