/* Requests: what is read, what is refused and how, sizes, and what makes two requests the same. */
#include "../base/check.h"
#include "job/request.h"

static void a_request_is_read(void **state)
{
    (void)state;
    request r;
    ptg_error err;
    CHECK_OK(request_read(
        "{\"command\": \"run\", \"table\": \"t.csv\", \"target\": \"y\", \"folds\": \"4\", \"time_limit\": \"12.5\","
        " \"max_trials\": 7, \"memory_limit\": \"4G\", \"algorithms\": [\"lightgbm\"], \"refit\": true, \"seed\": 3, \"mode\": "
        "null}",
        &r, &err));
    assert_int_equal(r.command, COMMAND_RUN);
    assert_string_equal(r.table, "t.csv");
    assert_string_equal(r.target, "y");
    assert_int_equal(r.folds, 4);
    assert_true(r.time_limit == 12.5 && r.refit && r.mode == NULL);
    assert_int_equal(r.max_trials, 7);
    assert_int_equal(r.memory_limit, INT64_C(4) << 30);
    assert_int_equal(json_array_size(r.algorithms), 1);
    assert_int_equal(r.seed, 3);
    request_clear(&r);
    CHECK_OK(request_read("{\"command\": \"tune\", \"job\": \"j\"}", &r, &err));
    assert_string_equal(r.job, "j");
    request_clear(&r);
    CHECK_OK(request_read("{\"command\": \"profile\", \"table\": \"t.csv\"}", &r, &err));
    assert_null(r.target);
    request_clear(&r);
}

static void sizes_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        int64_t bytes;
    } cases[] = {
        {"\"4G\"", INT64_C(4) << 30},   {"\"800M\"", INT64_C(800) << 20}, {"\"1.5g\"", INT64_C(3) << 29},
        {"\"2GiB\"", INT64_C(2) << 30}, {"\"2GB\"", INT64_C(2) << 30},    {"\"2048K\"", INT64_C(2) << 20},
        {"\"1t\"", INT64_C(1) << 40},   {"\"3000000\"", 3000000},         {"3000000", 3000000},
        {"\"3000000B\"", 3000000},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        char text_of_request[200];
        request r;
        ptg_error err;
        snprintf(text_of_request, sizeof text_of_request, "{\"command\": \"tune\", \"job\": \"j\", \"memory_limit\": %s}",
                 cases[i].written);
        CHECK_OK(request_read(text_of_request, &r, &err));
        assert_int_equal(r.memory_limit, cases[i].bytes);
        request_clear(&r);
    }
}

/* Members of a run request that are refused, with a part of the sentence. */
static const char *const refused[][2] = {
    {"\"colour\": 1", "`pilotage run` has no option --colour; `pilotage help run`"},
    {"\"time-limit\": 1", "no option --time-limit"},
    {"\"problem_type\": \"ranking\"", "--problem-type 'ranking' is not one of: auto, binary, multiclass, regression."},
    {"\"mode\": \"both\"", "--mode 'both' is not one of"},
    {"\"compute\": \"moon\"", "--compute 'moon' is not one of"},
    {"\"prefer\": \"big\"", "--prefer 'big' is not one of: simple."},
    {"\"positive\": \"\"", "--positive takes a LABEL."},
    {"\"positive\": 3", "--positive takes a LABEL."},
    {"\"time_limit\": 0", "--time-limit must be from 0.1 to"},
    {"\"time_limit\": \"soon\"", "--time-limit soon is not a number."},
    {"\"time_limit\": \"1e999\"", "--time-limit must be from"},
    {"\"time_limit\": \"-5\"", "--time-limit must be from"},
    {"\"time_limit\": true", "--time-limit takes a number."},
    {"\"max_trials\": 0", "--max-trials must be from 1 to"},
    {"\"max_trials\": 1.5", "--max-trials takes a whole number."},
    {"\"trial_time_limit\": 0", "--trial-time-limit must be from"},
    {"\"memory_limit\": \"lots\"", "--memory-limit lots is not a size; write it as 4G or 800M."},
    {"\"memory_limit\": \"G\"", "--memory-limit G is not a size"},
    {"\"memory_limit\": \"\"", "is not a size"},
    {"\"memory_limit\": \"4GG\"", "is not a size"},
    {"\"memory_limit\": \"4 G\"", "is not a size"},
    {"\"memory_limit\": \"1K\"", "--memory-limit must be from 1M to 909T."},
    {"\"parallel\": 0", "--parallel must be from 1 to"},
    {"\"parallel\": 5000", "--parallel must be from 1 to"},
    {"\"threads\": -1", "--threads must be from 1 to"},
    {"\"folds\": 1", "--folds must be from 2 to 100."},
    {"\"folds\": 101", "--folds must be from 2 to 100."},
    {"\"folds\": \"three\"", "--folds three is not a number."},
    {"\"validation_fraction\": 1", "--validation-fraction must be from"},
    {"\"validation_fraction\": 0", "--validation-fraction must be from"},
    {"\"seed\": -1", "--seed must be from 0 to"},
    {"\"algorithms\": []", "--algorithms takes a list of names."},
    {"\"algorithms\": \"lightgbm\"", "--algorithms takes a list of names."},
    {"\"algorithms\": [1]", "--algorithms takes a list of names."},
    {"\"refit\": 1", "--refit takes true or false."},
    {"\"folds\": 3, \"validation_fraction\": 0.2", "--folds, --validation-fraction and --validation exclude each other"},
    {"\"folds\": 3, \"validation\": \"v.csv\"", "exclude each other"},
    {"\"validation_fraction\": 0.2, \"validation\": \"v.csv\"", "exclude each other"},
    {"\"group\": \"g\", \"time\": \"t\"", "--group and --time exclude each other"},
    {"\"time\": \"t\", \"folds\": 3", "--time holds out the last rows"},
    {"\"time\": \"t\", \"validation\": \"v.csv\"", "--time holds out the last rows"},
    {"\"target\": 3", "--target takes a COLUMN."},
};

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    request r;
    ptg_error err;
    for (int64_t i = 0; i < COUNT(refused); i++) {
        char text_of_request[400];
        bool has_target = strstr(refused[i][0], "target") != NULL;
        snprintf(text_of_request, sizeof text_of_request, "{\"command\": \"run\", \"table\": \"t.csv\"%s, %s}",
                 has_target ? "" : ", \"target\": \"y\"", refused[i][0]);
        CHECK_FAILS(PTG_ERROR_USAGE, refused[i][1], request_read(text_of_request, &r, &err));
        assert_int_equal(err.message[strlen(err.message) - 1], '.');
        assert_null(r.document);
    }
}

