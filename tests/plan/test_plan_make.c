/* Planning: the split by size, work and wishes; candidates that differ for every kind of table; limits; refusals. */
#include <math.h>

#include "../base/check.h"
#include "../profile/profile_tables.h"
#include "plan/plan_make.h"

/* Facts of a table that only its numbers of rows matter of. */
typedef struct made_facts {
    profile_facts facts;
    int64_t class_counts[3];
    column_facts columns[2];
} made_facts;

static void make_facts(made_facts *m, problem_type problem, int64_t rows, int64_t smaller)
{
    *m = (made_facts){.class_counts = {rows - smaller, smaller, 0}};
    m->facts = (profile_facts){.n_rows = rows,
                               .n_labelled = rows,
                               .problem = problem,
                               .n_classes = problem == PROBLEM_BINARY ? 2 : 0,
                               .class_counts = m->class_counts,
                               .columns = m->columns,
                               .n_columns = 2};
}

static void check_split(const json_t *made, const char *kind, int folds, double fraction, const char *reason)
{
    assert_string_equal(json_text_or(made, "kind", ""), kind);
    assert_int_equal(json_integer_or(made, "folds", -1), folds);
    assert_true(fabs(json_real_or(made, "fraction", -1) - fraction) < 1e-12);
    if (!strstr(json_text_or(made, "reason", ""), reason))
        fail_msg("'%s' lacks '%s'", json_text_or(made, "reason", ""), reason);
}

static void the_split_follows_the_size(void **state)
{
    (void)state;
    static const struct {
        problem_type problem;
        int64_t rows, smaller;
        const char *kind;
        int folds;
        double fraction;
        const char *reason;
    } cases[] = {
        {PROBLEM_REGRESSION, 20, 0, "folds", 8, 0.2, "under 5,000"},
        {PROBLEM_REGRESSION, 4999, 0, "folds", 8, 0.2, "under 5,000"},
        {PROBLEM_REGRESSION, 5000, 0, "folds", 5, 0.2, "up to 50,000"},
        {PROBLEM_REGRESSION, 50000, 0, "folds", 5, 0.2, "up to 50,000"},
        {PROBLEM_REGRESSION, 50001, 0, "split", 1, 0.2, "above 50,000"},
        {PROBLEM_REGRESSION, 500000, 0, "split", 1, 0.2, "above 50,000"},
        {PROBLEM_REGRESSION, 1000000, 0, "split", 1, 0.1, "above 50,000"},
        {PROBLEM_REGRESSION, 100000000, 0, "split", 1, 0.001, "above 50,000"},
        {PROBLEM_BINARY, 1000, 400, "folds", 8, 0.2, "under 5,000"},
        {PROBLEM_BINARY, 1000, 8, "folds", 8, 0.2, "under 5,000"},
        {PROBLEM_BINARY, 1000, 7, "folds", 7, 0.2, "the smaller class has only 7 rows"},
        {PROBLEM_BINARY, 1000, 1, "folds", 2, 0.2, "the smaller class has only 1 rows"},
    };
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        made_facts m;
        json_t *made;
        make_facts(&m, cases[i].problem, cases[i].rows, cases[i].smaller);
        CHECK_OK(plan_make_validation(&m.facts, &(plan_wishes){0}, 1e9, &made, &err));
        check_split(made, cases[i].kind, cases[i].folds, cases[i].fraction, cases[i].reason);
        json_decref(made);
    }
}

/* The first six candidates may take 40 % of the time limit; fewer folds take their share of the seconds. */
static void the_split_follows_the_time_limit(void **state)
{
    (void)state;
    static const struct {
        int64_t rows;
        double limit, seconds;
        const char *kind;
        int folds;
    } cases[] = {
        {1000, 0, 1e9, "folds", 8},   {1000, 10, 3.9, "folds", 8},  {1000, 10, 4.1, "folds", 5},  {1000, 10, 6.3, "folds", 5},
        {1000, 10, 6.5, "folds", 3},  {1000, 10, 10.6, "folds", 3}, {1000, 10, 10.7, "split", 1}, {1000, 10, 1e9, "split", 1},
        {20000, 10, 3.9, "folds", 5}, {20000, 10, 4.1, "folds", 3}, {20000, 10, 6.6, "folds", 3}, {20000, 10, 6.7, "split", 1},
        {60000, 10, 1e9, "split", 1}, {1000, 100, 39, "folds", 8},
    };
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        made_facts m;
        json_t *made;
        make_facts(&m, PROBLEM_REGRESSION, cases[i].rows, 0);
        CHECK_OK(plan_make_validation(&m.facts, &(plan_wishes){.time_limit = cases[i].limit}, cases[i].seconds, &made, &err));
        check_split(made, cases[i].kind, cases[i].folds, 0.2, "rows");
        json_decref(made);
    }
}

