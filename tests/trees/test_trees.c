/* The tree format: predicting by hand-made trees, save and load, and one hostile sample for each rule of the reader. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/random.h"
#include "trees/tree_builder.h"
#include "trees/tree_predictor.h"

#include <cmocka.h>

/* x0 < 1.5 ? (x1 in {0, 33} ? 1 : 2) : x0 <= 3 ? 4 : 8, missing x0 right, missing x1 left, missing again left. */
static const tree_node sample_nodes[] = {
    {.value = 1.5, .feature = 0, .left = 1, .right = 2, .cover = 10},
    {.feature = 1,
     .left = 3,
     .right = 4,
     .bits = 0,
     .n_words = 2,
     .cover = 4,
     .flags = TREE_NODE_CATEGORY | TREE_NODE_MISSING_LEFT},
    {.value = 3, .feature = 0, .left = 5, .right = 6, .cover = 6, .flags = TREE_NODE_LESS_EQUAL | TREE_NODE_MISSING_LEFT},
    {.value = 1, .cover = 2, .flags = TREE_NODE_LEAF},
    {.value = 2, .cover = 2, .flags = TREE_NODE_LEAF},
    {.value = 4, .cover = 3, .flags = TREE_NODE_LEAF},
    {.value = 8, .cover = 3, .flags = TREE_NODE_LEAF},
};
enum { SAMPLE_NODES = 7 };

/* The sample tree `copies` times. */
static tree_model *sample(int copies)
{
    tree_builder b = {0};
    int32_t first;
    uint32_t *words = tree_builder_words(&b, 2, &first);
    words[0] = 1;
    words[1] = 2;
    for (int t = 0; t < copies; t++)
        memcpy(tree_builder_tree(&b, 0, SAMPLE_NODES), sample_nodes, sizeof sample_nodes);
    tree_model *m = NULL;
    ptg_error err;
    assert_int_equal(tree_builder_end(&b, 2, 1, &m, &err), PTG_OK);
    assert_int_equal(tree_model_check(m, &err), PTG_OK);
    return m;
}

/* The sample tree with a line in its leaf of 4: 4 + 2 (x0 - 2.5) + 0.5 (x1 - 3), x0 within 2 ... 3 and x1 within 0 ... 9. */
static tree_model *linear_sample(void)
{
    tree_builder b = {0};
    int32_t first;
    tree_model *m = NULL;
    uint32_t *words = tree_builder_words(&b, 2, &first);
    words[0] = 1;
    words[1] = 2;
    tree_term *terms = tree_builder_terms(&b, 2, &first);
    terms[0] = (tree_term){.weight = 2, .center = 2.5, .low = 2, .high = 3, .feature = 0};
    terms[1] = (tree_term){.weight = 0.5, .center = 3, .low = 0, .high = 9, .feature = 1};
    tree_node *nodes = tree_builder_tree(&b, 0, SAMPLE_NODES);
    memcpy(nodes, sample_nodes, sizeof sample_nodes);
    nodes[5].flags |= TREE_NODE_LINEAR;
    nodes[5].bits = first;
    nodes[5].n_words = 2;
    assert_int_equal(tree_builder_end(&b, 2, 1, &m, NULL), PTG_OK);
    assert_int_equal(tree_model_check(m, NULL), PTG_OK);
    return m;
}

static matrix *two_columns(int64_t n, const double *x0, const int32_t *x1)
{
    matrix *x = matrix_new(n);
    double *real = matrix_add_real(x, "x0");
    int32_t *codes = matrix_add_coded(x, "x1", 40, NULL);
    if (n) memcpy(real, x0, (size_t)n * sizeof *real);
    if (n) memcpy(codes, x1, (size_t)n * sizeof *codes);
    return x;
}

/* Final predictions by a predictor made for the occasion. */
static ptg_status predict(const tree_model *m, const matrix *x, double *out, ptg_error *err)
{
    tree_predictor *p = NULL;
    ptg_status status = tree_predictor_new(m, &p, err);
    if (status == PTG_OK) status = tree_predictor_predict(p, x, out, err);
    tree_predictor_free(p);
    return status;
}

