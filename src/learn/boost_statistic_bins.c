/* The bins of ordered target statistics (boost_statistics.h): of training rows for one order of the rows, of held-out rows from
 * the totals. */
#include <string.h>

#include "learn/boost_statistics.h"
#include "learn/boost_totals.h"
#include "learn/key_map.h"

/* Evenly spaced borders, as CatBoost places them. */
static ptg_status make_columns(boost_statistics *s, boost_projection *p, ptg_error *err)
{
    int32_t count = s->settings.border_count;
    double *borders = arena_array(s->memory, count, sizeof *borders);
    p->columns = arena_array(s->memory, s->n_columns, sizeof *p->columns);
    if (!borders || !p->columns) return fail_memory(err);
    for (int32_t b = 0; b < count; b++)
        borders[b] = (b + 0.999999) / count;
    for (int32_t c = 0; c < s->n_columns; c++)
        p->columns[c] = (bin_column){.kind = BIN_NUMBER,
                                     .feature = (int32_t)(s->train->n_features + p->first_statistic + c),
                                     .n_bins = count + 1,
                                     .borders = borders};
    return PTG_OK;
}

/* The number of borders below a value of about 0 to 1: borders are evenly spaced, so the right one is next to the first guess.
 */
static inline uint8_t bin_value(const double *borders, int32_t n, float value)
{
    int32_t bin = (int32_t)(value * (float)n);
    bin = bin < 0 ? 0 : bin > n ? n : bin;
    while (bin < n && borders[bin] < value)
        bin++;
    while (bin > 0 && !(borders[bin - 1] < value))
        bin--;
    return (uint8_t)bin;
}

/* Where the statistics of a row go: one block after the other. */
typedef struct bin_writer {
    boost_block *blocks;
    const double *borders;
    int32_t n_borders;
    bool held;
    bin_block *block;
    uint8_t *at;
    int32_t left; /* columns of the block to come */
} bin_writer;

static void writer_block(bin_writer *w, int32_t number, int64_t row)
{
    w->block = w->held ? &w->blocks[number].held : &w->blocks[number].train;
    w->left = w->block->n_columns;
    w->at = w->block->rows + row * w->block->n_columns;
}

static inline void write_bin(bin_writer *w, int64_t row, int32_t c, float value)
{
    if (w->left == 0) writer_block(w, c / BLOCK_COLUMNS, row);
    *w->at++ = bin_value(w->borders, w->n_borders, value);
    w->left--;
}

static bin_writer writer_of(const boost_projection *p, boost_block *blocks, bool held)
{
    return (bin_writer){
        .blocks = blocks, .borders = p->columns[0].borders, .n_borders = p->columns[0].n_bins - 1, .held = held};
}

static ptg_status shape_blocks(boost_statistics *s, const boost_projection *p, boost_block *blocks, ptg_error *err)
{
    for (int32_t b = 0; b < s->blocks_per_order; b++) {
        bin_block *t = &blocks[b].train;
        int32_t rest = s->n_columns - b * BLOCK_COLUMNS;
        t->n_columns = rest < BLOCK_COLUMNS ? rest : BLOCK_COLUMNS;
        t->log_bins = bins_log(p->columns[0].n_bins);
        memcpy(t->columns, p->columns + b * BLOCK_COLUMNS, (size_t)t->n_columns * sizeof *t->columns);
        uint8_t *held = blocks[b].held.rows;
        blocks[b].held = *t;
        blocks[b].held.rows = held;
        t->rows = mem_array(s->train->n_rows, (size_t)t->n_columns);
        if (!t->rows) return fail_memory(err);
        s->kept_bytes += s->train->n_rows * t->n_columns;
    }
    return PTG_OK;
}

/* Held-out rows have the same bins for every order: those of the first one that is made. */
static ptg_status fill_held(boost_statistics *s, boost_projection *p, boost_block *blocks, const id_totals *t, ptg_error *err)
{
    if (blocks->held.rows) return PTG_OK;
    for (int32_t o = 0; o < s->orders.n; o++) {
        const boost_block *other = p->blocks + o * s->blocks_per_order;
        if (!other->held.rows) continue;
        for (int32_t b = 0; b < s->blocks_per_order; b++)
            blocks[b].held.rows = other[b].held.rows;
        return PTG_OK;
    }
    for (int32_t b = 0; b < s->blocks_per_order; b++) {
        blocks[b].held.rows = arena_array(s->memory, s->held->n_rows, (size_t)blocks[b].held.n_columns);
        if (!blocks[b].held.rows) return fail_memory(err);
    }
    bin_writer w = writer_of(p, blocks, true);
    for (int64_t i = 0; i < s->held->n_rows; i++)
        for (int32_t c = 0; c < s->n_columns; c++)
            write_bin(&w, i, c, statistics_total_value(s, t, c, p->held_ids[i]));
    return PTG_OK;
}

/* Sums and counts of what was added so far: by id, or by id and group. */
typedef struct sums_so_far {
    id_totals ids, own;
    uint32_t *pairs; /* by row: the number of its id and group together; NULL: rows do not look at groups */
} sums_so_far;

/* Numbers the pairs of id and group; a row that is a group of its own never meets it again. */
static ptg_status number_pairs(const boost_statistics *s, const boost_projection *p, sums_so_far *sums, int64_t *n,
                               ptg_error *err)
{
    int64_t rows = s->train->n_rows;
    key_map map;
    sums->pairs = mem_array(rows, sizeof *sums->pairs);
    ptg_status status = key_map_make(rows, &map, err);
    if (status == PTG_OK && !sums->pairs) status = fail_memory(err);
    for (int64_t i = 0; i < rows && status == PTG_OK; i++)
        sums->pairs[i] = key_map_number(&map, level_key(p->ids[i], s->orders.group[i]));
    *n = map.n;
    key_map_clear(&map);
    return status;
}

