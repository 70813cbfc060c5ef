/* Stable sort of (key, row) pairs: insertion for a handful, else radix sort from the lowest digit, 11 bits a pass. All six
 * histograms are counted in one pass, and a digit that all keys share is skipped, so that codes and counts take one or two passes.
 * Reference: Knuth, The Art of Computer Programming 3, 5.2.5. */
#include "numeric/order.h"

#include <stdbool.h>

enum { DIGIT_BITS = 11, N_DIGITS = 6, N_BUCKETS = 1 << DIGIT_BITS, FEW = 48 };

static bool is_sorted(const order_item *items, int64_t n)
{
    for (int64_t i = 1; i < n; i++)
        if (items[i - 1].key > items[i].key) return false;
    return true;
}

static void insertion_sort(order_item *items, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        order_item item = items[i];
        int64_t at = i;
        for (; at > 0 && items[at - 1].key > item.key; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

static inline uint32_t digit_of(uint64_t key, int d)
{
    return (uint32_t)(key >> (d * DIGIT_BITS)) & (N_BUCKETS - 1);
}

static void count_digits(const order_item *items, int64_t n, int64_t count[N_DIGITS][N_BUCKETS])
{
    memset(count, 0, sizeof(int64_t) * N_DIGITS * N_BUCKETS);
    for (int64_t i = 0; i < n; i++)
        for (int d = 0; d < N_DIGITS; d++)
            count[d][digit_of(items[i].key, d)]++;
}

static void place(const order_item *from, order_item *to, int64_t n, int d, int64_t *count)
{
    int64_t start = 0;
    for (int b = 0; b < N_BUCKETS; b++) {
        int64_t here = count[b];
        count[b] = start;
        start += here;
    }
    for (int64_t i = 0; i < n; i++)
        to[count[digit_of(from[i].key, d)]++] = from[i];
}

void order_sort(order_item *items, order_item *scratch, int64_t n)
{
    if (is_sorted(items, n)) return;
    if (n <= FEW) {
        insertion_sort(items, n);
        return;
    }
    int64_t count[N_DIGITS][N_BUCKETS];
    count_digits(items, n, count);
    order_item *from = items, *to = scratch;
    for (int d = 0; d < N_DIGITS; d++) {
        if (count[d][digit_of(items[0].key, d)] == n) continue;
        place(from, to, n, d, count[d]);
        order_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) memcpy(items, from, (size_t)n * sizeof *items);
}
