/* What one look at a distinct text tells, in two bytes: whether it is a plain number, of what kind, whether it may stand for a
 * missing value, and how many words it has. Taken while the text's bytes are at hand (parse.c), so that the steps from words to
 * a type (types.c, column_tokens.c) need not touch them. */
#ifndef TABLE_WORD_LOOK_H
#define TABLE_WORD_LOOK_H

#include "table/dictionary.h"
#include "table/missing.h"

enum {
    LOOK_MISSING = 7, /* the missing_kind */
    LOOK_NUMBER = 8,
    LOOK_WHOLE = 16, /* as cell_traits */
    LOOK_ZERO_LED = 32,
    LOOK_OVER_2_53 = 64,
    LOOK_TAKEN = 128,
    LOOK_CLOSER = 255 /* in the upper byte, the number of words: so many or more, or it may be a list */
};

uint16_t word_look_at(text word, char decimal_mark);
/* That of word i; taken now where nobody took it. `decimal_mark` is the file's, which all looks were taken with. */
static inline uint16_t word_look(const dictionary *words, int32_t i, char decimal_mark)
{
    return words->looks[i] ? words->looks[i] : word_look_at(words->texts[i], decimal_mark);
}

/* The same for who needs no number. */
static inline missing_kind word_missing_kind(const dictionary *words, int32_t i)
{
    return words->looks[i] ? (missing_kind)(words->looks[i] & LOOK_MISSING) : missing_kind_of(words->texts[i]);
}

/* Words of text i: runs between blanks; scripts without blanks (Thai, Kana, Han) count one word for two characters. */
int64_t word_count(const dictionary *words, int32_t i);
/* Whether it begins as a list does. */
bool word_may_be_list(const dictionary *words, int32_t i);

#endif
