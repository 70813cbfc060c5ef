/* The matrix: a growing list of named columns whose values lie in one arena, or are borrowed. Columns are added one after
 * another and never taken away; a column added is written by its caller through the pointer that it gets. */
#include "numeric/matrix.h"

#include <math.h>
#include <string.h>

#include "numeric/order.h"

matrix *matrix_new(int64_t n_rows)
{
    matrix *m = mem_array(1, sizeof *m);
    if (!m) return NULL;
    m->n_rows = n_rows;
    m->memory = arena_new();
    if (!m->memory) {
        mem_free(m);
        return NULL;
    }
    return m;
}

void matrix_free(matrix *m)
{
    if (!m) return;
    arena_free(m->memory);
    mem_free(m->features);
    mem_free(m);
}

/* A slot for one more column, not yet counted: n_features goes up once the column is whole. */
static feature *next_feature(matrix *m)
{
    if (m->n_features == m->capacity) {
        if (m->capacity > INT32_MAX / 2) return NULL;
        int32_t capacity = m->capacity ? 2 * m->capacity : 16;
        feature *grown = mem_resize(m->features, m->capacity, capacity, sizeof *grown);
        if (!grown) return NULL;
        m->features = grown;
        m->capacity = capacity;
    }
    return &m->features[m->n_features];
}

static feature *named_feature(matrix *m, const char *name, feature_kind kind, column_type type)
{
    feature *f = next_feature(m);
    if (!f) return NULL;
    *f = (feature){.kind = kind, .type = type, .name = arena_text(m->memory, name, strlen(name))};
    return f->name ? f : NULL;
}

double *matrix_add_real(matrix *m, const char *name)
{
    feature *f = named_feature(m, name, FEATURE_REAL, COLUMN_NUMERIC);
    double *values = f ? arena_array(m->memory, m->n_rows, sizeof *values) : NULL;
    if (!values) return NULL;
    f->real = values;
    m->n_features++;
    return values;
}

static const text *copied_levels(matrix *m, int32_t n_levels, const text *levels)
{
    text *copy = arena_array(m->memory, n_levels, sizeof *copy);
    for (int32_t l = 0; copy && l < n_levels; l++) {
        if (!levels[l].data) continue;
        copy[l] = (text){.data = arena_text(m->memory, levels[l].data, (size_t)levels[l].size), .size = levels[l].size};
        if (!copy[l].data) return NULL;
    }
    return copy;
}

int32_t *matrix_add_coded(matrix *m, const char *name, int32_t n_levels, const text *levels)
{
    feature *f = named_feature(m, name, FEATURE_CODED, COLUMN_CATEGORICAL);
    int32_t *codes = f ? arena_array(m->memory, m->n_rows, sizeof *codes) : NULL;
    if (!codes) return NULL;
    f->codes = codes;
    f->n_levels = n_levels;
    if (levels) {
        f->levels = copied_levels(m, n_levels, levels);
        if (!f->levels) return NULL;
    }
    m->n_features++;
    return codes;
}

ptg_status matrix_add_sparse(matrix *m, const char *name, int64_t n_values, int64_t **rows, double **values, ptg_error *err)
{
    feature *f = named_feature(m, name, FEATURE_SPARSE, COLUMN_NUMERIC);
    if (!f) return fail_memory(err);
    *rows = arena_array(m->memory, n_values, sizeof **rows);
    *values = arena_array(m->memory, n_values, sizeof **values);
    if (!*rows || !*values) return fail_memory(err);
    f->rows = *rows;
    f->values = *values;
    f->n_values = n_values;
    m->n_features++;
    return PTG_OK;
}

ptg_status matrix_borrow(matrix *m, const feature *from, ptg_error *err)
{
    feature copy = *from; /* `from` may lie in m's own list, which is about to move */
    feature *f = next_feature(m);
    if (!f) return fail_memory(err);
    *f = copy;
    m->n_features++;
    return PTG_OK;
}

int32_t matrix_find(const matrix *m, const char *name)
{
    for (int32_t j = 0; j < m->n_features; j++)
        if (strcmp(m->features[j].name, name) == 0) return j;
    return -1;
}

/* Where each old row stands among the rows taken: places[start[r] ... start[r + 1] - 1], ascending. Made only where a sparse
 * column needs it. */
typedef struct row_places {
    int64_t *start, *places;
} row_places;

static ptg_status find_places(const matrix *m, row_list rows, arena *a, row_places *out, ptg_error *err)
{
    out->start = arena_array(a, m->n_rows + 2, sizeof *out->start);
    out->places = arena_array(a, rows.n, sizeof *out->places);
    if (!out->start || !out->places) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; i++)
        out->start[rows.rows[i] + 2]++;
    for (int64_t r = 1; r <= m->n_rows; r++)
        out->start[r + 1] += out->start[r];
    for (int64_t i = 0; i < rows.n; i++)
        out->places[out->start[rows.rows[i] + 1]++] = i;
    return PTG_OK;
}

/* Puts the stored values into the order of their new rows; `items` and `values` both have n entries. */
static ptg_status sort_sparse(order_item *items, const double *values, int64_t n, int64_t *rows, double *out, ptg_error *err)
{
    order_item *scratch = mem_array(n, sizeof *scratch);
    if (!scratch) return fail_memory(err);
    order_sort(items, scratch, n);
    for (int64_t v = 0; v < n; v++) {
        rows[v] = (int64_t)items[v].key;
        out[v] = values[items[v].row];
    }
    mem_free(scratch);
    return PTG_OK;
}

