/* See boost_statistics.h. A statistic is (sum of targets + prior) / (count + 1) with priors 0, 1/2 and 1 (1/2 alone where
 * there are several targets); the last one of a projection is the count against the largest count. They are rounded to f32
 * where they are made, so that training and the tables of the model compare the same numbers with borders. */
#include "learn/boost_statistics.h"

#include <string.h>

#include "base/random.h"
#include "learn/boost_totals.h"
#include "numeric/order.h"
#include "trees/borders.h"

static const double three_priors[] = {0, 0.5, 1}, one_prior[] = {0.5};
enum { TARGETS_MOST = 10, PROJECTIONS_MOST = 256 };

/* Targets that means are taken of: a class itself; of several classes whether the class is beyond the first, second, ...; of
 * values their rank between 0 and 1. */
static void targets_of_classes(boost_statistics *s, const learn_rows *rows)
{
    int64_t n = rows->x->n_rows;
    for (int32_t t = 0; t < s->n_targets; t++)
        for (int64_t i = 0; i < n; i++)
            s->targets[t * n + i] = rows->target[i] > t;
}

static ptg_status targets_of_values(boost_statistics *s, const learn_rows *rows, ptg_error *err)
{
    int64_t n = rows->x->n_rows;
    double *ranks = mem_array(n, sizeof *ranks);
    ptg_status status = ranks ? boost_category_ranks(rows->target, n, ranks, err) : fail_memory(err);
    for (int64_t i = 0; i < n && status == PTG_OK; i++)
        s->targets[i] = (float)ranks[i];
    mem_free(ranks);
    return status;
}

