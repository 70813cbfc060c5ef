/* Weighted ensembles: members are chosen greedily on their out-of-fold predictions, and the choice is judged by cross-fitting.
 */
#ifndef TUNE_ENSEMBLE_H
#define TUNE_ENSEMBLE_H

#include "base/pool.h"
#include "evaluate/metrics.h"

#define ENSEMBLE_ROUNDS 25
#define ENSEMBLE_DRAWS 20

typedef struct ensemble_request {
    const objective *objective;
    problem_type problem;
    int32_t n_classes;
    int64_t n; /* rows: those with an out-of-fold prediction of every member, and a target */
    const double *target;
    const double *weight; /* NULL = all 1 */
    const int32_t *group; /* NULL = none; -1 is a group of its own a row */
    int32_t n_members;
    const double *const *predictions; /* n_members arrays of n x prediction_width */
    int32_t rounds;                   /* 0 = ENSEMBLE_ROUNDS */
    uint64_t seed;
    pool *threads; /* NULL = one; the result is the same */
} ensemble_request;

/* What a fit found: the score is the objective of the mix on the rows it was chosen on, at `threshold` (0.5 unless tuned). */
typedef struct ensemble_choice {
    int32_t rounds; /* length of the prefix that is kept */
    int32_t n_used; /* members of weight above 0 */
    double score, threshold;
} ensemble_choice;

/* Greedy selection with replacement (Caruana et al. 2004) from an empty ensemble: each round adds the member whose mean with
 * those before scores best (thresholds tuned anew where the objective tunes them); scores are rounded to 1e-6 of the best
 * single score, and ties prefer a member chosen before, then the lower index. The shortest prefix with the best score is kept.
 * `weights` (n_members values) gets counts / size, 0 for members left out. PTG_ERROR_USAGE without members or rows;
 * PTG_ERROR_DATA where no member has a score on these rows. */
ptg_status ensemble_fit(const ensemble_request *request, double *weights, ensemble_choice *out, ptg_error *err);

/* How much better the ensemble does than the best single member where both were chosen (with their thresholds) on one random
 * half of the rows and scored on the other half: mean over ENSEMBLE_DRAWS seeded draws, above 0 where the ensemble does better,
 * in units of the metric. Whole groups stay on one side. A half holds at most 10,000 rows, fewer where members x classes are
 * many (8 million numbers in all, at least 500 rows); each draw takes others. The standard error is that of Nadeau & Bengio
 * 2003, which knows that draws overlap: sqrt((1/draws + 1) variance). `draws` counts those in which both had a score; with none
 * of them the mean is NaN, with one the error. */
typedef struct ensemble_judgement {
    double mean, se;
    int32_t draws;
    int64_t half_rows; /* of the largest half */
} ensemble_judgement;
ptg_status ensemble_judge(const ensemble_request *request, ensemble_judgement *out, ptg_error *err);

/* out[i] = sum over members of weight x prediction, in the order of members; those of weight 0 are not read (NULL is fine). */
void ensemble_mix(const double *const *predictions, const double *weights, int32_t n_members, int64_t n_values, double *out);

#endif
