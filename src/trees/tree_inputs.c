/* See tree_inputs.h. */
#include "trees/tree_inputs.h"

#include <math.h>

ptg_status tree_inputs_find(const tree_model *m, arena *a, tree_inputs *out, ptg_error *err)
{
    *out = (tree_inputs){.slot = arena_array(a, m->n_features, sizeof *out->slot)};
    if (!out->slot) return fail_memory(err);
    for (int32_t i = 0; i < m->n_nodes; i++)
        if (!(m->nodes[i].flags & TREE_NODE_LEAF)) out->slot[m->nodes[i].feature] = 1;
    for (int64_t t = 0; t < m->n_terms; t++)
        out->slot[m->terms[t].feature] = 1;
    for (int32_t f = 0; f < m->n_features; f++)
        out->n_used += out->slot[f];
    out->used = arena_array(a, out->n_used, sizeof *out->used);
    if (!out->used) return fail_memory(err);
    for (int32_t f = 0, u = 0; f < m->n_features; f++) {
        if (!out->slot[f]) continue;
        out->slot[f] = u;
        out->used[u++] = f;
    }
    return PTG_OK;
}

ptg_status tree_reader_start(tree_reader *r, arena *a, ptg_error *err)
{
    const tree_inputs *in = r->inputs;
    if (r->x->n_features != r->model->n_features)
        return fail(err, PTG_ERROR_USAGE,
                    "The model was trained on %d columns, but %d were given: pass the columns of training.",
                    (int)r->model->n_features, (int)r->x->n_features);
    for (int32_t u = 0; u < in->n_used; u++) {
        const feature *f = &r->x->features[in->used[u]];
        text_shown_buffer shown;
        if (f->kind == FEATURE_TEXT)
            return fail(err, PTG_ERROR_USAGE, "Trees cannot use the text column '%s': encode it as numbers first.",
                        text_shown(text_of(f->name), &shown));
    }
    r->cursor = arena_array(a, in->n_used, sizeof *r->cursor);
    return r->cursor ? PTG_OK : fail_memory(err);
}

/* Stored values of rows first ... first + n - 1 of a sparse column; blocks come in ascending order. */
static void read_sparse(tree_reader *r, const feature *f, int32_t u, int64_t first, int64_t n, double *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = 0;
    int64_t at = r->cursor[u];
    for (; at < f->n_values && f->rows[at] < first + n; at++)
        if (f->rows[at] >= first) out[f->rows[at] - first] = f->values[at];
    r->cursor[u] = at;
}

static void read_codes(const int32_t *codes, int64_t n, double *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = codes[i] < 0 ? (double)NAN : codes[i];
}

void tree_reader_values(tree_reader *r, int32_t u, int64_t first, int64_t n, double *out)
{
    const feature *f = &r->x->features[r->inputs->used[u]];
    if (f->kind == FEATURE_CODED) {
        read_codes(f->codes + first, n, out);
        return;
    }
    const double *from = f->real + first;
    if (f->kind == FEATURE_SPARSE) {
        read_sparse(r, f, u, first, n, out);
        from = out;
    }
    double shift = r->model->shift ? r->model->shift[r->inputs->used[u]] : 0;
    if (r->model->float32)
        for (int64_t i = 0; i < n; i++)
            out[i] = tree_value_float32(from[i], shift);
    else
        for (int64_t i = 0; i < n; i++)
            out[i] = tree_value_float64(from[i]);
}
