/* XGBoost's UBJSON model to tree_model. The layout is that of doc/model.schema (2.0 ... 3.x): a tree is a set of parallel
 * arrays over its nodes; nodes deleted while growing stay in them, so a tree is walked from its root and numbered anew, parents
 * first.
 *
 * XGBoost's rule for a category is the reverse of ours: a code in the set goes right, any other (also one beyond the set) left.
 * So the children change places, and the direction of missing values with them. */
#include "learn/xgboost_trees.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "learn/ubjson.h"
#include "trees/tree_builder.h"

/* The arrays of one tree. */
typedef struct arrays {
    const ubjson *left, *right, *condition, *feature, *default_left, *split_type, *hessian;
    const ubjson *category_nodes, *category_starts, *category_sizes, *categories;
    int64_t n;
    int64_t number; /* of the tree, for messages */
} arrays;

/* What is reused from tree to tree. */
typedef struct converter {
    const xgboost_source *source;
    tree_builder builder;
    arena *memory;
    int32_t *order; /* new number -> XGBoost's */
    int32_t *set;   /* XGBoost's node -> row of category_nodes, -1 = none */
    int64_t room;
} converter;

static ptg_status damaged(const char *what, int64_t t, ptg_error *err)
{
    return fail(err, PTG_ERROR_LIBRARY, "XGBoost's model cannot be read: tree %lld has %s.", (long long)t, what);
}

static ptg_status arrays_of(const ubjson *t, int64_t number, arrays *a, ptg_error *err)
{
    *a = (arrays){.left = ubjson_at(t, "left_children", NULL),
                  .right = ubjson_at(t, "right_children", NULL),
                  .condition = ubjson_at(t, "split_conditions", NULL),
                  .feature = ubjson_at(t, "split_indices", NULL),
                  .default_left = ubjson_at(t, "default_left", NULL),
                  .split_type = ubjson_at(t, "split_type", NULL),
                  .hessian = ubjson_at(t, "sum_hessian", NULL),
                  .category_nodes = ubjson_at(t, "categories_nodes", NULL),
                  .category_starts = ubjson_at(t, "categories_segments", NULL),
                  .category_sizes = ubjson_at(t, "categories_sizes", NULL),
                  .categories = ubjson_at(t, "categories", NULL),
                  .number = number};
    const ubjson *all[] = {a->left, a->right, a->condition, a->feature, a->default_left, a->split_type, a->hessian};
    a->n = a->left ? a->left->n : 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (!all[i] || all[i]->kind != UBJSON_NUMBERS || all[i]->n != a->n)
            return damaged("arrays of unequal length", number, err);
    return a->n > 0 && a->n < INT32_MAX ? PTG_OK : damaged("no nodes", number, err);
}

static ptg_status reserve(converter *c, int64_t n, ptg_error *err)
{
    if (n <= c->room) return PTG_OK;
    c->room = 2 * n;
    c->order = arena_array(c->memory, c->room, sizeof *c->order);
    c->set = arena_array(c->memory, c->room, sizeof *c->set);
    return c->order && c->set ? PTG_OK : fail_memory(err);
}

static bool node_in(double v, int64_t n)
{
    return v >= 0 && v < (double)n;
}

/* Fills `order` with the nodes that the root reaches, parents first, both children of a node side by side. */
static ptg_status order_nodes(converter *c, const arrays *a, int64_t *count, ptg_error *err)
{
    int64_t n = 1;
    c->order[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        double left = ubjson_number(a->left, c->order[i]), right = ubjson_number(a->right, c->order[i]);
        if (left == -1) continue;
        if (!node_in(left, a->n) || !node_in(right, a->n) || n + 2 > a->n)
            return damaged("a child out of range", a->number, err);
        c->order[n++] = (int32_t)left;
        c->order[n++] = (int32_t)right;
    }
    *count = n;
    return PTG_OK;
}

