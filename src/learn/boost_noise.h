/* Random numbers of `boost`, one a row or a split: pure functions of a key and counters, so that threads may ask in any order.
 */
#ifndef LEARN_BOOST_NOISE_H
#define LEARN_BOOST_NOISE_H

#include <math.h>
#include <stdint.h>

#define NOISE_A UINT64_C(0x9E3779B97F4A7C15)
#define NOISE_B UINT64_C(0xD1B54A32D192ED03)
#define NOISE_C UINT64_C(0xBF58476D1CE4E5B9)
#define NOISE_D UINT64_C(0x94D049BB133111EB)
#define NOISE_MEAN 131070.0              /* of four uniform numbers of 16 bits */
#define NOISE_UNIT 0x1.bb67ae8584caap-16 /* sqrt(3) / 65536 */

/* A key and two counters, mixed (Steele, Lea, Flood 2014: splitmix64). */
static inline uint64_t noise_word(uint64_t key, uint64_t a, uint64_t b)
{
    uint64_t z = key + a * NOISE_A + b * NOISE_B;
    z = (z ^ (z >> 30)) * NOISE_C;
    z = (z ^ (z >> 27)) * NOISE_D;
    return z ^ (z >> 31);
}

/* Uniform in [0, 1). */
static inline double noise_unit(uint64_t word)
{
    return (double)(word >> 11) * 0x1p-53;
}

/* Nearly normal, mean 0, deviation 1: the sum of four uniform numbers of 16 bits. */
static inline double noise_normal(uint64_t word)
{
    double sum = (double)(word & 0xffff) + (double)(word >> 16 & 0xffff) + (double)(word >> 32 & 0xffff) + (double)(word >> 48);
    return (sum - NOISE_MEAN) * NOISE_UNIT;
}

/* log(x) for x > 0 by 2 atanh((m - 1) / (m + 1)) with x = m 2^k, m near 1: within 1e-15, and the same bits on every processor.
 */
static inline double noise_log(double x)
{
    int k;
    double m = frexp(x, &k), sum = 0;
    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        k--;
    }
    double s = (m - 1) / (m + 1), square = s * s;
    for (int i = 21; i > 0; i -= 2)
        sum = sum * square + 1.0 / i;
    return k * 0x1.62e42fefa39efp-1 + 2 * s * sum;
}

#endif
