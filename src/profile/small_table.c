/* The sample of the small model. Bins have borders at quantiles of the sampled values; codes are numbered by first appearance
 * over both parts, so that equal texts of two frames have one code. */
#include "profile/small_table.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "profile/number_bins.h"
#include "profile/number_summary.h"
#include "profile/text_table.h"

#define WORDS_OF_A_CELL 48
#define WORD_CODES 4096

int64_t small_rows_most(int32_t n_columns, int32_t n_outputs)
{
    const int64_t most = n_outputs > 1 ? 2 * SMALL_ROWS_MOST / (1 + n_outputs) : SMALL_ROWS_MOST;
    const int64_t n = SMALL_CELLS_MOST / (n_columns > 0 ? n_columns : 1);
    return n > most ? most : n < SMALL_ROWS_LEAST ? SMALL_ROWS_LEAST : n;
}

ptg_status small_draw_rows(const double *values, int64_t n, int64_t most, uint64_t seed, const char *purpose, arena *a,
                           row_list *out, ptg_error *err)
{
    random_stream random = random_of(seed, purpose);
    int64_t left = 0, taken = 0;
    for (int64_t i = 0; i < n; ++i)
        left += values == NULL || isfinite(values[i]);
    int64_t wanted = most < left ? most : left;
    int64_t *rows = arena_array(a, wanted, sizeof *rows);
    if (rows == NULL) return fail_memory(err);
    for (int64_t i = 0; i < n && wanted > 0; ++i) {
        if (values != NULL && !isfinite(values[i])) continue;
        if (random_below(&random, left--) >= wanted) continue;
        rows[taken++] = i;
        --wanted;
    }
    *out = (row_list){.rows = rows, .n = taken};
    return PTG_OK;
}

/* Calls for each row of the parts in order; i counts through. */
typedef struct row_walk {
    const small_request *r;
    const small_feature *feature;
    int32_t part;
    int64_t in_part;
    const column *c;
    int64_t row;
} row_walk;

static row_walk walk_start(const small_request *r, const small_feature *feature)
{
    return (row_walk){.r = r, .feature = feature, .part = 0, .in_part = 0};
}

static bool walk_next(row_walk *w)
{
    while (w->part < w->r->n_parts && w->in_part == w->r->parts[w->part].n) {
        ++w->part;
        w->in_part = 0;
    }
    if (w->part == w->r->n_parts) return false;
    w->c = frame_column(w->r->parts[w->part].f, w->feature->at[w->part]);
    w->row = w->r->parts[w->part].rows[w->in_part++];
    return true;
}

ptg_status small_bins_make(const double *values, int64_t n, int64_t n_looked_at, uint8_t *bins, ptg_error *err)
{
    double borders[SMALL_BINS];
    double *sorted = mem_array(n_looked_at, sizeof *sorted);
    if (sorted == NULL) return fail_memory(err);
    int64_t n_sorted = 0;
    for (int64_t i = 0; i < n_looked_at; ++i) {
        if (!isnan(values[i])) sorted[n_sorted++] = values[i];
    }
    const ptg_status status = sort_numbers(sorted, n_sorted, err);
    if (status == PTG_OK) {
        const int32_t n_borders = number_bins_find(sorted, n_sorted, SMALL_BINS - 1, borders);
        for (int64_t i = 0; i < n; ++i)
            bins[i] = (uint8_t)(isnan(values[i]) ? 0 : 1 + number_bins_of(borders, n_borders, values[i]));
    }
    mem_free(sorted);
    return status;
}

static ptg_status add_binned(const small_request *r, const small_feature *feature, int64_t n, arena *a, small_column *out,
                             ptg_error *err)
{
    double *values = mem_array(n, sizeof *values);
    out->bins = arena_array(a, n, sizeof *out->bins);
    if (values == NULL || out->bins == NULL) {
        mem_free(values);
        return fail_memory(err);
    }
    int64_t i = 0;
    for (row_walk w = walk_start(r, feature); walk_next(&w);)
        values[i++] = w.c->numbers[w.row];
    const ptg_status status = small_bins_make(values, n, n, out->bins, err);
    mem_free(values);
    return status;
}

/* The level of a cell as bytes; missing has none. */
static text level_of(const column *c, int64_t row)
{
    if (c->codes != NULL) return c->codes[row] < 0 ? (text){0} : c->levels[c->codes[row]];
    if (c->numbers == NULL) return c->cells[row];
    if (isnan(c->numbers[row])) return (text){0};
    return (text){.data = (const char *)&c->numbers[row], .size = (int64_t)sizeof(double)};
}

