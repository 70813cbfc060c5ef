/* The readers of the libraries' own models on damaged bytes: any truncation and any changed byte is refused or gives a model
 * that keeps the rules; and the shift of columns that lie too far from 0 for f32. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/boosting_library.h"
#include "learn/lightgbm_data.h"
#include "learn/lightgbm_trees.h"
#include "learn/xgboost_data.h"
#include "learn/xgboost_trees.h"
#include "trees/tree_predictor.h"

#include <cmocka.h>

enum { N = 80 };

static matrix *small(void)
{
    matrix *x = matrix_new(N);
    double *a = matrix_add_real(x, "a");
    int32_t *b = matrix_add_coded(x, "b", 9, NULL);
    for (int i = 0; i < N; i++)
        a[i] = i % 7 == 0 ? (double)NAN : sin(i), b[i] = (i * 5) % 9;
    return x;
}

static void fill_target(const matrix *x, double target[N])
{
    for (int i = 0; i < N; i++)
        target[i] = 2 * (x->features[1].codes[i] % 3 == 0) + (x->features[0].real[i] > 0.2);
}

/* A model that keeps the rules predicts, by walking and prepared, the same bits. */
static void predicts(const tree_model *m, const matrix *x)
{
    double walked[N], out[N];
    tree_predictor *p = NULL;
    assert_int_equal(tree_model_check(m, NULL), PTG_OK);
    assert_int_equal(tree_model_raw(m, x, walked, NULL), PTG_OK);
    assert_int_equal(tree_predictor_new(m, &p, NULL), PTG_OK);
    assert_true(tree_predictor_has_programs(p));
    assert_int_equal(tree_predictor_raw_by(p, tree_kernels_best(), x, out, NULL), PTG_OK);
    assert_memory_equal(walked, out, sizeof out);
    tree_predictor_free(p);
}

/* Tries a reader on each prefix (every step-th) and on each byte turned. */
static void damage(text model, ptg_status (*read)(text, const matrix *, tree_model **), const matrix *x, int64_t step)
{
    tree_model *m = NULL;
    assert_int_equal(read(model, x, &m), PTG_OK);
    assert_true(m->n_trees == 2 && m->n_nodes > 4);
    tree_model_free(m);
    for (int64_t size = 0; size < model.size; size += step) {
        char *copy = mem_text(model.data, (size_t)size);
        if (read((text){copy, size}, x, &m) == PTG_OK) tree_model_free(m);
        mem_free(copy);
    }
    for (int64_t i = 0; i < model.size; i++)
        for (int turn = 0; turn < 3; turn++) {
            char *copy = mem_text(model.data, (size_t)model.size);
            copy[i] = (char)(copy[i] ^ (turn == 0 ? 1 : turn == 1 ? 16 : 0x80));
            if (read((text){copy, model.size}, x, &m) == PTG_OK) {
                predicts(m, x);
                tree_model_free(m);
            }
            mem_free(copy);
        }
}

static ptg_status read_xgboost(text t, const matrix *x, tree_model **m)
{
    xgboost_source source = {.model = t, .x = x, .n_outputs = 1, .rounds = 2, .link = TREE_IDENTITY};
    ptg_error err = {0};
    ptg_status status = xgboost_trees_read(&source, m, &err);
    assert_true(status == PTG_OK || (err.message[0] && !*m));
    return status;
}

static ptg_status read_lightgbm(text t, const matrix *x, tree_model **m)
{
    lightgbm_source source = {.model = t, .n_features = x->n_features, .n_outputs = 1, .rounds = 2, .link = TREE_IDENTITY};
    ptg_error err = {0};
    ptg_status status = lightgbm_trees_read(&source, m, &err);
    assert_true(status == PTG_OK || (err.message[0] && !*m));
    return status;
}

