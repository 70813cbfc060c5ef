/* Counts of codes against classes, over the rows of a sample, and what they say: agreement, certainty, association. */
#ifndef PROFILE_CLASS_COUNTS_H
#define PROFILE_CLASS_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

typedef struct class_counts {
    int32_t n_codes, n_classes;
    int64_t n;
    int64_t *cells;   /* n_codes x n_classes */
    int64_t *codes;   /* rows of each code */
    int64_t *classes; /* rows of each class */
} class_counts;

ptg_status class_counts_make(int32_t n_codes, int32_t n_classes, class_counts *out, ptg_error *err);
void class_counts_clear(class_counts *c); /* a zeroed struct is fine */
void class_counts_add(class_counts *c, int32_t code, int32_t class_number);

/* Share of rows that are not of the most frequent class. */
double class_counts_impurity(const class_counts *c);
/* Where codes and classes are one to one (codes of less than half a percent of the rows aside): the share of rows that agree;
 * else NaN. */
double class_counts_agreement(const class_counts *c);
/* Cramer's V with the bias correction of Bergsma (2013); NaN with less than two codes or classes. */
double class_counts_cramer(const class_counts *c);

/* Rows where the class is certain: in parts (codes; `ordered`: neighbouring codes put together until they are large enough)
 * whose share of other classes is at most CERTAIN_IMPURITY of that of the whole. `expected` is the share that a logistic
 * curve in the order of the codes makes certain (binary and ordered; else NaN). */
#define CERTAIN_IMPURITY 0.02
typedef struct class_certainty {
    double share, expected;
} class_certainty;
class_certainty class_counts_certainty(const class_counts *c, bool ordered);

#endif