static void make_orders(boost_statistics *s, int64_t n)
{
    for (int32_t p = 0; p < s->settings.n_orders; p++) {
        uint32_t *order = s->orders + p * n;
        random_stream random = random_of(s->settings.seed + (uint64_t)p, "boost/orders");
        for (int64_t i = 0; i < n; i++)
            order[i] = (uint32_t)i;
        for (int64_t i = n - 1; i > 0 && !s->settings.own_order; i--) {
            int64_t j = random_below(&random, i + 1);
            uint32_t swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
    }
}

/* How many projections there may be: all categories alone, and combinations as far as their numbers fit. */
static int64_t most_projections(const boost_statistics *s, int64_t n, int64_t n_held)
{
    int64_t per_row = (int64_t)sizeof(uint32_t) + s->settings.n_orders * s->n_columns;
    int64_t bytes = n * per_row + n_held * ((int64_t)sizeof(int32_t) + s->n_columns);
    int64_t most = s->settings.most_bytes / (bytes > 0 ? bytes : 1);
    most = most > PROJECTIONS_MOST ? PROJECTIONS_MOST : most;
    return most < s->n_categories ? s->n_categories : most;
}

ptg_status boost_statistics_start(boost_statistics *s, const statistics_settings *settings, const learn_task *task,
                                  const learn_rows *rows, const boost_category *categories, int32_t n_categories,
                                  ptg_error *err)
{
    int64_t n = rows->x->n_rows;
    *s = (boost_statistics){.settings = *settings,
                            .train = rows->x,
                            .held = task->held_out.x,
                            .categories = categories,
                            .n_categories = n_categories,
                            .n_targets = 1};
    if (task->problem == PROBLEM_MULTICLASS)
        s->n_targets = task->n_classes - 1 < TARGETS_MOST ? task->n_classes - 1 : TARGETS_MOST;
    bool alone = s->n_targets == 1;
    s->priors = alone ? three_priors : one_prior;
    s->n_priors = alone ? 3 : 1;
    s->n_columns = s->n_targets * s->n_priors + 1;
    s->blocks_per_order = (s->n_columns + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
    if (n_categories == 0) return PTG_OK;
    if (!(s->memory = arena_new())) return fail_memory(err);
    s->targets = arena_array(s->memory, s->n_targets * n, sizeof *s->targets);
    s->orders = arena_array(s->memory, s->settings.n_orders * n, sizeof *s->orders);
    s->most_projections = most_projections(s, n, s->held ? s->held->n_rows : 0);
    s->projections = arena_array(s->memory, s->most_projections, sizeof *s->projections);
    if (!s->targets || !s->orders || !s->projections) return fail_memory(err);
    make_orders(s, n);
    if (task->problem == PROBLEM_REGRESSION) return targets_of_values(s, rows, err);
    targets_of_classes(s, rows);
    return PTG_OK;
}

void boost_statistics_clear(boost_statistics *s)
{
    for (int64_t p = 0; p < s->n_projections; p++)
        for (int32_t b = 0; b < s->settings.n_orders * s->blocks_per_order; b++)
            mem_free(s->projections[p]->blocks[b].cells);
    arena_free(s->memory);
    *s = (boost_statistics){0};
}

/* The combination of categories as an ascending list; false where it is too long or the category is in it already. */
static bool combine(const boost_statistics *s, const boost_projection *base, int32_t category, boost_projection *out)
{
    int32_t n = 0, had = base ? base->n_categories : 0;
    if (had + 1 > s->settings.most_combined || had + 1 > COMBINED_MOST) return false;
    for (int32_t i = 0; i < had; i++) {
        if (base->categories[i] == category) return false;
        if (n == i && base->categories[i] > category) out->categories[n++] = category;
        out->categories[n++] = base->categories[i];
    }
    if (n == had) out->categories[n++] = category;
    out->n_categories = n;
    out->category = category;
    return true;
}

static boost_projection *find_projection(const boost_statistics *s, const boost_projection *like, int64_t *base_number,
                                         const boost_projection *base)
{
    boost_projection *found = NULL;
    for (int64_t p = 0; p < s->n_projections; p++) {
        boost_projection *at = s->projections[p];
        if (at == base) *base_number = p;
        if (at->n_categories == like->n_categories &&
            memcmp(at->categories, like->categories, (size_t)like->n_categories * sizeof *like->categories) == 0)
            found = at;
    }
    return found;
}

/* Numbers of keys in the order of first sight: open addressing, a key of 0 in `slots` with id 0 is empty. */
typedef struct key_map {
    uint64_t *keys;  /* by id */
    uint32_t *slots; /* id + 1; 0 = empty */
    uint64_t mask;
    int64_t n;
} key_map;

static uint64_t slot_of(const key_map *m, uint64_t key)
{
    uint64_t at = (key ^ key >> 29) * UINT64_C(0x9E3779B97F4A7C15) >> 20 & m->mask;
    while (m->slots[at] != 0 && m->keys[m->slots[at] - 1] != key)
        at = (at + 1) & m->mask;
    return at;
}

static uint32_t add_key(key_map *m, uint64_t key)
{
    uint64_t at = slot_of(m, key);
    if (m->slots[at] == 0) {
        m->keys[m->n] = key;
        m->slots[at] = (uint32_t)++m->n;
    }
    return m->slots[at] - 1;
}

static void number_rows(boost_statistics *s, boost_projection *p, const boost_projection *base, key_map *map)
{
    const boost_category *c = &s->categories[p->category];
    for (int64_t i = 0; i < s->train->n_rows; i++)
        p->ids[i] = add_key(map, level_key(base ? base->ids[i] : 0, c->codes[i]));
    for (int64_t i = 0; s->held && i < s->held->n_rows; i++) {
        int32_t parent = base ? base->held_ids[i] : 0;
        uint64_t at = parent < 0 ? 0 : slot_of(map, level_key((uint32_t)parent, c->held_codes[i]));
        p->held_ids[i] = parent < 0 ? -1 : (int32_t)map->slots[at] - 1;
    }
    p->n_ids = map->n;
}

static ptg_status make_ids(boost_statistics *s, boost_projection *p, const boost_projection *base, ptg_error *err)
{
    int64_t n = s->train->n_rows, slots = 16;
    while (slots < 2 * n)
        slots *= 2;
    key_map map = {.keys = mem_array(n, sizeof *map.keys), .slots = mem_array(slots, sizeof *map.slots)};
    map.mask = (uint64_t)slots - 1;
    p->ids = arena_array(s->memory, n, sizeof *p->ids);
    p->held_ids = s->held ? arena_array(s->memory, s->held->n_rows, sizeof *p->held_ids) : NULL;
    ptg_status status = map.keys && map.slots && p->ids && (p->held_ids || !s->held) ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        number_rows(s, p, base, &map);
        p->keys = arena_array(s->memory, p->n_ids, sizeof *p->keys);
        if (p->keys)
            memcpy(p->keys, map.keys, (size_t)p->n_ids * sizeof *p->keys);
        else
            status = fail_memory(err);
    }
    mem_free(map.keys);
    mem_free(map.slots);
    return status;
}

static ptg_status make_projection(boost_statistics *s, const boost_projection *like, const boost_projection *base,
                                  boost_projection **out, ptg_error *err)
{
    boost_projection *p = arena_array(s->memory, 1, sizeof *p);
    if (!p) return fail_memory(err);
    *p = *like;
    p->first_statistic = s->n_projections * s->n_columns;
    p->blocks = arena_array(s->memory, s->settings.n_orders * s->blocks_per_order, sizeof *p->blocks);
    if (!p->blocks) return fail_memory(err);
    TRY(make_ids(s, p, base, err));
    p->redundant = base && p->n_ids == base->n_ids;
    s->projections[s->n_projections++] = *out = p;
    return PTG_OK;
}

ptg_status boost_statistics_get(boost_statistics *s, const boost_projection *base, int32_t category, boost_projection **out,
                                ptg_error *err)
{
    boost_projection like = {.parent = -1};
    int64_t base_number = -1;
    *out = NULL;
    if (!combine(s, base, category, &like)) return PTG_OK;
    *out = find_projection(s, &like, &base_number, base);
    if (!*out && s->n_projections < s->most_projections) {
        like.parent = (int32_t)base_number;
        TRY(make_projection(s, &like, base, out, err));
    }
    if (*out && (*out)->redundant) *out = NULL;
    return PTG_OK;
}

ptg_status statistics_totals_make(const boost_statistics *s, const boost_projection *p, bool full, id_totals *t, ptg_error *err)
{
    int64_t n = s->train->n_rows;
    *t = (id_totals){.sums = mem_array(s->n_targets * p->n_ids, sizeof *t->sums),
                     .counts = mem_array(p->n_ids, sizeof *t->counts)};
    if (!t->sums || !t->counts) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        uint32_t count = ++t->counts[p->ids[i]];
        t->largest = count > t->largest ? count : t->largest;
        for (int32_t k = 0; full && k < s->n_targets; k++)
            t->sums[(int64_t)p->ids[i] * s->n_targets + k] += s->targets[k * n + i];
    }
    return PTG_OK;
}

