/* Each column is prepared once (centred numbers, ranks, at most 32 codes); a chunk of work is one column against all later
 * ones. Corrections: V by Bergsma (2013), the ratio as epsilon squared (Kelley 1935), information by Miller and Madow (1955).
 */
#include "profile/associations.h"

#include <math.h>
#include <string.h>

#include "profile/class_counts.h"
#include "profile/rank_correlation.h"
#include "profile/small_table.h"
#include "profile/text_table.h"

#define CODES 32 /* 0: missing; a number uses 1 ... 16 */
#define NUMBER_GROUPS 16
#define PAIR_ROWS 20000000 /* pairs x rows: with many columns fewer rows are looked at */
#define LEAST_ROWS 500
#define LEAST_COMMON 20
#define LEAST_STRENGTH 0.1 /* of a pair that is listed */

typedef struct prepared {
    int32_t at;
    double *values, *ranks; /* numbers: centred and scaled, NaN = missing; NULL for categories */
    uint8_t *codes;
} prepared;

typedef struct pair_work {
    int64_t n;
    int32_t n_columns;
    const prepared *columns;
    association *pairs; /* n_columns x n_columns, the upper triangle is filled */
} pair_work;

/* ---- preparing */

/* Groups of nearly equal size out of the bins of a number. */
static void group_bins(uint8_t *bins, int64_t n)
{
    int64_t counts[SMALL_BINS] = {0}, below = 0, valid = 0;
    uint8_t group[SMALL_BINS] = {0};
    for (int64_t i = 0; i < n; ++i)
        ++counts[bins[i]];
    valid = n - counts[0];
    for (int k = 1; k < SMALL_BINS; ++k) {
        group[k] = (uint8_t)(valid > 0 ? 1 + (below + counts[k] / 2) * NUMBER_GROUPS / (valid + 1) : 0);
        below += counts[k];
    }
    for (int64_t i = 0; i < n; ++i)
        bins[i] = group[bins[i]];
}

static void centre(double *v, int64_t n)
{
    double mean = 0, squares = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (!isfinite(v[i])) v[i] = NAN;
        count += !isnan(v[i]);
    }
    for (int64_t i = 0; i < n; ++i)
        mean += isnan(v[i]) ? 0 : v[i] / (double)count;
    for (int64_t i = 0; i < n; ++i) {
        v[i] -= mean;
        squares += isnan(v[i]) ? 0 : v[i] * v[i] / (double)count;
    }
    for (int64_t i = 0; i < n && squares > 0 && isfinite(squares); ++i)
        v[i] /= sqrt(squares);
}

/* Ranks of the values that are there; NaN stays. */
static ptg_status rank_values(const double *v, int64_t n, double *ranks, ptg_error *err)
{
    double *scratch = mem_array(n, 2 * sizeof *scratch);
    if (scratch == NULL) return fail_memory(err);
    int64_t n_there = 0, at = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (!isnan(v[i])) scratch[n_there++] = v[i];
    }
    const ptg_status status = ranks_of(scratch, n_there, scratch + n, err);
    for (int64_t i = 0; i < n && status == PTG_OK; ++i)
        ranks[i] = isnan(v[i]) ? (double)NAN : scratch[n + at++];
    mem_free(scratch);
    return status;
}

static ptg_status prepare_numbers(const column *c, row_list rows, arena *a, prepared *out, ptg_error *err)
{
    out->values = arena_array(a, rows.n, sizeof(double));
    out->ranks = arena_array(a, rows.n, sizeof(double));
    if (out->values == NULL || out->ranks == NULL) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; ++i)
        out->values[i] = c->numbers[rows.rows[i]];
    TRY(small_bins_make(out->values, rows.n, rows.n, out->codes, err));
    group_bins(out->codes, rows.n);
    centre(out->values, rows.n);
    TRY(rank_values(out->values, rows.n, out->ranks, err));
    centre(out->ranks, rows.n);
    return PTG_OK;
}

