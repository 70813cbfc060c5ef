/* monotone_constraints of boost: scores of ordered splits by their definition, values of leaves as the nearest ones in order,
 * and fitted predictions that never fall or never rise along a column, wherever the others stand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "learn/algorithm.h"
#include "learn/boost_monotone.h"

#include <cmocka.h>

enum { LEAVES_MOST = 1 << 6 };

static bool in_order(const monotone_tree *t, const double *values)
{
    for (int32_t leaf = 0; leaf < 1 << t->depth; leaf++)
        for (int32_t l = 0; l < t->depth; l++)
            if (!(leaf >> l & 1) && t->direction[l] * (values[leaf | 1 << l] - values[leaf]) < 0) return false;
    return true;
}

/* A part of the leaves, some without a say, with values of any order. */
static monotone_tree draw_tree(random_stream *r, double *weight, double *values)
{
    monotone_tree t = {.depth = 1 + (int32_t)random_below(r, 6)};
    for (int32_t l = 0; l < t.depth; l++)
        t.direction[l] = (int8_t)(random_below(r, 3) - 1);
    for (int32_t leaf = 0; leaf < 1 << t.depth; leaf++) {
        weight[leaf] = random_below(r, 4) == 0 ? 0 : exp(2 * random_normal(r));
        values[leaf] = weight[leaf] > 0 ? random_normal(r) : 0;
    }
    return t;
}

/* Values of a function that keeps the order: sums of what each ordered level adds, and of what belongs to the other levels. */
static void draw_ordered(random_stream *r, const monotone_tree *t, double *values)
{
    double step[MONOTONE_LEVELS_MOST], free_part[LEAVES_MOST], scale = exp(random_normal(r));
    int32_t mask = 0;
    for (int32_t l = 0; l < t->depth; l++) {
        step[l] = t->direction[l] * (random_below(r, 2) ? random_unit(r) : 0);
        mask |= t->direction[l] == 0 ? 1 << l : 0;
    }
    for (int32_t leaf = 0; leaf < 1 << t->depth; leaf++)
        free_part[leaf] = random_normal(r);
    for (int32_t leaf = 0; leaf < 1 << t->depth; leaf++) {
        values[leaf] = free_part[leaf & mask];
        for (int32_t l = 0; l < t->depth; l++)
            if (leaf >> l & 1) values[leaf] += scale * step[l];
    }
}

/* x is nearest to v among those in order where no y in order lies on v's side of it: sum w (v - x)(y - x) <= 0. */
static void values_are_the_nearest_in_order(void **state)
{
    (void)state;
    random_stream r = random_of(1, "monotone");
    for (int trial = 0; trial < 400; trial++) {
        double weight[LEAVES_MOST], given[LEAVES_MOST], got[LEAVES_MOST], other[LEAVES_MOST], again[LEAVES_MOST];
        monotone_tree t = draw_tree(&r, weight, given);
        memcpy(got, given, sizeof got);
        assert_int_equal(monotone_values(&t, weight, got, NULL), PTG_OK);
        assert_true(in_order(&t, got));
        for (int i = 0; i < 50; i++) {
            double side = 0, size = 0;
            draw_ordered(&r, &t, other);
            for (int32_t leaf = 0; leaf < 1 << t.depth; leaf++) {
                side += weight[leaf] * (given[leaf] - got[leaf]) * (other[leaf] - got[leaf]);
                size += weight[leaf];
            }
            if (!(side <= 1e-6 * size)) fail_msg("trial %d: %g above 0", trial, side / size);
        }
        memcpy(again, got, sizeof again);
        assert_int_equal(monotone_values(&t, weight, again, NULL), PTG_OK);
        for (int32_t leaf = 0; leaf < 1 << t.depth; leaf++)
            assert_true(fabs(again[leaf] - got[leaf]) < 1e-9);
    }
}