void statistics_totals_clear(id_totals *t)
{
    mem_free(t->sums);
    mem_free(t->counts);
}

static float mean_with_prior(double sum, double count, double prior)
{
    return (float)((sum + prior) / (count + 1));
}

float statistics_total_value(const boost_statistics *s, const id_totals *t, int32_t c, int64_t id)
{
    double count = id < 0 ? 0 : t->counts[id];
    if (c == s->n_columns - 1) return (float)(count / ((double)t->largest + 1));
    double sum = id < 0 ? 0 : t->sums[id * s->n_targets + c / s->n_priors];
    return mean_with_prior(sum, count, s->priors[c % s->n_priors]);
}

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
        blocks[b].held = *t;
        t->rows = arena_array(s->memory, s->train->n_rows, (size_t)t->n_columns);
        if (!t->rows) return fail_memory(err);
    }
    return PTG_OK;
}

/* Held-out rows have the same bins for every order: those of the first one that is made. */
static ptg_status fill_held(boost_statistics *s, boost_projection *p, boost_block *blocks, const id_totals *t, ptg_error *err)
{
    for (int32_t o = 0; o < s->settings.n_orders; o++) {
        const boost_block *other = p->blocks + o * s->blocks_per_order;
        if (other == blocks || !other->train.rows || !other->held.rows) continue;
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

/* Walks the order: a row's statistics are those of the rows before it; counts are of all rows. */
static ptg_status fill_train(boost_statistics *s, boost_projection *p, int32_t order, boost_block *blocks, const id_totals *t,
                             ptg_error *err)
{
    int64_t n = s->train->n_rows;
    const uint32_t *rows = s->orders + order * n;
    id_totals so_far = {.sums = mem_array(s->n_targets * p->n_ids, sizeof *so_far.sums),
                        .counts = mem_array(p->n_ids, sizeof *so_far.counts)};
    ptg_status status = so_far.sums && so_far.counts ? PTG_OK : fail_memory(err);
    bin_writer w = writer_of(p, blocks, false);
    for (int64_t i = 0; i < n && status == PTG_OK; i++) {
        uint32_t row = rows[i], id = p->ids[row], count = so_far.counts[id]++;
        for (int32_t k = 0; k < s->n_targets; k++) {
            double *sum = &so_far.sums[(int64_t)id * s->n_targets + k];
            for (int32_t j = 0; j < s->n_priors; j++)
                write_bin(&w, row, k * s->n_priors + j, mean_with_prior(*sum, count, s->priors[j]));
            *sum += s->targets[k * n + row];
        }
        write_bin(&w, row, s->n_columns - 1, statistics_total_value(s, t, s->n_columns - 1, id));
    }
    statistics_totals_clear(&so_far);
    return status;
}

ptg_status boost_statistics_blocks(boost_statistics *s, boost_projection *p, int32_t order, boost_block **out, ptg_error *err)
{
    boost_block *blocks = *out = p->blocks + order * s->blocks_per_order;
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

boost_projection *boost_statistics_of(const boost_statistics *s, int64_t statistic)
{
    return s->projections[statistic / s->n_columns];
}
