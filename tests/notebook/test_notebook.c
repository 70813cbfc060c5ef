/* Notebooks: golden bytes of both notebooks from documents that were made up (PTG_ACCEPT=1 renews them), cells and ids, Python
 * literals, charts, sections, and documents that are damaged or hostile. tests/python/test_notebook_files.py reads the same
 * golden files with nbformat. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "notebook/candidates.h"
#include "notebook/edited.h"
#include "notebook/exploration.h"
#include "notebook/notebook_document.h"
#include "notebook/python_code.h"
#include "pilotage/job.h"

/* Last: cmocka has macros whose names are ours (fail). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static char *source_path(const char *relative)
{
    const char *root = getenv("PTG_SOURCE");
    return file_join(root ? root : ".", relative);
}

static json_t *document(const char *relative)
{
    ptg_error err = {0};
    json_t *value = NULL;
    char *path = source_path(relative);
    if (json_read_file(path, &value, &err) != PTG_OK) fail_msg("%s", err.message);
    mem_free(path);
    return value;
}

static json_t *literal(const char *json)
{
    ptg_error err = {0};
    json_t *value = NULL;
    if (json_read(text_of(json), "literal", &value, &err) != PTG_OK) fail_msg("%s", err.message);
    return value;
}

/* Compares with a stored file, or writes it when PTG_ACCEPT is set. */
static void assert_golden(const char *relative, const text_buffer *got)
{
    char *path = source_path(relative);
    ptg_error err = {0};
    char *want = NULL;
    int64_t size = 0;
    if (getenv("PTG_ACCEPT")) assert_int_equal(file_replace(path, got->data, got->size, &err), PTG_OK);
    if (file_read(path, &want, &size, &err) != PTG_OK) fail_msg("%s (PTG_ACCEPT=1 writes it)", err.message);
    if (size != got->size || memcmp(want, got->data, (size_t)size) != 0)
        fail_msg("%s differs; PTG_ACCEPT=1 renews it", relative);
    mem_free(want);
    mem_free(path);
}

static void exploration_is_golden(const char *profile_path, bool with_findings, const char *golden)
{
    ptg_error err = {0};
    text_buffer out = {0};
    json_t *profile = document(profile_path);
    json_t *findings = with_findings ? document("tests/profile/example_findings.json") : NULL;
    exploration x = {profile, findings, NULL};
    assert_int_equal(exploration_write(&x, &out, &err), PTG_OK);
    assert_golden(golden, &out);
    text_buffer_clear(&out);
    json_decref(profile);
    json_decref(findings);
}

static void test_exploration_golden(void **state)
{
    (void)state;
    exploration_is_golden("tests/profile/example_profile.json", true, "tests/notebook/golden_exploration.ipynb");
    exploration_is_golden("tests/profile/example_regression_profile.json", false,
                          "tests/notebook/golden_exploration_regression.ipynb");
}

