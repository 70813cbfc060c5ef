/* Orders of rows for target statistics: by hand, what a row sees of rows of its group and its time; and the memory that
 * their bins take. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "learn/boost_statistics.h"

#include <cmocka.h>

enum { ROWS = 8, BORDERS = 255 };

/* One category of two levels, a target of two classes. */
static const int32_t codes[ROWS] = {0, 0, 0, 0, 1, 0, 1, 1};
static const double target[ROWS] = {1, 1, 0, 1, 1, 0, 1, 0};

typedef struct seen {
    double ones, rows;
} seen;

/* The bin of (ones + 1/2) / (rows + 1) among evenly spaced borders. */
static uint8_t bin_of(seen s)
{
    double value = (float)((s.ones + 0.5) / (s.rows + 1));
    int32_t bin = 0;
    while (bin < BORDERS && (bin + 0.999999) / BORDERS < value)
        bin++;
    return (uint8_t)bin;
}

/* Bins of the statistic with prior 1/2, by row, for each order. */
static int32_t bins_of(const statistics_settings *settings, uint8_t (*out)[ROWS], uint32_t (*orders)[ROWS])
{
    matrix *x = matrix_new(ROWS);
    memcpy(matrix_add_coded(x, "code", 2, NULL), codes, sizeof codes);
    learn_rows rows = {x, target, NULL};
    learn_task task = {.problem = PROBLEM_BINARY, .n_classes = 2, .train = rows};
    boost_category category = boost_category_of_codes(x, NULL, 0);
    boost_statistics s;
    boost_projection *p;
    assert_int_equal(boost_statistics_start(&s, settings, &task, &rows, &category, 1, NULL), PTG_OK);
    assert_int_equal(boost_statistics_get(&s, NULL, 0, &p, NULL), PTG_OK);
    for (int32_t o = 0; o < s.orders.n; o++) {
        boost_block *block;
        assert_int_equal(boost_statistics_blocks(&s, p, o, &block, NULL), PTG_OK);
        for (int64_t i = 0; i < ROWS; i++)
            out[o][i] = block->train.rows[i * block->train.n_columns + 1];
        memcpy(orders[o], s.orders.rows + o * ROWS, sizeof orders[o]);
    }
    int32_t n = s.orders.n;
    boost_statistics_clear(&s);
    matrix_free(x);
    return n;
}

static statistics_settings settings_of(int32_t n_orders)
{
    return (statistics_settings){
        .most_combined = 1, .n_orders = n_orders, .border_count = BORDERS, .most_bytes = INT64_C(1) << 20, .seed = 3};
}

static void check_only_order(const statistics_settings *settings, const seen want[ROWS])
{
    uint8_t bins[1][ROWS];
    uint32_t orders[1][ROWS];
    assert_int_equal(bins_of(settings, bins, orders), 1);
    for (int64_t i = 0; i < ROWS; i++)
        if (bins[0][i] != bin_of(want[i])) fail_msg("row %d has bin %d, not %d", (int)i, bins[0][i], bin_of(want[i]));
}

static void rows_in_their_own_order_see_those_above(void **state)
{
    (void)state;
    statistics_settings settings = settings_of(4);
    settings.own_order = true;
    check_only_order(&settings, (seen[ROWS]){{0, 0}, {1, 1}, {2, 2}, {2, 3}, {0, 0}, {3, 4}, {1, 1}, {2, 2}});
}

/* Rows of one time do not see each other; without a time a row sees nothing and is not seen. */
static void rows_see_earlier_times(void **state)
{
    (void)state;
    static const double time[ROWS] = {5, 1, 1, 3, 2, 5, 2, (double)NAN};
    statistics_settings settings = settings_of(4);
    settings.time = time;
    /* Level 0 by time: rows 1 and 2 (targets 1, 0), row 3 (1), rows 0 and 5. Level 1: rows 4 and 6; row 7 has none. */
    check_only_order(&settings, (seen[ROWS]){{2, 3}, {0, 0}, {0, 0}, {1, 2}, {0, 0}, {2, 3}, {0, 0}, {0, 0}});
}

