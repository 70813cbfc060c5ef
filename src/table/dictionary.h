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
    int32_t n, capacity;
    int32_t *slots; /* open addressing: number + 1, 0 = free */
    int64_t n_slots;
} dictionary;

/* The number of `value`, or -1. `hash` is text_hash(value). */
int32_t dictionary_find(const dictionary *d, text value, uint64_t hash);
/* Adds a text that is not in yet; returns its number, or -1 when out of memory (or past 2^31 - 2 texts). */
int32_t dictionary_insert(dictionary *d, text value, uint64_t hash);
/* Finds or adds, and counts `times` more; -1 when out of memory. */
int32_t dictionary_count(dictionary *d, text value, int64_t times);
void dictionary_clear(dictionary *d);

#endif
