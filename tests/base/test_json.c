/* JSON: refusals with place, canonical text, texts that are no UTF-8, members; and parameters, which are read from it. */
#include "check.h"

#include <math.h>

#include "base/json.h"
#include "base/parameter.h"

static json_t *parse(const char *source)
{
    ptg_error err;
    json_t *value;
    CHECK_OK(json_read(text_of(source), "test", &value, &err));
    return value;
}

static void reading(void **state)
{
    (void)state;
    static const struct {
        const char *source, *part;
    } cases[] = {{"", "line 1"},
                 {"{", "test"},
                 {"{\"a\":1,\n\"a\":2}", "line 2, column"},
                 {"[1,]", "column 4"},
                 {"[1] x", "end of file"},
                 {"\"\xff\"", "0xff"},
                 {"\"\\u0000\"", "\\u0000"},
                 {"\"\\ud800\"", "Unicode"},
                 {"1e999", "overflow"},
                 {"99999999999999999999", "big"},
                 {"NaN", "invalid token"},
                 {"01", "test"}};
    ptg_error err;
    json_t *value;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        CHECK_FAILS(PTG_ERROR_FORMAT, cases[i].part, json_read(text_of(cases[i].source), "test", &value, &err));
        assert_null(value);
    }
    text_buffer deep = {0};
    for (int i = 0; i < 100000; i++)
        text_append(&deep, "[");
    CHECK_FAILS(PTG_ERROR_FORMAT, "depth", json_read((text){deep.data, deep.size}, "test", &value, &err));
    text_buffer_clear(&deep);
    CHECK_FAILS(PTG_ERROR_IO, "/nowhere", json_read_file("/nowhere", &value, &err));
}

static void writing(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"b\":1,\"a\":[1.0,0.1,1e-7,-0.0,1e300],\"\xc3\xa9\":{},\"B\":[]}",
         "{\"B\":[],\"a\":[1,0.1,1e-07,-0.0,1e+300],\"b\":1,\"\xc3\xa9\":{}}"},
        {"\"q\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f\xe2\x82\xac\"", "\"q\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7f\xe2\x82\xac\""},
        {"[true,false,null,-9223372036854775808]", "[true,false,null,-9223372036854775808]"},
        {" 7 ", "7"},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *value = parse(cases[i][0]);
        char *canonical = json_canonical(value);
        assert_string_equal(canonical, cases[i][1]);
        json_t *again = parse(canonical);
        char *twice = json_canonical(again);
        assert_string_equal(twice, canonical);
        mem_free(twice);
        mem_free(canonical);
        json_decref(again);
        json_decref(value);
    }
}

/* As Python's json.dumps(..., indent=1) writes it. */
static void indenting(void **state)
{
    (void)state;
    json_t *value = parse("{\"b\":[1,{\"c\":[]}],\"a\":{}}");
    text_buffer b = {0};
    json_write(&b, value, 1, false);
    assert_string_equal(b.data, "{\n \"b\": [\n  1,\n  {\n   \"c\": []\n  }\n ],\n \"a\": {}\n}");
    text_buffer_clear(&b);
    json_write(&b, value, 0, false);
    assert_string_equal(b.data, "{\"b\":[1,{\"c\":[]}],\"a\":{}}");
    text_buffer_clear(&b);
    json_decref(value);
    json_write(&b, NULL, 0, false);
    assert_true(b.failed);
}

static void texts_and_numbers(void **state)
{
    (void)state;
    static const struct {
        text t;
        const char *expected;
    } cases[] = {{{"a\xff\0b", 4},
                  "\"a\xef\xbf\xbd\xef\xbf\xbd"
                  "b\""},
                 {{"", 0}, "\"\""},
                 {{NULL, 0}, "null"},
                 {{"\xc3", 1}, "\"\xef\xbf\xbd\""}};
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *value = json_text(cases[i].t);
        char *canonical = json_canonical(value);
        assert_string_equal(canonical, cases[i].expected);
        mem_free(canonical);
        json_decref(value);
    }
    json_t *nan = json_number(NAN), *half = json_number(0.5);
    assert_true(json_is_null(nan) && json_number_value_or(half, 9) == 0.5 && json_number_value_or(nan, 9) == 9);
    json_decref(nan);
    json_decref(half);
    json_t *object = parse("{\"t\":\"x\",\"i\":3,\"r\":2.5,\"b\":true}");
    assert_string_equal(json_text_or(object, "t", "y"), "x");
    assert_string_equal(json_text_or(object, "i", "y"), "y");
    assert_true(json_integer_or(object, "i", 0) == 3 && json_integer_or(object, "r", 8) == 8);
    assert_true(json_real_or(object, "i", 0) == 3 && json_real_or(object, "r", 0) == 2.5 &&
                json_real_or(object, "none", 7) == 7);
    assert_true(json_bool_or(object, "b", false) && !json_bool_or(object, "t", false) && json_bool_or(NULL, "t", true));
    json_decref(object);
}

