/* random-forest (Breiman 2001) and extra-trees (Geurts et al. 2006), grown by LightGBM.
 *
 * LightGBM's own forest mode fits logistic leaves from one starting score, which is not an average of probabilities. So its
 * booster is fed our own gradients instead, the same ones each round: for a class (or the target) y with mean m, gradient w (m
 * - y) and hessian w. A tree grown on them splits on the variance of y (for two classes: Gini), its leaves hold mean(y) - m,
 * and the average over the trees plus m is a forest's vote. Several classes have one tree each a round, and their votes are
 * divided by their sum. A random forest's tree sees a share of the rows without replacement; extra-trees see all rows and are
 * random through the columns that a split looks at. LightGBM draws one threshold a column over all bins, not within the leaf,
 * and never tries a leaf again: with random thresholds its trees end early (california_housing: rmse 65,000 against 50,100
 * without, scikit-learn's ExtraTrees 51,100), so they are off by default. */
#include <math.h>

#include "learn/lightgbm_run.h"

enum { TREES, MAX_LEAVES, MIN_DATA_IN_LEAF, MAX_FEATURES, BAGGING_FRACTION, MAX_BIN, RANDOM_THRESHOLDS, N_PARAMETERS };

#define FOREST_PARAMETERS(bagging)                                                                                             \
    {                                                                                                                          \
        [TREES] = {.name = "trees",                                                                                            \
                   .type = PARAMETER_INTEGER,                                                                                  \
                   .standard = "100",                                                                                          \
                   .min = 1,                                                                                                   \
                   .max = 10000,                                                                                               \
                   .text = "Trees of the forest (for each class)."},                                                           \
        [MAX_LEAVES] = {.name = "max_leaves",                                                                                  \
                        .type = PARAMETER_INTEGER,                                                                             \
                        .standard = "1024",                                                                                    \
                        .min = 2,                                                                                              \
                        .max = 131072,                                                                                         \
                        .searched = true,                                                                                      \
                        .search_min = 128,                                                                                     \
                        .search_max = 4096,                                                                                    \
                        .log_scale = true,                                                                                     \
                        .text = "Most leaves of a tree."},                                                                     \
        [MIN_DATA_IN_LEAF] = {.name = "min_data_in_leaf",                                                                      \
                              .type = PARAMETER_INTEGER,                                                                       \
                              .standard = "2",                                                                                 \
                              .min = 1,                                                                                        \
                              .max = 1e6,                                                                                      \
                              .searched = true,                                                                                \
                              .search_min = 1,                                                                                 \
                              .search_max = 40,                                                                                \
                              .log_scale = true,                                                                               \
                              .text = "Least rows in a leaf."},                                                                \
        [MAX_FEATURES] = {.name = "max_features",                                                                              \
                          .type = PARAMETER_REAL,                                                                              \
                          .standard = "null",                                                                                  \
                          .min = 0.01,                                                                                         \
                          .max = 1,                                                                                            \
                          .searched = true,                                                                                    \
                          .search_min = 0.2,                                                                                   \
                          .search_max = 1,                                                                                     \
                          .text =                                                                                              \
                              "Share of the columns that each split looks at; null takes 0.75 for values with bags of rows, "  \
                              "else the larger of 0.4 and 1 / sqrt(columns)."},                                                \
        [BAGGING_FRACTION] = {.name = "bagging_fraction",                                                                      \
                              .type = PARAMETER_REAL,                                                                          \
                              .standard = bagging,                                                                             \
                              .min = 0.05,                                                                                     \
                              .max = 1,                                                                                        \
                              .text = "Share of the rows that each tree sees."},                                               \
        [MAX_BIN] = {.name = "max_bin",                                                                                        \
                     .type = PARAMETER_INTEGER,                                                                                \
                     .standard = "127",                                                                                        \
                     .min = 2,                                                                                                 \
                     .max = 65535,                                                                                             \
                     .text = "Most bins that a numeric column is cut into."},                                                  \
        [RANDOM_THRESHOLDS] = {.name = "random_thresholds",                                                                    \
                               .type = PARAMETER_BOOLEAN,                                                                      \
                               .standard = "false",                                                                            \
                               .min = 0,                                                                                       \
                               .max = 1,                                                                                       \
                               .text = "Looks at one random threshold a column; leaves for which none fits stay whole."},      \
    }

