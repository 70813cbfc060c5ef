/* xgboost: gradient boosted trees by the XGBoost library (Chen & Guestrin 2016), histogram method, one thread. Ours are the
 * held-out curve, the stop, and the model that is left (boosting_run.h): library and result part when training ends.
 *
 * XGBoost's random numbers come from one engine a thread that all boosters share; seed_per_iteration sets it anew each round,
 * so that a round depends on (seed, round) only, whatever else was trained in between. */
#include <math.h>

#include "base/number.h"
#include "learn/boosting_library.h"
#include "learn/boosting_run.h"
#include "learn/xgboost_data.h"
#include "learn/xgboost_trees.h"

enum {
    ETA,
    MAX_DEPTH,
    MIN_CHILD_WEIGHT,
    SUBSAMPLE,
    COLSAMPLE_BYTREE,
    COLSAMPLE_BYLEVEL,
    COLSAMPLE_BYNODE,
    LAMBDA,
    ALPHA,
    GAMMA,
    MAX_BIN,
    MAX_LEAVES,
    GROW_POLICY,
    MAX_CAT_TO_ONEHOT,
    SCALE_POS_WEIGHT,
    ROUNDS,
    PATIENCE,
    N_PARAMETERS
};

static const char *const grow_policies[] = {"depthwise", "lossguide", NULL};

static const parameter parameters[N_PARAMETERS] = {
    [ETA] = {.name = "eta",
             .type = PARAMETER_REAL,
             .standard = "0.08",
             .min = 1e-4,
             .max = 1,
             .searched = true,
             .search_min = 0.01,
             .search_max = 0.2,
             .log_scale = true,
             .text = "Share of each tree's correction that is kept (learning rate)."},
    [MAX_DEPTH] = {.name = "max_depth",
                   .type = PARAMETER_INTEGER,
                   .standard = "6",
                   .min = 0,
                   .max = 30,
                   .searched = true,
                   .search_min = 3,
                   .search_max = 10,
                   .log_scale = true,
                   .text = "Deepest level of a tree; 0 is no limit."},
    [MIN_CHILD_WEIGHT] = {.name = "min_child_weight",
                          .type = PARAMETER_REAL,
                          .standard = "1",
                          .min = 0,
                          .max = 1e6,
                          .searched = true,
                          .search_min = 0.1,
                          .search_max = 20,
                          .log_scale = true,
                          .text = "Least sum of hessians (for squared error: rows) in a leaf."},
    [SUBSAMPLE] = {.name = "subsample",
                   .type = PARAMETER_REAL,
                   .standard = "0.9",
                   .min = 0.05,
                   .max = 1,
                   .searched = true,
                   .search_min = 0.6,
                   .search_max = 1,
                   .text = "Share of the rows that each tree sees."},
    [COLSAMPLE_BYTREE] = {.name = "colsample_bytree",
                          .type = PARAMETER_REAL,
                          .standard = "0.9",
                          .min = 0.01,
                          .max = 1,
                          .searched = true,
                          .search_min = 0.4,
                          .search_max = 1,
                          .text = "Share of the columns that each tree sees."},
    [COLSAMPLE_BYLEVEL] = {.name = "colsample_bylevel",
                           .type = PARAMETER_REAL,
                           .standard = "1",
                           .min = 0.01,
                           .max = 1,
                           .text = "Share of those columns that each level of a tree sees."},
    [COLSAMPLE_BYNODE] = {.name = "colsample_bynode",
                          .type = PARAMETER_REAL,
                          .standard = "1",
                          .min = 0.01,
                          .max = 1,
                          .text = "Share of those columns that each split sees."},
    [LAMBDA] = {.name = "lambda",
                .type = PARAMETER_REAL,
                .standard = "1",
                .min = 0,
                .max = 1e6,
                .searched = true,
                .search_min = 1e-3,
                .search_max = 10,
                .log_scale = true,
                .text = "L2 penalty on the values of leaves."},
    [ALPHA] = {.name = "alpha",
               .type = PARAMETER_REAL,
               .standard = "0",
               .min = 0,
               .max = 1e6,
               .searched = true,
               .search_min = 1e-4,
               .search_max = 5,
               .log_scale = true,
               .text = "L1 penalty on the values of leaves."},
    [GAMMA] = {.name = "gamma",
               .type = PARAMETER_REAL,
               .standard = "0",
               .min = 0,
               .max = 1e6,
               .text = "Least gain for which a leaf is split."},
    [MAX_BIN] = {.name = "max_bin",
                 .type = PARAMETER_INTEGER,
                 .standard = "256",
                 .min = 2,
                 .max = 65535,
                 .text = "Most bins that a numeric column is cut into."},
    [MAX_LEAVES] = {.name = "max_leaves",
                    .type = PARAMETER_INTEGER,
                    .standard = "0",
                    .min = 0,
                    .max = 131072,
                    .text = "Most leaves of a tree; 0 is no limit."},
    [GROW_POLICY] = {.name = "grow_policy",
                     .type = PARAMETER_CHOICE,
                     .standard = "\"depthwise\"",
                     .choices = grow_policies,
                     .text = "Which leaf is split next: level by level, or the one with the largest gain."},
    [MAX_CAT_TO_ONEHOT] =
        {.name = "max_cat_to_onehot",
         .type = PARAMETER_INTEGER,
         .standard = "8",
         .min = 1,
         .max = 100000,
         .text = "A categorical column with fewer levels is split one level against the rest, others into two sets."},
    [SCALE_POS_WEIGHT] = {.name = "scale_pos_weight",
                          .type = PARAMETER_REAL,
                          .standard = "1",
                          .min = 1e-6,
                          .max = 1e6,
                          .text = "Weight of positive rows (binary only)."},
    [ROUNDS] = BOOSTING_ROUNDS,
    [PATIENCE] = BOOSTING_PATIENCE,
};

