/* Proposals and keys: pure functions of plan, task and index; a key changes with all that can change a result and with nothing
 * else. The schedule: the first pass, shares, and candidates that leave. */
#include <math.h>

#include "tune_sample.h"
#include "tune/schedule.h"
#include "tune/trial.h"

static char *job;
static plan *sample;
static task *sample_of;

static trial_spec propose(const plan *p, const task *t, int32_t candidate, int64_t index)
{
    ptg_error err;
    trial_spec spec;
    CHECK_OK(trial_propose(p, t, &p->candidates[candidate], index, &spec, &err));
    assert_int_equal(spec.index, index);
    assert_int_equal(strlen(spec.key), HASH_TEXT_SIZE - 1);
    return spec;
}

static void the_first_proposal_is_the_defaults(void **state)
{
    (void)state;
    trial_spec spec = propose(sample, sample_of, 0, 0);
    assert_int_equal(json_object_size(spec.parameters), sample->candidates[0].algorithm->n_parameters);
    assert_int_equal(json_integer_or(spec.parameters, "rounds", 0), 50); /* from "static" */
    assert_true(json_real_or(spec.parameters, "learning_rate", 0) == 0.06);
    assert_int_equal(json_integer_or(spec.parameters, "num_leaves", 0), 31);
    trial_spec_clear(&spec);
}

static void draws_stay_in_their_ranges(void **state)
{
    (void)state;
    int small = 0, truths = 0;
    for (int64_t k = 1; k <= 400; k++) {
        trial_spec spec = propose(sample, sample_of, 0, k);
        double rate = json_real_or(spec.parameters, "learning_rate", NAN),
               share = json_real_or(spec.parameters, "feature_fraction", NAN);
        const json_t *leaves = json_object_get(spec.parameters, "num_leaves"),
                     *extra = json_object_get(spec.parameters, "extra_trees");
        assert_true(rate >= 0.01 && rate <= 0.2 && share >= 0.4 && share <= 1);
        assert_true(json_is_integer(leaves) && json_integer_value(leaves) >= 4 && json_integer_value(leaves) <= 200);
        assert_true(json_is_boolean(extra));
        char three[40];
        snprintf(three, sizeof three, "%.3g", rate);
        assert_true(strtod(three, NULL) == rate); /* three digits, which a person can read */
        small += json_integer_value(leaves) < 28; /* the middle of 4 ... 200 on a log scale */
        truths += json_is_true(extra);
        assert_int_equal(json_integer_or(spec.parameters, "rounds", 0), 50);
        trial_spec_clear(&spec);
    }
    assert_true(small > 150 && small < 250);
    assert_true(truths > 150 && truths < 250);
}

/* Whole numbers on a linear scale have equal shares, both ends included. */
static void whole_numbers_have_equal_shares(void **state)
{
    (void)state;
    plan *p = sample_plan((const char *const[]){"/candidates/dpp0-extra-trees/ranges/min_data_in_leaf/max", "4", NULL});
    int count[5] = {0};
    for (int64_t k = 1; k <= 400; k++) {
        trial_spec spec = propose(p, sample_of, 2, k);
        int64_t drawn = json_integer_or(spec.parameters, "min_data_in_leaf", 0);
        assert_true(drawn >= 1 && drawn <= 4);
        count[drawn]++;
        trial_spec_clear(&spec);
    }
    for (int i = 1; i <= 4; i++)
        assert_true(count[i] > 65 && count[i] < 135);
    plan_free(p);
}

static void a_range_of_one_value_gives_it(void **state)
{
    (void)state;
    plan *p = sample_plan(
        (const char *const[]){"/candidates/dpp0-lightgbm/ranges",
                              "{\"learning_rate\": {\"type\": \"continuous\", \"min\": 0.123456, \"max\": 0.123456},"
                              " \"num_leaves\": {\"type\": \"integer\", \"min\": 9, \"max\": 9, \"scale\": \"log\"},"
                              " \"lambda_l1\": {\"type\": \"continuous\", \"min\": 0, \"max\": 0},"
                              " \"max_bin\": {\"type\": \"categorical\", \"values\": [63]}}",
                              NULL});
    trial_spec spec = propose(p, sample_of, 0, 3);
    assert_true(json_real_or(spec.parameters, "learning_rate", 0) == 0.123456);
    assert_int_equal(json_integer_or(spec.parameters, "num_leaves", 0), 9);
    assert_true(json_real_or(spec.parameters, "lambda_l1", 1) == 0);
    assert_int_equal(json_integer_or(spec.parameters, "max_bin", 0), 63);
    trial_spec_clear(&spec);
    plan_free(p);
}

