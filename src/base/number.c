/* Numbers in and out of text, free of the locale and correctly rounded.
 *
 * Reading: up to 19 digits are kept in a 64-bit mantissa m. m x 10^k is exact in double arithmetic for small m and k (Clinger
 * 1990), and for |k| <= 19 it is rounded once from a 128-bit product, of m and the power or its reciprocal (as Lemire 2021), or
 * where the latter leaves a doubt from the quotient; what is left goes to strtod_l in the C locale. Writing: v x 10^k is tried
 * for a whole number that divides back to v, which finds the shortest text of most numbers that people write; then 15, 16 and
 * 17 digits are tried. */
#include "base/number.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"

static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* clang-format off */
static const uint64_t whole_powers[] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u,
    1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u,
    1000000000000000000u, 10000000000000000000u,
};
/* clang-format on */

/* floor(2^127 / p), p being the power of ten shifted so that its top bit is the 63rd; of 1 one less. */
/* clang-format off */
static const uint64_t reciprocals[] = {
    0xFFFFFFFFFFFFFFFFu, 0xCCCCCCCCCCCCCCCCu, 0xA3D70A3D70A3D70Au, 0x83126E978D4FDF3Bu,
    0xD1B71758E219652Bu, 0xA7C5AC471B478423u, 0x8637BD05AF6C69B5u, 0xD6BF94D5E57A42BCu,
    0xABCC77118461CEFCu, 0x89705F4136B4A597u, 0xDBE6FECEBDEDD5BEu, 0xAFEBFF0BCB24AAFEu,
    0x8CBCCC096F5088CBu, 0xE12E13424BB40E13u, 0xB424DC35095CD80Fu, 0x901D7CF73AB0ACD9u,
    0xE69594BEC44DE15Bu, 0xB877AA3236A4B449u, 0x9392EE8E921D5D07u, 0xEC1E4A7DB69561A5u,
};
/* clang-format on */

enum {
    MANTISSA_DIGITS = 19,  /* always fit in 64 bits */
    DECIDING_DIGITS = 800, /* no more digits than these decide how a double is rounded, but whether the rest is zero */
    EXPONENT_CAP = 100000
};

