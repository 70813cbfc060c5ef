/* What the files that build a column share (column_build.c, column_numbers.c, column_tokens.c). */
#ifndef TABLE_COLUMN_BUILD_H
#define TABLE_COLUMN_BUILD_H

#include "table/missing.h"
#include "table/raw.h"

typedef enum meaning { VALUE, TOKEN, INVALID } meaning;

/* One distinct text, judged. */
typedef struct judged {
    meaning is;
    missing_kind kind;
    double number;    /* numeric and datetime; also of levels whose origin is one of them */
    uint32_t affixes; /* a bit for each number_affix */
    bool canonical;   /* a level with a number */
} judged;

/* A token that is a number: its value is missing wherever it stands, however it is written. */
typedef struct told_number {
    double value;
    text token;
} told_number;

/* What the steps of one build share. */
typedef struct build {
    raw_column *raw;
    const column_wish *wish;
    const type_verdict *verdict;
    char mark;
    column_body *out;
    arena *texts;  /* of tokens and numbers that were written here */
    bool plain;    /* all words are levels or texts as they stand: none is judged, and their texts go over to the column */
    judged *words; /* of the first n_judged words, with room for `capacity` */
    int32_t n_judged, capacity;
    int32_t *places; /* word to its number in out->words; -1 where it is no value; NULL: its own */
    told_number *told;
    int32_t n_told;
    missing_words survey; /* of a column of words that holds a token */
    missing_spike spikes[MISSING_SPIKES];
    text spike_texts[MISSING_SPIKES];
    int n_spikes;
} build;

bool build_is_words(const build *b);
/* A text as a number of the column's style, or as its date. */
bool build_value(const build *b, column_type as, text word, uint32_t *affixes, double *value);

/* column_tokens.c: what stands for a missing value. */
ptg_status build_judge_words(build *b, ptg_error *err);
/* Finds spikes among values that are not told (see missing.h). */
ptg_status build_find_spikes(build *b, const value_counts *v, ptg_error *err);
/* The token that a value is, data NULL where it is none. */
text build_token_of(const build *b, double value);
ptg_status build_note_tokens(build *b, ptg_error *err);
/* The words of one meaning, most frequent first; mem_array. */
text_count *build_list_words(const build *b, meaning wanted, int32_t *n);
int64_t build_count_words(const build *b, meaning wanted);

/* Cells of a row that are tokens or invalid, gathered while rows are walked. */
typedef struct aside {
    int64_t *rows;
    int32_t *ids;
    int64_t n;
} aside;
bool aside_room(build *b, aside *a, int64_t n);
void aside_put(aside *a, int64_t row, int32_t id);
/* The aside's texts, numbered anew so that only those that are needed are kept. */
ptg_status aside_finish(build *b, aside *a, ptg_error *err);

/* column_numbers.c: numeric and datetime columns. */
ptg_status build_numbers(build *b, ptg_error *err);

#endif
