/* The functions of additive candidates as a section: every form of a function is drawn, values of the data stay data, and a
 * document that does not hold together is said to be so. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "notebook/candidates.h"
#include "notebook/chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define HEAD "{\"version\": 1, \"candidates\": {\"dpp0-additive\": {\"models\": 5, \"trial\": \"dpp0-additive-0\", "
#define ONE HEAD "\"intercept\": [0.5], \"scale\": \"log_odds\", \"outputs\": [\"<b>yes</b>\"], \"functions_left_out\": 3, "
#define NUMBERS                                                                                                                \
    "{\"importance\": 0.4, \"axes\": [{\"column\": \"<script>age\", \"kind\": \"numeric\", \"missing\": true, \"cuts\": [1, "  \
    "2.5]}], "                                                                                                                 \
    "\"values\": [[0.1, -0.2, null, 0.3]], \"spread\": [[0.01, 0.02, null, 0.03]], \"share\": [0.1, 0.4, 0.3, 0.2]}"
#define LEVELS                                                                                                                 \
    "{\"importance\": 0.3, \"axes\": [{\"column\": \"job\", \"kind\": \"categorical\", \"missing\": true, \"levels\": [null, " \
    "\"<i>a\"]}], "                                                                                                            \
    "\"values\": [[0.1, -0.2]], \"spread\": [[null, null]], \"share\": [0.5, 0.5]}"
#define PAIR                                                                                                                   \
    "{\"importance\": 0.2, \"axes\": [{\"column\": \"age\", \"kind\": \"numeric\", \"missing\": false, \"cuts\": [1]}, "       \
    "{\"column\": \"job\", \"kind\": \"categorical\", \"missing\": false, \"levels\": [\"a\", \"b\", \"c\"]}], "               \
    "\"values\": [[0.1, -0.2, null, 1, 2, 3]], \"spread\": [[0, 0, 0, 0, 0, 0]]}"

static json_t *literal(const char *json)
{
    ptg_error err = {0};
    json_t *value = NULL;
    if (json_read(text_of(json), "literal", &value, &err) != PTG_OK) fail_msg("%s", err.message);
    return value;
}

/* A section's form; the caller decreases the reference. */
static json_t *section(json_t *shapes, const char *name)
{
    ptg_error err = {0};
    json_t *bundle = NULL;
    candidates c = {NULL, NULL, NULL, NULL, shapes};
    if (candidates_section(&c, name, &bundle, &err) != PTG_OK) fail_msg("%s", err.message);
    return bundle;
}

static const char *form(const json_t *bundle, const char *which)
{
    return json_string_value(json_object_get(bundle, which));
}

