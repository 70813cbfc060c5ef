/* See shapes.h. The model on all rows speaks where there is one, else the models of the folds together. */
#include "job/shapes.h"

#include <string.h>

#include "job/folder.h"
#include "model/shape_document.h"
#include "tune/fold_work.h"

#define ALGORITHM "additive"
/* Candidates that are written; an edited plan may have many. */
#define CANDIDATES_MOST 4

/* The models of a trial. */
typedef struct opened_models {
    int32_t n;
    predictor **predictors;
    const shape_model **shapes;
} opened_models;

static void models_clear(opened_models *o)
{
    for (int32_t i = 0; i < o->n; i++)
        predictor_free(o->predictors[i]);
    mem_free(o->predictors);
    mem_free(o->shapes);
}

static ptg_status open_model(const char *job, const trial *x, int32_t fold, opened_models *o, ptg_error *err)
{
    pipeline *steps = NULL;
    TRY(fold_read_model(job, x->spec.key, fold, &steps, &o->predictors[o->n], err));
    pipeline_free(steps);
    o->shapes[o->n] = predictor_shapes(o->predictors[o->n]);
    if (o->shapes[o->n++]) return PTG_OK;
    return fail(err, PTG_ERROR_FORMAT, "The models of '%.100s' hold no functions; remove its folder in trials/.", x->name);
}

static ptg_status open_models(const char *job, const trial *x, int32_t n_folds, opened_models *o, ptg_error *err)
{
    bool all_rows = fold_is_done(job, x->spec.key, -1);
    int32_t n = all_rows ? 1 : n_folds;
    *o = (opened_models){.predictors = mem_array(n, sizeof *o->predictors), .shapes = mem_array(n, sizeof *o->shapes)};
    if (!o->predictors || !o->shapes) return fail_memory(err);
    for (int32_t fold = 0; fold < n; fold++)
        TRY(open_model(job, x, all_rows ? -1 : fold, o, err));
    return PTG_OK;
}

/* What the values of the functions are: see docs/formats/shapes.md. */
static const char *scale_of(const plan *p)
{
    if (p->problem == PROBLEM_BINARY) return "log_odds";
    if (p->problem == PROBLEM_MULTICLASS) return "class_score";
    return p->objective.loss == LOSS_SQUARED_LOG ? "log1p" : "value";
}

/* What each output is of: the positive class, each class, or the target. */
static json_t *outputs_of(const plan *p, const task *t)
{
    json_t *list = json_array();
    if (p->problem == PROBLEM_REGRESSION)
        json_array_append_new(list, json_text(text_of(p->columns[plan_role(p, ROLE_TARGET)].name)));
    else if (p->problem == PROBLEM_BINARY)
        json_array_append_new(list, json_text(t->classes[t->positive]));
    else
        for (int32_t k = 0; k < t->n_classes; k++)
            json_array_append_new(list, json_text(t->classes[k]));
    return list;
}

static ptg_status add_candidate(const char *job, const plan *p, const task *t, const trial *x, json_t *to, ptg_error *err)
{
    opened_models models;
    json_t *one = NULL;
    ptg_status status = open_models(job, x, t->split.n_folds, &models, err);
    if (status == PTG_OK) status = shape_document(models.shapes, models.n, &one, err);
    models_clear(&models);
    if (status != PTG_OK) return status;
    json_object_set_new(one, "trial", json_string(x->name));
    json_object_set_new(one, "all_rows", json_boolean(fold_is_done(job, x->spec.key, -1)));
    json_object_set_new(one, "scale", json_string(scale_of(p)));
    json_object_set_new(one, "outputs", outputs_of(p, t));
    return json_object_set_new(to, x->spec.candidate->name, one) == 0 ? PTG_OK : fail_memory(err);
}

/* Whether all models of a trial are there: those of poor trials are not kept. */
static bool has_models(const char *job, const trial *x, int32_t n_folds)
{
    bool all = true;
    for (int32_t fold = 0; fold < n_folds; fold++)
        all = all && fold_is_done(job, x->spec.key, fold);
    return all || fold_is_done(job, x->spec.key, -1);
}

/* The best trial of a candidate that has its models; NULL: none. */
static const trial *best_trial(const char *job, const plan *p, const tuner *t, int32_t candidate)
{
    const trial *best = NULL;
    for (int64_t i = 0; i < tuner_count(t); i++) {
        const trial *x = tuner_trial(t, i);
        if (x->candidate != candidate || x->result.status != TRIAL_COMPLETED || !has_models(job, x, tuner_folds(t))) continue;
        if (!best || metric_gain(p->objective.metric, x->result.score) > metric_gain(p->objective.metric, best->result.score))
            best = x;
    }
    return best;
}

/* On one line: it holds lists of numbers. */
static ptg_status write_document(const char *job, json_t *candidates, ptg_error *err)
{
    json_t *document = json_pack("{s:i,s:O}", "version", 1, "candidates", candidates);
    if (!document) return fail_memory(err);
    text_buffer b = {0};
    json_write(&b, document, 0, false);
    json_decref(document);
    text_append(&b, "\n");
    ptg_status status = folder_write_text(job, "shapes.json", &b, err);
    text_buffer_clear(&b);
    return status;
}

ptg_status shapes_write(const char *job, const plan *p, const task *t, const tuner *tuned, ptg_error *err)
{
    json_t *candidates = json_object();
    ptg_status status = candidates ? PTG_OK : fail_memory(err);
    for (int32_t c = 0; c < p->n_candidates && status == PTG_OK; c++) {
        bool additive = p->candidates[c].algorithm && strcmp(p->candidates[c].algorithm->name, ALGORITHM) == 0;
        const trial *best = additive && p->candidates[c].enabled ? best_trial(job, p, tuned, c) : NULL;
        if (best && json_object_size(candidates) < CANDIDATES_MOST) status = add_candidate(job, p, t, best, candidates, err);
    }
    if (status == PTG_OK)
        status =
            json_object_size(candidates) > 0 ? write_document(job, candidates, err) : folder_remove(job, "shapes.json", err);
    json_decref(candidates);
    return status;
}
