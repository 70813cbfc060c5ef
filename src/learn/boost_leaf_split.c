/* See boost_leaf_split.h. A leaf of fewer rows than a column has bins leaves many of them empty; a split behind an empty bin is
 * that behind the bin before, so that only the others are looked at. */
#include "learn/boost_leaf_split.h"

#include <math.h>
#include <string.h>

#include "learn/boost_noise.h"

enum { KEY_BINS = 1, KEY_COLUMNS = 2, KEY_LOOKED_AT = 3, LANES = 8 };

/* The bins of a column that a contest is about: all of them, or those with rows. */
typedef struct thin_column {
    const bin_column *column;
    bool thin;
    int32_t n; /* bins */
    uint8_t bins[BINS_MOST];
    int64_t cells[BINS_MOST]; /* of the output at hand */
} thin_column;

static const int64_t *column_cells(const leaf_view *v, int32_t number, int32_t output)
{
    const bin_block *t = &v->block->train;
    return v->cells + output * block_cells(t) + ((int64_t)number << t->log_bins);
}

/* What lies in bins that count as empty, which weigh nothing, joins the next one. */
static void thin_out(const int64_t *cells, const int64_t *first_output, int32_t n_bins, thin_column *out)
{
    int64_t sum = 0;
    int32_t n = 0;
    for (int32_t b = 0; b < n_bins; b++) {
        bool full = first_output[b] != 0;
        sum += cells[b];
        out->bins[n] = (uint8_t)b;
        out->cells[n] = sum;
        sum = full ? 0 : sum;
        n += full;
    }
    if (n > 0) out->cells[n - 1] += sum;
    out->n = n;
}

static int32_t count_splits(const thin_column *c)
{
    return c->column->kind == BIN_LEVEL ? c->n : c->n - 1;
}

static void clear_scores(boost_scores *scores, int32_t n)
{
    size_t bytes = (size_t)((n + LANES - 1) / LANES * LANES) * sizeof *scores->numerator;
    memset(scores->numerator, 0, bytes);
    memset(scores->denominator, 0, bytes);
}

static void scan(const leaf_view *v, int32_t number, thin_column *c, boost_scores *scores)
{
    const boost_search *s = v->search;
    const int64_t *first = column_cells(v, number, 0);
    for (int32_t k = 0; k < s->n_outputs; k++) {
        const int64_t *cells = column_cells(v, number, k);
        if (c->thin) thin_out(cells, first, c->column->n_bins, c);
        if (k == 0) clear_scores(scores, count_splits(c));
        if (count_splits(c) < 1) return;
        if (c->column->kind == BIN_LEVEL)
            s->kernels->scan_levels(cells, c->n, &s->packing, s->lambda, scores);
        else
            s->kernels->scan_borders(c->thin ? c->cells : cells, c->n, &s->packing, s->lambda, scores);
    }
}

static int32_t bin_at(const thin_column *c, int32_t split)
{
    return c->thin ? c->bins[split] : split;
}

/* Splits by a border are forbidden at both ends. */
static void forbid_borders(const leaf_view *v, const thin_column *c, const int64_t *counts, boost_scores *scores)
{
    int32_t low = 0, high = c->column->n_bins - 1, n = count_splits(c);
    int64_t left = counts[low] & v->count_bits, right = counts[high] & v->count_bits;
    while (left < v->least_rows && low < c->column->n_bins - 1)
        left += counts[++low] & v->count_bits;
    while (right < v->least_rows && high > 0)
        right += counts[--high] & v->count_bits;
    for (int32_t i = 0; i < n && bin_at(c, i) < low; i++)
        scores->numerator[i] = -INFINITY;
    for (int32_t i = n - 1; i >= 0 && bin_at(c, i) >= high; i--)
        scores->numerator[i] = -INFINITY;
}

static void forbid_levels(const leaf_view *v, const thin_column *c, const int64_t *counts, boost_scores *scores)
{
    for (int32_t b = 0; b < c->n; b++) {
        int64_t side = counts[b] & v->count_bits;
        if (side < v->least_rows || v->n_rows - side < v->least_rows) scores->numerator[b] = -INFINITY;
    }
}

static void forbid_few(const leaf_view *v, int32_t number, const thin_column *c, boost_scores *scores)
{
    const int64_t *counts = v->counts + ((int64_t)number << v->block->train.log_bins);
    if (c->column->kind == BIN_LEVEL)
        forbid_levels(v, c, counts, scores);
    else
        forbid_borders(v, c, counts, scores);
}

static bool is_looked_at(const leaf_view *v, int32_t of_feature)
{
    if (v->search->column_share >= 1) return true;
    return noise_unit(noise_word(v->key, KEY_LOOKED_AT, (uint64_t)of_feature)) < v->search->column_share;
}

leaf_choice boost_leaf_split(const leaf_view *v, int32_t number)
{
    const boost_search *s = v->search;
    const bin_column *column_bins = &v->block->train.columns[number];
    leaf_choice best = {.bin = -1};
    boost_scores scores;
    thin_column c;
    c.column = column_bins;
    c.thin = column_bins->kind == BIN_NUMBER && v->n_rows < column_bins->n_bins;
    c.n = column_bins->n_bins;
    if (!is_looked_at(v, column_bins->feature)) return best;
    scan(v, number, &c, &scores);
    if (count_splits(&c) < 1) return best;
    if (v->counts) forbid_few(v, number, &c, &scores);
    boost_contest how = {.cosine = s->score == SCORE_COSINE,
                         .noise = s->noise,
                         .key = noise_word(v->key, KEY_BINS, (uint64_t)column_bins->feature)};
    int32_t at = s->kernels->choose(&scores, count_splits(&c), &how, &best.score);
    if (at < 0) return best;
    best.bin = bin_at(&c, at);
    best.worth = scores.numerator[at];
    return best;
}

double boost_leaf_worth(const leaf_view *v, int32_t number)
{
    const boost_search *s = v->search;
    double worth = 0;
    for (int32_t k = 0; k < s->n_outputs; k++) {
        const int64_t *cells = column_cells(v, number, k);
        int64_t sum = 0;
        for (int32_t b = 0; b < v->block->train.columns[number].n_bins; b++)
            sum += cells[b];
        double gradient = packed_gradient(&s->packing, sum);
        worth += gradient * gradient / (packed_weight(&s->packing, sum) + s->lambda);
    }
    return worth;
}

double boost_leaf_noise(const leaf_view *v, int32_t of_feature)
{
    return noise_normal(noise_word(v->key, KEY_COLUMNS, (uint64_t)of_feature));
}
