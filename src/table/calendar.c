/* The proleptic Gregorian calendar; days from civil dates by Hinnant's algorithm
 * (https://howardhinnant.github.io/date_algorithms.html), and dates as ISO text. */
#include <math.h>
#include <stdio.h>

#include "table/date_reader.h"

int64_t calendar_days(int64_t y, int64_t m, int64_t d)
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

int64_t calendar_days_in_month(int64_t y, int64_t m)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : days[m - 1];
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
