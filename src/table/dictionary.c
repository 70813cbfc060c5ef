/* Distinct texts by open addressing with linear probing at most half full. Hashes are kept beside the texts, so that growing
 * and merging never look at the bytes again unless two hashes agree. */
#include "table/dictionary.h"

#include <string.h>

static int64_t slot_of(const dictionary *d, text value, uint64_t hash)
{
    uint64_t mask = (uint64_t)d->n_slots - 1, at = hash & mask;
    for (;; at = (at + 1) & mask) {
        int32_t held = d->slots[at];
        if (!held) return (int64_t)at;
        if (d->hashes[held - 1] == hash && text_equal(d->texts[held - 1], value)) return (int64_t)at;
    }
}

int32_t dictionary_find(const dictionary *d, text value, uint64_t hash)
{
    return d->n_slots ? d->slots[slot_of(d, value, hash)] - 1 : -1;
}

static bool grow_slots(dictionary *d)
{
    int64_t wanted = d->n_slots ? d->n_slots * 2 : 32;
    int32_t *slots = mem_array(wanted, sizeof *slots);
    if (!slots) return false;
    mem_free(d->slots);
    d->slots = slots;
    d->n_slots = wanted;
    uint64_t mask = (uint64_t)wanted - 1;
    for (int32_t i = 0; i < d->n; i++) {
        uint64_t at = d->hashes[i] & mask;
        while (slots[at])
            at = (at + 1) & mask;
        slots[at] = i + 1;
    }
    return true;
}

static bool grow_texts(dictionary *d)
{
    if (d->capacity > INT32_MAX / 2 - 1) return false;
    int32_t wanted = d->capacity ? d->capacity * 2 : 16;
    text *texts = mem_resize(d->texts, d->capacity, wanted, sizeof *texts);
    if (texts) d->texts = texts;
    uint64_t *hashes = mem_resize(d->hashes, d->capacity, wanted, sizeof *hashes);
    if (hashes) d->hashes = hashes;
    int64_t *counts = mem_resize(d->counts, d->capacity, wanted, sizeof *counts);
    if (counts) d->counts = counts;
    if (!texts || !hashes || !counts) return false;
    d->capacity = wanted;
    return true;
}

int32_t dictionary_insert(dictionary *d, text value, uint64_t hash)
{
    if (d->n == d->capacity && !grow_texts(d)) return -1;
    if (2 * (int64_t)(d->n + 1) > d->n_slots && !grow_slots(d)) return -1;
    d->texts[d->n] = value;
    d->hashes[d->n] = hash;
    d->counts[d->n] = 0;
    d->slots[slot_of(d, value, hash)] = d->n + 1;
    return d->n++;
}

int32_t dictionary_count(dictionary *d, text value, int64_t times)
{
    uint64_t hash = text_hash(value);
    int32_t id = dictionary_find(d, value, hash);
    if (id < 0) id = dictionary_insert(d, value, hash);
    if (id >= 0) d->counts[id] += times;
    return id;
}

void dictionary_clear(dictionary *d)
{
    mem_free(d->texts);
    mem_free(d->hashes);
    mem_free(d->counts);
    mem_free(d->slots);
    memset(d, 0, sizeof *d);
}
