/* Thresholds against all candidates tried one by one, jackknife errors against formulas, comparisons, and calibration against
 * scipy (golden_calibration.py). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "evaluate/calibration.h"
#include "evaluate/metrics.h"

#include <cmocka.h>

enum { N = 400, K = 3 };

static double target[N], weight[N], prediction[N * K];
static int32_t group[N];

static void near(double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance)) print_error("got %.17g, not %.17g\n", got, wanted);
    assert_true(fabs(got - wanted) <= tolerance);
}

static objective objective_of(const char *name, problem_type problem)
{
    objective o;
    assert_int_equal(objective_read(name, problem, &o, NULL), PTG_OK);
    return o;
}

static metric_input rows_of(problem_type problem, int64_t n)
{
    return (metric_input){
        .problem = problem, .n_classes = problem == PROBLEM_BINARY ? 2 : K, .n = n, .target = target, .prediction = prediction};
}

static void fill_binary(double grid)
{
    random_stream r = random_of(2, "judgement");
    for (int i = 0; i < N; i++) {
        double p = random_unit(&r);
        prediction[i] = grid > 0 ? (floor(p * grid) + 0.5) / grid : p;
        target[i] = random_unit(&r) < 0.1 + 0.5 * p;
        weight[i] = (double)random_below(&r, 4);
    }
}

/* The best score over all midpoints (predictions lie on both sides of 0.5), by the metric itself. */
static double best_by_trying(const objective *o, metric_input in, double *threshold)
{
    double best = -INFINITY;
    *threshold = 0.5;
    for (int64_t i = 0; i < in.n; i++) {
        double next = INFINITY;
        for (int64_t j = 0; j < in.n; j++)
            if (in.prediction[j] > in.prediction[i] && in.prediction[j] < next) next = in.prediction[j];
        if (isinf(next)) continue;
        in.threshold = in.prediction[i] + 0.5 * (next - in.prediction[i]);
        double score = objective_score(o, &in);
        if (score > best || (score == best && fabs(in.threshold - 0.5) < fabs(*threshold - 0.5))) {
            best = score;
            *threshold = in.threshold;
        }
    }
    return best;
}

static void threshold_is_the_best(void **state)
{
    (void)state;
    static const char *const names[] = {"f1", "accuracy", "balanced_accuracy", "mcc"};
    for (int grid = 7; grid < 30; grid += 7)
        for (size_t m = 0; m < 4; m++)
            for (int weighted = 0; weighted < 2; weighted++) {
                objective o = objective_of(names[m], PROBLEM_BINARY);
                double threshold, wanted;
                fill_binary(grid);
                metric_input in = rows_of(PROBLEM_BINARY, N);
                in.weight = weighted ? weight : NULL;
                for (int i = 0; weighted && i < N; i++)
                    weight[i] += 1; /* whole weights above 0: every midpoint is a candidate and sums are exact */
                double score = threshold_best_score(&o, &in, &threshold);
                near(score, best_by_trying(&o, in, &wanted), 1e-12);
                in.threshold = threshold;
                near(objective_score(&o, &in), score, 0);
                assert_true(threshold == threshold_tune(&o, &in));
                near(threshold, wanted, 1e-12);
            }
}

