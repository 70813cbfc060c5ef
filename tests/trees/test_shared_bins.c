/* Bins of a table's own columns: equal to bins of the rows that borders are made of, and fitted to the rows of each fit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "numeric/matrix.h"
#include "trees/shared_bins.h"

#include <cmocka.h>

enum { ROWS = 400, USED = 300, PART = 100 };

typedef struct table {
    frame *frame;
    double values[ROWS];
    int64_t all[ROWS];
    arena *memory;
    shared_bins *bins;
} table;

/* One column; a missing value in every 50th row. Borders are made of the first USED rows. */
static int make_table(void **state)
{
    static table t;
    t.memory = arena_new();
    for (int64_t i = 0; i < ROWS; i++) {
        t.values[i] = i % 50 == 7 ? (double)NAN : (double)(i * 7919 % 1009);
        t.all[i] = i;
    }
    frame_builder *to = frame_builder_new(ROWS);
    if (frame_builder_numbers(to, text_of("x"), COLUMN_NUMERIC, t.values, NULL) != PTG_OK) return 1;
    if (frame_builder_end(to, &t.frame, NULL) != PTG_OK) return 1;
    *state = &t;
    return shared_bins_new(t.frame, (row_list){t.all, USED}, &t.bins, NULL) != PTG_OK;
}

static int free_table(void **state)
{
    table *t = *state;
    shared_bins_free(t->bins);
    frame_free(t->frame);
    arena_free(t->memory);
    return 0;
}

static uint8_t *block_of(const table *t, const bin_column *c, const int64_t *rows, int64_t n)
{
    int32_t first = 0;
    matrix *x = NULL;
    bin_block b = {.n_columns = 1, .columns = {*c}};
    assert_int_equal(matrix_from_frame(t->frame, &first, 1, (row_list){rows, n}, &x, NULL), PTG_OK);
    assert_int_equal(x->features[0].source, 1);
    assert_int_equal(bin_block_fill(&b, x, rows, t->memory, NULL), PTG_OK);
    matrix_free(x);
    return b.rows;
}

static void all_rows_have_the_bins_of_a_column_alone(void **state)
{
    table *t = *state;
    for (int32_t most = 3; most <= 30; most += 27) { /* again with other borders */
        bin_column own = {0}, shared = {0};
        assert_int_equal(bins_of_numbers(t->values, USED, most, 0, t->memory, &own, NULL), PTG_OK);
        assert_int_equal(shared_bins_take(t->bins, 0, most, t->all, USED, t->memory, &shared, NULL), PTG_OK);
        assert_int_equal(shared.n_bins, own.n_bins);
        assert_int_equal(own.n_bins, most + 1);
        for (int32_t b = 0; b < own.n_bins - 1; b++)
            assert_true(shared.borders[b] == own.borders[b]);
        /* also of the rows that borders did not see */
        assert_memory_equal(block_of(t, &own, t->all, ROWS), block_of(t, &shared, t->all, ROWS), ROWS);
    }
}

/* Of some rows without a missing value: rows on both sides of each border, and bins that say what the borders say. */
static void a_part_keeps_the_borders_that_part_it(void **state)
{
    table *t = *state;
    int64_t part[PART], n = 0;
    for (int64_t i = 0; n < PART; i++)
        if (t->values[i] < 400 && !(i % 3 == 0 && t->values[i] > 100)) part[n++] = i;
    bin_column c = {0};
    assert_int_equal(shared_bins_take(t->bins, 0, 60, part, n, t->memory, &c, NULL), PTG_OK);
    assert_true(c.n_bins > 15 && c.n_bins < 40);
    const uint8_t *bins = block_of(t, &c, t->all, ROWS);
    bool has_rows[BINS_MOST] = {false};
    for (int64_t i = 0; i < n; i++)
        has_rows[bins[part[i]]] = true;
    for (int32_t b = 0; b < c.n_bins; b++)
        assert_true(has_rows[b]);
    for (int64_t i = 0; i < ROWS; i++) {
        int32_t want = 0;
        while (want < c.n_bins - 1 && t->values[i] > c.borders[want])
            want++;
        assert_int_equal(bins[i], want); /* a missing value lies with the smallest */
    }
}

static void one_value_has_one_bin(void **state)
{
    table *t = *state;
    const int64_t one[] = {3}, missing[] = {7, 57}, both[] = {7, 3};
    bin_column c = {0};
    assert_int_equal(shared_bins_take(t->bins, 0, 30, one, 1, t->memory, &c, NULL), PTG_OK);
    assert_int_equal(c.n_bins, 1);
    assert_int_equal(shared_bins_take(t->bins, 0, 30, missing, 2, t->memory, &c, NULL), PTG_OK);
    assert_int_equal(c.n_bins, 1);
    assert_int_equal(shared_bins_take(t->bins, 0, 30, both, 2, t->memory, &c, NULL), PTG_OK);
    assert_int_equal(c.n_bins, 2);
    assert_true(c.borders[0] == BORDER_MISSING);
    assert_int_equal(shared_bins_take(t->bins, 0, 30, NULL, 0, t->memory, &c, NULL), PTG_OK);
    assert_int_equal(c.n_bins, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_rows_have_the_bins_of_a_column_alone, make_table, free_table),
        cmocka_unit_test_setup_teardown(a_part_keeps_the_borders_that_part_it, make_table, free_table),
        cmocka_unit_test_setup_teardown(one_value_has_one_bin, make_table, free_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
