/* The inner loops of boost: every instruction set gives the plain one's bits, and these are right. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/random.h"
#include "learn/boost_kernels.h"
#include "learn/boost_noise.h"

#include <cmocka.h>

enum { ROWS = 3000, CELLS = BLOCK_COLUMNS * BINS_MOST };

static const boost_packing packing = {.weight_bits = 20, .gradient_scale = 1024, .weight_scale = 8};

typedef struct sample {
    uint8_t rows[ROWS * BLOCK_COLUMNS];
    uint32_t index[ROWS];
    int64_t packed[ROWS], n;
    bin_block block;
} sample;

static void make_sample(sample *s, int32_t n_columns, int32_t log_bins)
{
    random_stream r = random_of((uint64_t)n_columns, "kernels");
    s->n = 0;
    s->block = (bin_block){.n_columns = n_columns, .log_bins = log_bins, .rows = s->rows};
    for (int64_t i = 0; i < ROWS * n_columns; i++)
        s->rows[i] = (uint8_t)random_below(&r, INT64_C(1) << log_bins);
    for (int64_t i = 0; i < ROWS; i++) {
        if (random_below(&r, 3) == 0) continue;
        s->index[s->n] = (uint32_t)i;
        s->packed[s->n++] = (random_below(&r, 2001) - 1000) * (INT64_C(1) << packing.weight_bits) + random_below(&r, 9);
    }
}

static void fills_are_sums(void **state)
{
    (void)state;
    static const int32_t shapes[][2] = {{16, 8}, {16, 4}, {4, 4}, {7, 6}, {1, 1}};
    static sample s;
    static int64_t want[CELLS], got[CELLS];
    const boost_kernels *all[3];
    int32_t n = boost_kernels_all(all);
    assert_string_equal(all[0]->name, "plain");
    for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++) {
        make_sample(&s, shapes[shape][0], shapes[shape][1]);
        memset(want, 0, sizeof want);
        for (int64_t i = 0; i < s.n; i++)
            for (int32_t c = 0; c < s.block.n_columns; c++)
                want[(c << s.block.log_bins) + s.rows[s.index[i] * (uint32_t)s.block.n_columns + (uint32_t)c]] += s.packed[i];
        for (int32_t k = 0; k < n; k++) {
            memset(got, 0, sizeof got);
            all[k]->fill(&s.block, s.index, s.packed, s.n, got);
            assert_memory_equal(got, want, sizeof got);
        }
    }
}

/* Of a parent and one child, both children; whichever side is known. */
static void parts_are_differences(void **state)
{
    (void)state;
    const boost_kernels *all[3];
    int32_t n = boost_kernels_all(all);
    for (int32_t k = 0; k < n; k++)
        for (int32_t right_known = 0; right_known < 2; right_known++) {
            int64_t left[5] = {10, -3, 7, 0, 9}, right[5] = {4, -5, 7, 1, 2};
            all[k]->part(left, right, 5, right_known);
            static const int64_t rest[5] = {6, 2, 0, -1, 7}, known[5] = {4, -5, 7, 1, 2};
            assert_memory_equal(left, right_known ? rest : known, sizeof left);
            assert_memory_equal(right, right_known ? known : rest, sizeof right);
        }
}

/* sum a G and sum a a W of both sides, by their definition. */
static void want_scores(const int64_t *cells, int32_t from, int32_t to, int32_t n_bins, double lambda, double *numerator,
                        double *denominator)
{
    double g[2] = {0}, w[2] = {0};
    for (int32_t b = 0; b < n_bins; b++) {
        int side = b >= from && b <= to;
        g[side] += packed_gradient(&packing, cells[b]);
        w[side] += packed_weight(&packing, cells[b]);
    }
    *numerator = *denominator = 0;
    for (int side = 0; side < 2; side++) {
        double a = g[side] / (w[side] + lambda);
        *numerator += a * g[side];
        *denominator += a * a * w[side];
    }
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want)))) fail_msg("%.17g, not %.17g", got, want);
}

