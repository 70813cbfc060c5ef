/* Findings: each kind is raised by a table that has the fault and not by its sound twin; every row of the registry is complete.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile/finding.h"
#include "profile_tables.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define ROWS 2000

static char made[96];

static double x(int64_t i)
{
    return noise(i, 1);
}
static double sound_number(int64_t i)
{
    return noise(i, 2) + noise(i, 3) + noise(i, 4);
}
static double missing_tenth(int64_t i)
{
    return i % 10 ? sound_number(i) : (double)NAN;
}
static double infinite_quarter(int64_t i)
{
    return i % 4 ? sound_number(i) : (double)INFINITY;
}
static double missing_most(int64_t i)
{
    return i % 10 == 0 ? sound_number(i) : (double)NAN;
}
static double same_mostly(int64_t i)
{
    return i % 20 ? 5.5 : sound_number(i);
}
static double same_nearly(int64_t i)
{
    return i % 200 ? 5.5 : sound_number(i);
}
static double skewed(int64_t i)
{
    return pow(1 - noise(i, 5), -1 / 2.5);
}
static double very_skewed(int64_t i)
{
    return i == 77 ? 1e6 : sound_number(i);
}
static double mild_outlier(int64_t i)
{
    return i % 500 == 1 ? 3.5 : 0.1 * sound_number(i);
}
static double of_forty(int64_t i)
{
    return (double)(i % 40);
}

static const char *balanced(int64_t i)
{
    return i % 2 ? "yes" : "no";
}
static const char *one_in_fifteen(int64_t i)
{
    return i % 15 ? "no" : "yes";
}
static const char *one_in_hundred(int64_t i)
{
    return i % 100 ? "no" : "yes";
}
static const char *one_in_three_hundred(int64_t i)
{
    return i % 300 ? "no" : "yes";
}
static const char *rare(int64_t i)
{
    return i < 3 ? "rare" : i % 2 ? "a" : "b";
}
static const char *variants(int64_t i)
{
    static const char *const v[] = {"US", "u.s.", "France", "Ulm"};
    return v[i % 4];
}
static const char *variants_of_two(int64_t i)
{
    static const char *const v[] = {"Yes", "yes ", "no"};
    return v[i % 3];
}
static const char *signs(int64_t i)
{
    static const char *const v[] = {"+", "-", "?"};
    return v[i % 3];
}
static const char *number_variants(int64_t i)
{
    static const char *const v[] = {"1", "1.0", "x"};
    return v[i % 3];
}
static const char *of_forty_text(int64_t i)
{
    snprintf(made, sizeof made, "class %d", (int)(i % 40));
    return made;
}
static const char *of_four_hundred(int64_t i)
{
    snprintf(made, sizeof made, "class %d", (int)(i % 400));
    return made;
}

typedef struct finding_case {
    const char *id;
    number_of_row numbers;
    text_of_row texts;
    const char *severity; /* NULL: must not be raised */
    double value;         /* NAN: not compared */
} finding_case;

static const finding_case cases[] = {
    {"target-missing", missing_tenth, NULL, "low", 0.1},
    {"target-missing", infinite_quarter, NULL, "medium", 0.25},
    {"target-missing", missing_most, NULL, "high", 0.9},
    {"target-missing", sound_number, NULL, NULL, NAN},
    {"target-invalid", missing_tenth, NULL, NULL, NAN},
    {"target-constant", same_mostly, NULL, "medium", 0.95},
    {"target-constant", same_nearly, NULL, "high", 0.995},
    {"target-constant", sound_number, NULL, NULL, NAN},
    {"target-constant", NULL, one_in_hundred, NULL, NAN},
    {"target-skewed", skewed, NULL, "medium", NAN},
    {"target-skewed", very_skewed, NULL, "high", NAN},
    {"target-skewed", sound_number, NULL, NULL, NAN},
    {"target-outliers", very_skewed, NULL, "high", 0.0005},
    {"target-outliers", mild_outlier, NULL, "high", 0.002},
    {"target-outliers", sound_number, NULL, NULL, NAN},
    {"target-imbalance", NULL, balanced, NULL, NAN},
    {"target-imbalance", NULL, one_in_fifteen, "low", NAN},
    {"target-imbalance", NULL, one_in_hundred, "medium", 0.01},
    {"target-imbalance", NULL, one_in_three_hundred, "high", 0.0035},
    {"target-rare-class", NULL, rare, "medium", 3},
    {"target-rare-class", NULL, balanced, NULL, NAN},
    {"target-rare-class", NULL, of_four_hundred, "high", 5},
    {"target-many-classes", NULL, of_forty_text, "low", 40},
    {"target-many-classes", NULL, of_four_hundred, "high", 400},
    {"target-many-classes", of_forty, NULL, NULL, NAN},
    {"target-label-variants", NULL, variants, "medium", 1},
    {"target-label-variants", NULL, variants_of_two, "high", 1},
    {"target-label-variants", NULL, number_variants, "high", 1},
    {"target-label-variants", NULL, signs, NULL, NAN},
    {"target-label-variants", NULL, balanced, NULL, NAN},
};

