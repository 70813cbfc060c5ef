/* Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011). */
#include "base/random.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/wide.h"

random_stream random_of(uint64_t seed, const char *purpose)
{
    uint64_t key = hash_word(purpose, strlen(purpose), seed);
    return (random_stream){.key = {(uint32_t)key, (uint32_t)(key >> 32)}, .used = 4};
}

void random_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t a = UINT64_C(0xD2511F53) * x0, b = UINT64_C(0xCD9E8D57) * x2;
        x0 = (uint32_t)(b >> 32) ^ x1 ^ k0;
        x1 = (uint32_t)b;
        x2 = (uint32_t)(a >> 32) ^ x3 ^ k1;
        x3 = (uint32_t)a;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
}

uint32_t random_word(random_stream *r)
{
    if (r->used == 4) {
        uint32_t counter[4] = {(uint32_t)r->counter, (uint32_t)(r->counter >> 32), 0, 0};
        random_block(counter, r->key, r->block);
        r->counter++;
        r->used = 0;
    }
    return r->block[r->used++];
}

uint64_t random_long(random_stream *r)
{
    uint64_t low = random_word(r);
    return low | (uint64_t)random_word(r) << 32;
}

double random_unit(random_stream *r)
{
    return (double)(random_long(r) >> 11) * 0x1p-53;
}

/* Box and Muller's transform; the second number of the pair is thrown away, so that a stream has no hidden state. */
double random_normal(random_stream *r)
{
    double u = 1 - random_unit(r); /* in (0, 1] */
    double angle = 6.283185307179586 * random_unit(r);
    return sqrt(-2 * log(u)) * cos(angle);
}

/* Lemire (2019): the high half of a product, with the few biased products drawn again. */
int64_t random_below(random_stream *r, int64_t n)
{
    uint64_t range = (uint64_t)n;
    wide product = (wide)random_long(r) * range;
    if ((uint64_t)product < range) {
        uint64_t least = (0 - range) % range;
        while ((uint64_t)product < least)
            product = (wide)random_long(r) * range;
    }
    return (int64_t)(product >> 64);
}

void random_shuffle(random_stream *r, int64_t *items, int64_t n)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = random_below(r, i + 1), swap = items[i];
        items[i] = items[j];
        items[j] = swap;
    }
}