static const parameter random_forest_parameters[N_PARAMETERS] = FOREST_PARAMETERS("0.632");
static const parameter extra_trees_parameters[N_PARAMETERS] = FOREST_PARAMETERS("1");

struct learner {
    lightgbm_run run;
    double *mean;              /* of each output, by weight */
    float *gradient, *hessian; /* output by output */
};

/* What output k is trained on. */
static double target_of(const learn_task *task, double y, int32_t k)
{
    if (task->problem == PROBLEM_MULTICLASS) return y == k;
    return task->loss == LOSS_SQUARED_LOG && task->problem == PROBLEM_REGRESSION ? log1p(y) : y;
}

static double weight_of(const learn_rows *rows, int64_t i)
{
    return rows->weight ? rows->weight[i] : 1;
}

/* Means, then gradients and hessians (the weights, whose mean is 1). */
static ptg_status make_gradients(learner *l, ptg_error *err)
{
    const boosting_run *run = &l->run.base;
    const learn_rows *rows = &run->heavy.rows;
    int64_t n = rows->x->n_rows;
    l->mean = arena_array(run->memory, run->width, sizeof *l->mean);
    l->gradient = arena_array(run->memory, n * run->width, sizeof *l->gradient);
    l->hessian = arena_array(run->memory, n * run->width, sizeof *l->hessian);
    if (!l->mean || !l->gradient || !l->hessian) return fail_memory(err);
    double total = 0;
    for (int64_t i = 0; i < n; i++)
        total += weight_of(rows, i);
    for (int32_t k = 0; k < run->width; k++) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++)
            sum += weight_of(rows, i) * target_of(run->task, rows->target[i], k);
        l->mean[k] = sum / total;
        for (int64_t i = 0; i < n; i++) {
            double w = weight_of(rows, i);
            l->gradient[k * n + i] = (float)(w * (l->mean[k] - target_of(run->task, rows->target[i], k)));
            l->hessian[k * n + i] = (float)w;
        }
    }
    return PTG_OK;
}

static double max_features_of(const learn_task *task)
{
    const parameter_value *p = &task->parameters[MAX_FEATURES];
    if (!p->is_null) return p->number;
    if (task->problem == PROBLEM_REGRESSION && task->parameters[BAGGING_FRACTION].number < 1) return 0.75;
    return fmax(0.4, 1 / sqrt((double)task->train.x->n_features));
}

static void put_settings(const learner *l, text_buffer *b)
{
    const boosting_run *run = &l->run.base;
    const parameter_value *p = run->task->parameters;
    lightgbm_put_common(b, run->task);
    text_append(b, " boosting=gbdt objective=custom learning_rate=1 lambda_l2=0 boost_from_average=false "
                   "cat_smooth=1 cat_l2=0 min_data_per_group=10 histogram_pool_size=512");
    lightgbm_put_number(b, "bagging_freq", lightgbm_can_bag(run->heavy.rows.x->n_rows, p[BAGGING_FRACTION].number));
    lightgbm_put_number(b, "num_class", run->width);
    lightgbm_put_number(b, "num_leaves", p[MAX_LEAVES].number);
    lightgbm_put_number(b, "min_data_in_leaf", p[MIN_DATA_IN_LEAF].number);
    lightgbm_put_number(b, "bagging_fraction", p[BAGGING_FRACTION].number);
    lightgbm_put_number(b, "max_bin", p[MAX_BIN].number);
    lightgbm_put_number(b, "feature_fraction_bynode", max_features_of(run->task));
    lightgbm_put_truth(b, "extra_trees", p[RANDOM_THRESHOLDS].number != 0);
}

