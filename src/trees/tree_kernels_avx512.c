/* See tree_kernels.h: AVX-512 (F, BW, DQ, VL). 64 bytes are compared at once into a mask. Up to 64 leaf values lie in registers
 * as tables of their lower and upper halves, and are looked up 16 rows at a time.
 *
 * Byte j of each 32-bit lane is looked up together, so a group's sums stand in another order than its rows: row 16l + 8h + 4s +
 * j (l, j < 4; h, s < 2) is sum 16j + 8h + 2l + s. */
#include "trees/tree_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "trees/tree_model.h"

#define SETS "avx512f,avx512bw,avx512dq,avx512vl,popcnt"
#define AVX512 __attribute__((target(SETS)))
#define INLINE static inline __attribute__((always_inline, target(SETS)))

/* Values as the search wants them: finite, missing ones beyond every cut. */
AVX512 static void settle(const tree_column *c, const double *x, int64_t n, double *out)
{
    __m512d most = _mm512_set1_pd(1e300), least = _mm512_set1_pd(-1e300), zero = _mm512_setzero_pd();
    __m512d missing = _mm512_set1_pd(c->rule & TREE_NODE_MISSING_LEFT ? -TREE_MISSING : TREE_MISSING);
    __mmask8 zero_missing = (__mmask8)(c->rule & TREE_NODE_ZERO_MISSING ? 0xff : 0);
    for (int64_t i = 0; i < n; i += 8) {
        __mmask8 there = (__mmask8)(n - i >= 8 ? 0xff : (1u << (n - i)) - 1);
        __m512d v = _mm512_maskz_loadu_pd(there, x + i);
        __mmask8 none = _mm512_mask_cmp_pd_mask(zero_missing, v, zero, _CMP_EQ_OQ) | _mm512_cmp_pd_mask(v, v, _CMP_UNORD_Q);
        v = _mm512_max_pd(least, _mm512_min_pd(most, v));
        _mm512_storeu_pd(out + i, _mm512_mask_blend_pd(none, v, missing));
    }
}

INLINE int32_t count_run(const double *cuts, __m512d x, bool less_equal)
{
    __m512d a = _mm512_loadu_pd(cuts), b = _mm512_loadu_pd(cuts + 8);
    uint32_t low = less_equal ? _mm512_cmp_pd_mask(a, x, _CMP_LT_OQ) : _mm512_cmp_pd_mask(a, x, _CMP_LE_OQ);
    uint32_t high = less_equal ? _mm512_cmp_pd_mask(b, x, _CMP_LT_OQ) : _mm512_cmp_pd_mask(b, x, _CMP_LE_OQ);
    return __builtin_popcount(low | high << 8);
}

INLINE void search(const tree_column *c, const double *x, int64_t n, bool less_equal, uint8_t *bytes)
{
    for (int64_t i = 0; i < n; i++) {
        __m512d v = _mm512_set1_pd(x[i]);
        int32_t low = c->n_runs > 1 ? count_run(c->ends, v, less_equal) * TREE_CUTS_RUN : 0;
        bytes[i] = (uint8_t)(low + count_run(c->cuts + low, v, less_equal));
    }
}

AVX512 static void cut_avx512(const tree_column *c, const double *x, int64_t n, uint8_t *bytes)
{
    double settled[TREE_ROWS];
    settle(c, x, n, settled);
    if (c->rule & TREE_NODE_LESS_EQUAL)
        search(c, settled, n, true, bytes);
    else
        search(c, settled, n, false, bytes);
}

AVX512 static void look_up_avx512(const uint8_t set[32], const uint8_t *codes, int64_t n, uint8_t *bytes)
{
    __m512i low = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)set));
    __m512i high = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(set + 16)));
    __m512i bits = _mm512_set1_epi64((int64_t)0x8040201008040201);
    for (int64_t i = 0; i < n; i += TREE_GROUP) {
        __m512i code = _mm512_loadu_si512(codes + i);
        __m512i at = _mm512_and_si512(_mm512_srli_epi16(code, 3), _mm512_set1_epi8(15));
        __m512i byte = _mm512_mask_shuffle_epi8(_mm512_shuffle_epi8(low, at), _mm512_movepi8_mask(code), high, at);
        __m512i bit = _mm512_shuffle_epi8(bits, _mm512_and_si512(code, _mm512_set1_epi8(7)));
        __mmask64 outside = _mm512_testn_epi8_mask(byte, bit);
        _mm512_storeu_si512(bytes + i, _mm512_maskz_set1_epi8(outside, 1));
    }
}

/* A row's number with a level's answer added. */
INLINE __m512i answer(__m512i number, const uint8_t *from, __m512i least, __m512i bit)
{
    __mmask64 right = _mm512_cmpge_epu8_mask(_mm512_loadu_si512(from), least);
    return _mm512_mask_add_epi8(number, right, number, bit);
}

