/* In which order rows stand for ordered target statistics, and which rows before a row it does not see: those of its own group,
 * and those of its own time. */
#ifndef LEARN_BOOST_ORDERS_H
#define LEARN_BOOST_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"

typedef struct orders_request {
    int64_t n_rows;
    int32_t n_orders; /* random ones; there is one alone with own_order or `time` */
    uint64_t seed;
    bool own_order;       /* the only order is that of the rows */
    const int32_t *group; /* NULL: none; -1: a row is a group of its own */
    const double *time;   /* NULL: none; a row without a time (NaN) sees no row and is seen by none */
} orders_request;

/* Rows of a batch stand together; a row sees the batches before its own. */
typedef struct boost_orders {
    int64_t n_rows;
    int32_t n;
    uint32_t *rows;       /* n x n_rows */
    uint32_t *batch;      /* by row, BATCH_UNSEEN: the rows are seen by none; NULL: each row is one */
    const int32_t *group; /* of rows that are in no batch with their group: they do not see it all the same; NULL: none */
} boost_orders;
#define BATCH_UNSEEN 0

/* Random orders are of whole groups; by time, rows of one time are a batch. In the arena; `group` is kept by reference. */
ptg_status boost_orders_make(const orders_request *request, arena *a, boost_orders *out, ptg_error *err);

/* Where the batch ends that starts at a place of an order. */
static inline int64_t batch_end(const boost_orders *o, const uint32_t *order, int64_t start)
{
    int64_t end = start + 1;
    while (o->batch && end < o->n_rows && o->batch[order[end]] == o->batch[order[start]])
        end++;
    return end;
}

static inline bool batch_is_seen(const boost_orders *o, uint32_t row)
{
    return !o->batch || o->batch[row] != BATCH_UNSEEN;
}

#endif
