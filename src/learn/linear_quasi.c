/* Quasi-Newton fits: L-BFGS (Nocedal 1980), and OWL-QN (Andrew & Gao 2007) where l1 > 0.
 *
 * The starting matrix is no multiple of the identity but the curvature at the prior: where l1 is 0 the Cholesky factor of the
 * dense columns' Gram matrix for each output, elsewhere its diagonal. Correlated columns then cost few iterations. Steps are
 * halved until the objective falls (Armijo); the losses are convex, so that y's is never negative. */
#include <math.h>
#include <string.h>

#include "learn/linear_solver.h"

#define PAIRS 12
#define HALVINGS 50
#define ARMIJO 1e-4
#define MOST_FACTOR_COLUMNS 1024
#define MOST_FACTOR_CELLS (INT64_C(1) << 23)
/* Added to the curvature of a coefficient, beside the largest of its output. */
#define DAMPING 1e-9
#define LEAST_OBJECTIVE 1e-6
/* So many iterations in a row that gain next to nothing end the fit. */
#define STALLS 3

typedef struct quasi {
    const linear_problem *p;
    int64_t n;                /* coefficients */
    int32_t k, pairs, newest; /* outputs; stored pairs; place of the newest */
    double *s[PAIRS], *y[PAIRS], ys[PAIRS];
    double *gradient, *pseudo, *direction, *next, *next_gradient;
    double *diagonal; /* n: curvature */
    double *factors;  /* k x n_dense x n_dense, or NULL */
    double *side;     /* n_dense */
    double *scores;
    double stretch; /* of the starting matrix */
} quasi;

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The objective; the gradient is that of its smooth part. */
static double evaluate(quasi *q, const double *theta, double *gradient)
{
    const linear_problem *p = q->p;
    linear_design_scores(p->design, theta, q->k, q->scores);
    double loss = linear_loss_at(&p->loss, q->scores);
    linear_design_gradient(p->design, q->scores, q->k, gradient);
    for (int32_t c = 0; c < p->design->n_columns; c++)
        for (int32_t j = 0; j < q->k && linear_penalised(p, c); j++)
            gradient[(int64_t)c * q->k + j] += p->l2 * theta[(int64_t)c * q->k + j];
    return loss + linear_penalty(p, theta);
}

/* The steepest one-sided slope of the objective by each coefficient (Andrew & Gao 2007, equation 4). */
static void pseudo_gradient(const quasi *q, const double *theta, const double *gradient, double *out)
{
    double l1 = q->p->l1;
    memcpy(out, gradient, (size_t)q->n * sizeof *out);
    for (int64_t i = 0; i < q->n && l1 > 0; i++) {
        if (!linear_penalised(q->p, (int32_t)(i / q->k))) continue;
        double g = gradient[i];
        if (theta[i] != 0)
            out[i] = g + (theta[i] > 0 ? l1 : -l1);
        else
            out[i] = g > l1 ? g - l1 : g < -l1 ? g + l1 : 0;
    }
}

/* v becomes (starting matrix)^-1 v. */
static void precondition(quasi *q, double *v)
{
    int32_t p = q->factors ? q->p->design->n_dense : 0;
    for (int32_t j = 0; j < q->k && q->factors; j++) {
        for (int32_t c = 0; c < p; c++)
            q->side[c] = v[(int64_t)c * q->k + j];
        q->p->design->blas->potrs(p, q->factors + (int64_t)j * p * p, q->side);
        for (int32_t c = 0; c < p; c++)
            v[(int64_t)c * q->k + j] = q->side[c];
    }
    for (int64_t i = (int64_t)p * q->k; i < q->n; i++)
        v[i] /= q->diagonal[i];
}