/* The most frequent levels have codes of their own, the others share the last one. */
static ptg_status code_levels(const text_table *levels, int32_t *codes, int64_t n, uint8_t *out, ptg_error *err)
{
    uint8_t *renamed = mem_array(levels->n + 1, sizeof *renamed);
    if (renamed == NULL) return fail_memory(err);
    for (uint8_t place = 1; place < CODES - 1; ++place) {
        int64_t best = -1;
        for (int64_t k = 0; k < levels->n; ++k) {
            if (renamed[k + 1] == 0 && (best < 0 || levels->counts[k] > levels->counts[best])) best = k;
        }
        if (best < 0) break;
        renamed[best + 1] = place;
    }
    for (int64_t k = 1; k <= levels->n; ++k) {
        if (renamed[k] == 0) renamed[k] = CODES - 1;
    }
    for (int64_t i = 0; i < n; ++i)
        out[i] = renamed[codes[i] + 1];
    mem_free(renamed);
    return PTG_OK;
}

static ptg_status prepare_levels(const column *c, row_list rows, prepared *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    text_table levels = {0};
    int32_t *codes = mem_array(rows.n, sizeof *codes);
    if (codes == NULL) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; ++i) {
        const int64_t row = rows.rows[i];
        const text cell = c->cells != NULL ? c->cells[row] : c->codes[row] < 0 ? (text){0} : c->levels[c->codes[row]];
        codes[i] = -1;
        if (cell.data != NULL) GO(text_table_add(&levels, cell, &codes[i], err));
    }
    if (levels.n > 1 && levels.n * 2 <= rows.n) GO(code_levels(&levels, codes, rows.n, out->codes, err));
done:
    text_table_clear(&levels);
    mem_free(codes);
    return status;
}

static bool varies(const prepared *p, int64_t n)
{
    if (p->values != NULL) {
        int64_t i = 0;
        while (i < n && isnan(p->values[i]))
            ++i;
        for (int64_t j = i + 1; j < n; ++j) {
            if (!isnan(p->values[j]) && p->values[j] != p->values[i]) return true;
        }
        return false;
    }
    uint8_t first = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (p->codes[i] == 0) continue;
        if (first != 0 && p->codes[i] != first) return true;
        first = p->codes[i];
    }
    return false;
}

/* ---- measuring */

static double product_moment(const double *x, const double *y, int64_t n)
{
    double count = 0, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (isnan(x[i]) || isnan(y[i])) continue;
        count += 1;
        sx += x[i];
        sy += y[i];
        xx += x[i] * x[i];
        yy += y[i] * y[i];
        xy += x[i] * y[i];
    }
    const double vx = xx - sx * sx / count, vy = yy - sy * sy / count;
    if (count < LEAST_COMMON || !(vx > 1e-12 * xx) || !(vy > 1e-12 * yy)) return NAN;
    return fmax(-1, fmin(1, (xy - sx * sy / count) / (sqrt(vx) * sqrt(vy))));
}

/* Square root of epsilon squared: the share of the variance of x that the codes explain, less what chance would. */
static double correlation_ratio(const double *x, const uint8_t *codes, int64_t n)
{
    double count[CODES] = {0}, sum[CODES] = {0}, total = 0, all = 0, squares = 0, between = 0, groups = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (isnan(x[i]) || codes[i] == 0) continue;
        count[codes[i]] += 1;
        sum[codes[i]] += x[i];
        squares += x[i] * x[i];
    }
    for (int k = 1; k < CODES; ++k) {
        total += count[k];
        all += sum[k];
        groups += count[k] > 0;
        between += count[k] > 0 ? sum[k] * sum[k] / count[k] : 0;
    }
    if (total < LEAST_COMMON || groups < 2 || total <= groups) return NAN;
    const double variance = squares - all * all / total;
    if (!(variance > 1e-12 * squares)) return NAN;
    const double explained = (between - all * all / total) / variance;
    return sqrt(fmax(0, 1 - (1 - explained) * (total - 1) / (total - groups)));
}

