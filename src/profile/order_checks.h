/* Orders that tell the target: the order of the rows, and the numbers in ids. */
#ifndef PROFILE_ORDER_CHECKS_H
#define PROFILE_ORDER_CHECKS_H

#include "profile/small_score.h"

#define ORDERS_MOST 5

typedef struct order_checks order_checks;

typedef struct order_fact {
    int32_t at;              /* column of the frame; -1: the order of the rows */
    double rank;             /* Spearman with the target, NaN with more than two classes */
    small_score alone, with; /* of the small model: this number only; the features and it (NaN: alone it says nothing) */
} order_fact;

struct order_checks {
    int32_t n;
    order_fact orders[ORDERS_MOST]; /* the order of the rows first */
    small_score base;               /* the features (without leaks) */
    bool sorted;                    /* the rows are sorted by the target */
    double sorted_measure;          /* classes: changes from row to row over those of a random order; numbers: |Spearman| */
};

struct check_material;
ptg_status order_checks_make(struct check_material *m, order_checks *out, ptg_error *err);

#define ORDER_LEAST 0.05 /* score below which an order says nothing */
#define SORTED_CHANGES 0.05
#define SORTED_RANK 0.95

#endif