static bool make_factors(quasi *q, const double *gram, const double *curvature)
{
    int32_t p = q->p->design->n_dense;
    for (int32_t j = 0; j < q->k; j++) {
        double *l = q->factors + (int64_t)j * p * p, most = 0;
        for (int64_t i = 0; i < (int64_t)p * p; i++)
            l[i] = curvature[j] * gram[i];
        for (int32_t c = 0; c < p; c++)
            most = fmax(most, l[(int64_t)c * p + c]);
        for (int32_t c = 0; c < p; c++)
            l[(int64_t)c * p + c] += (linear_penalised(q->p, c) ? q->p->l2 : 0) + DAMPING * most;
        if (!q->p->design->blas->potrf(p, l)) return false;
    }
    return true;
}

/* The curvature at the prior: diagonal always, factors where they are worth it. */
static ptg_status start_matrix(quasi *q, arena *a, ptg_error *err)
{
    const linear_design *d = q->p->design;
    int32_t p = d->n_dense;
    double *curvature = arena_array(a, q->k, sizeof *curvature);
    double *squares = arena_array(a, d->n_columns, sizeof *squares);
    if (!curvature || !squares) return fail_memory(err);
    linear_loss_curvature(&q->p->loss, curvature);
    linear_design_squares(d, q->p->loss.share, squares);
    for (int64_t i = 0; i < q->n; i++) {
        int32_t c = (int32_t)(i / q->k);
        q->diagonal[i] = curvature[i % q->k] * (squares[c] + DAMPING) + (linear_penalised(q->p, c) ? q->p->l2 : 0);
    }
    if (q->p->l1 > 0 || p < 2 || p > MOST_FACTOR_COLUMNS || (int64_t)q->k * p * p > MOST_FACTOR_CELLS) return PTG_OK;
    double *gram = arena_array(a, (int64_t)p * p, sizeof *gram);
    q->factors = arena_array(a, (int64_t)q->k * p * p, sizeof *q->factors);
    q->side = arena_array(a, p, sizeof *q->side);
    if (!gram || !q->factors || !q->side) return fail_memory(err);
    TRY(linear_design_gram(d, q->p->loss.share, gram, err));
    if (!make_factors(q, gram, curvature)) q->factors = NULL;
    return PTG_OK;
}

/* direction = -(approximate Hessian)^-1 pseudo, by the two loops; with l1, no coefficient may go against its slope. */
static void find_direction(quasi *q)
{
    double alpha[PAIRS], *v = q->direction;
    memcpy(v, q->pseudo, (size_t)q->n * sizeof *v);
    for (int32_t i = 0; i < q->pairs; i++) {
        int32_t at = (q->newest - i + PAIRS) % PAIRS;
        alpha[at] = dot(q->s[at], v, q->n) / q->ys[at];
        for (int64_t c = 0; c < q->n; c++)
            v[c] -= alpha[at] * q->y[at][c];
    }
    precondition(q, v);
    for (int64_t c = 0; c < q->n; c++)
        v[c] *= q->stretch;
    for (int32_t i = q->pairs - 1; i >= 0; i--) {
        int32_t at = (q->newest - i + PAIRS) % PAIRS;
        double beta = alpha[at] - dot(q->y[at], v, q->n) / q->ys[at];
        for (int64_t c = 0; c < q->n; c++)
            v[c] += beta * q->s[at][c];
    }
    for (int64_t c = 0; c < q->n; c++)
        v[c] = q->p->l1 > 0 && v[c] * q->pseudo[c] <= 0 ? 0 : -v[c];
}

/* theta + length * direction; with l1, a coefficient that would change its sign stops at 0. */
static void step_to(quasi *q, const double *theta, double length)
{
    for (int64_t i = 0; i < q->n; i++) {
        double x = theta[i] + length * q->direction[i];
        double side = theta[i] != 0 ? theta[i] : -q->pseudo[i];
        bool stops = q->p->l1 > 0 && linear_penalised(q->p, (int32_t)(i / q->k)) && x * side <= 0;
        q->next[i] = stops ? 0 : x;
    }
}

