/* boost against CatBoost's own numbers, without sampling, noise and shuffling: equal predictions mean equal borders, splits,
 * leaf values and tables of target statistics. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "learn/algorithm.h"
#include "learn/boost_trainer.h"
#include "trees/tree_model.h"

#include <cmocka.h>

#include "boost_golden.h"

static const char plain_settings[] =
    "\"learning_rate\": 0.125, \"bootstrap_type\": \"No\", \"random_strength\": 0, \"has_time\": "
    "true, \"model_size_reg\": 0, \"l2_leaf_reg\": 3, \"ctr_border_count\": 15, "
    "\"one_hot_max_size\": 2, \"class_sketches\": 0, \"number_ctr_rows\": 0, "
    "\"leaf_estimation_iterations\": null";

typedef struct golden_case {
    const char *name, *more;
    problem_type problem;
    int32_t n_classes, n_numbers, n_codes, n_levels;
    const double *numbers;
    const int32_t *codes;
    const double *target, *weight, *raw;
} golden_case;

static const golden_case golden_cases[] = {
    {"squared", "\"depth\": 4", PROBLEM_REGRESSION, 0, 4, 0, 0, squared_numbers, NULL, squared_target, NULL, squared_raw},
    {"gained", "\"depth\": 6, \"score_function\": \"L2\"", PROBLEM_REGRESSION, 0, 4, 0, 0, gained_numbers, NULL, gained_target,
     NULL, gained_raw},
    {"weighted", "\"depth\": 4", PROBLEM_REGRESSION, 0, 4, 0, 0, weighted_numbers, NULL, weighted_target, weighted_weight,
     weighted_raw},
    {"logistic", "\"depth\": 4", PROBLEM_BINARY, 2, 4, 0, 0, logistic_numbers, NULL, logistic_target, NULL, logistic_raw},
    {"softmax", "\"depth\": 4", PROBLEM_MULTICLASS, 3, 3, 0, 0, softmax_numbers, NULL, softmax_target, NULL, softmax_raw},
    {"categories", "\"depth\": 4, \"max_ctr_complexity\": 1", PROBLEM_BINARY, 2, 2, 2, 9, categories_numbers, categories_codes,
     categories_target, NULL, categories_raw},
    {"absolute", "\"depth\": 4, \"loss_function\": \"MAE\"", PROBLEM_REGRESSION, 0, 4, 0, 0, absolute_numbers, NULL,
     absolute_target, NULL, absolute_raw},
    {"quantile", "\"depth\": 4, \"loss_function\": \"Quantile\", \"quantile_alpha\": 0.25", PROBLEM_REGRESSION, 0, 4, 0, 0,
     quantile_numbers, NULL, quantile_target, NULL, quantile_raw},
    {"huber", "\"depth\": 4, \"loss_function\": \"Huber\", \"huber_delta\": 8, \"leaf_estimation_iterations\": 60",
     PROBLEM_REGRESSION, 0, 4, 0, 0, huber_numbers, NULL, huber_target, NULL, huber_raw},
    {"poisson", "\"depth\": 4, \"loss_function\": \"Poisson\", \"leaf_estimation_iterations\": 1", PROBLEM_REGRESSION, 0, 4, 0,
     0, poisson_numbers, NULL, poisson_target, NULL, poisson_raw},
    {"tweedie",
     "\"depth\": 4, \"loss_function\": \"Tweedie\", \"tweedie_variance_power\": 1.3, \"leaf_estimation_iterations\": 1",
     PROBLEM_REGRESSION, 0, 4, 0, 0, tweedie_numbers, NULL, tweedie_target, NULL, tweedie_raw},
    {"combined", "\"depth\": 4, \"max_ctr_complexity\": 3, \"model_size_reg\": 0.5", PROBLEM_BINARY, 2, 0, 3, 5,
     combined_numbers, combined_codes, combined_target, NULL, combined_raw},
};
enum { N_GOLDEN = sizeof golden_cases / sizeof golden_cases[0] };

static matrix *matrix_of(const golden_case *g)
{
    matrix *x = matrix_new(GOLDEN_ROWS);
    for (int32_t c = 0; c < g->n_numbers; c++)
        memcpy(matrix_add_real(x, "number"), g->numbers + c * GOLDEN_ROWS, GOLDEN_ROWS * sizeof(double));
    for (int32_t c = 0; c < g->n_codes; c++)
        memcpy(matrix_add_coded(x, "category", g->n_levels, NULL), g->codes + c * GOLDEN_ROWS, GOLDEN_ROWS * sizeof(int32_t));
    return x;
}

/* What fit reads of a case; parameters later in `more` win. */
static const parameter_value *parameters_of(const char *more, arena *a)
{
    char settings[1024];
    snprintf(settings, sizeof settings, "{%s, %s}", plain_settings, more);
    json_t *object = json_loads(settings, 0, NULL);
    parameter_value *values = NULL;
    ptg_error err = {0};
    const algorithm *boost = algorithm_find("boost");
    assert_non_null(object);
    if (parameter_read(boost->parameters, boost->n_parameters, object, "test", a, &values, &err) != PTG_OK)
        fail_msg("%s", err.message);
    json_decref(object);
    return values;
}

