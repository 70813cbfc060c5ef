/* The inner loops of `boost`: filling histograms, scanning them for splits, and exponentials. One plain C body is compiled for
 * each instruction set; every operation is exact or correctly rounded and in fixed order, so that all give the same bits. */
#ifndef LEARN_BOOST_KERNELS_H
#define LEARN_BOOST_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "trees/bins.h"

/* Sums are packed in one whole number: the gradient above the lowest `weight_bits` bits, which hold the weight (never
 * negative). Adding, subtracting and ordering rows anyhow gives the same sum. */
typedef struct boost_packing {
    int32_t weight_bits;
    double gradient_scale, weight_scale; /* whole number = scale * value */
    bool counts;                         /* all weights are 1: their sums count rows */
} boost_packing;

static inline double packed_weight(const boost_packing *p, int64_t sum)
{
    return (double)(sum & ((INT64_C(1) << p->weight_bits) - 1));
}

static inline double packed_gradient(const boost_packing *p, int64_t sum)
{
    return (double)(sum >> p->weight_bits);
}

/* What a scan of one column in one leaf adds to: for each split the two sums of the score. Room for BINS_MOST values. */
typedef struct boost_scores {
    double numerator[BINS_MOST], denominator[BINS_MOST];
} boost_scores;

/* How the bins of one column compete. */
typedef struct boost_contest {
    int32_t cosine; /* score = numerator / sqrt(denominator), else numerator */
    double noise;   /* standard deviation of what is added */
    uint64_t key;   /* of the noise */
} boost_contest;

typedef struct boost_kernels {
    const char *name;
    /* Adds packed[i] to the cell of each column of row index[i]. */
    void (*fill)(const bin_block *b, const uint32_t *index, const int64_t *packed, int64_t n, int64_t *cells);
    /* Of two children, `left` holds their sum and `right` one of them (the right one where right_known): makes them both. */
    void (*part)(int64_t *left, int64_t *right, int64_t n, int32_t right_known);
    /* Splits of a leaf after bin 0, 1, ...: adds sum a*G to the numerator and sum a*a*W to the denominator, both sides, with
     * a = G / (W + lambda), all in packed units. */
    void (*scan_borders)(const int64_t *cells, int32_t n_bins, const boost_packing *p, double lambda, boost_scores *to);
    /* The same for splits of one bin against the rest. */
    void (*scan_levels)(const int64_t *cells, int32_t n_bins, const boost_packing *p, double lambda, boost_scores *to);
    /* The bin among n with the best score and noise (the first of equals; -1 where no score is a number), and its score alone.
     */
    int32_t (*choose)(const boost_scores *scores, int32_t n, const boost_contest *how, double *best_score);
    void (*exponential)(const double *x, int64_t n, double *out); /* within 2 ulp; beyond +-708 as at 708; out may be x */
    void (*logistic)(const double *x, int64_t n, double *out);    /* 1 / (1 + e^-x) */
} boost_kernels;

/* The best ones that this processor has, and all that it has (plain first), for tests. */
const boost_kernels *boost_kernels_best(void);
int32_t boost_kernels_all(const boost_kernels *out[3]);

#endif
