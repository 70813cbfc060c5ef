/* Columns seen as categories: coded ones, and numbers that repeat and are codes: rows of one number are more
 * alike than rows of neighbouring ones. */
#ifndef LEARN_BOOST_CATEGORY_H
#define LEARN_BOOST_CATEGORY_H

#include "learn/statistic_tables.h"

typedef struct boost_category {
    int32_t feature;
    const int32_t *codes, *held_codes; /* -1 = missing; held-out rows: -2 = a number that training did not see */
    const double *values;              /* numbers: the value of each code, ascending; NULL where the column is coded */
    int32_t n_values;
} boost_category;

/* What rows are alike in: a class, or a value between 0 and 1 (its rank). */
typedef struct category_target {
    const double *values;
    bool is_class;
} category_target;

/* A CODED column; held NULL: no held-out rows. */
boost_category boost_category_of_codes(const matrix *x, const matrix *held, int32_t number);
/* A REAL column where each of its values, more than two, stands in `least_rows` rows in the mean, and rows of one value are
 * more alike in the target than rows of neighbouring values; *is false elsewhere. */
ptg_status boost_category_of_numbers(const matrix *x, const matrix *held, int32_t number, double least_rows,
                                     const category_target *target, arena *a, boost_category *out, bool *is, ptg_error *err);
/* The ranks of values between 0 and 1, equal ones alike, in `out` (n). */
ptg_status boost_category_ranks(const double *values, int64_t n, double *out, ptg_error *err);

#endif
