/* Columns seen as categories: coded ones, and numbers whose values repeat (they may be codes, and even where they are not, what
 * rows of an equal value say about the target is worth knowing). */
#ifndef LEARN_BOOST_CATEGORY_H
#define LEARN_BOOST_CATEGORY_H

#include "learn/statistic_tables.h"

typedef struct boost_category {
    int32_t feature;
    const int32_t *codes, *held_codes; /* -1 = missing; held-out rows: -2 = a number that training did not see */
    const double *values;              /* numbers: the value of each code, ascending; NULL where the column is coded */
    int32_t n_values;
} boost_category;

/* A CODED column; held NULL: no held-out rows. */
boost_category boost_category_of_codes(const matrix *x, const matrix *held, int32_t number);
/* A REAL column where each of its values, more than two, stands in `least_rows` rows in the mean; *is false elsewhere. */
ptg_status boost_category_of_numbers(const matrix *x, const matrix *held, int32_t number, double least_rows, arena *a,
                                     boost_category *out, bool *is, ptg_error *err);

#endif
