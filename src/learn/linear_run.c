/* What linear-learner and baseline share. Always holds: shares sum to 1 and rows of share 0 change nothing. */
#include "learn/linear_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Targets under this share of the mean size count as that in the relative loss, so that a target of 0 does not take all the
 * weight. */
#define LEAST_RELATIVE 1e-3

struct learner {
    linear_model *model;
};

static bool is_target(const learn_task *task, double y)
{
    if (task->problem == PROBLEM_REGRESSION) return isfinite(y) && (task->loss != LOSS_SQUARED_LOG || y > -1);
    int32_t classes = task->problem == PROBLEM_BINARY ? 2 : task->n_classes;
    return y >= 0 && y < classes && y == floor(y);
}

static ptg_status check_row(const learn_task *task, const char *name, int64_t i, ptg_error *err)
{
    double w = task->train.weight ? task->train.weight[i] : 1;
    if (!(w >= 0) || !isfinite(w))
        return fail(err, PTG_ERROR_DATA, "%s: training row %lld has the weight %g; weights must be 0 or greater.", name,
                    (long long)i + 1, w);
    if (w > 0 && !is_target(task, task->train.target[i]))
        return fail(err, PTG_ERROR_DATA, "%s: training row %lld has the target %g, which this problem or objective cannot use.",
                    name, (long long)i + 1, task->train.target[i]);
    return PTG_OK;
}

ptg_status linear_run_shares(const learn_task *task, const char *algorithm_name, arena *a, double **share, ptg_error *err)
{
    int64_t n = task->train.x->n_rows;
    double most = 0, sum = 0, *out = arena_array(a, n, sizeof *out);
    if (!out) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        TRY(check_row(task, algorithm_name, i, err));
        out[i] = task->train.weight ? task->train.weight[i] : 1;
        most = fmax(most, out[i]);
    }
    if (!(most > 0))
        return fail(err, PTG_ERROR_DATA, "%s: no training row has a weight above 0; give it some rows.", algorithm_name);
    for (int64_t i = 0; i < n; i++)
        sum += out[i] /= most;
    for (int64_t i = 0; i < n; i++)
        out[i] /= sum;
    *share = out;
    return PTG_OK;
}

static int compare_values(const void *a, const void *b)
{
    const value_share *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->share < y->share ? -1 : x->share > y->share;
}

double linear_run_quantile(value_share *order, int64_t n, double quantile)
{
    int64_t kept = 0;
    double total = 0, sum = 0;
    for (int64_t i = 0; i < n; i++)
        if (order[i].share > 0) {
            total += order[i].share;
            order[kept++] = order[i];
        }
    qsort(order, (size_t)kept, sizeof *order, compare_values);
    for (int64_t i = 0; i < kept; i++) {
        sum += order[i].share;
        double above = sum - quantile * total;
        if (fabs(above) <= 1e-12 * total && i + 1 < kept) return order[i].value / 2 + order[i + 1].value / 2;
        if (above > 0) return order[i].value;
    }
    return kept ? order[kept - 1].value : 0;
}

void linear_run_relative(const learn_task *task, const double *share, double *out)
{
    int64_t n = task->train.x->n_rows;
    const double *y = task->train.target;
    double size = 0, sum = 0;
    for (int64_t i = 0; i < n; i++)
        if (share[i] > 0) size += share[i] * fabs(y[i]);
    for (int64_t i = 0; i < n; i++) {
        double by = share[i] > 0 ? fmax(fabs(y[i]), LEAST_RELATIVE * size) : 1;
        sum += out[i] = by > 0 ? share[i] / by * size : share[i];
    }
    for (int64_t i = 0; i < n; i++)
        out[i] /= sum;
}

/* The weighted quantile of the target (the median but for the quantile loss). */
static ptg_status constant_quantile(const learn_task *task, const double *share, double *out, ptg_error *err)
{
    int64_t n = task->train.x->n_rows;
    value_share *order = mem_array(n, sizeof *order);
    double *relative = mem_array(n, sizeof *relative);
    ptg_status status = order && relative ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        if (task->loss == LOSS_RELATIVE) linear_run_relative(task, share, relative);
        for (int64_t i = 0; i < n; i++)
            order[i] = (value_share){task->train.target[i], task->loss == LOSS_RELATIVE ? relative[i] : share[i]};
        *out = linear_run_quantile(order, n, task->loss == LOSS_QUANTILE ? task->loss_parameter : 0.5);
    }
    mem_free(order);
    mem_free(relative);
    return status;
}

