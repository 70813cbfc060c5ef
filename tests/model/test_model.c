/* The model: saving and loading, predicting frames and files. */
#include <sys/stat.h>

#include "model_sample.h"

static double *predict_file(const model *m, const char *content, bool allow_missing, int64_t *n)
{
    ptg_error err = {0};
    frame *f = NULL;
    sample_check(frame_read(sample_file("in.csv", content), &(frame_read_options){.schema = m->schema}, &f, &err), &err);
    *n = frame_rows(f);
    double *out = mem_array(*n * model_width(m), sizeof *out);
    sample_check(model_predict_frame(m, f, allow_missing, out, &err), &err);
    frame_free(f);
    return out;
}

/* The CSV that a file of this content is answered with; freed by the caller. */
static char *csv_of(const model *m, const char *content, const predict_options *o)
{
    ptg_error err = {0};
    char *data = NULL;
    int64_t size = 0;
    const char *in = sample_file("in.csv", content), *out = sample_file("out.csv", NULL);
    sample_check(model_predict_csv(m, in, out, o, &err), &err);
    sample_check(file_read(out, &data, &size, &err), &err);
    return data;
}

static const char some_rows[] = "a,b,colour\n0.5,0.1,green\n,-1,grey\n-0.7,0.25,unseen\n1e3,x,\n";

static void test_round_trip(void **state)
{
    (void)state;
    const sample_options kinds[] = {{.n_folds = 3},
                                    {.regression = true},
                                    {.multiclass = true, .n_folds = 2},
                                    {.learner = &algorithm_baseline, .with_colour = true}};
    for (size_t c = 0; c < sizeof kinds / sizeof *kinds; c++) {
        ptg_error err = {0};
        model *m = sample_model(&kinds[c]), *same = sample_model(&kinds[c]), *back = NULL;
        bytes_writer a = {0}, b = {0}, again = {0};
        sample_check(model_save_bytes(m, &a, &err), &err);
        sample_check(model_save_bytes(same, &b, &err), &err);
        assert_int_equal(a.size, b.size);
        assert_memory_equal(a.data, b.data, (size_t)a.size);
        const char *path = sample_file("best.ptg", NULL);
        sample_check(model_save(m, path, &err), &err);
        sample_check(model_load(path, &back, &err), &err);
        sample_check(model_save_bytes(back, &again, &err), &err);
        assert_int_equal(a.size, again.size);
        assert_memory_equal(a.data, again.data, (size_t)a.size);
        int64_t n, n_back;
        double *x = predict_file(m, some_rows, false, &n), *y = predict_file(back, some_rows, false, &n_back);
        assert_true(n == 4 && n_back == 4);
        assert_memory_equal(x, y, (size_t)(n * model_width(m)) * sizeof *x);
        for (int64_t i = 0; i < n * model_width(m); i++)
            assert_true(isfinite(x[i]));
        mem_free(x), mem_free(y);
        text_buffer_clear(&a), text_buffer_clear(&b), text_buffer_clear(&again);
        model_free(m), model_free(same), model_free(back);
    }
}

/* Each row alone, and among 9,000 others in another block, gives the same bytes. */
static void test_rows_alone(void **state)
{
    (void)state;
    model *m = sample_model(&(sample_options){.multiclass = true, .n_folds = 3});
    static const char *const rows[] = {"0.5,0.1,green\n", ",-1,grey\n", "-0.7,0.25,unseen\n", "1e3,x,\n",
                                       "0.123456789,0.987654321,grey\n"};
    enum { KINDS = 5, MANY = 9000 };
    text_buffer b = {0};
    text_append(&b, "a,b,colour\n");
    for (int i = 0; i < MANY; i++)
        text_append(&b, rows[i % KINDS]);
    int64_t n;
    double *all = predict_file(m, b.data, false, &n);
    assert_int_equal(n, MANY);
    for (int k = 0; k < KINDS; k++) {
        char one[64];
        snprintf(one, sizeof one, "a,b,colour\n%s", rows[k]);
        double *alone = predict_file(m, one, false, &n);
        assert_int_equal(n, 1);
        for (int i = k; i < MANY; i += KINDS)
            assert_memory_equal(alone, all + 3 * i, 3 * sizeof *alone);
        mem_free(alone);
    }
    mem_free(all);
    text_buffer_clear(&b);
    model_free(m);
}

