/* Radix sort of texts: eight bytes after the common beginning become a big-endian number, by which the texts are sorted byte
 * after byte (least significant first; bytes that all share are passed over). Runs of equal numbers are sorted by what follows,
 * in the same way; short runs by comparing, and so are runs that many steps did not part. */
#include "table/text_sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FEW = 64, DEEPEST = 16 };

typedef struct keyed_text {
    uint64_t key;
    int64_t at; /* in the items */
} keyed_text;

static int compare(const void *a, const void *b)
{
    return text_compare(((const sorted_text *)a)->value, ((const sorted_text *)b)->value);
}

static int64_t common_beginning(const sorted_text *items, int64_t n)
{
    int64_t size = items[0].value.size;
    for (int64_t i = 1; i < n && size; i++) {
        int64_t most = items[i].value.size < size ? items[i].value.size : size, k = 0;
        while (k < most && items[i].value.data[k] == items[0].value.data[k])
            k++;
        size = k;
    }
    return size;
}

/* The eight bytes from `skip` on, zeros after the end. */
static uint64_t key_of(text t, int64_t skip)
{
    uint64_t key = 0;
    if (t.size - skip >= 8) {
        memcpy(&key, t.data + skip, 8);
        return __builtin_bswap64(key);
    }
    for (int64_t i = skip; i < t.size; i++)
        key |= (uint64_t)(unsigned char)t.data[i] << (56 - 8 * (i - skip));
    return key;
}

/* Stable, by the byte at `shift`; false when all keys share it. */
static bool sort_by_byte(const keyed_text *from, keyed_text *to, int64_t n, int shift)
{
    int64_t places[257] = {0};
    for (int64_t i = 0; i < n; i++)
        places[(from[i].key >> shift & 255) + 1]++;
    if (places[(from[0].key >> shift & 255) + 1] == n) return false;
    for (int k = 0; k < 256; k++)
        places[k + 1] += places[k];
    for (int64_t i = 0; i < n; i++)
        to[places[from[i].key >> shift & 255]++] = from[i];
    return true;
}

/* Item i becomes the one at keys[i].at, cycle by cycle. */
static void arrange(sorted_text *items, keyed_text *keys, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (keys[i].at == i) continue;
        sorted_text first = items[i];
        int64_t to = i;
        for (int64_t from = keys[to].at; from != i; from = keys[to].at) {
            items[to] = items[from];
            keys[to].at = to;
            to = from;
        }
        items[to] = first;
        keys[to].at = to;
    }
}

/* Sorts the items by eight bytes; `keys` has room for 2 n, and keys[i].key is item i's afterwards. */
static void sort_by_key(sorted_text *items, int64_t n, int64_t skip, keyed_text *keys)
{
    keyed_text *from = keys, *to = keys + n;
    for (int64_t i = 0; i < n; i++)
        from[i] = (keyed_text){key_of(items[i].value, skip), i};
    for (int shift = 0; shift < 64; shift += 8) {
        if (!sort_by_byte(from, to, n, shift)) continue;
        keyed_text *swap = from;
        from = to;
        to = swap;
    }
    if (from != keys) memcpy(keys, from, (size_t)n * sizeof *keys);
    arrange(items, keys, n);
}

static ptg_status sort_part(sorted_text *items, int64_t n, int depth, ptg_error *err);

/* Runs of one key: the texts agree in all bytes up to skip + 8, or end within them. */
static ptg_status sort_runs(sorted_text *items, int64_t n, const keyed_text *keys, int depth, ptg_error *err)
{
    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && keys[end].key == keys[i].key; end++) {
        }
        if (end - i > 1) TRY(sort_part(items + i, end - i, end - i < n ? depth + 1 : DEEPEST, err));
    }
    return PTG_OK;
}

static ptg_status sort_part(sorted_text *items, int64_t n, int depth, ptg_error *err)
{
    if (n <= FEW || depth == DEEPEST) {
        qsort(items, (size_t)n, sizeof *items, compare);
        return PTG_OK;
    }
    int64_t skip = common_beginning(items, n);
    keyed_text *keys = mem_array(n, 2 * sizeof *keys);
    if (!keys) return fail_memory(err);
    sort_by_key(items, n, skip, keys);
    ptg_status status = sort_runs(items, n, keys, depth, err);
    mem_free(keys);
    return status;
}

ptg_status text_sort(sorted_text *items, int64_t n, ptg_error *err)
{
    return sort_part(items, n, 0, err);
}
