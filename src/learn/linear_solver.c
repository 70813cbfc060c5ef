/* Linear fits over the Gram matrix, and the choice of the way.
 *
 * Squared loss: normal equations by Cholesky; with l1, cyclic coordinate descent with covariance updates (Friedman, Hastie &
 * Tibshirani 2010). Binary logistic with l1: proximal Newton, each quadratic solved by the same descent, with a line search
 * (Lee, Sun & Saunders 2014). Always holds: the objective never rises. */
#include "learn/linear_solver.h"

#include <math.h>
#include <string.h>

#include "base/file.h"

#define MOST_GRAM_COLUMNS 2048
#define MOST_NEWTON_COLUMNS 512
#define NEWTON_STEPS 100
#define SWEEPS 20000
#define HALVINGS 40
/* A quadratic is solved to this share of what the outer tolerance asks. */
#define INNER_TOLERANCE 0.01
/* Objectives below this count as this much when compared with the tolerance. */
#define LEAST_OBJECTIVE 1e-6

ptg_status linear_check_deadline(const linear_problem *p, ptg_error *err)
{
    if (p->deadline > 0 && clock_seconds() > p->deadline)
        return fail(err, PTG_ERROR_LIMIT,
                    "linear-learner reached its time limit; raise --trial-time-limit or use fewer columns.");
    return PTG_OK;
}

double linear_penalty(const linear_problem *p, const double *theta)
{
    double absolute = 0, square = 0;
    int32_t k = p->loss.n_outputs;
    for (int32_t c = 0; c < p->design->n_columns; c++)
        for (int32_t j = 0; j < k && linear_penalised(p, c); j++) {
            double w = theta[(int64_t)c * k + j];
            absolute += fabs(w);
            square += w * w;
        }
    return p->l1 * absolute + 0.5 * p->l2 * square;
}

/* The quadratic x'Hx/2 - b'x + l1 |x| over the dense columns; `left` is b - Hx at the present x. */
typedef struct quadratic {
    const linear_problem *p;
    int32_t n;
    const double *gram;
    double *x, *left;
    bool *active;
} quadratic;

/* Minimises over one coordinate; returns the decrease of the quadratic (twice). */
static double descend_one(const quadratic *q, int32_t j)
{
    double bend = q->gram[(int64_t)j * q->n + j], old = q->x[j];
    if (!(bend > 0)) return 0;
    double l1 = linear_penalised(q->p, j) ? q->p->l1 : 0, pull = q->left[j] + bend * old;
    double x = pull > l1 ? (pull - l1) / bend : pull < -l1 ? (pull + l1) / bend : 0;
    double step = x - old;
    if (step == 0) return 0;
    const double *row = q->gram + (int64_t)j * q->n;
    for (int32_t i = 0; i < q->n; i++)
        q->left[i] -= step * row[i];
    q->x[j] = x;
    return bend * step * step;
}

/* One sweep over all coordinates, or over those that were not zero in the last full sweep. */
static double sweep(quadratic *q, bool all)
{
    double decrease = 0;
    for (int32_t j = 0; j < q->n; j++) {
        if (!all && !q->active[j]) continue;
        decrease += descend_one(q, j);
        if (all) q->active[j] = q->x[j] != 0;
    }
    return decrease;
}

/* Coordinate descent until a full sweep gains less than `tolerance`. */
static ptg_status descend(quadratic *q, double tolerance, ptg_error *err)
{
    bool all = true;
    for (int32_t i = 0; i < SWEEPS; i++) {
        if (i % 16 == 0) TRY(linear_check_deadline(q->p, err));
        double decrease = sweep(q, all);
        if (decrease <= tolerance && all) break;
        all = decrease <= tolerance;
    }
    return PTG_OK;
}

/* left = b - H x */
static void residual(const linear_design *d, int32_t n, const double *gram, const double *b, const double *x, double *left)
{
    memcpy(left, b, (size_t)n * sizeof *left);
    d->blas->gemv(false, n, n, -1, gram, n, x, 1, left);
}

