/* 100 trees of 256 rows. Numbers are taken as they are, missing ones at the median; a level counts as how frequent it is, a
 * text as how long it is. Each tree is one chunk of work; depths are added in order of the trees. */
#include "profile/isolation_forest.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/random.h"
#include "profile/number_summary.h"
#include "profile/rank_correlation.h"
#include "profile/small_table.h"

#define TREES 100
#define TREE_ROWS 256
#define DEPTH_MOST 8 /* log2 of the rows of a tree */
#define NODES_MOST (2 << DEPTH_MOST)
#define TRIES 8 /* columns tried for one that varies */
#define LEAST_OUTSIDE 3
#define SHARE_OUTSIDE 0.25
#define LINKED 0.5 /* |Spearman| of columns that go together */
#define LINK_ROWS 2000
#define CHUNK_ROWS 2048

typedef struct tree_cut {
    int32_t feature; /* place in the forest's columns; -1: a leaf */
    int32_t left;    /* the right child follows it */
    double at;       /* values below go left; a leaf: the depth it stands for */
} tree_cut;

typedef struct forest {
    const forest_request *r;
    row_list rows;
    double *values; /* n_columns x rows.n */
    tree_cut (*trees)[NODES_MOST];
    double *depths; /* a row: summed over the trees */
    bool *linked;   /* n_columns x n_columns: columns that go together */
} forest;

/* Mean depth of an unsuccessful search among n rows. */
static double search_depth(double n)
{
    return n <= 1 ? 0 : n == 2 ? 1 : 2 * (log(n - 1) + 0.57721566490153286) - 2 * (n - 1) / n;
}

static ptg_status fill_median(double *v, int64_t n, ptg_error *err)
{
    double *sorted = mem_array(n, sizeof *sorted);
    if (sorted == NULL) return fail_memory(err);
    int64_t n_sorted = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (isfinite(v[i])) sorted[n_sorted++] = v[i];
    }
    const ptg_status status = sort_numbers(sorted, n_sorted, err);
    const double median = n_sorted > 0 ? sorted_quantile(sorted, n_sorted, 0.5) : 0;
    mem_free(sorted);
    for (int64_t i = 0; i < n && status == PTG_OK; ++i)
        v[i] = isfinite(v[i]) ? v[i] : median;
    return status;
}

static ptg_status take_levels(const column *c, row_list rows, double *v, ptg_error *err)
{
    int64_t *counts = mem_array((int64_t)c->n_levels + 1, sizeof *counts);
    if (counts == NULL) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; ++i)
        ++counts[c->codes[rows.rows[i]] + 1];
    for (int64_t i = 0; i < rows.n; ++i)
        v[i] = log((double)counts[c->codes[rows.rows[i]] + 1]);
    mem_free(counts);
    return PTG_OK;
}

static ptg_status take_column(void *context, int64_t chunk, ptg_error *err)
{
    const forest *f = context;
    const column *c = frame_column(f->r->f, f->r->columns[chunk].at);
    double *v = f->values + chunk * f->rows.n;
    if (c->codes != NULL) return take_levels(c, f->rows, v, err);
    for (int64_t i = 0; i < f->rows.n; ++i) {
        const int64_t row = f->rows.rows[i];
        v[i] = c->numbers != NULL ? c->numbers[row] : (double)c->cells[row].size;
    }
    return c->numbers != NULL ? fill_median(v, f->rows.n, err) : PTG_OK;
}

typedef struct tree_work {
    const forest *f;
    random_stream random;
    tree_cut *nodes;
    int32_t n_nodes;
    int64_t rows[TREE_ROWS];
} tree_work;

/* A column that varies among the rows and a place between its ends; column -1 when none was met. */
static tree_cut draw_cut(tree_work *w, const int64_t *rows, int32_t n)
{
    for (int k = 0; k < TRIES; ++k) {
        const int32_t feature = (int32_t)random_below(&w->random, w->f->r->n_columns);
        const double *v = w->f->values + feature * w->f->rows.n;
        double low = v[rows[0]], high = low;
        for (int32_t i = 1; i < n; ++i) {
            low = fmin(low, v[rows[i]]);
            high = fmax(high, v[rows[i]]);
        }
        const double at = low + (high - low) * random_unit(&w->random);
        if (low < high && at > low) return (tree_cut){.feature = feature, .at = at};
    }
    return (tree_cut){.feature = -1};
}

