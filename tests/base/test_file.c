/* Files: reading, mapping, decompressing (and damaged streams), replacing, removing, and paths that want to leave their folder.
 */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

static char *folder;

static int begin(void **state)
{
    (void)state;
    folder = make_scratch();
    return 0;
}

static int end(void **state)
{
    (void)state;
    remove_scratch(folder);
    return 0;
}

/* FOLDER/NAME with this content; the caller frees the path. */
static char *put_file(const char *name, const void *data, int64_t size)
{
    ptg_error err;
    char *path = file_join(folder, name);
    CHECK_OK(file_replace(path, data, size, &err));
    return path;
}

static int64_t count_names(const char *path)
{
    int64_t n = -2;
    DIR *list = opendir(path);
    assert_non_null(list);
    while (readdir(list))
        n++;
    closedir(list);
    return n;
}

static void reading(void **state)
{
    (void)state;
    ptg_error err;
    char *data;
    int64_t size;
    char *path = put_file("a", "hello\0there", 11);
    CHECK_OK(file_read(path, &data, &size, &err));
    assert_int_equal(size, 11);
    assert_memory_equal(data, "hello\0there", 12);
    mem_free(data);
    CHECK_OK(file_read("/proc/self/status", &data, &size, &err)); /* says that its size is 0 */
    assert_true(size > 100 && (int64_t)strlen(data) == size);
    mem_free(data);
    CHECK_FAILS(PTG_ERROR_IO, "/nowhere/at/all", file_read("/nowhere/at/all", &data, &size, &err));
    assert_null(data);
    CHECK_FAILS(PTG_ERROR_IO, "directory", file_read(folder, &data, &size, &err));
    mem_free(path);
}

static void mapping(void **state)
{
    (void)state;
    ptg_error err;
    file_map map;
    char *path = put_file("a", "mapped", 6), *empty = put_file("b", "", 0);
    CHECK_OK(file_map_open(path, &map, &err));
    assert_int_equal(map.size, 6);
    assert_memory_equal(map.data, "mapped", 6);
    file_map_close(&map);
    file_map_close(&map);
    CHECK_OK(file_map_open(empty, &map, &err));
    assert_int_equal(map.size, 0);
    assert_string_equal(map.data, "");
    file_map_close(&map);
    CHECK_FAILS(PTG_ERROR_IO, "ordinary", file_map_open("/dev/null", &map, &err));
    mem_free(path);
    mem_free(empty);
}

/* One gzip member. */
static void add_gzip(text_buffer *b, const void *data, int64_t size)
{
    z_stream z = {0};
    Bytef *out = mem_array(size + 1000, 1);
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)size + 1000;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    text_append_bytes(b, out, (int64_t)z.total_out);
    deflateEnd(&z);
    mem_free(out);
}

/* One frame with a checksum. */
static void add_zstd(text_buffer *b, const void *data, int64_t size)
{
    size_t bound = ZSTD_compressBound((size_t)size);
    char *out = mem_array((int64_t)bound, 1);
    ZSTD_CCtx *z = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
    text_append_bytes(b, out, (int64_t)ZSTD_compress2(z, out, bound, data, (size_t)size));
    ZSTD_freeCCtx(z);
    mem_free(out);
}

static char *make_lines(int64_t *size)
{
    text_buffer b = {0};
    for (int i = 0; i < 200000; i++)
        text_print(&b, "%d,%d\n", i, i * 7 % 1013);
    *size = b.size;
    return text_buffer_take(&b);
}

static void expect_content(const char *path, const char *data, int64_t size, bool mapped)
{
    ptg_error err;
    file_content c;
    CHECK_OK(file_content_open(path, 0, &c, &err));
    assert_int_equal(c.size, size);
    assert_int_equal(c.mapped, mapped);
    assert_memory_equal(c.data, data, (size_t)size);
    file_content_close(&c);
    file_content_close(&c);
}

typedef void (*add_packed)(text_buffer *b, const void *data, int64_t size);

