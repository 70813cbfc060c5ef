/* Problem types, positive classes, targets, roles and refusals: tables of cases. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "profile_tables.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define ROWS 60

/* Labels of a case, by row. */
static const char *const *labels;
static int n_labels, repeat_last;

static const char *label(int64_t row)
{
    return labels[row < repeat_last ? n_labels - 1 : row % n_labels];
}

static double feature(int64_t row)
{
    return noise(row, 1);
}

static profiled run_labels(const char *const *values, int n, int extra_of_last, int forced, profile_request request)
{
    labels = values;
    n_labels = n;
    repeat_last = extra_of_last;
    table_maker t = table_start(ROWS);
    table_texts(&t, "y", label, forced);
    table_numbers(&t, "x", feature);
    request.target = 0;
    return profile_with(table_end(&t), request);
}

typedef struct positive_case {
    const char *labels[2];
    int more_of_second; /* rows at the head that hold the second label */
    const char *asked, *positive;
} positive_case;

static const positive_case positive_cases[] = {
    {{"no", "yes"}, 0, NULL, "yes"},    {{"Yes", "No"}, 20, NULL, "Yes"},    {{"FALSE", "TRUE"}, 30, NULL, "TRUE"},
    {{"n", "y"}, 30, NULL, "y"},        {{"t", "f"}, 0, NULL, "t"},          {{"positive", "Negative"}, 0, NULL, "positive"},
    {{"neg", "pos"}, 30, NULL, "pos"},  {{"1", "0"}, 0, NULL, "1"},          {{"1", "-1"}, 0, NULL, "1"},
    {{"1", "2"}, 0, NULL, "2"},         {{"1", "2"}, 20, NULL, "1"},         {{"good", "bad"}, 20, NULL, "good"},
    {{"good", "bad"}, 0, NULL, "good"}, {{"yes", "maybe"}, 20, NULL, "yes"}, {{"no", "yes"}, 0, "no", "no"},
    {{"1", "2"}, 0, "1.0", "1"},        {{"0.5", "1.5"}, 0, NULL, "1.5"},    {{"yes", "n"}, 0, NULL, "yes"},
};

static void positive_class(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof positive_cases / sizeof positive_cases[0]; ++k) {
        const positive_case *c = &positive_cases[k];
        profile_request request = profile_request_for(0);
        request.positive = c->asked;
        profiled p = run_labels(c->labels, 2, c->more_of_second, -1, request);
        if (p.status != PTG_OK) fail_msg("case %zu: %s", k, p.error.message);
        assert_int_equal(p.facts.problem, PROBLEM_BINARY);
        const text positive = p.facts.classes[p.facts.positive_class];
        if (!text_equal_to(positive, c->positive)) fail_msg("case %zu: %.*s", k, (int)positive.size, positive.data);
        assert_non_null(p.facts.positive_reason);
        const bool first_is = text_equal_to(positive, c->labels[0]);
        assert_true(p.facts.target_values[ROWS - 2] == first_is); /* an even row at the end holds the first label */
        assert_int_equal(p.facts.class_counts[0] + p.facts.class_counts[1], ROWS);
        profiled_clear(&p);
    }
}

static double of_two(int64_t row)
{
    return row % 2 ? 3.5 : -1;
}
static double of_twenty(int64_t row)
{
    return (double)(row % 20);
}
static double of_many(int64_t row)
{
    return (double)(row % 21);
}
static double of_thirds(int64_t row)
{
    return (double)(row % 3) / 2;
}
static double of_one(int64_t row)
{
    return row % 9 ? 4 : NAN;
}
static double of_none(int64_t row)
{
    return row % 2 ? NAN : (double)INFINITY;
}
static double with_infinity(int64_t row)
{
    return row % 10 == 0 ? (double)INFINITY : (double)(row % 30) + 0.5;
}
static double few_labelled(int64_t row)
{
    return row < 19 ? (double)row + 0.5 : NAN;
}
static double rare_one(int64_t row)
{
    return row % 17 == 3;
}
static double seven_and_infinity(int64_t row)
{
    return row % 4 ? 7 : (double)INFINITY;
}
static double distinct_numbers(int64_t row)
{
    return (double)(row * row);
}

typedef struct type_case {
    const char *name;
    number_of_row target;
    int asked;
    const char *positive;
    ptg_status status;
    int problem;
    int64_t n_classes, n_labelled;
    const char *message; /* a part of it */
} type_case;