/* Counts of two code lists where both are there. */
static int64_t count_codes(const uint8_t *x, const uint8_t *y, int64_t n, int64_t cells[CODES][CODES])
{
    int64_t missing = 0;
    memset(cells, 0, sizeof(int64_t[CODES][CODES]));
    for (int64_t i = 0; i < n; ++i)
        ++cells[x[i]][y[i]];
    for (int k = 0; k < CODES; ++k) {
        missing += cells[0][k] + (k > 0 ? cells[k][0] : 0);
        cells[0][k] = cells[k][0] = 0;
    }
    return n - missing;
}

static double entropy_term(double part, double whole)
{
    return part > 0 ? -part / whole * log(part / whole) : 0;
}

static double information(int64_t cells[CODES][CODES], int64_t total)
{
    double h_x = 0, h_y = 0, h_xy = 0, n = (double)total;
    int n_x = 0, n_y = 0, n_xy = 0;
    for (int a = 0; a < CODES; ++a) {
        int64_t of_x = 0, of_y = 0;
        for (int b = 0; b < CODES; ++b) {
            of_x += cells[a][b];
            of_y += cells[b][a];
            h_xy += entropy_term((double)cells[a][b], n);
            n_xy += cells[a][b] > 0;
        }
        h_x += entropy_term((double)of_x, n);
        h_y += entropy_term((double)of_y, n);
        n_x += of_x > 0;
        n_y += of_y > 0;
    }
    if (total < LEAST_COMMON || !(h_x > 0) || !(h_y > 0)) return NAN;
    const double correction = (n_xy - n_x - n_y + 1) / (2 * n);
    return fmin(1, fmax(0, h_x + h_y - h_xy - correction) / sqrt(h_x * h_y));
}

static double cramer(int64_t cells[CODES][CODES])
{
    int64_t codes[CODES] = {0}, classes[CODES] = {0}, total = 0;
    for (int a = 0; a < CODES; ++a) {
        for (int b = 0; b < CODES; ++b) {
            codes[a] += cells[a][b];
            classes[b] += cells[a][b];
            total += cells[a][b];
        }
    }
    if (total < LEAST_COMMON) return NAN;
    const class_counts c = {
        .n_codes = CODES, .n_classes = CODES, .n = total, .cells = &cells[0][0], .codes = codes, .classes = classes};
    return class_counts_cramer(&c);
}

static double largest(double a, double b)
{
    return fmax(isnan(a) ? 0 : a, isnan(b) ? 0 : b);
}

static void measure(const prepared *x, const prepared *y, int64_t n, association *out)
{
    int64_t cells[CODES][CODES];
    *out = (association){.a = x->at, .b = y->at, .pearson = NAN, .spearman = NAN, .cramer = NAN, .ratio = NAN};
    out->information = information(cells, count_codes(x->codes, y->codes, n, cells));
    if (x->values != NULL && y->values != NULL) {
        out->pearson = product_moment(x->values, y->values, n);
        out->spearman = product_moment(x->ranks, y->ranks, n);
        out->strength = largest(fabs(out->pearson), fabs(out->spearman));
    } else if (x->values == NULL && y->values == NULL) {
        out->cramer = cramer(cells);
        out->strength = largest(out->cramer, 0);
    } else {
        out->ratio = x->values != NULL ? correlation_ratio(x->values, y->codes, n) : correlation_ratio(y->values, x->codes, n);
        out->strength = largest(out->ratio, 0);
    }
}

static ptg_status measure_row(void *context, int64_t chunk, ptg_error *err)
{
    const pair_work *w = context;
    (void)err;
    for (int64_t other = chunk + 1; other < w->n_columns; ++other)
        measure(&w->columns[chunk], &w->columns[other], w->n, &w->pairs[chunk * w->n_columns + other]);
    return PTG_OK;
}

/* ---- the whole */

static void offer(associations *out, const association *found)
{
    int32_t at = out->n;
    while (at > 0 && found->strength > out->pairs[at - 1].strength)
        --at;
    if (at == ASSOCIATION_PAIRS) return;
    if (out->n < ASSOCIATION_PAIRS) ++out->n;
    for (int32_t k = out->n - 1; k > at; --k)
        out->pairs[k] = out->pairs[k - 1];
    out->pairs[at] = *found;
}

