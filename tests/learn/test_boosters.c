/* boost, additive, xgboost, lightgbm and the forests against what trains them: the held-out predictions that a library (or our
 * own trainer) gives round by round are caught through the stopping metric, and must be those of the predictor that is left. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/random.h"
#include "learn/algorithm.h"
#include "learn/predictor.h"
#include "trees/tree_model.h"

#include <cmocka.h>

enum { TRAIN = 1200, HELD_OUT = 333, ROWS = TRAIN + HELD_OUT, LEVELS = 70 };

/* What the stopping metric saw: the predictions of each round. */
static struct {
    double *rounds[512];
    int64_t n;
} caught;

static double catch_predictions(const metric_input *in)
{
    int64_t count = in->n * prediction_width(in->problem, in->n_classes);
    double *copy = mem_array(count, sizeof *copy);
    memcpy(copy, in->prediction, (size_t)count * sizeof *copy);
    caught.rounds[caught.n++] = copy;
    return (double)caught.n;
}

static void forget_caught(void)
{
    while (caught.n > 0)
        mem_free(caught.rounds[--caught.n]);
}

static const metric catching = {.name = "catching", .greater_is_better = true, .score = catch_predictions};

/* Columns of every kind: missing values, whole numbers, values that merge in f32, infinities, categories of two sizes, sparse.
 */
static matrix *columns(int64_t first, int64_t n, uint64_t seed)
{
    matrix *x = matrix_new(n);
    double *a = matrix_add_real(x, "a"), *b = matrix_add_real(x, "whole"), *c = matrix_add_real(x, "far"),
           *d = matrix_add_real(x, "inf");
    int32_t *e = matrix_add_coded(x, "many", LEVELS, NULL), *f = matrix_add_coded(x, "few", 3, NULL);
    double *g = matrix_add_real(x, "complete");
    int64_t *rows = NULL, stored = 0;
    double *values = NULL;
    assert_int_equal(matrix_add_sparse(x, "sparse", n / 4, &rows, &values, NULL), PTG_OK);
    for (int64_t i = 0; i < n; i++) {
        char purpose[40];
        snprintf(purpose, sizeof purpose, "row/%lld", (long long)(first + i));
        random_stream r = random_of(seed, purpose);
        a[i] = random_below(&r, 6) == 0 ? (double)NAN : random_normal(&r);
        b[i] = (double)random_below(&r, 9) - 4;
        c[i] = 1e9 + 0.25 * (double)random_below(&r, 40);
        d[i] = random_below(&r, 30) == 0 ? (random_below(&r, 2) ? INFINITY : -INFINITY) : random_normal(&r);
        e[i] = random_below(&r, 9) == 0 ? -1 : (int32_t)random_below(&r, LEVELS);
        f[i] = (int32_t)random_below(&r, 4) - 1;
        g[i] = random_normal(&r);
        if (i % 4 == 0 && stored < n / 4) rows[stored] = i, values[stored++] = random_normal(&r);
    }
    return x;
}

static double signal(const matrix *x, int64_t i)
{
    const feature *f = x->features;
    double a = isnan(f[0].real[i]) ? 0.7 : f[0].real[i];
    double level = f[4].codes[i] < 0 ? -1 : f[4].codes[i] % 7 < 3;
    double sparse = i % 4 == 0 && i / 4 < f[7].n_values ? f[7].values[i / 4] : 0;
    return a * a + 0.3 * f[1].real[i] + 0.2 * (f[2].real[i] - 1e9) + 1.5 * level + (f[5].codes[i] == 1) +
           sin(3 * f[6].real[i]) + sparse;
}

typedef struct data {
    matrix *train, *held_out;
    double target[ROWS], weight[ROWS];
} data;