static void check_same(const trial_spec *a, const trial_spec *b, bool same)
{
    assert_int_equal(strcmp(a->key, b->key) == 0, same);
    assert_int_equal(json_equal(a->parameters, b->parameters), same);
}

static void the_same_seed_proposes_the_same(void **state)
{
    (void)state;
    plan *again = sample_plan(NULL), *other = sample_plan((const char *const[]){"/seed", "8", NULL});
    for (int32_t c = 0; c < 3; c++)
        for (int64_t k = 0; k < 6; k++) {
            trial_spec x = propose(sample, sample_of, c, k), y = propose(again, sample_of, c, k),
                       z = propose(other, sample_of, c, k);
            check_same(&x, &y, true);
            assert_string_not_equal(x.key, z.key);
            assert_int_equal(json_equal(x.parameters, z.parameters), k == 0);
            trial_spec_clear(&x);
            trial_spec_clear(&y);
            trial_spec_clear(&z);
        }
    plan_free(again);
    plan_free(other);
}

/* An edit of one candidate, also taking it out, leaves the proposals of the others as they were. */
static void an_edit_of_one_candidate_leaves_the_others(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"/candidates/dpp0-lightgbm/ranges", "{}", NULL},
        {"/candidates/dpp0-lightgbm/static/max_bin", "63", NULL},
        {"/candidates/dpp0-lightgbm/enabled", "false", NULL},
        {"/candidates/dpp0-lightgbm", NULL, NULL},
        {"/candidates/another", "{\"pipeline\": \"dpp1\", \"algorithm\": \"lightgbm\", \"static\": {}, \"ranges\": {}}", NULL},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        plan *edited = sample_plan(cases[i]);
        int32_t moved = edited->n_candidates < 3 ? 1 : 0;
        for (int32_t c = 1; c < 3; c++)
            for (int64_t k = 0; k < 5; k++) {
                trial_spec x = propose(sample, sample_of, c, k), y = propose(edited, sample_of, c - moved, k);
                check_same(&x, &y, true);
                trial_spec_clear(&x);
                trial_spec_clear(&y);
            }
        plan_free(edited);
    }
}

/* The key of the first candidate's proposal 2, under an edited plan (and a task made of it). */
static void key_under(const char *const edits[], double shift, char out[HASH_TEXT_SIZE])
{
    ptg_error err;
    char *folder = sample_job();
    plan *p = sample_plan(edits);
    task *t;
    CHECK_OK(task_make(p, sample_frame(shift), 30, folder, &t, &err));
    trial_spec spec = propose(p, t, 0, 2);
    memcpy(out, spec.key, HASH_TEXT_SIZE);
    trial_spec_clear(&spec);
    task_free(t);
    plan_free(p);
    remove_scratch(folder);
}

static void a_key_changes_with_what_can_change_a_result(void **state)
{
    (void)state;
    static const char *const changing[][5] = {
        {"/seed", "8"},
        {"/objective", "log_loss"},
        {"/positive_class", "no"},
        {"/columns/b/role", "ignored"},
        {"/columns/emp.var.rate/role", "feature"},
        {"/columns/b/type", "categorical"},
        {"/columns/c/missing_tokens", "[\"red\"]"},
        {"/columns/w/role", "weight"},
        {"/columns/g/role", "group"},
        {"/columns/g/role", "group", "/validation/kind", "group"},
        {"/columns/t/role", "time", "/validation", "{\"kind\": \"time\"}"},
        {"/validation/folds", "5"},
        {"/validation", "{\"kind\": \"split\"}"},
        {"/validation", "{\"kind\": \"split\", \"fraction\": 0.1}"},
        {"/validation", "{\"kind\": \"file\"}"},
        {"/pipelines/dpp0", "[]"},
        {"/pipelines/dpp0/0/step", "FrequencyEncoder"},
        {"/pipelines/dpp0/0/columns", "categorical"},
        {"/candidates/dpp0-lightgbm/pipeline", "dpp1"},
        {"/candidates/dpp0-lightgbm/static", "{\"rounds\": 51}"},
        {"/candidates/dpp0-lightgbm/static/max_bin", "63"},
        {"/candidates/dpp0-lightgbm/ranges/learning_rate/max", "0.02"},
    };
    char base[HASH_TEXT_SIZE], key[HASH_TEXT_SIZE], keys[COUNT(changing)][HASH_TEXT_SIZE];
    key_under(NULL, 0, base);
    for (int64_t i = 0; i < COUNT(changing); i++) {
        key_under(changing[i], 0, keys[i]);
        assert_string_not_equal(keys[i], base);
        for (int64_t k = 0; k < i; k++)
            if (strcmp(keys[i], keys[k]) == 0) fail_msg("edits %d and %d have one key", (int)i, (int)k);
    }
    key_under(NULL, 1e-9, key); /* one cell of the data */
    assert_string_not_equal(key, base);
}