static void add_ridge(const linear_problem *p, int32_t n, double *gram)
{
    for (int32_t c = 0; c < n; c++)
        if (linear_penalised(p, c)) gram[(int64_t)c * n + c] += p->l2;
}

/* True when the factor l has no pivot that is rounding only. */
static bool well_conditioned(int32_t n, const double *l)
{
    double least = INFINITY, most = 0;
    for (int32_t i = 0; i < n; i++) {
        double pivot = l[(int64_t)i * n + i];
        least = fmin(least, pivot);
        most = fmax(most, pivot);
    }
    return least > 1e-7 * most;
}

ptg_status linear_solve_squared(const linear_problem *p, double *theta, bool *solved, ptg_error *err)
{
    const linear_design *d = p->design;
    int32_t n = d->n_dense;
    arena *scratch = arena_new();
    ptg_status status = PTG_OK;
    double *gram = scratch ? arena_array(scratch, (int64_t)n * n, sizeof *gram) : NULL;
    double *b = scratch ? arena_array(scratch, n, sizeof *b) : NULL;
    double *left = scratch ? arena_array(scratch, n, sizeof *left) : NULL;
    double *pulls = scratch ? arena_array(scratch, d->n_rows, sizeof *pulls) : NULL;
    bool *active = scratch ? arena_array(scratch, n, sizeof *active) : NULL;
    *solved = false;
    GO(gram && b && left && pulls && active ? PTG_OK : fail_memory(err));
    for (int32_t i = 0; i < d->n_rows; i++)
        pulls[i] = p->loss.share[i] * p->loss.target[i];
    linear_design_gradient(d, pulls, 1, b);
    GO(linear_design_gram(d, p->loss.share, gram, err));
    GO(linear_check_deadline(p, err));
    add_ridge(p, n, gram);
    if (p->l1 > 0) {
        quadratic q = {p, n, gram, theta, left, active};
        residual(d, n, gram, b, theta, left);
        GO(descend(&q, p->tolerance * p->tolerance, err));
        *solved = true;
    } else if (d->blas->potrf(n, gram) && well_conditioned(n, gram)) {
        d->blas->potrs(n, gram, b);
        memcpy(theta, b, (size_t)n * sizeof *theta);
        *solved = true;
    }
done:
    arena_free(scratch);
    return status;
}

/* Working memory of proximal Newton. */
typedef struct newton {
    const linear_problem *p;
    int32_t n;
    double *gram, *gradient, *b, *left, *next, *step; /* n */
    double *scores, *moved, *work, *bend;             /* rows */
    bool *active;
} newton;

static bool newton_allocate(newton *w, arena *a)
{
    double **columns[] = {&w->gradient, &w->b, &w->left, &w->next, &w->step};
    double **rows[] = {&w->scores, &w->moved, &w->work, &w->bend};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!(*columns[i] = arena_array(a, w->n, sizeof(double)))) return false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!(*rows[i] = arena_array(a, w->p->design->n_rows, sizeof(double)))) return false;
    w->gram = arena_array(a, (int64_t)w->n * w->n, sizeof *w->gram);
    w->active = arena_array(a, w->n, sizeof *w->active);
    return w->gram && w->active;
}

/* Gradient, curvature and the quadratic's minimum w->next around theta. */
static ptg_status newton_model(newton *w, const double *theta, double objective, ptg_error *err)
{
    const linear_problem *p = w->p;
    const linear_design *d = p->design;
    for (int32_t i = 0; i < d->n_rows; i++) {
        double q = 1 / (1 + exp(-fabs(w->scores[i])));
        w->bend[i] = p->loss.share[i] * q * (1 - q);
    }
    memcpy(w->work, w->scores, (size_t)d->n_rows * sizeof *w->work);
    linear_loss_at(&p->loss, w->work);
    linear_design_gradient(d, w->work, 1, w->gradient);
    TRY(linear_design_gram(d, w->bend, w->gram, err));
    for (int32_t c = 0; c < w->n; c++) {
        if (linear_penalised(p, c)) w->gradient[c] += p->l2 * theta[c];
        w->gram[(int64_t)c * w->n + c] += 1e-12;
    }
    add_ridge(p, w->n, w->gram);
    d->blas->gemv(false, w->n, w->n, 1, w->gram, w->n, theta, 0, w->b);
    for (int32_t c = 0; c < w->n; c++)
        w->b[c] -= w->gradient[c];
    memcpy(w->next, theta, (size_t)w->n * sizeof *w->next);
    residual(d, w->n, w->gram, w->b, w->next, w->left);
    quadratic q = {p, w->n, w->gram, w->next, w->left, w->active};
    return descend(&q, INNER_TOLERANCE * p->tolerance * fmax(objective, LEAST_OBJECTIVE), err);
}

