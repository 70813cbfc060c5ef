/* See boost_search.h. Threads share out blocks of columns and leaves; no sum crosses a border between threads, and sums are
 * whole numbers, so that their number changes nothing. */
#include "learn/boost_search.h"

#include <math.h>
#include <string.h>

#include "learn/boost_monotone.h"
#include "learn/boost_noise.h"

/* The best split of one column. */
typedef struct boost_choice {
    double score;
    int32_t bin;
} boost_choice;

ptg_status boost_search_start(boost_search *s, int64_t n_leaves, arena *a, ptg_error *err)
{
    s->start = arena_array(a, n_leaves, sizeof *s->start);
    s->count = arena_array(a, n_leaves, sizeof *s->count);
    s->spare = arena_array(a, s->n_rows, sizeof *s->spare);
    s->ordered = arena_array(a, s->n_rows * s->n_outputs, sizeof *s->ordered);
    return s->start && s->count && s->spare && s->ordered ? PTG_OK : fail_memory(err);
}

void boost_search_clear(boost_search *s)
{
    mem_free(s->choices);
}

void boost_search_root(boost_search *s)
{
    s->tree++;
    s->level = 0;
    s->start[0] = 0;
    s->count[0] = s->n_used;
}

/* One level of one tree. */
typedef struct level_work {
    boost_search *s;
    boost_block *const *blocks;
    const int64_t *first_choice; /* of each block */
} level_work;

static int64_t leaves_at(int32_t level)
{
    return INT64_C(1) << level;
}

void boost_search_gather(boost_search *s, int64_t leaf)
{
    int64_t from = s->start[leaf], to = from + s->count[leaf];
    for (int32_t k = 0; k < s->n_outputs; k++) {
        const int64_t *packed = s->packed + k * s->n_rows;
        int64_t *ordered = s->ordered + k * s->n_rows;
        for (int64_t i = from; i < to; i++)
            ordered[i] = packed[s->index[i]];
    }
}

/* Of a parent's two children the one that is filled. */
static int64_t smaller_child(const boost_search *s, int64_t left, int64_t right)
{
    return s->count[left] < s->count[right] ? left : right;
}

static bool knows_parents(const boost_search *s, const boost_block *b)
{
    return s->level > 0 && b->known_tree == s->tree && b->known_level == s->level - 1;
}

/* Every leaf is gathered where some block has no histograms of the level before; else only those that are filled. */
static void gather_level(boost_search *s, boost_block *const *blocks, int64_t n_blocks)
{
    bool all_know = true;
    for (int64_t i = 0; i < n_blocks; i++)
        all_know = all_know && knows_parents(s, blocks[i]);
    int64_t leaves = leaves_at(s->level), half = leaves / 2;
    for (int64_t leaf = 0; leaf < (all_know ? half : leaves); leaf++)
        boost_search_gather(s, all_know ? smaller_child(s, leaf, leaf + half) : leaf);
}

void boost_search_fill(const boost_search *s, const boost_block *b, int64_t leaf, int64_t *to)
{
    int64_t cells = block_cells(&b->train), from = s->start[leaf];
    memset(to, 0, (size_t)(cells * s->n_outputs) * sizeof *to);
    for (int32_t k = 0; k < s->n_outputs && s->count[leaf] > 0; k++)
        s->kernels->fill(&b->train, s->index + from, s->ordered + k * s->n_rows + from, s->count[leaf], to + k * cells);
}

static ptg_status make_room(const boost_search *s, boost_block *b, ptg_error *err)
{
    int64_t leaves = leaves_at(s->level), size = block_cells(&b->train) * s->n_outputs;
    if (leaves <= b->leaves_room) return PTG_OK;
    int64_t *grown = mem_resize(b->cells, b->leaves_room * size, leaves * size, sizeof *grown);
    if (!grown) return fail_memory(err);
    b->cells = grown;
    b->leaves_room = leaves;
    return PTG_OK;
}