static ptg_status take_sparse(matrix *to, const feature *f, const row_places *at, ptg_error *err)
{
    int64_t n = 0, v = 0, *rows;
    double *values, *taken = NULL;
    order_item *items = NULL;
    for (int64_t s = 0; s < f->n_values; s++)
        n += at->start[f->rows[s] + 1] - at->start[f->rows[s]];
    TRY(matrix_add_sparse(to, f->name, n, &rows, &values, err));
    ptg_status status = PTG_OK;
    items = mem_array(n, sizeof *items);
    taken = mem_array(n, sizeof *taken);
    if (!items || !taken) GO(fail_memory(err));
    for (int64_t s = 0; s < f->n_values; s++)
        for (int64_t p = at->start[f->rows[s]]; p < at->start[f->rows[s] + 1]; p++, v++) {
            items[v] = (order_item){.key = (uint64_t)at->places[p], .row = v};
            taken[v] = f->values[s];
        }
    GO(sort_sparse(items, taken, n, rows, values, err));
done:
    mem_free(items);
    mem_free(taken);
    return status;
}

static ptg_status take_real(matrix *to, const feature *f, row_list rows, ptg_error *err)
{
    double *out = matrix_add_real(to, f->name);
    if (!out) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; i++)
        out[i] = f->real[rows.rows[i]];
    return PTG_OK;
}

static ptg_status take_coded(matrix *to, const feature *f, row_list rows, ptg_error *err)
{
    int32_t *out = matrix_add_coded(to, f->name, f->n_levels, f->levels);
    if (!out) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; i++)
        out[i] = f->codes[rows.rows[i]];
    return PTG_OK;
}

static ptg_status take_text(matrix *to, const feature *f, row_list rows, ptg_error *err)
{
    feature *slot = named_feature(to, f->name, FEATURE_TEXT, f->type);
    text *out = slot ? arena_array(to->memory, rows.n, sizeof *out) : NULL;
    if (!out) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; i++)
        out[i] = f->cells[rows.rows[i]];
    slot->cells = out;
    to->n_features++;
    return PTG_OK;
}

static ptg_status take_feature(matrix *to, const feature *f, row_list rows, const row_places *at, ptg_error *err)
{
    ptg_status status = PTG_OK;
    switch (f->kind) {
    case FEATURE_REAL:
        status = take_real(to, f, rows, err);
        break;
    case FEATURE_CODED:
        status = take_coded(to, f, rows, err);
        break;
    case FEATURE_SPARSE:
        status = take_sparse(to, f, at, err);
        break;
    case FEATURE_TEXT:
        status = take_text(to, f, rows, err);
        break;
    }
    if (status == PTG_OK) to->features[to->n_features - 1].type = f->type;
    return status;
}

static ptg_status check_rows(int64_t n_rows, row_list rows, ptg_error *err)
{
    for (int64_t i = 0; i < rows.n; i++)
        if (rows.rows[i] < 0 || rows.rows[i] >= n_rows)
            return fail(err, PTG_ERROR_USAGE, "Row %lld is not in a matrix of %lld rows; give row numbers from 0.",
                        (long long)rows.rows[i], (long long)n_rows);
    return PTG_OK;
}

static bool has_sparse(const matrix *m)
{
    for (int32_t j = 0; j < m->n_features; j++)
        if (m->features[j].kind == FEATURE_SPARSE) return true;
    return false;
}

ptg_status matrix_take_rows(const matrix *m, row_list rows, matrix **out, ptg_error *err)
{
    *out = NULL;
    TRY(check_rows(m->n_rows, rows, err));
    ptg_status status = PTG_OK;
    arena *scratch = arena_new();
    matrix *to = matrix_new(rows.n);
    row_places at = {NULL, NULL};
    if (!scratch || !to) GO(fail_memory(err));
    if (has_sparse(m)) GO(find_places(m, rows, scratch, &at, err));
    for (int32_t j = 0; j < m->n_features; j++)
        GO(take_feature(to, &m->features[j], rows, &at, err));
    *out = to;
    to = NULL;
done:
    matrix_free(to);
    arena_free(scratch);
    return status;
}

static void sparse_to_real(const feature *f, int64_t n_rows, double *out)
{
    memset(out, 0, (size_t)n_rows * sizeof *out);
    for (int64_t s = 0; s < f->n_values; s++)
        out[f->rows[s]] = f->values[s];
}

int64_t feature_first_stored(const feature *f, int64_t row)
{
    int64_t low = 0, high = f->n_values;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (f->rows[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

ptg_status feature_to_real(const matrix *m, int32_t at, double *out, ptg_error *err)
{
    if (at < 0 || at >= m->n_features)
        return fail(err, PTG_ERROR_USAGE, "Column %d is not in a matrix of %d columns; give column numbers from 0.", (int)at,
                    (int)m->n_features);
    const feature *f = &m->features[at];
    text_shown_buffer shown;
    switch (f->kind) {
    case FEATURE_REAL:
        if (m->n_rows) memcpy(out, f->real, (size_t)m->n_rows * sizeof *out);
        return PTG_OK;
    case FEATURE_CODED:
        for (int64_t i = 0; i < m->n_rows; i++)
            out[i] = f->codes[i] < 0 ? (double)NAN : (double)f->codes[i];
        return PTG_OK;
    case FEATURE_SPARSE:
        sparse_to_real(f, m->n_rows, out);
        return PTG_OK;
    case FEATURE_TEXT:
        break;
    }
    return fail(err, PTG_ERROR_DATA, "Column '%s' is text and cannot be read as numbers; encode it first, or set its type.",
                text_shown(text_of(f->name), &shown));
}
