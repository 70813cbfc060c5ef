/* Findings on columns, pairs, cells, lines and files: tables written as files, read and profiled; each check with what it must
 * raise, a clean twin, and its bound. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "profile/finding.h"
#include "profile_tables.h"

#include <cmocka.h>

#define ROWS 600

static char made[64];

static const char *decimals(int digits, double value)
{
    snprintf(made, sizeof made, "%.*f", digits, value);
    return made;
}

/* Three decimals of something like a normal distribution. */
static double bell(int64_t i, uint64_t stream)
{
    double sum = 0;
    for (uint64_t k = 0; k < 12; ++k)
        sum += noise(i, 100 * stream + k);
    return sum - 6;
}

static double signal(int64_t i)
{
    return bell(i, 1);
}

static bool event(int64_t i)
{
    return signal(i) + 0.5 * bell(i, 2) > 0;
}

/* Every 20th costs five times as much: a kind of its own, not an error. */
static const char *dear_sometimes(int64_t i)
{
    return decimals(2, i % 20 ? 5 + 25 * noise(i, 61) : 95 + 10 * noise(i, 61));
}
static const char *other_unit_sometimes(int64_t i)
{
    return decimals(2, (i % 25 ? 50 : 50000) + bell(i, 62));
}
static const char *pressure(int64_t i)
{
    return decimals(0, i % 12 ? 75 + 5 * bell(i, 63) : 0);
}
static const char *amount_or_nothing(int64_t i)
{
    return decimals(0, i % 12 ? 100 * noise(i, 64) : 0);
}
static const char *scale_and_nine(int64_t i)
{
    return decimals(0, i % 12 ? floor(1 + 4 * noise(i, 65)) : 9);
}
static const char *scale_to_nine(int64_t i)
{
    return decimals(0, floor(10 * noise(i, 66)));
}
static const char *points_and_nines(int64_t i)
{
    return decimals(0, i % 12 ? (i % 3 ? floor(1 + 5000 * noise(i, 67)) : 0) : 999);
}
static const char *points(int64_t i)
{
    return decimals(0, i % 3 ? floor(1 + 5000 * noise(i, 67)) : 0);
}
static const char *level_or_99(int64_t i)
{
    static const char *const levels[] = {"red", "green", "blue", "grey"};
    return i % 12 ? levels[(int)(4 * noise(i, 68))] : "99";
}
static const char *mostly_na(int64_t i)
{
    static const char *const levels[] = {"gift", "return", "repair"};
    return i % 12 ? "NA" : levels[(int)(3 * noise(i, 69))];
}
static const char *mostly_plain(int64_t i)
{
    static const char *const levels[] = {"gift", "return", "repair"};
    return i % 12 ? "sale" : levels[(int)(3 * noise(i, 69))];
}

