/* See boost_lines.h. With z = x - its mean weighted by curvature, and 0 where x is missing, the step solves
 * (Z'HZ / s s' + l2 I) u = Z'g / s with weights u / s, where s^2 = Z'HZ / sum H on the diagonal: the penalty does not depend on
 * a column's unit, and a leaf's own value stays the best constant. A leaf's rows are summed by one thread in their order. */
#include "learn/boost_lines.h"

#include <math.h>
#include <string.h>

#define ROW_CHUNK 8192
#define ROWS_A_TERM 5     /* a leaf with fewer has no line */
#define SPREAD_MOST 1e140 /* of a column in a leaf: sums of squares stay finite */

typedef struct line_work {
    const boost_leaves *how;
    const boost_rows *rows;
    const matrix *x;
    const boost_shape *shape;
    const double *values;
    double rate;
    int64_t *start; /* n_leaves + 1, of each leaf in `order` */
    int64_t *order; /* rows by leaf */
    double *g, *h;  /* weighted, by place in `order` */
    int32_t *counts;
    tree_term *terms; /* n_leaves x LINE_TERMS_MOST */
} line_work;

/* Sums over the rows of one leaf. */
typedef struct line_sums {
    int32_t n;
    const double *column[LINE_TERMS_MOST];
    tree_term *terms;
    double weight; /* sum of h */
    double product[LINE_TERMS_MOST][LINE_TERMS_MOST], gradient[LINE_TERMS_MOST];
} line_sums;

bool boost_lines_suit(const boost_loss *loss)
{
    return loss->method == LEAF_NEWTON;
}

static void add_column(const matrix *x, const boost_split *split, line_sums *to)
{
    const bin_column *c = &split->block->train.columns[split->column];
    if (c->feature >= x->n_features || x->features[c->feature].kind != FEATURE_REAL || to->n == LINE_TERMS_MOST) return;
    for (int32_t i = 0; i < to->n; i++)
        if (to->terms[i].feature == c->feature) return;
    to->column[to->n] = x->features[c->feature].real;
    to->terms[to->n++] = (tree_term){.feature = c->feature};
}

/* The numeric columns on the path of a leaf, from the leaf up. */
static void find_columns(const line_work *w, int32_t leaf, line_sums *to)
{
    int32_t at = leaf;
    for (int32_t i = w->shape->n_splits - 1; i >= 0; i--) {
        bool on_path = !w->shape->parted || at == i + 1 || at == w->shape->parted[i];
        if (on_path) add_column(w->x, &w->shape->splits[i], to);
        if (w->shape->parted && at == i + 1) at = w->shape->parted[i];
    }
}

/* Weighted gradients and curvatures of a leaf's rows. */
static void derive(const line_work *w, int32_t leaf)
{
    const boost_rows *r = w->rows;
    double target[LOSS_CHUNK], a[LOSS_CHUNK];
    for (int64_t first = w->start[leaf]; first < w->start[leaf + 1]; first += LOSS_CHUNK) {
        int64_t n = w->start[leaf + 1] - first < LOSS_CHUNK ? w->start[leaf + 1] - first : LOSS_CHUNK;
        for (int64_t i = 0; i < n; i++) {
            target[i] = r->target[w->order[first + i]];
            a[i] = r->sums[w->order[first + i]] + w->values[leaf];
        }
        w->how->loss->derivatives(w->how->loss, w->how->kernels, target, a, n, w->g + first, w->h + first);
        for (int64_t i = 0; i < n && r->weight; i++) {
            w->g[first + i] *= r->weight[w->order[first + i]];
            w->h[first + i] *= r->weight[w->order[first + i]];
        }
    }
}