static void data_make(data *d, const learn_task *task)
{
    d->train = columns(0, TRAIN, 5);
    d->held_out = columns(TRAIN, HELD_OUT, 5);
    random_stream r = random_of(9, "noise");
    for (int64_t i = 0; i < ROWS; i++) {
        double s = i < TRAIN ? signal(d->train, i) : signal(d->held_out, i - TRAIN);
        s += 0.5 * random_normal(&r);
        d->target[i] = task->problem == PROBLEM_BINARY ? s > 1.5 : task->problem == PROBLEM_MULTICLASS ? (s > 0) + (s > 2) : s;
        if (task->loss == LOSS_SQUARED_LOG) d->target[i] = exp(d->target[i]);
        d->weight[i] = random_below(&r, 10) == 0 ? 0 : 0.2 + random_unit(&r);
    }
}

static void data_clear(data *d)
{
    matrix_free(d->train);
    matrix_free(d->held_out);
}

typedef struct loss_case {
    problem_type problem;
    loss_kind loss;
    double parameter;
} loss_case;
static const loss_case losses[] = {
    {PROBLEM_REGRESSION, LOSS_SQUARED, 0},  {PROBLEM_REGRESSION, LOSS_ABSOLUTE, 0},    {PROBLEM_REGRESSION, LOSS_QUANTILE, 0.8},
    {PROBLEM_REGRESSION, LOSS_RELATIVE, 0}, {PROBLEM_REGRESSION, LOSS_SQUARED_LOG, 0}, {PROBLEM_BINARY, LOSS_LOGISTIC, 0},
    {PROBLEM_MULTICLASS, LOSS_SOFTMAX, 0},
};
enum { N_LOSSES = sizeof losses / sizeof losses[0] };

static const parameter_value *values_of(const algorithm *a, const char *json, arena *memory)
{
    json_t *object = NULL;
    parameter_value *values = NULL;
    ptg_error err = {0};
    if (json_read(text_of(json), "test", &object, &err) != PTG_OK) fail_msg("%s", err.message);
    if (parameter_read(a->parameters, a->n_parameters, object, "test", memory, &values, &err) != PTG_OK)
        fail_msg("%s", err.message);
    json_decref(object);
    return values;
}

static learn_task task_of(const loss_case *c, const metric *stopping)
{
    return (learn_task){.problem = c->problem,
                        .n_classes = c->problem == PROBLEM_MULTICLASS ? 3 : 2,
                        .loss = c->loss,
                        .loss_parameter = c->parameter,
                        .stopping = stopping,
                        .seed = 77,
                        .threads = 1};
}

static void set_rows(learn_task *t, const data *d, bool weights, bool held_out)
{
    t->train = (learn_rows){d->train, d->target, weights ? d->weight : NULL};
    if (held_out) t->held_out = (learn_rows){d->held_out, d->target + TRAIN, weights ? d->weight + TRAIN : NULL};
}

static learner *fitted(const algorithm *a, const learn_task *t, int64_t rounds)
{
    learner *l = NULL;
    ptg_error err = {0};
    if (a->fit(t, rounds, &l, &err) != PTG_OK) fail_msg("%s: %s", a->name, err.message);
    return l;
}

static predictor *finished(const algorithm *a, learner *l, int64_t rounds)
{
    predictor *p = NULL;
    ptg_error err = {0};
    if (a->finish(l, rounds, &p, &err) != PTG_OK) fail_msg("%s: %s", a->name, err.message);
    return p;
}

static void check_round(const algorithm *a, learner *l, const data *d, int64_t round, int32_t width)
{
    predictor *p = finished(a, l, round);
    double out[HELD_OUT * 3];
    assert_int_equal(predictor_predict(p, d->held_out, out, NULL), PTG_OK);
    for (int64_t i = 0; i < HELD_OUT * width; i++) {
        double library = caught.rounds[round - 1][i];
        if (fabs(out[i] - library) > 1e-12 * fmax(1, fabs(library)))
            fail_msg("%s round %d value %d: %.17g, but the library says %.17g", a->name, (int)round, (int)i, out[i], library);
    }
    predictor_free(p);
}

