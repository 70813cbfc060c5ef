/* baseline: the best constant of the loss. Class shares, the weighted mean, median or quantile; it looks at no column, and any
 * model worth its name beats it. */
#include "learn/linear_run.h"

static ptg_status available(ptg_error *err)
{
    (void)err;
    return PTG_OK;
}

static const char *version(void)
{
    return "";
}

static ptg_status fit(const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    (void)rounds;
    *out = NULL;
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    double *share = NULL;
    linear_model *model = NULL;
    ptg_status status = linear_run_shares(task, "baseline", scratch, &share, err);
    if (status == PTG_OK) status = linear_run_constant(task, share, &model, err);
    if (status == PTG_OK) status = linear_run_open(model, out, err);
    arena_free(scratch);
    return status;
}

static double work(const parameter_value *parameters, const work_size *size)
{
    (void)parameters;
    return (double)size->rows * size->outputs;
}

extern const algorithm algorithm_baseline;
const algorithm algorithm_baseline = {
    .name = "baseline",
    .text = "The best constant: class shares, or the mean, median or quantile of the target; what every model has to beat.",
    .accepts = FEATURE_REAL | FEATURE_CODED | FEATURE_SPARSE | FEATURE_TEXT,
    .problems = 1u << PROBLEM_BINARY | 1u << PROBLEM_MULTICLASS | 1u << PROBLEM_REGRESSION,
    .available = available,
    .version = version,
    .fit = fit,
    .progress = linear_run_progress,
    .finish = linear_run_finish,
    .close = linear_run_close,
    .work = work,
};
