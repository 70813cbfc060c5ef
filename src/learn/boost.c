/* boost: gradient boosting of symmetric trees with ordered target statistics, made here after CatBoost. Its parameters have
 * CatBoost's names where they mean the same. See boost_trainer.h for training, statistic_tables.h for what a model keeps of
 * categories. */
#include <math.h>
#include <string.h>

#include "learn/boost_learner.h"
#include "learn/boost_task.h"

enum {
    LEARNING_RATE,
    GROW_POLICY,
    DEPTH,
    MAX_LEAVES,
    MIN_DATA_IN_LEAF,
    LINEAR_LEAVES,
    L2_LEAF_REG,
    RANDOM_STRENGTH,
    BOOTSTRAP_TYPE,
    SUBSAMPLE,
    BAGGING_TEMPERATURE,
    RSM,
    BORDER_COUNT,
    SCORE_FUNCTION,
    CLASS_SKETCHES,
    LEAF_ESTIMATION_ITERATIONS,
    ONE_HOT_MAX_SIZE,
    NUMBER_CTR_ROWS,
    MAX_CTR_COMPLEXITY,
    CTR_CANDIDATES,
    CTR_BORDER_COUNT,
    MODEL_SIZE_REG,
    PERMUTATION_COUNT,
    HAS_TIME,
    LOSS_FUNCTION,
    QUANTILE_ALPHA,
    TWEEDIE_VARIANCE_POWER,
    HUBER_DELTA,
    AUTO_CLASS_WEIGHTS,
    MONOTONE_CONSTRAINTS,
    ROUNDS,
    PATIENCE,
    N_PARAMETERS
};

static const char *const bootstrap_types[] = {"No", "Bernoulli", "Bayesian", "MVS", NULL}; /* in the order of bootstrap_kind */
static const char *const grow_policies[] = {"SymmetricTree", "Depthwise", "Lossguide", NULL}; /* in the order of boost_growth */
static const char *const score_functions[] = {"Cosine", "L2", NULL};                          /* in the order of boost_score */