static ptg_status start(learner *l, ptg_error *err)
{
    TRY(make_gradients(l, err));
    text_buffer settings = {0};
    put_settings(l, &settings);
    ptg_status status = text_buffer_check(&settings, err);
    lightgbm_rows rows = {.x = l->run.base.heavy.rows.x, .label = l->gradient};
    if (status == PTG_OK) status = lightgbm_run_start(&l->run, &rows, settings.data, "making a forest", err);
    text_buffer_clear(&settings);
    return status;
}

static ptg_status grow_tree(learner *l, ptg_error *err)
{
    int finished = 0;
    boosting_run *run = &l->run.base;
    if (l->run.library->LGBM_BoosterUpdateOneIterCustom(run->booster, l->gradient, l->hessian, &finished) != 0)
        return lightgbm_fail(l->run.library, "growing a tree", err);
    run->finished = finished;
    run->rounds++;
    return PTG_OK;
}

static tree_link link_of(const learn_task *task)
{
    if (task->problem != PROBLEM_REGRESSION) return TREE_SHARE;
    return task->loss == LOSS_SQUARED_LOG ? TREE_EXPM1 : TREE_IDENTITY;
}

/* Averages the trees around the means. */
static ptg_status read_trees(learner *l, int64_t rounds, tree_model **out, ptg_error *err)
{
    const boosting_run *run = &l->run.base;
    TRY(lightgbm_run_trees(&l->run, rounds, link_of(run->task), out, err));
    tree_model *forest = *out;
    for (int32_t k = 0; k < run->width; k++)
        forest->base[k] = l->mean[k];
    if (forest->n_trees > 0) forest->scale = (double)run->width / forest->n_trees;
    return PTG_OK;
}

static const boosting_kind kind = {.size = sizeof(learner),
                                   .open = lightgbm_run_open,
                                   .start = start,
                                   .train_round = grow_tree,
                                   .read_trees = read_trees,
                                   .release = lightgbm_run_release};

/* A forest is grown whole: what it is asked for in rounds has no meaning, and it has no curve. */
static int64_t trees_of(const learn_task *task)
{
    return (int64_t)task->parameters[TREES].number;
}

static ptg_status fit(const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    (void)rounds;
    return boosting_run_fit(&kind, task, trees_of(task), out, err);
}

static learn_progress progress(const learner *l)
{
    (void)l;
    return (learn_progress){0};
}

static ptg_status finish(learner *l, int64_t rounds, predictor **out, ptg_error *err)
{
    (void)rounds;
    return boosting_run_finish(l, trees_of(l->run.base.task), out, err);
}

/* Measured: a tree of 1,024 leaves costs about five rounds of lightgbm with 31. */
static double work(const parameter_value *p, const work_size *size)
{
    return work_cells(size) * p[TREES].number * (0.5 + 0.3 * log2(p[MAX_LEAVES].number));
}

const algorithm algorithm_random_forest = {
    .name = "random-forest",
    .text = "Averages deep trees, each grown on a random part of the rows (LightGBM); always trains on squared error, for "
            "classes Gini.",
    .parameters = random_forest_parameters,
    .n_parameters = N_PARAMETERS,
    .accepts = FEATURE_REAL | FEATURE_CODED | FEATURE_SPARSE,
    .problems = 1u << PROBLEM_BINARY | 1u << PROBLEM_MULTICLASS | 1u << PROBLEM_REGRESSION,
    .available = lightgbm_run_open,
    .version = lightgbm_version,
    .fit = fit,
    .progress = progress,
    .finish = finish,
    .close = boosting_run_close,
    .work = work,
};

const algorithm algorithm_extra_trees = {
    .name = "extra-trees",
    .text = "Averages deep trees grown on all rows, random through the columns of each split (LightGBM); always trains on "
            "squared error, for classes Gini.",
    .parameters = extra_trees_parameters,
    .n_parameters = N_PARAMETERS,
    .accepts = FEATURE_REAL | FEATURE_CODED | FEATURE_SPARSE,
    .problems = 1u << PROBLEM_BINARY | 1u << PROBLEM_MULTICLASS | 1u << PROBLEM_REGRESSION,
    .available = lightgbm_run_open,
    .version = lightgbm_version,
    .fit = fit,
    .progress = progress,
    .finish = finish,
    .close = boosting_run_close,
    .work = work,
};
