/* Linear models and predictors: the formula by hand, kinds of columns, rows alone, saving and loading, damaged bytes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "learn/linear_model.h"
#include "learn/predictor.h"

#include <cmocka.h> /* after ours: it has a macro named fail */

static linear_model *sample(linear_link link, int32_t outputs)
{
    linear_model *m = linear_model_new(3, outputs, link, false);
    assert_non_null(m);
    for (int32_t j = 0; j < 3; j++) {
        m->center[j] = j == 2 ? 0 : j + 1;
        m->scale[j] = 1.0 / (j + 2);
        for (int32_t k = 0; k < outputs; k++)
            m->weights[k * 3 + j] = (k + 1) * (j - 0.5);
    }
    for (int32_t k = 0; k < outputs; k++)
        m->bias[k] = 0.1 * (k + 1);
    return m;
}

/* Columns a, b real, c sparse with 3 at row 1. */
static matrix *rows(void)
{
    static const double a[] = {2, NAN, INFINITY, 1e300}, b[] = {-1, 0, 5, -1e308};
    matrix *x = matrix_new(4);
    double *to_a = matrix_add_real(x, "a"), *to_b = matrix_add_real(x, "b"), *values;
    int64_t *at;
    memcpy(to_a, a, sizeof a);
    memcpy(to_b, b, sizeof b);
    assert_int_equal(matrix_add_sparse(x, "c", 1, &at, &values, NULL), PTG_OK);
    at[0] = 1;
    values[0] = 3;
    return x;
}

static double score(const linear_model *m, int32_t k, double a, double b, double c)
{
    const double z[3] = {(a - 1) / 2, (b - 2) / 3, c / 4};
    double s = m->bias[k];
    for (int j = 0; j < 3; j++)
        s += m->weights[k * 3 + j] * z[j];
    return s;
}

static void test_by_hand(void **state)
{
    (void)state;
    matrix *x = rows();
    for (linear_link link = LINEAR_IDENTITY; link <= LINEAR_EXPM1; link++) {
        int32_t k = link == LINEAR_SOFTMAX ? 3 : 1;
        linear_model *m = sample(link, k);
        double out[12], s[3][3], expected[3];
        assert_int_equal(linear_model_predict(m, x, out, NULL), PTG_OK);
        for (int32_t j = 0; j < k; j++) {
            s[0][j] = score(m, j, 2, -1, 0);
            s[1][j] = score(m, j, 1, 0, 3); /* missing and infinite: the center */
            s[2][j] = score(m, j, 1, 5, 0);
        }
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            for (int32_t j = 0; j < k; j++)
                sum += exp(s[i][j]);
            for (int32_t j = 0; j < k; j++) {
                expected[j] = link == LINEAR_SOFTMAX    ? exp(s[i][j]) / sum
                              : link == LINEAR_LOGISTIC ? 1 / (1 + exp(-s[i][0]))
                              : link == LINEAR_EXPM1    ? expm1(s[i][0])
                                                        : s[i][0];
                assert_true(fabs(out[i * k + j] - expected[j]) < 1e-12);
            }
        }
        for (int32_t j = 0; j < k; j++)
            assert_true(isfinite(out[3 * k + j])); /* enormous values */
        linear_model_free(m);
    }
    matrix_free(x);
}

/* A sparse column is the same as its dense twin, also where the center is not 0. */
static void test_sparse_as_dense(void **state)
{
    (void)state;
    matrix *x = rows(), *y = matrix_new(4);
    for (int32_t j = 0; j < 3; j++)
        assert_int_equal(feature_to_real(x, j, matrix_add_real(y, x->features[j].name), NULL), PTG_OK);
    linear_model *m = sample(LINEAR_SOFTMAX, 2);
    double a[8], b[8];
    for (int c = 0; c < 2; c++) {
        m->center[2] = c * 0.5;
        assert_int_equal(linear_model_predict(m, x, a, NULL), PTG_OK);
        assert_int_equal(linear_model_predict(m, y, b, NULL), PTG_OK);
        assert_memory_equal(a, b, sizeof a);
    }
    linear_model_free(m);
    matrix_free(x);
    matrix_free(y);
}

static void test_rows_alone(void **state)
{
    (void)state;
    matrix *x = rows();
    linear_model *m = sample(LINEAR_SOFTMAX, 3);
    double all[12], one[3];
    assert_int_equal(linear_model_predict(m, x, all, NULL), PTG_OK);
    for (int64_t i = 0; i < 4; i++) {
        matrix *alone = NULL;
        assert_int_equal(matrix_take_rows(x, (row_list){&i, 1}, &alone, NULL), PTG_OK);
        assert_int_equal(linear_model_predict(m, alone, one, NULL), PTG_OK);
        assert_memory_equal(one, all + 3 * i, sizeof one);
        matrix_free(alone);
    }
    linear_model_free(m);
    matrix_free(x);
}

