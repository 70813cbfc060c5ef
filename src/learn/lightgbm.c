/* lightgbm: gradient boosted trees by the LightGBM library (Ke et al. 2017), leaf by leaf. Ours are the held-out curve, the
 * stop, and the model that is left (boosting_run.h). `deterministic` and a fixed histogram layout give the same bytes at any
 * number of threads. */
#include <math.h>

#include "learn/lightgbm_run.h"

enum {
    LEARNING_RATE,
    NUM_LEAVES,
    MAX_DEPTH,
    MIN_DATA_IN_LEAF,
    MIN_SUM_HESSIAN_IN_LEAF,
    FEATURE_FRACTION,
    BAGGING_FRACTION,
    LAMBDA_L1,
    LAMBDA_L2,
    MIN_GAIN_TO_SPLIT,
    MAX_BIN,
    EXTRA_TREES,
    CAT_SMOOTH,
    CAT_L2,
    MAX_CAT_TO_ONEHOT,
    MIN_DATA_PER_GROUP,
    PATH_SMOOTH,
    N_PASSED_ON,
    ROUNDS = N_PASSED_ON,
    PATIENCE,
    N_PARAMETERS
};

static const parameter parameters[N_PARAMETERS] = {
    [LEARNING_RATE] = {.name = "learning_rate",
                       .type = PARAMETER_REAL,
                       .standard = "0.06",
                       .min = 1e-4,
                       .max = 1,
                       .searched = true,
                       .search_min = 0.01,
                       .search_max = 0.2,
                       .log_scale = true,
                       .text = "Share of each tree's correction that is kept."},
    [NUM_LEAVES] = {.name = "num_leaves",
                    .type = PARAMETER_INTEGER,
                    .standard = "31",
                    .min = 2,
                    .max = 131072,
                    .searched = true,
                    .search_min = 4,
                    .search_max = 200,
                    .log_scale = true,
                    .text = "Most leaves of a tree."},
    [MAX_DEPTH] = {.name = "max_depth",
                   .type = PARAMETER_INTEGER,
                   .standard = "-1",
                   .min = -1,
                   .max = 1000,
                   .text = "Deepest level of a tree; -1 is no limit."},
    [MIN_DATA_IN_LEAF] = {.name = "min_data_in_leaf",
                          .type = PARAMETER_INTEGER,
                          .standard = "20",
                          .min = 0,
                          .max = 1e6,
                          .searched = true,
                          .search_min = 2,
                          .search_max = 100,
                          .log_scale = true,
                          .text = "Least rows in a leaf."},
    [MIN_SUM_HESSIAN_IN_LEAF] = {.name = "min_sum_hessian_in_leaf",
                                 .type = PARAMETER_REAL,
                                 .standard = "0.001",
                                 .min = 0,
                                 .max = 1e6,
                                 .text = "Least sum of hessians in a leaf."},
    [FEATURE_FRACTION] = {.name = "feature_fraction",
                          .type = PARAMETER_REAL,
                          .standard = "0.9",
                          .min = 0.01,
                          .max = 1,
                          .searched = true,
                          .search_min = 0.4,
                          .search_max = 1,
                          .text = "Share of the columns that each tree sees."},
    [BAGGING_FRACTION] = {.name = "bagging_fraction",
                          .type = PARAMETER_REAL,
                          .standard = "0.9",
                          .min = 0.05,
                          .max = 1,
                          .searched = true,
                          .search_min = 0.6,
                          .search_max = 1,
                          .text = "Share of the rows that each tree sees."},
    [LAMBDA_L1] = {.name = "lambda_l1",
                   .type = PARAMETER_REAL,
                   .standard = "0",
                   .min = 0,
                   .max = 1e6,
                   .searched = true,
                   .search_min = 1e-4,
                   .search_max = 5,
                   .log_scale = true,
                   .text = "L1 penalty on the values of leaves."},
    [LAMBDA_L2] = {.name = "lambda_l2",
                   .type = PARAMETER_REAL,
                   .standard = "0",
                   .min = 0,
                   .max = 1e6,
                   .searched = true,
                   .search_min = 1e-4,
                   .search_max = 10,
                   .log_scale = true,
                   .text = "L2 penalty on the values of leaves."},
    [MIN_GAIN_TO_SPLIT] = {.name = "min_gain_to_split",
                           .type = PARAMETER_REAL,
                           .standard = "0",
                           .min = 0,
                           .max = 1e6,
                           .text = "Least gain for which a leaf is split."},
    [MAX_BIN] = {.name = "max_bin",
                 .type = PARAMETER_INTEGER,
                 .standard = "255",
                 .min = 2,
                 .max = 65535,
                 .text = "Most bins that a numeric column is cut into."},
    [EXTRA_TREES] = {.name = "extra_trees",
                     .type = PARAMETER_BOOLEAN,
                     .standard = "false",
                     .min = 0,
                     .max = 1,
                     .searched = true,
                     .search_values = "[false, true]",
                     .text = "Looks at one random threshold a column instead of all."},
    [CAT_SMOOTH] = {.name = "cat_smooth",
                    .type = PARAMETER_REAL,
                    .standard = "10",
                    .min = 0,
                    .max = 1e6,
                    .searched = true,
                    .search_min = 0.1,
                    .search_max = 100,
                    .log_scale = true,
                    .text = "Smoothing of rare levels of a categorical column."},
    [CAT_L2] = {.name = "cat_l2",
                .type = PARAMETER_REAL,
                .standard = "10",
                .min = 0,
                .max = 1e6,
                .searched = true,
                .search_min = 0.1,
                .search_max = 50,
                .log_scale = true,
                .text = "L2 penalty of splits on categorical columns."},
    [MAX_CAT_TO_ONEHOT] = {.name = "max_cat_to_onehot",
                           .type = PARAMETER_INTEGER,
                           .standard = "4",
                           .min = 1,
                           .max = 100000,
                           .text = "A categorical column with at most so many levels is split one level against the rest."},
    [MIN_DATA_PER_GROUP] = {.name = "min_data_per_group",
                            .type = PARAMETER_INTEGER,
                            .standard = "100",
                            .min = 1,
                            .max = 1e6,
                            .searched = true,
                            .search_min = 2,
                            .search_max = 200,
                            .log_scale = true,
                            .text = "Least rows of the levels that a categorical split puts together."},
    [PATH_SMOOTH] = {.name = "path_smooth",
                     .type = PARAMETER_REAL,
                     .standard = "0",
                     .min = 0,
                     .max = 1e6,
                     .text = "Pulls the values of small leaves towards their parents."},
    [ROUNDS] = BOOSTING_ROUNDS,
    [PATIENCE] = BOOSTING_PATIENCE,
};

