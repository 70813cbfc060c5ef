/* Laws of splits: every row in its one place, folds and strata in balance, groups whole, time in order, the same for the same
 * request and for groups numbered otherwise. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "numeric/order.h"
#include "numeric/split.h"

#include <cmocka.h>

enum { N = 1000, K = 5, FRACTION_ROWS = 200 };

static double target[N], moment[N];
static int32_t groups[N];

/* Classes with 60, 30 and 10 % of the rows. */
static void fill_classes(void)
{
    random_stream r = random_of(1, "test");
    for (int i = 0; i < N; i++) {
        double u = random_unit(&r);
        target[i] = u < 0.6 ? 0 : u < 0.9 ? 1 : 2;
    }
}

static split_request classes_request(int32_t n_folds)
{
    fill_classes();
    return (split_request){.problem = PROBLEM_MULTICLASS,
                           .n_classes = 3,
                           .n_rows = N,
                           .target = target,
                           .n_folds = n_folds,
                           .fraction = 0.2,
                           .seed = 7};
}

static split made(const split_request *r)
{
    split s;
    ptg_error err = {.message = ""};
    if (split_make(r, &s, &err) != PTG_OK) print_error("%s\n", err.message);
    assert_non_null(s.fold);
    return s;
}

static int64_t count(const split *s, int32_t fold, double class)
{
    int64_t n = 0;
    for (int64_t i = 0; i < s->n_rows; i++)
        n += s->fold[i] == fold && (class < 0 || target[i] == class);
    return n;
}

static void folds_are_stratified(void **state)
{
    (void)state;
    split_request r = classes_request(K);
    split s = made(&r);
    for (int f = 0; f < K; f++) {
        assert_int_equal(count(&s, f, -1), N / K);
        for (int c = 0; c < 3; c++)
            assert_true(llabs(count(&s, f, c) - count(&s, 0, c)) <= 1);
    }
    split_clear(&s);
    assert_null(s.fold);
}

static void rare_classes_always_train(void **state)
{
    (void)state;
    split_request r = classes_request(K);
    for (int i = 0; i < N; i++)
        if (target[i] == 2) target[i] = 0;
    for (int i = 0; i < K - 1; i++)
        target[100 * i] = 2;
    split s = made(&r);
    assert_int_equal(count(&s, SPLIT_ALWAYS_TRAIN, 2), K - 1);
    assert_int_equal(count(&s, SPLIT_ALWAYS_TRAIN, -1), K - 1);
    split_clear(&s);
    target[900] = 2; /* as many rows as folds: one in each */
    s = made(&r);
    for (int f = 0; f < K; f++)
        assert_int_equal(count(&s, f, 2), 1);
    split_clear(&s);
}

static void one_split_keeps_shares(void **state)
{
    (void)state;
    split_request r = classes_request(1);
    split s = made(&r);
    assert_int_equal(s.n_folds, 1);
    assert_int_equal(count(&s, 0, -1), FRACTION_ROWS);
    for (int c = 0; c < 3; c++) {
        double all = (double)(count(&s, 0, c) + count(&s, SPLIT_ALWAYS_TRAIN, c));
        assert_true(fabs((double)count(&s, 0, c) - 0.2 * all) < 1);
    }
    split_clear(&s);
    r.max_held_out = 50;
    s = made(&r);
    assert_int_equal(count(&s, 0, -1), 50);
    split_clear(&s);
}

static void one_split_shows_small_classes(void **state)
{
    (void)state;
    split_request r = classes_request(1);
    for (int i = 0; i < N; i++)
        target[i] = 0;
    target[10] = target[20] = 1; /* would round to none held out */
    target[30] = 2;              /* a single row trains */
    split s = made(&r);
    assert_int_equal(count(&s, 0, 1), 1);
    assert_int_equal(count(&s, SPLIT_ALWAYS_TRAIN, 2), 1);
    assert_int_equal(count(&s, 0, -1), FRACTION_ROWS);
    split_clear(&s);
}

