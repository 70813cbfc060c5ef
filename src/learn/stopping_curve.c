/* The held-out curve and the checks that boosters share. */
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
    metric_input in = {.problem = task->problem, .n_classes = task->n_classes, .n = task->held_out.x->n_rows,
                       .target = task->held_out.target, .weight = task->held_out.weight, .prediction = prediction,
                       .threshold = 0.5, .parameter = task->stopping_parameter};
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

ptg_status learn_check_rows(const learn_task *task, ptg_error *err)
{
    const matrix *x = task->train.x;
    if (x->n_rows < 1 || x->n_features < 1)
        return fail(err, PTG_ERROR_DATA, "There is nothing to train on: %lld rows of %d columns were given.", (long long)x->n_rows,
                    (int)x->n_features);
    for (int32_t f = 0; f < x->n_features; f++) {
        text_shown_buffer shown;
        if (x->features[f].kind == FEATURE_TEXT)
            return fail(err, PTG_ERROR_DATA, "Column '%s' is text, which trees cannot use: encode it first.",
                        text_shown(text_of(x->features[f].name), &shown));
    }
    double total = task->train.weight ? 0 : 1;
    for (int64_t i = 0; task->train.weight && i < x->n_rows; i++) total += task->train.weight[i];
    if (!(total > 0)) return fail(err, PTG_ERROR_DATA, "All rows to train on have weight 0: give some of them a weight.");
    return PTG_OK;
}

/* The rows of `from` named in `rows`. */
static ptg_status take_rows(const learn_rows *from, row_list rows, heavy_rows *out, ptg_error *err)
{
    TRY(matrix_take_rows(from->x, rows, &out->x, err));
    out->target = mem_array(rows.n, sizeof *out->target);
    out->weight = mem_array(rows.n, sizeof *out->weight);
    if (!out->target || !out->weight) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; i++) {
        out->target[i] = from->target[rows.rows[i]];
        out->weight[i] = from->weight[rows.rows[i]];
    }
    out->rows = (learn_rows){out->x, out->target, out->weight};
    return PTG_OK;
}

ptg_status learn_heavy_take(const learn_task *task, heavy_rows *out, ptg_error *err)
{
    const learn_rows *all = &task->train;
    *out = (heavy_rows){.rows = *all};
    int64_t *kept = all->weight ? mem_array(all->x->n_rows, sizeof *kept) : NULL, n = 0;
    if (!all->weight) return PTG_OK;
    if (!kept) return fail_memory(err);
    for (int64_t i = 0; i < all->x->n_rows; i++)
        if (all->weight[i] > 0) kept[n++] = i;
    ptg_status status = n < all->x->n_rows ? take_rows(all, (row_list){kept, n}, out, err) : PTG_OK;
    mem_free(kept);
    if (status != PTG_OK) learn_heavy_clear(out);
    return status;
}

void learn_heavy_clear(heavy_rows *h)
{
    matrix_free(h->x);
    mem_free(h->target);
    mem_free(h->weight);
    *h = (heavy_rows){0};
}