static void the_split_follows_the_wishes(void **state)
{
    (void)state;
    static const struct {
        plan_wishes wishes;
        int64_t distinct, missing; /* of the group column */
        const char *kind;
        int folds;
        double fraction;
        const char *reason;
    } cases[] = {
        {{.folds = 3}, 0, 0, "folds", 3, 0.2, "--folds 3."},
        {{.folds = 3, .time_limit = 1}, 0, 0, "folds", 3, 0.2, "--folds 3."},
        {{.validation_fraction = 0.3}, 0, 0, "split", 1, 0.3, "--validation-fraction 0.3."},
        {{.validation_fraction = 0.001}, 0, 0, "split", 1, 0.001, "--validation-fraction 0.001."},
        {{.validation_file = true, .validation_rows = 10}, 0, 0, "file", 1, 0.2, "never trained on"},
        {{.time = "t"}, 0, 0, "time", 1, 0.2, "in order of time"},
        {{.time = "t", .validation_fraction = 0.4}, 0, 0, "time", 1, 0.4, "in order of time"},
        {{.group = "g"}, 100, 0, "group", 8, 0.2, "--group g"},
        {{.group = "g"}, 3, 0, "group", 3, 0.2, "--group g"},
        {{.group = "g"}, 3, 4, "group", 7, 0.2, "--group g"},
        {{.group = "g", .folds = 3}, 3, 0, "group", 3, 0.2, "--group g"},
        {{.group = "g", .validation_fraction = 0.25}, 100, 0, "group", 1, 0.25, "--group g"},
    };
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        made_facts m;
        json_t *made;
        make_facts(&m, PROBLEM_REGRESSION, 1000, 0);
        m.columns[1].role = ROLE_GROUP;
        m.columns[1].statistics.distinct = cases[i].distinct;
        m.columns[1].statistics.missing = cases[i].missing;
        CHECK_OK(plan_make_validation(&m.facts, &cases[i].wishes, cases[i].wishes.time_limit > 0 ? 1e15 : 0, &made, &err));
        check_split(made, cases[i].kind, cases[i].folds, cases[i].fraction, cases[i].reason);
        json_decref(made);
    }
}

static void wishes_that_exclude_each_other(void **state)
{
    (void)state;
    static const struct {
        plan_wishes wishes;
        ptg_status status;
        const char *part;
    } cases[] = {
        {{.folds = 3, .validation_fraction = 0.2}, PTG_ERROR_USAGE, "exclude each other"},
        {{.folds = 3, .validation_file = true}, PTG_ERROR_USAGE, "exclude each other"},
        {{.validation_fraction = 0.2, .validation_file = true}, PTG_ERROR_USAGE, "exclude each other"},
        {{.group = "g", .time = "t"}, PTG_ERROR_USAGE, "--group and --time exclude each other"},
        {{.time = "t", .folds = 5}, PTG_ERROR_USAGE, "--time holds out the last rows"},
        {{.time = "t", .validation_file = true}, PTG_ERROR_USAGE, "--time holds out the last rows"},
        {{.folds = 1}, PTG_ERROR_USAGE, "--folds must be at least 2"},
        {{.folds = -3}, PTG_ERROR_USAGE, "--folds must be at least 2"},
        {{.validation_fraction = 1}, PTG_ERROR_USAGE, "--validation-fraction must lie between 0 and 1"},
        {{.validation_fraction = -0.1}, PTG_ERROR_USAGE, "--validation-fraction must lie between 0 and 1"},
        {{.folds = 101}, PTG_ERROR_DATA, "--folds 101 is more than the 100 rows"},
        {{.group = "g", .folds = 5}, PTG_ERROR_DATA, "--group g has 3 groups, fewer than the 5 folds"},
    };
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        made_facts m;
        json_t *made = NULL;
        make_facts(&m, PROBLEM_REGRESSION, 100, 0);
        m.columns[1].role = ROLE_GROUP;
        m.columns[1].statistics.distinct = 3;
        CHECK_FAILS(cases[i].status, cases[i].part, plan_make_validation(&m.facts, &cases[i].wishes, 0, &made, &err));
    }
}

