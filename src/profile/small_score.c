/* Cross-validation of the small model: one chunk of work is one fold of one task; scores are summed in order of rows. */
#include "profile/small_score.h"

#include <math.h>
#include <string.h>

#include "numeric/order.h"
#include "numeric/split.h"
#include "profile/power_score.h"
#include "profile/small_trees.h"

#define LEAST_SHARE 1e-3 /* probabilities are judged as at least this, so that one row cannot decide a score */
#define LEAST_TRAINING 20

typedef struct task_run {
    const small_table *t;
    small_task *tasks;
    const int32_t *task_of, *fold_of; /* of a chunk */
} task_run;

static void list_rows(const small_task *task, int32_t fold, int64_t n, int64_t *train, int64_t *held, small_fit *fit)
{
    fit->train.n = fit->held.n = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (task->fold[i] == fold) {
            held[fit->held.n++] = i;
        } else if (!task->forward || task->fold[i] < fold) {
            train[fit->train.n++] = i;
        }
    }
    fit->train.rows = train;
    fit->held.rows = held;
}

static void store(const small_fit *fit, small_task *task)
{
    const int32_t k = fit->t->n_outputs;
    for (int64_t i = 0; i < fit->held.n; ++i)
        memcpy(task->predicted + fit->held.rows[i] * k, fit->out + i * k, (size_t)k * sizeof(double));
}

static ptg_status run_fold(void *context, int64_t chunk, ptg_error *err)
{
    const task_run *run = context;
    small_task *task = &run->tasks[run->task_of[chunk]];
    const int64_t n = run->t->n;
    small_fit fit = {.t = run->t, .columns = task->columns, .n_columns = task->n_columns};
    int64_t *rows = mem_array(n, 2 * sizeof *rows);
    fit.out = mem_array(n, (size_t)run->t->n_outputs * sizeof(double));
    ptg_status status = rows == NULL || fit.out == NULL ? fail_memory(err) : PTG_OK;
    if (status == PTG_OK) {
        list_rows(task, run->fold_of[chunk], n, rows, rows + n, &fit);
        const bool judged = fit.train.n >= LEAST_TRAINING && fit.held.n > 0;
        if (judged) status = small_fit_run(&fit, err);
        if (judged && status == PTG_OK) store(&fit, task);
    }
    mem_free(rows);
    mem_free(fit.out);
    return status;
}

static void score_binary(const small_table *t, small_task *task, score_group *groups)
{
    double sum = 0, variance = 0;
    int32_t n_judged = 0;
    for (int32_t fold = 0; fold < task->n_folds; ++fold) {
        int64_t n = 0;
        for (int64_t i = 0; i < t->n; ++i) {
            if (task->fold[i] != fold || isnan(task->predicted[i])) continue;
            groups[n++] = (score_group){.score = task->predicted[i], .positive = t->y[i], .negative = 1 - t->y[i]};
        }
        const auc_estimate e = auc_of_groups(groups, n);
        if (isnan(e.auc)) continue;
        ++n_judged;
        sum += e.auc;
        variance += e.variance;
    }
    if (n_judged == 0) return;
    task->result = (small_score){.score = 2 * sum / n_judged - 1, .se = 2 * sqrt(variance) / n_judged};
}

/* Overall shares of the classes, or the mean. */
static void find_base(const small_table *t, double *base)
{
    for (int32_t k = 0; k < t->n_outputs; ++k)
        base[k] = 0;
    for (int64_t i = 0; i < t->n; ++i) {
        if (t->problem == PROBLEM_MULTICLASS) {
            base[(int32_t)t->y[i]] += 1 / (double)t->n;
        } else {
            base[0] += t->y[i] / (double)t->n;
        }
    }
}

