/* The held-out curve and its end. */
#include "learn/stopping_curve.h"

#include <math.h>

#include "base/file.h"

ptg_status stopping_curve_add(stopping_curve *c, const learn_task *task, const double *prediction, ptg_error *err)
{
    if (c->n == c->room) {
        int64_t room = c->room ? 2 * c->room : 128;
        double *grown = mem_resize(c->values, c->room, room, sizeof *grown);
        if (!grown) return fail_memory(err);
        c->values = grown;
        c->room = room;
    }
    metric_input in = {.problem = task->problem,
                       .n_classes = task->n_classes,
                       .n = task->held_out.x->n_rows,
                       .target = task->held_out.target,
                       .weight = task->held_out.weight,
                       .prediction = prediction,
                       .threshold = 0.5,
                       .parameter = task->stopping_parameter};
    double value = task->stopping->score(&in);
    if (c->n == 0) c->best = -1;
    bool better = c->best < 0 || metric_gain(task->stopping, value) > metric_gain(task->stopping, c->values[c->best]);
    if (!isnan(value) && better) c->best = c->n;
    c->values[c->n++] = value;
    return PTG_OK;
}

bool stopping_curve_over(const stopping_curve *c, int64_t patience)
{
    return c->n - 1 - (c->best < 0 ? 0 : c->best) >= patience;
}

void stopping_curve_clear(stopping_curve *c)
{
    mem_free(c->values);
    *c = (stopping_curve){0};
}

ptg_status learn_check_deadline(const learn_task *task, ptg_error *err)
{
    if (task->deadline <= 0 || clock_seconds() < task->deadline) return PTG_OK;
    return fail(err, PTG_ERROR_LIMIT, "The fit was over its time limit: give more time, or fewer rounds.");
}
