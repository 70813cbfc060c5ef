/* The names of the kinds of problem, as they stand in plans, options and messages. */
#include "numeric/task.h"

const char *const problem_names[3] = {"binary", "multiclass", "regression"};
