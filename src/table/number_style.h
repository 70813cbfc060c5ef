/* How the numbers of one column are written where they are not plain: thousands separators, another decimal mark, currencies,
 * percent signs, factors ("19M"), units ("70 kg"), measures of several units ("2 years", "3 weeks"), clock times. One style for
 * a whole column; its text goes into the frame and the model, so that other files are read the same way. */
#ifndef TABLE_NUMBER_STYLE_H
#define TABLE_NUMBER_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "table/dictionary.h"
#include "table/frame.h"

typedef enum clock_kind { CLOCK_NONE, CLOCK_TEXT, CLOCK_DIGITS } clock_kind;

typedef struct number_style {
    char mark;     /* decimal mark, . or , */
    char group;    /* thousands separator: , . ' or a blank (also the no-break ones); 0 = none */
    bool affixed;  /* anything may stand around the digits; false: plain numbers with `mark` */
    bool factors;  /* k, M, B after the digits are factors */
    int measure;   /* units of this measure are converted to `unit`; -1 = none */
    char unit[24]; /* the unit of the values; "" = none */
    clock_kind clock;
    bool seconds; /* clock: the values are seconds, else minutes */
} number_style;

/* Plain numbers. */
number_style number_style_plain(char mark);
bool number_style_is_plain(const number_style *s, char mark);
/* The style as text, "" for a plain one with the file's mark; at most 80 bytes with NUL. */
#define NUMBER_STYLE_SIZE 80
void number_style_write(const number_style *s, char file_mark, char out[NUMBER_STYLE_SIZE]);
/* Back again; false when it is no such text. The empty text is the plain style. */
bool number_style_read(text format, char file_mark, number_style *out);

/* All of the text as a number of that style. `affixes` takes a bit for each number_affix (NULL allowed). */
bool number_style_value(const number_style *s, text cell, double *value, uint32_t *affixes);
/* HHMM as minutes; false when it is no such time. */
bool number_style_clock_digits(double value, double *minutes);

/* A value with the units of one measure behind it ("2" and "h 30m") as a sum in the measure's base; `least` and `unit` take the
 * smallest unit that was seen so far (start with 0). */
bool measure_sum(double value, text after, int measure, double *sum, double *least, const char **unit);
/* The same unit but for case and a plural's s. */
bool unit_is_same(text a, text b);

/* The style that reads most of the words (a column's cells, or those of them that are no plain numbers). False: there is none.
 */
bool number_style_find(const dictionary *words, char file_mark, number_style *out);

#endif
