/* A text as what stands before, in and after the digits of one number. */
#ifndef TABLE_NUMBER_AFFIXES_H
#define TABLE_NUMBER_AFFIXES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef struct number_parts {
    uint32_t before; /* a bit for each number_affix before the digits, and of parentheses around all */
    bool minus;
    text digits; /* from the first digit or mark to the last, with the separators between them */
    text after;  /* without blanks at its ends */
    bool apart;  /* a blank stands between the digits and `after` */
} number_parts;

/* False where the text does not hold digits behind what may stand before a number. */
bool number_parts_of(text cell, number_parts *out);
/* Digits with a decimal mark and a thousands separator (0 = none) as a value. */
bool number_digits(text digits, char mark, char group, double *value);
/* Takes a currency from either end of a text; false when there is none. */
bool number_take_currency_before(text *t);
bool number_take_currency_after(text *t);
/* A factor at the start of a text ("k", "million"), not followed by another letter; 0 when there is none. `lone` says that it
 * is the one letter m, b, t or g, which may be a unit as well. */
double number_take_factor(text *t, bool *lone);
/* Without blanks in front, also those of two and three bytes. */
text number_skip_blanks(text t);

#endif
