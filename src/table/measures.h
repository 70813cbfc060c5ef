/* Units that are converted into one another: durations, masses, lengths, amounts of data. */
#ifndef TABLE_MEASURES_H
#define TABLE_MEASURES_H

#include <stdbool.h>

#include "base/text.h"

int measure_count(void);
const char *measure_name(int measure); /* "duration" */
/* A unit of a measure by one of its names ("yrs"): its size, and its name for people ("years"). False when it is none. */
bool measure_unit(text name, int measure, double *size, const char **shown);
/* A unit of any measure, or another that is well known ("mpg"). */
bool measure_is_common_unit(text name);

#endif
