/* Functions from trees: that they add up to the trees, are centred and pure, survive saving, and that damaged ones are refused.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "learn/boost_learner.h"
#include "learn/shape_trees.h"

#include <cmocka.h>

enum { ROWS = 800, OUTPUTS_MOST = 3 };

/* Numbers with and without holes, a category of many levels and one of two, a sparse column; the target has a pair in it. */
typedef struct example {
    matrix *x;
    double target[ROWS], weight[ROWS];
} example;

static void example_make(example *e, problem_type problem)
{
    random_stream r = random_of(3, "example");
    int64_t *rows, stored = 0;
    double *values;
    e->x = matrix_new(ROWS);
    double *a = matrix_add_real(e->x, "a"), *b = matrix_add_real(e->x, "b");
    int32_t *many = matrix_add_coded(e->x, "many", 12, NULL), *two = matrix_add_coded(e->x, "two", 2, NULL);
    assert_int_equal(matrix_add_sparse(e->x, "sparse", ROWS / 5, &rows, &values, NULL), PTG_OK);
    for (int64_t i = 0; i < ROWS; i++) {
        a[i] = random_normal(&r);
        b[i] = random_below(&r, 8) == 0 ? (double)NAN : random_normal(&r);
        many[i] = (int32_t)random_below(&r, 10);
        two[i] = (int32_t)random_below(&r, 3) - 1;
        double sparse = 0;
        if (i % 5 == 0) rows[stored] = i, sparse = values[stored++] = random_normal(&r);
        double s = a[i] + (isnan(b[i]) ? 1 : a[i] * b[i]) + (many[i] % 3) + (two[i] == 1) + sparse + 0.3 * random_normal(&r);
        e->target[i] = problem == PROBLEM_BINARY ? s > 1 : problem == PROBLEM_MULTICLASS ? (s > 0) + (s > 2) : s;
        e->weight[i] = 0.2 + random_unit(&r);
    }
}

/* A model, and the trees that it was made of. */
typedef struct made {
    arena *memory;
    const algorithm *algorithm;
    learn_task task;
    learner *learner;
    predictor *functions, *trees;
} made;

static void make(made *m, const example *e, problem_type problem, const char *settings)
{
    static const loss_kind loss_of[] = {LOSS_LOGISTIC, LOSS_SOFTMAX, LOSS_SQUARED};
    ptg_error err = {0};
    json_t *object = json_loads(settings, 0, NULL);
    parameter_value *values;
    *m = (made){.memory = arena_new(), .algorithm = algorithm_find("additive")};
    assert_int_equal(
        parameter_read(m->algorithm->parameters, m->algorithm->n_parameters, object, "test", m->memory, &values, &err), PTG_OK);
    json_decref(object);
    m->task = (learn_task){.problem = problem,
                           .n_classes = problem == PROBLEM_MULTICLASS ? 3 : 2,
                           .loss = loss_of[problem],
                           .train = {e->x, e->target, problem == PROBLEM_BINARY ? e->weight : NULL},
                           .parameters = values,
                           .seed = 5,
                           .threads = 1};
    if (m->algorithm->fit(&m->task, 60, &m->learner, &err) != PTG_OK) fail_msg("%s", err.message);
    if (m->algorithm->finish(m->learner, 60, &m->functions, &err) != PTG_OK) fail_msg("%s", err.message);
    assert_int_equal(boost_trainer_predictor(&m->learner->trainer, 60, TREE_IDENTITY, &m->trees, NULL), PTG_OK);
}

static void made_clear(made *m)
{
    predictor_free(m->functions);
    predictor_free(m->trees);
    m->algorithm->close(m->learner);
    arena_free(m->memory);
}

static const char of_one[] = "{\"learning_rate\": 0.2}";
static const char of_two[] = "{\"learning_rate\": 0.3, \"interaction_depth\": 2, \"interactions\": 3}";

