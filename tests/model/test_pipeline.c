/* Pipelines: which columns steps take, what is left, order and names, levels of other tables, save and load, refusals, damage.
 */
#include "base/random.h"
#include "model/pipeline.h"

#include "../transform/transform_check.h"

enum { N = 24 };

static const char *job_of(int64_t i)
{
    static const char *const jobs[] = {"cook", "nurse", NULL, "driver"};
    return jobs[i * 7 % 4];
}

/* age (numeric), born (datetime), job (categorical), note (text), path (sequence). `shift` moves the rows' values. */
static matrix *table_of(int64_t n_rows, int64_t shift, const char *extra_job)
{
    double age[N], born[N];
    const char *jobs[N], *notes[N], *paths[N];
    static const char *const texts[] = {"good work", "bad work!", NULL, "good"};
    for (int64_t k = 0; k < n_rows; k++) {
        int64_t i = k + shift;
        age[k] = i % 5 == 2 ? NAN : (double)(20 + i * 13 % 31);
        born[k] = (double)i * 86400 * 37;
        jobs[k] = k == 0 && extra_job != NULL ? extra_job : job_of(i);
        notes[k] = texts[i * 5 % 4];
        paths[k] = "1 2 3";
    }
    matrix *m = matrix_new(n_rows);
    add_numbers(m, "age", age, COLUMN_NUMERIC);
    add_numbers(m, "born", born, COLUMN_DATETIME);
    add_categories(m, "job", jobs);
    add_texts(m, "note", notes);
    add_texts(m, "path", paths);
    m->features[4].type = COLUMN_SEQUENCE;
    return m;
}

typedef struct pipeline_case {
    arena *memory;
    matrix *table, *train;
    pipeline *p;
    double target[N];
    ptg_error error;
} pipeline_case;

static ptg_status plan_of(const char *steps, arena *a, pipeline_plan *plan, ptg_error *said)
{
    json_t *json;
    CHECK_OK(json_read(text_of(steps), "steps", &json, err));
    ptg_status status = pipeline_plan_read(json, "plan.json: /pipelines/dpp0", a, plan, said);
    json_decref(json);
    return status;
}

static ptg_status fit_case_of(const char *steps, matrix *table, pipeline_case *c)
{
    *c = (pipeline_case){.memory = arena_new(), .table = table};
    for (int i = 0; i < N; i++)
        c->target[i] = i % 3 == 0;
    pipeline_plan plan;
    TRY(plan_of(steps, c->memory, &plan, &c->error));
    pipeline_fit_input in = {.columns = table, .problem = PROBLEM_BINARY, .n_classes = 2, .target = c->target, .seed = 3};
    return pipeline_fit(&plan, &in, &c->p, &c->train, &c->error);
}

static pipeline_case fitted_case(const char *steps)
{
    pipeline_case c;
    if (fit_case_of(steps, table_of(N, 0, NULL), &c) != PTG_OK) fail_msg("%s", c.error.message);
    return c;
}

static void case_clear(pipeline_case *c)
{
    pipeline_free(c->p);
    matrix_free(c->train);
    matrix_free(c->table);
    arena_free(c->memory);
}

static void assert_names(const matrix *m, const char *const *names)
{
    int32_t n = 0;
    for (; names[n] != NULL; n++) {
        assert_true(n < m->n_features);
        assert_string_equal(m->features[n].name, names[n]);
    }
    assert_int_equal(m->n_features, n);
}

