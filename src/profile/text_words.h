/* The words and characters of a text column: counted as they stand, folded (lower case, without what stands around them) for
 * the most frequent ones, and looked up for the language. One struct serves all cells of one column, in order. */
#ifndef PROFILE_TEXT_WORDS_H
#define PROFILE_TEXT_WORDS_H

#include "base/memory.h"
#include "profile/column_statistics.h"
#include "profile/language.h"
#include "profile/text_table.h"

typedef struct text_words {
    arena *memory;    /* of folded words */
    text_table as_is; /* distinct words */
    text_table folded;
    int64_t capacity;    /* of the two lists below: one item a word of `as_is` */
    int32_t *folded_as;  /* code in `folded`; -1: nothing is left of it */
    uint32_t *languages; /* bits, see language.h */
    language_index index;
    int64_t cells[LANGUAGES_MOST], undecided; /* cells by language */
    int64_t characters, digits, upper, letters, punctuation, non_ascii;
} text_words;

ptg_status text_words_start(text_words *w, ptg_error *err);
void text_words_clear(text_words *w); /* a zeroed struct is fine */
/* Counts the words of one cell, and gives their number. */
ptg_status text_words_add(text_words *w, text cell, int64_t *n_words, ptg_error *err);
/* Fills what `out` says of words, characters and language. */
void text_words_end(const text_words *w, text_summary *out);

#endif
