/* Checks of whole tables: each is raised by a table that has the fault and not by its sound twin, and the small model behind
 * them gives the same bytes at any number of threads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile/associations.h"
#include "profile/missing_patterns.h"
#include "profile/model_checks.h"
#include "profile/repeated_features.h"
#include "profile_tables.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define ROWS 2000
#define PATIENTS 200

static char made[96];

static double x(int64_t i)
{
    return noise(i, 1) - 0.5;
}
static double z(int64_t i)
{
    return noise(i, 2) - 0.5;
}
static double dull(int64_t i)
{
    return noise(i, 3);
}
static double y(int64_t i)
{
    return 10 * x(i) + 6 * z(i) + noise(i, 4);
}
static const char *label(int64_t i)
{
    return y(i) + 2 * noise(i, 5) > 1.5 ? "yes" : "no";
}

/* ---- faults */

static double y_scaled(int64_t i)
{
    return -3 * y(i) + 100;
}
static double y_nearly(int64_t i)
{
    return y(i) + 0.6 * (noise(i, 6) - 0.5);
}
static double part_a(int64_t i)
{
    return y(i) * noise(i, 7);
}
static double part_b(int64_t i)
{
    return y(i) - part_a(i);
}
static const char *other_label(int64_t i)
{
    return label(i)[0] == 'y' ? "sold" : "open";
}
static const char *late_note(int64_t i)
{
    return label(i)[0] == 'y' && noise(i, 8) < 0.95 ? (noise(i, 9) < 0.5 ? "by mail" : "by phone") : NULL;
}
static const char *early_note(int64_t i)
{
    return noise(i, 10) < 0.5 ? (noise(i, 9) < 0.5 ? "by mail" : "by phone") : NULL;
}
static double y_rounded(int64_t i)
{
    return floor(20 * y(i));
}
static double y_with_error(int64_t i)
{
    return 3 * (y(i) + 0.15 * (noise(i, 51) - 0.5));
}
static const char *three_levels(int64_t i)
{
    const double v = x(i) + 0.1 * noise(i, 52);
    return v < -0.1 ? "low" : v < 0.22 ? "mid" : "high";
}
static const char *three_levels_wrong(int64_t i)
{
    static const char *const others[3][2] = {{"mid", "high"}, {"low", "high"}, {"low", "mid"}};
    const char *right = three_levels(i);
    if (noise(i, 53) >= 0.1) return right;
    return others[right[0] == 'l' ? 0 : right[0] == 'm' ? 1 : 2][noise(i, 54) < 0.5];
}
static const char *three_levels_apart(int64_t i) /* classes that overlap much, without an error */
{
    const double v = x(i) + 0.6 * noise(i, 55);
    return v < 0.15 ? "low" : v < 0.45 ? "mid" : "high";
}
static const char *wrong_label(int64_t i)
{
    const bool wrong = noise(i, 11) < 0.1;
    return (label(i)[0] == 'y') != wrong ? "yes" : "no";
}
static double sorted_y(int64_t i)
{
    return (double)i / 100 + 0.1 * noise(i, 12);
}
static double patient(int64_t i)
{
    return (double)(i * 7919 % PATIENTS);
}
static const char *patient_name(int64_t i)
{
    snprintf(made, sizeof made, "P%03d", (int)patient(i));
    return made;
}
static double of_patient(int64_t i)
{
    return noise((int64_t)patient(i), 13);
}
static double of_patient_too(int64_t i)
{
    return noise((int64_t)patient(i), 14);
}
static double outcome_of_patient(int64_t i)
{
    return 10 * noise((int64_t)patient(i), 15) + noise(i, 16) + x(i);
}
static const char *store(int64_t i)
{
    snprintf(made, sizeof made, "S%03d", (int)patient(i));
    return made;
}
static double sale(int64_t i) /* the store helps, but is no entity that others tell */
{
    return 4 * noise((int64_t)patient(i), 15) + 10 * x(i) + 4 * noise(i, 17);
}
static double day(int64_t i)
{
    return 86400.0 * (double)i;
}
static double shuffled_day(int64_t i)
{
    return 86400.0 * (double)(i * 7919 % ROWS);
}
static double trend(int64_t i)
{
    return y(i) + (double)i / 60;
}
static double broken_1(int64_t i)
{
    return i % 500 == 3 ? 1e4 + noise(i, 18) : noise(i, 18);
}
static double broken_2(int64_t i)
{
    return i % 500 == 3 ? -1e4 + noise(i, 19) : noise(i, 19);
}
static double broken_3(int64_t i)
{
    return i % 500 == 3 ? 1e5 + noise(i, 20) : noise(i, 20);
}
static double id(int64_t i)
{
    return (double)(i * 7919 % ROWS);
}
static double y_of_id(int64_t i)
{
    return id(i) / 100 + 2 * noise(i, 21);
}
static double repeated(int64_t i)
{
    return noise(i % 1500, 22);
}
static double repeated_too(int64_t i)
{
    return noise(i % 1500, 23);
}
static double y_of_repeated(int64_t i)
{
    return repeated(i) * 5;
}
static double y_against(int64_t i)
{
    return repeated(i) * 5 + (i >= 1500 ? 40 : 0) * (noise(i, 24) - 0.5);
}

