/* See tree_kernels.h: AVX2. 32 bytes are compared at once; leaf values are added four rows at a time. */
#include "trees/tree_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "trees/tree_model.h"

#define AVX2 __attribute__((target("avx2,popcnt")))
#define INLINE static inline __attribute__((always_inline, target("avx2,popcnt")))
enum { HALF = 32 }; /* rows in a vector of bytes */

/* Values as the search wants them: finite, missing ones beyond every cut. Four at a time; the caller's room is a multiple. */
AVX2 static void settle(const tree_column *c, const double *x, int64_t n, double *out)
{
    __m256d most = _mm256_set1_pd(1e300), least = _mm256_set1_pd(-1e300), zero = _mm256_setzero_pd();
    __m256d missing = _mm256_set1_pd(c->rule & TREE_NODE_MISSING_LEFT ? -TREE_MISSING : TREE_MISSING);
    __m256d zero_missing = _mm256_castsi256_pd(_mm256_set1_epi64x(c->rule & TREE_NODE_ZERO_MISSING ? -1 : 0));
    for (int64_t i = 0; i < n; i += 4) {
        double last[4] = {0};
        if (n - i < 4) __builtin_memcpy(last, x + i, (size_t)(n - i) * sizeof *x);
        __m256d v = _mm256_loadu_pd(n - i < 4 ? last : x + i);
        __m256d none = _mm256_and_pd(zero_missing, _mm256_cmp_pd(v, zero, _CMP_EQ_OQ));
        none = _mm256_or_pd(none, _mm256_cmp_pd(v, v, _CMP_UNORD_Q));
        v = _mm256_max_pd(least, _mm256_min_pd(most, v));
        _mm256_storeu_pd(out + i, _mm256_blendv_pd(v, missing, none));
    }
}

/* Which of four cuts were passed. */
INLINE __m256i passed(const double *cuts, __m256d x, bool less_equal)
{
    __m256d c = _mm256_loadu_pd(cuts);
    return _mm256_castpd_si256(less_equal ? _mm256_cmp_pd(c, x, _CMP_LT_OQ) : _mm256_cmp_pd(c, x, _CMP_LE_OQ));
}

INLINE int32_t count_run(const double *cuts, __m256d x, bool less_equal)
{
    __m256i a = _mm256_packs_epi32(passed(cuts, x, less_equal), passed(cuts + 4, x, less_equal));
    __m256i b = _mm256_packs_epi32(passed(cuts + 8, x, less_equal), passed(cuts + 12, x, less_equal));
    return __builtin_popcount((uint32_t)_mm256_movemask_epi8(_mm256_packs_epi16(a, b))) / 2;
}

INLINE void search(const tree_column *c, const double *x, int64_t n, bool less_equal, uint8_t *bytes)
{
    for (int64_t i = 0; i < n; i++) {
        __m256d v = _mm256_set1_pd(x[i]);
        int32_t low = c->n_runs > 1 ? count_run(c->ends, v, less_equal) * TREE_CUTS_RUN : 0;
        bytes[i] = (uint8_t)(low + count_run(c->cuts + low, v, less_equal));
    }
}

AVX2 static void cut_avx2(const tree_column *c, const double *x, int64_t n, uint8_t *bytes)
{
    double settled[TREE_ROWS];
    settle(c, x, n, settled);
    if (c->rule & TREE_NODE_LESS_EQUAL)
        search(c, settled, n, true, bytes);
    else
        search(c, settled, n, false, bytes);
}

AVX2 static void look_up_avx2(const uint8_t set[32], const uint8_t *codes, int64_t n, uint8_t *bytes)
{
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)set));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(set + 16)));
    __m256i bits = _mm256_set1_epi64x((int64_t)0x8040201008040201);
    for (int64_t i = 0; i < n; i += HALF) {
        __m256i code = _mm256_loadu_si256((const __m256i *)(codes + i));
        __m256i at = _mm256_and_si256(_mm256_srli_epi16(code, 3), _mm256_set1_epi8(15));
        __m256i byte = _mm256_blendv_epi8(_mm256_shuffle_epi8(low, at), _mm256_shuffle_epi8(high, at), code);
        __m256i bit = _mm256_shuffle_epi8(bits, _mm256_and_si256(code, _mm256_set1_epi8(7)));
        __m256i outside = _mm256_cmpeq_epi8(_mm256_and_si256(byte, bit), _mm256_setzero_si256());
        _mm256_storeu_si256((__m256i *)(bytes + i), _mm256_and_si256(outside, _mm256_set1_epi8(1)));
    }
}