static void collect(const pair_work *w, associations *out)
{
    out->columns = w->n_columns;
    out->n_matrix = w->n_columns < ASSOCIATION_MATRIX ? w->n_columns : ASSOCIATION_MATRIX;
    for (int32_t a = 0; a < w->n_columns; ++a) {
        for (int32_t b = a + 1; b < w->n_columns; ++b) {
            const association *found = &w->pairs[(int64_t)a * w->n_columns + b];
            if (found->strength >= LEAST_STRENGTH) offer(out, found);
            if (b >= out->n_matrix) continue;
            out->matrix[a * out->n_matrix + b] = out->matrix[b * out->n_matrix + a] = found->strength;
        }
    }
    for (int32_t a = 0; a < out->n_matrix; ++a) {
        out->matrix_columns[a] = w->columns[a].at;
        out->matrix[a * out->n_matrix + a] = 1;
    }
}

typedef struct prepare_work {
    const frame *f;
    row_list rows;
    prepared *columns;
    arena **arenas; /* one a column, since columns are prepared on all threads */
} prepare_work;

static ptg_status prepare(void *context, int64_t chunk, ptg_error *err)
{
    const prepare_work *w = context;
    prepared *p = &w->columns[chunk];
    arena *a = w->arenas[chunk] = arena_new();
    if (a == NULL) return fail_memory(err);
    p->codes = arena_array(a, w->rows.n, sizeof *p->codes);
    if (p->codes == NULL) return fail_memory(err);
    const column *c = frame_column(w->f, p->at);
    return c->numbers != NULL ? prepare_numbers(c, w->rows, a, p, err) : prepare_levels(c, w->rows, p, err);
}

static int64_t rows_for(int32_t n_columns)
{
    const int64_t pairs = (int64_t)n_columns * n_columns / 2 + 1, rows = PAIR_ROWS / pairs;
    return rows > ASSOCIATION_ROWS ? ASSOCIATION_ROWS : rows < LEAST_ROWS ? LEAST_ROWS : rows;
}

static ptg_status run(prepare_work *w, int32_t n, pool *threads, arena *a, associations *out, ptg_error *err)
{
    TRY(pool_run(threads, n, prepare, w, err));
    pair_work work = {.n = w->rows.n, .columns = w->columns};
    for (int32_t k = 0; k < n; ++k) {
        if (varies(&w->columns[k], w->rows.n)) w->columns[work.n_columns++] = w->columns[k];
    }
    work.pairs = arena_array(a, (int64_t)work.n_columns * work.n_columns, sizeof *work.pairs);
    if (work.pairs == NULL) return fail_memory(err);
    TRY(pool_run(threads, work.n_columns, measure_row, &work, err));
    collect(&work, out);
    return PTG_OK;
}

ptg_status associations_make(const frame *f, const int32_t *columns, int32_t n, uint64_t seed, pool *threads, associations *out,
                             ptg_error *err)
{
    *out = (associations){0};
    if (n > ASSOCIATION_COLUMNS) n = ASSOCIATION_COLUMNS;
    arena *a = arena_new();
    prepare_work w = {.f = f};
    if (a == NULL) return fail_memory(err);
    w.columns = arena_array(a, n, sizeof *w.columns);
    w.arenas = arena_array(a, n, sizeof *w.arenas);
    ptg_status status = w.columns == NULL || w.arenas == NULL ? fail_memory(err) : PTG_OK;
    for (int32_t k = 0; k < n && status == PTG_OK; ++k)
        w.columns[k].at = columns[k];
    if (status == PTG_OK)
        status = small_draw_rows(NULL, frame_rows(f), rows_for(n), seed, "profile/associations", a, &w.rows, err);
    out->rows = w.rows.n;
    if (status == PTG_OK) status = run(&w, n, threads, a, out, err);
    for (int32_t k = 0; w.arenas != NULL && k < n; ++k)
        arena_free(w.arenas[k]);
    arena_free(a);
    return status;
}