static const parameter parameters[N_PARAMETERS] = {
    [LEARNING_RATE] = {.name = "learning_rate",
                       .type = PARAMETER_REAL,
                       .standard = "null",
                       .min = 1e-4,
                       .max = 1,
                       .searched = true,
                       .search_min = 0.01,
                       .search_max = 0.2,
                       .log_scale = true,
                       .text = "Share of each tree's correction that is kept; null: by rows and rounds."},
    [GROW_POLICY] = {.name = "grow_policy",
                     .type = PARAMETER_CHOICE,
                     .standard = "\"SymmetricTree\"",
                     .choices = grow_policies,
                     .text = "One split a level that all its nodes share (SymmetricTree), or one a node, level by level "
                             "(Depthwise) or where most is gained (Lossguide)."},
    [DEPTH] = {.name = "depth",
               .type = PARAMETER_INTEGER,
               .standard = "6",
               .min = 1,
               .max = 10,
               .searched = true,
               .search_min = 4,
               .search_max = 8,
               .text = "Levels of a tree; Lossguide trees have max_leaves instead."},
    [MAX_LEAVES] = {.name = "max_leaves",
                    .type = PARAMETER_INTEGER,
                    .standard = "31",
                    .min = 2,
                    .max = BOOST_LEAVES_MOST,
                    .text = "Most leaves of a Lossguide tree."},
    [MIN_DATA_IN_LEAF] = {.name = "min_data_in_leaf",
                          .type = PARAMETER_INTEGER,
                          .standard = "1",
                          .min = 1,
                          .max = 1e9,
                          .text = "Least training rows in a leaf of a Depthwise or Lossguide tree."},
    [LINEAR_LEAVES] = {.name = "linear_leaves",
                       .type = PARAMETER_BOOLEAN,
                       .standard = "false",
                       .min = 0,
                       .max = 1,
                       .text = "Leaves are lines in the numeric columns of their path; for RMSE, Huber and Logloss."},
    [L2_LEAF_REG] = {.name = "l2_leaf_reg",
                     .type = PARAMETER_REAL,
                     .standard = "3",
                     .min = 0,
                     .max = 1e6,
                     .searched = true,
                     .search_min = 0.5,
                     .search_max = 10,
                     .log_scale = true,
                     .text = "L2 penalty on the values of leaves."},
    [RANDOM_STRENGTH] =
        {.name = "random_strength",
         .type = PARAMETER_REAL,
         .standard = "1",
         .min = 0,
         .max = 100,
         .searched = true,
         .search_min = 0,
         .search_max = 3,
         .text = "Noise on the scores of splits, in standard deviations of the gradients; it fades in later rounds."},
    [BOOTSTRAP_TYPE] =
        {.name = "bootstrap_type",
         .type = PARAMETER_CHOICE,
         .standard = "null",
         .choices = bootstrap_types,
         .text = "How the rows are weighted that a tree's splits are chosen on; null: Bayesian for classes, No for values."},
    [SUBSAMPLE] = {.name = "subsample",
                   .type = PARAMETER_REAL,
                   .standard = "0.8",
                   .min = 0.05,
                   .max = 1,
                   .text = "Share of the rows that Bernoulli and MVS keep."},
    [BAGGING_TEMPERATURE] = {.name = "bagging_temperature",
                             .type = PARAMETER_REAL,
                             .standard = "1",
                             .min = 0,
                             .max = 10,
                             .text = "Spread of the random weights of Bayesian; 0 gives all rows the weight 1."},
    [RSM] = {.name = "rsm",
             .type = PARAMETER_REAL,
             .standard = "1",
             .min = 0.01,
             .max = 1,
             .searched = true,
             .search_min = 0.4,
             .search_max = 1,
             .text = "Share of the columns that each level looks at."},
    [BORDER_COUNT] = {.name = "border_count",
                      .type = PARAMETER_INTEGER,
                      .standard = "254",
                      .min = 1,
                      .max = 255,
                      .text = "Most borders that a numeric column is cut at."},
    [SCORE_FUNCTION] = {.name = "score_function",
                        .type = PARAMETER_CHOICE,
                        .standard = "\"Cosine\"",
                        .choices = score_functions,
                        .text =
                            "What the best split has most of: the cosine between gradients and leaf values, or their L2 gain."},
    [CLASS_SKETCHES] =
        {.name = "class_sketches",
         .type = PARAMETER_INTEGER,
         .standard = "0",
         .min = 0,
         .max = 100,
         .text = "Random sketches of the classes' gradients that splits are chosen on; 0: the gradients of all classes."},
    [LEAF_ESTIMATION_ITERATIONS] = {.name = "leaf_estimation_iterations",
                                    .type = PARAMETER_INTEGER,
                                    .standard = "null",
                                    .min = 1,
                                    .max = 100,
                                    .text = "Newton steps for the values of leaves; null: as many as the loss needs."},
    [ONE_HOT_MAX_SIZE] = {.name = "one_hot_max_size",
                          .type = PARAMETER_INTEGER,
                          .standard = "2",
                          .min = 0,
                          .max = 255,
                          .text = "A categorical column with at most so many levels is split one level against the rest."},
    [NUMBER_CTR_ROWS] =
        {.name = "number_ctr_rows",
         .type = PARAMETER_REAL,
         .standard = "2",
         .min = 0,
         .max = 1e9,
         .text = "Numeric columns that look like codes, with so many rows a value in the mean, are categories too; 0: "
                 "none."},
    [MAX_CTR_COMPLEXITY] = {.name = "max_ctr_complexity",
                            .type = PARAMETER_INTEGER,
                            .standard = "4",
                            .min = 1,
                            .max = COMBINED_MOST,
                            .searched = true,
                            .search_min = 1,
                            .search_max = 4,
                            .text = "Most categorical columns that are combined for one target statistic."},
    [CTR_CANDIDATES] = {.name = "ctr_candidates",
                        .type = PARAMETER_INTEGER,
                        .standard = "16",
                        .min = 0,
                        .max = 1e6,
                        .text = "About so many combinations of categorical columns are tried a level, or a tree that is not "
                                "symmetric; drawn anew."},
    [CTR_BORDER_COUNT] = {.name = "ctr_border_count",
                          .type = PARAMETER_INTEGER,
                          .standard = "15",
                          .min = 1,
                          .max = 255,
                          .text = "Borders of a target statistic."},
    [MODEL_SIZE_REG] = {.name = "model_size_reg",
                        .type = PARAMETER_REAL,
                        .standard = "0.5",
                        .min = 0,
                        .max = 100,
                        .text = "Penalty on combinations with many levels that the model does not use yet."},
    [PERMUTATION_COUNT] = {.name = "permutation_count",
                           .type = PARAMETER_INTEGER,
                           .standard = "4",
                           .min = 1,
                           .max = 16,
                           .text = "Random orders of the rows for target statistics; each tree uses one of them."},
    [HAS_TIME] =
        {.name = "has_time",
         .type = PARAMETER_BOOLEAN,
         .standard = "false",
         .min = 0,
         .max = 1,
         .text =
             "Target statistics of a row look at the rows before it in the table instead of a random order; a column of time "
             "orders them anyway."},
    [LOSS_FUNCTION] = {.name = "loss_function",
                       .type = PARAMETER_CHOICE,
                       .standard = "null",
                       .choices = boost_loss_functions,
                       .text = "The loss that is trained, whatever the objective judges by; null: the objective's."},
    [QUANTILE_ALPHA] = {.name = "quantile_alpha",
                        .type = PARAMETER_REAL,
                        .standard = "null",
                        .min = 1e-6,
                        .max = 1 - 1e-6,
                        .text = "Quantile: which one; null: the objective's, else 0.5."},
    [TWEEDIE_VARIANCE_POWER] =
        {.name = "tweedie_variance_power",
         .type = PARAMETER_REAL,
         .standard = "1.5",
         .min = 1.000001,
         .max = 1.999999,
         .text = "Tweedie: the power of the mean that the variance grows with, near 1 as Poisson, near 2 as gamma."},
    [HUBER_DELTA] = {.name = "huber_delta",
                     .type = PARAMETER_REAL,
                     .standard = "null",
                     .min = 1e-300,
                     .max = 1e300,
                     .text = "Huber: errors beyond it count by their size instead of their square, in units of the target; "
                             "null: twice the median distance of the targets from their median."},
    [AUTO_CLASS_WEIGHTS] =
        {.name = "auto_class_weights",
         .type = PARAMETER_CHOICE,
         .standard = "\"None\"",
         .choices = boost_class_weights,
         .text = "Balanced: every class weighs the same in training; SqrtBalanced: half of the way there. Probabilities then "
                 "lean to rare classes."},
    [MONOTONE_CONSTRAINTS] = {.name = "monotone_constraints",
                              .type = PARAMETER_NAMED,
                              .standard = "{}",
                              .min = -1,
                              .max = 1,
                              .text = "Numeric columns along which predictions never fall (1) or never rise (-1), by name: "
                                      "{\"age\": 1}."},
    [ROUNDS] = BOOSTING_ROUNDS,
    [PATIENCE] = BOOSTING_PATIENCE,
};

