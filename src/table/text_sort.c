/* Radix sort of texts. After the common beginning each place of the texts holds few different bytes (ten digits, a dozen
 * letters), so that a place takes as many bits as the range of its bytes and of the end needs, and up to LONGEST places become
 * one number of 64 bits. By these the texts are sorted, DIGIT bits at a time, least significant first. Runs of equal numbers
 * are sorted by what follows, in the same way; short runs by comparing, and so are runs that many steps did not part. */
#include "table/text_sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FEW = 32, DEEPEST = 16, LONGEST = 24, DIGIT = 10 };

typedef struct keyed_text {
    uint64_t key;
    int32_t number;
} keyed_text;

/* How places become numbers: of the first `n` places after `skip` bytes. */
typedef struct packing {
    int64_t skip;
    int n, bits;                  /* in all */
    unsigned char least[LONGEST]; /* byte; 0 stands for the end, 1 for the least byte */
    unsigned char width[LONGEST];
} packing;

static int compare(const void *a, const void *b, void *texts)
{
    const text *all = texts;
    return text_compare(all[*(const int32_t *)a], all[*(const int32_t *)b]);
}

static int64_t common_beginning(const text *texts, const int32_t *order, int64_t n)
{
    const text first = texts[order[0]];
    int64_t size = first.size;
    for (int64_t i = 1; i < n && size; i++) {
        const text t = texts[order[i]];
        int64_t most = t.size < size ? t.size : size, k = 0;
        while (k < most && t.data[k] == first.data[k])
            k++;
        size = k;
    }
    return size;
}

/* Bits that hold 0 ... most. */
static int bits_of(int most)
{
    return most ? 32 - __builtin_clz((unsigned)most) : 0;
}

static packing find_packing(const text *texts, const int32_t *order, int64_t n)
{
    packing p = {.skip = common_beginning(texts, order, n)};
    unsigned char most[LONGEST] = {0};
    memset(p.least, 0xFF, sizeof p.least);
    for (int64_t i = 0; i < n; i++) {
        const unsigned char *bytes = (const unsigned char *)texts[order[i]].data + p.skip;
        int64_t left = texts[order[i]].size - p.skip;
        for (int k = 0; k < LONGEST && k < left; k++) {
            p.least[k] = bytes[k] < p.least[k] ? bytes[k] : p.least[k];
            most[k] = bytes[k] > most[k] ? bytes[k] : most[k];
        }
    }
    for (; p.n < LONGEST && most[p.n] >= p.least[p.n]; p.n++) {
        int width = bits_of(most[p.n] - p.least[p.n] + 1);
        if (p.bits + width > 64) break;
        p.width[p.n] = (unsigned char)width;
        p.bits += width;
    }
    return p;
}

static uint64_t key_of(const packing *p, text t)
{
    const unsigned char *bytes = (const unsigned char *)t.data + p->skip;
    int64_t left = t.size - p->skip;
    uint64_t key = 0;
    for (int k = 0; k < p->n; k++)
        key = key << p->width[k] | (uint64_t)(k < left ? bytes[k] - p->least[k] + 1 : 0);
    return key;
}

/* Stable, by the DIGIT bits at `shift`; false when all keys share them. */
static bool sort_by_digit(const keyed_text *from, keyed_text *to, int64_t n, int shift)
{
    enum { VALUES = 1 << DIGIT };
    int64_t places[VALUES + 1] = {0};
    for (int64_t i = 0; i < n; i++)
        places[(from[i].key >> shift & (VALUES - 1)) + 1]++;
    if (places[(from[0].key >> shift & (VALUES - 1)) + 1] == n) return false;
    for (int k = 0; k < VALUES; k++)
        places[k + 1] += places[k];
    for (int64_t i = 0; i < n; i++)
        to[places[from[i].key >> shift & (VALUES - 1)]++] = from[i];
    return true;
}

/* Sorts `order` by the keys; `keys` has room for 2 n. Returns the sorted keys, which lie in it. */
static const keyed_text *sort_by_key(const text *texts, int32_t *order, int64_t n, keyed_text *keys)
{
    const packing p = find_packing(texts, order, n);
    keyed_text *from = keys, *to = keys + n;
    for (int64_t i = 0; i < n; i++)
        from[i] = (keyed_text){key_of(&p, texts[order[i]]), order[i]};
    for (int shift = 0; shift < p.bits; shift += DIGIT) {
        if (!sort_by_digit(from, to, n, shift)) continue;
        keyed_text *swap = from;
        from = to;
        to = swap;
    }
    for (int64_t i = 0; i < n; i++)
        order[i] = from[i].number;
    return from;
}

static ptg_status sort_part(const text *texts, int32_t *order, int64_t n, int depth, ptg_error *err);

/* Runs of one key: the texts agree in all bytes that it is made of. */
static ptg_status sort_runs(const text *texts, int32_t *order, int64_t n, const keyed_text *keys, int depth, ptg_error *err)
{
    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && keys[end].key == keys[i].key; end++) {
        }
        if (end - i > 1) TRY(sort_part(texts, order + i, end - i, depth + 1, err));
    }
    return PTG_OK;
}

static ptg_status sort_part(const text *texts, int32_t *order, int64_t n, int depth, ptg_error *err)
{
    if (n <= FEW || depth == DEEPEST) {
        qsort_r(order, (size_t)n, sizeof *order, compare, (void *)(uintptr_t)texts);
        return PTG_OK;
    }
    keyed_text *keys = mem_array(n, 2 * sizeof *keys);
    if (!keys) return fail_memory(err);
    const keyed_text *sorted = sort_by_key(texts, order, n, keys);
    ptg_status status = sort_runs(texts, order, n, sorted, depth, err);
    mem_free(keys);
    return status;
}

ptg_status text_sort(const text *texts, int32_t n, int32_t *order, ptg_error *err)
{
    for (int32_t i = 0; i < n; i++)
        order[i] = i;
    return sort_part(texts, order, n, 0, err);
}