/* ---- tables */

typedef struct planted_column {
    const char *name;
    number_of_row number, date;
    text_of_row text;
} planted_column;

typedef struct planted {
    const char *id, *concerned; /* the finding and the column it names first; NULL: the table */
    const char *severity;       /* that it must have, or NULL: it must not be there above low */
    planted_column columns[6];  /* the last one is the target */
} planted;

#define FEATURES                                                                                                               \
    {"x", x, NULL, NULL}, {"z", z, NULL, NULL},                                                                                \
    {                                                                                                                          \
        "dull", dull, NULL, NULL                                                                                               \
    }
#define NUMBER(name, function)                                                                                                 \
    {                                                                                                                          \
        name, function, NULL, NULL                                                                                             \
    }
#define WORD(name, function)                                                                                                   \
    {                                                                                                                          \
        name, NULL, NULL, function                                                                                             \
    }
#define DATE(name, function)                                                                                                   \
    {                                                                                                                          \
        name, NULL, function, NULL                                                                                             \
    }

static const planted tables[] = {
    {"leak-copy", "copy", "high", {FEATURES, NUMBER("copy", y_scaled), NUMBER("y", y)}},
    {"leak-copy", "copy", "high", {FEATURES, WORD("copy", other_label), WORD("y", label)}},
    {"leak-copy", "copy", "high", {FEATURES, NUMBER("copy", y_rounded), NUMBER("y", y)}},
    {"leak-copy", "late", NULL, {FEATURES, NUMBER("late", y_with_error), NUMBER("y", y)}},
    {"leak-target", "late", "high", {FEATURES, NUMBER("late", y_with_error), NUMBER("y", y)}},
    {"leak-copy", "x", NULL, {FEATURES, NUMBER("y", y)}},
    {"leak-copy", "x", NULL, {FEATURES, WORD("y", label)}},
    {"leak-target", "late", "high", {{"dull", dull, NULL, NULL}, NUMBER("z", z), NUMBER("late", y_nearly), NUMBER("y", y)}},
    {"leak-target", "x", NULL, {FEATURES, NUMBER("y", y)}},
    {"leak-target", "x", NULL, {FEATURES, WORD("y", label)}},
    {"leak-sum", "a", "high", {FEATURES, NUMBER("a", part_a), NUMBER("b", part_b), NUMBER("y", y)}},
    {"leak-sum", NULL, NULL, {FEATURES, NUMBER("y", y)}},
    {"leak-missing", "note", "high", {FEATURES, WORD("note", late_note), WORD("y", label)}},
    {"leak-missing", "note", NULL, {FEATURES, WORD("note", early_note), WORD("y", label)}},
    {"leak-order", "id", "high", {FEATURES, NUMBER("id", id), NUMBER("y", y_of_id)}},
    {"leak-order", "id", NULL, {FEATURES, NUMBER("id", id), NUMBER("y", y)}},
    {"rows-sorted-by-target", "y", "medium", {FEATURES, NUMBER("y", sorted_y)}},
    {"rows-sorted-by-target", "y", NULL, {FEATURES, NUMBER("y", y)}},
    {"rows-group",
     "patient",
     "high",
     {NUMBER("x", x), NUMBER("a", of_patient), NUMBER("b", of_patient_too), WORD("patient", patient_name),
      NUMBER("y", outcome_of_patient)}},
    {"rows-group", "store", NULL, {FEATURES, WORD("store", store), NUMBER("y", sale)}},
    {"rows-time-order", "day", "medium", {FEATURES, DATE("day", day), NUMBER("y", trend)}},
    {"rows-time-order", "day", NULL, {FEATURES, DATE("day", shuffled_day), NUMBER("y", y)}},
    {"rows-anomalous", NULL, "medium", {NUMBER("a", broken_1), NUMBER("b", broken_2), NUMBER("c", broken_3), NUMBER("y", y)}},
    {"rows-anomalous", NULL, NULL, {FEATURES, NUMBER("y", y)}},
    {"label-noise", "y", "medium", {FEATURES, WORD("y", wrong_label)}},
    {"label-noise", "y", NULL, {FEATURES, WORD("y", label)}},
    {"label-noise", "y", "medium", {FEATURES, WORD("y", three_levels_wrong)}},
    {"label-noise", "y", NULL, {FEATURES, WORD("y", three_levels)}},
    {"label-noise", "y", NULL, {FEATURES, WORD("y", three_levels_apart)}},
    {"rows-duplicate", NULL, "high", {NUMBER("a", repeated), NUMBER("b", repeated_too), NUMBER("y", y_of_repeated)}},
    {"rows-duplicate", NULL, NULL, {FEATURES, NUMBER("y", y)}},
    {"rows-conflicting", "y", "high", {NUMBER("a", repeated), NUMBER("b", repeated_too), NUMBER("y", y_against)}},
    {"rows-conflicting", "y", NULL, {NUMBER("a", repeated), NUMBER("b", repeated_too), NUMBER("y", y_of_repeated)}},
};

