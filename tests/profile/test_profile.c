/* The profile of whole tables: the document has the shape that docs/formats/profile.md and the example files say, the same
 * bytes at any number of threads, and the counts that pandas gives for the same cells. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile/correlation.h"
#include "profile/duplicate_rows.h"
#include "profile_tables.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define N 1500

typedef struct golden_column {
    const char *name;
    int64_t count, distinct, outliers;
    double values[12];
} golden_column;
#include "golden_profile.h"

static double unit(int64_t i)
{
    return (double)((i * 7919 + 13) % 1009) / 1009.0;
}

static double heavy(int64_t i)
{
    const double v = unit(i) * unit(i) * unit(i) * 50.0 - 3.0;
    return i % 31 == 3 ? (double)NAN : i % 97 == 5 ? v * 40.0 : v;
}

static double whole(int64_t i)
{
    return i == 700 ? 900.0 : (double)((i * i) % 83);
}
static double mostly_zero(int64_t i)
{
    return i % 50 == 0 ? unit(i) : 0.0;
}
static double blind(int64_t i)
{
    return noise(i, 7);
}
static double target_number(int64_t i)
{
    return (double)((i * i) % 83) / 10 + noise(i, 3);
}
static double id(int64_t i)
{
    return (double)i + 1;
}
static double constant(int64_t i)
{
    return i % 3 ? 0.25 : (double)NAN;
}
static double day(int64_t i)
{
    return 86400.0 * (double)(i % 300);
}
static double with_infinity(int64_t i)
{
    return i % 100 ? unit(i) : (double)INFINITY;
}
static const char *yes_no(int64_t i)
{
    return i % 37 == 0 ? NULL : whole(i) > 60 ? "yes" : "no";
}
static const char *three(int64_t i)
{
    return whole(i) < 20 ? "low" : whole(i) < 60 ? "middle" : "high";
}
static const char *city(int64_t i)
{
    static const char *const names[] = {"Köln", "Bonn", "Ulm", NULL, "Köln"};
    return names[i % 5];
}

static const char *note(int64_t i)
{
    static char made[96];
    if (i % 10 == 4) return NULL;
    snprintf(made, sizeof made, "%s word%d said %s", i % 2 ? "the" : "one", (int)(i % 400),
             whole(i) > 60 ? "good things" : "nothing much");
    return made;
}

static frame *mixed_table(const char *target)
{
    table_maker t = table_start(N);
    table_numbers(&t, "id", id);
    table_numbers(&t, "heavy", heavy);
    table_numbers(&t, "whole", whole);
    table_numbers(&t, "mostly_zero", mostly_zero);
    table_numbers(&t, "blind", blind);
    table_numbers(&t, "with_infinity", with_infinity);
    table_numbers(&t, "constant", constant);
    table_dates(&t, "day", day);
    table_texts(&t, "city", city, COLUMN_CATEGORICAL);
    table_texts(&t, "note", note, COLUMN_TEXT);
    if (strcmp(target, "bought") == 0) table_texts(&t, target, yes_no, COLUMN_CATEGORICAL);
    if (strcmp(target, "level") == 0) table_texts(&t, target, three, COLUMN_CATEGORICAL);
    if (strcmp(target, "price") == 0) table_numbers(&t, target, target_number);
    return table_end(&t);
}

static const json_t *member(const json_t *value, const char *path)
{
    char key[64];
    for (const char *at = path; value != NULL && *at != '\0';) {
        const size_t size = strcspn(at, "/");
        snprintf(key, sizeof key, "%.*s", (int)size, at);
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(key)) : json_object_get(value, key);
        at += size + (at[size] == '/');
    }
    if (value == NULL) fail_msg("nothing at %s", path);
    return value;
}

static double number_at(const json_t *value, const char *path)
{
    return json_number_value_or(member(value, path), NAN);
}
static const char *text_at(const json_t *value, const char *path)
{
    return json_string_value(member(value, path));
}

static const json_t *column_of(const profiled *p, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "columns/%d", (int)column_at(p->f, name));
    return member(p->document, path);
}

/* Collects "path: kind" for every member; members of arrays share one path. Numbers and null may stand for each other. */
static void collect_shape(const json_t *value, const char *path, json_t *shape)
{
    char longer[256];
    const char *key;
    json_t *inner;
    size_t i;
    json_object_set_new(shape, path, json_true());
    json_object_foreach((json_t *)(uintptr_t)value, key, inner)
    {
        snprintf(longer, sizeof longer, "%s/%s", path, key);
        collect_shape(inner, longer, shape);
    }
    json_array_foreach(value, i, inner)
    {
        snprintf(longer, sizeof longer, "%s/*", path);
        collect_shape(inner, longer, shape);
    }
}