static const type_case type_cases[] = {
    {"two numbers", of_two, PROBLEM_AUTO, NULL, PTG_OK, PROBLEM_BINARY, 2, 60, ""},
    {"twenty integers", of_twenty, PROBLEM_AUTO, NULL, PTG_OK, PROBLEM_MULTICLASS, 20, 60, ""},
    {"twenty-one integers", of_many, PROBLEM_AUTO, NULL, PTG_OK, PROBLEM_REGRESSION, 0, 60, ""},
    {"three fractions", of_thirds, PROBLEM_AUTO, NULL, PTG_OK, PROBLEM_REGRESSION, 0, 60, ""},
    {"infinite is missing", with_infinity, PROBLEM_AUTO, NULL, PTG_OK, PROBLEM_REGRESSION, 0, 54, ""},
    {"asked regression", of_twenty, PROBLEM_REGRESSION, NULL, PTG_OK, PROBLEM_REGRESSION, 0, 60, ""},
    {"asked multiclass", of_many, PROBLEM_MULTICLASS, NULL, PTG_OK, PROBLEM_MULTICLASS, 21, 60, ""},
    {"asked multiclass of two", of_two, PROBLEM_MULTICLASS, NULL, PTG_OK, PROBLEM_MULTICLASS, 2, 60, ""},
    {"asked binary of twenty", of_twenty, PROBLEM_BINARY, NULL, PTG_ERROR_USAGE, 0, 0, 0, "--problem-type binary"},
    {"asked classes of all distinct", distinct_numbers, PROBLEM_MULTICLASS, NULL, PTG_ERROR_USAGE, 0, 0, 0, "60 distinct"},
    {"one value", of_one, PROBLEM_AUTO, NULL, PTG_ERROR_DATA, 0, 0, 0, "one distinct value, '4'"},
    {"one value and infinity", seven_and_infinity, PROBLEM_AUTO, NULL, PTG_ERROR_DATA, 0, 0, 0, "one distinct value, '7'"},
    {"no finite value", of_none, PROBLEM_AUTO, NULL, PTG_ERROR_DATA, 0, 0, 0, "no usable value"},
    {"nineteen labelled", few_labelled, PROBLEM_AUTO, NULL, PTG_ERROR_DATA, 0, 0, 0, "Only 19 rows"},
    {"four of a class", rare_one, PROBLEM_AUTO, NULL, PTG_ERROR_DATA, 0, 0, 0, "Label '1'"},
    {"positive of regression", of_many, PROBLEM_AUTO, "1", PTG_ERROR_USAGE, 0, 0, 0, "--positive"},
    {"positive of multiclass", of_twenty, PROBLEM_AUTO, "1", PTG_ERROR_USAGE, 0, 0, 0, "--positive"},
    {"positive that is not there", of_two, PROBLEM_AUTO, "4", PTG_ERROR_USAGE, 0, 0, 0, "'4' is no label"},
};

static void problem_type_of_numbers(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof type_cases / sizeof type_cases[0]; ++k) {
        const type_case *c = &type_cases[k];
        table_maker t = table_start(ROWS);
        table_numbers(&t, "x", feature);
        table_numbers(&t, "y", c->target);
        profile_request request = profile_request_for(1);
        request.problem = c->asked;
        request.positive = c->positive;
        profiled p = profile_with(table_end(&t), request);
        if (p.status != c->status) fail_msg("%s: status %d, %s", c->name, p.status, p.error.message);
        if (c->status != PTG_OK) {
            if (strstr(p.error.message, c->message) == NULL) fail_msg("%s: %s", c->name, p.error.message);
        } else if ((int)p.facts.problem != c->problem || p.facts.n_classes != c->n_classes ||
                   p.facts.n_labelled != c->n_labelled) {
            fail_msg("%s: problem %d, %d classes, %lld labelled", c->name, (int)p.facts.problem, (int)p.facts.n_classes,
                     (long long)p.facts.n_labelled);
        }
        profiled_clear(&p);
    }
}

static void classes_in_order_of_value(void **state)
{
    (void)state;
    static const char *const values[] = {"10", "9", "-2"};
    profiled p = run_labels(values, 3, 0, COLUMN_NUMERIC, profile_request_for(0));
    assert_int_equal(p.status, PTG_OK);
    static const char *const sorted[] = {"-2", "9", "10"};
    for (int k = 0; k < 3; ++k)
        assert_true(text_equal_to(p.facts.classes[k], sorted[k]));
    assert_true(p.facts.target_values[0] == 2 && p.facts.target_values[1] == 1 && p.facts.target_values[2] == 0);
    profiled_clear(&p);
}