enum { N_BOOSTERS = 4 };
static const algorithm *boosters[N_BOOSTERS];
static const char *const plain[N_BOOSTERS] = {
    "{\"rounds\": 30, \"patience\": 1000, \"eta\": 0.3}",
    "{\"rounds\": 30, \"patience\": 1000, \"learning_rate\": 0.3, \"min_data_per_group\": 5}",
    "{\"rounds\": 30, \"patience\": 1000, \"learning_rate\": 0.3}",
    "{\"rounds\": 30, \"patience\": 1000, \"learning_rate\": 0.3}"};
static const char *const sampled[N_BOOSTERS] = {
    "{\"rounds\": 30, \"patience\": 1000, \"eta\": 0.3, \"subsample\": 0.7, \"colsample_bytree\": 0.6, \"colsample_bynode\": "
    "0.8,"
    "\"grow_policy\": \"lossguide\", \"max_leaves\": 12, \"max_depth\": 0, \"max_cat_to_onehot\": 100, \"gamma\": 0.5, "
    "\"alpha\": 0.1}",
    "{\"rounds\": 30, \"patience\": 1000, \"learning_rate\": 0.3, \"bagging_fraction\": 0.7, \"feature_fraction\": 0.6, "
    "\"extra_trees\": "
    "true, \"max_cat_to_onehot\": 100, \"lambda_l1\": 0.1, \"path_smooth\": 1, \"min_data_in_leaf\": 3}",
    "{\"rounds\": 30, \"patience\": 1000, \"learning_rate\": 0.3, \"bootstrap_type\": \"MVS\", \"rsm\": 0.7, \"depth\": 4, "
    "\"one_hot_max_size\": 10, \"number_ctr_rows\": 3, \"border_count\": 32}",
    "{\"rounds\": 30, \"patience\": 1000, \"learning_rate\": 0.6, \"interaction_depth\": 2, \"interactions\": 5, "
    "\"one_hot_max_size\": 10, \"border_count\": 32}"};

/* All losses, with and without weights, two settings: rounds 1, 17 and the last. */
static void predicts_what_the_library_does(void **state)
{
    (void)state;
    for (int b = 0; b < N_BOOSTERS; b++)
        for (int c = 0; c < N_LOSSES; c++)
            for (int variant = 0; variant < 2; variant++) {
                arena *memory = arena_new();
                learn_task t = task_of(&losses[c], &catching);
                data d;
                data_make(&d, &t);
                set_rows(&t, &d, variant, true);
                t.parameters = values_of(boosters[b], variant ? sampled[b] : plain[b], memory);
                learner *l = fitted(boosters[b], &t, 0);
                learn_progress progress = boosters[b]->progress(l);
                assert_int_equal(progress.n_rounds, 30);
                assert_int_equal(caught.n, 30);
                assert_float_equal(progress.curve[29], 30, 0);
                int32_t width = prediction_width(t.problem, t.n_classes);
                check_round(boosters[b], l, &d, 1, width);
                check_round(boosters[b], l, &d, 17, width);
                check_round(boosters[b], l, &d, 30, width);
                boosters[b]->close(l);
                data_clear(&d);
                forget_caught();
                arena_free(memory);
            }
}

static void saved(const algorithm *a, const learn_task *t, int64_t rounds, int64_t finish, bytes_writer *w)
{
    learner *l = fitted(a, t, rounds);
    predictor *p = finished(a, l, finish);
    predictor_save(p, w);
    predictor_free(p);
    a->close(l);
    forget_caught();
}

static void assert_same(bytes_writer *a, bytes_writer *b)
{
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->data, b->data, (size_t)a->size);
    text_buffer_clear(b);
}

/* The same bytes: twice, with two threads, without held-out rows, going on in the live booster, and with another fit in
 * between. */
