/* See shared_bins.h. A byte a cell, column by column; a fit gathers its rows from them into its own blocks. */
#include "trees/shared_bins.h"

#include <string.h>

typedef struct shared_column {
    int32_t most_borders; /* that it was made with; 0 = not made yet */
    bin_column column;    /* borders are of mem_array */
    uint8_t *bins;        /* by row of the frame */
} shared_column;

struct shared_bins {
    const frame *frame;
    row_list rows;
    shared_column *columns;
};

ptg_status shared_bins_new(const frame *f, row_list rows, shared_bins **out, ptg_error *err)
{
    *out = mem_array(1, sizeof **out);
    if (!*out) return fail_memory(err);
    **out = (shared_bins){.frame = f, .rows = rows, .columns = mem_array(frame_columns(f), sizeof *(*out)->columns)};
    if ((*out)->columns) return PTG_OK;
    mem_free(*out);
    *out = NULL;
    return fail_memory(err);
}

static void column_clear(shared_column *c)
{
    mem_free((void *)c->column.borders);
    mem_free(c->bins);
    *c = (shared_column){0};
}

void shared_bins_free(shared_bins *s)
{
    if (!s) return;
    for (int32_t c = 0; c < frame_columns(s->frame); c++)
        column_clear(&s->columns[c]);
    mem_free(s->columns);
    mem_free(s);
}

/* Borders of the values of the rows; the sample of many rows depends on the column's number alone. */
static ptg_status make_borders(const shared_bins *s, const double *numbers, int32_t number, int32_t most, shared_column *c,
                               ptg_error *err)
{
    arena *memory = arena_new();
    double *values = mem_array(s->rows.n, sizeof *values), *borders = mem_array(most, sizeof *borders);
    ptg_status status = memory && values && borders ? PTG_OK : fail_memory(err);
    for (int64_t i = 0; i < s->rows.n && status == PTG_OK; i++)
        values[i] = numbers[s->rows.rows[i]];
    if (status == PTG_OK) status = bins_of_numbers(values, s->rows.n, most, (uint64_t)number, memory, &c->column, err);
    if (status == PTG_OK) {
        memcpy(borders, c->column.borders, (size_t)(c->column.n_bins - 1) * sizeof *borders);
        c->column.borders = borders;
    } else {
        c->column.borders = NULL;
        mem_free(borders);
    }
    mem_free(values);
    arena_free(memory);
    return status;
}

static ptg_status make_column(const shared_bins *s, int32_t number, int32_t most, shared_column *c, ptg_error *err)
{
    const double *numbers = frame_column(s->frame, number)->numbers;
    column_clear(c);
    TRY(make_borders(s, numbers, number, most, c, err));
    int64_t n = frame_rows(s->frame);
    c->bins = mem_array(n, sizeof *c->bins);
    if (!c->bins) return fail_memory(err);
    bins_fill_numbers(&c->column, numbers, n, 1, c->bins);
    c->most_borders = most;
    return PTG_OK;
}

/* Keeps of the borders the first one behind each bin that has rows, as long as others follow; bins without rows go with the
 * next one that has. */
static void keep_borders(const shared_column *c, const bool *has_rows, double *borders, uint8_t *recode, bin_column *out)
{
    int32_t last = c->column.n_bins - 1, n = 0;
    while (last > 0 && !has_rows[last])
        last--;
    bool open = false;
    for (int32_t b = 0; b < c->column.n_bins; b++) {
        recode[b] = (uint8_t)n;
        open = open || has_rows[b];
        if (!open || b >= last) continue;
        borders[n++] = c->column.borders[b];
        open = false;
    }
    *out = (bin_column){.kind = BIN_NUMBER,
                        .feature = c->column.feature,
                        .n_bins = n + 1,
                        .borders = borders,
                        .table_bins = c->bins,
                        .recode = recode};
}

ptg_status shared_bins_take(shared_bins *s, int32_t number, int32_t most_borders, const int64_t *rows, int64_t n, arena *a,
                            bin_column *out, ptg_error *err)
{
    shared_column *c = &s->columns[number];
    if (c->most_borders != most_borders) TRY(make_column(s, number, most_borders, c, err));
    bool has_rows[BINS_MOST] = {false};
    for (int64_t i = 0; i < n; i++)
        has_rows[c->bins[rows[i]]] = true;
    double *borders = arena_array(a, c->column.n_bins, sizeof *borders);
    uint8_t *recode = arena_array(a, BINS_MOST, sizeof *recode);
    if (!borders || !recode) return fail_memory(err);
    keep_borders(c, has_rows, borders, recode, out);
    return PTG_OK;
}