/* The decrease that the model promises (negative). */
static double newton_promise(const newton *w, const double *theta)
{
    double slope = 0;
    for (int32_t c = 0; c < w->n; c++) {
        slope += w->gradient[c] * (w->next[c] - theta[c]);
        if (linear_penalised(w->p, c)) slope += w->p->l1 * (fabs(w->next[c]) - fabs(theta[c]));
    }
    return slope;
}

/* Goes from theta towards w->next as far as the objective falls; false when it does not. */
static bool newton_move(newton *w, double *theta, double promise, double *objective)
{
    const linear_problem *p = w->p;
    int32_t n_rows = p->design->n_rows;
    for (int32_t c = 0; c < w->n; c++)
        w->step[c] = w->next[c] - theta[c];
    linear_design_scores(p->design, w->step, 1, w->moved);
    double length = 1;
    for (int i = 0; i < HALVINGS; i++, length *= 0.5) {
        for (int32_t r = 0; r < n_rows; r++)
            w->work[r] = w->scores[r] + length * w->moved[r];
        for (int32_t c = 0; c < w->n; c++)
            w->next[c] = length == 1 ? w->next[c] : theta[c] + length * w->step[c];
        double now = linear_loss_at(&p->loss, w->work) + linear_penalty(p, w->next);
        if (!(now <= *objective + 0.01 * length * promise)) continue;
        *objective = now;
        for (int32_t r = 0; r < n_rows; r++)
            w->scores[r] += length * w->moved[r];
        memcpy(theta, w->next, (size_t)w->n * sizeof *theta);
        return true;
    }
    return false;
}

static ptg_status newton_run(newton *w, double *theta, ptg_error *err)
{
    const linear_problem *p = w->p;
    linear_design_scores(p->design, theta, 1, w->scores);
    memcpy(w->work, w->scores, (size_t)p->design->n_rows * sizeof *w->work);
    double objective = linear_loss_at(&p->loss, w->work) + linear_penalty(p, theta);
    for (int i = 0; i < NEWTON_STEPS && i < p->iterations; i++) {
        TRY(linear_check_deadline(p, err));
        TRY(newton_model(w, theta, objective, err));
        double promise = newton_promise(w, theta);
        if (-promise <= p->tolerance * fmax(objective, LEAST_OBJECTIVE)) break;
        if (!newton_move(w, theta, promise, &objective)) break;
    }
    return PTG_OK;
}

ptg_status linear_solve_newton(const linear_problem *p, double *theta, ptg_error *err)
{
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    newton w = {.p = p, .n = p->design->n_dense};
    ptg_status status = newton_allocate(&w, scratch) ? newton_run(&w, theta, err) : fail_memory(err);
    arena_free(scratch);
    return status;
}

ptg_status linear_solve(const linear_problem *p, double *theta, ptg_error *err)
{
    const linear_design *d = p->design;
    bool dense = d->n_columns == d->n_dense, solved = false;
    if (p->loss.kind == LOSS_SQUARED && dense && d->n_dense <= MOST_GRAM_COLUMNS)
        TRY(linear_solve_squared(p, theta, &solved, err));
    if (solved) return PTG_OK;
    if (p->loss.kind == LOSS_LOGISTIC && p->l1 > 0 && dense && d->n_dense <= MOST_NEWTON_COLUMNS)
        return linear_solve_newton(p, theta, err);
    return linear_solve_quasi(p, theta, err);
}