static frame *table_of(const planted_column *columns, int64_t rows)
{
    table_maker t = table_start(rows);
    for (int k = 0; k < 6 && columns[k].name != NULL; ++k) {
        if (columns[k].number != NULL) table_numbers(&t, columns[k].name, columns[k].number);
        if (columns[k].date != NULL) table_dates(&t, columns[k].name, columns[k].date);
        if (columns[k].text != NULL) table_texts(&t, columns[k].name, columns[k].text, COLUMN_CATEGORICAL);
    }
    return table_end(&t);
}

static void raised_where_planted(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof tables / sizeof tables[0]; ++k) {
        const planted *p = &tables[k];
        profiled made_of = profile_of(table_of(p->columns, ROWS), "y");
        if (made_of.status != PTG_OK) fail_msg("%d: %s", (int)k, made_of.error.message);
        const json_t *found = finding_of(&made_of, p->id, p->concerned);
        const char *severity = found == NULL ? "none" : json_text_or(found, "severity", "");
        const bool quiet = found == NULL || strcmp(severity, "low") == 0;
        if (p->severity == NULL ? !quiet : strcmp(severity, p->severity) != 0)
            fail_msg("%s in table %d is %s: %s", p->id, (int)k, severity, found == NULL ? "" : json_text_or(found, "text", ""));
        profiled_clear(&made_of);
    }
}

static double x_moved(int64_t i)
{
    return x(i) + 0.4;
}

static void compared(number_of_row other, const char *severity)
{
    const planted_column here[6] = {FEATURES, NUMBER("y", y)};
    const planted_column there[6] = {{"x", other, NULL, NULL}, NUMBER("z", z), NUMBER("dull", dull), NUMBER("y", y)};
    frame *f = table_of(here, ROWS), *validation = table_of(there, ROWS / 2);
    profile_request request = profile_request_for(column_at(f, "y"));
    request.validation = validation;
    profiled p = profile_with(f, request);
    assert_int_equal(p.status, PTG_OK);
    const json_t *found = finding_of(&p, "drift-validation", NULL);
    assert_string_equal(found == NULL ? "none" : json_text_or(found, "severity", ""), severity);
    if (found != NULL) assert_non_null(finding_of(&p, "drift-validation", "x"));
    profiled_clear(&p);
    frame_free(validation);
}

static void drift_between_files(void **state)
{
    (void)state;
    compared(x_moved, "high");
    compared(x, "none");
}

static void same_bytes_at_any_threads(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof tables / sizeof tables[0]; k += 3) {
        char *texts[2], *findings[2];
        for (int n = 1; n <= 2; ++n) {
            frame *f = table_of(tables[k].columns, ROWS);
            profile_request request = profile_request_for(column_at(f, "y"));
            request.threads = pool_new(n);
            profiled p = profile_with(f, request);
            assert_int_equal(p.status, PTG_OK);
            texts[n - 1] = json_canonical(p.document);
            findings[n - 1] = json_canonical(p.findings);
            profiled_clear(&p);
            pool_free(request.threads);
        }
        assert_string_equal(texts[0], texts[1]);
        assert_string_equal(findings[0], findings[1]);
        for (int n = 0; n < 2; ++n) {
            mem_free(texts[n]);
            mem_free(findings[n]);
        }
    }
}

static void quick_profiles_have_no_checks(void **state)
{
    (void)state;
    frame *f = table_of(tables[0].columns, ROWS);
    profile_request request = profile_request_for(column_at(f, "y"));
    request.quick = true;
    profiled p = profile_with(f, request);
    assert_int_equal(p.status, PTG_OK);
    assert_true(json_is_null(json_object_get(p.document, "checks")));
    assert_true(json_is_null(json_object_get(p.document, "anomalous_rows")));
    assert_null(p.facts.checks);
    assert_null(finding_of(&p, "leak-copy", NULL));
    profiled_clear(&p);
}

