/* Sorting many texts by their bytes. Private to table/. */
#ifndef TABLE_TEXT_SORT_H
#define TABLE_TEXT_SORT_H

#include "base/text.h"

/* The order of distinct texts, a prefix first (as text_compare): order[i] is the number of the i-th. */
ptg_status text_sort(const text *texts, int32_t n, int32_t *order, ptg_error *err);

#endif