struct learner {
    lightgbm_run run;
    double *scores; /* of the held-out rows, class by class, as the library gives them */
};

/* squared_log is squared error of log1p targets; relative is absolute error with the weights of heavy_rows (the library's mape
 * has the same optimum, but its small hessians meet the limits on leaves). */
static const char *objective_name(const learn_task *task)
{
    if (task->problem == PROBLEM_BINARY) return "binary";
    if (task->problem == PROBLEM_MULTICLASS) return "multiclass";
    switch (task->loss) {
    case LOSS_ABSOLUTE:
    case LOSS_RELATIVE:
        return "regression_l1";
    case LOSS_QUANTILE:
        return "quantile";
    default:
        return "regression";
    }
}

static void put_settings(const learner *l, text_buffer *b)
{
    const learn_task *task = l->run.base.task;
    const parameter_value *p = task->parameters;
    lightgbm_put_common(b, task);
    text_print(b, " boosting=gbdt objective=%s bagging_freq=%d", objective_name(task),
               lightgbm_can_bag(l->run.base.heavy.rows.x->n_rows, p[BAGGING_FRACTION].number));
    for (int i = 0; i < N_PASSED_ON; i++) {
        if (parameters[i].type == PARAMETER_BOOLEAN)
            lightgbm_put_truth(b, parameters[i].name, p[i].number != 0);
        else
            lightgbm_put_number(b, parameters[i].name, p[i].number);
    }
    if (task->problem == PROBLEM_MULTICLASS) lightgbm_put_number(b, "num_class", task->n_classes);
    if (task->loss == LOSS_QUANTILE) lightgbm_put_number(b, "alpha", task->loss_parameter);
}

/* Training set and booster; target and weights in f32, as the library keeps them. */
static ptg_status start_training(learner *l, const char *settings, ptg_error *err)
{
    const learn_rows *rows = &l->run.base.heavy.rows;
    bool is_logarithm = l->run.base.task->loss == LOSS_SQUARED_LOG;
    int64_t n = rows->x->n_rows;
    float *label = mem_array(n, sizeof *label), *weight = mem_array(n, sizeof *weight);
    ptg_status status = label && weight ? PTG_OK : fail_memory(err);
    for (int64_t i = 0; status == PTG_OK && i < n; i++) {
        label[i] = (float)(is_logarithm ? log1p(rows->target[i]) : rows->target[i]);
        weight[i] = rows->weight ? (float)rows->weight[i] : 1;
    }
    lightgbm_rows given = {.x = rows->x, .label = label, .weight = rows->weight ? weight : NULL};
    if (status == PTG_OK) status = lightgbm_run_start(&l->run, &given, settings, "making a booster", err);
    mem_free(label);
    mem_free(weight);
    return status;
}

