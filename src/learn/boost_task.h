/* What `boost` makes of a task: its parameters may name another loss than the objective's, weigh the classes, and say in which
 * columns predictions only rise or only fall. */
#ifndef LEARN_BOOST_TASK_H
#define LEARN_BOOST_TASK_H

#include "learn/algorithm.h"

/* Choices of the parameters, NULL-terminated. */
extern const char *const boost_loss_functions[], *const boost_class_weights[];

typedef struct boost_wishes {
    const parameter_value *loss_function, *quantile, *power, *distance; /* null: by the objective, or the standard one */
    const parameter_value *class_weights;
} boost_wishes;

/* The task with the loss and the weights asked for; what is new of it lies in the arena. PTG_ERROR_USAGE where a loss or
 * weights do not fit the problem, PTG_ERROR_DATA where targets do not fit the loss. */
ptg_status boost_task_of(const learn_task *given, const boost_wishes *wishes, arena *a, learn_task *out, ptg_error *err);
/* The directions {column: 1 | 0 | -1} as one a feature; NULL where none is 1 or -1. PTG_ERROR_USAGE for a column that is not
 * there or holds no numbers, and for several classes. */
ptg_status boost_task_directions(const learn_task *task, const parameter_value *said, arena *a, const int8_t **out,
                                 ptg_error *err);

#endif
