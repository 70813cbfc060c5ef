/* lightgbm: gradient boosted trees by the LightGBM library (Ke et al. 2017), leaf by leaf. Ours are the held-out curve, the
 * stop, and the model that is left. `deterministic` and a fixed histogram layout give the same bytes at any number of threads.
 */
#include <math.h>

#include "base/number.h"
#include "learn/algorithm.h"
#include "learn/lightgbm_data.h"
#include "learn/lightgbm_trees.h"
#include "learn/stopping_curve.h"
#include "learn/training_rows.h"

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
    [ROUNDS] = {.name = "rounds",
                .type = PARAMETER_INTEGER,
                .standard = "2000",
                .min = 1,
                .max = 100000,
                .text = "Most rounds of boosting; the held-out curve ends earlier by itself."},
    [PATIENCE] = {.name = "patience",
                  .type = PARAMETER_INTEGER,
                  .standard = "50",
                  .min = 1,
                  .max = 100000,
                  .text = "Training ends after so many rounds without a better held-out score."},
};

struct learner {
    const lightgbm_library *library;
    const learn_task *task;
    arena *memory;
    heavy_rows heavy; /* what is trained on */
    void *train, *held_out, *booster;
    double *scores;     /* of the held-out rows, class by class, as the library gives them */
    double *prediction; /* row by row */
    stopping_curve curve;
    int64_t rounds; /* trained so far */
    int32_t width;
    bool finished; /* no further split is possible */
};

static tree_link link_of(const learn_task *task)
{
    if (task->problem == PROBLEM_BINARY) return TREE_LOGISTIC;
    if (task->problem == PROBLEM_MULTICLASS) return TREE_SOFTMAX;
    return task->loss == LOSS_SQUARED_LOG ? TREE_EXPM1 : TREE_IDENTITY;
}

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
    const learn_task *task = l->task;
    const parameter_value *p = task->parameters;
    lightgbm_put_common(b, task);
    text_print(b, " boosting=gbdt objective=%s bagging_freq=%d", objective_name(task),
               lightgbm_can_bag(l->heavy.rows.x->n_rows, p[BAGGING_FRACTION].number));
    for (int i = 0; i < N_PASSED_ON; i++) {
        if (parameters[i].type == PARAMETER_BOOLEAN)
            lightgbm_put_truth(b, parameters[i].name, p[i].number != 0);
        else
            lightgbm_put_number(b, parameters[i].name, p[i].number);
    }
    if (task->problem == PROBLEM_MULTICLASS) lightgbm_put_number(b, "num_class", task->n_classes);
    if (task->loss == LOSS_QUANTILE) lightgbm_put_number(b, "alpha", task->loss_parameter);
}

/* Target and weights in f32, as the library keeps them. */
static ptg_status make_training_set(learner *l, const char *settings, ptg_error *err)
{
    const learn_rows *rows = &l->heavy.rows;
    int64_t n = rows->x->n_rows;
    float *label = mem_array(n, sizeof *label), *weight = mem_array(n, sizeof *weight);
    ptg_status status = label && weight ? PTG_OK : fail_memory(err);
    for (int64_t i = 0; status == PTG_OK && i < n; i++) {
        label[i] = (float)(l->task->loss == LOSS_SQUARED_LOG ? log1p(rows->target[i]) : rows->target[i]);
        weight[i] = rows->weight ? (float)rows->weight[i] : 1;
    }
    lightgbm_rows given = {.x = rows->x, .label = label, .weight = rows->weight ? weight : NULL};
    if (status == PTG_OK) status = lightgbm_data_make(l->library, &given, settings, NULL, &l->train, err);
    mem_free(label);
    mem_free(weight);
    return status;
}

static ptg_status make_held_out(learner *l, const char *settings, ptg_error *err)
{
    const learn_rows *rows = &l->task->held_out;
    if (!rows->x) return PTG_OK;
    lightgbm_rows given = {.x = rows->x};
    TRY(lightgbm_data_make(l->library, &given, settings, l->train, &l->held_out, err));
    l->scores = arena_array(l->memory, rows->x->n_rows * l->width, sizeof *l->scores);
    l->prediction = arena_array(l->memory, rows->x->n_rows * l->width, sizeof *l->prediction);
    if (!l->scores || !l->prediction) return fail_memory(err);
    return l->library->LGBM_BoosterAddValidData(l->booster, l->held_out)
               ? lightgbm_fail(l->library, "taking the held-out rows", err)
               : PTG_OK;
}

static ptg_status start(learner *l, ptg_error *err)
{
    TRY(learn_check_rows(l->task, err));
    TRY(lightgbm_open(&l->library, err));
    TRY(learn_heavy_take(l->task, &l->heavy, err));
    text_buffer settings = {0};
    put_settings(l, &settings);
    ptg_status status = text_buffer_check(&settings, err);
    if (status == PTG_OK) status = make_training_set(l, settings.data, err);
    if (status == PTG_OK && l->library->LGBM_BoosterCreate(l->train, settings.data, &l->booster) != 0)
        status = lightgbm_fail(l->library, "making a booster", err);
    if (status == PTG_OK) status = make_held_out(l, settings.data, err);
    text_buffer_clear(&settings);
    return status;
}

