/* Reading dates by the pattern of a family, and formats as text. Times: time_of_day.c; the calendar: calendar.c. */
#include "table/datetime.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "table/date_reader.h"
#include "table/iso_date.h"

/* The order decides where a column reads either way: month first with slashes, day first with dots and dashes. */
static const char *const families[DATETIME_FAMILIES] = {
    "%Y-%m-%d", "%Y/%m/%d",  "%Y.%m.%d",  "%m/%d/%Y",  "%d/%m/%Y",    "%d.%m.%Y", "%d-%m-%Y",  "%m-%d-%Y",
    "%m.%d.%Y", "%m/%d/%y",  "%d/%m/%y",  "%d.%m.%y",  "%d-%m-%y",    "%m-%d-%y", "%d %b %Y",  "%d-%b-%Y",
    "%d/%b/%Y", "%d.%b.%Y",  "%d %b, %Y", "%d. %b %Y", "%d %b %y",    "%d-%b-%y", "%b %d, %Y", "%b %d %Y",
    "%b-%d-%Y", "%b %d, %y", "%Y-%b-%d",  "%Y %b %d",  "%b %d %T %Y", "%Y-%m",    "%Y/%m",     "%m/%Y",
    "%b %Y",    "%b-%Y",     "%b-%y",     "%Y-%b",     "%Y%m%d",      "epoch s",  "epoch ms",
};
_Static_assert(DATETIME_ISO == 0 && DATETIME_COMPACT == 36, "the order of the families");

static const char *const month_names[12] = {"january", "february", "march",     "april",   "may",      "june",
                                            "july",    "august",   "september", "october", "november", "december"};
static const char *const day_names[7] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/* The name that `n` letters are, whole or its first three (four for "sept"); its number from 1, or 0. */
static int name_number(const char *p, int64_t n, const char *const *names, int n_names)
{
    if (n < 3 || n > 9) return 0;
    for (int i = 0; i < n_names; i++) {
        int64_t whole = (int64_t)strlen(names[i]), same = 0;
        while (same < n && same < whole && (p[same] | 32) == names[i][same])
            same++;
        if (same == n && (n == 3 || n == whole || (n == 4 && (i == 8 || n_names == 7)))) return i + 1;
    }
    return 0;
}

/* Months by their English names at the start of a text, 1 ... 12, 0 for none; `size` takes the name's length. */
static int month_of_name(text t, int64_t *size)
{
    *size = count_letters(t.data, t.data + t.size);
    return name_number(t.data, *size, month_names, 12);
}

static bool take_month_name(reader *r, int64_t *month)
{
    int64_t size;
    *month = month_of_name((text){r->p, r->end - r->p}, &size);
    if (*month) r->p += size;
    if (*month && r->p < r->end && *r->p == '.' && r->p + 1 < r->end && r->p[1] == ' ') r->p++;
    return *month != 0;
}

static bool take_blanks(reader *r)
{
    const char *from = r->p;
    while (r->p < r->end && *r->p == ' ')
        r->p++;
    return r->p > from;
}

/* "Mon, ", "Monday " before the date. */
static bool take_weekday(reader *r)
{
    int64_t n = count_letters(r->p, r->end);
    if (!name_number(r->p, n, day_names, 7)) return false;
    r->p += n;
    take(r, '.');
    take(r, ',');
    return take_blanks(r);
}

/* "1st", "2nd" after a day. */
static void take_ordinal(reader *r)
{
    static const char *const endings[4] = {"st", "nd", "rd", "th"};
    if (count_letters(r->p, r->end) != 2) return;
    for (int i = 0; i < 4; i++)
        if ((r->p[0] | 32) == endings[i][0] && (r->p[1] | 32) == endings[i][1]) {
            r->p += 2;
            return;
        }
}

typedef struct civil {
    int64_t y, m, d;
    bool has_day, named;
} civil;

/* One part of a pattern. */
static bool take_part(reader *r, char part, civil *c, double *time, datetime_details *seen)
{
    switch (part) {
    case 'Y':
        return take_number(r, 4, 4, &c->y);
    case 'y':
        if (!take_number(r, 2, 2, &c->y)) return false;
        c->y += c->y < 69 ? 2000 : 1900;
        return true;
    case 'm':
        return take_number(r, 1, 2, &c->m);
    case 'd':
        c->has_day = true;
        if (!take_number(r, 1, 2, &c->d)) return false;
        take_ordinal(r);
        return true;
    case 'b':
        c->named = true;
        return take_month_name(r, &c->m);
    default:
        seen->time = true;
        return clock_take_time(r, time, seen); /* %T */
    }
}

static bool is_calendar_day(const civil *c)
{
    if (c->m < 1 || c->m > 12 || c->d < 1 || c->d > calendar_days_in_month(c->y, c->m)) return false;
    return c->has_day || (c->y >= 1800 && c->y < 2200);
}

static bool take_date(reader *r, const char *pattern, int64_t *days, double *time, datetime_details *seen)
{
    civil c = {.d = 1};
    for (const char *p = pattern; *p; p++) {
        bool fine = true;
        if (*p == '%')
            fine = take_part(r, *++p, &c, time, seen);
        else if (*p == ' ')
            fine = take_blanks(r);
        else
            fine = take(r, *p);
        if (!fine) return false;
    }
    if (!is_calendar_day(&c)) return false;
    seen->months |= 1u << c.m;
    seen->days |= 1u << c.d;
    *days = calendar_days(c.y, c.m, c.d);
    return true;
}