static void grow(tree_work *w, int32_t node, int64_t *rows, int32_t n, int depth)
{
    const tree_cut cut = n > 1 && depth < DEPTH_MOST ? draw_cut(w, rows, n) : (tree_cut){.feature = -1};
    w->nodes[node] = cut;
    if (cut.feature < 0) {
        w->nodes[node].at = depth + search_depth(n);
        return;
    }
    const double *v = w->f->values + cut.feature * w->f->rows.n;
    int32_t left = 0;
    for (int32_t i = 0; i < n; ++i) {
        if (v[rows[i]] >= cut.at) continue;
        const int64_t swap = rows[left];
        rows[left++] = rows[i];
        rows[i] = swap;
    }
    const int32_t child = w->n_nodes;
    w->n_nodes += 2;
    w->nodes[node].left = child;
    grow(w, child, rows, left, depth + 1);
    grow(w, child + 1, rows + left, n - left, depth + 1);
}

static ptg_status grow_tree(void *context, int64_t chunk, ptg_error *err)
{
    const forest *f = context;
    char purpose[40];
    (void)err;
    snprintf(purpose, sizeof purpose, "profile/forest/%d", (int)chunk);
    tree_work w = {.f = f, .random = random_of(f->r->seed, purpose), .nodes = f->trees[chunk], .n_nodes = 1};
    int32_t n = 0;
    for (int64_t i = 0, wanted = f->rows.n < TREE_ROWS ? f->rows.n : TREE_ROWS; i < f->rows.n && wanted > 0; ++i) {
        if (random_below(&w.random, f->rows.n - i) >= wanted) continue;
        w.rows[n++] = i;
        --wanted;
    }
    grow(&w, 0, w.rows, n, 0);
    return PTG_OK;
}

static double depth_in(const forest *f, const tree_cut *nodes, int64_t i)
{
    int32_t at = 0;
    while (nodes[at].feature >= 0) {
        const double v = f->values[nodes[at].feature * f->rows.n + i];
        at = nodes[at].left + (v >= nodes[at].at);
    }
    return nodes[at].at;
}

static ptg_status score_chunk(void *context, int64_t chunk, ptg_error *err)
{
    const forest *f = context;
    (void)err;
    const int64_t from = chunk * CHUNK_ROWS, to = from + CHUNK_ROWS < f->rows.n ? from + CHUNK_ROWS : f->rows.n;
    for (int64_t i = from; i < to; ++i) {
        for (int tree = 0; tree < TREES; ++tree)
            f->depths[i] += depth_in(f, f->trees[tree], i);
    }
    return PTG_OK;
}

static bool has_bounds(const forest *f, int32_t k)
{
    return !isnan(f->r->columns[k].low);
}

/* Numeric columns in which the row is an outlier; one that goes together with a counted one is not counted again. */
static int32_t count_outside(const forest *f, int64_t row)
{
    int32_t n = 0, counted[FOREST_COLUMNS];
    for (int32_t k = 0; k < f->r->n_columns; ++k) {
        const forest_column *c = &f->r->columns[k];
        if (!has_bounds(f, k)) continue;
        const double v = frame_column(f->r->f, c->at)->numbers[row];
        bool counts = v < c->low || v > c->high;
        for (int32_t j = 0; j < n && counts; ++j)
            counts = !f->linked[counted[j] * f->r->n_columns + k];
        if (counts) counted[n++] = k;
    }
    return n;
}

/* Rows with `least` outliers or more, if each column had its share of them independently (Poisson). */
static double expected_outside(const forest *f, int32_t least)
{
    double mean = 0, term, below = 0;
    for (int32_t k = 0; k < f->r->n_columns; ++k)
        mean += has_bounds(f, k) ? f->r->columns[k].share : 0;
    term = exp(-mean);
    for (int32_t k = 0; k < least; ++k) {
        below += term;
        term *= mean / (k + 1);
    }
    return (double)f->rows.n * fmax(0, 1 - below);
}