/* The parts of every row, also of odd ones, add up to what the trees say. */
static void parts_add_up(void **state)
{
    (void)state;
    for (int problem = 0; problem < 3; problem++)
        for (int pairs = 0; pairs < 2; pairs++) {
            example e;
            made m;
            double out[ROWS * OUTPUTS_MOST], raw[ROWS * OUTPUTS_MOST];
            example_make(&e, (problem_type)problem);
            make(&m, &e, (problem_type)problem, pairs ? of_two : of_one);
            const shape_model *shapes = predictor_shapes(m.functions);
            assert_non_null(shapes);
            assert_int_equal(shapes->terms[shapes->n_terms - 1].n_axes, 1 + pairs);
            ((double *)(uintptr_t)e.x->features[0].real)[0] = INFINITY;
            ((double *)(uintptr_t)e.x->features[0].real)[1] = -INFINITY;
            ((double *)(uintptr_t)e.x->features[0].real)[2] = NAN;
            ((int32_t *)(uintptr_t)e.x->features[2].codes)[3] = -1;
            ((int32_t *)(uintptr_t)e.x->features[2].codes)[4] = 11;
            assert_int_equal(shape_model_raw(shapes, e.x, out, NULL), PTG_OK);
            assert_int_equal(predictor_predict(m.trees, e.x, raw, NULL), PTG_OK);
            for (int64_t i = 0; i < ROWS * shapes->n_outputs; i++)
                if (!(fabs(out[i] - raw[i]) < 1e-9)) fail_msg("value %d is %.17g, not %.17g", (int)i, out[i], raw[i]);
            made_clear(&m);
            matrix_free(e.x);
        }
}

static double mean_of(const shape_model *m, const shape_term *t, int32_t k)
{
    double sum = 0;
    for (int64_t c = 0; c < shape_cells(t); c++)
        sum += t->share[c] * t->values[k * shape_cells(t) + c];
    return m->n_outputs > 0 ? sum : NAN;
}

/* The mean of a pair's values over the training rows in one cell of its first or second feature. */
static double line_mean(const shape_term *t, int axis, int64_t cell)
{
    double sum = 0, weight = 0;
    int64_t width = t->axes[1].n_cells;
    for (int64_t c = 0; c < shape_cells(t); c++) {
        if ((axis == 0 ? c / width : c % width) != cell) continue;
        sum += t->share[c] * t->values[c];
        weight += t->share[c];
    }
    return weight > 0 ? sum / weight : 0;
}

static void functions_are_centred_and_pure(void **state)
{
    (void)state;
    example e;
    made m;
    example_make(&e, PROBLEM_REGRESSION);
    make(&m, &e, PROBLEM_REGRESSION, of_two);
    const shape_model *shapes = predictor_shapes(m.functions);
    int pairs = 0;
    double strongest = 0;
    for (int32_t t = 0; t < shapes->n_terms; t++) {
        const shape_term *term = &shapes->terms[t];
        double share = 0;
        for (int64_t c = 0; c < shape_cells(term); c++)
            share += term->share[c];
        assert_true(fabs(share - 1) < 1e-12);
        assert_true(fabs(mean_of(shapes, term, 0)) < 1e-12);
        if (term->n_axes == 1) continue;
        pairs++;
        for (int a = 0; a < 2; a++)
            for (int64_t c = 0; c < term->axes[a].n_cells; c++)
                assert_true(fabs(line_mean(term, a, c)) < 1e-9);
        if (term->axes[0].feature == 0 && term->axes[1].feature == 1) strongest = shape_importance(shapes, term);
    }
    assert_true(pairs >= 1 && pairs <= 3);
    assert_true(strongest > 0.2); /* a x b is in the target */
    double mean = 0, out[ROWS];
    assert_int_equal(shape_model_raw(shapes, e.x, out, NULL), PTG_OK);
    for (int i = 0; i < ROWS; i++)
        mean += out[i] / ROWS;
    assert_true(fabs(mean - shapes->intercept[0]) < 1e-9);
    made_clear(&m);
    matrix_free(e.x);
}

/* One feature a tree leaves no function of two; a feature that says nothing has none. */
static void one_feature_is_one_feature(void **state)
{
    (void)state;
    example e;
    made m;
    example_make(&e, PROBLEM_REGRESSION);
    make(&m, &e, PROBLEM_REGRESSION, of_one);
    const shape_model *shapes = predictor_shapes(m.functions);
    for (int32_t t = 0; t < shapes->n_terms; t++) {
        assert_int_equal(shapes->terms[t].n_axes, 1);
        if (t > 0) assert_true(shapes->terms[t - 1].axes[0].feature < shapes->terms[t].axes[0].feature);
    }
    made_clear(&m);
    matrix_free(e.x);
}

