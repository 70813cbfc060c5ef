/* Dates and times: a closed list of formats, one for a whole column. */
#ifndef TABLE_DATETIME_H
#define TABLE_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Families of dates, each a pattern of the date's parts and the marks between them. Families that are numbers (digits only)
 * come last. Around the date: a weekday's name before it; after a blank, a comma or T the time HH:MM[:SS[.fraction]][ AM|
 * PM][Z|+HH:MM|+HHMM|+HH| UTC| EST ...]. Names are English. Two digits of a year are 1969 ... 2068. */
enum {
    DATETIME_ISO = 0,      /* %Y-%m-%d */
    DATETIME_COMPACT = 36, /* %Y%m%d */
    DATETIME_SECONDS = 37, /* seconds since 1970-01-01 UTC */
    DATETIME_MILLIS = 38,  /* milliseconds */
    DATETIME_FAMILIES = 39
};

/* Which details of time were seen in a column. */
typedef struct datetime_details {
    bool time, letter_t, seconds, fraction, zone, half_day, weekday, comma;
    uint32_t months, days; /* bit k: month k, day k of the month */
} datetime_details;

/* All of the text (blanks around it are passed over) as seconds since 1970-01-01 UTC; details are added to `seen` (NULL
 * allowed). False when it is not a date of that family that exists in the calendar. */
bool datetime_read(text cell, int family, double *seconds, datetime_details *seen);
/* Adds what was seen in one part of a column to what was seen in others. */
void datetime_add_details(datetime_details *to, datetime_details more);
/* A number of one of the families of numbers; false where it is no date of the years 1 ... 9999. */
bool datetime_of_number(double value, int family, double *seconds);
/* The date part of a family in strftime's letters: "%Y-%m-%d"; "epoch s" and "epoch ms" for numbers. */
const char *datetime_pattern(int family);
/* The family with day and month the other way round, or -1. */
int datetime_twin(int family);
/* The whole format as strftime would write it, at most 40 bytes with NUL. */
void datetime_format(int family, datetime_details seen, char out[40]);
/* The family of a format that datetime_format made, or -1. */
int datetime_family_of(text format);
/* ISO text of seconds ("2015-01-14", with `time` "2015-01-14T17:41:00" and a fraction when there is one); returns its length, 0
 * when the year is not in 0 ... 9999. */
int datetime_write(double seconds, bool time, char out[40]);
/* HH:MM[:SS[.fraction]][ AM| PM] from a text without anything else, as seconds; hours past 23 only with `long_hours`. `parts`
 * is 2 or 3. */
bool clock_read(text cell, bool long_hours, double *seconds, int *parts);
#endif