/* Nothing, or a patch that begins with a test. */
static void check_fix(const json_t *fix)
{
    if (json_is_null(fix)) return;
    assert_true(json_array_size(fix) >= 2);
    assert_string_equal(json_text_or(json_array_get(fix, 0), "op", ""), "test");
}

static void check_case(const finding_case *c, size_t number)
{
    table_maker t = table_start(ROWS);
    table_numbers(&t, "x", x);
    if (c->numbers != NULL) table_numbers(&t, "y", c->numbers);
    if (c->texts != NULL) table_texts(&t, "y", c->texts, COLUMN_CATEGORICAL);
    profiled p = profile_of(table_end(&t), "y");
    if (p.status != PTG_OK) fail_msg("case %zu: %s", number, p.error.message);
    const json_t *found = finding_of(&p, c->id, "y");
    if ((found != NULL) != (c->severity != NULL))
        fail_msg("case %zu: %s is %s", number, c->id, found == NULL ? "not raised" : "raised");
    if (found != NULL) {
        const char *severity = json_text_or(found, "severity", "");
        const double value = json_real_or(found, "value", NAN);
        if (strcmp(severity, c->severity) != 0) fail_msg("case %zu: %s is %s", number, c->id, severity);
        if (!isnan(c->value) && !(fabs(value - c->value) < 1e-9)) fail_msg("case %zu: value %g", number, value);
        check_fix(json_object_get(found, "fix"));
        assert_true(strlen(json_text_or(found, "text", "")) > 20 && strlen(json_text_or(found, "advice", "")) > 10);
    }
    profiled_clear(&p);
}

static void raised_where_they_should_be(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k)
        check_case(&cases[k], k);
}

static const char *number_or_word(int64_t i)
{
    if (i % 50 == 7) return "unknown amount";
    snprintf(made, sizeof made, "%g", noise(i, 6));
    return made;
}

static void invalid_targets(void **state)
{
    (void)state;
    table_maker t = table_start(ROWS);
    table_numbers(&t, "x", x);
    table_texts(&t, "y", number_or_word, COLUMN_NUMERIC);
    profiled p = profile_of(table_end(&t), "y");
    if (p.status != PTG_OK) fail_msg("%s", p.error.message);
    const json_t *found = finding_of(&p, "target-invalid", "y");
    assert_non_null(found);
    assert_non_null(strstr(json_text_or(found, "text", ""), "'unknown amount'"));
    assert_null(finding_of(&p, "target-missing", "y"));
    assert_int_equal(p.facts.n_labelled, ROWS - 40);
    profiled_clear(&p);
}

static double mostly_rare(int64_t i)
{
    return i % 10 ? (double)NAN : very_skewed(i == 70 ? 77 : i);
}

static void most_severe_first(void **state)
{
    (void)state;
    table_maker t = table_start(ROWS);
    table_numbers(&t, "y", mostly_rare);
    table_numbers(&t, "x", x);
    table_numbers(&t, "constant", of_forty);
    profiled p = profile_of(table_end(&t), "y");
    if (p.status != PTG_OK) fail_msg("%s", p.error.message);
    int before = 0;
    assert_true(json_array_size(p.findings) >= 2);
    for (size_t i = 0; i < json_array_size(p.findings); ++i) {
        const char *severity = json_text_or(json_array_get(p.findings, i), "severity", "");
        int rank = 0;
        while (rank < 3 && strcmp(severity, finding_severity_names[rank]) != 0)
            ++rank;
        assert_in_range(rank, before, 2);
        before = rank;
    }
    profiled_clear(&p);
}

static void registry_is_complete(void **state)
{
    (void)state;
    assert_null(finding_find("target-none"));
    for (int32_t i = 0; i < finding_count(); ++i) {
        const finding_kind *kind = finding_at(i);
        assert_ptr_equal(finding_find(kind->id), kind);
        json_t *row = finding_json(kind);
        static const char *const texts[] = {"name", "text", "decided", "severity", "advice", "ignore", "example"};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; ++k)
            assert_true(strlen(json_text_or(row, texts[k], "")) > 5);
        json_decref(row);
        text_buffer page = {0};
        finding_page(kind, &page);
        assert_non_null(strstr(page.data, kind->advice));
        text_buffer_clear(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(raised_where_they_should_be), cmocka_unit_test(invalid_targets),
                                       cmocka_unit_test(most_severe_first), cmocka_unit_test(registry_is_complete)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