static void members(void **state)
{
    (void)state;
    ptg_error err;
    json_t *out, *object = parse("{\"max_trials\":\"x\",\"lag\":8,\"ok\":false}");
    static const char *const keys[] = {"max_trials", "lag", "ok", NULL}, *const fewer[] = {"max_trial", "lag", "ok", NULL};
    CHECK_OK(json_only_keys(object, "plan.json", keys, &err));
    CHECK_FAILS(PTG_ERROR_FORMAT, "plan.json: unknown key 'max_trials'; did you mean 'max_trial'?",
                json_only_keys(object, "plan.json", fewer, &err));
    CHECK_FAILS(PTG_ERROR_FORMAT, "plan.json: /tuning/max_trials must be an integer",
                json_member(object, "plan.json: /tuning", "max_trials", JSON_INTEGER, &out, &err));
    CHECK_FAILS(PTG_ERROR_FORMAT, "/tuning/none is missing", json_member(object, "p: /tuning", "none", JSON_REAL, &out, &err));
    CHECK_FAILS(PTG_ERROR_FORMAT, "must be an object",
                json_member(json_object_get(object, "lag"), "p: /lag", "x", JSON_REAL, &out, &err));
    CHECK_OK(json_member(object, "p", "lag", JSON_REAL, &out, &err));
    CHECK_OK(json_member(object, "p", "ok", JSON_TRUE, &out, &err));
    assert_true(json_is_false(out));
    json_decref(object);
}

static const char *const strategies[] = {"mean", "median", NULL};
static const parameter table[] = {
    {.name = "depth",
     .type = PARAMETER_INTEGER,
     .standard = "6",
     .min = 1,
     .max = 16,
     .searched = true,
     .search_min = 3,
     .search_max = 10,
     .text = "Levels of a tree."},
    {.name = "rate",
     .type = PARAMETER_REAL,
     .standard = "null",
     .min = 0,
     .max = INFINITY,
     .searched = true,
     .search_min = 0.01,
     .search_max = 0.3,
     .log_scale = true,
     .text = "Step."},
    {.name = "deep", .type = PARAMETER_BOOLEAN, .standard = "true", .text = "Deep."},
    {.name = "strategy",
     .type = PARAMETER_CHOICE,
     .standard = "\"median\"",
     .choices = strategies,
     .searched = true,
     .search_values = "[\"mean\",\"median\"]",
     .text = "Statistic."},
    {.name = "note", .type = PARAMETER_TEXT, .standard = "\"\"", .text = "Note."},
    {.name = "parts", .type = PARAMETER_TEXTS, .standard = "[\"year\",\"month\"]", .text = "Parts."},
    {.name = "cuts", .type = PARAMETER_NUMBERS, .standard = "[]", .text = "Cuts."},
    {.name = "signs", .type = PARAMETER_NAMED, .standard = "{}", .min = -1, .max = 1, .text = "Signs."},
};

