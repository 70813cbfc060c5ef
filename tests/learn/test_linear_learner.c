/* linear-learner and baseline: scikit-learn's optimum (linear_golden.h, made by make_linear_golden.py), and the edges. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "learn/algorithm.h"
#include "learn/linear_model.h"
#include "linear_golden.h"

#include <cmocka.h> /* after ours: it has a macro named fail */

extern const algorithm algorithm_linear_learner, algorithm_baseline;

enum { N = 150, P = 4, MOST = 20 };

/* Options of one fit; zeros are the defaults. */
typedef struct setting {
    double l1, l2, tolerance, iterations;
    bool balanced;
    double deadline;
    double quantile;
} setting;

static ptg_status try_fit(const algorithm *a, const matrix *x, const double *target, const double *weight, problem_type problem,
                          int32_t n_classes, loss_kind loss, setting s, predictor **out, ptg_error *err)
{
    parameter_value v[8] = {{.number = s.l1},
                            {.number = s.l2},
                            {.number = s.balanced},
                            {.number = s.iterations ? s.iterations : 5000},
                            {.number = s.tolerance ? s.tolerance : 1e-14}};
    learn_task task = {.problem = problem,
                       .n_classes = n_classes,
                       .loss = loss,
                       .loss_parameter = s.quantile,
                       .train = {x, target, weight},
                       .parameters = v,
                       .threads = 1,
                       .deadline = s.deadline};
    learner *l = NULL;
    *out = NULL;
    ptg_status status = a->fit(&task, 0, &l, err);
    if (status != PTG_OK) return status;
    assert_int_equal(a->progress(l).n_rounds, 0);
    status = a->finish(l, 0, out, err);
    a->close(l);
    return status;
}

static predictor *fit_or_fail(const algorithm *a, const matrix *x, const double *target, const double *weight,
                              problem_type problem, int32_t n_classes, loss_kind loss, setting s)
{
    predictor *p = NULL;
    ptg_error err = {0};
    if (try_fit(a, x, target, weight, problem, n_classes, loss, s, &p, &err) != PTG_OK) fail_msg("%s", err.message);
    return p;
}

static double column_value(int i, int j)
{
    return sin(1 + i * (j + 1) * 0.7 + j) * (j + 1) + 0.5 * sin(0.9 * i) + j;
}

static double score_of(int i)
{
    static const double slope[P] = {1.0, -0.7, 0.4, 0.0};
    double s = -1 + sin(12.9898 * (i + 1)) * 1.5;
    for (int j = 0; j < P; j++)
        s += slope[j] * column_value(i, j);
    return s;
}

static matrix *golden_matrix(void)
{
    matrix *x = matrix_new(N);
    assert_non_null(x);
    static const char *const names[P] = {"a", "b", "c", "d"};
    for (int j = 0; j < P; j++) {
        double *to = matrix_add_real(x, names[j]);
        for (int i = 0; i < N; i++)
            to[i] = column_value(i, j);
    }
    return x;
}

typedef struct golden_case {
    const char *name;
    problem_type problem;
    loss_kind loss;
    double l1, l2;
    bool weighted, balanced;
} golden_case;

static const golden_case cases[] = {
    {"ridge", PROBLEM_REGRESSION, LOSS_SQUARED, 0, 0.1, false, false},
    {"ridge weighted", PROBLEM_REGRESSION, LOSS_SQUARED, 0, 0.01, true, false},
    {"elastic net", PROBLEM_REGRESSION, LOSS_SQUARED, 0.08, 0.05, false, false},
    {"elastic net weighted", PROBLEM_REGRESSION, LOSS_SQUARED, 0.02, 0.001, true, false},
    {"logistic", PROBLEM_BINARY, LOSS_LOGISTIC, 0, 0.01, false, false},
    {"logistic weighted", PROBLEM_BINARY, LOSS_LOGISTIC, 0, 0.001, true, false},
    {"logistic balanced", PROBLEM_BINARY, LOSS_LOGISTIC, 0, 0.01, false, true},
    {"logistic elastic net", PROBLEM_BINARY, LOSS_LOGISTIC, 0.02, 0.01, false, false},
    {"softmax", PROBLEM_MULTICLASS, LOSS_SOFTMAX, 0, 0.01, false, false},
    {"softmax weighted", PROBLEM_MULTICLASS, LOSS_SOFTMAX, 0, 0.003, true, false},
    {"softmax elastic net", PROBLEM_MULTICLASS, LOSS_SOFTMAX, 0.02, 0.01, false, false},
};

