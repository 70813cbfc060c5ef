/* Laws that every row of the registry keeps, tried on hostile columns: equal bytes at every run, a row's result free of its
 * batch, save and load, damage refused or survived, parameters described. */
#include "base/random.h"

#include "transform_check.h"

enum { N = 60 };

/* How the columns of a case are made. */
typedef enum shape { MIXED, CONSTANT, ALL_MISSING, ONE_ROW, NO_ROWS, N_SHAPES } shape;

static const char *const word_list[] = {"alpha", "beta gamma", "", "Ünïcode straße", "42", "a!", "(other)", "x\xff"};

static double number_of(shape s, int64_t i)
{
    static const double odd[] = {0, -0.0, 1e300, -1e300, NAN, INFINITY, -INFINITY, 0.5, 3, 3, 3, -7};
    if (s == CONSTANT) return 5;
    if (s == ALL_MISSING) return NAN;
    return odd[i * 7 % 12];
}

static const char *word_of(shape s, int64_t i)
{
    if (s == CONSTANT) return "same words";
    if (s == ALL_MISSING || i % 9 == 4) return NULL;
    return word_list[i * 5 % 8];
}

static int64_t rows_of(shape s)
{
    return s == NO_ROWS ? 0 : s == ONE_ROW ? 1 : N;
}

static void add_shape(matrix *m, const transformer *t, shape s)
{
    double numbers[N], times[N];
    const char *words[N];
    int64_t rows[N], n_stored = 0;
    double stored[N];
    for (int64_t i = 0; i < N; i++) {
        numbers[i] = number_of(s, i);
        times[i] = s == CONSTANT ? 1e9 : s == ALL_MISSING || i % 11 == 3 ? NAN : 1e9 + (double)i * 1234567.5;
        words[i] = word_of(s, i);
        if (i >= rows_of(s) || i % 3 != 0) continue;
        rows[n_stored] = i;
        stored[n_stored++] = numbers[i];
    }
    bool moments_only = t->accepts_types == 1u << COLUMN_DATETIME;
    if ((t->accepts & FEATURE_REAL) != 0 && !moments_only) add_numbers(m, "number", numbers, COLUMN_NUMERIC);
    if ((t->accepts & FEATURE_REAL) != 0) add_numbers(m, "moment", times, COLUMN_DATETIME);
    if ((t->accepts & FEATURE_CODED) != 0) add_categories(m, "category", words);
    if ((t->accepts & FEATURE_SPARSE) != 0) add_sparse(m, "sparse", n_stored, rows, stored);
    if ((t->accepts & FEATURE_TEXT) != 0) add_texts(m, "text", words);
}

static matrix *shaped(const transformer *t, shape s)
{
    matrix *m = matrix_new(rows_of(s));
    assert_non_null(m);
    add_shape(m, t, s);
    return m;
}

static double target_of(problem_type problem, int64_t i)
{
    return problem == PROBLEM_REGRESSION ? (double)i * 0.37 - 3 : (double)(i * 11 % (problem == PROBLEM_BINARY ? 2 : 3));
}

static void fill_target(problem_type problem, double *target)
{
    for (int64_t i = 0; i < N; i++)
        target[i] = target_of(problem, i);
}

/* A loaded copy of a fitted state. */
static void *reloaded(const fit_case *f)
{
    bytes_writer w = {0};
    f->t->save(f->state, &w);
    assert_false(w.failed);
    bytes_reader r = bytes_reader_of(w.data, w.size);
    void *state = NULL;
    CHECK_OK(f->t->load(&r, &state, err));
    assert_int_equal(r.at, r.size);
    bytes_writer again = {0};
    f->t->save(state, &again);
    assert_int_equal(again.size, w.size);
    assert_memory_equal(again.data, w.data, (size_t)w.size);
    text_buffer_clear(&w);
    text_buffer_clear(&again);
    return state;
}

