/* What the parameters of boost make of a task: the loss that is trained, the weights of classes, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "learn/algorithm.h"

#include <cmocka.h>

enum { ROWS = 400 };

typedef struct table {
    arena *memory;
    matrix *x;
    double target[ROWS], weight[ROWS];
    int64_t kept[ROWS];
} table;

static void table_make(table *t)
{
    *t = (table){.memory = arena_new(), .x = matrix_new(ROWS)};
    random_stream r = random_of(1, "task");
    double *a = matrix_add_real(t->x, "a"), *b = matrix_add_real(t->x, "b");
    int32_t *c = matrix_add_coded(t->x, "c", 6, NULL);
    for (int i = 0; i < ROWS; i++) {
        a[i] = random_below(&r, 10) == 0 ? (double)NAN : random_normal(&r);
        b[i] = random_normal(&r);
        c[i] = (int32_t)random_below(&r, 6);
        t->target[i] = floor(exp(0.5 * b[i] + (c[i] == 2)) * 3 * random_unit(&r));
        t->weight[i] = i % 7 == 0 ? 0 : 0.5 + random_unit(&r);
    }
}

static void table_clear(table *t)
{
    matrix_free(t->x);
    arena_free(t->memory);
}

static learn_task task_of(table *t, problem_type problem, const char *parameters)
{
    static const loss_kind of_problem[] = {LOSS_LOGISTIC, LOSS_SOFTMAX, LOSS_SQUARED};
    const algorithm *boost = algorithm_find("boost");
    parameter_value *values = NULL;
    json_t *object = NULL;
    ptg_error err = {0};
    if (json_read(text_of(parameters), "test", &object, &err) != PTG_OK) fail_msg("%s", err.message);
    if (parameter_read(boost->parameters, boost->n_parameters, object, "test", t->memory, &values, &err) != PTG_OK)
        fail_msg("%s", err.message);
    json_decref(object);
    return (learn_task){.problem = problem,
                        .n_classes = problem == PROBLEM_MULTICLASS ? 3 : 2,
                        .loss = of_problem[problem],
                        .train = {t->x, t->target, NULL},
                        .parameters = values,
                        .seed = 4,
                        .threads = 1};
}

/* Predictions of the table's rows after 20 rounds. */
static const double *fitted(table *t, const learn_task *task)
{
    const algorithm *boost = algorithm_find("boost");
    learner *l = NULL;
    predictor *p = NULL;
    ptg_error err = {0};
    if (boost->fit(task, 20, &l, &err) != PTG_OK) fail_msg("%s", err.message);
    if (boost->finish(l, 20, &p, &err) != PTG_OK) fail_msg("%s", err.message);
    boost->close(l);
    double *out = arena_array(t->memory, (int64_t)ROWS * predictor_width(p), sizeof *out);
    assert_int_equal(predictor_predict(p, t->x, out, NULL), PTG_OK);
    predictor_free(p);
    return out;
}

static void refused(table *t, problem_type problem, const char *parameters, ptg_status status, const char *part)
{
    learn_task task = task_of(t, problem, parameters);
    learner *l = NULL;
    ptg_error err = {0};
    assert_int_equal(algorithm_find("boost")->fit(&task, 5, &l, &err), status);
    assert_null(l);
    if (!strstr(err.message, part)) fail_msg("'%s' is not in: %s", part, err.message);
}

static void assert_same(const double *a, const double *b, int64_t n)
{
    assert_memory_equal(a, b, (size_t)n * sizeof *a);
}

/* A parameter trains what an objective of that loss trains. */
static void the_loss_may_be_named(void **state)
{
    (void)state;
    static const struct {
        const char *parameters;
        loss_kind loss;
        double parameter;
    } cases[] = {
        {"{\"loss_function\": \"RMSE\"}", LOSS_SQUARED, 0},
        {"{\"loss_function\": \"MAE\"}", LOSS_ABSOLUTE, 0},
        {"{\"loss_function\": \"MAPE\"}", LOSS_RELATIVE, 0},
        {"{\"loss_function\": \"Quantile\", \"quantile_alpha\": 0.8}", LOSS_QUANTILE, 0.8},
        {"{\"loss_function\": \"Quantile\"}", LOSS_QUANTILE, 0.5},
    };
    table t;
    table_make(&t);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        learn_task named = task_of(&t, PROBLEM_REGRESSION, cases[i].parameters),
                   by_objective = task_of(&t, PROBLEM_REGRESSION, "{}");
        named.loss = LOSS_SQUARED_LOG; /* the objective's: its logarithm and its link must not be left */
        by_objective.loss = cases[i].loss;
        by_objective.loss_parameter = cases[i].parameter;
        assert_same(fitted(&t, &named), fitted(&t, &by_objective), ROWS);
    }
    learn_task named = task_of(&t, PROBLEM_REGRESSION, "{\"loss_function\": \"Quantile\"}"), by_objective = named;
    named.loss = LOSS_QUANTILE;
    named.loss_parameter = 0.9;
    by_objective = task_of(&t, PROBLEM_REGRESSION, "{\"quantile_alpha\": 0.9}");
    by_objective.loss = LOSS_QUANTILE;
    by_objective.loss_parameter = 0.1;
    assert_same(fitted(&t, &named), fitted(&t, &by_objective), ROWS);
    table_clear(&t);
}