static void rounds_are_a_pure_function(void **state)
{
    (void)state;
    for (int b = 0; b < N_BOOSTERS; b++)
        for (int c = 0; c < N_LOSSES; c += 3) {
            const algorithm *a = boosters[b];
            arena *memory = arena_new();
            learn_task t = task_of(&losses[c], &catching);
            data d;
            data_make(&d, &t);
            set_rows(&t, &d, true, true);
            t.parameters = values_of(a, sampled[b], memory);
            bytes_writer first = {0}, again = {0};
            saved(a, &t, 0, 40, &first);
            saved(a, &t, 0, 40, &again);
            assert_same(&first, &again);
            t.threads = 2;
            saved(a, &t, 0, 40, &again);
            assert_same(&first, &again);
            learn_task refit = t;
            refit.held_out = (learn_rows){0};
            saved(a, &refit, 40, 40, &again);
            assert_same(&first, &again);
            saved(a, &refit, 60, 40, &again);
            assert_same(&first, &again);
            learner *l = fitted(a, &t, 0), *other = fitted(a, &refit, 7);
            predictor *p = finished(a, l, 40);
            predictor_save(p, &again);
            assert_same(&first, &again);
            predictor_free(p);
            a->close(l);
            a->close(other);
            forget_caught();
            text_buffer_clear(&first);
            data_clear(&d);
            arena_free(memory);
        }
}

static double worse_and_worse(const metric_input *in)
{
    (void)in;
    return (double)caught.n++;
}

static double undefined(const metric_input *in)
{
    (void)in;
    return NAN;
}

static void patience_and_limits(void **state)
{
    (void)state;
    const metric falling = {.name = "falling", .score = worse_and_worse}, nothing = {.name = "nothing", .score = undefined};
    for (int b = 0; b < N_BOOSTERS; b++) {
        arena *memory = arena_new();
        learn_task t = task_of(&losses[0], &falling);
        data d;
        data_make(&d, &t);
        set_rows(&t, &d, false, true);
        t.parameters = values_of(boosters[b], "{\"patience\": 7}", memory);
        learner *l = fitted(boosters[b], &t, 0);
        assert_int_equal(boosters[b]->progress(l).n_rounds, 8);
        boosters[b]->close(l);
        t.stopping = &nothing;
        l = fitted(boosters[b], &t, 0);
        assert_int_equal(boosters[b]->progress(l).n_rounds, 8);
        predictor *p = NULL;
        ptg_error err = {0};
        assert_int_equal(boosters[b]->finish(l, 0, &p, &err), PTG_ERROR_USAGE);
        boosters[b]->close(l);
        t.deadline = clock_seconds() - 1;
        assert_int_equal(boosters[b]->fit(&t, 0, &l, &err), PTG_ERROR_LIMIT);
        assert_null(l);
        caught.n = 0;
        data_clear(&d);
        arena_free(memory);
    }
}

#ifdef PTG_FAULTS
/* Making the predictor of a trained booster fails cleanly wherever memory ends. */
static void survives_failing_allocations(void **state)
{
    (void)state;
    for (int b = 0; b < N_BOOSTERS; b++) {
        arena *memory = arena_new();
        learn_task t = task_of(&losses[0], NULL);
        data d;
        data_make(&d, &t);
        set_rows(&t, &d, false, false);
        t.parameters = values_of(boosters[b], "{}", memory);
        learner *l = fitted(boosters[b], &t, 3);
        predictor *p = NULL;
        int64_t failed = -1;
        for (ptg_status status = PTG_ERROR_MEMORY; status != PTG_OK; failed++) {
            mem_fail_at(failed + 2);
            status = boosters[b]->finish(l, 3, &p, NULL);
            mem_fail_at(0);
            assert_true(status == PTG_OK || (status == PTG_ERROR_MEMORY && !p));
        }
        assert_true(failed > 20);
        predictor_free(p);
        boosters[b]->close(l);
        data_clear(&d);
        arena_free(memory);
    }
}
#endif

