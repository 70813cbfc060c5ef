/* See boost_sample.h. MVS: minimal variance sampling (Ibragimov, Gusev 2019). */
#include "learn/boost_sample.h"

#include <math.h>

#include "learn/boost_noise.h"

#define MVS_BLOCK 8192
#define MVS_STEPS 20
#define PACK_CHUNK 8192

static double weight_of(const boost_gradients *g, int64_t row)
{
    return g->weight ? g->weight[row] : 1;
}

static void keep(boost_search *s, double *row_weight, int64_t row, double weight)
{
    row_weight[row] = weight;
    s->index[s->n_used++] = (uint32_t)row;
}

static double weighted_norm(const boost_gradients *g, int64_t row, double spread)
{
    double sum = 0, w = weight_of(g, row);
    for (int32_t k = 0; k < g->n_outputs; k++) {
        double one = w * g->gradient[k * g->n_rows + row];
        sum += one * one;
    }
    return sqrt(sum + spread);
}

/* The threshold m with sum of min(1, norm / m) = wanted: rows above it are kept for sure. Each step solves with the rows that
 * are above the last one, which rises to the solution. */
static double mvs_threshold(const double *norm, int64_t n, double wanted)
{
    double threshold = 0, total = 0;
    for (int64_t i = 0; i < n; i++)
        total += norm[i];
    threshold = total / wanted;
    for (int step = 0; step < MVS_STEPS; step++) {
        double below = 0, sure = 0;
        for (int64_t i = 0; i < n; i++) {
            bool is_sure = norm[i] >= threshold;
            sure += is_sure;
            below += is_sure ? 0 : norm[i];
        }
        if (sure >= wanted) break;
        double next = below / (wanted - sure);
        if (next == threshold) break;
        threshold = next;
    }
    return threshold;
}

static void mvs_block(const boost_sampling *how, const boost_gradients *g, uint64_t key, double spread, int64_t first,
                      int64_t n, boost_search *s, double *row_weight)
{
    double norm[MVS_BLOCK];
    for (int64_t i = 0; i < n; i++)
        norm[i] = weighted_norm(g, first + i, spread);
    double threshold = mvs_threshold(norm, n, how->share * (double)n);
    for (int64_t i = 0; i < n; i++) {
        double p = norm[i] >= threshold ? 1 : norm[i] / threshold;
        if (noise_unit(noise_word(key, 1, (uint64_t)(first + i))) < p)
            keep(s, row_weight, first + i, weight_of(g, first + i) / p);
    }
}

static double bayesian_weight(uint64_t word, double temperature)
{
    double weight = -noise_log(1 - noise_unit(word));
    return temperature == 1 ? weight : pow(weight, temperature);
}

void boost_sample_rows(const boost_sampling *how, const boost_gradients *g, uint64_t key, double spread, boost_search *s,
                       double *row_weight)
{
    s->n_used = 0;
    for (int64_t first = 0; how->kind == BOOTSTRAP_MVS && first < g->n_rows; first += MVS_BLOCK)
        mvs_block(how, g, key, spread, first, g->n_rows - first < MVS_BLOCK ? g->n_rows - first : MVS_BLOCK, s, row_weight);
    for (int64_t i = 0; how->kind != BOOTSTRAP_MVS && i < g->n_rows; i++) {
        uint64_t word = how->kind == BOOTSTRAP_NO ? 0 : noise_word(key, 1, (uint64_t)i);
        double w = weight_of(g, i);
        if (how->kind == BOOTSTRAP_BAYESIAN) w *= bayesian_weight(word, how->temperature);
        if (how->kind == BOOTSTRAP_BERNOULLI && noise_unit(word) >= how->share) continue;
        keep(s, row_weight, i, w);
    }
}

/* Whole numbers of bits. */
static int32_t bits_of(int64_t n)
{
    int32_t bits = 0;
    while (n >> bits)
        bits++;
    return bits;
}

