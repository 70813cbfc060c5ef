/* See boost_leafwise.h. A leaf's best split is found when the leaf is made. Where weights do not count rows the rows of both
 * sides are known only once the leaf is parted: if one has too few, the rows are counted bin by bin, and the leaf gets the best
 * split among those that leave enough. That one gains no more than the first, so the order of leaves stays right. */
#include "learn/boost_leafwise.h"

#include <math.h>
#include <string.h>

#include "learn/boost_noise.h"

#define GAIN_LEAST 1e-9               /* of what a leaf is worth: less is rounding */
#define ALONE_MOST (INT64_C(1) << 17) /* histogram updates that one thread does sooner than it wakes another */
enum { KEY_LEAF = 6 };                /* of the noise of a tree, 1 to 5 being others' */

/* One step of growing: histograms that are made, and leaves whose best split is looked for; -1 = none. */
typedef struct leaf_work {
    boost_leafwise *g;
    int32_t filled, derived; /* derived: from its parent's, less that of `filled`; or also filled */
    bool parent_known;
    int32_t searched[2];
    bool counting; /* rows are counted bin by bin */
} leaf_work;

ptg_status boost_leafwise_start(boost_leafwise *g, arena *a, ptg_error *err)
{
    int64_t room = g->most_leaves > 2 ? g->most_leaves : 2;
    g->leaves = arena_array(a, room, sizeof *g->leaves);
    g->slots = arena_array(a, room, sizeof *g->slots);
    g->owners = arena_array(a, room, sizeof *g->owners);
    return g->leaves && g->slots && g->owners ? PTG_OK : fail_memory(err);
}

static void drop_slots(boost_leafwise *g)
{
    for (int32_t i = 0; i < g->n_slots; i++)
        mem_free(g->slots[i]);
    g->n_slots = 0;
}

void boost_leafwise_clear(boost_leafwise *g)
{
    drop_slots(g);
    mem_free(g->first_cell);
    mem_free(g->first_column);
    mem_free(g->choices);
    *g = (boost_leafwise){0};
}

static ptg_status make_room(boost_leafwise *g, int64_t n_blocks, ptg_error *err)
{
    if (g->first_cell && n_blocks <= g->room_blocks) return PTG_OK;
    mem_free(g->first_cell);
    mem_free(g->first_column);
    g->first_cell = mem_array(n_blocks + 1, sizeof *g->first_cell);
    g->first_column = mem_array(n_blocks + 1, sizeof *g->first_column);
    g->room_blocks = n_blocks;
    return g->first_cell && g->first_column ? PTG_OK : fail_memory(err);
}

static ptg_status make_choices(boost_leafwise *g, int64_t n_columns, ptg_error *err)
{
    if (g->choices && 2 * n_columns <= g->room_choices) return PTG_OK;
    mem_free(g->choices);
    g->choices = mem_array(2 * n_columns, sizeof *g->choices);
    g->room_choices = 2 * n_columns;
    return g->choices ? PTG_OK : fail_memory(err);
}

/* Where blocks lie in a slot. Slots stay from tree to tree while blocks fit. */
static ptg_status lay_out(boost_leafwise *g, ptg_error *err)
{
    int64_t cells = 0, columns = 0;
    TRY(make_room(g, g->n_blocks, err));
    for (int64_t i = 0; i <= g->n_blocks; i++) {
        g->first_cell[i] = cells;
        g->first_column[i] = columns;
        if (i == g->n_blocks) break;
        cells += block_cells(&g->blocks[i]->train) * g->search->n_outputs;
        columns += g->blocks[i]->train.n_columns;
    }
    if (cells > g->slot_cells) {
        drop_slots(g);
        g->slot_cells = cells;
    }
    int64_t fit = g->slot_cells > 0 ? g->most_bytes / ((int64_t)sizeof(int64_t) * g->slot_cells) : g->most_leaves;
    g->most_slots = fit < 2 ? 2 : fit < g->most_leaves ? (int32_t)fit : g->most_leaves;
    return make_choices(g, columns, err);
}

static bool can_be_split(const boost_leafwise *g, int32_t leaf)
{
    if (g->growth == GROW_DEPTHWISE && g->leaves[leaf].depth >= g->most_depth) return false;
    return g->search->count[leaf] >= 2 * g->least_rows;
}

