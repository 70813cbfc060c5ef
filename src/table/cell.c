/* Numbers of a table, fast where they are short: up to 19 digits without an exponent are one exact division; all others go to
 * number_read_marked, which rounds correctly. Most cells that are no numbers are told by their first byte. */
#include "table/cell.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

#define MOST_EXACT ((uint64_t)1 << 53)
#define EACH_BYTE UINT64_C(0x0101010101010101)

static bool is_blank_byte(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool cell_is_blank(text cell)
{
    for (int64_t i = 0; i < cell.size; i++)
        if (!is_blank_byte(cell.data[i])) return false;
    return true;
}

static inline uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Eight digits, the first in the lowest byte, as their number; false when one of them is none. Each step joins neighbours: to
 * pairs, fours, eight. */
static inline bool eight_digits(uint64_t v, uint64_t *value)
{
    uint64_t digits = v - 0x3030303030303030u, over = v + 0x4646464646464646u; /* '9' + 0x46 is 0x7F */
    if ((digits | over) & 0x8080808080808080u) return false;
    digits = digits * 10 + (digits >> 8);
    const uint64_t mask = 0x000000FF000000FFu;
    *value =
        ((digits & mask) * (100 + (UINT64_C(1000000) << 32)) + (digits >> 16 & mask) * (1 + (UINT64_C(10000) << 32))) >> 32;
    return true;
}

/* Digits from p on; more than 19 of them overflow `value`, which the caller sees by their count. */
static const char *read_digits(const char *p, const char *end, uint64_t *value)
{
    for (uint64_t eight; end - p >= 8 && eight_digits(load8(p), &eight); p += 8)
        *value = *value * 100000000 + eight;
    for (; p < end; p++) {
        unsigned digit = (unsigned)(unsigned char)*p - '0';
        if (digit > 9) break;
        *value = *value * 10 + digit;
    }
    return p;
}

/* What a number can begin with; nearly all texts are left here. */
static bool may_be_number(char first, char decimal_mark)
{
    return (first >= '0' && first <= '9') || first == '-' || first == '+' || first == decimal_mark || (first | 32) == 'i';
}

static bool read_slowly(text cell, char decimal_mark, double *value)
{
    if (!may_be_number(cell.data[0], decimal_mark)) return false;
    if (number_read_marked(cell, decimal_mark, value)) return true;
    text bare = cell;
    bool minus = bare.size && *bare.data == '-';
    if (bare.size && (*bare.data == '-' || *bare.data == '+')) bare = (text){bare.data + 1, bare.size - 1};
    if (!text_equal_folded(bare, "inf") && !text_equal_folded(bare, "infinity")) return false;
    *value = minus ? -INFINITY : INFINITY;
    return true;
}

static void note_whole(const char *digits, int64_t n, bool has_sign, uint64_t value, cell_traits *traits)
{
    traits->whole = true;
    traits->zero_led = has_sign ? digits[-1] == '+' && n >= 8 : n > 1 && *digits == '0';
    traits->over_2_53 = n > 19 || value > MOST_EXACT;
}

/* Digits, signs, marks, and the i of "inf". */
static bool may_begin_number(char c)
{
    return (c >= '+' && c <= '9') || (c | 32) == 'i';
}

bool cell_number(text cell, char decimal_mark, double *value, cell_traits *traits)
{
    *traits = (cell_traits){0};
    if (!cell.size) return false;
    if (is_blank_byte(cell.data[0]) || is_blank_byte(cell.data[cell.size - 1])) cell = text_trim(cell);
    if (!cell.size || !may_begin_number(*cell.data)) return false;
    const char *p = cell.data, *end = p + cell.size;
    bool has_sign = p < end && (*p == '-' || *p == '+'), minus = has_sign && *p == '-';
    p += has_sign;
    const char *digits = p;
    uint64_t mantissa = 0;
    p = read_digits(p, end, &mantissa);
    int64_t n_whole = p - digits, n_fraction = 0;
    if (p == end && n_whole) note_whole(digits, n_whole, has_sign, mantissa, traits);
    if (p < end && *p == decimal_mark) {
        const char *fraction = ++p;
        p = read_digits(p, end, &mantissa);
        n_fraction = p - fraction;
        traits->fraction = true;
    }
    bool other = p < end && n_whole + n_fraction > 0 && (*p | 32) != 'e'; /* something follows the digits: a date, a unit */
    if (other || (p == end && n_whole + n_fraction == 0)) return false;
    if (p < end || n_whole + n_fraction > 19) return read_slowly(cell, decimal_mark, value);
    double magnitude = n_fraction ? number_divided(mantissa, (int)n_fraction) : (double)mantissa;
    *value = minus ? -magnitude : magnitude;
    return true;
}

/* Takes the mark out of a word of digits, which move up to fill its place; returns how many stand behind it, or -1 without one.
 */
static inline int take_mark_out(uint64_t *word, char decimal_mark)
{
    uint64_t other = *word ^ (unsigned char)decimal_mark * EACH_BYTE;
    uint64_t marks = (other - EACH_BYTE) & ~other & (EACH_BYTE << 7); /* the lowest one is right */
    if (!marks) return -1;
    int at = __builtin_ctzll(marks) & ~7;
    uint64_t below = *word & ((UINT64_C(1) << at) - 1), above = at == 56 ? 0 : *word >> (at + 8) << (at + 8);
    *word = above | below << 8 | '0';
    return 7 - at / 8;
}

bool cell_number_short(text cell, char decimal_mark, double *value, cell_traits *traits)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    bool minus = *cell.data == '-';
    const char *p = cell.data + minus;
    int64_t n = cell.size - minus;
    if (n < 1 || n > 8) return false;
    uint64_t word = load8(p), whole;
    int free_bits = 64 - 8 * (int)n;
    if (free_bits) word = word << free_bits | ('0' * EACH_BYTE) >> (64 - free_bits);
    int n_fraction = take_mark_out(&word, decimal_mark);
    if (!eight_digits(word, &whole) || (n == 1 && n_fraction >= 0)) return false;
    *traits = (cell_traits){.fraction = n_fraction >= 0};
    if (n_fraction < 0) note_whole(p, n, minus, whole, traits);
    double magnitude = (double)whole;
    if (n_fraction > 0) magnitude /= powers[n_fraction]; /* both are exact, so this rounds once */
    *value = minus ? -magnitude : magnitude;
    return true;
}
