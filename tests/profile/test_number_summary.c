/* Statistics of numbers against numpy, scipy and scikit-learn (golden_profile.h), and the laws of histograms. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "profile/number_summary.h"
#include "profile/power_score.h"
#include "profile/text_table.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define N 1500

typedef struct golden_column {
    const char *name;
    int64_t count, distinct, outliers;
    double values[12]; /* mean, sd, skew, kurtosis, rstd, seven quantiles */
} golden_column;
#include "golden_profile.h"

static void make_column(const char *name, double *out)
{
    for (int64_t i = 0; i < N; ++i) {
        const double u = (double)((i * 7919 + 13) % 1009) / 1009.0;
        if (strcmp(name, "heavy") == 0) {
            out[i] = u * u * u * 50.0 - 3.0;
            if (i % 97 == 5) out[i] *= 40.0;
            if (i % 31 == 3) out[i] = NAN;
        } else if (strcmp(name, "whole") == 0) {
            out[i] = i == 700 ? 900.0 : (double)((i * i) % 83);
        } else if (strcmp(name, "mostly_zero") == 0) {
            out[i] = i % 50 == 0 ? u : 0.0;
        } else {
            out[i] = strcmp(name, "tiny") == 0 ? 1e-300 * (1.0 + u) : 1e300 * (u - 0.5);
        }
    }
}

static int64_t sorted_valid(double *v)
{
    int64_t n = 0;
    for (int64_t i = 0; i < N; ++i) {
        if (!isnan(v[i])) v[n++] = v[i];
    }
    assert_int_equal(sort_numbers(v, n, NULL), PTG_OK);
    return n;
}

static void assert_near(double value, double golden)
{
    if (isnan(golden)) {
        assert_true(isnan(value));
    } else if (!(fabs(value - golden) <= 1e-9 * fabs(golden))) {
        fail_msg("%.17g is not %.17g", value, golden);
    }
}

/* Every value is in exactly one bar, borders meet, and only end bars hold outliers. */
static void check_histogram(const number_summary *s)
{
    int64_t total = 0;
    assert_in_range(s->n_bars, 1, HISTOGRAM_BARS);
    for (int32_t k = 0; k < s->n_bars; ++k) {
        const histogram_bar *bar = &s->bars[k];
        total += bar->count;
        assert_true(bar->low <= bar->high);
        if (bar->outliers) assert_true(k == 0 || k == s->n_bars - 1);
        if (k > 0 && !bar->outliers && !s->bars[k - 1].outliers) assert_true(bar->low == s->bars[k - 1].high);
        if (bar->count > 0)
            assert_true(bar->mean >= bar->low - 1e-9 * fabs(bar->low) && bar->mean <= bar->high + 1e-9 * fabs(bar->high));
    }
    assert_int_equal(total, s->count);
}

static void matches_numpy(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof golden_columns / sizeof golden_columns[0]; ++c) {
        const golden_column *golden = &golden_columns[c];
        double v[N];
        number_summary s;
        make_column(golden->name, v);
        number_summary_make(v, sorted_valid(v), true, &s);
        assert_int_equal(s.count, golden->count);
        assert_int_equal(s.outliers, golden->outliers);
        const double made[5] = {s.mean, s.sd, s.skew, s.kurtosis, s.rstd};
        for (int k = 0; k < 5; ++k)
            assert_near(made[k], golden->values[k]);
        for (int k = 0; k < N_QUANTILES; ++k)
            assert_near(s.quantiles[k], golden->values[5 + k]);
        check_histogram(&s);
    }
}

static void end_bars_collect_outliers(void **state)
{
    (void)state;
    double v[102];
    number_summary s;
    for (int i = 0; i < 100; ++i)
        v[i] = i % 10;
    v[100] = 1000;
    v[101] = -500;
    assert_int_equal(sort_numbers(v, 102, NULL), PTG_OK);
    number_summary_make(v, 102, true, &s);
    assert_int_equal(s.outliers, 2);
    assert_true(s.bars[0].outliers && s.bars[0].count == 1 && s.bars[0].mean == -500);
    assert_true(s.bars[s.n_bars - 1].outliers && s.bars[s.n_bars - 1].mean == 1000);
    assert_int_equal(s.n_bars, 12); /* ten whole numbers between */
    assert_true(s.bars[1].low == -0.5 && s.bars[1].high == 0.5 && s.bars[1].count == 10);
    number_summary_make(v, 102, false, &s);
    assert_int_equal(s.outliers, 0);
    check_histogram(&s);
}