static void labels_of_text_columns(void **state)
{
    (void)state;
    static const char *const values[] = {"of several words", "a second label", "and the third one"};
    for (int forced = COLUMN_CATEGORICAL; forced <= COLUMN_TEXT; ++forced) {
        profiled p = run_labels(values, 3, 0, forced, profile_request_for(0));
        if (p.status != PTG_OK) fail_msg("%s", p.error.message);
        assert_int_equal(p.facts.problem, PROBLEM_MULTICLASS);
        assert_true(text_equal_to(p.facts.classes[0], values[1]) && p.facts.target_values[1] == 0);
        assert_true(p.facts.target_values[0] == 2 && p.facts.target_values[2] == 1);
        profiled_clear(&p);
    }
    profile_request request = profile_request_for(0);
    request.problem = PROBLEM_REGRESSION;
    profiled p = run_labels(values, 3, 0, COLUMN_CATEGORICAL, request);
    assert_int_equal(p.status, PTG_ERROR_USAGE);
    assert_non_null(strstr(p.error.message, "--problem-type regression"));
    profiled_clear(&p);
}

static char made[96];

static const char *mostly_distinct(int64_t row)
{
    snprintf(made, sizeof made, "label %d", (int)(row % 31));
    return made;
}

static double day(int64_t row)
{
    return 86400.0 * (double)(row % 40);
}

static void refuses_what_is_no_target(void **state)
{
    (void)state;
    table_maker t = table_start(ROWS);
    table_texts(&t, "y", mostly_distinct, COLUMN_TEXT);
    table_numbers(&t, "x", feature);
    profiled p = profile_of(table_end(&t), "y");
    assert_int_equal(p.status, PTG_ERROR_DATA);
    assert_non_null(strstr(p.error.message, "31 distinct values in 60"));
    profiled_clear(&p);
    t = table_start(ROWS);
    table_dates(&t, "when", day);
    table_numbers(&t, "x", feature);
    p = profile_of(table_end(&t), "when");
    assert_int_equal(p.status, PTG_ERROR_DATA);
    assert_non_null(strstr(p.error.message, "'when' holds dates"));
    profiled_clear(&p);
}

static double nothing(int64_t row)
{
    return (double)NAN * (double)row;
}
static double negative(int64_t row)
{
    return row == 5 ? -1 : 1;
}
static double zero(int64_t row)
{
    return 0 * (double)row;
}
static const char *words(int64_t row)
{
    return row % 2 ? "odd" : "even";
}

typedef struct helper_case {
    const char *weight, *time, *group, *ignored;
    ptg_status status;
    const char *message;
} helper_case;

static const helper_case helper_cases[] = {
    {"negative", NULL, NULL, NULL, PTG_ERROR_DATA, "negative in 1 rows"},
    {"zero", NULL, NULL, NULL, PTG_ERROR_DATA, "0 in every row"},
    {"words", NULL, NULL, NULL, PTG_ERROR_DATA, "does not hold numbers"},
    {"nothing", NULL, NULL, NULL, PTG_ERROR_DATA, "60 rows without"},
    {NULL, "words", NULL, NULL, PTG_ERROR_DATA, "Time column 'words'"},
    {NULL, "nothing", NULL, NULL, PTG_ERROR_DATA, "Time column 'nothing'"},
    {"y", NULL, NULL, NULL, PTG_ERROR_USAGE, "both target and weight"},
    {NULL, "x", "x", NULL, PTG_ERROR_USAGE, "both group and time"},
    {NULL, NULL, NULL, "y", PTG_ERROR_USAGE, "both target and ignored"},
    {"x", NULL, NULL, "words", PTG_OK, ""},
};

static int32_t optional_column(const frame *f, const char *name)
{
    return name == NULL ? -1 : column_at(f, name);
}

static void helper_columns(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof helper_cases / sizeof helper_cases[0]; ++k) {
        const helper_case *c = &helper_cases[k];
        table_maker t = table_start(ROWS);
        table_numbers(&t, "y", of_two);
        table_numbers(&t, "x", feature);
        table_numbers(&t, "z", of_twenty);
        table_numbers(&t, "negative", negative);
        table_numbers(&t, "zero", zero);
        table_numbers(&t, "nothing", nothing);
        table_texts(&t, "words", words, COLUMN_CATEGORICAL);
        frame *f = table_end(&t);
        profile_request request = profile_request_for(0);
        request.weight = optional_column(f, c->weight);
        request.time = optional_column(f, c->time);
        request.group = optional_column(f, c->group);
        const int32_t ignored = optional_column(f, c->ignored);
        request.ignored = &ignored;
        request.n_ignored = c->ignored != NULL;
        profiled p = profile_with(f, request);
        if (p.status != c->status || (p.status != PTG_OK && strstr(p.error.message, c->message) == NULL)) {
            fail_msg("case %zu: status %d, %s", k, p.status, p.error.message);
        }
        if (p.status == PTG_OK) {
            assert_int_equal(facts_of(&p, "x")->role, ROLE_WEIGHT);
            assert_int_equal(facts_of(&p, "words")->role, ROLE_IGNORED);
            assert_int_equal(facts_of(&p, "zero")->role, ROLE_CONSTANT);
            assert_int_equal(facts_of(&p, "nothing")->role, ROLE_CONSTANT);
            assert_true(isnan(facts_of(&p, "x")->power.power));
        }
        profiled_clear(&p);
    }
}