static ptg_status constant_value(const learn_task *task, const double *share, double *out, ptg_error *err)
{
    if (task->loss == LOSS_ABSOLUTE || task->loss == LOSS_QUANTILE || task->loss == LOSS_RELATIVE)
        return constant_quantile(task, share, out, err);
    double sum = 0;
    for (int64_t i = 0; i < task->train.x->n_rows; i++)
        if (share[i] > 0)
            sum += share[i] * (task->loss == LOSS_SQUARED_LOG ? log1p(task->train.target[i]) : task->train.target[i]);
    *out = sum;
    return PTG_OK;
}

/* Class shares; none is below a tenth of a row, so that no logarithm is infinite. */
static void class_scores(const learn_task *task, const double *share, int32_t k, double *bias)
{
    int64_t n = task->train.x->n_rows;
    double least = 0.1 / (double)n;
    for (int64_t i = 0; i < n; i++)
        if (share[i] > 0) bias[(int32_t)task->train.target[i]] += share[i];
    for (int32_t j = 0; j < k; j++)
        bias[j] = log(fmax(bias[j], least));
}

ptg_status linear_run_constant(const learn_task *task, const double *share, linear_model **out, ptg_error *err)
{
    *out = NULL;
    bool multiclass = task->problem == PROBLEM_MULTICLASS, log_target = task->loss == LOSS_SQUARED_LOG;
    linear_link link = multiclass                        ? LINEAR_SOFTMAX
                       : task->problem == PROBLEM_BINARY ? LINEAR_LOGISTIC
                       : log_target                      ? LINEAR_EXPM1
                                                         : LINEAR_IDENTITY;
    linear_model *m = linear_model_new(task->train.x->n_features, multiclass ? task->n_classes : 1, link, true);
    if (!m) return fail_memory(err);
    ptg_status status = PTG_OK;
    double two[2] = {0, 0};
    if (multiclass) {
        class_scores(task, share, task->n_classes, m->bias);
    } else if (task->problem == PROBLEM_BINARY) {
        class_scores(task, share, 2, two);
        m->bias[0] = two[1] - two[0];
    } else {
        status = constant_value(task, share, m->bias, err);
    }
    if (status == PTG_OK)
        *out = m;
    else
        linear_model_free(m);
    return status;
}

ptg_status linear_run_open(linear_model *take, learner **out, ptg_error *err)
{
    *out = mem_array(1, sizeof **out);
    if (!*out) {
        linear_model_free(take);
        return fail_memory(err);
    }
    (*out)->model = take;
    return PTG_OK;
}

learn_progress linear_run_progress(const learner *l)
{
    (void)l;
    return (learn_progress){0, NULL};
}

static void copy_values(double *to, const double *from, int64_t n)
{
    if (n > 0) memcpy(to, from, (size_t)n * sizeof *to);
}

ptg_status linear_run_finish(learner *l, int64_t rounds, predictor **out, ptg_error *err)
{
    (void)rounds;
    const linear_model *m = l->model;
    linear_model *copy = linear_model_new(m->n_features, m->n_outputs, m->link, !m->weights);
    *out = NULL;
    if (!copy) return fail_memory(err);
    copy_values(copy->bias, m->bias, m->n_outputs);
    if (m->weights) {
        copy_values(copy->center, m->center, m->n_features);
        copy_values(copy->scale, m->scale, m->n_features);
        copy_values(copy->weights, m->weights, (int64_t)m->n_features * m->n_outputs);
    }
    *out = predictor_of_linear(copy);
    return *out ? PTG_OK : fail_memory(err);
}

void linear_run_close(learner *l)
{
    if (!l) return;
    linear_model_free(l->model);
    mem_free(l);
}
