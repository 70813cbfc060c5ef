/* Numbers in and out of text, free of the locale. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Reads all of `t` as a decimal number: optional sign, digits, fraction, exponent; no blanks, hexadecimal, inf or nan. The result
 * is correctly rounded; out of range gives an infinity. False when `t` is anything else. */
bool number_read(text t, double *out);
/* The same with another decimal mark (',' or '.'). */
bool number_read_marked(text t, char decimal_mark, double *out);
/* All of `t` as a 64-bit integer; false when it is not one or does not fit. */
bool number_read_integer(text t, int64_t *out);
/* Writes the shortest decimal text that reads back the same double ("0.1", "1e-07", "12", "nan", "inf", "-inf"); returns its
 * length. Whole numbers below 1e15 are written without exponent or point. */
#define NUMBER_TEXT_SIZE 32
int number_write(double value, char out[NUMBER_TEXT_SIZE]);
/* For people: at most `digits` significant digits, thousands separated by a thin mark where `grouped`. */
int number_write_short(double value, int digits, char out[NUMBER_TEXT_SIZE]);

#endif
