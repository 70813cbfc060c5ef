/* Counter-based random numbers (Philox 4x32-10; Salmon et al. 2011): a stream is a pure function of its key, so that the same
 * (seed, trial, fold, purpose) gives the same numbers whatever ran before, at any number of threads. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

typedef struct random_stream {
    uint32_t key[2];
    uint64_t counter;
    uint32_t block[4];
    int used; /* words of block already given out; 4 = empty */
} random_stream;

/* A stream keyed by a seed and a purpose text ("folds", "proposal/dpp0-xgboost/3"). */
random_stream random_of(uint64_t seed, const char *purpose);
/* The bare generator: the block of a counter under a key. */
void random_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
uint32_t random_word(random_stream *r);
uint64_t random_long(random_stream *r);
double random_unit(random_stream *r); /* uniform in [0, 1), 53 bits */
double random_normal(random_stream *r);
int64_t random_below(random_stream *r, int64_t n);                /* uniform in 0 ... n-1, without bias; n >= 1 */
void random_shuffle(random_stream *r, int64_t *items, int64_t n); /* Fisher-Yates */

#endif
