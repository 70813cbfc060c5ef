/* See shape_model.h. Rows are looked up column by column, some thousand at a time; a row's sum runs in the order of the terms.
 */
#include "learn/shape_model.h"

#include <math.h>

#include "trees/borders.h"

/* Rows whose cells are found at a time. */
#define ROW_CHUNK 4096
/* Most cells of a term, so that a damaged file cannot ask for more than its bytes. */
#define CELLS_MOST (INT64_C(1) << 31)
/* The fewest bytes of a saved term, and of a level. */
#define TERM_BYTES 46
#define LEVEL_BYTES 8

shape_model *shape_model_new(int32_t n_features, int32_t n_outputs, int32_t n_terms)
{
    arena *memory = arena_new();
    shape_model *m = memory ? arena_array(memory, 1, sizeof *m) : NULL;
    if (!m) {
        arena_free(memory);
        return NULL;
    }
    *m = (shape_model){.memory = memory, .n_features = n_features, .n_outputs = n_outputs, .n_terms = n_terms};
    m->terms = arena_array(memory, n_terms, sizeof *m->terms);
    m->intercept = arena_array(memory, n_outputs, sizeof *m->intercept);
    if (m->terms && m->intercept) return m;
    arena_free(memory);
    return NULL;
}

void shape_model_free(shape_model *m)
{
    if (m) arena_free(m->memory);
}

int64_t shape_axis_cell(const shape_axis *a, double value)
{
    if (isnan(value)) return 0;
    if (a->coded) return value >= 0 && value < (double)(a->n_cells - 1) ? (int64_t)value + 1 : 0;
    return borders_bin(a->cuts, (int32_t)(a->n_cells - 1), tree_value_float64(value));
}

static void sparse_cells(const shape_axis *a, const feature *f, int64_t first, int64_t n, int32_t *cells)
{
    int32_t zero = (int32_t)shape_axis_cell(a, 0);
    for (int64_t i = 0; i < n; i++)
        cells[i] = zero;
    for (int64_t s = feature_first_stored(f, first); s < f->n_values && f->rows[s] < first + n; s++)
        cells[f->rows[s] - first] = (int32_t)shape_axis_cell(a, f->values[s]);
}

