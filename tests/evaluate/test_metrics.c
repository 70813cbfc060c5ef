/* Metrics against scikit-learn (golden_metrics.py), laws that hold for every row of the table, and the reading of objectives.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/random.h"
#include "evaluate/metrics.h"

#include <cmocka.h>

typedef struct golden_score {
    const char *objective;
    double score;
} golden_score;

typedef struct golden_case {
    const char *name;
    problem_type problem;
    int32_t n_classes;
    int64_t n;
    const double *target, *weight, *prediction;
    double threshold;
    bool weighted;
    const golden_score *scores;
    int32_t n_scores;
} golden_case;

#include "golden_metrics.h"

enum { N_CASES = sizeof golden_cases / sizeof *golden_cases };

static metric_input input_of(const golden_case *c, bool weighted)
{
    return (metric_input){.problem = c->problem,
                          .n_classes = c->n_classes,
                          .n = c->n,
                          .target = c->target,
                          .weight = weighted ? c->weight : NULL,
                          .prediction = c->prediction,
                          .threshold = c->threshold};
}

static void close_to(double got, double wanted, const char *name, const char *objective_name)
{
    bool same = (isnan(got) && isnan(wanted)) || got == wanted || fabs(got - wanted) <= 1e-12 * fmax(1, fabs(wanted));
    if (!same) print_error("%s, %s: got %.17g, scikit-learn says %.17g\n", name, objective_name, got, wanted);
    assert_true(same);
}

static void equals_scikit_learn(void **state)
{
    (void)state;
    for (int i = 0; i < N_CASES; i++) {
        const golden_case *c = &golden_cases[i];
        for (int32_t s = 0; s < c->n_scores; s++) {
            objective o;
            assert_int_equal(objective_read(c->scores[s].objective, c->problem, &o, NULL), PTG_OK);
            metric_input in = input_of(c, true);
            close_to(objective_score(&o, &in), c->scores[s].score, c->name, c->scores[s].objective);
            if (c->weighted) continue;
            in = input_of(c, false);
            close_to(objective_score(&o, &in), c->scores[s].score, c->name, c->scores[s].objective);
        }
    }
}

/* Every metric that fits a case, whatever the golden table says of it. */
typedef void (*check_row)(const objective *o, const golden_case *c);
static void each_row(check_row check)
{
    for (int i = 0; i < N_CASES; i++)
        for (int32_t j = 0; j < n_metrics; j++) {
            if (!(metrics[j]->problems >> golden_cases[i].problem & 1u)) continue;
            objective o = {.metric = metrics[j], .parameter = 0.3};
            check(&o, &golden_cases[i]);
        }
}

static void check_range(const objective *o, const golden_case *c)
{
    metric_input in = input_of(c, true);
    double score = objective_score(o, &in), low = fmin(o->metric->best, o->metric->worst),
           high = fmax(o->metric->best, o->metric->worst);
    assert_true(isnan(score) || (score >= low && score <= high));
}

/* Rows of weight 0 count nothing, even with NaN in them; reversing the rows changes nothing but the order of sums. */
static void check_zero_weight_and_order(const objective *o, const golden_case *c)
{
    double target[64], weight[64], prediction[320];
    int32_t k = prediction_width(c->problem, c->n_classes);
    int64_t n = c->n;
    for (int64_t i = 0; i < n; i++) {
        target[i] = c->target[n - 1 - i];
        weight[i] = c->weight[n - 1 - i];
        memcpy(prediction + i * k, c->prediction + (n - 1 - i) * k, (size_t)k * sizeof(double));
    }
    target[n] = NAN;
    weight[n] = 0;
    for (int32_t j = 0; j < k; j++)
        prediction[n * k + j] = NAN;
    metric_input in = input_of(c, true);
    double wanted = objective_score(o, &in);
    in.n = n + 1;
    in.target = target;
    in.weight = weight;
    in.prediction = prediction;
    close_to(objective_score(o, &in), wanted, c->name, o->metric->name);
    weight[n] = 1;
    target[n] = 0;
    assert_true(isnan(objective_score(o, &in))); /* a NaN that counts is never passed over */
}

