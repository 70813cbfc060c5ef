/* Dense linear algebra for fitting: OpenBLAS where it can be loaded, plain C twins where it cannot. One table of functions a
 * backend; matrices are row-major. Never used in transform or predict: there a row's result must not depend on its batch.
 * References: Golub & Van Loan, Matrix Computations (2013), 4.2 (Cholesky), 8.5 (Jacobi). */
#ifndef NUMERIC_BLAS_H
#define NUMERIC_BLAS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct blas {
    /* "openblas 0.3.34 SkylakeX" or "plain"; belongs into the version of every algorithm that fits with it. */
    const char *name;
    /* c (m x n, row stride ldc) = alpha * op(a) * op(b) + beta * c; op transposes where told: op(a) is m x k, op(b) is k x n.
     * With beta 0 the old c is not read. */
    void (*gemm)(bool transpose_a, bool transpose_b, int32_t m, int32_t n, int32_t k, double alpha, const double *a,
                 int32_t lda, const double *b, int32_t ldb, double beta, double *c, int32_t ldc);
    /* y = alpha * op(a) * x + beta * y; a is m x n with row stride lda, op(a) is a or its transpose. */
    void (*gemv)(bool transpose, int32_t m, int32_t n, double alpha, const double *a, int32_t lda, const double *x, double beta,
                 double *y);
    /* c (n x n, both triangles filled) = alpha * a^T a + beta * c; a is k x n with row stride lda. */
    void (*syrk)(int32_t n, int32_t k, double alpha, const double *a, int32_t lda, double beta, double *c);
    /* Cholesky in place: the lower triangle of a (n x n) becomes L with a = L L^T; the upper one is left as it was. False when
     * a is not positive definite; then a is spoilt. */
    bool (*potrf)(int32_t n, double *a);
    /* Solves L L^T x = b in place for one right side, L as potrf leaves it. */
    void (*potrs)(int32_t n, const double *l, double *b);
    /* Eigenvalues of the symmetric a (n x n), ascending; row i of a becomes the unit eigenvector of values[i] (sign arbitrary).
     * False when it did not converge or memory is short; then a is spoilt. */
    bool (*syevd)(int32_t n, double *a, double *values);
} blas;

/* The backend of this process: looked for once, at the first call (PILOTAGE_OPENBLAS_LIB, the Python environment, the system),
 * set to one thread. Never fails: without OpenBLAS it is blas_plain(), and its name says so. Safe from several threads. */
const blas *blas_get(void);
/* The twins in plain C. */
const blas *blas_plain(void);
/* Name of blas_get(). */
const char *blas_name(void);

#endif
