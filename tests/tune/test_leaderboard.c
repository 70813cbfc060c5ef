/* The leaderboard: fields of a row, order, a row a candidate, planned candidates. */
#include <math.h>

#include "../plan/plan_sample.h"
#include "tune/leaderboard.h"

static json_t *read_json(const char *written)
{
    json_t *out;
    ptg_error err;
    CHECK_OK(json_read(text_of(written), "test", &out, &err));
    return out;
}

/* Names of the rows, with blanks between. */
static char *names_of(const json_t *rows)
{
    text_buffer b = {0};
    for (size_t i = 0; i < json_array_size(rows); i++)
        text_print(&b, "%s%s", i ? " " : "", json_text_or(json_array_get(rows, i), "name", "?"));
    text_append(&b, "");
    return text_buffer_take(&b);
}

static void a_row_a_candidate_best_first(void **unused)
{
    (void)unused;
    static const struct {
        const char *rows, *expected;
    } cases[] = {
        {"[]", ""},
        {"[{\"name\": \"a-0\", \"pipeline\": \"p\", \"score\": 0.5, \"greater_is_better\": true}]", "a"},
        {"[{\"name\": \"a-0\", \"pipeline\": \"p\", \"score\": 0.5, \"greater_is_better\": true},"
         " {\"name\": \"b-x-3\", \"pipeline\": \"p\", \"score\": 0.6, \"greater_is_better\": true},"
         " {\"name\": \"a-1\", \"pipeline\": \"p\", \"score\": 0.7, \"greater_is_better\": true}]",
         "a b-x"},
        {"[{\"name\": \"a-0\", \"pipeline\": \"p\", \"score\": 0.5, \"greater_is_better\": false},"
         " {\"name\": \"b-x-3\", \"pipeline\": \"p\", \"score\": 0.4, \"greater_is_better\": false},"
         " {\"name\": \"a-1\", \"pipeline\": \"p\", \"score\": 0.7, \"greater_is_better\": false}]",
         "b-x a"},
        {"[{\"name\": \"z-0\", \"pipeline\": \"p\", \"score\": null, \"greater_is_better\": true},"
         " {\"name\": \"c-0\", \"pipeline\": \"p\", \"score\": 0.5, \"greater_is_better\": true},"
         " {\"name\": \"m-0\", \"pipeline\": \"p\", \"score\": null, \"greater_is_better\": true},"
         " {\"name\": \"b-0\", \"pipeline\": \"p\", \"score\": 0.5, \"greater_is_better\": true},"
         " {\"name\": \"z-1\", \"pipeline\": \"p\", \"score\": 0.1, \"greater_is_better\": true}]",
         "b c z m"},
        {"[{\"name\": \"ensemble\", \"pipeline\": null, \"score\": 0.9, \"greater_is_better\": true},"
         " {\"name\": \"baseline\", \"pipeline\": null, \"score\": 0.5, \"greater_is_better\": true},"
         " {\"name\": \"my-own-12\", \"pipeline\": \"p\", \"score\": 0.7, \"greater_is_better\": true}]",
         "ensemble my-own baseline"},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *rows = read_json(cases[i].rows), *best = leaderboard_by_candidate(rows);
        assert_non_null(best);
        char *names = names_of(best);
        assert_string_equal(names, cases[i].expected);
        mem_free(names);
        json_decref(best);
        json_decref(rows);
    }
}

/* The rows given are not changed. */
static void the_best_trial_stands_for_its_candidate(void **unused)
{
    (void)unused;
    json_t *rows =
        read_json("[{\"name\": \"a-0\", \"pipeline\": \"p\", \"score\": 0.5, \"greater_is_better\": true, \"bytes\": 1},"
                  " {\"name\": \"a-7\", \"pipeline\": \"p\", \"score\": 0.8, \"greater_is_better\": true, \"bytes\": 2}]");
    json_t *before = json_deep_copy(rows), *best = leaderboard_by_candidate(rows);
    assert_int_equal(json_array_size(best), 1);
    assert_int_equal(json_integer_or(json_array_get(best, 0), "bytes", 0), 2);
    assert_true(json_equal(rows, before));
    json_decref(before);
    json_decref(best);
    json_decref(rows);
}

