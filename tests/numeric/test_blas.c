/* OpenBLAS against its plain twins, and both against what the words mean. Without OpenBLAS the comparison is of the twins with
 * themselves; test_name says which it was. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "numeric/blas.h"

#include <cmocka.h> /* after ours: it has a macro named fail */

static void fill(double *a, int64_t n, const char *purpose)
{
    random_stream r = random_of(7, purpose);
    for (int64_t i = 0; i < n; i++)
        a[i] = random_normal(&r);
}

static double *numbers(int64_t n, const char *purpose)
{
    double *a = mem_array(n, sizeof *a);
    assert_non_null(a);
    if (purpose) fill(a, n, purpose);
    return a;
}

static void assert_near(const double *a, const double *b, int64_t n, double tolerance)
{
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(a[i] - b[i]) <= tolerance * fmax(1, fabs(b[i]))))
            fail_msg("value %lld: %.17g, twin %.17g", (long long)i, a[i], b[i]);
}

static void test_name(void **state)
{
    (void)state;
    const char *name = blas_name();
    print_message("linear algebra by %s\n", name);
    assert_true(strcmp(name, "plain") == 0 || strncmp(name, "openblas ", 9) == 0);
    assert_ptr_equal(blas_get(), blas_get());
    assert_string_equal(blas_plain()->name, "plain");
#ifdef PTG_DEVELOPMENT_SITE_PACKAGES
    FILE *there = fopen(PTG_DEVELOPMENT_SITE_PACKAGES "/scipy_openblas32/lib/libscipy_openblas.so", "r");
    if (there) fclose(there);
    if (there && !getenv("PILOTAGE_OPENBLAS_LIB")) assert_true(strncmp(name, "openblas ", 9) == 0);
#endif
}

static void test_gemm(void **state)
{
    (void)state;
    static const int32_t shapes[][3] = {{1, 1, 1}, {3, 5, 7}, {17, 2, 33}, {64, 31, 1}, {5, 4, 0}, {0, 3, 2}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int t = 0; t < 4; t++) {
            int32_t m = shapes[s][0], n = shapes[s][1], k = shapes[s][2];
            bool ta = t & 1, tb = t & 2;
            int32_t lda = (ta ? m : k) + 2, ldb = (tb ? k : n) + 1, ldc = n + 3;
            double *a = numbers((int64_t)(ta ? k : m) * lda, "a"), *b = numbers((int64_t)(tb ? n : k) * ldb, "b");
            double *c = numbers((int64_t)m * ldc, "c"), *d = numbers((int64_t)m * ldc, "c");
            for (int beta = 0; beta < 2; beta++) {
                blas_get()->gemm(ta, tb, m, n, k, 1.5, a, lda, b, ldb, beta, c, ldc);
                blas_plain()->gemm(ta, tb, m, n, k, 1.5, a, lda, b, ldb, beta, d, ldc);
                assert_near(c, d, (int64_t)m * ldc, 1e-12);
            }
            mem_free(a), mem_free(b), mem_free(c), mem_free(d);
        }
}

static void test_gemm_by_hand(void **state)
{
    (void)state;
    const double a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 0, 2, 1, 0, 3}, expected[] = {5, 11, 14, 23};
    double c[4] = {NAN, NAN, NAN, NAN}; /* beta 0 must not read it */
    for (int which = 0; which < 2; which++) {
        (which ? blas_get() : blas_plain())->gemm(false, false, 2, 2, 3, 1, a, 3, b, 2, 0, c, 2);
        assert_near(c, expected, 4, 0);
    }
}

static void test_gemv(void **state)
{
    (void)state;
    static const int32_t shapes[][2] = {{1, 1}, {9, 4}, {4, 9}, {100, 33}, {0, 3}, {3, 0}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int t = 0; t < 2; t++) {
            int32_t m = shapes[s][0], n = shapes[s][1], out = t ? n : m;
            double *a = numbers((int64_t)m * n + 1, "a"), *x = numbers(t ? m : n, "x");
            double *y = numbers(out, "y"), *z = numbers(out, "y");
            for (int beta = 0; beta < 2; beta++) {
                blas_get()->gemv(t, m, n, -0.5, a, n ? n : 1, x, beta, y);
                blas_plain()->gemv(t, m, n, -0.5, a, n ? n : 1, x, beta, z);
                assert_near(y, z, out, 1e-12);
            }
            mem_free(a), mem_free(x), mem_free(y), mem_free(z);
        }
}

