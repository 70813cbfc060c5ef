/* Greedy borders by the sum of logarithms of bin sizes, as CatBoost's GreedyLogSum draws them: a heap of bins, the best cut
 * first. Ties between equal gains are common on whole numbers, so the heap is that of libc++'s priority_queue: a pop sinks the
 * hole to the bottom and lifts the last item from there, a push lifts. */
#include "trees/borders.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

typedef struct span {
    int64_t start, end, cut; /* of the sorted values; cut at start or end: it cannot be cut */
    double gain;
} span;

typedef struct span_heap {
    span *items;
    int32_t n;
} span_heap;

static double log_size(int64_t n)
{
    return log((double)n + 1e-8);
}

static double cut_gain(const span *s, int64_t cut)
{
    if (cut == s->start || cut == s->end) return -INFINITY;
    return log_size(cut - s->start) + log_size(s->end - cut) - log_size(s->end - s->start);
}

/* The first place in start ... end whose value is not below (or, `beyond`, is above) the given one. */
static int64_t first_at(const double *v, int64_t start, int64_t end, double value, bool beyond)
{
    while (start < end) {
        int64_t middle = start + (end - start) / 2;
        if (v[middle] < value || (beyond && v[middle] == value))
            start = middle + 1;
        else
            end = middle;
    }
    return start;
}

/* Of the two cuts around the value in the middle, the better one. */
static span span_of(const double *v, int64_t start, int64_t end)
{
    span s = {.start = start, .end = end};
    int64_t middle = start + (end - start) / 2;
    int64_t below = first_at(v, start, middle, v[middle], false), above = first_at(v, middle, end, v[middle], true);
    double gain_below = cut_gain(&s, below), gain_above = cut_gain(&s, above);
    s.cut = gain_below >= gain_above ? below : above;
    s.gain = fmax(gain_below, gain_above);
    return s;
}

static void lift(span_heap *h, int32_t at, span item)
{
    while (at > 0 && h->items[(at - 1) / 2].gain < item.gain) {
        h->items[at] = h->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h->items[at] = item;
}

static void push(span_heap *h, span item)
{
    h->n++;
    lift(h, h->n - 1, item);
}

static span pop(span_heap *h)
{
    span best = h->items[0], last = h->items[--h->n];
    int32_t hole = 0;
    for (int32_t child = 1; child <= h->n; child = 2 * hole + 1) {
        if (child + 1 <= h->n && h->items[child].gain < h->items[child + 1].gain) child++;
        h->items[hole] = h->items[child];
        hole = child;
    }
    if (h->n > 0) lift(h, hole, last);
    return best;
}

/* Halfway, but never at or above the upper neighbour, which must stay beyond it. */
static double border_between(double a, double b)
{
    double middle = 0.5 * a + 0.5 * b;
    if (!(middle < b)) middle = a;
    return middle == 0 ? 0 : middle; /* -0 is 0 */
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

ptg_status borders_make(const double *sorted, int64_t n, int32_t most, double *out, int32_t *count, ptg_error *err)
{
    *count = 0;
    if (n < 1 || most < 1) return PTG_OK;
    span_heap h = {.items = mem_array((int64_t)most + 2, sizeof *h.items)};
    if (!h.items) return fail_memory(err);
    push(&h, span_of(sorted, 0, n));
    while (h.n <= most && h.items[0].gain > -INFINITY) {
        span best = pop(&h);
        push(&h, span_of(sorted, best.start, best.cut));
        push(&h, span_of(sorted, best.cut, best.end));
    }
    for (int32_t i = 0; i < h.n; i++)
        if (h.items[i].start > 0) out[(*count)++] = border_between(sorted[h.items[i].start - 1], sorted[h.items[i].start]);
    mem_free(h.items);
    qsort(out, (size_t)*count, sizeof *out, compare_numbers);
    return PTG_OK;
}
