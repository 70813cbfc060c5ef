/* XXH3 of libxxhash: 128 bits as text for keys, 64 bits for tables. */
#define XXH_INLINE_ALL /* hashing of short texts is hot: no call into the library */
#include "base/hash.h"

#include <xxhash.h>

#include "base/memory.h"

struct hash_state {
    XXH3_state_t state; /* wants 64-byte alignment, which mem_array gives */
};

hash_state *hash_new(void)
{
    hash_state *h = mem_array(1, sizeof *h);
    if (h) XXH3_128bits_reset(&h->state);
    return h;
}

void hash_add(hash_state *h, const void *data, size_t size)
{
    if (size) XXH3_128bits_update(&h->state, data, size);
}

static void write_hex(XXH128_hash_t hash, char out[HASH_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, hash);
    for (int i = 0; i < 16; i++) {
        out[2 * i] = digits[bytes.digest[i] >> 4];
        out[2 * i + 1] = digits[bytes.digest[i] & 15];
    }
    out[32] = '\0';
}

void hash_end(hash_state *h, char out[HASH_TEXT_SIZE])
{
    write_hex(XXH3_128bits_digest(&h->state), out);
    mem_free(h);
}

void hash_bytes(const void *data, size_t size, char out[HASH_TEXT_SIZE])
{
    write_hex(XXH3_128bits(data, size), out);
}

uint64_t hash_word(const void *data, size_t size, uint64_t seed)
{
    return XXH3_64bits_withSeed(data, size, seed);
}