static int count(const char *where, const char *what)
{
    int n = 0;
    for (const char *at = where; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static void every_form_is_drawn(void **state)
{
    (void)state;
    json_t *shapes = literal(ONE "\"functions\": [" NUMBERS ", " LEVELS ", " PAIR "]}}}");
    json_t *bundle = section(shapes, "shapes"), *named = section(shapes, "shapes:dpp0-additive");
    assert_true(json_equal(bundle, named));
    assert_int_equal(count(form(bundle, "text/html"), "<img"), 4); /* with the bars of importance */
    assert_null(strstr(form(bundle, "text/html"), "<script"));
    assert_null(strstr(form(bundle, "text/html"), "<b>yes"));
    assert_non_null(strstr(form(bundle, "text/plain"), "Steps: what <script>age adds"));
    assert_non_null(strstr(form(bundle, "text/plain"), "Bars: what job adds"));
    assert_non_null(strstr(form(bundle, "text/plain"), "Grid of colours: what age and job add together"));
    assert_non_null(strstr(form(bundle, "text/plain"), "log-odds"));
    assert_non_null(strstr(form(bundle, "text/plain"), "3 of 6 functions are drawn"));
    json_decref(named);
    named = section(shapes, "shapes:other");
    assert_non_null(strstr(form(named, "text/plain"), "There are no functions of this candidate"));
    json_decref(named);
    json_decref(bundle);
    json_decref(shapes);
    bundle = section(NULL, "shapes");
    assert_non_null(strstr(form(bundle, "text/plain"), "No additive candidate has been trained yet"));
    json_decref(bundle);
}

static void several_classes(void **state)
{
    (void)state;
    json_t *shapes = literal(
        HEAD
        "\"intercept\": [0, 1, 2], \"scale\": \"class_score\", \"outputs\": [\"a\", \"b\", \"c\"], \"functions\": ["
        "{\"importance\": 1, \"axes\": [{\"column\": \"n\", \"missing\": false, \"cuts\": [3]}], \"values\": [[1, 2], [3, 4], "
        "[5, 6]], \"spread\": [[0, 0], [0, 0], [0, 0]], \"share\": [0.5, 0.5]}, "
        "{\"importance\": 1, \"axes\": [{\"column\": \"l\", \"missing\": false, \"levels\": [\"x\"]}], \"values\": [[1], [2], "
        "[3]], "
        "\"spread\": [[0], [0], [0]], \"share\": [1]}]}}}");
    json_t *bundle = section(shapes, "shapes");
    assert_int_equal(count(form(bundle, "text/html"), "<img"), 3);
    assert_non_null(strstr(form(bundle, "text/plain"), "Colours in their order: a, b, c"));
    json_decref(bundle);
    json_decref(shapes);
}

/* Lists that do not fit, kinds that are none: said, and never a fault. */
static void damaged_functions_are_said(void **state)
{
    (void)state;
    static const char *const functions[] = {
        "1",
        "{}",
        "{\"axes\": []}",
        "{\"axes\": [1]}",
        "{\"axes\": [{\"cuts\": [2, 1]}], \"values\": [[1, 2, 3]], \"spread\": [[0, 0, 0]]}",
        "{\"axes\": [{\"cuts\": [1]}], \"values\": [[1]], \"spread\": [[1, 2]], \"share\": [1, 2]}",
        "{\"axes\": [{\"cuts\": [1]}], \"values\": [[1, 2]], \"spread\": [[1, 2]]}",
        "{\"axes\": [{\"cuts\": [\"a\"]}], \"values\": [[1, 2]], \"spread\": [[1, 2]], \"share\": [1, 2]}",
        "{\"axes\": [{\"levels\": []}], \"values\": [[]], \"spread\": [[]], \"share\": []}",
        "{\"axes\": [{\"cuts\": [1]}, {\"levels\": [\"a\"]}, {\"levels\": [\"a\"]}], \"values\": [[1, 2]], \"spread\": [[1, "
        "2]]}",
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        char document[1024];
        snprintf(document, sizeof document, "%s\"functions\": [%s, %s]}}}", ONE, functions[i], LEVELS);
        json_t *shapes = literal(document), *bundle = section(shapes, "shapes");
        if (!strstr(form(bundle, "text/plain"), "1 functions of shapes.json do not hold together"))
            fail_msg("%s: %s", functions[i], form(bundle, "text/plain"));
        assert_non_null(strstr(form(bundle, "text/plain"), "Bars: what job adds"));
        json_decref(bundle);
        json_decref(shapes);
    }
    static const char *const documents[] = {"[]",
                                            "{}",
                                            "{\"candidates\": []}",
                                            "{\"candidates\": {\"a\": 1}}",
                                            "{\"candidates\": {\"a\": {\"outputs\": []}}}",
                                            "{\"candidates\": {\"a\": {\"outputs\": [1], \"functions\": {}}}}"};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        json_t *shapes = literal(documents[i]), *bundle = section(shapes, "shapes");
        assert_true(strlen(form(bundle, "text/plain")) > 20);
        json_decref(bundle);
        json_decref(shapes);
    }
}

/* Numbers at the ends of what there is are drawn within the picture. */
static void odd_numbers_are_drawn(void **state)
{
    (void)state;
    double cuts[] = {-1e308, 0, 1e308}, values[] = {1e308, -1e308, NAN, 5, 0}, share[] = {0, NAN, 0, 0, 0};
    chart_steps_line line = {text_of("a"), values, values};
    text_buffer svg = {0};
    chart_draw_steps(&(chart_steps){text_of("t"), text_of("x"), text_of("y"), cuts, share, 3, true, &line, 1, 460, 300}, &svg);
    chart_draw_steps(&(chart_steps){text_of("t"), text_of("x"), text_of("y"), cuts, share, 0, false, &line, 1, 460, 300}, &svg);
    text label = text_of("l");
    chart_draw_grid(&(chart_grid){text_of("t"), text_of("x"), text_of("y"), &label, &label, 1, 1, &values[2], 460}, &svg);
    chart_draw_grid(&(chart_grid){text_of("t"), text_of("x"), text_of("y"), &label, &label, 1, 1, &values[0], 460}, &svg);
    assert_false(svg.failed);
    assert_null(strstr(svg.data, "nan"));
    assert_null(strstr(svg.data, "inf"));
    assert_int_equal(count(svg.data, "</svg>"), 4);
    text_buffer_clear(&svg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_drawn),
        cmocka_unit_test(several_classes),
        cmocka_unit_test(damaged_functions_are_said),
        cmocka_unit_test(odd_numbers_are_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