static double number_a(int64_t i)
{
    return noise(i, 1);
}

static double number_holes(int64_t i)
{
    return i % 11 == 0 ? NAN : noise(i, 2) * 100;
}

static double number_repeats(int64_t i)
{
    return floor(noise(i, 3) * 6);
}

static double date_of(int64_t i)
{
    return floor(noise(i, 4) * 1000) * 86400;
}

static const char *city(int64_t i)
{
    static const char *const names[] = {"Bonn", "Essen", "Jena", "Trier", NULL};
    return names[(int)(noise(i, 5) * 5)];
}

static const char *code_of(int64_t i)
{
    static char cell[40];
    snprintf(cell, sizeof cell, "code%d", (int)(noise(i, 6) * 40));
    return cell;
}

static const char *words_of(int64_t i)
{
    static char cell[90];
    snprintf(cell, sizeof cell, "word%d and word%d with thing %d", (int)(noise(i, 7) * 500), (int)(noise(i, 8) * 500), (int)i);
    return cell;
}

static const char *yes_no(int64_t i)
{
    return noise(i, 1) + noise(i, 9) > 1 ? "yes" : "no";
}

static const char *three(int64_t i)
{
    static const char *const names[] = {"red", "green", "blue"};
    return names[(int)(noise(i, 10) * 3)];
}

static double amount(int64_t i)
{
    return noise(i, 1) * 10 + noise(i, 11);
}

typedef enum table_kind { ALL_NUMERIC, ALL_CATEGORIES, ONLY_TEXT, ONLY_DATES, MIXED, N_KINDS } table_kind;

static frame *make_table(table_kind kind, problem_type problem, int64_t rows)
{
    table_maker t = table_start(rows);
    if (kind == ALL_NUMERIC || kind == MIXED) table_numbers(&t, "a", number_a);
    if (kind == ALL_NUMERIC || kind == MIXED) table_numbers(&t, "holes", number_holes);
    if (kind == MIXED) table_numbers(&t, "repeats", number_repeats);
    if (kind == ALL_CATEGORIES || kind == MIXED) table_texts(&t, "city", city, COLUMN_CATEGORICAL);
    if (kind == ALL_CATEGORIES || kind == MIXED) table_texts(&t, "code", code_of, COLUMN_CATEGORICAL);
    if (kind == ONLY_TEXT || kind == MIXED) table_texts(&t, "words", words_of, COLUMN_TEXT);
    if (kind == ONLY_DATES || kind == MIXED) table_dates(&t, "date", date_of);
    if (problem == PROBLEM_BINARY) table_texts(&t, "target", yes_no, COLUMN_CATEGORICAL);
    if (problem == PROBLEM_MULTICLASS) table_texts(&t, "target", three, COLUMN_CATEGORICAL);
    if (problem == PROBLEM_REGRESSION) table_numbers(&t, "target", amount);
    return table_end(&t);
}

/* Whether the training libraries are here; without them plans are smaller. */
static bool libraries(void)
{
    return algorithm_find("lightgbm")->available(NULL) == PTG_OK && algorithm_find("xgboost")->available(NULL) == PTG_OK;
}

static json_t *steps_of(const json_t *document, const json_t *candidate)
{
    return json_object_get(json_object_get(document, "pipelines"), json_text_or(candidate, "pipeline", ""));
}

/* No two candidates have the same algorithm on the same steps. */
static void check_candidates_differ(const json_t *document)
{
    const char *name, *other_name;
    json_t *one, *other;
    json_object_foreach(json_object_get(document, "candidates"), name, one)
        json_object_foreach(json_object_get(document, "candidates"), other_name, other)
    {
        if (strcmp(name, other_name) == 0 ||
            strcmp(json_text_or(one, "algorithm", ""), json_text_or(other, "algorithm", "")) != 0)
            continue;
        if (json_equal(steps_of(document, one), steps_of(document, other)))
            fail_msg("%s and %s are the same", name, other_name);
    }
}