/* Rows of the table that are handed to the library under their own name. */
static const int passed_on[] = {
    ETA,   MAX_DEPTH, MIN_CHILD_WEIGHT, SUBSAMPLE,  COLSAMPLE_BYTREE, COLSAMPLE_BYLEVEL, COLSAMPLE_BYNODE, LAMBDA,
    ALPHA, GAMMA,     MAX_BIN,          MAX_LEAVES, MAX_CAT_TO_ONEHOT};

struct learner {
    boosting_run run;
    const xgboost_library *library; /* NULL before start */
    double *shift;
};

/* squared_log is squared error of log1p targets: reg:squaredlogerror has the same optimum, but its hessians vanish for large
 * targets and it stops splitting. relative is absolute error with weights 1 / max(1, |target|), which heavy_rows holds. */
static const char *objective_name(const learn_task *task)
{
    if (task->problem == PROBLEM_BINARY) return "binary:logistic";
    if (task->problem == PROBLEM_MULTICLASS) return "multi:softprob";
    if (task->loss == LOSS_QUANTILE) return "reg:quantileerror";
    return task->loss == LOSS_ABSOLUTE || task->loss == LOSS_RELATIVE ? "reg:absoluteerror" : "reg:squarederror";
}

static ptg_status set_text(learner *l, const char *name, const char *value, ptg_error *err)
{
    if (l->library->XGBoosterSetParam(l->run.booster, name, value) == 0) return PTG_OK;
    return xgboost_fail(l->library, name, err);
}

static ptg_status set_number(learner *l, const char *name, double value, ptg_error *err)
{
    char digits[NUMBER_TEXT_SIZE];
    digits[number_write(value, digits)] = '\0';
    return set_text(l, name, digits, err);
}

