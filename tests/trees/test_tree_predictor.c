/* The prepared predictor against the plain walk, bit by bit: every shape of tree, every rule of a split, every kind of column,
 * all instruction sets that this machine has, and rows around the borders of blocks. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/random.h"
#include "trees/tree_builder.h"
#include "trees/tree_predictor.h"
#include "trees/tree_programs.h"

#include <cmocka.h>

enum { REALS = 4, N_FEATURES = 8, FEW_LEVELS = 40, MANY_LEVELS = 3000, N_ROWS = 700 };
enum { FEW = REALS, MANY, SPARSE, REAL_CODES }; /* columns 4 ... 7 */

/* What a made model may hold. */
typedef struct recipe {
    int32_t n_trees, n_outputs, leaves, depth; /* depth >= 0: symmetric trees of it */
    int32_t n_cuts;                            /* different thresholds of a column, about */
    bool categories, rules, odd_cuts, float32;
} recipe;

static int32_t below(random_stream *r, int32_t n)
{
    return (int32_t)random_below(r, n);
}

/* Thresholds lie on a grid that the values hit too; odd ones are the numbers where a comparison could go wrong. */
static double make_cut(random_stream *r, const recipe *how)
{
    static const double odd[] = {0,       -0.0,   DBL_MAX, -DBL_MAX, 1e300, -1e300, 1e301, -1e301,
                                 DBL_MIN, 5e-324, -5e-324, 1e38,     -1e38, 1e305,  0.1,   16777217};
    if (how->odd_cuts && below(r, 3) == 0) return odd[below(r, (int32_t)(sizeof odd / sizeof odd[0]))];
    return (below(r, how->n_cuts) - how->n_cuts / 2) * 0.125;
}

static void make_set(tree_builder *b, random_stream *r, tree_node *n)
{
    int32_t levels = n->feature == FEW || below(r, 4) == 0 ? FEW_LEVELS : MANY_LEVELS;
    n->n_words = below(r, 6) == 0 ? 0 : levels / 32 + below(r, 2);
    uint32_t *words = tree_builder_words(b, n->n_words, &n->bits);
    for (int32_t w = 0; w < n->n_words; w++)
        words[w] = random_word(r);
}

static tree_node make_split(tree_builder *b, random_stream *r, const recipe *how)
{
    tree_node n = {.feature = below(r, how->categories ? N_FEATURES : REALS)};
    n.flags = TREE_NODE_LESS_EQUAL;
    if (how->rules) n.flags = (uint8_t)(below(r, 4) * TREE_NODE_LESS_EQUAL | below(r, 2) * TREE_NODE_ZERO_MISSING);
    if (how->categories && (n.feature == FEW || ((n.feature == MANY || n.feature == REAL_CODES) && below(r, 2)))) {
        n.flags |= TREE_NODE_CATEGORY;
        make_set(b, r, &n);
    } else {
        n.value = make_cut(r, how);
    }
    return n;
}

static tree_node make_leaf(random_stream *r, const recipe *how)
{
    double value = random_unit(r) * 10 - 5;
    return (tree_node){.value = how->float32 && below(r, 2) ? (float)value : value, .flags = TREE_NODE_LEAF};
}

/* Any leaf is split until there are enough. */
static void make_tree(tree_node *nodes, int32_t leaves, tree_builder *b, random_stream *r, const recipe *how)
{
    int32_t n = 1;
    nodes[0] = make_leaf(r, how);
    for (int32_t i = 1; i < leaves; i++) {
        int32_t at = below(r, n);
        while (!(nodes[at].flags & TREE_NODE_LEAF))
            at = below(r, n);
        nodes[at] = make_split(b, r, how);
        nodes[at].left = below(r, 2) ? n : n + 1;
        nodes[at].right = 2 * n + 1 - nodes[at].left;
        nodes[n++] = make_leaf(r, how);
        nodes[n++] = make_leaf(r, how);
    }
}

