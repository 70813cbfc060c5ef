/* See tree_kernels.h: the plain kernels, and the choice. */
#include "trees/tree_kernels.h"

#include <math.h>
#include <string.h>

#include "base/processor.h"
#include "trees/tree_model.h"

static bool has_passed(double cut, double x, bool less_equal)
{
    return less_equal ? cut < x : cut <= x;
}

static inline int32_t count_passed(const double *cuts, int32_t n, double x, bool less_equal)
{
    int32_t low = 0;
    for (int32_t left = n; left > 1;) {
        int32_t half = left / 2;
        low += has_passed(cuts[low + half - 1], x, less_equal) ? half : 0;
        left -= half;
    }
    return low + has_passed(cuts[low], x, less_equal);
}

static void cut_plain(const tree_column *c, const double *x, int64_t n, uint8_t *bytes)
{
    bool less_equal = c->rule & TREE_NODE_LESS_EQUAL, zero_missing = c->rule & TREE_NODE_ZERO_MISSING;
    double missing = c->rule & TREE_NODE_MISSING_LEFT ? -TREE_MISSING : TREE_MISSING;
    for (int64_t i = 0; i < n; i++) {
        bool is_missing = isnan(x[i]) || (zero_missing && x[i] == 0);
        double value = is_missing ? missing : tree_value_float64(x[i]);
        bytes[i] = (uint8_t)count_passed(c->cuts, c->n_runs * TREE_CUTS_RUN, value, less_equal);
    }
}

static void look_up_plain(const uint8_t set[32], const uint8_t *codes, int64_t n, uint8_t *bytes)
{
    for (int64_t i = 0; i < n; i++)
        bytes[i] = !((set[codes[i] >> 3] >> (codes[i] & 7)) & 1);
}

/* 16 bytes at once, as every processor of today has them; all arrays that are read so are aligned. */
typedef uint8_t lanes __attribute__((vector_size(16), may_alias));
typedef uint32_t words __attribute__((vector_size(16)));
enum { LANES = 16 };

static inline lanes goes_right(const uint8_t *bytes, uint32_t least)
{
    lanes at_least = (lanes)(words){least, least, least, least};
    return (lanes)(*(const lanes *)bytes >= at_least);
}

static void levels_plain(const tree_test *t, int32_t depth, const tree_block *b)
{
    for (int64_t i = 0; i < b->groups * TREE_GROUP; i += LANES) {
        lanes number = {0};
        for (int32_t k = 0; k < depth; k++)
            number |= goes_right(b->bytes + (size_t)t[k].column * TREE_ROWS + i, t[k].least) & (uint8_t)(1 << k);
        *(lanes *)(b->leaf + i) = number;
    }
}

static void steps_plain(const tree_step *s, int32_t n, const tree_block *b)
{
    const uint8_t *bytes = b->bytes;
    uint8_t *lines = b->lines;
    int64_t groups = b->groups;
    for (const tree_step *end = s + n; s < end; s++) {
        const uint8_t *from = bytes + s->column, *left = lines + s->left, *right = lines + s->right;
        int64_t left_apart = s->left_apart, right_apart = s->right_apart;
        uint8_t *to = lines + s->to;
        for (int64_t g = 0; g < groups; g++, from += TREE_GROUP, left += left_apart, right += right_apart, to += TREE_GROUP)
            for (int i = 0; i < TREE_GROUP; i += LANES) {
                lanes is_right = goes_right(from + i, s->least), l = *(const lanes *)(left + i);
                *(lanes *)(to + i) = l ^ ((l ^ *(const lanes *)(right + i)) & is_right);
            }
    }
    memcpy(b->leaf, lines + TREE_FIRST_SLOT, (size_t)(groups * TREE_GROUP));
}

static void add_plain(const double *values, int32_t n_values, const tree_block *b, bool float32, double *sum)
{
    (void)n_values;
    if (float32)
        for (int64_t i = 0; i < b->groups * TREE_GROUP; i++)
            sum[i] = (float)(sum[i] + values[b->leaf[i]]);
    else
        for (int64_t i = 0; i < b->groups * TREE_GROUP; i++)
            sum[i] += values[b->leaf[i]];
}

const uint8_t tree_rows_in_order[TREE_GROUP] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                                32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                                48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

const tree_kernels tree_kernels_plain = {"plain",      tree_rows_in_order, cut_plain, look_up_plain,
                                         levels_plain, steps_plain,        add_plain};

#if defined(__x86_64__)
static int32_t add_wider(const tree_kernels *out[2])
{
    int32_t n = 0;
    if (processor_widest() >= VECTORS_AVX2) out[n++] = &tree_kernels_avx2;
    if (processor_widest() >= VECTORS_AVX512) out[n++] = &tree_kernels_avx512;
    return n;
}
#else
static int32_t add_wider(const tree_kernels *out[2])
{
    (void)out;
    return 0;
}
#endif

int32_t tree_kernels_all(const tree_kernels *out[3])
{
    out[0] = &tree_kernels_plain;
    return 1 + add_wider(out + 1);
}

const tree_kernels *tree_kernels_best(void)
{
    const tree_kernels *all[3];
    return all[tree_kernels_all(all) - 1];
}