static ptg_status set_parameters(learner *l, ptg_error *err)
{
    const learn_task *task = l->run.task;
    const parameter_value *p = task->parameters;
    static const char *const fixed[][2] = {
        {"booster", "gbtree"}, {"tree_method", "hist"},     {"nthread", "1"},
        {"verbosity", "0"},    {"seed_per_iteration", "1"}, {"disable_default_eval_metric", "1"}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        TRY(set_text(l, fixed[i][0], fixed[i][1], err));
    TRY(set_text(l, "objective", objective_name(task), err));
    TRY(set_number(l, "seed", (double)(task->seed & 0x7fffffff), err));
    TRY(set_text(l, "grow_policy", grow_policies[(int)p[GROW_POLICY].number], err));
    for (size_t i = 0; i < sizeof passed_on / sizeof passed_on[0]; i++)
        TRY(set_number(l, parameters[passed_on[i]].name, p[passed_on[i]].number, err));
    if (task->problem == PROBLEM_MULTICLASS) return set_number(l, "num_class", task->n_classes, err);
    if (task->problem == PROBLEM_BINARY) return set_number(l, "scale_pos_weight", p[SCALE_POS_WEIGHT].number, err);
    return task->loss == LOSS_QUANTILE ? set_number(l, "quantile_alpha", task->loss_parameter, err) : PTG_OK;
}

static ptg_status open_library(ptg_error *err)
{
    const xgboost_library *library;
    return xgboost_open(&library, err);
}

static ptg_status start(learner *l, ptg_error *err)
{
    boosting_run *run = &l->run;
    const learn_task *task = run->task;
    TRY(xgboost_open(&l->library, err));
    TRY(xgboost_data_shift(run->heavy.rows.x, run->memory, &l->shift, err));
    TRY(xgboost_data_make(l->library, task, &run->heavy.rows, l->shift, &run->train, err));
    if (task->held_out.x) TRY(xgboost_data_make(l->library, task, &task->held_out, l->shift, &run->held_out, err));
    void *cached[2] = {run->train, run->held_out};
    if (l->library->XGBoosterCreate(cached, run->held_out ? 2 : 1, &run->booster) != 0)
        return xgboost_fail(l->library, "making a booster", err);
    return set_parameters(l, err);
}

static ptg_status train_round(learner *l, ptg_error *err)
{
    if (l->library->XGBoosterUpdateOneIter(l->run.booster, (int)l->run.rounds, l->run.train) != 0)
        return xgboost_fail(l->library, "training", err);
    l->run.rounds++;
    return PTG_OK;
}

/* Margins of the held-out rows (the library adds the new trees to a cache), turned into predictions by our own link, so that
 * the curve is that of the predictor. */
static ptg_status predict_held_out(learner *l, ptg_error *err)
{
    const boosting_run *run = &l->run;
    const uint64_t *shape = NULL;
    const float *margin = NULL;
    uint64_t dimensions = 0, count = 1;
    static const char config[] =
        "{\"type\": 1, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, \"strict_shape\": false}";
    if (l->library->XGBoosterPredictFromDMatrix(run->booster, run->held_out, config, &shape, &dimensions, &margin) != 0)
        return xgboost_fail(l->library, "predicting the held-out rows", err);
    for (uint64_t d = 0; d < dimensions; d++)
        count *= shape[d];
    int64_t n = run->task->held_out.x->n_rows;
    if (count != (uint64_t)(n * run->width))
        return fail(err, PTG_ERROR_LIBRARY, "XGBoost predicted %llu values for %lld rows.", (unsigned long long)count,
                    (long long)n);
    for (int64_t i = 0; i < n * run->width; i++)
        run->prediction[i] = margin[i];
    for (int64_t i = 0; i < n; i++)
        tree_link_apply(boosting_run_link(run->task), run->width, run->prediction + i * run->width);
    return PTG_OK;
}

static ptg_status read_trees(learner *l, int64_t rounds, tree_model **out, ptg_error *err)
{
    uint64_t size = 0;
    const char *bytes = NULL;
    if (l->library->XGBoosterSaveModelToBuffer(l->run.booster, "{\"format\": \"ubj\"}", &size, &bytes) != 0)
        return xgboost_fail(l->library, "saving the model", err);
    xgboost_source source = {.model = {bytes, (int64_t)size},
                             .x = l->run.task->train.x,
                             .shift = l->shift,
                             .n_outputs = l->run.width,
                             .rounds = rounds,
                             .link = boosting_run_link(l->run.task)};
    return xgboost_trees_read(&source, out, err);
}

static void release(learner *l)
{
    if (l->run.booster) l->library->XGBoosterFree(l->run.booster);
    if (l->run.held_out) l->library->XGDMatrixFree(l->run.held_out);
    if (l->run.train) l->library->XGDMatrixFree(l->run.train);
}

static const boosting_kind kind = {.size = sizeof(learner),
                                   .cap = ROUNDS,
                                   .patience = PATIENCE,
                                   .open = open_library,
                                   .start = start,
                                   .train_round = train_round,
                                   .predict_held_out = predict_held_out,
                                   .read_trees = read_trees,
                                   .release = release};

static ptg_status fit(const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    return boosting_run_fit(&kind, task, rounds, out, err);
}

/* A leaf-by-leaf histogram costs about the depth; a typical stop comes after 20 / eta rounds. */
static double work(const parameter_value *p, const work_size *size)
{
    double rounds = fmin(p[ROUNDS].number, 20 / p[ETA].number + p[PATIENCE].number);
    double depth = p[MAX_DEPTH].number > 0 ? p[MAX_DEPTH].number : 10;
    return work_cells(size) * rounds * (0.2 + 0.07 * depth);
}

const algorithm algorithm_xgboost = {
    .name = "xgboost",
    .text = "Gradient boosted trees by XGBoost: histograms, level by level, categories split natively.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .accepts = FEATURE_REAL | FEATURE_CODED | FEATURE_SPARSE,
    .has_rounds = true,
    .problems = 1u << PROBLEM_BINARY | 1u << PROBLEM_MULTICLASS | 1u << PROBLEM_REGRESSION,
    .available = open_library,
    .version = xgboost_version,
    .fit = fit,
    .progress = boosting_run_progress,
    .finish = boosting_run_finish,
    .close = boosting_run_close,
    .work = work,
};