static void thresholds_at_the_edges(void **state)
{
    (void)state;
    const double yes[] = {0.7, 0.8, 0.9}, no[] = {0.1, 0.2, 0.3}, half[] = {0.5, 0.5, 0.5},
                 close[] = {0.25, 0x1.0000000000001p-2, 0.1};
    const double sides[] = {0, 1, 1}, ones[] = {1, 1, 1}, truth[] = {1, 0, 1}, bad[] = {0.2, NAN, 0.7};
    objective o = objective_of("accuracy", PROBLEM_BINARY), f1 = objective_of("f1", PROBLEM_BINARY),
              auc = objective_of("auc", PROBLEM_BINARY);
    metric_input in = {.problem = PROBLEM_BINARY, .n = 3, .target = ones, .prediction = yes};
    assert_true(threshold_tune(&o, &in) == 0.5); /* all right at 0.5 already */
    in.prediction = no;
    near(threshold_tune(&f1, &in), 0.15, 1e-15);
    in.prediction = half;
    assert_true(threshold_tune(&f1, &in) == 0.5);
    in.prediction = sides;
    in.target = truth;
    assert_true(threshold_tune(&o, &in) == 0.5);
    in.prediction = close; /* neighbouring doubles: the threshold still parts them */
    in.target = (const double[]){0, 1, 0};
    double t = threshold_tune(&o, &in);
    assert_true(t > close[0] && t <= close[1]);
    in.prediction = bad;
    assert_true(isnan(threshold_tune(&o, &in)));
    assert_true(threshold_tune(&auc, &in) == 0.5);
    in.n = 0;
    assert_true(threshold_tune(&o, &in) == 0.5);
    assert_true(isnan(threshold_cross_score(&o, &in, 1, &t)));
}

/* On noise a tuned threshold flatters; the cross-fitted one does not. */
static void cross_fit_is_honest(void **state)
{
    (void)state;
    objective o = objective_of("balanced_accuracy", PROBLEM_BINARY);
    random_stream r = random_of(9, "noise");
    double tuned = 0, crossed = 0;
    for (int round = 0; round < 40; round++) {
        double threshold;
        for (int i = 0; i < N; i++) {
            prediction[i] = random_unit(&r);
            target[i] = (double)random_below(&r, 2);
        }
        metric_input in = rows_of(PROBLEM_BINARY, N);
        tuned += threshold_best_score(&o, &in, NULL) / 40;
        crossed += threshold_cross_score(&o, &in, 3, &threshold) / 40;
        assert_true(threshold == threshold_tune(&o, &in));
    }
    assert_true(tuned > 0.53);
    assert_true(fabs(crossed - 0.5) < 0.015);
}

static void weyl(int64_t n, double factor, double *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = fmod((double)i * factor, 1);
}

static void jackknife_of_a_mean(void **state)
{
    (void)state;
    objective o = objective_of("mae", PROBLEM_REGRESSION);
    score_estimate e;
    weyl(40, 0.6180339887498949, target);
    weyl(40, 0.7548776662466927, prediction);
    metric_input in = rows_of(PROBLEM_REGRESSION, 40);
    assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &e, NULL), PTG_OK);
    near(e.score, 0.33500298724391603, 1e-14);
    near(e.se, 0.03906147939848233, 1e-14);
    assert_true(e.threshold == 0.5);
    in.n = 1;
    assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &e, NULL), PTG_OK);
    assert_true(isnan(e.se));
    in.n = 0;
    assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &e, NULL), PTG_OK);
    assert_true(isnan(e.score) && isnan(e.se));
}

/* Rows that come in tens of equal errors: only whole groups show how little is known. */
static void groups_widen_the_error(void **state)
{
    (void)state;
    objective o = objective_of("mae", PROBLEM_REGRESSION);
    score_estimate rows, groups;
    random_stream r = random_of(4, "groups");
    for (int i = 0; i < N; i++) {
        group[i] = i / 10;
        target[i] = 0;
        prediction[i] = i % 10 ? prediction[i - 1] : random_unit(&r);
    }
    metric_input in = rows_of(PROBLEM_REGRESSION, N);
    assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &rows, NULL), PTG_OK);
    assert_int_equal(score_estimate_make(&o, &in, group, 1, &groups, NULL), PTG_OK);
    assert_true(groups.se > 2 * rows.se);
    near(groups.se, 0.29 / sqrt(40), 0.02);
}