/* What was scanned: the value is 0.DIGITS x 10^point; DIGITS stand in the source from `first` on, with the mark among them. */
typedef struct decimal {
    bool negative;
    uint64_t mantissa;  /* the first 19 significant digits */
    int64_t n_digits;   /* significant digits, without leading zeros */
    int64_t first, end; /* where they stand */
    int64_t exponent;   /* of the last of the first min(19, n_digits) digits */
    int64_t point;
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "e-12" from `at` on to the end of the text. */
static bool scan_exponent(text t, int64_t at, int64_t *exponent)
{
    at++;
    bool negative = at < t.size && t.data[at] == '-';
    if (at < t.size && (t.data[at] == '-' || t.data[at] == '+')) at++;
    if (at == t.size) return false;
    int64_t value = 0;
    for (; at < t.size; at++) {
        if (!is_digit(t.data[at])) return false;
        if (value < EXPONENT_CAP * INT64_C(1000000)) value = value * 10 + (t.data[at] - '0');
    }
    *exponent = negative ? -value : value;
    return true;
}

static bool scan(text t, char mark, decimal *d)
{
    *d = (decimal){0};
    int64_t at = 0, n_marked = 0; /* digits after the mark */
    bool any = false, marked = false;
    if (at < t.size && (t.data[at] == '-' || t.data[at] == '+')) d->negative = t.data[at++] == '-';
    for (; at < t.size; at++) {
        char c = t.data[at];
        if (c == mark && !marked) {
            marked = true;
            continue;
        }
        if (!is_digit(c)) break;
        any = true;
        if (d->n_digits == 0 && c == '0') {
            n_marked += marked; /* a leading zero */
            continue;
        }
        if (d->n_digits == 0) d->first = at;
        if (d->n_digits < MANTISSA_DIGITS) d->mantissa = d->mantissa * 10 + (uint64_t)(c - '0');
        d->n_digits++;
        n_marked += marked;
    }
    d->end = at;
    int64_t exponent = 0;
    if (!any || (at < t.size && ((t.data[at] != 'e' && t.data[at] != 'E') || !scan_exponent(t, at, &exponent)))) return false;
    d->point = exponent + d->n_digits - n_marked;
    d->exponent = d->point - (d->n_digits < MANTISSA_DIGITS ? d->n_digits : MANTISSA_DIGITS);
    return true;
}

/* A whole number of at most 2^53 times a power of two, where the product is a normal number. */
static double times_power(uint64_t whole, int exponent)
{
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return (double)whole * power;
}

/* value x 2^exponent with value's top bit at 63 or 62, and `sticky` for bits that were lost below; rounds to even. */
static double round_half_even(uint64_t value, int exponent, bool sticky)
{
    int drop = value >> 63 ? 11 : 10;
    uint64_t kept = value >> drop, rest = value & ((UINT64_C(1) << drop) - 1), half = UINT64_C(1) << (drop - 1);
    if (rest > half || (rest == half && (sticky || (kept & 1)))) kept++;
    return times_power(kept, exponent + drop);
}

/* m x 2^63 / power by its reciprocal: the quotient and, in `sticky`, whether a rest follows. The reciprocal is too small by
 * less than one unit, so that the quotient may be too; false where that could turn the rounding. */
static bool divide_fast(uint64_t m, int k, uint64_t *quotient, bool *sticky)
{
    wide product = (wide)m * reciprocals[k];
    *quotient = (uint64_t)(product >> 64);
    *sticky = (uint64_t)product != 0;
    int drop = *quotient >> 63 ? 11 : 10;
    uint64_t half = UINT64_C(1) << (drop - 1), rest = *quotient & (2 * half - 1);
    bool near_tie = rest == half - 1 || (rest == half && !*sticky);
    return !near_tie && *quotient < UINT64_MAX - 1 && *quotient != (UINT64_C(1) << 63) - 1;
}

/* m x 10^k, rounded once; m != 0 and |k| <= 19, so that the result is a normal number. */
static double scale_exactly(uint64_t m, int k)
{
    int m_shift = __builtin_clzll(m);
    uint64_t power = whole_powers[k < 0 ? -k : k];
    int p_shift = __builtin_clzll(power);
    m <<= m_shift;
    power <<= p_shift;
    if (k < 0) {
        uint64_t quotient;
        bool sticky;
        if (!divide_fast(m, -k, &quotient, &sticky)) {
            wide numerator = (wide)m << 63;
            quotient = (uint64_t)(numerator / power);
            sticky = numerator % power != 0;
        }
        return round_half_even(quotient, p_shift - m_shift - 63, sticky);
    }
    wide product = (wide)m * power;
    return round_half_even((uint64_t)(product >> 64), 64 - m_shift - p_shift, (uint64_t)product != 0);
}

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* a constant inside the C library, no allocation */
    assert(c_locale);
}

/* The general case: the deciding digits as 0.DIGITSe+N, read by strtod_l. */
static double read_slowly(text t, const decimal *d)
{
    char digits[DECIDING_DIGITS + 32];
    int n = 0;
    digits[n++] = '.';
    bool more = false;
    for (int64_t i = d->first; i < d->end && !more; i++) {
        if (!is_digit(t.data[i])) continue;
        if (n <= DECIDING_DIGITS)
            digits[n++] = t.data[i];
        else
            more = t.data[i] != '0';
    }
    if (more) digits[n++] = '1';
    snprintf(digits + n, sizeof digits - (size_t)n, "e%d", (int)d->point);
    pthread_once(&c_locale_once, make_c_locale);
    return strtod_l(digits, NULL, c_locale);
}

double number_divided(uint64_t mantissa, int k)
{
    if (mantissa <= UINT64_C(1) << 53) return (double)mantissa / exact_powers[k];
    return scale_exactly(mantissa, -k);
}

static double value_of(text t, const decimal *d)
{
    if (d->mantissa == 0 || d->point < -EXPONENT_CAP) return 0;
    if (d->point > EXPONENT_CAP) return HUGE_VAL;
    if (d->n_digits <= MANTISSA_DIGITS && d->mantissa <= UINT64_C(1) << 53 && d->exponent >= -22 && d->exponent <= 22)
        return d->exponent < 0 ? (double)d->mantissa / exact_powers[-d->exponent]
                               : (double)d->mantissa * exact_powers[d->exponent];
    if (d->n_digits <= MANTISSA_DIGITS && d->exponent >= -19 && d->exponent <= 19)
        return scale_exactly(d->mantissa, (int)d->exponent);
    return read_slowly(t, d);
}