static void test_other_tables(void **state)
{
    (void)state;
    model *m = sample_model(&(sample_options){0});
    int64_t n;
    double *plain = predict_file(m, "a,b\n0.5,0.1\n", false, &n);
    double *more = predict_file(m, "new,b,kind,a\nx,0.1,green,0.5\n", false, &n);
    assert_memory_equal(plain, more, 2 * sizeof *plain);
    double *none = predict_file(m, "a,b\n", false, &n);
    assert_int_equal(n, 0);
    double *without = predict_file(m, "b\n0.1\n", true, &n), *missing = predict_file(m, "a,b\n,0.1\n", false, &n);
    assert_memory_equal(without, missing, 2 * sizeof *without);
    mem_free(plain), mem_free(more), mem_free(none), mem_free(without), mem_free(missing);
    ptg_error err = {0};
    assert_int_equal(model_predict_csv(m, sample_file("in.csv", "b,kind\n1,red\n"), sample_file("out.csv", NULL), NULL, &err),
                     PTG_ERROR_DATA);
    assert_non_null(strstr(err.message, "'a'"));
    model_free(m);
}

static void test_allow_missing_of_every_kind(void **state)
{
    (void)state;
    model *m = sample_model(&(sample_options){.learner = &algorithm_baseline, .with_colour = true});
    assert_int_equal(m->n_inputs, 3);
    int64_t n;
    double *out = predict_file(m, "other\n1\n2\n", true, &n);
    assert_int_equal(n, 2);
    assert_true(fabs(out[0] + out[1] - 1) < 1e-15 && out[0] == out[2]);
    mem_free(out);
    model_free(m);
}

/* A probability that is known in advance: the baseline's. */
static model *constant_model(const sample_options *o)
{
    sample_options with = *o;
    with.learner = &algorithm_baseline;
    return sample_model(&with);
}

static void test_temperature_and_floor(void **state)
{
    (void)state;
    model *m = constant_model(&(sample_options){.multiclass = true});
    static const double shares[3] = {0.7, 0.2999, 0.0001};
    double *bias = predictor_linear(m->members[0].folds[0].learner)->bias;
    for (int k = 0; k < 3; k++)
        bias[k] = log(shares[k]);
    static const struct {
        double temperature, floor;
    } cases[] = {{1, 0}, {1, 0.01}, {2, 0}, {0.5, 0}, {2, 0.05}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        m->temperature = cases[c].temperature;
        m->floor = cases[c].floor;
        int64_t n;
        double *out = predict_file(m, "a,b\n1,1\n", false, &n), sum = 0, expected[3], floored = 0;
        for (int k = 0; k < 3; k++)
            sum += expected[k] = pow(shares[k], 1 / cases[c].temperature);
        for (int k = 0; k < 3; k++)
            floored += expected[k] = fmax(expected[k] / sum, cases[c].floor);
        for (int k = 0; k < 3; k++)
            assert_true(fabs(out[k] - expected[k] / floored) < 1e-12);
        mem_free(out);
    }
    assert_true(model_floor(100, 2) == 0.001 && model_floor(1, 50) == 1.0 / 50 && model_floor(0, 0) == 0.1);
    model_free(m);
}

static void test_members_by_weight(void **state)
{
    (void)state;
    ptg_error err = {0};
    model *a = sample_model(&(sample_options){.regression = true}),
          *b = sample_model(&(sample_options){.regression = true, .n_folds = 2});
    int64_t n;
    double *x = predict_file(a, some_rows, false, &n), *y = predict_file(b, some_rows, false, &n);
    model_member first = a->members[0], second = b->members[0];
    sample_check(model_make_members(a, 2, &err), &err);
    a->members[0] = first;
    a->members[1] = second;
    a->members[0].weight = 3;
    a->members[1].weight = 1;
    sample_check(model_complete(a, &err), &err);
    double *z = predict_file(a, some_rows, false, &n);
    for (int64_t i = 0; i < n; i++)
        assert_true(fabs(z[i] - (0.75 * x[i] + 0.25 * y[i])) < 1e-12);
    a->members[0].weight = 0;
    double *only = predict_file(a, some_rows, false, &n);
    assert_memory_equal(only, y, (size_t)n * sizeof *y);
    a->members[1].weight = 0;
    assert_int_equal(model_complete(a, &err), PTG_ERROR_FORMAT);
    mem_free(x), mem_free(y), mem_free(z), mem_free(only);
    a->n_members = 1; /* the second belongs to b */
    model_free(a);
    model_free(b);
}

