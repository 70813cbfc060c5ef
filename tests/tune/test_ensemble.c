/* Ensembles: the greedy choice against a plain twin, ties, prefixes and noise, and judgements whose answer is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/random.h"
#include "tune/ensemble.h"

#include <cmocka.h>

enum { N = 600, MEMBERS = 5, K = 3 };

static double target[N], weight[N], prediction[MEMBERS][N * K];
static const double *members[MEMBERS];
static int32_t group[N];

static objective objective_of(const char *name, problem_type problem)
{
    objective o;
    assert_int_equal(objective_read(name, problem, &o, NULL), PTG_OK);
    return o;
}

static ensemble_request request_of(const objective *o, problem_type problem)
{
    for (int j = 0; j < MEMBERS; j++)
        members[j] = prediction[j];
    return (ensemble_request){.objective = o,
                              .problem = problem,
                              .n_classes = K,
                              .n = N,
                              .target = target,
                              .n_members = MEMBERS,
                              .predictions = members,
                              .seed = 4};
}

/* Members see the truth through noise of their own: the later, the more. */
static void fill(problem_type problem)
{
    random_stream r = random_of(11, "members");
    for (int i = 0; i < N; i++) {
        weight[i] = 0.5 + random_unit(&r);
        group[i] = i / 6;
        target[i] =
            problem == PROBLEM_REGRESSION ? random_normal(&r) : (double)random_below(&r, problem == PROBLEM_BINARY ? 2 : K);
    }
    for (int j = 0; j < MEMBERS; j++)
        for (int i = 0; i < N; i++) {
            double noise = 0.8 + 0.2 * j, sum = 0, *p = prediction[j] + (problem == PROBLEM_MULTICLASS ? i * K : i);
            if (problem == PROBLEM_REGRESSION) *p = target[i] + noise * random_normal(&r);
            if (problem == PROBLEM_BINARY) *p = 1 / (1 + exp(1 - 2 * target[i] - noise * random_normal(&r)));
            for (int c = 0; problem == PROBLEM_MULTICLASS && c < K; c++)
                sum += p[c] = exp((target[i] == c) + noise * random_normal(&r));
            for (int c = 0; problem == PROBLEM_MULTICLASS && c < K; c++)
                p[c] /= sum;
        }
}

static double score_of(const ensemble_request *r, const double *weights)
{
    static double mix[N * K];
    metric_input in = {
        .problem = r->problem, .n_classes = K, .n = r->n, .target = target, .weight = r->weight, .prediction = mix};
    ensemble_mix(r->predictions, weights, r->n_members, r->n * prediction_width(r->problem, K), mix);
    return threshold_best_score(r->objective, &in, NULL);
}

/* The greedy rule in its plainest form; scores here are far from ties. */
static double twin(const ensemble_request *r, double *weights)
{
    double count[MEMBERS] = {0}, best = -INFINITY;
    for (int round = 1; round <= ENSEMBLE_ROUNDS; round++) {
        double best_gain = -INFINITY;
        int pick = 0;
        for (int j = 0; j < MEMBERS; j++) {
            double trial[MEMBERS];
            for (int m = 0; m < MEMBERS; m++)
                trial[m] = (count[m] + (m == j)) / round;
            double gain = metric_gain(r->objective->metric, score_of(r, trial));
            if (gain > best_gain) best_gain = gain, pick = j;
        }
        count[pick]++;
        if (best_gain <= best + 1e-6 * fabs(best_gain)) continue;
        best = best_gain;
        for (int m = 0; m < MEMBERS; m++)
            weights[m] = count[m] / round;
    }
    return best;
}

static void choice_equals_its_twin(void **state)
{
    (void)state;
    const struct {
        const char *name;
        problem_type problem;
    } cases[] = {{"log_loss", PROBLEM_BINARY}, {"auc", PROBLEM_BINARY},     {"log_loss", PROBLEM_MULTICLASS},
                 {"rmse", PROBLEM_REGRESSION}, {"mae", PROBLEM_REGRESSION}, {"auc_ovo", PROBLEM_MULTICLASS},
                 {"r2", PROBLEM_REGRESSION},   {"brier", PROBLEM_BINARY}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int weighted = 0; weighted < 2; weighted++) {
            objective o = objective_of(cases[c].name, cases[c].problem);
            double weights[MEMBERS], wanted[MEMBERS], sum = 0;
            ensemble_choice choice;
            fill(cases[c].problem);
            ensemble_request r = request_of(&o, cases[c].problem);
            r.weight = weighted ? weight : NULL;
            assert_int_equal(ensemble_fit(&r, weights, &choice, NULL), PTG_OK);
            double gain = twin(&r, wanted);
            assert_true(fabs(metric_gain(o.metric, choice.score) - (gain)) <= 3e-6 * fabs(gain));
            assert_true(fabs(score_of(&r, weights) - (choice.score)) <= 1e-12);
            for (int j = 0; j < MEMBERS; j++)
                sum += weights[j];
            assert_true(fabs(sum - (1)) <= 1e-12);
            assert_true(choice.n_used > 1 && choice.rounds <= ENSEMBLE_ROUNDS);
        }
}