static boost_settings settings_of(const learn_task *task)
{
    const parameter_value *p = task->parameters;
    boost_settings s = {
        .learning_rate = p[LEARNING_RATE].is_null ? NAN : p[LEARNING_RATE].number,
        .rounds = (int64_t)p[ROUNDS].number,
        .growth = (boost_growth)p[GROW_POLICY].number,
        .depth = (int32_t)p[DEPTH].number,
        .most_leaves = (int32_t)p[MAX_LEAVES].number,
        .least_rows = (int64_t)p[MIN_DATA_IN_LEAF].number,
        .linear_leaves = p[LINEAR_LEAVES].number != 0,
        .l2 = p[L2_LEAF_REG].number,
        .random_strength = p[RANDOM_STRENGTH].number,
        .sampling = {.kind = boost_learner_sampling(task, &p[BOOTSTRAP_TYPE]),
                     .share = p[SUBSAMPLE].number,
                     .temperature = p[BAGGING_TEMPERATURE].number},
        .column_share = p[RSM].number,
        .border_count = (int32_t)p[BORDER_COUNT].number,
        .score = (boost_score)p[SCORE_FUNCTION].number,
        .class_sketches = (int32_t)p[CLASS_SKETCHES].number,
        .leaf_steps = p[LEAF_ESTIMATION_ITERATIONS].is_null ? 0 : (int32_t)p[LEAF_ESTIMATION_ITERATIONS].number,
        .one_hot_most = (int32_t)p[ONE_HOT_MAX_SIZE].number,
        .least_rows_a_value = p[NUMBER_CTR_ROWS].number,
        .most_tried = (int32_t)p[CTR_CANDIDATES].number,
        .size_penalty = p[MODEL_SIZE_REG].number,
        .seed = task->seed,
        .statistics = {.most_combined = (int32_t)p[MAX_CTR_COMPLEXITY].number,
                       .n_orders = (int32_t)p[PERMUTATION_COUNT].number,
                       .border_count = (int32_t)p[CTR_BORDER_COUNT].number,
                       .most_bytes = task->memory,
                       .seed = task->seed,
                       .own_order = p[HAS_TIME].number != 0},
    };
    return s;
}