static const char *const fields[] = {
    "name",     "pipeline", "algorithm", "parameters", "objective",   "greater_is_better",  "score",
    "score_se", "status",   "error",     "folds",      "fit_seconds", "predict_us_per_row", "bytes",
    "cost",     "portable", "planned",   "edited"};

static void a_row_has_every_field(void **unused)
{
    (void)unused;
    static const trial_result results[] = {
        {.status = TRIAL_COMPLETED, .score = 0.75, .se = NAN, .fit_seconds = 2, .predict_us_per_row = 3, .bytes = 4},
        {.status = TRIAL_FAILED, .error = "It broke.", .score = NAN, .se = NAN},
        {.status = TRIAL_RUNNING, .score = NAN, .se = NAN},
    };
    plan *p = sample_plan(NULL);
    for (int64_t i = 0; i < COUNT(results); i++) {
        json_t *row = leaderboard_row(p, &(leaderboard_entry){.name = "x-0",
                                                              .pipeline = "dpp0",
                                                              .algorithm = "lightgbm",
                                                              .result = &results[i],
                                                              .planned = true,
                                                              .folds = 4});
        assert_int_equal(json_object_size(row), COUNT(fields));
        for (int64_t k = 0; k < COUNT(fields); k++)
            assert_non_null(json_object_get(row, fields[k]));
        assert_string_equal(json_text_or(row, "status", ""), trial_status_names[results[i].status]);
        assert_int_equal(json_is_number(json_object_get(row, "score")), i == 0);
        assert_int_equal(json_is_integer(json_object_get(row, "bytes")), i == 0);
        assert_true(json_is_null(json_object_get(row, "score_se")));
        assert_int_equal(json_is_string(json_object_get(row, "error")), i == 1);
        assert_int_equal(json_object_size(json_object_get(row, "parameters")), 0);
        json_decref(row);
    }
    plan_free(p);
}

static void planned_candidates_have_rows(void **unused)
{
    (void)unused;
    static const char *const edits[] = {"/candidates/dpp0-extra-trees/enabled",
                                        "false",
                                        "/candidates/dpp0-lightgbm/static/max_bin",
                                        "63",
                                        "/candidates/a-new-one",
                                        "{\"pipeline\": \"dpp1\", \"algorithm\": \"lightgbm\", \"static\": {}, \"ranges\": {}}",
                                        NULL};
    json_t *original = sample_document();
    plan *p = sample_plan(edits);
    json_t *rows = leaderboard_planned(p, original);
    char *names = names_of(rows);
    assert_string_equal(names, "a-new-one dpp0-lightgbm dpp1-linear-learner");
    static const bool planned[] = {false, true, true}, edited[] = {false, true, false};
    for (size_t i = 0; i < 3; i++) {
        const json_t *row = json_array_get(rows, i);
        assert_int_equal(json_bool_or(row, "planned", 0), planned[i]);
        assert_int_equal(json_bool_or(row, "edited", 1), edited[i]);
        assert_string_equal(json_text_or(row, "status", ""), "planned");
        assert_int_equal(json_integer_or(row, "folds", 0), 4);
    }
    mem_free(names);
    json_decref(rows);
    json_decref(original);
    plan_free(p);
}

#ifdef PTG_FAULTS
/* Rows are all there or there is no leaderboard. */
static void want_of_memory_loses_no_row(void **unused)
{
    (void)unused;
    json_t *rows = read_json("[{\"name\": \"a-0\", \"pipeline\": \"p\", \"score\": 0.5, \"greater_is_better\": true},"
                             " {\"name\": \"b-0\", \"pipeline\": \"p\", \"score\": 0.6, \"greater_is_better\": true}]");
    json_t *best = NULL;
    for (int n = 1; !best; n++) {
        mem_fail_at(n);
        best = leaderboard_by_candidate(rows);
        mem_fail_at(0);
        assert_true(best == NULL || (json_array_size(best) == 2 && n > 2));
    }
    json_decref(best);
    json_decref(rows);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_a_candidate_best_first), cmocka_unit_test(the_best_trial_stands_for_its_candidate),
        cmocka_unit_test(a_row_has_every_field),        cmocka_unit_test(planned_candidates_have_rows),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_loses_no_row),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