/* Whether leaf a is split before leaf b, both to be split; a's number is the smaller one. */
static bool comes_first(const boost_leafwise *g, int32_t a, int32_t b)
{
    const open_leaf *x = &g->leaves[a], *y = &g->leaves[b];
    return g->growth == GROW_DEPTHWISE ? x->depth <= y->depth : x->gain >= y->gain;
}

static int32_t next_leaf(const boost_leafwise *g)
{
    int32_t best = -1;
    for (int32_t l = 0; l < g->n_leaves; l++)
        if (g->leaves[l].split.block && (best < 0 || !comes_first(g, best, l))) best = l;
    return best;
}

static void release_slot(boost_leafwise *g, int32_t leaf)
{
    if (g->leaves[leaf].slot >= 0) g->owners[g->leaves[leaf].slot] = -1;
    g->leaves[leaf].slot = -1;
}

/* A slot that no leaf has, else that of the leaf which is split last; not that of `keep`. */
static int32_t find_slot(const boost_leafwise *g, int32_t keep)
{
    int32_t last = -1;
    for (int32_t i = 0; i < g->n_slots; i++) {
        if (g->owners[i] < 0) return i;
        if (g->owners[i] == keep) continue;
        int32_t mine = g->owners[i], other = last < 0 ? mine : g->owners[last];
        bool later = mine < other ? !comes_first(g, mine, other) : comes_first(g, other, mine);
        if (last < 0 || later) last = i;
    }
    return g->n_slots < g->most_slots ? -1 : last;
}

static ptg_status take_slot(boost_leafwise *g, int32_t leaf, int32_t keep, ptg_error *err)
{
    int32_t slot = find_slot(g, keep);
    if (slot < 0) {
        int64_t *cells = mem_array(g->slot_cells, sizeof *cells);
        if (!cells) return fail_memory(err);
        slot = g->n_slots++;
        g->slots[slot] = cells;
    } else if (g->owners[slot] >= 0) {
        g->leaves[g->owners[slot]].slot = -1;
    }
    g->owners[slot] = leaf;
    g->leaves[leaf].slot = slot;
    return PTG_OK;
}

static int64_t *cells_of(const boost_leafwise *g, int32_t leaf, int64_t block)
{
    return g->slots[g->leaves[leaf].slot] + g->first_cell[block];
}

static void make_histograms(const leaf_work *w, int64_t block)
{
    const boost_leafwise *g = w->g;
    const boost_block *b = g->blocks[block];
    if (w->filled >= 0) boost_search_fill(g->search, b, w->filled, cells_of(g, w->filled, block));
    if (w->derived < 0) return;
    int64_t *derived = cells_of(g, w->derived, block), size = g->first_cell[block + 1] - g->first_cell[block];
    if (w->parent_known)
        g->search->kernels->part(derived, cells_of(g, w->filled, block), size, 1);
    else
        boost_search_fill(g->search, b, w->derived, derived);
}

static leaf_view view_of(const boost_leafwise *g, int32_t leaf, int64_t block)
{
    const boost_search *s = g->search;
    leaf_view v = {.search = s,
                   .block = g->blocks[block],
                   .n_rows = s->count[leaf],
                   .least_rows = g->least_rows,
                   .cells = cells_of(g, leaf, block),
                   .count_bits = (INT64_C(1) << s->packing.weight_bits) - 1,
                   .key = noise_word(s->noise_key, KEY_LEAF, g->leaves[leaf].node)};
    v.counts = s->packing.counts ? v.cells : NULL;
    return v;
}

static void search_columns(const leaf_view *v, leaf_choice *choices)
{
    for (int32_t c = 0; c < v->block->train.n_columns; c++)
        choices[c] = boost_leaf_split(v, c);
}

/* `ordered` holds a 1 for each row of the leaf. */
static void count_columns(const boost_search *s, int32_t leaf, leaf_view *v, leaf_choice *choices)
{
    int64_t counts[BLOCK_COLUMNS * BINS_MOST], first = s->start[leaf];
    memset(counts, 0, (size_t)block_cells(&v->block->train) * sizeof *counts);
    s->kernels->fill(&v->block->train, s->index + first, s->ordered + first, s->count[leaf], counts);
    v->counts = counts;
    v->count_bits = INT64_MAX;
    search_columns(v, choices);
}