static void walks_every_rule(void **state)
{
    (void)state;
    static const struct {
        double x0;
        int32_t x1;
        double expected;
    } cases[] = {
        {1, 0, 1},   {1, 33, 1}, {1, 1, 2},    {1, 32, 2},  {1, 64, 2},       {1, 2000000000, 2}, {1, -1, 1},
        {1.5, 0, 4}, {3, 0, 4},  {3.01, 0, 8}, {NAN, 0, 4}, {INFINITY, 0, 8}, {-INFINITY, 0, 1},  {-0.0, 0, 1},
    };
    enum { N = sizeof cases / sizeof cases[0] };
    double x0[N], out[N];
    int32_t x1[N];
    for (int i = 0; i < N; i++)
        x0[i] = cases[i].x0, x1[i] = cases[i].x1;
    tree_model *m = sample(1);
    matrix *x = two_columns(N, x0, x1);
    assert_int_equal(tree_model_raw(m, x, out, NULL), PTG_OK);
    for (int i = 0; i < N; i++)
        assert_float_equal(out[i], cases[i].expected, 0);
    matrix_free(x);
    tree_model_free(m);
}

static void zero_can_be_missing(void **state)
{
    (void)state;
    tree_builder b = {0};
    tree_node *n = tree_builder_tree(&b, 0, 3);
    n[0] = (tree_node){.value = -1, .left = 1, .right = 2, .flags = TREE_NODE_MISSING_LEFT | TREE_NODE_ZERO_MISSING};
    n[1] = (tree_node){.value = 10, .flags = TREE_NODE_LEAF};
    n[2] = (tree_node){.value = 20, .flags = TREE_NODE_LEAF};
    tree_model *m;
    assert_int_equal(tree_builder_end(&b, 1, 1, &m, NULL), PTG_OK);
    matrix *x = matrix_new(200);
    int64_t *rows;
    double *values, out[200];
    assert_int_equal(matrix_add_sparse(x, "s", 4, &rows, &values, NULL), PTG_OK);
    static const int64_t stored[] = {0, 63, 64, 199};
    for (int i = 0; i < 4; i++)
        rows[i] = stored[i], values[i] = i == 2 ? -5 : 5;
    assert_int_equal(tree_model_raw(m, x, out, NULL), PTG_OK);
    for (int i = 0; i < 200; i++)
        assert_float_equal(out[i], i == 0 || i == 63 || i == 199 ? 20 : 10, 0);
    matrix_free(x);
    tree_model_free(m);
}

static void sums_in_f32_with_shift(void **state)
{
    (void)state;
    tree_model *m = sample(3);
    double shift[2] = {1e9, 0}, x0[2] = {1e9 + 1.25, 1e9 + 1.75}, out[2];
    int32_t x1[2] = {1, 1};
    for (int i = 0; i < m->n_nodes; i++)
        if (m->nodes[i].flags & TREE_NODE_LEAF) m->nodes[i].value = (float)(m->nodes[i].value * 0.1);
    m->float32 = true;
    m->shift = shift;
    m->base[0] = 0.7;
    matrix *x = two_columns(2, x0, x1);
    assert_int_equal(tree_model_raw(m, x, out, NULL), PTG_OK);
    volatile float sum = 0.7f;
    for (int t = 0; t < 3; t++)
        sum = sum + 0.2f;
    assert_float_equal(out[0], sum, 0);
    sum = 0.7f;
    for (int t = 0; t < 3; t++)
        sum = sum + 0.4f;
    assert_float_equal(out[1], sum, 0);
    matrix_free(x);
    tree_model_free(m);
}