static void edges(void **state)
{
    (void)state;
    number_summary s;
    number_summary_make(NULL, 0, true, &s);
    assert_true(s.count == 0 && s.n_bars == 0 && isnan(s.mean) && isnan(s.quantiles[0]));
    const double one[1] = {7.5};
    number_summary_make(one, 1, true, &s);
    assert_true(s.mean == 7.5 && isnan(s.sd) && isnan(s.skew) && s.n_bars == 1 && s.bars[0].count == 1 && !s.integers);
    const double same[5] = {0.1, 0.1, 0.1, 0.1, 0.1};
    number_summary_make(same, 5, true, &s);
    assert_true(s.mean == 0.1 && s.sd == 0 && isnan(s.skew) && isnan(s.kurtosis) && s.outliers == 0 && s.n_bars == 1);
    const double extreme[4] = {-DBL_MAX, -1, 1, DBL_MAX};
    number_summary_make(extreme, 4, true, &s);
    check_histogram(&s);
    const double big[3] = {9007199254740991.0, 9007199254740992.0, 9007199254740994.0};
    number_summary_make(big, 3, true, &s);
    check_histogram(&s);
}

static void sorts(void **state)
{
    (void)state;
    double v[] = {3, -0.0, INFINITY, -INFINITY, 1e-310, -1e-310, 0.0, -7, DBL_MAX, -DBL_MAX, 3};
    const int64_t n = (int64_t)(sizeof v / sizeof v[0]);
    assert_int_equal(sort_numbers(v, n, NULL), PTG_OK);
    for (int64_t i = 1; i < n; ++i)
        assert_true(v[i - 1] <= v[i]);
    assert_true(v[0] == -INFINITY && v[n - 1] == INFINITY && !signbit(v[4]));
    assert_int_equal(sorted_below(v, n, 3), 7);
    assert_int_equal(sorted_below(v, n, -INFINITY), 0);
}

static void auc_matches_sklearn(void **state)
{
    (void)state;
    score_group groups[N];
    for (int64_t i = 0; i < N; ++i) {
        const int64_t score = (i * 31) % 41, label = (i * 17) % 23 + score / 4 > 16;
        groups[i] = (score_group){.score = (double)score, .positive = (double)label, .negative = (double)(1 - label)};
    }
    const auc_estimate e = auc_of_groups(groups, N);
    assert_near(e.auc, golden_auc);
    assert_near(sqrt(e.variance), golden_auc_se);
    score_group lone[2] = {{.score = 1, .positive = 3}, {.score = 2, .positive = 1}};
    assert_true(isnan(auc_of_groups(lone, 2).auc));
}

static void counts_texts(void **state)
{
    (void)state;
    static char digits[5000][8];
    text_table t = {0};
    for (int i = 0; i < 5000; ++i) {
        const int size = snprintf(digits[i], sizeof digits[i], "%d", i % 1700);
        int32_t code = -1;
        assert_int_equal(text_table_add(&t, (text){.data = digits[i], .size = size}, &code, NULL), PTG_OK);
        assert_int_equal(code, i % 1700);
    }
    assert_int_equal(t.n, 1700);
    assert_int_equal(t.counts[0], 3);
    assert_int_equal(t.counts[1699], 2);
    assert_int_equal(text_table_add(&t, text_of(""), NULL, NULL), PTG_OK);
    assert_int_equal(t.n, 1701);
    text_table_clear(&t);
    text rest = text_of(" \tone  two\n"), word;
    assert_true(text_next_word(&rest, &word) && text_equal_to(word, "one"));
    assert_true(text_next_word(&rest, &word) && text_equal_to(word, "two"));
    assert_false(text_next_word(&rest, &word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_numpy), cmocka_unit_test(end_bars_collect_outliers), cmocka_unit_test(edges),
        cmocka_unit_test(sorts),         cmocka_unit_test(auc_matches_sklearn),       cmocka_unit_test(counts_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
