/* Linear leaves of boost: lines are the ridge regressions of their definition, the model says what training saw, and the same
 * bytes come of any number of threads and instruction set. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "learn/algorithm.h"
#include "learn/boost_trainer.h"
#include "trees/tree_predictor.h"

#include <cmocka.h>

enum { ROWS = 700 };

/* A slope that changes, a step, missing numbers, a column whose numbers are too large for their squares, and codes. */
typedef struct example {
    matrix *x;
    double value[ROWS], two[ROWS], weight[ROWS];
} example;

static void make_example(example *e)
{
    e->x = matrix_new(ROWS);
    double *slope = matrix_add_real(e->x, "slope"), *step = matrix_add_real(e->x, "step"),
           *large = matrix_add_real(e->x, "large");
    int32_t *codes = matrix_add_coded(e->x, "codes", 7, NULL);
    random_stream r = random_of(3, "lines");
    for (int i = 0; i < ROWS; i++) {
        slope[i] = random_unit(&r) * 10;
        step[i] = random_below(&r, 8) == 0 ? (double)NAN : random_unit(&r);
        large[i] = random_below(&r, 2) ? (double)INFINITY : -1e250 * random_unit(&r);
        codes[i] = (int32_t)random_below(&r, 7);
        e->value[i] = fabs(slope[i] - 4) + (step[i] > 0.5) + 0.1 * random_unit(&r) + (large[i] > 0);
        e->two[i] = e->value[i] + random_unit(&r) > 3;
        e->weight[i] = 0.5 + random_unit(&r);
    }
}

static const boost_settings plain = {
    .learning_rate = 0.3,
    .rounds = 100,
    .growth = GROW_LOSSGUIDE,
    .depth = 3,
    .most_leaves = 6,
    .least_rows = 1,
    .linear_leaves = true,
    .l2 = 2,
    .sampling = {.kind = BOOTSTRAP_NO},
    .column_share = 1,
    .border_count = 254,
    .seed = 5,
    .statistics = {.most_combined = 4, .n_orders = 2, .border_count = 15, .most_bytes = INT64_C(1) << 24, .seed = 5}};

static learn_task task_of(const example *e, problem_type problem, bool weighted)
{
    return (learn_task){.problem = problem,
                        .n_classes = problem == PROBLEM_REGRESSION ? 0 : 2,
                        .loss = problem == PROBLEM_REGRESSION ? LOSS_SQUARED : LOSS_LOGISTIC,
                        .train = {e->x, problem == PROBLEM_REGRESSION ? e->value : e->two, weighted ? e->weight : NULL},
                        .threads = 1};
}

static void start(boost_trainer *b, const boost_settings *s, const learn_task *task)
{
    ptg_error err = {0};
    if (boost_trainer_start(b, s, task, &task->train, &err) != PTG_OK) fail_msg("%s", err.message);
}

static void train(boost_trainer *b, int rounds)
{
    ptg_error err = {0};
    for (int i = 0; i < rounds; i++)
        if (boost_trainer_round(b, &err) != PTG_OK) fail_msg("%s", err.message);
}