/* Cases by hand: a pair, a chain of three cuts of one column with its empty leaves, a falling pair, nothing to do. */
static void values_by_hand(void **state)
{
    (void)state;
    monotone_tree pair = {.depth = 1, .direction = {1}}, chain = {.depth = 2, .direction = {1, 1}};
    double two[] = {4, 1}, weight[] = {1, 2, 0, 1};
    assert_int_equal(monotone_values(&pair, weight, two, NULL), PTG_OK);
    assert_true(fabs(two[0] - 2) < 1e-12 && two[0] <= two[1] && fabs(two[1] - 2) < 1e-12);
    double four[] = {6, 3, 0, 1}, want[] = {3.25, 3.25, 3.25, 3.25};
    assert_int_equal(monotone_values(&chain, weight, four, NULL), PTG_OK);
    for (int i = 0; i < 4; i++)
        assert_true(fabs(four[i] - want[i]) < 1e-9);
    pair.direction[0] = -1;
    double falling[] = {4, 1}, rising[] = {1, 4};
    assert_int_equal(monotone_values(&pair, weight, falling, NULL), PTG_OK);
    assert_true(falling[0] == 4 && falling[1] == 1);
    assert_int_equal(monotone_values(&pair, weight, rising, NULL), PTG_OK);
    assert_true(fabs(rising[0] - 3) < 1e-12 && rising[1] <= rising[0]);
    pair.direction[0] = 0;
    double either[] = {4, 1};
    assert_int_equal(monotone_values(&pair, weight, either, NULL), PTG_OK);
    assert_true(either[0] == 4 && either[1] == 1);
}

