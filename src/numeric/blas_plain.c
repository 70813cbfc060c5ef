/* Plain C twins of the few OpenBLAS routines that fitting needs. Simple loops whose inner one runs along rows; the eigenvalues
 * come from cyclic Jacobi rotations (Golub & Van Loan 2013, 8.5), which are slow for hundreds of columns and exact for all. */
#include "numeric/blas_plain.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "numeric/blas.h"

#define JACOBI_SWEEPS 60

static void scale_row(double *c, int32_t n, double beta)
{
    if (beta == 0) {
        memset(c, 0, (size_t)n * sizeof *c);
        return;
    }
    for (int32_t j = 0; j < n; j++)
        c[j] *= beta;
}

/* row += f * (row l of op(b)) */
static void add_row(bool tb, int32_t n, double f, const double *b, int32_t ldb, int32_t l, double *row)
{
    const double *from = tb ? b + l : b + (int64_t)l * ldb;
    int64_t step = tb ? ldb : 1;
    for (int32_t j = 0; j < n; j++)
        row[j] += f * from[j * step];
}

/* Goes through a in the order of memory, whichever way it is meant. */
static void plain_gemm(bool ta, bool tb, int32_t m, int32_t n, int32_t k, double alpha, const double *a, int32_t lda,
                       const double *b, int32_t ldb, double beta, double *c, int32_t ldc)
{
    for (int32_t i = 0; i < m; i++)
        scale_row(c + (int64_t)i * ldc, n, beta);
    for (int32_t i = 0; i < m && !ta; i++)
        for (int32_t l = 0; l < k; l++)
            add_row(tb, n, alpha * a[(int64_t)i * lda + l], b, ldb, l, c + (int64_t)i * ldc);
    for (int32_t l = 0; l < k && ta; l++)
        for (int32_t i = 0; i < m; i++)
            add_row(tb, n, alpha * a[(int64_t)l * lda + i], b, ldb, l, c + (int64_t)i * ldc);
}

void plain_gemv(bool transpose, int32_t m, int32_t n, double alpha, const double *a, int32_t lda, const double *x, double beta,
                double *y)
{
    scale_row(y, transpose ? n : m, beta);
    for (int32_t i = 0; i < m; i++) {
        const double *row = a + (int64_t)i * lda;
        if (transpose) {
            double f = alpha * x[i];
            for (int32_t j = 0; j < n; j++)
                y[j] += f * row[j];
        } else {
            double sum = 0;
            for (int32_t j = 0; j < n; j++)
                sum += row[j] * x[j];
            y[i] += alpha * sum;
        }
    }
}

void plain_mirror(int32_t n, double *c)
{
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = i + 1; j < n; j++)
            c[(int64_t)i * n + j] = c[(int64_t)j * n + i];
}

static void plain_syrk(int32_t n, int32_t k, double alpha, const double *a, int32_t lda, double beta, double *c)
{
    for (int32_t i = 0; i < n; i++)
        scale_row(c + (int64_t)i * n, i + 1, beta);
    for (int32_t l = 0; l < k; l++) {
        const double *row = a + (int64_t)l * lda;
        for (int32_t i = 0; i < n; i++) {
            double f = alpha * row[i];
            for (int32_t j = 0; j <= i; j++)
                c[(int64_t)i * n + j] += f * row[j];
        }
    }
    plain_mirror(n, c);
}

static bool plain_potrf(int32_t n, double *a)
{
    for (int32_t i = 0; i < n; i++) {
        double *row = a + (int64_t)i * n;
        for (int32_t j = 0; j <= i; j++) {
            const double *other = a + (int64_t)j * n;
            double sum = row[j];
            for (int32_t l = 0; l < j; l++)
                sum -= row[l] * other[l];
            if (j < i) {
                row[j] = sum / other[j];
            } else {
                if (!(sum > 0)) return false;
                row[i] = sqrt(sum);
            }
        }
    }
    return true;
}

void plain_potrs(int32_t n, const double *l, double *b)
{
    for (int32_t i = 0; i < n; i++) {
        const double *row = l + (int64_t)i * n;
        double sum = b[i];
        for (int32_t j = 0; j < i; j++)
            sum -= row[j] * b[j];
        b[i] = sum / row[i];
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        const double *row = l + (int64_t)i * n;
        b[i] /= row[i];
        for (int32_t j = 0; j < i; j++)
            b[j] -= row[j] * b[i];
    }
}

/* One rotation that makes s[p][q] zero; `v` collects the rotations, an eigenvector a row. */
static void rotate(int32_t n, double *s, double *v, int32_t p, int32_t q)
{
    double theta = (s[(int64_t)q * n + q] - s[(int64_t)p * n + p]) / (2 * s[(int64_t)p * n + q]);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double cosine = 1 / sqrt(t * t + 1), sine = t * cosine;
    for (int32_t i = 0; i < n; i++) {
        double x = s[(int64_t)i * n + p], y = s[(int64_t)i * n + q];
        s[(int64_t)i * n + p] = cosine * x - sine * y;
        s[(int64_t)i * n + q] = sine * x + cosine * y;
    }
    for (int32_t i = 0; i < n; i++) {
        double x = s[(int64_t)p * n + i], y = s[(int64_t)q * n + i];
        s[(int64_t)p * n + i] = cosine * x - sine * y;
        s[(int64_t)q * n + i] = sine * x + cosine * y;
        x = v[(int64_t)p * n + i], y = v[(int64_t)q * n + i];
        v[(int64_t)p * n + i] = cosine * x - sine * y;
        v[(int64_t)q * n + i] = sine * x + cosine * y;
    }
}

static void sort_eigenvalues(int32_t n, double *values, double *vectors)
{
    for (int32_t i = 0; i < n; i++) {
        int32_t least = i;
        for (int32_t j = i + 1; j < n; j++)
            if (values[j] < values[least]) least = j;
        double value = values[i];
        values[i] = values[least];
        values[least] = value;
        for (int32_t j = 0; least != i && j < n; j++) {
            double held = vectors[(int64_t)i * n + j];
            vectors[(int64_t)i * n + j] = vectors[(int64_t)least * n + j];
            vectors[(int64_t)least * n + j] = held;
        }
    }
}

/* True when all that stands off the diagonal is nothing beside the whole. */
static bool is_diagonal(int32_t n, const double *s)
{
    double off = 0, all = 0;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
            double square = s[(int64_t)i * n + j] * s[(int64_t)i * n + j];
            all += square;
            if (i != j) off += square;
        }
    return off <= 1e-30 * all;
}

static bool plain_syevd(int32_t n, double *a, double *values)
{
    if (n == 0) return true;
    double *v = mem_array((int64_t)n * n, sizeof *v);
    if (!v) return false;
    for (int32_t i = 0; i < n; i++)
        v[(int64_t)i * n + i] = 1;
    bool done = is_diagonal(n, a);
    for (int sweep = 0; sweep < JACOBI_SWEEPS && !done; sweep++) {
        for (int32_t p = 0; p < n; p++)
            for (int32_t q = p + 1; q < n; q++)
                if (a[(int64_t)p * n + q] != 0) rotate(n, a, v, p, q);
        done = is_diagonal(n, a);
    }
    for (int32_t i = 0; i < n; i++)
        values[i] = a[(int64_t)i * n + i];
    sort_eigenvalues(n, values, v);
    memcpy(a, v, (size_t)n * (size_t)n * sizeof *a);
    mem_free(v);
    return done;
}

const blas *blas_plain(void)
{
    static const blas table = {"plain", plain_gemm, plain_gemv, plain_syrk, plain_potrf, plain_potrs, plain_syevd};
    return &table;
}
