/* Whole numbers that stand for dates or times of day: 20120110, seconds and milliseconds since 1970, 1645 for 16:45. */
#ifndef TABLE_NUMBER_MEANING_H
#define TABLE_NUMBER_MEANING_H

#include "table/raw.h"

typedef enum number_meaning { NUMBERS_PLAIN, NUMBERS_DATES, NUMBERS_CLOCK } number_meaning;

/* What the numbers of a column mean; `family` takes that of dates, `why` the evidence in words. */
number_meaning number_meaning_find(const raw_column *raw, text name, char mark, int *family, const char **why);
/* Different numbers in a sample of the column's. */
int64_t number_sample_distinct(const raw_column *raw, char mark);

#endif