static void test_refused_columns(void **state)
{
    (void)state;
    matrix *x = matrix_new(1);
    double out[1];
    ptg_error err = {0};
    linear_model *m = sample(LINEAR_IDENTITY, 1), *constant = linear_model_new(1, 1, LINEAR_IDENTITY, true);
    assert_non_null(matrix_add_coded(x, "colour", 2, NULL));
    assert_int_equal(linear_model_predict(m, x, out, &err), PTG_ERROR_FAILED); /* one column for three */
    assert_int_equal(linear_model_predict(constant, x, out, &err), PTG_OK);
    matrix_add_real(x, "b");
    matrix_add_real(x, "c");
    assert_int_equal(linear_model_predict(m, x, out, &err), PTG_ERROR_FAILED);
    assert_non_null(strstr(err.message, "colour"));
    linear_model_free(m);
    linear_model_free(constant);
    matrix_free(x);
}

static void test_save_and_load(void **state)
{
    (void)state;
    matrix *x = rows();
    for (int c = 0; c < 5; c++) {
        linear_link link = c == 4 ? LINEAR_SOFTMAX : (linear_link)c;
        int32_t k = link == LINEAR_SOFTMAX ? 3 : 1;
        linear_model *m = c == 4 ? linear_model_new(3, 3, link, true) : sample(link, k);
        predictor *p = predictor_of_linear(m), *q = NULL;
        bytes_writer a = {0}, b = {0};
        predictor_save(p, &a);
        assert_int_equal(predictor_bytes(p), a.size);
        bytes_reader r = bytes_reader_of(a.data, a.size);
        assert_int_equal(predictor_load(&r, &q, NULL), PTG_OK);
        assert_int_equal(r.at, r.size);
        predictor_save(q, &b);
        assert_int_equal(a.size, b.size);
        assert_memory_equal(a.data, b.data, (size_t)a.size);
        double u[12], v[12];
        assert_int_equal(predictor_predict(p, x, u, NULL), PTG_OK);
        assert_int_equal(predictor_predict(q, x, v, NULL), PTG_OK);
        assert_memory_equal(u, v, (size_t)(4 * k) * sizeof *u);
        assert_int_equal(predictor_width(q), k);
        assert_int_equal(predictor_n_features(q), 3);
        assert_null(predictor_trees(q));
        predictor_free(p);
        predictor_free(q);
        text_buffer_clear(&a);
        text_buffer_clear(&b);
    }
    predictor_free(NULL);
    matrix_free(x);
}

static void test_damaged(void **state)
{
    (void)state;
    predictor *p = predictor_of_linear(sample(LINEAR_SOFTMAX, 3)), *q = NULL;
    bytes_writer w = {0};
    predictor_save(p, &w);
    for (int64_t size = 0; size < w.size; size++) {
        bytes_reader r = bytes_reader_of(w.data, size);
        assert_int_equal(predictor_load(&r, &q, NULL), PTG_ERROR_FORMAT);
        assert_null(q);
    }
    static const struct {
        int64_t at;
        unsigned char byte;
    } damage[] = {{0, 0},   {0, 3},    {1, 4}, {2, 2}, {6, 0x80} /* negative columns */, {7, 1} /* 1 output of a softmax */,
                  {7, 255}, {14, 0x80}};
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        char kept = w.data[damage[i].at];
        w.data[damage[i].at] = (char)damage[i].byte;
        bytes_reader r = bytes_reader_of(w.data, w.size);
        if (predictor_load(&r, &q, NULL) != PTG_ERROR_FORMAT) fail_msg("damage %zu was taken", i);
        w.data[damage[i].at] = kept;
    }
    for (int64_t at = 15; at + 8 <= w.size; at++) { /* an infinity or NaN over whatever stands there */
        char kept[8];
        memcpy(kept, w.data + at, 8);
        memset(w.data + at, 0xff, 8);
        bytes_reader r = bytes_reader_of(w.data, w.size);
        if (predictor_load(&r, &q, NULL) == PTG_OK) predictor_free(q);
        memcpy(w.data + at, kept, 8);
    }
    text_buffer_clear(&w);
    predictor_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),         cmocka_unit_test(test_sparse_as_dense), cmocka_unit_test(test_rows_alone),
        cmocka_unit_test(test_refused_columns), cmocka_unit_test(test_save_and_load),   cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
