/* linear-learner: linear, logistic and softmax regression with an elastic net on columns that it standardises itself.
 *
 * Minimises (weighted mean loss) + l1 * |w| + l2 / 2 * |w|^2 over weights of standardised columns, the bias free. In terms of
 * scikit-learn, with n rows of weight 1: LogisticRegression C = 1 / (l2 * n); Ridge alpha = l2 * n; ElasticNet alpha * l1_ratio
 * = l1, alpha * (1 - l1_ratio) = l2, the target divided by its standard deviation. Absolute, quantile and relative losses are
 * trained as a pinball loss with a rounded kink, after which the bias is set to the exact quantile of what is left. */
#include <math.h>

#include "learn/linear_run.h"
#include "learn/linear_solver.h"

enum { PARAMETER_L1, PARAMETER_L2, PARAMETER_CLASS_WEIGHT, PARAMETER_ITERATIONS, PARAMETER_TOLERANCE, N_PARAMETERS };

/* What counts as no l1: the lower end of a range on a log scale has to be something. */
#define NO_L1 1e-7
/* Scores of a class without training rows are this far below the lowest bias. */
#define ABSENT_CLASS 30.0

static const char *const class_weights[] = {"none", "balanced", NULL};

static const parameter parameters[N_PARAMETERS] = {
    [PARAMETER_L1] =
        {.name = "l1",
         .type = PARAMETER_REAL,
         .standard = "1e-07",
         .min = 0,
         .max = 1e6,
         .searched = true,
         .search_min = 1e-7,
         .search_max = 1e-2,
         .log_scale = true,
         .text = "L1 penalty a row on weights of standardised columns: sets weights to zero; up to 1e-7 counts as none."},
    [PARAMETER_L2] =
        {.name = "l2",
         .type = PARAMETER_REAL,
         .standard = "0.0003",
         .min = 0,
         .max = 1e6,
         .searched = true,
         .search_min = 1e-6,
         .search_max = 1,
         .log_scale = true,
         .text = "L2 penalty a row on weights of standardised columns: shrinks weights; scikit-learn's C is 1 / (l2 x rows)."},
    [PARAMETER_CLASS_WEIGHT] =
        {.name = "class_weight",
         .type = PARAMETER_CHOICE,
         .standard = "\"none\"",
         .choices = class_weights,
         .text = "balanced: every class weighs the same in training; probabilities then lean to rare classes."},
    [PARAMETER_ITERATIONS] = {.name = "iterations",
                              .type = PARAMETER_INTEGER,
                              .standard = "500",
                              .min = 1,
                              .max = 100000,
                              .text = "At most so many iterations of the solver."},
    [PARAMETER_TOLERANCE] = {.name = "tolerance",
                             .type = PARAMETER_REAL,
                             .standard = "1e-10",
                             .min = 1e-15,
                             .max = 0.1,
                             .text = "The solver stops when an iteration promises less than this share of the objective."},
};

/* One fit on its way: everything in `scratch` but the design. */
typedef struct linear_fit {
    const learn_task *task;
    arena *scratch;
    double *share;      /* row weights, sum 1 */
    double *loss_share; /* with class weights, or relative to the target */
    double *target;     /* as the loss takes it */
    int32_t *class_of;  /* multiclass: place of a class among those present, -1 absent */
    int32_t n_outputs;
    double middle, spread; /* regression: target = (given - middle) / spread */
    linear_design *design;
    double *theta;
} linear_fit;

static ptg_status available(ptg_error *err)
{
    (void)err;
    return PTG_OK;
}

/* Share of every class; the number of classes with any. */
static int32_t count_classes(const linear_fit *f, int32_t n_classes, double *shares)
{
    int32_t present = 0;
    for (int32_t i = 0; i < f->design->n_rows; i++)
        if (f->share[i] > 0) shares[(int32_t)f->task->train.target[i]] += f->share[i];
    for (int32_t k = 0; k < n_classes; k++)
        present += shares[k] > 0;
    return present;
}

/* Targets, outputs and class weights of a classification; n_outputs 0 when one class only is there. */
static ptg_status prepare_classes(linear_fit *f, ptg_error *err)
{
    const learn_task *task = f->task;
    int32_t n_classes = task->problem == PROBLEM_BINARY ? 2 : task->n_classes, next = 0;
    double *shares = arena_array(f->scratch, n_classes, sizeof *shares);
    f->class_of = arena_array(f->scratch, n_classes, sizeof *f->class_of);
    if (!shares || !f->class_of) return fail_memory(err);
    int32_t present = count_classes(f, n_classes, shares);
    f->n_outputs = present < 2 ? 0 : task->problem == PROBLEM_BINARY ? 1 : present;
    for (int32_t k = 0; k < n_classes; k++)
        f->class_of[k] = shares[k] > 0 ? next++ : -1;
    bool balanced = task->parameters[PARAMETER_CLASS_WEIGHT].number != 0;
    for (int32_t i = 0; i < f->design->n_rows; i++) {
        if (!(f->share[i] > 0)) continue;
        int32_t label = (int32_t)task->train.target[i];
        f->target[i] = f->class_of[label];
        f->loss_share[i] = balanced ? f->share[i] / (shares[label] * present) : f->share[i];
    }
    return PTG_OK;
}

