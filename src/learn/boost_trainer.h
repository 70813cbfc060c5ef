/* Training of `boost`: symmetric or leaf-wise trees by gradient boosting, round by round. */
#ifndef LEARN_BOOST_TRAINER_H
#define LEARN_BOOST_TRAINER_H

#include "learn/boost_leafwise.h"
#include "learn/boost_leaves.h"
#include "learn/boost_lines.h"
#include "learn/boost_sample.h"
#include "learn/boost_statistics.h"
#include "learn/boost_terms.h"
#include "learn/predictor.h"
#include "trees/tree_model.h"

typedef struct boost_settings {
    double learning_rate; /* NaN: by the size of the data */
    int64_t rounds;       /* that are planned: the rate depends on them */
    boost_growth growth;
    int32_t depth;       /* SYMMETRIC, DEPTHWISE */
    int32_t most_leaves; /* LOSSGUIDE */
    int64_t least_rows;  /* of a leaf; not SYMMETRIC */
    bool linear_leaves;
    double l2;
    double random_strength;
    boost_sampling sampling;
    double column_share;
    int32_t border_count;
    boost_score score;
    int32_t class_sketches;    /* of many classes' gradients, for structures; 0: all classes */
    int32_t leaf_steps;        /* 0: as many as the loss needs */
    int32_t one_hot_most;      /* categories with at most so many levels are split one level against the rest */
    double least_rows_a_value; /* numbers whose values stand in so many rows in the mean are categories too; 0 = none */
    int32_t most_tried;        /* combinations of categories a level */
    double size_penalty;
    const int8_t *directions; /* of each feature: predictions rise (1) or fall (-1) along it, or either (0); NULL = all 0 */
    statistics_settings statistics;
    terms_settings terms;
    uint64_t seed;
} boost_settings;

/* One split of a tree. NUMBER: left when x <= threshold or missing. LEVEL: left when the code is `code` (-1: missing). */
typedef struct boost_condition {
    bin_kind kind;
    int64_t feature; /* of the matrix; from n_features on statistics */
    double threshold;
    int32_t code;
} boost_condition;

/* Splits and leaves as in boost_shape. */
typedef struct boost_tree {
    int32_t n_splits, n_leaves;
    boost_condition *conditions; /* of the splits */
    int32_t *parted;             /* NULL: a symmetric tree; bit l of a leaf's number is set where level l went right */
    double *values;              /* n_leaves x n_outputs, scaled */
    double *cover;
    boost_lines lines; /* scaled */
} boost_tree;

typedef struct boost_trainer {
    boost_settings settings;
    const learn_task *task;
    arena *memory;
    pool *pool;
    boost_loss loss;
    boost_leaves leaves;
    boost_search search;
    boost_leafwise leafwise;
    boost_shape shape; /* of the tree that grows */
    boost_rows rows, held;
    boost_gradients gradients;
    /* Of no use once they are packed: where search.packed and search.ordered are written later, in the same order of rows. */
    double *gradient, *row_weight;
    double rate, *start; /* n_outputs */
    double leaf_norm;    /* mean norm of the values that the last tree gave to rows */
    boost_block *blocks; /* of numbers and of categories split by level */
    int64_t n_blocks;
    boost_statistics statistics;
    boost_terms terms;
    boost_block **candidates; /* of the current level: first `n_plain` of `blocks`, then those of statistics */
    int64_t n_plain, n_candidates, room_candidates;
    boost_tree *trees;
    int64_t n_trees, room_trees;
} boost_trainer;

/* `rows` are those trained on (weights with mean 1); they, the task and its held-out rows must outlive the trainer. Cleared
 * with boost_trainer_clear, also after a failure. */
ptg_status boost_trainer_start(boost_trainer *b, const boost_settings *settings, const learn_task *task, const learn_rows *rows,
                               ptg_error *err);
void boost_trainer_clear(boost_trainer *b);
/* The feature of the matrix that a condition or a column of bins asks: of a statistic the category that it adds. */
int32_t boost_trainer_feature(const boost_trainer *b, int64_t asked);
/* One more tree. */
ptg_status boost_trainer_round(boost_trainer *b, ptg_error *err);
/* The first `rounds` trees, and the statistics that they ask (NULL: none); caller owns both. */
ptg_status boost_trainer_trees(const boost_trainer *b, int64_t rounds, tree_link link, tree_model **trees,
                               statistic_tables **tables, ptg_error *err);
/* The first `rounds` trees as a predictor; caller owns it. */
ptg_status boost_trainer_predictor(const boost_trainer *b, int64_t rounds, tree_link link, predictor **out, ptg_error *err);

/* Sorts the columns of `rows` into blocks of bins and starts the statistics of the others (boost_columns.c); a part of
 * boost_trainer_start. */
ptg_status boost_trainer_columns(boost_trainer *b, const learn_rows *rows, ptg_error *err);

/* CatBoost's rule: the rate grows with the rows and falls with the rounds. */
double boost_learning_rate(problem_type problem, bool squared, int64_t n_rows, int64_t rounds);

#endif
