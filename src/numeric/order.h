/* Sorting rows by a number: stable radix sort of 64-bit keys, for metrics and splits that sort once a boosting round. */
#ifndef NUMERIC_ORDER_H
#define NUMERIC_ORDER_H

#include <stdint.h>
#include <string.h>

typedef struct order_item {
    uint64_t key;
    int64_t row;
} order_item;

/* A key that sorts as the number does, ascending. Both zeros are one key; NaN sorts beyond the infinity of its sign. */
static inline uint64_t order_key(double value)
{
    uint64_t bits;
    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* Sorts n items by key, ascending; items of equal keys keep their order. `scratch` holds n items. Items that are in order
 * already cost one pass. */
void order_sort(order_item *items, order_item *scratch, int64_t n);

#endif