static predictor *train(const learn_task *task, int64_t rounds)
{
    const algorithm *boost = algorithm_find("boost");
    learner *l = NULL;
    predictor *p = NULL;
    ptg_error err = {0};
    if (boost->fit(task, rounds, &l, &err) != PTG_OK) fail_msg("%s", err.message);
    if (boost->finish(l, rounds, &p, &err) != PTG_OK) fail_msg("%s", err.message);
    boost->close(l);
    return p;
}

static learn_task task_of(const golden_case *g, const matrix *x, const char *more, arena *a)
{
    static const loss_kind of_problem[] = {
        [PROBLEM_BINARY] = LOSS_LOGISTIC, [PROBLEM_MULTICLASS] = LOSS_SOFTMAX, [PROBLEM_REGRESSION] = LOSS_SQUARED};
    return (learn_task){.problem = g->problem,
                        .n_classes = g->n_classes,
                        .loss = of_problem[g->problem],
                        .train = {x, g->target, g->weight},
                        .parameters = parameters_of(more, a),
                        .threads = 1};
}

/* The raw score that a prediction came from. */
static double raw_of(const golden_case *g, double prediction)
{
    if (strstr(g->more, "Poisson") || strstr(g->more, "Tweedie")) return log(prediction);
    return g->problem == PROBLEM_BINARY ? log(prediction / (1 - prediction)) : prediction;
}

/* CatBoost moves quantiles by 1e-6. */
static double nearness(const golden_case *g)
{
    return strstr(g->more, "MAE") || strstr(g->more, "Quantile") ? 3e-6 : 2e-7;
}

static void check_golden(void **state)
{
    const golden_case *g = *state;
    arena *a = arena_new();
    matrix *x = matrix_of(g);
    learn_task task = task_of(g, x, g->more, a);
    predictor *p = train(&task, 12);
    int32_t width = predictor_width(p);
    double *out = arena_array(a, (int64_t)GOLDEN_ROWS * width, sizeof *out);
    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
    for (int64_t i = 0; i < GOLDEN_ROWS; i++)
        for (int32_t k = 0; k < width; k++) {
            double want = g->raw[i * width + k], got = raw_of(g, out[i * width + k]);
            if (width > 1) {
                got = log(out[i * width + k] / out[i * width]);
                want -= g->raw[i * width];
            }
            if (!(fabs(got - want) < nearness(g)))
                fail_msg("%s: row %d output %d is %.9g, not %.9g", g->name, (int)i, (int)k, got, want);
        }
    predictor_free(p);
    matrix_free(x);
    arena_free(a);
}

/* 400 classes, each in a few rows: probabilities that sum to 1. */
static void many_classes(void **state)
{
    (void)state;
    enum { CLASSES = 400, ROWS = 1200 };
    static double target[ROWS], out[ROWS * CLASSES];
    arena *a = arena_new();
    matrix *x = matrix_new(ROWS);
    double *number = matrix_add_real(x, "number");
    int32_t *codes = matrix_add_coded(x, "codes", CLASSES, NULL);
    for (int i = 0; i < ROWS; i++) {
        target[i] = i % CLASSES;
        number[i] = i % CLASSES / 7;
        codes[i] = i % CLASSES / 3;
    }
    learn_task task = {.problem = PROBLEM_MULTICLASS,
                       .n_classes = CLASSES,
                       .loss = LOSS_SOFTMAX,
                       .train = {x, target, NULL},
                       .parameters = parameters_of("\"depth\": 4, \"number_ctr_rows\": 3", a),
                       .threads = 2};
    predictor *p = train(&task, 3);
    assert_int_equal(predictor_width(p), CLASSES);
    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
    for (int i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int k = 0; k < CLASSES; k++)
            sum += out[i * CLASSES + k];
        assert_true(fabs(sum - 1) < 1e-9 && out[i * CLASSES + i % CLASSES] > 1.0 / CLASSES);
    }
    predictor_free(p);
    matrix_free(x);
    arena_free(a);
}

/* With next to no memory for them, bins of statistics are made anew for each tree, and the model is the same. */
static void memory_changes_nothing(void **state)
{
    (void)state;
    const golden_case *g = &golden_cases[N_GOLDEN - 1];
    arena *a = arena_new();
    matrix *x = matrix_of(g);
    learn_task task = task_of(g, x, "\"max_ctr_complexity\": 3, \"has_time\": false, \"random_strength\": 1", a);
    double out[2][GOLDEN_ROWS];
    for (int i = 0; i < 2; i++) {
        task.memory = i;
        predictor *p = train(&task, 20);
        assert_int_equal(predictor_predict(p, x, out[i], NULL), PTG_OK);
        predictor_free(p);
    }
    assert_memory_equal(out[0], out[1], sizeof out[0]);
    matrix_free(x);
    arena_free(a);
}