static ptg_status map_sets(converter *c, const arrays *a, ptg_error *err)
{
    for (int64_t i = 0; i < a->n; i++)
        c->set[i] = -1;
    for (int64_t s = 0; a->category_nodes && s < a->category_nodes->n; s++) {
        double node = ubjson_number(a->category_nodes, s);
        if (!node_in(node, a->n)) return damaged("a category set of no node", a->number, err);
        c->set[(int64_t)node] = (int32_t)s;
    }
    return PTG_OK;
}

/* The set of node `old` as words. */
static ptg_status put_set(converter *c, const arrays *a, int64_t old, tree_node *node, ptg_error *err)
{
    int32_t s = c->set[old];
    double start = ubjson_number(a->category_starts, s), size = ubjson_number(a->category_sizes, s), largest = -1;
    if (s < 0 || !(start >= 0) || !(size >= 0)) return damaged("a category split without its set", a->number, err);
    for (double i = start; i < start + size; i++) {
        double code = ubjson_number(a->categories, (int64_t)i);
        if (!(code >= 0 && code < (1 << 24))) return damaged("an impossible category", a->number, err);
        largest = code > largest ? code : largest;
    }
    int64_t n_words = (int64_t)(largest + 32) / 32;
    uint32_t *words = tree_builder_words(&c->builder, n_words, &node->bits);
    if (!words) return fail_memory(err);
    node->n_words = (int32_t)n_words;
    for (double i = start; i < start + size; i++) {
        uint32_t code = (uint32_t)ubjson_number(a->categories, (int64_t)i);
        words[code / 32] |= 1u << (code % 32);
    }
    return PTG_OK;
}

/* One node; its children, if any, are numbers child and child + 1. */
static ptg_status put_node(converter *c, const arrays *a, int64_t old, int32_t child, tree_node *node, ptg_error *err)
{
    double condition = ubjson_number(a->condition, old), where = ubjson_number(a->feature, old);
    double hessian = ubjson_number(a->hessian, old);
    node->cover = hessian > 0 ? (float)hessian : 0;
    node->value = condition;
    if (!isfinite(condition)) return damaged("a number that is not finite", a->number, err);
    if (ubjson_number(a->left, old) == -1) {
        node->flags = TREE_NODE_LEAF;
        return PTG_OK;
    }
    if (!node_in(where, c->source->x->n_features)) return damaged("a column that does not exist", a->number, err);
    bool missing_left = ubjson_number(a->default_left, old) != 0, category = ubjson_number(a->split_type, old) == 1;
    node->feature = (int32_t)where;
    node->left = child + category;
    node->right = child + !category;
    node->flags = (uint8_t)((missing_left != category ? TREE_NODE_MISSING_LEFT : 0) | (category ? TREE_NODE_CATEGORY : 0));
    if (c->source->x->features[node->feature].kind == FEATURE_SPARSE) node->flags |= TREE_NODE_ZERO_MISSING;
    if (!category) return PTG_OK;
    node->value = 0;
    return put_set(c, a, old, node, err);
}

static ptg_status put_tree(converter *c, const ubjson *t, int64_t number, int32_t output, ptg_error *err)
{
    arrays a;
    int64_t count = 0;
    TRY(arrays_of(t, number, &a, err));
    TRY(reserve(c, a.n, err));
    TRY(order_nodes(c, &a, &count, err));
    TRY(map_sets(c, &a, err));
    tree_node *nodes = tree_builder_tree(&c->builder, output, count);
    if (!nodes) return fail_memory(err);
    int32_t child = 1;
    for (int64_t i = 0; i < count; i++) {
        TRY(put_node(c, &a, c->order[i], child, &nodes[i], err));
        if (!(nodes[i].flags & TREE_NODE_LEAF)) child += 2;
    }
    return PTG_OK;
}

static int64_t integer_text(const ubjson *v)
{
    int64_t n = 0;
    return v && v->kind == UBJSON_TEXT && number_read_integer(v->string, &n) ? n : 0;
}

