/* How often each term stands in each row of a text column: a growing matrix of rows, with terms numbered by an index. */
#ifndef TRANSFORM_TERM_COUNTS_H
#define TRANSFORM_TERM_COUNTS_H

#include "transform/terms.h"
#include "transform/text_index.h"

/* Entries of row i stand at starts[i] ... starts[i+1]-1, terms in the order of their first occurrence in the row. */
typedef struct term_counts {
    int64_t n_rows;
    int64_t *starts; /* n_rows + 1 */
    int32_t *terms;
    double *values; /* counts, later weights */
    int64_t n, capacity;
} term_counts;

/* Counts the terms of all rows of a TEXT or CODED column. With `grows` unknown terms are added to the index, else they are
 * passed over. On failure `out` is cleared. */
ptg_status term_counts_of(const feature *source, int64_t n_rows, const term_options *options, text_index *index, bool grows,
                          term_counts *out, ptg_error *err);
void term_counts_clear(term_counts *t);

#endif