INLINE __m256i goes_right(const uint8_t *bytes, __m256i least)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)bytes);
    return _mm256_cmpeq_epi8(_mm256_max_epu8(v, least), v);
}

AVX2 static void levels_avx2(const tree_test *t, int32_t depth, const tree_block *b)
{
    for (int64_t i = 0; i < b->groups * TREE_GROUP; i += TREE_GROUP) {
        __m256i low = _mm256_setzero_si256(), high = low;
        for (int32_t k = 0; k < depth; k++) {
            const uint8_t *from = b->bytes + (size_t)t[k].column * TREE_ROWS + i;
            __m256i least = _mm256_set1_epi32((int32_t)t[k].least), bit = _mm256_set1_epi8((char)(1 << k));
            low = _mm256_or_si256(low, _mm256_and_si256(goes_right(from, least), bit));
            high = _mm256_or_si256(high, _mm256_and_si256(goes_right(from + HALF, least), bit));
        }
        _mm256_storeu_si256((__m256i *)(b->leaf + i), low);
        _mm256_storeu_si256((__m256i *)(b->leaf + i + HALF), high);
    }
}

AVX2 static void steps_avx2(const tree_step *s, int32_t n, const tree_block *b)
{
    const uint8_t *bytes = b->bytes;
    uint8_t *lines = b->lines;
    int64_t groups = b->groups;
    for (const tree_step *end = s + n; s < end; s++) {
        const uint8_t *from = bytes + s->column, *left = lines + s->left, *right = lines + s->right;
        int64_t left_apart = s->left_apart, right_apart = s->right_apart;
        uint8_t *to = lines + s->to;
        __m256i least = _mm256_set1_epi32((int32_t)s->least);
        for (int64_t g = 0; g < groups; g++, from += TREE_GROUP, left += left_apart, right += right_apart, to += TREE_GROUP)
            for (int h = 0; h < TREE_GROUP; h += HALF) {
                __m256i l = _mm256_loadu_si256((const __m256i *)(left + h)),
                        r = _mm256_loadu_si256((const __m256i *)(right + h));
                _mm256_storeu_si256((__m256i *)(to + h), _mm256_blendv_epi8(l, r, goes_right(from + h, least)));
            }
    }
    __builtin_memcpy(b->leaf, lines + TREE_FIRST_SLOT, (size_t)(groups * TREE_GROUP));
}

/* Four rows' leaf numbers are the lower bytes of `four`. Loads one by one: gathering is no faster here, and far slower
 * elsewhere. */
INLINE void add_four(const double *values, uint32_t four, bool float32, double *sum)
{
    __m128d low = _mm_loadh_pd(_mm_load_sd(values + (four & 255)), values + (four >> 8 & 255));
    __m128d high = _mm_loadh_pd(_mm_load_sd(values + (four >> 16 & 255)), values + (four >> 24));
    __m256d v = _mm256_add_pd(_mm256_loadu_pd(sum), _mm256_set_m128d(high, low));
    if (float32) v = _mm256_cvtps_pd(_mm256_cvtpd_ps(v));
    _mm256_storeu_pd(sum, v);
}

INLINE void add_rows(const double *values, const uint8_t *leaf, int64_t n, bool float32, double *sum)
{
    for (int64_t i = 0; i < n; i += 8) {
        uint64_t eight;
        __builtin_memcpy(&eight, leaf + i, sizeof eight);
        add_four(values, (uint32_t)eight, float32, sum + i);
        add_four(values, (uint32_t)(eight >> 32), float32, sum + i + 4);
    }
}

AVX2 static void add_avx2(const double *values, int32_t n_values, const tree_block *b, bool float32, double *sum)
{
    (void)n_values;
    if (float32)
        add_rows(values, b->leaf, b->groups * TREE_GROUP, true, sum);
    else
        add_rows(values, b->leaf, b->groups * TREE_GROUP, false, sum);
}

const tree_kernels tree_kernels_avx2 = {"avx2", tree_rows_in_order, cut_avx2, look_up_avx2, levels_avx2, steps_avx2, add_avx2};
#endif