static void links(void **state)
{
    (void)state;
    double a[3] = {1, 2, 1000}, b[1] = {0}, c[2] = {-0.5, 0.25}, d[1] = {1.5}, e[1] = {1}, f[2] = {-1, 0}, g[1] = {-800};
    tree_link_apply(TREE_SOFTMAX, 3, a);
    assert_float_equal(a[2], 1, 1e-15);
    tree_link_apply(TREE_LOGISTIC, 1, b);
    assert_float_equal(b[0], 0.5, 0);
    tree_link_apply(TREE_SHARE, 2, c);
    assert_float_equal(c[0], 0, 0);
    assert_float_equal(c[1], 1, 0);
    tree_link_apply(TREE_SHARE, 1, d);
    assert_float_equal(d[0], 1, 0);
    tree_link_apply(TREE_EXPM1, 1, e);
    assert_float_equal(e[0], expm1(1), 0);
    tree_link_apply(TREE_SHARE, 2, f);
    assert_float_equal(f[0], 0.5, 0);
    tree_link_apply(TREE_LOGISTIC, 1, g);
    assert_float_equal(g[0], 0, 1e-300);
}

static void refuses_wrong_columns(void **state)
{
    (void)state;
    tree_model *m = sample(1);
    matrix *x = matrix_new(1);
    matrix_add_real(x, "only");
    double out[1];
    ptg_error err;
    assert_int_equal(tree_model_raw(m, x, out, &err), PTG_ERROR_USAGE);
    feature words = {.name = "words", .kind = FEATURE_TEXT, .type = COLUMN_TEXT};
    assert_int_equal(matrix_borrow(x, &words, NULL), PTG_OK);
    assert_int_equal(tree_model_raw(m, x, out, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "words"));
    matrix_free(x);
    tree_model_free(m);
}

static void no_rows_and_no_trees(void **state)
{
    (void)state;
    tree_model *m = sample(1);
    matrix *x = two_columns(0, NULL, NULL);
    assert_int_equal(tree_model_raw(m, x, NULL, NULL), PTG_OK);
    matrix_free(x);
    tree_model_free(m);
    tree_builder b = {0};
    assert_int_equal(tree_builder_end(&b, 2, 1, &m, NULL), PTG_OK);
    m->base[0] = 3;
    double x0[1] = {1}, out[1];
    int32_t x1[1] = {1};
    x = two_columns(1, x0, x1);
    assert_int_equal(predict(m, x, out, NULL), PTG_OK);
    assert_float_equal(out[0], 3, 0);
    matrix_free(x);
    tree_model_free(m);
}

static void row_is_independent_of_batch(void **state)
{
    (void)state;
    enum { N = 131 };
    double x0[N], whole[N], one;
    int32_t x1[N];
    random_stream r = random_of(1, "trees");
    for (int i = 0; i < N; i++)
        x0[i] = 5 * random_unit(&r), x1[i] = (int32_t)random_below(&r, 40) - 1;
    tree_model *m = sample(5);
    m->link = TREE_LOGISTIC;
    m->scale = 0.1;
    matrix *x = two_columns(N, x0, x1);
    assert_int_equal(predict(m, x, whole, NULL), PTG_OK);
    for (int i = 0; i < N; i++) {
        matrix *single = two_columns(1, x0 + i, x1 + i);
        assert_int_equal(predict(m, single, &one, NULL), PTG_OK);
        assert_memory_equal(&one, &whole[i], sizeof one);
        matrix_free(single);
    }
    matrix_free(x);
    tree_model_free(m);
}

static ptg_status load(const bytes_writer *w, tree_model **m, ptg_error *err)
{
    bytes_reader r = bytes_reader_of(w->data, w->size);
    return tree_model_load(&r, m, err);
}

static void saves_and_loads(void **state)
{
    (void)state;
    tree_model *m = sample(3), *again = NULL;
    double shift[2] = {7, 0};
    m->shift = shift;
    m->float32 = true;
    bytes_writer w = {0}, w2 = {0};
    tree_model_save(m, &w);
    ptg_error err;
    assert_int_equal(load(&w, &again, &err), PTG_OK);
    tree_model_save(again, &w2);
    assert_int_equal(w.size, w2.size);
    assert_memory_equal(w.data, w2.data, (size_t)w.size);
    assert_float_equal(again->nodes[2].cover, 6, 0);
    assert_float_equal(again->shift[0], 7, 0);
    text_buffer_clear(&w);
    text_buffer_clear(&w2);
    tree_model_free(m);
    tree_model_free(again);
}