static ptg_status add_levels(const small_request *r, const small_feature *feature, int64_t n, arena *a, small_column *out,
                             ptg_error *err)
{
    ptg_status status = PTG_OK;
    text_table levels = {0};
    out->codes = arena_array(a, n, sizeof *out->codes);
    if (out->codes == NULL) return fail_memory(err);
    int64_t i = 0;
    for (row_walk w = walk_start(r, feature); walk_next(&w); ++i) {
        const text level = level_of(w.c, w.row);
        int32_t code = -1;
        if (level.data != NULL) GO(text_table_add(&levels, level, &code, err));
        out->start[i] = i;
        out->codes[i] = code + 1;
    }
    out->start[n] = n;
    out->n_codes = (int32_t)levels.n + 1;
done:
    text_table_clear(&levels);
    return status;
}

static int64_t words_of(text cell, int32_t *codes)
{
    int64_t n = 0;
    for (text word; n < WORDS_OF_A_CELL && text_next_word(&cell, &word); ++n)
        codes[n] = (int32_t)(text_hash(word) % WORD_CODES);
    return n;
}

/* Words by their hash; a missing or blank cell has no code. */
static ptg_status add_words(const small_request *r, const small_feature *feature, int64_t n, arena *a, small_column *out,
                            ptg_error *err)
{
    int32_t scratch[WORDS_OF_A_CELL];
    int64_t i = 0;
    for (row_walk w = walk_start(r, feature); walk_next(&w); ++i)
        out->start[i + 1] = out->start[i] + words_of(w.c->cells[w.row], scratch);
    out->codes = arena_array(a, out->start[n], sizeof *out->codes);
    if (out->codes == NULL) return fail_memory(err);
    i = 0;
    for (row_walk w = walk_start(r, feature); walk_next(&w); ++i)
        words_of(w.c->cells[w.row], out->codes + out->start[i]);
    out->n_codes = WORD_CODES;
    return PTG_OK;
}

static ptg_status add_listed(const small_request *r, const small_feature *feature, int64_t n, arena *a, small_column *out,
                             ptg_error *err)
{
    const column *c = frame_column(r->parts[0].f, feature->at[0]);
    out->listed = true;
    out->start = arena_array(a, n + 1, sizeof *out->start);
    if (out->start == NULL) return fail_memory(err);
    if (c->type == COLUMN_TEXT || c->type == COLUMN_SEQUENCE) return add_words(r, feature, n, a, out, err);
    return add_levels(r, feature, n, a, out, err);
}

static ptg_status add_feature(const small_request *r, const small_feature *feature, arena *a, small_table *out, ptg_error *err)
{
    const column *c = frame_column(r->parts[0].f, feature->at[0]);
    const bool numbers = c->numbers != NULL;
    if (numbers) {
        small_column *made = &out->columns[out->n_columns++];
        made->at = feature->at[0];
        TRY(add_binned(r, feature, out->n, a, made, err));
    }
    if (numbers && !feature->as_levels) return PTG_OK;
    small_column *made = &out->columns[out->n_columns++];
    made->at = feature->at[0];
    return add_listed(r, feature, out->n, a, made, err);
}

static ptg_status list_rows(const small_request *r, arena *a, small_table *out, ptg_error *err)
{
    for (int32_t k = 0; k < r->n_parts; ++k)
        out->n += r->parts[k].n;
    int64_t *rows = arena_array(a, out->n, sizeof *rows), at = 0;
    if (rows == NULL) return fail_memory(err);
    for (int32_t k = 0; k < r->n_parts; ++k) {
        for (int64_t i = 0; i < r->parts[k].n; ++i)
            rows[at++] = r->parts[k].rows[i];
    }
    out->rows = rows;
    return PTG_OK;
}

ptg_status small_table_make(const small_request *r, arena *a, small_table *out, ptg_error *err)
{
    *out = (small_table){.problem = r->problem, .n_outputs = r->n_outputs, .y = r->y};
    TRY(list_rows(r, a, out, err));
    out->columns = arena_array(a, 2 * (int64_t)r->n_features, sizeof *out->columns);
    if (out->columns == NULL) return fail_memory(err);
    for (int32_t k = 0; k < r->n_features; ++k)
        TRY(add_feature(r, &r->features[k], a, out, err));
    return PTG_OK;
}
