/* plan_set by path and plan_read by a table of edits of a valid plan: each refusal names its place in the document. */
#include <math.h>

#include "base/json.h"
#include "plan_sample.h"

/* The value at a pointer as canonical JSON; the test fails where there is none. */
static void check_value(const json_t *document, const char *const parts[], const char *expected)
{
    const json_t *at = document;
    for (int i = 0; parts[i]; i++)
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(parts[i])) : json_object_get(at, parts[i]);
    assert_non_null(at);
    char *written = json_canonical(at);
    assert_string_equal(written, expected);
    mem_free(written);
}

static void values_are_set_by_path(void **state)
{
    (void)state;
    static const struct {
        const char *path, *value;
        const char *parts[6];
        const char *expected;
    } cases[] = {
        {"objective", "f1", {"objective"}, "\"f1\""},
        {"seed", "12", {"seed"}, "12"},
        {"columns.a.role", "ignored", {"columns", "a", "role"}, "\"ignored\""},
        {"columns.\"emp.var.rate\".type", "text", {"columns", "emp.var.rate", "type"}, "\"text\""},
        {"\"columns\".\"a\".\"type\"", "\"text\"", {"columns", "a", "type"}, "\"text\""},
        {"/columns/emp.var.rate/type", "text", {"columns", "emp.var.rate", "type"}, "\"text\""},
        {"/pipelines/dpp0/0/step", "TargetEncoder", {"pipelines", "dpp0", "0", "step"}, "\"TargetEncoder\""},
        {"pipelines.dpp0.0.columns", "[\"a\", \"c\"]", {"pipelines", "dpp0", "0", "columns"}, "[\"a\",\"c\"]"},
        {"pipelines.dpp0.0.columns.0", "b", {"pipelines", "dpp0", "0", "columns", "0"}, "\"b\""},
        {"candidates.dpp0-lightgbm.static.max_bin", "63", {"candidates", "dpp0-lightgbm", "static", "max_bin"}, "63"},
        {"tuning.max_trials", "null", {"tuning", "max_trials"}, "null"},
        {"columns.n~w", "1", {"columns", "n~w"}, "1"},
        {"/columns/x~1y", "1", {"columns", "x/y"}, "1"},
        {"/columns/x~01", "1", {"columns", "x~1"}, "1"},
        {"positive_class", "no", {"positive_class"}, "\"no\""},
        {"positive_class", "1.5e", {"positive_class"}, "\"1.5e\""},
        {"positive_class", "", {"positive_class"}, "\"\""},
        {"positive_class", "{\"a\": 1, \"a\": 2}", {"positive_class"}, "\"{\\\"a\\\": 1, \\\"a\\\": 2}\""},
    };
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *document = sample_document();
        CHECK_OK(plan_set(document, cases[i].path, cases[i].value, &err));
        check_value(document, cases[i].parts, cases[i].expected);
        json_decref(document);
    }
}

static void bad_paths_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *path, *value, *part;
    } cases[] = {
        {"", "1", "the path is empty"},
        {".", "1", "a part of the path is empty"},
        {"columns.", "1", "a part of the path is empty"},
        {"columns..a", "1", "a part of the path is empty"},
        {"columns.\"a", "1", "a quote is not closed"},
        {"columns.\"a\"b", "1", "a dot must follow"},
        {"nothing.here", "1", "no 'nothing'"},
        {"/columns/zzz/type", "text", "no 'zzz'"},
        {"seed.more", "1", "no such place"},
        {"pipelines.dpp0.1", "{}", "no such place"},
        {"pipelines.dpp0.-1", "{}", "no such place"},
        {"pipelines.dpp0.x.step", "a", "no 'x'"},
        {"pipelines.dpp0.9.step", "a", "no '9'"},
        {"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", "1", "too many parts"},
        {"/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", "1", "too many parts"},
        {"positive_class", "\xff\xfe", "neither JSON nor UTF-8"},
    };
    ptg_error err;
    json_t *document = sample_document(), *same = sample_document();
    for (int64_t i = 0; i < COUNT(cases); i++) {
        CHECK_FAILS(PTG_ERROR_USAGE, cases[i].part, plan_set(document, cases[i].path, cases[i].value, &err));
        assert_true(json_equal(document, same));
        assert_int_equal(err.message[strlen(err.message) - 1], '.');
    }
    json_decref(document);
    json_decref(same);
}