static const char *plain(int64_t i)
{
    return decimals(3, bell(i, 3));
}
static const char *level(int64_t i)
{
    static const char *const levels[] = {"red", "green", "blue", "grey"};
    return levels[(int)(4 * noise(i, 4))];
}
static const char *one(int64_t i)
{
    return i % 3 ? "x" : "";
}
static const char *one_of_many(int64_t i)
{
    return i % 97 == 5 ? "AT" : "DE";
}
static const char *one_of_some(int64_t i)
{
    return i % 20 == 5 ? "AT" : "DE";
}
static const char *code(int64_t i)
{
    snprintf(made, sizeof made, "K-%06lld", (long long)(i * 7919 % 1000003));
    return made;
}
static const char *repeated_code(int64_t i)
{
    snprintf(made, sizeof made, "K-%06lld", (long long)(i / 3 * 7919 % 1000003));
    return made;
}
static const char *two_fifths(int64_t i)
{
    return noise(i, 5) < 0.4 ? "" : plain(i);
}
static const char *two_thirds(int64_t i)
{
    return noise(i, 5) < 0.66 ? "" : plain(i);
}
static const char *nearly_none(int64_t i)
{
    return i % 25 ? "" : plain(i);
}
static const char *missing_by_target(int64_t i)
{
    return noise(i, 6) < (event(i) ? 0.4 : 0.1) ? "" : plain(i);
}
static const char *missing_by_much(int64_t i)
{
    return noise(i, 6) < (event(i) ? 0.7 : 0.05) ? "" : plain(i);
}
static const char *missing_by_chance(int64_t i)
{
    return noise(i, 6) < 0.3 ? "" : plain(i);
}
static const char *isolated(int64_t i)
{
    return i % 120 == 7 ? decimals(1, 5000 + 300 * noise(i, 7)) : plain(i);
}
static const char *tailed(int64_t i)
{
    return decimals(4, exp(1.6 * bell(i, 8)));
}
static const char *infinite_sometimes(int64_t i)
{
    return i % 200 == 3 ? "inf" : plain(i);
}
static const char *infinite_often(int64_t i)
{
    return i % 10 == 3 ? "-1e400" : plain(i);
}
static const char *one_broken(int64_t i)
{
    return i == 70 ? "12..5" : plain(i);
}
static const char *some_broken(int64_t i)
{
    return i % 30 == 7 ? "12..5" : plain(i);
}
static const char *number_or_word(int64_t i)
{
    return i % 3 == 0 ? "none given" : plain(i);
}
static const char *sentinel(int64_t i)
{
    return i % 12 == 3 ? "-999" : decimals(1, 50 + 10 * bell(i, 9));
}
static const char *question(int64_t i)
{
    return i % 12 == 3 ? "?" : level(i);
}
static const char *none_of_these(int64_t i)
{
    return i % 12 == 3 ? "none" : level(i);
}
static const char *not_available(int64_t i)
{
    return i % 12 == 3 ? "NA" : plain(i);
}
static const char *price(int64_t i)
{
    snprintf(made, sizeof made, "$%.2f", 100 + 20 * bell(i, 10));
    return made;
}
static const char *zip(int64_t i)
{
    snprintf(made, sizeof made, "0%04d", (int)(9000 * noise(i / 4, 11)) + 100);
    return made;
}
static const char *coded(int64_t i)
{
    static const char *const codes[] = {"110", "270", "340", "820", "905"};
    return codes[(int)(5 * noise(i, 12))];
}
static const char *grade(int64_t i)
{
    snprintf(made, sizeof made, "%d", 1 + (int)(5 * noise(i, 13)));
    return made;
}

static const char *house_number(int64_t i)
{
    snprintf(made, sizeof made, i % 6 == 2 ? "A%d" : "%d", 1 + (int)(90 * noise(i, 15)));
    return made;
}

typedef const char *(*cell_of_row)(int64_t row);

typedef struct column_case {
    const char *id;
    const char *name; /* of the column that is looked at */
    cell_of_row cell, second;
    const char *severity; /* NULL: must not be raised */
    bool fix;
} column_case;

static const char *copy_of_plain(int64_t i)
{
    return plain(i);
}
static const char *plain_in_inches(int64_t i)
{
    return decimals(4, 2.54 * strtod(plain(i), NULL) + 7);
}
static const char *plain_with_noise(int64_t i)
{
    return decimals(3, bell(i, 3) + 0.5 * bell(i, 14));
}
static const char *level_cut(int64_t i)
{
    return level(i) + 1;
}

