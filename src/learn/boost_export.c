/* The trees of `boost` in the one tree format. A symmetric tree of depth d has 2^(d+1) - 1 nodes, level by level: node i's
 * children are 2i + 1 and 2i + 2, and all nodes of a level share one split. In the others split i makes the nodes 2i + 1 and
 * 2i + 2. Statistics that some tree uses become columns after those of the
 * matrix. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/boost_trainer.h"
#include "trees/tree_builder.h"

typedef struct export_plan {
    const boost_trainer *b;
    int64_t rounds;
    int32_t n_features;
    int64_t *wanted; /* statistics in use, ascending */
    int32_t n_wanted;
} export_plan;

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static ptg_status find_wanted(export_plan *p, arena *a, ptg_error *err)
{
    int64_t room = 0, n = 0;
    for (int64_t t = 0; t < p->rounds; t++)
        room += p->b->trees[t].n_splits;
    p->wanted = arena_array(a, room, sizeof *p->wanted);
    if (!p->wanted) return fail_memory(err);
    for (int64_t t = 0; t < p->rounds; t++)
        for (int32_t l = 0; l < p->b->trees[t].n_splits; l++) {
            int64_t statistic = p->b->trees[t].conditions[l].feature - p->n_features;
            if (statistic >= 0) p->wanted[n++] = statistic;
        }
    qsort(p->wanted, (size_t)n, sizeof *p->wanted, compare_numbers);
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || p->wanted[i] != p->wanted[i - 1]) p->wanted[p->n_wanted++] = p->wanted[i];
    return PTG_OK;
}

static int32_t column_of(const export_plan *p, int64_t condition_feature)
{
    if (condition_feature < p->n_features) return (int32_t)condition_feature;
    int64_t statistic = condition_feature - p->n_features;
    const int64_t *at = bsearch(&statistic, p->wanted, (size_t)p->n_wanted, sizeof *p->wanted, compare_numbers);
    return p->n_features + (int32_t)(at - p->wanted);
}

/* The split of a level; one code goes left alone. */
static tree_node node_of(const export_plan *p, const boost_condition *c, tree_builder *builder)
{
    tree_node node = {.feature = column_of(p, c->feature)};
    if (c->kind == BIN_NUMBER) {
        node.value = c->threshold;
        node.flags = TREE_NODE_LESS_EQUAL | TREE_NODE_MISSING_LEFT;
        return node;
    }
    node.flags = TREE_NODE_CATEGORY;
    if (c->code < 0) {
        node.flags |= TREE_NODE_MISSING_LEFT;
        return node;
    }
    node.n_words = c->code / 32 + 1;
    uint32_t *words = tree_builder_words(builder, node.n_words, &node.bits);
    if (words) words[c->code / 32] = UINT32_C(1) << (c->code % 32);
    return node;
}

/* A leaf by its place in the last level: its first split is the highest bit there, and the lowest in the leaf's number. */
static int32_t leaf_at(int32_t place, int32_t depth)
{
    int32_t leaf = 0;
    for (int32_t l = 0; l < depth; l++)
        leaf |= (place >> (depth - 1 - l) & 1) << l;
    return leaf;
}

/* One output of a tree, being written; `splits` are its conditions as nodes without children. */
typedef struct tree_writer {
    const boost_tree *tree;
    const tree_node *splits;
    int32_t first_term; /* of the tree, in the model */
    int32_t output, n_outputs;
    tree_node *nodes;
} tree_writer;

static tree_node leaf_of(const tree_writer *w, int32_t leaf)
{
    const boost_tree *t = w->tree;
    tree_node node = {
        .flags = TREE_NODE_LEAF, .value = t->values[(int64_t)leaf * w->n_outputs + w->output], .cover = (float)t->cover[leaf]};
    int32_t n_terms = t->lines.first ? t->lines.first[leaf + 1] - t->lines.first[leaf] : 0;
    if (n_terms == 0) return node;
    node.flags |= TREE_NODE_LINEAR;
    node.bits = w->first_term + t->lines.first[leaf];
    node.n_words = n_terms;
    return node;
}

/* A split whose children are there. */
static void put_split(const tree_writer *w, int32_t at, int32_t split, int32_t left)
{
    w->nodes[at] = w->splits[split];
    w->nodes[at].left = left;
    w->nodes[at].right = left + 1;
    w->nodes[at].cover = w->nodes[left].cover + w->nodes[left + 1].cover;
}

