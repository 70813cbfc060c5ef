/* Reading numbers by the style of their column, and the style as text. How a style is found: number_style_find.c. */
#include "table/number_style.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "table/cell.h"
#include "table/datetime.h"
#include "table/measures.h"
#include "table/number_affixes.h"

number_style number_style_plain(char mark)
{
    return (number_style){.mark = mark, .measure = -1};
}

bool number_style_is_plain(const number_style *s, char mark)
{
    return s->mark == mark && !s->affixed && s->clock == CLOCK_NONE;
}

bool number_style_clock_digits(double value, double *minutes)
{
    if (!(value >= 0 && value <= 2400) || value != floor(value)) return false;
    int whole = (int)value;
    *minutes = whole / 100 * 60 + whole % 100;
    return whole % 100 < 60;
}

static bool read_clock(const number_style *s, text cell, double *value)
{
    cell_traits traits;
    if (s->clock == CLOCK_DIGITS) return cell_number(cell, s->mark, value, &traits) && number_style_clock_digits(*value, value);
    int parts;
    double seconds;
    if (!clock_read(cell, true, &seconds, &parts)) return false;
    *value = s->seconds ? seconds : seconds / 60;
    return true;
}

/* Letters at the start of `t`, with what else a unit's name may hold. */
static text take_name(text *t)
{
    int64_t n = 0;
    while (n < t->size && ((t->data[n] | 32) >= 'a' && (t->data[n] | 32) <= 'z'))
        n++;
    text name = {t->data, n};
    *t = number_skip_blanks((text){t->data + n, t->size - n});
    return name;
}

bool measure_sum(double value, text after, int measure, double *sum, double *least, const char **unit)
{
    double last = INFINITY, size;
    const char *shown;
    for (*sum = 0;;) {
        if (!measure_unit(take_name(&after), measure, &size, &shown) || size >= last) return false;
        *sum += value * size;
        last = size;
        if (*least <= 0 || size < *least) {
            *least = size;
            *unit = shown;
        }
        if (!after.size || text_equal_folded(after, "old") || text_equal_folded(after, "ago")) return true;
        if (*after.data == ',') after = number_skip_blanks((text){after.data + 1, after.size - 1});
        number_parts next;
        if (!after.size || *after.data < '0' || *after.data > '9' || !number_parts_of(after, &next)) return false;
        if (!number_digits(next.digits, '.', 0, &value)) return false;
        after = next.after;
    }
}

bool unit_is_same(text a, text b)
{
    if (a.size > 1 && (a.data[a.size - 1] | 32) == 's') a.size--;
    if (b.size > 1 && (b.data[b.size - 1] | 32) == 's') b.size--;
    if (a.size != b.size) return false;
    for (int64_t i = 0; i < a.size; i++) {
        unsigned char x = (unsigned char)a.data[i], y = (unsigned char)b.data[i];
        bool letters = (x | 32) >= 'a' && (x | 32) <= 'z';
        if (x != y && !(letters && (x ^ y) == 32)) return false;
    }
    return true;
}

static double base_size(const number_style *s)
{
    double size = 1;
    const char *shown;
    measure_unit(text_of(s->unit), s->measure, &size, &shown);
    return size;
}

/* What follows the digits; changes the value by factors and measures. */
static bool read_after(const number_style *s, text after, double *value, uint32_t *bits)
{
    bool lone;
    if (number_take_currency_after(&after)) *bits |= 1u << AFFIX_CURRENCY;
    double factor = s->factors && after.size ? number_take_factor(&after, &lone) : 0;
    if (factor > 0) {
        *value *= factor;
        *bits |= 1u << AFFIX_FACTOR;
    }
    if (after.size && *after.data == '+') {
        *bits |= 1u << AFFIX_BOUND;
        after = number_skip_blanks((text){after.data + 1, after.size - 1});
    }
    if (!after.size) return true;
    if (after.size == 1 && *after.data == '%') {
        *bits |= 1u << AFFIX_PERCENT;
        return true;
    }
    *bits |= 1u << AFFIX_UNIT;
    if (s->measure < 0) return s->unit[0] && unit_is_same(after, text_of(s->unit));
    double sum, least = 0;
    const char *unit;
    if (!measure_sum(*value, after, s->measure, &sum, &least, &unit)) return false;
    *value = sum / base_size(s);
    return true;
}