/* One round; where no split is possible the library adds none and says so. */
static ptg_status train_round(learner *l, ptg_error *err)
{
    int finished = 0, rounds = 0;
    TRY(learn_check_deadline(l->task, err));
    if (l->library->LGBM_BoosterUpdateOneIter(l->booster, &finished) != 0) return lightgbm_fail(l->library, "training", err);
    if (l->library->LGBM_BoosterGetCurrentIteration(l->booster, &rounds) != 0)
        return lightgbm_fail(l->library, "training", err);
    l->finished = finished;
    l->rounds = rounds;
    return PTG_OK;
}

static ptg_status predict_held_out(learner *l, ptg_error *err)
{
    int64_t n = l->task->held_out.x->n_rows, count = 0;
    if (l->library->LGBM_BoosterGetPredict(l->booster, 1, &count, l->scores) != 0)
        return lightgbm_fail(l->library, "predicting the held-out rows", err);
    for (int64_t i = 0; i < n; i++)
        for (int32_t k = 0; k < l->width; k++)
            l->prediction[i * l->width + k] = l->scores[k * n + i];
    if (link_of(l->task) == TREE_EXPM1)
        for (int64_t i = 0; i < n; i++)
            tree_link_apply(TREE_EXPM1, 1, l->prediction + i);
    return PTG_OK;
}

static ptg_status train_with_curve(learner *l, ptg_error *err)
{
    int64_t cap = (int64_t)l->task->parameters[ROUNDS].number, patience = (int64_t)l->task->parameters[PATIENCE].number;
    while (!l->finished && l->rounds < cap && !stopping_curve_over(&l->curve, patience)) {
        int64_t before = l->rounds;
        TRY(train_round(l, err));
        if (l->rounds == before) break;
        TRY(predict_held_out(l, err));
        TRY(stopping_curve_add(&l->curve, l->task, l->prediction, err));
    }
    return PTG_OK;
}

static ptg_status train_rounds(learner *l, int64_t rounds, ptg_error *err)
{
    while (!l->finished && l->rounds < rounds)
        TRY(train_round(l, err));
    return PTG_OK;
}

static void close_learner(learner *l)
{
    if (!l) return;
    if (l->booster) l->library->LGBM_BoosterFree(l->booster);
    if (l->held_out) l->library->LGBM_DatasetFree(l->held_out);
    if (l->train) l->library->LGBM_DatasetFree(l->train);
    learn_heavy_clear(&l->heavy);
    stopping_curve_clear(&l->curve);
    arena_free(l->memory);
}

static ptg_status fit(const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    *out = NULL;
    arena *memory = arena_new();
    learner *l = memory ? arena_array(memory, 1, sizeof *l) : NULL;
    if (!l) {
        arena_free(memory);
        return fail_memory(err);
    }
    *l = (learner){.task = task, .memory = memory, .width = prediction_width(task->problem, task->n_classes), .curve.best = -1};
    ptg_status status = start(l, err);
    if (status == PTG_OK) status = task->held_out.x ? train_with_curve(l, err) : train_rounds(l, rounds, err);
    if (status == PTG_OK)
        *out = l;
    else
        close_learner(l);
    return status;
}

static learn_progress progress(const learner *l)
{
    return (learn_progress){.n_rounds = l->held_out ? l->curve.n : l->rounds, .curve = l->curve.values};
}

static ptg_status finish(learner *l, int64_t rounds, predictor **out, ptg_error *err)
{
    *out = NULL;
    const lightgbm_library *silenced;
    if (rounds < 1)
        return fail(err, PTG_ERROR_USAGE, "A booster needs at least one round, but %lld were asked for.", (long long)rounds);
    TRY(lightgbm_open(&silenced, err));
    TRY(train_rounds(l, rounds, err));
    text model;
    TRY(lightgbm_model_text(l->library, l->booster, rounds, &model, err));
    lightgbm_source source = {.model = model,
                              .n_features = l->task->train.x->n_features,
                              .n_outputs = l->width,
                              .rounds = rounds,
                              .link = link_of(l->task)};
    tree_model *trees = NULL;
    ptg_status status = lightgbm_trees_read(&source, &trees, err);
    mem_free((char *)model.data);
    TRY(status);
    *out = predictor_of_trees(trees);
    if (*out) return PTG_OK;
    tree_model_free(trees);
    return fail_memory(err);
}

static ptg_status available(ptg_error *err)
{
    const lightgbm_library *l;
    return lightgbm_open(&l, err);
}

/* A tree's histograms grow with the logarithm of its leaves; a typical stop comes after 12 / learning_rate rounds. */
static double work(const parameter_value *p, int64_t rows, int32_t columns, int32_t outputs)
{
    double rounds = fmin(p[ROUNDS].number, 12 / p[LEARNING_RATE].number + p[PATIENCE].number);
    return (double)rows * columns * outputs * rounds * (0.2 + 0.1 * log2(p[NUM_LEAVES].number));
}

const algorithm algorithm_lightgbm = {
    .name = "lightgbm",
    .text = "Gradient boosted trees by LightGBM: histograms, leaf by leaf, categories split natively.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .accepts = FEATURE_REAL | FEATURE_CODED | FEATURE_SPARSE,
    .has_rounds = true,
    .problems = 1u << PROBLEM_BINARY | 1u << PROBLEM_MULTICLASS | 1u << PROBLEM_REGRESSION,
    .available = available,
    .version = lightgbm_version,
    .fit = fit,
    .progress = progress,
    .finish = finish,
    .close = close_learner,
    .work = work,
};
