/* A look at a word: see the header. */
#include "table/word_look.h"

#include <string.h>

#include "table/cell.h"

/* Words of a text: runs between blanks; scripts without blanks (Thai, Kana, Han) count one word for two characters. */
static int64_t count_words_of_any(text t)
{
    int64_t words = 0, unspaced = 0;
    bool inside = false;
    for (int64_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        bool blank = c <= ' ';
        words += !blank && !inside;
        inside = !blank;
        unspaced += c >= 0xE3 && c <= 0xE9;
        unspaced += c == 0xE0 && i + 1 < t.size && ((unsigned char)t.data[i + 1] & 0xFC) == 0xB8;
    }
    return words + unspaced / 2;
}

/* The same, eight bytes at a time while they are ASCII: a word begins where the byte before is a blank. */
static int64_t count_words(text t)
{
    const uint64_t tops = 0x8080808080808080u;
    uint64_t block, before = 0x80; /* the top bit of byte 0: a blank stands in front */
    int64_t words = 0, at = 0;
    for (; at + 8 <= t.size; at += 8) {
        memcpy(&block, t.data + at, 8);
        if (block & tops) return count_words_of_any(t);
        uint64_t filled = (block + 0x5F5F5F5F5F5F5F5Fu) & tops, blank = ~filled & tops; /* 0x21 + 0x5F is 0x80 */
        words += (int64_t)(((filled & (blank << 8 | before)) >> 7) * 0x0101010101010101u >> 56);
        before = blank >> 56;
    }
    for (bool inside = before == 0; at < t.size; at++) {
        unsigned char c = (unsigned char)t.data[at];
        if (c >= 0x80) return count_words_of_any(t);
        words += c > ' ' && !inside;
        inside = c > ' ';
    }
    return words;
}

static bool begins_list(text word)
{
    text bare = text_trim(word);
    return bare.size && (*bare.data == '[' || *bare.data == '(' || *bare.data == '{');
}

static int number_look(text word, char decimal_mark)
{
    double value;
    cell_traits traits;
    if (!cell_number(word, decimal_mark, &value, &traits)) return 0;
    return LOOK_NUMBER | (traits.whole ? LOOK_WHOLE : 0) | (traits.zero_led ? LOOK_ZERO_LED : 0) |
           (traits.over_2_53 ? LOOK_OVER_2_53 : 0);
}

uint16_t word_look_at(text word, char decimal_mark)
{
    int64_t count = begins_list(word) ? LOOK_CLOSER : count_words(word);
    if (count > LOOK_CLOSER) count = LOOK_CLOSER;
    return (uint16_t)(LOOK_TAKEN | (int)missing_kind_of(word) | number_look(word, decimal_mark) | (int)count << 8);
}

int64_t word_count(const dictionary *words, int32_t i)
{
    int count = words->looks[i] >> 8;
    return words->looks[i] && count < LOOK_CLOSER ? count : count_words(words->texts[i]);
}

bool word_may_be_list(const dictionary *words, int32_t i)
{
    return !words->looks[i] || words->looks[i] >> 8 == LOOK_CLOSER;
}
