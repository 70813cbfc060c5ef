/* A tree model as bytes, and the rules that every model keeps. Bytes are never trusted: a count is bounded by the bytes that
 * are left before anything is allocated, and a model is checked as a whole before anybody walks it.
 *
 *   u8 version, i32 n_features, i32 n_outputs, u8 link, u8 float32, f64 scale, f64s base, f64s shift (empty: none),
 *   count of trees: i32 n_nodes, i32 output; count of nodes: u8 flags, f64 value, i32 cover as the bits of an f32, and unless
 * leaf i32 feature, left, right, and with a category or a linear leaf i32 bits, n_words; count of words: i32 each. Version 2,
 * of models with linear leaves, goes on with the count of terms: f64 weight, center, low, high, i32 feature. */
#include "trees/tree_model.h"

#include <math.h>
#include <string.h>

#define VERSION 1
#define LINEAR_VERSION 2
#define ALL_FLAGS                                                                                                              \
    (TREE_NODE_LEAF | TREE_NODE_LESS_EQUAL | TREE_NODE_MISSING_LEFT | TREE_NODE_CATEGORY | TREE_NODE_ZERO_MISSING |            \
     TREE_NODE_LINEAR)
enum { TREE_BYTES = 8, NODE_BYTES = 13, WORD_BYTES = 4, TERM_BYTES = 36 };

static bool has_list(const tree_node *n)
{
    return n->flags & (n->flags & TREE_NODE_LEAF ? TREE_NODE_LINEAR : TREE_NODE_CATEGORY);
}

static void save_node(const tree_node *n, bytes_writer *w)
{
    int32_t cover;
    memcpy(&cover, &n->cover, sizeof cover);
    bytes_put_u8(w, n->flags);
    bytes_put_f64(w, n->value);
    bytes_put_i32(w, cover);
    if (!(n->flags & TREE_NODE_LEAF)) {
        bytes_put_i32(w, n->feature);
        bytes_put_i32(w, n->left);
        bytes_put_i32(w, n->right);
    }
    if (!has_list(n)) return;
    bytes_put_i32(w, n->bits);
    bytes_put_i32(w, n->n_words);
}

static void save_terms(const tree_model *m, bytes_writer *w)
{
    bytes_put_i64(w, m->n_terms);
    for (int64_t i = 0; i < m->n_terms; i++) {
        bytes_put_f64(w, m->terms[i].weight);
        bytes_put_f64(w, m->terms[i].center);
        bytes_put_f64(w, m->terms[i].low);
        bytes_put_f64(w, m->terms[i].high);
        bytes_put_i32(w, m->terms[i].feature);
    }
}

void tree_model_save(const tree_model *m, bytes_writer *w)
{
    bytes_put_u8(w, m->n_terms > 0 ? LINEAR_VERSION : VERSION);
    bytes_put_i32(w, m->n_features);
    bytes_put_i32(w, m->n_outputs);
    bytes_put_u8(w, (uint8_t)m->link);
    bytes_put_u8(w, m->float32);
    bytes_put_f64(w, m->scale);
    bytes_put_f64s(w, m->base, m->n_outputs);
    bytes_put_f64s(w, m->shift, m->shift ? m->n_features : 0);
    bytes_put_i64(w, m->n_trees);
    for (int32_t t = 0; t < m->n_trees; t++) {
        bytes_put_i32(w, m->trees[t].n_nodes);
        bytes_put_i32(w, m->trees[t].output);
    }
    bytes_put_i64(w, m->n_nodes);
    for (int32_t i = 0; i < m->n_nodes; i++)
        save_node(&m->nodes[i], w);
    bytes_put_i64(w, m->n_words);
    for (int64_t i = 0; i < m->n_words; i++)
        bytes_put_i32(w, (int32_t)m->words[i]);
    if (m->n_terms > 0) save_terms(m, w);
}

static tree_node load_node(bytes_reader *r)
{
    tree_node n = {.flags = bytes_u8(r)};
    n.value = bytes_f64(r);
    int32_t cover = bytes_i32(r);
    memcpy(&n.cover, &cover, sizeof cover);
    if (!(n.flags & TREE_NODE_LEAF)) {
        n.feature = bytes_i32(r);
        n.left = bytes_i32(r);
        n.right = bytes_i32(r);
    }
    if (!has_list(&n)) return n;
    n.bits = bytes_i32(r);
    n.n_words = bytes_i32(r);
    return n;
}

/* Sizes of trees, one after the other. A size below 1 or a sum past the nodes is told by tree_model_check; here only overflow
 * matters. */
