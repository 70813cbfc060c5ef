/* Which rows a tree's structure is grown on and with what weight, and their numbers packed for histograms. Values of leaves are
 * always found on all rows. */
#ifndef LEARN_BOOST_SAMPLE_H
#define LEARN_BOOST_SAMPLE_H

#include "learn/boost_search.h"

typedef enum bootstrap_kind { BOOTSTRAP_NO, BOOTSTRAP_BERNOULLI, BOOTSTRAP_BAYESIAN, BOOTSTRAP_MVS } bootstrap_kind;

typedef struct boost_sampling {
    bootstrap_kind kind;
    double share;       /* BERNOULLI, MVS: of the rows */
    double temperature; /* BAYESIAN: weights (-log u)^temperature */
} boost_sampling;

/* What a tree is grown on: n_outputs x n_rows negative gradients and weights (NULL = all 1). */
typedef struct boost_gradients {
    const double *gradient;
    const double *weight;
    int64_t n_rows;
    int32_t n_outputs;
} boost_gradients;

/* Fills s->index and s->n_used, and row_weight (n_rows) by row for those in use. `spread` is MVS's lambda: what is added to the
 * squared norm of a row's gradients. */
void boost_sample_rows(const boost_sampling *how, const boost_gradients *g, uint64_t key, double spread, boost_search *s,
                       double *row_weight);
/* Fills s->packed and s->packing from the rows in use. Weights that are all 1 are exact; else they and the gradients share the
 * bits that no sum over all rows can overflow. */
ptg_status boost_pack_rows(const boost_gradients *g, const double *row_weight, bool all_ones, boost_search *s, ptg_error *err);

#endif
