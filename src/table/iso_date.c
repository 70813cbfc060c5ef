/* Dates of fixed places: see the header. Every part is checked as datetime.c does, so that what is read here reads the same
 * there. */
#include "table/iso_date.h"

#include "table/date_reader.h"

/* Two digits; a value over 99 where they are none. */
static unsigned two_digits(const char *p)
{
    unsigned tens = (unsigned)(unsigned char)p[0] - '0', ones = (unsigned)(unsigned char)p[1] - '0';
    return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

static bool read_day(const char *p, int64_t *days, uint32_t *month, uint32_t *day)
{
    unsigned century = two_digits(p), year = two_digits(p + 2), m = two_digits(p + 5), d = two_digits(p + 8);
    if (p[4] != '-' || p[7] != '-' || century > 99 || year > 99 || m - 1 > 11 || d - 1 > 30) return false;
    int64_t y = century * 100 + year;
    if (d > 28 && d > calendar_days_in_month(y, m)) return false;
    *days = calendar_days(y, m, d);
    *month = 1u << m;
    *day = 1u << d;
    return true;
}

bool iso_date_read(text bare, double *seconds, datetime_details *seen)
{
    const char *p = bare.data;
    bool long_enough = bare.size == 10 || bare.size == 16 || bare.size == 19;
    int64_t days;
    uint32_t month, day;
    if (!long_enough || !read_day(p, &days, &month, &day)) return false;
    unsigned h = 0, m = 0, s = 0;
    if (bare.size > 10) {
        h = two_digits(p + 11);
        m = two_digits(p + 14);
        if ((p[10] != ' ' && p[10] != 'T') || p[13] != ':' || h > 23 || m > 59) return false;
    }
    if (bare.size > 16) {
        s = two_digits(p + 17);
        if (p[16] != ':' || s > 59) return false;
    }
    *seconds = (double)(days * 86400 + (int64_t)(h * 3600 + m * 60 + s));
    if (!seen) return true;
    seen->months |= month;
    seen->days |= day;
    seen->time |= bare.size > 10;
    seen->letter_t |= bare.size > 10 && p[10] == 'T';
    seen->seconds |= bare.size > 16;
    return true;
}