/* Center and limits of one column among the leaf's rows; false where it says nothing. */
static bool measure(const line_work *w, int32_t leaf, const double *values, tree_term *t)
{
    double sum = 0, weight = 0;
    t->low = INFINITY;
    t->high = -INFINITY;
    for (int64_t i = w->start[leaf]; i < w->start[leaf + 1]; i++) {
        double value = tree_value_float64(values[w->order[i]]);
        if (isnan(value)) continue;
        weight += w->h[i];
        sum += w->h[i] * value;
        t->low = fmin(t->low, value);
        t->high = fmax(t->high, value);
    }
    t->center = weight > 0 ? sum / weight : NAN;
    return isfinite(t->center) && t->low < t->high && t->high - t->low < SPREAD_MOST;
}

static void measure_columns(const line_work *w, int32_t leaf, line_sums *s)
{
    int32_t n = 0;
    for (int32_t c = 0; c < s->n; c++) {
        if (!measure(w, leaf, s->column[c], &s->terms[c])) continue;
        s->terms[n] = s->terms[c];
        s->column[n++] = s->column[c];
    }
    s->n = n;
}

static void sum_products(const line_work *w, int32_t leaf, line_sums *s)
{
    for (int64_t i = w->start[leaf]; i < w->start[leaf + 1]; i++) {
        double z[LINE_TERMS_MOST], h = w->h[i];
        for (int32_t c = 0; c < s->n; c++) {
            double value = tree_value_float64(s->column[c][w->order[i]]);
            z[c] = isnan(value) ? 0 : value - s->terms[c].center;
            s->gradient[c] += w->g[i] * z[c];
            for (int32_t d = 0; d <= c; d++)
                s->product[c][d] += h * z[c] * z[d];
        }
        s->weight += h;
    }
}

/* Cholesky of product / s s' + l2 I in place, then both triangles; the solution in `gradient`. */
static void solve(line_sums *s, double l2)
{
    double scale[LINE_TERMS_MOST];
    for (int32_t a = 0; a < s->n; a++)
        scale[a] = sqrt(s->product[a][a] / s->weight);
    for (int32_t a = 0; a < s->n; a++) {
        for (int32_t b = 0; b <= a; b++) {
            double sum = s->product[a][b] / (scale[a] * scale[b]) + (a == b ? l2 : 0);
            for (int32_t c = 0; c < b; c++)
                sum -= s->product[a][c] * s->product[b][c];
            s->product[a][b] = a == b ? sqrt(sum) : sum / s->product[b][b];
        }
        s->gradient[a] /= scale[a];
        for (int32_t c = 0; c < a; c++)
            s->gradient[a] -= s->product[a][c] * s->gradient[c];
        s->gradient[a] /= s->product[a][a];
    }
    for (int32_t a = s->n - 1; a >= 0; a--) {
        for (int32_t c = a + 1; c < s->n; c++)
            s->gradient[a] -= s->product[c][a] * s->gradient[c];
        s->gradient[a] /= s->product[a][a];
    }
    for (int32_t a = 0; a < s->n; a++)
        s->gradient[a] /= scale[a];
}

/* Columns of numbers too small or too alike for a sum end in something that is not finite: then there is no line. */
static ptg_status fit_leaf(void *context, int64_t number, ptg_error *err)
{
    (void)err;
    const line_work *w = context;
    int32_t leaf = (int32_t)number;
    line_sums s = {.terms = w->terms + number * LINE_TERMS_MOST};
    find_columns(w, leaf, &s);
    if (s.n == 0 || w->start[leaf + 1] - w->start[leaf] < ROWS_A_TERM * (s.n + 1)) return PTG_OK;
    derive(w, leaf);
    measure_columns(w, leaf, &s);
    sum_products(w, leaf, &s);
    solve(&s, fmax(w->how->l2, 1e-6 * s.weight));
    bool finite = true;
    for (int32_t c = 0; c < s.n; c++) {
        s.terms[c].weight = w->rate * s.gradient[c];
        finite = finite && isfinite(s.terms[c].weight * (s.terms[c].high - s.terms[c].low));
    }
    w->counts[leaf] = finite ? s.n : 0;
    return PTG_OK;
}

