/* Stable sort of (key, row) pairs. A handful is sorted by insertion, some hundred by merging, more by radix: three passes of 11
 * bits over the upper 33 bits, which part nearly all doubles (sign, exponent and 21 bits of the fraction), and then each run of
 * items that are equal so far is sorted by its lower bits, the long ones in three more passes. A digit that all keys share is
 * skipped. Reference: Knuth, The Art of Computer Programming 3, 5.2.5. */
#include "numeric/order.h"

#include <stdbool.h>

enum { DIGIT_BITS = 11, N_DIGITS = 3, N_BUCKETS = 1 << DIGIT_BITS, UPPER_SHIFT = 31, FEW = 24, SOME = 700 };

static const int upper_digits[N_DIGITS] = {UPPER_SHIFT, UPPER_SHIFT + DIGIT_BITS, UPPER_SHIFT + 2 * DIGIT_BITS};
static const int lower_digits[N_DIGITS] = {0, 10, 20}; /* one bit of overlap each: they cover bits 0 to 30 */

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

static void merge_sort(order_item *items, order_item *scratch, int64_t n)
{
    if (n <= FEW) {
        insertion_sort(items, n);
        return;
    }
    int64_t half = n / 2, left = 0, right = half, at = 0;
    merge_sort(items, scratch, half);
    merge_sort(items + half, scratch, n - half);
    if (items[half - 1].key <= items[half].key) return;
    memcpy(scratch, items, (size_t)half * sizeof *items);
    while (left < half && right < n)
        items[at++] = items[right].key < scratch[left].key ? items[right++] : scratch[left++];
    memcpy(items + at, scratch + left, (size_t)(half - left) * sizeof *items);
}

static inline uint32_t digit_of(uint64_t key, int shift)
{
    return (uint32_t)(key >> shift) & (N_BUCKETS - 1);
}

static void place(const order_item *from, order_item *to, int64_t n, int shift, int64_t *count)
{
    int64_t start = 0;
    for (int b = 0; b < N_BUCKETS; b++) {
        int64_t here = count[b];
        count[b] = start;
        start += here;
    }
    for (int64_t i = 0; i < n; i++)
        to[count[digit_of(from[i].key, shift)]++] = from[i];
}

static void radix_sort(order_item *items, order_item *scratch, int64_t n, const int shifts[N_DIGITS])
{
    int64_t count[N_DIGITS][N_BUCKETS] = {{0}};
    for (int64_t i = 0; i < n; i++)
        for (int d = 0; d < N_DIGITS; d++)
            count[d][digit_of(items[i].key, shifts[d])]++;
    order_item *from = items, *to = scratch;
    for (int d = 0; d < N_DIGITS; d++) {
        if (count[d][digit_of(items[0].key, shifts[d])] == n) continue;
        place(from, to, n, shifts[d], count[d]);
        order_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) memcpy(items, from, (size_t)n * sizeof *items);
}

/* Items are in order of their upper bits: puts each run that is equal so far into the order of the lower bits. */
static void sort_runs(order_item *items, order_item *scratch, int64_t n)
{
    for (int64_t i = 0, next; i < n; i = next) {
        bool sorted = true;
        for (next = i + 1; next < n && items[next].key >> UPPER_SHIFT == items[i].key >> UPPER_SHIFT; next++)
            sorted = sorted && items[next - 1].key <= items[next].key;
        if (sorted) continue;
        if (next - i > SOME)
            radix_sort(items + i, scratch, next - i, lower_digits);
        else
            merge_sort(items + i, scratch, next - i);
    }
}

void order_sort(order_item *items, order_item *scratch, int64_t n)
{
    if (is_sorted(items, n)) return;
    if (n <= SOME) {
        merge_sort(items, scratch, n);
        return;
    }
    radix_sort(items, scratch, n, upper_digits);
    sort_runs(items, scratch, n);
}
