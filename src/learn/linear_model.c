/* Linear models: predicting, saving, loading. Our own loops with a fixed order of sums, never BLAS, so that a row's result does
 * not depend on its batch. */
#include "learn/linear_model.h"

#include <string.h>

/* exp of more is an infinity. */
#define LARGEST_EXPONENT 709.0

linear_model *linear_model_new(int32_t n_features, int32_t n_outputs, linear_link link, bool constant)
{
    arena *memory = arena_new();
    linear_model *m = memory ? arena_array(memory, 1, sizeof *m) : NULL;
    if (!m) {
        arena_free(memory);
        return NULL;
    }
    *m = (linear_model){.memory = memory, .n_features = n_features, .n_outputs = n_outputs, .link = link};
    m->bias = arena_array(memory, n_outputs, sizeof *m->bias);
    if (!constant) {
        m->weights = arena_array(memory, (int64_t)n_features * n_outputs, sizeof *m->weights);
        m->center = arena_array(memory, n_features, sizeof *m->center);
        m->scale = arena_array(memory, n_features, sizeof *m->scale);
    }
    if (!m->bias || (!constant && (!m->weights || !m->center || !m->scale))) {
        arena_free(memory);
        return NULL;
    }
    return m;
}

void linear_model_free(linear_model *m)
{
    if (m) arena_free(m->memory);
}

double linear_logistic(double score)
{
    if (score >= 0) return 1 / (1 + exp(-score));
    double e = exp(score);
    return e / (1 + e);
}

void linear_softmax(double *scores, int32_t k)
{
    double largest = scores[0], sum = 0;
    for (int32_t j = 1; j < k; j++)
        if (scores[j] > largest) largest = scores[j];
    for (int32_t j = 0; j < k; j++) {
        scores[j] = exp(scores[j] - largest);
        sum += scores[j];
    }
    for (int32_t j = 0; j < k; j++)
        scores[j] /= sum;
}

/* Adds column j's part to the scores of one row. */
static void add_value(const linear_model *m, int32_t j, double x, double *scores)
{
    double z = linear_standardised(x, m->center[j], m->scale[j]);
    for (int32_t k = 0; k < m->n_outputs; k++)
        scores[k] += m->weights[(int64_t)k * m->n_features + j] * z;
}

static bool uses_column(const linear_model *m, int32_t j)
{
    for (int32_t k = 0; k < m->n_outputs; k++)
        if (m->weights[(int64_t)k * m->n_features + j] != 0) return true;
    return false;
}

/* Rows between stored values are zeros; where the center is 0 they add nothing and are passed over. */
static void add_sparse(const linear_model *m, int32_t j, const feature *f, int64_t n_rows, double *scores)
{
    int64_t row = 0;
    for (int64_t i = 0; i < f->n_values; i++) {
        for (; m->center[j] != 0 && row < f->rows[i]; row++)
            add_value(m, j, 0, scores + row * m->n_outputs);
        add_value(m, j, f->values[i], scores + f->rows[i] * m->n_outputs);
        row = f->rows[i] + 1;
    }
    for (; m->center[j] != 0 && row < n_rows; row++)
        add_value(m, j, 0, scores + row * m->n_outputs);
}

static ptg_status add_column(const linear_model *m, int32_t j, const feature *f, int64_t n_rows, double *scores, ptg_error *err)
{
    text_shown_buffer shown;
    if (f->kind != FEATURE_REAL && f->kind != FEATURE_SPARSE)
        return fail(err, PTG_ERROR_FAILED, "A linear model takes numbers only; encode the column '%s' first.",
                    text_shown(text_of(f->name), &shown));
    if (!uses_column(m, j)) return PTG_OK;
    if (f->kind == FEATURE_SPARSE) {
        add_sparse(m, j, f, n_rows, scores);
        return PTG_OK;
    }
    for (int64_t i = 0; i < n_rows; i++)
        add_value(m, j, f->real[i], scores + i * m->n_outputs);
    return PTG_OK;
}