static void prepare_values(linear_fit *f)
{
    const learn_task *task = f->task;
    int32_t n = f->design->n_rows;
    double mean = 0, square = 0;
    for (int32_t i = 0; i < n; i++) {
        if (!(f->share[i] > 0)) continue;
        f->target[i] = task->loss == LOSS_SQUARED_LOG ? log1p(task->train.target[i]) : task->train.target[i];
        mean += f->share[i] * f->target[i];
    }
    for (int32_t i = 0; i < n; i++)
        if (f->share[i] > 0) square += f->share[i] * (f->target[i] - mean) * (f->target[i] - mean);
    f->middle = mean;
    f->spread = sqrt(square);
    f->n_outputs = f->spread > 1e-14 * fabs(mean) && isfinite(f->spread) ? 1 : 0;
    for (int32_t i = 0; i < n && f->n_outputs; i++)
        f->target[i] = f->share[i] > 0 ? (f->target[i] - mean) / f->spread : 0;
    for (int32_t i = 0; i < n; i++)
        f->loss_share[i] = f->share[i];
    if (task->loss == LOSS_RELATIVE) linear_run_relative(task, f->share, f->loss_share);
}

static ptg_status prepare(linear_fit *f, ptg_error *err)
{
    int64_t n = f->task->train.x->n_rows;
    TRY(linear_run_shares(f->task, "linear-learner", f->scratch, &f->share, err));
    TRY(linear_design_make(f->task->train.x, f->share, &f->design, err));
    f->target = arena_array(f->scratch, n, sizeof *f->target);
    f->loss_share = arena_array(f->scratch, n, sizeof *f->loss_share);
    if (!f->target || !f->loss_share) return fail_memory(err);
    if (f->task->problem == PROBLEM_REGRESSION)
        prepare_values(f);
    else
        TRY(prepare_classes(f, err));
    f->theta = arena_array(f->scratch, (int64_t)f->design->n_columns * f->n_outputs, sizeof *f->theta);
    return f->theta ? PTG_OK : fail_memory(err);
}

static linear_problem problem_of(const linear_fit *f)
{
    const learn_task *task = f->task;
    const parameter_value *v = task->parameters;
    bool pinball = task->loss == LOSS_ABSOLUTE || task->loss == LOSS_QUANTILE || task->loss == LOSS_RELATIVE;
    loss_kind kind = task->problem == PROBLEM_BINARY       ? LOSS_LOGISTIC
                     : task->problem == PROBLEM_MULTICLASS ? LOSS_SOFTMAX
                     : pinball                             ? LOSS_QUANTILE
                                                           : LOSS_SQUARED;
    double l1 = v[PARAMETER_L1].number;
    return (linear_problem){.design = f->design,
                            .loss = {.kind = kind,
                                     .n_outputs = f->n_outputs,
                                     .n_rows = f->design->n_rows,
                                     .target = f->target,
                                     .share = f->loss_share,
                                     .quantile = task->loss == LOSS_QUANTILE ? task->loss_parameter : 0.5,
                                     .width = 1},
                            .l1 = l1 > NO_L1 ? l1 : 0,
                            .l2 = v[PARAMETER_L2].number,
                            .tolerance = v[PARAMETER_TOLERANCE].number,
                            .iterations = (int32_t)v[PARAMETER_ITERATIONS].number,
                            .deadline = task->deadline};
}

/* Starts at the prior: the biases that are best without columns. */
static void start_biases(linear_fit *f, const linear_problem *p)
{
    double *bias = f->theta + (int64_t)(f->design->n_dense - 1) * f->n_outputs;
    if (p->loss.kind != LOSS_LOGISTIC && p->loss.kind != LOSS_SOFTMAX) return;
    for (int32_t i = 0; i < f->design->n_rows; i++) {
        int32_t label = (int32_t)f->target[i];
        if (p->loss.kind == LOSS_SOFTMAX || label == 1) bias[p->loss.kind == LOSS_SOFTMAX ? label : 0] += f->loss_share[i];
    }
    for (int32_t k = 0; k < f->n_outputs; k++)
        bias[k] = p->loss.kind == LOSS_SOFTMAX ? log(bias[k]) : log(bias[k] / (1 - bias[k]));
}

/* Sets the bias so that the quantile of what is left is 0. */
static ptg_status set_quantile_bias(linear_fit *f, const linear_problem *p, ptg_error *err)
{
    int32_t n = f->design->n_rows;
    value_share *order = arena_array(f->scratch, n, sizeof *order);
    double *scores = arena_array(f->scratch, n, sizeof *scores);
    if (!order || !scores) return fail_memory(err);
    linear_design_scores(f->design, f->theta, 1, scores);
    for (int32_t i = 0; i < n; i++)
        order[i] = (value_share){f->target[i] - scores[i], f->loss_share[i]};
    f->theta[f->design->n_dense - 1] += linear_run_quantile(order, n, p->loss.quantile);
    return PTG_OK;
}

