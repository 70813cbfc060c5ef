/* Checks of the training rows, and their weights by loss. */
#include "learn/training_rows.h"

#include <math.h>

ptg_status learn_check_rows(const learn_task *task, ptg_error *err)
{
    const matrix *x = task->train.x;
    if (x->n_rows < 1 || x->n_features < 1)
        return fail(err, PTG_ERROR_DATA, "There is nothing to train on: %lld rows of %d columns were given.",
                    (long long)x->n_rows, (int)x->n_features);
    for (int32_t f = 0; f < x->n_features; f++) {
        text_shown_buffer shown;
        if (x->features[f].kind == FEATURE_TEXT)
            return fail(err, PTG_ERROR_DATA, "Column '%s' is text, which trees cannot use: encode it first.",
                        text_shown(text_of(x->features[f].name), &shown));
    }
    double total = task->train.weight ? 0 : 1;
    for (int64_t i = 0; task->train.weight && i < x->n_rows; i++)
        total += task->train.weight[i];
    if (!(total > 0)) return fail(err, PTG_ERROR_DATA, "All rows to train on have weight 0: give some of them a weight.");
    return PTG_OK;
}

static double loss_weight(const learn_task *task, int64_t i)
{
    double weight = task->train.weight ? task->train.weight[i] : 1;
    return task->loss == LOSS_RELATIVE ? weight / fmax(1, fabs(task->train.target[i])) : weight;
}

/* Weights of the kept rows with mean 1. */
static ptg_status take_weights(const learn_task *task, row_list kept, heavy_rows *out, ptg_error *err)
{
    out->weight = mem_array(kept.n, sizeof *out->weight);
    if (!out->weight) return fail_memory(err);
    double total = 0;
    for (int64_t i = 0; i < kept.n; i++)
        total += out->weight[i] = loss_weight(task, kept.rows[i]);
    for (int64_t i = 0; i < kept.n; i++)
        out->weight[i] *= (double)kept.n / total;
    out->rows.weight = out->weight;
    return PTG_OK;
}

/* Groups and times of the kept rows. */
static ptg_status take_order(const learn_task *task, row_list kept, heavy_rows *out, ptg_error *err)
{
    if (task->train_group && !(out->own_group = mem_array(kept.n, sizeof *out->own_group))) return fail_memory(err);
    if (task->train_time && !(out->own_time = mem_array(kept.n, sizeof *out->own_time))) return fail_memory(err);
    for (int64_t i = 0; i < kept.n; i++) {
        if (out->own_group) out->own_group[i] = task->train_group[kept.rows[i]];
        if (out->own_time) out->own_time[i] = task->train_time[kept.rows[i]];
    }
    out->group = out->own_group;
    out->time = out->own_time;
    return PTG_OK;
}

static ptg_status take_rows(const learn_task *task, row_list kept, heavy_rows *out, ptg_error *err)
{
    TRY(matrix_take_rows(task->train.x, kept, &out->x, err));
    out->target = mem_array(kept.n, sizeof *out->target);
    if (!out->target) return fail_memory(err);
    for (int64_t i = 0; i < kept.n; i++)
        out->target[i] = task->train.target[kept.rows[i]];
    TRY(take_order(task, kept, out, err));
    out->rows.x = out->x;
    out->rows.target = out->target;
    return PTG_OK;
}

ptg_status learn_heavy_take(const learn_task *task, heavy_rows *out, ptg_error *err)
{
    *out = (heavy_rows){.rows = task->train, .group = task->train_group, .time = task->train_time};
    if (!task->train.weight && task->loss != LOSS_RELATIVE) return PTG_OK;
    int64_t all = task->train.x->n_rows;
    int64_t *rows = mem_array(all, sizeof *rows);
    if (!rows) return fail_memory(err);
    row_list kept = {.rows = rows};
    for (int64_t i = 0; i < all; i++)
        if (loss_weight(task, i) > 0) rows[kept.n++] = i;
    ptg_status status = kept.n < all ? take_rows(task, kept, out, err) : PTG_OK;
    if (status == PTG_OK) status = take_weights(task, kept, out, err);
    mem_free(rows);
    return status;
}

void learn_heavy_clear(heavy_rows *h)
{
    matrix_free(h->x);
    mem_free(h->target);
    mem_free(h->weight);
    mem_free(h->own_group);
    mem_free(h->own_time);
    *h = (heavy_rows){0};
}
