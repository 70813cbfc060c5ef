/* Missing-value tokens. The lists are conservative: a text that could be a level stays one. */
#include "table/cell.h"

#include <stddef.h>

static const char *const wide[] = {"na", "n/a", "#n/a", "null", "nan", "none", "?", "-", ".", "nil", NULL};
static const char *const narrow[] = {"NA", "N/A", "NULL", "NaN", "?", NULL};

bool missing_is_wide_token(text cell)
{
    if (cell.size > 16) return false;
    text bare = text_trim(cell);
    for (int i = 0; wide[i]; i++)
        if (text_equal_folded(bare, wide[i])) return true;
    return false;
}

bool missing_is_narrow_token(text cell)
{
    if (cell.size > 16) return false;
    text bare = text_trim(cell);
    for (int i = 0; narrow[i]; i++)
        if (text_equal_to(bare, narrow[i])) return true;
    return false;
}
