/* Pieces that reading dates (datetime.c) and times (time_of_day.c) share. */
#ifndef TABLE_DATE_READER_H
#define TABLE_DATE_READER_H

#include "table/datetime.h"

typedef struct reader {
    const char *p, *end;
} reader;

/* A number of least ... most digits. */
static inline bool take_number(reader *r, int least, int most, int64_t *out)
{
    int n = 0;
    for (*out = 0; n < most && r->p < r->end && *r->p >= '0' && *r->p <= '9'; n++)
        *out = *out * 10 + (*r->p++ - '0');
    return n >= least;
}

static inline bool take(reader *r, char c)
{
    if (r->p >= r->end || *r->p != c) return false;
    r->p++;
    return true;
}

/* Letters at the start of a text. */
static inline int64_t count_letters(const char *p, const char *end)
{
    const char *from = p;
    while (p < end && ((*p | 32) >= 'a' && (*p | 32) <= 'z'))
        p++;
    return p - from;
}

/* time_of_day.c: HH:MM[:SS[.fraction]][ AM| PM][zone], and HHMM[SS][zone]. */
bool clock_take_time(reader *r, double *seconds, datetime_details *seen);
bool clock_take_compact(reader *r, double *seconds, datetime_details *seen);

/* calendar.c: the proleptic Gregorian calendar; days since 1970-01-01. */
int64_t calendar_days(int64_t y, int64_t m, int64_t d);
int64_t calendar_days_in_month(int64_t y, int64_t m);

#endif
