/* Guessing the language of texts by the words that hold sentences together, and by scripts that write one language only. The
 * words were chosen by hand: articles, prepositions, pronouns and auxiliaries, which no text of some length can do without. */
#ifndef PROFILE_LANGUAGE_H
#define PROFILE_LANGUAGE_H

#include "base/memory.h"
#include "profile/text_table.h"

#define LANGUAGES_MOST 32
#define LANGUAGE_UNKNOWN (-1)
#define FUNCTION_WORDS_MOST 1024 /* of all languages */

typedef struct language {
    const char *code;  /* ISO 639-1 */
    const char *name;  /* in English */
    const char *words; /* lower case, between blanks; "" where the script tells */
} language;
extern const language languages[];
extern const int32_t n_languages;

/* The function words of all languages. A zeroed struct is empty; `languages_of` has a bit for each language of a word. */
typedef struct language_index {
    text_table words;
    uint32_t languages_of[FUNCTION_WORDS_MOST];
} language_index;
ptg_status language_index_make(language_index *out, ptg_error *err);
void language_index_clear(language_index *x);
/* Bits of the languages that have this word (in lower case) as a function word; 0: none. */
uint32_t language_of_word(const language_index *x, text word);

/* What was seen in one cell. */
typedef struct language_votes {
    int32_t words[LANGUAGES_MOST]; /* function words of each */
    int64_t letters;               /* code points that are no ASCII, and ASCII letters */
    int64_t scripts[LANGUAGES_MOST], kana, han;
} language_votes;
void language_count_word(language_votes *v, uint32_t languages_of);
void language_count_character(language_votes *v, int32_t code_point);
/* The language with most function words, at least two and more than any other; else that of the script in which more than half
 * of the letters are written; else LANGUAGE_UNKNOWN. */
int32_t language_elect(const language_votes *v);

#endif