/* Eight digits, and six more for the time. */
static bool take_compact_date(reader *r, int64_t *days, datetime_details *seen)
{
    civil c = {.d = 1};
    if (!take_number(r, 4, 4, &c.y) || !take_number(r, 2, 2, &c.m) || !take_number(r, 2, 2, &c.d)) return false;
    if (c.y < 1800 || c.y >= 2200 || !is_calendar_day(&c)) return false;
    seen->months |= 1u << c.m;
    seen->days |= 1u << c.d;
    *days = calendar_days(c.y, c.m, c.d);
    return true;
}

void datetime_add_details(datetime_details *to, datetime_details more)
{
    to->time |= more.time;
    to->letter_t |= more.letter_t;
    to->seconds |= more.seconds;
    to->fraction |= more.fraction;
    to->zone |= more.zone;
    to->half_day |= more.half_day;
    to->weekday |= more.weekday;
    to->comma |= more.comma;
    to->months |= more.months;
    to->days |= more.days;
}

/* What stands between date and time. */
static bool take_between(reader *r, int family, datetime_details *found)
{
    found->time = true;
    if (take(r, 'T')) return found->letter_t = true;
    if (strstr(families[family], "/%b/") && take(r, ':')) return true; /* of web server logs */
    found->comma = take(r, ',');
    return take_blanks(r);
}

static bool take_rest(reader *r, int family, double *time, datetime_details *found)
{
    if (r->p == r->end || found->time) return r->p == r->end;
    bool digits = *r->p >= '0' && *r->p <= '9';
    if (!(family == DATETIME_COMPACT && digits) && !take_between(r, family, found)) return false;
    found->time = true;
    bool marked = r->p + 2 < r->end && (r->p[1] == ':' || r->p[2] == ':');
    bool fine = family == DATETIME_COMPACT && !marked ? clock_take_compact(r, time, found) : clock_take_time(r, time, found);
    return fine && r->p == r->end;
}

bool datetime_of_number(double value, int family, double *seconds)
{
    if (family != DATETIME_COMPACT) {
        *seconds = family == DATETIME_MILLIS ? value / 1000 : value;
        return *seconds >= -62135596800.0 && *seconds < 253402300800.0;
    }
    if (!(value >= 18000101 && value <= 21991231) || value != floor(value)) return false;
    int64_t whole = (int64_t)value;
    civil c = {.y = whole / 10000, .m = whole / 100 % 100, .d = whole % 100};
    if (!is_calendar_day(&(civil){c.y, c.m, c.d, true, false})) return false;
    *seconds = (double)(calendar_days(c.y, c.m, c.d) * 86400);
    return true;
}

bool datetime_read(text cell, int family, double *seconds, datetime_details *seen)
{
    text bare = text_trim(cell);
    if (family == DATETIME_SECONDS || family == DATETIME_MILLIS) {
        double value;
        return number_read(bare, &value) && datetime_of_number(value, family, seconds);
    }
    if (bare.size < 6 || bare.size > 48) return false;
    if (family == DATETIME_ISO && iso_date_read(bare, seconds, seen)) return true;
    reader r = {bare.data, bare.data + bare.size};
    int64_t days;
    double time = 0;
    datetime_details found = {0};
    found.weekday = (*r.p < '0' || *r.p > '9') && take_weekday(&r);
    bool fine = family == DATETIME_COMPACT ? take_compact_date(&r, &days, &found)
                                           : take_date(&r, families[family], &days, &time, &found);
    if (!fine || !take_rest(&r, family, &time, &found)) return false;
    *seconds = (double)(days * 86400) + time;
    if (seen) datetime_add_details(seen, found);
    return true;
}

const char *datetime_pattern(int family)
{
    return families[family];
}

int datetime_twin(int family)
{
    char swapped[16];
    snprintf(swapped, sizeof swapped, "%s", families[family]);
    if (!strstr(swapped, "%m") || !strstr(swapped, "%d") || family == DATETIME_COMPACT) return -1;
    for (char *p = swapped; *p; p++)
        *p = *p == 'm' ? 'd' : *p == 'd' ? 'm' : *p;
    for (int i = 0; i < DATETIME_FAMILIES; i++)
        if (!strcmp(families[i], swapped)) return i;
    return -1;
}

void datetime_format(int family, datetime_details seen, char out[40])
{
    bool after = seen.time && !strstr(families[family], "%T");
    const char *time = !after ? "" : seen.half_day ? "%I:%M" : "%H:%M";
    const char *between = !after ? "" : seen.letter_t ? "T" : seen.comma ? ", " : " ";
    snprintf(out, 40, "%s%s%s%s%s%s%s%s", seen.weekday ? "%a " : "", families[family], between, time,
             after && seen.seconds ? ":%S" : "", after && seen.fraction ? ".%f" : "", after && seen.half_day ? " %p" : "",
             seen.zone ? "%z" : "");
}

int datetime_family_of(text format)
{
    int best = -1;
    int64_t longest = 0;
    if (format.size > 3 && !memcmp(format.data, "%a ", 3)) format = (text){format.data + 3, format.size - 3};
    for (int i = 0; i < DATETIME_FAMILIES; i++) {
        int64_t size = (int64_t)strlen(families[i]);
        if (size <= longest || format.size < size || memcmp(format.data, families[i], (size_t)size)) continue;
        best = i;
        longest = size;
    }
    return best;
}