void shape_axis_cells(const shape_axis *a, const matrix *x, int64_t first, int64_t n, int32_t *cells)
{
    const feature *f = &x->features[a->feature];
    if (f->kind == FEATURE_SPARSE) {
        sparse_cells(a, f, first, n, cells);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        cells[i] = (int32_t)shape_axis_cell(a, f->kind == FEATURE_CODED ? f->codes[first + i] : f->real[first + i]);
}

static ptg_status check_axis(const shape_axis *a, const matrix *x, ptg_error *err)
{
    const feature *f = &x->features[a->feature];
    text_shown_buffer shown;
    bool fits = a->coded ? f->kind == FEATURE_CODED : f->kind == FEATURE_REAL || f->kind == FEATURE_SPARSE;
    if (fits) return PTG_OK;
    return fail(err, PTG_ERROR_USAGE, "Column '%s' was %s in training, and is none here.", text_shown(text_of(f->name), &shown),
                a->coded ? "a category" : "one of numbers");
}

ptg_status shape_model_check_columns(const shape_model *m, const matrix *x, ptg_error *err)
{
    if (x->n_features != m->n_features)
        return fail(err, PTG_ERROR_USAGE,
                    "The model was trained on %d columns, but %d were given: pass the columns of training.", (int)m->n_features,
                    (int)x->n_features);
    for (int32_t t = 0; t < m->n_terms; t++)
        for (int32_t a = 0; a < m->terms[t].n_axes; a++)
            TRY(check_axis(&m->terms[t].axes[a], x, err));
    return PTG_OK;
}

static void add_term(const shape_model *m, const shape_term *t, const matrix *x, int64_t first, int64_t n, int32_t *cells,
                     double *out)
{
    int64_t all = shape_cells(t), width = t->n_axes == 2 ? t->axes[1].n_cells : 1;
    shape_axis_cells(&t->axes[0], x, first, n, cells);
    if (t->n_axes == 2) shape_axis_cells(&t->axes[1], x, first, n, cells + ROW_CHUNK);
    for (int64_t i = 0; i < n; i++) {
        int64_t cell = cells[i] * width + (t->n_axes == 2 ? cells[ROW_CHUNK + i] : 0);
        for (int32_t k = 0; k < m->n_outputs; k++)
            out[i * m->n_outputs + k] += t->values[k * all + cell];
    }
}

ptg_status shape_model_raw(const shape_model *m, const matrix *x, double *out, ptg_error *err)
{
    int32_t cells[2 * ROW_CHUNK];
    TRY(shape_model_check_columns(m, x, err));
    for (int64_t first = 0; first < x->n_rows; first += ROW_CHUNK) {
        int64_t n = x->n_rows - first < ROW_CHUNK ? x->n_rows - first : ROW_CHUNK;
        double *rows = out + first * m->n_outputs;
        for (int64_t i = 0; i < n * m->n_outputs; i++)
            rows[i] = m->intercept[i % m->n_outputs];
        for (int32_t t = 0; t < m->n_terms; t++)
            add_term(m, &m->terms[t], x, first, n, cells, rows);
    }
    return PTG_OK;
}

ptg_status shape_model_predict(const shape_model *m, const matrix *x, double *out, ptg_error *err)
{
    TRY(shape_model_raw(m, x, out, err));
    for (int64_t i = 0; i < x->n_rows; i++)
        tree_link_apply(m->link, m->n_outputs, out + i * m->n_outputs);
    return PTG_OK;
}

double shape_importance(const shape_model *m, const shape_term *t)
{
    double sum = 0;
    int64_t cells = shape_cells(t);
    for (int32_t k = 0; k < m->n_outputs; k++)
        for (int64_t c = 0; c < cells; c++)
            sum += t->share[c] * fabs(t->values[k * cells + c]);
    return sum / m->n_outputs;
}

static void save_axis(const shape_axis *a, bytes_writer *w)
{
    bytes_put_i32(w, a->feature);
    bytes_put_u8(w, a->coded);
    bytes_put_text(w, text_of(a->name));
    if (!a->coded) {
        bytes_put_f64s(w, a->cuts, a->n_cells - 1);
        return;
    }
    bytes_put_i64(w, a->n_cells - 1);
    for (int64_t l = 0; l < a->n_cells - 1; l++)
        bytes_put_text(w, a->levels[l]);
}

void shape_model_save(const shape_model *m, bytes_writer *w)
{
    bytes_put_u8(w, (uint8_t)m->link);
    bytes_put_i32(w, m->n_features);
    bytes_put_f64s(w, m->intercept, m->n_outputs);
    bytes_put_i64(w, m->n_terms);
    for (int32_t t = 0; t < m->n_terms; t++) {
        const shape_term *term = &m->terms[t];
        bytes_put_u8(w, (uint8_t)term->n_axes);
        for (int32_t a = 0; a < term->n_axes; a++)
            save_axis(&term->axes[a], w);
        bytes_put_f64s(w, term->values, shape_cells(term) * m->n_outputs);
        bytes_put_f64s(w, term->share, shape_cells(term));
    }
}

static ptg_status damaged(const char *what, ptg_error *err)
{
    return fail(err, PTG_ERROR_FORMAT, "The model is damaged: its functions have %s.", what);
}

static ptg_status load_cuts(bytes_reader *r, shape_axis *a, arena *memory, ptg_error *err)
{
    int64_t n;
    a->cuts = bytes_f64s(r, memory, &n);
    TRY(bytes_check(r, "functions", err));
    if (!a->cuts) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(a->cuts[i]) || (i > 0 && a->cuts[i - 1] >= a->cuts[i])) return damaged("cuts out of order", err);
    a->n_cells = n + 1;
    return PTG_OK;
}

static ptg_status load_levels(bytes_reader *r, shape_axis *a, arena *memory, ptg_error *err)
{
    int64_t n = bytes_count(r, LEVEL_BYTES);
    text *levels = arena_array(memory, n, sizeof *levels);
    if (!levels) return fail_memory(err);
    for (int64_t l = 0; l < n && !r->failed; l++) {
        text level = bytes_text(r);
        if (r->failed || !level.data) continue;
        const char *copy = arena_text(memory, level.data, (size_t)level.size);
        if (!copy) return fail_memory(err);
        levels[l] = (text){copy, level.size};
    }
    a->levels = levels;
    a->n_cells = n + 1;
    return bytes_check(r, "functions", err);
}