static leaf_choice *choices_of(const boost_leafwise *g, int place)
{
    return g->choices + place * g->first_column[g->n_blocks];
}

static ptg_status search_block(void *context, int64_t block, ptg_error *err)
{
    (void)err;
    const leaf_work *w = context;
    const boost_leafwise *g = w->g;
    make_histograms(w, block);
    for (int i = 0; i < 2; i++) {
        leaf_choice *choices = choices_of(g, i) + g->first_column[block];
        if (w->searched[i] < 0) continue;
        leaf_view v = view_of(g, w->searched[i], block);
        if (w->counting)
            count_columns(g->search, w->searched[i], &v, choices);
        else
            search_columns(&v, choices);
    }
    return PTG_OK;
}

/* A column's best split, as it stands in the contest of columns. */
static boost_split entry_of(const leaf_view *v, int32_t number, const leaf_choice *choice)
{
    double score = choice->score * v->block->factor[number];
    if (v->search->noise > 0) score += v->search->noise * boost_leaf_noise(v, v->block->train.columns[number].feature);
    return (boost_split){.block = v->block, .column = number, .bin = choice->bin, .score = score};
}

static int32_t feature_of(const boost_split *s)
{
    return s->block->train.columns[s->column].feature;
}

static bool is_better(const boost_split *a, const boost_split *b)
{
    if (!b->block || a->score != b->score) return !b->block || a->score > b->score;
    return feature_of(a) < feature_of(b);
}

/* The contest of columns; ties go to the lowest feature. A leaf without a split that gains stays as it is. */
static void choose_split(boost_leafwise *g, int32_t leaf, const leaf_choice *choices)
{
    open_leaf *to = &g->leaves[leaf];
    to->split = (boost_split){0};
    for (int64_t i = 0; i < g->n_blocks; i++) {
        leaf_view v = view_of(g, leaf, i);
        for (int32_t c = 0; c < v.block->train.n_columns; c++) {
            const leaf_choice *choice = &choices[g->first_column[i] + c];
            if (choice->bin < 0) continue;
            boost_split entry = entry_of(&v, c, choice);
            if (!is_better(&entry, &to->split)) continue;
            to->split = entry;
            to->gain = choice->worth;
        }
    }
    if (!to->split.block) return;
    leaf_view any = view_of(g, leaf, 0);
    double before = boost_leaf_worth(&any, 0);
    to->gain -= before;
    if (!(to->gain > GAIN_LEAST * before)) to->split.block = NULL;
}

/* Does one step; small ones without the other threads. */
static ptg_status run(leaf_work *w, ptg_error *err)
{
    boost_leafwise *g = w->g;
    const boost_search *s = g->search;
    int64_t rows =
        (w->filled >= 0 ? s->count[w->filled] : 0) + (w->derived >= 0 && !w->parent_known ? s->count[w->derived] : 0);
    int64_t updates =
        (w->counting ? s->count[w->searched[0]] : rows) * g->first_column[g->n_blocks] + 2 * g->first_cell[g->n_blocks];
    TRY(pool_run(updates > ALONE_MOST ? s->pool : NULL, g->n_blocks, search_block, w, err));
    for (int i = 0; i < 2; i++)
        if (w->searched[i] >= 0) choose_split(g, w->searched[i], choices_of(g, i));
    return PTG_OK;
}

static ptg_status fill_alone(boost_leafwise *g, int32_t leaf, bool search, ptg_error *err)
{
    leaf_work w = {.g = g, .filled = leaf, .derived = -1, .searched = {search ? leaf : -1, -1}};
    TRY(take_slot(g, leaf, -1, err));
    boost_search_gather(g->search, leaf);
    return run(&w, err);
}

static ptg_status open_root(boost_leafwise *g, ptg_error *err)
{
    for (int32_t i = 0; i < g->n_slots; i++)
        g->owners[i] = -1;
    g->n_leaves = 1;
    g->leaves[0] = (open_leaf){.node = 1, .slot = -1};
    return can_be_split(g, 0) && g->most_leaves > 1 ? fill_alone(g, 0, true, err) : PTG_OK;
}

