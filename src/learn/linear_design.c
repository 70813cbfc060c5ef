/* The design of a linear fit. Dense columns are copied standardised into one row-major block, so that scores and gradients are
 * one pass of BLAS each; sparse columns stay by column. Few sparse columns (one-hot) are made dense, where the solver knows
 * better ways. */
#include "learn/linear_design.h"

#include <math.h>
#include <string.h>

#include "learn/linear_model.h"

#define MOST_DENSIFIED_COLUMNS 512
#define MOST_DENSIFIED_CELLS (INT64_C(1) << 25)
#define GRAM_ROWS 512
/* Less spread than this, beside the mean, is rounding. */
#define LEAST_SPREAD 1e-14
/* For columns whose squares overflow: statistics are taken of x * 2^-600. */
#define SHRINK 0x1p-600

/* Weighted mean and standard deviation of the finite values, each times `shrink`. */
static void moments(const double *x, const double *share, int64_t n, double shrink, double *mean, double *deviation)
{
    double sum = 0, weight = 0, square = 0;
    for (int64_t i = 0; i < n; i++)
        if (share[i] > 0 && isfinite(x[i])) {
            sum += share[i] * (x[i] * shrink);
            weight += share[i];
        }
    *mean = weight > 0 ? sum / weight : 0;
    for (int64_t i = 0; i < n; i++)
        if (share[i] > 0 && isfinite(x[i])) square += share[i] * (x[i] * shrink - *mean) * (x[i] * shrink - *mean);
    *deviation = weight > 0 ? sqrt(square / weight) : 0;
}

/* Counts distinct finite values up to 3; the first two are left in `values`. */
static int count_distinct(const double *x, const double *share, int64_t n, double values[2])
{
    int count = 0;
    for (int64_t i = 0; i < n && count < 3; i++) {
        if (!(share[i] > 0) || !isfinite(x[i])) continue;
        if ((count > 0 && x[i] == values[0]) || (count > 1 && x[i] == values[1])) continue;
        if (count < 2) values[count] = x[i];
        count++;
    }
    return count;
}

static void scale_real(const double *x, const double *share, int64_t n, double *center, double *scale)
{
    double values[2] = {0, 0}, mean, deviation, shrink = 1;
    int distinct = count_distinct(x, share, n, values);
    moments(x, share, n, shrink, &mean, &deviation);
    if (!isfinite(mean) || !isfinite(deviation)) {
        shrink = SHRINK;
        moments(x, share, n, shrink, &mean, &deviation);
    }
    if (distinct == 2) deviation = fabs(values[0] * shrink - values[1] * shrink);
    *center = mean / shrink;
    *scale = distinct >= 2 && deviation > LEAST_SPREAD * fabs(mean) ? 1 / deviation * shrink : 0;
    if (!isfinite(*scale)) *scale = 0;
}

static double scale_sparse(const feature *f, const double *share)
{
    double largest = 0;
    for (int64_t i = 0; i < f->n_values; i++)
        if (share[f->rows[i]] > 0 && isfinite(f->values[i])) largest = fmax(largest, fabs(f->values[i]));
    return largest > 1e-300 ? 1 / largest : 0;
}

static ptg_status measure(const matrix *x, const double *share, linear_design *d, ptg_error *err)
{
    for (int32_t j = 0; j < x->n_features; j++) {
        const feature *f = &x->features[j];
        text_shown_buffer shown;
        if (f->kind == FEATURE_REAL)
            scale_real(f->real, share, x->n_rows, &d->center[j], &d->scale[j]);
        else if (f->kind == FEATURE_SPARSE)
            d->scale[j] = scale_sparse(f, share);
        else
            return fail(err, PTG_ERROR_FAILED, "linear-learner takes numbers only; encode the column '%s' first.",
                        text_shown(text_of(f->name), &shown));
    }
    return PTG_OK;
}

/* Sparse columns become dense when all columns together are few. */
static bool all_dense(const matrix *x)
{
    return x->n_features <= MOST_DENSIFIED_COLUMNS && x->n_rows * (x->n_features + 1) <= MOST_DENSIFIED_CELLS;
}

static bool goes_dense(const matrix *x, int32_t j)
{
    return x->features[j].kind == FEATURE_REAL || all_dense(x);
}

/* Numbers the columns: dense, constant, sparse. */
static void number_columns(const matrix *x, linear_design *d)
{
    int32_t at = 0;
    for (int32_t j = 0; j < x->n_features; j++)
        if (d->scale[j] != 0 && goes_dense(x, j)) d->feature[at++] = j;
    d->feature[at++] = -1;
    d->n_dense = at;
    for (int32_t j = 0; j < x->n_features; j++)
        if (d->scale[j] != 0 && !goes_dense(x, j)) d->feature[at++] = j;
    d->n_columns = at;
}

static void fill_dense(const matrix *x, linear_design *d, int32_t c)
{
    int32_t j = d->feature[c];
    double *to = d->block + c;
    int64_t stride = d->n_dense;
    if (j < 0) {
        for (int64_t i = 0; i < d->n_rows; i++)
            to[i * stride] = 1;
        return;
    }
    const feature *f = &x->features[j];
    if (f->kind == FEATURE_SPARSE) {
        for (int64_t i = 0; i < f->n_values; i++)
            to[f->rows[i] * stride] = linear_standardised(f->values[i], 0, d->scale[j]);
        return;
    }
    for (int64_t i = 0; i < d->n_rows; i++)
        to[i * stride] = linear_standardised(f->real[i], d->center[j], d->scale[j]);
}

