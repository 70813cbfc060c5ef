/* The plain twins of OpenBLAS by name: what blas_plain() lists, and what blas.c itself uses of them. See blas.h for each. */
#ifndef NUMERIC_BLAS_PLAIN_H
#define NUMERIC_BLAS_PLAIN_H

#include <stdbool.h>
#include <stdint.h>

/* blas.gemv. */
void plain_gemv(bool transpose, int32_t m, int32_t n, double alpha, const double *a, int32_t lda, const double *x, double beta,
                double *y);
/* blas.potrs: substitution forth and back, n^2 operations. */
void plain_potrs(int32_t n, const double *l, double *b);
/* Copies the lower triangle of c (n x n) to the upper one. */
void plain_mirror(int32_t n, double *c);

#endif
