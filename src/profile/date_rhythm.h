/* The rhythm of a date column: the step in which its moments follow each other, the largest gaps in it, and how its cells
 * spread over weekdays, months and hours. */
#ifndef PROFILE_DATE_RHYTHM_H
#define PROFILE_DATE_RHYTHM_H

#include "base/fail.h"

#include <stdbool.h>
#include <stdint.h>

#define RHYTHM_GAPS 5

typedef struct rhythm_unit {
    const char *name;    /* "hour" */
    const char *regular; /* "hourly" */
} rhythm_unit;
/* second, minute, hour, day, weekday (Monday to Friday), week, month, quarter, year */
extern const rhythm_unit rhythm_units[9];

typedef struct rhythm_gap {
    double from, to; /* seconds: the moments around it */
    double steps;    /* how many usual steps long it is */
} rhythm_gap;

typedef struct date_rhythm {
    int64_t moments; /* distinct ones */
    double
        usual_step; /* seconds: the most frequent step where it is regular, else the median; NaN with fewer than two moments */
    int32_t unit;   /* of a regular step: in rhythm_units; -1: none was found */
    int64_t every;  /* units a step, 1 ... */
    double regularity; /* share of steps that are exactly the usual one */
    int64_t absent;    /* moments that a regular step would have between the first and the last, and that are not there */
    int64_t n_gaps;    /* steps that are gaps */
    int32_t n_shown;
    rhythm_gap gaps[RHYTHM_GAPS];             /* the largest, largest first */
    bool has_weekdays, has_months, has_hours; /* the range is long enough for the counts to mean something */
    int64_t weekdays[7];                      /* cells, Monday first */
    int64_t months[12], hours[24];
} date_rhythm;

/* From the finite values of the column in seconds, ascending. */
ptg_status date_rhythm_make(const double *sorted, int64_t n, date_rhythm *out, ptg_error *err);

#endif
