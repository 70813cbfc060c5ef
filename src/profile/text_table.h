/* Distinct texts of a column: a hash table that gives each text a code in order of first appearance and counts it. Texts are
 * borrowed; equality is by bytes, so that counts are exact. */
#ifndef PROFILE_TEXT_TABLE_H
#define PROFILE_TEXT_TABLE_H

#include "base/text.h"

typedef struct text_table {
    int64_t n, capacity, n_slots;
    text *values; /* n distinct texts */
    int64_t *counts;
    uint64_t *hashes;
    int32_t *slots; /* code + 1; 0 = free */
} text_table;

/* A zeroed struct is an empty table. */
void text_table_clear(text_table *t);
/* Counts `value` (not missing) and gives its code (`code` may be NULL). Fails only for want of memory. */
ptg_status text_table_add(text_table *t, text value, int32_t *code, ptg_error *err);

/* The code of `value`, or -1. */
int32_t text_table_find(const text_table *t, text value);

/* The next word of `rest` (a run between ASCII white space), which is taken off its front; false at the end. */
bool text_next_word(text *rest, text *word);

#endif
