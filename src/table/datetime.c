/* Dates by the proleptic Gregorian calendar; days from civil dates by Hinnant's algorithm
 * (https://howardhinnant.github.io/date_algorithms.html). */
#include "table/datetime.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* The order decides where a column reads either way: month first with slashes, day first with dots and dashes. */
static const char *const families[DATETIME_FAMILIES] = {
    "%Y-%m-%d", "%Y/%m/%d",  "%Y.%m.%d",  "%m/%d/%Y",  "%d/%m/%Y",    "%d.%m.%Y", "%d-%m-%Y",  "%m-%d-%Y",
    "%m.%d.%Y", "%m/%d/%y",  "%d/%m/%y",  "%d.%m.%y",  "%d-%m-%y",    "%m-%d-%y", "%d %b %Y",  "%d-%b-%Y",
    "%d/%b/%Y", "%d.%b.%Y",  "%d %b, %Y", "%d. %b %Y", "%d %b %y",    "%d-%b-%y", "%b %d, %Y", "%b %d %Y",
    "%b-%d-%Y", "%b %d, %y", "%Y-%b-%d",  "%Y %b %d",  "%b %d %T %Y", "%Y-%m",    "%Y/%m",     "%m/%Y",
    "%b %Y",    "%b-%Y",     "%b-%y",     "%Y-%b",     "%Y%m%d",      "epoch s",  "epoch ms",
};
_Static_assert(DATETIME_COMPACT == 36, "families of numbers come last");

static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, year = y - era * 400;
    int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

static void civil_from_days(int64_t z, int64_t *y, int64_t *m, int64_t *d)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097, day = z - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    *d = of_year - (153 * month + 2) / 5 + 1;
    *m = month < 10 ? month + 3 : month - 9;
    *y = year + era * 400 + (*m <= 2);
}

static int64_t days_in_month(int64_t y, int64_t m)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : days[m - 1];
}

typedef struct reader {
    const char *p, *end;
} reader;

/* A number of least ... most digits. */
static bool take_number(reader *r, int least, int most, int64_t *out)
{
    int n = 0;
    for (*out = 0; n < most && r->p < r->end && *r->p >= '0' && *r->p <= '9'; n++)
        *out = *out * 10 + (*r->p++ - '0');
    return n >= least;
}

static bool take(reader *r, char c)
{
    if (r->p >= r->end || *r->p != c) return false;
    r->p++;
    return true;
}

static const char *const month_names[12] = {"january", "february", "march",     "april",   "may",      "june",
                                            "july",    "august",   "september", "october", "november", "december"};
static const char *const day_names[7] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/* Letters at the start of a text. */
static int64_t count_letters(const char *p, const char *end)
{
    const char *from = p;
    while (p < end && ((*p | 32) >= 'a' && (*p | 32) <= 'z'))
        p++;
    return p - from;
}

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

int month_of_name(text t, int64_t *size)
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

static bool take_time(reader *r, double *seconds, datetime_details *seen);

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
        return take_time(r, time, seen); /* %T */
    }
}

static bool is_calendar_day(const civil *c)
{
    if (c->m < 1 || c->m > 12 || c->d < 1 || c->d > days_in_month(c->y, c->m)) return false;
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
    *days = days_from_civil(c.y, c.m, c.d);
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
    *days = days_from_civil(c.y, c.m, c.d);
    return true;
}

static bool take_half_day(reader *r, int64_t *hours, datetime_details *seen)
{
    reader at = *r;
    take(&at, ' ');
    if (at.end - at.p < 2 || (at.p[1] != 'M' && at.p[1] != 'm')) return true;
    bool afternoon = *at.p == 'P' || *at.p == 'p';
    if (!afternoon && *at.p != 'A' && *at.p != 'a') return true;
    if (*hours < 1 || *hours > 12) return false;
    *hours = *hours % 12 + (afternoon ? 12 : 0);
    seen->half_day = true;
    at.p += 2;
    *r = at;
    return true;
}

