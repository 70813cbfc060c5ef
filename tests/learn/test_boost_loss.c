/* The losses of boost: derivatives against finite differences of the losses as they are written, values of leaves against their
 * closed forms, and where boosting starts. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "learn/boost_leaves.h"
#include "learn/boost_power.h"

#include <cmocka.h>

typedef struct loss_case {
    const char *name;
    problem_type problem;
    loss_kind kind;
    double parameter;
    double (*loss)(double y, double a, double parameter);
} loss_case;

static double squared(double y, double a, double p)
{
    (void)p;
    return 0.5 * (y - a) * (y - a);
}

static double logistic(double y, double a, double p)
{
    (void)p;
    return log1p(exp(a)) - y * a;
}

static double pinball(double y, double a, double q)
{
    return y > a ? q * (y - a) : (1 - q) * (a - y);
}

static double huber(double y, double a, double d)
{
    double r = fabs(y - a);
    return r <= d ? 0.5 * r * r : d * (r - 0.5 * d);
}

static double poisson(double y, double a, double p)
{
    (void)p;
    return exp(a) - y * a;
}

static double tweedie(double y, double a, double p)
{
    return exp((2 - p) * a) / (2 - p) - y * exp((1 - p) * a) / (1 - p);
}

static const loss_case cases[] = {
    {"squared", PROBLEM_REGRESSION, LOSS_SQUARED, 0, squared},
    {"logistic", PROBLEM_BINARY, LOSS_LOGISTIC, 0, logistic},
    {"absolute", PROBLEM_REGRESSION, LOSS_ABSOLUTE, 0, pinball},
    {"quantile", PROBLEM_REGRESSION, LOSS_QUANTILE, 0.8, pinball},
    {"relative", PROBLEM_REGRESSION, LOSS_RELATIVE, 0, pinball},
    {"huber", PROBLEM_REGRESSION, LOSS_HUBER, 1.25, huber},
    {"poisson", PROBLEM_REGRESSION, LOSS_POISSON, 0, poisson},
    {"tweedie", PROBLEM_REGRESSION, LOSS_TWEEDIE, 1.3, tweedie},
    {"gamma-like", PROBLEM_REGRESSION, LOSS_TWEEDIE, 1.9, tweedie},
};
enum { N_CASES = sizeof cases / sizeof cases[0] };

static boost_loss loss_of(const loss_case *c)
{
    learn_task task = {.problem = c->problem, .n_classes = 2, .loss = c->kind, .loss_parameter = c->parameter};
    return boost_loss_of(&task);
}

static double written(const loss_case *c, double y, double a)
{
    bool half = c->kind == LOSS_ABSOLUTE || c->kind == LOSS_RELATIVE;
    return c->loss(y, a, half ? 0.5 : c->parameter);
}

static bool has_kinks(const loss_case *c)
{
    return c->loss == pinball;
}

/* Away from kinks g is -dL/da. h is the second derivative, or of a parabola that is nowhere below the loss. */
static void check_point(const loss_case *c, double y, double a, double g, double h)
{
    double step = 1e-4, low = written(c, y, a - step), at = written(c, y, a), high = written(c, y, a + step);
    double first = (high - low) / (2 * step), second = (high - 2 * at + low) / (step * step);
    if (!(fabs(g + first) < 1e-6 * fmax(1, fabs(first))))
        fail_msg("%s: y %g a %g: gradient %.9g, not %.9g", c->name, y, a, g, -first);
    if (has_kinks(c)) {
        assert_true(h == 1);
    } else if (c->kind == LOSS_HUBER && fabs(y - a) > c->parameter) {
        for (double v = -20; v <= 20; v += 0.25)
            if (!(at - g * v + 0.5 * h * v * v >= written(c, y, a + v) - 1e-9))
                fail_msg("%s: below the loss at %g", c->name, v);
    } else if (!(fabs(h - second) < 2e-5 * fmax(1, fabs(second)))) {
        fail_msg("%s: y %g a %g: curvature %.9g, not %.9g", c->name, y, a, h, second);
    }
}