static void steps_choose_and_replace(void **unused)
{
    (void)unused;
    static const struct {
        const char *steps;
        const char *names[16];
    } cases[] = {
        {"[]", {"age", "born", "job"}},
        {"[{\"step\": \"RobustImputer\", \"columns\": \"numeric\"}]", {"age", "born", "job"}},
        {"[{\"step\": \"RobustMissingIndicator\", \"columns\": [\"age\"]}]", {"age", "age_missing", "born", "job"}},
        {"[{\"step\": \"RobustMissingIndicator\", \"columns\": [\"age\"]}, {\"step\": \"RobustImputer\", \"columns\": "
         "\"numeric\"},"
         " {\"step\": \"RobustStandardScaler\", \"columns\": \"real\"}]",
         {"age", "age_missing", "born", "job"}},
        {"[{\"step\": \"DateTimeVectorizer\", \"columns\": \"datetime\", \"parameters\": {\"extract\": [\"year\", \"quarter\"],"
         " \"mode\": \"ordinal\"}}]",
         {"age", "born_year", "born_quarter", "job"}},
        {"[{\"step\": \"ThresholdOneHotEncoder\", \"columns\": \"categorical\", \"parameters\": {\"threshold\": 1}}]",
         {"age", "born", "job=cook", "job=driver", "job=nurse", "job=(missing)"}},
        {"[{\"step\": \"TargetEncoder\", \"columns\": [\"job\"], \"parameters\": {\"keep_input\": true}},"
         " {\"step\": \"RobustOrdinalEncoder\", \"columns\": \"categorical\"}]",
         {"age", "born", "job", "job_target"}},
        {"[{\"step\": \"TextStatistics\", \"columns\": [\"note\"], \"parameters\": {\"keep_input\": true}},"
         " {\"step\": \"MultiColumnTfidfVectorizer\", \"columns\": \"text\"}]",
         {"age", "born", "job", "note:bad", "note:good", "note:work", "note_length", "note_words", "note_word_length",
          "note_digit_share", "note_upper_share", "note_punctuation", "note_exclamations", "note_questions"}},
        {"[{\"step\": \"RobustMissingIndicator\", \"columns\": [\"age\"]}, {\"step\": \"RobustMissingIndicator\", \"columns\": "
         "[\"age\"]}]",
         {"age", "age_missing_2", "age_missing", "born", "job"}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        pipeline_case c = fitted_case(cases[k].steps);
        assert_names(c.train, cases[k].names);
        matrix *out;
        CHECK_OK(pipeline_apply(c.p, c.table, &out, err));
        assert_names(out, cases[k].names);
        int32_t n;
        const pipeline_column *features = pipeline_features(c.p, &n);
        assert_int_equal(n, out->n_features);
        for (int32_t f = 0; f < n; f++) {
            assert_string_equal(features[f].name, out->features[f].name);
            assert_int_equal(features[f].kind, out->features[f].kind);
            assert_int_equal(features[f].n_levels, out->features[f].n_levels);
        }
        matrix_free(out);
        case_clear(&c);
    }
}

static void selectors_respect_what_was_taken(void **unused)
{
    (void)unused;
    pipeline_case c = fitted_case("[{\"step\": \"RobustOrdinalEncoder\", \"columns\": [\"age\"]},"
                                  " {\"step\": \"RobustImputer\", \"columns\": \"numeric\"},"
                                  " {\"step\": \"RobustOrdinalEncoder\", \"columns\": \"*\"}]");
    static const char *const names[] = {"age", "born", "job", NULL}; /* "*" takes born and job, and age again */
    assert_names(c.train, names);
    for (int32_t f = 0; f < 3; f++)
        assert_int_equal(c.train->features[f].kind, FEATURE_CODED);
    case_clear(&c);
}

static void left_over_columns(void **unused)
{
    (void)unused;
    pipeline_case c =
        fitted_case("[{\"step\": \"RobustImputer\", \"columns\": [\"age\"]},"
                    " {\"step\": \"TextStatistics\", \"columns\": [\"note\"], \"parameters\": {\"keep_input\": true}}]");
    int32_t n;
    const char *const *dropped = pipeline_dropped(c.p, &n);
    assert_int_equal(n, 1); /* note was read by a step */
    assert_string_equal(dropped[0], "path");
    const pipeline_column *inputs = pipeline_inputs(c.p, &n);
    assert_int_equal(n, 4);
    static const char *const names[4] = {"age", "born", "job", "note"};
    for (int32_t i = 0; i < 4; i++)
        assert_string_equal(inputs[i].name, names[i]);
    assert_int_equal(inputs[1].type, COLUMN_DATETIME);
    case_clear(&c);
}

/* Codes follow the fitted levels by text, whatever the other table's dictionary is. */
static void levels_are_matched_by_text(void **unused)
{
    (void)unused;
    pipeline_case c = fitted_case("[]");
    int32_t job = matrix_find(c.train, "job");
    assert_int_equal(c.train->features[job].n_levels, 3);
    matrix *other = table_of(N, 1, "aardvark"), *out;
    CHECK_OK(pipeline_apply(c.p, other, &out, err));
    const feature *got = &out->features[matrix_find(out, "job")], *from = &other->features[2];
    assert_int_equal(got->n_levels, 3);
    assert_int_equal(got->codes[0], -1); /* unseen */
    for (int64_t i = 1; i < N; i++) {
        assert_int_equal(got->codes[i] < 0, from->codes[i] < 0);
        if (got->codes[i] >= 0) assert_true(text_equal(got->levels[got->codes[i]], from->levels[from->codes[i]]));
    }
    matrix_free(out);
    matrix_free(other);
    case_clear(&c);
}

/* A level that no training row has is unseen, though the table's dictionary knows it. */
static void levels_without_training_rows_are_unseen(void **unused)
{
    (void)unused;
    matrix *table = table_of(N, 0, "astronaut"), *train;
    int64_t rows[N];
    for (int64_t i = 1; i < N; i++)
        rows[i - 1] = i;
    CHECK_OK(matrix_take_rows(table, (row_list){rows, N - 1}, &train, err));
    pipeline_case c;
    if (fit_case_of("[]", train, &c) != PTG_OK) fail_msg("%s", c.error.message);
    assert_int_equal(c.train->features[2].n_levels, 3);
    matrix *out;
    CHECK_OK(pipeline_apply(c.p, table, &out, err));
    assert_int_equal(out->features[2].codes[0], -1);
    matrix_free(out);
    matrix_free(table);
    case_clear(&c);
}

static const char *const full_steps =
    "[{\"step\": \"RobustMissingIndicator\", \"columns\": \"numeric\"}, {\"step\": \"RobustImputer\", \"columns\": "
    "\"numeric\"},"
    " {\"step\": \"DateTimeVectorizer\", \"columns\": \"datetime\"},"
    " {\"step\": \"TargetEncoder\", \"columns\": \"categorical\", \"parameters\": {\"keep_input\": true}},"
    " {\"step\": \"TextModelScore\", \"columns\": [\"note\"], \"parameters\": {\"keep_input\": true, \"min_df\": 1}},"
    " {\"step\": \"MultiColumnTfidfVectorizer\", \"columns\": \"text\"},"
    " {\"step\": \"RobustStandardScaler\", \"columns\": \"real\"}]";

static pipeline *reloaded(const pipeline *p)
{
    bytes_writer w = {0};
    pipeline_save(p, &w);
    assert_false(w.failed);
    bytes_reader r = bytes_reader_of(w.data, w.size);
    pipeline *loaded;
    CHECK_OK(pipeline_load(&r, &loaded, err));
    assert_int_equal(r.at, r.size);
    text_buffer_clear(&w);
    return loaded;
}

static void save_and_load(void **unused)
{
    (void)unused;
    static const char *const steps[] = {"[]", full_steps};
    for (size_t k = 0; k < 2; k++) {
        pipeline_case c = fitted_case(steps[k]);
        pipeline *loaded = reloaded(c.p);
        matrix *other = table_of(10, 3, "zebra"), *a, *b;
        CHECK_OK(pipeline_apply(c.p, other, &a, err));
        CHECK_OK(pipeline_apply(loaded, other, &b, err));
        assert_same_matrix(a, b);
        int32_t n, m;
        pipeline_dropped(loaded, &n);
        pipeline_dropped(c.p, &m);
        assert_int_equal(n, m);
        matrix_free(a);
        matrix_free(b);
        matrix_free(other);
        pipeline_free(loaded);
        case_clear(&c);
    }
}

static void same_bytes_and_no_batch(void **unused)
{
    (void)unused;
    pipeline_case a = fitted_case(full_steps), b = fitted_case(full_steps);
    assert_same_matrix(a.train, b.train);
    matrix *whole;
    CHECK_OK(pipeline_apply(a.p, a.table, &whole, err));
    for (int64_t i = 0; i < N; i++) {
        row_list row = {&i, 1};
        matrix *one, *got, *wanted;
        CHECK_OK(matrix_take_rows(a.table, row, &one, err));
        CHECK_OK(matrix_take_rows(whole, row, &wanted, err));
        CHECK_OK(pipeline_apply(a.p, one, &got, err));
        assert_same_matrix(got, wanted);
        matrix_free(got);
        matrix_free(one);
        matrix_free(wanted);
    }
    matrix_free(whole);
    case_clear(&a);
    case_clear(&b);
}

static void other_column_order_and_more_columns(void **unused)
{
    (void)unused;
    pipeline_case c = fitted_case(full_steps);
    matrix *turned = matrix_new(N), *a, *b;
    const double extra[N] = {0};
    add_numbers(turned, "extra", extra, COLUMN_NUMERIC);
    for (int32_t f = c.table->n_features - 1; f >= 0; f--)
        CHECK_OK(matrix_borrow(turned, &c.table->features[f], err));
    CHECK_OK(pipeline_apply(c.p, c.table, &a, err));
    CHECK_OK(pipeline_apply(c.p, turned, &b, err));
    assert_same_matrix(a, b);
    matrix_free(a);
    matrix_free(b);
    matrix_free(turned);
    case_clear(&c);
}

static void refusals_name_the_cause(void **unused)
{
    (void)unused;
    static const struct {
        const char *steps, *says;
    } cases[] = {
        {"[{\"step\": \"RobustMissingIndicator\", \"columns\": [\"age\"]}, {\"step\": \"RobustImputer\", \"columns\": "
         "[\"age\", \"job\"]}]",
         "RobustImputer (step 2): column 'job' is categorical; it takes numbers or sparse numbers."},
        {"[{\"step\": \"DateTimeVectorizer\", \"columns\": [\"age\"]}]",
         "DateTimeVectorizer (step 1): column 'age' is numeric; it takes datetimes."},
        {"[{\"step\": \"RobustImputer\", \"columns\": [\"agee\"]}]", "there is no column 'agee' here"},
        {"[{\"step\": \"RobustImputer\", \"columns\": [\"agee\"]}]", "there are: age, born, job, note, path."},
        {"[{\"step\": \"ThresholdOneHotEncoder\", \"columns\": [\"job\"]}, {\"step\": \"TargetEncoder\", \"columns\": "
         "[\"job\"]}]",
         "TargetEncoder (step 2): there is no column 'job' here"},
        {"[{\"step\": \"Imputer\", \"columns\": \"*\"}]",
         "plan.json: /pipelines/dpp0/0/step: no preprocessor 'Imputer'; there are Date"},
        {"[{\"step\": \"RobustImputer\", \"columns\": \"numbers\"}]", "/0/columns: 'numbers' is no selector"},
        {"[{\"step\": \"RobustImputer\", \"columns\": []}]", "/0/columns is empty"},
        {"[{\"step\": \"RobustImputer\", \"columns\": [\"a\", \"a\"]}]", "names 'a' twice"},
        {"[{\"step\": \"RobustImputer\", \"columns\": [3]}]", "/0/columns/0 must be"},
        {"[{\"step\": \"RobustImputer\"}]", "/0/columns must be"},
        {"[{\"columns\": \"*\"}]", "/0/step must be"},
        {"[7]", "/0 must be an object"},
        {"[{\"step\": \"RobustImputer\", \"columns\": \"*\", \"parameters\": []}]", "/0/parameters must be an object"},
        {"[{\"step\": \"RobustImputer\", \"columns\": \"*\", \"parameters\": {\"strategie\": 1}}]", "strategie"},
        {"[{\"step\": \"RobustImputer\", \"columns\": \"*\", \"parameters\": {\"strategy\": \"mode\"}}]", "mode"},
        {"[{\"step\": \"RobustImputer\", \"columns\": \"*\", \"parameters\": {\"fill_values\": 3}}]",
         "needs strategy 'constant'"},
        {"[{\"step\": \"MultiColumnTfidfVectorizer\", \"columns\": \"*\", \"parameters\": {\"ngram_range\": [3, 1]}}]",
         "/0/parameters: ngram_range"},
        {"[{\"step\": \"RobustImputer\", \"columns\": \"*\", \"colums\": 1}]", "colums"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        pipeline_case c;
        ptg_status wanted = strstr(cases[k].steps, "colums") != NULL ? PTG_ERROR_FORMAT : PTG_ERROR_USAGE;
        assert_int_equal(fit_case_of(cases[k].steps, table_of(N, 0, NULL), &c), wanted);
        if (strstr(c.error.message, cases[k].says) == NULL) fail_msg("'%s' does not say '%s'", c.error.message, cases[k].says);
        assert_null(c.p);
        assert_null(c.train);
        case_clear(&c);
    }
}

/* Results own their values: the table may be freed. */
static void results_outlive_the_table(void **unused)
{
    (void)unused;
    static const char *const steps[] = {"[]", full_steps};
    for (size_t k = 0; k < 2; k++) {
        pipeline_case c = fitted_case(steps[k]), d = fitted_case(steps[k]);
        matrix *kept, *other = table_of(N, 0, NULL), *out;
        CHECK_OK(pipeline_apply(c.p, c.table, &kept, err));
        CHECK_OK(pipeline_apply(c.p, other, &out, err));
        matrix_free(other);
        matrix_free(d.table);
        d.table = NULL;
        assert_same_matrix(out, kept);
        assert_same_matrix(d.train, c.train);
        matrix_free(kept);
        matrix_free(out);
        case_clear(&c);
        case_clear(&d);
    }
}

static void nothing_left_is_refused(void **unused)
{
    (void)unused;
    const char *const texts[N] = {"only text"};
    matrix *m = matrix_new(N);
    add_texts(m, "note", texts);
    pipeline_case c;
    assert_int_equal(fit_case_of("[]", m, &c), PTG_ERROR_USAGE);
    assert_non_null(strstr(c.error.message, "leaves no column"));
    case_clear(&c);
}

static void wrong_tables_are_refused(void **unused)
{
    (void)unused;
    pipeline_case c = fitted_case("[{\"step\": \"RobustImputer\", \"columns\": [\"age\"]}]");
    matrix *less = matrix_new(N), *other = matrix_new(N), *out = NULL;
    CHECK_OK(matrix_borrow(less, &c.table->features[0], err));
    CHECK_OK(matrix_borrow(less, &c.table->features[2], err));
    ptg_error error;
    assert_int_equal(pipeline_apply(c.p, less, &out, &error), PTG_ERROR_DATA);
    assert_non_null(strstr(error.message, "no column 'born'"));
    assert_null(out);
    const char *const words[N] = {"old"};
    add_categories(other, "age", words);
    CHECK_OK(matrix_borrow(other, &c.table->features[1], err));
    CHECK_OK(matrix_borrow(other, &c.table->features[2], err));
    assert_int_equal(pipeline_apply(c.p, other, &out, &error), PTG_ERROR_DATA);
    assert_non_null(strstr(error.message, "column 'age' is of another type"));
    matrix_free(less);
    matrix_free(other);
    case_clear(&c);
}

static void damage_is_survived(void **unused)
{
    (void)unused;
    pipeline_case c = fitted_case(full_steps);
    bytes_writer w = {0};
    pipeline_save(c.p, &w);
    int64_t step = w.size / 500 + 1;
    for (int64_t size = 0; size < w.size; size += step) {
        bytes_reader r = bytes_reader_of(w.data, size);
        pipeline *p;
        ptg_error error = {0};
        assert_int_equal(pipeline_load(&r, &p, &error), PTG_ERROR_FORMAT);
        assert_null(p);
    }
    random_stream random = random_of(9, "damage");
    for (int round = 0; round < 4000; round++) {
        int64_t at = random_below(&random, w.size);
        char kept = w.data[at];
        static const char values[] = {0, 1, -1, 127, -128};
        w.data[at] = round % 2 == 0 ? values[random_below(&random, 5)] : (char)random_below(&random, 256);
        bytes_reader r = bytes_reader_of(w.data, w.size);
        pipeline *p;
        matrix *out = NULL;
        if (pipeline_load(&r, &p, NULL) == PTG_OK) (void)pipeline_apply(p, c.table, &out, NULL);
        matrix_free(out);
        pipeline_free(p);
        w.data[at] = kept;
    }
    text_buffer_clear(&w);
    case_clear(&c);
}

#ifdef PTG_FAULTS
static void failing_memory_is_a_status(void **unused)
{
    (void)unused;
    matrix *table = table_of(N, 0, NULL);
    arena *memory = arena_new();
    pipeline_plan plan;
    assert_int_equal(plan_of(full_steps, memory, &plan, NULL), PTG_OK);
    double target[N];
    for (int i = 0; i < N; i++)
        target[i] = i % 3 == 0;
    pipeline_fit_input in = {.columns = table, .problem = PROBLEM_BINARY, .n_classes = 2, .target = target};
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        pipeline *p;
        matrix *train, *out = NULL;
        mem_fail_at(n);
        ptg_status status = pipeline_fit(&plan, &in, &p, &train, NULL);
        if (status == PTG_OK) status = pipeline_apply(p, table, &out, NULL);
        done = status == PTG_OK;
        mem_fail_at(0);
        assert_true(done || status == PTG_ERROR_MEMORY);
        assert_true(!done || n > 50);
        matrix_free(train);
        matrix_free(out);
        pipeline_free(p);
    }
    arena_free(memory);
    matrix_free(table);
}
#endif

static void no_rows(void **unused)
{
    (void)unused;
    pipeline_case c = fitted_case(full_steps);
    matrix *empty = table_of(0, 0, NULL), *out;
    CHECK_OK(pipeline_apply(c.p, empty, &out, err));
    assert_int_equal(out->n_features, c.train->n_features);
    matrix_free(out);
    matrix_free(empty);
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_choose_and_replace),
        cmocka_unit_test(selectors_respect_what_was_taken),
        cmocka_unit_test(left_over_columns),
        cmocka_unit_test(levels_are_matched_by_text),
        cmocka_unit_test(levels_without_training_rows_are_unseen),
        cmocka_unit_test(save_and_load),
        cmocka_unit_test(same_bytes_and_no_batch),
        cmocka_unit_test(other_column_order_and_more_columns),
        cmocka_unit_test(refusals_name_the_cause),
        cmocka_unit_test(results_outlive_the_table),
        cmocka_unit_test(nothing_left_is_refused),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(no_rows),
#ifdef PTG_FAULTS
        cmocka_unit_test(failing_memory_is_a_status),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