static void decompressing(void **state)
{
    (void)state;
    static const add_packed kinds[] = {add_gzip, add_zstd};
    int64_t size;
    char *lines = make_lines(&size);
    for (int k = 0; k < 2; k++) {
        text_buffer b = {0};
        kinds[k](&b, lines, size / 2);
        kinds[k](&b, "", 0);
        kinds[k](&b, lines + size / 2, size - size / 2);
        char *path = put_file("misleading.csv", b.data, b.size);
        expect_content(path, lines, size, false);
        text_buffer_clear(&b);
        kinds[k](&b, "", 0);
        mem_free(put_file("misleading.csv", b.data, b.size));
        expect_content(path, "", 0, false);
        text_buffer_clear(&b);
        mem_free(path);
    }
    char *plain = put_file("plain.gz", lines, size), *empty = put_file("empty.gz", "", 0), *two = put_file("two", "\x1f", 1);
    expect_content(plain, lines, size, true);
    expect_content(empty, "", 0, true);
    expect_content(two, "\x1f", 1, true);
    expect_content("/dev/null", "", 0, false);
    mem_free(plain);
    mem_free(empty);
    mem_free(two);
    mem_free(lines);
}

static void damaged_streams(void **state)
{
    (void)state;
    static const add_packed kinds[] = {add_gzip, add_zstd};
    ptg_error err;
    file_content c;
    int64_t size;
    char *lines = make_lines(&size);
    for (int k = 0; k < 2; k++) {
        text_buffer b = {0};
        kinds[k](&b, lines, size);
        for (int64_t cut = 4; cut < b.size; cut += cut < 40 ? 1 : b.size / 7) {
            char *path = put_file("cut", b.data, cut);
            CHECK_FAILS(PTG_ERROR_DATA, "ends early", file_content_open(path, 0, &c, &err));
            file_content_close(&c);
            mem_free(path);
        }
        for (int64_t at = 4; at < b.size; at += b.size / 23) {
            char *bytes = mem_text(b.data, (size_t)b.size);
            bytes[at] = (char)(bytes[at] ^ 0x5a);
            char *path = put_file("flipped", bytes, b.size);
            if (file_content_open(path, 0, &c, &err) == PTG_OK)
                assert_true(at < 10); /* a time stamp, a system */
            else
                assert_non_null(strstr(err.message, "flipped"));
            file_content_close(&c);
            mem_free(path);
            mem_free(bytes);
        }
        text_append(&b, "rubbish behind it");
        char *path = put_file("behind", b.data, b.size);
        CHECK_FAILS(PTG_ERROR_DATA, "Cannot decompress", file_content_open(path, 0, &c, &err));
        mem_free(path);
        text_buffer_clear(&b);
    }
    mem_free(lines);
}

/* More than a sixteenth of a memory limit goes to a file without a name. */
static void spilling(void **state)
{
    (void)state;
    static const add_packed kinds[] = {add_gzip, add_zstd};
    ptg_error err;
    file_content c;
    int64_t size;
    char *lines = make_lines(&size);
    assert_int_equal(setenv("TMPDIR", folder, 1), 0);
    for (int k = 0; k < 2; k++) {
        text_buffer b = {0};
        kinds[k](&b, lines, size);
        char *path = put_file("packed", b.data, b.size);
        CHECK_OK(file_content_open(path, 1 << 20, &c, &err));
        assert_true(c.mapped && c.size == size && !memcmp(c.data, lines, (size_t)size));
        assert_string_equal(c.packing, k ? "zstd" : "gzip");
        assert_int_equal(count_names(folder), 1);
        file_content_close(&c);
        for (int64_t cut = b.size / 9; cut < b.size; cut += b.size / 9) {
            char *short_path = put_file("packed", b.data, cut);
            CHECK_FAILS(PTG_ERROR_DATA, "ends early", file_content_open(short_path, 1, &c, &err));
            mem_free(short_path);
        }
        assert_int_equal(count_names(folder), 1);
        mem_free(path);
        text_buffer_clear(&b);
    }
    unsetenv("TMPDIR");
    mem_free(lines);
}