/* Trees of the first rounds. */
static ptg_status put_trees(converter *c, const ubjson *model, ptg_error *err)
{
    const ubjson *trees = ubjson_at(model, "trees", NULL), *info = ubjson_at(model, "tree_info", NULL);
    int64_t parallel = integer_text(ubjson_at(model, "gbtree_model_param", "num_parallel_tree", NULL));
    if (!trees || trees->kind != UBJSON_ARRAY || !info || info->kind != UBJSON_ARRAY || info->n != trees->n)
        return fail(err, PTG_ERROR_LIBRARY, "XGBoost's model cannot be read: its trees are missing.");
    int64_t keep = c->source->rounds * c->source->n_outputs * (parallel > 1 ? parallel : 1), t = 0;
    if (keep > trees->n)
        return fail(err, PTG_ERROR_LIBRARY, "XGBoost's model has %lld trees, but %lld were trained.", (long long)trees->n,
                    (long long)keep);
    const ubjson *one = trees->first, *output = info->first;
    for (; one && output && t < keep; one = one->next, output = output->next, t++) {
        bool known = output->kind == UBJSON_NUMBER && node_in(output->number, c->source->n_outputs);
        if (!known) return damaged("an output that does not exist", t, err);
        TRY(put_tree(c, one, t, (int32_t)output->number, err));
    }
    return PTG_OK;
}

/* As the library does it, in f32; where all rows are of one class it starts at an infinity, here at the last number before. */
static float logit(float p)
{
    float margin = -logf(1.0f / p - 1.0f);
    return margin > 17 ? 17 : margin < -17 ? -17 : margin;
}

/* "5E-1" (2.x, the same for all outputs) or "[1.2E0,3E-1]" (3.x). A probability becomes a margin. */
static ptg_status put_base(const xgboost_source *source, const ubjson *learner, double *base, ptg_error *err)
{
    const ubjson *v = ubjson_at(learner, "learner_model_param", "base_score", NULL);
    text rest = v && v->kind == UBJSON_TEXT ? v->string : (text){0};
    bool list = rest.size >= 2 && rest.data[0] == '[' && rest.data[rest.size - 1] == ']';
    if (list) rest = (text){rest.data + 1, rest.size - 2};
    for (int32_t k = 0; k < source->n_outputs; k++) {
        int64_t size = 0;
        while (size < rest.size && rest.data[size] != ',')
            size++;
        double score;
        if (!number_read((text){rest.data, size}, &score) || !isfinite(score))
            return fail(err, PTG_ERROR_LIBRARY, "XGBoost's model cannot be read: its base score is no list of numbers.");
        base[k] = source->link == TREE_LOGISTIC ? logit((float)score) : (float)score;
        if (size < rest.size) rest = (text){rest.data + size + 1, rest.size - size - 1};
    }
    return PTG_OK;
}

static ptg_status put_shift(const xgboost_source *source, tree_model *m, ptg_error *err)
{
    if (!source->shift) return PTG_OK;
    m->shift = arena_array(m->memory, m->n_features, sizeof *m->shift);
    if (!m->shift) return fail_memory(err);
    for (int32_t f = 0; f < m->n_features; f++)
        m->shift[f] = source->shift[f];
    return PTG_OK;
}

ptg_status xgboost_trees_read(const xgboost_source *source, tree_model **out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    ubjson *root = NULL;
    tree_model *m = NULL;
    converter c = {.source = source, .memory = arena_new()};
    *out = NULL;
    if (!c.memory) return fail_memory(err);
    GO(ubjson_read(source->model, c.memory, &root, err));
    GO(put_trees(&c, ubjson_at(root, "learner", "gradient_booster", "model", NULL), err));
    GO(tree_builder_end(&c.builder, source->x->n_features, source->n_outputs, &m, err));
    GO(put_base(source, ubjson_at(root, "learner", NULL), m->base, err));
    m->float32 = true;
    m->link = source->link;
    GO(put_shift(source, m, err));
    GO(tree_model_check(m, err));
    *out = m;
    m = NULL;
done:
    tree_builder_clear(&c.builder);
    tree_model_free(m);
    arena_free(c.memory);
    return status;
}
