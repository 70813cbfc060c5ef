/* Linear leaves of `boost` (Shi, Li, Li 2019: gradient boosting with piece-wise linear trees): a leaf's value plus a ridge
 * regression on the numeric columns that its path asks. A missing number adds nothing; beyond the numbers that the leaf saw
 * the line goes on level. */
#ifndef LEARN_BOOST_LINES_H
#define LEARN_BOOST_LINES_H

#include "learn/boost_leaves.h"
#include "learn/boost_shape.h"
#include "trees/tree_model.h"

/* Most columns of a leaf's line: those nearest the leaf on its path. */
#define LINE_TERMS_MOST 8

/* Lines of all leaves of a tree; those of leaf l are terms[first[l]] ... terms[first[l + 1] - 1]. */
typedef struct boost_lines {
    int32_t *first; /* n_leaves + 1; NULL: there are none */
    tree_term *terms;
} boost_lines;

/* Whether a loss has leaves that may be linear: those that are found by Newton steps. */
bool boost_lines_suit(const boost_loss *loss);
/* One Newton step for the weights of the lines, from the sums of the rows and the leaves' values (both not yet scaled), centers
 * and limits from the rows; in the arena, scaled by the rate. A leaf with few rows for its columns has no terms. */
ptg_status boost_lines_fit(const boost_leaves *how, const boost_rows *rows, const matrix *x, const boost_shape *shape,
                           const double *values, double rate, arena *a, boost_lines *out, ptg_error *err);
/* sums += what the line of each row's leaf adds. */
ptg_status boost_lines_add(const boost_leaves *how, const boost_lines *lines, const matrix *x, boost_rows *rows,
                           ptg_error *err);

#endif
