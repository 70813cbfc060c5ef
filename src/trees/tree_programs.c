/* See tree_programs.h. Two passes over the trees: the first finds shapes and sizes, the second writes the programs. */
#include "trees/tree_programs.h"

#include <string.h>

enum { DEPTH_MOST = 8, CHUNK_SETS = 256, SAME_WORDS_MOST = 64 };

/* What the passes work with. */
typedef struct maker {
    const tree_model *model;
    const tree_index *index;
    tree_programs *out;
    const tree_node *nodes; /* of the tree at hand */
    tree_program *program;
    int64_t n_sets; /* written so far, and where those of the chunk at hand begin */
    int64_t first_set;
    const tree_node *levels[DEPTH_MOST];
    int32_t front[2][TREE_LEAVES_MOST]; /* nodes of a level of a symmetric tree */
    int32_t *order;                     /* nodes of the largest tree: breadth first, or how many slots each needs */
    int32_t n_leaves;                   /* numbered so far in a tree of steps */
} maker;

static bool is_leaf(const tree_node *n)
{
    return n->flags & TREE_NODE_LEAF;
}

static bool is_category(const tree_node *n)
{
    return (n->flags & (TREE_NODE_CATEGORY | TREE_NODE_LEAF)) == TREE_NODE_CATEGORY;
}

/* Whether two splits send every row the same way, as far as that is cheap to see. */
static bool same_test(const tree_model *m, const tree_node *a, const tree_node *b)
{
    if (a->flags != b->flags || a->feature != b->feature) return false;
    if (!is_category(a)) return a->value == b->value;
    if (a->n_words != b->n_words) return false;
    if (a->bits == b->bits) return true;
    return a->n_words <= SAME_WORDS_MOST &&
           !memcmp(m->words + a->bits, m->words + b->bits, (size_t)a->n_words * sizeof *m->words);
}

/* Whether n nodes of a level all ask what the first one asks, or all are leaves. */
static bool is_level(const maker *k, const int32_t *front, int32_t n)
{
    const tree_node *first = &k->nodes[front[0]];
    for (int32_t i = 1; i < n; i++) {
        const tree_node *other = &k->nodes[front[i]];
        if (is_leaf(first) ? !is_leaf(other) : !same_test(k->model, first, other)) return false;
    }
    return true;
}

/* The depth of a symmetric tree; its leaves then stand in *leaves by number, its splits in k->levels. -1: it is none. */
static int32_t symmetric_depth(maker *k, const int32_t **leaves)
{
    int32_t *front = k->front[0], *next = k->front[1], depth = 0;
    front[0] = 0;
    for (; is_level(k, front, 1 << depth); depth++) {
        *leaves = front;
        if (is_leaf(&k->nodes[front[0]])) return depth;
        if (depth == DEPTH_MOST) return -1;
        k->levels[depth] = &k->nodes[front[0]];
        for (int32_t i = 0; i < 1 << depth; i++) {
            next[i] = k->nodes[front[i]].left;
            next[i + (1 << depth)] = k->nodes[front[i]].right;
        }
        int32_t *swap = front;
        front = next;
        next = swap;
    }
    return -1;
}

static int32_t leaves_of(const tree *t)
{
    return t->n_nodes / 2 + 1;
}

/* Room for values that the kernels read beyond the leaves. */
static int32_t value_room(int32_t n_leaves)
{
    return n_leaves <= 32 ? 32 : n_leaves <= 64 ? 64 : n_leaves;
}

static int32_t count_sets(const maker *k, const tree *t, int32_t depth)
{
    int32_t n = 0;
    if (depth >= 0)
        for (int32_t i = 0; i < depth; i++)
            n += is_category(k->levels[i]);
    else
        for (int32_t i = 0; i < t->n_nodes; i++)
            n += is_category(&k->nodes[i]);
    return n;
}

static void find_shape(maker *k, const tree *t, int32_t depth)
{
    int32_t n_leaves = leaves_of(t);
    tree_shape shape = depth >= 0 ? TREE_LEVELS : n_leaves <= TREE_LEAVES_MOST ? TREE_STEPS : TREE_HOPS;
    *k->program = (tree_program){.shape = shape, .output = t->output};
    k->program->n = shape == TREE_LEVELS ? depth : shape == TREE_STEPS ? n_leaves - 1 : t->n_nodes;
    k->program->n_values = shape == TREE_HOPS ? t->n_nodes : value_room(n_leaves);
    if (shape == TREE_STEPS && n_leaves > k->out->most_leaves) k->out->most_leaves = n_leaves;
}

