/* Random numbers and hashes: known answers of Random123 and xxHash, moments, and freedom from bias. */
#include "check.h"

#include <math.h>

#include "base/hash.h"
#include "base/random.h"

/* philox4x32 10 of Random123's examples/kat_vectors. */
static void known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], expected[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        uint32_t out[4];
        random_block(cases[i].counter, cases[i].key, out);
        assert_memory_equal(out, cases[i].expected, sizeof out);
    }
}

static void streams(void **state)
{
    (void)state;
    random_stream a = random_of(1, "folds"), b = random_of(1, "folds"), c = random_of(2, "folds"), d = random_of(1, "fold");
    int equal_c = 0, equal_d = 0;
    for (int i = 0; i < 1000; i++) {
        uint32_t word = random_word(&a);
        assert_true(word == random_word(&b));
        equal_c += word == random_word(&c);
        equal_d += word == random_word(&d);
    }
    assert_true(equal_c == 0 && equal_d == 0);
}

static void moments(void **state)
{
    (void)state;
    random_stream r = random_of(3, "moments");
    double sum = 0, squares = 0, units = 0;
    enum { N = 200000 };
    for (int i = 0; i < N; i++) {
        double x = random_normal(&r), u = random_unit(&r);
        assert_true(isfinite(x) && u >= 0 && u < 1);
        sum += x;
        squares += x * x;
        units += u;
    }
    assert_true(fabs(sum / N) < 0.01 && fabs(squares / N - 1) < 0.02 && fabs(units / N - 0.5) < 0.005);
}

static void below(void **state)
{
    (void)state;
    random_stream r = random_of(4, "below");
    int64_t counts[7] = {0};
    for (int i = 0; i < 70000; i++)
        counts[random_below(&r, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_true(llabs(counts[i] - 10000) < 500);
    for (int i = 0; i < 1000; i++) {
        int64_t v = random_below(&r, INT64_MAX);
        assert_true(v >= 0 && random_below(&r, 1) == 0);
    }
}

static void shuffles(void **state)
{
    (void)state;
    random_stream r = random_of(5, "shuffle");
    int64_t items[100], seen[100] = {0}, moved = 0;
    for (int64_t i = 0; i < 100; i++)
        items[i] = i;
    random_shuffle(&r, items, 100);
    for (int64_t i = 0; i < 100; i++) {
        seen[items[i]]++;
        moved += items[i] != i;
    }
    for (int64_t i = 0; i < 100; i++)
        assert_int_equal(seen[i], 1);
    assert_true(moved > 80);
    random_shuffle(&r, items, 0);
    random_shuffle(&r, items, 1);
}

/* Of `printf abc | xxhsum -H2` (XXH3-128) and -H3 (XXH3-64). */
static void hashes(void **state)
{
    (void)state;
    char whole[HASH_TEXT_SIZE], parts[HASH_TEXT_SIZE];
    hash_bytes("", 0, whole);
    assert_string_equal(whole, "99aa06d3014798d86001c324468d497f");
    hash_bytes("abc", 3, whole);
    assert_string_equal(whole, "06b05ab6733a618578af5f94892f3950");
    assert_true(hash_word("abc", 3, 0) == UINT64_C(0x78af5f94892f3950));
    assert_true(hash_word("abc", 3, 1) != hash_word("abc", 3, 0));
    hash_state *h = hash_new();
    hash_add(h, "a", 1);
    hash_add(h, NULL, 0);
    hash_add(h, "bc", 2);
    hash_end(h, parts);
    assert_string_equal(parts, whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers), cmocka_unit_test(streams),  cmocka_unit_test(moments),
        cmocka_unit_test(below),         cmocka_unit_test(shuffles), cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
