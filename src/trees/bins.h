/* Columns cut into at most 256 bins, and blocks of them laid out row by row: what histogram learners read. */
#ifndef TREES_BINS_H
#define TREES_BINS_H

#include "base/memory.h"
#include "numeric/matrix.h"

#define BINS_MOST 256
#define BLOCK_COLUMNS 16
/* Below every number that a model compares (tree_value_float64), so that only a missing value is not above it. */
#define BORDER_MISSING (-1e301)

/* How a column's values become bins. NUMBER: the number of borders below the value; where training saw missing values the first
 * border is BORDER_MISSING, elsewhere they share bin 0 with the smallest. LEVEL: code + 1, missing 0. */
typedef enum bin_kind { BIN_NUMBER, BIN_LEVEL } bin_kind;
typedef struct bin_column {
    bin_kind kind;
    int32_t feature; /* of the matrix */
    int32_t n_bins;
    const double *borders; /* NUMBER: n_bins - 1 of them */
    /* NUMBER, both or none: bins by row of the table (shared_bins.h), and what each of them is here; read while a block is
     * filled. */
    const uint8_t *table_bins, *recode;
} bin_column;

/* Some columns side by side: row i has its bins at rows[i * n_columns]. A histogram gives each column 1 << log_bins cells. */
typedef struct bin_block {
    int32_t n_columns, log_bins;
    bin_column columns[BLOCK_COLUMNS];
    uint8_t *rows;
} bin_block;

/* Borders of a numeric column from all its rows, or from `BORDER_SAMPLE` of them spread evenly with random steps. */
#define BORDER_SAMPLE 200000
ptg_status bins_of_numbers(const double *values, int64_t n, int32_t most_borders, uint64_t seed, arena *a, bin_column *out,
                           ptg_error *err);

static inline int64_t block_cells(const bin_block *b)
{
    return (int64_t)b->n_columns << b->log_bins;
}

/* The smallest log_bins that holds n_bins. */
int32_t bins_log(int32_t n_bins);
/* Makes block.rows (in the arena) from the matrix by block.columns. `table_rows`: the table's row of each row of the matrix,
 * for columns with table_bins; NULL where there is none. */
ptg_status bin_block_fill(bin_block *b, const matrix *x, const int64_t *table_rows, arena *a, ptg_error *err);
/* Bins of n numbers by the borders of a NUMBER, each `stride` bytes behind the last. */
void bins_fill_numbers(const bin_column *c, const double *values, int64_t n, int32_t stride, uint8_t *to);

#endif
