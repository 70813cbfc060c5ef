/* The target against one column: which groups are made, what stands in them, and that they account for every labelled row. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "profile/target_groups.h"
#include "profile_tables.h"

/* Last: cmocka has macros whose names are ours (fail). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { ROWS = 1200 };

static double few(int64_t row)
{
    return row % 10 == 0 ? NAN : (double)(row % 4);
}

static double many(int64_t row)
{
    return (double)row / 10;
}

static double tied(int64_t row)
{
    return row < 900 ? 7 : (double)row;
}

static double day(int64_t row)
{
    return 86400.0 * (double)row;
}

static const char *level(int64_t row)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"};
    return row % 40 == 0 ? NULL : row % 2 ? "a" : names[row / 2 % 16];
}

static const char *words(int64_t row)
{
    static char sentence[ROWS * 8];
    static const char *const parts[] = {"one", "two words here", "quite a few more words here"};
    snprintf(sentence, sizeof sentence, "%s %lld", parts[row % 3], (long long)row);
    return sentence;
}

static const char *yes_or_no(int64_t row)
{
    return row % 4 == 3 ? "yes" : "no";
}

static const char *kind(int64_t row)
{
    static const char *const names[] = {"u", "v", "v", "w", "w", "w", "x", "x", "x",
                                        "x", "y", "z", "z", "t", "t", "t", "t", "t"};
    return names[row % 18];
}

static double price(int64_t row)
{
    return row % 50 == 7 ? NAN : 1000 + (double)(row % 4) + noise(row, 3);
}

static profiled made(const char *target)
{
    table_maker t = table_start(ROWS);
    table_numbers(&t, "few", few);
    table_numbers(&t, "many", many);
    table_numbers(&t, "tied", tied);
    table_dates(&t, "day", day);
    table_texts(&t, "level", level, COLUMN_CATEGORICAL);
    table_texts(&t, "words", words, COLUMN_TEXT);
    table_texts(&t, "yes", yes_or_no, COLUMN_CATEGORICAL);
    table_texts(&t, "kind", kind, COLUMN_CATEGORICAL);
    table_numbers(&t, "price", price);
    profiled p = profile_of(table_end(&t), target);
    if (p.status != PTG_OK) fail_msg("%s", p.error.message);
    return p;
}

static const target_groups *groups_of(const profiled *p, const char *name)
{
    const target_groups *groups = facts_of(p, name)->groups;
    if (groups == NULL) fail_msg("%s has no groups", name);
    return groups;
}

static int64_t rows_in(const target_groups *groups)
{
    int64_t n = 0;
    for (int32_t k = 0; k < groups->n; ++k)
        n += groups->groups[k].rows;
    return n;
}

static void every_row_is_counted_once(void **state)
{
    (void)state;
    static const char *const targets[] = {"yes", "kind", "price"};
    for (int k = 0; k < 3; ++k) {
        profiled p = made(targets[k]);
        for (int32_t c = 0; c < p.facts.n_columns; ++c) {
            const target_groups *groups = p.facts.columns[c].groups;
            assert_int_equal(groups == NULL, c == p.facts.target);
            if (groups == NULL) continue;
            assert_in_range(groups->n, 1, TARGET_GROUPS_MOST + 2);
            assert_int_equal(rows_in(groups), p.facts.n_labelled);
        }
        profiled_clear(&p);
    }
}

static void few_values_stand_alone(void **state)
{
    (void)state;
    profiled p = made("yes");
    const target_groups *groups = groups_of(&p, "few");
    assert_int_equal(groups->by, GROUPS_VALUES);
    assert_int_equal(groups->n, 5);
    for (int32_t k = 0; k < 4; ++k) {
        assert_true(groups->groups[k].low == k && groups->groups[k].high == k);
        assert_true(groups->groups[k].mean == (k == 3));
        assert_true(groups->groups[k].se == 0);
    }
    assert_int_equal(groups->groups[4].kind, GROUP_MISSING);
    assert_int_equal(groups->groups[4].rows, ROWS / 10);
    profiled_clear(&p);
}

static void many_values_are_cut_into_tenths(void **state)
{
    (void)state;
    profiled p = made("yes");
    const target_groups *groups = groups_of(&p, "many");
    assert_int_equal(groups->by, GROUPS_BINS);
    assert_int_equal(groups->n, 10);
    for (int32_t k = 0; k < 10; ++k) {
        assert_int_equal(groups->groups[k].rows, ROWS / 10);
        assert_true(groups->groups[k].low == k * 12.0 && fabs(groups->groups[k].high - (k * 12.0 + 11.9)) < 1e-9);
        assert_true(fabs(groups->groups[k].mean - 0.25) < 1e-12);
        assert_true(fabs(groups->groups[k].se - sqrt(0.25 * 0.75 / 120)) < 1e-12);
    }
    assert_int_equal(groups_of(&p, "day")->n, 10);
    groups = groups_of(&p, "tied"); /* equal values stay together */
    assert_true(groups->groups[0].low == 7 && groups->groups[0].high == 7 && groups->groups[0].rows == 900);
    assert_int_equal(groups->n, 4);
    profiled_clear(&p);
}