static void check_batches(const fit_case *f, const matrix *m, const matrix *whole)
{
    if (m->n_rows < N) return;
    static const int64_t chosen[] = {59, 3, 4, 4, 0, 31};
    row_list lists[] = {{chosen, 6}, {chosen + 1, 1}, {chosen, 0}};
    for (int k = 0; k < 3; k++) {
        matrix *some, *wanted;
        CHECK_OK(matrix_take_rows(m, lists[k], &some, err));
        CHECK_OK(matrix_take_rows(whole, lists[k], &wanted, err));
        matrix *got = apply_step(f, some);
        assert_same_matrix(got, wanted);
        matrix_free(got);
        matrix_free(some);
        matrix_free(wanted);
    }
}

static void check_case(const transformer *t, shape s, problem_type problem)
{
    double target[N];
    fill_target(problem, target);
    int32_t n_classes = problem == PROBLEM_REGRESSION ? 0 : problem == PROBLEM_BINARY ? 2 : 3;
    matrix *m = shaped(t, s);
    fit_case f = fit_target(t->name, "{}", m, problem, n_classes, target),
             g = fit_target(t->name, "{}", m, problem, n_classes, target);
    assert_same_matrix(f.out, g.out);
    matrix *first = apply_step(&f, m), *second = apply_step(&f, m);
    assert_same_matrix(first, second);
    assert_int_equal(first->n_features, f.out->n_features);
    if (!t->uses_target) assert_same_matrix(first, f.out);
    for (int32_t c = 0; c < first->n_features; c++) {
        assert_string_equal(first->features[c].name, f.out->features[c].name);
        assert_int_equal(first->features[c].kind, f.out->features[c].kind);
    }
    check_batches(&f, m, first);
    fit_case loaded = f;
    loaded.state = reloaded(&f);
    matrix *third = apply_step(&loaded, m);
    assert_same_matrix(third, first);
    matrix *mixed = shaped(t, MIXED), *empty = shaped(t, NO_ROWS); /* other rows, other levels */
    matrix *a = apply_step(&f, mixed), *b = apply_step(&loaded, mixed), *none = apply_step(&f, empty);
    assert_same_matrix(a, b);
    assert_int_equal(none->n_features, first->n_features);
    matrix *all[] = {first, second, third, a, b, none, mixed, empty};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        matrix_free(all[k]);
    t->free(loaded.state);
    fit_clear(&f);
    fit_clear(&g);
    matrix_free(m);
}

static void laws_hold(void **unused)
{
    (void)unused;
    for (int32_t k = 0; k < n_transformers; k++)
        for (int s = 0; s < N_SHAPES; s++)
            for (int problem = 0; problem < 3; problem++)
                check_case(transformers[k], (shape)s, (problem_type)problem);
}

/* Applies what was loaded from damaged bytes; only memory faults and hangs would be wrong. */
static void survive(const transformer *t, const char *data, int64_t size, const matrix *m)
{
    bytes_reader r = bytes_reader_of(data, size);
    void *state = NULL;
    ptg_error error = {0};
    if (t->load(&r, &state, &error) != PTG_OK) {
        assert_null(state);
        assert_true(error.message[0] != '\0');
        return;
    }
    matrix *out = matrix_new(m->n_rows);
    (void)t->apply(state, m, out, &error);
    matrix_free(out);
    t->free(state);
}

static void damage_is_survived(void **unused)
{
    (void)unused;
    double target[N];
    fill_target(PROBLEM_BINARY, target);
    for (int32_t k = 0; k < n_transformers; k++) {
        const transformer *t = transformers[k];
        matrix *m = shaped(t, MIXED);
        fit_case f = fit_target(t->name, "{}", m, PROBLEM_BINARY, 2, target);
        bytes_writer w = {0};
        t->save(f.state, &w);
        int64_t step = w.size / 400 + 1;
        for (int64_t size = 0; size < w.size; size += step) {
            char *cut = mem_array(size, 1);
            memcpy(cut, w.data, (size_t)size);
            bytes_reader r = bytes_reader_of(cut, size);
            void *state = NULL;
            ptg_error error = {0};
            assert_int_equal(t->load(&r, &state, &error), PTG_ERROR_FORMAT);
            assert_null(state);
            mem_free(cut);
        }
        random_stream random = random_of(5, t->name);
        for (int round = 0; round < 600; round++) {
            int64_t at = random_below(&random, w.size);
            char kept = w.data[at];
            static const char values[] = {0, 1, -1, 127, -128};
            w.data[at] = round % 2 == 0 ? values[random_below(&random, 5)] : (char)random_below(&random, 256);
            survive(t, w.data, w.size, m);
            w.data[at] = kept;
        }
        text_buffer_clear(&w);
        fit_clear(&f);
        matrix_free(m);
    }
}

