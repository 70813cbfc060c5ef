/* Dates by the proleptic Gregorian calendar; days from civil dates by Hinnant's algorithm
 * (https://howardhinnant.github.io/date_algorithms.html). */
#include "table/datetime.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct family {
    const char *pattern;
    char order[4]; /* Y, m, d */
    char mark;
} families[DATETIME_FAMILIES] = {
    {"%Y-%m-%d", "Ymd", '-'}, {"%Y/%m/%d", "Ymd", '/'}, {"%Y.%m.%d", "Ymd", '.'}, {"%m/%d/%Y", "mdY", '/'},
    {"%d/%m/%Y", "dmY", '/'}, {"%d.%m.%Y", "dmY", '.'}, {"%d-%m-%Y", "dmY", '-'}, {"%m-%d-%Y", "mdY", '-'},
};

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

static bool take_date(reader *r, const struct family *f, int64_t *days)
{
    int64_t y = 0, m = 0, d = 0;
    for (int i = 0; i < 3; i++) {
        if (i && !take(r, f->mark)) return false;
        char part = f->order[i];
        if (!take_number(r, part == 'Y' ? 4 : 1, part == 'Y' ? 4 : 2, part == 'Y' ? &y : part == 'm' ? &m : &d)) return false;
    }
    if (m < 1 || m > 12 || d < 1 || d > days_in_month(y, m)) return false;
    *days = days_from_civil(y, m, d);
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

static bool take_zone(reader *r, int64_t *offset, datetime_details *seen)
{
    *offset = 0;
    reader at = *r;
    take(&at, ' ');
    if (at.p >= at.end) return true;
    char c = *at.p++;
    if (c != 'Z' && c != '+' && c != '-') return false;
    int64_t hours = 0, minutes = 0;
    if (c != 'Z') {
        if (!take_number(&at, 2, 2, &hours)) return false;
        bool colon = take(&at, ':');
        if ((colon || at.p < at.end) && !take_number(&at, 2, 2, &minutes)) return false;
    }
    if (hours > 15 || minutes > 59) return false;
    *offset = (c == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
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

static bool take_time(reader *r, double *seconds, datetime_details *seen)
{
    int64_t h = 0, m = 0, s = 0, offset = 0;
    double fraction = 0;
    if (!take_number(r, 1, 2, &h) || !take(r, ':') || !take_number(r, 2, 2, &m)) return false;
    if (take(r, ':')) {
        if (!take_number(r, 2, 2, &s)) return false;
        seen->seconds = true;
        if (r->p + 1 < r->end && (*r->p == '.' || *r->p == ',') && r->p[1] >= '0' && r->p[1] <= '9') {
            r->p++;
            fraction = take_fraction(r);
            seen->fraction = true;
        }
    }
    if (!take_half_day(r, &h, seen) || !take_zone(r, &offset, seen)) return false;
    if (h > 23 || m > 59 || s > 59) return false;
    *seconds = (double)(h * 3600 + m * 60 + s - offset) + fraction;
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
}

bool datetime_read(text cell, int family, double *seconds, datetime_details *seen)
{
    text bare = text_trim(cell);
    if (bare.size < 8 || bare.size > 48) return false;
    reader r = {bare.data, bare.data + bare.size};
    int64_t days;
    double time = 0;
    datetime_details found = {0};
    if (!take_date(&r, &families[family], &days)) return false;
    if (r.p < r.end) {
        found.time = true;
        found.letter_t = *r.p == 'T';
        if (!take(&r, 'T') && !take(&r, ' ')) return false;
        if (!take_time(&r, &time, &found)) return false;
    }
    if (r.p != r.end) return false;
    *seconds = (double)(days * 86400) + time;
    if (seen) add_details(seen, found);
    return true;
}

const char *datetime_pattern(int family)
{
    return families[family].pattern;
}

void datetime_format(int family, datetime_details seen, char out[40])
{
    const char *time = !seen.time ? "" : seen.half_day ? "%I:%M" : "%H:%M";
    snprintf(out, 40, "%s%s%s%s%s%s%s", families[family].pattern,
             !seen.time      ? ""
             : seen.letter_t ? "T"
                             : " ",
             time, seen.seconds ? ":%S" : "", seen.fraction ? ".%f" : "", seen.half_day ? " %p" : "", seen.zone ? "%z" : "");
}

int datetime_family_of(text format)
{
    for (int i = 0; i < DATETIME_FAMILIES; i++) {
        int64_t size = (int64_t)strlen(families[i].pattern);
        if (format.size >= size && !memcmp(format.data, families[i].pattern, (size_t)size)) return i;
    }
    return -1;
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