bool number_read_marked(text t, char decimal_mark, double *out)
{
    decimal d;
    if (!scan(t, decimal_mark, &d)) return false;
    double value = value_of(t, &d);
    *out = d.negative ? -value : value;
    return true;
}

bool number_read(text t, double *out)
{
    return number_read_marked(t, '.', out);
}

bool number_read_integer(text t, int64_t *out)
{
    int64_t at = 0;
    bool negative = t.size > 0 && t.data[0] == '-';
    if (t.size > 0 && (t.data[0] == '-' || t.data[0] == '+')) at++;
    if (at == t.size) return false;
    int64_t value = 0; /* kept negative, whose range is larger */
    for (; at < t.size; at++) {
        if (!is_digit(t.data[at])) return false;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, t.data[at] - '0', &value)) return false;
    }
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}

/* Decimal digits without trailing zeros; the value is 0.DIGITS x 10^point. */
typedef struct digits {
    char text[24];
    int n, point;
} digits;

static void set_digits(digits *d, uint64_t value, int exponent)
{
    char reversed[24];
    int n = 0;
    for (; value; value /= 10)
        reversed[n++] = (char)('0' + value % 10);
    d->point = n + exponent;
    d->n = 0;
    while (n)
        d->text[d->n++] = reversed[--n];
    while (d->n && d->text[d->n - 1] == '0')
        d->n--;
}

/* Finds m and the least k with m / 10^k == value, for magnitudes where both are exact; m of at most 15 digits is then the only
 * text of that length, so it is the shortest. */
static bool digits_by_scaling(double value, digits *d)
{
    if (value < 1e-5 || value >= 1e15) return false;
    for (int k = 0; k <= 20; k++) {
        double m = nearbyint(value * exact_powers[k]);
        if (m >= 1e15) return false;
        if (m / exact_powers[k] != value) continue;
        set_digits(d, (uint64_t)m, -k);
        return true;
    }
    return false;
}

/* m x 2^exponent x 10^k, rounded to a whole number; `*reads_back` tells whether that is nearer to m x 2^exponent than any other
 * double. The product m x 5^k is exact: 0 <= k <= 27, and the shift is in 1 ... 127. */
static uint64_t round_scaled(uint64_t m, int exponent, int k, bool *reads_back)
{
    int shift = -(exponent + k);
    wide power = 1;
    for (int i = 0; i < k; i++)
        power *= 5;
    wide product = m * power, half = (wide)1 << (shift - 1), whole = product >> shift, rest = product - (whole << shift);
    if (rest > half || (rest == half && (whole & 1))) whole++;
    wide back = whole << shift, distance = back > product ? back - product : product - back;
    *reads_back = 2 * distance < power || (2 * distance == power && m % 2 == 0);
    return (uint64_t)whole;
}

/* 15, 16 or 17 digits, for magnitudes where round_scaled is exact and doubles on both sides are equally far. */
static bool digits_by_rounding(double value, digits *d)
{
    if (value < 1e-9 || value >= 1e15) return false;
    int exponent;
    uint64_t m = (uint64_t)ldexp(frexp(value, &exponent), 53);
    exponent -= 53;
    if (m == UINT64_C(1) << 52) return false;
    bool good;
    int point = (int)floor(log10(value)) + 1; /* perhaps wrong by one beside a power of ten */
    uint64_t most = round_scaled(m, exponent, 17 - point, &good);
    point += most >= whole_powers[17] ? 1 : most < whole_powers[16] ? -1 : 0;
    for (int n = 15; n <= 17; n++) {
        uint64_t whole = round_scaled(m, exponent, n - point, &good);
        set_digits(d, whole, point - n);
        if (good) return true;
    }
    return false;
}