static json_t *example(const char *name)
{
    const char *root = getenv("PTG_SOURCE");
    char path[512];
    ptg_error error = {0};
    json_t *out = NULL;
    snprintf(path, sizeof path, "%s/tests/profile/%s", root == NULL ? "." : root, name);
    if (json_read_file(path, &out, &error) != PTG_OK) fail_msg("%s", error.message);
    return out;
}

static void assert_covers(const json_t *wide, const json_t *narrow, const char *what)
{
    const char *key;
    json_t *inner;
    json_object_foreach((json_t *)(uintptr_t)narrow, key, inner)
    {
        if (json_object_get(wide, key) == NULL) fail_msg("%s lacks %s", what, key);
    }
}

static void has_the_shape_of_the_examples(void **state)
{
    (void)state;
    static const char *const files[2] = {"example_profile.json", "example_regression_profile.json"}, *const targets[2] = {
                                                                                                         "bought", "price"};
    for (int k = 0; k < 2; ++k) {
        profiled p = profile_of(mixed_table(targets[k]), targets[k]);
        json_t *expected = example(files[k]), *made_shape = json_object(), *expected_shape = json_object();
        collect_shape(p.document, "", made_shape);
        collect_shape(expected, "", expected_shape);
        static const char *const optional[] = {"/duplicates/top/*/cells",
                                               "/table/dialect",
                                               "/table/ragged",
                                               "/target/top_invalid",
                                               "/columns/*/top_invalid",
                                               "/columns/*/missing_tokens",
                                               "/columns/*/tokens",
                                               "/target/outlier_rows",
                                               "/duplicates/top",
                                               "/missing_patterns/pairs",
                                               "/checks/leaks",
                                               "/checks/groups",
                                               "/checks/times",
                                               "/checks/label_noise",
                                               "/analysis",
                                               "/columns/*/cells/affixes",
                                               "/table/renamed",
                                               "/checks/drift_time/columns",
                                               "/columns/*/text/languages",
                                               "/columns/*/text/top_words",
                                               "/columns/*/datetime/gaps",
                                               "/columns/*/datetime/months",
                                               "/table/sample"};
        for (size_t i = 0; i < sizeof optional / sizeof optional[0]; ++i) { /* depend on the table; checked by other tests */
            const char *key;
            json_t *inner;
            void *next;
            json_object_foreach_safe(expected_shape, next, key, inner)
            {
                if (strncmp(key, optional[i], strlen(optional[i])) == 0) json_object_del(expected_shape, key);
            }
            json_object_foreach_safe(made_shape, next, key, inner)
            {
                if (strncmp(key, optional[i], strlen(optional[i])) == 0) json_object_del(made_shape, key);
            }
        }
        assert_covers(made_shape, expected_shape, "the document");
        assert_covers(expected_shape, made_shape, files[k]);
        json_decref(expected);
        json_decref(made_shape);
        json_decref(expected_shape);
        profiled_clear(&p);
    }
}

static void numbers_match_numpy(void **state)
{
    (void)state;
    profiled p = profile_of(mixed_table("bought"), "bought");
    for (int k = 0; k < 3; ++k) { /* heavy, whole, mostly_zero */
        const golden_column *golden = &golden_columns[k];
        const json_t *c = column_of(&p, golden->name);
        assert_int_equal((int64_t)number_at(c, "valid"), golden->count);
        assert_int_equal((int64_t)number_at(c, "missing"), N - golden->count);
        assert_int_equal((int64_t)number_at(c, "distinct"), golden->distinct);
        assert_int_equal((int64_t)number_at(c, "numeric/outliers"), golden->outliers);
        assert_true(fabs(number_at(c, "numeric/mean") - golden->values[0]) <= 1e-9 * fabs(golden->values[0]));
        assert_true(fabs(number_at(c, "numeric/kurtosis") - golden->values[3]) <= 1e-9 * golden->values[3]);
    }
    const json_t *c = column_of(&p, "with_infinity");
    assert_true(number_at(c, "numeric/infinite") == 15 && number_at(c, "valid") == N && number_at(c, "numeric/max") < 1);
    assert_true(fabs(number_at(c, "numerical_share") - 0.99) < 1e-12);
    assert_string_equal(text_at(column_of(&p, "city"), "top_values/0/value"), "Köln");
    assert_true(number_at(column_of(&p, "city"), "top_values/0/count") == 600 &&
                number_at(column_of(&p, "city"), "distinct") == 3);
    assert_string_equal(text_at(column_of(&p, "day"), "datetime/min"), "1970-01-01");
    assert_true(number_at(column_of(&p, "day"), "datetime/span_days") == 299);
    profiled_clear(&p);
}