/* With a logarithmic link predictions are above 0 and, as the loss has no least elsewhere, near the targets in their mean;
 * Huber's lie between the mean's and the median's. */
static void each_loss_fits(void **state)
{
    (void)state;
    static const char *const parameters[] = {
        "{\"loss_function\": \"Poisson\", \"learning_rate\": 0.3}",
        "{\"loss_function\": \"Tweedie\", \"learning_rate\": 0.3, \"tweedie_variance_power\": 1.2}",
        "{\"loss_function\": \"Tweedie\", \"learning_rate\": 0.3, \"tweedie_variance_power\": 1.8}",
        "{\"loss_function\": \"Huber\", \"learning_rate\": 0.3, \"huber_delta\": 1e6}",
    };
    table t;
    table_make(&t);
    for (size_t c = 0; c < sizeof parameters / sizeof parameters[0]; c++) {
        learn_task task = task_of(&t, PROBLEM_REGRESSION, parameters[c]);
        const double *got = fitted(&t, &task);
        double sum = 0, want = 0, error = 0, spread = 0;
        for (int i = 0; i < ROWS; i++) {
            assert_true(c == 3 || got[i] > 0);
            sum += got[i] / ROWS;
            want += t.target[i] / ROWS;
        }
        for (int i = 0; i < ROWS; i++) {
            error += (t.target[i] - got[i]) * (t.target[i] - got[i]);
            spread += (t.target[i] - want) * (t.target[i] - want);
        }
        if (!(fabs(sum - want) < 0.05 * want && error < 0.6 * spread))
            fail_msg("%s: mean %g, not %g; error %g of %g", parameters[c], sum, want, error, spread);
    }
    table_clear(&t);
}

static double last_seen[ROWS];

static double catch_predictions(const metric_input *in)
{
    memcpy(last_seen, in->prediction, sizeof last_seen);
    return 0;
}

/* The held-out curve sees what the predictor says, on the scale of the targets. */
static void held_out_rows_see_the_link(void **state)
{
    (void)state;
    static const metric catching = {.name = "catching", .score = catch_predictions};
    static const char *const parameters[] = {"{\"rounds\": 20, \"loss_function\": \"Poisson\"}",
                                             "{\"rounds\": 20, \"loss_function\": \"Tweedie\"}",
                                             "{\"rounds\": 20, \"loss_function\": \"Huber\"}"};
    table t;
    table_make(&t);
    for (size_t c = 0; c < sizeof parameters / sizeof parameters[0]; c++) {
        learn_task task = task_of(&t, PROBLEM_REGRESSION, parameters[c]);
        task.held_out = task.train;
        task.stopping = &catching;
        const double *got = fitted(&t, &task);
        for (int i = 0; i < ROWS; i++)
            if (!(fabs(got[i] - last_seen[i]) < 1e-12 * fmax(1, got[i])))
                fail_msg("row %d: %g, not %g", i, got[i], last_seen[i]);
    }
    table_clear(&t);
}

/* Weights of classes are weights of rows. */
static void classes_may_weigh_the_same(void **state)
{
    (void)state;
    table t;
    table_make(&t);
    for (int problem = PROBLEM_BINARY; problem <= PROBLEM_MULTICLASS; problem++)
        for (int root = 0; root < 2; root++) {
            double total[3] = {0}, given[ROWS];
            for (int i = 0; i < ROWS; i++) {
                t.target[i] = t.x->features[1].real[i] > 1 ? 1 : problem == PROBLEM_MULTICLASS && i % 5 == 0 ? 2 : 0;
                total[(int)t.target[i]] += t.weight[i];
            }
            double most = fmax(total[0], fmax(total[1], total[2]));
            for (int i = 0; i < ROWS; i++) {
                double share = most / total[(int)t.target[i]];
                given[i] = t.weight[i] * (root ? sqrt(share) : share);
            }
            const char *name = root ? "{\"auto_class_weights\": \"SqrtBalanced\"}" : "{\"auto_class_weights\": \"Balanced\"}";
            learn_task named = task_of(&t, (problem_type)problem, name), plain = task_of(&t, (problem_type)problem, "{}");
            named.train.weight = t.weight;
            plain.train.weight = given;
            int64_t n = ROWS * prediction_width((problem_type)problem, 3);
            assert_same(fitted(&t, &named), fitted(&t, &plain), n);
            plain.train.weight = t.weight;
            assert_true(memcmp(fitted(&t, &named), fitted(&t, &plain), (size_t)n * sizeof(double)) != 0);
        }
    table_clear(&t);
}