static ptg_status load_trees(bytes_reader *r, tree_model *m, ptg_error *err)
{
    int64_t n = bytes_count(r, TREE_BYTES);
    if (n > INT32_MAX) r->failed = true;
    TRY(bytes_check(r, "the tree model", err));
    m->n_trees = (int32_t)n;
    m->trees = arena_array(m->memory, n, sizeof *m->trees);
    if (!m->trees) return fail_memory(err);
    int64_t first = 0;
    for (int32_t t = 0; t < m->n_trees; t++) {
        m->trees[t].first = (int32_t)first;
        m->trees[t].n_nodes = bytes_i32(r);
        m->trees[t].output = bytes_i32(r);
        first += m->trees[t].n_nodes;
        if (m->trees[t].n_nodes < 1 || first > INT32_MAX)
            return fail(err, PTG_ERROR_FORMAT, "The tree model is damaged: tree %d has an impossible number of nodes.", (int)t);
    }
    return PTG_OK;
}

static ptg_status load_nodes(bytes_reader *r, tree_model *m, ptg_error *err)
{
    int64_t n = bytes_count(r, NODE_BYTES);
    if (n > INT32_MAX) r->failed = true;
    TRY(bytes_check(r, "the tree model", err));
    m->n_nodes = (int32_t)n;
    m->nodes = arena_array(m->memory, n, sizeof *m->nodes);
    if (!m->nodes) return fail_memory(err);
    for (int32_t i = 0; i < m->n_nodes; i++)
        m->nodes[i] = load_node(r);
    m->n_words = bytes_count(r, WORD_BYTES);
    TRY(bytes_check(r, "the tree model", err));
    m->words = arena_array(m->memory, m->n_words, sizeof *m->words);
    if (!m->words) return fail_memory(err);
    for (int64_t i = 0; i < m->n_words; i++)
        m->words[i] = (uint32_t)bytes_i32(r);
    return bytes_check(r, "the tree model", err);
}

static ptg_status load_terms(bytes_reader *r, tree_model *m, ptg_error *err)
{
    m->n_terms = bytes_count(r, TERM_BYTES);
    TRY(bytes_check(r, "the tree model", err));
    m->terms = arena_array(m->memory, m->n_terms, sizeof *m->terms);
    if (!m->terms) return fail_memory(err);
    for (int64_t i = 0; i < m->n_terms; i++) {
        tree_term *t = &m->terms[i];
        t->weight = bytes_f64(r);
        t->center = bytes_f64(r);
        t->low = bytes_f64(r);
        t->high = bytes_f64(r);
        t->feature = bytes_i32(r);
    }
    return bytes_check(r, "the tree model", err);
}

static ptg_status load_version(bytes_reader *r, uint8_t *version, ptg_error *err)
{
    *version = bytes_u8(r);
    if (!r->failed && *version != VERSION && *version != LINEAR_VERSION)
        return fail(err, PTG_ERROR_FORMAT, "The tree model has version %d, but this program knows versions %d and %d.",
                    (int)*version, VERSION, LINEAR_VERSION);
    return PTG_OK;
}

/* Counted arrays whose length another field gives. */
static ptg_status load_head(bytes_reader *r, tree_model *m, ptg_error *err)
{
    m->n_features = bytes_i32(r);
    m->n_outputs = bytes_i32(r);
    m->link = (tree_link)bytes_u8(r);
    m->float32 = bytes_u8(r) != 0;
    m->scale = bytes_f64(r);
    int64_t n_base = 0, n_shift = 0;
    const double *base = bytes_f64s(r, m->memory, &n_base);
    const double *shift = bytes_f64s(r, m->memory, &n_shift);
    TRY(bytes_check(r, "the tree model", err));
    if (n_base != m->n_outputs || (n_shift != 0 && n_shift != m->n_features))
        return fail(err, PTG_ERROR_FORMAT, "The tree model is damaged: its starting values or shifts have a wrong count.");
    m->base = arena_array(m->memory, n_base, sizeof *m->base);
    m->shift = n_shift ? arena_array(m->memory, n_shift, sizeof *m->shift) : NULL;
    if (!m->base || (n_shift && !m->shift)) return fail_memory(err);
    if (n_base) memcpy(m->base, base, (size_t)n_base * sizeof *base);
    if (n_shift) memcpy(m->shift, shift, (size_t)n_shift * sizeof *shift);
    return PTG_OK;
}

ptg_status tree_model_load(bytes_reader *r, tree_model **out, ptg_error *err)
{
    *out = NULL;
    arena *memory = arena_new();
    tree_model *m = memory ? arena_array(memory, 1, sizeof *m) : NULL;
    if (!m) {
        arena_free(memory);
        return fail_memory(err);
    }
    m->memory = memory;
    uint8_t version = 0;
    ptg_status status = PTG_OK;
    GO(load_version(r, &version, err));
    GO(load_head(r, m, err));
    GO(load_trees(r, m, err));
    GO(load_nodes(r, m, err));
    if (version == LINEAR_VERSION) GO(load_terms(r, m, err));
    GO(tree_model_check(m, err));
    *out = m;
    return PTG_OK;
done:
    arena_free(memory);
    return status;
}

static ptg_status damaged(int32_t t, int32_t node, const char *what, ptg_error *err)
{
    return fail(err, PTG_ERROR_FORMAT, "The tree model is damaged: node %d of tree %d has %s.", (int)node, (int)t, what);
}

static bool all_finite(const double *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(v[i])) return false;
    return true;
}

