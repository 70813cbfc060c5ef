/* Distinct texts by open addressing with linear probing at most half full. A slot is 0 where it is free; else its low bits, as
 * many as number the slots, are a text's number + 1, and the others are of its hash, so that most other texts are passed over
 * without a look at them. Hashes are kept beside the texts, so that growing
 * and merging never look at the bytes again unless two hashes agree. */
#include "table/dictionary.h"

#include <string.h>

static inline uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t load4(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Fewer than eight bytes, by two loads that may overlap. */
static inline bool same_few(const char *a, const char *b, int64_t size)
{
    if (size >= 4) return load4(a) == load4(b) && load4(a + size - 4) == load4(b + size - 4);
    return !size || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
}

/* memcmp for the short texts that most cells are, without a call. */
static inline bool same_bytes(const char *a, const char *b, int64_t size)
{
    if (size < 8) return same_few(a, b, size);
    for (int64_t at = 0; at < size - 8; at += 8)
        if (load8(a + at) != load8(b + at)) return false;
    return load8(a + size - 8) == load8(b + size - 8);
}

static inline bool is_text(text a, text b)
{
    return a.size == b.size && (a.size <= 64 ? same_bytes(a.data, b.data, a.size) : !memcmp(a.data, b.data, (size_t)a.size));
}

/* The slot of the value, or the free one where it would go. */
static inline __attribute__((always_inline)) int64_t slot_of(const dictionary *d, text value, uint64_t hash)
{
    uint64_t mask = (uint64_t)d->n_slots - 1, at = hash & mask;
    uint32_t low = (uint32_t)mask, tag = (uint32_t)(hash >> 32) & ~low;
    for (;; at = (at + 1) & mask) {
        uint32_t slot = d->slots[at];
        if (!slot) return (int64_t)at;
        if ((slot & ~low) == tag && is_text(d->texts[(slot & low) - 1], value)) return (int64_t)at;
    }
}

/* The number of the text in a slot, -1 of a free one. */
static inline int32_t held_by(const dictionary *d, int64_t at)
{
    return (int32_t)(d->slots[at] & (uint32_t)(d->n_slots - 1)) - 1;
}

static inline uint32_t slot_for(const dictionary *d, uint64_t hash, int32_t id)
{
    return ((uint32_t)(hash >> 32) & ~(uint32_t)(d->n_slots - 1)) | ((uint32_t)id + 1);
}

int32_t dictionary_find(const dictionary *d, text value, uint64_t hash)
{
    return d->n_slots ? held_by(d, slot_of(d, value, hash)) : -1;
}

static inline void take_slot(dictionary *d, uint64_t hash, int32_t id)
{
    uint64_t mask = (uint64_t)d->n_slots - 1, at = hash & mask;
    while (d->slots[at])
        at = (at + 1) & mask;
    d->slots[at] = slot_for(d, hash, id);
}

/* At least twice as many slots as `n` texts. */
static bool grow_slots(dictionary *d, int64_t n)
{
    int64_t wanted = d->n_slots ? d->n_slots : 32;
    while (wanted < 2 * n)
        wanted *= 2;
    uint32_t *slots = mem_array(wanted, sizeof *slots);
    if (!slots) return false;
    mem_free(d->slots);
    d->slots = slots;
    d->n_slots = wanted;
    for (int32_t i = 0; i < d->n; i++)
        take_slot(d, d->hashes[i], i);
    return true;
}

/* After dictionary_rest. */
static bool remember_hashes(dictionary *d)
{
    d->hashes = mem_array(d->capacity, sizeof *d->hashes);
    for (int32_t i = 0; i < d->n && d->hashes; i++)
        d->hashes[i] = text_hash(d->texts[i]);
    return d->hashes != NULL;
}

static bool set_capacity(dictionary *d, int32_t wanted)
{
    text *texts = mem_resize(d->texts, d->capacity, wanted, sizeof *texts);
    if (texts) d->texts = texts;
    uint64_t *hashes = mem_resize(d->hashes, d->capacity, wanted, sizeof *hashes);
    if (hashes) d->hashes = hashes;
    int64_t *counts = mem_resize(d->counts, d->capacity, wanted, sizeof *counts);
    if (counts) d->counts = counts;
    uint16_t *looks = mem_resize(d->looks, d->capacity, wanted, sizeof *looks);
    if (looks) d->looks = looks;
    if (!texts || !hashes || !counts || !looks) return false;
    d->capacity = wanted;
    return true;
}

static bool grow_texts(dictionary *d)
{
    if (d->capacity > INT32_MAX / 2 - 16) return false;
    return set_capacity(d, d->capacity < 1 << 16 ? d->capacity * 2 + 16 : d->capacity + d->capacity / 2);
}

bool dictionary_reserve(dictionary *d, int64_t n)
{
    if (n > INT32_MAX / 2 || n <= d->capacity) return n <= INT32_MAX / 2;
    if (d->capacity && !d->hashes && !remember_hashes(d)) return false;
    return set_capacity(d, (int32_t)n) && (2 * n <= d->n_slots || grow_slots(d, n));
}

static bool has_room(dictionary *d)
{
    if (d->capacity && !d->hashes && !remember_hashes(d)) return false;
    if (d->n == d->capacity && !grow_texts(d)) return false;
    return 2 * (int64_t)(d->n + 1) <= d->n_slots || grow_slots(d, d->n + 1);
}

static inline int32_t add(dictionary *d, text value, uint64_t hash)
{
    d->texts[d->n] = value;
    d->hashes[d->n] = hash;
    d->counts[d->n] = 0;
    d->looks[d->n] = 0;
    return d->n++;
}

int32_t dictionary_insert(dictionary *d, text value, uint64_t hash)
{
    if (!has_room(d)) return -1;
    take_slot(d, hash, d->n);
    return add(d, value, hash);
}

int32_t dictionary_put(dictionary *d, text value, uint64_t hash)
{
    if (!d->n_slots && !has_room(d)) return -1;
    int64_t at = slot_of(d, value, hash), n_slots = d->n_slots;
    if (d->slots[at]) return held_by(d, at);
    if (!has_room(d)) return -1;
    if (d->n_slots != n_slots) at = slot_of(d, value, hash);
    d->slots[at] = slot_for(d, hash, d->n);
    return add(d, value, hash);
}

int32_t dictionary_append(dictionary *d, text value, uint64_t hash)
{
    if (d->n == d->capacity && !grow_texts(d)) return -1;
    int32_t id = add(d, value, hash);
    d->counts[id] = 1;
    return id;
}

int32_t dictionary_count(dictionary *d, text value, int64_t times)
{
    int32_t id = dictionary_put(d, value, text_hash(value));
    if (id >= 0) d->counts[id] += times;
    return id;
}

void dictionary_rest(dictionary *d)
{
    mem_free(d->slots);
    mem_free(d->hashes);
    d->slots = NULL;
    d->hashes = NULL;
    d->n_slots = 0;
    if (d->capacity - d->n < 1 << 16) return;
    text *texts = mem_resize(d->texts, d->n, d->n, sizeof *texts);
    if (texts) d->texts = texts;
    int64_t *counts = mem_resize(d->counts, d->n, d->n, sizeof *counts);
    if (counts) d->counts = counts;
    uint16_t *looks = mem_resize(d->looks, d->n, d->n, sizeof *looks);
    if (looks) d->looks = looks;
    if (texts && counts && looks) d->capacity = d->n;
}

void dictionary_reset(dictionary *d)
{
    if (d->n && d->n_slots) memset(d->slots, 0, (size_t)d->n_slots * sizeof *d->slots);
    d->n = 0;
}

void dictionary_clear(dictionary *d)
{
    mem_free(d->texts);
    mem_free(d->hashes);
    mem_free(d->counts);
    mem_free(d->looks);
    mem_free(d->slots);
    memset(d, 0, sizeof *d);
}