/* Histograms of all leaves of the level: from those of the level before where the block has them. */
static void fill_block(const boost_search *s, boost_block *b)
{
    int64_t size = block_cells(&b->train) * s->n_outputs, half = leaves_at(s->level) / 2;
    if (!knows_parents(s, b)) {
        for (int64_t leaf = 0; leaf < leaves_at(s->level); leaf++)
            boost_search_fill(s, b, leaf, b->cells + leaf * size);
    } else {
        for (int64_t left = 0; left < half; left++) {
            int64_t right = left + half, filled = smaller_child(s, left, right);
            boost_search_fill(s, b, filled, b->cells + right * size);
            s->kernels->part(b->cells + left * size, b->cells + right * size, size, filled == right);
        }
    }
    b->known_tree = s->tree;
    b->known_level = s->level;
}

static void scan_column(const boost_search *s, const boost_block *b, int32_t number, boost_scores *scores)
{
    const bin_block *t = &b->train;
    const bin_column *c = &t->columns[number];
    int64_t cells = block_cells(t);
    for (int64_t leaf = 0; leaf < leaves_at(s->level); leaf++) {
        if (s->count[leaf] == 0) continue;
        for (int32_t k = 0; k < s->n_outputs; k++) {
            const int64_t *at = b->cells + (leaf * s->n_outputs + k) * cells + ((int64_t)number << t->log_bins);
            if (b->direction[number] != 0)
                monotone_scan(at, c, &s->packing, s->lambda, b->direction[number], scores);
            else if (c->kind == BIN_LEVEL)
                s->kernels->scan_levels(at, c->n_bins, &s->packing, s->lambda, scores);
            else
                s->kernels->scan_borders(at, c->n_bins, &s->packing, s->lambda, scores);
        }
    }
}

/* The best bin with noise; its score without. */
static boost_choice choose_bin(const boost_search *s, const bin_column *c, const boost_scores *scores)
{
    boost_choice best = {.bin = -1};
    boost_contest how = {.cosine = s->score == SCORE_COSINE,
                         .noise = s->noise,
                         .key = noise_word(s->noise_key, (uint64_t)s->level + 1, (uint64_t)c->feature)};
    best.bin = s->kernels->choose(scores, c->kind == BIN_LEVEL ? c->n_bins : c->n_bins - 1, &how, &best.score);
    return best;
}

/* Whether a column of a statistic is, was decided when its block became a candidate. */
static bool column_is_looked_at(const boost_search *s, const bin_column *c)
{
    if (s->barred && c->feature < s->n_barred && s->barred[c->feature]) return false;
    if (s->column_share >= 1) return true;
    return noise_unit(noise_word(s->noise_key, (uint64_t)s->level + 2001, (uint64_t)c->feature)) < s->column_share;
}

static ptg_status search_block(void *context, int64_t chunk, ptg_error *err)
{
    const level_work *w = context;
    boost_search *s = w->s;
    boost_block *b = w->blocks[chunk];
    TRY(make_room(s, b, err));
    fill_block(s, b);
    for (int32_t c = 0; c < b->train.n_columns; c++) {
        boost_scores scores;
        boost_choice *choice = &s->choices[w->first_choice[chunk] + c];
        *choice = (boost_choice){.bin = -1};
        if (!column_is_looked_at(s, &b->train.columns[c])) continue;
        memset(&scores, 0, sizeof scores);
        scan_column(s, b, c, &scores);
        *choice = choose_bin(s, &b->train.columns[c], &scores);
    }
    return PTG_OK;
}

/* Room for a choice a column; first_choice[i] is where block i's begin. */
static ptg_status number_choices(boost_search *s, boost_block *const *blocks, int64_t n_blocks, int64_t *first_choice,
                                 ptg_error *err)
{
    int64_t n = 0;
    for (int64_t i = 0; i < n_blocks; i++) {
        first_choice[i] = n;
        n += blocks[i]->train.n_columns;
    }
    if (n <= s->room_choices) return PTG_OK;
    boost_choice *grown = mem_resize(s->choices, s->room_choices, n, sizeof *grown);
    if (!grown) return fail_memory(err);
    s->choices = grown;
    s->room_choices = n;
    return PTG_OK;
}