static void derivatives_are_those_of_the_loss(void **state)
{
    (void)state;
    enum { N = 200 };
    const boost_kernels *all[3];
    int32_t n_kernels = boost_kernels_all(all);
    for (int c = 0; c < N_CASES; c++) {
        double y[N], a[N], g[N], h[N], other_g[N], other_h[N];
        random_stream r = random_of((uint64_t)c, "losses");
        boost_loss loss = loss_of(&cases[c]);
        for (int i = 0; i < N; i++) {
            y[i] = cases[c].problem == PROBLEM_BINARY ? i % 2 : i % 5 == 0 ? 0 : 4 * random_unit(&r);
            a[i] = 2 * random_normal(&r);
            if (fabs(fabs(y[i] - a[i]) - cases[c].parameter) < 1e-3 || fabs(y[i] - a[i]) < 1e-3) a[i] += 0.01;
        }
        loss.derivatives(&loss, all[0], y, a, N, g, h);
        for (int i = 0; i < N; i++)
            check_point(&cases[c], y[i], a[i], g[i], h[i]);
        for (int32_t k = 1; k < n_kernels; k++) {
            loss.derivatives(&loss, all[k], y, a, N, other_g, other_h);
            assert_memory_equal(g, other_g, sizeof g);
            assert_memory_equal(h, other_h, sizeof h);
        }
    }
}

/* Rows of three leaves, the last one empty. */
enum { ROWS = 90, LEAVES = 3 };
typedef struct leaf_rows {
    double target[ROWS], weight[ROWS], sums[20 * ROWS], probability[20 * ROWS];
    uint16_t leaf[ROWS];
    boost_rows rows;
} leaf_rows;

static void fill_rows(leaf_rows *r, problem_type problem, int32_t outputs)
{
    random_stream stream = random_of(3, "leaves");
    for (int i = 0; i < ROWS; i++) {
        r->leaf[i] = (uint16_t)(random_below(&stream, 2));
        r->weight[i] = 0.25 + random_unit(&stream);
        r->target[i] = problem == PROBLEM_BINARY       ? (double)random_below(&stream, 2)
                       : problem == PROBLEM_MULTICLASS ? (double)random_below(&stream, outputs)
                       : random_below(&stream, 4) == 0 ? 0
                                                       : 5 * random_unit(&stream);
        for (int k = 0; k < outputs; k++)
            r->sums[k * ROWS + i] = 0.5 * random_normal(&stream);
    }
    r->rows = (boost_rows){
        .n = ROWS, .target = r->target, .weight = r->weight, .sums = r->sums, .probability = r->probability, .leaf = r->leaf};
}

static boost_leaves leaves_of(const boost_loss *loss, int32_t outputs, double l2, int32_t steps)
{
    return (boost_leaves){.kernels = boost_kernels_best(),
                          .loss = loss,
                          .n_outputs = outputs,
                          .l2 = l2,
                          .steps = steps > 0 ? steps : loss->steps};
}

/* The loss of a leaf whose sums are moved by v, without or with the penalty. */
static double leaf_loss(const loss_case *c, const leaf_rows *r, int leaf, double v, double l2)
{
    double sum = 0.5 * l2 * v * v;
    for (int i = 0; i < ROWS; i++)
        if (r->leaf[i] == leaf) sum += r->weight[i] * written(c, r->target[i], r->sums[i] + v);
    return sum;
}

static void sum_leaf(const boost_loss *loss, const leaf_rows *r, int leaf, double v, double *gradient, double *curvature)
{
    *gradient = *curvature = 0;
    for (int i = 0; i < ROWS; i++) {
        double a = r->sums[i] + v, g, h;
        if (r->leaf[i] != leaf) continue;
        loss->derivatives(loss, boost_kernels_best(), &r->target[i], &a, 1, &g, &h);
        *gradient += r->weight[i] * g;
        *curvature += r->weight[i] * h;
    }
}

static void assert_close(const char *name, double got, double want, double nearness)
{
    if (!(fabs(got - want) <= nearness * fmax(1, fabs(want)))) fail_msg("%s: %.12g, not %.12g", name, got, want);
}