static void apply_link(const linear_model *m, int64_t n_rows, double *scores)
{
    for (int64_t i = 0; i < n_rows; i++) {
        double *row = scores + i * m->n_outputs;
        if (m->link == LINEAR_SOFTMAX) linear_softmax(row, m->n_outputs);
        for (int32_t k = 0; k < m->n_outputs; k++) {
            if (m->link == LINEAR_LOGISTIC) row[k] = linear_logistic(row[k]);
            if (m->link == LINEAR_EXPM1) row[k] = expm1(row[k] < LARGEST_EXPONENT ? row[k] : LARGEST_EXPONENT);
        }
    }
}

ptg_status linear_model_predict(const linear_model *m, const matrix *x, double *out, ptg_error *err)
{
    if (x->n_features != m->n_features)
        return fail(err, PTG_ERROR_FAILED, "The linear model was fitted on %d columns, but %d were given.", m->n_features,
                    x->n_features);
    for (int64_t i = 0; i < x->n_rows; i++)
        memcpy(out + i * m->n_outputs, m->bias, (size_t)m->n_outputs * sizeof *out);
    for (int32_t j = 0; m->weights && j < m->n_features; j++)
        TRY(add_column(m, j, &x->features[j], x->n_rows, out, err));
    apply_link(m, x->n_rows, out);
    return PTG_OK;
}

void linear_model_save(const linear_model *m, bytes_writer *w)
{
    bytes_put_u8(w, (uint8_t)m->link);
    bytes_put_u8(w, m->weights != NULL);
    bytes_put_i32(w, m->n_features);
    bytes_put_f64s(w, m->bias, m->n_outputs);
    if (!m->weights) return;
    bytes_put_f64s(w, m->center, m->n_features);
    bytes_put_f64s(w, m->scale, m->n_features);
    bytes_put_f64s(w, m->weights, (int64_t)m->n_features * m->n_outputs);
}

/* Copies the next list into `into` when it has exactly n finite values. */
static bool take_values(bytes_reader *r, arena *scratch, double *into, int64_t n)
{
    int64_t count = 0;
    const double *values = bytes_f64s(r, scratch, &count);
    if (r->failed || !values || count != n) return false;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) return false;
        into[i] = values[i];
    }
    return true;
}

static ptg_status load_parts(bytes_reader *r, arena *scratch, linear_model **out, ptg_error *err)
{
    uint8_t link = bytes_u8(r), weighted = bytes_u8(r);
    int32_t n_features = bytes_i32(r);
    bytes_reader ahead = *r;
    int64_t n_outputs = bytes_count(&ahead, 8);
    bool wide = link == LINEAR_SOFTMAX ? n_outputs >= 2 : n_outputs == 1;
    int64_t left = (r->size - r->at) / 8;
    if (ahead.failed || link > LINEAR_EXPM1 || weighted > 1 || n_features < 0 || !wide || n_outputs > INT32_MAX ||
        (weighted && (n_features > left || n_features * n_outputs > left)))
        return fail(err, PTG_ERROR_FORMAT, "The model is damaged: its linear part does not hold together; save it again.");
    linear_model *m = linear_model_new(n_features, (int32_t)n_outputs, (linear_link)link, !weighted);
    if (!m) return fail_memory(err);
    bool whole = take_values(r, scratch, m->bias, n_outputs);
    if (weighted)
        whole = whole && take_values(r, scratch, m->center, n_features) && take_values(r, scratch, m->scale, n_features) &&
                take_values(r, scratch, m->weights, n_features * n_outputs);
    if (whole) {
        *out = m;
        return PTG_OK;
    }
    linear_model_free(m);
    return fail(err, PTG_ERROR_FORMAT, "The model is damaged: its linear part ends early or holds values that are not finite.");
}

ptg_status linear_model_load(bytes_reader *r, linear_model **out, ptg_error *err)
{
    *out = NULL;
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    ptg_status status = load_parts(r, scratch, out, err);
    arena_free(scratch);
    return status;
}