/* One column against all later ones, on the first rows of the sample. */
static ptg_status link_columns(void *context, int64_t chunk, ptg_error *err)
{
    const forest *f = context;
    const int64_t n = f->rows.n < LINK_ROWS ? f->rows.n : LINK_ROWS, n_columns = f->r->n_columns;
    for (int64_t other = chunk + 1; other < n_columns; ++other) {
        double rank = 0;
        if (!has_bounds(f, (int32_t)chunk) || !has_bounds(f, (int32_t)other)) continue;
        TRY(rank_correlation(f->values + chunk * f->rows.n, f->values + other * f->rows.n, n, &rank, err));
        f->linked[chunk * n_columns + other] = fabs(rank) >= LINKED;
    }
    return PTG_OK;
}

static void offer(anomalies *out, anomaly found)
{
    int32_t at = out->n;
    while (at > 0 && found.score < out->top[at - 1].score)
        --at;
    if (at == ANOMALIES_SHOWN) return;
    if (out->n < ANOMALIES_SHOWN) ++out->n;
    for (int32_t k = out->n - 1; k > at; --k)
        out->top[k] = out->top[k - 1];
    out->top[at] = found;
}

static void rank_rows(const forest *f, anomalies *out)
{
    const double expected = search_depth(f->rows.n < TREE_ROWS ? (double)f->rows.n : TREE_ROWS);
    for (int32_t k = 0; k < f->r->n_columns; ++k)
        out->numeric += has_bounds(f, k);
    const int32_t quarter = (int32_t)ceil(SHARE_OUTSIDE * out->numeric),
                  least = quarter > LEAST_OUTSIDE ? quarter : LEAST_OUTSIDE;
    out->expected_outside = expected_outside(f, least);
    for (int64_t i = 0; i < f->rows.n; ++i) {
        const int64_t row = f->rows.rows[i];
        const int32_t outside = count_outside(f, row);
        offer(out, (anomaly){.row = row, .score = 0.5 - exp2(-f->depths[i] / TREES / expected), .n_outside = outside});
        if (outside < least) continue;
        ++out->n_outside;
        if (out->n_outside_rows < OUTSIDE_ROWS) out->outside_rows[out->n_outside_rows++] = row;
    }
}

static ptg_status run(forest *f, arena *a, anomalies *out, ptg_error *err)
{
    TRY(small_draw_rows(NULL, frame_rows(f->r->f), FOREST_ROWS, f->r->seed, "profile/forest", a, &f->rows, err));
    f->values = arena_array(a, f->rows.n, sizeof(double) * (size_t)f->r->n_columns);
    f->trees = arena_array(a, TREES, sizeof *f->trees);
    f->depths = arena_array(a, f->rows.n, sizeof(double));
    f->linked = arena_array(a, (int64_t)f->r->n_columns * f->r->n_columns, sizeof(bool));
    if (f->values == NULL || f->trees == NULL || f->depths == NULL || f->linked == NULL) return fail_memory(err);
    TRY(pool_run(f->r->threads, f->r->n_columns, take_column, f, err));
    TRY(pool_run(f->r->threads, f->r->n_columns, link_columns, f, err));
    TRY(pool_run(f->r->threads, TREES, grow_tree, f, err));
    TRY(pool_run(f->r->threads, (f->rows.n + CHUNK_ROWS - 1) / CHUNK_ROWS, score_chunk, f, err));
    out->rows = f->rows.n;
    out->columns = f->r->n_columns;
    rank_rows(f, out);
    return PTG_OK;
}

ptg_status anomalies_find(const forest_request *request, anomalies *out, ptg_error *err)
{
    *out = (anomalies){0};
    if (request->n_columns == 0 || frame_rows(request->f) < 2) return PTG_OK;
    arena *a = arena_new();
    if (a == NULL) return fail_memory(err);
    forest f = {.r = request};
    const ptg_status status = run(&f, a, out, err);
    arena_free(a);
    return status;
}
