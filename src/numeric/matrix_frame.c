/* From a frame to a matrix: chosen columns of chosen rows. Where all rows are taken in their order, values are borrowed from
 * the mapped frame and nothing is copied; else they are gathered into the matrix's arena. Levels and texts are always borrowed.
 */
#include "numeric/matrix.h"

typedef struct gathering {
    matrix *to;
    row_list rows;
    bool whole; /* rows are all rows of the frame, ascending */
} gathering;

static bool rows_are_whole(row_list rows, int64_t n_rows)
{
    if (rows.n != n_rows) return false;
    for (int64_t i = 0; i < rows.n; i++)
        if (rows.rows[i] != i) return false;
    return true;
}

static const double *gather_numbers(const gathering *g, const double *from)
{
    if (g->whole) return from;
    double *out = arena_array(g->to->memory, g->rows.n, sizeof *out);
    for (int64_t i = 0; out && i < g->rows.n; i++)
        out[i] = from[g->rows.rows[i]];
    return out;
}

static const int32_t *gather_codes(const gathering *g, const int32_t *from)
{
    if (g->whole) return from;
    int32_t *out = arena_array(g->to->memory, g->rows.n, sizeof *out);
    for (int64_t i = 0; out && i < g->rows.n; i++)
        out[i] = from[g->rows.rows[i]];
    return out;
}

static const text *gather_cells(const gathering *g, const text *from)
{
    if (g->whole) return from;
    text *out = arena_array(g->to->memory, g->rows.n, sizeof *out);
    for (int64_t i = 0; out && i < g->rows.n; i++)
        out[i] = from[g->rows.rows[i]];
    return out;
}

/* The column as a feature; no values where memory ran out. */
static feature gather_column(const gathering *g, const column *c)
{
    feature f = {.type = c->type};
    switch (c->type) {
    case COLUMN_NUMERIC:
    case COLUMN_DATETIME:
        f.kind = FEATURE_REAL;
        f.real = gather_numbers(g, c->numbers);
        break;
    case COLUMN_CATEGORICAL:
        f.kind = FEATURE_CODED;
        f.codes = gather_codes(g, c->codes);
        f.n_levels = c->n_levels;
        f.levels = c->levels;
        break;
    case COLUMN_TEXT:
    case COLUMN_SEQUENCE:
        f.kind = FEATURE_TEXT;
        f.cells = gather_cells(g, c->cells);
        break;
    }
    return f;
}

static ptg_status add_column(const gathering *g, const frame *from, int32_t number, ptg_error *err)
{
    const column *c = frame_column(from, number);
    feature f = gather_column(g, c);
    if (f.kind == FEATURE_REAL) f.source = number + 1;
    if (!g->whole && !f.real && !f.codes && !f.cells) return fail_memory(err);
    f.name = arena_text(g->to->memory, c->name.data ? c->name.data : "", (size_t)c->name.size);
    return f.name ? matrix_borrow(g->to, &f, err) : fail_memory(err);
}

static ptg_status check_request(const frame *f, const int32_t *columns, int32_t n_columns, row_list rows, ptg_error *err)
{
    for (int32_t j = 0; j < n_columns; j++)
        if (columns[j] < 0 || columns[j] >= frame_columns(f))
            return fail(err, PTG_ERROR_USAGE, "Column %d is not in a frame of %d columns; give column numbers from 0.",
                        (int)columns[j], (int)frame_columns(f));
    for (int64_t i = 0; i < rows.n; i++)
        if (rows.rows[i] < 0 || rows.rows[i] >= frame_rows(f))
            return fail(err, PTG_ERROR_USAGE, "Row %lld is not in a frame of %lld rows; give row numbers from 0.",
                        (long long)rows.rows[i], (long long)frame_rows(f));
    return PTG_OK;
}

ptg_status matrix_from_frame(const frame *f, const int32_t *columns, int32_t n_columns, row_list rows, matrix **out,
                             ptg_error *err)
{
    *out = NULL;
    TRY(check_request(f, columns, n_columns, rows, err));
    gathering g = {.to = matrix_new(rows.n), .rows = rows, .whole = rows_are_whole(rows, frame_rows(f))};
    if (!g.to) return fail_memory(err);
    for (int32_t j = 0; j < n_columns; j++) {
        ptg_status status = add_column(&g, f, columns[j], err);
        if (status == PTG_OK) continue;
        matrix_free(g.to);
        return status;
    }
    *out = g.to;
    return PTG_OK;
}