static void a_key_does_not_change_with_anything_else(void **state)
{
    (void)state;
    static const char *const same[][3] = {
        {"/tuning/max_trials", "3"},
        {"/tuning/time_limit", "5"},
        {"/tuning/parallel", "2"},
        {"/tuning/lag", "4"},
        {"/tuning/mode", "ensembling"},
        {"/compute/instance", "local.1x2"},
        {"/compute/price_per_hour", "3"},
        {"/validation/reason", "Because."},
        {"/columns/a/reason", NULL},
        {"/columns/t/type", "text"}, /* a column that no trial reads */
        {"/candidates/dpp0-lightgbm/reason", "Because."},
        {"/candidates/dpp0-lightgbm/enabled", "false"},
        {"/candidates/dpp0-extra-trees", NULL},
        {"/pipelines/dpp7", "[]"},
    };
    char base[HASH_TEXT_SIZE], key[HASH_TEXT_SIZE];
    key_under(NULL, 0, base);
    for (int64_t i = 0; i < COUNT(same); i++) {
        key_under(same[i], 0, key);
        if (strcmp(key, base) != 0) fail_msg("%s changes the key", same[i][0]);
    }
}

/* The name of a candidate is not in the key: renamed, its defaults are the same trial. */
static void equal_work_is_one_trial(void **state)
{
    (void)state;
    plan *p = sample_plan((const char *const[]){
        "/candidates/mine",
        "{\"pipeline\": \"dpp0\", \"algorithm\": \"lightgbm\", \"static\": {\"rounds\": 50}, \"ranges\": {}}", NULL});
    trial_spec x = propose(p, sample_of, 0, 0), y = propose(p, sample_of, 3, 0), base, again;
    check_same(&x, &y, true);
    ptg_error err;
    CHECK_OK(trial_baseline(p, sample_of, &base, &err));
    CHECK_OK(trial_baseline(sample, sample_of, &again, &err));
    check_same(&base, &again, true);
    assert_string_not_equal(base.key, x.key);
    assert_true(trial_seed(x.key, 0) != trial_seed(x.key, 1) && trial_seed(x.key, 0) != trial_seed(base.key, 0));
    assert_true(trial_seed(x.key, -1) == trial_seed(y.key, -1));
    trial_spec_clear(&x);
    trial_spec_clear(&y);
    trial_spec_clear(&base);
    trial_spec_clear(&again);
    plan_free(p);
}

static int32_t next(const plan *p, int64_t number, const schedule_trial *trials, int64_t n_seen, const int64_t *n_proposed,
                    const bool *exhausted)
{
    int32_t chosen;
    ptg_error err;
    schedule_past past = {
        .number = number, .trials = trials, .n_seen = n_seen, .n_proposed = n_proposed, .exhausted = exhausted};
    CHECK_OK(schedule_next(p, sample_of, &past, &chosen, &err));
    return chosen;
}

static void the_first_pass_goes_in_order(void **state)
{
    (void)state;
    plan *p = sample_plan((const char *const[]){"/candidates/dpp1-linear-learner/enabled", "false", NULL});
    int64_t none[3] = {0}, first[3] = {1, 0, 0}, both[3] = {1, 0, 1};
    bool open[3] = {false}, closed[3] = {true, false, true}, first_closed[3] = {true, false, false};
    assert_int_equal(next(sample, 0, NULL, 0, none, open), 0);
    assert_int_equal(next(sample, 1, NULL, 0, first, open), 1);
    assert_int_equal(next(p, 0, NULL, 0, none, open), 0);
    assert_int_equal(next(p, 1, NULL, 0, first, open), 2);
    /* The first one turned out to repeat another: it is passed over, and the trial's number does not matter. */
    assert_int_equal(next(p, 0, NULL, 0, first, first_closed), 2);
    for (int64_t number = 2; number < 40; number++) {
        int32_t c = next(p, number, NULL, 0, both, open);
        assert_true(c == 0 || c == 2);
    }
    assert_int_equal(next(p, 9, NULL, 0, both, closed), -1);
    plan_free(p);
}