/* Against the error by Hanley & McNeil's formula for the same area. */
static void jackknife_of_auc(void **state)
{
    (void)state;
    objective o = objective_of("auc", PROBLEM_BINARY);
    score_estimate e;
    fill_binary(0);
    metric_input in = rows_of(PROBLEM_BINARY, N);
    double positives = 0;
    for (int i = 0; i < N; i++)
        positives += target[i];
    assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &e, NULL), PTG_OK);
    double a = e.score, negatives = N - positives, q1 = a / (2 - a), q2 = 2 * a * a / (1 + a);
    double formula =
        sqrt((a * (1 - a) + (positives - 1) * (q1 - a * a) + (negatives - 1) * (q2 - a * a)) / (positives * negatives));
    assert_true(e.se > 0.7 * formula && e.se < 1.4 * formula);
}

static void estimates_of_labels_are_cross_fitted(void **state)
{
    (void)state;
    objective o = objective_of("f1", PROBLEM_BINARY);
    score_estimate e, again;
    fill_binary(0);
    metric_input in = rows_of(PROBLEM_BINARY, N);
    assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &e, NULL), PTG_OK);
    double threshold;
    near(e.score, threshold_cross_score(&o, &in, 1, &threshold), 0);
    assert_true(e.threshold == threshold && e.se > 0 && e.se < 0.1);
    in.threshold = 0.9; /* what the caller left there is nothing */
    assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &again, NULL), PTG_OK);
    assert_true(again.score == e.score && again.se == e.se);
    prediction[3] = NAN;
    assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &again, NULL), PTG_ERROR_DATA);
}

static void every_metric_has_an_error(void **state)
{
    (void)state;
    random_stream r = random_of(6, "every");
    for (int32_t m = 0; m < n_metrics; m++)
        for (int p = 0; p < 3; p++) {
            if (!(metrics[m]->problems >> p & 1u)) continue;
            objective o = {.metric = metrics[m], .parameter = 0.8};
            score_estimate e;
            metric_input in = rows_of((problem_type)p, N);
            in.weight = weight;
            for (int i = 0; i < N; i++) {
                target[i] = p == PROBLEM_REGRESSION ? 1 + random_unit(&r) : (double)random_below(&r, in.n_classes);
                weight[i] = random_unit(&r);
            }
            for (int i = 0; i < N * K; i++)
                prediction[i] = random_unit(&r);
            assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &e, NULL), PTG_OK);
            if (!(e.se > 0 && e.se < 1)) print_error("%s: %g\n", metrics[m]->name, e.se);
            assert_true(e.se > 0 && e.se < 1);
        }
}

static void comparison_is_paired(void **state)
{
    (void)state;
    objective o = objective_of("rmse", PROBLEM_REGRESSION);
    double other[N];
    score_difference d;
    score_estimate e;
    random_stream r = random_of(8, "pairs");
    for (int i = 0; i < N; i++) {
        target[i] = random_normal(&r);
        prediction[i] = target[i] + random_normal(&r);
        other[i] = target[i] + 1.05 * (prediction[i] - target[i]); /* always a little worse */
    }
    metric_input a = rows_of(PROBLEM_REGRESSION, N), b = a;
    b.prediction = other;
    assert_int_equal(score_estimate_make(&o, &a, NULL, 1, &e, NULL), PTG_OK);
    assert_int_equal(score_compare(&o, &a, &b, NULL, 1, &d, NULL), PTG_OK);
    near(d.difference, -0.05 * e.score, 1e-12);
    near(d.se, 0.05 * e.se, 1e-12); /* far below the error of either score */
    assert_int_equal(score_compare(&o, &a, &a, NULL, 1, &d, NULL), PTG_OK);
    assert_true(d.difference == 0 && d.se == 0);
    b.n--;
    ptg_error err;
    assert_int_equal(score_compare(&o, &a, &b, NULL, 1, &d, &err), PTG_ERROR_USAGE);
}