static void requests_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *request, *part;
        ptg_status status;
    } cases[] = {
        {"", "not valid JSON", PTG_ERROR_USAGE},
        {"{\"command\": \"run\", \"command\": \"run\"}", "not valid JSON", PTG_ERROR_USAGE},
        {"[]", "A request is a JSON object.", PTG_ERROR_USAGE},
        {"{}", "command is run, plan, tune or profile", PTG_ERROR_USAGE},
        {"{\"command\": \"fly\"}", "command is run, plan, tune or profile", PTG_ERROR_USAGE},
        {"{\"command\": \"run\"}", "Give the table to read", PTG_ERROR_USAGE},
        {"{\"command\": \"run\", \"table\": \"t.csv\"}", "--target COLUMN", PTG_ERROR_USAGE},
        {"{\"command\": \"tune\"}", "pilotage tune JOB", PTG_ERROR_USAGE},
        {"{\"command\": \"tune\", \"job\": \"j\", \"folds\": 3}", "`pilotage tune` has no option --folds", PTG_ERROR_USAGE},
        {"{\"command\": \"profile\", \"table\": \"t\", \"max_trials\": 3}", "`pilotage profile` has no option --max-trials",
         PTG_ERROR_USAGE},
        {"{\"command\": \"tune\", \"job\": \"j\", \"a\\nb\": 3}", "has no option --a", PTG_ERROR_USAGE},
    };
    request r;
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++)
        CHECK_FAILS(cases[i].status, cases[i].part, request_read(cases[i].request, &r, &err));
}

static json_t *identity_of(const char *text_of_request)
{
    request r;
    ptg_error err;
    CHECK_OK(request_read(text_of_request, &r, &err));
    json_t *out = request_identity(&r);
    request_clear(&r);
    return out;
}

/* Limits and where it runs may differ when a job is resumed; what it is about may not. */
static void identity_leaves_out_what_may_differ(void **state)
{
    (void)state;
    static const char base[] = "{\"command\": \"run\", \"table\": \"t.csv\", \"target\": \"y\", \"folds\": 4}";
    static const struct {
        const char *request;
        bool same;
    } cases[] = {
        {"{\"command\": \"plan\", \"table\": \"other.csv\", \"target\": \"y\", \"folds\": \"4\"}", true},
        {"{\"command\": \"run\", \"table\": \"t.csv\", \"target\": \"y\", \"folds\": 4, \"time_limit\": 5, \"max_trials\": 5, "
         "\"parallel\": 2,"
         " \"threads\": 2, \"memory_limit\": \"4G\", \"refit\": true, \"prefer\": \"simple\", \"output\": \"x\", \"instance\": "
         "\"local\","
         " \"command_path\": \"/x\"}",
         true},
        {"{\"command\": \"run\", \"table\": \"t.csv\", \"target\": \"z\", \"folds\": 4}", false},
        {"{\"command\": \"run\", \"table\": \"t.csv\", \"target\": \"y\", \"folds\": 5}", false},
        {"{\"command\": \"run\", \"table\": \"t.csv\", \"target\": \"y\"}", false},
        {"{\"command\": \"run\", \"table\": \"t.csv\", \"target\": \"y\", \"folds\": 4, \"seed\": 1}", false},
        {"{\"command\": \"run\", \"table\": \"t.csv\", \"target\": \"y\", \"folds\": 4, \"objective\": \"f1\"}", false},
    };
    json_t *first = identity_of(base);
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *other = identity_of(cases[i].request);
        assert_int_equal(json_equal(first, other), cases[i].same);
        json_decref(other);
    }
    json_decref(first);
}

/* Rows of the table of options: text, bounds and commands are there, names are unique. */
static void options_are_described(void **state)
{
    (void)state;
    for (int32_t i = 0; i < n_option_rows; i++) {
        const option_row *row = &option_rows[i];
        assert_true(row->text[0] != '\0' && row->commands != 0);
        assert_int_equal(row->argument == NULL, row->kind == OPTION_FLAG);
        if (row->kind == OPTION_NUMBER || row->kind == OPTION_INTEGER || row->kind == OPTION_SIZE)
            assert_true(row->min < row->max);
        for (int32_t k = 0; k < i; k++)
            assert_string_not_equal(row->name, option_rows[k].name);
        json_t *about = option_json(row);
        assert_string_equal(json_text_or(about, "name", ""), row->name);
        assert_true(json_array_size(json_object_get(about, "commands")) > 0);
        json_decref(about);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read),
        cmocka_unit_test(sizes_are_read),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(requests_that_are_none),
        cmocka_unit_test(identity_leaves_out_what_may_differ),
        cmocka_unit_test(options_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