/* A class that no row has, or only rows without weight, changes nothing. */
static void classes_may_be_missing(void **state)
{
    (void)state;
    table t;
    table_make(&t);
    for (int i = 0; i < ROWS; i++)
        t.target[i] = t.weight[i] == 0 ? 1 : 2.0 * (i % 3 == 0);
    learn_task task = task_of(&t, PROBLEM_MULTICLASS, "{\"auto_class_weights\": \"Balanced\"}");
    task.train.weight = t.weight;
    const double *got = fitted(&t, &task);
    for (int i = 0; i < 3 * ROWS; i++)
        assert_true(got[i] > 0 && got[i] < 1);
    table_clear(&t);
}

/* Rows of weight 0 are as if they were not there: for each loss the same predictions. */
static void rows_may_weigh_nothing(void **state)
{
    (void)state;
    static const char *const parameters[] = {
        "{}",
        "{\"loss_function\": \"MAE\"}",
        "{\"loss_function\": \"Poisson\"}",
        "{\"loss_function\": \"Tweedie\"}",
        "{\"loss_function\": \"Huber\"}",
        "{\"loss_function\": \"MAPE\"}",
    };
    table t;
    table_make(&t);
    row_list kept = {.rows = t.kept};
    double target[ROWS], weight[ROWS];
    for (int i = 0; i < ROWS; i++) {
        if (!(t.weight[i] > 0)) {
            t.target[i] = -1e6;
            continue;
        }
        target[kept.n] = t.target[i];
        weight[kept.n] = t.weight[i];
        t.kept[kept.n++] = i;
    }
    matrix *x = NULL;
    assert_int_equal(matrix_take_rows(t.x, kept, &x, NULL), PTG_OK);
    for (size_t c = 0; c < sizeof parameters / sizeof parameters[0]; c++) {
        learn_task all = task_of(&t, PROBLEM_REGRESSION, parameters[c]), some = all;
        all.train.weight = t.weight;
        some.train = (learn_rows){x, target, weight};
        assert_same(fitted(&t, &all), fitted(&t, &some), ROWS);
    }
    matrix_free(x);
    table_clear(&t);
}

/* More rows than one thread takes at once: the same predictions with three. */
static void threads_change_nothing(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    static const char *const parameters[] = {
        "{\"loss_function\": \"Poisson\", \"monotone_constraints\": {\"a\": 1, \"b\": -1}}",
        "{\"loss_function\": \"Tweedie\"}",
        "{\"loss_function\": \"Huber\", \"monotone_constraints\": {\"b\": 1}}",
    };
    table t;
    table_make(&t);
    matrix *x = NULL;
    int64_t *rows = arena_array(t.memory, MANY, sizeof *rows);
    double *target = arena_array(t.memory, MANY, sizeof *target);
    random_stream r = random_of(2, "threads");
    for (int64_t i = 0; i < MANY; i++) {
        rows[i] = random_below(&r, ROWS);
        target[i] = t.target[rows[i]] + random_unit(&r);
    }
    assert_int_equal(matrix_take_rows(t.x, (row_list){.rows = rows, .n = MANY}, &x, NULL), PTG_OK);
    for (size_t c = 0; c < sizeof parameters / sizeof parameters[0]; c++) {
        learn_task one = task_of(&t, PROBLEM_REGRESSION, parameters[c]);
        one.train = (learn_rows){x, target, NULL};
        learn_task three = one;
        three.threads = 3;
        assert_same(fitted(&t, &one), fitted(&t, &three), ROWS);
    }
    matrix_free(x);
    table_clear(&t);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    table t;
    table_make(&t);
    refused(&t, PROBLEM_REGRESSION, "{\"loss_function\": \"Logloss\"}", PTG_ERROR_USAGE, "'Logloss' is for binary");
    refused(&t, PROBLEM_REGRESSION, "{\"auto_class_weights\": \"Balanced\"}", PTG_ERROR_USAGE,
            "auto_class_weights is for classes");
    t.target[17] = -0.5;
    refused(&t, PROBLEM_REGRESSION, "{\"loss_function\": \"Poisson\"}", PTG_ERROR_DATA, "a target of -0.5");
    refused(&t, PROBLEM_REGRESSION, "{\"loss_function\": \"Tweedie\"}", PTG_ERROR_DATA,
            "'Tweedie' is for targets of 0 and more");
    for (int i = 0; i < ROWS; i++)
        t.target[i] = i % 2;
    refused(&t, PROBLEM_BINARY, "{\"loss_function\": \"MultiClass\"}", PTG_ERROR_USAGE, "'MultiClass' is for multiclass");
    refused(&t, PROBLEM_MULTICLASS, "{\"loss_function\": \"Poisson\"}", PTG_ERROR_USAGE, "the problem is multiclass");
    table_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loss_may_be_named),      cmocka_unit_test(each_loss_fits),
        cmocka_unit_test(held_out_rows_see_the_link), cmocka_unit_test(classes_may_weigh_the_same),
        cmocka_unit_test(classes_may_be_missing),     cmocka_unit_test(rows_may_weigh_nothing),
        cmocka_unit_test(threads_change_nothing),     cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