static void make_symmetric(tree_node *nodes, int32_t depth, tree_builder *b, random_stream *r, const recipe *how)
{
    for (int32_t level = 0; level <= depth; level++) {
        tree_node split = make_split(b, r, how);
        for (int32_t i = (1 << level) - 1; i < (2 << level) - 1; i++) {
            nodes[i] = level < depth ? split : make_leaf(r, how);
            nodes[i].left = 2 * i + 1;
            nodes[i].right = 2 * i + 2;
        }
    }
}

static tree_model *make_model(uint64_t seed, const recipe *how)
{
    random_stream r = random_of(seed, "model");
    tree_builder b = {0};
    tree_model *m = NULL;
    static tree_node nodes[4096];
    for (int32_t t = 0; t < how->n_trees; t++) {
        int32_t leaves = how->depth >= 0 ? 1 << how->depth : below(&r, 8) ? how->leaves : 1 + below(&r, how->leaves);
        if (how->depth >= 0)
            make_symmetric(nodes, how->depth, &b, &r, how);
        else
            make_tree(nodes, leaves, &b, &r, how);
        memcpy(tree_builder_tree(&b, below(&r, how->n_outputs), 2 * leaves - 1), nodes,
               (size_t)(2 * leaves - 1) * sizeof *nodes);
    }
    assert_int_equal(tree_builder_end(&b, N_FEATURES, how->n_outputs, &m, NULL), PTG_OK);
    for (int32_t k = 0; k < how->n_outputs; k++)
        m->base[k] = 0.1 * (k + 1);
    m->float32 = how->float32;
    m->scale = how->float32 ? 1 : 0.37;
    if (how->float32 && how->rules) {
        m->shift = arena_array(m->memory, N_FEATURES, sizeof *m->shift);
        m->shift[1] = 0.3;
    }
    ptg_error err = {0};
    if (tree_model_check(m, &err) != PTG_OK) fail_msg("%s", err.message);
    return m;
}

static double make_value(random_stream *r, int32_t n_cuts)
{
    static const double odd[] = {0, -0.0, DBL_MAX, -DBL_MAX, 1e300, -1e300, 5e-324, -5e-324, 1e38, 2e38, 16777217};
    switch (below(r, 12)) {
    case 0:
        return (double)NAN;
    case 1:
        return below(r, 2) ? (double)INFINITY : -(double)INFINITY;
    case 2:
        return odd[below(r, (int32_t)(sizeof odd / sizeof odd[0]))];
    case 3:
        return (random_unit(r) - 0.5) * 0.125 * n_cuts;
    default:
        return (below(r, n_cuts + 4) - n_cuts / 2 - 2) * 0.125;
    }
}

static void fill_sparse(matrix *x, int64_t n, random_stream *r)
{
    int64_t *rows;
    double *values;
    assert_int_equal(matrix_add_sparse(x, "sparse", (n + 2) / 3, &rows, &values, NULL), PTG_OK);
    for (int64_t i = 0; i < (n + 2) / 3; i++)
        rows[i] = 3 * i, values[i] = make_value(r, 20);
}

static matrix *make_rows(uint64_t seed, int64_t n, int32_t n_cuts)
{
    random_stream r = random_of(seed, "rows");
    matrix *x = matrix_new(n);
    static const char *const names[] = {"a", "b", "c", "d"};
    for (int f = 0; f < REALS; f++) {
        double *to = matrix_add_real(x, names[f]);
        for (int64_t i = 0; i < n; i++)
            to[i] = make_value(&r, n_cuts);
    }
    int32_t *few = matrix_add_coded(x, "few", FEW_LEVELS, NULL), *many = matrix_add_coded(x, "many", MANY_LEVELS, NULL);
    for (int64_t i = 0; i < n; i++) {
        few[i] = below(&r, 20) ? below(&r, FEW_LEVELS + 3) - 1 : 250 + below(&r, 10);
        many[i] = below(&r, 9) ? below(&r, MANY_LEVELS + 100) - 1 : below(&r, 2) ? 2000000000 : below(&r, 300);
    }
    fill_sparse(x, n, &r);
    double *codes = matrix_add_real(x, "real codes");
    for (int64_t i = 0; i < n; i++)
        codes[i] = below(&r, 3) ? below(&r, 64) * 0.5 - 2 : make_value(&r, n_cuts);
    return x;
}