static void saved_and_damaged(void **state)
{
    (void)state;
    example e;
    made m;
    example_make(&e, PROBLEM_MULTICLASS);
    make(&m, &e, PROBLEM_MULTICLASS, of_two);
    bytes_writer w = {0}, again = {0};
    predictor_save(m.functions, &w);
    bytes_reader r = bytes_reader_of(w.data, w.size);
    predictor *loaded = NULL;
    assert_int_equal(predictor_load(&r, &loaded, NULL), PTG_OK);
    predictor_save(loaded, &again);
    assert_int_equal(w.size, again.size);
    assert_memory_equal(w.data, again.data, (size_t)w.size);
    predictor_free(loaded);
    for (int64_t size = 0; size < w.size; size += 1 + size / 50) {
        r = bytes_reader_of(w.data, size);
        assert_int_equal(predictor_load(&r, &loaded, NULL), PTG_ERROR_FORMAT);
    }
    /* Any byte may be any other: refused, or a model that predicts without a fault. */
    double out[ROWS * OUTPUTS_MOST];
    random_stream s = random_of(1, "damage");
    for (int i = 0; i < 3000; i++) {
        int64_t at = random_below(&s, w.size);
        memcpy(again.data, w.data, (size_t)w.size);
        again.data[at] = (char)random_below(&s, 256);
        r = bytes_reader_of(again.data, w.size);
        if (predictor_load(&r, &loaded, NULL) != PTG_OK) continue;
        if (predictor_width(loaded) == 3) predictor_predict(loaded, e.x, out, NULL);
        predictor_free(loaded);
    }
    text_buffer_clear(&w);
    text_buffer_clear(&again);
    made_clear(&m);
    matrix_free(e.x);
}

/* Trees that ask three features at once are no sum of functions of two. */
static void other_trees_are_refused(void **state)
{
    (void)state;
    example e;
    made m;
    example_make(&e, PROBLEM_REGRESSION);
    make(&m, &e, PROBLEM_REGRESSION, of_one);
    boost_settings settings = m.learner->trainer.settings;
    settings.terms.most_features = 0;
    settings.depth = 5;
    boost_trainer trainer;
    assert_int_equal(boost_trainer_start(&trainer, &settings, &m.task, &m.task.train, NULL), PTG_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(boost_trainer_round(&trainer, NULL), PTG_OK);
    tree_model *trees;
    statistic_tables *tables;
    shape_model *shapes;
    ptg_error err = {0};
    assert_int_equal(boost_trainer_trees(&trainer, 5, TREE_IDENTITY, &trees, &tables, NULL), PTG_OK);
    assert_int_equal(shape_model_of_trees(trees, tables, e.x, NULL, &shapes, &err), PTG_ERROR_FAILED);
    assert_null(shapes);
    assert_non_null(strstr(err.message, "more than two"));
    tree_model_free(trees);
    statistic_tables_free(tables);
    boost_trainer_clear(&trainer);
    made_clear(&m);
    matrix_free(e.x);
}

static void other_columns_are_refused(void **state)
{
    (void)state;
    example e;
    made m;
    double out[ROWS];
    ptg_error err = {0};
    example_make(&e, PROBLEM_REGRESSION);
    make(&m, &e, PROBLEM_REGRESSION, of_one);
    matrix *x = matrix_new(1);
    for (int i = 0; i < 5; i++)
        matrix_add_real(x, "number");
    assert_int_equal(predictor_predict(m.functions, x, out, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "was a category in training"));
    matrix_free(x);
    made_clear(&m);
    matrix_free(e.x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(functions_are_centred_and_pure),
        cmocka_unit_test(one_feature_is_one_feature),
        cmocka_unit_test(saved_and_damaged),
        cmocka_unit_test(other_trees_are_refused),
        cmocka_unit_test(other_columns_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