static void test_candidates_golden(void **state)
{
    (void)state;
    ptg_error err = {0};
    json_t *job = document("tests/notebook/example_job.json"), *plan = document("tests/notebook/example_plan.json");
    json_t *leaderboard = document("tests/notebook/example_leaderboard.json");
    const struct {
        candidates c;
        const char *golden;
    } cases[] = {
        {{job, plan, NULL, NULL, NULL}, "tests/notebook/golden_candidates_planned.ipynb"},
        {{job, plan, leaderboard, NULL, NULL}, "tests/notebook/golden_candidates_finished.ipynb"},
        {{job, plan, leaderboard, "dpp0-xgboost", NULL}, "tests/notebook/golden_candidates_first.ipynb"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_buffer out = {0};
        assert_int_equal(candidates_write(&cases[i].c, &out, &err), PTG_OK);
        assert_golden(cases[i].golden, &out);
        text_buffer_clear(&out);
    }
    json_decref(job);
    json_decref(plan);
    json_decref(leaderboard);
}

static void test_ids(void **state)
{
    (void)state;
    notebook_document *n = notebook_new();
    char long_id[200];
    memset(long_id, 'x', sizeof long_id);
    long_id[199] = '\0';
    const char *wanted[] = {"a b", "a_b", "a.b", "", "", long_id, long_id};
    const char *got[] = {"a_b", "a_b-2", "a_b-3", "_", "_-2", NULL, NULL};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(notebook_add_markdown(n, wanted[i], text_of("x"), NULL), PTG_OK);
    text_buffer out = {0};
    assert_int_equal(notebook_write(n, &out, NULL), PTG_OK);
    json_t *back = literal(out.data), *cells = json_object_get(back, "cells");
    assert_int_equal(json_array_size(cells), 7);
    for (size_t i = 0; i < 7; i++) {
        const char *id = json_text_or(json_array_get(cells, i), "id", "");
        assert_in_range(strlen(id), 1, 64);
        if (got[i]) assert_string_equal(id, got[i]);
    }
    assert_string_not_equal(json_text_or(json_array_get(cells, 5), "id", ""), json_text_or(json_array_get(cells, 6), "id", ""));
    json_decref(back);
    text_buffer_clear(&out);
    notebook_free(n);
}

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t lines;
        const char *joined;
    } cases[] = {
        {"", 0, ""},
        {"a", 1, "a"},
        {"a\n", 1, "a\n"},
        {"a\n\nb", 3, "a\n\nb"},
        {"a\rb\x0c"
         "c\x1d"
         "d",
         1,
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd"
         "c\xef\xbf\xbd"
         "d"},
        {"a\xc2\x85"
         "b\xe2\x80\xa8"
         "c\xe2\x80\xa9",
         1,
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd"
         "c\xef\xbf\xbd"},
        {"\xe2\x80\xa6 \xc3\xb6\t", 1, "\xe2\x80\xa6 \xc3\xb6\t"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        notebook_document *n = notebook_new();
        text_buffer out = {0}, joined = {0};
        assert_int_equal(notebook_add_markdown(n, "x", text_of(cases[i].text), NULL), PTG_OK);
        assert_int_equal(notebook_write(n, &out, NULL), PTG_OK);
        json_t *back = literal(out.data), *lines = json_object_get(json_array_get(json_object_get(back, "cells"), 0), "source");
        assert_int_equal(json_array_size(lines), cases[i].lines);
        for (size_t k = 0; k < json_array_size(lines); k++)
            text_append(&joined, json_string_value(json_array_get(lines, k)));
        assert_string_equal(joined.size ? joined.data : "", cases[i].joined);
        json_decref(back);
        text_buffer_clear(&out);
        text_buffer_clear(&joined);
        notebook_free(n);
    }
}

static void test_display_needs_code(void **state)
{
    (void)state;
    notebook_document *n = notebook_new();
    json_t *bundle = literal("{\"text/plain\": \"x\"}");
    assert_int_equal(notebook_add_display(n, bundle, NULL), PTG_ERROR_FAILED);
    assert_int_equal(notebook_add_markdown(n, "m", text_of("x"), NULL), PTG_OK);
    assert_int_equal(notebook_add_display(n, bundle, NULL), PTG_ERROR_FAILED);
    assert_int_equal(notebook_add_code(n, "c", text_of("x"), NULL, NULL), PTG_OK);
    assert_int_equal(notebook_add_display(n, bundle, NULL), PTG_OK);
    json_decref(bundle);
    notebook_free(n);
}

static void test_python_values(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"null", "None"},
        {"true", "True"},
        {"[]", "[]"},
        {"{}", "{}"},
        {"-3", "-3"},
        {"0.1", "0.1"},
        {"1e-7", "1e-07"},
        {"{\"a\": [1, {\"b\": false}]}", "{'a': [1, {'b': False}]}"},
        {"\"it's \\\\ \\\"x\\\" \\r\\u2028\\u00e9\"", "'it\\'s \\\\ \"x\" \\r\\u2028\\xe9'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        json_t *value = json_loads(CASES[i][0], JSON_DECODE_ANY, NULL);
        text_buffer b = {0};
        python_append_value(&b, value, 0, 0);
        assert_string_equal(b.data, CASES[i][1]);
        text_buffer_clear(&b);
        json_decref(value);
    }
}