#ifdef PTG_FAULTS
/* The n-th allocation of a fit, an apply or a load fails: an ordinary status, nothing leaked, nothing half made. A reader's
 * lists (bytes.h) cannot tell a failed allocation from damage. */
static void failing_memory_is_a_status(void **unused)
{
    (void)unused;
    double target[N];
    fill_target(PROBLEM_MULTICLASS, target);
    for (int32_t k = 0; k < n_transformers; k++) {
        const transformer *t = transformers[k];
        matrix *m = shaped(t, MIXED);
        bool done = false;
        for (int64_t n = 1; !done; n++) {
            fit_case f = fit_of(t->name, "{}", m, PROBLEM_MULTICLASS, 3, target);
            ptg_error error = {0};
            mem_fail_at(n);
            ptg_status status = t->fit(&f.in, &f.state, f.out, &error);
            matrix *out = status == PTG_OK ? matrix_new(m->n_rows) : NULL;
            if (out != NULL) status = t->apply(f.state, m, out, &error);
            if (status != PTG_OK) assert_int_equal(status, PTG_ERROR_MEMORY);
            bytes_writer w = {0};
            void *loaded = NULL;
            if (out != NULL && status == PTG_OK) {
                t->save(f.state, &w);
                bytes_reader r = bytes_reader_of(w.data, w.size);
                if (!w.failed) status = t->load(&r, &loaded, &error);
            }
            done = status == PTG_OK && out != NULL && loaded != NULL;
            assert_true(done || status == PTG_OK || status == PTG_ERROR_MEMORY || status == PTG_ERROR_FORMAT);
            if (!done && f.state == NULL) assert_null(loaded);
            if (done) assert_true(n > 3);
            mem_fail_at(0);
            text_buffer_clear(&w);
            t->free(loaded);
            matrix_free(out);
            fit_clear(&f);
        }
        matrix_free(m);
    }
}
#endif

static void registry_is_sorted_and_described(void **unused)
{
    (void)unused;
    assert_true(n_transformers >= 11);
    for (int32_t k = 0; k < n_transformers; k++) {
        const transformer *t = transformers[k];
        if (k > 0) assert_true(strcmp(transformers[k - 1]->name, t->name) < 0);
        assert_ptr_equal(transformer_find(t->name), t);
        assert_true(t->accepts != 0 && t->fit != NULL && t->apply != NULL && t->save != NULL && t->load != NULL &&
                    t->free != NULL);
        assert_true(strlen(t->text) > 20 && t->text[strlen(t->text) - 1] == '.');
        for (int32_t p = 0; p < t->n_parameters; p++) {
            const parameter *row = &t->parameters[p];
            assert_true(strlen(row->text) > 10 && row->text[strlen(row->text) - 1] == '.');
            assert_int_equal(parameter_find(t->parameters, t->n_parameters, row->name), p);
            assert_true((row->type == PARAMETER_CHOICE) == (row->choices != NULL));
            json_t *json = parameter_json(row);
            assert_non_null(json);
            json_decref(json);
            if (!row->searched || row->search_values != NULL) continue;
            assert_true(row->search_min >= row->min && row->search_max <= row->max && row->search_min < row->search_max);
        }
    }
    assert_null(transformer_find("NoSuchStep"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_is_sorted_and_described),
        cmocka_unit_test(laws_hold),
        cmocka_unit_test(damage_is_survived),
#ifdef PTG_FAULTS
        cmocka_unit_test(failing_memory_is_a_status),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