static void score_loss(const small_table *t, small_task *task)
{
    double base[SMALL_CLASSES_MOST];
    loss_sums sums = {0};
    find_base(t, base);
    for (int64_t i = 0; i < t->n; ++i) {
        const double *p = task->predicted + i * t->n_outputs;
        if (isnan(*p)) continue;
        if (t->problem == PROBLEM_MULTICLASS) {
            const int32_t k = (int32_t)t->y[i];
            loss_sums_add(&sums, -log(fmax(p[k], LEAST_SHARE)), -log(base[k]));
        } else {
            loss_sums_add(&sums, (t->y[i] - *p) * (t->y[i] - *p), (t->y[i] - *base) * (t->y[i] - *base));
        }
    }
    loss_sums_score(&sums, &task->result.score, &task->result.se);
}

static ptg_status score_tasks(const small_table *t, small_task *tasks, int32_t n_tasks, ptg_error *err)
{
    score_group *groups = mem_array(t->n, sizeof *groups);
    if (groups == NULL) return fail_memory(err);
    for (int32_t k = 0; k < n_tasks; ++k) {
        tasks[k].result = (small_score){.score = NAN, .se = NAN};
        if (t->problem == PROBLEM_BINARY) {
            score_binary(t, &tasks[k], groups);
        } else {
            score_loss(t, &tasks[k]);
        }
    }
    mem_free(groups);
    return PTG_OK;
}

ptg_status small_tasks_run(const small_table *t, small_task *tasks, int32_t n_tasks, pool *threads, arena *a, ptg_error *err)
{
    int64_t n_chunks = 0, at = 0;
    for (int32_t k = 0; k < n_tasks; ++k)
        n_chunks += tasks[k].n_folds;
    int32_t *chunks = arena_array(a, 2 * n_chunks, sizeof *chunks);
    if (chunks == NULL) return fail_memory(err);
    for (int32_t k = 0; k < n_tasks; ++k) {
        tasks[k].predicted = arena_array(a, t->n, (size_t)t->n_outputs * sizeof(double));
        if (tasks[k].predicted == NULL) return fail_memory(err);
        for (int64_t i = 0; i < t->n * t->n_outputs; ++i)
            tasks[k].predicted[i] = NAN;
        for (int32_t fold = tasks[k].forward ? 1 : 0; fold < tasks[k].n_folds; ++fold) {
            chunks[at] = k;
            chunks[n_chunks + at++] = fold;
        }
    }
    task_run run = {.t = t, .tasks = tasks, .task_of = chunks, .fold_of = chunks + n_chunks};
    TRY(pool_run(threads, at, run_fold, &run, err));
    return score_tasks(t, tasks, n_tasks, err);
}

ptg_status small_folds_random(int64_t n, int32_t n_folds, const int32_t *group, uint64_t seed, const char *purpose, arena *a,
                              int32_t **out, ptg_error *err)
{
    int32_t n_made = 0;
    *out = arena_array(a, n, sizeof **out);
    if (*out == NULL) return fail_memory(err);
    return split_parts(n, group, n_folds, seed, purpose, *out, &n_made, err);
}

/* Blocks of nearly equal size; equal times stay in the block of the first of them, missing times come first. */
ptg_status small_folds_blocks(const double *time, int64_t n, int32_t n_folds, arena *a, int32_t **out, ptg_error *err)
{
    order_item *items = mem_array(n, 2 * sizeof *items);
    *out = arena_array(a, n, sizeof **out);
    if (items == NULL || *out == NULL) {
        mem_free(items);
        return fail_memory(err);
    }
    for (int64_t i = 0; i < n; ++i)
        items[i] = (order_item){.key = order_key(isnan(time[i]) ? -INFINITY : time[i]), .row = i};
    order_sort(items, items + n, n);
    for (int64_t i = 0; i < n; ++i) {
        const bool tied = i > 0 && items[i].key == items[i - 1].key;
        (*out)[items[i].row] = tied ? (*out)[items[i - 1].row] : (int32_t)(i * n_folds / n);
    }
    mem_free(items);
    return PTG_OK;
}

double small_gap_z(small_score a, small_score b)
{
    const double se = sqrt(a.se * a.se + b.se * b.se);
    return se > 0 ? (a.score - b.score) / se : 0;
}