static void test_python_ranges(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"{\"type\": \"integer\", \"min\": 2, \"max\": 8, \"scale\": \"log\"}",
         "IntegerParameter(2, 8, scaling_type='Logarithmic')"},
        {"{\"type\": \"continuous\", \"min\": 0.5, \"max\": 1, \"scale\": \"linear\"}",
         "ContinuousParameter(0.5, 1, scaling_type='Linear')"},
        {"{\"type\": \"categorical\", \"values\": [\"a\", 2, null]}", "CategoricalParameter(['a', 2, None])"},
        {"{\"type\": \"integer\", \"min\": 2, \"max\": 8, \"scale\": \"cubic\"}",
         "{'type': 'integer', 'min': 2, 'max': 8, 'scale': 'cubic'}"},
        {"{\"type\": \"integer\", \"min\": 2, \"max\": 8, \"scale\": \"log\", \"x\": 1}",
         "{'type': 'integer', 'min': 2, 'max': 8, 'scale': 'log', 'x': 1}"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        json_t *value = literal(CASES[i][0]);
        text_buffer b = {0};
        python_append_range(&b, value, 0, 0);
        assert_string_equal(b.data, CASES[i][1]);
        text_buffer_clear(&b);
        json_decref(value);
    }
}

static void assert_well_formed(const text_buffer *svg)
{
    assert_false(svg->failed);
    assert_true(strncmp(svg->data, "<svg ", 5) == 0);
    assert_non_null(strstr(svg->data, "</svg>"));
    assert_null(strstr(svg->data, "nan"));
    assert_null(strstr(svg->data, "inf"));
    assert_null(strstr(svg->data, "<b>"));
}

static void test_chart_edges(void **state)
{
    (void)state;
    static const double VALUES[] = {0, 1, -1, 1e308, -1e308, 1e-300, INFINITY, -INFINITY, NAN};
    enum { N = sizeof VALUES / sizeof VALUES[0] };
    text hostile = text_of("<b>\x01\xef\xbf\xbf\xff& \xe2\x80\xae");
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            text_buffer svg = {0};
            chart_bin bins[] = {{VALUES[i], VALUES[j], 3, VALUES[i], false}, {VALUES[j], VALUES[i], 0, VALUES[j], true}};
            chart_histogram h = {hostile, hostile, bins, 2, i % 2 == 0, 350, 190};
            chart_draw_histogram(&h, &svg);
            assert_true(strlen(svg.data) > 100);
            chart_bar bars[] = {{hostile, VALUES[i], VALUES[j], CHART_BLUE}, {hostile, VALUES[j], NAN, CHART_GREY}};
            text_buffer second = {0};
            chart_bars c = {hostile, hostile, bars, 2, VALUES[i], 350};
            chart_draw_bars(&c, &second);
            if (isfinite(VALUES[i]) && isfinite(VALUES[j])) assert_well_formed(&second);
            text_buffer_clear(&svg);
            text_buffer_clear(&second);
        }
    }
}

/* Bars of whole numbers have their borders at halves; the axis has whole numbers only. */
static void test_whole_number_ticks(void **state)
{
    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        const double low = whole ? 0.5 : 0.6;
        const chart_bin bins[2] = {{low, 1.5, 3, 1, false}, {1.5, 2.5, 4, 2, false}};
        text_buffer svg = {0};
        chart_draw_histogram(&(chart_histogram){text_of("t"), text_of("x"), bins, 2, false, 350, 190}, &svg);
        assert_int_equal(strstr(svg.data, ">1.5<") == NULL, whole);
        assert_non_null(strstr(svg.data, ">2</text>"));
        text_buffer_clear(&svg);
    }
}

static void test_chart_empty(void **state)
{
    (void)state;
    text_buffer a = {0}, b = {0}, c = {0}, d = {0};
    chart_draw_histogram(&(chart_histogram){text_of("t"), text_of("x"), NULL, 0, false, 350, 190}, &a);
    chart_draw_bars(&(chart_bars){text_of("t"), text_of("x"), NULL, 0, NAN, 350}, &b);
    chart_draw_heat(&(chart_heat){text_of("t"), NULL, NULL, 0}, &c);
    chart_draw_lines(&(chart_lines){text_of("t"), text_of("x"), text_of("y"), NULL, 0, 700, 300}, &d);
    assert_well_formed(&a);
    assert_well_formed(&b);
    assert_well_formed(&c);
    assert_well_formed(&d);
    text_buffer_clear(&a);
    text_buffer_clear(&b);
    text_buffer_clear(&c);
    text_buffer_clear(&d);
}

