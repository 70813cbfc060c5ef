/* Predicting with trees. Rows are taken in blocks: the values of a block are laid out row by row once (only the features that
 * some node asks for), then every tree is walked for every row of the block while its nodes are in cache. The sum of a row runs
 * in the order of the trees, so that a row's result depends on that row only. */
#include "trees/tree_model.h"

#include <math.h>
#include <string.h>

#define BLOCK 64

void tree_model_free(tree_model *m)
{
    if (m) arena_free(m->memory);
}

/* What one call of predict works with. All of it lives in one arena. */
typedef struct walk {
    const tree_model *model;
    const matrix *x;
    int32_t n_used;
    int32_t *used;   /* features that some node asks for, ascending */
    int32_t *slot;   /* feature -> place in `used` */
    int64_t *cursor; /* sparse features: next stored value, by place */
    double *values;  /* BLOCK x n_used, row-major */
} walk;

static ptg_status fail_columns(const tree_model *m, const matrix *x, ptg_error *err)
{
    return fail(err, PTG_ERROR_USAGE, "The model was trained on %d columns, but %d were given: pass the columns of training.",
                (int)m->n_features, (int)x->n_features);
}

/* Text has no place in trees; every other kind is read as numbers. */
static ptg_status check_columns(const walk *w, ptg_error *err)
{
    for (int32_t u = 0; u < w->n_used; u++) {
        const feature *f = &w->x->features[w->used[u]];
        text_shown_buffer shown;
        if (f->kind == FEATURE_TEXT)
            return fail(err, PTG_ERROR_USAGE, "Trees cannot use the text column '%s': encode it as numbers first.",
                        text_shown(text_of(f->name), &shown));
    }
    return PTG_OK;
}

static ptg_status walk_start(walk *w, arena *a, ptg_error *err)
{
    const tree_model *m = w->model;
    if (w->x->n_features != m->n_features) return fail_columns(m, w->x, err);
    w->slot = arena_array(a, m->n_features, sizeof *w->slot);
    w->used = arena_array(a, m->n_features, sizeof *w->used);
    if (!w->slot || !w->used) return fail_memory(err);
    for (int32_t i = 0; i < m->n_nodes; i++)
        if (!(m->nodes[i].flags & TREE_NODE_LEAF)) w->slot[m->nodes[i].feature] = 1;
    for (int32_t f = 0; f < m->n_features; f++) {
        if (!w->slot[f]) continue;
        w->slot[f] = w->n_used;
        w->used[w->n_used++] = f;
    }
    w->cursor = arena_array(a, w->n_used, sizeof *w->cursor);
    w->values = arena_array(a, (int64_t)w->n_used * BLOCK, sizeof *w->values);
    if (!w->cursor || !w->values) return fail_memory(err);
    return check_columns(w, err);
}

/* Stored values of rows first ... first + n - 1 of a sparse column; blocks come in ascending order. */
static void gather_sparse(walk *w, const feature *f, int32_t u, int64_t first, int64_t n)
{
    double *to = w->values + u;
    for (int64_t i = 0; i < n; i++)
        to[i * w->n_used] = 0;
    int64_t at = w->cursor[u];
    for (; at < f->n_values && f->rows[at] < first + n; at++)
        if (f->rows[at] >= first) to[(f->rows[at] - first) * w->n_used] = f->values[at];
    w->cursor[u] = at;
}

static void gather_column(walk *w, int32_t u, int64_t first, int64_t n)
{
    const feature *f = &w->x->features[w->used[u]];
    double *to = w->values + u;
    if (f->kind == FEATURE_SPARSE)
        gather_sparse(w, f, u, first, n);
    else if (f->kind == FEATURE_CODED)
        for (int64_t i = 0; i < n; i++)
            to[i * w->n_used] = f->codes[first + i] < 0 ? (double)NAN : f->codes[first + i];
    else
        for (int64_t i = 0; i < n; i++)
            to[i * w->n_used] = f->real[first + i];
    if (f->kind == FEATURE_CODED) return;
    double shift = w->model->shift ? w->model->shift[w->used[u]] : 0;
    if (w->model->float32)
        for (int64_t i = 0; i < n; i++)
            to[i * w->n_used] = tree_value_float32(to[i * w->n_used], shift);
    else
        for (int64_t i = 0; i < n; i++)
            to[i * w->n_used] = tree_value_float64(to[i * w->n_used]);
}