static void a_mix_is_no_worse_than_its_best_member(void **state)
{
    (void)state;
    for (int32_t m = 0; m < n_metrics; m++)
        for (int p = 0; p < 3; p++) {
            if (!(metrics[m]->problems >> p & 1u)) continue;
            objective o = {.metric = metrics[m], .parameter = 0.7};
            double weights[MEMBERS], best = -INFINITY;
            ensemble_choice choice;
            fill((problem_type)p);
            if (strcmp(metrics[m]->name, "rmsle") == 0)
                for (int i = 0; i < N; i++) {
                    target[i] = exp(target[i]);
                    for (int j = 0; j < MEMBERS; j++)
                        prediction[j][i] = exp(prediction[j][i]);
                }
            ensemble_request r = request_of(&o, (problem_type)p);
            assert_int_equal(ensemble_fit(&r, weights, &choice, NULL), PTG_OK);
            for (int j = 0; j < MEMBERS; j++) {
                double alone[MEMBERS] = {0};
                alone[j] = 1;
                best = fmax(best, metric_gain(o.metric, score_of(&r, alone)));
            }
            assert_true(metric_gain(o.metric, choice.score) >= best - 2e-6 * fabs(best));
        }
}

static void equal_members_give_the_first(void **state)
{
    (void)state;
    objective o = objective_of("auc", PROBLEM_BINARY);
    double weights[MEMBERS];
    ensemble_choice choice;
    fill(PROBLEM_BINARY);
    for (int j = 1; j < MEMBERS; j++)
        memcpy(prediction[j], prediction[0], sizeof prediction[0]);
    ensemble_request r = request_of(&o, PROBLEM_BINARY);
    assert_int_equal(ensemble_fit(&r, weights, &choice, NULL), PTG_OK);
    assert_true(weights[0] == 1 && choice.n_used == 1 && choice.rounds == 1);
    r.n_members = 1;
    assert_int_equal(ensemble_fit(&r, weights, &choice, NULL), PTG_OK);
    assert_true(weights[0] == 1);
}

static void members_without_a_score_stay_out(void **state)
{
    (void)state;
    objective o = objective_of("log_loss", PROBLEM_MULTICLASS);
    double weights[MEMBERS];
    ensemble_choice choice;
    ensemble_judgement judgement;
    ptg_error err;
    fill(PROBLEM_MULTICLASS);
    for (int j = 0; j < MEMBERS; j += 2)
        for (int i = 0; i < N * K; i++)
            prediction[j][i] = NAN;
    ensemble_request r = request_of(&o, PROBLEM_MULTICLASS);
    assert_int_equal(ensemble_fit(&r, weights, &choice, NULL), PTG_OK);
    assert_true(weights[0] == 0 && weights[2] == 0 && weights[4] == 0 && weights[1] > 0);
    r.n_members = 1;
    assert_int_equal(ensemble_fit(&r, weights, &choice, &err), PTG_ERROR_DATA);
    assert_non_null(strstr(err.message, "log_loss"));
    assert_int_equal(ensemble_judge(&r, &judgement, NULL), PTG_OK);
    assert_true(judgement.draws == 0 && isnan(judgement.mean));
    r.n_members = 0;
    assert_int_equal(ensemble_fit(&r, weights, &choice, &err), PTG_ERROR_USAGE);
    assert_int_equal(ensemble_judge(&r, &judgement, &err), PTG_ERROR_USAGE);
}