static void regression_goes_by_quantile(void **state)
{
    (void)state;
    split_request r = {.problem = PROBLEM_REGRESSION, .n_rows = N, .target = target, .n_folds = K, .seed = 7};
    random_stream stream = random_of(2, "test");
    for (int i = 0; i < N; i++)
        target[i] = exp(3 * random_normal(&stream));
    split s = made(&r);
    double all[N];
    int32_t first[N];
    memcpy(all, target, sizeof all);
    memcpy(first, s.fold, sizeof first);
    for (int f = 0; f < K; f++) {
        int64_t above = 0;
        for (int i = 0; i < N; i++)
            above += s.fold[i] == f && target[i] > 1;
        assert_int_equal(count(&s, f, -1), N / K);
        assert_true(llabs(above - N / K / 2) <= 8);
    }
    split_clear(&s);
    for (int i = 0; i < N; i++)
        target[i] = log(all[i]) * 2 + 5; /* only the order matters */
    s = made(&r);
    assert_memory_equal(first, s.fold, sizeof first);
    split_clear(&s);
    for (int i = 0; i < N; i++)
        target[i] = 4; /* constant: one bin */
    s = made(&r);
    for (int f = 0; f < K; f++)
        assert_int_equal(count(&s, f, -1), N / K);
    split_clear(&s);
}

static void unlabelled_rows_are_not_used(void **state)
{
    (void)state;
    for (int folds = 1; folds <= K; folds += K - 1) {
        split_request r = classes_request(folds);
        for (int i = 0; i < N; i += 10)
            target[i] = NAN;
        split s = made(&r);
        for (int i = 0; i < N; i++)
            assert_int_equal(s.fold[i] == SPLIT_NEVER_USED, i % 10 == 0);
        split_clear(&s);
        r.group = groups;
        for (int i = 0; i < N; i++)
            groups[i] = i / 7;
        s = made(&r);
        for (int i = 0; i < N; i++)
            assert_int_equal(s.fold[i] == SPLIT_NEVER_USED, i % 10 == 0);
        split_clear(&s);
    }
}

/* Groups of 1 to 12 rows, each mostly of one class; every 20th row has none. */
static split_request groups_request(int32_t n_folds)
{
    split_request r = classes_request(n_folds);
    r.group = groups;
    random_stream stream = random_of(3, "test");
    for (int i = 0, g = 0; i < N; g++) {
        double class = target[i];
        for (int64_t left = 1 + random_below(&stream, 12); left > 0 && i < N; left--, i++) {
            groups[i] = i % 20 == 19 ? -1 : 3 * g;
            if (random_unit(&stream) < 0.8) target[i] = class;
        }
    }
    return r;
}

static void groups_are_whole(const split *s)
{
    for (int i = 0; i < N; i++)
        for (int j = i + 1; j < N && j < i + 20; j++)
            if (groups[i] >= 0 && groups[i] == groups[j]) assert_int_equal(s->fold[i], s->fold[j]);
}

static void group_folds_are_whole_and_balanced(void **state)
{
    (void)state;
    split_request r = groups_request(K);
    split s = made(&r);
    groups_are_whole(&s);
    for (int f = 0; f < K; f++) {
        assert_true(llabs(count(&s, f, -1) - N / K) <= 3);
        for (int c = 0; c < 3; c++) {
            int64_t all = count(&s, 0, c) + count(&s, 1, c) + count(&s, 2, c) + count(&s, 3, c) + count(&s, 4, c);
            assert_true(llabs(K * count(&s, f, c) - all) <= 3 * K);
        }
    }
    split_clear(&s);
}

static void group_split_holds_its_share(void **state)
{
    (void)state;
    split_request r = groups_request(1);
    split s = made(&r);
    groups_are_whole(&s);
    assert_true(llabs(count(&s, 0, -1) - FRACTION_ROWS) <= 12);
    assert_int_equal(count(&s, 0, -1) + count(&s, SPLIT_ALWAYS_TRAIN, -1), N);
    split_clear(&s);
    r.max_held_out = 30;
    s = made(&r);
    groups_are_whole(&s);
    assert_true(count(&s, 0, -1) >= 15 && count(&s, 0, -1) <= 30);
    split_clear(&s);
    for (int i = 0; i < N; i++)
        groups[i] = i < 900; /* two groups: one on each side */
    r.max_held_out = 0;
    s = made(&r);
    assert_int_equal(count(&s, 0, -1), 100);
    split_clear(&s);
}

static void numbering_of_groups_is_nothing(void **state)
{
    (void)state;
    split_request r = groups_request(K);
    int32_t renamed[N];
    for (int i = 0; i < N; i++)
        renamed[i] = groups[i] < 0 ? -1 : 2000000000 - 5 * groups[i];
    split a = made(&r);
    r.group = renamed;
    split b = made(&r);
    assert_memory_equal(a.fold, b.fold, sizeof renamed);
    split_clear(&a);
    split_clear(&b);
}