static double golden_target(problem_type problem, int i)
{
    double s = score_of(i);
    if (problem == PROBLEM_BINARY) return s > binary_cut;
    return problem == PROBLEM_MULTICLASS ? (s >= class_cuts[0]) + (s >= class_cuts[1]) : s;
}

static void test_golden(void **state)
{
    (void)state;
    matrix *x = golden_matrix();
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double target[N], weight[N];
        for (int i = 0; i < N; i++) {
            target[i] = golden_target(cases[c].problem, i);
            weight[i] = 1 + i % 3;
        }
        assert_string_equal(cases[c].name, golden[c].name);
        predictor *p =
            fit_or_fail(&algorithm_linear_learner, x, target, cases[c].weighted ? weight : NULL, cases[c].problem, 3,
                        cases[c].loss, (setting){.l1 = cases[c].l1, .l2 = cases[c].l2, .balanced = cases[c].balanced});
        const linear_model *m = predictor_linear(p);
        double middle = 0;
        for (int k = 0; k < m->n_outputs; k++)
            middle += m->n_outputs > 1 ? m->bias[k] / m->n_outputs : 0;
        for (int k = 0; k < m->n_outputs; k++) {
            if (!(fabs(m->bias[k] - middle - golden[c].bias[k]) < 1e-5))
                fail_msg("%s: bias %.9g, not %.9g", cases[c].name, m->bias[k] - middle, golden[c].bias[k]);
            for (int j = 0; j < P; j++)
                if (!(fabs(m->weights[k * P + j] - golden[c].weights[k * P + j]) < 1e-5))
                    fail_msg("%s: weight %d %d %.9g, not %.9g", cases[c].name, k, j, m->weights[k * P + j],
                             golden[c].weights[k * P + j]);
        }
        predictor_free(p);
    }
    matrix_free(x);
}

/* Sparse columns beyond the number that is made dense give the same model as the same columns dense: the other solver, the same
 * optimum. */
static void test_sparse_equals_dense(void **state)
{
    (void)state;
    enum { ROWS = 200, WIDE = 600 };
    static const struct {
        problem_type problem;
        loss_kind loss;
        double l1, l2;
    } kinds[] = {{PROBLEM_REGRESSION, LOSS_SQUARED, 0, 0.05}, {PROBLEM_REGRESSION, LOSS_SQUARED, 0.03, 0.01},
                 {PROBLEM_BINARY, LOSS_LOGISTIC, 0, 0.01},    {PROBLEM_BINARY, LOSS_LOGISTIC, 0.01, 0.01},
                 {PROBLEM_MULTICLASS, LOSS_SOFTMAX, 0, 0.01}, {PROBLEM_MULTICLASS, LOSS_SOFTMAX, 0.005, 0.01}};
    matrix *wide = matrix_new(ROWS), *narrow = matrix_new(ROWS);
    random_stream r = random_of(3, "sparse");
    double score[ROWS] = {0}, target[ROWS];
    char name[16];
    for (int j = 0; j < WIDE; j++) {
        int64_t *rows, n = j < 12 ? 60 : 0, at = 0; /* columns of zeros fill up to where nothing is made dense */
        double *values;
        snprintf(name, sizeof name, "w%d", j);
        for (int which = 0; which < (j < 12 ? 2 : 1); which++)
            assert_int_equal(matrix_add_sparse(which ? narrow : wide, name, n, &rows, &values, NULL), PTG_OK);
        if (!n) continue;
        feature *a = &wide->features[j], *b = &narrow->features[j];
        for (int64_t i = 0; i < n; i++) {
            at = i * 3 + (int64_t)random_below(&r, 3);
            double v = random_normal(&r);
            ((int64_t *)a->rows)[i] = ((int64_t *)b->rows)[i] = at;
            ((double *)a->values)[i] = ((double *)b->values)[i] = v;
            score[at] += v * (j % 4 - 1.5);
        }
    }
    for (size_t c = 0; c < sizeof kinds / sizeof *kinds; c++) {
        for (int i = 0; i < ROWS; i++)
            target[i] = kinds[c].problem == PROBLEM_REGRESSION ? score[i] + sin(i)
                        : kinds[c].problem == PROBLEM_BINARY   ? score[i] + sin(i) > 0
                                                               : (score[i] + sin(i) > -1) + (score[i] + sin(i) > 1);
        setting s = {.l1 = kinds[c].l1, .l2 = kinds[c].l2};
        predictor *p = fit_or_fail(&algorithm_linear_learner, wide, target, NULL, kinds[c].problem, 3, kinds[c].loss, s);
        predictor *q = fit_or_fail(&algorithm_linear_learner, narrow, target, NULL, kinds[c].problem, 3, kinds[c].loss, s);
        double a[3 * ROWS], b[3 * ROWS];
        assert_int_equal(predictor_predict(p, wide, a, NULL), PTG_OK);
        assert_int_equal(predictor_predict(q, narrow, b, NULL), PTG_OK);
        for (int i = 0; i < ROWS * predictor_width(p); i++)
            if (!(fabs(a[i] - b[i]) < 2e-5)) fail_msg("kind %zu, value %d: sparse %.9g, dense %.9g", c, i, a[i], b[i]);
        predictor_free(p);
        predictor_free(q);
    }
    matrix_free(wide);
    matrix_free(narrow);
}

