/* The scanner: bit sets against the plain twin, and chunks against one pass over the whole. */
#include "table_fixture.h"

#include "base/random.h"
#include "table/scan.h"

static void random_bytes(random_stream *r, char *to, int64_t size)
{
    static const char letters[] = "ab,;\"\"\n\n\r 1#\\";
    for (int64_t i = 0; i < size; i++)
        to[i] = letters[random_below(r, (int64_t)sizeof letters - 1)];
}

static void kernels_agree(void **state)
{
    (void)state;
    const scan_kernel *best = scan_kernel_best();
    random_stream r = random_of(1, "marks");
    for (int i = 0; i < 20000; i++) {
        char bytes[300];
        int64_t size = 64 + random_below(&r, (int64_t)sizeof bytes - 64);
        for (int64_t k = 0; k < size; k++)
            bytes[k] = (char)random_below(&r, 256);
        if (i % 2) random_bytes(&r, bytes, size);
        char quote = i % 3 ? '"' : '\0';
        scan_marks fast = best->marks(bytes, ',', quote), plain = scan_kernel_plain.marks(bytes, ',', quote);
        assert_true(fast.ends == plain.ends && fast.quotes == plain.quotes);
        scan_census a = best->census(bytes, size, ',', quote), b = scan_kernel_plain.census(bytes, size, ',', quote);
        assert_true(a.newlines == b.newlines && a.rows == b.rows && a.open == b.open && a.clear == b.clear);
        assert_true(a.nul == b.nul && a.high == b.high && a.quotes == b.quotes);
    }
}

/* Where it is clear, the census counts what the scanner counts. */
static void census_counts_records(void **state)
{
    (void)state;
    random_stream r = random_of(3, "census");
    const scan_rule rule = {.delimiter = ',', .quote = '"'};
    int n_clear = 0;
    for (int i = 0; i < 200000; i++) {
        char bytes[120];
        int64_t size = 1 + random_below(&r, (int64_t)sizeof bytes - 1);
        for (int64_t k = 0; k < size; k++)
            bytes[k] = "a,\"\n\"\r "[random_below(&r, i % 2 ? 5 : 7)];
        bytes[size - 1] = '\n';
        scan_census found = scan_kernel_best()->census(bytes, size, ',', '"');
        if (!found.clear) continue;
        scanner s = scanner_of((text){bytes, size}, 0, size, rule);
        scan_record record;
        int64_t rows = 0;
        bool open = false;
        while (scan_next(&s, NULL, 0, &record)) {
            rows += !record.blank;
            open = record.open;
        }
        if (open != found.open || rows - open != found.rows) fail_msg("case %d: %d %d", i, (int)rows, (int)found.rows);
        n_clear++;
    }
    assert_true(n_clear > 5000);
}

/* Record starts found by chunks of any size are those of one scanner over all bytes. */
static void check_chunks(text content, scan_rule rule, int64_t chunk_size, bool both)
{
    scan_plan p = {.content = content, .rule = rule, .both = both};
    assert_int_equal(scan_plan_make(&p, chunk_size, NULL, NULL), PTG_OK);
    scanner whole = scanner_of(content, 0, content.size, rule);
    scan_record expected, found;
    int64_t rows = 0;
    bool open = false;
    for (int64_t k = 0; k < p.n_chunks; k++) {
        const scan_chunk *c = &p.chunks[k];
        assert_int_equal(c->first_line, scan_line_of(content, c->begin));
        assert_int_equal(c->first_row, rows);
        scanner part = scanner_of(content, c->as[c->state].first, content.size, rule);
        while (part.at < c->end) {
            assert_int_equal(part.at, whole.at);
            assert_true(scan_next(&part, NULL, 0, &found));
            assert_true(scan_next(&whole, NULL, 0, &expected));
            assert_int_equal(found.n_fields, expected.n_fields);
            rows += !found.blank && !found.comment;
            open = found.open;
        }
    }
    assert_false(scan_next(&whole, NULL, 0, &expected));
    assert_int_equal(rows, p.n_rows);
    assert_int_equal(open, p.open);
    scan_plan_clear(&p);
}

static void chunks_agree(void **state)
{
    (void)state;
    random_stream r = random_of(2, "chunks");
    for (int i = 0; i < 3000; i++) {
        char bytes[400];
        int64_t size = random_below(&r, (int64_t)sizeof bytes);
        random_bytes(&r, bytes, size);
        scan_rule rule = {',', i % 4 ? '"' : '\0', i % 5 == 0, i % 7 == 0, i % 3 ? '#' : '\0'};
        check_chunks((text){bytes, size}, rule, 1 + random_below(&r, 80), i % 3 == 0);
    }
}

static void splits_fields(void **state)
{
    (void)state;
    static const char bytes[] = "a,\"b\"\"c\",\"d\"e,f\"g\r\n";
    field f[4];
    scan_record record;
    char value[16];
    scanner s = scanner_of(text_of(bytes), 0, (int64_t)sizeof bytes - 1, (scan_rule){.delimiter = ',', .quote = '"'});
    assert_true(scan_next(&s, f, 4, &record));
    assert_int_equal(record.n_fields, 4);
    assert_true(record.torn && !record.joined && !record.open);
    assert_true(text_equal_to((text){f[0].data, f[0].size}, "a") && !f[0].quoted);
    assert_true(f[1].escaped && text_equal_to((text){value, field_unescape(&f[1], value)}, "b\"c"));
    assert_true(text_equal_to((text){value, field_unescape(&f[2], value)}, "de"));
    assert_true(text_equal_to((text){f[3].data, f[3].size}, "f\"g"));
    assert_false(scan_next(&s, f, 4, &record));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kernels_agree), cmocka_unit_test(census_counts_records),
                                       cmocka_unit_test(chunks_agree), cmocka_unit_test(splits_fields)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
