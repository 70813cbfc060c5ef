/* Walking trees, the plain way, and turning scores into predictions. The values of a block of rows are read once (only the
 * features that some node asks for), then every tree is walked for every row of the block. The sum of a row runs in the order
 * of the trees, so that a row's result depends on that row only. tree_predictor.h gives the same bits faster where there are
 * many rows. */
#include "trees/tree_model.h"

#include <math.h>

#include "trees/tree_inputs.h"

enum { MOST_ROWS = 64 }; /* of a block */

void tree_model_free(tree_model *m)
{
    if (m) arena_free(m->memory);
}

/* What one call works with: values of a block, a column of `block` values for each feature in use. */
typedef struct walk {
    tree_reader reader;
    int64_t block;
    double *values;
} walk;

static double line_of(const walk *w, const tree_node *leaf, int64_t row)
{
    const tree_term *terms = w->reader.model->terms + leaf->bits;
    double sum = leaf->value;
    for (int32_t t = 0; t < leaf->n_words; t++)
        sum += tree_term_value(&terms[t], w->values[w->reader.inputs->slot[terms[t].feature] * w->block + row]);
    return sum;
}

static double leaf_of(const walk *w, const tree_node *nodes, int64_t row)
{
    const tree_node *node = nodes;
    const int32_t *slot = w->reader.inputs->slot;
    while (!(node->flags & TREE_NODE_LEAF))
        node = nodes + tree_node_next(node, w->reader.model->words, w->values[slot[node->feature] * w->block + row]);
    return node->flags & TREE_NODE_LINEAR ? line_of(w, node, row) : node->value;
}

/* Adds every tree's leaf to the rows of a block. In f32 each partial sum is rounded, as the library that trained does. */
static void add_trees(const walk *w, int64_t n, double *out)
{
    const tree_model *m = w->reader.model;
    for (int32_t t = 0; t < m->n_trees; t++) {
        const tree_node *nodes = m->nodes + m->trees[t].first;
        double *to = out + m->trees[t].output;
        for (int64_t i = 0; i < n; i++) {
            double *sum = to + i * m->n_outputs;
            *sum += leaf_of(w, nodes, i);
            if (m->float32) *sum = (float)*sum;
        }
    }
}

static void raw_block(walk *w, int64_t first, int64_t n, double *out)
{
    const tree_model *m = w->reader.model;
    for (int32_t u = 0; u < w->reader.inputs->n_used; u++)
        tree_reader_values(&w->reader, u, first, n, w->values + u * w->block);
    for (int64_t i = 0; i < n * m->n_outputs; i++)
        out[i] = m->float32 ? (float)m->base[i % m->n_outputs] : 0;
    add_trees(w, n, out);
    if (m->float32) return;
    for (int64_t i = 0; i < n * m->n_outputs; i++)
        out[i] = m->base[i % m->n_outputs] + m->scale * out[i];
}

static ptg_status walk_rows(walk *w, arena *a, double *out, ptg_error *err)
{
    const matrix *x = w->reader.x;
    TRY(tree_reader_start(&w->reader, a, err));
    w->block = x->n_rows < MOST_ROWS ? x->n_rows : MOST_ROWS;
    w->values = arena_array(a, w->reader.inputs->n_used * w->block, sizeof *w->values);
    if (!w->values) return fail_memory(err);
    for (int64_t first = 0; first < x->n_rows; first += w->block) {
        int64_t left = x->n_rows - first;
        raw_block(w, first, left < w->block ? left : w->block, out + first * w->reader.model->n_outputs);
    }
    return PTG_OK;
}

ptg_status tree_model_walk(const tree_model *m, const struct tree_inputs *inputs, const matrix *x, double *out, ptg_error *err)
{
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    walk w = {.reader = {.model = m, .inputs = inputs, .x = x}};
    ptg_status status = walk_rows(&w, scratch, out, err);
    arena_free(scratch);
    return status;
}

ptg_status tree_model_raw(const tree_model *m, const matrix *x, double *out, ptg_error *err)
{
    arena *memory = arena_new();
    tree_inputs inputs;
    ptg_status status = memory ? tree_inputs_find(m, memory, &inputs, err) : fail_memory(err);
    if (status == PTG_OK) status = tree_model_walk(m, &inputs, x, out, err);
    arena_free(memory);
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

void tree_link_rows(const tree_model *m, int64_t n_rows, double *out)
{
    if (m->link == TREE_IDENTITY) return;
    for (int64_t i = 0; i < n_rows; i++)
        tree_link_apply(m->link, m->n_outputs, out + i * m->n_outputs);
}