static void test_pinball_losses(void **state)
{
    (void)state;
    matrix *x = golden_matrix();
    static const struct {
        loss_kind loss;
        double quantile, optimum;
    } kinds[] = {
        /* QuantileRegressor(alpha=0, solver="highs") of scikit-learn 1.9.1 on the same columns: its mean pinball loss */
        {LOSS_ABSOLUTE, 0.5, 0.4675296722},
        {LOSS_QUANTILE, 0.9, 0.1444678055},
        {LOSS_QUANTILE, 0.2, 0.2814150682}};
    double target[N], out[N];
    for (int i = 0; i < N; i++)
        target[i] = score_of(i);
    for (size_t c = 0; c < sizeof kinds / sizeof *kinds; c++) {
        predictor *p = fit_or_fail(&algorithm_linear_learner, x, target, NULL, PROBLEM_REGRESSION, 0, kinds[c].loss,
                                   (setting){.quantile = kinds[c].quantile, .tolerance = 1e-10});
        assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
        double loss = 0;
        for (int i = 0; i < N; i++) {
            double r = target[i] - out[i];
            loss += (r > 0 ? kinds[c].quantile * r : (kinds[c].quantile - 1) * r) / N;
        }
        if (!(loss >= kinds[c].optimum - 1e-9 && loss < kinds[c].optimum * 1.01))
            fail_msg("pinball %zu: %.10g, optimum %.10g", c, loss, kinds[c].optimum);
        predictor_free(p);
    }
    matrix_free(x);
}

static void test_log_target(void **state)
{
    (void)state;
    matrix *x = golden_matrix();
    double target[N], plain[N], out[N], logs[N];
    for (int i = 0; i < N; i++) {
        target[i] = exp(score_of(i)) - 0.5;
        plain[i] = log1p(target[i]);
    }
    predictor *p =
        fit_or_fail(&algorithm_linear_learner, x, target, NULL, PROBLEM_REGRESSION, 0, LOSS_SQUARED_LOG, (setting){.l2 = 0.01});
    predictor *q =
        fit_or_fail(&algorithm_linear_learner, x, plain, NULL, PROBLEM_REGRESSION, 0, LOSS_SQUARED, (setting){.l2 = 0.01});
    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
    assert_int_equal(predictor_predict(q, x, logs, NULL), PTG_OK);
    for (int i = 0; i < N; i++)
        assert_true(fabs(out[i] - expm1(logs[i])) < 1e-9 * fmax(1, out[i]));
    predictor_free(p);
    predictor_free(q);
    target[3] = -1;
    ptg_error err = {0};
    assert_int_equal(
        try_fit(&algorithm_linear_learner, x, target, NULL, PROBLEM_REGRESSION, 0, LOSS_SQUARED_LOG, (setting){0}, &p, &err),
        PTG_ERROR_DATA);
    assert_non_null(strstr(err.message, "row 4"));
    matrix_free(x);
}