static void sort_rows(const line_work *w)
{
    const boost_rows *r = w->rows;
    int32_t n_leaves = w->shape->n_leaves;
    for (int64_t i = 0; i < r->n; i++)
        w->start[r->leaf[i] + 1]++;
    for (int32_t l = 0; l < n_leaves; l++)
        w->start[l + 1] += w->start[l];
    for (int64_t i = 0; i < r->n; i++)
        w->order[w->start[r->leaf[i]]++] = i;
    for (int32_t l = n_leaves; l > 0; l--)
        w->start[l] = w->start[l - 1];
    w->start[0] = 0;
}

static ptg_status keep_lines(const line_work *w, arena *a, boost_lines *out, ptg_error *err)
{
    int32_t n_leaves = w->shape->n_leaves, n = 0;
    out->first = arena_array(a, (int64_t)n_leaves + 1, sizeof *out->first);
    for (int32_t l = 0; l < n_leaves; l++)
        n += w->counts[l];
    out->terms = arena_array(a, n, sizeof *out->terms);
    if (!out->first || !out->terms) return fail_memory(err);
    for (int32_t l = 0; l < n_leaves; l++) {
        size_t size = (size_t)w->counts[l] * sizeof *out->terms;
        memcpy(out->terms + out->first[l], w->terms + (int64_t)l * LINE_TERMS_MOST, size);
        out->first[l + 1] = out->first[l] + w->counts[l];
    }
    return PTG_OK;
}

ptg_status boost_lines_fit(const boost_leaves *how, const boost_rows *rows, const matrix *x, const boost_shape *shape,
                           const double *values, double rate, arena *a, boost_lines *out, ptg_error *err)
{
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    line_work w = {.how = how, .rows = rows, .x = x, .shape = shape, .values = values, .rate = rate};
    w.start = arena_array(scratch, (int64_t)shape->n_leaves + 1, sizeof *w.start);
    w.order = arena_array(scratch, rows->n, sizeof *w.order);
    w.g = arena_array(scratch, rows->n, sizeof *w.g);
    w.h = arena_array(scratch, rows->n, sizeof *w.h);
    w.counts = arena_array(scratch, shape->n_leaves, sizeof *w.counts);
    w.terms = arena_array(scratch, (int64_t)shape->n_leaves * LINE_TERMS_MOST, sizeof *w.terms);
    bool made = w.start && w.order && w.g && w.h && w.counts && w.terms;
    ptg_status status = made ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        sort_rows(&w);
        status = pool_run(how->pool, shape->n_leaves, fit_leaf, &w, err);
    }
    if (status == PTG_OK) status = keep_lines(&w, a, out, err);
    arena_free(scratch);
    return status;
}

typedef struct add_work {
    const boost_lines *lines;
    const matrix *x;
    boost_rows *rows;
} add_work;

static ptg_status add_chunk(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const add_work *w = context;
    int64_t first = chunk * ROW_CHUNK, end = first + ROW_CHUNK < w->rows->n ? first + ROW_CHUNK : w->rows->n;
    for (int64_t i = first; i < end; i++)
        for (int32_t t = w->lines->first[w->rows->leaf[i]]; t < w->lines->first[w->rows->leaf[i] + 1]; t++) {
            const tree_term *term = &w->lines->terms[t];
            w->rows->sums[i] += tree_term_value(term, tree_value_float64(w->x->features[term->feature].real[i]));
        }
    return PTG_OK;
}

ptg_status boost_lines_add(const boost_leaves *how, const boost_lines *lines, const matrix *x, boost_rows *rows, ptg_error *err)
{
    add_work w = {.lines = lines, .x = x, .rows = rows};
    return pool_run(how->pool, (rows->n + ROW_CHUNK - 1) / ROW_CHUNK, add_chunk, &w, err);
}