/* Rows around block and group borders; the last ones come first, so that a row's result may not depend on where it stands. */
static void compare(const tree_model *m, const matrix *x, const char *what)
{
    const tree_kernels *all[3];
    int32_t n_kernels = tree_kernels_all(all);
    int64_t n = x->n_rows * m->n_outputs;
    double *expected = mem_array(n, sizeof *expected), *got = mem_array(n, sizeof *got);
    tree_predictor *p = NULL;
    assert_int_equal(tree_model_raw(m, x, expected, NULL), PTG_OK);
    assert_int_equal(tree_predictor_new(m, &p, NULL), PTG_OK);
    assert_true(tree_predictor_has_programs(p));
    for (int32_t k = 0; k <= n_kernels; k++) {
        memset(got, 0xee, (size_t)n * sizeof *got);
        if (k < n_kernels)
            assert_int_equal(tree_predictor_raw_by(p, all[k], x, got, NULL), PTG_OK);
        else
            assert_int_equal(tree_predictor_raw(p, x, got, NULL), PTG_OK);
        for (int64_t i = 0; i < n; i++)
            if (memcmp(&got[i], &expected[i], sizeof *got))
                fail_msg("%s, %s, %lld rows: value %lld is %.17g, not %.17g", what, k < n_kernels ? all[k]->name : "best",
                         (long long)x->n_rows, (long long)i, got[i], expected[i]);
    }
    tree_predictor_free(p);
    mem_free(expected);
    mem_free(got);
}

static const struct {
    const char *what;
    recipe how;
} models[] = {
    {"steps", {.n_trees = 20, .n_outputs = 1, .leaves = 31, .depth = -1, .n_cuts = 200}},
    {"steps, few leaves",
     {.n_trees = 60, .n_outputs = 3, .leaves = 5, .depth = -1, .n_cuts = 12, .rules = true, .odd_cuts = true}},
    {"steps, 64 leaves", {.n_trees = 9, .n_outputs = 1, .leaves = 64, .depth = -1, .n_cuts = 100, .categories = true}},
    {"steps, 256 leaves",
     {.n_trees = 9,
      .n_outputs = 2,
      .leaves = 256,
      .depth = -1,
      .n_cuts = 300,
      .rules = true,
      .categories = true,
      .odd_cuts = true}},
    {"steps in f32",
     {.n_trees = 20,
      .n_outputs = 1,
      .leaves = 40,
      .depth = -1,
      .n_cuts = 90,
      .rules = true,
      .odd_cuts = true,
      .float32 = true}},
    {"steps in f32 with categories",
     {.n_trees = 20, .n_outputs = 2, .leaves = 90, .depth = -1, .n_cuts = 90, .categories = true, .float32 = true}},
    {"hops", {.n_trees = 3, .n_outputs = 1, .leaves = 257, .depth = -1, .n_cuts = 200}},
    {"hops with everything",
     {.n_trees = 4,
      .n_outputs = 2,
      .leaves = 1500,
      .depth = -1,
      .n_cuts = 500,
      .rules = true,
      .categories = true,
      .odd_cuts = true}},
    {"hops in f32", {.n_trees = 3, .n_outputs = 1, .leaves = 600, .depth = -1, .n_cuts = 500, .rules = true, .float32 = true}},
    {"many thresholds", {.n_trees = 8, .n_outputs = 1, .leaves = 1600, .depth = -1, .n_cuts = 100000, .odd_cuts = true}},
    {"stumps and leaves", {.n_trees = 30, .n_outputs = 1, .leaves = 2, .depth = -1, .n_cuts = 9, .rules = true}},
    {"levels, depth 0", {.n_trees = 3, .n_outputs = 2, .depth = 0, .n_cuts = 5}},
    {"levels, depth 1", {.n_trees = 3, .n_outputs = 1, .depth = 1, .n_cuts = 5}},
    {"levels, depth 5", {.n_trees = 20, .n_outputs = 1, .depth = 5, .n_cuts = 300, .rules = true, .odd_cuts = true}},
    {"levels, depth 6", {.n_trees = 50, .n_outputs = 1, .depth = 6, .n_cuts = 254}},
    {"levels, depth 6, with everything",
     {.n_trees = 100, .n_outputs = 3, .depth = 6, .n_cuts = 300, .rules = true, .categories = true, .odd_cuts = true}},
    {"levels, depth 6 in f32", {.n_trees = 50, .n_outputs = 1, .depth = 6, .n_cuts = 300, .rules = true, .float32 = true}},
    {"levels, depth 8", {.n_trees = 9, .n_outputs = 1, .depth = 8, .n_cuts = 300, .rules = true, .categories = true}},
    {"levels, depth 9", {.n_trees = 3, .n_outputs = 1, .depth = 9, .n_cuts = 300}},
};
enum { N_MODELS = sizeof models / sizeof models[0] };