/* A disk that takes no more. */
static void spilling_fails(void **state)
{
    (void)state;
    ptg_error err;
    file_content c;
    int64_t size;
    char *lines = make_lines(&size);
    text_buffer b = {0};
    add_zstd(&b, lines, size);
    char *path = put_file("packed", b.data, b.size);
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){100000, before.rlim_max};
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    ptg_status status = file_content_open(path, 1 << 20, &c, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, old);
    assert_int_equal(status, PTG_ERROR_IO);
    assert_non_null(strstr(err.message, "set TMPDIR to another folder"));
    assert_non_null(strstr(err.message, "packed"));
    mem_free(path);
    mem_free(lines);
    text_buffer_clear(&b);
}

/* Small files that would fill any disk: 32 members of 64 MB of zeros each, and a frame of them. */
static void bombs(void **state)
{
    (void)state;
    static const add_packed kinds[] = {add_gzip, add_zstd};
    const int64_t size = INT64_C(64) << 20;
    char *zeros = mem_array(size, 1);
    for (int k = 0; k < 2; k++) {
        ptg_error err;
        file_content c;
        text_buffer one = {0}, all = {0};
        kinds[k](&one, zeros, size);
        for (int i = 0; i < 32; i++)
            text_append_bytes(&all, one.data, one.size);
        char *path = put_file("bomb", all.data, all.size);
        CHECK_FAILS(PTG_ERROR_DATA, "times as large as the file", file_content_open(path, 0, &c, &err));
        mem_free(path);
        text_buffer_clear(&one);
        text_buffer_clear(&all);
    }
    mem_free(zeros);
}

static void padded_gzip(void **state)
{
    (void)state;
    text_buffer b = {0};
    add_gzip(&b, "abc", 3);
    text_append_bytes(&b, (char[100]){0}, 100);
    char *path = put_file("padded", b.data, b.size);
    expect_content(path, "abc", 3, false);
    mem_free(path);
    text_buffer_clear(&b);
}

static void replacing(void **state)
{
    (void)state;
    ptg_error err;
    file_writer *w;
    char *path = put_file("a", "old", 3);
    CHECK_OK(file_writer_open(path, 6, &w, &err));
    CHECK_OK(file_writer_put(w, "new", 3, &err));
    expect_content(path, "old", 3, true);
    CHECK_OK(file_writer_put(w, "est", 3, &err));
    CHECK_OK(file_writer_end(w, &err));
    expect_content(path, "newest", 6, true);
    CHECK_OK(file_writer_open(path, 6, &w, &err));
    CHECK_FAILS(PTG_ERROR_FAILED, "announced", file_writer_put(w, "1234567", 7, &err));
    file_writer_abort(w);
    CHECK_OK(file_writer_open(path, 6, &w, &err));
    CHECK_OK(file_writer_put(w, "new", 3, &err));
    CHECK_FAILS(PTG_ERROR_FAILED, "announced", file_writer_end(w, &err));
    file_writer_abort(NULL);
    expect_content(path, "newest", 6, true);
    CHECK_FAILS(PTG_ERROR_IO, "/nowhere/x", file_replace("/nowhere/x", "", 0, &err));
    CHECK_FAILS(PTG_ERROR_IO, "replace", file_replace(folder, "x", 1, &err));
    assert_int_equal(count_names(folder), 1); /* no temporary is left */
    mem_free(path);
}

static void folders(void **state)
{
    (void)state;
    ptg_error err;
    char *deep = file_join(folder, "a//b/c/"), *inside = file_join(folder, "a/b/c/file"), *top = file_join(folder, "a");
    CHECK_OK(file_make_folder(deep, 0700, &err));
    CHECK_OK(file_make_folder(deep, 0700, &err));
    struct stat about;
    assert_int_equal(stat(deep, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0700);
    CHECK_OK(file_replace(inside, "x", 1, &err));
    assert_true(file_exists(inside) && !file_is_folder(inside) && file_is_folder(top));
    CHECK_FAILS(PTG_ERROR_IO, "a/b/c/file", file_make_folder(inside, 0700, &err));
    char *outside = make_scratch(), *kept = file_join(outside, "kept"), *link = file_join(folder, "a/b/link");
    CHECK_OK(file_replace(kept, "x", 1, &err));
    assert_int_equal(symlink(outside, link), 0);
    CHECK_OK(file_remove_tree(top, &err));
    CHECK_OK(file_remove_tree(top, &err)); /* missing is fine */
    assert_true(!file_exists(top) && file_exists(kept));
    assert_int_equal(symlink(outside, top), 0);
    CHECK_OK(file_remove_tree(top, &err));
    assert_true(!file_exists(top) && file_exists(kept));
    remove_scratch(outside);
    mem_free(kept);
    mem_free(link);
    mem_free(deep);
    mem_free(inside);
    mem_free(top);
}

static void joining(void **state)
{
    (void)state;
    static const char *const cases[][3] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}};
    for (int64_t i = 0; i < COUNT(cases); i++) {
        char *path = file_join(cases[i][0], cases[i][1]);
        assert_string_equal(path, cases[i][2]);
        mem_free(path);
    }
}