/* Splits with the direction, and that of missing values, score as the kernels score them; others as the leaf unsplit. */
static void scores_of_ordered_splits(void **state)
{
    (void)state;
    enum { BINS = 12 };
    static const boost_packing packing = {.weight_bits = 20, .gradient_scale = 1024, .weight_scale = 8};
    static const double borders[BINS - 1] = {BORDER_MISSING, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    bin_column c = {.kind = BIN_NUMBER, .n_bins = BINS, .borders = borders};
    random_stream r = random_of(7, "monotone scan");
    int seen[2] = {0};
    for (int trial = 0; trial < 50; trial++) {
        int64_t cells[BINS], left = 0, all = 0;
        boost_scores free_scores = {0}, got = {0};
        int32_t direction = trial % 2 ? 1 : -1;
        for (int b = 0; b < BINS; b++)
            all += cells[b] = (random_below(&r, 2001) - 1000) * (INT64_C(1) << packing.weight_bits) + random_below(&r, 9);
        boost_kernels_best()->scan_borders(cells, BINS, &packing, 2.5, &free_scores);
        monotone_scan(cells, &c, &packing, 2.5, direction, &got);
        double g = packed_gradient(&packing, all), w = packed_weight(&packing, all), a = g / (w + 2.5);
        for (int b = 0; b < BINS - 1; b++) {
            left += cells[b];
            double gl = packed_gradient(&packing, left), wl = packed_weight(&packing, left);
            bool against = b > 0 && direction * ((g - gl) / (w - wl + 2.5) - gl / (wl + 2.5)) < 0;
            double numerator = against ? a * g : free_scores.numerator[b];
            double denominator = against ? a * a * w : free_scores.denominator[b];
            seen[against]++;
            assert_true(fabs(got.numerator[b] - numerator) <= 1e-9 * fabs(numerator));
            assert_true(fabs(got.denominator[b] - denominator) <= 1e-9 * fabs(denominator));
        }
    }
    assert_true(seen[0] > 100 && seen[1] > 100);
}

enum { ROWS = 1500, GRID = 61 };

/* Numbers with missing values (the last one whole numbers that look like codes), a category, and a target against the
 * directions in places. */
static matrix *columns_of(random_stream *r, double *target, problem_type problem)
{
    matrix *x = matrix_new(ROWS);
    double *up = matrix_add_real(x, "up"), *down = matrix_add_real(x, "down"), *other = matrix_add_real(x, "other"),
           *code = matrix_add_real(x, "code");
    int32_t *level = matrix_add_coded(x, "level", 5, NULL);
    for (int i = 0; i < ROWS; i++) {
        up[i] = 2 * random_normal(r);
        down[i] = 2 * random_normal(r);
        other[i] = 2 * random_normal(r);
        code[i] = (double)random_below(r, 12);
        level[i] = (int32_t)random_below(r, 5);
        double y = sin(2 * up[i]) + 0.5 * up[i] - down[i] + cos(3 * down[i]) * other[i] + sin(3 * code[i]) + 0.1 * code[i] +
                   (level[i] == 3 ? up[i] : 0) + random_normal(r);
        target[i] = problem == PROBLEM_BINARY ? y > 0 : fmax(y + 5, 0);
        if (random_below(r, 8) == 0) up[i] = NAN;
        if (random_below(r, 8) == 0) other[i] = NAN;
    }
    return x;
}

static const parameter_value *parameters_of(const char *object_text, arena *a)
{
    const algorithm *boost = algorithm_find("boost");
    parameter_value *values = NULL;
    json_t *object = NULL;
    ptg_error err = {0};
    if (json_read(text_of(object_text), "test", &object, &err) != PTG_OK) fail_msg("%s", err.message);
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

/* Rows that are one row of x but for one column, which goes over a grid. */
static matrix *grid_of(const matrix *x, int64_t row, int32_t moved)
{
    matrix *g = matrix_new(GRID);
    for (int32_t j = 0; j < x->n_features; j++) {
        const feature *f = &x->features[j];
        double *real = f->kind == FEATURE_REAL ? matrix_add_real(g, f->name) : NULL;
        int32_t *codes = real ? NULL : matrix_add_coded(g, f->name, f->n_levels, NULL);
        for (int i = 0; i < GRID; i++) {
            if (real) real[i] = j == moved ? -15 + 0.5 * i : f->real[row];
            if (codes) codes[i] = f->codes[row];
        }
    }
    return g;
}

static void check_direction(const predictor *p, const matrix *x, int32_t moved, int direction, const char *name)
{
    double out[GRID];
    bool moves = false;
    for (int64_t row = 0; row < 200; row++) {
        matrix *g = grid_of(x, row, moved);
        assert_int_equal(predictor_predict(p, g, out, NULL), PTG_OK);
        for (int i = 1; i < GRID; i++) {
            if (direction * (out[i] - out[i - 1]) < 0)
                fail_msg("%s, column %d: %.17g, then %.17g", name, moved, out[i - 1], out[i]);
            moves = moves || out[i] != out[i - 1];
        }
        matrix_free(g);
    }
    assert_true(moves);
}

static void predictions_keep_directions(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        problem_type problem;
    } cases[] = {
        {"\"depth\": 6", PROBLEM_REGRESSION},
        {"\"depth\": 4, \"score_function\": \"L2\", \"bootstrap_type\": \"MVS\"", PROBLEM_REGRESSION},
        {"\"depth\": 6", PROBLEM_BINARY},
        {"\"depth\": 5, \"loss_function\": \"Poisson\"", PROBLEM_REGRESSION},
        {"\"depth\": 5, \"loss_function\": \"Huber\"", PROBLEM_REGRESSION},
        {"\"depth\": 5, \"loss_function\": \"Quantile\", \"quantile_alpha\": 0.7, \"l2_leaf_reg\": 0", PROBLEM_REGRESSION},
        {"\"depth\": 10, \"l2_leaf_reg\": 0", PROBLEM_BINARY},
    };
    static double target[ROWS];
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char object_text[300];
        arena *a = arena_new();
        random_stream r = random_of(c, "monotone fits");
        matrix *x = columns_of(&r, target, cases[c].problem);
        snprintf(object_text, sizeof object_text,
                 "{%s, \"learning_rate\": 0.2, \"monotone_constraints\": {\"up\": 1, \"down\": -1, \"code\": 1, \"level\": 0}}",
                 cases[c].more);
        learn_task task = {.problem = cases[c].problem,
                           .n_classes = 2,
                           .loss = cases[c].problem == PROBLEM_BINARY ? LOSS_LOGISTIC : LOSS_SQUARED,
                           .train = {x, target, NULL},
                           .parameters = parameters_of(object_text, a),
                           .seed = c,
                           .threads = 1};
        predictor *p = train(&task, 60);
        check_direction(p, x, 0, 1, cases[c].more);
        check_direction(p, x, 1, -1, cases[c].more);
        check_direction(p, x, 3, 1, cases[c].more);
        predictor_free(p);
        matrix_free(x);
        arena_free(a);
    }
}

static double squared_error(const predictor *p, const matrix *x, const double *target)
{
    static double out[ROWS];
    double sum = 0;
    assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
    for (int i = 0; i < ROWS; i++)
        sum += (out[i] - target[i]) * (out[i] - target[i]) / ROWS;
    return sum;
}

