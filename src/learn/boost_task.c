/* See boost_task.h. */
#include "learn/boost_task.h"

#include <math.h>

#include "base/number.h"

/* In the order of boost_loss_functions. */
typedef struct loss_row {
    loss_kind kind;
    problem_type problem;
    bool above_zero; /* targets are not below 0 */
} loss_row;

const char *const boost_loss_functions[] = {"Logloss",  "MultiClass", "RMSE",    "MAE",   "MAPE",
                                            "Quantile", "Poisson",    "Tweedie", "Huber", NULL};
static const loss_row losses[] = {
    {LOSS_LOGISTIC, PROBLEM_BINARY, false},     {LOSS_SOFTMAX, PROBLEM_MULTICLASS, false},
    {LOSS_SQUARED, PROBLEM_REGRESSION, false},  {LOSS_ABSOLUTE, PROBLEM_REGRESSION, false},
    {LOSS_RELATIVE, PROBLEM_REGRESSION, false}, {LOSS_QUANTILE, PROBLEM_REGRESSION, false},
    {LOSS_POISSON, PROBLEM_REGRESSION, true},   {LOSS_TWEEDIE, PROBLEM_REGRESSION, true},
    {LOSS_HUBER, PROBLEM_REGRESSION, false},
};

typedef enum class_weighing { CLASSES_AS_THEY_ARE, CLASSES_BALANCED, CLASSES_BY_ROOT } class_weighing;
const char *const boost_class_weights[] = {"None", "Balanced", "SqrtBalanced", NULL}; /* in the order of class_weighing */

static ptg_status check_targets(const learn_task *task, const char *name, ptg_error *err)
{
    for (int64_t i = 0; i < task->train.x->n_rows; i++) {
        double y = task->train.target[i];
        char shown[NUMBER_TEXT_SIZE];
        if (y >= 0 || (task->train.weight && !(task->train.weight[i] > 0))) continue;
        number_write(y, shown);
        return fail(
            err, PTG_ERROR_DATA,
            "loss_function '%s' is for targets of 0 and more, but there is a target of %s: take RMSE, or a loss_function "
            "that allows it.",
            name, shown);
    }
    return PTG_OK;
}

/* A quantile stays the objective's where the parameter says none. */
static double loss_parameter(const learn_task *given, loss_kind loss, const boost_wishes *wishes)
{
    if (loss == LOSS_QUANTILE && !wishes->quantile->is_null) return wishes->quantile->number;
    if (loss == LOSS_QUANTILE) return given->loss == LOSS_QUANTILE ? given->loss_parameter : 0.5;
    if (loss == LOSS_TWEEDIE) return wishes->power->number;
    if (loss == LOSS_HUBER) return wishes->distance->is_null ? NAN : wishes->distance->number;
    return given->loss_parameter;
}

static ptg_status choose_loss(const learn_task *given, const boost_wishes *wishes, learn_task *out, ptg_error *err)
{
    const parameter_value *said = wishes->loss_function;
    if (!said->is_null) {
        const loss_row *row = &losses[(int)said->number];
        if (row->problem != given->problem)
            return fail(err, PTG_ERROR_USAGE,
                        "loss_function '%s' is for %s, but the problem is %s: leave it out or take another.", said->text,
                        problem_names[row->problem], problem_names[given->problem]);
        out->loss = row->kind;
        if (row->above_zero) TRY(check_targets(given, said->text, err));
    }
    if (given->problem == PROBLEM_REGRESSION) out->loss_parameter = loss_parameter(given, out->loss, wishes);
    return PTG_OK;
}

/* Weights of rows times those of their classes, (weight of the heaviest class / weight of the class) or its root. */
static ptg_status weigh_classes(const learn_task *given, class_weighing how, arena *a, learn_task *out, ptg_error *err)
{
    int32_t n_classes = given->problem == PROBLEM_BINARY ? 2 : given->n_classes;
    int64_t n = given->train.x->n_rows;
    double *weight = arena_array(a, n, sizeof *weight), *of_class = arena_array(a, n_classes, sizeof *of_class), most = 0;
    if (!weight || !of_class) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        of_class[(int32_t)given->train.target[i]] += given->train.weight ? given->train.weight[i] : 1;
    for (int32_t k = 0; k < n_classes; k++)
        most = fmax(most, of_class[k]);
    for (int64_t i = 0; i < n; i++) {
        double own = given->train.weight ? given->train.weight[i] : 1, share = most / of_class[(int32_t)given->train.target[i]];
        weight[i] = own > 0 ? own * (how == CLASSES_BY_ROOT ? sqrt(share) : share) : 0;
    }
    out->train.weight = weight;
    return PTG_OK;
}

ptg_status boost_task_of(const learn_task *given, const boost_wishes *wishes, arena *a, learn_task *out, ptg_error *err)
{
    class_weighing how = (class_weighing)wishes->class_weights->number;
    *out = *given;
    TRY(choose_loss(given, wishes, out, err));
    if (how == CLASSES_AS_THEY_ARE) return PTG_OK;
    if (given->problem == PROBLEM_REGRESSION)
        return fail(err, PTG_ERROR_USAGE, "auto_class_weights is for classes, but the problem is regression: leave it out.");
    return weigh_classes(given, how, a, out, err);
}

static ptg_status refuse_column(const matrix *x, const char *name, ptg_error *err)
{
    text_shown_buffer shown, meant;
    text_nearness near = text_nearness_of(text_of(name));
    for (int32_t j = 0; j < x->n_features; j++)
        text_nearness_try(&near, x->features[j].name);
    text_shown(text_of(name), &shown);
    if (!near.best) return fail(err, PTG_ERROR_USAGE, "monotone_constraints: the pipeline leaves no column '%s'.", shown.data);
    return fail(err, PTG_ERROR_USAGE, "monotone_constraints: the pipeline leaves no column '%s'; did you mean '%s'?",
                shown.data, text_shown(text_of(near.best), &meant));
}

ptg_status boost_task_directions(const learn_task *task, const parameter_value *said, arena *a, const int8_t **out,
                                 ptg_error *err)
{
    const matrix *x = task->train.x;
    int8_t *directions = arena_array(a, x->n_features, sizeof *directions);
    if (!directions) return fail_memory(err);
    *out = NULL;
    for (int64_t i = 0; i < said->count; i++) {
        int32_t at = matrix_find(x, said->texts[i]);
        text_shown_buffer shown;
        if (at < 0) return refuse_column(x, said->texts[i], err);
        if (said->numbers[i] == 0) continue;
        if (x->features[at].kind == FEATURE_CODED)
            return fail(err, PTG_ERROR_USAGE,
                        "monotone_constraints: column '%s' is a category, which has no order: leave it out.",
                        text_shown(text_of(said->texts[i]), &shown));
        directions[at] = said->numbers[i] > 0 ? 1 : -1;
        *out = directions;
    }
    if (*out && task->problem == PROBLEM_MULTICLASS)
        return fail(err, PTG_ERROR_USAGE, "monotone_constraints are for two classes and for values: leave them out.");
    return PTG_OK;
}
