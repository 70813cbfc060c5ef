/* Open addressing with linear probing; at most half of the slots are taken. */
#include "profile/text_table.h"

#include <string.h>

#include "base/memory.h"

#define FIRST_CAPACITY 64

void text_table_clear(text_table *t)
{
    mem_free(t->values);
    mem_free(t->counts);
    mem_free(t->hashes);
    mem_free(t->slots);
    *t = (text_table){0};
}

static void fill_slots(text_table *t)
{
    const uint64_t mask = (uint64_t)t->n_slots - 1;
    for (int64_t i = 0; i < t->n; ++i) {
        uint64_t at = t->hashes[i] & mask;
        while (t->slots[at] != 0)
            at = (at + 1) & mask;
        t->slots[at] = (int32_t)(i + 1);
    }
}

static ptg_status grow(text_table *t, ptg_error *err)
{
    const int64_t capacity = t->capacity == 0 ? FIRST_CAPACITY : t->capacity * 2;
    if (capacity > INT32_MAX) return fail_memory(err);
    text *values = mem_resize(t->values, t->capacity, capacity, sizeof *values);
    if (values == NULL) return fail_memory(err);
    t->values = values;
    int64_t *counts = mem_resize(t->counts, t->capacity, capacity, sizeof *counts);
    if (counts == NULL) return fail_memory(err);
    t->counts = counts;
    uint64_t *hashes = mem_resize(t->hashes, t->capacity, capacity, sizeof *hashes);
    if (hashes == NULL) return fail_memory(err);
    t->hashes = hashes;
    int32_t *slots = mem_array(capacity * 2, sizeof *slots);
    if (slots == NULL) return fail_memory(err);
    mem_free(t->slots);
    t->slots = slots;
    t->n_slots = capacity * 2;
    t->capacity = capacity;
    fill_slots(t);
    return PTG_OK;
}

ptg_status text_table_add(text_table *t, text value, int32_t *code, ptg_error *err)
{
    if (t->n == t->capacity) TRY(grow(t, err));
    const uint64_t hash = text_hash(value), mask = (uint64_t)t->n_slots - 1;
    uint64_t at = hash & mask;
    while (t->slots[at] != 0) {
        const int32_t found = t->slots[at] - 1;
        if (t->hashes[found] == hash && text_equal(t->values[found], value)) {
            ++t->counts[found];
            if (code != NULL) *code = found;
            return PTG_OK;
        }
        at = (at + 1) & mask;
    }
    t->values[t->n] = value;
    t->counts[t->n] = 1;
    t->hashes[t->n] = hash;
    if (code != NULL) *code = (int32_t)t->n;
    t->slots[at] = (int32_t)++t->n;
    return PTG_OK;
}

int32_t text_table_find(const text_table *t, text value)
{
    if (t->n == 0) return -1;
    const uint64_t hash = text_hash(value), mask = (uint64_t)t->n_slots - 1;
    for (uint64_t at = hash & mask; t->slots[at] != 0; at = (at + 1) & mask) {
        const int32_t found = t->slots[at] - 1;
        if (t->hashes[found] == hash && text_equal(t->values[found], value)) return found;
    }
    return -1;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool text_next_word(text *rest, text *word)
{
    int64_t from = 0;
    while (from < rest->size && is_blank(rest->data[from]))
        ++from;
    int64_t to = from;
    while (to < rest->size && !is_blank(rest->data[to]))
        ++to;
    *word = (text){.data = rest->data == NULL ? NULL : rest->data + from, .size = to - from};
    if (rest->data != NULL) rest->data += to;
    rest->size -= to;
    return word->size > 0;
}
