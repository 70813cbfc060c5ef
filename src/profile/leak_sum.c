/* Each step takes the column that correlates most with what is left, and fits all taken columns again by least squares over the
 * rows where they are all there. */
#include "profile/leak_sum.h"

#include <math.h>

#define ROWS_MOST 5000
#define LEAST_ROWS 30
#define LEAST_SHARE 0.2 /* of the rows: where all parts are there */
#define UNIT 0.02       /* a factor so near to 1 or -1 is one of them */

typedef struct pursuit {
    int64_t n;
    const double *y; /* centred */
    int32_t n_columns;
    const int32_t *at;
    double *x;         /* n_columns x n: centred and scaled, NaN where missing */
    double *mean, *sd; /* of each column */
    double *residual;
    double y_mean, y_sd;
    int32_t n_taken;
    int32_t taken[LEAK_PARTS_MOST];
    double factor[LEAK_PARTS_MOST]; /* on the scaled columns */
    double offset, rest;
} pursuit;

static double mean_of(const double *v, int64_t n)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (!isfinite(v[i])) continue;
        sum += v[i];
        ++count;
    }
    return count > 0 ? sum / (double)count : NAN;
}

/* Centres and scales; infinite values become missing. False where it does not vary or is mostly missing. */
static bool standardise(double *v, int64_t n, double *mean, double *sd)
{
    int64_t count = 0;
    double squares = 0;
    *mean = mean_of(v, n);
    for (int64_t i = 0; i < n; ++i) {
        v[i] = isfinite(v[i]) ? v[i] - *mean : (double)NAN;
        if (isnan(v[i])) continue;
        squares += v[i] * v[i];
        ++count;
    }
    *sd = count > 0 ? sqrt(squares / (double)count) : 0;
    if (!(*sd > 0) || !isfinite(*sd) || count * 2 < n) return false;
    for (int64_t i = 0; i < n; ++i)
        v[i] /= *sd;
    return true;
}

static double correlation_left(const pursuit *p, int32_t k)
{
    const double *x = p->x + p->n * k;
    double xy = 0;
    for (int64_t i = 0; i < p->n; ++i) {
        if (!isnan(x[i])) xy += x[i] * p->residual[i];
    }
    return fabs(xy);
}

static int32_t best_column(const pursuit *p)
{
    int32_t best = -1;
    double most = 0;
    for (int32_t k = 0; k < p->n_columns; ++k) {
        bool taken = false;
        for (int32_t j = 0; j < p->n_taken; ++j)
            taken = taken || p->taken[j] == k;
        const double r = taken ? 0 : correlation_left(p, k);
        if (r <= most) continue;
        most = r;
        best = k;
    }
    return best;
}

#define SIDE (LEAK_PARTS_MOST + 1) /* the offset last */

static bool row_of(const pursuit *p, int64_t i, double row[SIDE])
{
    for (int32_t j = 0; j < p->n_taken; ++j) {
        row[j] = p->x[p->n * p->taken[j] + i];
        if (isnan(row[j])) return false;
    }
    row[p->n_taken] = 1;
    return true;
}

/* Solves a x = b for a symmetric positive definite `a` by Cholesky; false where it is not. */
static bool solve(double a[SIDE][SIDE], double b[SIDE], int32_t n)
{
    for (int32_t j = 0; j < n; ++j) {
        for (int32_t i = j; i < n; ++i) {
            double sum = a[i][j];
            for (int32_t k = 0; k < j; ++k)
                sum -= a[i][k] * a[j][k];
            if (i == j && !(sum > 1e-10)) return false;
            a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
        }
    }
    for (int32_t i = 0; i < n; ++i) {
        for (int32_t k = 0; k < i; ++k)
            b[i] -= a[i][k] * b[k];
        b[i] /= a[i][i];
    }
    for (int32_t i = n - 1; i >= 0; --i) {
        for (int32_t k = i + 1; k < n; ++k)
            b[i] -= a[k][i] * b[k];
        b[i] /= a[i][i];
    }
    return true;
}

static double predict(const pursuit *p, const double row[SIDE])
{
    double sum = p->offset;
    for (int32_t j = 0; j < p->n_taken; ++j)
        sum += p->factor[j] * row[j];
    return sum;
}

/* What is left of the target; rows without all parts keep their deviation from the mean. */
static void take_rest(pursuit *p, int64_t n_complete)
{
    double row[SIDE], squares = 0;
    for (int64_t i = 0; i < p->n; ++i) {
        p->residual[i] = p->y[i];
        if (!row_of(p, i, row)) continue;
        p->residual[i] -= predict(p, row);
        squares += p->residual[i] * p->residual[i];
    }
    p->rest = sqrt(squares / (double)n_complete) / p->y_sd;
}