/* One column: weight = (sum z g / s) / (sum z^2 / s^2 + l2) / s, with z around the mean and s^2 the mean of z^2. */
static void lines_are_ridge_regressions(void **state)
{
    (void)state;
    static example e;
    make_example(&e);
    for (int32_t number = 0; number < 2; number++) {
        matrix *x = matrix_new(ROWS);
        assert_int_equal(matrix_borrow(x, &e.x->features[number], NULL), PTG_OK);
        learn_task task = task_of(&e, PROBLEM_REGRESSION, false);
        boost_trainer b;
        task.train.x = x;
        start(&b, &plain, &task);
        double from = b.start[0];
        train(&b, 1);
        const boost_tree *t = &b.trees[0];
        const double *values = x->features[0].real;
        assert_int_equal(t->n_leaves, plain.most_leaves);
        for (int32_t l = 0; l < t->n_leaves; l++) {
            double n = 0, rows = 0, mean = 0, square = 0, product = 0, value = t->values[l] / 0.3;
            for (int i = 0; i < ROWS; i++)
                if (b.rows.leaf[i] == l) {
                    rows++;
                    n += !isnan(values[i]);
                    mean += isnan(values[i]) ? 0 : values[i];
                }
            if (rows < 10) {
                assert_int_equal(t->lines.first[l + 1], t->lines.first[l]);
                continue;
            }
            const tree_term *term = &t->lines.terms[t->lines.first[l]];
            mean /= n;
            for (int i = 0; i < ROWS; i++)
                if (b.rows.leaf[i] == l && !isnan(values[i])) {
                    square += (values[i] - mean) * (values[i] - mean);
                    product += (values[i] - mean) * (e.value[i] - from - value);
                    assert_true(values[i] >= term->low && values[i] <= term->high);
                }
            double scale = sqrt(square / rows), weight = 0.3 * product / scale / (square / scale / scale + plain.l2) / scale;
            assert_int_equal(t->lines.first[l + 1] - t->lines.first[l], 1);
            assert_true(fabs(term->center - mean) < 1e-12 && fabs(term->weight - weight) < 1e-9);
        }
        boost_trainer_clear(&b);
        matrix_free(x);
    }
    matrix_free(e.x);
}

/* Where the target is made of lines, lines come nearer to it. */
static void lines_fit_lines(void **state)
{
    (void)state;
    static example e;
    double error[2] = {0};
    make_example(&e);
    learn_task task = task_of(&e, PROBLEM_REGRESSION, false);
    for (int linear = 0; linear < 2; linear++) {
        boost_settings s = plain;
        boost_trainer b;
        s.linear_leaves = linear;
        start(&b, &s, &task);
        train(&b, 10);
        for (int i = 0; i < ROWS; i++)
            error[linear] += (b.rows.sums[i] - e.value[i]) * (b.rows.sums[i] - e.value[i]);
        boost_trainer_clear(&b);
    }
    if (!(error[1] < 0.7 * error[0])) fail_msg("%g with lines, %g without", error[1], error[0]);
    matrix_free(e.x);
}

/* On its own rows, and on others with missing and far numbers, saved and loaded. */
static void predictions_are_the_trainers(void **state)
{
    (void)state;
    static example e;
    static double out[ROWS], again[ROWS];
    make_example(&e);
    for (int growth = GROW_SYMMETRIC; growth <= GROW_LOSSGUIDE; growth++)
        for (int problem = PROBLEM_BINARY; problem <= PROBLEM_REGRESSION; problem++) {
            if (problem == PROBLEM_MULTICLASS) continue;
            learn_task task = task_of(&e, (problem_type)problem, true);
            boost_settings s = plain;
            boost_trainer b;
            predictor *p = NULL, *loaded = NULL;
            bytes_writer w = {0};
            task.held_out = task.train;
            s.growth = (boost_growth)growth;
            start(&b, &s, &task);
            train(&b, 6);
            assert_int_equal(boost_trainer_predictor(&b, 6, TREE_IDENTITY, &p, NULL), PTG_OK);
            predictor_save(p, &w);
            bytes_reader r = bytes_reader_of(w.data, w.size);
            assert_int_equal(predictor_load(&r, &loaded, NULL), PTG_OK);
            assert_int_equal(predictor_predict(p, e.x, out, NULL), PTG_OK);
            assert_int_equal(predictor_predict(loaded, e.x, again, NULL), PTG_OK);
            assert_memory_equal(out, again, sizeof out);
            int64_t terms = 0;
            for (int t = 0; t < 6; t++)
                terms += b.trees[t].lines.first[b.trees[t].n_leaves];
            assert_true(terms > 12);
            /* Totals of statistics stand where training saw ordered ones: held-out rows see the totals too. */
            for (int i = 0; i < ROWS; i++)
                assert_true(isfinite(out[i]) && fabs(b.held.sums[i] - out[i]) < 1e-9);
            text_buffer_clear(&w);
            predictor_free(p);
            predictor_free(loaded);
            boost_trainer_clear(&b);
        }
    matrix_free(e.x);
}

