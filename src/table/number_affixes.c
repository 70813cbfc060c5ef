/* Taking numbers in text apart: bounds, signs, currencies, parentheses before the digits; factors, percent signs and units
 * after them. What it all means is for number_style.c to say. */
#include "table/number_affixes.h"

#include <string.h>

#include "table/cell.h"
#include "table/frame.h"

/* Longest first where one begins another. */
static const char *const blanks[] = {" ", "\t", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", NULL};
static const char *const bounds[] = {"<=", ">=", "<", ">", "~", "\xE2\x89\xA4", "\xE2\x89\xA5", "\xE2\x89\x88", NULL};
static const char *const minuses[] = {"-", "\xE2\x88\x92", "\xE2\x80\x93", NULL};
static const char *const currencies_before[] = {
    "US$",          "R$",           "A$",           "C$",  "$",   "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "\xE2\x82\xB9",
    "\xE2\x82\xBD", "\xE2\x82\xA9", "\xE2\x82\xBA", "USD", "EUR", "GBP",          "CHF",      "JPY",      "INR",
    "CAD",          "AUD",          "CNY",          "Rs.", "Rs",  "kr",           NULL};
static const char *const currencies_after[] = {
    "$",   "\xE2\x82\xAC", "\xC2\xA3",  "\xC2\xA5", "\xE2\x82\xB9", "\xE2\x82\xBD", "\xE2\x82\xA9", "\xE2\x82\xBA",
    "USD", "EUR",          "GBP",       "CHF",      "JPY",          "INR",          "CAD",          "AUD",
    "CNY", "kr",           "z\xC5\x82", NULL};

static const struct factor_name {
    const char *name; /* longest first */
    double factor;
} factor_names[] = {{"thousand", 1e3}, {"million", 1e6}, {"billion", 1e9}, {"trillion", 1e12}, {"crore", 1e7}, {"lakh", 1e5},
                    {"mln", 1e6},      {"mio", 1e6},     {"mn", 1e6},      {"bn", 1e9},        {"tn", 1e12},   {"cr", 1e7},
                    {"k", 1e3},        {"m", 1e6},       {"b", 1e9},       {"t", 1e12},        {"g", 1e9}};

/* Takes one of the texts from the front. */
static bool take_any(text *t, const char *const *list)
{
    for (; *list; list++) {
        int64_t size = (int64_t)strlen(*list);
        if (t->size < size || memcmp(t->data, *list, (size_t)size)) continue;
        *t = (text){t->data + size, t->size - size};
        return true;
    }
    return false;
}

text number_skip_blanks(text t)
{
    while (take_any(&t, blanks)) {
    }
    return t;
}

/* Without blanks at the end, also those of two and three bytes. */
static text cut_blanks(text t)
{
    for (bool found = true; found;) {
        found = false;
        for (int i = 0; blanks[i]; i++) {
            int64_t size = (int64_t)strlen(blanks[i]);
            if (t.size < size || memcmp(t.data + t.size - size, blanks[i], (size_t)size)) continue;
            t.size -= size;
            found = true;
        }
    }
    return t;
}

bool number_take_currency_before(text *t)
{
    if (!take_any(t, currencies_before)) return false;
    *t = number_skip_blanks(*t);
    return true;
}

bool number_take_currency_after(text *t)
{
    for (int i = 0; currencies_after[i]; i++) {
        int64_t size = (int64_t)strlen(currencies_after[i]);
        if (t->size < size || memcmp(t->data + t->size - size, currencies_after[i], (size_t)size)) continue;
        text rest = {t->data, t->size - size};
        bool letters = (currencies_after[i][0] | 32) >= 'a' && (currencies_after[i][0] | 32) <= 'z';
        if (letters && rest.size && rest.data[rest.size - 1] != ' ') continue;
        *t = cut_blanks(rest);
        return true;
    }
    return false;
}

static bool is_letter(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (unsigned char)c >= 0x80;
}

double number_take_factor(text *t, bool *lone)
{
    for (size_t i = 0; i < sizeof factor_names / sizeof *factor_names; i++) {
        int64_t size = (int64_t)strlen(factor_names[i].name);
        if (t->size < size || !text_equal_folded((text){t->data, size}, factor_names[i].name)) continue;
        if (t->size > size && is_letter(t->data[size])) continue;
        *lone = size == 1 && *factor_names[i].name != 'k';
        *t = number_skip_blanks((text){t->data + size, t->size - size});
        return factor_names[i].factor;
    }
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The bytes of a separator between digits at `t`: a mark, a quote or a blank. */
static int64_t separator_size(text t)
{
    if (!t.size) return 0;
    if (*t.data == ',' || *t.data == '.' || *t.data == '\'' || *t.data == ' ') return 1;
    text rest = t;
    static const char *const wide[] = {"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x99", NULL};
    return take_any(&rest, wide) ? t.size - rest.size : 0;
}

/* Digits and single separators, each but a last mark followed by a digit. */
static text take_digits(text *t)
{
    const char *from = t->data;
    int64_t at = 0;
    while (at < t->size) {
        if (is_digit(t->data[at])) {
            at++;
            continue;
        }
        int64_t size = separator_size((text){t->data + at, t->size - at});
        if (!size || at + size >= t->size || !is_digit(t->data[at + size])) break;
        at += size;
    }
    *t = (text){t->data + at, t->size - at};
    return (text){from, at};
}

static text take_parentheses(text t, number_parts *out)
{
    if (t.size < 3 || t.data[0] != '(' || t.data[t.size - 1] != ')') return t;
    out->before |= 1u << AFFIX_PARENTHESES;
    out->minus = true;
    return cut_blanks(number_skip_blanks((text){t.data + 1, t.size - 2}));
}

/* Bounds, one sign and one currency, in any order. */
static text take_before(text t, number_parts *out)
{
    bool sign = false;
    for (bool found = true; found;) {
        found = false;
        if (!(out->before & 1u << AFFIX_BOUND) && take_any(&t, bounds)) {
            out->before |= 1u << AFFIX_BOUND;
            found = true;
        }
        if (!sign && t.size && *t.data == '+') {
            t = (text){t.data + 1, t.size - 1};
            found = sign = true;
        }
        if (!sign && take_any(&t, minuses)) {
            out->minus = !out->minus;
            found = sign = true;
        }
        t = number_skip_blanks(t);
        if (!(out->before & 1u << AFFIX_CURRENCY) && number_take_currency_before(&t)) {
            out->before |= 1u << AFFIX_CURRENCY;
            found = true;
        }
    }
    return t;
}

bool number_parts_of(text cell, number_parts *out)
{
    *out = (number_parts){0};
    text t = cut_blanks(number_skip_blanks(text_trim(cell)));
    if (t.size < 1 || t.size > 64) return false;
    t = take_before(take_parentheses(t, out), out);
    if (!t.size || !(is_digit(*t.data) || ((*t.data == '.' || *t.data == ',') && t.size > 1 && is_digit(t.data[1]))))
        return false;
    out->digits = take_digits(&t);
    if (t.size && (*t.data == '.' || *t.data == ',') && t.size == 1) return false;
    out->after = number_skip_blanks(t);
    out->apart = out->after.size < t.size;
    return true;
}

/* True where `t` begins with the separator `group`; its size. */
static int64_t group_size(text t, char group)
{
    int64_t size = separator_size(t);
    if (!size || !group) return 0;
    if (group == ' ') return *t.data == ' ' || (size > 1 && memcmp(t.data, "\xE2\x80\x99", (size_t)size)) ? size : 0;
    if (group == '\'') return *t.data == '\'' || (size == 3 && !memcmp(t.data, "\xE2\x80\x99", 3)) ? size : 0;
    return *t.data == group ? size : 0;
}

/* Groups behind the first digits: all of three, or all but the last of two (as in India). */
typedef struct grouping {
    int first, n, twos, threes, last;
} grouping;

static bool is_grouped(const grouping *g)
{
    if (!g->n) return true;
    return g->first >= 1 && g->first <= 3 && g->last == 3 && (g->twos == 0 || g->threes == 1);
}

bool number_digits(text digits, char mark, char group, double *value)
{
    char plain[72];
    int n = 0, run = 0;
    grouping g = {0};
    bool fraction = false;
    for (int64_t at = 0; at < digits.size;) {
        char c = digits.data[at];
        int64_t size = fraction ? 0 : group_size((text){digits.data + at, digits.size - at}, group);
        if (is_digit(c)) {
            plain[n++] = c;
            run++;
            at++;
        } else if (c == mark && !fraction) {
            fraction = true;
            plain[n++] = '.';
            at++;
        } else if (size) {
            if (!g.n++) g.first = run;
            run = 0;
            at += size;
        } else {
            return false;
        }
        bool ends = at == digits.size || !is_digit(digits.data[at]);
        if (g.n && ends && !fraction && run) {
            g.last = run;
            g.twos += run == 2;
            g.threes += run == 3;
            if (run != 2 && run != 3) return false;
        }
    }
    if (!is_grouped(&g) || (g.n && digits.data[0] == '0')) return false;
    cell_traits traits;
    return cell_number((text){plain, n}, '.', value, &traits);
}