/* A column whose effect is forbidden does not keep trees from the others, nor does it keep missing values from their own. */
static void forbidden_effects_leave_room(void **state)
{
    (void)state;
    static double target[ROWS];
    arena *a = arena_new();
    matrix *x = matrix_new(ROWS);
    double *against = matrix_add_real(x, "against"), *small = matrix_add_real(x, "small");
    random_stream r = random_of(3, "forbidden");
    for (int i = 0; i < ROWS; i++) {
        against[i] = random_normal(&r);
        small[i] = random_normal(&r);
        target[i] = -4 * against[i] + small[i] + 0.1 * random_normal(&r);
        if (random_below(&r, 5) == 0) {
            against[i] = NAN;
            target[i] = small[i] + 20;
        }
    }
    learn_task task = {.problem = PROBLEM_REGRESSION, .train = {x, target, NULL}, .threads = 1};
    task.parameters = parameters_of("{\"learning_rate\": 0.2, \"monotone_constraints\": {\"against\": 1}}", a);
    predictor *p = train(&task, 100);
    double error = squared_error(p, x, target);
    if (!(error > 10 && error < 16.5)) fail_msg("error %g, but 16 * 0.8 are in the forbidden effect alone", error);
    predictor_free(p);
    matrix_free(x);
    arena_free(a);
}

static void refused(const matrix *x, const double *target, problem_type problem, const char *object_text, const char *part)
{
    arena *a = arena_new();
    learn_task task = {.problem = problem,
                       .n_classes = 3,
                       .loss = problem == PROBLEM_MULTICLASS ? LOSS_SOFTMAX : LOSS_SQUARED,
                       .train = {x, target, NULL},
                       .parameters = parameters_of(object_text, a),
                       .threads = 1};
    learner *l = NULL;
    ptg_error err = {0};
    assert_int_equal(algorithm_find("boost")->fit(&task, 5, &l, &err), PTG_ERROR_USAGE);
    assert_null(l);
    if (!strstr(err.message, part)) fail_msg("'%s' is not in: %s", part, err.message);
    arena_free(a);
}

static void wrong_columns_are_refused(void **state)
{
    (void)state;
    static double target[ROWS];
    random_stream r = random_of(3, "refused");
    matrix *x = columns_of(&r, target, PROBLEM_REGRESSION);
    refused(x, target, PROBLEM_REGRESSION, "{\"monotone_constraints\": {\"dwon\": 1}}",
            "no column 'dwon'; did you mean 'down'?");
    refused(x, target, PROBLEM_REGRESSION, "{\"monotone_constraints\": {\"level\": -1}}", "'level' is a category");
    refused(x, target, PROBLEM_REGRESSION, "{\"grow_policy\": \"Lossguide\", \"monotone_constraints\": {\"up\": 1}}",
            "SymmetricTree alone, not by Lossguide");
    refused(x, target, PROBLEM_REGRESSION, "{\"linear_leaves\": true, \"monotone_constraints\": {\"up\": 1}}",
            "not kept by linear_leaves");
    for (int i = 0; i < ROWS; i++)
        target[i] = i % 3;
    refused(x, target, PROBLEM_MULTICLASS, "{\"monotone_constraints\": {\"up\": 1}}", "two classes and for values");
    matrix_free(x);
}

#ifdef PTG_FAULTS
static void memory_may_run_out(void **state)
{
    (void)state;
    static double target[ROWS];
    random_stream r = random_of(3, "faults");
    matrix *x = columns_of(&r, target, PROBLEM_REGRESSION);
    arena *a = arena_new();
    learn_task task = {.problem = PROBLEM_REGRESSION, .train = {x, target, NULL}, .threads = 1};
    task.parameters =
        parameters_of("{\"depth\": 2, \"number_ctr_rows\": 0, \"max_ctr_complexity\": 1, \"loss_function\": \"Huber\", "
                      "\"monotone_constraints\": {\"up\": 1}}",
                      a);
    const algorithm *boost = algorithm_find("boost");
    int64_t failures = 0;
    for (bool done = false; !done; failures++) {
        learner *l = NULL;
        ptg_error err = {0};
        mem_fail_at(failures + 1);
        ptg_status status = boost->fit(&task, 2, &l, &err);
        mem_fail_at(0);
        done = status == PTG_OK;
        if (!done) assert_int_equal(status, PTG_ERROR_MEMORY);
        boost->close(l);
    }
    assert_true(failures > 20);
    matrix_free(x);
    arena_free(a);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_by_hand),
        cmocka_unit_test(values_are_the_nearest_in_order),
        cmocka_unit_test(scores_of_ordered_splits),
        cmocka_unit_test(predictions_keep_directions),
        cmocka_unit_test(forbidden_effects_leave_room),
        cmocka_unit_test(wrong_columns_are_refused),
#ifdef PTG_FAULTS
        cmocka_unit_test(memory_may_run_out),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
