/* Categories as texts: what levels a column has and how often, and finding the fitted ones again in another table. A CODED
 * column's levels are its texts (the code's digits where it has none); a REAL column's levels are its distinct numbers, written
 * shortest. */
#ifndef TRANSFORM_LEVELS_H
#define TRANSFORM_LEVELS_H

#include "numeric/matrix.h"
#include "transform/text_index.h"

#define LEVEL_MISSING (-1)
#define LEVEL_UNSEEN (-2)

/* Levels that stand in a column at least once: CODED in the order of its codes, REAL by value. */
typedef struct level_counts {
    int32_t n;
    const text *texts;
    const int64_t *counts;
    int64_t n_missing;
} level_counts;

/* Counts the levels of a CODED or REAL column; everything is in the arena (level texts of a CODED column are borrowed). */
ptg_status levels_count(const feature *source, int64_t n_rows, arena *a, level_counts *out, ptg_error *err);

/* Puts the levels that stand at least `least` times into an empty index, in their order: at most `most` of them, the most
 * frequent (ties go to the lower number). */
ptg_status levels_choose(const level_counts *counts, double least, int64_t most, arena *scratch, text_index *out,
                         ptg_error *err);

/* Puts all levels of a column into an empty index; *level (in scratch) is the number of each row's, out->n where missing. */
ptg_status levels_number(const feature *source, int64_t n_rows, arena *scratch, text_index *out, int32_t **level,
                         ptg_error *err);

/* The least count that a threshold means: below 1 a share of the rows, else a count; NaN or 0 means max(10, rows / 1000). */
double levels_least_count(double threshold, int64_t n_rows);

/* For every row the number of its level in `index`, LEVEL_MISSING, or LEVEL_UNSEEN. */
ptg_status levels_match(const text_index *index, const feature *source, int64_t n_rows, int32_t *out, ptg_error *err);

#endif