static ptg_status take_held_out(learner *l, const char *settings, ptg_error *err)
{
    boosting_run *run = &l->run.base;
    const learn_rows *rows = &run->task->held_out;
    if (!rows->x) return PTG_OK;
    lightgbm_rows given = {.x = rows->x};
    TRY(lightgbm_data_make(l->run.library, &given, settings, run->train, &run->held_out, err));
    l->scores = arena_array(run->memory, rows->x->n_rows * run->width, sizeof *l->scores);
    if (!l->scores) return fail_memory(err);
    if (l->run.library->LGBM_BoosterAddValidData(run->booster, run->held_out) == 0) return PTG_OK;
    return lightgbm_fail(l->run.library, "taking the held-out rows", err);
}

static ptg_status start(learner *l, ptg_error *err)
{
    text_buffer settings = {0};
    put_settings(l, &settings);
    ptg_status status = text_buffer_check(&settings, err);
    if (status == PTG_OK) status = start_training(l, settings.data, err);
    if (status == PTG_OK) status = take_held_out(l, settings.data, err);
    text_buffer_clear(&settings);
    return status;
}

/* Where no split is possible the library adds no round and says so. */
static ptg_status train_round(learner *l, ptg_error *err)
{
    int finished = 0, rounds = 0;
    const lightgbm_library *library = l->run.library;
    boosting_run *run = &l->run.base;
    if (library->LGBM_BoosterUpdateOneIter(run->booster, &finished) != 0 ||
        library->LGBM_BoosterGetCurrentIteration(run->booster, &rounds) != 0)
        return lightgbm_fail(library, "training", err);
    run->finished = finished;
    run->rounds = rounds;
    return PTG_OK;
}

static ptg_status predict_held_out(learner *l, ptg_error *err)
{
    const boosting_run *run = &l->run.base;
    int64_t n = run->task->held_out.x->n_rows, count = 0;
    if (l->run.library->LGBM_BoosterGetPredict(run->booster, 1, &count, l->scores) != 0)
        return lightgbm_fail(l->run.library, "predicting the held-out rows", err);
    for (int64_t i = 0; i < n; i++)
        for (int32_t k = 0; k < run->width; k++)
            run->prediction[i * run->width + k] = l->scores[k * n + i];
    if (boosting_run_link(run->task) == TREE_EXPM1)
        for (int64_t i = 0; i < n; i++)
            tree_link_apply(TREE_EXPM1, 1, run->prediction + i);
    return PTG_OK;
}

static ptg_status read_trees(learner *l, int64_t rounds, tree_model **out, ptg_error *err)
{
    return lightgbm_run_trees(&l->run, rounds, boosting_run_link(l->run.base.task), out, err);
}

static const boosting_kind kind = {.size = sizeof(learner),
                                   .cap = ROUNDS,
                                   .patience = PATIENCE,
                                   .open = lightgbm_run_open,
                                   .start = start,
                                   .train_round = train_round,
                                   .predict_held_out = predict_held_out,
                                   .read_trees = read_trees,
                                   .release = lightgbm_run_release};

static ptg_status fit(const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    return boosting_run_fit(&kind, task, rounds, out, err);
}

/* A tree's histograms grow with the logarithm of its leaves; a typical stop comes after 12 / learning_rate rounds. */
static double work(const parameter_value *p, const work_size *size)
{
    double rounds = fmin(p[ROUNDS].number, 12 / p[LEARNING_RATE].number + p[PATIENCE].number);
    return work_cells(size) * rounds * (0.2 + 0.1 * log2(p[NUM_LEAVES].number));
}

const algorithm algorithm_lightgbm = {
    .name = "lightgbm",
    .text = "Gradient boosted trees by LightGBM: histograms, leaf by leaf, categories split natively.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .accepts = FEATURE_REAL | FEATURE_CODED | FEATURE_SPARSE,
    .has_rounds = true,
    .problems = 1u << PROBLEM_BINARY | 1u << PROBLEM_MULTICLASS | 1u << PROBLEM_REGRESSION,
    .available = lightgbm_run_open,
    .version = lightgbm_version,
    .fit = fit,
    .progress = boosting_run_progress,
    .finish = boosting_run_finish,
    .close = boosting_run_close,
    .work = work,
};