static void a_plan_is_read(void **state)
{
    (void)state;
    plan *p = sample_plan(NULL);
    assert_int_equal(p->problem, PROBLEM_BINARY);
    assert_string_equal(p->objective.metric->name, "auc");
    assert_string_equal(p->positive_class, "yes");
    assert_int_equal(p->seed, 7);
    assert_int_equal(p->n_columns, 8);
    assert_int_equal(plan_role(p, ROLE_TARGET), 7);
    assert_int_equal(plan_role(p, ROLE_WEIGHT), -1);
    assert_int_equal(p->validation.kind, VALIDATION_FOLDS);
    assert_int_equal(p->validation.folds, 4);
    assert_int_equal(p->n_candidates, 3);
    assert_string_equal(p->candidates[0].algorithm->name, "lightgbm");
    assert_int_equal(p->candidates[0].n_ranges, 4);
    assert_true(p->candidates[0].ranges[0].log_scale && !p->candidates[0].ranges[0].integer);
    assert_true(p->candidates[0].ranges[1].log_scale && p->candidates[0].ranges[1].integer);
    assert_true(p->candidates[0].ranges[3].values != NULL);
    assert_false(p->candidates[2].ranges[0].log_scale);
    assert_int_equal(p->max_trials, 10);
    assert_true(p->time_limit == 0 && p->parallel == 0 && p->lag == 8 && p->mode == MODE_AUTO);
    plan_free(p);
    plan_free(NULL);
}

/* What may be left out, and what else is right. */
static void edits_that_are_fine(void **state)
{
    (void)state;
    static const char *const cases[][5] = {
        {"/seed", NULL},
        {"/tuning/max_trials", NULL},
        {"/tuning/lag", NULL},
        {"/tuning/time_limit", "0.5"},
        {"/validation/folds", NULL},
        {"/validation/fraction", NULL},
        {"/columns/a/reason", NULL},
        {"/columns/a/missing_tokens", "[\"-\", \"?\"]"},
        {"/candidates/dpp0-lightgbm/enabled", NULL},
        {"/candidates/dpp0-lightgbm/enabled", "false"},
        {"/compute/price_per_hour", NULL},
        {"/validation", "{\"kind\": \"split\", \"fraction\": 0.002}"},
        {"/validation", "{\"kind\": \"file\"}"},
        {"/columns/g/role", "group", "/validation", "{\"kind\": \"group\", \"folds\": 3}"},
        {"/columns/t/role", "time", "/validation", "{\"kind\": \"time\", \"folds\": 1, \"fraction\": 0.95}"},
        {"/problem_type", "multiclass", "/positive_class", "null"},
        {"/candidates/dpp0-lightgbm/ranges/num_leaves", "{\"type\": \"categorical\", \"values\": [4, 8, 16]}"},
        {"/candidates/dpp0-lightgbm/ranges/num_leaves/max", "4"},
        {"/candidates/dpp0-lightgbm/ranges/lambda_l1", "{\"type\": \"integer\", \"min\": 0, \"max\": 3}"},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *document = sample_document();
        ptg_error err;
        plan *p;
        sample_edit(document, cases[i][0], cases[i][1]);
        if (cases[i][2]) {
            sample_edit(document, cases[i][2], cases[i][3]);
            if (strcmp(cases[i][0], "/problem_type") == 0) sample_edit(document, "/objective", "log_loss");
        }
        CHECK_OK(plan_read(document, &p, &err));
        json_decref(document);
        plan_free(p);
    }
}

typedef struct refusal {
    const char *pointer, *value; /* the edit */
    const char *part;            /* of the message */
} refusal;

