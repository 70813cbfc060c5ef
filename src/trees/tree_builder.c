/* Growing arrays of trees, nodes and category words, copied at the end into the arena of one model. */
#include "trees/tree_builder.h"

#include <string.h>

/* Makes room for `more` items; false when out of memory or past the largest number that a node can name. */
static bool reserve(void **items, int64_t count, int64_t *room, int64_t more, size_t size)
{
    if (more < 0 || more > INT32_MAX - count) return false;
    if (count + more <= *room) return true;
    int64_t wanted = *room * 2 > count + more ? *room * 2 : count + more + 64;
    void *grown = mem_resize(*items, *room, wanted, size);
    if (!grown) return false;
    *items = grown;
    *room = wanted;
    return true;
}

tree_node *tree_builder_tree(tree_builder *b, int32_t output, int64_t n_nodes)
{
    void *trees = b->trees, *nodes = b->nodes;
    b->failed = b->failed || !reserve(&trees, b->n_trees, &b->room_trees, 1, sizeof *b->trees);
    b->trees = trees;
    b->failed = b->failed || !reserve(&nodes, b->n_nodes, &b->room_nodes, n_nodes, sizeof *b->nodes);
    b->nodes = nodes;
    if (b->failed) return NULL;
    b->trees[b->n_trees++] = (tree){.first = (int32_t)b->n_nodes, .n_nodes = (int32_t)n_nodes, .output = output};
    tree_node *first = b->nodes + b->n_nodes;
    b->n_nodes += n_nodes;
    return first;
}

uint32_t *tree_builder_words(tree_builder *b, int64_t n, int32_t *first)
{
    void *words = b->words;
    b->failed = b->failed || !reserve(&words, b->n_words, &b->room_words, n, sizeof *b->words);
    b->words = words;
    if (b->failed) return NULL;
    *first = (int32_t)b->n_words;
    b->n_words += n;
    return b->words + *first;
}

tree_term *tree_builder_terms(tree_builder *b, int64_t n, int32_t *first)
{
    void *terms = b->terms;
    b->failed = b->failed || !reserve(&terms, b->n_terms, &b->room_terms, n, sizeof *b->terms);
    b->terms = terms;
    if (b->failed) return NULL;
    *first = (int32_t)b->n_terms;
    b->n_terms += n;
    return b->terms + *first;
}

/* A copy of `count` items in the arena; NULL when out of memory. */
static void *copy_in(arena *a, const void *items, int64_t count, size_t size)
{
    void *copy = arena_array(a, count, size);
    if (copy && count > 0) memcpy(copy, items, (size_t)count * size);
    return copy;
}

static tree_model *model_of(const tree_builder *b, int32_t n_features, int32_t n_outputs)
{
    arena *memory = arena_new();
    tree_model *m = memory ? arena_array(memory, 1, sizeof *m) : NULL;
    if (!m) {
        arena_free(memory);
        return NULL;
    }
    *m = (tree_model){.memory = memory, .n_features = n_features, .n_outputs = n_outputs, .scale = 1};
    m->n_trees = (int32_t)b->n_trees;
    m->n_nodes = (int32_t)b->n_nodes;
    m->n_words = b->n_words;
    m->n_terms = b->n_terms;
    m->trees = copy_in(memory, b->trees, b->n_trees, sizeof *b->trees);
    m->nodes = copy_in(memory, b->nodes, b->n_nodes, sizeof *b->nodes);
    m->words = copy_in(memory, b->words, b->n_words, sizeof *b->words);
    m->terms = copy_in(memory, b->terms, b->n_terms, sizeof *b->terms);
    m->base = arena_array(memory, n_outputs, sizeof *m->base);
    if (m->trees && m->nodes && m->words && m->terms && m->base) return m;
    arena_free(memory);
    return NULL;
}

ptg_status tree_builder_end(tree_builder *b, int32_t n_features, int32_t n_outputs, tree_model **out, ptg_error *err)
{
    *out = b->failed ? NULL : model_of(b, n_features, n_outputs);
    tree_builder_clear(b);
    return *out ? PTG_OK : fail_memory(err);
}

void tree_builder_clear(tree_builder *b)
{
    mem_free(b->trees);
    mem_free(b->nodes);
    mem_free(b->words);
    mem_free(b->terms);
    *b = (tree_builder){0};
}
