/* See statistic_tables.h. As bytes:
 *
 *   u8 version, i32 n_features, count of books: i32 feature, f64s values; count of indexes: i32 parent, i32 feature, block of
 * u64 keys; count of columns: i32 index, i32 unseen as the bits of an f32, block of f32 values, one a key of the index. */
#include "learn/statistic_tables.h"

#include <math.h>
#include <string.h>

#include "trees/tree_model.h"

#define VERSION 1
enum { BOOK_BYTES = 12, INDEX_BYTES = 16, COLUMN_BYTES = 16 };

statistic_tables *statistic_tables_new(int32_t n_features, int32_t n_books, int32_t n_indexes, int32_t n_columns)
{
    arena *memory = arena_new();
    statistic_tables *t = memory ? arena_array(memory, 1, sizeof *t) : NULL;
    if (t) {
        *t = (statistic_tables){.memory = memory, .n_features = n_features, .n_books = n_books};
        t->n_indexes = n_indexes;
        t->n_columns = n_columns;
        t->books = arena_array(memory, n_books, sizeof *t->books);
        t->indexes = arena_array(memory, n_indexes, sizeof *t->indexes);
        t->columns = arena_array(memory, n_columns, sizeof *t->columns);
        if (t->books && t->indexes && t->columns) return t;
    }
    arena_free(memory);
    return NULL;
}

void statistic_tables_free(statistic_tables *t)
{
    if (t) arena_free(t->memory);
}

