/* What is left of target statistics when training ends: for each combination of levels that training saw, a number. Turns a
 * matrix into one with these numbers as further columns. */
#ifndef LEARN_STATISTIC_TABLES_H
#define LEARN_STATISTIC_TABLES_H

#include "base/bytes.h"
#include "numeric/matrix.h"

/* A category (feature `feature`), or the combination of `parent` and it. Its combinations are numbered by their place in
 * `keys`, which ascend. */
typedef struct level_index {
    int32_t parent; /* an earlier one; -1 = none */
    int32_t feature;
    int64_t n;
    uint64_t *keys; /* level_key(number in parent or 0, code) */
} level_index;

/* Codes are -1 (missing) and up; -2 matches nothing. */
static inline uint64_t level_key(uint32_t parent_id, int32_t code)
{
    return (uint64_t)parent_id << 32 | (uint32_t)(code + 1);
}

/* Numbers that count as levels: a value's code is its place, -1 where it is missing, -2 where it is not there. */
typedef struct number_book {
    int32_t feature;
    int64_t n;
    const double *values; /* ascending, finite */
} number_book;
int32_t number_book_code(const number_book *book, double value);

/* A column of numbers: values[number of the combination], or `unseen`. */
typedef struct statistic_column {
    int32_t index;
    float *values;
    float unseen;
} statistic_column;

typedef struct statistic_tables {
    arena *memory;
    int32_t n_features; /* of the matrix that is given */
    int32_t n_books, n_indexes, n_columns;
    number_book *books; /* at most one a feature; other features of indexes are CODED */
    level_index *indexes;
    statistic_column *columns;
} statistic_tables;

/* Empty tables with room for so many; NULL when out of memory. */
statistic_tables *statistic_tables_new(int32_t n_features, int32_t n_books, int32_t n_indexes, int32_t n_columns);
void statistic_tables_free(statistic_tables *t); /* NULL is fine */
/* Rows first ... first + n - 1 of x with the columns of the tables after its own. Borrows from x; caller owns the matrix. */
ptg_status statistic_tables_apply(const statistic_tables *t, const matrix *x, int64_t first, int64_t n, matrix **out,
                                  ptg_error *err);
/* What column `number`, whose index has no parent, holds for a code (-1: missing). */
double statistic_tables_level(const statistic_tables *t, int32_t number, int32_t code);
void statistic_tables_save(const statistic_tables *t, bytes_writer *w);
/* Trusts nothing: counts bounded by the bytes left, features and indexes in range, keys and numbers ascending, finite values.
 */
ptg_status statistic_tables_load(bytes_reader *r, statistic_tables **out, ptg_error *err);

#endif