/* Shares of 3000 draws against 0.65^rank / work^(1/4). */
static void shares_follow_rank_and_work(void **state)
{
    (void)state;
    enum { DRAWS = 3000 };
    static const schedule_trial seen[] = {{0, TRIAL_COMPLETED, 0.7},
                                          {1, TRIAL_COMPLETED, 0.9},
                                          {2, TRIAL_COMPLETED, 0.8},
                                          {0, TRIAL_COMPLETED, 0.6},
                                          {0, TRIAL_FAILED, 5}};
    static const int rank[3] = {2, 0, 1};
    int64_t proposed[3] = {3, 1, 1}, count[3] = {0};
    bool open[3] = {false};
    double share[3], sum = 0;
    arena *a = arena_new();
    for (int32_t c = 0; c < 3; c++) {
        const plan_candidate *k = &sample->candidates[c];
        parameter_value *values;
        assert_int_equal(parameter_read(k->algorithm->parameters, k->algorithm->n_parameters, k->fixed, "", a, &values, NULL),
                         PTG_OK);
        share[c] = pow(0.65, rank[c]) / pow(k->algorithm->work(values, &(work_size){SAMPLE_ROWS, 3, 1, 1}), 0.25);
        sum += share[c];
    }
    arena_free(a);
    for (int64_t n = 0; n < DRAWS; n++) {
        int32_t c = next(sample, n, seen, 5, proposed, open);
        count[c]++;
        assert_int_equal(c, next(sample, n, seen, 5, proposed, open));
    }
    for (int c = 0; c < 3; c++) {
        double expected = share[c] / sum;
        assert_true(fabs((double)count[c] / DRAWS - expected) < 4 * sqrt(expected / DRAWS) + 0.002);
    }
}

static void candidates_that_only_fail_leave(void **state)
{
    (void)state;
    static const schedule_trial seen[] = {{0, TRIAL_FAILED, 0}, {1, TRIAL_COMPLETED, 0.5}, {2, TRIAL_FAILED, 0},
                                          {1, TRIAL_FAILED, 0}, {0, TRIAL_FAILED, 0},      {2, TRIAL_COMPLETED, 0.1}};
    int64_t proposed[3] = {2, 2, 2};
    bool open[3] = {false}, closed[3] = {false, true, true};
    for (int64_t n = 0; n < 50; n++) {
        assert_int_not_equal(next(sample, n, seen, 6, proposed, open), 0);
        assert_int_equal(next(sample, n, seen, 5, proposed, open), 1); /* what is not seen yet does not count */
    }
    assert_int_equal(next(sample, 50, seen, 6, proposed, closed), -1);
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    ptg_error err;
    ptg_status status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        trial_spec spec;
        mem_fail_at(n);
        status = trial_propose(sample, sample_of, &sample->candidates[0], 4, &spec, &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
        trial_spec_clear(&spec);
    }
    int64_t proposed[3] = {1, 1, 1};
    bool open[3] = {false};
    int32_t chosen = -1, right = next(sample, 7, NULL, 0, proposed, open);
    schedule_past past = {.number = 7, .n_proposed = proposed, .exhausted = open};
    status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        mem_fail_at(n);
        status = schedule_next(sample, sample_of, &past, &chosen, &err);
        mem_fail_at(0);
        assert_true(status == PTG_ERROR_MEMORY || (status == PTG_OK && chosen == right && n > 3));
    }
}
#endif

static int setup(void **state)
{
    (void)state;
    job = sample_job();
    sample = sample_plan(NULL);
    sample_of = sample_task(sample, job, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    task_free(sample_of);
    plan_free(sample);
    remove_scratch(job);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_proposal_is_the_defaults),
        cmocka_unit_test(draws_stay_in_their_ranges),
        cmocka_unit_test(whole_numbers_have_equal_shares),
        cmocka_unit_test(a_range_of_one_value_gives_it),
        cmocka_unit_test(the_same_seed_proposes_the_same),
        cmocka_unit_test(an_edit_of_one_candidate_leaves_the_others),
        cmocka_unit_test(a_key_changes_with_what_can_change_a_result),
        cmocka_unit_test(a_key_does_not_change_with_anything_else),
        cmocka_unit_test(equal_work_is_one_trial),
        cmocka_unit_test(the_first_pass_goes_in_order),
        cmocka_unit_test(shares_follow_rank_and_work),
        cmocka_unit_test(candidates_that_only_fail_leave),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