static void correlation_matches_numpy(void **state)
{
    (void)state;
    frame *f = mixed_table("price");
    const int32_t columns[4] = {column_at(f, "heavy"), column_at(f, "whole"), column_at(f, "mostly_zero"),
                                column_at(f, "constant")};
    double r[16];
    assert_int_equal(correlation_make(f, columns, 4, NULL, r, NULL), PTG_OK);
    assert_true(fabs(r[1] - golden_correlation[0]) < 1e-12 && fabs(r[6] - golden_correlation[1]) < 1e-12);
    assert_true(r[0] == 1 && r[15] == 1 && isnan(r[3]) && r[1] == r[4]);
    frame_free(f);
}

static void target_section(void **state)
{
    (void)state;
    profiled p = profile_of(mixed_table("bought"), "bought");
    assert_true(number_at(p.document, "target/labelled") == N - 41 && number_at(p.document, "target/missing") == 41);
    assert_string_equal(text_at(p.document, "problem/positive_class"), "yes");
    assert_true(json_is_null(member(p.document, "target/numeric")) &&
                json_is_true(member(p.document, "target/classes/1/positive")));
    assert_string_equal(text_at(p.document, "sample/columns/0"), "bought");
    assert_int_equal(json_array_size(member(p.document, "sample/rows")), 10);
    assert_string_equal(text_at(p.document, "power/0/column"), "whole");
    assert_true(number_at(p.document, "power/0/power") > 0.99);
    assert_non_null(finding_of(&p, "target-missing", "bought"));
    assert_non_null(finding_of(&p, "column-constant", "constant"));
    assert_null(finding_of(&p, "target-skewed", NULL));
    profiled_clear(&p);
}

static double target_with_outliers(int64_t i)
{
    return i % 100 == 50 ? 1000.0 + (double)i : noise(i, 9) + (double)(i % 7);
}

static void outlier_rows_of_the_target(void **state)
{
    (void)state;
    table_maker t = table_start(N);
    table_numbers(&t, "y", target_with_outliers);
    table_numbers(&t, "x", blind);
    profiled p = profile_of(table_end(&t), "y");
    assert_true(number_at(p.document, "target/numeric/outliers") == 15);
    const json_t *rows = member(p.document, "target/outlier_rows/rows");
    assert_int_equal(json_array_size(rows), 10);
    int64_t before = -1;
    for (size_t i = 0; i < 10; ++i) {
        const int64_t row = json_integer_or(json_array_get(rows, i), "row", -1);
        assert_true(row > before && row % 100 == 50);
        before = row;
    }
    assert_non_null(finding_of(&p, "target-outliers", "y"));
    assert_non_null(finding_of(&p, "target-skewed", "y"));
    assert_string_equal(json_text_or(finding_of(&p, "target-outliers", "y"), "severity", ""), "high");
    profiled_clear(&p);
}

/* Tells the target by what it is made of, and finds nothing in noise, for each problem and model. */
static void power_tells(void **state)
{
    (void)state;
    static const char *const targets[] = {"bought", "level", "price"};
    for (int k = 0; k < 3; ++k) {
        profiled p = profile_of(mixed_table(targets[k]), targets[k]);
        if (p.status != PTG_OK) fail_msg("%s", p.error.message);
        const prediction_power *good = &facts_of(&p, "whole")->power, *none = &facts_of(&p, "blind")->power;
        const prediction_power *words = &facts_of(&p, "note")->power;
        if (!(good->power > 0.8)) fail_msg("%s: whole %g", targets[k], good->power);
        if (!(none->raw < 3 * none->se && none->power >= 0)) fail_msg("%s: blind %g se %g", targets[k], none->raw, none->se);
        if (!(words->power > 0.2 && words->model == POWER_WORDS)) fail_msg("%s: note %g", targets[k], words->power);
        assert_true(isnan(facts_of(&p, "constant")->power.power));
        assert_true(facts_of(&p, "city")->power.model == POWER_LEVELS && facts_of(&p, "day")->power.model == POWER_BINS);
        assert_true(good->se >= 0 && good->se < 0.1);
        profiled_clear(&p);
    }
}

static char *document_text(profile_request request)
{
    profiled p = profile_with(mixed_table("bought"), request);
    if (p.status != PTG_OK) fail_msg("%s", p.error.message);
    char *out = json_canonical(p.document);
    profiled_clear(&p);
    return out;
}

