/* Borders against CatBoost's GreedyLogSum, and bins of values on either side of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "trees/bins.h"
#include "trees/borders.h"

#include <cmocka.h>

#include "borders_golden.h"

enum { N = 1500 };

/* The columns of make_borders_golden.py. */
static double value_of(const char *name, int64_t i)
{
    int64_t spread = i * 7919 % 10007, a = spread % 60, b = spread * 31 % 47;
    if (strcmp(name, "spread") == 0) return (double)spread / 16;
    if (strcmp(name, "skewed") == 0) return (double)(spread % 997 * (spread % 997)) / 16;
    if (strcmp(name, "tied") == 0) return (double)(a < b ? a : b);
    if (strcmp(name, "whole") == 0) return (double)(spread % 300);
    if (strcmp(name, "constant") == 0) return 5;
    if (strcmp(name, "missing") == 0) return spread % 5 == 0 ? (double)NAN : (double)(spread % 700) / 16;
    if (strcmp(name, "signed") == 0) return spread % 3 == 0 ? -0.0 : (double)(spread % 9 - 4) / 4;
    assert_string_equal(name, "heavy");
    return spread % 10 < 8 ? 0 : (double)spread / 16;
}

static void borders_are_catboosts(void **state)
{
    (void)state;
    double values[N];
    for (size_t g = 0; g < sizeof golden_borders / sizeof golden_borders[0]; g++) {
        const struct golden_borders *want = &golden_borders[g];
        arena *a = arena_new();
        bin_column got = {0};
        for (int64_t i = 0; i < N; i++)
            values[i] = value_of(want->name, i);
        assert_int_equal(bins_of_numbers(values, N, want->most, 1, a, &got, NULL), PTG_OK);
        if (got.n_bins - 1 != want->missing + want->n)
            fail_msg("%s, %d: %d borders, not %d", want->name, (int)want->most, (int)got.n_bins - 1,
                     (int)(want->missing + want->n));
        if (want->missing) assert_true(got.borders[0] == BORDER_MISSING);
        for (int32_t b = 0; b < want->n; b++)
            if (got.borders[want->missing + b] != want->borders[b])
                fail_msg("%s, %d: border %d is %.17g, not %.17g", want->name, (int)want->most, (int)b,
                         got.borders[want->missing + b], want->borders[b]);
        arena_free(a);
    }
}

static void bins_lie_between_borders(void **state)
{
    (void)state;
    const double borders[] = {BORDER_MISSING, -1, 0, 2.5};
    static const struct {
        double x;
        int32_t bin;
    } cases[] = {{(double)NAN, 0}, {-1e300, 1}, {-1, 1}, {-0.5, 2}, {0, 2}, {-0.0, 2}, {2.5, 3}, {2.6, 4}, {1e300, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(borders_bin(borders, 4, cases[i].x), cases[i].bin);
    assert_int_equal(borders_bin(borders, 0, 7), 0);
}

/* Neighbouring doubles, infinities, and tables of no and of one value. */
static void odd_values(void **state)
{
    (void)state;
    double near[] = {1, nextafter(1, 2)}, out[4], big[] = {-1e300, 1e300};
    int32_t n;
    assert_int_equal(borders_make(near, 2, 4, out, &n, NULL), PTG_OK);
    assert_int_equal(n, 1);
    assert_true(out[0] >= near[0] && out[0] < near[1]);
    assert_int_equal(borders_make(big, 2, 4, out, &n, NULL), PTG_OK);
    assert_true(n == 1 && out[0] == 0);
    assert_int_equal(borders_make(near, 0, 4, out, &n, NULL), PTG_OK);
    assert_int_equal(n, 0);
    assert_int_equal(borders_make(near, 1, 4, out, &n, NULL), PTG_OK);
    assert_int_equal(n, 0);
    arena *a = arena_new();
    bin_column cut = {0};
    double missing[] = {(double)NAN, (double)NAN}, infinite[] = {-INFINITY, 0, INFINITY};
    assert_int_equal(bins_of_numbers(missing, 2, 4, 1, a, &cut, NULL), PTG_OK);
    assert_int_equal(cut.n_bins, 2);
    assert_int_equal(bins_of_numbers(infinite, 3, 4, 1, a, &cut, NULL), PTG_OK);
    assert_int_equal(cut.n_bins, 3);
    arena_free(a);
}

/* A block of every kind of column: the bins of each row. */
static void blocks_hold_every_kind(void **state)
{
    (void)state;
    enum { ROWS = 5 };
    matrix *x = matrix_new(ROWS);
    double *real = matrix_add_real(x, "real"), *values;
    int32_t *codes = matrix_add_coded(x, "codes", 3, NULL);
    int64_t *rows;
    assert_int_equal(matrix_add_sparse(x, "sparse", 2, &rows, &values, NULL), PTG_OK);
    const double numbers[ROWS] = {1, (double)NAN, 3, 2, 9}, borders[] = {BORDER_MISSING, 1.5, 2.5}, around[] = {-1, 1};
    const int32_t levels[ROWS] = {0, -1, 2, 1, 2};
    memcpy(real, numbers, sizeof numbers);
    memcpy(codes, levels, sizeof levels);
    rows[0] = 1, rows[1] = 3, values[0] = 5, values[1] = -5;
    bin_block b = {.n_columns = 3, .log_bins = 2};
    b.columns[0] = (bin_column){.kind = BIN_NUMBER, .feature = 0, .n_bins = 4, .borders = borders};
    b.columns[1] = (bin_column){.kind = BIN_LEVEL, .feature = 1, .n_bins = 4};
    b.columns[2] = (bin_column){.kind = BIN_NUMBER, .feature = 2, .n_bins = 3, .borders = around};
    arena *a = arena_new();
    assert_int_equal(bin_block_fill(&b, x, NULL, a, NULL), PTG_OK);
    static const uint8_t want[ROWS * 3] = {1, 1, 1, 0, 0, 2, 3, 3, 1, 2, 2, 0, 3, 3, 1};
    assert_memory_equal(b.rows, want, sizeof want);
    arena_free(a);
    matrix_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_are_catboosts),
        cmocka_unit_test(bins_lie_between_borders),
        cmocka_unit_test(odd_values),
        cmocka_unit_test(blocks_hold_every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
