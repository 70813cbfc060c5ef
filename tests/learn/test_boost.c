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

/* The raw score that a prediction of 2 classes or a value came from. */
static double raw_of(const golden_case *g, double prediction)
{
    return g->problem == PROBLEM_BINARY ? log(prediction / (1 - prediction)) : prediction;
}

static void check_golden(void **state)
{
    const golden_case *g = *state;
    arena *a = arena_new();
    matrix *x = matrix_of(g);
    learn_task task = {.problem = g->problem,
                       .n_classes = g->n_classes,
                       .loss = g->problem == PROBLEM_BINARY       ? LOSS_LOGISTIC
                               : g->problem == PROBLEM_MULTICLASS ? LOSS_SOFTMAX
                                                                  : LOSS_SQUARED,
                       .train = {x, g->target, g->weight},
                       .parameters = parameters_of(g->more, a),
                       .threads = 1};
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
            if (!(fabs(got - want) < 2e-7))
                fail_msg("%s: row %d output %d is %.9g, not %.9g", g->name, (int)i, (int)k, got, want);
        }
    predictor_free(p);
    matrix_free(x);
    arena_free(a);
}

int main(void)
{
    struct CMUnitTest tests[N_GOLDEN];
    for (int i = 0; i < N_GOLDEN; i++)
        tests[i] = (struct CMUnitTest){
            .name = golden_cases[i].name, .test_func = check_golden, .initial_state = (void *)(uintptr_t)&golden_cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