static void equals_the_walk(void **state)
{
    (void)state;
    static const int64_t sizes[] = {1, 2, 7, 8, 15, 16, 63, 64, 65, 255, 256, 257, N_ROWS};
    for (int k = 0; k < N_MODELS; k++)
        for (uint64_t seed = 0; seed < 3; seed++) {
            tree_model *m = make_model(100 * (uint64_t)k + seed, &models[k].how);
            for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
                if (seed > 0 && sizes[s] != N_ROWS) continue;
                matrix *x = make_rows(seed, sizes[s], models[k].how.n_cuts);
                compare(m, x, models[k].what);
                matrix_free(x);
            }
            tree_model_free(m);
        }
}

/* The tests above mean something only if the shapes are what they say. */
static void finds_the_shapes(void **state)
{
    (void)state;
    for (int k = 0; k < N_MODELS; k++) {
        tree_model *m = make_model(100 * (uint64_t)k, &models[k].how);
        arena *memory = arena_new();
        tree_inputs inputs;
        tree_index index = {.inputs = &inputs};
        tree_columns columns;
        tree_programs all;
        assert_int_equal(tree_inputs_find(m, memory, &inputs, NULL), PTG_OK);
        assert_int_equal(tree_columns_find(m, 60000, memory, memory, &index, &columns, NULL), PTG_OK);
        assert_int_equal(tree_programs_make(m, &index, 5000, memory, memory, &all, NULL), PTG_OK);
        int32_t seen[3] = {0};
        for (int32_t t = 0; t < m->n_trees; t++)
            seen[all.trees[t].shape]++;
        tree_shape expected = models[k].how.depth > 8 || models[k].how.leaves > 256 ? TREE_HOPS : TREE_STEPS;
        if ((models[k].how.depth >= 0 && models[k].how.depth <= 8) || models[k].how.leaves == 2) expected = TREE_LEVELS;
        assert_true(seen[expected] > 0);
        if (expected == TREE_LEVELS) assert_int_equal(seen[TREE_LEVELS], m->n_trees);
        if (expected == TREE_STEPS) assert_int_equal(seen[TREE_HOPS], 0);
        if (models[k].how.n_cuts == 100000) assert_true(columns.n > 20);
        arena_free(memory);
        tree_model_free(m);
    }
}

/* A row alone, in a small batch and in a large one. */
static void row_is_independent_of_batch(void **state)
{
    (void)state;
    tree_model *m = make_model(7, &models[15].how);
    matrix *x = make_rows(3, 300, 300);
    double whole[900], part[900];
    tree_predictor *p;
    assert_int_equal(tree_predictor_new(m, &p, NULL), PTG_OK);
    assert_int_equal(tree_predictor_predict(p, x, whole, NULL), PTG_OK);
    for (int64_t n = 1; n < 300; n += 13) {
        int64_t rows[300];
        for (int64_t i = 0; i < n; i++)
            rows[i] = 299 - i;
        matrix *some = NULL;
        assert_int_equal(matrix_take_rows(x, (row_list){.rows = rows, .n = n}, &some, NULL), PTG_OK);
        assert_int_equal(tree_predictor_predict(p, some, part, NULL), PTG_OK);
        for (int64_t i = 0; i < n; i++)
            assert_memory_equal(part + 3 * i, whole + 3 * rows[i], 3 * sizeof *part);
        matrix_free(some);
    }
    tree_predictor_free(p);
    matrix_free(x);
    tree_model_free(m);
}