static void time_holds_out_the_last(void **state)
{
    (void)state;
    split_request r = classes_request(1);
    r.time = moment;
    for (int i = 0; i < N; i++)
        moment[i] = (double)((i * 7919) % N / 30); /* 34 times of 30 rows, shuffled */
    moment[5] = NAN;
    split s = made(&r);
    double latest_train = -1, earliest_held = 1e9;
    for (int i = 0; i < N; i++) {
        if (s.fold[i] == 0) earliest_held = fmin(earliest_held, moment[i]);
        if (s.fold[i] == SPLIT_ALWAYS_TRAIN) latest_train = fmax(latest_train, moment[i]);
    }
    assert_true(latest_train < earliest_held);
    assert_true(llabs(count(&s, 0, -1) - FRACTION_ROWS) <= 15);
    assert_int_equal(s.fold[5], SPLIT_NEVER_USED);
    split_clear(&s);
}

static void time_obeys_groups(void **state)
{
    (void)state;
    split_request r = classes_request(1);
    r.time = moment;
    r.group = groups;
    for (int i = 0; i < N; i++) {
        moment[i] = i;
        groups[i] = i % 7 ? -1 : i % 3; /* three groups over all times */
    }
    split s = made(&r);
    for (int i = 0; i < N; i++)
        assert_int_equal(s.fold[i], i >= N - FRACTION_ROWS ? 0 : i % 7 ? SPLIT_ALWAYS_TRAIN : SPLIT_NEVER_USED);
    split_clear(&s);
}

static void same_request_same_split(void **state)
{
    (void)state;
    split_request r = groups_request(K);
    split a = made(&r), b = made(&r);
    assert_memory_equal(a.fold, b.fold, N * sizeof *a.fold);
    split_clear(&b);
    r.seed = 8;
    b = made(&r);
    assert_memory_not_equal(a.fold, b.fold, N * sizeof *a.fold);
    split_clear(&a);
    split_clear(&b);
}

static void row_lists_part_the_rows(void **state)
{
    (void)state;
    int32_t fold[] = {0, 1, SPLIT_ALWAYS_TRAIN, SPLIT_NEVER_USED, 1, 0};
    split s = {.n_folds = 2, .n_rows = 6, .fold = fold};
    const int64_t train[] = {1, 2, 4}, held[] = {0, 5};
    row_list got_train, got_held;
    arena *a = arena_new();
    assert_int_equal(split_rows(&s, 0, a, &got_train, &got_held, NULL), PTG_OK);
    assert_int_equal(got_train.n, 3);
    assert_int_equal(got_held.n, 2);
    assert_memory_equal(got_train.rows, train, sizeof train);
    assert_memory_equal(got_held.rows, held, sizeof held);
    assert_int_equal(split_rows(&s, 2, a, &got_train, &got_held, NULL), PTG_ERROR_USAGE);
    arena_free(a);
}

static void refused(split_request r, ptg_status status, const char *says)
{
    split s;
    ptg_error err = {.message = ""};
    assert_int_equal(split_make(&r, &s, &err), status);
    if (!strstr(err.message, says)) print_error("%s\n", err.message);
    assert_non_null(strstr(err.message, says));
    assert_null(s.fold);
}

static void senseless_requests_are_refused(void **state)
{
    (void)state;
    split_request r = classes_request(K);
    r.n_rows = 0;
    refused(r, PTG_ERROR_DATA, "0 rows");
    r.problem = PROBLEM_REGRESSION;
    r.n_rows = 4;
    refused(r, PTG_ERROR_DATA, "4 rows");
    r = classes_request(0);
    refused(r, PTG_ERROR_USAGE, "0 folds");
    r = classes_request(1);
    r.fraction = 1;
    refused(r, PTG_ERROR_USAGE, "fraction");
    r = classes_request(K);
    r.time = moment;
    refused(r, PTG_ERROR_USAGE, "--time");
    r = classes_request(1);
    r.time = moment;
    memset(moment, 0, sizeof moment);
    refused(r, PTG_ERROR_DATA, "--time");
    r = classes_request(K);
    r.group = groups;
    for (int i = 0; i < N; i++)
        groups[i] = i % 4;
    refused(r, PTG_ERROR_DATA, "4 groups");
    r = classes_request(K);
    target[3] = 3;
    refused(r, PTG_ERROR_USAGE, "Row 3");
    target[3] = 0.5;
    refused(r, PTG_ERROR_USAGE, "Row 3");
    r = classes_request(1);
    r.group = groups;
    r.max_held_out = 30;
    for (int i = 0; i < N; i++)
        groups[i] = i / 500;
    refused(r, PTG_ERROR_DATA, "smallest group");
}