/* The candidate that can be read stands behind the first boosters, whose work decides on the split, and is searched. */
static void check_additive(const json_t *document)
{
    int place = 0, found = -1, first_boost = -1;
    const char *name;
    json_t *candidate;
    json_object_foreach(json_object_get(document, "candidates"), name, candidate)
    {
        if (strcmp(name, "dpp0-additive") == 0) found = place;
        if (strcmp(name, "dpp0-boost") == 0) first_boost = place;
        place++;
    }
    assert_true(first_boost >= 0 && found > first_boost);
    json_t *additive = json_object_get(json_object_get(document, "candidates"), "dpp0-additive");
    assert_true(json_is_true(json_object_get(additive, "enabled")));
    assert_non_null(json_object_get(json_object_get(additive, "ranges"), "interaction_depth"));
    assert_true(json_number_value(json_object_get(json_object_get(additive, "static"), "rounds")) >= 60);
}

static void every_kind_of_table_gets_candidates(void **state)
{
    (void)state;
    ptg_error err;
    for (int kind = 0; kind < N_KINDS; kind++)
        for (int problem = 0; problem < 3; problem++) {
            profiled made = profile_of(make_table((table_kind)kind, (problem_type)problem, 400), "target");
            if (made.status != PTG_OK) fail_msg("%s", made.error.message);
            json_t *document, *missing;
            plan *p;
            CHECK_OK(plan_make(made.f, &made.facts, &(plan_wishes){.seed = 3}, &document, &missing, &err));
            size_t n = json_object_size(json_object_get(document, "candidates"));
            if (libraries()) {
                assert_true(n >= 6);
                assert_int_equal(json_array_size(missing), 0);
            }
            check_candidates_differ(document);
            check_additive(document);
            CHECK_OK(plan_read(document, &p, &err));
            assert_int_equal(p->problem, problem);
            assert_int_equal(p->n_candidates, n);
            assert_int_equal(p->n_columns, frame_columns(made.f));
            assert_int_equal(p->seed, 3);
            assert_int_equal(p->validation.folds, 8);
            assert_string_equal(p->columns[plan_role(p, ROLE_TARGET)].name, "target");
            if (problem == PROBLEM_BINARY)
                assert_string_equal(p->positive_class, "yes");
            else
                assert_null(p->positive_class);
            plan_free(p);
            json_decref(document);
            json_decref(missing);
            profiled_clear(&made);
        }
}

/* Steps name columns that exist, and of the kind that the step is for. */
static void steps_name_features_only(void **state)
{
    (void)state;
    ptg_error err;
    profile_request request = profile_request_for(0);
    frame *f = make_table(MIXED, PROBLEM_BINARY, 2000);
    request.target = column_at(f, "target");
    int32_t ignored[] = {column_at(f, "city"), column_at(f, "words")};
    request.ignored = ignored;
    request.n_ignored = 2;
    profiled made = profile_with(f, request);
    json_t *document, *missing, *steps, *step;
    CHECK_OK(plan_make(made.f, &made.facts, &(plan_wishes){0}, &document, &missing, &err));
    const char *name;
    size_t i, k;
    json_object_foreach(json_object_get(document, "pipelines"), name, steps) json_array_foreach(steps, i, step)
    {
        json_t *columns = json_object_get(step, "columns"), *one;
        assert_string_not_equal(json_text_or(step, "step", ""), "MultiColumnTfidfVectorizer");
        json_array_foreach(columns, k, one) assert_int_equal(facts_of(&made, json_string_value(one))->role, ROLE_FEATURE);
    }
    json_t *city_column = json_object_get(json_object_get(document, "columns"), "city");
    assert_string_equal(json_text_or(city_column, "role", ""), "ignored");
    json_decref(document);
    json_decref(missing);
    profiled_clear(&made);
}

