/* What ./dev bench predict runs for Pilotage: reads a library's model and a table of numbers, turns the model into our trees,
 * and measures the predictor by each instruction set, for few rows and for one. Prints one JSON object; writes the raw scores.
 *
 *   predict_driver KIND MODEL TREES ROWS N_ROWS N_COLUMNS N_CODED SCORES
 *
 * KIND is lightgbm (model text), xgboost (UBJSON) or catboost (its JSON's float_features, oblivious_trees and scale_and_bias).
 * ROWS is f64, column after column; the last N_CODED columns are codes of categories, negative = missing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "learn/lightgbm_trees.h"
#include "learn/xgboost_trees.h"
#include "trees/tree_builder.h"
#include "trees/tree_predictor.h"

enum { PASSES = 5, FEW_MOST = 64, FEW_TABLES = 100, DEPTH_MOST = 16 };

/* Seconds of processor time: one thread, so what else runs matters less. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static ptg_status read_rows(char **words, matrix **out, ptg_error *err)
{
    char *data = NULL;
    int64_t size = 0, n = strtoll(words[5], NULL, 10);
    int32_t columns = (int32_t)strtol(words[6], NULL, 10), coded = (int32_t)strtol(words[7], NULL, 10);
    matrix *x = matrix_new(n);
    if (!x) return fail_memory(err);
    TRY(file_read(words[4], &data, &size, err));
    if (size != n * columns * 8) return fail(err, PTG_ERROR_DATA, "'%s' has not the size that was told.", words[4]);
    const double *from = (const double *)(const void *)data;
    for (int32_t f = 0; f < columns; f++, from += n) {
        char name[16];
        snprintf(name, sizeof name, "x%d", (int)f);
        double *real = f < columns - coded ? matrix_add_real(x, name) : NULL;
        int32_t *codes = real ? NULL : matrix_add_coded(x, name, INT32_MAX, NULL);
        if (!real && !codes) return fail_memory(err);
        for (int64_t i = 0; i < n; i++)
            if (real)
                real[i] = from[i];
            else
                codes[i] = from[i] >= 0 ? (int32_t)from[i] : -1;
    }
    mem_free(data);
    *out = x;
    return PTG_OK;
}

/* A split of CatBoost's: right when the value is above the border; missing as the column says. */
static tree_node split_of(const json_t *split, const json_t *columns)
{
    size_t number = (size_t)json_integer_or(split, "float_feature_index", 0);
    const char *missing = json_text_or(json_array_get(columns, number), "nan_value_treatment", "AsIs");
    tree_node n = {.value = json_real_or(split, "border", NAN), .feature = (int32_t)number, .flags = TREE_NODE_LESS_EQUAL};
    if (strcmp(missing, "AsTrue") != 0) n.flags |= TREE_NODE_MISSING_LEFT;
    return n;
}

/* Bit k of a leaf's number is the answer of split k. */
static void put_symmetric(tree_builder *b, const json_t *from, const json_t *columns)
{
    const json_t *splits = json_object_get(from, "splits"), *leaves = json_object_get(from, "leaf_values");
    int32_t depth = (int32_t)json_array_size(splits);
    tree_node *nodes = depth < DEPTH_MOST ? tree_builder_tree(b, 0, (2 << depth) - 1) : NULL;
    for (int32_t k = 0; nodes && k < depth; k++)
        for (int32_t i = (1 << k) - 1; i < (2 << k) - 1; i++) {
            nodes[i] = split_of(json_array_get(splits, (size_t)k), columns);
            nodes[i].left = 2 * i + 1;
            nodes[i].right = 2 * i + 2;
        }
    for (int32_t i = 0; nodes && i < 1 << depth; i++) {
        int32_t number = 0; /* the way down is i, the first answer in its highest bit */
        for (int32_t k = 0; k < depth; k++)
            number |= (i >> (depth - 1 - k) & 1) << k;
        nodes[(1 << depth) - 1 + i] =
            (tree_node){.value = json_number_value_or(json_array_get(leaves, (size_t)number), NAN), .flags = TREE_NODE_LEAF};
    }
}

static ptg_status read_catboost(text model, const matrix *x, tree_model **out, ptg_error *err)
{
    json_t *root = NULL;
    tree_builder b = {0};
    TRY(json_read(model, "the model of CatBoost", &root, err));
    const json_t *columns = json_object_get(root, "float_features");
    const json_t *trees = json_object_get(root, "oblivious_trees"), *bias = json_object_get(root, "scale_and_bias");
    for (size_t t = 0; t < json_array_size(trees); t++)
        put_symmetric(&b, json_array_get(trees, t), columns);
    ptg_status status = tree_builder_end(&b, x->n_features, 1, out, err);
    if (status == PTG_OK) {
        (*out)->scale = json_number_value_or(json_array_get(bias, 0), NAN);
        (*out)->base[0] = json_number_value_or(json_array_get(json_array_get(bias, 1), 0), NAN);
        status = tree_model_check(*out, err);
    }
    json_decref(root);
    return status;
}