/* The `n` digits of printf's %e, whatever the locale's decimal mark. */
static void digits_by_printf(double value, int n, digits *d)
{
    char printed[64];
    snprintf(printed, sizeof printed, "%.*e", n - 1, value);
    d->n = 0;
    const char *c = printed;
    for (; *c != 'e'; c++)
        if (is_digit(*c)) d->text[d->n++] = *c;
    d->point = 1 + (int)strtol(c + 1, NULL, 10);
    while (d->n && d->text[d->n - 1] == '0')
        d->n--;
}

static double value_of_digits(const digits *d)
{
    char buffer[64];
    memcpy(buffer, d->text, (size_t)d->n);
    int length = d->n + snprintf(buffer + d->n, sizeof buffer - (size_t)d->n, "e%d", d->point - d->n);
    double value = 0;
    return number_read((text){buffer, length}, &value) ? value : NAN;
}

/* The next larger number of `n` digits. */
static void step_up(digits *d, int n)
{
    while (d->n < n)
        d->text[d->n++] = '0';
    int i = n - 1;
    while (i >= 0 && d->text[i] == '9')
        i--;
    d->n = i + 1;
    if (i >= 0)
        d->text[i]++;
    else
        *d = (digits){.text = "1", .n = 1, .point = d->point + 1};
}

static void digits_by_trying(double value, digits *d)
{
    int exponent;
    bool power_of_two = frexp(value, &exponent) == 0.5;
    for (int n = value < 0x1p-1022 ? 1 : 15; n < 17; n++) {
        digits_by_printf(value, n, d);
        if (value_of_digits(d) == value) return;
        /* Above a power of two its interval is twice as wide as below: the nearest text may miss it where the next one is in.
         */
        if (power_of_two) step_up(d, n);
        if (power_of_two && value_of_digits(d) == value) return;
    }
    digits_by_printf(value, 17, d);
}

static int put(char *out, int at, const char *data, int n)
{
    memcpy(out + at, data, (size_t)n);
    return at + n;
}

static int put_zeros(char *out, int at, int n)
{
    memset(out + at, '0', (size_t)n);
    return at + n;
}

/* Plain from 0.0001 to 16 digits before the point, else with an exponent, as Python's repr() lays numbers out. */
static int lay_out(bool negative, const digits *d, char *out)
{
    int at = 0;
    if (negative) out[at++] = '-';
    if (d->point > 16 || d->point < -3) {
        at = put(out, at, d->text, 1);
        if (d->n > 1) out[at++] = '.';
        at = put(out, at, d->text + 1, d->n - 1);
        at += snprintf(out + at, (size_t)(NUMBER_TEXT_SIZE - at), "e%+03d", d->point - 1);
        return at;
    }
    if (d->point <= 0) {
        at = put(out, at, "0.", 2);
        at = put_zeros(out, at, -d->point);
        at = put(out, at, d->text, d->n);
    } else if (d->n <= d->point) {
        at = put(out, at, d->text, d->n);
        at = put_zeros(out, at, d->point - d->n);
    } else {
        at = put(out, at, d->text, d->point);
        out[at++] = '.';
        at = put(out, at, d->text + d->point, d->n - d->point);
    }
    out[at] = '\0';
    return at;
}

static int put_word(const char *word, char *out)
{
    int n = (int)strlen(word);
    memcpy(out, word, (size_t)n + 1);
    return n;
}

/* nan, infinities and zeros; 0 for all others. */
static int write_special(double value, char *out)
{
    if (isnan(value)) return put_word("nan", out);
    if (isinf(value)) return put_word(value < 0 ? "-inf" : "inf", out);
    if (value == 0) return put_word(signbit(value) ? "-0.0" : "0", out);
    return 0;
}

int number_write(double value, char out[NUMBER_TEXT_SIZE])
{
    int special = write_special(value, out);
    if (special) return special;
    digits d;
    double size = fabs(value);
    if (!digits_by_scaling(size, &d) && !digits_by_rounding(size, &d)) digits_by_trying(size, &d);
    return lay_out(value < 0, &d, out);
}

int number_write_short(double value, int n_digits, char out[NUMBER_TEXT_SIZE])
{
    if (value == 0) return put_word("0", out);
    int special = write_special(value, out);
    if (special) return special;
    digits d;
    digits_by_printf(fabs(value), n_digits < 1 ? 1 : n_digits > 17 ? 17 : n_digits, &d);
    return lay_out(value < 0, &d, out);
}
