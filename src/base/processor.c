/* What the processor says of itself. Each width stands for all extensions that our kernels of that width use, so that no file
 * asks for its own. */
#include "base/processor.h"

processor_vectors processor_widest(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("popcnt")) return VECTORS_PLAIN;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw")) return VECTORS_AVX2;
    return __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") ? VECTORS_AVX512 : VECTORS_AVX2;
#else
    return VECTORS_PLAIN;
#endif
}