static ptg_status load_axis(bytes_reader *r, const shape_model *m, shape_axis *a, ptg_error *err)
{
    a->feature = bytes_i32(r);
    uint8_t coded = bytes_u8(r);
    text name = bytes_text(r);
    TRY(bytes_check(r, "functions", err));
    if (a->feature < 0 || a->feature >= m->n_features || coded > 1 || !name.data)
        return damaged("a column that does not exist", err);
    a->coded = coded == 1;
    if (!(a->name = arena_text(m->memory, name.data, (size_t)name.size))) return fail_memory(err);
    TRY(a->coded ? load_levels(r, a, m->memory, err) : load_cuts(r, a, m->memory, err));
    return a->n_cells < INT32_MAX ? PTG_OK : damaged("too many cells", err);
}

static bool all_finite(const double *values, int64_t n)
{
    bool finite = true;
    for (int64_t i = 0; i < n; i++)
        finite = finite && isfinite(values[i]);
    return finite;
}

/* Exactly n finite values. */
static ptg_status load_values(bytes_reader *r, arena *memory, int64_t n, double **out, ptg_error *err)
{
    int64_t found;
    const double *values = bytes_f64s(r, memory, &found);
    TRY(bytes_check(r, "functions", err));
    if (!values) return fail_memory(err);
    if (found != n || !all_finite(values, n)) return damaged("values too many, too few or not finite", err);
    *out = (double *)values;
    return PTG_OK;
}

static ptg_status load_term(bytes_reader *r, shape_model *m, shape_term *t, ptg_error *err)
{
    t->n_axes = bytes_u8(r);
    if (t->n_axes != 1 && t->n_axes != 2) return damaged("neither one column nor two", err);
    for (int32_t a = 0; a < t->n_axes; a++)
        TRY(load_axis(r, m, &t->axes[a], err));
    if (shape_cells(t) > CELLS_MOST) return damaged("too many cells", err);
    TRY(load_values(r, m->memory, shape_cells(t) * m->n_outputs, &t->values, err));
    return load_values(r, m->memory, shape_cells(t), &t->share, err);
}

/* The arrays that come first say how many outputs and terms there are. */
static ptg_status load_head(bytes_reader *r, shape_model **out, ptg_error *err)
{
    uint8_t link = bytes_u8(r);
    int32_t n_features = bytes_i32(r);
    int64_t n_outputs = bytes_count(r, 8);
    bool wide = link == TREE_SOFTMAX ? n_outputs >= 2 : n_outputs == 1;
    TRY(bytes_check(r, "functions", err));
    if (link > TREE_EXPM1 || n_features < 0 || !wide || n_outputs > INT32_MAX) return damaged("no sound outputs", err);
    bytes_reader ahead = *r;
    for (int64_t k = 0; k < n_outputs; k++)
        bytes_f64(&ahead);
    int64_t n_terms = bytes_count(&ahead, TERM_BYTES);
    TRY(bytes_check(&ahead, "functions", err));
    if (n_terms > INT32_MAX || !(*out = shape_model_new(n_features, (int32_t)n_outputs, (int32_t)n_terms)))
        return fail_memory(err);
    (*out)->link = (tree_link)link;
    for (int64_t k = 0; k < n_outputs; k++)
        (*out)->intercept[k] = bytes_f64(r);
    *r = ahead;
    return all_finite((*out)->intercept, n_outputs) ? PTG_OK : damaged("an intercept that is not finite", err);
}

ptg_status shape_model_load(bytes_reader *r, shape_model **out, ptg_error *err)
{
    *out = NULL;
    shape_model *m = NULL;
    ptg_status status = load_head(r, &m, err);
    for (int32_t t = 0; status == PTG_OK && t < m->n_terms; t++)
        status = load_term(r, m, &m->terms[t], err);
    if (status == PTG_OK)
        *out = m;
    else
        shape_model_free(m);
    return status;
}