/* Rows of weight 0 change nothing, whatever they hold; weights 2 are the same as rows twice. */
static void test_weights(void **state)
{
    (void)state;
    matrix *x = golden_matrix();
    double target[N], weight[N], a[N], b[N];
    int64_t rows[2 * N], n = 0;
    for (int i = 0; i < N; i++) {
        target[i] = score_of(i) > 0;
        weight[i] = i % 5 == 0 ? 0 : i % 5 == 1 ? 2 : 1;
        for (int w = 0; w < (int)weight[i]; w++)
            rows[n++] = i;
        if (weight[i] == 0) target[i] = i % 2 ? NAN : INFINITY;
        for (int j = 0; weight[i] == 0 && j < P; j++)
            ((double *)x->features[j].real)[i] = i % 10 ? 1e300 : -1e200;
    }
    matrix *twice = NULL;
    assert_int_equal(matrix_take_rows(x, (row_list){rows, n}, &twice, NULL), PTG_OK);
    double repeated[2 * N];
    for (int64_t i = 0; i < n; i++)
        repeated[i] = target[rows[i]];
    for (int l1 = 0; l1 < 2; l1++) {
        setting s = {.l1 = l1 * 0.01, .l2 = 0.02};
        predictor *p = fit_or_fail(&algorithm_linear_learner, x, target, weight, PROBLEM_BINARY, 2, LOSS_LOGISTIC, s);
        predictor *q = fit_or_fail(&algorithm_linear_learner, twice, repeated, NULL, PROBLEM_BINARY, 2, LOSS_LOGISTIC, s);
        assert_int_equal(predictor_predict(p, x, a, NULL), PTG_OK);
        assert_int_equal(predictor_predict(q, x, b, NULL), PTG_OK);
        for (int i = 0; i < N; i++)
            assert_true(fabs(a[i] - b[i]) < 1e-6);
        predictor_free(p);
        predictor_free(q);
    }
    matrix_free(x);
    matrix_free(twice);
}

/* Columns that hold nothing, one value, missing values, infinities or enormous numbers neither fail nor count more than they
 * can. */
static void test_awkward_columns(void **state)
{
    (void)state;
    enum { ROWS = 40 };
    matrix *x = matrix_new(ROWS);
    double *useful = matrix_add_real(x, "useful"), *constant = matrix_add_real(x, "constant"),
           *nothing = matrix_add_real(x, "nothing");
    double *infinite = matrix_add_real(x, "infinite"), *huge = matrix_add_real(x, "huge"), *copy = matrix_add_real(x, "copy");
    double target[ROWS], out[3 * ROWS];
    for (int i = 0; i < ROWS; i++) {
        useful[i] = i % 7 == 0 ? NAN : sin(i);
        copy[i] = useful[i];
        constant[i] = 0.1;
        nothing[i] = NAN;
        infinite[i] = i % 3 == 0 ? INFINITY : i % 3 == 1 ? -INFINITY : cos(i);
        huge[i] = i % 2 ? 1.7e308 * sin(i) : -1.7e308;
    }
    static const problem_type problems[] = {PROBLEM_REGRESSION, PROBLEM_BINARY, PROBLEM_MULTICLASS};
    static const loss_kind losses[] = {LOSS_SQUARED, LOSS_LOGISTIC, LOSS_SOFTMAX};
    for (int c = 0; c < 6; c++) {
        for (int i = 0; i < ROWS; i++)
            target[i] = c / 2 == 0 ? sin(i) : c / 2 == 1 ? sin(i) > 0 : i % 3;
        predictor *p = fit_or_fail(&algorithm_linear_learner, x, target, NULL, problems[c / 2], 3, losses[c / 2],
                                   (setting){.l1 = c % 2 ? 0.001 : 0, .l2 = c % 2 ? 0 : 1e-6, .iterations = 200});
        const linear_model *m = predictor_linear(p);
        assert_true(m->weights[1] == 0 && m->weights[2] == 0);
        assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
        for (int i = 0; i < ROWS * predictor_width(p); i++)
            assert_true(isfinite(out[i]));
        predictor_free(p);
    }
    matrix_free(x);
}

/* Classes without training rows get next to nothing, one class alone gets nearly all, and one row is enough. */
static void test_few_classes(void **state)
{
    (void)state;
    matrix *x = golden_matrix();
    double target[N], out[4 * N];
    for (int i = 0; i < N; i++)
        target[i] = score_of(i) > 0 ? 3 : 1;
    predictor *p =
        fit_or_fail(&algorithm_linear_learner, x, target, NULL, PROBLEM_MULTICLASS, 4, LOSS_SOFTMAX, (setting){.l2 = 0.001});
    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
    for (int i = 0; i < N; i++) {
        assert_true(out[4 * i] < 1e-6 && out[4 * i + 2] < 1e-6);
        assert_true(fabs(out[4 * i] + out[4 * i + 1] + out[4 * i + 2] + out[4 * i + 3] - 1) < 1e-12);
    }
    predictor_free(p);
    for (int i = 0; i < N; i++)
        target[i] = 1;
    p = fit_or_fail(&algorithm_linear_learner, x, target, NULL, PROBLEM_BINARY, 2, LOSS_LOGISTIC, (setting){.l2 = 0.001});
    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
    assert_true(out[0] > 0.999 && out[0] < 1);
    predictor_free(p);
    p = fit_or_fail(&algorithm_linear_learner, x, target, NULL, PROBLEM_REGRESSION, 0, LOSS_SQUARED, (setting){.l2 = 0.001});
    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
    assert_true(fabs(out[0] - 1) < 1e-12 && out[N - 1] == out[0]);
    predictor_free(p);
    matrix_free(x);
}