static void check_nothing_counts(const objective *o, const golden_case *c)
{
    static const double zeros[64];
    metric_input in = input_of(c, true);
    in.weight = zeros;
    assert_true(isnan(objective_score(o, &in)));
    in.n = 0;
    assert_true(isnan(objective_score(o, &in)));
}

static void scores_stay_in_range(void **state)
{
    (void)state;
    each_row(check_range);
}

static void zero_weights_count_nothing(void **state)
{
    (void)state;
    each_row(check_zero_weight_and_order);
}

static void no_rows_have_no_score(void **state)
{
    (void)state;
    each_row(check_nothing_counts);
}

static void log_loss_is_clipped(void **state)
{
    (void)state;
    const double target[] = {1, 0}, prediction[] = {0, 1};
    metric_input in = {.problem = PROBLEM_BINARY, .n = 1, .target = target, .prediction = prediction};
    assert_true(fabs(metric_find("log_loss")->score(&in) - (-log(1e-15))) <= 1e-12);
    in.n = 2;
    assert_true(fabs(metric_find("log_loss")->score(&in) - (-log(1e-15))) <= 1e-2);
}

static void rmsle_of_impossible_predictions_is_infinite(void **state)
{
    (void)state;
    const double target[] = {1, 0}, prediction[] = {1, -1.5};
    metric_input in = {.problem = PROBLEM_REGRESSION, .n = 2, .target = target, .prediction = prediction};
    assert_true(isinf(metric_find("rmsle")->score(&in)));
}

/* The area by its definition, a pair at a time. */
static double auc_by_pairs(const metric_input *in)
{
    double area = 0, pairs = 0;
    for (int64_t i = 0; i < in->n; i++)
        for (int64_t j = 0; j < in->n; j++) {
            if (!(in->target[i] == 1 && in->target[j] == 0)) continue;
            double w = in->weight[i] * in->weight[j];
            area += w * (in->prediction[i] > in->prediction[j] ? 1 : in->prediction[i] == in->prediction[j] ? 0.5 : 0);
            pairs += w;
        }
    return area / pairs;
}

static void auc_equals_its_definition(void **state)
{
    (void)state;
    enum { N = 700 };
    double target[N], weight[N], prediction[N];
    random_stream r = random_of(3, "auc");
    for (int i = 0; i < N; i++) {
        target[i] = (double)random_below(&r, 2);
        weight[i] = random_unit(&r);
        prediction[i] = (double)random_below(&r, 60) / 60 - 0.2; /* with zeros of both signs and negatives */
        if (i % 50 == 0) prediction[i] = i % 100 ? -0.0 : 0.0;
    }
    metric_input in = {.problem = PROBLEM_BINARY, .n = N, .target = target, .weight = weight, .prediction = prediction};
    assert_true(fabs(metric_find("auc")->score(&in) - auc_by_pairs(&in)) <= 1e-12);
}

static void table_is_whole(void **state)
{
    (void)state;
    for (int32_t i = 0; i < n_metrics; i++) {
        const metric *m = metrics[i];
        if (i) assert_true(strcmp(metrics[i - 1]->name, m->name) < 0);
        assert_ptr_equal(metric_find(m->name), m);
        assert_true(strlen(m->text) > 20 && m->score != NULL);
        for (int p = 0; p < 3; p++)
            assert_int_equal(m->stopping[p] != NULL && metric_find(m->stopping[p]) != NULL, (m->problems >> p & 1u) != 0);
        json_t *json = metric_json(m);
        assert_string_equal(json_string_value(json_object_get(json, "name")), m->name);
        assert_true(json_array_size(json_object_get(json, "problem_types")) > 0);
        json_decref(json);
    }
    assert_null(metric_find("nonsense"));
}