static const column_case cases[] = {
    {"column-constant", "c", one, NULL, "low", false},
    {"column-constant", "c", one_of_many, NULL, NULL, false},
    {"column-constant-part", "c", one_of_many, NULL, "low", false},
    {"column-constant-part", "c", one_of_some, NULL, NULL, false},
    {"column-id", "c", code, NULL, "low", false},
    {"column-id", "c", repeated_code, NULL, NULL, false},
    {"column-id", "c", plain, NULL, NULL, false},
    {"column-id", "c", some_broken, NULL, NULL, false},
    {"column-high-cardinality", "c", repeated_code, NULL, "low", false},
    {"column-high-cardinality", "c", level, NULL, NULL, false},
    {"column-mostly-missing", "c", two_fifths, NULL, NULL, false},
    {"column-mostly-missing", "c", two_thirds, NULL, "low", false},
    {"column-mostly-missing", "c", nearly_none, NULL, "medium", true},
    {"column-mostly-missing", "c", mostly_na, NULL, "low", false},
    {"column-mostly-missing", "c", mostly_plain, NULL, NULL, false},
    {"column-informative-missing", "c", missing_by_target, NULL, "medium", false},
    {"column-informative-missing", "c", missing_by_much, NULL, "low", false},
    {"leak-missing", "c", missing_by_much, NULL, "medium", true},
    {"column-informative-missing", "c", missing_by_chance, NULL, NULL, false},
    {"column-duplicate", "second", plain, copy_of_plain, "low", true},
    {"column-near-duplicate", "second", plain, copy_of_plain, NULL, false},
    {"column-duplicate", "second", plain, plain_in_inches, NULL, false},
    {"column-duplicate", "second", code, code, "low", true},
    {"column-near-duplicate", "second", code, code, NULL, false},
    {"column-near-duplicate", "second", plain, plain_in_inches, "low", false},
    {"column-near-duplicate", "second", plain, plain_with_noise, NULL, false},
    {"column-near-duplicate", "second", level, level_cut, "low", false},
    {"column-near-duplicate", "second", level, grade, NULL, false},
    {"column-outliers", "c", isolated, NULL, "medium", false},
    {"column-outliers", "c", tailed, NULL, "low", false},
    {"column-outliers", "c", dear_sometimes, NULL, "low", false},
    {"column-outliers", "c", other_unit_sometimes, NULL, "medium", false},
    {"column-outliers", "c", plain, NULL, NULL, false},
    {"column-outliers", "c", grade, NULL, NULL, false},
    {"column-skewed", "c", tailed, NULL, "low", false},
    {"column-skewed", "c", plain, NULL, NULL, false},
    {"column-non-finite", "c", infinite_sometimes, NULL, "low", false},
    {"column-non-finite", "c", infinite_often, NULL, "medium", false},
    {"column-non-finite", "c", plain, NULL, NULL, false},
    {"column-invalid-values", "c", one_broken, NULL, "low", false},
    {"column-invalid-values", "c", some_broken, NULL, "medium", true},
    {"column-invalid-values", "c", not_available, NULL, NULL, false},
    {"column-mixed-types", "c", number_or_word, NULL, "medium", false},
    {"column-mixed-types", "c", house_number, NULL, "low", false},
    {"column-invalid-values", "c", house_number, NULL, "low", false},
    {"column-mixed-types", "c", plain, NULL, NULL, false},
    {"column-mixed-types", "c", level, NULL, NULL, false},
    {"column-disguised-missing", "c", sentinel, NULL, "low", false},
    {"column-disguised-missing", "c", question, NULL, "low", false},
    {"column-disguised-missing", "c", not_available, NULL, NULL, false},
    {"column-disguised-missing", "c", none_of_these, NULL, "low", false},
    {"column-disguised-missing", "c", pressure, NULL, "low", true},
    {"column-disguised-missing", "c", amount_or_nothing, NULL, NULL, false},
    {"column-disguised-missing", "c", scale_and_nine, NULL, "low", true},
    {"column-disguised-missing", "c", scale_to_nine, NULL, NULL, false},
    {"column-disguised-missing", "c", points_and_nines, NULL, "low", true},
    {"column-disguised-missing", "c", points, NULL, NULL, false},
    {"column-disguised-missing", "c", level_or_99, NULL, "low", true},
    {"column-disguised-missing", "c", level, NULL, NULL, false},
    {"column-number-as-text", "c", price, NULL, "low", false},
    {"column-number-as-text", "c", zip, NULL, NULL, false},
    {"column-number-as-text", "c", plain, NULL, NULL, false},
    {"column-category-as-number", "c", coded, NULL, "low", false},
    {"column-category-as-number", "c", grade, NULL, NULL, false},
    {"column-category-as-number", "shop_type", grade, NULL, "low", false},
    {"sample-small", NULL, plain, NULL, NULL, false},
    {"sample-wide", NULL, plain, NULL, NULL, false},
    {"file-dialect", NULL, plain, NULL, NULL, false},
    {"file-encoding", NULL, plain, NULL, NULL, false},
    {"rows-ragged", NULL, plain, NULL, NULL, false},
};

