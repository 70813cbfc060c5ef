/* Which rows of a table are read where all of them would take more memory than allowed. Private to table/. */
#ifndef TABLE_ROWS_CHOICE_H
#define TABLE_ROWS_CHOICE_H

#include "table/dictionary.h"
#include "table/frame.h"

typedef struct rows_choice {
    int64_t n_rows, wanted; /* of the table, and about how many of them */
    uint64_t seed;
    const int32_t *classes;        /* NULL, or a row's class of the target: its number in class_counts, -1 = missing */
    const dictionary *class_texts; /* with classes: their texts and counts */
    pool *threads;
    uint64_t *kept;      /* out: a bit a row, of mem_array, the caller's */
    frame_sample sample; /* out, with its reason in the arena */
} rows_choice;

/* At least this many rows are kept. */
enum { ROWS_LEAST = 1000 };

ptg_status rows_choose(rows_choice *c, arena *a, ptg_error *err);
static inline bool rows_is_kept(const uint64_t *kept, int64_t row)
{
    return !kept || (kept[row >> 6] >> (row & 63) & 1);
}

#endif