/* Rows that give little to learn: one row, one class, constant columns, all missing, one level, all weight in one place. */
static void edges(void **state)
{
    (void)state;
    static const int64_t sizes[] = {1, 2, 3, 50};
    for (int32_t k = 0; k < n_algorithms; k++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
            for (int c = 0; c < N_LOSSES; c++)
                for (int one_class = 0; one_class < 2; one_class++) {
                    const algorithm *a = algorithms[k];
                    if (strcmp(a->name, "linear-learner") == 0 || strcmp(a->name, "baseline") == 0) continue;
                    arena *memory = arena_new();
                    int64_t n = sizes[s];
                    matrix *x = matrix_new(n);
                    double *constant = matrix_add_real(x, "constant"), *missing = matrix_add_real(x, "missing");
                    double *varied = matrix_add_real(x, "varied"), target[50], weight[50], out[150];
                    int32_t *level = matrix_add_coded(x, "level", 1, NULL), *unseen = matrix_add_coded(x, "unseen", 5, NULL);
                    for (int64_t i = 0; i < n; i++) {
                        constant[i] = 3, missing[i] = NAN, varied[i] = (double)i, level[i] = 0, unseen[i] = -1;
                        target[i] = one_class ? 1 : losses[c].problem == PROBLEM_REGRESSION ? (double)(i * i) : (double)(i % 2);
                        weight[i] = i == 0;
                    }
                    learn_task t = task_of(&losses[c], NULL);
                    t.train = (learn_rows){x, target, one_class ? weight : NULL};
                    t.parameters = values_of(a, a->has_rounds ? "{}" : "{\"trees\": 5}", memory);
                    learner *l = fitted(a, &t, 5);
                    predictor *p = finished(a, l, 5);
                    for (int64_t i = 0; i < n; i++)
                        unseen[i] = 4;
                    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
                    for (int64_t i = 0; i < n * prediction_width(t.problem, t.n_classes); i++)
                        if (!isfinite(out[i])) fail_msg("%s: loss %d, %d rows: %g", a->name, c, (int)n, out[i]);
                    if (one_class && t.problem == PROBLEM_REGRESSION && fabs(out[0] - 1) > 0.01)
                        fail_msg("%s: loss %d, %d rows: %g for a target of 1", a->name, c, (int)n, out[0]);
                    predictor_free(p);
                    a->close(l);
                    matrix_free(x);
                    arena_free(memory);
                }
}

static void refuses_nothing_to_train_on(void **state)
{
    (void)state;
    double target[2] = {0, 1}, none[2] = {0, 0};
    for (int32_t k = 0; k < n_algorithms; k++) {
        const algorithm *a = algorithms[k];
        if (strcmp(a->name, "linear-learner") == 0 || strcmp(a->name, "baseline") == 0) continue;
        arena *memory = arena_new();
        learn_task t = task_of(&losses[0], NULL);
        t.parameters = values_of(a, "{}", memory);
        learner *l = NULL;
        ptg_error err = {0};
        matrix *x = matrix_new(0);
        matrix_add_real(x, "x");
        t.train = (learn_rows){x, target, NULL};
        assert_int_equal(a->fit(&t, 5, &l, &err), PTG_ERROR_DATA);
        matrix_free(x);
        x = matrix_new(2);
        t.train.x = x;
        assert_int_equal(a->fit(&t, 5, &l, &err), PTG_ERROR_DATA);
        matrix_add_real(x, "x");
        t.train.weight = none;
        assert_int_equal(a->fit(&t, 5, &l, &err), PTG_ERROR_DATA);
        assert_null(l);
        matrix_free(x);
        arena_free(memory);
    }
}

/* Forests: probabilities that sum to 1, better than the mean, the same bytes at two threads, saved and loaded. */
static void forests(void **state)
{
    (void)state;
    static const char *const names[] = {"random-forest", "extra-trees"};
    for (int f = 0; f < 2; f++)
        for (int c = 0; c < N_LOSSES; c++) {
            const algorithm *a = algorithm_find(names[f]);
            arena *memory = arena_new();
            learn_task t = task_of(&losses[c], NULL);
            data d;
            data_make(&d, &t);
            set_rows(&t, &d, true, false);
            t.parameters = values_of(a, "{\"trees\": 40}", memory);
            int32_t width = prediction_width(t.problem, t.n_classes);
            bytes_writer one = {0}, two = {0};
            saved(a, &t, 0, 0, &one);
            t.threads = 2;
            saved(a, &t, 0, 0, &two);
            assert_same(&one, &two);
            bytes_reader r = bytes_reader_of(one.data, one.size);
            predictor *p = NULL;
            assert_int_equal(predictor_load(&r, &p, NULL), PTG_OK);
            double out[HELD_OUT * 3], error = 0, spread = 0;
            assert_int_equal(predictor_predict(p, d.held_out, out, NULL), PTG_OK);
            for (int64_t i = 0; i < HELD_OUT; i++) {
                double sum = 0, y = d.target[TRAIN + i];
                for (int32_t k = 0; k < width; k++)
                    sum += out[i * width + k];
                if (t.problem == PROBLEM_MULTICLASS) assert_float_equal(sum, 1, 1e-12);
                double given = t.problem == PROBLEM_MULTICLASS ? out[i * width + 1] : out[i], wanted = width > 1 ? y == 1 : y;
                if (losses[c].loss == LOSS_SQUARED_LOG) given = log1p(given), wanted = log1p(wanted);
                error += (given - wanted) * (given - wanted);
                spread += (wanted - (width > 1 || t.problem == PROBLEM_BINARY ? 0.45 : 1.6)) *
                          (wanted - (width > 1 || t.problem == PROBLEM_BINARY ? 0.45 : 1.6));
            }
            if (!(error < 0.9 * spread)) fail_msg("%s, loss %d: error %g of %g", a->name, c, error, spread);
            predictor_free(p);
            text_buffer_clear(&one);
            data_clear(&d);
            arena_free(memory);
        }
}

static void registry_is_sorted(void **state)
{
    (void)state;
    assert_int_equal(n_algorithms, 8);
    for (int32_t i = 0; i < n_algorithms; i++) {
        if (i > 0) assert_true(strcmp(algorithms[i - 1]->name, algorithms[i]->name) < 0);
        assert_ptr_equal(algorithm_find(algorithms[i]->name), algorithms[i]);
        assert_true(algorithms[i]->text[0] && algorithms[i]->work && algorithms[i]->version());
        arena *memory = arena_new();
        assert_true(algorithms[i]->work(values_of(algorithms[i], "{}", memory), &(work_size){1000, 10, 2, 1}) > 0);
        arena_free(memory);
    }
    assert_null(algorithm_find("catboost"));
    assert_true(strncmp(algorithm_find("xgboost")->version(), "xgboost ", 8) == 0);
    assert_true(strncmp(algorithm_find("lightgbm")->version(), "lightgbm ", 9) == 0);
}

int main(void)
{
    setenv("OMP_WAIT_POLICY", "passive", 1); /* two threads beside busy cores would spin */
    boosters[0] = algorithm_find("xgboost");
    boosters[1] = algorithm_find("lightgbm");
    boosters[2] = algorithm_find("boost");
    boosters[3] = algorithm_find("additive");
    for (int b = 0; b < N_BOOSTERS; b++) {
        ptg_error err = {0};
        if (boosters[b]->available(&err) != PTG_OK) {
            printf("skipped: %s\n", err.message);
            return 77;
        }
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_is_sorted),
        cmocka_unit_test(predicts_what_the_library_does),
        cmocka_unit_test(rounds_are_a_pure_function),
        cmocka_unit_test(patience_and_limits),
#ifdef PTG_FAULTS
        cmocka_unit_test(survives_failing_allocations),
#endif
        cmocka_unit_test(edges),
        cmocka_unit_test(refuses_nothing_to_train_on),
        cmocka_unit_test(forests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