/* Puts the tree into the last chunk, or into a new one where its sets would be too many. */
static void find_chunk(tree_programs *out, int32_t number, int32_t n_sets)
{
    tree_chunk *c = &out->chunks[out->n_chunks - 1];
    if (out->n_chunks == 0 || (c->n_sets > 0 && c->n_sets + n_sets > CHUNK_SETS)) {
        int64_t first_set = out->n_chunks ? c->first_set + c->n_sets : 0;
        c = &out->chunks[out->n_chunks++];
        *c = (tree_chunk){.first = number, .first_set = first_set};
    }
    c->n++;
    c->n_sets += n_sets;
    if (c->n_sets > out->most_sets) out->most_sets = c->n_sets;
}

/* The first pass: shapes, chunks, and where the parts of each program begin; *room is what all need. */
typedef struct sizes {
    int64_t n[3], values, sets; /* n by shape */
} sizes;

static sizes find_sizes(maker *k)
{
    sizes s = {0};
    const tree_model *m = k->model;
    for (int32_t t = 0; t < m->n_trees; t++) {
        const int32_t *leaves;
        k->nodes = m->nodes + m->trees[t].first;
        k->program = &k->out->trees[t];
        int32_t depth = symmetric_depth(k, &leaves), n_sets = count_sets(k, &m->trees[t], depth);
        find_shape(k, &m->trees[t], depth);
        k->program->first = s.n[k->program->shape];
        k->program->first_value = s.values;
        s.n[k->program->shape] += k->program->n;
        s.values += k->program->n_values;
        s.sets += n_sets;
        find_chunk(k->out, t, n_sets);
    }
    return s;
}

/* A split by category becomes a set, and its column the test. */
static tree_test test_of_set(maker *k, const tree_node *n)
{
    tree_set *s = &k->out->sets[k->n_sets];
    *s = (tree_set){.codes = tree_index_codes(k->index, n),
                    .missing_left = n->flags & TREE_NODE_MISSING_LEFT,
                    .n_words = n->n_words,
                    .words = k->model->words + n->bits};
    for (int32_t code = 0; code < TREE_CODE_OUTSIDE && code < 32 * (n->n_words < 8 ? n->n_words : 8); code++)
        if (s->words[code / 32] >> code % 32 & 1u) s->narrow[code / 8] |= (uint8_t)(1u << code % 8);
    if (s->missing_left) s->narrow[TREE_CODE_MISSING / 8] |= 1u << TREE_CODE_MISSING % 8;
    return (tree_test){.least = 0x01010101u, .column = (uint32_t)(k->index->n_columns + (k->n_sets++ - k->first_set))};
}

static tree_test test_of(maker *k, const tree_node *n)
{
    return is_category(n) ? test_of_set(k, n) : tree_index_test(k->index, n);
}

static void write_levels(maker *k)
{
    const int32_t *leaves = NULL;
    int32_t depth = symmetric_depth(k, &leaves);
    for (int32_t i = 0; i < depth; i++)
        k->out->tests[k->program->first + i] = test_of(k, k->levels[i]);
    for (int32_t i = 0; i < 1 << depth; i++)
        k->out->values[k->program->first_value + i] = k->nodes[leaves[i]].value;
}

/* How many slots it takes to work out each node: none for a leaf, one more than either side where both need the same. */
static void find_needs(const maker *k, int32_t n_nodes)
{
    for (int32_t i = n_nodes - 1; i >= 0; i--) {
        const tree_node *n = &k->nodes[i];
        int32_t left = is_leaf(n) ? -1 : k->order[n->left], right = is_leaf(n) ? -1 : k->order[n->right];
        k->order[i] = left == right ? left + 1 : left > right ? left : right;
    }
}

/* Writes the steps of a node into slot `slot` and further ones, and returns where its value is in the lines. The depth of calls
 * is below TREE_LEAVES_MOST. */
