/* Learning rates by what can be afforded: many small steps where there is time, fewer and larger ones where there is not. */
#include "plan/plan_budget.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

/* One candidate's first trial, all its folds together, may take this share of the limit on one core. */
#define CANDIDATE_SHARE 0.2
#define UNSAID_LIMIT 300
/* Rounds x learning rate that boosting needs on most tables until its held-out curve turns. */
#define PATH_LENGTH 60
/* The smallest step at a limit of 60 s; it falls with the root of the limit. */
#define RATE_AT_A_MINUTE 0.05
#define LEAST_RATE 0.015
#define MOST_RATE 0.2
#define LEAST_ROUNDS 60
#define MOST_ROUNDS 4000
#define LEAST_TREES 40
#define MOST_TREES 200

/* With the fixed part of a tree as rows. */
static int64_t training_rows(const budget *b)
{
    double share = b->folds > 1 ? 1 - 1.0 / b->folds : 0.8;
    return (int64_t)((double)b->rows * share) + FIXED_CELLS / (b->columns > 0 ? b->columns : 1);
}

double budget_work(const budget *b, const algorithm *a, const json_t *fixed)
{
    arena *memory = arena_new();
    parameter_value *parameters;
    double work = NAN;
    if (memory && parameter_read(a->parameters, a->n_parameters, fixed, "static", memory, &parameters, NULL) == PTG_OK)
        work = a->work(parameters, &(work_size){training_rows(b), b->columns, b->coded, b->outputs});
    arena_free(memory);
    return work;
}

double budget_seconds(const budget *b, double work_per_fold)
{
    return work_per_fold * b->folds / (WORK_PER_CORE_SECOND * PLANNED_CORES);
}

static double limit_of(const budget *b)
{
    return b->time_limit > 0 ? b->time_limit : UNSAID_LIMIT;
}

/* How many rounds (or trees) one fold may take; work grows with them in proportion once they are the bound. NaN when out of
 * memory. */
static double affordable(const budget *b, const algorithm *a, const char *count, const char *rate)
{
    json_t *fixed = json_pack("{s:i}", count, 100);
    if (rate) json_object_set_new(fixed, rate, json_real(1e-3)); /* so that the count is the bound */
    double work = budget_work(b, a, fixed) / 100;
    json_decref(fixed);
    if (isnan(work)) return NAN;
    return work > 0 ? CANDIDATE_SHARE * limit_of(b) * WORK_PER_CORE_SECOND / (b->folds * work) : MOST_ROUNDS;
}

/* Two digits, so that the plan reads well. */
static double rounded(double value)
{
    double unit = pow(10, floor(log10(value)) - 1);
    return round(value / unit) * unit;
}

/* The most: what the algorithm has by default. */
static double usual_patience(const algorithm *a)
{
    double most = 50;
    int32_t row = parameter_find(a->parameters, a->n_parameters, "patience");
    if (row >= 0) number_read(text_of(a->parameters[row].standard), &most);
    return most;
}

static json_t *boosting_static(const budget *b, const algorithm *a, const char *rate)
{
    double can = affordable(b, a, "rounds", rate), rounds = fmin(fmax(can, LEAST_ROUNDS), MOST_ROUNDS);
    if (isnan(can)) return NULL;
    double least = fmin(fmax(RATE_AT_A_MINUTE * sqrt(60 / limit_of(b)), LEAST_RATE), MOST_RATE);
    double step = rounded(fmin(fmax(PATH_LENGTH / rounds, least), MOST_RATE));
    double patience = fmin(fmax(rounds / 20, 15), usual_patience(a));
    return json_pack("{s:o,s:o,s:o}", rate, json_number(step), "rounds", json_integer((json_int_t)rounded(rounds)), "patience",
                     json_integer((json_int_t)patience));
}

json_t *budget_static(const budget *b, const algorithm *a)
{
    if (parameter_find(a->parameters, a->n_parameters, "learning_rate") >= 0 && a->has_rounds)
        return boosting_static(b, a, "learning_rate");
    if (parameter_find(a->parameters, a->n_parameters, "eta") >= 0 && a->has_rounds) return boosting_static(b, a, "eta");
    if (parameter_find(a->parameters, a->n_parameters, "trees") < 0) return json_object();
    double can = affordable(b, a, "trees", NULL), trees = fmin(fmax(can, LEAST_TREES), MOST_TREES);
    if (isnan(can)) return NULL;
    return json_pack("{s:o}", "trees", json_integer((json_int_t)rounded(trees)));
}

void budget_range(const json_t *fixed, const char *parameter_name, json_t *range)
{
    if (strcmp(parameter_name, "learning_rate") != 0 && strcmp(parameter_name, "eta") != 0) return;
    double rate = json_real_or(fixed, parameter_name, 0);
    if (rate <= 0) return;
    json_object_set_new(range, "min", json_number(rounded(rate * 0.5)));
    json_object_set_new(range, "max", json_number(fmin(rounded(rate * 2.5), 0.4)));
}