static ptg_status solve(linear_fit *f, ptg_error *err)
{
    linear_problem p = problem_of(f);
    start_biases(f, &p);
    if (p.loss.kind != LOSS_QUANTILE) return linear_solve(&p, f->theta, err);
    static const double widths[] = {1, 0.2, 0.04}; /* in standard deviations of the target; each start is the last end */
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        p.loss.width = widths[i];
        TRY(linear_solve(&p, f->theta, err));
    }
    return set_quantile_bias(f, &p, err);
}

/* Weights and bias of one output, out of theta. */
static void take_output(const linear_fit *f, int32_t from, linear_model *m, int32_t to)
{
    bool values = f->task->problem == PROBLEM_REGRESSION;
    for (int32_t c = 0; c < f->design->n_columns; c++) {
        double w = f->theta[(int64_t)c * f->n_outputs + from] * (values ? f->spread : 1);
        int32_t j = f->design->feature[c];
        if (j >= 0)
            m->weights[(int64_t)to * m->n_features + j] = w;
        else
            m->bias[to] = w + (values ? f->middle : 0);
    }
}

static void take_classes(const linear_fit *f, linear_model *m)
{
    double least = INFINITY;
    for (int32_t k = 0; k < m->n_outputs; k++)
        if (f->class_of[k] >= 0) {
            take_output(f, f->class_of[k], m, k);
            least = fmin(least, m->bias[k]);
        }
    for (int32_t k = 0; k < m->n_outputs; k++)
        if (f->class_of[k] < 0) m->bias[k] = least - ABSENT_CLASS;
}

static bool all_finite(const linear_model *m)
{
    double sum = 0;
    for (int64_t i = 0; i < (int64_t)m->n_features * m->n_outputs; i++)
        sum += m->weights[i] * 0;
    for (int32_t k = 0; k < m->n_outputs; k++)
        sum += m->bias[k] * 0;
    return sum == 0;
}

static ptg_status make_model(const linear_fit *f, linear_model **out, ptg_error *err)
{
    const learn_task *task = f->task;
    bool multiclass = task->problem == PROBLEM_MULTICLASS;
    linear_link link = multiclass                        ? LINEAR_SOFTMAX
                       : task->problem == PROBLEM_BINARY ? LINEAR_LOGISTIC
                       : task->loss == LOSS_SQUARED_LOG  ? LINEAR_EXPM1
                                                         : LINEAR_IDENTITY;
    linear_model *m = linear_model_new(f->design->n_features, multiclass ? task->n_classes : 1, link, false);
    if (!m) return fail_memory(err);
    for (int32_t j = 0; j < m->n_features; j++) {
        m->center[j] = f->design->center[j];
        m->scale[j] = f->design->scale[j];
    }
    if (multiclass)
        take_classes(f, m);
    else
        take_output(f, 0, m, 0);
    if (all_finite(m)) {
        *out = m;
        return PTG_OK;
    }
    linear_model_free(m);
    return fail(err, PTG_ERROR_FAILED, "linear-learner's weights grew beyond all bounds; raise l2.");
}

static ptg_status fit_model(linear_fit *f, linear_model **out, ptg_error *err)
{
    TRY(prepare(f, err));
    if (f->n_outputs == 0) return linear_run_constant(f->task, f->share, out, err);
    TRY(solve(f, err));
    return make_model(f, out, err);
}

static ptg_status fit(const learn_task *task, int64_t rounds, learner **out, ptg_error *err)
{
    (void)rounds;
    *out = NULL;
    linear_fit f = {.task = task, .scratch = arena_new()};
    if (!f.scratch) return fail_memory(err);
    linear_model *model = NULL;
    ptg_status status = fit_model(&f, &model, err);
    if (status == PTG_OK) status = linear_run_open(model, out, err);
    linear_design_free(f.design);
    arena_free(f.scratch);
    return status;
}

/* Some 40 passes over the rows, each a product there and one back; the Gram matrix counts as one more a column in a hundred. */
static double work(const parameter_value *values, const work_size *size)
{
    (void)values;
    return (double)size->rows * size->columns * (20.0 * size->outputs + size->columns / 100.0);
}

extern const algorithm algorithm_linear_learner;
const algorithm algorithm_linear_learner = {
    .name = "linear-learner",
    .text = "Linear, logistic or softmax regression with an elastic net on standardised columns; fitted to the optimum.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .accepts = FEATURE_REAL | FEATURE_SPARSE,
    .problems = 1u << PROBLEM_BINARY | 1u << PROBLEM_MULTICLASS | 1u << PROBLEM_REGRESSION,
    .available = available,
    .version = blas_name,
    .fit = fit,
    .progress = linear_run_progress,
    .finish = linear_run_finish,
    .close = linear_run_close,
    .work = work,
};
