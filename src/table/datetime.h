/* Dates and times: a closed list of formats, one for a whole column. */
#ifndef TABLE_DATETIME_H
#define TABLE_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Families of dates, by the order of their parts and the mark between them. The time is optional after a blank or T:
 * HH:MM[:SS[.fraction]][ AM| PM][Z|+HH:MM|+HHMM|+HH]. */
#define DATETIME_FAMILIES 8

/* Which details of time were seen in a column. */
typedef struct datetime_details {
    bool time, letter_t, seconds, fraction, zone, half_day;
} datetime_details;

/* All of the text (blanks around it are passed over) as seconds since 1970-01-01 UTC; details are added to `seen` (NULL
 * allowed). False when it is not a date of that family that exists in the calendar. */
bool datetime_read(text cell, int family, double *seconds, datetime_details *seen);
/* The date part of a family in strftime's letters: "%Y-%m-%d". */
const char *datetime_pattern(int family);
/* The whole format as strftime would write it, at most 40 bytes with NUL. */
void datetime_format(int family, datetime_details seen, char out[40]);
/* The family of a format that datetime_format made, or -1. */
int datetime_family_of(text format);
/* ISO text of seconds ("2015-01-14", with `time` "2015-01-14T17:41:00" and a fraction when there is one); returns its length, 0
 * when the year is not in 0 ... 9999. */
int datetime_write(double seconds, bool time, char out[40]);

#endif