static void limits_and_wishes_are_kept(void **state)
{
    (void)state;
    static const struct {
        plan_wishes wishes;
        int64_t max_trials;
        double time_limit;
        tuning_mode mode;
        const char *objective, *instance;
        int32_t parallel;
    } cases[] = {
        {{0}, 250, 300, MODE_AUTO, "auc", "local", 0},
        {{.max_trials = 9}, 9, 0, MODE_AUTO, "auc", "local", 0},
        {{.time_limit = 20.5}, 0, 20.5, MODE_AUTO, "auc", "local", 0},
        {{.time_limit = 20, .max_trials = 4, .mode = "tuning"}, 4, 20, MODE_TUNING, "auc", "local", 0},
        {{.objective = "f1", .mode = "ensembling", .instance = "local.1x4", .parallel = 2},
         250,
         300,
         MODE_ENSEMBLING,
         "f1",
         "local.1x4",
         2},
        {{.validation_fraction = 0.95}, 250, 300, MODE_AUTO, "auc", "local", 0},
        {{.validation_fraction = 0.001}, 250, 300, MODE_AUTO, "auc", "local", 0},
    };
    ptg_error err;
    profiled made = profile_of(make_table(ALL_NUMERIC, PROBLEM_BINARY, 300), "target");
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *document, *missing;
        plan *p;
        CHECK_OK(plan_make(made.f, &made.facts, &cases[i].wishes, &document, &missing, &err));
        CHECK_OK(plan_read(document, &p, &err));
        assert_int_equal(p->max_trials, cases[i].max_trials);
        assert_true(p->time_limit == cases[i].time_limit);
        assert_int_equal(p->mode, cases[i].mode);
        assert_int_equal(p->parallel, cases[i].parallel);
        assert_string_equal(p->objective_name, cases[i].objective);
        assert_string_equal(p->instance, cases[i].instance);
        plan_free(p);
        json_decref(document);
        json_decref(missing);
    }
    profiled_clear(&made);
}

static void algorithms_are_chosen_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *names, *part;
        size_t n;
    } cases[] = {
        {"[\"linear-learner\"]", NULL, 2},
        {"[\"linear-learner\", \"linear-learner\"]", NULL, 2},
        {"[\"linear\"]", "there is no algorithm 'linear'", 0},
        {"[\"baseline\"]", "baseline is always fitted", 0},
    };
    ptg_error err;
    profiled made = profile_of(make_table(ALL_CATEGORIES, PROBLEM_REGRESSION, 300), "target");
    for (int64_t i = 0; i < COUNT(cases); i++) {
        json_t *document = NULL, *missing = NULL, *names;
        CHECK_OK(json_read(text_of(cases[i].names), "test", &names, &err));
        plan_wishes wishes = {.algorithms = names};
        if (cases[i].part) {
            CHECK_FAILS(PTG_ERROR_USAGE, cases[i].part, plan_make(made.f, &made.facts, &wishes, &document, &missing, &err));
            assert_true(document == NULL && missing == NULL);
        } else {
            CHECK_OK(plan_make(made.f, &made.facts, &wishes, &document, &missing, &err));
            assert_int_equal(json_object_size(json_object_get(document, "candidates")), cases[i].n);
        }
        json_decref(document);
        json_decref(missing);
        json_decref(names);
    }
    json_t *document, *missing;
    CHECK_FAILS(PTG_ERROR_USAGE, "'auc'",
                plan_make(made.f, &made.facts, &(plan_wishes){.objective = "auc"}, &document, &missing, &err));
    profiled_clear(&made);
}

/* The work that decides folds: more rows and columns are more of it, and only the first six candidates count. */
static void work_grows_with_the_table(void **state)
{
    (void)state;
    ptg_error err;
    profiled made = profile_of(make_table(MIXED, PROBLEM_BINARY, 400), "target");
    json_t *document, *missing;
    CHECK_OK(plan_make(made.f, &made.facts, &(plan_wishes){0}, &document, &missing, &err));
    budget few = {.rows = 100000, .folds = 5, .columns = 20, .outputs = 1}, many = few, wide = few;
    many.rows *= 10;
    wide.columns *= 10;
    budget coded = few;
    coded.coded = 10;
    double work = plan_work(document, &few);
    assert_true(work > 0 && isfinite(work));
    assert_true(plan_work(document, &many) > 5 * work && plan_work(document, &wide) > 5 * work);
    for (int32_t i = 0; i < n_algorithms; i++) { /* statistics of categories and their combinations cost more than numbers */
        double numbers = budget_work(&few, algorithms[i], NULL), categories = budget_work(&coded, algorithms[i], NULL);
        bool combines = strcmp(algorithms[i]->name, "boost") == 0, looks = strcmp(algorithms[i]->name, "additive") == 0;
        assert_true(numbers > 0);
        assert_true(combines ? categories > 2 * numbers
                    : looks  ? categories > 1.2 * numbers && categories < 2 * numbers
                             : categories == numbers);
    }
    json_t *candidates = json_object_get(document, "candidates"), *first = json_object_iter_value(json_object_iter(candidates));
    json_object_set(candidates, "one-more", first);
    if (json_object_size(candidates) > 7) assert_true(plan_work(document, &few) == work);
    json_decref(document);
    json_decref(missing);
    profiled_clear(&made);
}

