/* Times of day: hours, minutes, seconds of any fraction, halves of the day, zones by offset and by name. */
#include <string.h>

#include "table/date_reader.h"

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

bool clock_take_time(reader *r, double *seconds, datetime_details *seen)
{
    int64_t h = 0, offset = 0;
    int parts;
    if (!take_clock(r, 23, seconds, &parts, &h, seen)) return false;
    if (!take_half_day(r, &h, seen) || h > 23 || !take_zone(r, &offset, seen)) return false;
    *seconds += (double)(h * 3600 - offset);
    return true;
}

/* HHMM[SS] without marks. */
bool clock_take_compact(reader *r, double *seconds, datetime_details *seen)
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