static void test_csv(void **state)
{
    (void)state;
    model *m = constant_model(&(sample_options){0});
    double *bias = predictor_linear(m->members[0].folds[0].learner)->bias;
    bias[0] = 0; /* probability 0.5: exactly at the threshold, which is positive */
    m->floor = 0;
    static const char *const kept[] = {"note", "b", "blue"};
    static const struct {
        const char *in;
        predict_options o;
        double threshold;
        const char *out;
    } cases[] = {
        {"a,b\n1,2\n", {0}, 0.5, "prediction,blue,red\nred,0.5,0.5\n"},
        {"a,b\n1,2\n", {0}, 0.51, "prediction,blue,red\nblue,0.5,0.5\n"},
        {"a,b\n", {0}, 0.5, "prediction,blue,red\n"},
        {"b,note,a,blue\n1.50,\"x, \"\"y\"\"\",2,=1+1\nNA,,3,-\n",
         {kept, 3, false},
         0.5,
         "note,b,blue,prediction,p(blue),red\n\"x, \"\"y\"\"\",1.50,=1+1,red,0.5,0.5\n,NA,-,red,0.5,0.5\n"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        m->threshold = cases[c].threshold;
        char *csv = csv_of(m, cases[c].in, &cases[c].o);
        assert_string_equal(csv, cases[c].out);
        mem_free(csv);
    }
    m->classes[0] = text_of("prediction");
    char *csv = csv_of(m, "a,b\n1,2\n", NULL);
    assert_string_equal(csv, "prediction,p(prediction),red\nred,0.5,0.5\n");
    mem_free(csv);
    ptg_error err = {0};
    predict_options unknown = {(const char *const[]){"nope"}, 1, false};
    assert_int_equal(model_predict_csv(m, sample_file("in.csv", "a,b\n1,2\n"), sample_file("out.csv", NULL), &unknown, &err),
                     PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "'nope'"));
    sample_check(model_predict_csv(m, sample_file("in.csv", "a,b\n1,2\n"), "/dev/null", NULL, &err), &err);
    struct stat device;
    assert_true(stat("/dev/null", &device) == 0 && S_ISCHR(device.st_mode)); /* written to, not replaced */
    model_free(m);
}

static void test_csv_labels(void **state)
{
    (void)state;
    model *m = constant_model(&(sample_options){.multiclass = true});
    double *bias = predictor_linear(m->members[0].folds[0].learner)->bias;
    bias[0] = bias[1] = log(0.25), bias[2] = log(0.5);
    char *csv = csv_of(m, "a,b\n1,2\n", NULL);
    assert_string_equal(csv, "prediction,blue,red,\"with,comma\"\n\"with,comma\",0.25,0.25,0.5\n");
    mem_free(csv);
    model_free(m);
    m = constant_model(&(sample_options){.regression = true});
    predictor_linear(m->members[0].folds[0].learner)->bias[0] = 0.1;
    csv = csv_of(m, "a,b\n1,2\n2,3\n", NULL);
    assert_string_equal(csv, "prediction\n0.1\n0.1\n");
    mem_free(csv);
    model_free(m);
}