static void test_chart_golden(void **state)
{
    (void)state;
    double x[] = {0, 1, 2, 3, 4}, up[] = {0.5, 0.61, NAN, 0.7, 0.71}, down[] = {0.9, 0.8, 0.75, 0.74, 0.74};
    chart_line lines[] = {{text_of("held out"), x, up, 5}, {text_of("training"), x, down, 5}};
    chart_lines c = {text_of("Curves"), text_of("round"), text_of("auc"), lines, 2, 720, 300};
    text_buffer svg = {0};
    chart_draw_lines(&c, &svg);
    assert_well_formed(&svg);
    assert_golden("tests/notebook/golden_lines.svg", &svg);
    text_buffer_clear(&svg);
}

static void test_date_axis(void **state)
{
    (void)state;
    static const struct {
        double from, to;
        const char *first, *last;
    } cases[] = {{0, 10 * 86400.0, "1970-01-01", "1970-01-11"},
                 {951782400, 951782400 + 86400, "2000-02-29 00:00", "2000-03-01 00:00"},
                 {-86400.0 * 366, 0, "1968-12-31", "1970-01-01"},
                 {-2208988800.0, 4102444800.0, "1900-01-01", "2100-01-01"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_buffer svg = {0};
        chart_bin bin = {cases[i].from, cases[i].to, 1, 0, false};
        chart_draw_histogram(&(chart_histogram){text_of("t"), text_of("x"), &bin, 1, true, 350, 190}, &svg);
        assert_non_null(strstr(svg.data, cases[i].first));
        assert_non_null(strstr(svg.data, cases[i].last));
        text_buffer_clear(&svg);
    }
}

static void test_shares_and_counts(void **state)
{
    (void)state;
    static const struct {
        double share;
        const char *want;
    } shares[] = {{0, "0 %"}, {1, "100 %"}, {0.5, "50 %"}, {0.12345, "12.3 %"}, {0.00001, "< 0.01 %"}, {0.99999, "> 99.9 %"}};
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        text_buffer b = {0};
        exhibit_append_share(&b, shares[i].share);
        assert_string_equal(b.data, shares[i].want);
        text_buffer_clear(&b);
    }
    static const struct {
        int64_t count;
        const char *want;
    } counts[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {-1234567, "-1,234,567"}, {INT64_MIN, "-9,223,372,036,854,775,808"}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        text_buffer b = {0};
        exhibit_append_count(&b, counts[i].count);
        assert_string_equal(b.data, counts[i].want);
        text_buffer_clear(&b);
    }
}

/* Documents of the wrong shape are shown as unknown and never crash. */
static void test_damaged_documents(void **state)
{
    (void)state;
    static const char *const DOCUMENTS[] = {
        "{}",
        "[]",
        "{\"table\": 3, \"target\": [], \"columns\": {}, \"sample\": null, \"power\": 1}",
        "{\"target\": {}, \"columns\": [1, null, {}], \"sample\": {\"columns\": [1, {}], \"rows\": [{}, 1]}, \"power\": [1, "
        "{}], "
        "\"duplicates\": {\"count\": 3, \"top\": [{}, 2]}, \"correlation\": {\"columns\": [1, 2, 3], \"matrix\": [[1], 2]}, "
        "\"missing\": {\"table\": [{}, 1]}, \"cardinality\": [{}, 2], \"anomalous_rows\": {}}",
        "{\"associations\": {\"compared\": 3, \"columns\": [1, 2, 3], \"matrix\": {}, \"pairs\": [{}, 1, {\"columns\": 3}]}, "
        "\"missing\": {\"columns_with_missing\": 2, \"table\": [{}, 1]}, \"missing_patterns\": {\"patterns\": [{}, 1], "
        "\"pairs\": "
        "[{}, 2]}, \"checks\": {\"leaks\": 1, \"groups\": [1, {}], \"times\": {}, \"drift\": [], \"score\": \"x\"}, "
        "\"anomalous_rows\": {\"columns\": [1], \"rows\": [{}, 1]}, \"analysis\": {\"changed\": [1, {}], \"thresholds\": []}}",
        "{\"columns\": [{\"name\": \"a\", \"type\": \"numeric\", \"numeric\": {\"histogram\": [{\"low\": 1e308, \"high\": "
        "-1e308, "
        "\"count\": 1e300}, {}]}}], \"sample\": {\"columns\": [\"a\"]}, \"target\": {\"classes\": [{}, 1]}}",
    };
    for (size_t i = 0; i < sizeof DOCUMENTS / sizeof DOCUMENTS[0]; i++) {
        text_buffer out = {0}, second = {0};
        json_t *d = literal(DOCUMENTS[i]);
        exploration x = {d, d, d};
        assert_int_equal(exploration_write(&x, &out, NULL), PTG_OK);
        candidates c = {d, d, d, "x", d};
        assert_int_equal(candidates_write(&c, &second, NULL), PTG_OK);
        text_buffer_clear(&out);
        text_buffer_clear(&second);
        json_decref(d);
    }
}

