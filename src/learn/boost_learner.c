/* See boost_learner.h. */
#include "learn/boost_learner.h"

bootstrap_kind boost_learner_sampling(const learn_task *task, const parameter_value *said)
{
    if (!said->is_null) return (bootstrap_kind)said->number;
    return task->problem == PROBLEM_REGRESSION ? BOOTSTRAP_NO : BOOTSTRAP_BAYESIAN;
}

ptg_status boost_learner_round(learner *l, ptg_error *err)
{
    l->run.rounds++;
    return boost_trainer_round(&l->trainer, err);
}

ptg_status boost_learner_held_out(learner *l, ptg_error *err)
{
    (void)err;
    const boost_rows *held = &l->trainer.held;
    int32_t width = l->run.width;
    tree_link link = boosting_run_link(l->run.task);
    for (int64_t i = 0; i < held->n; i++) {
        double *out = l->run.prediction + i * width;
        for (int32_t k = 0; k < width; k++)
            out[k] = held->sums[k * held->n + i];
        tree_link_apply(link, width, out);
    }
    return PTG_OK;
}

void boost_learner_release(learner *l)
{
    boost_trainer_clear(&l->trainer);
}

ptg_status boost_learner_available(ptg_error *err)
{
    (void)err;
    return PTG_OK;
}

const char *boost_learner_version(void)
{
    return "";
}
