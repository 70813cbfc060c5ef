/* Blocks and arenas: alignment, zeroes, overflow, reuse after a reset, and failing allocations. */
#include "check.h"

#include "base/bytes.h"

static bool is_zero(const void *block, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((const char *)block)[i]) return false;
    return true;
}

static void blocks(void **state)
{
    (void)state;
    double *v = mem_array(100, sizeof *v);
    assert_int_equal((uintptr_t)v % 64, 0);
    assert_true(is_zero(v, 100 * sizeof *v));
    v[99] = 5;
    v = mem_resize(v, 100, 1000, sizeof *v);
    assert_true(v[99] == 5 && is_zero(v + 100, 900 * sizeof *v) && (uintptr_t)v % 64 == 0);
    v = mem_resize(v, 1000, 1, sizeof *v);
    mem_free(v);
    void *none = mem_array(0, 8);
    assert_non_null(none);
    mem_free(none);
    assert_null(mem_array(-1, 1));
    assert_null(mem_array(INT64_MAX, 16));
    assert_null(mem_array(INT64_MAX, 1));
    assert_null(mem_resize(NULL, 0, INT64_MAX, 16));
    void *first = mem_resize(NULL, 0, 10, 1);
    assert_true(is_zero(first, 10));
    mem_free(first);
    char *copy = mem_text("abc", 2);
    assert_string_equal(copy, "ab");
    mem_free(copy);
    mem_free(NULL);
    size_t product;
    assert_true(mem_product(3, 4, &product) && product == 12);
    assert_false(mem_product(SIZE_MAX, 2, &product));
}

/* Growing and shrinking keeps what stood there, whether the system moves the block or not. */
static void resized_blocks(void **state)
{
    (void)state;
    int64_t sizes[] = {1, 40, 7, 3000, 2999, 100000, 99, 3000000, 5000000, 1000000, 4000001, 3}, size = 0;
    unsigned char *v = NULL;
    void *between[12];
    for (int k = 0; k < 12; k++) {
        v = mem_resize(v, size, sizes[k], 1);
        assert_non_null(v);
        assert_int_equal((uintptr_t)v % 64, 0);
        for (int64_t i = 0; i < sizes[k]; i++)
            if (v[i] != (i < size ? (unsigned char)(i % 251 + 1) : 0)) fail_msg("byte %d of size %d", (int)i, (int)sizes[k]);
        for (int64_t i = 0; i < sizes[k]; i++)
            v[i] = (unsigned char)(i % 251 + 1);
        size = sizes[k];
        between[k] = mem_array(17 * (k + 1), 1); /* so that neighbours stand in the way */
    }
    for (int k = 0; k < 12; k++)
        mem_free(between[k]);
    mem_free(v);
}

static void arenas(void **state)
{
    (void)state;
    arena *a = arena_new();
    for (int round = 0; round < 3; round++) {
        for (int64_t i = 1; i < 2000; i++) {
            char *block = arena_array(a, i, 7);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % 64, 0);
            assert_true(is_zero(block, (size_t)i * 7));
            memset(block, 0xaa, (size_t)i * 7);
        }
        assert_true(arena_bytes(a) > 2000 * 1000 * 7 && arena_bytes(a) < 2000 * 1000 * 7 * 2);
        arena_reset(a);
    }
    assert_string_equal(arena_text(a, "xyz", 2), "xy");
    assert_string_equal(arena_print(a, "%d-%s", 7, "seven"), "7-seven");
    assert_non_null(arena_array(a, 0, 8));
    assert_null(arena_array(a, INT64_MAX, 2));
    assert_null(arena_array(a, -5, 2));
    arena_free(a);
    arena_free(NULL);
}

static void failing(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    mem_fail_at(2);
    void *first = mem_array(1, 1);
    assert_non_null(first);
    assert_null(mem_array(1, 1));
    void *third = mem_array(1, 1);
    assert_non_null(third);
    mem_fail_at(1);
    assert_null(mem_resize(third, 1, 100, 1));
    mem_fail_at(1);
    assert_null(arena_new());
    arena *a = arena_new();
    mem_fail_at(1);
    assert_null(arena_array(a, 1, 1));
    assert_non_null(arena_array(a, 1, 1));
    arena_free(a);
    mem_free(third);
    mem_free(first);
#endif
}