/* No byte of the data becomes markup. */
static void test_hostile_names(void **state)
{
    (void)state;
    static const char EVIL[] = "<script>x</script>\"'`|\r\n](javascript:1)";
    json_t *profile = document("tests/profile/example_profile.json");
    size_t i;
    json_t *column, *bundle = NULL;
    json_array_foreach(json_object_get(profile, "columns"), i, column) json_object_set_new(column, "name", json_string(EVIL));
    json_t *names = json_object_get(json_object_get(profile, "sample"), "columns");
    for (i = 0; i < json_array_size(names); i++)
        json_array_set_new(names, i, json_string(EVIL));
    json_object_set_new(json_object_get(profile, "table"), "target", json_string(EVIL));
    exploration x = {profile, NULL, NULL};
    text_buffer out = {0};
    assert_int_equal(exploration_write(&x, &out, NULL), PTG_OK);
    json_t *back = literal(out.data), *cell;
    json_array_foreach(json_object_get(back, "cells"), i, cell)
    {
        char *dump = json_dumps(json_object_get(cell, "source"), 0);
        bool code = strcmp(json_text_or(cell, "cell_type", ""), "code") == 0; /* there it stands in a literal of Python */
        if (!code) assert_null(strstr(dump, "<script"));
        if (!code) assert_null(strstr(dump, "](javascript"));
        if (code && strstr(dump, "<script"))
            assert_non_null(strstr(dump, "'<script>x</script>\\\"\\\\'`|\\\\r\\\\n](javascript:1)': "));
        free(dump);
        json_t *data = json_object_get(json_array_get(json_object_get(cell, "outputs"), 0), "data");
        dump = json_dumps(json_object_get(data, "text/html"), JSON_ENCODE_ANY);
        if (dump) assert_null(strstr(dump, "<script"));
        free(dump);
    }
    json_decref(bundle);
    json_decref(back);
    json_decref(profile);
    text_buffer_clear(&out);
}

static json_t *wide_profile(int columns)
{
    json_t *profile = document("tests/profile/example_profile.json"), *list = json_array(), *names = json_array();
    const json_t *model = json_array_get(json_object_get(profile, "columns"), 1);
    for (int i = 0; i < columns; i++) {
        char name[32];
        snprintf(name, sizeof name, "c%d", i);
        json_t *column = json_deep_copy(model);
        json_object_set_new(column, "name", json_string(name));
        json_array_append_new(list, column);
        json_array_append_new(names, json_string(name));
    }
    json_object_set_new(profile, "columns", list);
    json_object_set_new(json_object_get(profile, "sample"), "columns", names);
    return profile;
}

static void test_charts_are_bounded(void **state)
{
    (void)state;
    json_t *profile = wide_profile(1200), *bundle = NULL;
    exploration x = {profile, NULL, NULL};
    assert_int_equal(exploration_section(&x, "column_charts", &bundle, NULL), PTG_OK);
    const char *html = json_text_or(bundle, "text/html", "");
    assert_in_range(strlen(html), 100000, 2000000);
    assert_non_null(strstr(html, "of 1200 columns were drawn"));
    json_decref(bundle);
    json_decref(profile);
}

/* A text of `n` characters that grow most on their way into HTML and JSON. */
static json_t *long_text(int n)
{
    text_buffer b = {0};
    for (int i = 0; i < n; i++)
        text_append(&b, i % 2 ? "\"" : "\x01");
    json_t *out = json_string(b.data);
    text_buffer_clear(&b);
    return out;
}

