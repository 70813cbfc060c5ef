/* 64 bytes at a time become bit sets (Langdale and Lemire 2019 do the same for JSON). The census tells the inside of quotes by
 * the parity of the quotes before, a running exclusive or over the bits; that is right while quotes open fields only where
 * fields begin, which is checked along the way. */
#include "table/scan_kernel.h"

#include <string.h>

#include "base/processor.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* The bits of 64 bytes that the census needs. */
typedef struct block_bits {
    uint64_t feeds, delimiters, quotes, low; /* low: blanks and control characters */
} block_bits;

/* Between two blocks: whether the last byte was inside quotes, and whether it ended a field or was a quote, or ended a line. */
typedef struct census_state {
    uint64_t inside, after_end, after_feed, doubtful;
    int64_t feeds, rows;
    uint64_t quotes;
} census_state;

/* Bit i is the exclusive or of the bits 0 ... i. */
static inline uint64_t running_parity(uint64_t bits)
{
    for (int shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

static inline __attribute__((always_inline)) void take_block(census_state *s, const block_bits *b, int64_t (*count)(uint64_t))
{
    uint64_t inside = running_parity(b->quotes) ^ s->inside;
    uint64_t ends = b->feeds | b->delimiters | b->quotes;
    uint64_t opening = b->quotes & inside, feeds = b->feeds & ~inside;
    uint64_t starts = b->feeds << 1 | s->after_feed;
    s->doubtful |= opening & ~(ends << 1 | s->after_end);
    s->doubtful |= starts & b->low & ~(b->feeds | b->delimiters);
    s->feeds += count(b->feeds);
    s->rows += count(feeds & ~starts);
    s->quotes |= b->quotes;
    s->inside = (uint64_t)((int64_t)inside >> 63);
    s->after_end = ends >> 63;
    s->after_feed = b->feeds >> 63;
}

static scan_census census_of(const census_state *s, bool nul, bool high)
{
    return (scan_census){.newlines = s->feeds,
                         .rows = s->rows,
                         .open = s->inside != 0,
                         .clear = !s->doubtful,
                         .nul = nul,
                         .high = high,
                         .quotes = s->quotes != 0};
}

static const census_state at_start = {.after_end = 1, .after_feed = 1};

static int64_t count_plain(uint64_t bits)
{
    int64_t n = 0;
    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

static scan_marks marks_plain(const char *block, char delimiter, char quote)
{
    scan_marks m = {0, 0};
    for (int i = 0; i < 64; i++) {
        m.ends |= (uint64_t)(block[i] == delimiter || block[i] == '\n') << i;
        m.quotes |= (uint64_t)(block[i] == quote) << i;
    }
    return m;
}

static block_bits bits_plain(const char *block, int64_t size, char delimiter, char quote)
{
    block_bits b = {0};
    for (int64_t i = 0; i < size; i++) {
        b.feeds |= (uint64_t)(block[i] == '\n') << i;
        b.delimiters |= (uint64_t)(block[i] == delimiter) << i;
        b.quotes |= (uint64_t)(quote && block[i] == quote) << i;
        b.low |= (uint64_t)((unsigned char)block[i] <= ' ') << i;
    }
    return b;
}

static scan_census census_plain(const char *data, int64_t size, char delimiter, char quote)
{
    census_state s = at_start;
    bool nul = false, high = false;
    for (int64_t i = 0; i < size; i++) {
        nul |= !data[i];
        high |= (unsigned char)data[i] > 127;
    }
    for (int64_t at = 0; at < size; at += 64) {
        block_bits b = bits_plain(data + at, size - at < 64 ? size - at : 64, delimiter, quote);
        take_block(&s, &b, count_plain);
    }
    return census_of(&s, nul, high);
}

const scan_kernel scan_kernel_plain = {"plain", marks_plain, census_plain};

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,popcnt")))

typedef struct two_parts {
    __m256i low, high;
} two_parts;

AVX2 static inline two_parts load(const char *block)
{
    return (two_parts){_mm256_loadu_si256((const __m256i *)(const void *)block),
                       _mm256_loadu_si256((const __m256i *)(const void *)(block + 32))};
}

AVX2 static inline uint64_t equal_bits(two_parts v, __m256i wanted)
{
    uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v.low, wanted));
    uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v.high, wanted));
    return (uint64_t)high << 32 | low;
}

AVX2 static scan_marks marks_avx2(const char *block, char delimiter, char quote)
{
    two_parts v = load(block);
    return (scan_marks){equal_bits(v, _mm256_set1_epi8(delimiter)) | equal_bits(v, _mm256_set1_epi8('\n')),
                        equal_bits(v, _mm256_set1_epi8(quote))};
}

AVX2 static int64_t count_fast(uint64_t bits)
{
    return __builtin_popcountll(bits);
}

/* Bytes up to the blank: the smaller of byte and blank is the byte. */
AVX2 static inline uint64_t low_bits(two_parts v)
{
    const __m256i blank = _mm256_set1_epi8(' ');
    two_parts least = {_mm256_min_epu8(v.low, blank), _mm256_min_epu8(v.high, blank)};
    uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(least.low, v.low));
    uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(least.high, v.high));
    return (uint64_t)high << 32 | low;
}

AVX2 static scan_census census_avx2(const char *data, int64_t size, char delimiter, char quote)
{
    census_state s = at_start;
    const __m256i feed = _mm256_set1_epi8('\n'), mark = _mm256_set1_epi8(delimiter), opener = _mm256_set1_epi8(quote);
    const uint64_t with_quotes = quote ? ~UINT64_C(0) : 0;
    __m256i least = _mm256_set1_epi8((char)0xFF), any = _mm256_setzero_si256();
    int64_t whole = size / 64 * 64;
    for (int64_t at = 0; at < whole; at += 64) {
        two_parts v = load(data + at);
        least = _mm256_min_epu8(least, _mm256_min_epu8(v.low, v.high));
        any = _mm256_or_si256(any, _mm256_or_si256(v.low, v.high));
        block_bits b = {equal_bits(v, feed), equal_bits(v, mark), equal_bits(v, opener) & with_quotes, low_bits(v)};
        take_block(&s, &b, count_fast);
    }
    bool nul = _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256())) != 0;
    bool high = _mm256_movemask_epi8(any) != 0;
    if (whole == size) return census_of(&s, nul, high);
    block_bits last = bits_plain(data + whole, size - whole, delimiter, quote);
    take_block(&s, &last, count_fast);
    for (int64_t i = whole; i < size; i++) {
        nul |= !data[i];
        high |= (unsigned char)data[i] > 127;
    }
    return census_of(&s, nul, high);
}

static const scan_kernel scan_kernel_avx2 = {"avx2", marks_avx2, census_avx2};
#endif

const scan_kernel *scan_kernel_best(void)
{
#if defined(__x86_64__)
    if (processor_widest() >= VECTORS_AVX2) return &scan_kernel_avx2;
#endif
    return &scan_kernel_plain;
}
