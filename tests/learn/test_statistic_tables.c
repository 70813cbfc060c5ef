/* Tables of target statistics: what they make of rows, save and load, and a hostile sample for each rule of the reader. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "learn/predictor.h"
#include "learn/statistic_tables.h"
#include "trees/tree_builder.h"

#include <cmocka.h>

enum { ROWS = 5, FEATURES = 3 };

/* A number of two values, a category, and their combination with two columns. */
static statistic_tables *sample(void)
{
    static const double values[] = {1.5, 4};
    static uint64_t first[2], pairs[3];
    static float of_first[2] = {0.25f, 0.5f}, of_pairs[3], more[3];
    statistic_tables *t = statistic_tables_new(FEATURES, 1, 2, 3);
    for (int i = 0; i < 3; i++)
        of_pairs[i] = (float)(i + 1), more[i] = (float)(i + 4);
    first[0] = level_key(0, -1), first[1] = level_key(0, 1);
    pairs[0] = level_key(0, 2), pairs[1] = level_key(1, -1), pairs[2] = level_key(1, 0);
    t->books[0] = (number_book){.feature = 0, .n = 2, .values = values};
    t->indexes[0] = (level_index){.parent = -1, .feature = 0, .n = 2, .keys = first};
    t->indexes[1] = (level_index){.parent = 0, .feature = 1, .n = 3, .keys = pairs};
    t->columns[0] = (statistic_column){.index = 0, .values = of_first, .unseen = 0.75f};
    t->columns[1] = (statistic_column){.index = 1, .values = of_pairs, .unseen = -1};
    t->columns[2] = (statistic_column){.index = 1, .values = more, .unseen = -2};
    return t;
}

static matrix *rows_of(void)
{
    matrix *x = matrix_new(ROWS);
    const double numbers[ROWS] = {(double)NAN, 4, 4, 3, 1.5};
    const int32_t codes[ROWS] = {2, -1, 0, 0, 0};
    memcpy(matrix_add_real(x, "number"), numbers, sizeof numbers);
    memcpy(matrix_add_coded(x, "category", 3, NULL), codes, sizeof codes);
    int64_t *rows;
    double *values;
    assert_int_equal(matrix_add_sparse(x, "sparse", 2, &rows, &values, NULL), PTG_OK);
    rows[0] = 1, rows[1] = 4, values[0] = 7, values[1] = 8;
    return x;
}

static void rows_get_their_numbers(void **state)
{
    (void)state;
    statistic_tables *t = sample();
    matrix *x = rows_of(), *whole, *part;
    static const double want[3][ROWS] = {{0.25, 0.5, 0.5, 0.75, 0.75}, {1, 2, 3, -1, -1}, {4, 5, 6, -2, -2}};
    assert_int_equal(statistic_tables_apply(t, x, 0, ROWS, &whole, NULL), PTG_OK);
    assert_int_equal(whole->n_features, FEATURES + 3);
    for (int c = 0; c < 3; c++)
        assert_memory_equal(whole->features[FEATURES + c].real, want[c], sizeof want[c]);
    assert_int_equal(statistic_tables_apply(t, x, 1, 3, &part, NULL), PTG_OK);
    for (int c = 0; c < 3; c++)
        assert_memory_equal(part->features[FEATURES + c].real, want[c] + 1, 3 * sizeof(double));
    assert_int_equal(part->features[2].n_values, 1);
    assert_int_equal(part->features[2].rows[0], 0);
    assert_true(part->features[0].real[0] == 4 && part->features[1].codes[1] == 0);
    matrix_free(whole);
    matrix_free(part);
    matrix_free(x);
    statistic_tables_free(t);
}

static void refuses_other_columns(void **state)
{
    (void)state;
    statistic_tables *t = sample();
    matrix *x = matrix_new(1), *out;
    ptg_error err = {0};
    assert_int_equal(statistic_tables_apply(t, x, 0, 1, &out, &err), PTG_ERROR_USAGE);
    matrix_add_real(x, "a");
    matrix_add_real(x, "b");
    matrix_add_real(x, "c");
    assert_int_equal(statistic_tables_apply(t, x, 0, 1, &out, &err), PTG_ERROR_USAGE);
    assert_non_null(strstr(err.message, "'b'"));
    assert_null(out);
    matrix_free(x);
    statistic_tables_free(t);
}

static ptg_status reload(const statistic_tables *t, int64_t cut, statistic_tables **out)
{
    bytes_writer w = {0};
    statistic_tables_save(t, &w);
    bytes_reader r = bytes_reader_of(w.data, w.size - cut);
    ptg_status status = statistic_tables_load(&r, out, NULL);
    text_buffer_clear(&w);
    return status;
}