static ptg_status read_model(char **words, const matrix *x, tree_model **out, ptg_error *err)
{
    text model;
    char *data = NULL;
    int64_t rounds = strtoll(words[3], NULL, 10);
    TRY(file_read(words[2], &data, &model.size, err));
    model.data = data;
    ptg_status status = PTG_OK;
    if (strcmp(words[1], "catboost") == 0)
        status = read_catboost(model, x, out, err);
    else if (strcmp(words[1], "xgboost") == 0)
        status = xgboost_trees_read(&(xgboost_source){.model = model, .x = x, .n_outputs = 1, .rounds = rounds}, out, err);
    else
        status = lightgbm_trees_read(
            &(lightgbm_source){.model = model, .n_features = x->n_features, .n_outputs = 1, .rounds = rounds}, out, err);
    mem_free(data);
    return status;
}

/* One way to predict: by kernels (NULL: as it is chosen), or by walking. */
typedef ptg_status (*way)(const tree_predictor *p, const tree_kernels *k, const tree_model *m, const matrix *x, double *out);

static ptg_status by_kernels(const tree_predictor *p, const tree_kernels *k, const tree_model *m, const matrix *x, double *out)
{
    (void)m;
    return k ? tree_predictor_raw_by(p, k, x, out, NULL) : tree_predictor_raw(p, x, out, NULL);
}

static ptg_status by_walk(const tree_predictor *p, const tree_kernels *k, const tree_model *m, const matrix *x, double *out)
{
    (void)p;
    (void)k;
    return tree_model_raw(m, x, out, NULL);
}

static int by_size(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Seconds of a call on one of n tables, taken in turns: the median of PASSES. */
static double seconds_of(way call, const tree_predictor *p, const tree_kernels *k, const tree_model *m, matrix **x, int n,
                         double *out)
{
    double seconds[PASSES];
    for (int i = 0; i < PASSES; i++) {
        double start = now();
        for (int c = 0; c < n; c++)
            if (call(p, k, m, x[c], out) != PTG_OK) exit(1);
        seconds[i] = (now() - start) / n;
    }
    qsort(seconds, PASSES, sizeof *seconds, by_size);
    return seconds[PASSES / 2];
}

/* Rows n*c ... n*c + n - 1 as table c, around the end. */
static void take_few(const matrix *x, int64_t n, matrix *some[FEW_TABLES])
{
    for (int64_t c = 0; c < FEW_TABLES; c++) {
        int64_t rows[FEW_MOST];
        for (int64_t i = 0; i < n; i++)
            rows[i] = (c * n + i) % x->n_rows;
        if (matrix_take_rows(x, (row_list){.rows = rows, .n = n}, &some[c], NULL) != PTG_OK) exit(1);
    }
}

static void measure_few(const tree_predictor *p, const tree_model *m, const matrix *x, double *out)
{
    printf(", \"few\": {");
    for (int64_t n = 1; n <= FEW_MOST && n <= x->n_rows; n *= 2) {
        matrix *some[FEW_TABLES];
        take_few(x, n, some);
        printf("%s\"%d\": {\"walk\": %.3g, \"kernels\": %.3g, \"chosen\": %.3g}", n > 1 ? ", " : "", (int)n,
               seconds_of(by_walk, p, NULL, m, some, FEW_TABLES, out),
               seconds_of(by_kernels, p, tree_kernels_best(), m, some, FEW_TABLES, out),
               seconds_of(by_kernels, p, NULL, m, some, FEW_TABLES, out));
        for (int64_t c = 0; c < FEW_TABLES; c++)
            matrix_free(some[c]);
    }
    printf("}");
}

static void measure(const tree_model *m, matrix *x, const char *scores)
{
    const tree_kernels *all[3];
    int32_t n_kernels = tree_kernels_all(all);
    double *out = mem_array(x->n_rows, sizeof *out), start = now();
    tree_predictor *p = NULL;
    if (!out || tree_predictor_new(m, &p, NULL) != PTG_OK) exit(1);
    printf("{\"trees\": %d, \"nodes\": %d, \"prepare_seconds\": %.3g, \"prepared_bytes\": %lld, \"seconds\": {",
           (int)m->n_trees, (int)m->n_nodes, now() - start, (long long)tree_predictor_bytes(p));
    for (int32_t k = 0; k < n_kernels; k++)
        printf("%s\"%s\": %.6g", k ? ", " : "", all[k]->name, seconds_of(by_kernels, p, all[k], m, &x, 1, out));
    printf("}");
    measure_few(p, m, x, out);
    printf("}\n");
    if (by_kernels(p, NULL, m, x, out) != PTG_OK || file_replace(scores, out, x->n_rows * (int64_t)sizeof *out, NULL) != PTG_OK)
        exit(1);
    tree_predictor_free(p);
    mem_free(out);
}

int main(int n, char **words)
{
    matrix *x = NULL;
    tree_model *m = NULL;
    ptg_error err = {0};
    if (n != 9) {
        fprintf(stderr, "predict_driver: KIND MODEL TREES ROWS N_ROWS N_COLUMNS N_CODED SCORES are needed.\n");
        return 2;
    }
    if (read_rows(words, &x, &err) != PTG_OK || read_model(words, x, &m, &err) != PTG_OK) {
        fprintf(stderr, "predict_driver: %s\n", err.message);
        return 1;
    }
    measure(m, x, words[8]);
    tree_model_free(m);
    matrix_free(x);
    return 0;
}