static void write_levels(const tree_writer *w)
{
    int32_t depth = w->tree->n_splits, first_leaf = (1 << depth) - 1;
    for (int32_t i = 0; i < 1 << depth; i++)
        w->nodes[first_leaf + i] = leaf_of(w, leaf_at(i, depth));
    for (int32_t level = depth - 1; level >= 0; level--)
        for (int32_t i = (1 << level) - 1; i < (2 << level) - 1; i++)
            put_split(w, i, level, 2 * i + 1);
}

/* From the last split back to the first each finds its children done: until then a leaf's node is the last one made for it. */
static void write_parts(const tree_writer *w)
{
    const boost_tree *t = w->tree;
    int32_t at[BOOST_LEAVES_MOST] = {0}, parent[BOOST_LEAVES_MOST];
    for (int32_t i = 0; i < t->n_splits; i++) {
        parent[i] = at[t->parted[i]];
        at[t->parted[i]] = 2 * i + 1;
        at[i + 1] = 2 * i + 2;
    }
    for (int32_t l = 0; l < t->n_leaves; l++)
        w->nodes[at[l]] = leaf_of(w, l);
    for (int32_t i = t->n_splits - 1; i >= 0; i--)
        put_split(w, parent[i], i, 2 * i + 1);
}

static void add_terms(const boost_tree *t, tree_writer *w, tree_builder *builder)
{
    int32_t n = t->lines.first ? t->lines.first[t->n_leaves] : 0;
    tree_term *terms = tree_builder_terms(builder, n, &w->first_term);
    if (terms && n > 0) memcpy(terms, t->lines.terms, (size_t)n * sizeof *terms);
}

static void add_tree(const export_plan *p, const boost_tree *t, tree_node *splits, tree_builder *builder)
{
    tree_writer w = {.tree = t, .splits = splits, .n_outputs = p->b->leaves.n_outputs};
    for (int32_t i = 0; i < t->n_splits; i++)
        splits[i] = node_of(p, &t->conditions[i], builder);
    add_terms(t, &w, builder);
    for (w.output = 0; w.output < w.n_outputs; w.output++) {
        w.nodes = tree_builder_tree(builder, w.output, 2 * t->n_leaves - 1);
        if (!w.nodes) return;
        if (t->parted)
            write_parts(&w);
        else
            write_levels(&w);
    }
}

static ptg_status make_trees(const export_plan *p, tree_link link, tree_model **out, ptg_error *err)
{
    tree_builder builder = {0};
    tree_node splits[BOOST_LEAVES_MOST];
    for (int64_t t = 0; t < p->rounds; t++)
        add_tree(p, &p->b->trees[t], splits, &builder);
    TRY(tree_builder_end(&builder, p->n_features + p->n_wanted, p->b->leaves.n_outputs, out, err));
    memcpy((*out)->base, p->b->start, (size_t)p->b->leaves.n_outputs * sizeof *p->b->start);
    (*out)->link = link;
    ptg_status status = tree_model_check(*out, err);
    if (status == PTG_OK) return PTG_OK;
    tree_model_free(*out);
    *out = NULL;
    return status;
}

static ptg_status make_parts(const export_plan *p, tree_link link, tree_model **trees, statistic_tables **tables,
                             ptg_error *err)
{
    TRY(make_trees(p, link, trees, err));
    ptg_status status =
        p->n_wanted > 0 ? boost_statistics_tables(&p->b->statistics, p->wanted, p->n_wanted, tables, err) : PTG_OK;
    if (status == PTG_OK) return PTG_OK;
    tree_model_free(*trees);
    *trees = NULL;
    return status;
}

ptg_status boost_trainer_trees(const boost_trainer *b, int64_t rounds, tree_link link, tree_model **trees,
                               statistic_tables **tables, ptg_error *err)
{
    *trees = NULL;
    *tables = NULL;
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    export_plan p = {
        .b = b, .rounds = rounds < b->n_trees ? rounds : b->n_trees, .n_features = b->statistics.train->n_features};
    ptg_status status = find_wanted(&p, scratch, err);
    if (status == PTG_OK) status = make_parts(&p, link, trees, tables, err);
    arena_free(scratch);
    return status;
}

ptg_status boost_trainer_predictor(const boost_trainer *b, int64_t rounds, tree_link link, predictor **out, ptg_error *err)
{
    tree_model *trees;
    statistic_tables *tables;
    *out = NULL;
    TRY(boost_trainer_trees(b, rounds, link, &trees, &tables, err));
    *out = tables ? predictor_of_statistics(tables, trees) : predictor_of_trees(trees);
    return *out ? PTG_OK : fail_memory(err);
}