static ptg_status prepare(learner *l, ptg_error *err)
{
    const parameter_value *p = l->run.task->parameters;
    boost_wishes wishes = {.loss_function = &p[LOSS_FUNCTION],
                           .quantile = &p[QUANTILE_ALPHA],
                           .power = &p[TWEEDIE_VARIANCE_POWER],
                           .distance = &p[HUBER_DELTA],
                           .class_weights = &p[AUTO_CLASS_WEIGHTS]};
    TRY(boost_task_of(l->run.task, &wishes, l->run.memory, &l->task, err));
    l->run.task = &l->task;
    TRY(boost_task_directions(l->run.task, &p[MONOTONE_CONSTRAINTS], l->run.memory, &l->directions, err));
    if (l->directions && (boost_growth)p[GROW_POLICY].number != GROW_SYMMETRIC)
        return fail(err, PTG_ERROR_USAGE,
                    "monotone_constraints are kept by grow_policy SymmetricTree alone, not by %s: leave one of them out.",
                    p[GROW_POLICY].text);
    if (l->directions && p[LINEAR_LEAVES].number != 0)
        return fail(err, PTG_ERROR_USAGE, "monotone_constraints are not kept by linear_leaves: leave one of them out.");
    return PTG_OK;
}

static ptg_status start(learner *l, ptg_error *err)
{
    boost_settings settings = settings_of(l->run.task);
    settings.directions = l->directions;
    settings.statistics.group = l->run.heavy.group;
    settings.statistics.time = l->run.heavy.time;
    return boost_trainer_start(&l->trainer, &settings, l->run.task, &l->run.heavy.rows, err);
}

static ptg_status read_predictor(learner *l, int64_t rounds, predictor **out, ptg_error *err)
{
    return boost_trainer_predictor(&l->trainer, rounds, boosting_run_link(l->run.task), out, err);
}

static const boosting_kind kind = {.size = sizeof(learner),
                                   .cap = ROUNDS,
                                   .patience = PATIENCE,
                                   .prepare = prepare,
                                   .start = start,
                                   .train_round = boost_learner_round,
                                   .predict_held_out = boost_learner_held_out,
                                   .read_predictor = read_predictor,
                                   .release = boost_learner_release};

static ptg_status fit(const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    return boosting_run_fit(&kind, task, rounds, out, err);
}

/* Of symmetric trees with as many levels; measured on 5,000 x 20 and 100,000 x 50. */
static const double growth_cost[] = {[GROW_SYMMETRIC] = 1, [GROW_DEPTHWISE] = 1.3, [GROW_LOSSGUIDE] = 2};
#define LINES_COST 1.4

/* Units a row and round: a number 1.5, a category with its statistics 3.3, and 1.5 for each combination of categories that is
 * tried about once a tree. Measured on 20,000 rows: 10 numbers with 0, 1, 4 and 10 categories take 49, 60, 107 and 257 ns, this
 * says 50, 61, 123 and 238. A typical stop comes after 25 / learning_rate rounds. */
static double work(const parameter_value *p, const work_size *size)
{
    double rate = p[LEARNING_RATE].is_null ? 0.05 : p[LEARNING_RATE].number;
    double rounds = fmin(p[ROUNDS].number, 25 / rate + p[PATIENCE].number);
    double levels = p[GROW_POLICY].number == GROW_LOSSGUIDE ? log2(p[MAX_LEAVES].number) : p[DEPTH].number;
    double pairs = p[MAX_CTR_COMPLEXITY].number > 1 ? 0.5 * size->coded * (size->coded - 1) : 0;
    double units = 1.5 * (size->columns - size->coded) + 3.3 * size->coded + 1.5 * fmin(pairs, p[CTR_CANDIDATES].number);
    double cost = growth_cost[(int32_t)p[GROW_POLICY].number] * (p[LINEAR_LEAVES].number != 0 ? LINES_COST : 1);
    return (double)size->rows * size->outputs * rounds * units * cost * (1 + levels) / 7;
}

const algorithm algorithm_boost = {
    .name = "boost",
    .text = "Gradient boosted symmetric trees with ordered target statistics of categories and their combinations.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .accepts = FEATURE_REAL | FEATURE_CODED | FEATURE_SPARSE,
    .has_rounds = true,
    .problems = 1u << PROBLEM_BINARY | 1u << PROBLEM_MULTICLASS | 1u << PROBLEM_REGRESSION,
    .available = boost_learner_available,
    .version = boost_learner_version,
    .fit = fit,
    .progress = boosting_run_progress,
    .finish = boosting_run_finish,
    .close = boosting_run_close,
    .work = work,
};