static void saved_and_loaded(void **state)
{
    (void)state;
    statistic_tables *t = sample(), *again;
    bytes_writer one = {0}, two = {0};
    statistic_tables_save(t, &one);
    assert_int_equal(reload(t, 0, &again), PTG_OK);
    statistic_tables_save(again, &two);
    assert_int_equal(one.size, two.size);
    assert_memory_equal(one.data, two.data, (size_t)one.size);
    for (int64_t cut = 1; cut <= one.size; cut++) {
        statistic_tables *none;
        assert_int_equal(reload(t, cut, &none), PTG_ERROR_FORMAT);
        assert_null(none);
    }
    text_buffer_clear(&one);
    text_buffer_clear(&two);
    statistic_tables_free(again);
    statistic_tables_free(t);
}

static void bad_parent(statistic_tables *t)
{
    t->indexes[0].parent = 0;
}
static void bad_feature(statistic_tables *t)
{
    t->indexes[1].feature = FEATURES;
}
static void keys_out_of_order(statistic_tables *t)
{
    t->indexes[1].keys[1] = t->indexes[1].keys[0];
}
static void bad_book(statistic_tables *t)
{
    t->books[0].feature = -1;
}
static void numbers_out_of_order(statistic_tables *t)
{
    static const double values[] = {4, 4};
    t->books[0].values = values;
}
static void number_not_finite(statistic_tables *t)
{
    static const double values[] = {1, INFINITY};
    t->books[0].values = values;
}
static void value_not_finite(statistic_tables *t)
{
    t->columns[1].values[2] = NAN;
}
static void unseen_not_finite(statistic_tables *t)
{
    t->columns[1].unseen = INFINITY;
}
static void hostile_bytes(void **state)
{
    (void)state;
    static void (*const spoil[])(statistic_tables *) = {bad_parent,       bad_feature,          keys_out_of_order,
                                                        bad_book,         numbers_out_of_order, number_not_finite,
                                                        value_not_finite, unseen_not_finite};
    for (size_t i = 0; i < sizeof spoil / sizeof spoil[0]; i++) {
        statistic_tables *t = sample(), *none;
        spoil[i](t);
        assert_int_equal(reload(t, 0, &none), PTG_ERROR_FORMAT);
        assert_null(none);
        statistic_tables_free(t);
    }
}

/* Any one byte changed: an error, or tables that can be applied. */
static void any_byte(void **state)
{
    (void)state;
    statistic_tables *t = sample();
    matrix *x = rows_of();
    bytes_writer w = {0};
    statistic_tables_save(t, &w);
    for (int64_t at = 0; at < w.size; at++)
        for (int bit = 0; bit < 8; bit++) {
            statistic_tables *got = NULL;
            matrix *out = NULL;
            w.data[at] = (char)(w.data[at] ^ 1 << bit);
            bytes_reader r = bytes_reader_of(w.data, w.size);
            if (statistic_tables_load(&r, &got, NULL) == PTG_OK &&
                statistic_tables_apply(got, x, 0, ROWS, &out, NULL) == PTG_OK)
                matrix_free(out);
            statistic_tables_free(got);
            w.data[at] = (char)(w.data[at] ^ 1 << bit);
        }
    text_buffer_clear(&w);
    matrix_free(x);
    statistic_tables_free(t);
}

/* A predictor whose trees and tables do not fit is refused. */
static void trees_must_fit(void **state)
{
    (void)state;
    for (int32_t columns = FEATURES + 2; columns <= FEATURES + 3; columns++) {
        tree_builder builder = {0};
        tree_model *trees = NULL;
        tree_node *node = tree_builder_tree(&builder, 0, 1);
        *node = (tree_node){.flags = TREE_NODE_LEAF, .value = 2, .cover = 1};
        assert_int_equal(tree_builder_end(&builder, columns, 1, &trees, NULL), PTG_OK);
        predictor *p = predictor_of_statistics(sample(), trees), *again = NULL;
        assert_int_equal(predictor_n_features(p), FEATURES);
        assert_null(predictor_trees(p));
        bytes_writer w = {0};
        predictor_save(p, &w);
        bytes_reader r = bytes_reader_of(w.data, w.size);
        assert_int_equal(predictor_load(&r, &again, NULL), columns == FEATURES + 3 ? PTG_OK : PTG_ERROR_FORMAT);
        predictor_free(again);
        predictor_free(p);
        text_buffer_clear(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_get_their_numbers),
        cmocka_unit_test(refuses_other_columns),
        cmocka_unit_test(saved_and_loaded),
        cmocka_unit_test(hostile_bytes),
        cmocka_unit_test(any_byte),
        cmocka_unit_test(trees_must_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