static void parts_are_balanced(void **state)
{
    (void)state;
    int32_t part[N], n_made;
    int64_t size[50] = {0};
    assert_int_equal(split_parts(N, NULL, 50, 1, "test", part, &n_made, NULL), PTG_OK);
    assert_int_equal(n_made, 50);
    for (int i = 0; i < N; i++)
        size[part[i]]++;
    for (int p = 0; p < 50; p++)
        assert_int_equal(size[p], N / 50);
    groups_request(K);
    assert_int_equal(split_parts(N, groups, 20, 1, "test", part, &n_made, NULL), PTG_OK);
    assert_int_equal(n_made, 20);
    groups_are_whole(&(split){.n_folds = 20, .n_rows = N, .fold = part});
    assert_int_equal(split_parts(3, NULL, 50, 1, "test", part, &n_made, NULL), PTG_OK);
    assert_int_equal(n_made, 3);
    assert_int_equal(split_parts(0, NULL, 50, 1, "test", part, &n_made, NULL), PTG_OK);
    assert_int_equal(n_made, 0);
}

static void order_sorts_stably(void **state)
{
    (void)state;
    static const int64_t sizes[] = {0, 1, 2, 24, 25, 49, 700, 701, 5000};
    static double values[5000];
    static order_item items[5000], scratch[5000];
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int kind = 0; kind < 6; kind++) {
            random_stream r = random_of((uint64_t)kind, "order");
            for (int64_t i = 0; i < sizes[s]; i++) {
                double v = kind == 0 ? (double)random_below(&r, 10) - 5 : random_normal(&r);
                if (kind == 2) v = i % 3 == 0 ? -(double)INFINITY : i % 3 == 1 ? 1e308 * v : (double)INFINITY;
                if (kind == 3) v = i % 2 ? 0.0 : -0.0;
                if (kind == 4) v = 1 + 1e-13 * v;                                  /* equal in the upper bits */
                if (kind == 5) v = (double)random_below(&r, 20) + 1e-14 * (v > 0); /* runs of some */
                values[i] = v;
                items[i] = (order_item){.key = order_key(v), .row = i};
            }
            order_sort(items, scratch, sizes[s]);
            for (int64_t i = 1; i < sizes[s]; i++) {
                double before = values[items[i - 1].row], here = values[items[i].row];
                assert_true(before < here || (before == here && items[i - 1].row < items[i].row));
            }
        }
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    int failures = 0;
    for (int kind = 0; kind < 5; kind++)
        for (int n = 1; n < 30; n++) {
            split_request r = kind < 2 ? classes_request(kind ? 1 : K) : groups_request(kind == 2 ? K : 1);
            split s;
            if (kind == 4) r.problem = PROBLEM_REGRESSION;
            if (kind == 3) {
                for (int i = 0; i < N; i++)
                    moment[i] = i;
                r.time = moment;
            }
            mem_fail_at(n);
            ptg_status status = split_make(&r, &s, NULL);
            mem_fail_at(0);
            assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
            failures += status == PTG_ERROR_MEMORY;
            split_clear(&s);
        }
    assert_true(failures >= 10);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_are_stratified),
        cmocka_unit_test(rare_classes_always_train),
        cmocka_unit_test(one_split_keeps_shares),
        cmocka_unit_test(one_split_shows_small_classes),
        cmocka_unit_test(regression_goes_by_quantile),
        cmocka_unit_test(unlabelled_rows_are_not_used),
        cmocka_unit_test(group_folds_are_whole_and_balanced),
        cmocka_unit_test(group_split_holds_its_share),
        cmocka_unit_test(numbering_of_groups_is_nothing),
        cmocka_unit_test(time_holds_out_the_last),
        cmocka_unit_test(time_obeys_groups),
        cmocka_unit_test(same_request_same_split),
        cmocka_unit_test(row_lists_part_the_rows),
        cmocka_unit_test(senseless_requests_are_refused),
        cmocka_unit_test(parts_are_balanced),
        cmocka_unit_test(order_sorts_stably),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
