/* Preprocessors that describe each cell by a few numbers, one column a number: they differ in what they measure. */
#ifndef TRANSFORM_CELL_STATISTICS_H
#define TRANSFORM_CELL_STATISTICS_H

#include "transform/fitted.h"

#define CELL_STATISTICS_MOST 16

typedef struct cell_statistics {
    const char *const *names;                   /* of the columns made of one column */
    int n;                                      /* at most CELL_STATISTICS_MOST */
    unsigned accepts;                           /* FEATURE_TEXT, or with FEATURE_CODED */
    void (*measure)(text cell, double *values); /* of a cell that is there */
} cell_statistics;

/* n columns a column of the input; missing cells are missing in all of them. */
ptg_status cell_statistics_apply(const cell_statistics *what, const fitted *s, const matrix *columns, matrix *out,
                                 ptg_error *err);

#endif