/* Zones by name; their hours from UTC. */
static const struct zone_name {
    const char *name;
    int hours;
} zone_names[] = {{"utc", 0},  {"gmt", 0},  {"z", 0},    {"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7},
                  {"mdt", -6}, {"pst", -8}, {"pdt", -7}, {"cet", 1},  {"cest", 2}, {"wet", 0},  {"eet", 2},  {"bst", 1}};

static bool take_zone_name(reader *r, int64_t *offset)
{
    int64_t n = count_letters(r->p, r->end);
    for (size_t i = 0; i < sizeof zone_names / sizeof *zone_names; i++) {
        const char *name = zone_names[i].name;
        if ((int64_t)strlen(name) != n) continue;
        int64_t same = 0;
        while (same < n && (r->p[same] | 32) == name[same])
            same++;
        if (same < n) continue;
        *offset = zone_names[i].hours * 3600;
        r->p += n;
        return true;
    }
    return false;
}

static bool take_zone_offset(reader *r, int64_t *offset)
{
    bool minus = *r->p == '-';
    if (!take(r, '+') && !take(r, '-')) return false;
    int64_t hours = 0, minutes = 0;
    if (!take_number(r, 2, 2, &hours)) return false;
    bool colon = take(r, ':');
    bool digits = r->p < r->end && *r->p >= '0' && *r->p <= '9';
    if ((colon || digits) && !take_number(r, 2, 2, &minutes)) return false;
    if (hours > 15 || minutes > 59) return false;
    *offset = (minus ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

/* A zone is there or not; what follows it is the caller's. */
static bool take_zone(reader *r, int64_t *offset, datetime_details *seen)
{
    *offset = 0;
    reader at = *r;
    take(&at, ' ');
    if (at.p >= at.end) return true;
    if (*at.p == '+' || *at.p == '-') {
        if (!take_zone_offset(&at, offset)) return false;
    } else if (!take_zone_name(&at, offset)) {
        return true;
    }
    seen->zone = true;
    *r = at;
    return true;
}

/* A fraction of any length; digits past the ninth do not count. */
static double take_fraction(reader *r)
{
    double value = 0, unit = 1;
    for (int n = 0; r->p < r->end && *r->p >= '0' && *r->p <= '9'; n++, r->p++) {
        if (n >= 9) continue;
        value = value * 10 + (*r->p - '0');
        unit *= 10;
    }
    return value / unit;
}

/* HH:MM[:SS[.fraction]] as seconds. */
static bool take_clock(reader *r, int64_t most_hours, double *seconds, int *parts, int64_t *hours, datetime_details *seen)
{
    int64_t m = 0, s = 0;
    double fraction = 0;
    if (!take_number(r, 1, most_hours > 99 ? 3 : 2, hours) || !take(r, ':') || !take_number(r, 2, 2, &m)) return false;
    *parts = 2;
    if (take(r, ':')) {
        if (!take_number(r, 2, 2, &s)) return false;
        *parts = 3;
        seen->seconds = true;
        if (r->p + 1 < r->end && (*r->p == '.' || *r->p == ',') && r->p[1] >= '0' && r->p[1] <= '9') {
            r->p++;
            fraction = take_fraction(r);
            seen->fraction = true;
        }
    }
    *seconds = (double)(m * 60 + s) + fraction;
    return m <= 59 && s <= 59;
}

static bool take_time(reader *r, double *seconds, datetime_details *seen)
{
    int64_t h = 0, offset = 0;
    int parts;
    if (!take_clock(r, 23, seconds, &parts, &h, seen)) return false;
    if (!take_half_day(r, &h, seen) || h > 23 || !take_zone(r, &offset, seen)) return false;
    *seconds += (double)(h * 3600 - offset);
    return true;
}

/* HHMM[SS] without marks. */
static bool take_compact_time(reader *r, double *seconds, datetime_details *seen)
{
    int64_t h = 0, m = 0, s = 0;
    if (!take_number(r, 2, 2, &h) || !take_number(r, 2, 2, &m)) return false;
    if (r->p < r->end && *r->p >= '0' && *r->p <= '9') {
        if (!take_number(r, 2, 2, &s)) return false;
        seen->seconds = true;
    }
    int64_t offset = 0;
    if (h > 23 || m > 59 || s > 59 || !take_zone(r, &offset, seen)) return false;
    *seconds = (double)(h * 3600 + m * 60 + s - offset);
    return true;
}

bool clock_read(text cell, bool long_hours, double *seconds, int *parts)
{
    text bare = text_trim(cell);
    reader r = {bare.data, bare.data + bare.size};
    datetime_details seen = {0};
    int64_t h = 0;
    if (bare.size < 4 || bare.size > 24) return false;
    if (!take_clock(&r, long_hours ? 999 : 23, seconds, parts, &h, &seen)) return false;
    if (!take_half_day(&r, &h, &seen) || r.p != r.end || (!long_hours && h > 23)) return false;
    *seconds += (double)(h * 3600);
    return true;
}

static void add_details(datetime_details *to, datetime_details more)
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
    bool fine = family == DATETIME_COMPACT && !marked ? take_compact_time(r, time, found) : take_time(r, time, found);
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
    *seconds = (double)(days_from_civil(c.y, c.m, c.d) * 86400);
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
    reader r = {bare.data, bare.data + bare.size};
    int64_t days;
    double time = 0;
    datetime_details found = {0};
    found.weekday = (*r.p < '0' || *r.p > '9') && take_weekday(&r);
    bool fine = family == DATETIME_COMPACT ? take_compact_date(&r, &days, &found)
                                           : take_date(&r, families[family], &days, &time, &found);
    if (!fine || !take_rest(&r, family, &time, &found)) return false;
    *seconds = (double)(days * 86400) + time;
    if (seen) add_details(seen, found);
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

int datetime_write(double seconds, bool time, char out[40])
{
    if (!(fabs(seconds) < 4e11)) return 0;
    double whole = floor(seconds), fraction = seconds - whole;
    int64_t micros = (int64_t)(fraction * 1e6 + 0.5), total = (int64_t)whole;
    if (micros == 1000000) {
        micros = 0;
        total++;
    }
    int64_t days = total / 86400 - (total % 86400 < 0), rest = total - days * 86400, y, m, d;
    civil_from_days(days, &y, &m, &d);
    if (y < 0 || y > 9999) return 0;
    int n = snprintf(out, 40, "%04d-%02d-%02d", (int)y, (int)m, (int)d);
    if (!time && !rest && !micros) return n;
    n += snprintf(out + n, (size_t)(40 - n), "T%02d:%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    if (micros) n += snprintf(out + n, (size_t)(40 - n), ".%06d", (int)micros);
    return n;
}
