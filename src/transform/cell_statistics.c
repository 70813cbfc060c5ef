/* See cell_statistics.h. A level of a category is measured as its text. */
#include "transform/cell_statistics.h"

#include <math.h>

#include "transform/terms.h"

ptg_status cell_statistics_apply(const cell_statistics *what, const fitted *s, const matrix *columns, matrix *out,
                                 ptg_error *err)
{
    TRY(fitted_check(s, columns, what->accepts, err));
    TRY(terms_check(columns, err));
    for (int32_t c = 0; c < columns->n_features; c++) {
        double *to[CELL_STATISTICS_MOST], values[CELL_STATISTICS_MOST];
        for (int k = 0; k < what->n; k++)
            TRY(fitted_add_real(out, s->names[c], what->names[k], COLUMN_NUMERIC, &to[k], err));
        for (int64_t i = 0; i < columns->n_rows; i++) {
            text cell = terms_cell(&columns->features[c], i);
            if (cell.data != NULL) what->measure(cell, values);
            for (int k = 0; k < what->n; k++)
                to[k][i] = cell.data == NULL ? NAN : values[k];
        }
    }
    return PTG_OK;
}
