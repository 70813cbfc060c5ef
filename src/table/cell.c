/* Numbers of a table, fast where they are short: up to 15 digits and powers of ten up to 22 are exact in one multiplication or
 * division (Clinger 1990); all others go to number_read_marked, which rounds correctly. */
#include "table/cell.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

static const double tens[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#define MOST_EXACT ((uint64_t)1 << 53)

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

/* Digits from p on; more than 19 of them overflow `value`, which the caller sees by their count. */
static const char *read_digits(const char *p, const char *end, uint64_t *value)
{
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

bool cell_number(text cell, char decimal_mark, double *value, cell_traits *traits)
{
    *traits = (cell_traits){0};
    if (!cell.size) return false;
    if (is_blank_byte(cell.data[0]) || is_blank_byte(cell.data[cell.size - 1])) cell = text_trim(cell);
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
    if (p < end || n_whole + n_fraction > 19 || mantissa > MOST_EXACT || n_fraction > 22)
        return read_slowly(cell, decimal_mark, value);
    if (n_whole + n_fraction == 0) return false;
    double magnitude = n_fraction ? (double)mantissa / tens[n_fraction] : (double)mantissa;
    *value = minus ? -magnitude : magnitude;
    return true;
}
