/* Statistics of one column; they see no target. Definitions: docs/formats/profile.md, COLUMN. */
#ifndef PROFILE_COLUMN_STATISTICS_H
#define PROFILE_COLUMN_STATISTICS_H

#include "profile/date_rhythm.h"
#include "profile/number_summary.h"
#include "table/frame.h"

#define TOP_VALUES 10

/* A value as people read it. `value` borrows from the frame or from `scratch`: the struct must stay where it was filled. */
typedef struct shown_value {
    text value;
    int64_t count;
    char scratch[64];
} shown_value;

/* Copies a value of at most 64 bytes into its own scratch. */
void shown_value_keep(shown_value *v);

#define SHOWN_LANGUAGES 5

typedef struct language_cells {
    int32_t language; /* number in language.h */
    int64_t cells;
} language_cells;

typedef struct text_summary {
    double words_mean, length_mean; /* NaN without cells */
    int64_t words_min, words_max, distinct_words;
    int64_t length_min, length_max; /* code points */
    double single_token_share;      /* cells of exactly one word, over valid cells */
    double code_share;              /* cells that look like a code: one word, <= 64 bytes, mostly ASCII */
    double digit_share, punctuation_share, non_ascii_share; /* of all characters */
    double upper_share;                                     /* of ASCII letters */
    int32_t language;                                       /* text and sequence: number in language.h; -1 unknown */
    int64_t language_decided;                               /* cells whose language is clear */
    int32_t n_languages;
    language_cells languages[SHOWN_LANGUAGES]; /* most cells first */
    int32_t n_top_words;
    shown_value top_words[TOP_VALUES]; /* in lower case, without the function words of the language; ties in order of bytes */
} text_summary;

typedef struct column_statistics {
    int64_t rows, valid, missing, invalid; /* valid + missing + invalid = rows */
    int64_t infinite;                      /* numeric: among the valid ones */
    int64_t distinct;                      /* of valid cells, exact */
    int32_t n_top;
    shown_value top[TOP_VALUES]; /* by count, ties in sort order */
    number_summary numbers;      /* numeric and datetime (seconds); finite values only */
    text_summary texts;          /* text and sequence; code_share and single_token_share also categorical */
    date_rhythm rhythm;          /* datetime: period, gaps, seasons */
    bool has_time;               /* datetime: some value is not at midnight */
    shown_value first, last;     /* datetime: ISO texts of the smallest and largest; data NULL without values */
} column_statistics;

/* Fills `out` for one column. For numeric and datetime columns `*sorted` becomes the `*n_sorted` ascending values that are not
 * NaN (infinite ones included), in memory of mem_array that the caller frees; NULL for other types. */
ptg_status column_statistics_make(const frame *f, int32_t column, column_statistics *out, double **sorted, int64_t *n_sorted,
                                  ptg_error *err);

#endif
