/* Correlation by two passes over the rows that a pair has in common: means first, then products of deviations. Pairs are spread
 * over the threads; each is summed in order of rows. */
#include "profile/correlation.h"

#include <math.h>

typedef struct correlation_work {
    const frame *f;
    const int32_t *columns;
    int32_t n;
    double *matrix;
} correlation_work;

typedef struct pair_rows {
    double n, mean_x, mean_y;
    bool varied; /* both have two values or more: rounding of a mean alone must not look like variance */
} pair_rows;

static pair_rows find_common(const double *x, const double *y, int64_t n_rows)
{
    pair_rows p = {0};
    bool x_varied = false, y_varied = false;
    int64_t first = -1;
    for (int64_t i = 0; i < n_rows; ++i) {
        if (!isfinite(x[i]) || !isfinite(y[i])) continue;
        if (first < 0) first = i;
        p.n += 1;
        p.mean_x += x[i];
        p.mean_y += y[i];
        x_varied = x_varied || x[i] != x[first];
        y_varied = y_varied || y[i] != y[first];
    }
    p.mean_x /= p.n;
    p.mean_y /= p.n;
    p.varied = x_varied && y_varied;
    return p;
}

static double pearson(const double *x, const double *y, int64_t n_rows)
{
    const pair_rows p = find_common(x, y, n_rows);
    double xx = 0, yy = 0, xy = 0;
    for (int64_t i = 0; i < n_rows && p.varied; ++i) {
        if (!isfinite(x[i]) || !isfinite(y[i])) continue;
        const double dx = x[i] - p.mean_x, dy = y[i] - p.mean_y;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    if (!(xx > 0) || !(yy > 0) || !isfinite(xx) || !isfinite(yy)) return NAN;
    return fmax(-1, fmin(1, xy / (sqrt(xx) * sqrt(yy))));
}

/* One chunk is one row of the triangle. */
static ptg_status correlate_row(void *context, int64_t chunk, ptg_error *err)
{
    const correlation_work *w = context;
    (void)err;
    const int32_t i = (int32_t)chunk;
    w->matrix[i * w->n + i] = 1;
    for (int32_t j = i + 1; j < w->n; ++j) {
        const double r =
            pearson(frame_column(w->f, w->columns[i])->numbers, frame_column(w->f, w->columns[j])->numbers, frame_rows(w->f));
        w->matrix[i * w->n + j] = w->matrix[j * w->n + i] = r;
    }
    return PTG_OK;
}

ptg_status correlation_make(const frame *f, const int32_t *columns, int32_t n, pool *threads, double *matrix, ptg_error *err)
{
    return pool_run(threads, n, correlate_row, &(correlation_work){.f = f, .columns = columns, .n = n, .matrix = matrix}, err);
}
