/* Predictors: a tag and the model of that kind. The file format is one byte (1 trees, 2 linear, 3 trees on target statistics, 4
 * functions) and the kind's own bytes. */
#include "learn/predictor.h"

#include "learn/linear_model.h"
#include "learn/shape_model.h"
#include "learn/statistic_tables.h"
#include "trees/tree_predictor.h"

/* Rows that target statistics are looked up for at a time. */
#define STATISTICS_CHUNK 4096

typedef enum predictor_kind {
    PREDICTOR_TREES = 1,
    PREDICTOR_LINEAR = 2,
    PREDICTOR_STATISTICS = 3,
    PREDICTOR_SHAPES = 4
} predictor_kind;

struct predictor {
    predictor_kind kind;
    tree_model *trees;
    tree_predictor *fast; /* `trees`, prepared */
    linear_model *linear;
    statistic_tables *tables;
    shape_model *shapes;
};

static predictor *predictor_new(predictor value)
{
    predictor *p = mem_array(1, sizeof *p);
    if (p) *p = value;
    return p;
}

/* A predictor with trees that are prepared; frees all that it takes when out of memory. */
static predictor *with_trees(predictor value)
{
    tree_predictor *fast = NULL;
    predictor *p = NULL;
    if (tree_predictor_new(value.trees, &fast, NULL) == PTG_OK) {
        value.fast = fast;
        p = predictor_new(value);
    }
    if (p) return p;
    tree_predictor_free(fast);
    tree_model_free(value.trees);
    statistic_tables_free(value.tables);
    return NULL;
}

predictor *predictor_of_trees(tree_model *take)
{
    return with_trees((predictor){.kind = PREDICTOR_TREES, .trees = take});
}

predictor *predictor_of_linear(linear_model *take)
{
    predictor *p = predictor_new((predictor){.kind = PREDICTOR_LINEAR, .linear = take});
    if (!p) linear_model_free(take);
    return p;
}

predictor *predictor_of_shapes(shape_model *take)
{
    predictor *p = predictor_new((predictor){.kind = PREDICTOR_SHAPES, .shapes = take});
    if (!p) shape_model_free(take);
    return p;
}

predictor *predictor_of_statistics(statistic_tables *take, tree_model *take_trees)
{
    return with_trees((predictor){.kind = PREDICTOR_STATISTICS, .trees = take_trees, .tables = take});
}

const tree_model *predictor_trees(const predictor *p)
{
    return p->kind == PREDICTOR_TREES ? p->trees : NULL;
}

const linear_model *predictor_linear(const predictor *p)
{
    return p->linear;
}

const shape_model *predictor_shapes(const predictor *p)
{
    return p->shapes;
}

int32_t predictor_width(const predictor *p)
{
    if (p->shapes) return p->shapes->n_outputs;
    return p->linear ? p->linear->n_outputs : p->trees->n_outputs;
}

int32_t predictor_n_features(const predictor *p)
{
    if (p->tables) return p->tables->n_features;
    if (p->shapes) return p->shapes->n_features;
    return p->linear ? p->linear->n_features : p->trees->n_features;
}

static ptg_status predict_with_statistics(const predictor *p, const matrix *x, double *out, ptg_error *err)
{
    for (int64_t first = 0; first < x->n_rows; first += STATISTICS_CHUNK) {
        int64_t n = x->n_rows - first < STATISTICS_CHUNK ? x->n_rows - first : STATISTICS_CHUNK;
        matrix *wide = NULL;
        TRY(statistic_tables_apply(p->tables, x, first, n, &wide, err));
        ptg_status status = tree_predictor_predict(p->fast, wide, out + first * p->trees->n_outputs, err);
        matrix_free(wide);
        if (status != PTG_OK) return status;
    }
    return PTG_OK;
}

ptg_status predictor_predict(const predictor *p, const matrix *x, double *out, ptg_error *err)
{
    if (x->n_features != predictor_n_features(p))
        return fail(err, PTG_ERROR_FAILED, "The predictor was fitted on %d columns, but %d were given.",
                    predictor_n_features(p), x->n_features);
    if (p->kind == PREDICTOR_TREES) return tree_predictor_predict(p->fast, x, out, err);
    if (p->kind == PREDICTOR_STATISTICS) return predict_with_statistics(p, x, out, err);
    if (p->kind == PREDICTOR_SHAPES) return shape_model_predict(p->shapes, x, out, err);
    return linear_model_predict(p->linear, x, out, err);
}

void predictor_save(const predictor *p, bytes_writer *w)
{
    bytes_put_u8(w, (uint8_t)p->kind);
    if (p->tables) statistic_tables_save(p->tables, w);
    if (p->trees) tree_model_save(p->trees, w);
    if (p->linear) linear_model_save(p->linear, w);
    if (p->shapes) shape_model_save(p->shapes, w);
}

int64_t predictor_bytes(const predictor *p)
{
    bytes_writer w = {0};
    predictor_save(p, &w);
    int64_t size = w.size;
    text_buffer_clear(&w);
    return size;
}

static ptg_status load_statistics(bytes_reader *r, predictor **out, ptg_error *err)
{
    statistic_tables *tables = NULL;
    tree_model *trees = NULL;
    ptg_status status = statistic_tables_load(r, &tables, err);
    if (status == PTG_OK) status = tree_model_load(r, &trees, err);
    if (status == PTG_OK && trees->n_features != tables->n_features + tables->n_columns)
        status = fail(err, PTG_ERROR_FORMAT, "The model is damaged: its trees do not fit its target statistics.");
    if (status == PTG_OK) {
        *out = predictor_of_statistics(tables, trees);
        return PTG_OK;
    }
    statistic_tables_free(tables);
    tree_model_free(trees);
    return status;
}

ptg_status predictor_load(bytes_reader *r, predictor **out, ptg_error *err)
{
    *out = NULL;
    uint8_t kind = bytes_u8(r);
    TRY(bytes_check(r, "predictor", err));
    if (kind == PREDICTOR_TREES) {
        tree_model *trees = NULL;
        TRY(tree_model_load(r, &trees, err));
        *out = predictor_of_trees(trees);
    } else if (kind == PREDICTOR_LINEAR) {
        linear_model *linear = NULL;
        TRY(linear_model_load(r, &linear, err));
        *out = predictor_of_linear(linear);
    } else if (kind == PREDICTOR_SHAPES) {
        shape_model *shapes = NULL;
        TRY(shape_model_load(r, &shapes, err));
        *out = predictor_of_shapes(shapes);
    } else if (kind == PREDICTOR_STATISTICS) {
        TRY(load_statistics(r, out, err));
    } else {
        return fail(err, PTG_ERROR_FORMAT, "The model is damaged: there is no predictor of kind %d.", kind);
    }
    return *out ? PTG_OK : fail_memory(err);
}

void predictor_free(predictor *p)
{
    if (!p) return;
    tree_predictor_free(p->fast);
    tree_model_free(p->trees);
    linear_model_free(p->linear);
    shape_model_free(p->shapes);
    statistic_tables_free(p->tables);
    mem_free(p);
}
