/* See lightgbm_run.h. */
#include "learn/lightgbm_run.h"

#include "learn/lightgbm_trees.h"

ptg_status lightgbm_run_open(ptg_error *err)
{
    const lightgbm_library *library;
    return lightgbm_open(&library, err);
}

void lightgbm_run_release(learner *l)
{
    lightgbm_run *run = (lightgbm_run *)l;
    if (run->base.booster) run->library->LGBM_BoosterFree(run->base.booster);
    if (run->base.held_out) run->library->LGBM_DatasetFree(run->base.held_out);
    if (run->base.train) run->library->LGBM_DatasetFree(run->base.train);
}

ptg_status lightgbm_run_start(lightgbm_run *run, const lightgbm_rows *rows, const char *settings, const char *doing,
                              ptg_error *err)
{
    TRY(lightgbm_open(&run->library, err));
    TRY(lightgbm_data_make(run->library, rows, settings, NULL, &run->base.train, err));
    if (run->library->LGBM_BoosterCreate(run->base.train, settings, &run->base.booster) == 0) return PTG_OK;
    return lightgbm_fail(run->library, doing, err);
}

ptg_status lightgbm_run_trees(const lightgbm_run *run, int64_t rounds, tree_link link, tree_model **out, ptg_error *err)
{
    text model;
    TRY(lightgbm_model_text(run->library, run->base.booster, rounds, &model, err));
    lightgbm_source source = {.model = model,
                              .n_features = run->base.task->train.x->n_features,
                              .n_outputs = run->base.width,
                              .rounds = rounds,
                              .link = link};
    ptg_status status = lightgbm_trees_read(&source, out, err);
    mem_free((char *)model.data);
    return status;
}