static void temperature_of_two_classes(void **state)
{
    (void)state;
    double u[N], v[N], before[N];
    calibration c;
    weyl(N, 0.6180339887498949, u);
    weyl(N, 0.7548776662466927, v);
    for (int i = 0; i < N; i++) {
        prediction[i] = 1 / (1 + exp(-(6 * u[i] - 3)));
        target[i] = v[i] < 1 / (1 + exp(-(3 * u[i] - 1.5)));
        weight[i] = 0.5 + u[i];
    }
    metric_input in = rows_of(PROBLEM_BINARY, N);
    in.weight = weight;
    assert_int_equal(calibration_fit(&in, NULL, 1, &c, NULL), PTG_OK);
    near(c.temperature, 1.9321809023940957, 1e-6);
    assert_true(c.log_loss_after < c.log_loss_before);
    near(c.log_loss_before, metric_find("log_loss")->score(&in), 1e-12);
    memcpy(before, prediction, sizeof before);
    calibration_apply(c.temperature, PROBLEM_BINARY, 2, N, prediction);
    assert_true(metric_find("log_loss")->score(&in) < c.log_loss_before);
    for (int i = 0; i < N; i++) /* one row alone is the same */
        calibration_apply(c.temperature, PROBLEM_BINARY, 2, 1, &before[i]);
    assert_memory_equal(before, prediction, sizeof before);
}

static void temperature_of_three_classes(void **state)
{
    (void)state;
    double u[N], v[N], s[N];
    calibration c;
    weyl(N, 0.6180339887498949, u);
    weyl(N, 0.7548776662466927, v);
    weyl(N, 0.5698402909980532, s);
    for (int i = 0; i < N; i++) {
        double logit[K] = {4 * u[i], 4 * v[i], 2}, sum = 0, half = 0, below = 0;
        for (int k = 0; k < K; k++) {
            sum += exp(logit[k]);
            half += exp(logit[k] / 2);
        }
        target[i] = 0;
        for (int k = 0; k < K; k++) {
            prediction[i * K + k] = exp(logit[k]) / sum;
            below += exp(logit[k] / 2) / half;
            if (k < K - 1 && s[i] > below) target[i] = k + 1;
        }
    }
    metric_input in = rows_of(PROBLEM_MULTICLASS, N);
    assert_int_equal(calibration_fit(&in, NULL, 1, &c, NULL), PTG_OK);
    near(c.temperature, 1.9832177431793931, 1e-6);
    near(c.log_loss_before, metric_find("log_loss")->score(&in), 1e-12);
    calibration_apply(c.temperature, PROBLEM_MULTICLASS, K, N, prediction);
    for (int i = 0; i < N; i++)
        near(prediction[i * K] + prediction[i * K + 1] + prediction[i * K + 2], 1, 1e-14);
    assert_int_equal(calibration_fit(&in, NULL, 1, &c, NULL), PTG_OK);
    near(c.temperature, 1, 1e-6); /* calibrated already, kept or not */
}

static void calibration_at_the_edges(void **state)
{
    (void)state;
    calibration c;
    ptg_error err;
    double sure[] = {0, 1, 0.5}, row[] = {0, 1, 0};
    metric_input in = rows_of(PROBLEM_REGRESSION, 3);
    assert_int_equal(calibration_fit(&in, NULL, 1, &c, &err), PTG_ERROR_USAGE);
    in = rows_of(PROBLEM_BINARY, 0);
    assert_int_equal(calibration_fit(&in, NULL, 1, &c, NULL), PTG_OK);
    assert_true(c.temperature == 1);
    in.n = 1;
    assert_int_equal(calibration_fit(&in, NULL, 1, &c, NULL), PTG_OK);
    assert_true(c.temperature == 1);
    for (int i = 0; i < N; i++) { /* noise: nothing to gain that lasts, and never a temperature out of its range */
        prediction[i] = 0.5;
        target[i] = i % 2;
    }
    in.n = N;
    assert_int_equal(calibration_fit(&in, NULL, 1, &c, NULL), PTG_OK);
    assert_true(c.temperature == 1);
    prediction[7] = NAN;
    assert_int_equal(calibration_fit(&in, NULL, 1, &c, NULL), PTG_OK);
    assert_true(c.temperature == 1);
    calibration_apply(2, PROBLEM_BINARY, 2, 3, sure);
    assert_true(sure[0] > 0 && sure[0] < 1e-6 && sure[1] > 1 - 1e-6 && sure[1] <= 1 && sure[2] == 0.5);
    calibration_apply(0.05, PROBLEM_MULTICLASS, 3, 1, row);
    assert_true(row[1] == 1 && row[0] >= 0 && row[0] < 1e-6);
    objective brier = objective_of("brier", PROBLEM_BINARY), auc = objective_of("auc", PROBLEM_BINARY);
    assert_true(calibration_suits(&brier) && !calibration_suits(&auc));
}