/* Terms at their numbers, level beyond their limits, and nothing for a missing number; so after saving and loading. */
static void lines_in_leaves(void **state)
{
    (void)state;
    const double x0[] = {2.5, 3, 1.6, 0, 9, 2.5, (double)NAN};
    const int32_t x1[] = {3, 5, 3, 0, 3, 39, -1};
    const double want[] = {4, 6, 3, 1, 8, 7, 4};
    double out[7], again[7];
    tree_model *m = linear_sample(), *loaded = NULL;
    matrix *x = two_columns(7, x0, x1);
    bytes_writer w = {0}, w2 = {0};
    tree_model_save(m, &w);
    assert_int_equal(load(&w, &loaded, NULL), PTG_OK);
    tree_model_save(loaded, &w2);
    assert_true(w.size == w2.size && memcmp(w.data, w2.data, (size_t)w.size) == 0);
    assert_int_equal(predict(m, x, out, NULL), PTG_OK);
    assert_int_equal(predict(loaded, x, again, NULL), PTG_OK);
    for (int i = 0; i < 7; i++)
        assert_true(fabs(out[i] - want[i]) < 1e-12 && out[i] == again[i]);
    text_buffer_clear(&w);
    text_buffer_clear(&w2);
    matrix_free(x);
    tree_model_free(m);
    tree_model_free(loaded);
}

/* Each damages one thing of the sample that no reader may accept. */
static void bad_feature(tree_model *m)
{
    m->nodes[0].feature = 2;
}
static void negative_feature(tree_model *m)
{
    m->nodes[0].feature = -1;
}
static void child_before_parent(tree_model *m)
{
    m->nodes[2].left = 1;
}
static void child_is_itself(tree_model *m)
{
    m->nodes[2].left = 2;
}
static void child_beyond_tree(tree_model *m)
{
    m->nodes[2].right = 7;
}
static void child_taken_twice(tree_model *m)
{
    m->nodes[2].right = 4;
}
static void both_children_one(tree_model *m)
{
    m->nodes[2].right = 5;
}
static void no_parent(tree_model *m)
{
    m->nodes[2].flags |= TREE_NODE_LEAF;
}
static void threshold_nan(tree_model *m)
{
    m->nodes[0].value = NAN;
}
static void leaf_infinite(tree_model *m)
{
    m->nodes[3].value = INFINITY;
}
static void cover_nan(tree_model *m)
{
    m->nodes[3].cover = NAN;
}
static void cover_negative(tree_model *m)
{
    m->nodes[3].cover = -1;
}
static void unknown_flag(tree_model *m)
{
    m->nodes[3].flags |= 64;
}
static void words_beyond(tree_model *m)
{
    m->nodes[1].bits = 1;
}
static void words_negative(tree_model *m)
{
    m->nodes[1].bits = -1;
}
static void words_overflow(tree_model *m)
{
    m->nodes[1].n_words = INT32_MAX;
}
static void bad_output(tree_model *m)
{
    m->trees[0].output = 1;
}
static void empty_tree(tree_model *m)
{
    m->trees[0].n_nodes = 0;
}
static void negative_tree(tree_model *m)
{
    m->trees[0].n_nodes = -7;
}
static void long_tree(tree_model *m)
{
    m->trees[0].n_nodes = 8;
}
static void short_tree(tree_model *m)
{
    m->trees[0].n_nodes = 6;
}
static void huge_tree(tree_model *m)
{
    m->trees[0].n_nodes = INT32_MAX;
}
static void unknown_link(tree_model *m)
{
    m->link = (tree_link)6;
}
static void scale_nan(tree_model *m)
{
    m->scale = NAN;
}
static void scaled_f32(tree_model *m)
{
    m->float32 = true, m->scale = 2;
}
static void base_infinite(tree_model *m)
{
    m->base[0] = -INFINITY;
}
static void more_outputs(tree_model *m)
{
    static double two[2];
    m->n_outputs = 2, m->base = two, m->trees[0].output = -1;
}
static void no_features(tree_model *m)
{
    m->n_features = 0;
}
static void shift_nan(tree_model *m)
{
    static double shift[2] = {NAN, 0};
    m->shift = shift;
}
static void line_in_split(tree_model *m)
{
    m->nodes[0].flags |= TREE_NODE_LINEAR;
}
static void terms_beyond(tree_model *m)
{
    m->nodes[5].n_words = 3;
}
static void terms_negative(tree_model *m)
{
    m->nodes[5].bits = -1;
}
static void no_terms(tree_model *m)
{
    m->nodes[5].n_words = 0;
}
static void term_of_no_feature(tree_model *m)
{
    m->terms[1].feature = 2;
}
static void term_nan(tree_model *m)
{
    m->terms[0].weight = NAN;
}
static void term_upside_down(tree_model *m)
{
    m->terms[0].low = 4;
}
static void line_in_f32(tree_model *m)
{
    m->float32 = true;
}

