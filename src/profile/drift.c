/* Adversarial validation: rows of the first table are 0, of the second 1. */
#include "profile/drift.h"

#include <math.h>

#define FOLDS 3
#define BUCKETS 64

typedef struct drift_work {
    const drift_request *r;
    arena *a;
    small_table table;
    small_part parts[2];
    drift_column *ranked; /* one a column of the table */
} drift_work;

static ptg_status list_features(const drift_work *w, small_feature **out, int32_t *n, ptg_error *err)
{
    small_feature *list = arena_array(w->a, w->r->n_features, sizeof *list);
    if (list == NULL) return fail_memory(err);
    *n = 0;
    for (int32_t k = 0; k < w->r->n_features && *n < SMALL_COLUMNS_MOST; ++k) {
        const int32_t at = w->r->features[k];
        const column *c = frame_column(w->r->f, at);
        const int32_t there = frame_find(w->r->other, c->name);
        if (there < 0 || frame_column(w->r->other, there)->type != c->type) continue;
        list[(*n)++] = (small_feature){.at = {at, there}};
    }
    *out = list;
    return PTG_OK;
}

static ptg_status make_table(drift_work *w, ptg_error *err)
{
    small_feature *features = NULL;
    int32_t n = 0;
    TRY(list_features(w, &features, &n, err));
    const frame *frames[2] = {w->r->f, w->r->other};
    static const char *const purposes[2] = {"profile/drift/table", "profile/drift/validation"};
    int64_t rows = 0;
    for (int k = 0; k < 2; ++k) {
        row_list drawn;
        TRY(small_draw_rows(NULL, frame_rows(frames[k]), small_rows_most(n, 1) / 2, w->r->seed, purposes[k], w->a, &drawn,
                            err));
        w->parts[k] = (small_part){.f = frames[k], .rows = drawn.rows, .n = drawn.n};
        rows += drawn.n;
    }
    double *y = arena_array(w->a, rows, sizeof *y);
    if (y == NULL) return fail_memory(err);
    for (int64_t i = w->parts[0].n; i < rows; ++i)
        y[i] = 1;
    return small_table_make(&(small_request){.parts = w->parts,
                                             .n_parts = 2,
                                             .features = features,
                                             .n_features = n,
                                             .problem = PROBLEM_BINARY,
                                             .n_outputs = 1,
                                             .y = y},
                            w->a, &w->table, err);
}

/* Half the sum of the differences between the shares of the codes, less what chance makes of it. */
static double variation(const small_table *t, const small_column *c, int64_t n_first)
{
    double counts[2][BUCKETS] = {{0}}, total[2] = {0, 0}, sum = 0, chance = 0;
    for (int64_t i = 0; i < t->n; ++i) {
        const int part = i >= n_first;
        for (int64_t j = c->listed ? c->start[i] : i; j < (c->listed ? c->start[i + 1] : i + 1); ++j) {
            counts[part][c->listed ? c->codes[j] % BUCKETS : c->bins[j]] += 1;
            total[part] += 1;
        }
    }
    if (total[0] == 0 || total[1] == 0) return total[0] == total[1] ? 0 : 1;
    for (int k = 0; k < BUCKETS; ++k) {
        const double p = (counts[0][k] + counts[1][k]) / (total[0] + total[1]);
        sum += fabs(counts[0][k] / total[0] - counts[1][k] / total[1]) / 2;
        chance += 0.4 * sqrt(p * (1 - p) * (1 / total[0] + 1 / total[1])); /* mean of |normal| is 0.8 deviations */
    }
    return fmax(0, sum - chance);
}

static void rank_columns(drift_work *w, int32_t *places, drift_check *out)
{
    for (int32_t k = 0; k < w->table.n_columns; ++k) {
        const double difference = variation(&w->table, &w->table.columns[k], w->parts[0].n);
        int32_t at = out->n_columns;
        while (at > 0 && difference > out->columns[at - 1].difference)
            --at;
        if (at == DRIFT_COLUMNS) continue;
        if (out->n_columns < DRIFT_COLUMNS) ++out->n_columns;
        for (int32_t j = out->n_columns - 1; j > at; --j) {
            out->columns[j] = out->columns[j - 1];
            places[j] = places[j - 1];
        }
        out->columns[at] = (drift_column){.at = w->table.columns[k].at, .difference = difference};
        places[at] = k;
    }
}

static double auc_of(small_score s)
{
    return isnan(s.score) ? 0.5 : (s.score + 1) / 2;
}

static double se_of(small_score s)
{
    return isnan(s.se) ? 0 : s.se / 2;
}

static ptg_status judge(drift_work *w, drift_check *out, ptg_error *err)
{
    int32_t places[DRIFT_COLUMNS], *all, *folds;
    small_task tasks[1 + DRIFT_COLUMNS];
    all = arena_array(w->a, w->table.n_columns, sizeof *all);
    if (all == NULL) return fail_memory(err);
    for (int32_t k = 0; k < w->table.n_columns; ++k)
        all[k] = k;
    rank_columns(w, places, out);
    TRY(small_folds_random(w->table.n, FOLDS, NULL, w->r->seed, "profile/drift", w->a, &folds, err));
    tasks[0] = (small_task){.columns = all, .n_columns = w->table.n_columns, .fold = folds, .n_folds = FOLDS};
    for (int32_t k = 0; k < out->n_columns; ++k)
        tasks[1 + k] = (small_task){.columns = &places[k], .n_columns = 1, .fold = folds, .n_folds = FOLDS};
    TRY(small_tasks_run(&w->table, tasks, 1 + out->n_columns, w->r->threads, w->a, err));
    out->auc = auc_of(tasks[0].result);
    out->se = se_of(tasks[0].result);
    for (int32_t k = 0; k < out->n_columns; ++k) {
        out->columns[k].auc = auc_of(tasks[1 + k].result);
        out->columns[k].se = se_of(tasks[1 + k].result);
    }
    return PTG_OK;
}

ptg_status drift_make(const drift_request *request, drift_check *out, ptg_error *err)
{
    *out = (drift_check){.made = true};
    drift_work w = {.r = request, .a = arena_new()};
    if (w.a == NULL) return fail_memory(err);
    ptg_status status = make_table(&w, err);
    if (status == PTG_OK) {
        out->rows[0] = w.parts[0].n;
        out->rows[1] = w.parts[1].n;
        status = judge(&w, out, err);
    }
    arena_free(w.a);
    return status;
}