static void scans_are_scores(void **state)
{
    (void)state;
    static sample s;
    static int64_t cells[CELLS];
    const boost_kernels *all[3];
    int32_t n = boost_kernels_all(all);
    static const int32_t bins[] = {2, 9, 16, 255, 256};
    for (size_t i = 0; i < sizeof bins / sizeof bins[0]; i++) {
        boost_scores first[2], got[2];
        make_sample(&s, 1, bins_log(bins[i]));
        memset(cells, 0, sizeof cells);
        all[0]->fill(&s.block, s.index, s.packed, s.n, cells);
        for (int32_t k = 0; k < n; k++) {
            memset(got, 0, sizeof got);
            all[k]->scan_borders(cells, bins[i], &packing, 2.5, &got[0]);
            all[k]->scan_levels(cells, bins[i], &packing, 2.5, &got[1]);
            if (k == 0) memcpy(first, got, sizeof got);
            assert_memory_equal(got, first, sizeof got);
        }
        for (int32_t b = 0; b < bins[i]; b++) {
            double numerator, denominator;
            want_scores(cells, b, b, bins[i], 2.5, &numerator, &denominator);
            assert_near(first[1].numerator[b], numerator);
            assert_near(first[1].denominator[b], denominator);
            if (b == bins[i] - 1) break;
            want_scores(cells, 0, b, bins[i], 2.5, &numerator, &denominator);
            assert_near(first[0].numerator[b], numerator);
            assert_near(first[0].denominator[b], denominator);
        }
    }
}

/* The best of noisy scores, and the first of equal ones. */
static void choices_are_the_best(void **state)
{
    (void)state;
    static boost_scores scores;
    const boost_kernels *all[3];
    int32_t n = boost_kernels_all(all);
    random_stream r = random_of(3, "scores");
    for (int b = 0; b < BINS_MOST; b++) {
        scores.numerator[b] = (double)random_below(&r, 12);
        scores.denominator[b] = (double)random_below(&r, 3) + 1;
    }
    for (int32_t bins = 0; bins <= BINS_MOST; bins += 51)
        for (int cosine = 0; cosine < 2; cosine++)
            for (int noisy = 0; noisy < 2; noisy++) {
                boost_contest how = {.cosine = cosine, .noise = noisy ? 2.5 : 0, .key = 99};
                int32_t want = -1;
                double best = -INFINITY, clean = 0;
                for (int32_t b = 0; b < bins; b++) {
                    double one = cosine ? scores.numerator[b] / sqrt(scores.denominator[b] + 1e-100) : scores.numerator[b];
                    double with = noisy ? one + 2.5 * noise_normal(noise_word(99, 1, (uint64_t)b)) : one;
                    if (with > best) best = with, clean = one, want = b;
                }
                for (int32_t k = 0; k < n; k++) {
                    double got = 0;
                    assert_int_equal(all[k]->choose(&scores, bins, &how, &got), want);
                    assert_true(got == clean);
                }
            }
    boost_contest how = {.cosine = 1};
    double score;
    for (int b = 0; b < BINS_MOST; b++)
        scores.numerator[b] = NAN;
    assert_int_equal(all[0]->choose(&scores, BINS_MOST, &how, &score), -1);
}

static void exponentials_are_exact(void **state)
{
    (void)state;
    enum { N = 4001 };
    static double x[N], first[2][N], got[2][N];
    const boost_kernels *all[3];
    int32_t n = boost_kernels_all(all);
    for (int i = 0; i < N; i++)
        x[i] = (i - N / 2) * 0.4;
    x[0] = -INFINITY;
    x[1] = INFINITY;
    for (int32_t k = 0; k < n; k++) {
        all[k]->exponential(x, N, got[0]);
        all[k]->logistic(x, N, got[1]);
        if (k == 0) memcpy(first, got, sizeof got);
        assert_memory_equal(got, first, sizeof got);
    }
    for (int i = 0; i < N; i++) {
        double cut = fmin(fmax(x[i], -708), 708), p = 1 / (1 + exp(-cut));
        if (!(fabs(first[0][i] - exp(cut)) <= 4.5e-16 * exp(cut)))
            fail_msg("exp(%g) is %.17g, not %.17g", cut, first[0][i], exp(cut));
        if (!(fabs(first[1][i] - p) <= 9e-16 * p)) fail_msg("logistic(%g) is %.17g, not %.17g", cut, first[1][i], p);
    }
    assert_true(first[1][N / 2] == 0.5);
}

static void logarithms_are_close(void **state)
{
    (void)state;
    random_stream r = random_of(4, "log");
    for (int i = 0; i < 10000; i++) {
        double x = i == 0 ? 1 : i == 1 ? 0x1p-53 : random_unit(&r) + 1e-9;
        double want = log(x), got = noise_log(x);
        if (!(fabs(got - want) <= 2e-15 * fmax(fabs(want), 0.1))) fail_msg("log(%.17g) is %.17g, not %.17g", x, got, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_are_sums),         cmocka_unit_test(parts_are_differences),
        cmocka_unit_test(scans_are_scores),       cmocka_unit_test(choices_are_the_best),
        cmocka_unit_test(exponentials_are_exact), cmocka_unit_test(logarithms_are_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
