/* additive: a sum of functions of one column each, and of a few pairs of columns where asked for, found by boosting (Lou,
 * Caruana, Gehrke: Intelligible models, 2012; with pairs Lou et al. 2013). The booster is that of `boost` with trees that ask
 * one or two columns (boost_terms.h). What is left is no trees but the functions themselves (shape_model.h): they are what
 * predicts and what is drawn. */
#include <math.h>

#include "learn/boost_learner.h"
#include "learn/shape_trees.h"

/* Rounds x learning rate after which pairs may be asked: by then the single columns say most of what they can. */
#define PAIRS_AFTER 5
/* The same after which another pair may be chosen, so that what a pair says is no longer there for others to say. */
#define PAIR_EVERY 1

enum {
    LEARNING_RATE,
    INTERACTION_DEPTH,
    INTERACTIONS,
    DEPTH,
    L2_LEAF_REG,
    RANDOM_STRENGTH,
    BORDER_COUNT,
    ONE_HOT_MAX_SIZE,
    ROUNDS,
    PATIENCE,
    N_PARAMETERS
};

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
    [INTERACTION_DEPTH] = {.name = "interaction_depth",
                           .type = PARAMETER_INTEGER,
                           .standard = "1",
                           .min = 1,
                           .max = 2,
                           .searched = true,
                           .search_min = 1,
                           .search_max = 2,
                           .text = "Columns that a function may depend on: 1, or 2 for pairs after the single columns."},
    [INTERACTIONS] = {.name = "interactions",
                      .type = PARAMETER_INTEGER,
                      .standard = "12",
                      .min = 0,
                      .max = 1000,
                      .text = "Most pairs of columns with a function of their own, where interaction_depth is 2."},
    [DEPTH] = {.name = "depth",
               .type = PARAMETER_INTEGER,
               .standard = "2",
               .min = 1,
               .max = 5,
               .searched = true,
               .search_min = 1,
               .search_max = 3,
               .text = "Levels of a tree for each column that it may ask: how finely a round cuts."},
    [L2_LEAF_REG] = {.name = "l2_leaf_reg",
                     .type = PARAMETER_REAL,
                     .standard = "3",
                     .min = 0,
                     .max = 1e6,
                     .searched = true,
                     .search_min = 0.5,
                     .search_max = 30,
                     .log_scale = true,
                     .text = "L2 penalty on the corrections of a round."},
    [RANDOM_STRENGTH] = {.name = "random_strength",
                         .type = PARAMETER_REAL,
                         .standard = "1",
                         .min = 0,
                         .max = 100,
                         .text =
                             "Noise on the scores of cuts, in standard deviations of the gradients; it fades in later rounds."},
    [BORDER_COUNT] = {.name = "border_count",
                      .type = PARAMETER_INTEGER,
                      .standard = "128",
                      .min = 1,
                      .max = 255,
                      .text = "Most places at which a function of a numeric column may step."},
    [ONE_HOT_MAX_SIZE] =
        {.name = "one_hot_max_size",
         .type = PARAMETER_INTEGER,
         .standard = "12",
         .min = 0,
         .max = 255,
         .text = "A categorical column with at most so many levels is cut one level against the rest; others by target "
                 "statistics of their levels."},
    [ROUNDS] = BOOSTING_ROUNDS,
    [PATIENCE] = {.name = "patience",
                  .type = PARAMETER_INTEGER,
                  .standard = "150",
                  .min = 1,
                  .max = 100000,
                  .text = "Training ends after so many rounds without a better held-out score; a round moves one column only."},
};

static boost_settings settings_of(const learn_task *task)
{
    const parameter_value *p = task->parameters;
    parameter_value unsaid = {.is_null = true};
    double rate = p[LEARNING_RATE].is_null ? 0.05 : p[LEARNING_RATE].number;
    return (boost_settings){
        .learning_rate = p[LEARNING_RATE].is_null ? NAN : p[LEARNING_RATE].number,
        .rounds = (int64_t)p[ROUNDS].number,
        .depth = (int32_t)(p[DEPTH].number * p[INTERACTION_DEPTH].number),
        .l2 = p[L2_LEAF_REG].number,
        .random_strength = p[RANDOM_STRENGTH].number,
        .sampling = {.kind = boost_learner_sampling(task, &unsaid), .share = 0.8, .temperature = 1},
        .column_share = 1,
        .border_count = (int32_t)p[BORDER_COUNT].number,
        .one_hot_most = (int32_t)p[ONE_HOT_MAX_SIZE].number,
        .seed = task->seed,
        .statistics = {.most_combined = 1, .n_orders = 4, .border_count = 15, .most_bytes = task->memory, .seed = task->seed},
        .terms = {.most_features = (int32_t)p[INTERACTION_DEPTH].number,
                  .most_pairs = (int32_t)p[INTERACTIONS].number,
                  .first_pair_tree = (int64_t)(PAIRS_AFTER / rate),
                  .pair_trees = (int64_t)(PAIR_EVERY / rate)},
    };
}

static ptg_status start(learner *l, ptg_error *err)
{
    boost_settings settings = settings_of(l->run.task);
    return boost_trainer_start(&l->trainer, &settings, l->run.task, &l->run.heavy.rows, err);
}

static ptg_status read_predictor(learner *l, int64_t rounds, predictor **out, ptg_error *err)
{
    const learn_rows *rows = &l->run.heavy.rows;
    tree_model *trees;
    statistic_tables *tables;
    shape_model *shapes;
    TRY(boost_trainer_trees(&l->trainer, rounds, boosting_run_link(l->run.task), &trees, &tables, err));
    ptg_status status = shape_model_of_trees(trees, tables, rows->x, rows->weight, &shapes, err);
    tree_model_free(trees);
    statistic_tables_free(tables);
    if (status != PTG_OK) return status;
    *out = predictor_of_shapes(shapes);
    return *out ? PTG_OK : fail_memory(err);
}

static const boosting_kind kind = {.size = sizeof(learner),
                                   .cap = ROUNDS,
                                   .patience = PATIENCE,
                                   .start = start,
                                   .train_round = boost_learner_round,
                                   .predict_held_out = boost_learner_held_out,
                                   .read_predictor = read_predictor,
                                   .release = boost_learner_release};

static ptg_status fit(const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    return boosting_run_fit(&kind, task, rounds, out, err);
}

/* The first level looks at all columns, the others at those of the tree only; units of a column as for `boost`. A typical stop
 * comes after 40 / learning_rate rounds. */
static double work(const parameter_value *p, const work_size *size)
{
    double rate = p[LEARNING_RATE].is_null ? 0.05 : p[LEARNING_RATE].number;
    double rounds = fmin(p[ROUNDS].number, 40 / rate + p[PATIENCE].number);
    double units = size->columns - size->coded + 2.2 * size->coded;
    return (double)size->rows * size->outputs * rounds * units * (0.3 + 0.2 * p[INTERACTION_DEPTH].number);
}

const algorithm algorithm_additive = {
    .name = "additive",
    .text = "A sum of functions of one column each, or of a few pairs, that can be drawn and read.",
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
