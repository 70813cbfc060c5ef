/* See fold_work.h. Two small caches, both least recently used: fitted pipelines with the matrices of a fold, and live learners.
 */
#include "tune/fold_work.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "tune/fold_file.h"
#include "tune/trial.h"

#define MOST_PREPARED 16
#define MOST_LIVE 32

/* A fold after its pipeline: what every trial of that pipeline trains on. */
typedef struct prepared {
    char pipeline_hash[HASH_TEXT_SIZE];
    int32_t fold;
    uint64_t used; /* of the context's clock */
    int32_t users; /* live learners that point into it */
    arena *memory;
    row_list train, held_out;
    const double *train_target, *held_target, *train_weight, *held_weight;
    const int32_t *train_group;
    const double *train_time;
    shared_bins *table_bins; /* of the context */
    pipeline *pipeline;
    matrix *train_raw; /* the table's columns, from which train_x borrows */
    matrix *train_x, *held_x;
    int64_t bytes;
} prepared;

/* A learner between the two halves of its item. */
typedef struct live {
    char key[HASH_TEXT_SIZE];
    int32_t fold;
    uint64_t used;
    prepared *data;
    const algorithm *algorithm;
    arena *memory; /* of the task's parameters */
    learn_task task;
    learner *learner;
} live;

struct fold_context {
    const plan *plan;
    const task *task;
    const char *job;
    int32_t threads;
    int64_t cache_bytes;
    uint64_t clock;
    arena *memory;
    shared_bins *table_bins[2]; /* see table_bins_get */
    prepared *prepared[MOST_PREPARED];
    live *live[MOST_LIVE];
};

ptg_status fold_context_new(const plan *p, const task *t, const char *job, int32_t threads, int64_t cache_bytes,
                            fold_context **out, ptg_error *err)
{
    *out = mem_array(1, sizeof **out);
    if (!*out) return fail_memory(err);
    **out =
        (fold_context){.plan = p, .task = t, .job = job, .threads = threads, .cache_bytes = cache_bytes, .memory = arena_new()};
    if ((*out)->memory) return PTG_OK;
    fold_context_free(*out);
    *out = NULL;
    return fail_memory(err);
}

static void prepared_free(prepared *p)
{
    if (!p) return;
    matrix_free(p->train_x);
    matrix_free(p->held_x);
    matrix_free(p->train_raw);
    pipeline_free(p->pipeline);
    arena_free(p->memory);
    mem_free(p);
}

static void live_free(live *l)
{
    if (!l) return;
    if (l->learner) l->algorithm->close(l->learner);
    l->data->users--;
    arena_free(l->memory);
    mem_free(l);
}

void fold_context_free(fold_context *c)
{
    if (!c) return;
    for (int i = 0; i < MOST_LIVE; i++)
        live_free(c->live[i]);
    for (int i = 0; i < MOST_PREPARED; i++)
        prepared_free(c->prepared[i]);
    for (int i = 0; i < 2; i++)
        shared_bins_free(c->table_bins[i]);
    arena_free(c->memory);
    mem_free(c);
}

/* Bytes of a matrix's values, roughly. */
static int64_t matrix_bytes(const matrix *m)
{
    return m ? (int64_t)arena_bytes(m->memory) : 0;
}

/* No steps (the baseline) have the hash of nothing. */
static ptg_status hash_steps(const json_t *steps, char out[HASH_TEXT_SIZE], ptg_error *err)
{
    char *canonical = steps ? json_canonical(steps) : mem_text("", 0);
    if (!canonical) return fail_memory(err);
    hash_bytes(canonical, strlen(canonical), out);
    mem_free(canonical);
    return PTG_OK;
}

/* The table's bins: borders are of all rows that folds train on. With one split its held-out rows train in no fold, and count
 * only where all rows are trained on. */
static ptg_status table_bins_get(fold_context *c, int32_t fold, shared_bins **out, ptg_error *err)
{
    bool folds = c->task->split.n_folds > 1, all = folds || fold < 0;
    shared_bins **at = &c->table_bins[all && !folds];
    if (!*at) {
        row_list train, held_out;
        TRY(task_rows(c->task, all ? -1 : fold, c->memory, &train, &held_out, err));
        TRY(shared_bins_new(c->task->frame, train, at, err));
    }
    *out = *at;
    return PTG_OK;
}

/* Rows, targets and weights of the fold. */
static ptg_status prepare_rows(fold_context *c, prepared *p, ptg_error *err)
{
    const task *t = c->task;
    if (!(p->memory = arena_new())) return fail_memory(err);
    TRY(table_bins_get(c, p->fold, &p->table_bins, err));
    TRY(task_rows(t, p->fold, p->memory, &p->train, &p->held_out, err));
    TRY(task_gather(t->target, p->train, p->memory, &p->train_target, err));
    TRY(task_gather(t->target, p->held_out, p->memory, &p->held_target, err));
    TRY(task_gather(t->weight, p->train, p->memory, &p->train_weight, err));
    TRY(task_gather_codes(t->group, p->train, p->memory, &p->train_group, err));
    TRY(task_gather(t->time, p->train, p->memory, &p->train_time, err));
    return task_gather(t->weight, p->held_out, p->memory, &p->held_weight, err);
}

