/* Dictionary: the distinct texts of a column, numbered in order of first appearance, with how often each stands there. The
 * bytes belong to the caller and must outlive the dictionary. */
#ifndef TABLE_DICTIONARY_H
#define TABLE_DICTIONARY_H

#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

/* A zeroed struct is an empty dictionary. */
typedef struct dictionary {
    text *texts;
    uint64_t *hashes;
    int64_t *counts;
    uint16_t *looks; /* what the caller knows of each text; 0 until it says so */
    int32_t n, capacity;
    uint32_t *slots; /* see dictionary.c */
    int64_t n_slots;
} dictionary;

/* The number of `value`, or -1. `hash` is text_hash(value). */
int32_t dictionary_find(const dictionary *d, text value, uint64_t hash);
/* Adds a text that is not in yet; returns its number, or -1 when out of memory (or past 2^31 - 2 texts). */
int32_t dictionary_insert(dictionary *d, text value, uint64_t hash);
/* Finds or adds by one look: a text that was not in has the number n had before. -1 when out of memory. */
int32_t dictionary_put(dictionary *d, text value, uint64_t hash);
/* Adds a text without a look whether it is in already, counted once, and not to be found: for a list that is merged later. */
int32_t dictionary_append(dictionary *d, text value, uint64_t hash);
/* Finds or adds, and counts `times` more; -1 when out of memory. */
int32_t dictionary_count(dictionary *d, text value, int64_t times);
/* Asks for the memory that finding a text of this hash will touch, some steps before it is looked up. */
static inline void dictionary_prefetch(const dictionary *d, uint64_t hash)
{
    if (d->n_slots) __builtin_prefetch(&d->slots[hash & ((uint64_t)d->n_slots - 1)]);
}
/* Makes room for `n` texts at once; false when out of memory. */
bool dictionary_reserve(dictionary *d, int64_t n);
/* Gives up what finding needs, until the next text is put in: much of the memory of a large one. dictionary_find finds nothing
 * meanwhile. */
void dictionary_rest(dictionary *d);
/* Empties it and keeps its memory. */
void dictionary_reset(dictionary *d);
void dictionary_clear(dictionary *d);

#endif