/* One Newton step is G / (H + l2); the covers are weights. */
static void one_step_is_newtons(void **state)
{
    (void)state;
    static leaf_rows r;
    for (int c = 0; c < N_CASES; c++) {
        boost_loss loss = loss_of(&cases[c]);
        if (loss.method == LEAF_QUANTILE) continue;
        fill_rows(&r, cases[c].problem, 1);
        boost_leaves how = leaves_of(&loss, 1, 3, 1);
        double values[LEAVES], cover[LEAVES];
        assert_int_equal(boost_leaves_estimate(&how, &r.rows, LEAVES, values, cover, NULL), PTG_OK);
        for (int l = 0; l < LEAVES; l++) {
            double g, h, w = 0;
            sum_leaf(&loss, &r, l, 0, &g, &h);
            for (int i = 0; i < ROWS; i++)
                w += r.leaf[i] == l ? r.weight[i] : 0;
            assert_close(cases[c].name, values[l], g / (h + 3), 1e-12);
            assert_close("cover", cover[l], w, 1e-12);
        }
    }
}

/* With the steps that it takes by itself a loss is least at the value, but for what a step leaves. */
static void own_steps_lead_to_the_least_loss(void **state)
{
    (void)state;
    static leaf_rows r;
    for (int c = 0; c < N_CASES; c++) {
        boost_loss loss = loss_of(&cases[c]);
        bool penalised = loss.method == LEAF_POWER || cases[c].loss == squared;
        double l2 = penalised ? 2 : 0, values[LEAVES], cover[LEAVES];
        fill_rows(&r, cases[c].problem, 1);
        boost_leaves how = leaves_of(&loss, 1, l2, cases[c].kind == LOSS_HUBER ? 60 : 0);
        assert_int_equal(boost_leaves_estimate(&how, &r.rows, LEAVES, values, cover, NULL), PTG_OK);
        for (int l = 0; l < 2; l++) {
            double at = leaf_loss(&cases[c], &r, l, values[l], l2);
            for (double step = 1e-3; step < 1; step *= 10) {
                assert_true(at <= leaf_loss(&cases[c], &r, l, values[l] + step, l2) + 1e-9);
                assert_true(at <= leaf_loss(&cases[c], &r, l, values[l] - step, l2) + 1e-9);
            }
        }
        assert_true(values[2] == 0);
    }
}

/* The loss of one leaf over all classes. */
static double softmax_loss(const leaf_rows *r, int32_t k, int leaf, const double *v)
{
    double sum = 0;
    for (int i = 0; i < ROWS; i++) {
        double total = 0;
        if (r->leaf[i] != leaf) continue;
        for (int32_t c = 0; c < k; c++)
            total += exp(r->sums[c * ROWS + i] + v[c]);
        int32_t label = (int32_t)r->target[i];
        sum += r->weight[i] * (log(total) - r->sums[label * ROWS + i] - v[label]);
    }
    return sum;
}

static double moved_loss(const leaf_rows *r, int32_t k, int leaf, int32_t a, double by_a, int32_t b, double by_b)
{
    double v[20] = {0};
    v[a] += by_a;
    v[b] += by_b;
    return softmax_loss(r, k, leaf, v);
}

/* (H + l2) value = G with G and H by finite differences: all of H up to 16 classes, its diagonal above. */
static void check_softmax(int32_t k)
{
    static leaf_rows r;
    static const double l2 = 1.5, e = 1e-4;
    double values[LEAVES * 20], cover[LEAVES];
    boost_loss loss = boost_loss_of(&(learn_task){.problem = PROBLEM_MULTICLASS, .n_classes = k, .loss = LOSS_SOFTMAX});
    fill_rows(&r, PROBLEM_MULTICLASS, k);
    boost_leaves how = leaves_of(&loss, k, l2, 0);
    assert_int_equal(boost_leaves_softmax(&how, &r.rows, NULL), PTG_OK);
    assert_int_equal(boost_leaves_estimate(&how, &r.rows, LEAVES, values, cover, NULL), PTG_OK);
    for (int leaf = 0; leaf < 2; leaf++)
        for (int32_t a = 0; a < k; a++) {
            const double *v = values + leaf * k;
            double gradient = (moved_loss(&r, k, leaf, a, -e, a, 0) - moved_loss(&r, k, leaf, a, e, a, 0)) / (2 * e);
            double product = l2 * v[a];
            for (int32_t b = 0; b < k; b++) {
                if (k > JOINT_CLASSES && a != b) continue;
                double both = moved_loss(&r, k, leaf, a, e, b, e) + moved_loss(&r, k, leaf, a, -e, b, -e);
                double against = moved_loss(&r, k, leaf, a, e, b, -e) + moved_loss(&r, k, leaf, a, -e, b, e);
                product += (both - against) / (4 * e * e) * v[b];
            }
            assert_close("softmax", product, gradient, 2e-5);
        }
}