static void levels_by_number_of_rows(void **state)
{
    (void)state;
    profiled p = made("yes");
    const target_groups *groups = groups_of(&p, "level");
    assert_int_equal(groups->by, GROUPS_LEVELS);
    assert_int_equal(groups->n, TARGET_GROUPS_MOST + 2);
    assert_int_equal(groups->other_levels, 16 - TARGET_GROUPS_MOST);
    assert_true(text_equal_to(groups->groups[0].level, "a"));
    for (int32_t k = 1; k < TARGET_GROUPS_MOST; ++k)
        assert_true(groups->groups[k].rows <= groups->groups[k - 1].rows);
    assert_int_equal(groups->groups[TARGET_GROUPS_MOST].kind, GROUP_OTHERS);
    assert_int_equal(groups->groups[TARGET_GROUPS_MOST + 1].kind, GROUP_MISSING);
    assert_int_equal(groups->groups[TARGET_GROUPS_MOST + 1].rows, ROWS / 40);
    profiled_clear(&p);
}

static void texts_by_length(void **state)
{
    (void)state;
    profiled p = made("yes");
    const target_groups *groups = groups_of(&p, "words");
    assert_int_equal(groups->by, GROUPS_LENGTHS);
    assert_true(groups->groups[0].low == 5 && groups->groups[groups->n - 1].high == 32);
    profiled_clear(&p);
}

static void means_of_a_regression(void **state)
{
    (void)state;
    profiled p = made("price");
    const target_groups *groups = groups_of(&p, "few");
    for (int32_t k = 0; k < 4; ++k) {
        double sum = 0, squares = 0;
        int64_t n = 0;
        for (int64_t i = 0; i < ROWS; ++i) {
            if (few(i) != k || isnan(price(i))) continue;
            sum += price(i);
            squares += price(i) * price(i);
            ++n;
        }
        const double mean = sum / (double)n, sd = sqrt((squares - sum * mean) / (double)(n - 1));
        assert_int_equal(groups->groups[k].rows, n);
        assert_true(fabs(groups->groups[k].mean - mean) < 1e-9);
        assert_true(fabs(groups->groups[k].se - sd / sqrt((double)n)) < 1e-6);
    }
    profiled_clear(&p);
}

static void shares_of_the_largest_classes(void **state)
{
    (void)state;
    profiled p = made("kind");
    int32_t shown[GROUP_CLASSES_MOST];
    static const char *const wanted[] = {"t", "x", "w", "v", "z"};
    assert_int_equal(target_groups_classes(&p.facts, shown), GROUP_CLASSES_MOST);
    for (int k = 0; k < GROUP_CLASSES_MOST; ++k)
        assert_true(text_equal_to(p.facts.classes[shown[k]], wanted[k]));
    const target_groups *groups = groups_of(&p, "many");
    for (int32_t k = 0; k < groups->n; ++k) {
        int64_t n = 0;
        for (int32_t c = 0; c <= GROUP_CLASSES_MOST; ++c)
            n += groups->groups[k].classes[c];
        assert_int_equal(n, groups->groups[k].rows);
    }
    const json_t *target = json_object_get(p.document, "target");
    assert_int_equal(json_array_size(json_object_get(target, "charted_classes")), GROUP_CLASSES_MOST);
    const json_t *many_column = json_array_get(json_object_get(p.document, "columns"), 0);
    const json_t *first = json_array_get(json_object_get(json_object_get(many_column, "target_groups"), "groups"), 0);
    assert_int_equal(json_array_size(json_object_get(first, "shares")), GROUP_CLASSES_MOST + 1);
    profiled_clear(&p);
}

static void nothing_without_a_target(void **state)
{
    (void)state;
    profiled p = made(NULL);
    for (int32_t c = 0; c < p.facts.n_columns; ++c)
        assert_null(p.facts.columns[c].groups);
    profiled_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_counted_once),
        cmocka_unit_test(few_values_stand_alone),
        cmocka_unit_test(many_values_are_cut_into_tenths),
        cmocka_unit_test(levels_by_number_of_rows),
        cmocka_unit_test(texts_by_length),
        cmocka_unit_test(means_of_a_regression),
        cmocka_unit_test(shares_of_the_largest_classes),
        cmocka_unit_test(nothing_without_a_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
