/* Cells: one raw text as a number or a missing-value token. */
#ifndef TABLE_CELL_H
#define TABLE_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* What else is known of a number's text. */
typedef struct cell_traits {
    bool whole; /* digits only (a sign is allowed) */
    bool
        zero_led; /* whole, and written as a code: two or more digits, the first is 0 ("007"), or a plus before eight or more */
    bool over_2_53; /* whole and of greater magnitude than 2^53: a double would change it */
    bool fraction;  /* holds the decimal mark */
} cell_traits;

/* The text as a number: blanks around it are passed over, a decimal mark of '.' or ',', inf and infinity are numbers, nan is
 * not. False when it is anything else. */
bool cell_number(text cell, char decimal_mark, double *value, cell_traits *traits);
/* The same for short ones, where the nine bytes from the cell's first one on may be read; false also for what is a number all
 * the same, when nothing is written. */
bool cell_number_short(text cell, char decimal_mark, double *value, cell_traits *traits);
/* Empty or only blanks. */
bool cell_is_blank(text cell);

/* Some text that can mean "no value" ("NA", "unknown", "-"; ASCII case and blanks around it are passed over): among numbers and
 * dates it does, among words missing.h decides. */
bool missing_is_wide_token(text cell);

#endif