INLINE void levels_of_one(const tree_test *t, int32_t depth, const uint8_t *bytes, uint8_t *leaf)
{
    __m512i number = _mm512_setzero_si512(), bit = _mm512_set1_epi8(1);
    for (const tree_test *end = t + depth; t < end; t++, bit = _mm512_add_epi8(bit, bit))
        number = answer(number, bytes + (size_t)t->column * TREE_ROWS, _mm512_set1_epi32((int32_t)t->least), bit);
    _mm512_storeu_si512(leaf, number);
}

/* All four groups of a full block. */
INLINE void levels_of_all(const tree_test *t, int32_t depth, const uint8_t *bytes, uint8_t *leaf)
{
    __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a, bit = _mm512_set1_epi8(1);
    for (const tree_test *end = t + depth; t < end; t++, bit = _mm512_add_epi8(bit, bit)) {
        const uint8_t *from = bytes + (size_t)t->column * TREE_ROWS;
        __m512i least = _mm512_set1_epi32((int32_t)t->least);
        a = answer(a, from, least, bit);
        b = answer(b, from + TREE_GROUP, least, bit);
        c = answer(c, from + 2 * TREE_GROUP, least, bit);
        d = answer(d, from + 3 * TREE_GROUP, least, bit);
    }
    _mm512_storeu_si512(leaf, a);
    _mm512_storeu_si512(leaf + TREE_GROUP, b);
    _mm512_storeu_si512(leaf + 2 * TREE_GROUP, c);
    _mm512_storeu_si512(leaf + 3 * TREE_GROUP, d);
}

AVX512 static void levels_avx512(const tree_test *t, int32_t depth, const tree_block *b)
{
    if (b->groups == TREE_ROWS / TREE_GROUP)
        levels_of_all(t, depth, b->bytes, b->leaf);
    else
        for (int64_t i = 0; i < b->groups * TREE_GROUP; i += TREE_GROUP)
            levels_of_one(t, depth, b->bytes + i, b->leaf + i);
}

INLINE void pick(const uint8_t *from, __m512i least, const uint8_t *left, const uint8_t *right, uint8_t *to)
{
    __mmask64 goes_right = _mm512_cmpge_epu8_mask(_mm512_loadu_si512(from), least);
    _mm512_storeu_si512(to, _mm512_mask_blend_epi8(goes_right, _mm512_loadu_si512(left), _mm512_loadu_si512(right)));
}

INLINE void step(const tree_step *s, const uint8_t *bytes, uint8_t *lines, int64_t groups)
{
    const uint8_t *from = bytes + s->column, *left = lines + s->left, *right = lines + s->right;
    int64_t left_apart = s->left_apart, right_apart = s->right_apart;
    uint8_t *to = lines + s->to;
    __m512i least = _mm512_set1_epi32((int32_t)s->least);
    pick(from, least, left, right, to);
    for (int64_t g = 1; g < groups; g++)
        pick(from + g * TREE_GROUP, least, left + g * left_apart, right + g * right_apart, to + g * TREE_GROUP);
}

INLINE void step_all(const tree_step *s, const uint8_t *bytes, uint8_t *lines)
{
    const uint8_t *from = bytes + s->column, *left = lines + s->left, *right = lines + s->right;
    int64_t left_apart = s->left_apart, right_apart = s->right_apart;
    uint8_t *to = lines + s->to;
    __m512i least = _mm512_set1_epi32((int32_t)s->least);
    pick(from, least, left, right, to);
    pick(from + TREE_GROUP, least, left + left_apart, right + right_apart, to + TREE_GROUP);
    pick(from + 2 * TREE_GROUP, least, left + 2 * left_apart, right + 2 * right_apart, to + 2 * TREE_GROUP);
    pick(from + 3 * TREE_GROUP, least, left + 3 * left_apart, right + 3 * right_apart, to + 3 * TREE_GROUP);
}

AVX512 static void steps_avx512(const tree_step *s, int32_t n, const tree_block *b)
{
    const tree_step *end = s + n;
    const uint8_t *bytes = b->bytes;
    uint8_t *lines = b->lines;
    int64_t groups = b->groups;
    if (groups == TREE_ROWS / TREE_GROUP)
        for (; s < end; s++)
            step_all(s, bytes, lines);
    else
        for (; s < end; s++)
            step(s, bytes, lines, groups);
    __builtin_memcpy(b->leaf, lines + TREE_FIRST_SLOT, (size_t)(groups * TREE_GROUP));
}

/* Values 32k ... 32k + 31 by their lower and upper halves. */
typedef struct half_tables {
    __m512i low[4], high[4];
} half_tables;