/* More columns of bytes than 16 bits can number: the model is walked. */
static void walks_what_has_too_many_columns(void **state)
{
    (void)state;
    enum { WIDTH = 15100, N = 40 };
    tree_builder b = {0};
    for (int32_t t = 0; t < 4 * WIDTH; t++) {
        tree_node *n = tree_builder_tree(&b, 0, 3);
        n[0] = (tree_node){.value = 0.5, .feature = t % WIDTH, .left = 1, .right = 2, .flags = (uint8_t)(t / WIDTH * 2)};
        n[1] = (tree_node){.value = 1, .flags = TREE_NODE_LEAF};
        n[2] = (tree_node){.value = t, .flags = TREE_NODE_LEAF};
    }
    tree_model *m;
    assert_int_equal(tree_builder_end(&b, WIDTH, 1, &m, NULL), PTG_OK);
    matrix *x = matrix_new(N);
    for (int32_t f = 0; f < WIDTH; f++) {
        double *to = matrix_add_real(x, "x");
        for (int i = 0; i < N; i++)
            to[i] = (f + i) % 3;
    }
    double expected[N], got[N];
    tree_predictor *p;
    assert_int_equal(tree_predictor_new(m, &p, NULL), PTG_OK);
    assert_false(tree_predictor_has_programs(p));
    assert_int_equal(tree_model_raw(m, x, expected, NULL), PTG_OK);
    assert_int_equal(tree_predictor_raw(p, x, got, NULL), PTG_OK);
    assert_memory_equal(got, expected, sizeof got);
    tree_predictor_free(p);
    matrix_free(x);
    tree_model_free(m);
}

static void refuses_wrong_columns(void **state)
{
    (void)state;
    tree_model *m = make_model(1, &models[0].how);
    tree_predictor *p;
    assert_int_equal(tree_predictor_new(m, &p, NULL), PTG_OK);
    matrix *x = matrix_new(20);
    double out[20];
    ptg_error err = {0};
    assert_int_equal(tree_predictor_raw(p, x, out, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "trained on 8 columns, but 0"));
    feature words = {.name = "words", .kind = FEATURE_TEXT, .type = COLUMN_TEXT};
    for (int f = 0; f < N_FEATURES; f++)
        assert_int_equal(matrix_borrow(x, &words, NULL), PTG_OK);
    assert_int_equal(tree_predictor_raw(p, x, out, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "words"));
    matrix_free(x);
    tree_predictor_free(p);
    tree_model_free(m);
}

#ifdef PTG_FAULTS
static void survives_failing_allocations(void **state)
{
    (void)state;
    tree_model *m = make_model(5, &models[7].how);
    matrix *x = make_rows(5, 50, 500);
    double out[100];
    tree_predictor *p = NULL;
    int64_t failed = 0;
    ptg_status status = PTG_ERROR_MEMORY;
    for (int64_t n = 1; status != PTG_OK; n++, failed++) {
        mem_fail_at(n);
        status = tree_predictor_new(m, &p, NULL);
        mem_fail_at(0);
        assert_true(status == PTG_OK || (status == PTG_ERROR_MEMORY && !p));
    }
    status = PTG_ERROR_MEMORY;
    for (int64_t n = 1; status != PTG_OK; n++, failed++) {
        mem_fail_at(n);
        status = tree_predictor_raw(p, x, out, NULL);
        mem_fail_at(0);
        assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
    }
    assert_true(failed > 20);
    tree_predictor_free(p);
    matrix_free(x);
    tree_model_free(m);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_walk),
        cmocka_unit_test(finds_the_shapes),
        cmocka_unit_test(row_is_independent_of_batch),
        cmocka_unit_test(walks_what_has_too_many_columns),
        cmocka_unit_test(refuses_wrong_columns),
#ifdef PTG_FAULTS
        cmocka_unit_test(survives_failing_allocations),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
