/* Sorting many texts by their bytes. Private to table/. */
#ifndef TABLE_TEXT_SORT_H
#define TABLE_TEXT_SORT_H

#include "base/text.h"

/* A text and the number it had before. */
typedef struct sorted_text {
    text value;
    int32_t number;
} sorted_text;

/* Sorts distinct texts, a prefix first (as text_compare). */
ptg_status text_sort(sorted_text *items, int64_t n, ptg_error *err);

#endif
