/* Numbers in and out of text, free of the locale. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Reads all of `t` as a decimal number: optional sign, digits, fraction, exponent; no blanks, hexadecimal, inf or nan. The
 * result is correctly rounded; out of range gives an infinity. False when `t` is anything else. */
bool number_read(text t, double *out);
/* The same with another decimal mark (',' or '.'). */
bool number_read_marked(text t, char decimal_mark, double *out);
/* mantissa / 10^k, correctly rounded; 0 <= k <= 19. */
double number_divided(uint64_t mantissa, int k);
/* All of `t` as a 64-bit integer; false when it is not one or does not fit. */
bool number_read_integer(text t, int64_t *out);
/* Writes the shortest decimal text that reads back the same double ("0.1", "1e-07", "12", "-0.0", "nan", "inf", "-inf"), laid
 * out as Python's repr() does but for the ".0" of whole numbers; NUL-terminated; returns its length. Whole numbers below 1e15
 * are written without exponent or point. */
#define NUMBER_TEXT_SIZE 32
int number_write(double value, char out[NUMBER_TEXT_SIZE]);
/* For people: rounded to at most `digits` significant digits (1 ... 17), laid out the same way; a zero has no sign. */
int number_write_short(double value, int digits, char out[NUMBER_TEXT_SIZE]);

#endif