/* Halves the step until the objective falls enough; false when it never does. */
static bool search_line(quasi *q, const double *theta, double *objective)
{
    double length = 1;
    for (int i = 0; i < HALVINGS; i++, length *= 0.5) {
        step_to(q, theta, length);
        double slope = 0;
        for (int64_t c = 0; c < q->n; c++)
            slope += q->pseudo[c] * (q->next[c] - theta[c]);
        double now = evaluate(q, q->next, q->next_gradient);
        if (now <= *objective + ARMIJO * slope && now < *objective) {
            *objective = now;
            return true;
        }
    }
    return false;
}

/* Keeps the step and the change of gradient, and stretches the starting matrix to them. */
static void remember(quasi *q, const double *theta)
{
    int32_t at = q->pairs ? (q->newest + 1) % PAIRS : 0;
    double *s = q->s[at], *y = q->y[at];
    for (int64_t i = 0; i < q->n; i++) {
        s[i] = q->next[i] - theta[i];
        y[i] = q->next_gradient[i] - q->gradient[i];
    }
    double ys = dot(y, s, q->n);
    memcpy(q->direction, y, (size_t)q->n * sizeof *y);
    precondition(q, q->direction);
    double yy = dot(y, q->direction, q->n);
    if (!(ys > 1e-14 * sqrt(dot(y, y, q->n) * dot(s, s, q->n))) || !(yy > 0)) {
        if (q->pairs == PAIRS) q->pairs--; /* the oldest was written over */
        return;
    }
    q->ys[at] = ys;
    q->newest = at;
    q->stretch = ys / yy;
    if (q->pairs < PAIRS) q->pairs++;
}

static ptg_status quasi_run(quasi *q, double *theta, ptg_error *err)
{
    double objective = evaluate(q, theta, q->gradient);
    int32_t stalls = 0;
    for (int32_t i = 0; i < q->p->iterations && stalls < STALLS; i++) {
        TRY(linear_check_deadline(q->p, err));
        pseudo_gradient(q, theta, q->gradient, q->pseudo);
        find_direction(q);
        double enough = q->p->tolerance * fmax(objective, LEAST_OBJECTIVE), before = objective;
        if (-dot(q->pseudo, q->direction, q->n) <= enough) break;
        if (!search_line(q, theta, &objective)) {
            if (q->pairs == 0) break;
            q->pairs = 0;
            q->stretch = 1;
            stalls++;
            continue;
        }
        remember(q, theta);
        memcpy(theta, q->next, (size_t)q->n * sizeof *theta);
        memcpy(q->gradient, q->next_gradient, (size_t)q->n * sizeof *theta);
        stalls = before - objective <= 0.1 * enough ? stalls + 1 : 0;
    }
    return PTG_OK;
}

static bool quasi_allocate(quasi *q, arena *a)
{
    double **vectors[] = {&q->gradient, &q->pseudo, &q->direction, &q->next, &q->next_gradient, &q->diagonal};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (!(*vectors[i] = arena_array(a, q->n, sizeof(double)))) return false;
    for (int32_t i = 0; i < PAIRS; i++)
        if (!(q->s[i] = arena_array(a, q->n, sizeof(double))) || !(q->y[i] = arena_array(a, q->n, sizeof(double))))
            return false;
    q->scores = arena_array(a, (int64_t)q->p->design->n_rows * q->k, sizeof(double));
    return q->scores != NULL;
}

ptg_status linear_solve_quasi(const linear_problem *p, double *theta, ptg_error *err)
{
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    int32_t k = p->loss.n_outputs;
    quasi q = {.p = p, .k = k, .n = (int64_t)p->design->n_columns * k, .stretch = 1};
    ptg_status status = quasi_allocate(&q, scratch) ? start_matrix(&q, scratch, err) : fail_memory(err);
    if (status == PTG_OK) status = quasi_run(&q, theta, err);
    arena_free(scratch);
    return status;
}
