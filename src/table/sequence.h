/* Sequences: cells that hold a list of numbers in brackets, "[1, 2, 3]", "(0.5; 0.25)", "[[1 2] [3 4]]" (which is read flat).
 */
#ifndef TABLE_SEQUENCE_H
#define TABLE_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* All of the text is a list of numbers and missing tokens (see cell.h); `n` takes how many items it has. */
bool sequence_is(text cell, int64_t *n);
/* The items of such a text one after the other: start with the cell; NaN for a missing token. False at the end. */
bool sequence_next(text *rest, double *value);

#endif
