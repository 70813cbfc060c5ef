/* Open addressing with linear probing over XXH3 hashes. Numbers depend on the order of adding only, never on hashes. */
#include "transform/text_index.h"

#include <string.h>

void text_index_init(text_index *index, arena *memory)
{
    *index = (text_index){.memory = memory};
}

/* The slot that holds the text, or the free one where it would stand. */
static int64_t slot_of(const text_index *index, text t, uint64_t hash)
{
    int64_t mask = index->n_slots - 1;
    int64_t slot = (int64_t)(hash & (uint64_t)mask);
    for (; index->slots[slot] != 0; slot = (slot + 1) & mask) {
        int32_t number = index->slots[slot] - 1;
        if (index->hashes[number] == hash && text_equal(index->texts[number], t)) break;
    }
    return slot;
}

int32_t text_index_find(const text_index *index, text t)
{
    if (index->n_slots == 0) return -1;
    return index->slots[slot_of(index, t, text_hash(t))] - 1;
}

static bool grow(text_index *index)
{
    if (index->capacity > INT32_MAX / 4) return false;
    int32_t capacity = index->capacity == 0 ? 8 : index->capacity * 2;
    text *texts = arena_array(index->memory, capacity, sizeof *texts);
    uint64_t *hashes = arena_array(index->memory, capacity, sizeof *hashes);
    int32_t *slots = arena_array(index->memory, (int64_t)capacity * 2, sizeof *slots);
    if (texts == NULL || hashes == NULL || slots == NULL) return false;
    if (index->n > 0) {
        memcpy(texts, index->texts, (size_t)index->n * sizeof *texts);
        memcpy(hashes, index->hashes, (size_t)index->n * sizeof *hashes);
    }
    *index = (text_index){index->memory, texts, hashes, slots, (int64_t)capacity * 2, index->n, capacity};
    for (int32_t i = 0; i < index->n; i++)
        slots[slot_of(index, texts[i], hashes[i])] = i + 1;
    return true;
}

int32_t text_index_add(text_index *index, text t)
{
    uint64_t hash = text_hash(t);
    if (index->n_slots > 0) {
        int32_t number = index->slots[slot_of(index, t, hash)] - 1;
        if (number >= 0) return number;
    }
    if (index->n == index->capacity && !grow(index)) return -1;
    char *copy = arena_text(index->memory, t.data == NULL ? "" : t.data, (size_t)t.size);
    if (copy == NULL) return -1;
    int64_t slot = slot_of(index, t, hash);
    index->texts[index->n] = (text){copy, t.size};
    index->hashes[index->n] = hash;
    index->slots[slot] = ++index->n;
    return index->n - 1;
}

void text_index_save(const text_index *index, bytes_writer *w)
{
    bytes_put_i64(w, index->n);
    for (int32_t i = 0; i < index->n; i++)
        bytes_put_text(w, index->texts[i]);
}

ptg_status text_index_load(text_index *index, bytes_reader *r, ptg_error *err)
{
    int64_t n = bytes_count(r, 1);
    for (int64_t i = 0; i < n && !r->failed; i++) {
        text t = bytes_text(r);
        if (r->failed || t.data == NULL) {
            r->failed = true;
            return PTG_OK;
        }
        int32_t number = text_index_add(index, t);
        if (number < 0) return fail_memory(err);
        if (number != i) r->failed = true;
    }
    return PTG_OK;
}
