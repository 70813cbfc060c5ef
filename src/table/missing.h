/* What stands for a missing value in a column, found from the column's own cells: texts among words (missing.c), and numbers or
 * dates among numbers (missing_spikes.c). */
#ifndef TABLE_MISSING_H
#define TABLE_MISSING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "table/dictionary.h"

/* Texts that may mean "no value", by what else they may mean. */
typedef enum missing_kind {
    MISSING_NOT,     /* any other text */
    MISSING_MARK,    /* software writes it where there is no value: NULL, NaN, ?, #N/A */
    MISSING_NA,      /* NA: also "does not apply", and a code of two letters */
    MISSING_NONE,    /* none: also a level, "has none" */
    MISSING_UNKNOWN, /* unknown: also a state that tells something */
    MISSING_DASH     /* -: also a sign */
} missing_kind;
missing_kind missing_kind_of(text cell);

#define MISSING_REASON_SIZE 200

/* What the other texts of a column of words are like. */
typedef struct missing_words {
    int64_t filled;                                        /* cells with a text */
    int64_t others;                                        /* distinct texts that cannot mean "no value" */
    int64_t most;                                          /* cells of the most frequent of them */
    int64_t of_two_letters, of_signs, lower, upper, title; /* how many of them are spelled so */
    bool known;                                            /* "known" is one of them */
} missing_words;
missing_words missing_survey(const dictionary *words);
/* Whether a text that may mean "no value" does so in a column of words; `reason` takes why, one sentence. With `values_only` (a
 * target) nothing but software's own marks does. */
bool missing_decide_word(const missing_words *column, text word, int64_t count, bool values_only,
                         char reason[MISSING_REASON_SIZE]);

/* Values with how often each stands there; `counts` NULL: once each. NaN is passed over. */
typedef struct value_counts {
    const double *values;
    const int64_t *counts;
    int64_t n;
} value_counts;

/* A day that programs write where there is none, 1900-01-01 and the like: only such days can be spikes among dates. */
bool missing_is_empty_day(double seconds);

typedef struct missing_spike {
    double value;
    int64_t count;
    bool missing;
    char reason[MISSING_REASON_SIZE];
} missing_spike;
/* Numbers that could stand for a missing value (-999, 9999, the limits of integers), or days that could (1900-01-01, with
 * `dates`; values are seconds), whether they do, and why. At most MISSING_SPIKES; returns how many. */
#define MISSING_SPIKES 6
int missing_find_spikes(const value_counts *v, bool dates, missing_spike out[MISSING_SPIKES]);

#endif
