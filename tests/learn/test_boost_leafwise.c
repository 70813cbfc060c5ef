/* Leaf-wise trees of boost: they are the greedy ones by their definition, keep their limits, and have the same bytes whatever
 * grew them; odd tables end in a model or in one sentence. */
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

enum { CLASSES = 3 };

/* A table of numbers with missing values and ties, of a pair of levels and of many, with a target of each kind. */
typedef struct example {
    matrix *x;
    double *value, *two, *label, *weight;
} example;

static example make_example(int64_t n)
{
    example e = {.x = matrix_new(n)};
    double *wide = matrix_add_real(e.x, "wide"), *tied = matrix_add_real(e.x, "tied");
    int32_t *pair = matrix_add_coded(e.x, "pair", 2, NULL), *many = matrix_add_coded(e.x, "many", 40, NULL);
    int32_t *more = matrix_add_coded(e.x, "more", 6, NULL);
    random_stream r = random_of(11, "leafwise");
    e.value = mem_array(n, sizeof *e.value);
    e.two = mem_array(n, sizeof *e.two);
    e.label = mem_array(n, sizeof *e.label);
    e.weight = mem_array(n, sizeof *e.weight);
    for (int64_t i = 0; i < n; i++) {
        wide[i] = random_unit(&r);
        tied[i] = random_below(&r, 9) == 0 ? (double)NAN : (double)random_below(&r, 12);
        pair[i] = (int32_t)random_below(&r, 2);
        many[i] = (int32_t)random_below(&r, 40);
        more[i] = (int32_t)random_below(&r, 6);
        e.value[i] =
            (many[i] + more[i]) % 2 + 3 * wide[i] * pair[i] + (tied[i] > 5 ? sin(wide[i] * 9) : many[i] % 3) + random_unit(&r);
        e.label[i] = e.value[i] < 1.2 ? 0 : e.value[i] < 2.2 ? 1 : 2;
        e.two[i] = e.value[i] > 2;
        e.weight[i] = 0.5 + random_unit(&r);
    }
    return e;
}

static void free_example(example *e)
{
    matrix_free(e->x);
    mem_free(e->value);
    mem_free(e->two);
    mem_free(e->label);
    mem_free(e->weight);
}

static const boost_settings plain = {
    .learning_rate = 0.3,
    .rounds = 100,
    .growth = GROW_LOSSGUIDE,
    .depth = 3,
    .most_leaves = 9,
    .least_rows = 1,
    .l2 = 2,
    .random_strength = 1,
    .sampling = {.kind = BOOTSTRAP_NO, .share = 0.7, .temperature = 1},
    .column_share = 1,
    .border_count = 254,
    .score = SCORE_COSINE,
    .one_hot_most = 2,
    .seed = 5,
    .statistics = {.most_combined = 4, .n_orders = 2, .border_count = 15, .most_bytes = INT64_C(1) << 24, .seed = 5}};