static void judgement_finds_what_helps(void **state)
{
    (void)state;
    objective o = objective_of("rmse", PROBLEM_REGRESSION);
    ensemble_judgement j;
    fill(PROBLEM_REGRESSION);
    ensemble_request r = request_of(&o, PROBLEM_REGRESSION);
    r.group = group;
    assert_int_equal(ensemble_judge(&r, &j, NULL), PTG_OK);
    assert_int_equal(j.draws, ENSEMBLE_DRAWS);
    assert_int_equal(j.half_rows, N / 2);
    assert_true(j.mean > 3 * j.se && j.se > 0); /* independent noise averages out */
    for (int m = 1; m < MEMBERS; m++)
        memcpy(prediction[m], prediction[0], sizeof prediction[0]);
    assert_int_equal(ensemble_judge(&r, &j, NULL), PTG_OK);
    assert_true(j.mean == 0 && j.se == 0);
    for (int i = 0; i < N; i++)
        group[i] = 3;
    assert_int_equal(ensemble_judge(&r, &j, NULL), PTG_OK);
    assert_true(j.draws == 0 && isnan(j.mean));
}

/* Members of pure noise: choosing among them on one half must not look like a gain on the other. */
static void judgement_is_not_fooled(void **state)
{
    (void)state;
    static const char *const names[] = {"f1", "auc", "balanced_accuracy"};
    for (size_t c = 0; c < sizeof names / sizeof *names; c++) {
        objective o = objective_of(names[c], PROBLEM_BINARY);
        ensemble_judgement j;
        random_stream s = random_of(5, names[c]);
        for (int i = 0; i < N; i++) {
            target[i] = (double)random_below(&s, 2);
            for (int m = 0; m < MEMBERS; m++)
                prediction[m][i] = random_unit(&s);
        }
        ensemble_request r = request_of(&o, PROBLEM_BINARY);
        assert_int_equal(ensemble_judge(&r, &j, NULL), PTG_OK);
        assert_true(fabs(j.mean) < 2 * j.se);
    }
}

static void threads_change_nothing(void **state)
{
    (void)state;
    objective o = objective_of("auc", PROBLEM_BINARY);
    double one[MEMBERS], three[MEMBERS];
    ensemble_choice a, b;
    ensemble_judgement c, d;
    fill(PROBLEM_BINARY);
    ensemble_request r = request_of(&o, PROBLEM_BINARY);
    assert_int_equal(ensemble_fit(&r, one, &a, NULL), PTG_OK);
    assert_int_equal(ensemble_judge(&r, &c, NULL), PTG_OK);
    r.threads = pool_new(3);
    assert_int_equal(ensemble_fit(&r, three, &b, NULL), PTG_OK);
    assert_int_equal(ensemble_judge(&r, &d, NULL), PTG_OK);
    pool_free(r.threads);
    assert_memory_equal(one, three, sizeof one);
    assert_true(a.score == b.score && c.mean == d.mean && c.se == d.se);
    r.threads = NULL;
    r.seed++;
    assert_int_equal(ensemble_judge(&r, &d, NULL), PTG_OK);
    assert_true(c.mean != d.mean);
}

#ifdef PTG_FAULTS
/* Each allocation fails once: memory is reported, never a choice made from fewer scores. */
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    static const char *const names[] = {"f1", "log_loss"};
    for (size_t c = 0; c < sizeof names / sizeof *names; c++) {
        objective o = objective_of(names[c], PROBLEM_BINARY);
        fill(PROBLEM_BINARY);
        ensemble_request r = request_of(&o, PROBLEM_BINARY);
        r.n = 60;
        r.rounds = 3;
        double whole[MEMBERS], weights[MEMBERS];
        ensemble_choice choice;
        ensemble_judgement first, again;
        assert_int_equal(ensemble_fit(&r, whole, &choice, NULL), PTG_OK);
        assert_int_equal(ensemble_judge(&r, &first, NULL), PTG_OK);
        int failures = 0;
        for (int n = 1; n < 1200; n += n < 60 ? 1 : 7) {
            mem_fail_at(n);
            ptg_status fitted = ensemble_fit(&r, weights, &choice, NULL);
            mem_fail_at(n);
            ptg_status judged = ensemble_judge(&r, &again, NULL);
            mem_fail_at(0);
            failures += fitted == PTG_ERROR_MEMORY;
            assert_true(fitted == PTG_ERROR_MEMORY || (fitted == PTG_OK && memcmp(whole, weights, sizeof whole) == 0));
            assert_true(judged == PTG_ERROR_MEMORY || (judged == PTG_OK && first.mean == again.mean));
        }
        assert_true(failures > 5);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choice_equals_its_twin),       cmocka_unit_test(a_mix_is_no_worse_than_its_best_member),
        cmocka_unit_test(equal_members_give_the_first), cmocka_unit_test(members_without_a_score_stay_out),
        cmocka_unit_test(judgement_finds_what_helps),   cmocka_unit_test(judgement_is_not_fooled),
        cmocka_unit_test(threads_change_nothing),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