static uint16_t write_step(maker *k, int32_t number, int32_t slot, tree_step **to)
{
    const tree_node *n = &k->nodes[number];
    if (is_leaf(n)) {
        k->out->values[k->program->first_value + k->n_leaves] = n->value;
        return (uint16_t)(k->n_leaves++ * TREE_GROUP);
    }
    uint16_t left, right;
    if (k->order[n->left] >= k->order[n->right]) {
        left = write_step(k, n->left, slot, to);
        right = write_step(k, n->right, slot + !is_leaf(&k->nodes[n->left]), to);
    } else {
        right = write_step(k, n->right, slot, to);
        left = write_step(k, n->left, slot + 1, to);
    }
    tree_test test = test_of(k, n);
    uint16_t line = (uint16_t)(TREE_FIRST_SLOT + slot * TREE_ROWS);
    *(*to)++ = (tree_step){.least = test.least,
                           .column = test.column * TREE_ROWS,
                           .left = left,
                           .right = right,
                           .to = line,
                           .left_apart = is_leaf(&k->nodes[n->left]) ? 0 : TREE_GROUP,
                           .right_apart = is_leaf(&k->nodes[n->right]) ? 0 : TREE_GROUP};
    return line;
}

static void write_steps(maker *k, int32_t n_nodes)
{
    tree_step *to = k->out->steps + k->program->first;
    k->n_leaves = 0;
    find_needs(k, n_nodes);
    write_step(k, 0, 0, &to);
}

/* Breadth first, so that two children stand side by side and the upper levels together. */
static void write_hops(maker *k, int32_t n_nodes)
{
    tree_hop *hops = k->out->hops + k->program->first;
    int32_t tail = 1;
    k->order[0] = 0;
    for (int32_t i = 0; i < n_nodes; i++) {
        const tree_node *n = &k->nodes[k->order[i]];
        k->out->values[k->program->first_value + i] = is_leaf(n) ? n->value : 0;
        hops[i] = (tree_hop){.child = i - 1};
        if (is_leaf(n)) continue;
        tree_test test = test_of(k, n);
        hops[i] = (tree_hop){.child = tail, .column = (uint16_t)test.column, .least = (uint8_t)test.least};
        k->order[tail++] = n->left;
        k->order[tail++] = n->right;
    }
}

static void write_tree(maker *k, int32_t number)
{
    const tree *t = &k->model->trees[number];
    k->nodes = k->model->nodes + t->first;
    k->program = &k->out->trees[number];
    if (k->program->shape == TREE_LEVELS)
        write_levels(k);
    else if (k->program->shape == TREE_STEPS)
        write_steps(k, t->n_nodes);
    else
        write_hops(k, t->n_nodes);
}

static ptg_status take_room(tree_programs *out, const sizes *s, arena *kept, ptg_error *err)
{
    out->tests = arena_array(kept, s->n[TREE_LEVELS], sizeof *out->tests);
    out->steps = arena_array(kept, s->n[TREE_STEPS], sizeof *out->steps);
    out->hops = arena_array(kept, s->n[TREE_HOPS], sizeof *out->hops);
    out->values = arena_array(kept, s->values, sizeof *out->values);
    out->sets = arena_array(kept, s->sets, sizeof *out->sets);
    return out->tests && out->steps && out->hops && out->values && out->sets ? PTG_OK : fail_memory(err);
}

static int32_t largest_tree(const tree_model *m)
{
    int32_t most = 0;
    for (int32_t t = 0; t < m->n_trees; t++)
        most = m->trees[t].n_nodes > most ? m->trees[t].n_nodes : most;
    return most;
}

ptg_status tree_programs_make(const tree_model *m, const tree_index *index, int32_t most, arena *kept, arena *scratch,
                              tree_programs *out, ptg_error *err)
{
    *out = (tree_programs){0};
    maker *k = arena_array(scratch, 1, sizeof *k);
    out->chunks = arena_array(kept, m->n_trees, sizeof *out->chunks);
    out->trees = arena_array(kept, m->n_trees, sizeof *out->trees);
    int32_t *order = arena_array(scratch, largest_tree(m), sizeof *order);
    if (!k || !out->chunks || !out->trees || !order) return fail_memory(err);
    *k = (maker){.model = m, .index = index, .out = out, .order = order};
    sizes room = find_sizes(k);
    if (out->most_sets > most) out->n_chunks = -1;
    if (out->n_chunks < 0) return PTG_OK;
    TRY(take_room(out, &room, kept, err));
    for (int32_t c = 0; c < out->n_chunks; c++) {
        k->first_set = out->chunks[c].first_set;
        for (int32_t t = 0; t < out->chunks[c].n; t++)
            write_tree(k, out->chunks[c].first + t);
    }
    return PTG_OK;
}
