/* Duplicate rows: 128 bits of hash a row (two independent mixings of the columns' values), then one hash table of first rows.
 * Two different rows share 128 bits with a chance below 1e-26 in a table of a million rows. */
#include "profile/duplicate_rows.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

#define CHUNK_ROWS 16384

typedef struct row_hash {
    uint64_t a, b;
} row_hash;

typedef struct hash_work {
    const frame *f;
    const int32_t *columns; /* NULL: the first n_columns */
    int32_t n_columns;
    row_hash *hashes;
} hash_work;

/* Each half is a bijection of the word for a given state, and of the state for a given word. */
static void take_word(row_hash *h, uint64_t word)
{
    h->a = (h->a + word + 1) * UINT64_C(0x9e3779b97f4a7c15);
    h->a ^= h->a >> 32;
    h->b = (h->b ^ word) * UINT64_C(0xd6e8feb86659fd93) + UINT64_C(0xa0761d6478bd642f);
    h->b ^= h->b >> 29;
}

static uint64_t number_word(double v)
{
    uint64_t bits;
    if (isnan(v)) return UINT64_C(0x7ff8000000000000);
    v += 0.0;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static void take_text(row_hash *h, text t)
{
    if (t.data == NULL) {
        take_word(h, UINT64_MAX);
        return;
    }
    take_word(h, (uint64_t)t.size);
    take_word(h, hash_word(t.data, (size_t)t.size, 1));
    h->b ^= hash_word(t.data, (size_t)t.size, 2);
}

static void take_column(const column *c, int64_t from, int64_t to, row_hash *hashes)
{
    if (c->numbers != NULL) {
        for (int64_t i = from; i < to; ++i)
            take_word(&hashes[i], number_word(c->numbers[i]));
    } else if (c->codes != NULL) {
        for (int64_t i = from; i < to; ++i)
            take_word(&hashes[i], (uint64_t)(int64_t)c->codes[i]);
    } else {
        for (int64_t i = from; i < to; ++i)
            take_text(&hashes[i], c->cells[i]);
    }
}

static ptg_status hash_chunk(void *context, int64_t chunk, ptg_error *err)
{
    const hash_work *w = context;
    (void)err;
    const int64_t from = chunk * CHUNK_ROWS, n = frame_rows(w->f), to = from + CHUNK_ROWS < n ? from + CHUNK_ROWS : n;
    for (int32_t k = 0; k < w->n_columns; ++k)
        take_column(frame_column(w->f, w->columns == NULL ? k : w->columns[k]), from, to, w->hashes);
    return PTG_OK;
}

/* first[i] is the first row with the same hash. */
static ptg_status match_rows(const row_hash *hashes, int64_t n, int64_t *first, ptg_error *err)
{
    int64_t n_slots = 16;
    while (n_slots < 2 * n)
        n_slots *= 2;
    int64_t *slots = mem_array(n_slots, sizeof *slots);
    if (slots == NULL) return fail_memory(err);
    const uint64_t mask = (uint64_t)n_slots - 1;
    for (int64_t i = 0; i < n; ++i) {
        uint64_t at = hashes[i].a & mask;
        while (slots[at] != 0 && (hashes[slots[at] - 1].a != hashes[i].a || hashes[slots[at] - 1].b != hashes[i].b))
            at = (at + 1) & mask;
        if (slots[at] == 0) slots[at] = i + 1;
        first[i] = slots[at] - 1;
    }
    mem_free(slots);
    return PTG_OK;
}

ptg_status equal_rows_find(const frame *f, const int32_t *columns, int32_t n_columns, pool *threads, int64_t *first,
                           ptg_error *err)
{
    const int64_t n = frame_rows(f);
    row_hash *hashes = mem_array(n, sizeof *hashes);
    if (hashes == NULL) return fail_memory(err);
    hash_work work = {.f = f, .columns = columns, .n_columns = n_columns, .hashes = hashes};
    ptg_status status = pool_run(threads, (n + CHUNK_ROWS - 1) / CHUNK_ROWS, hash_chunk, &work, err);
    if (status == PTG_OK) status = match_rows(hashes, n, first, err);
    mem_free(hashes);
    return status;
}

static void offer_group(duplicate_rows *out, int64_t row, int64_t copies)
{
    int32_t at = out->n_top;
    while (at > 0 && copies > out->top[at - 1].copies)
        --at;
    if (at == TOP_DUPLICATES) return;
    const int32_t last = out->n_top < TOP_DUPLICATES ? out->n_top++ : TOP_DUPLICATES - 1;
    for (int32_t k = last; k > at; --k)
        out->top[k] = out->top[k - 1];
    out->top[at] = (duplicate_group){.copies = copies, .rows = {row}};
}

static void list_rows(const int64_t *first, int64_t n, duplicate_group *group)
{
    const int64_t row = group->rows[0];
    for (int64_t i = row; i < n && group->n_rows < DUPLICATE_ROWS_SHOWN; ++i) {
        if (first[i] == row) group->rows[group->n_rows++] = i;
    }
}

ptg_status duplicate_rows_find(const frame *f, pool *threads, duplicate_rows *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    const int64_t n = frame_rows(f);
    *out = (duplicate_rows){0};
    int64_t *first = mem_array(n, sizeof *first), *copies = mem_array(n, sizeof *copies);
    if (first == NULL || copies == NULL) {
        status = fail_memory(err);
        goto done;
    }
    GO(equal_rows_find(f, NULL, frame_columns(f), threads, first, err));
    for (int64_t i = 0; i < n; ++i) {
        out->count += first[i] != i;
        ++copies[first[i]];
    }
    for (int64_t i = 0; i < n; ++i) {
        if (copies[i] > 1) offer_group(out, i, copies[i]);
    }
    for (int32_t k = 0; k < out->n_top; ++k)
        list_rows(first, n, &out->top[k]);
done:
    mem_free(first);
    mem_free(copies);
    return status;
}

ptg_status duplicate_rows_mark(const frame *f, pool *threads, bool *repeats, ptg_error *err)
{
    const int64_t n = frame_rows(f);
    int64_t *first = mem_array(n, sizeof *first);
    ptg_status status = first != NULL ? equal_rows_find(f, NULL, frame_columns(f), threads, first, err) : fail_memory(err);
    for (int64_t i = 0; status == PTG_OK && i < n; ++i)
        repeats[i] = first[i] != i;
    mem_free(first);
    return status;
}