static void beneath(void **state)
{
    (void)state;
    ptg_error err;
    int fd;
    char *sub = file_join(folder, "sub"), *up = file_join(folder, "up"), *file = file_join(folder, "sub/file");
    char *alias = file_join(folder, "sub/alias");
    CHECK_OK(file_make_folder(sub, 0700, &err));
    CHECK_OK(file_replace(file, "inside", 6, &err));
    assert_int_equal(symlink("/", up), 0);
    assert_int_equal(symlink("/etc/passwd", alias), 0);
    static const char *const refused[] = {"",          "/etc/passwd", "../x",    "sub/../../x", "sub/..", "up/etc/passwd",
                                          "sub/alias", "sub/file/x",  "a\n/../x"};
    for (int64_t i = 0; i < COUNT(refused); i++)
        CHECK_FAILS(PTG_ERROR_FORMAT, "refused", file_open_beneath(folder, refused[i], O_RDONLY, &fd, &err));
    CHECK_FAILS(PTG_ERROR_IO, "sub/none", file_open_beneath(folder, "sub/none", O_RDONLY, &fd, &err));
    CHECK_FAILS(PTG_ERROR_IO, "/nowhere", file_open_beneath("/nowhere", "x", O_RDONLY, &fd, &err));
    static const char *const taken[] = {"sub/file", "./sub//file", "sub/..file"};
    for (int64_t i = 0; i < COUNT(taken); i++) {
        CHECK_OK(file_open_beneath(folder, taken[i], i == 2 ? O_WRONLY | O_CREAT : O_RDONLY, &fd, &err));
        assert_true(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
        close(fd);
    }
    mem_free(sub);
    mem_free(up);
    mem_free(file);
    mem_free(alias);
}

/* Every allocation of every call fails once: an ordinary error, nothing left behind, and no temporary file. */
static void failing_memory(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    text_buffer b = {0};
    add_gzip(&b, "abc", 3);
    char *packed = put_file("packed", b.data, b.size), *deep = file_join(folder, "x/y");
    bool failed = true;
    for (int64_t n = 1; failed; n++) {
        ptg_error err;
        char *data;
        int64_t size;
        file_content c;
        mem_fail_at(n);
        ptg_status first = file_read(packed, &data, &size, &err);
        ptg_status second = file_content_open(packed, 16, &c, &err); /* goes to a nameless file */
        ptg_status third = file_replace(packed, b.data, b.size, &err);
        ptg_status fourth = file_make_folder(deep, 0700, &err);
        mem_fail_at(0);
        failed = first || second || third || fourth;
        assert_true(!failed || err.status == PTG_ERROR_MEMORY);
        mem_free(data);
        file_content_close(&c);
        assert_true(n < 100);
    }
    assert_int_equal(count_names(folder), 2);
    mem_free(packed);
    mem_free(deep);
    text_buffer_clear(&b);
#endif
}

static void clocks(void **state)
{
    (void)state;
    double first = clock_seconds();
    usleep(2000);
    double passed = clock_seconds() - first;
    assert_true(passed >= 0.002 && passed < 30);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(failing_memory),  IN_FOLDER(reading),       IN_FOLDER(mapping),        IN_FOLDER(decompressing),
        IN_FOLDER(damaged_streams), IN_FOLDER(spilling),      IN_FOLDER(spilling_fails), IN_FOLDER(bombs),
        IN_FOLDER(padded_gzip),     IN_FOLDER(replacing),     IN_FOLDER(folders),        IN_FOLDER(beneath),
        cmocka_unit_test(joining),  cmocka_unit_test(clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
