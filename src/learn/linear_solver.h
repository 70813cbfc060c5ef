/* Fits coefficients: minimises sum of share * loss + l1 * |w| + l2 / 2 * |w|^2, the bias unpenalised. */
#ifndef LEARN_LINEAR_SOLVER_H
#define LEARN_LINEAR_SOLVER_H

#include "learn/linear_design.h"
#include "learn/linear_loss.h"

typedef struct linear_problem {
    const linear_design *design;
    linear_loss loss;
    double l1, l2;
    double tolerance;   /* ends when the expected decrease is below tolerance * objective */
    int32_t iterations; /* at most */
    double deadline;    /* clock_seconds; 0 = none */
} linear_problem;

/* Improves `theta` (n_columns * n_outputs, as in linear_design.h) from where it stands to the minimum. One of three ways, by
 * shape: closed form or coordinate descent on the Gram matrix (squared loss, dense), proximal Newton (binary with l1, dense),
 * quasi-Newton (all others). Deterministic. PTG_ERROR_LIMIT after the deadline. */
ptg_status linear_solve(const linear_problem *p, double *theta, ptg_error *err);

/* The three ways and what they share. */

/* Coefficients of column c, output by output, are penalised unless c is the constant. */
static inline bool linear_penalised(const linear_problem *p, int32_t c)
{
    return c != p->design->n_dense - 1;
}

/* Fails with PTG_ERROR_LIMIT once the deadline has passed. */
ptg_status linear_check_deadline(const linear_problem *p, ptg_error *err);
/* Squared loss, no sparse columns. `*solved` is false when the Gram matrix is singular; theta is as it was then. */
ptg_status linear_solve_squared(const linear_problem *p, double *theta, bool *solved, ptg_error *err);
/* Logistic loss, no sparse columns. */
ptg_status linear_solve_newton(const linear_problem *p, double *theta, ptg_error *err);
/* L-BFGS; OWL-QN where l1 > 0. */
ptg_status linear_solve_quasi(const linear_problem *p, double *theta, ptg_error *err);

/* sum of l1 * |w| + l2 / 2 * w^2 over the penalised coefficients. */
double linear_penalty(const linear_problem *p, const double *theta);

#endif