static ptg_status fill_sparse(const matrix *x, linear_design *d, int32_t c, ptg_error *err)
{
    int32_t j = d->feature[c];
    const feature *f = &x->features[j];
    double *values = arena_array(d->memory, f->n_values, sizeof *values);
    if (!values) return fail_memory(err);
    for (int64_t i = 0; i < f->n_values; i++)
        values[i] = linear_standardised(f->values[i], 0, d->scale[j]);
    d->sparse[c - d->n_dense] = (design_sparse){f->rows, values, f->n_values};
    return PTG_OK;
}

static ptg_status fill(const matrix *x, linear_design *d, ptg_error *err)
{
    d->block = arena_array(d->memory, (int64_t)d->n_rows * d->n_dense, sizeof *d->block);
    d->sparse = arena_array(d->memory, d->n_columns - d->n_dense, sizeof *d->sparse);
    if (!d->block || !d->sparse) return fail_memory(err);
    for (int32_t c = 0; c < d->n_dense; c++)
        fill_dense(x, d, c);
    for (int32_t c = d->n_dense; c < d->n_columns; c++)
        TRY(fill_sparse(x, d, c, err));
    return PTG_OK;
}

ptg_status linear_design_make(const matrix *x, const double *share, linear_design **out, ptg_error *err)
{
    *out = NULL;
    if (x->n_rows > INT32_MAX || x->n_features == INT32_MAX)
        return fail(err, PTG_ERROR_FAILED, "linear-learner takes at most %d rows; leave this candidate out.", INT32_MAX);
    arena *memory = arena_new();
    linear_design *d = memory ? arena_array(memory, 1, sizeof *d) : NULL;
    ptg_status status = d ? PTG_OK : fail_memory(err);
    if (status != PTG_OK) goto done;
    *d = (linear_design){.memory = memory, .blas = blas_get(), .n_rows = (int32_t)x->n_rows, .n_features = x->n_features};
    d->center = arena_array(memory, x->n_features, sizeof *d->center);
    d->scale = arena_array(memory, x->n_features, sizeof *d->scale);
    d->feature = arena_array(memory, x->n_features + 1, sizeof *d->feature);
    GO(d->center && d->scale && d->feature ? PTG_OK : fail_memory(err));
    GO(measure(x, share, d, err));
    number_columns(x, d);
    GO(fill(x, d, err));
    *out = d;
    return PTG_OK;
done:
    arena_free(memory);
    return status;
}

void linear_design_free(linear_design *d)
{
    if (d) arena_free(d->memory);
}

void linear_design_scores(const linear_design *d, const double *theta, int32_t k, double *scores)
{
    int32_t n = d->n_rows, p = d->n_dense;
    if (k == 1)
        d->blas->gemv(false, n, p, 1, d->block, p, theta, 0, scores);
    else
        d->blas->gemm(false, false, n, k, p, 1, d->block, p, theta, k, 0, scores, k);
    for (int32_t c = p; c < d->n_columns; c++) {
        const design_sparse *s = &d->sparse[c - p];
        const double *w = theta + (int64_t)c * k;
        for (int64_t i = 0; i < s->n; i++)
            for (int32_t j = 0; j < k; j++)
                scores[s->rows[i] * k + j] += s->values[i] * w[j];
    }
}

void linear_design_gradient(const linear_design *d, const double *residuals, int32_t k, double *gradient)
{
    int32_t n = d->n_rows, p = d->n_dense;
    if (k == 1)
        d->blas->gemv(true, n, p, 1, d->block, p, residuals, 0, gradient);
    else
        d->blas->gemm(true, false, p, k, n, 1, d->block, p, residuals, k, 0, gradient, k);
    memset(gradient + (int64_t)p * k, 0, (size_t)(d->n_columns - p) * (size_t)k * sizeof *gradient);
    for (int32_t c = p; c < d->n_columns; c++) {
        const design_sparse *s = &d->sparse[c - p];
        double *g = gradient + (int64_t)c * k;
        for (int64_t i = 0; i < s->n; i++)
            for (int32_t j = 0; j < k; j++)
                g[j] += s->values[i] * residuals[s->rows[i] * k + j];
    }
}

ptg_status linear_design_gram(const linear_design *d, const double *row_weight, double *gram, ptg_error *err)
{
    int32_t p = d->n_dense;
    double *rows = mem_array((int64_t)GRAM_ROWS * p, sizeof *rows);
    if (!rows) return fail_memory(err);
    memset(gram, 0, (size_t)p * (size_t)p * sizeof *gram);
    for (int32_t first = 0; first < d->n_rows; first += GRAM_ROWS) {
        int32_t n = d->n_rows - first < GRAM_ROWS ? d->n_rows - first : GRAM_ROWS;
        for (int32_t i = 0; i < n; i++) {
            double root = sqrt(row_weight[first + i]);
            const double *from = d->block + (int64_t)(first + i) * p;
            for (int32_t j = 0; j < p; j++)
                rows[(int64_t)i * p + j] = root * from[j];
        }
        d->blas->syrk(p, n, 1, rows, p, first ? 1 : 0, gram);
    }
    mem_free(rows);
    return PTG_OK;
}

void linear_design_squares(const linear_design *d, const double *row_weight, double *squares)
{
    int32_t p = d->n_dense;
    memset(squares, 0, (size_t)d->n_columns * sizeof *squares);
    for (int32_t i = 0; i < d->n_rows; i++) {
        const double *row = d->block + (int64_t)i * p;
        for (int32_t j = 0; j < p; j++)
            squares[j] += row_weight[i] * row[j] * row[j];
    }
    for (int32_t c = p; c < d->n_columns; c++) {
        const design_sparse *s = &d->sparse[c - p];
        for (int64_t i = 0; i < s->n; i++)
            squares[c] += row_weight[s->rows[i]] * s->values[i] * s->values[i];
    }
}