static void test_syrk_and_cholesky(void **state)
{
    (void)state;
    static const int32_t sizes[] = {1, 2, 7, 40, 130};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int32_t n = sizes[s], k = 2 * n + 3;
        int64_t cells = (int64_t)n * n;
        double *a = numbers((int64_t)k * n, "a"), *c = numbers(cells, NULL), *d = numbers(cells, NULL);
        blas_get()->syrk(n, k, 1, a, n, 0, c);
        blas_plain()->syrk(n, k, 1, a, n, 0, d);
        assert_near(c, d, cells, 1e-12);
        double *x = numbers(n, "x"), *b = numbers(n, NULL), *plain = numbers(n, NULL);
        blas_plain()->gemv(false, n, n, 1, d, n, x, 0, b);
        memcpy(plain, b, (size_t)n * sizeof *b);
        assert_true(blas_get()->potrf(n, c));
        assert_true(blas_plain()->potrf(n, d));
        blas_get()->potrs(n, c, b);
        blas_plain()->potrs(n, d, plain);
        assert_near(b, x, n, 1e-7);
        assert_near(plain, x, n, 1e-7);
        for (int32_t i = 0; i < n; i++)
            assert_near(c + (int64_t)i * n, d + (int64_t)i * n, i + 1, 1e-9);
        mem_free(a), mem_free(c), mem_free(d), mem_free(x), mem_free(b), mem_free(plain);
    }
}

static void test_not_positive_definite(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        double indefinite[] = {1, 2, 2, 1}, singular[] = {0}, nan[] = {NAN};
        const blas *b = which ? blas_get() : blas_plain();
        assert_false(b->potrf(2, indefinite));
        assert_false(b->potrf(1, singular));
        assert_false(b->potrf(1, nan));
        assert_true(b->potrf(0, singular));
    }
}

/* a v = lambda v, vectors orthonormal, values ascending. */
static void check_eigen(const blas *b, int32_t n, const double *a, double *values)
{
    double *v = numbers((int64_t)n * n, NULL), *image = numbers(n, NULL);
    memcpy(v, a, (size_t)n * (size_t)n * sizeof *v);
    assert_true(b->syevd(n, v, values));
    for (int32_t i = 0; i < n; i++) {
        double *row = v + (int64_t)i * n;
        assert_true(i == 0 || values[i] >= values[i - 1]);
        blas_plain()->gemv(false, n, n, 1, a, n, row, 0, image);
        for (int32_t j = 0; j < n; j++)
            assert_true(fabs(image[j] - values[i] * row[j]) < 1e-9 * fmax(1, fabs(values[n - 1])));
        for (int32_t k = 0; k <= i; k++) {
            double dot = 0;
            for (int32_t j = 0; j < n; j++)
                dot += row[j] * v[(int64_t)k * n + j];
            assert_true(fabs(dot - (k == i)) < 1e-9);
        }
    }
    mem_free(v), mem_free(image);
}

static void test_syevd(void **state)
{
    (void)state;
    static const int32_t sizes[] = {1, 2, 3, 25, 60};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int32_t n = sizes[s];
        double *x = numbers((int64_t)n * n, "e"), *a = numbers((int64_t)n * n, NULL), *p = numbers(n, NULL),
               *q = numbers(n, NULL);
        blas_plain()->syrk(n, n > 2 ? n - 2 : n, 1, x, n, 0, a); /* rank n - 2: two eigenvalues are 0 */
        check_eigen(blas_plain(), n, a, p);
        check_eigen(blas_get(), n, a, q);
        assert_near(q, p, n, 1e-9);
        mem_free(x), mem_free(a), mem_free(p), mem_free(q);
    }
    double zero[4] = {0}, values[2];
    assert_true(blas_plain()->syevd(2, zero, values));
    assert_true(values[0] == 0 && values[1] == 0);
    assert_true(blas_get()->syevd(0, zero, values));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name),
        cmocka_unit_test(test_gemm),
        cmocka_unit_test(test_gemm_by_hand),
        cmocka_unit_test(test_gemv),
        cmocka_unit_test(test_syrk_and_cholesky),
        cmocka_unit_test(test_not_positive_definite),
        cmocka_unit_test(test_syevd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