static void probabilities_keep_a_floor(void **state)
{
    (void)state;
    double two[] = {0, 1, 0.3}, three[] = {0, 0.5, 0.5, 0.2, 0.3, 0.5};
    near(probability_floor(100), 0.001, 0);
    probability_floor_apply(0.001, PROBLEM_BINARY, 2, 3, two);
    assert_true(two[0] == 0.001 && two[1] == 0.999 && two[2] == 0.3);
    probability_floor_apply(0.001, PROBLEM_MULTICLASS, 3, 2, three);
    near(three[0], 0.001 / 1.001, 1e-15);
    near(three[0] + three[1] + three[2], 1, 1e-15);
    assert_true(three[3] == 0.2 && three[4] == 0.3 && three[5] == 0.5); /* a row above the floor stays as it is */
    probability_floor_apply(0.001, PROBLEM_REGRESSION, 0, 1, two);
    assert_true(two[0] == 0.001);
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    static const char *const names[] = {"auc", "f1"};
    fill_binary(0);
    metric_input in = rows_of(PROBLEM_BINARY, N);
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        objective o = objective_of(names[m], PROBLEM_BINARY);
        score_estimate e, whole;
        score_difference d;
        calibration c;
        int failures = 0;
        assert_int_equal(score_estimate_make(&o, &in, NULL, 1, &whole, NULL), PTG_OK);
        for (int n = 1; n < 100; n++) {
            mem_fail_at(n);
            ptg_status estimated = score_estimate_make(&o, &in, NULL, 1, &e, NULL);
            mem_fail_at(n);
            ptg_status compared = score_compare(&o, &in, &in, NULL, 1, &d, NULL);
            mem_fail_at(n);
            ptg_status calibrated = calibration_fit(&in, NULL, 1, &c, NULL);
            mem_fail_at(0);
            failures += estimated == PTG_ERROR_MEMORY;
            assert_true(estimated == PTG_ERROR_MEMORY || (estimated == PTG_OK && e.score == whole.score && e.se == whole.se));
            assert_true(compared == PTG_ERROR_MEMORY || (compared == PTG_OK && d.se == 0));
            assert_true(calibrated == PTG_ERROR_MEMORY || calibrated == PTG_OK);
        }
        assert_true(failures > 5);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threshold_is_the_best),        cmocka_unit_test(thresholds_at_the_edges),
        cmocka_unit_test(cross_fit_is_honest),          cmocka_unit_test(jackknife_of_a_mean),
        cmocka_unit_test(groups_widen_the_error),       cmocka_unit_test(jackknife_of_auc),
        cmocka_unit_test(every_metric_has_an_error),    cmocka_unit_test(estimates_of_labels_are_cross_fitted),
        cmocka_unit_test(comparison_is_paired),         cmocka_unit_test(temperature_of_two_classes),
        cmocka_unit_test(temperature_of_three_classes), cmocka_unit_test(calibration_at_the_edges),
        cmocka_unit_test(probabilities_keep_a_floor),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