static learn_task task_of(const example *e, problem_type problem, bool weighted)
{
    static const loss_kind losses[] = {
        [PROBLEM_BINARY] = LOSS_LOGISTIC, [PROBLEM_MULTICLASS] = LOSS_SOFTMAX, [PROBLEM_REGRESSION] = LOSS_SQUARED};
    const double *target = problem == PROBLEM_REGRESSION ? e->value : problem == PROBLEM_BINARY ? e->two : e->label;
    return (learn_task){.problem = problem,
                        .n_classes = problem == PROBLEM_REGRESSION ? 0
                                     : problem == PROBLEM_BINARY   ? 2
                                                                   : CLASSES,
                        .loss = losses[problem],
                        .train = {e->x, target, weighted ? e->weight : NULL},
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

/* The tree by its definition: leaves as sets of rows, every split of every leaf tried. Where two levels are left the two sides
 * of a split may be swapped, so that leaves are told by their rows, not by their numbers. */
enum { SMALL = 90, SMALL_COLUMNS = 3 };
typedef struct slow_leaf {
    bool in[SMALL];
    int32_t column; /* of the best split; -1 = none */
    double at, gain;
} slow_leaf;

/* Missing is below every number; a level is one against the rest. */
static double slow_value(const matrix *x, int32_t of, int64_t row)
{
    const feature *f = &x->features[of];
    if (f->kind == FEATURE_CODED) return f->codes[row];
    return isnan(f->real[row]) ? -1e300 : f->real[row];
}

static bool slow_right(const matrix *x, int32_t of, double at, int64_t row)
{
    double value = slow_value(x, of, row);
    return x->features[of].kind == FEATURE_CODED ? value != at : value > at;
}

static void slow_search(const example *e, const double *gradient, double l2, int64_t least, slow_leaf *leaf)
{
    leaf->column = -1;
    leaf->gain = 0;
    for (int32_t c = 0; c < SMALL_COLUMNS; c++)
        for (int64_t row = 0; row < SMALL; row++) {
            double g[2] = {0}, at = slow_value(e->x, c, row);
            int64_t n[2] = {0};
            if (!leaf->in[row]) continue;
            for (int64_t i = 0; i < SMALL; i++) {
                int side = leaf->in[i] && slow_right(e->x, c, at, i);
                g[side] += leaf->in[i] ? gradient[i] : 0;
                n[side] += leaf->in[i];
            }
            double all = g[0] + g[1];
            double gain = g[0] * g[0] / ((double)n[0] + l2) + g[1] * g[1] / ((double)n[1] + l2) -
                          all * all / ((double)(n[0] + n[1]) + l2);
            if (n[0] < least || n[1] < least || !(gain > leaf->gain + 1e-12)) continue;
            leaf->column = c;
            leaf->at = at;
            leaf->gain = gain;
        }
}

static int32_t slow_tree(const example *e, const double *gradient, double l2, int64_t least, int32_t most, slow_leaf *leaves)
{
    int32_t n = 1;
    memset(leaves, 0, sizeof *leaves);
    memset(leaves[0].in, 1, sizeof leaves[0].in);
    slow_search(e, gradient, l2, least, &leaves[0]);
    while (n < most) {
        int32_t best = -1;
        for (int32_t l = 0; l < n; l++)
            if (leaves[l].column >= 0 && (best < 0 || leaves[l].gain > leaves[best].gain)) best = l;
        if (best < 0) break;
        slow_leaf *left = &leaves[best], *right = &leaves[n++];
        *right = *left;
        for (int64_t i = 0; i < SMALL; i++) {
            bool goes_right = slow_right(e->x, left->column, left->at, i);
            right->in[i] = left->in[i] && goes_right;
            left->in[i] = left->in[i] && !goes_right;
        }
        slow_search(e, gradient, l2, least, left);
        slow_search(e, gradient, l2, least, right);
    }
    return n;
}

static void trees_are_greedy(void **state)
{
    (void)state;
    static const struct {
        int32_t most_leaves;
        int64_t least_rows;
    } cases[] = {{2, 1}, {9, 1}, {9, 7}, {31, 4}, {64, 1}};
    static slow_leaf leaves[64];
    example e = make_example(SMALL);
    e.x->n_features = SMALL_COLUMNS;
    learn_task task = task_of(&e, PROBLEM_REGRESSION, false);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        boost_settings s = plain;
        boost_trainer b;
        double gradient[SMALL];
        s.score = SCORE_L2;
        s.random_strength = 0;
        s.most_leaves = cases[c].most_leaves;
        s.least_rows = cases[c].least_rows;
        start(&b, &s, &task);
        for (int i = 0; i < SMALL; i++)
            gradient[i] = e.value[i] - b.start[0];
        int32_t n = slow_tree(&e, gradient, s.l2, s.least_rows, s.most_leaves, leaves);
        train(&b, 1);
        assert_int_equal(b.trees[0].n_leaves, n);
        for (int32_t l = 0; l < n; l++) {
            double sum = 0, rows = 0;
            for (int i = 0; i < SMALL; i++) {
                sum += leaves[l].in[i] ? gradient[i] : 0;
                rows += leaves[l].in[i];
            }
            for (int i = 0; i < SMALL; i++) {
                if (!leaves[l].in[i]) continue;
                assert_true(fabs(b.trees[0].values[b.rows.leaf[i]] - 0.3 * sum / (rows + s.l2)) < 1e-9);
                assert_true(b.trees[0].cover[b.rows.leaf[i]] == rows && rows >= (double)s.least_rows);
            }
        }
        boost_trainer_clear(&b);
    }
    free_example(&e);
}

/* How rows are counted depends on weights and sampling; limits are kept in any case, and all rows are somewhere. */
static void limits_are_kept(void **state)
{
    (void)state;
    enum { ROWS = 2000, ROUNDS = 6 };
    example e = make_example(ROWS);
    for (int growth = GROW_DEPTHWISE; growth <= GROW_LOSSGUIDE; growth++)
        for (int kind = BOOTSTRAP_NO; kind <= BOOTSTRAP_MVS; kind++)
            for (int problem = PROBLEM_BINARY; problem <= PROBLEM_REGRESSION; problem++) {
                learn_task task = task_of(&e, (problem_type)problem, false);
                boost_settings s = plain;
                boost_trainer b;
                s.growth = (boost_growth)growth;
                s.depth = 5;
                s.most_leaves = 23;
                s.least_rows = 40;
                s.sampling.kind = (bootstrap_kind)kind;
                s.sampling.temperature = 3;
                start(&b, &s, &task);
                train(&b, ROUNDS);
                for (int t = 0; t < ROUNDS; t++) {
                    double all = 0;
                    assert_in_range(b.trees[t].n_leaves, 4, growth == GROW_LOSSGUIDE ? 23 : 32);
                    for (int32_t l = 0; l < b.trees[t].n_leaves; l++) {
                        assert_true(b.trees[t].cover[l] >= 40);
                        all += b.trees[t].cover[l];
                    }
                    assert_true(all == ROWS);
                }
                boost_trainer_clear(&b);
            }
    free_example(&e);
}

static int32_t depth_of(const tree_model *m, const tree *t, int32_t node)
{
    const tree_node *n = &m->nodes[t->first + node];
    if (n->flags & TREE_NODE_LEAF) return 0;
    int32_t left = depth_of(m, t, n->left), right = depth_of(m, t, n->right);
    return 1 + (left > right ? left : right);
}

/* Walked node by node, prepared for each instruction set, and as training saw the rows. */
static void predictions_are_the_trainers(void **state)
{
    (void)state;
    enum { ROWS = 1100 };
    static const int32_t leaves[] = {5, 31, 100};
    example e = make_example(ROWS);
    e.x->n_features = SMALL_COLUMNS;
    for (int problem = PROBLEM_BINARY; problem <= PROBLEM_REGRESSION; problem++)
        for (int growth = GROW_DEPTHWISE; growth <= GROW_LOSSGUIDE; growth++)
            for (size_t c = 0; c < sizeof leaves / sizeof leaves[0]; c++) {
                static double walked[ROWS * CLASSES], fast[ROWS * CLASSES];
                learn_task task = task_of(&e, (problem_type)problem, true);
                const tree_kernels *kernels[3];
                boost_settings s = plain;
                boost_trainer b;
                predictor *p = NULL;
                tree_predictor *prepared = NULL;
                task.held_out = task.train;
                s.growth = (boost_growth)growth;
                s.depth = 4;
                s.most_leaves = leaves[c];
                s.sampling.kind = BOOTSTRAP_BERNOULLI;
                start(&b, &s, &task);
                train(&b, 5);
                assert_int_equal(boost_trainer_predictor(&b, 5, TREE_IDENTITY, &p, NULL), PTG_OK);
                const tree_model *m = predictor_trees(p);
                size_t size = (size_t)(ROWS * m->n_outputs) * sizeof(double);
                assert_int_equal(tree_model_raw(m, e.x, walked, NULL), PTG_OK);
                assert_int_equal(tree_predictor_new(m, &prepared, NULL), PTG_OK);
                for (int32_t k = tree_kernels_all(kernels) - 1; k >= 0; k--) {
                    assert_int_equal(tree_predictor_raw_by(prepared, kernels[k], e.x, fast, NULL), PTG_OK);
                    assert_memory_equal(walked, fast, size);
                }
                for (int64_t i = 0; i < ROWS * m->n_outputs; i++) {
                    int64_t at = i % m->n_outputs * ROWS + i / m->n_outputs;
                    assert_true(fabs(b.rows.sums[at] - walked[i]) < 1e-12 && b.held.sums[at] == b.rows.sums[at]);
                }
                for (int32_t t = 0; t < m->n_trees && growth == GROW_DEPTHWISE; t++)
                    assert_in_range(depth_of(m, &m->trees[t], 0), 1, 4);
                tree_predictor_free(prepared);
                predictor_free(p);
                boost_trainer_clear(&b);
            }
    free_example(&e);
}

/* A model as bytes. */
static bytes_writer saved(const learn_task *task, const boost_settings *s, const boost_kernels *kernels, int64_t most_bytes)
{
    boost_trainer b;
    predictor *p = NULL;
    bytes_writer w = {0};
    start(&b, s, task);
    b.leaves.kernels = b.search.kernels = kernels;
    b.leafwise.most_bytes = most_bytes;
    train(&b, 4);
    assert_int_equal(boost_trainer_predictor(&b, 4, TREE_IDENTITY, &p, NULL), PTG_OK);
    predictor_save(p, &w);
    predictor_free(p);
    boost_trainer_clear(&b);
    return w;
}

/* Threads, instruction sets and room for histograms change no byte; the seed does. */
static void bytes_are_the_same(void **state)
{
    (void)state;
    enum { ROWS = 3000 };
    example e = make_example(ROWS);
    const boost_kernels *kernels[3];
    int32_t n_kernels = boost_kernels_all(kernels);
    for (int growth = GROW_DEPTHWISE; growth <= GROW_LOSSGUIDE; growth++)
        for (int kind = BOOTSTRAP_NO; kind <= BOOTSTRAP_MVS; kind++) {
            learn_task task = task_of(&e, kind % 2 ? PROBLEM_MULTICLASS : PROBLEM_REGRESSION, kind == BOOTSTRAP_BERNOULLI);
            boost_settings s = plain;
            s.growth = (boost_growth)growth;
            s.depth = 6;
            s.most_leaves = 40;
            s.least_rows = 5;
            s.column_share = 0.8;
            s.most_tried = 16;
            s.sampling.kind = (bootstrap_kind)kind;
            bytes_writer first = saved(&task, &s, kernels[0], INT64_MAX);
            for (int32_t k = 0; k < n_kernels; k++)
                for (int32_t threads = 1; threads <= 2; threads++) {
                    task.threads = threads;
                    bytes_writer other = saved(&task, &s, kernels[k], threads == 1 ? INT64_MAX : 0);
                    assert_true(first.size == other.size && memcmp(first.data, other.data, (size_t)first.size) == 0);
                    text_buffer_clear(&other);
                }
            s.seed = 6;
            bytes_writer other = saved(&task, &s, kernels[0], INT64_MAX);
            assert_true(first.size != other.size || memcmp(first.data, other.data, (size_t)first.size) != 0);
            text_buffer_clear(&first);
            text_buffer_clear(&other);
        }
    free_example(&e);
}

/* The most categories that a tree's splits combine. */
static int32_t most_combined(const boost_trainer *b, const boost_tree *t)
{
    int32_t most = 0;
    for (int32_t i = 0; i < t->n_splits; i++) {
        int64_t statistic = t->conditions[i].feature - b->statistics.train->n_features;
        int32_t n = statistic < 0 ? 0 : boost_statistics_of(&b->statistics, statistic)->n_categories;
        most = n > most ? n : most;
    }
    return most;
}

/* A target of two categories together: they are combined once each has been split on, and not where that is forbidden. */
static void combinations_grow(void **state)
{
    (void)state;
    example e = make_example(3000);
    learn_task task = task_of(&e, PROBLEM_REGRESSION, false);
    for (int32_t allowed = 1; allowed <= 2; allowed++) {
        boost_settings s = plain;
        boost_trainer b;
        int32_t most = 0;
        s.statistics.most_combined = allowed;
        s.most_tried = 16;
        start(&b, &s, &task);
        train(&b, 12);
        assert_in_range(most_combined(&b, &b.trees[0]), 0, 1);
        for (int t = 0; t < 12; t++) {
            int32_t n = most_combined(&b, &b.trees[t]);
            most = n > most ? n : most;
        }
        assert_int_equal(most, allowed);
        boost_trainer_clear(&b);
    }
    free_example(&e);
}

/* Of the whole algorithm. */
static const parameter_value *parameters_of(const char *settings, arena *a)
{
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

static ptg_status fit(const learn_task *task, int64_t rounds, predictor **out, ptg_error *err)
{
    const algorithm *boost = algorithm_find("boost");
    learner *l = NULL;
    ptg_status status = boost->fit(task, rounds, &l, err);
    if (status == PTG_OK) status = boost->finish(l, rounds, out, err);
    boost->close(l);
    return status;
}

typedef struct odd_case {
    const char *name;
    int64_t rows;
    int32_t columns, levels, classes;
    bool constant, missing, weightless;
} odd_case;

static const odd_case odd_cases[] = {
    {.name = "no rows", .rows = 0, .columns = 2},
    {.name = "one row", .rows = 1, .columns = 2},
    {.name = "no column", .rows = 50},
    {.name = "one column", .rows = 50, .columns = 1},
    {.name = "constant target", .rows = 300, .columns = 2, .constant = true},
    {.name = "all missing", .rows = 300, .columns = 2, .missing = true},
    {.name = "weightless", .rows = 300, .columns = 2, .weightless = true},
    {.name = "100,000 levels", .rows = 100000, .columns = 1, .levels = 100000},
    {.name = "400 classes", .rows = 1600, .columns = 2, .levels = 100, .classes = 400},
};
enum { N_ODD = sizeof odd_cases / sizeof odd_cases[0] };

static matrix *odd_matrix(const odd_case *o)
{
    matrix *x = matrix_new(o->rows);
    for (int32_t c = 0; c < o->columns; c++) {
        double *to = matrix_add_real(x, "number");
        for (int64_t i = 0; i < o->rows; i++)
            to[i] = o->missing ? (double)NAN : (double)((i * 37 + c) % 101);
    }
    if (o->levels == 0) return x;
    int32_t *codes = matrix_add_coded(x, "codes", o->levels, NULL);
    for (int64_t i = 0; i < o->rows; i++)
        codes[i] = (int32_t)(i % o->levels);
    return x;
}

/* A model whose predictions are numbers, or one sentence; which of them is known. */
static void odd_tables(void **state)
{
    const odd_case *o = *state;
    for (int growth = 0; growth < 2; growth++) {
        arena *a = arena_new();
        matrix *x = odd_matrix(o);
        int32_t width = o->classes ? o->classes : 1;
        double *target = mem_array(o->rows, sizeof *target), *weight = mem_array(o->rows, sizeof *weight);
        double *out = mem_array(o->rows * width, sizeof *out);
        for (int64_t i = 0; i < o->rows; i++)
            target[i] = o->constant ? 7 : o->classes ? (double)(i % o->classes) : (double)(i % 101);
        learn_task task = {.problem = o->classes ? PROBLEM_MULTICLASS : PROBLEM_REGRESSION,
                           .n_classes = o->classes,
                           .loss = o->classes ? LOSS_SOFTMAX : LOSS_SQUARED,
                           .train = {x, target, o->weightless ? weight : NULL},
                           .threads = 2};
        task.parameters = parameters_of(growth ? "{\"grow_policy\": \"Lossguide\", \"max_leaves\": 12}"
                                               : "{\"grow_policy\": \"Depthwise\", \"depth\": 4, \"min_data_in_leaf\": 3}",
                                        a);
        predictor *p = NULL;
        ptg_error err = {0};
        ptg_status status = fit(&task, 3, &p, &err);
        if (o->rows == 0 || o->columns == 0 || o->weightless) {
            assert_int_equal(status, PTG_ERROR_DATA);
            assert_in_range(strlen(err.message), 10, 400);
        } else {
            if (status != PTG_OK) fail_msg("%s: %s", o->name, err.message);
            assert_int_equal(predictor_predict(p, x, out, NULL), PTG_OK);
            for (int64_t i = 0; i < o->rows * width; i++)
                assert_true(isfinite(out[i]));
            for (int64_t i = 0; i < o->rows && o->constant; i++)
                assert_true(fabs(out[i] - 7) < 1e-9);
        }
        predictor_free(p);
        mem_free(target);
        mem_free(weight);
        mem_free(out);
        matrix_free(x);
        arena_free(a);
    }
}

#ifdef PTG_FAULTS
/* Each allocation of a fit and of its end fails once: an error, nothing lost. */
static void memory_may_run_out(void **state)
{
    (void)state;
    example e = make_example(120);
    arena *a = arena_new();
    learn_task task = task_of(&e, PROBLEM_MULTICLASS, true);
    task.parameters = parameters_of(
        "{\"grow_policy\": \"Lossguide\", \"max_leaves\": 6, \"min_data_in_leaf\": 4, \"permutation_count\": 1}", a);
    int64_t failures = 0;
    for (bool done = false; !done; failures++) {
        predictor *p = NULL;
        ptg_error err = {0};
        mem_fail_at(failures + 1);
        ptg_status status = fit(&task, 2, &p, &err);
        mem_fail_at(0);
        done = status == PTG_OK;
        if (!done) assert_int_equal(status, PTG_ERROR_MEMORY);
        predictor_free(p);
    }
    assert_true(failures > 50);
    arena_free(a);
    free_example(&e);
}
#endif

int main(void)
{
    struct CMUnitTest odd[N_ODD];
    for (int i = 0; i < N_ODD; i++)
        odd[i] = (struct CMUnitTest){
            .name = odd_cases[i].name, .test_func = odd_tables, .initial_state = (void *)(uintptr_t)&odd_cases[i]};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_greedy),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(predictions_are_the_trainers),
        cmocka_unit_test(bytes_are_the_same),
        cmocka_unit_test(combinations_grow),
#ifdef PTG_FAULTS
        cmocka_unit_test(memory_may_run_out),
#endif
    };
    int failed = cmocka_run_group_tests(odd, NULL, NULL);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