#define CANDIDATE "/candidates/dpp0-lightgbm"
static const refusal refusals[] = {
    {"/version", NULL, "/version is missing"},
    {"/version", "2", "/version must be"},
    {"/version", "\"1\"", "/version must be"},
    {"/surplus", "1", "unknown key 'surplus'"},
    {"/problem_type", NULL, "/problem_type is missing"},
    {"/problem_type", "ranking", "/problem_type is 'ranking'; it must be one of binary, multiclass, regression"},
    {"/objective", "rmse", "/objective: The objective 'rmse'"},
    {"/objective", "3", "/objective must be a text"},
    {"/positive_class", "null", "/positive_class must be a label"},
    {"/positive_class", NULL, "/positive_class must be a label"},
    {"/seed", "-1", "/seed must be a whole number"},
    {"/seed", "1.5", "/seed must be a whole number"},
    {"/columns", NULL, "/columns is missing"},
    {"/columns", "[]", "/columns must be an object"},
    {"/columns", "{}", "/columns must have one column of role target; it has 0"},
    {"/columns/a", "[]", "/columns/a must be an object"},
    {"/columns/a/type", "number", "/columns/a/type is 'number'"},
    {"/columns/a/type", NULL, "/columns/a/type is missing"},
    {"/columns/a/role", "label", "/columns/a/role is 'label'"},
    {"/columns/a/role", "target", "/columns must have one column of role target; it has 2"},
    {"/columns/y/role", "ignored", "/columns must have one column of role target; it has 0"},
    {"/columns/a/typ", "1", "/columns/a: unknown key 'typ'; did you mean 'type'?"},
    {"/columns/a/missing_tokens", "\"-\"", "/columns/a/missing_tokens must be a list"},
    {"/columns/a/missing_tokens", "[\"-\", 1]", "/columns/a/missing_tokens/1 must be a text"},
    {"/columns/a/reason", "1", "/columns/a/reason must be a text"},
    {"/validation", NULL, "/validation is missing"},
    {"/validation/kind", "kfold", "/validation/kind is 'kfold'"},
    {"/validation/folds", "1", "/validation/folds must be at least 2"},
    {"/validation/folds", "101", "/validation/folds must be a whole number from 1 to 100"},
    {"/validation/folds", "2.5", "/validation/folds must be a whole number"},
    {"/validation/fraction", "1", "/validation/fraction must be a number"},
    {"/validation/fraction", "0", "/validation/fraction must be a number"},
    {"/validation/kind", "split", "/validation/folds must be 1 for kind split"},
    {"/validation/kind", "group", "/validation/kind is group, but no column has the role group"},
    {"/validation", "{\"kind\": \"time\"}", "/validation/kind is time, but no column has the role time"},
    {"/validation/repeats", "2", "/validation: unknown key 'repeats'"},
    {"/validation/reason", "{}", "/validation/reason must be a text"},
    {"/pipelines", NULL, "/pipelines is missing"},
    {"/pipelines/dpp0", "{}", "/pipelines/dpp0 must be a list of steps"},
    {"/pipelines/dpp0/0", "\"a\"", "/pipelines/dpp0/0 must be an object"},
    {"/pipelines/dpp0/0/step", "OneHot", "/pipelines/dpp0/0/step: no preprocessor 'OneHot'"},
    {"/pipelines/dpp0/0/columns", "[]", "/pipelines/dpp0/0/columns is empty"},
    {"/pipelines/dpp0/0/columns", "every", "/pipelines/dpp0/0/columns: 'every' is no selector"},
    {"/pipelines/dpp0/0/columns", "[\"c\", \"c\"]", "/pipelines/dpp0/0/columns names 'c' twice"},
    {"/pipelines/dpp0/0/parameters", "{\"colour\": 1}", "/pipelines/dpp0/0/parameters: unknown parameter 'colour'"},
    {"/pipelines/dpp0/0/when", "1", "/pipelines/dpp0/0: unknown key 'when'"},
    {"/candidates", NULL, "/candidates is missing"},
    {"/candidates", "{}", "/candidates has no enabled candidate"},
    {"/candidates/ensemble", "{}", "/candidates/ensemble: this name is taken"},
    {"/candidates/baseline", "{}", "/candidates/baseline: this name is taken"},
    {CANDIDATE, "1", CANDIDATE " must be an object"},
    {CANDIDATE "/pipeline", "dpp9", CANDIDATE "/pipeline names 'dpp9'"},
    {CANDIDATE "/pipeline", NULL, CANDIDATE "/pipeline is missing"},
    {CANDIDATE "/algorithm", "lightgmb", CANDIDATE "/algorithm: there is no algorithm 'lightgmb'"},
    {CANDIDATE "/enabled", "1", CANDIDATE "/enabled must be true or false"},
    {CANDIDATE "/reason", "null", CANDIDATE "/reason must be a text"},
    {CANDIDATE "/extra", "1", CANDIDATE ": unknown key 'extra'"},
    {CANDIDATE "/static", NULL, CANDIDATE "/static is missing"},
    {CANDIDATE "/static", "{\"leaves\": 4}", CANDIDATE "/static: unknown parameter 'leaves'"},
    {CANDIDATE "/static", "{\"num_leaves\": 1.5}", CANDIDATE "/static: 'num_leaves'"},
    {CANDIDATE "/static", "{\"num_leaves\": null}", CANDIDATE "/static: 'num_leaves' cannot be null"},
    {CANDIDATE "/ranges", "[]", CANDIDATE "/ranges must be an object"},
    {CANDIDATE "/ranges/leaves", "{}", CANDIDATE "/ranges/leaves: lightgbm has no parameter of that name"},
    {CANDIDATE "/ranges/num_leaves", "5", CANDIDATE "/ranges/num_leaves must be an object"},
    {CANDIDATE "/ranges/num_leaves/type", "real", CANDIDATE "/ranges/num_leaves/type is 'real'"},
    {CANDIDATE "/ranges/num_leaves/type", "continuous", CANDIDATE "/ranges/num_leaves/type must be integer or categorical"},
    {CANDIDATE "/ranges/num_leaves/values", "[4]", CANDIDATE "/ranges/num_leaves: unknown key 'values'"},
    {CANDIDATE "/ranges/num_leaves/min", "300", CANDIDATE "/ranges/num_leaves needs min and max, with min not above max"},
    {CANDIDATE "/ranges/num_leaves/min", NULL, CANDIDATE "/ranges/num_leaves needs min and max"},
    {CANDIDATE "/ranges/num_leaves/min", "4.5", CANDIDATE "/ranges/num_leaves/min must be a whole number"},
    {CANDIDATE "/ranges/num_leaves/max", "1e300", CANDIDATE "/ranges/num_leaves/max must be a whole number"},
    {CANDIDATE "/ranges/num_leaves/scale", "cubic", CANDIDATE "/ranges/num_leaves/scale must be linear or log"},
    {CANDIDATE "/ranges/num_leaves/scale", "1", CANDIDATE "/ranges/num_leaves/scale must be linear or log"},
    {CANDIDATE "/ranges/learning_rate/max", "\"high\"", CANDIDATE "/ranges/learning_rate/max must be a number"},
    {CANDIDATE "/ranges/lambda_l1", "{\"type\": \"continuous\", \"min\": 0, \"max\": 1, \"scale\": \"log\"}",
     CANDIDATE "/ranges/lambda_l1/min must be above 0"},
    {CANDIDATE "/ranges/extra_trees", "{\"type\": \"integer\", \"min\": 0, \"max\": 0}",
     CANDIDATE "/ranges/extra_trees/type must be categorical"},
    {CANDIDATE "/ranges/extra_trees/values", "[]", CANDIDATE "/ranges/extra_trees/values must be a list"},
    {CANDIDATE "/ranges/extra_trees/values", "[false, 1]", CANDIDATE "/ranges: 'extra_trees' must be true or false"},
    {CANDIDATE "/ranges/extra_trees/min", "1", CANDIDATE "/ranges/extra_trees: unknown key 'min'"},
    {"/tuning", NULL, "/tuning is missing"},
    {"/tuning/strategy", "grid", "/tuning/strategy is 'grid'"},
    {"/tuning/mode", "both", "/tuning/mode is 'both'"},
    {"/tuning/max_trials", "0", "/tuning/max_trials must be a whole number"},
    {"/tuning/max_trials", "many", "/tuning/max_trials must be a whole number"},
    {"/tuning/time_limit", "0", "/tuning/time_limit must be a number"},
    {"/tuning/parallel", "0", "/tuning/parallel must be a whole number"},
    {"/tuning/lag", "0", "/tuning/lag must be a whole number"},
    {"/tuning/speed", "1", "/tuning: unknown key 'speed'"},
    {"/compute", NULL, "/compute is missing"},
    {"/compute/target", "moon", "/compute/target is 'moon'"},
    {"/compute/instance", "4", "/compute/instance must be a text"},
    {"/compute/price_per_hour", "-1", "/compute/price_per_hour must be a number"},
    {"/compute/cores", "1", "/compute: unknown key 'cores'"},
};