static ptg_status sums_start(const boost_statistics *s, const boost_projection *p, sums_so_far *sums, ptg_error *err)
{
    int64_t n_pairs = 0;
    *sums = (sums_so_far){0};
    TRY(statistics_totals_alloc(s, p->n_ids, &sums->ids, err));
    if (!s->orders.group) return PTG_OK;
    TRY(number_pairs(s, p, sums, &n_pairs, err));
    return statistics_totals_alloc(s, n_pairs, &sums->own, err);
}

static void sums_clear(sums_so_far *sums)
{
    statistics_totals_clear(&sums->ids);
    statistics_totals_clear(&sums->own);
    mem_free(sums->pairs);
}

/* What a row sees of target k: the rows of its id less those of its group. */
static inline void look_back(const boost_statistics *s, const sums_so_far *sums, uint32_t row, uint32_t id, int32_t k,
                             double *sum, double *count)
{
    *sum = sums->ids.sums[(int64_t)id * s->n_targets + k];
    *count = sums->ids.counts[id];
    if (!sums->pairs || s->orders.group[row] < 0) return;
    uint32_t pair = sums->pairs[row];
    *sum -= sums->own.sums[(int64_t)pair * s->n_targets + k];
    *count -= sums->own.counts[pair];
}

static inline void add_row(const boost_statistics *s, id_totals *to, uint32_t row, uint32_t at)
{
    to->counts[at]++;
    for (int32_t k = 0; k < s->n_targets; k++)
        to->sums[(int64_t)at * s->n_targets + k] += s->targets[k * s->train->n_rows + row];
}

static inline void write_row(const boost_statistics *s, const boost_projection *p, const sums_so_far *sums, const id_totals *t,
                             uint32_t row, bin_writer *w)
{
    uint32_t id = p->ids[row];
    for (int32_t k = 0; k < s->n_targets; k++) {
        double sum, count;
        look_back(s, sums, row, id, k, &sum, &count);
        for (int32_t j = 0; j < s->n_priors; j++)
            write_bin(w, row, k * s->n_priors + j, statistics_mean(sum, count, s->priors[j]));
    }
    write_bin(w, row, s->n_columns - 1, statistics_total_value(s, t, s->n_columns - 1, id));
}

/* Walks the order: a row's statistics are those of the batches before its own; counts are of all rows. */
static ptg_status fill_train(boost_statistics *s, boost_projection *p, int32_t order, boost_block *blocks, const id_totals *t,
                             ptg_error *err)
{
    int64_t n = s->train->n_rows;
    const uint32_t *rows = s->orders.rows + order * n;
    sums_so_far sums;
    ptg_status status = sums_start(s, p, &sums, err);
    bin_writer w = writer_of(p, blocks, false);
    for (int64_t start = 0, end; start < n && status == PTG_OK; start = end) {
        end = batch_end(&s->orders, rows, start);
        for (int64_t i = start; i < end; i++)
            write_row(s, p, &sums, t, rows[i], &w);
        for (int64_t i = start; i < end && batch_is_seen(&s->orders, rows[i]); i++) {
            add_row(s, &sums.ids, rows[i], p->ids[rows[i]]);
            if (sums.pairs) add_row(s, &sums.own, rows[i], sums.pairs[rows[i]]);
        }
    }
    sums_clear(&sums);
    return status;
}

ptg_status boost_statistics_blocks(boost_statistics *s, boost_projection *p, int32_t order, boost_block **out, ptg_error *err)
{
    boost_block *blocks = *out = p->blocks + order * s->blocks_per_order;
    p->used[order] = s->tree;
    if (blocks->train.rows) return PTG_OK;
    if (!p->columns) TRY(make_columns(s, p, err));
    TRY(shape_blocks(s, p, blocks, err));
    id_totals totals = {0};
    ptg_status status = statistics_totals_make(s, p, s->held != NULL, &totals, err);
    if (status == PTG_OK) status = fill_train(s, p, order, blocks, &totals, err);
    if (status == PTG_OK && s->held) status = fill_held(s, p, blocks, &totals, err);
    statistics_totals_clear(&totals);
    return status;
}

void statistics_bins_drop(boost_statistics *s, boost_projection *p, int32_t order)
{
    for (int32_t b = 0; b < s->blocks_per_order; b++) {
        boost_block *block = p->blocks + order * s->blocks_per_order + b;
        if (block->train.rows) s->kept_bytes -= s->train->n_rows * block->train.n_columns;
        mem_free(block->train.rows);
        mem_free(block->cells);
        block->train.rows = NULL;
        block->cells = NULL;
        block->leaves_room = block->known_tree = 0;
    }
}

/* The one that was asked for before all others; NULL where nothing is made. */
static boost_projection *least_used(const boost_statistics *s, int32_t *order)
{
    boost_projection *found = NULL;
    for (int64_t i = 0; i < s->n_projections; i++) {
        boost_projection *p = s->projections[i];
        for (int32_t o = 0; o < s->orders.n; o++) {
            if (!p->blocks[o * s->blocks_per_order].train.rows) continue;
            if (found && p->used[o] >= found->used[*order]) continue;
            found = p;
            *order = o;
        }
    }
    return found;
}

void boost_statistics_new_tree(boost_statistics *s)
{
    s->tree++;
    while (s->settings.most_bytes > 0 && s->kept_bytes > s->settings.most_bytes) {
        int32_t order = 0;
        boost_projection *p = least_used(s, &order);
        if (!p) return;
        statistics_bins_drop(s, p, order);
    }
}