static double leaf_of(const walk *w, const tree_node *nodes, const double *row)
{
    const tree_node *node = nodes;
    while (!(node->flags & TREE_NODE_LEAF))
        node = nodes + tree_node_next(node, w->model->words, row[w->slot[node->feature]]);
    return node->value;
}

/* Adds every tree's leaf to the rows of a block. In f32 each partial sum is rounded, as the library that trained does. */
static void add_trees(const walk *w, int64_t n, double *out)
{
    const tree_model *m = w->model;
    for (int32_t t = 0; t < m->n_trees; t++) {
        const tree_node *nodes = m->nodes + m->trees[t].first;
        double *to = out + m->trees[t].output;
        for (int64_t i = 0; i < n; i++) {
            double *sum = to + i * m->n_outputs;
            *sum += leaf_of(w, nodes, w->values + i * w->n_used);
            if (m->float32) *sum = (float)*sum;
        }
    }
}

static void raw_block(walk *w, int64_t first, int64_t n, double *out)
{
    const tree_model *m = w->model;
    for (int32_t u = 0; u < w->n_used; u++)
        gather_column(w, u, first, n);
    for (int64_t i = 0; i < n * m->n_outputs; i++)
        out[i] = m->float32 ? (float)m->base[i % m->n_outputs] : 0;
    add_trees(w, n, out);
    if (m->float32) return;
    for (int64_t i = 0; i < n * m->n_outputs; i++)
        out[i] = m->base[i % m->n_outputs] + m->scale * out[i];
}

ptg_status tree_model_raw(const tree_model *m, const matrix *x, double *out, ptg_error *err)
{
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    walk w = {.model = m, .x = x};
    ptg_status status = walk_start(&w, scratch, err);
    for (int64_t first = 0; status == PTG_OK && first < x->n_rows; first += BLOCK) {
        int64_t n = x->n_rows - first < BLOCK ? x->n_rows - first : BLOCK;
        raw_block(&w, first, n, out + first * m->n_outputs);
    }
    arena_free(scratch);
    return status;
}

static void softmax(int32_t n, double *row)
{
    double largest = row[0], sum = 0;
    for (int32_t k = 1; k < n; k++)
        largest = row[k] > largest ? row[k] : largest;
    for (int32_t k = 0; k < n; k++)
        sum += row[k] = exp(row[k] - largest);
    for (int32_t k = 0; k < n; k++)
        row[k] /= sum;
}

static void share(int32_t n, double *row)
{
    double sum = 0;
    for (int32_t k = 0; k < n; k++)
        sum += row[k] = row[k] > 0 ? row[k] : 0;
    if (n == 1)
        row[0] = row[0] < 1 ? row[0] : 1;
    else
        for (int32_t k = 0; k < n; k++)
            row[k] = sum > 0 ? row[k] / sum : 1.0 / n;
}

void tree_link_apply(tree_link link, int32_t n_outputs, double *row)
{
    if (link == TREE_SOFTMAX) softmax(n_outputs, row);
    if (link == TREE_SHARE) share(n_outputs, row);
    for (int32_t k = 0; k < n_outputs; k++) {
        if (link == TREE_LOGISTIC) row[k] = 1 / (1 + exp(-row[k]));
        if (link == TREE_EXP) row[k] = exp(row[k]);
        if (link == TREE_EXPM1) row[k] = expm1(row[k]);
    }
}

ptg_status tree_model_predict(const tree_model *m, const matrix *x, double *out, ptg_error *err)
{
    TRY(tree_model_raw(m, x, out, err));
    if (m->link != TREE_IDENTITY)
        for (int64_t i = 0; i < x->n_rows; i++)
            tree_link_apply(m->link, m->n_outputs, out + i * m->n_outputs);
    return PTG_OK;
}