/* The best split that leaves enough rows on both sides. */
static ptg_status count_and_search(boost_leafwise *g, int32_t leaf, ptg_error *err)
{
    boost_search *s = g->search;
    leaf_work w = {.g = g, .filled = -1, .derived = -1, .searched = {leaf, -1}, .counting = true};
    if (g->leaves[leaf].slot < 0) TRY(fill_alone(g, leaf, false, err));
    for (int64_t i = s->start[leaf]; i < s->start[leaf] + s->count[leaf]; i++)
        s->ordered[i] = 1;
    TRY(run(&w, err));
    if (!g->leaves[leaf].split.block) release_slot(g, leaf);
    return PTG_OK;
}

/* The histograms of two children: the larger one's lies where the parent's was. */
static ptg_status make_slots(boost_leafwise *g, leaf_work *w, ptg_error *err)
{
    int32_t parent = g->leaves[w->searched[0]].slot;
    w->parent_known = parent >= 0;
    g->leaves[w->filled].slot = g->leaves[w->derived].slot = -1;
    if (w->parent_known) {
        g->leaves[w->derived].slot = parent;
        g->owners[parent] = w->derived;
    } else {
        TRY(take_slot(g, w->derived, -1, err));
        boost_search_gather(g->search, w->derived);
    }
    boost_search_gather(g->search, w->filled);
    return take_slot(g, w->filled, w->derived, err);
}

static ptg_status search_children(boost_leafwise *g, int32_t left, int32_t right, ptg_error *err)
{
    bool left_is_smaller = g->search->count[left] < g->search->count[right];
    leaf_work w = {.g = g, .searched = {left, right}};
    w.filled = left_is_smaller ? left : right;
    w.derived = left_is_smaller ? right : left;
    if (g->n_leaves == g->most_leaves || !can_be_split(g, w.derived)) {
        release_slot(g, left);
        return PTG_OK;
    }
    TRY(make_slots(g, &w, err));
    for (int i = 0; i < 2; i++)
        if (!can_be_split(g, w.searched[i])) w.searched[i] = -1;
    TRY(run(&w, err));
    if (!g->leaves[left].split.block) release_slot(g, left);
    if (!g->leaves[right].split.block) release_slot(g, right);
    return PTG_OK;
}

static void open_children(boost_leafwise *g, int32_t left, int32_t right)
{
    open_leaf *parent = &g->leaves[left];
    g->leaves[right] = (open_leaf){.node = 2 * (uint64_t)right + 1, .depth = parent->depth + 1, .slot = -1};
    *parent = (open_leaf){.node = 2 * (uint64_t)right, .depth = parent->depth + 1, .slot = parent->slot};
}

static ptg_status split_leaf(boost_leafwise *g, int32_t leaf, boost_shape *out, ptg_error *err)
{
    boost_search *s = g->search;
    boost_split split = g->leaves[leaf].split;
    int32_t right = g->n_leaves;
    boost_search_part(s, &split, leaf, right);
    if (s->count[leaf] < g->least_rows || s->count[right] < g->least_rows) {
        s->count[leaf] += s->count[right];
        return count_and_search(g, leaf, err);
    }
    out->splits[out->n_splits] = split;
    out->parted[out->n_splits++] = leaf;
    g->n_leaves++;
    open_children(g, leaf, right);
    return search_children(g, leaf, right, err);
}

ptg_status boost_leafwise_grow(boost_leafwise *g, boost_block *const *blocks, int64_t n_blocks, boost_shape *out,
                               ptg_error *err)
{
    int32_t leaf;
    g->blocks = blocks;
    g->n_blocks = n_blocks;
    out->n_splits = 0;
    TRY(lay_out(g, err));
    TRY(open_root(g, err));
    while (g->n_leaves < g->most_leaves && (leaf = next_leaf(g)) >= 0)
        TRY(split_leaf(g, leaf, out, err));
    out->n_leaves = g->n_leaves;
    return PTG_OK;
}

void boost_leafwise_rows(const boost_leafwise *g, uint16_t *leaf)
{
    const boost_search *s = g->search;
    for (int32_t l = 0; l < g->n_leaves; l++)
        for (int64_t i = s->start[l]; i < s->start[l] + s->count[l]; i++)
            leaf[s->index[i]] = (uint16_t)l;
}