/* What is written and what comes back. */
static void write_document(bytes_writer *w)
{
    bytes_put_u8(w, 200);
    bytes_put_i32(w, -5);
    bytes_put_i64(w, INT64_MIN);
    bytes_put_f64(w, -0.5);
    bytes_put_text(w, text_of("h\xc3\xa9"));
    bytes_put_text(w, (text){0});
    bytes_put_text(w, text_of(""));
    bytes_put_f64s(w, (const double[]){1, 2.5}, 2);
    bytes_put_i32s(w, (const int32_t[]){7, -8, 9}, 3);
    bytes_put_f64s(w, NULL, 0);
    bytes_put_block(w, "block", 5);
}

static bool read_document(bytes_reader *r, arena *a)
{
    int64_t n, m, none;
    bool good = bytes_u8(r) == 200 && bytes_i32(r) == -5 && bytes_i64(r) == INT64_MIN && bytes_f64(r) == -0.5;
    good = good && text_equal_to(bytes_text(r), "h\xc3\xa9");
    text missing = bytes_text(r), empty = bytes_text(r);
    good = good && !missing.data && empty.data && empty.size == 0;
    const double *reals = bytes_f64s(r, a, &n);
    const int32_t *codes = bytes_i32s(r, a, &m);
    bytes_f64s(r, a, &none);
    text block = bytes_block(r);
    return good && !r->failed && n == 2 && reals[1] == 2.5 && m == 3 && codes[1] == -8 && none == 0 &&
           text_equal_to(block, "block");
}

static void documents(void **state)
{
    (void)state;
    ptg_error err;
    bytes_writer w = {0};
    arena *a = arena_new();
    write_document(&w);
    bytes_reader r = bytes_reader_of(w.data, w.size);
    assert_true(read_document(&r, a));
    CHECK_OK(bytes_check(&r, "it", &err));
    assert_int_equal(r.at, w.size);
    assert_memory_equal(w.data, "\xc8\xfb\xff\xff\xff", 5); /* little-endian */
    for (int64_t cut = 0; cut < w.size; cut++) {
        char *part = mem_text(w.data, (size_t)cut); /* so that sanitizers see a read behind the end */
        r = bytes_reader_of(part, cut);
        assert_false(read_document(&r, a));
        CHECK_FAILS(PTG_ERROR_FORMAT, "a model is damaged", bytes_check(&r, "a model", &err));
        mem_free(part);
    }
    text_buffer_clear(&w);
    arena_free(a);
}

static void hostile_counts(void **state)
{
    (void)state;
    static const int64_t counts[] = {-1, -2, INT64_MIN, INT64_MAX, INT64_MAX / 8 + 1, 3};
    arena *a = arena_new();
    for (int64_t i = 0; i < COUNT(counts); i++) {
        bytes_writer w = {0};
        bytes_put_i64(&w, counts[i]);
        bytes_put_i64(&w, 1);
        int64_t n = 5;
        bytes_reader r = bytes_reader_of(w.data, w.size);
        assert_null(bytes_f64s(&r, a, &n));
        assert_true(r.failed && n == 0);
        r = bytes_reader_of(w.data, w.size);
        assert_true(bytes_count(&r, 8) == 0 && r.failed);
        assert_true(bytes_i64(&r) == 0); /* sticky */
        r = bytes_reader_of(w.data, w.size);
        assert_true(counts[i] == -1 || counts[i] == 3 || (bytes_text(&r).data == NULL && r.failed));
        r = bytes_reader_of(w.data, w.size);
        assert_true(counts[i] == 3 || (bytes_block(&r).data == NULL && r.failed));
        text_buffer_clear(&w);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),  cmocka_unit_test(resized_blocks), cmocka_unit_test(arenas),
        cmocka_unit_test(failing), cmocka_unit_test(documents),      cmocka_unit_test(hostile_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