static void test_public_functions(void **state)
{
    (void)state;
    ptg_error err = {0};
    model *m = sample_model(&(sample_options){.n_folds = 2});
    const char *path = sample_file("best.ptg", NULL);
    sample_check(model_save(m, path, &err), &err);
    ptg_model *open = NULL;
    assert_int_equal(ptg_model_open(path, "dpp9", &open, &err), PTG_ERROR_USAGE);
    assert_int_equal(ptg_model_open("/nowhere/best.ptg", NULL, &open, &err), PTG_ERROR_USAGE);
    assert_null(open);
    sample_check(ptg_model_open(path, NULL, &open, &err), &err);
    char *json = NULL;
    sample_check(ptg_model_describe(open, &json, &err), &err);
    assert_non_null(strstr(json, "\"positive_class\": \"red\""));
    assert_non_null(strstr(json, "\"columns\""));
    assert_null(strstr(json, "\"schema\""));
    assert_null(strstr(json, "/tmp"));
    mem_free(json);
    ptg_table *table = NULL;
    const double a[] = {0.5, NAN}, b[] = {0.1, -1};
    sample_check(ptg_table_new(2, &table, &err), &err);
    sample_check(ptg_table_add_numbers(table, "a", "numeric", a, &err), &err);
    const int64_t offsets[] = {0, 3, 5}; /* b as texts: read as the model's type */
    sample_check(ptg_table_add_texts(table, "b", "categorical", "0.1-1", offsets, NULL, &err), &err);
    double out[4], *expected;
    int32_t labels[2];
    int64_t n;
    sample_check(ptg_model_predict_table(open, table, 0, out, labels, &err), &err);
    expected = predict_file(m, "a,b\n0.5,0.1\n,-1\n", false, &n);
    assert_memory_equal(out, expected, sizeof out);
    assert_true(labels[0] == (out[1] >= 0.5) && labels[1] == (out[3] >= 0.5) && b[0] == 0.1);
    mem_free(expected);
    const char *in = sample_file("in.csv", "a,b\n1,2\n"), *to = sample_file("out.csv", NULL);
    sample_check(ptg_model_predict_file(open, in, to, "{\"keep\": [\"b\"], \"allow_missing\": false}", &err), &err);
    static const char *const wrong[] = {"{\"keep\": \"b\"}", "{\"keep\": [1]}", "[]", "{\"kept\": []}",
                                        "{\"allow_missing\": 1}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(ptg_model_predict_file(open, in, to, wrong[i], &err), PTG_ERROR_USAGE);
    ptg_table_free(table);
    ptg_model_free(open);
    model_free(m);
}

#ifdef PTG_FAULTS
/* Whichever allocation fails, opening and predicting end with that status, and nothing is left behind (the sanitizer's leak
 * check). */
static void test_out_of_memory(void **state)
{
    (void)state;
    ptg_error err = {0};
    model *m = sample_model(&(sample_options){.multiclass = true}), *back = NULL;
    bytes_writer w = {0};
    sample_check(model_save_bytes(m, &w, &err), &err);
    const char *in = sample_file("in.csv", some_rows), *out = sample_file("out.csv", NULL);
    ptg_status status = PTG_ERROR_MEMORY;
    for (int64_t i = 1; status != PTG_OK; i++) {
        assert_true(i < 2000);
        mem_fail_at(i);
        status = model_open_bytes(w.data, w.size, "best.ptg", &back, &err);
        mem_fail_at(0);
        if (status != PTG_OK) assert_true(status == PTG_ERROR_MEMORY || status == PTG_ERROR_FORMAT);
    }
    status = PTG_ERROR_MEMORY;
    for (int64_t i = 1; status != PTG_OK; i++) {
        assert_true(i < 20000);
        mem_fail_at(i);
        status = model_predict_csv(back, in, out, NULL, &err);
        mem_fail_at(0);
        if (status != PTG_OK) assert_int_equal(status, PTG_ERROR_MEMORY);
    }
    text_buffer_clear(&w);
    model_free(m), model_free(back);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_rows_alone),
        cmocka_unit_test(test_other_tables),
        cmocka_unit_test(test_allow_missing_of_every_kind),
        cmocka_unit_test(test_temperature_and_floor),
        cmocka_unit_test(test_members_by_weight),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_labels),
        cmocka_unit_test(test_public_functions),
#ifdef PTG_FAULTS
        cmocka_unit_test(test_out_of_memory),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