static json_t *rows_of(json_t *names, int rows)
{
    json_t *list = json_array(), *cells = json_array();
    for (size_t j = 0; j < json_array_size(names); j++)
        json_array_append_new(cells, long_text(200));
    for (int i = 0; i < rows; i++)
        json_array_append_new(list, json_pack("{s:i, s:i, s:[i], s:O}", "row", i, "copies", 2, "rows", i, "cells", cells));
    json_decref(cells);
    return list;
}

/* A profile in which every list is long and every text is long and hostile. */
static json_t *hostile_profile(int columns)
{
    json_t *profile = wide_profile(columns), *missing = json_array(), *cardinality = json_array(), *powers = json_array();
    json_t *names = json_object_get(json_object_get(profile, "sample"), "columns"), *column;
    size_t i;
    json_array_foreach(json_object_get(profile, "columns"), i, column)
    {
        json_t *name = long_text(i % 3 ? 300 : 1 << 12);
        json_object_set(column, "name", name);
        json_object_set_new(column, "type_reason", long_text(2000));
        json_array_set(names, i, name);
        json_array_append_new(missing, json_pack("{s:O, s:i, s:f}", "column", name, "count", 3, "share", 0.5));
        json_array_append_new(cardinality, json_pack("{s:O, s:s, s:i}", "column", name, "type", "text", "distinct", 3));
        json_array_append_new(powers, json_pack("{s:O, s:f, s:f}", "column", name, "power", 0.5, "se", 0.1));
        json_decref(name);
    }
    json_object_set_new(json_object_get(profile, "sample"), "rows", rows_of(names, 10));
    json_object_set(json_object_get(profile, "duplicates"), "columns", names);
    json_object_set_new(json_object_get(profile, "duplicates"), "top", rows_of(names, 10));
    json_object_set_new(profile, "anomalous_rows", json_pack("{s:O, s:o}", "columns", names, "rows", rows_of(names, 10)));
    json_object_set_new(json_object_get(profile, "missing"), "table", missing);
    json_object_set_new(profile, "cardinality", cardinality);
    json_object_set_new(profile, "power", powers);
    return profile;
}

static json_t *many_findings(int n)
{
    json_t *out = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(out,
                              json_pack("{s:s, s:s, s:[o], s:o, s:o, s:[]}", "id", "column-id", "severity", "low", "columns",
                                        long_text(3000), "text", long_text(3000), "advice", long_text(3000), "fix"));
    return out;
}

static void test_any_notebook_is_bounded(void **state)
{
    (void)state;
    json_t *profile = hostile_profile(1500), *findings = many_findings(1500);
    exploration x = {profile, findings, NULL};
    text_buffer out = {0};
    assert_int_equal(exploration_write(&x, &out, NULL), PTG_OK);
    assert_in_range(out.size, 1000000, 2000000);
    assert_non_null(strstr(out.data, "rows of this table fit here"));
    text_buffer_clear(&out);
    json_decref(profile);
    json_decref(findings);
}

static void test_sections(void **state)
{
    (void)state;
    json_t *profile = document("tests/profile/example_profile.json"), *bundle = NULL;
    exploration x = {profile, NULL, NULL};
    ptg_error err = {0};
    assert_int_equal(exploration_section(&x, "column:city", &bundle, &err), PTG_OK);
    assert_non_null(strstr(json_text_or(bundle, "text/html", ""), "<img alt="));
    json_decref(bundle);
    assert_int_equal(exploration_section(&x, "column:none\x01", &bundle, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "none\\x01"));
    assert_int_equal(exploration_section(&x, "nothing", &bundle, &err), PTG_ERROR_USAGE);
    assert_null(bundle);
    assert_int_equal(exploration_section(&x, "anomalous_rows", &bundle, &err), PTG_OK);
    json_decref(bundle);
    json_decref(profile);
}

/* ---- the public functions, on a job folder ---- */

static void copy_into(const char *folder, const char *name, const char *relative)
{
    char *data = NULL, *from = source_path(relative), *to = file_join(folder, name);
    int64_t size = 0;
    assert_int_equal(file_read(from, &data, &size, NULL), PTG_OK);
    assert_int_equal(file_replace(to, data, size, NULL), PTG_OK);
    mem_free(data);
    mem_free(from);
    mem_free(to);
}

static bool holds(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    bool there = file_exists(path);
    mem_free(path);
    return there;
}

