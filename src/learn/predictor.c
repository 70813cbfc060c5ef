/* Predictors: a tag and the model of that kind. The file format is one byte (1 trees, 2 linear) and the kind's own bytes. */
#include "learn/predictor.h"

#include "learn/linear_model.h"
#include "trees/tree_predictor.h"

typedef enum predictor_kind { PREDICTOR_TREES = 1, PREDICTOR_LINEAR = 2 } predictor_kind;

struct predictor {
    predictor_kind kind;
    tree_model *trees;
    tree_predictor *fast; /* `trees`, prepared */
    linear_model *linear;
};

static predictor *predictor_new(predictor value)
{
    predictor *p = mem_array(1, sizeof *p);
    if (p) *p = value;
    return p;
}

predictor *predictor_of_trees(tree_model *take)
{
    tree_predictor *fast = NULL;
    predictor *p = NULL;
    if (tree_predictor_new(take, &fast, NULL) == PTG_OK)
        p = predictor_new((predictor){.kind = PREDICTOR_TREES, .trees = take, .fast = fast});
    if (p) return p;
    tree_predictor_free(fast);
    tree_model_free(take);
    return NULL;
}

predictor *predictor_of_linear(linear_model *take)
{
    predictor *p = predictor_new((predictor){.kind = PREDICTOR_LINEAR, .linear = take});
    if (!p) linear_model_free(take);
    return p;
}

const tree_model *predictor_trees(const predictor *p)
{
    return p->trees;
}

const linear_model *predictor_linear(const predictor *p)
{
    return p->linear;
}

int32_t predictor_width(const predictor *p)
{
    return p->kind == PREDICTOR_TREES ? p->trees->n_outputs : p->linear->n_outputs;
}

int32_t predictor_n_features(const predictor *p)
{
    return p->kind == PREDICTOR_TREES ? p->trees->n_features : p->linear->n_features;
}

ptg_status predictor_predict(const predictor *p, const matrix *x, double *out, ptg_error *err)
{
    if (x->n_features != predictor_n_features(p))
        return fail(err, PTG_ERROR_FAILED, "The predictor was fitted on %d columns, but %d were given.",
                    predictor_n_features(p), x->n_features);
    if (p->kind == PREDICTOR_TREES) return tree_predictor_predict(p->fast, x, out, err);
    return linear_model_predict(p->linear, x, out, err);
}

void predictor_save(const predictor *p, bytes_writer *w)
{
    bytes_put_u8(w, (uint8_t)p->kind);
    if (p->kind == PREDICTOR_TREES)
        tree_model_save(p->trees, w);
    else
        linear_model_save(p->linear, w);
}

int64_t predictor_bytes(const predictor *p)
{
    bytes_writer w = {0};
    predictor_save(p, &w);
    int64_t size = w.size;
    text_buffer_clear(&w);
    return size;
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
    mem_free(p);
}