static int64_t find_key(const level_index *index, uint64_t key)
{
    int64_t low = 0, high = index->n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (index->keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->n && index->keys[low] == key ? low : -1;
}

int32_t number_book_code(const number_book *book, double value)
{
    int64_t low = 0, high = book->n;
    double x = tree_value_float64(value);
    if (isnan(x)) return -1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (book->values[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low < book->n && book->values[low] == x ? (int32_t)low : -2;
}

double statistic_tables_level(const statistic_tables *t, int32_t number, int32_t code)
{
    const statistic_column *c = &t->columns[number];
    int64_t id = find_key(&t->indexes[c->index], level_key(0, code));
    return id < 0 ? c->unseen : c->values[id];
}

static const number_book *book_of(const statistic_tables *t, int32_t number)
{
    for (int32_t b = 0; b < t->n_books; b++)
        if (t->books[b].feature == number) return &t->books[b];
    return NULL;
}

static void read_codes(const statistic_tables *t, const matrix *x, int32_t number, int64_t first, int64_t n, int32_t *codes)
{
    const number_book *book = book_of(t, number);
    const feature *f = &x->features[number];
    for (int64_t i = 0; i < n; i++)
        codes[i] = book ? number_book_code(book, f->real[first + i]) : f->codes[first + i];
}

/* Numbers of the combinations of each index in each row, -1 = unseen: n_indexes x n. */
static void number_rows(const statistic_tables *t, const matrix *x, int64_t first, int64_t n, int32_t *codes, int64_t *ids)
{
    for (int32_t k = 0; k < t->n_indexes; k++) {
        const level_index *index = &t->indexes[k];
        read_codes(t, x, index->feature, first, n, codes);
        for (int64_t i = 0; i < n; i++) {
            int64_t parent = index->parent < 0 ? 0 : ids[index->parent * n + i];
            ids[k * n + i] = parent < 0 ? -1 : find_key(index, level_key((uint32_t)parent, codes[i]));
        }
    }
}

static ptg_status add_columns(const statistic_tables *t, const int64_t *ids, matrix *to, ptg_error *err)
{
    for (int32_t c = 0; c < t->n_columns; c++) {
        const statistic_column *from = &t->columns[c];
        double *out = matrix_add_real(to, "statistic");
        if (!out) return fail_memory(err);
        for (int64_t i = 0; i < to->n_rows; i++) {
            int64_t id = ids[from->index * to->n_rows + i];
            out[i] = id < 0 ? from->unseen : from->values[id];
        }
    }
    return PTG_OK;
}

static ptg_status view_sparse(matrix *to, const feature *f, int64_t first, ptg_error *err)
{
    int64_t from = feature_first_stored(f, first), n = feature_first_stored(f, first + to->n_rows) - from, *rows;
    double *values;
    TRY(matrix_add_sparse(to, f->name, n, &rows, &values, err));
    for (int64_t i = 0; i < n; i++) {
        rows[i] = f->rows[from + i] - first;
        values[i] = f->values[from + i];
    }
    return PTG_OK;
}

/* Some rows of a column; dense ones are borrowed. */
static ptg_status view_column(matrix *to, const feature *f, int64_t first, ptg_error *err)
{
    if (f->kind == FEATURE_SPARSE) return view_sparse(to, f, first, err);
    feature part = *f;
    part.real = f->real ? f->real + first : NULL;
    part.codes = f->codes ? f->codes + first : NULL;
    part.cells = f->cells ? f->cells + first : NULL;
    return matrix_borrow(to, &part, err);
}

static ptg_status check_columns(const statistic_tables *t, const matrix *x, ptg_error *err)
{
    if (x->n_features != t->n_features)
        return fail(err, PTG_ERROR_USAGE,
                    "The model was trained on %d columns, but %d were given: pass the columns of training.", (int)t->n_features,
                    (int)x->n_features);
    for (int32_t k = 0; k < t->n_indexes; k++) {
        const feature *f = &x->features[t->indexes[k].feature];
        text_shown_buffer shown;
        bool number = book_of(t, t->indexes[k].feature) != NULL;
        if (f->kind != (number ? FEATURE_REAL : FEATURE_CODED))
            return fail(err, PTG_ERROR_USAGE, "Column '%s' was %s in training, and is none here.",
                        text_shown(text_of(f->name), &shown), number ? "one of numbers" : "a category");
    }
    return PTG_OK;
}

ptg_status statistic_tables_apply(const statistic_tables *t, const matrix *x, int64_t first, int64_t n, matrix **out,
                                  ptg_error *err)
{
    *out = NULL;
    TRY(check_columns(t, x, err));
    matrix *to = matrix_new(n);
    int64_t *ids = mem_array((int64_t)t->n_indexes * n, sizeof *ids);
    int32_t *codes = mem_array(n, sizeof *codes);
    ptg_status status = to && ids && codes ? PTG_OK : fail_memory(err);
    for (int32_t f = 0; f < x->n_features && status == PTG_OK; f++)
        status = view_column(to, &x->features[f], first, err);
    if (status == PTG_OK) {
        number_rows(t, x, first, n, codes, ids);
        status = add_columns(t, ids, to, err);
    }
    mem_free(ids);
    mem_free(codes);
    if (status == PTG_OK)
        *out = to;
    else
        matrix_free(to);
    return status;
}

static void put_float(bytes_writer *w, float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bytes_put_i32(w, bits);
}

void statistic_tables_save(const statistic_tables *t, bytes_writer *w)
{
    bytes_put_u8(w, VERSION);
    bytes_put_i32(w, t->n_features);
    bytes_put_i64(w, t->n_books);
    for (int32_t b = 0; b < t->n_books; b++) {
        bytes_put_i32(w, t->books[b].feature);
        bytes_put_f64s(w, t->books[b].values, t->books[b].n);
    }
    bytes_put_i64(w, t->n_indexes);
    for (int32_t k = 0; k < t->n_indexes; k++) {
        bytes_put_i32(w, t->indexes[k].parent);
        bytes_put_i32(w, t->indexes[k].feature);
        bytes_put_block(w, t->indexes[k].keys, t->indexes[k].n * (int64_t)sizeof(uint64_t));
    }
    bytes_put_i64(w, t->n_columns);
    for (int32_t c = 0; c < t->n_columns; c++) {
        bytes_put_i32(w, t->columns[c].index);
        put_float(w, t->columns[c].unseen);
        bytes_put_block(w, t->columns[c].values, t->indexes[t->columns[c].index].n * (int64_t)sizeof(float));
    }
}

static ptg_status damaged(const char *what, ptg_error *err)
{
    return fail(err, PTG_ERROR_FORMAT, "The model is damaged: its target statistics have %s.", what);
}

/* A copy of a block of items in the arena. */
static ptg_status load_block(bytes_reader *r, size_t size, arena *a, void **out, int64_t *n, ptg_error *err)
{
    text block = bytes_block(r);
    TRY(bytes_check(r, "target statistics", err));
    if (block.size % (int64_t)size != 0) return damaged("a table of broken length", err);
    *n = block.size / (int64_t)size;
    *out = arena_array(a, *n, size);
    if (!*out) return fail_memory(err);
    if (block.size > 0) memcpy(*out, block.data, (size_t)block.size);
    return PTG_OK;
}

static ptg_status load_book(bytes_reader *r, statistic_tables *t, int32_t b, ptg_error *err)
{
    number_book *book = &t->books[b];
    int32_t number = bytes_i32(r);
    book->values = bytes_f64s(r, t->memory, &book->n);
    TRY(bytes_check(r, "target statistics", err));
    if (!book->values) return fail_memory(err);
    book->feature = -1;
    if (number < 0 || number >= t->n_features) return damaged("a column that does not exist", err);
    if (book_of(t, number)) return damaged("a column twice", err);
    book->feature = number;
    if (book->n > INT32_MAX) return damaged("too many levels", err);
    for (int64_t i = 0; i < book->n; i++) {
        if (!isfinite(book->values[i])) return damaged("a number that is not finite", err);
        if (i > 0 && book->values[i - 1] >= book->values[i]) return damaged("numbers out of order", err);
    }
    return PTG_OK;
}

static ptg_status load_index(bytes_reader *r, statistic_tables *t, int32_t k, ptg_error *err)
{
    level_index *index = &t->indexes[k];
    void *keys;
    index->parent = bytes_i32(r);
    index->feature = bytes_i32(r);
    TRY(load_block(r, sizeof *index->keys, t->memory, &keys, &index->n, err));
    index->keys = keys;
    if (index->parent < -1 || index->parent >= k) return damaged("a combination of what comes later", err);
    if (index->feature < 0 || index->feature >= t->n_features) return damaged("a column that does not exist", err);
    if (index->n > INT32_MAX) return damaged("too many levels", err);
    for (int64_t i = 1; i < index->n; i++)
        if (index->keys[i - 1] >= index->keys[i]) return damaged("levels out of order", err);
    return PTG_OK;
}

static ptg_status load_column(bytes_reader *r, statistic_tables *t, int32_t c, ptg_error *err)
{
    statistic_column *to = &t->columns[c];
    to->index = bytes_i32(r);
    int32_t bits = bytes_i32(r);
    int64_t n;
    void *values;
    memcpy(&to->unseen, &bits, sizeof bits);
    TRY(load_block(r, sizeof *to->values, t->memory, &values, &n, err));
    to->values = values;
    if (to->index < 0 || to->index >= t->n_indexes) return damaged("a column without levels", err);
    if (n != t->indexes[to->index].n) return damaged("a value too many or too few", err);
    bool finite = isfinite(to->unseen);
    for (int64_t i = 0; i < n; i++)
        finite = finite && isfinite(to->values[i]);
    return finite ? PTG_OK : damaged("a value that is not finite", err);
}

static int32_t load_count(bytes_reader *r, int64_t least_size)
{
    int64_t n = bytes_count(r, least_size);
    if (n > INT32_MAX) r->failed = true;
    return r->failed ? 0 : (int32_t)n;
}

static ptg_status load_tables(bytes_reader *r, statistic_tables *t, ptg_error *err)
{
    if (bytes_u8(r) != VERSION) r->failed = true;
    t->n_features = bytes_i32(r);
    int32_t n_books = load_count(r, BOOK_BYTES);
    t->books = arena_array(t->memory, n_books, sizeof *t->books);
    if (!t->books) return fail_memory(err);
    for (; t->n_books < n_books; t->n_books++)
        TRY(load_book(r, t, t->n_books, err));
    t->n_indexes = load_count(r, INDEX_BYTES);
    t->indexes = arena_array(t->memory, t->n_indexes, sizeof *t->indexes);
    if (!t->indexes) return fail_memory(err);
    for (int32_t k = 0; k < t->n_indexes; k++)
        TRY(load_index(r, t, k, err));
    t->n_columns = load_count(r, COLUMN_BYTES);
    t->columns = arena_array(t->memory, t->n_columns, sizeof *t->columns);
    if (!t->columns) return fail_memory(err);
    for (int32_t c = 0; c < t->n_columns; c++)
        TRY(load_column(r, t, c, err));
    return bytes_check(r, "target statistics", err);
}

ptg_status statistic_tables_load(bytes_reader *r, statistic_tables **out, ptg_error *err)
{
    *out = NULL;
    statistic_tables *t = statistic_tables_new(0, 0, 0, 0);
    if (!t) return fail_memory(err);
    ptg_status status = load_tables(r, t, err);
    if (status == PTG_OK)
        *out = t;
    else
        statistic_tables_free(t);
    return status;
}
