/* text_sort against comparing, on texts with and without a common beginning. */
#include "table_fixture.h"

#include "base/random.h"
#include "table/text_sort.h"

enum { MOST = 3000 };

static int compare(const void *a, const void *b)
{
    return text_compare(*(const text *)a, *(const text *)b);
}

/* Random texts over a few letters, all behind the same beginning; many are prefixes of others. */
static void make_texts(random_stream *r, int64_t beginning, int64_t longest, char *bytes, text *out)
{
    for (int64_t i = 0; i < MOST; i++) {
        int64_t size = beginning + random_below(r, longest + 1);
        for (int64_t k = 0; k < size; k++)
            bytes[k] = k < beginning ? 'p' : "ab\xFFz\0"[random_below(r, 5)];
        out[i] = (text){bytes, size};
        bytes += size;
    }
}

static void sorts_as_comparing_does(void **state)
{
    (void)state;
    static char bytes[MOST * 80];
    static text found[MOST], expected[MOST];
    static int32_t order[MOST];
    random_stream r = random_of(5, "texts");
    for (int64_t round = 0; round < 40; round++) {
        make_texts(&r, round % 3 * 11, 1 + round, bytes, expected);
        qsort(expected, MOST, sizeof *expected, compare);
        int64_t n = 0;
        for (int64_t i = 0; i < MOST; i++)
            if (!n || !text_equal(expected[n - 1], expected[i])) expected[n++] = expected[i];
        memcpy(found, expected, (size_t)n * sizeof *found);
        for (int64_t i = n - 1; i > 0; i--) {
            int64_t k = random_below(&r, i + 1);
            text swap = found[i];
            found[i] = found[k];
            found[k] = swap;
        }
        assert_int_equal(text_sort(found, (int32_t)n, order, NULL), PTG_OK);
        for (int64_t i = 0; i < n; i++)
            assert_true(text_equal(found[order[i]], expected[i]));
    }
}

/* Texts that differ only far behind: runs that one number does not part, again and again. */
static void sorts_long_beginnings(void **state)
{
    (void)state;
    static char letters[1000];
    static text items[1000];
    static int32_t order[1000];
    memset(letters, 'a', sizeof letters);
    for (int64_t i = 0; i < 1000; i++)
        items[i] = (text){letters, (i * 7919) % 1000};
    assert_int_equal(text_sort(items, 1000, order, NULL), PTG_OK);
    for (int64_t i = 0; i < 1000; i++)
        assert_int_equal(items[order[i]].size, i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sorts_as_comparing_does), cmocka_unit_test(sorts_long_beginnings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