static bool read_affixed(const number_style *s, text cell, double *value, uint32_t *bits)
{
    number_parts parts;
    if (!number_parts_of(cell, &parts) || !number_digits(parts.digits, s->mark, s->group, value)) return false;
    *bits = parts.before;
    for (int64_t i = 0; i < parts.digits.size && s->group; i++) {
        char c = parts.digits.data[i];
        if (c != s->mark && (c < '0' || c > '9')) *bits |= 1u << AFFIX_THOUSANDS;
    }
    if (!read_after(s, parts.after, value, bits)) return false;
    if (parts.minus) *value = -*value;
    return true;
}

bool number_style_value(const number_style *s, text cell, double *value, uint32_t *affixes)
{
    uint32_t bits = 0;
    bool found;
    if (s->clock != CLOCK_NONE) {
        found = read_clock(s, cell, value);
    } else {
        cell_traits traits;
        found = cell_number(cell, s->mark, value, &traits) || (s->affixed && read_affixed(s, cell, value, &bits));
    }
    if (affixes) *affixes = found ? bits : 0;
    return found;
}

void number_style_write(const number_style *s, char file_mark, char out[NUMBER_STYLE_SIZE])
{
    out[0] = '\0';
    if (number_style_is_plain(s, file_mark)) return;
    if (s->clock != CLOCK_NONE) {
        snprintf(out, NUMBER_STYLE_SIZE, "clock=%s", s->clock == CLOCK_DIGITS ? "hhmm" : s->seconds ? "hh:mm:ss" : "hh:mm");
        return;
    }
    const char group[2] = {s->group, '\0'};
    snprintf(out, NUMBER_STYLE_SIZE, "decimal=%c thousands=%s%s%s%s%s%s", s->mark,
             !s->group         ? "none"
             : s->group == ' ' ? "blank"
                               : group,
             s->factors ? " factors" : "", s->measure >= 0 ? " measure=" : "", s->measure >= 0 ? measure_name(s->measure) : "",
             s->unit[0] ? " unit=" : "", s->unit);
}

static bool take_word(text *t, const char *word)
{
    int64_t size = (int64_t)strlen(word);
    if (t->size < size || memcmp(t->data, word, (size_t)size)) return false;
    *t = (text){t->data + size, t->size - size};
    return true;
}

static bool read_clock_style(text rest, number_style *out)
{
    out->clock = text_equal_to(rest, "hhmm") ? CLOCK_DIGITS : CLOCK_TEXT;
    out->seconds = text_equal_to(rest, "hh:mm:ss");
    strcpy(out->unit, out->seconds ? "seconds" : "minutes");
    return out->clock == CLOCK_DIGITS || out->seconds || text_equal_to(rest, "hh:mm");
}

static bool read_separators(text *rest, number_style *out)
{
    if (!take_word(rest, "decimal=") || rest->size < 1) return false;
    out->mark = *rest->data;
    *rest = (text){rest->data + 1, rest->size - 1};
    if ((out->mark != '.' && out->mark != ',') || !take_word(rest, " thousands=")) return false;
    if (take_word(rest, "none"))
        out->group = 0;
    else if (take_word(rest, "blank"))
        out->group = ' ';
    else if (rest->size && strchr(",.'", *rest->data)) {
        out->group = *rest->data;
        *rest = (text){rest->data + 1, rest->size - 1};
    } else
        return false;
    return out->group != out->mark;
}

bool number_style_read(text format, char file_mark, number_style *out)
{
    *out = number_style_plain(file_mark);
    if (!format.size) return true;
    if (take_word(&format, "clock=")) return read_clock_style(format, out);
    if (!read_separators(&format, out)) return false;
    out->affixed = true;
    out->factors = take_word(&format, " factors");
    if (take_word(&format, " measure="))
        for (int m = 0; m < measure_count() && out->measure < 0; m++)
            if (take_word(&format, measure_name(m))) out->measure = m;
    if (take_word(&format, " unit=")) {
        if (!format.size || format.size >= (int64_t)sizeof out->unit) return false;
        memcpy(out->unit, format.data, (size_t)format.size);
        out->unit[format.size] = '\0';
        format.size = 0;
    }
    double size;
    const char *shown;
    bool known = out->measure < 0 || measure_unit(text_of(out->unit), out->measure, &size, &shown);
    return !format.size && known;
}