static void objectives_are_read(void **state)
{
    (void)state;
    const struct {
        const char *text;
        problem_type problem;
        const char *name, *stopping;
        double parameter;
        loss_kind loss;
    } good[] = {
        {NULL, PROBLEM_BINARY, "auc", "auc", 0, LOSS_LOGISTIC},
        {NULL, PROBLEM_MULTICLASS, "log_loss", "log_loss", 0, LOSS_SOFTMAX},
        {NULL, PROBLEM_REGRESSION, "rmse", "rmse", 0, LOSS_SQUARED},
        {"f1", PROBLEM_BINARY, "f1", "log_loss", 0, LOSS_LOGISTIC},
        {"average_precision", PROBLEM_BINARY, "average_precision", "average_precision", 0, LOSS_LOGISTIC},
        {"accuracy", PROBLEM_MULTICLASS, "accuracy", "log_loss", 0, LOSS_SOFTMAX},
        {"medae", PROBLEM_REGRESSION, "medae", "mae", 0, LOSS_ABSOLUTE},
        {"r2", PROBLEM_REGRESSION, "r2", "rmse", 0, LOSS_SQUARED},
        {"rmsle", PROBLEM_REGRESSION, "rmsle", "rmsle", 0, LOSS_SQUARED_LOG},
        {"mape", PROBLEM_REGRESSION, "mape", "mape", 0, LOSS_RELATIVE},
        {"pinball:0.9", PROBLEM_REGRESSION, "pinball", "pinball", 0.9, LOSS_QUANTILE},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        objective o;
        assert_int_equal(objective_read(good[i].text, good[i].problem, &o, NULL), PTG_OK);
        assert_string_equal(o.metric->name, good[i].name);
        assert_string_equal(o.stopping->name, good[i].stopping);
        assert_true(o.parameter == good[i].parameter && o.loss == good[i].loss);
    }
}

static void wrong_objectives_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *text;
        problem_type problem;
        const char *says;
    } bad[] = {
        {"auc", PROBLEM_REGRESSION, "pinball:Q"},
        {"rmse", PROBLEM_BINARY, "average_precision"},
        {"f1", PROBLEM_MULTICLASS, "f1_macro"},
        {"", PROBLEM_BINARY, "auc"},
        {"AUC", PROBLEM_BINARY, "auc"},
        {"auc:0.5", PROBLEM_BINARY, "auc:0.5"},
        {"pinball", PROBLEM_REGRESSION, "quantile"},
        {"pinball:", PROBLEM_REGRESSION, "0.9"},
        {"pinball:1", PROBLEM_REGRESSION, "between"},
        {"pinball:0", PROBLEM_REGRESSION, "between"},
        {"pinball:x", PROBLEM_REGRESSION, "'x'"},
        {"pinball:0.5:0.5", PROBLEM_REGRESSION, "between"},
        {"au\nc", PROBLEM_BINARY, "choose one of"},
        {":", PROBLEM_BINARY, "choose one of"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        objective o;
        ptg_error err;
        assert_int_equal(objective_read(bad[i].text, bad[i].problem, &o, &err), PTG_ERROR_USAGE);
        if (!strstr(err.message, bad[i].says)) print_error("%s\n", err.message);
        assert_non_null(strstr(err.message, bad[i].says));
    }
}

#ifdef PTG_FAULTS
/* A score that lacks memory is NaN and says so; it is never another number. */
static void check_memory(const objective *o, const golden_case *c)
{
    bool memory_short = false;
    metric_input in = input_of(c, true);
    in.memory_short = &memory_short;
    double whole = objective_score(o, &in);
    assert_false(memory_short);
    for (int n = 1; n < 4; n++) {
        mem_fail_at(n);
        double score = objective_score(o, &in);
        mem_fail_at(0);
        assert_true(memory_short ? isnan(score) : score == whole || isnan(whole));
        memory_short = false;
    }
}

static void want_of_memory_is_said(void **state)
{
    (void)state;
    each_row(check_memory);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_scikit_learn),        cmocka_unit_test(scores_stay_in_range),
        cmocka_unit_test(zero_weights_count_nothing), cmocka_unit_test(no_rows_have_no_score),
        cmocka_unit_test(log_loss_is_clipped),        cmocka_unit_test(rmsle_of_impossible_predictions_is_infinite),
        cmocka_unit_test(auc_equals_its_definition),  cmocka_unit_test(table_is_whole),
        cmocka_unit_test(objectives_are_read),        cmocka_unit_test(wrong_objectives_are_refused),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_said),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
