/* See boost_monotone.h. Leaves are in order where, of two that differ in ordered levels alone, the one that is at least as high
 * on each of them has at least the value: an isotonic regression on a part of a cube, found by Hildreth's method (1957), which
 * meets one pair of leaves after the other, and in the end made exact. */
#include "learn/boost_monotone.h"

#include <math.h>

#define MOST_SWEEPS 500
#define SWEEP_NEARNESS 1e-12

void monotone_scan(const int64_t *cells, const bin_column *c, const boost_packing *p, double lambda, int32_t direction,
                   boost_scores *to)
{
    int64_t total = 0, left = 0;
    for (int32_t b = 0; b < c->n_bins; b++)
        total += cells[b];
    double g = packed_gradient(p, total), w = packed_weight(p, total), a = g / (w + lambda);
    for (int32_t b = 0; b < c->n_bins - 1; b++) {
        left += cells[b];
        double gl = packed_gradient(p, left), wl = packed_weight(p, left), gr = g - gl, wr = w - wl;
        double al = gl / (wl + lambda), ar = gr / (wr + lambda);
        bool is_whole = c->borders[b] > BORDER_MISSING && direction * (ar - al) < 0;
        to->numerator[b] += is_whole ? a * g : al * gl + ar * gr;
        to->denominator[b] += is_whole ? a * a * w : al * al * wl + ar * ar * wr;
    }
}

monotone_tree monotone_tree_of(const boost_split *splits, int32_t depth)
{
    monotone_tree t = {.depth = depth};
    for (int32_t l = 0; l < depth; l++) {
        const boost_block *block = splits[l].block;
        bool is_free = block->train.columns[splits[l].column].kind != BIN_NUMBER ||
                       block->train.columns[splits[l].column].borders[splits[l].bin] <= BORDER_MISSING;
        t.direction[l] = is_free ? 0 : block->direction[splits[l].column];
    }
    return t;
}

/* Leaves by their height: bits of falling levels turned, so that a leaf is below another where its ordered bits are some of the
 * other's, and the other bits are equal. */
typedef struct leaf_order {
    int32_t n, ordered, turned; /* leaves; bits of ordered levels, and of falling ones */
} leaf_order;

static leaf_order order_of(const monotone_tree *t)
{
    leaf_order o = {.n = 1 << t->depth};
    for (int32_t l = 0; l < t->depth; l++) {
        if (t->direction[l] != 0) o.ordered |= 1 << l;
        if (t->direction[l] < 0) o.turned |= 1 << l;
    }
    return o;
}

static bool is_below(const leaf_order *o, int32_t low, int32_t high)
{
    return low != high && ((low ^ high) & ~o->ordered) == 0 && (low & ~high) == 0;
}

/* Two leaves with a say, the first below the second, and what has moved them towards each other so far. */
typedef struct leaf_pair {
    int32_t low, high;
    double force;
} leaf_pair;

static int64_t list_pairs(const leaf_order *o, const double *weight, leaf_pair *out)
{
    int64_t n = 0;
    for (int32_t high = 0; high < o->n; high++)
        for (int32_t low = 0; low < high; low++) {
            int32_t a = low ^ o->turned, b = high ^ o->turned;
            if (!is_below(o, low, high) || !(weight[a] > 0) || !(weight[b] > 0)) continue;
            if (out) out[n] = (leaf_pair){.low = a, .high = b};
            n++;
        }
    return n;
}

/* Moves each pair to where it just meets, or back as far as it was moved. The largest move. */
static double sweep(leaf_pair *pairs, int64_t n, const double *weight, double *values)
{
    double largest = 0;
    for (int64_t i = 0; i < n; i++) {
        leaf_pair *p = &pairs[i];
        double give = 1 / weight[p->low] + 1 / weight[p->high];
        double force = fmax((values[p->low] - values[p->high]) / give, -p->force);
        p->force += force;
        values[p->low] -= force / weight[p->low];
        values[p->high] += force / weight[p->high];
        largest = fmax(largest, fabs(force) * give);
    }
    return largest;
}

static double size_of(const double *values, int32_t n)
{
    double size = 0;
    for (int32_t i = 0; i < n; i++)
        size = fmax(size, fabs(values[i]));
    return size;
}

/* The least value of the leaves with a say that differ from `leaf` in ordered levels alone; 0 where there are none. */
static double least_beside(const leaf_order *o, const double *weight, const double *values, int32_t leaf)
{
    double least = INFINITY;
    for (int32_t other = 0; other < o->n; other++)
        if (((leaf ^ other) & ~o->ordered) == 0 && weight[other] > 0) least = fmin(least, values[other]);
    return least < INFINITY ? least : 0;
}

/* From low to high: no leaf is lower than those below it. One without a say is as high as they are, or as the least beside it.
 */
static void make_exact(const leaf_order *o, const double *weight, double *values, double *below)
{
    for (int32_t height = 0; height < o->n; height++) {
        int32_t leaf = height ^ o->turned;
        double most = -INFINITY;
        for (int32_t bit = 1; bit < o->n; bit <<= 1)
            if (o->ordered & height & bit) most = fmax(most, below[height ^ bit]);
        if (weight[leaf] > 0) values[leaf] = most = fmax(values[leaf], most);
        below[height] = most;
    }
    for (int32_t height = 0; height < o->n; height++) {
        int32_t leaf = height ^ o->turned;
        if (!(weight[leaf] > 0))
            values[leaf] = below[height] > -INFINITY ? below[height] : least_beside(o, weight, values, leaf);
    }
}

ptg_status monotone_values(const monotone_tree *t, const double *weight, double *values, ptg_error *err)
{
    leaf_order o = order_of(t);
    if (o.ordered == 0) return PTG_OK;
    int64_t n = list_pairs(&o, weight, NULL);
    leaf_pair *pairs = mem_array(n + 1, sizeof *pairs);
    double *below = mem_array(o.n, sizeof *below);
    ptg_status status = pairs && below ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        double enough = SWEEP_NEARNESS * size_of(values, o.n);
        list_pairs(&o, weight, pairs);
        for (int i = 0; i < MOST_SWEEPS && sweep(pairs, n, weight, values) > enough;)
            i++;
        make_exact(&o, weight, values, below);
    }
    mem_free(pairs);
    mem_free(below);
    return status;
}
