/* Associations between any two columns, on a uniform sample of rows: Pearson and Spearman for numbers, Cramer's V for
 * categories, the correlation ratio between the two kinds, mutual information for all. docs/formats/profile.md, ASSOCIATIONS.
 */
#ifndef PROFILE_ASSOCIATIONS_H
#define PROFILE_ASSOCIATIONS_H

#include "base/memory.h"
#include "base/pool.h"
#include "table/frame.h"

#define ASSOCIATION_PAIRS 50
#define ASSOCIATION_COLUMNS 200 /* looked at; wider tables: the first ones of the list */
#define ASSOCIATION_MATRIX 12
#define ASSOCIATION_ROWS 10000

/* NaN where a measure does not apply or is not defined. */
typedef struct association {
    int32_t a, b;             /* columns of the frame */
    double pearson, spearman; /* two numbers; ranks are those of all sampled values of a column */
    double cramer;            /* two categories: bias-corrected V */
    double ratio;             /* number and category: square root of the explained share of the number's variance, corrected */
    double information;       /* mutual information over the root of the product of the entropies, corrected */
    double strength;          /* 0 ... 1: the largest of |pearson|, |spearman|; cramer; ratio */
} association;

typedef struct associations {
    int64_t rows;    /* sampled */
    int32_t columns; /* that were compared with each other */
    int32_t n;
    association pairs[ASSOCIATION_PAIRS]; /* strongest first */
    int32_t n_matrix;
    int32_t matrix_columns[ASSOCIATION_MATRIX];             /* the first ones of the list */
    double matrix[ASSOCIATION_MATRIX * ASSOCIATION_MATRIX]; /* strengths; 1 on the diagonal */
} associations;

/* Compares the listed columns, most interesting first. Texts that hardly repeat and columns of one value are passed over. The
 * result is the same at any number of threads. */
ptg_status associations_make(const frame *f, const int32_t *columns, int32_t n, uint64_t seed, pool *threads, associations *out,
                             ptg_error *err);

#endif
