/* Bins of a table's own columns of numbers: made when they are first asked for, and shared by all fits on parts of its rows.
 * They look at no target. A fit leaves out the borders that its own rows do not need, so that it has rows on both sides of
 * each. */
#ifndef TREES_SHARED_BINS_H
#define TREES_SHARED_BINS_H

#include "table/frame.h"
#include "trees/bins.h"

typedef struct shared_bins shared_bins;

/* Borders will be made of `rows`; the frame and the list must outlive it. */
ptg_status shared_bins_new(const frame *f, row_list rows, shared_bins **out, ptg_error *err);
void shared_bins_free(shared_bins *s); /* NULL is fine */

/* The column `number` of the frame (of numbers or times) with at most `most_borders`, less those that do not part the n rows
 * `rows`; borders and the way from the table's bins to this column's are in the arena. The bins that it points at are good
 * until the column is asked for with another number of borders. */
ptg_status shared_bins_take(shared_bins *s, int32_t number, int32_t most_borders, const int64_t *rows, int64_t n, arena *a,
                            bin_column *out, ptg_error *err);

#endif