static void test_refusals(void **state)
{
    (void)state;
    matrix *x = golden_matrix(), *empty = matrix_new(0), *coded = matrix_new(3);
    double target[N] = {0, 1, 0}, weight[N] = {0};
    predictor *p = NULL;
    ptg_error err = {0};
    const algorithm *const both[] = {&algorithm_linear_learner, &algorithm_baseline};
    for (int a = 0; a < 2; a++) {
        assert_int_equal(try_fit(both[a], empty, target, NULL, PROBLEM_BINARY, 2, LOSS_LOGISTIC, (setting){0}, &p, &err),
                         PTG_ERROR_DATA);
        assert_int_equal(try_fit(both[a], x, target, weight, PROBLEM_BINARY, 2, LOSS_LOGISTIC, (setting){0}, &p, &err),
                         PTG_ERROR_DATA);
        weight[1] = -1;
        assert_int_equal(try_fit(both[a], x, target, weight, PROBLEM_BINARY, 2, LOSS_LOGISTIC, (setting){0}, &p, &err),
                         PTG_ERROR_DATA);
        assert_non_null(strstr(err.message, "row 2"));
        weight[1] = 0;
        target[2] = 2;
        assert_int_equal(try_fit(both[a], x, target, NULL, PROBLEM_BINARY, 2, LOSS_LOGISTIC, (setting){0}, &p, &err),
                         PTG_ERROR_DATA);
        target[2] = 0;
    }
    assert_non_null(matrix_add_coded(coded, "colour", 2, NULL));
    assert_int_equal(
        try_fit(&algorithm_linear_learner, coded, target, NULL, PROBLEM_BINARY, 2, LOSS_LOGISTIC, (setting){0}, &p, &err),
        PTG_ERROR_FAILED);
    assert_non_null(strstr(err.message, "colour"));
    target[5] = 1;
    assert_int_equal(try_fit(&algorithm_linear_learner, x, target, NULL, PROBLEM_BINARY, 2, LOSS_LOGISTIC,
                             (setting){.deadline = clock_seconds() - 1}, &p, &err),
                     PTG_ERROR_LIMIT);
    assert_null(p);
    matrix_free(x);
    matrix_free(empty);
    matrix_free(coded);
}

static void test_baseline(void **state)
{
    (void)state;
    static const struct {
        problem_type problem;
        loss_kind loss;
        double parameter;
        bool weighted;
        double expected[3];
    } kinds[] = {{PROBLEM_REGRESSION, LOSS_SQUARED, 0, false, {22.0 / 5}},
                 {PROBLEM_REGRESSION, LOSS_SQUARED, 0, true, {35.0 / 8}},
                 {PROBLEM_REGRESSION, LOSS_ABSOLUTE, 0, false, {2}},
                 {PROBLEM_REGRESSION, LOSS_ABSOLUTE, 0, true, {2}},
                 {PROBLEM_REGRESSION, LOSS_QUANTILE, 0.8, false, {9.5}},
                 {PROBLEM_REGRESSION, LOSS_QUANTILE, 0.3, false, {1}},
                 {PROBLEM_REGRESSION, LOSS_RELATIVE, 0, false, {0}},
                 {PROBLEM_REGRESSION, LOSS_SQUARED_LOG, 0, false, {2.663606}},
                 {PROBLEM_MULTICLASS, LOSS_SOFTMAX, 0, false, {0.4, 0.2, 0.4}},
                 {PROBLEM_MULTICLASS, LOSS_SOFTMAX, 0, true, {0.25, 0.375, 0.375}},
                 {PROBLEM_BINARY, LOSS_LOGISTIC, 0, false, {0.6}},
                 {PROBLEM_BINARY, LOSS_LOGISTIC, 0, true, {0.75}}};
    static const double values[] = {1, 2, 9, 0, 10}, labels[] = {0, 1, 2, 0, 2}, weight[] = {1, 3, 2, 1, 1};
    matrix *x = matrix_new(5);
    assert_non_null(matrix_add_coded(x, "colour", 2, NULL));
    for (size_t c = 0; c < sizeof kinds / sizeof *kinds; c++) {
        double target[5], out[15];
        for (int i = 0; i < 5; i++)
            target[i] = kinds[c].problem == PROBLEM_REGRESSION ? values[i]
                        : kinds[c].problem == PROBLEM_BINARY   ? labels[i] > 0
                                                               : labels[i];
        predictor *p = fit_or_fail(&algorithm_baseline, x, target, kinds[c].weighted ? weight : NULL, kinds[c].problem, 3,
                                   kinds[c].loss, (setting){.quantile = kinds[c].parameter});
        assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
        for (int k = 0; k < predictor_width(p); k++)
            if (!(fabs(out[k] - kinds[c].expected[k]) < 1e-6 && out[k] == out[predictor_width(p) * 4 + k]))
                fail_msg("kind %zu: %.9g, not %.9g", c, out[k], kinds[c].expected[k]);
        predictor_free(p);
    }
    matrix_free(x);
}