INLINE void load_tables(const double *values, int32_t n, half_tables *t)
{
    __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
    for (int32_t k = 0; k < n; k++) {
        __m512i a = _mm512_loadu_si512(values + 16 * k), b = _mm512_loadu_si512(values + 16 * k + 8);
        t->low[k] = _mm512_permutex2var_epi32(a, even, b);
        t->high[k] = _mm512_permutex2var_epi32(a, odd, b);
    }
}

INLINE void add_eight(double *sum, __m512i bits, bool float32)
{
    __m512d v = _mm512_add_pd(_mm512_loadu_pd(sum), _mm512_castsi512_pd(bits));
    if (float32) v = _mm512_cvtps_pd(_mm512_cvtpd_ps(v));
    _mm512_storeu_pd(sum, v);
}

/* One of 32 values by the lower five bits of a lane, of 64 by the sixth too. */
INLINE __m512i look(const __m512i *table, __m512i at, __mmask16 upper, bool wide)
{
    __m512i v = _mm512_permutex2var_epi32(table[0], at, table[1]);
    return wide ? _mm512_mask_blend_epi32(upper, v, _mm512_permutex2var_epi32(table[2], at, table[3])) : v;
}

INLINE void add_tables(const double *values, const tree_block *b, bool wide, bool float32, double *sum)
{
    half_tables t;
    load_tables(values, wide ? 4 : 2, &t);
    const uint8_t *leaf = b->leaf;
    for (int64_t i = 0, n = b->groups * TREE_GROUP; i < n; i += TREE_GROUP) {
        __m512i number = _mm512_loadu_si512(leaf + i);
        for (int64_t to = i; to < i + TREE_GROUP; to += 16) {
            __mmask16 upper = _mm512_movepi32_mask(_mm512_slli_epi32(number, 26));
            __m512i low = look(t.low, number, upper, wide), high = look(t.high, number, upper, wide);
            add_eight(sum + to, _mm512_unpacklo_epi32(low, high), float32);
            add_eight(sum + to + 8, _mm512_unpackhi_epi32(low, high), float32);
            number = _mm512_srli_epi32(number, 8);
        }
    }
}

INLINE void add_gathered(const double *values, const tree_block *b, bool float32, double *sum)
{
    __m512i byte = _mm512_set1_epi32(255), zero = _mm512_setzero_si512();
    const uint8_t *leaf = b->leaf;
    for (int64_t i = 0, n = b->groups * TREE_GROUP; i < n; i += TREE_GROUP) {
        __m512i number = _mm512_loadu_si512(leaf + i);
        for (int64_t to = i; to < i + TREE_GROUP; to += 16) {
            __m512i at = _mm512_and_si512(number, byte);
            __m512i low = _mm512_unpacklo_epi32(at, zero), high = _mm512_unpackhi_epi32(at, zero);
            add_eight(sum + to, _mm512_i64gather_epi64(low, (const void *)values, 8), float32);
            add_eight(sum + to + 8, _mm512_i64gather_epi64(high, (const void *)values, 8), float32);
            number = _mm512_srli_epi32(number, 8);
        }
    }
}

AVX512 static void add_float64(const double *values, int32_t n_values, const tree_block *b, double *sum)
{
    if (n_values <= 32)
        add_tables(values, b, false, false, sum);
    else if (n_values <= 64)
        add_tables(values, b, true, false, sum);
    else
        add_gathered(values, b, false, sum);
}

AVX512 static void add_float32(const double *values, int32_t n_values, const tree_block *b, double *sum)
{
    if (n_values <= 32)
        add_tables(values, b, false, true, sum);
    else if (n_values <= 64)
        add_tables(values, b, true, true, sum);
    else
        add_gathered(values, b, true, sum);
}

AVX512 static void add_avx512(const double *values, int32_t n_values, const tree_block *b, bool float32, double *sum)
{
    if (float32)
        add_float32(values, n_values, b, sum);
    else
        add_float64(values, n_values, b, sum);
}

static const uint8_t in_lanes[TREE_GROUP] = {
    0, 16, 32, 48, 1, 17, 33, 49, 8,  24, 40, 56, 9,  25, 41, 57, 2, 18, 34, 50, 3, 19, 35, 51, 10, 26, 42, 58, 11, 27, 43, 59,
    4, 20, 36, 52, 5, 21, 37, 53, 12, 28, 44, 60, 13, 29, 45, 61, 6, 22, 38, 54, 7, 23, 39, 55, 14, 30, 46, 62, 15, 31, 47, 63};

const tree_kernels tree_kernels_avx512 = {"avx512",      in_lanes,     cut_avx512, look_up_avx512,
                                          levels_avx512, steps_avx512, add_avx512};
#endif