static profiled profile_text(const text_buffer *b, const char *target)
{
    char path[] = "/tmp/pilotage-findings-XXXXXX";
    const int file = mkstemp(path);
    ptg_error err = {0};
    frame *f = NULL;
    assert_true(file >= 0);
    assert_int_equal(write(file, b->data, (size_t)b->size), b->size);
    close(file);
    if (frame_read(path, &(frame_read_options){0}, &f, &err) != PTG_OK) fail_msg("%s", err.message);
    unlink(path);
    return profile_of(f, target);
}

/* x,NAME[,second],y */
static void table_of(const column_case *c, text_buffer *b)
{
    text_print(b, "x,%s%s,y\n", c->name == NULL || c->second != NULL ? "c" : c->name, c->second == NULL ? "" : ",second");
    for (int64_t i = 0; i < ROWS; ++i) {
        text_print(b, "%.4f,%s", signal(i), c->cell(i));
        if (c->second != NULL) text_print(b, ",%s", c->second(i));
        text_print(b, ",%s\n", event(i) ? "yes" : "no");
    }
}

static void check_found(const profiled *p, size_t number, const char *id, const char *name, const char *severity, bool fix)
{
    const json_t *found = finding_of(p, id, name);
    if ((found != NULL) != (severity != NULL))
        fail_msg("case %zu: %s is %s", number, id, found == NULL ? "not raised" : "raised");
    if (found == NULL) return;
    if (strcmp(json_text_or(found, "severity", ""), severity) != 0)
        fail_msg("case %zu: %s is %s", number, id, json_text_or(found, "severity", ""));
    if (json_is_array(json_object_get(found, "fix")) != fix) fail_msg("case %zu: %s: fix", number, id);
    assert_true(strlen(json_text_or(found, "text", "")) > 20);
    assert_string_equal(json_text_or(found, "advice", ""), finding_find(id)->advice);
}

static void columns(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k) {
        text_buffer b = {0};
        table_of(&cases[k], &b);
        profiled p = profile_text(&b, "y");
        if (p.status != PTG_OK) fail_msg("case %zu: %s", k, p.error.message);
        check_found(&p, k, cases[k].id, cases[k].name, cases[k].severity, cases[k].fix);
        profiled_clear(&p);
        text_buffer_clear(&b);
    }
}

static const struct {
    const char *id, *severity;
    const char *head;   /* before the header */
    const char *header; /* of three columns */
    char delimiter;
    const char *odd; /* behind the cell of c in every 50th row */
    const char *end; /* behind that row */
} files[] = {
    {"rows-ragged", "medium", "", "x,c,y", ',', "", ",more"},
    {"rows-ragged", NULL, "", "x,c,y", ',', "", ""},
    {"file-dialect", "low", "", "x;c;y", ';', "", ""},
    {"file-dialect", "low", "", "x|c|y", '|', "", ""},
    {"file-dialect", "low", "", "x\tc\ty", '\t', "", ""},
    {"file-dialect", NULL, "", "x,c,y", ',', "", ""},
    {"file-dialect", "low", "# made by hand\n", "x,c,y", ',', "", ""},
    {"file-encoding", "low", "", "x,c,y", ',', " K\xf6ln", ""},
    {"file-encoding", NULL, "", "x,c,y", ',', " K\xc3\xb6ln", ""},
    {"column-name-duplicate", "low", "", "x,x,y", ',', "", ""},
    {"column-name-duplicate", NULL, "", "x,X,y", ',', "", ""},
};