/* The same rows and parameters give the same bytes; whichever allocation fails is said, and nothing is left behind. */
static void test_same_bytes_and_memory(void **state)
{
    (void)state;
    matrix *x = golden_matrix();
    double target[N];
    for (int c = 0; c < 4; c++) {
        problem_type problem = c == 3 ? PROBLEM_MULTICLASS : c ? PROBLEM_BINARY : PROBLEM_REGRESSION;
        loss_kind loss = c == 3 ? LOSS_SOFTMAX : c ? LOSS_LOGISTIC : LOSS_ABSOLUTE;
        setting s = {.l1 = c == 1 ? 0.01 : 0, .l2 = 0.01, .tolerance = 1e-8};
        for (int i = 0; i < N; i++)
            target[i] = golden_target(problem, i);
        predictor *first = fit_or_fail(&algorithm_linear_learner, x, target, NULL, problem, 3, loss, s), *second = NULL;
        ptg_status status = PTG_ERROR_MEMORY;
#ifdef PTG_FAULTS
        for (int64_t i = 1; i < 500 && status != PTG_OK; i++) {
            mem_fail_at(i);
            status = try_fit(&algorithm_linear_learner, x, target, NULL, problem, 3, loss, s, &second, NULL);
            mem_fail_at(0);
            assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
        }
#else
        status = try_fit(&algorithm_linear_learner, x, target, NULL, problem, 3, loss, s, &second, NULL);
#endif
        assert_int_equal(status, PTG_OK);
        bytes_writer a = {0}, b = {0};
        predictor_save(first, &a);
        predictor_save(second, &b);
        assert_int_equal(a.size, b.size);
        assert_memory_equal(a.data, b.data, (size_t)a.size);
        text_buffer_clear(&a), text_buffer_clear(&b);
        predictor_free(first), predictor_free(second);
    }
    matrix_free(x);
}

static void test_parameters(void **state)
{
    (void)state;
    arena *a = arena_new();
    parameter_value *v = NULL;
    const algorithm *l = &algorithm_linear_learner;
    assert_int_equal(parameter_read(l->parameters, l->n_parameters, NULL, "static", a, &v, NULL), PTG_OK);
    assert_true(v[0].number == 1e-7 && v[1].number == 3e-4 && v[2].number == 0 && v[3].number == 500);
    for (int32_t i = 0; i < l->n_parameters; i++) {
        const parameter *p = &l->parameters[i];
        assert_true(strlen(p->text) > 10);
        if (p->searched)
            assert_true(p->search_min >= p->min && p->search_max <= p->max && v[i].number >= p->search_min &&
                        v[i].number <= p->search_max);
    }
    assert_true(l->work(v, &(work_size){1000, 10, 0, 1}) > 0 &&
                l->work(v, &(work_size){2000, 10, 0, 1}) > l->work(v, &(work_size){1000, 10, 0, 1}));
    assert_int_equal(l->available(NULL), PTG_OK);
    assert_true(strlen(l->version()) > 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_sparse_equals_dense),
        cmocka_unit_test(test_pinball_losses),
        cmocka_unit_test(test_log_target),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_awkward_columns),
        cmocka_unit_test(test_few_classes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_same_bytes_and_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
