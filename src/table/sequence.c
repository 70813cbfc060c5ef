/* Lists of numbers in brackets. Items are parted by commas, semicolons or blanks; inner brackets are passed over, so that a
 * list of points is one flat list. */
#include "table/sequence.h"

#include <math.h>
#include <string.h>

#include "table/cell.h"

static bool is_between(char c)
{
    return memchr(", ;\t\n\r[](){}", c, 13) != NULL;
}

static text take_item(text *rest)
{
    int64_t at = 0, end;
    while (at < rest->size && is_between(rest->data[at]))
        at++;
    for (end = at; end < rest->size && !is_between(rest->data[end]);)
        end++;
    text item = {rest->data + at, end - at};
    *rest = (text){rest->data + end, rest->size - end};
    return item;
}

/* "null", "None", "nan" and the like inside a list. */
static bool read_item(text item, double *value)
{
    cell_traits traits;
    *value = NAN;
    return cell_number(item, '.', value, &traits) || missing_is_wide_token(item);
}

static bool is_closed_by(char open, char close)
{
    return (open == '[' && close == ']') || (open == '(' && close == ')') || (open == '{' && close == '}');
}

bool sequence_is(text cell, int64_t *n)
{
    text bare = text_trim(cell);
    *n = 0;
    if (bare.size < 2 || !is_closed_by(bare.data[0], bare.data[bare.size - 1])) return false;
    for (text item = take_item(&bare); item.size; item = take_item(&bare)) {
        double value;
        if (!read_item(item, &value)) return false;
        ++*n;
    }
    return true;
}

bool sequence_next(text *rest, double *value)
{
    text item = take_item(rest);
    if (!item.size) return false;
    if (!read_item(item, value)) *value = NAN;
    return true;
}