static void every_edit_that_is_wrong_is_refused(void **state)
{
    (void)state;
    for (int64_t i = 0; i < COUNT(refusals); i++) {
        json_t *document = sample_document();
        plan *p;
        ptg_error err;
        sample_edit(document, refusals[i].pointer, refusals[i].value);
        CHECK_FAILS(PTG_ERROR_USAGE, refusals[i].part, plan_read(document, &p, &err));
        assert_null(p);
        assert_int_equal(strncmp(err.message, "plan.json: /", 12), 0);
        assert_true(err.message[strlen(err.message) - 1] == '.' || err.message[strlen(err.message) - 1] == '?');
        json_decref(document);
    }
}

static void refusals_that_take_two_edits(void **state)
{
    (void)state;
    static const char *const cases[][5] = {
        {"/columns/w/role", "weight", "/columns/t/role", "weight", "at most one column of role weight; it has 2"},
        {"/columns/w/role", "group", "/columns/g/role", "group", "at most one column of role group; it has 2"},
        {"/problem_type", "multiclass", "/objective", "accuracy", "/positive_class must be null for a multiclass problem"},
        {"/pipelines/dpp9", "[]", CANDIDATE "/pipeline", "dpp8", "'dpp8'"},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *document = sample_document();
        plan *p;
        ptg_error err;
        sample_edit(document, cases[i][0], cases[i][1]);
        sample_edit(document, cases[i][2], cases[i][3]);
        CHECK_FAILS(PTG_ERROR_USAGE, cases[i][4], plan_read(document, &p, &err));
        json_decref(document);
    }
}