/* As many levels as rows, and unseen ones: what every row has of its own says nothing of others. */
static void many_levels(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    double *target = mem_array(ROWS, sizeof *target), *out = mem_array(ROWS, sizeof *out);
    arena *a = arena_new();
    matrix *x = matrix_new(ROWS);
    int32_t *own = matrix_add_coded(x, "own", 2 * ROWS, NULL), *half = matrix_add_coded(x, "half", 5, NULL);
    for (int i = 0; i < ROWS; i++) {
        own[i] = i;
        half[i] = i * 7 % 11 % 5;
        target[i] = half[i] < 2 ? i % 10 != 0 : i % 10 == 0;
    }
    learn_task task = {.problem = PROBLEM_BINARY,
                       .n_classes = 2,
                       .loss = LOSS_LOGISTIC,
                       .train = {x, target, NULL},
                       .parameters = parameters_of("\"depth\": 2, \"has_time\": false", a),
                       .threads = 2};
    predictor *p = train(&task, 30);
    for (int i = 0; i < ROWS; i++)
        own[i] = i % 3 == 0 ? -1 : ROWS + i;
    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
    for (int i = 0; i < ROWS; i++)
        assert_true((out[i] > 0.5) == (half[i] < 2));
    predictor_free(p);
    matrix_free(x);
    arena_free(a);
    mem_free(target);
    mem_free(out);
}

/* Settings that CatBoost reports for these sizes with held-out rows. */
static void the_rate_is_catboosts(void **state)
{
    (void)state;
    static const struct {
        problem_type problem;
        bool squared;
        int64_t rows, rounds;
        double rate;
    } cases[] = {
        {PROBLEM_BINARY, false, 10000, 1000, 0.055974},     {PROBLEM_REGRESSION, true, 10000, 1000, 0.073138},
        {PROBLEM_MULTICLASS, false, 10000, 1000, 0.113065}, {PROBLEM_REGRESSION, false, 10000, 1000, 0.03},
        {PROBLEM_REGRESSION, true, 1000000, 1, 0.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double got = boost_learning_rate(cases[i].problem, cases[i].squared, cases[i].rows, cases[i].rounds);
        if (fabs(got - cases[i].rate) > 2e-4) fail_msg("case %d: %.6f, not %.6f", (int)i, got, cases[i].rate);
    }
}

#ifdef PTG_FAULTS
static double no_score(const metric_input *in)
{
    (void)in;
    return 0;
}

/* Each allocation of a fit and of its end fails once: an error, nothing lost. */
static void memory_may_run_out(void **state)
{
    (void)state;
    const golden_case *g = &golden_cases[N_GOLDEN - 1];
    const algorithm *boost = algorithm_find("boost");
    arena *a = arena_new();
    matrix *x = matrix_of(g);
    learn_task task = task_of(g, x,
                              "\"max_ctr_complexity\": 2, \"has_time\": false, \"permutation_count\": 2, "
                              "\"auto_class_weights\": \"Balanced\"",
                              a);
    task.held_out = task.train;
    task.train_group = x->features[0].codes;
    task.train_time = g->target;
    task.stopping = &(const metric){.name = "none", .score = no_score};
    int64_t failures = 0;
    for (bool done = false; !done; failures++) {
        learner *l = NULL;
        predictor *p = NULL;
        ptg_error err = {0};
        mem_fail_at(failures + 1);
        ptg_status status = boost->fit(&task, 3, &l, &err);
        if (status == PTG_OK) status = boost->finish(l, 3, &p, &err);
        mem_fail_at(0);
        done = status == PTG_OK;
        if (!done) assert_int_equal(status, PTG_ERROR_MEMORY);
        predictor_free(p);
        boost->close(l);
    }
    assert_true(failures > 50);
    matrix_free(x);
    arena_free(a);
}
#endif

int main(void)
{
    struct CMUnitTest tests[N_GOLDEN];
    for (int i = 0; i < N_GOLDEN; i++)
        tests[i] = (struct CMUnitTest){
            .name = golden_cases[i].name, .test_func = check_golden, .initial_state = (void *)(uintptr_t)&golden_cases[i]};
    const struct CMUnitTest others[] = {
        cmocka_unit_test(many_classes),           cmocka_unit_test(many_levels),
        cmocka_unit_test(memory_changes_nothing), cmocka_unit_test(the_rate_is_catboosts),
#ifdef PTG_FAULTS
        cmocka_unit_test(memory_may_run_out),
#endif
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed + cmocka_run_group_tests(others, NULL, NULL);
}