/* Least squares on the taken columns; false when they depend on each other or too few rows have all of them. */
static bool fit(pursuit *p)
{
    double a[SIDE][SIDE] = {{0}}, b[SIDE] = {0}, row[SIDE];
    const int32_t n = p->n_taken + 1;
    int64_t n_complete = 0;
    for (int64_t i = 0; i < p->n; ++i) {
        if (!row_of(p, i, row)) continue;
        ++n_complete;
        for (int32_t r = 0; r < n; ++r) {
            b[r] += row[r] * p->y[i];
            for (int32_t c = 0; c <= r; ++c)
                a[r][c] += row[r] * row[c];
        }
    }
    if (n_complete < LEAST_ROWS || (double)n_complete < LEAST_SHARE * (double)p->n || !solve(a, b, n)) return false;
    for (int32_t j = 0; j < p->n_taken; ++j)
        p->factor[j] = b[j];
    p->offset = b[p->n_taken];
    take_rest(p, n_complete);
    return true;
}

static bool all_unit(const pursuit *p)
{
    for (int32_t j = 0; j < p->n_taken; ++j) {
        const double factor = p->factor[j] / p->sd[p->taken[j]];
        if (fabs(fabs(factor) - 1) > UNIT) return false;
    }
    return true;
}

static bool is_sum(const pursuit *p)
{
    return p->rest <= LEAK_SUM_EXACT || (p->rest <= LEAK_SUM_UNIT && all_unit(p));
}

/* Columns that are not needed go, the last taken first. */
static void drop_needless(pursuit *p)
{
    for (int32_t j = p->n_taken - 1; j >= 0 && p->n_taken > 1; --j) {
        const pursuit before = *p;
        for (int32_t k = j; k + 1 < p->n_taken; ++k)
            p->taken[k] = p->taken[k + 1];
        --p->n_taken;
        if (!fit(p) || !is_sum(p)) {
            *p = before;
            fit(p);
        }
    }
}

static void search(pursuit *p, leak_sum *out)
{
    for (int64_t i = 0; i < p->n; ++i)
        p->residual[i] = p->y[i];
    bool found = false;
    while (p->n_taken < LEAK_PARTS_MOST && !found) {
        const int32_t best = best_column(p);
        if (best < 0) return;
        p->taken[p->n_taken++] = best;
        if (!fit(p)) return;
        found = is_sum(p);
    }
    if (!found) return;
    drop_needless(p);
    if (p->n_taken < 2) return;
    out->n = p->n_taken;
    out->rest = p->rest;
    out->offset = p->y_mean + p->offset;
    for (int32_t j = 0; j < p->n_taken; ++j) {
        const int32_t k = p->taken[j];
        out->at[j] = p->at[k];
        out->factor[j] = p->factor[j] / p->sd[k];
        out->offset -= out->factor[j] * p->mean[k];
    }
}

static bool is_left_out(int32_t at, const int32_t *left_out, int32_t n)
{
    for (int32_t k = 0; k < n; ++k) {
        if (left_out[k] == at) return true;
    }
    return false;
}

/* The target and the numeric features of every `step`-th row of the sample. */
static ptg_status gather(const check_material *m, const int32_t *left_out, int32_t n_left_out, pursuit *p, ptg_error *err)
{
    const int64_t step = (m->table.n + ROWS_MOST - 1) / ROWS_MOST;
    p->n = (m->table.n + step - 1) / step;
    double *y = arena_array(m->scratch, p->n, sizeof *y);
    int32_t *at = arena_array(m->scratch, m->n_base, sizeof *at);
    p->x = arena_array(m->scratch, p->n, sizeof(double) * (size_t)m->n_base);
    p->mean = arena_array(m->scratch, 2 * (int64_t)m->n_base, sizeof(double));
    p->residual = arena_array(m->scratch, p->n, sizeof(double));
    if (!y || !at || !p->x || !p->mean || !p->residual) return fail_memory(err);
    p->sd = p->mean + m->n_base;
    for (int64_t i = 0; i < p->n; ++i)
        y[i] = m->facts->target_values[m->table.rows[i * step]];
    p->y_mean = mean_of(y, p->n);
    for (int64_t i = 0; i < p->n; ++i) {
        y[i] -= p->y_mean;
        p->y_sd += y[i] * y[i] / (double)p->n;
    }
    p->y_sd = sqrt(p->y_sd);
    for (int32_t k = 0; k < m->n_base; ++k) {
        const small_column *c = &m->table.columns[k];
        const column *cells = frame_column(m->f, c->at);
        if (c->listed || cells->type != COLUMN_NUMERIC || is_left_out(c->at, left_out, n_left_out)) continue;
        double *x = p->x + p->n * p->n_columns;
        for (int64_t i = 0; i < p->n; ++i)
            x[i] = cells->numbers[m->table.rows[i * step]];
        at[p->n_columns] = c->at;
        p->n_columns += standardise(x, p->n, &p->mean[p->n_columns], &p->sd[p->n_columns]);
    }
    p->y = y;
    p->at = at;
    return PTG_OK;
}

ptg_status leak_sum_find(const check_material *m, const int32_t *left_out, int32_t n, leak_sum *out, ptg_error *err)
{
    pursuit p = {0};
    out->n = 0;
    if (m->facts->problem != PROBLEM_REGRESSION || m->table.n < LEAST_ROWS) return PTG_OK;
    TRY(gather(m, left_out, n, &p, err));
    if (p.y_sd > 0 && isfinite(p.y_sd)) search(&p, out);
    return PTG_OK;
}