/* The contest between columns: each one's best score with noise drawn anew. */
static void choose_column(const level_work *w, int64_t n_blocks, boost_split *out)
{
    const boost_search *s = w->s;
    int32_t best_feature = -1;
    for (int64_t i = 0; i < n_blocks; i++) {
        const boost_block *b = w->blocks[i];
        for (int32_t c = 0; c < b->train.n_columns; c++) {
            const boost_choice *choice = &s->choices[w->first_choice[i] + c];
            int32_t of = b->train.columns[c].feature;
            if (choice->bin < 0) continue;
            double score = choice->score * b->factor[c];
            if (s->noise > 0)
                score += s->noise * noise_normal(noise_word(s->noise_key, (uint64_t)s->level + 1001, (uint64_t)of));
            if (out->block && (score < out->score || (score == out->score && of > best_feature))) continue;
            *out = (boost_split){.block = b, .column = c, .bin = choice->bin, .score = score};
            best_feature = of;
        }
    }
}

ptg_status boost_search_best(boost_search *s, boost_block *const *blocks, int64_t n_blocks, boost_split *out, ptg_error *err)
{
    *out = (boost_split){0};
    int64_t *first_choice = mem_array(n_blocks, sizeof *first_choice);
    if (!first_choice) return fail_memory(err);
    level_work w = {.s = s, .blocks = blocks, .first_choice = first_choice};
    ptg_status status = number_choices(s, blocks, n_blocks, first_choice, err);
    if (status == PTG_OK) gather_level(s, blocks, n_blocks);
    if (status == PTG_OK) status = pool_run(s->pool, n_blocks, search_block, &w, err);
    if (status == PTG_OK) choose_column(&w, n_blocks, out);
    mem_free(first_choice);
    return status;
}

/* The left part stays in front, the right one follows by way of `spare`. */
void boost_search_part(boost_search *s, const boost_split *split, int64_t leaf, int64_t right)
{
    const bin_block *b = &split->block->train;
    bin_kind kind = b->columns[split->column].kind;
    const uint8_t *bins = b->rows + split->column;
    int64_t first = s->start[leaf], n = s->count[leaf], n_left = 0, n_right = 0;
    uint32_t *index = s->index + first, *spare = s->spare + first;
    for (int64_t i = 0; i < n; i++) {
        uint32_t row = index[i];
        uint8_t goes_right = bin_goes_right(kind, bins[(int64_t)row * b->n_columns], split->bin);
        index[n_left] = row;
        spare[n_right] = row;
        n_left += !goes_right;
        n_right += goes_right;
    }
    memcpy(index + n_left, spare, (size_t)n_right * sizeof *index);
    s->count[leaf] = n_left;
    s->start[right] = first + n_left;
    s->count[right] = n_right;
}

typedef struct split_work {
    boost_search *s;
    const boost_split *split;
} split_work;

static ptg_status split_leaf(void *context, int64_t leaf, ptg_error *err)
{
    (void)err;
    const split_work *w = context;
    boost_search_part(w->s, w->split, leaf, leaf + leaves_at(w->s->level));
    return PTG_OK;
}

ptg_status boost_search_split(boost_search *s, const boost_split *split, bool *useful, ptg_error *err)
{
    split_work w = {.s = s, .split = split};
    int64_t leaves = leaves_at(s->level);
    *useful = false;
    TRY(pool_run(s->pool, leaves, split_leaf, &w, err));
    for (int64_t leaf = 0; leaf < leaves; leaf++)
        *useful = *useful || (s->count[leaf] > 0 && s->count[leaf + leaves] > 0);
    if (*useful) {
        s->level++;
        return PTG_OK;
    }
    for (int64_t leaf = 0; leaf < leaves; leaf++)
        s->count[leaf] += s->count[leaf + leaves];
    return PTG_OK;
}