static void files_as_a_whole(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof files / sizeof files[0]; ++k) {
        text_buffer b = {0};
        const char mark = files[k].delimiter;
        text_print(&b, "%s%s\n", files[k].head, files[k].header);
        for (int64_t i = 0; i < ROWS; ++i) {
            const bool odd = i % 50 == 9;
            text_print(&b, "%.3f%c%s%s%c%s%s\n", signal(i), mark, level(i), odd ? files[k].odd : "", mark,
                       event(i) ? "yes" : "no", odd ? files[k].end : "");
        }
        profiled p = profile_text(&b, "y");
        if (p.status != PTG_OK) fail_msg("file %zu: %s", k, p.error.message);
        check_found(&p, k, files[k].id, NULL, files[k].severity, false);
        profiled_clear(&p);
        text_buffer_clear(&b);
    }
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        int64_t rows;
        int columns;
        const char *small, *wide;
    } tables[] = {{40, 2, "high", NULL}, {140, 2, "medium", NULL}, {499, 2, "low", NULL},
                  {500, 2, NULL, NULL},  {500, 60, NULL, "low"},   {500, 300, NULL, "medium"}};
    for (size_t k = 0; k < sizeof tables / sizeof tables[0]; ++k) {
        text_buffer b = {0};
        for (int c = 0; c < tables[k].columns; ++c)
            text_print(&b, "c%d,", c);
        text_append(&b, "y\n");
        for (int64_t i = 0; i < tables[k].rows; ++i) {
            for (int c = 0; c < tables[k].columns; ++c)
                text_print(&b, "%.4f,", bell(i, 20 + (uint64_t)c));
            text_print(&b, "%s\n", event(i) ? "yes" : "no");
        }
        profiled p = profile_text(&b, "y");
        if (p.status != PTG_OK) fail_msg("table %zu: %s", k, p.error.message);
        check_found(&p, k, "sample-small", NULL, tables[k].small, false);
        check_found(&p, k, "sample-wide", NULL, tables[k].wide, false);
        profiled_clear(&p);
        text_buffer_clear(&b);
    }
}

/* Columns that are missing in the same rows are one finding; example rows have the cells of the columns. */
static void columns_and_rows_of_a_finding(void **state)
{
    (void)state;
    const column_case both = {NULL, "c", missing_by_much, missing_by_much, NULL, false};
    text_buffer b = {0};
    table_of(&both, &b);
    profiled p = profile_text(&b, "y");
    const json_t *found = finding_of(&p, "column-informative-missing", "second");
    assert_non_null(found);
    assert_int_equal(json_array_size(json_object_get(found, "columns")), 2);
    profiled_clear(&p);
    text_buffer_clear(&b);
    const column_case outlying = {NULL, "c", isolated, NULL, NULL, false};
    table_of(&outlying, &b);
    p = profile_text(&b, "y");
    found = finding_of(&p, "column-outliers", "c");
    assert_non_null(found);
    const json_t *row = json_array_get(json_object_get(found, "rows"), 0);
    assert_int_equal(json_integer_value(json_object_get(row, "row")), 7);
    assert_int_equal(json_array_size(json_object_get(row, "cells")), 1);
    profiled_clear(&p);
    text_buffer_clear(&b);
}

/* Without a target there is no plan, so no fix; and nothing is said about the target. */
static void without_a_target(void **state)
{
    (void)state;
    const column_case equal = {NULL, "c", plain, copy_of_plain, NULL, false};
    text_buffer b = {0};
    table_of(&equal, &b);
    profiled p = profile_text(&b, NULL);
    const json_t *found = finding_of(&p, "column-duplicate", "second");
    assert_non_null(found);
    assert_true(json_is_null(json_object_get(found, "fix")));
    profiled_clear(&p);
    text_buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns), cmocka_unit_test(files_as_a_whole), cmocka_unit_test(sizes),
                                       cmocka_unit_test(columns_and_rows_of_a_finding), cmocka_unit_test(without_a_target)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