/* The scale 2^k that brings `largest` below 2^bits, at most 2^60. */
static double power_below(double largest, int32_t bits)
{
    int exponent;
    if (!(largest > 0)) return 1;
    frexp(largest, &exponent);
    int shift = bits - exponent;
    return ldexp(1, shift > 1000 ? 1000 : shift);
}

/* Sums stay below 2^63 together, and below 2^50 each, so that doubles hold them exactly. */
static void choose_packing(boost_packing *p, int64_t n, double largest_gradient, double largest_weight, bool all_ones)
{
    int32_t row_bits = bits_of(n), spare = 62 - 2 * row_bits, weight = all_ones ? 0 : spare / 3 > 16 ? 16 : spare / 3;
    if (!all_ones && weight < 3) weight = 3;
    p->counts = all_ones;
    p->weight_scale = all_ones ? 1 : power_below(largest_weight, weight);
    p->weight_bits = row_bits + weight;
    int32_t sum_bits = 62 - p->weight_bits > 49 ? 49 : 62 - p->weight_bits;
    p->gradient_scale = power_below(largest_gradient, sum_bits - row_bits);
}

typedef struct pack_work {
    const boost_gradients *g;
    const double *row_weight;
    boost_search *s;
    double *largest; /* two a chunk */
} pack_work;

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static int64_t chunk_end(const boost_search *s, int64_t chunk)
{
    int64_t end = (chunk + 1) * PACK_CHUNK;
    return end < s->n_used ? end : s->n_used;
}

static ptg_status find_largest(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const pack_work *w = context;
    double gradient = 0, weight = 0;
    for (int64_t i = chunk * PACK_CHUNK; i < chunk_end(w->s, chunk); i++) {
        uint32_t row = w->s->index[i];
        weight = larger(weight, w->row_weight[row]);
        for (int32_t k = 0; k < w->g->n_outputs; k++)
            gradient = larger(gradient, fabs(w->row_weight[row] * w->g->gradient[k * w->g->n_rows + row]));
    }
    w->largest[2 * chunk] = gradient;
    w->largest[2 * chunk + 1] = weight;
    return PTG_OK;
}

static ptg_status pack_chunk(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const pack_work *w = context;
    const boost_packing *p = &w->s->packing;
    for (int32_t k = 0; k < w->g->n_outputs; k++) {
        const double *gradient = w->g->gradient + k * w->g->n_rows;
        int64_t *packed = w->s->packed + k * w->g->n_rows;
        for (int64_t i = chunk * PACK_CHUNK; i < chunk_end(w->s, chunk); i++) {
            uint32_t row = w->s->index[i];
            double weight = w->row_weight[row];
            int64_t high = (int64_t)rint(weight * gradient[row] * p->gradient_scale);
            packed[row] = high * (INT64_C(1) << p->weight_bits) + (int64_t)rint(weight * p->weight_scale);
        }
    }
    return PTG_OK;
}

ptg_status boost_pack_rows(const boost_gradients *g, const double *row_weight, bool all_ones, boost_search *s, ptg_error *err)
{
    int64_t n_chunks = (s->n_used + PACK_CHUNK - 1) / PACK_CHUNK;
    pack_work w = {.g = g, .row_weight = row_weight, .s = s, .largest = mem_array(2 * n_chunks, sizeof *w.largest)};
    if (!w.largest) return fail_memory(err);
    ptg_status status = pool_run(s->pool, n_chunks, find_largest, &w, err);
    double gradient = 0, weight = 0;
    for (int64_t c = 0; c < n_chunks; c++) {
        gradient = larger(gradient, w.largest[2 * c]);
        weight = larger(weight, w.largest[2 * c + 1]);
    }
    mem_free(w.largest);
    choose_packing(&s->packing, s->n_used, gradient, weight, all_ones);
    if (status == PTG_OK) status = pool_run(s->pool, n_chunks, pack_chunk, &w, err);
    return status;
}