static bytes_writer saved(const learn_task *task, const boost_settings *s, const boost_kernels *kernels)
{
    boost_trainer b;
    predictor *p = NULL;
    bytes_writer w = {0};
    start(&b, s, task);
    b.leaves.kernels = b.search.kernels = kernels;
    train(&b, 4);
    assert_int_equal(boost_trainer_predictor(&b, 4, TREE_IDENTITY, &p, NULL), PTG_OK);
    predictor_save(p, &w);
    predictor_free(p);
    boost_trainer_clear(&b);
    return w;
}

static void bytes_are_the_same(void **state)
{
    (void)state;
    static example e;
    const boost_kernels *kernels[3];
    int32_t n_kernels = boost_kernels_all(kernels);
    make_example(&e);
    for (int growth = GROW_SYMMETRIC; growth <= GROW_LOSSGUIDE; growth++) {
        learn_task task = task_of(&e, PROBLEM_BINARY, true);
        boost_settings s = plain;
        s.growth = (boost_growth)growth;
        bytes_writer first = saved(&task, &s, kernels[0]);
        for (int32_t k = 0; k < n_kernels; k++) {
            task.threads = 1 + k % 2;
            bytes_writer other = saved(&task, &s, kernels[k]);
            assert_true(first.size == other.size && memcmp(first.data, other.data, (size_t)first.size) == 0);
            text_buffer_clear(&other);
        }
        task.threads = 2;
        bytes_writer other = saved(&task, &s, kernels[0]);
        assert_true(first.size == other.size && memcmp(first.data, other.data, (size_t)first.size) == 0);
        text_buffer_clear(&other);
        text_buffer_clear(&first);
    }
    matrix_free(e.x);
}

/* Other losses are refused in one sentence. */
static void losses_without_newton_steps(void **state)
{
    (void)state;
    static example e;
    make_example(&e);
    learn_task task = task_of(&e, PROBLEM_BINARY, false);
    boost_trainer b;
    ptg_error err = {0};
    task.problem = PROBLEM_MULTICLASS;
    task.loss = LOSS_SOFTMAX;
    assert_int_equal(boost_trainer_start(&b, &plain, &task, &task.train, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "linear_leaves"));
    boost_trainer_clear(&b);
    matrix_free(e.x);
}

#ifdef PTG_FAULTS
static void memory_may_run_out(void **state)
{
    (void)state;
    static example e;
    int64_t failures = 0;
    make_example(&e);
    learn_task task = task_of(&e, PROBLEM_REGRESSION, true);
    for (bool done = false; !done; failures++) {
        boost_trainer b;
        predictor *p = NULL;
        mem_fail_at(failures + 1);
        ptg_status status = boost_trainer_start(&b, &plain, &task, &task.train, NULL);
        for (int i = 0; i < 2 && status == PTG_OK; i++)
            status = boost_trainer_round(&b, NULL);
        if (status == PTG_OK) status = boost_trainer_predictor(&b, 2, TREE_IDENTITY, &p, NULL);
        mem_fail_at(0);
        done = status == PTG_OK;
        if (!done) assert_int_equal(status, PTG_ERROR_MEMORY);
        predictor_free(p);
        boost_trainer_clear(&b);
    }
    assert_true(failures > 50);
    matrix_free(e.x);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_ridge_regressions),  cmocka_unit_test(lines_fit_lines),
        cmocka_unit_test(predictions_are_the_trainers), cmocka_unit_test(bytes_are_the_same),
        cmocka_unit_test(losses_without_newton_steps),
#ifdef PTG_FAULTS
        cmocka_unit_test(memory_may_run_out),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