static void documents_that_are_no_plan(void **state)
{
    (void)state;
    static const char *const documents[] = {"[]", "1", "null", "\"plan\"", "{}"};
    ptg_error err;
    plan *p;
    for (int64_t i = 0; i < COUNT(documents); i++) {
        json_t *document;
        CHECK_OK(json_read(text_of(documents[i]), "test", &document, &err));
        CHECK_FAILS(PTG_ERROR_USAGE, "plan.json: ", plan_read(document, &p, &err));
        json_decref(document);
    }
}

/* Names of a plan come from outside: long and hostile ones give a short sentence. */
static void hostile_names_are_shown_safely(void **state)
{
    (void)state;
    json_t *document = sample_document(), *columns = json_object_get(document, "columns");
    char name[2000];
    memset(name, 'x', sizeof name - 1);
    memcpy(name, "\n\x1b[31m", 6);
    name[sizeof name - 1] = '\0';
    json_object_set_new(columns, name, json_integer(1));
    ptg_error err;
    plan *p;
    CHECK_FAILS(PTG_ERROR_USAGE, "must be an object.", plan_read(document, &p, &err));
    assert_null(strchr(err.message, '\n'));
    assert_null(strchr(err.message, '\x1b'));
    json_decref(document);
}

static void too_many_candidates(void **state)
{
    (void)state;
    json_t *document = sample_document(), *candidates = json_object_get(document, "candidates");
    json_t *one = json_object_get(candidates, "dpp0-extra-trees");
    char name[40];
    for (int i = 0; i <= PLAN_MOST_CANDIDATES; i++) {
        snprintf(name, sizeof name, "c%d", i);
        json_object_set(candidates, name, one);
    }
    ptg_error err;
    plan *p;
    CHECK_FAILS(PTG_ERROR_USAGE, "/candidates has 260 candidates; give at most 256", plan_read(document, &p, &err));
    json_decref(document);
}

