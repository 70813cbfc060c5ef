/* A growing set of distinct texts, numbered in the order of adding, found by hash: levels of a category, terms of a vocabulary.
 */
#ifndef TRANSFORM_TEXT_INDEX_H
#define TRANSFORM_TEXT_INDEX_H

#include "base/bytes.h"

typedef struct text_index {
    arena *memory; /* owns everything here; not the index's own */
    text *texts;   /* copies, in order of number */
    uint64_t *hashes;
    int32_t *slots;  /* number + 1; 0 = free */
    int64_t n_slots; /* a power of two, at least twice n */
    int32_t n, capacity;
} text_index;

/* An empty index whose memory is taken from `memory`. */
void text_index_init(text_index *index, arena *memory);
/* The number of a text, or -1. */
int32_t text_index_find(const text_index *index, text t);
/* The number of a text, which is copied in when it is new; -1 when out of memory. */
int32_t text_index_add(text_index *index, text t);
void text_index_save(const text_index *index, bytes_writer *w);
/* Reads what was saved into an empty index; a text that stands twice is damage. The reader's failure is sticky (see bytes.h);
 * PTG_ERROR_MEMORY is the only status beside PTG_OK. */
ptg_status text_index_load(text_index *index, bytes_reader *r, ptg_error *err);

#endif