static void refuses_tables_without_features(void **state)
{
    (void)state;
    table_maker t = table_start(ROWS);
    table_numbers(&t, "y", of_two);
    profiled p = profile_of(table_end(&t), "y");
    assert_int_equal(p.status, PTG_ERROR_DATA);
    profiled_clear(&p);
    t = table_start(ROWS);
    table_numbers(&t, "y", of_two);
    table_numbers(&t, "a", nothing);
    table_numbers(&t, "b", nothing);
    p = profile_of(table_end(&t), "y");
    assert_int_equal(p.status, PTG_ERROR_DATA);
    assert_non_null(strstr(p.error.message, "All 2 feature columns are missing"));
    profiled_clear(&p);
}

static double row_number(int64_t row)
{
    return (double)(1000 + (row * 37) % ROWS);
}
static double sparse_number(int64_t row)
{
    return (double)((row * 7919 + 11) % 100003);
}
static double telling_number(int64_t row)
{
    return (double)(row * 1000 + (row % 2 ? 1000000 : 0));
}
static const char *code(int64_t row)
{
    snprintf(made, sizeof made, "A%05d", (int)(row * 7));
    return made;
}
static const char *repeated_code(int64_t row)
{
    snprintf(made, sizeof made, "A%05d", (int)(row % 40));
    return made;
}
static const char *full_name(int64_t row)
{
    snprintf(made, sizeof made, "Person Number %d", (int)row);
    return made;
}
static const char *no_blanks(int64_t row)
{
    snprintf(made, sizeof made, "没有空格的文字没有空格的文字%d", (int)row);
    return made;
}

typedef struct role_case {
    const char *name;
    column_role role;
} role_case;

static const role_case role_cases[] = {
    {"row_number", ROLE_ID},     {"sparse_number", ROLE_ID},  {"telling_number", ROLE_FEATURE},
    {"code", ROLE_ID},           {"x", ROLE_FEATURE},         {"repeated_code", ROLE_FEATURE},
    {"full_name", ROLE_FEATURE}, {"no_blanks", ROLE_FEATURE}, {"y", ROLE_TARGET},
};

static void roles(void **state)
{
    (void)state;
    table_maker t = table_start(ROWS);
    table_numbers(&t, "y", of_two);
    table_numbers(&t, "x", feature);
    table_numbers(&t, "row_number", row_number);
    table_numbers(&t, "sparse_number", sparse_number);
    table_numbers(&t, "telling_number", telling_number);
    table_texts(&t, "code", code, COLUMN_TEXT);
    table_texts(&t, "repeated_code", repeated_code, COLUMN_CATEGORICAL);
    table_texts(&t, "full_name", full_name, COLUMN_TEXT);
    table_texts(&t, "no_blanks", no_blanks, COLUMN_TEXT);
    profiled p = profile_of(table_end(&t), "y");
    if (p.status != PTG_OK) fail_msg("%s", p.error.message);
    for (size_t k = 0; k < sizeof role_cases / sizeof role_cases[0]; ++k) {
        const column_facts *c = facts_of(&p, role_cases[k].name);
        if (c->role != role_cases[k].role) fail_msg("%s is %s: %s", role_cases[k].name, column_role_names[c->role], c->reason);
        const json_t *finding = finding_of(&p, "column-id", role_cases[k].name);
        assert_int_equal(finding != NULL, c->role == ROLE_ID);
    }
    column_role read;
    assert_true(column_role_read("group", &read) && read == ROLE_GROUP);
    assert_false(column_role_read("Group", &read));
    profiled_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(positive_class),
                                       cmocka_unit_test(problem_type_of_numbers),
                                       cmocka_unit_test(classes_in_order_of_value),
                                       cmocka_unit_test(labels_of_text_columns),
                                       cmocka_unit_test(refuses_what_is_no_target),
                                       cmocka_unit_test(helper_columns),
                                       cmocka_unit_test(refuses_tables_without_features),
                                       cmocka_unit_test(roles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