static void classes_are_solved_together(void **state)
{
    (void)state;
    check_softmax(3);
    check_softmax(JOINT_CLASSES);
    check_softmax(20);
}

/* Leaves of nothing but zeros, of large targets far above their sums, of one row, and without a penalty. */
static void roots_of_odd_leaves(void **state)
{
    (void)state;
    const boost_kernels *k = boost_kernels_best();
    static const double powers[] = {1, 1.000001, 1.5, 1.999999};
    static const double sums[][2] = {{0, 50}, {0, 1e-30}, {1e9, 1}, {1e-9, 1e9}, {1, 1}, {0, 0}, {5e300, 1e-5}, {3, 0}};
    for (size_t p = 0; p < 4; p++)
        for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
            for (double l2 = 0; l2 < 10; l2 += 3) {
                power_leaf leaf = {sums[i][0], sums[i][1], powers[p], l2};
                double v = power_leaf_root(&leaf, k), g, h, below, above;
                assert_true(isfinite(v) && fabs(v) <= POWER_MOST);
                power_leaf_derive(&leaf, k, fmax(v - 1e-6, -POWER_MOST), &below, &h);
                power_leaf_derive(&leaf, k, fmin(v + 1e-6, POWER_MOST), &above, &h);
                power_leaf_derive(&leaf, k, v, &g, &h);
                if (v > -POWER_MOST + 1e-5 && !(below - l2 * (v - 1e-6) >= 0))
                    fail_msg("power %zu sums %zu: %g is high", p, i, v);
                if (v < POWER_MOST - 1e-5 && !(above - l2 * (v + 1e-6) <= 0))
                    fail_msg("power %zu sums %zu: %g is low", p, i, v);
            }
}

static void starts_are_best_constants(void **state)
{
    (void)state;
    static const double target[] = {1, 9, 2, 4, 4}, weight[] = {2, 1, 1, 0.5, 0.5}, zeros[] = {0, 0, 0}, equal[] = {7, 7, 7, 9};
    double start;
    boost_loss loss = loss_of(&cases[0]);
    assert_int_equal(boost_loss_start(&loss, target, weight, 5, &start, NULL), PTG_OK);
    assert_true(start == 17.0 / 5);
    loss = loss_of(&cases[6]);
    assert_int_equal(boost_loss_start(&loss, target, NULL, 5, &start, NULL), PTG_OK);
    assert_close("log mean", start, log(4), 1e-15);
    assert_int_equal(boost_loss_start(&loss, zeros, NULL, 3, &start, NULL), PTG_OK);
    assert_true(isfinite(start) && exp(start) < 1e-9);
    loss = loss_of(&cases[3]);
    assert_int_equal(boost_loss_start(&loss, target, weight, 5, &start, NULL), PTG_OK);
    assert_true(start == 4);
    loss = boost_loss_of(&(learn_task){.problem = PROBLEM_REGRESSION, .loss = LOSS_HUBER, .loss_parameter = NAN});
    assert_int_equal(boost_loss_start(&loss, target, NULL, 5, &start, NULL), PTG_OK);
    assert_true(start == 4 && loss.distance == 4);
    loss.distance = NAN;
    assert_int_equal(boost_loss_start(&loss, equal, NULL, 4, &start, NULL), PTG_OK);
    assert_true(start == 7 && loss.distance == 1);
    loss.distance = NAN;
    assert_int_equal(boost_loss_start(&loss, zeros, NULL, 3, &start, NULL), PTG_OK);
    assert_true(start == 0 && loss.distance == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_are_those_of_the_loss),
        cmocka_unit_test(one_step_is_newtons),
        cmocka_unit_test(own_steps_lead_to_the_least_loss),
        cmocka_unit_test(classes_are_solved_together),
        cmocka_unit_test(roots_of_odd_leaves),
        cmocka_unit_test(starts_are_best_constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