/* A short limit takes fewer and larger steps; every budget gives parameters that the algorithm takes. */
static void the_budget_sets_rounds_and_rates(void **state)
{
    (void)state;
    static const double limits[] = {0, 0.1, 5, 60, 3600, 1e6};
    static const int64_t rows[] = {20, 3000, 1000000};
    for (int32_t i = 0; i < n_algorithms; i++)
        for (int64_t l = 0; l < COUNT(limits); l++)
            for (int64_t r = 0; r < COUNT(rows); r++) {
                const algorithm *a = algorithms[i];
                budget b = {.time_limit = limits[l], .folds = 5, .rows = rows[r], .columns = 10, .outputs = 1};
                json_t *fixed = budget_static(&b, a);
                assert_non_null(fixed);
                arena *memory = arena_new();
                parameter_value *values;
                ptg_error err;
                CHECK_OK(parameter_read(a->parameters, a->n_parameters, fixed, a->name, memory, &values, &err));
                arena_free(memory);
                json_decref(fixed);
            }
    budget little = {.time_limit = 5, .folds = 5, .rows = 200000, .columns = 50, .outputs = 1}, much = little;
    much.time_limit = 5000;
    const algorithm *a = algorithm_find("lightgbm");
    json_t *few = budget_static(&little, a), *many = budget_static(&much, a);
    assert_true(json_integer_or(few, "rounds", 0) < json_integer_or(many, "rounds", 0));
    assert_true(json_real_or(few, "learning_rate", 0) > json_real_or(many, "learning_rate", 1));
    json_decref(few);
    json_decref(many);
}

static void the_same_table_gives_the_same_plan(void **state)
{
    (void)state;
    ptg_error err;
    char *written[2];
    for (int i = 0; i < 2; i++) {
        profiled made = profile_of(make_table(MIXED, PROBLEM_MULTICLASS, 400), "target");
        json_t *document, *missing;
        CHECK_OK(plan_make(made.f, &made.facts, &(plan_wishes){0}, &document, &missing, &err));
        text_buffer b = {0};
        json_write(&b, document, 1, false);
        written[i] = text_buffer_take(&b);
        json_decref(document);
        json_decref(missing);
        profiled_clear(&made);
    }
    assert_string_equal(written[0], written[1]);
    mem_free(written[0]);
    mem_free(written[1]);
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    ptg_error err;
    profiled made = profile_of(make_table(MIXED, PROBLEM_BINARY, 100), "target");
    plan_wishes wishes = {.time_limit = 5};
    json_t *whole, *none;
    CHECK_OK(plan_make(made.f, &made.facts, &wishes, &whole, &none, &err));
    ptg_status status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        json_t *document, *missing;
        mem_fail_at(n);
        status = plan_make(made.f, &made.facts, &wishes, &document, &missing, &err);
        mem_fail_at(0);
        assert_true(status == PTG_ERROR_MEMORY || (n > 10 && json_equal(document, whole)));
        json_decref(document);
        json_decref(missing);
    }
    json_decref(whole);
    json_decref(none);
    profiled_clear(&made);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_split_follows_the_size),          cmocka_unit_test(the_split_follows_the_time_limit),
        cmocka_unit_test(the_split_follows_the_wishes),        cmocka_unit_test(wishes_that_exclude_each_other),
        cmocka_unit_test(every_kind_of_table_gets_candidates), cmocka_unit_test(steps_name_features_only),
        cmocka_unit_test(limits_and_wishes_are_kept),          cmocka_unit_test(algorithms_are_chosen_by_name),
        cmocka_unit_test(work_grows_with_the_table),           cmocka_unit_test(the_budget_sets_rounds_and_rates),
        cmocka_unit_test(the_same_table_gives_the_same_plan),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
