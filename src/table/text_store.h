/* The bytes of many texts that are added one after the other and live together. Private to table/. */
#ifndef TABLE_TEXT_STORE_H
#define TABLE_TEXT_STORE_H

#include "base/text.h"

enum { TEXT_STORE_BLOCKS = 40 };

/* A zeroed struct is an empty store. */
typedef struct text_store {
    char *blocks[TEXT_STORE_BLOCKS]; /* of mem_array; each at least twice as large as the one before */
    int32_t n;
    int64_t used, size; /* of the last block */
} text_store;

/* Where a copy of the text's bytes lies from now on; NULL when out of memory. */
const char *text_store_add(text_store *s, text t);
void text_store_clear(text_store *s);

#endif
