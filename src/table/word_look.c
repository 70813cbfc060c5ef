/* A look at a word: see the header. A number may also stand for a missing value ("." never does, "1.#qnan" is none). */
#include "table/word_look.h"

#include "table/cell.h"

uint8_t word_look_at(text word, char decimal_mark)
{
    double value;
    cell_traits traits;
    int look = LOOK_TAKEN | (int)missing_kind_of(word);
    if (!cell_number(word, decimal_mark, &value, &traits)) return (uint8_t)look;
    look |= LOOK_NUMBER | (traits.whole ? LOOK_WHOLE : 0) | (traits.zero_led ? LOOK_ZERO_LED : 0) |
            (traits.over_2_53 ? LOOK_OVER_2_53 : 0);
    return (uint8_t)look;
}