/* A split: children inside the tree and after it, each taken once; `parents` counts them. */
static const char *split_fault(const tree_model *m, const tree *t, int32_t i, const tree_node *n, uint8_t *parents)
{
    if (n->feature < 0 || n->feature >= m->n_features) return "a feature that does not exist";
    if (n->left <= i || n->right <= i || n->left >= t->n_nodes || n->right >= t->n_nodes) return "a child out of range";
    if (n->left == n->right || parents[n->left] || parents[n->right]) return "a child with two parents";
    parents[n->left] = parents[n->right] = 1;
    if ((n->flags & TREE_NODE_CATEGORY) && (n->bits < 0 || n->n_words < 0 || n->bits > m->n_words - n->n_words))
        return "a category set out of range";
    return NULL;
}

/* A leaf: terms inside `terms`, which are checked by themselves. */
static const char *leaf_fault(const tree_model *m, const tree_node *n)
{
    if (!(n->flags & TREE_NODE_LINEAR)) return NULL;
    if (m->float32) return "a linear leaf, which sums in f32 do not have";
    if (n->bits < 0 || n->n_words < 1 || n->bits > m->n_terms - n->n_words) return "terms out of range";
    return NULL;
}

static ptg_status check_terms(const tree_model *m, ptg_error *err)
{
    for (int64_t i = 0; i < m->n_terms; i++) {
        const tree_term *t = &m->terms[i];
        bool finite = isfinite(t->weight) && isfinite(t->center) && isfinite(t->low) && isfinite(t->high);
        if (!finite || t->low > t->high || t->feature < 0 || t->feature >= m->n_features)
            return fail(err, PTG_ERROR_FORMAT, "The tree model is damaged: term %lld of its leaves is impossible.",
                        (long long)i);
    }
    return PTG_OK;
}

static ptg_status check_tree(const tree_model *m, int32_t number, uint8_t *parents, ptg_error *err)
{
    const tree *t = &m->trees[number];
    memset(parents, 0, (size_t)t->n_nodes);
    for (int32_t i = 0; i < t->n_nodes; i++) {
        const tree_node *n = &m->nodes[t->first + i];
        const char *fault = NULL;
        if (n->flags & ~ALL_FLAGS || (n->flags & (TREE_NODE_LEAF | TREE_NODE_LINEAR)) == TREE_NODE_LINEAR)
            fault = "unknown flags";
        else if (!isfinite(n->value))
            fault = "a value that is not finite";
        else if (!isfinite(n->cover) || n->cover < 0)
            fault = "an impossible cover";
        else if (i > 0 && !parents[i])
            fault = "no parent";
        else
            fault = n->flags & TREE_NODE_LEAF ? leaf_fault(m, n) : split_fault(m, t, i, n, parents);
        if (fault) return damaged(number, i, fault, err);
    }
    return PTG_OK;
}

static ptg_status check_head(const tree_model *m, ptg_error *err)
{
    const char *fault = NULL;
    if (m->n_features < 0 || m->n_outputs < 1 || m->n_trees < 0 || m->n_nodes < 0 || m->n_words < 0 || m->n_terms < 0)
        fault = "an impossible count";
    else if (m->link < TREE_IDENTITY || m->link > TREE_SHARE)
        fault = "an unknown link";
    else if (!isfinite(m->scale) || !all_finite(m->base, m->n_outputs))
        fault = "a starting value or scale that is not finite";
    else if (m->shift && !all_finite(m->shift, m->n_features))
        fault = "a shift that is not finite";
    else if (m->float32 && !(m->scale == 1))
        fault = "a scale, which sums in f32 do not have";
    return fault ? fail(err, PTG_ERROR_FORMAT, "The tree model is damaged: it has %s.", fault) : PTG_OK;
}

ptg_status tree_model_check(const tree_model *m, ptg_error *err)
{
    TRY(check_head(m, err));
    TRY(check_terms(m, err));
    int64_t first = 0, largest = 0;
    for (int32_t t = 0; t < m->n_trees; t++) {
        const tree *one = &m->trees[t];
        if (one->first != first || one->n_nodes < 1 || one->n_nodes > m->n_nodes - first)
            return fail(err, PTG_ERROR_FORMAT, "The tree model is damaged: the nodes of tree %d are out of range.", (int)t);
        if (one->output < 0 || one->output >= m->n_outputs)
            return fail(err, PTG_ERROR_FORMAT, "The tree model is damaged: the output of tree %d is out of range.", (int)t);
        first += one->n_nodes;
        largest = one->n_nodes > largest ? one->n_nodes : largest;
    }
    if (first != m->n_nodes) return fail(err, PTG_ERROR_FORMAT, "The tree model is damaged: nodes that belong to no tree.");
    uint8_t *parents = mem_array(largest, 1);
    if (!parents) return fail_memory(err);
    ptg_status status = PTG_OK;
    for (int32_t t = 0; t < m->n_trees && status == PTG_OK; t++)
        status = check_tree(m, t, parents, err);
    mem_free(parents);
    return status;
}