static void refuses(int number, void (*damage)(tree_model *), tree_model *m)
{
    tree_model *loaded = NULL;
    bytes_writer w = {0};
    ptg_error err = {0};
    damage(m);
    tree_model_save(m, &w);
    ptg_status status = load(&w, &loaded, &err);
    if (status != PTG_ERROR_FORMAT || loaded || !err.message[0]) fail_msg("damage %d was accepted", number);
    text_buffer_clear(&w);
    tree_model_free(m);
}

static void refuses_damaged_lines(void **state)
{
    (void)state;
    void (*const damages[])(tree_model *) = {line_in_split,      terms_beyond, terms_negative,   no_terms,
                                             term_of_no_feature, term_nan,     term_upside_down, line_in_f32};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++)
        refuses((int)i, damages[i], linear_sample());
}

static void refuses_each_damage(void **state)
{
    (void)state;
    void (*const damages[])(tree_model *) = {
        bad_feature,       negative_feature, child_before_parent, child_is_itself, child_beyond_tree, child_taken_twice,
        both_children_one, no_parent,        threshold_nan,       leaf_infinite,   cover_nan,         cover_negative,
        unknown_flag,      words_beyond,     words_negative,      words_overflow,  bad_output,        empty_tree,
        negative_tree,     long_tree,        short_tree,          huge_tree,       unknown_link,      scale_nan,
        scaled_f32,        base_infinite,    more_outputs,        no_features,     shift_nan};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++)
        refuses((int)i, damages[i], sample(1));
}

/* Truncated at every byte, and with every byte turned: refused or, where the byte is a value, walkable without a fault. */
static void survives_bytes_of(tree_model *m)
{
    tree_model *loaded;
    double x0[3] = {0, 2, NAN}, out[3 * 64];
    int32_t x1[3] = {0, 5, -1};
    matrix *x = two_columns(3, x0, x1);
    bytes_writer w = {0};
    tree_model_save(m, &w);
    for (int64_t size = 0; size < w.size; size++) {
        bytes_reader r = bytes_reader_of(w.data, size);
        assert_int_equal(tree_model_load(&r, &loaded, NULL), PTG_ERROR_FORMAT);
    }
    for (int64_t i = 0; i < w.size; i++)
        for (int bit = 0; bit < 8; bit++) {
            w.data[i] = (char)(w.data[i] ^ (1 << bit));
            if (load(&w, &loaded, NULL) == PTG_OK) {
                if (loaded->n_outputs <= 64 && loaded->n_features == 2) predict(loaded, x, out, NULL);
                tree_model_free(loaded);
            }
            w.data[i] = (char)(w.data[i] ^ (1 << bit));
        }
    text_buffer_clear(&w);
    matrix_free(x);
    tree_model_free(m);
}

static void survives_any_bytes(void **state)
{
    (void)state;
    survives_bytes_of(sample(2));
    survives_bytes_of(linear_sample());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_every_rule),
        cmocka_unit_test(zero_can_be_missing),
        cmocka_unit_test(sums_in_f32_with_shift),
        cmocka_unit_test(links),
        cmocka_unit_test(refuses_wrong_columns),
        cmocka_unit_test(no_rows_and_no_trees),
        cmocka_unit_test(row_is_independent_of_batch),
        cmocka_unit_test(saves_and_loads),
        cmocka_unit_test(lines_in_leaves),
        cmocka_unit_test(refuses_each_damage),
        cmocka_unit_test(refuses_damaged_lines),
        cmocka_unit_test(survives_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