static void standards(void **state)
{
    (void)state;
    ptg_error err;
    arena *a = arena_new();
    parameter_value *v;
    CHECK_OK(parameter_read(table, (int32_t)COUNT(table), NULL, "p", a, &v, &err));
    assert_true(v[0].number == 6 && v[1].is_null && v[2].number == 1 && v[3].number == 1 && v[5].count == 2 && v[6].count == 0);
    assert_true(v[7].count == 0);
    assert_string_equal(v[3].text, "median");
    assert_string_equal(v[5].texts[1], "month");
    json_t *given = parse("{\"depth\":7.0,\"rate\":0.25,\"deep\":false,\"strategy\":\"mean\",\"note\":\"hi\",\"parts\":[],"
                          "\"cuts\":3,\"signs\":{\"b\":1,\"a \\u00e9\":-1.0}}");
    CHECK_OK(parameter_read(table, (int32_t)COUNT(table), given, "p", a, &v, &err));
    json_decref(given);
    assert_true(v[0].number == 7 && v[1].number == 0.25 && !v[1].is_null && v[2].number == 0 && v[3].number == 0 &&
                v[5].count == 0);
    assert_true(v[6].count == 1 && v[6].numbers[0] == 3);
    assert_true(v[7].count == 2 && v[7].numbers[0] == 1 && v[7].numbers[1] == -1);
    assert_string_equal(v[7].texts[0], "b");
    assert_string_equal(v[7].texts[1], "a \xc3\xa9");
    assert_string_equal(v[4].text, "hi");
    CHECK_OK(parameter_read(NULL, 0, NULL, "p", a, &v, &err));
    assert_int_equal(parameter_find(table, (int32_t)COUNT(table), "cuts"), 6);
    assert_int_equal(parameter_find(table, (int32_t)COUNT(table), "cut"), -1);
    arena_free(a);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *object, *part;
    } cases[] = {{"{\"depht\":1}", "'depht'; did you mean 'depth'?"},
                 {"{\"depth\":0}", "between 1 and 16, not be 0"},
                 {"{\"depth\":1.5}", "whole number"},
                 {"{\"depth\":\"6\"}", "whole number"},
                 {"{\"depth\":null}", "cannot be null; leave it out for its default, 6"},
                 {"{\"rate\":-0.1}", "at least 0, not -0.1"},
                 {"{\"deep\":1}", "true or false"},
                 {"{\"strategy\":\"medain\"}", "one of mean, median, not 'medain'; did you mean 'median'?"},
                 {"{\"strategy\":3}", "a text"},
                 {"{\"note\":3}", "a text"},
                 {"{\"parts\":\"year\"}", "a list of texts"},
                 {"{\"parts\":[1]}", "a list of texts"},
                 {"{\"cuts\":[\"x\"]}", "list of numbers"},
                 {"{\"signs\":[1]}", "'signs' must be an object of whole numbers by name"},
                 {"{\"signs\":{\"a\":\"1\"}}", "'signs' must be an object of whole numbers by name"},
                 {"{\"signs\":{\"a\":0.5}}", "'signs' must be an object of whole numbers by name"},
                 {"{\"signs\":{\"a\":2}}", "between -1 and 1, not be 2"},
                 {"{\"signs\":null}", "cannot be null; leave it out for its default, {}"},
                 {"{\"x\\u202ey\":1}", "x\\u202ey"},
                 {"[]", "an object"}};
    ptg_error err;
    arena *a = arena_new();
    parameter_value *v;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *given = parse(cases[i].object);
        CHECK_FAILS(PTG_ERROR_USAGE, cases[i].part,
                    parameter_read(table, (int32_t)COUNT(table), given, "plan.json: /x", a, &v, &err));
        assert_non_null(strstr(err.message, "plan.json: /x"));
        json_decref(given);
    }
    arena_free(a);
}

static void descriptions(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "{\"choices\":null,\"default\":6,\"max\":16,\"min\":1,\"name\":\"depth\",\"search\":{\"max\":10,\"min\":3,\"scale\":"
        "\"linear\"},"
        "\"text\":\"Levels of a tree.\",\"type\":\"integer\"}",
        "{\"choices\":null,\"default\":null,\"max\":null,\"min\":0,\"name\":\"rate\",\"search\":{\"max\":0.3,\"min\":0.01,"
        "\"scale\":\"log\"},"
        "\"text\":\"Step.\",\"type\":\"real\"}",
        "{\"choices\":null,\"default\":true,\"max\":null,\"min\":null,\"name\":\"deep\",\"search\":null,\"text\":\"Deep.\","
        "\"type\":\"boolean\"}",
        "{\"choices\":[\"mean\",\"median\"],\"default\":\"median\",\"max\":null,\"min\":null,\"name\":\"strategy\",\"search\":"
        "{\"values\":[\"mean\",\"median\"]},\"text\":\"Statistic.\",\"type\":\"choice\"}",
    };
    json_t *signs = parameter_json(&table[COUNT(table) - 1]);
    char *said = json_canonical(signs);
    assert_string_equal(said,
                        "{\"choices\":null,\"default\":{},\"max\":1,\"min\":-1,\"name\":\"signs\",\"search\":null,\"text\":"
                        "\"Signs.\",\"type\":\"named\"}");
    mem_free(said);
    json_decref(signs);
    for (int64_t i = 0; i < COUNT(expected); i++) {
        json_t *row = parameter_json(&table[i]);
        char *canonical = json_canonical(row);
        assert_string_equal(canonical, expected[i]);
        mem_free(canonical);
        json_decref(row);
    }
}

static void failing_memory(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    json_t *given = parse("{\"note\":\"hi\",\"parts\":[\"a\",\"b\"],\"cuts\":[1,2]}");
    bool failed = true;
    for (int64_t n = 1; failed; n++) {
        ptg_error err;
        arena *a = arena_new();
        parameter_value *v;
        mem_fail_at(n);
        ptg_status status = parameter_read(table, (int32_t)COUNT(table), given, "p", a, &v, &err);
        char *canonical = json_canonical(given);
        json_t *mended = json_text(text_of("\xff"));
        mem_fail_at(0);
        assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
        failed = status != PTG_OK || !canonical || !mended;
        mem_free(canonical);
        json_decref(mended);
        arena_free(a);
        assert_true(n < 100);
    }
    json_decref(given);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),           cmocka_unit_test(writing),      cmocka_unit_test(indenting),
        cmocka_unit_test(texts_and_numbers), cmocka_unit_test(members),      cmocka_unit_test(standards),
        cmocka_unit_test(refusals),          cmocka_unit_test(descriptions), cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
