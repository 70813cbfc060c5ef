/* Helpers of the transformer tests: small matrices, fitting by name, comparing, failing with the error's text. */
#ifndef TRANSFORM_CHECK_H
#define TRANSFORM_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "transform/transformer.h" /* before cmocka, which has a macro fail() */

#include <cmocka.h>

#define CHECK_OK(call)                                                                                                         \
    do {                                                                                                                       \
        ptg_error check_error = {0};                                                                                           \
        ptg_error *err = &check_error;                                                                                         \
        if ((call) != PTG_OK) fail_msg("%s: %s", #call, check_error.message);                                                  \
    } while (0)

static inline void add_numbers(matrix *m, const char *name, const double *values, column_type type)
{
    double *to = matrix_add_real(m, name);
    assert_non_null(to);
    if (m->n_rows > 0) memcpy(to, values, (size_t)m->n_rows * sizeof *to);
    m->features[m->n_features - 1].type = type;
}

/* Texts as categories; NULL is missing. Levels in the order of bytes, as in a frame. */
static inline void add_categories(matrix *m, const char *name, const char *const *values)
{
    text levels[64];
    int32_t n = 0;
    for (int64_t i = 0; i < m->n_rows; i++) {
        if (values[i] == NULL) continue;
        text t = text_of(values[i]);
        int32_t at = 0;
        while (at < n && text_compare(levels[at], t) < 0)
            at++;
        if (at < n && text_equal(levels[at], t)) continue;
        assert_true(n < 64);
        memmove(&levels[at + 1], &levels[at], (size_t)(n - at) * sizeof *levels);
        levels[at] = t;
        n++;
    }
    int32_t *codes = matrix_add_coded(m, name, n, levels);
    assert_non_null(codes);
    for (int64_t i = 0; i < m->n_rows; i++) {
        codes[i] = -1;
        for (int32_t l = 0; l < n && values[i] != NULL; l++)
            if (text_equal_to(levels[l], values[i])) codes[i] = l;
    }
    m->features[m->n_features - 1].type = COLUMN_CATEGORICAL;
}

static inline void add_texts(matrix *m, const char *name, const char *const *values)
{
    text *cells = arena_array(m->memory, m->n_rows, sizeof *cells);
    assert_non_null(cells);
    for (int64_t i = 0; i < m->n_rows; i++)
        cells[i] = values[i] == NULL ? (text){NULL, 0} : text_of(values[i]);
    feature f = {.name = arena_text(m->memory, name, strlen(name)), .kind = FEATURE_TEXT, .type = COLUMN_TEXT, .cells = cells};
    CHECK_OK(matrix_borrow(m, &f, err));
}

static inline void add_sparse(matrix *m, const char *name, int64_t n, const int64_t *rows, const double *values)
{
    int64_t *to_rows;
    double *to_values;
    CHECK_OK(matrix_add_sparse(m, name, n, &to_rows, &to_values, err));
    for (int64_t i = 0; i < n; i++) {
        to_rows[i] = rows[i];
        to_values[i] = values[i];
    }
}

/* One fitted step with what it was fitted from. */
typedef struct fit_case {
    const transformer *t;
    arena *memory;
    void *state;
    matrix *out;
    transform_fit_input in;
} fit_case;

static inline fit_case fit_of(const char *name, const char *parameters, const matrix *columns, problem_type problem,
                              int32_t n_classes, const double *target)
{
    fit_case f = {.t = transformer_find(name), .memory = arena_new(), .out = matrix_new(columns->n_rows)};
    assert_non_null(f.t);
    json_t *object;
    CHECK_OK(json_read(text_of(parameters), "parameters", &object, err));
    parameter_value *values;
    CHECK_OK(parameter_read(f.t->parameters, f.t->n_parameters, object, "parameters", f.memory, &values, err));
    json_decref(object);
    f.in = (transform_fit_input){
        .columns = columns, .problem = problem, .n_classes = n_classes, .target = target, .parameters = values, .seed = 7};
    return f;
}

static inline fit_case fit_step(const char *name, const char *parameters, const matrix *columns)
{
    fit_case f = fit_of(name, parameters, columns, PROBLEM_REGRESSION, 0, NULL);
    CHECK_OK(f.t->fit(&f.in, &f.state, f.out, err));
    return f;
}

static inline fit_case fit_target(const char *name, const char *parameters, const matrix *columns, problem_type problem,
                                  int32_t n_classes, const double *target)
{
    fit_case f = fit_of(name, parameters, columns, problem, n_classes, target);
    CHECK_OK(f.t->fit(&f.in, &f.state, f.out, err));
    return f;
}

static inline matrix *apply_step(const fit_case *f, const matrix *columns)
{
    matrix *out = matrix_new(columns->n_rows);
    assert_non_null(out);
    CHECK_OK(f->t->apply(f->state, columns, out, err));
    return out;
}

static inline void fit_clear(fit_case *f)
{
    f->t->free(f->state);
    matrix_free(f->out);
    arena_free(f->memory);
}

/* A value of a column of numbers, sparse or not. */
static inline double value_at(const matrix *m, int32_t c, int64_t row)
{
    const feature *f = &m->features[c];
    if (f->kind == FEATURE_REAL) return f->real[row];
    if (f->kind == FEATURE_CODED) return f->codes[row];
    for (int64_t i = 0; i < f->n_values; i++)
        if (f->rows[i] == row) return f->values[i];
    return 0;
}

static inline void assert_near(double got, double wanted, double tolerance, const char *what)
{
    if (isnan(got) && isnan(wanted)) return;
    if (!(fabs(got - wanted) <= tolerance * fmax(1, fabs(wanted)))) fail_msg("%s: %.17g instead of %.17g", what, got, wanted);
}

static inline void assert_same_feature(const feature *a, const feature *b, int64_t n_rows)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->n_levels, b->n_levels);
    for (int32_t l = 0; l < a->n_levels && a->levels != NULL; l++)
        assert_true(text_equal(a->levels[l], b->levels[l]));
    if (n_rows == 0) return;
    if (a->kind == FEATURE_REAL) assert_memory_equal(a->real, b->real, (size_t)n_rows * sizeof *a->real);
    if (a->kind == FEATURE_CODED) assert_memory_equal(a->codes, b->codes, (size_t)n_rows * sizeof *a->codes);
    if (a->kind != FEATURE_SPARSE) return;
    assert_int_equal(a->n_values, b->n_values);
    if (a->n_values == 0) return;
    assert_memory_equal(a->rows, b->rows, (size_t)a->n_values * sizeof *a->rows);
    assert_memory_equal(a->values, b->values, (size_t)a->n_values * sizeof *a->values);
}

/* Bytes, names and kinds. */
static inline void assert_same_matrix(const matrix *a, const matrix *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_features, b->n_features);
    for (int32_t c = 0; c < a->n_features; c++)
        assert_same_feature(&a->features[c], &b->features[c], a->n_rows);
}

#endif
