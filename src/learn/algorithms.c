/* The algorithms there are, sorted by name. Adding one is its file and a line here. */
#include <string.h>

#include "learn/algorithm.h"

extern const algorithm algorithm_additive, algorithm_baseline, algorithm_boost, algorithm_extra_trees, algorithm_lightgbm,
    algorithm_linear_learner, algorithm_random_forest, algorithm_xgboost;

const algorithm *const algorithms[] = {
    &algorithm_additive, &algorithm_baseline,       &algorithm_boost,         &algorithm_extra_trees,
    &algorithm_lightgbm, &algorithm_linear_learner, &algorithm_random_forest, &algorithm_xgboost,
};
const int32_t n_algorithms = (int32_t)(sizeof algorithms / sizeof algorithms[0]);

const algorithm *algorithm_find(const char *name)
{
    for (int32_t i = 0; i < n_algorithms; i++)
        if (strcmp(algorithms[i]->name, name) == 0) return algorithms[i];
    return NULL;
}