static void rows_see_earlier_times_of_other_groups(void **state)
{
    (void)state;
    static const double time[ROWS] = {5, 1, 1, 3, 2, 5, 2.5, 3};
    static const int32_t group[ROWS] = {0, 0, 1, 1, -1, 2, -1, 2};
    statistics_settings settings = settings_of(4);
    settings.time = time;
    settings.group = group;
    /* Row 0 sees rows 2 and 3, not row 1 of its group; row 3 sees row 1, not row 2; row 7 sees rows 4 and 6. */
    check_only_order(&settings, (seen[ROWS]){{1, 2}, {0, 0}, {0, 0}, {1, 1}, {0, 0}, {2, 3}, {1, 1}, {2, 2}});
    settings.time = NULL;
    settings.own_order = true;
    check_only_order(&settings, (seen[ROWS]){{0, 0}, {0, 0}, {2, 2}, {2, 2}, {0, 0}, {3, 4}, {1, 1}, {2, 2}});
}

/* In every random order groups stand together, and a row sees the groups before its own. */
static void rows_see_whole_groups_before_their_own(void **state)
{
    (void)state;
    enum { ORDERS = 6 };
    static const int32_t group[ROWS] = {2, 0, 2, -1, 0, 5, -1, 2};
    statistics_settings settings = settings_of(ORDERS);
    settings.group = group;
    uint8_t bins[ORDERS][ROWS];
    uint32_t orders[ORDERS][ROWS];
    bool differ = false;
    assert_int_equal(bins_of(&settings, bins, orders), ORDERS);
    for (int32_t o = 0; o < ORDERS; o++) {
        int64_t changes = 0;
        for (int64_t at = 0; at < ROWS; at++) {
            uint32_t row = orders[o][at];
            changes += at == 0 || group[row] < 0 || group[row] != group[orders[o][at - 1]];
            seen want = {0, 0};
            for (int64_t i = 0; i < at; i++) {
                uint32_t other = orders[o][i];
                if (codes[other] != codes[row] || (group[row] >= 0 && group[other] == group[row])) continue;
                want = (seen){want.ones + target[other], want.rows + 1};
            }
            assert_int_equal(bins[o][row], bin_of(want));
        }
        assert_int_equal(changes, 5);
        differ = differ || memcmp(orders[o], orders[0], sizeof orders[o]) != 0;
    }
    assert_true(differ);
}

/* Bins that were dropped to keep the bound are made again as they were. */
static void bins_are_dropped_and_made_again(void **state)
{
    (void)state;
    matrix *x = matrix_new(ROWS);
    memcpy(matrix_add_coded(x, "code", 2, NULL), codes, sizeof codes);
    learn_rows rows = {x, target, NULL};
    learn_task task = {.problem = PROBLEM_BINARY, .n_classes = 2, .train = rows, .held_out = rows};
    boost_category category = boost_category_of_codes(x, x, 0);
    statistics_settings settings = settings_of(3);
    settings.most_bytes = ROWS * 4 * 2; /* two of three orders */
    boost_statistics s;
    boost_projection *p;
    boost_block *blocks;
    uint8_t first[ROWS * 4], held[ROWS * 4];
    assert_int_equal(boost_statistics_start(&s, &settings, &task, &rows, &category, 1, NULL), PTG_OK);
    assert_int_equal(boost_statistics_get(&s, NULL, 0, &p, NULL), PTG_OK);
    for (int32_t order = 0; order < 3; order++) {
        boost_statistics_new_tree(&s);
        assert_int_equal(boost_statistics_blocks(&s, p, order, &blocks, NULL), PTG_OK);
        if (order > 0) continue;
        memcpy(first, blocks->train.rows, sizeof first);
        memcpy(held, blocks->held.rows, sizeof held);
    }
    assert_non_null(p->blocks[0].train.rows); /* a tree keeps what it asks for */
    boost_statistics_new_tree(&s);
    assert_null(p->blocks[0].train.rows);
    assert_non_null(p->blocks[1].train.rows);
    assert_int_equal(boost_statistics_blocks(&s, p, 0, &blocks, NULL), PTG_OK);
    assert_memory_equal(blocks->train.rows, first, sizeof first);
    assert_memory_equal(blocks->held.rows, held, sizeof held);
    boost_statistics_new_tree(&s);
    assert_null(p->blocks[1].train.rows);
    boost_statistics_clear(&s);
    matrix_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_in_their_own_order_see_those_above), cmocka_unit_test(rows_see_earlier_times),
        cmocka_unit_test(rows_see_earlier_times_of_other_groups),  cmocka_unit_test(rows_see_whole_groups_before_their_own),
        cmocka_unit_test(bins_are_dropped_and_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