static void test_edited_notebooks_are_set_aside(void **state)
{
    (void)state;
    static const struct {
        const char *now;
        const char *aside; /* NULL: nothing is set aside */
    } cases[] = {
        {"{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"a\\n\", \"b\"]}]}", NULL},
        {"{\"cells\": [{\"cell_type\": \"code\", \"source\": \"a\\nb\", \"outputs\": [1]}], \"metadata\": {}}", NULL},
        {"{\"cells\": [{\"cell_type\": \"markdown\", \"source\": \"a\\nb\"}]}", "n-edited.ipynb"},
        {"{\"cells\": []}", "n-edited-2.ipynb"},
        {"damaged", "n-edited-3.ipynb"},
    };
    char folder[] = "/tmp/ptg_notebook_XXXXXX";
    text_buffer content = {0};
    text_append(&content, cases[0].now);
    assert_non_null(mkdtemp(folder));
    char *path = file_join(folder, "n.ipynb"), *record = file_join(folder, ".written.json");
    assert_int_equal(file_replace(path, "mine", 4, NULL), PTG_OK); /* never written by the engine: overwritten */
    assert_int_equal(edited_set_aside(folder, "n.ipynb", &content, NULL), PTG_OK);
    assert_true(file_exists(path));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(file_replace(path, cases[i].now, (int64_t)strlen(cases[i].now), NULL), PTG_OK);
        assert_int_equal(edited_set_aside(folder, "n.ipynb", &content, NULL), PTG_OK);
        assert_int_equal(file_exists(path), cases[i].aside == NULL);
        if (cases[i].aside) assert_true(holds(folder, cases[i].aside));
    }
    assert_int_equal(file_replace(record, "[1", 2, NULL), PTG_OK); /* a damaged record is as good as none */
    assert_int_equal(edited_set_aside(folder, "n.ipynb", &content, NULL), PTG_OK);
    text_buffer_clear(&content);
    mem_free(path);
    mem_free(record);
    assert_int_equal(file_remove_tree(folder, NULL), PTG_OK);
}

static void test_job_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/ptg_notebook_XXXXXX";
    ptg_error err = {0};
    char *json = NULL;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(ptg_notebook_write(folder, NULL, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "profile.json"));
    copy_into(folder, "profile.json", "tests/profile/example_profile.json");
    copy_into(folder, "findings.json", "tests/profile/example_findings.json");
    assert_int_equal(ptg_notebook_write(folder, NULL, &err), PTG_OK);
    assert_true(holds(folder, "notebooks/PilotageDataExploration.ipynb"));
    assert_false(holds(folder, "notebooks/PilotageCandidateDefinition.ipynb"));
    copy_into(folder, "plan.json", "tests/notebook/example_plan.json");
    copy_into(folder, "leaderboard.json", "tests/notebook/example_leaderboard.json");
    assert_int_equal(ptg_notebook_write(folder, "nobody", &err), PTG_ERROR_USAGE);
    assert_int_equal(ptg_notebook_write(folder, "dpp0-xgboost", &err), PTG_OK);
    assert_true(holds(folder, "notebooks/PilotageCandidateDefinition.ipynb"));
    assert_int_equal(ptg_notebook_section(folder, "leaderboard", &json, &err), PTG_OK);
    assert_non_null(strstr(json, "text/html"));
    mem_free(json);
    assert_int_equal(ptg_notebook_section(folder, "target", &json, &err), PTG_OK);
    mem_free(json);
    assert_int_equal(ptg_notebook_section(folder, "nothing", &json, &err), PTG_ERROR_USAGE);
    assert_null(json);
    assert_int_equal(file_remove_tree(folder, &err), PTG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exploration_golden),
        cmocka_unit_test(test_candidates_golden),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_display_needs_code),
        cmocka_unit_test(test_python_values),
        cmocka_unit_test(test_python_ranges),
        cmocka_unit_test(test_chart_edges),
        cmocka_unit_test(test_whole_number_ticks),
        cmocka_unit_test(test_chart_empty),
        cmocka_unit_test(test_chart_golden),
        cmocka_unit_test(test_date_axis),
        cmocka_unit_test(test_shares_and_counts),
        cmocka_unit_test(test_damaged_documents),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_charts_are_bounded),
        cmocka_unit_test(test_any_notebook_is_bounded),
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_job_folder),
        cmocka_unit_test(test_edited_notebooks_are_set_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