static void xgboost_model_damaged(void **state)
{
    (void)state;
    const xgboost_library *l;
    void *data, *booster;
    double target[N];
    matrix *x = small();
    fill_target(x, target);
    learn_task task = {.problem = PROBLEM_REGRESSION, .loss = LOSS_SQUARED, .train = {x, target, NULL}};
    assert_int_equal(xgboost_open(&l, NULL), PTG_OK);
    assert_int_equal(xgboost_data_make(l, &task, &task.train, NULL, &data, NULL), PTG_OK);
    assert_int_equal(l->XGBoosterCreate(&data, 1, &booster), 0);
    static const char *const settings[][2] = {
        {"tree_method", "hist"}, {"max_depth", "3"}, {"nthread", "1"}, {"max_cat_to_onehot", "2"}};
    for (int i = 0; i < 4; i++)
        assert_int_equal(l->XGBoosterSetParam(booster, settings[i][0], settings[i][1]), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(l->XGBoosterUpdateOneIter(booster, i, data), 0);
    uint64_t size;
    const char *bytes;
    assert_int_equal(l->XGBoosterSaveModelToBuffer(booster, "{\"format\": \"ubj\"}", &size, &bytes), 0);
    damage((text){bytes, (int64_t)size}, read_xgboost, x, 1);
    l->XGBoosterFree(booster);
    l->XGDMatrixFree(data);
    matrix_free(x);
}

static void lightgbm_model_damaged(void **state)
{
    (void)state;
    const lightgbm_library *l;
    void *data, *booster;
    double target[N];
    float label[N];
    text model;
    matrix *x = small();
    fill_target(x, target);
    for (int i = 0; i < N; i++)
        label[i] = (float)target[i];
    lightgbm_rows rows = {.x = x, .label = label};
    static const char settings[] = "objective=regression verbosity=-1 num_threads=1 categorical_feature=1 min_data_in_leaf=2 "
                                   "min_data_per_group=2 num_leaves=6 cat_smooth=1 max_cat_to_onehot=2 min_data_in_bin=1";
    assert_int_equal(lightgbm_open(&l, NULL), PTG_OK);
    assert_int_equal(lightgbm_data_make(l, &rows, settings, NULL, &data, NULL), PTG_OK);
    assert_int_equal(l->LGBM_BoosterCreate(data, settings, &booster), 0);
    int finished;
    for (int i = 0; i < 2; i++)
        assert_int_equal(l->LGBM_BoosterUpdateOneIter(booster, &finished), 0);
    assert_int_equal(lightgbm_model_text(l, booster, 2, &model, NULL), PTG_OK);
    const char *end = strstr(model.data, "end of trees");
    assert_non_null(end);
    damage((text){model.data, end - model.data}, read_lightgbm, x, 1);
    l->LGBM_BoosterFree(booster);
    l->LGBM_DatasetFree(data);
    mem_free((char *)model.data);
    matrix_free(x);
}

static void errors_are_one_sentence(void **state)
{
    (void)state;
    const xgboost_library *l;
    ptg_error err = {0};
    void *out;
    assert_int_equal(xgboost_open(&l, NULL), PTG_OK);
    assert_int_not_equal(l->XGDMatrixCreateFromCSR("{", "{", "{", 1, "{}", &out), 0);
    assert_int_equal(xgboost_fail(l, "taking the columns", &err), PTG_ERROR_LIBRARY);
    assert_null(strstr(err.message, "Stack trace"));
    assert_non_null(strstr(err.message, "XGBoost failed at taking the columns: "));
}

/* Only a column that is far from 0 for its width, and loses values, is shifted. */
static void shifts_where_values_would_merge(void **state)
{
    (void)state;
    static const struct {
        double start, step;
        bool shifted;
    } cases[] = {{0, 1, false},    {1e9, 0.5, true}, {16777216, 1, true}, {1000.1, 0.1, false},
                 {-1e12, 3, true}, {5, 0, false},    {0, 1e-9, false}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        matrix *x = matrix_new(N);
        double *a = matrix_add_real(x, "a"), *shift = NULL;
        for (int i = 0; i < N; i++)
            a[i] = cases[c].start + i * cases[c].step;
        a[3] = NAN;
        arena *memory = arena_new();
        assert_int_equal(xgboost_data_shift(x, memory, &shift, NULL), PTG_OK);
        if ((shift != NULL) != cases[c].shifted) fail_msg("case %d", (int)c);
        for (int i = 5; shift && i < N; i++)
            assert_true(tree_value_float32(a[i], shift[0]) != tree_value_float32(a[i - 1], shift[0]));
        arena_free(memory);
        matrix_free(x);
    }
}

int main(void)
{
    setenv("OMP_WAIT_POLICY", "passive", 1);
    const xgboost_library *x;
    const lightgbm_library *l;
    if (xgboost_open(&x, NULL) != PTG_OK || lightgbm_open(&l, NULL) != PTG_OK) return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xgboost_model_damaged),
        cmocka_unit_test(lightgbm_model_damaged),
        cmocka_unit_test(errors_are_one_sentence),
        cmocka_unit_test(shifts_where_values_would_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