/* Fits the pipeline on the training rows and applies it to the held-out ones. Without a pipeline (the baseline) there are no
 * columns at all. */
static ptg_status prepare_matrices(fold_context *c, prepared *p, const json_t *steps, ptg_error *err)
{
    const task *t = c->task;
    pipeline_plan planned = {0};
    int32_t n_features = steps ? t->n_features : 0;
    TRY(matrix_from_frame(t->frame, t->features, n_features, p->train, &p->train_raw, err));
    if (steps) TRY(pipeline_plan_read(steps, "pipeline", p->memory, &planned, err));
    pipeline_fit_input input = {.columns = p->train_raw,
                                .problem = t->problem,
                                .n_classes = t->n_classes,
                                .target = p->train_target,
                                .weight = p->train_weight,
                                .group = p->train_group,
                                .seed = trial_seed(p->pipeline_hash, p->fold),
                                .borrow = true};
    TRY(pipeline_fit(&planned, &input, &p->pipeline, &p->train_x, err));
    if (p->held_out.n == 0) return PTG_OK;
    matrix *held_raw;
    TRY(matrix_from_frame(t->frame, t->features, n_features, p->held_out, &held_raw, err));
    ptg_status status = pipeline_apply(p->pipeline, held_raw, &p->held_x, err);
    matrix_free(held_raw);
    return status;
}

/* Makes room: the least recently used entries without users go until the cache is within its bytes. Returns a free place or -1.
 */
static int prepared_place(fold_context *c)
{
    for (;;) {
        int64_t bytes = 0;
        int oldest = -1, place = -1;
        for (int i = 0; i < MOST_PREPARED; i++) {
            prepared *p = c->prepared[i];
            if (!p) {
                place = i;
                continue;
            }
            bytes += p->bytes;
            if (p->users == 0 && (oldest < 0 || p->used < c->prepared[oldest]->used)) oldest = i;
        }
        if (place >= 0 && (bytes <= c->cache_bytes || oldest < 0)) return place;
        if (oldest < 0) return -1;
        prepared_free(c->prepared[oldest]);
        c->prepared[oldest] = NULL;
    }
}

static ptg_status prepared_get(fold_context *c, const json_t *steps, int32_t fold, prepared **out, ptg_error *err)
{
    char hash[HASH_TEXT_SIZE];
    TRY(hash_steps(steps, hash, err));
    for (int i = 0; i < MOST_PREPARED; i++) {
        prepared *p = c->prepared[i];
        if (!p || p->fold != fold || strcmp(p->pipeline_hash, hash) != 0) continue;
        p->used = ++c->clock;
        *out = p;
        return PTG_OK;
    }
    int place = prepared_place(c);
    if (place < 0) return fail(err, PTG_ERROR_FAILED, "Too many folds are open in one worker.");
    prepared *p = mem_array(1, sizeof *p);
    if (!p) return fail_memory(err);
    p->fold = fold;
    memcpy(p->pipeline_hash, hash, sizeof hash);
    ptg_status status = prepare_rows(c, p, err);
    if (status == PTG_OK) status = prepare_matrices(c, p, steps, err);
    if (status != PTG_OK) {
        prepared_free(p);
        return status;
    }
    p->bytes = matrix_bytes(p->train_x) + matrix_bytes(p->held_x) + matrix_bytes(p->train_raw);
    p->used = ++c->clock;
    *out = c->prepared[place] = p;
    return PTG_OK;
}

static live **live_find(fold_context *c, const char *key, int32_t fold)
{
    for (int i = 0; i < MOST_LIVE; i++)
        if (c->live[i] && c->live[i]->fold == fold && strcmp(c->live[i]->key, key) == 0) return &c->live[i];
    return NULL;
}

/* A free place among the live learners; the least recently used one makes room. */
static live **live_place(fold_context *c)
{
    live **oldest = &c->live[0];
    for (int i = 0; i < MOST_LIVE; i++) {
        if (!c->live[i]) return &c->live[i];
        if (c->live[i]->used < (*oldest)->used) oldest = &c->live[i];
    }
    live_free(*oldest);
    *oldest = NULL;
    return oldest;
}

/* Columns that the algorithm does not take are named before it starts. */
static ptg_status check_kinds(const algorithm *a, const matrix *x, ptg_error *err)
{
    for (int32_t i = 0; i < x->n_features; i++) {
        const feature *f = &x->features[i];
        if (a->accepts & (unsigned)f->kind) continue;
        text_shown_buffer shown;
        return fail(err, PTG_ERROR_USAGE,
                    "%s does not take column '%s' as the pipeline leaves it (%s); add a step that turns it into numbers.",
                    a->name, text_shown(text_of(f->name), &shown), f->kind == FEATURE_CODED ? "a category" : "a text");
    }
    if (x->n_features == 0)
        return fail(err, PTG_ERROR_USAGE, "The pipeline leaves no column for %s; give it at least one.", a->name);
    return PTG_OK;
}