static void same_bytes_at_any_threads(void **state)
{
    (void)state;
    profile_request request = profile_request_for(10);
    char *one = document_text(request);
    request.threads = pool_new(3);
    char *three_threads = document_text(request);
    assert_string_equal(one, three_threads);
    request.seed = 1;
    char *other_seed = document_text(request);
    assert_string_not_equal(one, other_seed);
    pool_free(request.threads);
    mem_free(one);
    mem_free(three_threads);
    mem_free(other_seed);
}

static double of_ten(int64_t i)
{
    return i < 5 ? (double)NAN : (double)(i % 10);
}
static const char *of_ten_text(int64_t i)
{
    return i % 10 == 4 ? NULL : i % 10 < 8 ? "a b" : "c";
}

static void finds_duplicate_rows(void **state)
{
    (void)state;
    table_maker t = table_start(200);
    table_numbers(&t, "n", of_ten);
    table_texts(&t, "t", of_ten_text, COLUMN_TEXT);
    frame *f = table_end(&t);
    duplicate_rows found;
    assert_int_equal(duplicate_rows_find(f, NULL, &found, NULL), PTG_OK);
    /* pandas: duplicated().sum() of the same table; rows 0-3 are (missing, "a b"), row 4 is (missing, missing) */
    assert_int_equal(found.count, 188);
    assert_int_equal(found.n_top, 10);
    assert_int_equal(found.top[0].copies, 20);
    assert_int_equal(found.top[0].rows[0], 5);
    assert_int_equal(found.top[0].rows[1], 15);
    frame_free(f);
}

static double only_row(int64_t i)
{
    return (double)i + 5;
}
static const char *hostile(int64_t i)
{
    return i ? NULL : "<script>|`*_[$\\\r\n\033[31m";
}

static void profiles_without_target(void **state)
{
    (void)state;
    for (int64_t rows = 1; rows <= 2; ++rows) {
        table_maker t = table_start(rows);
        table_numbers(&t, "n", only_row);
        table_texts(&t, "t", hostile, COLUMN_TEXT);
        profiled p = profile_of(table_end(&t), NULL);
        if (p.status != PTG_OK) fail_msg("%s", p.error.message);
        assert_true(json_is_null(member(p.document, "target")) && json_is_null(member(p.document, "problem")));
        assert_int_equal(json_array_size(member(p.document, "power")), 0);
        assert_int_equal(json_array_size(member(p.document, "sample/rows")), (size_t)rows);
        assert_string_equal(text_at(column_of(&p, "t"), "top_values/0/value"), hostile(0));
        profiled_clear(&p);
    }
    table_maker t = table_start(0);
    table_numbers(&t, "n", only_row);
    frame *f = table_end(&t);
    profiled p = profile_of(f, NULL);
    assert_int_equal(p.status, PTG_ERROR_DATA);
    assert_non_null(strstr(p.error.message, "no rows"));
    profiled_clear(&p);
}

/* Every allocation that fails is an ordinary status, and nothing is left behind (leaks are the sanitizer's to find). */
#ifdef PTG_FAULTS
/* The n-th allocation fails, until none does; `step` 0: all of them, else in steps that grow by n / step. */
static void fail_allocations(const frame *f, bool quick, int64_t step)
{
    for (int64_t n = 1;; n += 1 + (step > 0 ? n / step : 0)) {
        profile_request request = profile_request_for(column_at(f, "price"));
        request.quick = quick;
        profile_facts facts;
        json_t *document = NULL;
        mem_fail_at(n);
        const ptg_status status = profile_make(f, &request, &document, &facts, NULL);
        mem_fail_at(0);
        if (status == PTG_OK) {
            assert_true(n > 50);
            json_decref(document);
            profile_facts_clear(&facts);
            break;
        }
        assert_int_equal(status, PTG_ERROR_MEMORY);
    }
}
#endif

static void survives_want_of_memory(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    frame *f = mixed_table("price");
    fail_allocations(f, true, 0);
    fail_allocations(f, false, 12);
    frame_free(f);
#else
    skip(); /* needs -Dfaults=true */
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_shape_of_the_examples), cmocka_unit_test(numbers_match_numpy),
        cmocka_unit_test(correlation_matches_numpy),     cmocka_unit_test(target_section),
        cmocka_unit_test(outlier_rows_of_the_target),    cmocka_unit_test(power_tells),
        cmocka_unit_test(same_bytes_at_any_threads),     cmocka_unit_test(finds_duplicate_rows),
        cmocka_unit_test(profiles_without_target),       cmocka_unit_test(survives_want_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
