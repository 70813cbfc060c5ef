/* See boosting_run.h. A learner is known here as its first member only. */
#include "learn/boosting_run.h"

static boosting_run *run_of(learner *l)
{
    return (boosting_run *)l;
}

static learner *new_learner(const boosting_kind *kind, const learn_task *task)
{
    arena *memory = arena_new();
    boosting_run *run = memory ? arena_array(memory, 1, kind->size) : NULL;
    if (!run) {
        arena_free(memory);
        return NULL;
    }
    *run = (boosting_run){.kind = kind,
                          .task = task,
                          .memory = memory,
                          .width = prediction_width(task->problem, task->n_classes),
                          .curve.best = -1};
    return (learner *)run;
}

void boosting_run_close(learner *l)
{
    if (!l) return;
    boosting_run *run = run_of(l);
    run->kind->release(l);
    learn_heavy_clear(&run->heavy);
    stopping_curve_clear(&run->curve);
    arena_free(run->memory);
}

static bool has_curve(const boosting_run *run)
{
    return run->kind->predict_held_out && run->task->held_out.x;
}

static ptg_status start(learner *l, ptg_error *err)
{
    boosting_run *run = run_of(l);
    TRY(learn_check_rows(run->task, err));
    if (run->kind->open) TRY(run->kind->open(err));
    if (run->kind->prepare) TRY(run->kind->prepare(l, err));
    TRY(learn_heavy_take(run->task, &run->heavy, err));
    if (has_curve(run)) {
        run->prediction = arena_array(run->memory, run->task->held_out.x->n_rows * run->width, sizeof *run->prediction);
        if (!run->prediction) return fail_memory(err);
    }
    return run->kind->start(l, err);
}

static ptg_status train_round(learner *l, ptg_error *err)
{
    boosting_run *run = run_of(l);
    TRY(learn_check_deadline(run->task, err));
    return run->kind->train_round(l, err);
}

static ptg_status train_rounds(learner *l, int64_t rounds, ptg_error *err)
{
    const boosting_run *run = run_of(l);
    while (!run->finished && run->rounds < rounds)
        TRY(train_round(l, err));
    return PTG_OK;
}

/* A round that the library did not add has no place on the curve. */
static ptg_status train_with_curve(learner *l, ptg_error *err)
{
    boosting_run *run = run_of(l);
    const parameter_value *p = run->task->parameters;
    int64_t cap = (int64_t)p[run->kind->cap].number, patience = (int64_t)p[run->kind->patience].number;
    while (!run->finished && run->rounds < cap && !stopping_curve_over(&run->curve, patience)) {
        int64_t before = run->rounds;
        TRY(train_round(l, err));
        if (run->rounds == before) break;
        TRY(run->kind->predict_held_out(l, err));
        TRY(stopping_curve_add(&run->curve, run->task, run->prediction, err));
    }
    return PTG_OK;
}

ptg_status boosting_run_fit(const boosting_kind *kind, const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    *out = NULL;
    learner *l = new_learner(kind, task);
    if (!l) return fail_memory(err);
    ptg_status status = start(l, err);
    if (status == PTG_OK) status = has_curve(run_of(l)) ? train_with_curve(l, err) : train_rounds(l, rounds, err);
    if (status == PTG_OK)
        *out = l;
    else
        boosting_run_close(l);
    return status;
}

learn_progress boosting_run_progress(const learner *l)
{
    const boosting_run *run = (const boosting_run *)l;
    return (learn_progress){.n_rounds = has_curve(run) ? run->curve.n : run->rounds, .curve = run->curve.values};
}

ptg_status boosting_run_finish(learner *l, int64_t rounds, predictor **out, ptg_error *err)
{
    *out = NULL;
    if (rounds < 1)
        return fail(err, PTG_ERROR_USAGE, "A booster needs at least one round, but %lld were asked for.", (long long)rounds);
    const boosting_kind *kind = run_of(l)->kind;
    if (kind->open) TRY(kind->open(err)); /* this thread may be another than that of the fit */
    TRY(train_rounds(l, rounds, err));
    if (kind->read_predictor) return kind->read_predictor(l, rounds, out, err);
    tree_model *model = NULL;
    TRY(kind->read_trees(l, rounds, &model, err));
    *out = predictor_of_trees(model);
    return *out ? PTG_OK : fail_memory(err);
}

tree_link boosting_run_link(const learn_task *task)
{
    if (task->problem == PROBLEM_BINARY) return TREE_LOGISTIC;
    if (task->problem == PROBLEM_MULTICLASS) return TREE_SOFTMAX;
    if (task->loss == LOSS_POISSON || task->loss == LOSS_TWEEDIE) return TREE_EXP;
    return task->loss == LOSS_SQUARED_LOG ? TREE_EXPM1 : TREE_IDENTITY;
}
