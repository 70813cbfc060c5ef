/* See boost_kernels.h. The body is compiled for the baseline of the platform and, on x86-64, for AVX2 and AVX-512. Neither
 * fused multiply-adds nor reordered sums are used anywhere, so lanes do not change a bit. */
#include "learn/boost_kernels.h"

#include <math.h>
#include <string.h>

#include "base/processor.h"
#include "learn/boost_noise.h"

enum { LANES = 8, FILL_AHEAD = 32, EXP_TERMS = 14 };
typedef double lanes_real __attribute__((vector_size(64)));
typedef float lanes_short __attribute__((vector_size(32)));
typedef int64_t lanes_int __attribute__((vector_size(64)));
typedef uint64_t lanes_word __attribute__((vector_size(64)));

#define WHOLE_REAL 0x1.8p52
#define WHOLE_BITS INT64_C(0x4338000000000000)
#define EXP_MOST 708.0
#define LOG2_E 0x1.71547652b82fep0
#define LN2_HIGH 0x1.62e42fefa3800p-1 /* the last bits are 0: k * LN2_HIGH is exact */
#define LN2_LOW 0x1.ef35793c76730p-45

static const lanes_real lane_numbers = {0, 1, 2, 3, 4, 5, 6, 7};
static const lanes_word lane_steps = {0, NOISE_B, 2 * NOISE_B, 3 * NOISE_B, 4 * NOISE_B, 5 * NOISE_B, 6 * NOISE_B, 7 * NOISE_B};

/* 1/13!, 1/12!, ... 1/0!. */
static const double exp_series[EXP_TERMS] = {
    1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0, 1.0 / 5040.0,
    1.0 / 720.0,        1.0 / 120.0,       1.0 / 24.0,       1.0 / 6.0,       1.0 / 2.0,      1.0,           1.0};

static inline void sqrt_one_by_one(lanes_real *x)
{
    for (int i = 0; i < LANES; i++)
        (*x)[i] = sqrt((*x)[i]);
}

#define KERNEL(name) name##_plain
#define KERNEL_TARGET
#define KERNEL_SQRT(x) sqrt_one_by_one(x)
#include "learn/boost_kernels_body.h"
#undef KERNEL
#undef KERNEL_TARGET
#undef KERNEL_SQRT

#define KERNEL_TABLE(set)                                                                                                      \
    {                                                                                                                          \
#set, fill_##set, part_##set, scan_borders_##set, scan_levels_##set, choose_##set, exponential_##set, logistic_##set   \
    }

static const boost_kernels plain = KERNEL_TABLE(plain);

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static inline void sqrt_halves(lanes_real *x)
{
    __m256d low, high;
    memcpy(&low, x, sizeof low);
    memcpy(&high, (const char *)x + sizeof low, sizeof high);
    low = _mm256_sqrt_pd(low);
    high = _mm256_sqrt_pd(high);
    memcpy(x, &low, sizeof low);
    memcpy((char *)x + sizeof low, &high, sizeof high);
}

__attribute__((target("avx512f"))) static inline void sqrt_whole(lanes_real *x)
{
    *x = (lanes_real)_mm512_sqrt_pd((__m512d)*x);
}

#define KERNEL(name) name##_avx2
#define KERNEL_TARGET __attribute__((target("avx2")))
#define KERNEL_SQRT(x) sqrt_halves(x)
#include "learn/boost_kernels_body.h"
#undef KERNEL
#undef KERNEL_TARGET
#undef KERNEL_SQRT

#define KERNEL(name) name##_avx512
#define KERNEL_TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))
#define KERNEL_SQRT(x) sqrt_whole(x)
#include "learn/boost_kernels_body.h"
#undef KERNEL
#undef KERNEL_TARGET
#undef KERNEL_SQRT

static const boost_kernels avx2 = KERNEL_TABLE(avx2), avx512 = KERNEL_TABLE(avx512);

static int32_t add_wider(const boost_kernels **out)
{
    int32_t n = 0;
    if (processor_widest() >= VECTORS_AVX2) out[n++] = &avx2;
    if (processor_widest() >= VECTORS_AVX512) out[n++] = &avx512;
    return n;
}
#else
static int32_t add_wider(const boost_kernels **out)
{
    (void)out;
    return 0;
}
#endif

int32_t boost_kernels_all(const boost_kernels *out[3])
{
    out[0] = &plain;
    return 1 + add_wider(out + 1);
}

const boost_kernels *boost_kernels_best(void)
{
    const boost_kernels *all[3];
    return all[boost_kernels_all(all) - 1];
}