static ptg_status live_start(fold_context *c, const fold_item *item, int64_t rounds, live *l, ptg_error *err)
{
    const task *t = c->task;
    prepared *d = l->data;
    parameter_value *parameters;
    if (!(l->memory = arena_new())) return fail_memory(err);
    if (item->steps) TRY(check_kinds(l->algorithm, d->train_x, err));
    TRY(parameter_read(l->algorithm->parameters, l->algorithm->n_parameters, item->parameters, "parameters", l->memory,
                       &parameters, err));
    l->task = (learn_task){
        .problem = t->problem,
        .n_classes = t->n_classes,
        .loss = c->plan->objective.loss,
        .loss_parameter = c->plan->objective.parameter,
        .stopping = c->plan->objective.stopping,
        .stopping_parameter = c->plan->objective.parameter,
        .train = {d->train_x, d->train_target, d->train_weight},
        .held_out = {d->held_x, d->held_target, d->held_weight},
        .train_group = d->train_group,
        .train_time = d->train_time,
        .table_bins = d->table_bins,
        .train_table_rows = d->train.rows,
        .held_table_rows = d->held_out.rows,
        .parameters = parameters,
        .seed = trial_seed(item->key, item->fold),
        .threads = c->threads,
        .memory = c->cache_bytes / t->split.n_folds, /* all folds of a trial may be live together */
        .deadline = item->seconds > 0 ? clock_seconds() + item->seconds : 0,
    };
    return l->algorithm->fit(&l->task, rounds, &l->learner, err);
}

/* The live learner of an item, started if there is none. */
static ptg_status live_get(fold_context *c, const fold_item *item, int64_t rounds, live ***out, ptg_error *err)
{
    *out = live_find(c, item->key, item->fold);
    if (*out) {
        (**out)->used = ++c->clock;
        return PTG_OK;
    }
    const algorithm *a = algorithm_find(item->algorithm);
    if (!a) return fail(err, PTG_ERROR_USAGE, "There is no algorithm '%s'.", item->algorithm);
    live **place = live_place(c);
    prepared *data = NULL;
    TRY(prepared_get(c, item->steps, item->fold, &data, err));
    live *l = mem_array(1, sizeof *l);
    if (!l) return fail_memory(err);
    snprintf(l->key, sizeof l->key, "%s", item->key);
    l->fold = item->fold;
    l->data = data;
    l->algorithm = a;
    l->used = ++c->clock;
    data->users++;
    ptg_status status = live_start(c, item, rounds, l, err);
    if (status != PTG_OK) {
        live_free(l);
        return status;
    }
    *place = l;
    *out = place;
    return PTG_OK;
}

ptg_status fold_fit(fold_context *c, const fold_item *item, int64_t rounds, json_t **curve, ptg_error *err)
{
    live **l;
    TRY(live_get(c, item, rounds, &l, err));
    learn_progress progress = (*l)->algorithm->progress((*l)->learner);
    *curve = json_array();
    for (int64_t i = 0; *curve && progress.curve && i < progress.n_rounds; i++)
        json_array_append_new(*curve, json_number(progress.curve[i]));
    return *curve ? PTG_OK : fail_memory(err);
}

/* Predicts the held-out rows and writes both files. */
static ptg_status write_fold(fold_context *c, const fold_item *item, const live *l, const predictor *learned, fold_outcome *out,
                             ptg_error *err)
{
    const prepared *d = l->data;
    int32_t width = prediction_width(c->task->problem, c->task->n_classes);
    double *predictions = NULL;
    *out = (fold_outcome){0};
    if (d->held_x) {
        predictions = mem_array(d->held_out.n * width, sizeof *predictions);
        if (!predictions) return fail_memory(err);
        double start = clock_seconds();
        ptg_status status = predictor_predict(learned, d->held_x, predictions, err);
        out->predict_us_per_row = 1e6 * (clock_seconds() - start) / (double)d->held_out.n;
        if (status != PTG_OK) {
            mem_free(predictions);
            return status;
        }
    }
    ptg_status status = fold_file_write(c->job, item->key, item->fold, d->pipeline, learned, predictions, d->held_out.n, width,
                                        &out->bytes, err);
    mem_free(predictions);
    return status;
}

ptg_status fold_finish(fold_context *c, const fold_item *item, int64_t rounds, fold_outcome *out, ptg_error *err)
{
    live **l;
    TRY(live_get(c, item, rounds, &l, err));
    predictor *learned = NULL;
    ptg_status status = (*l)->algorithm->finish((*l)->learner, rounds, &learned, err);
    if (status == PTG_OK) status = write_fold(c, item, *l, learned, out, err);
    predictor_free(learned);
    live_free(*l);
    *l = NULL;
    return status;
}

void fold_drop(fold_context *c, const char *key)
{
    for (int i = 0; i < MOST_LIVE; i++) {
        if (!c->live[i] || strcmp(c->live[i]->key, key) != 0) continue;
        live_free(c->live[i]);
        c->live[i] = NULL;
    }
}