static void says_what_parts_the_rows_alike(void **state)
{
    (void)state;
    const planted_column columns[6] = {NUMBER("of_patient", of_patient),
                                       NUMBER("of_patient_too", of_patient_too),
                                       WORD("patient", patient_name),
                                       WORD("store", store),
                                       NUMBER("dull", dull),
                                       NUMBER("y", outcome_of_patient)};
    profiled p = profile_of(table_of(columns, ROWS), "y");
    assert_int_equal(p.status, PTG_OK);
    assert_non_null(finding_of(&p, "rows-group", "patient"));
    assert_ptr_equal(finding_of(&p, "rows-group", "patient"), finding_of(&p, "rows-group", "store"));
    assert_null(finding_of(&p, "rows-group", "dull"));
    profiled_clear(&p);
}

/* ---- associations and missing patterns */

static const char *half(int64_t i)
{
    return x(i) < 0 ? "low" : "high";
}
static const char *half_too(int64_t i)
{
    return x(i) < 0 ? "L" : "H";
}
static double minus_x_cubed(int64_t i)
{
    return -x(i) * x(i) * x(i);
}
static double gap_a(int64_t i)
{
    return i % 4 == 0 ? (double)NAN : dull(i);
}
static double gap_b(int64_t i)
{
    return i % 4 == 0 ? (double)NAN : z(i);
}

static const association *pair_of(const profiled *p, const char *a, const char *b)
{
    const associations *all = p->facts.associations;
    const int32_t one = column_at(p->f, a), two = column_at(p->f, b);
    for (int32_t k = 0; k < all->n; ++k) {
        const association *found = &all->pairs[k];
        if ((found->a == one && found->b == two) || (found->a == two && found->b == one)) return found;
    }
    return NULL;
}

static void associations_of_all_kinds(void **state)
{
    (void)state;
    const planted_column columns[6] = {
        {"x", x, NULL, NULL}, NUMBER("c", minus_x_cubed), NUMBER("dull", dull), WORD("half", half), WORD("other", half_too)};
    profiled p = profile_of(table_of(columns, ROWS), NULL);
    const association *numbers = pair_of(&p, "x", "c"), *words = pair_of(&p, "half", "other"),
                      *mixed = pair_of(&p, "x", "half");
    assert_true(numbers != NULL && words != NULL && mixed != NULL);
    assert_true(fabs(numbers->spearman + 1) < 1e-9 && numbers->pearson > -0.95 && numbers->pearson < -0.85);
    assert_true(isnan(numbers->cramer) && isnan(numbers->ratio));
    assert_true(fabs(words->cramer - 1) < 1e-9 && fabs(words->information - 1) < 0.01 && isnan(words->pearson));
    assert_true(fabs(mixed->ratio - sqrt(0.75)) < 0.02 && isnan(mixed->cramer)); /* a uniform number and its two halves */
    assert_null(pair_of(&p, "x", "dull"));
    assert_int_equal(p.facts.associations->rows, ROWS);
    profiled_clear(&p);
}

static void columns_missing_together(void **state)
{
    (void)state;
    const planted_column columns[6] = {NUMBER("a", gap_a), NUMBER("b", gap_b), {"x", x, NULL, NULL}, WORD("note", early_note)};
    profiled p = profile_of(table_of(columns, ROWS), NULL);
    const missing_patterns *m = p.facts.missing;
    assert_int_equal(m->n_columns, 3);
    assert_int_equal(m->n_distinct, 4);
    assert_int_equal(m->n_pairs, 1);
    assert_true(fabs(m->pairs[0].phi - 1) < 1e-12);
    int64_t rows = 0;
    for (int32_t k = 0; k < m->n; ++k)
        rows += m->top[k].rows;
    assert_int_equal(rows, ROWS);
    profiled_clear(&p);
}

static const char *coarse(int64_t i)
{
    static const char *const names[] = {"a", "b", "c"};
    return names[(int)(3 * noise(i, 30))];
}
static const char *coarse_too(int64_t i)
{
    static const char *const names[] = {"a", "b", "c"};
    return names[(int)(3 * noise(i, 31))];
}

static void rows_that_repeat_by_nature(void **state)
{
    (void)state;
    const planted_column columns[6] = {WORD("a", coarse), WORD("b", coarse_too), WORD("y", label)};
    profiled p = profile_of(table_of(columns, ROWS), "y");
    assert_true(p.facts.conflicts->natural && p.facts.conflicts->conflicting > ROWS / 2);
    assert_string_equal(json_text_or(finding_of(&p, "rows-duplicate", NULL), "severity", ""), "low");
    assert_string_equal(json_text_or(finding_of(&p, "rows-conflicting", NULL), "severity", ""), "low");
    profiled_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raised_where_planted),           cmocka_unit_test(drift_between_files),
        cmocka_unit_test(same_bytes_at_any_threads),      cmocka_unit_test(quick_profiles_have_no_checks),
        cmocka_unit_test(says_what_parts_the_rows_alike), cmocka_unit_test(associations_of_all_kinds),
        cmocka_unit_test(columns_missing_together),       cmocka_unit_test(rows_that_repeat_by_nature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
