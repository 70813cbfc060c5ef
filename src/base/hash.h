/* Hashing: XXH128 as 32 hexadecimal digits, for keys of trials and identity of data; not for secrets. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_TEXT_SIZE 33

typedef struct hash_state hash_state;
/* NULL when out of memory; the caller checks it before hash_add. */
hash_state *hash_new(void);
void hash_add(hash_state *h, const void *data, size_t size);
void hash_end(hash_state *h, char out[HASH_TEXT_SIZE]); /* frees h */
void hash_bytes(const void *data, size_t size, char out[HASH_TEXT_SIZE]);
uint64_t hash_word(const void *data, size_t size, uint64_t seed); /* XXH3-64 */

#endif