static void retyping_says_what_differs(void **state)
{
    (void)state;
    static const double numbers[3] = {1, 2, 3};
    ptg_error err;
    frame *f;
    frame_builder *b = frame_builder_new(3);
    CHECK_OK(frame_builder_numbers(b, text_of("a"), COLUMN_NUMERIC, numbers, &err));
    CHECK_OK(frame_builder_numbers(b, text_of("y"), COLUMN_NUMERIC, numbers, &err));
    CHECK_OK(frame_builder_end(b, &f, &err));
    static const char *const others[] = {"b", "c", "emp.var.rate", "w", "g", "t"};
    json_t *document = sample_document(), *changes, *columns = json_object_get(document, "columns");
    for (int i = 0; i < 6; i++)
        json_object_del(columns, others[i]);
    plan *p;
    CHECK_OK(plan_read(document, &p, &err));
    CHECK_OK(plan_retype(p, f, &changes, &err));
    check_value(changes, (const char *const[]){"y", "type", NULL}, "\"categorical\"");
    assert_int_equal(json_object_size(changes), 1);
    json_decref(changes);
    plan_free(p);
    sample_edit(document, "/columns/y/type", "numeric");
    CHECK_OK(plan_read(document, &p, &err));
    CHECK_OK(plan_retype(p, f, &changes, &err));
    assert_null(changes);
    plan_free(p);
    sample_edit(document, "/columns/a/missing_tokens", "[\"2\"]");
    CHECK_OK(plan_read(document, &p, &err));
    CHECK_OK(plan_retype(p, f, &changes, &err));
    check_value(changes, (const char *const[]){"a", "missing_tokens", NULL}, "[\"2\"]");
    json_decref(changes);
    plan_free(p);
    sample_edit(document, "/columns/zz", "{\"type\": \"text\", \"role\": \"ignored\"}");
    CHECK_OK(plan_read(document, &p, &err));
    CHECK_FAILS(PTG_ERROR_USAGE, "/columns/zz: the table has no such column", plan_retype(p, f, &changes, &err));
    assert_null(changes);
    plan_free(p);
    json_decref(document);
    frame_free(f);
}

#ifdef PTG_FAULTS
/* Each allocation fails once: memory is reported, nothing leaks. */
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    json_t *document = sample_document();
    ptg_error err;
    int failures = 0;
    for (int n = 1; n < 2000; n++) {
        plan *p;
        mem_fail_at(n);
        ptg_status status = plan_read(document, &p, &err);
        mem_fail_at(0);
        if (status == PTG_OK) {
            plan_free(p);
            break;
        }
        assert_int_equal(status, PTG_ERROR_MEMORY);
        failures++;
    }
    assert_true(failures > 3 && failures < 1999);
    for (int n = 1; n < 6; n++) {
        mem_fail_at(n);
        ptg_status status = plan_set(document, "columns.a.role", "feature", &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
    }
    json_decref(document);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_set_by_path),
        cmocka_unit_test(bad_paths_change_nothing),
        cmocka_unit_test(a_plan_is_read),
        cmocka_unit_test(edits_that_are_fine),
        cmocka_unit_test(every_edit_that_is_wrong_is_refused),
        cmocka_unit_test(refusals_that_take_two_edits),
        cmocka_unit_test(documents_that_are_no_plan),
        cmocka_unit_test(hostile_names_are_shown_safely),
        cmocka_unit_test(too_many_candidates),
        cmocka_unit_test(retyping_says_what_differs),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
