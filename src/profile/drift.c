/* Adversarial validation: rows of the first table (or of the first part in time) are 0, of the second 1. */
#include "profile/drift.h"

#include <math.h>

#include "base/memory.h"
#include "profile/number_summary.h"

#define FOLDS 3
#define SURE 4 /* standard errors */
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
        const int32_t there = w->r->other == NULL ? at : frame_find(w->r->other, c->name);
        if (there < 0 || (w->r->other != NULL && frame_column(w->r->other, there)->type != c->type)) continue;
        list[(*n)++] = (small_feature){.at = {at, there}};
    }
    *out = list;
    return PTG_OK;
}

/* The time from which on rows are of the last part. */
static ptg_status find_cut(const drift_work *w, double *out, ptg_error *err)
{
    const int64_t n_rows = frame_rows(w->r->f);
    double *sorted = mem_array(n_rows, sizeof *sorted);
    if (sorted == NULL) return fail_memory(err);
    int64_t n = 0;
    for (int64_t i = 0; i < n_rows; ++i) {
        if (isfinite(w->r->time[i])) sorted[n++] = w->r->time[i];
    }
    const ptg_status status = sort_numbers(sorted, n, err);
    *out = n > 0 ? sorted[(int64_t)((1 - DRIFT_LAST) * (double)n)] : 0;
    mem_free(sorted);
    return status;
}

static ptg_status draw_in_time(drift_work *w, int64_t most, ptg_error *err)
{
    static const char *const purposes[2] = {"profile/drift/first", "profile/drift/last"};
    const int64_t n = frame_rows(w->r->f);
    double cut = 0, *of_part = mem_array(n, sizeof *of_part);
    ptg_status status = of_part == NULL ? fail_memory(err) : find_cut(w, &cut, err);
    for (int k = 0; k < 2 && status == PTG_OK; ++k) {
        row_list drawn;
        for (int64_t i = 0; i < n; ++i)
            of_part[i] = isfinite(w->r->time[i]) && (w->r->time[i] >= cut) == (k == 1) ? 0 : (double)NAN;
        status = small_draw_rows(of_part, n, most, w->r->seed, purposes[k], w->a, &drawn, err);
        if (status == PTG_OK) w->parts[k] = (small_part){.f = w->r->f, .rows = drawn.rows, .n = drawn.n};
    }
    mem_free(of_part);
    return status;
}

static ptg_status draw_from_both(drift_work *w, int64_t most, ptg_error *err)
{
    static const char *const purposes[2] = {"profile/drift/table", "profile/drift/validation"};
    const frame *frames[2] = {w->r->f, w->r->other};
    for (int k = 0; k < 2; ++k) {
        row_list drawn;
        TRY(small_draw_rows(NULL, frame_rows(frames[k]), most, w->r->seed, purposes[k], w->a, &drawn, err));
        w->parts[k] = (small_part){.f = frames[k], .rows = drawn.rows, .n = drawn.n};
    }
    return PTG_OK;
}

static ptg_status make_table(drift_work *w, ptg_error *err)
{
    small_feature *features = NULL;
    int32_t n = 0;
    TRY(list_features(w, &features, &n, err));
    const int64_t most = small_rows_most(n, 1) / (w->r->other == NULL ? 8 : 2);
    TRY(w->r->other == NULL ? draw_in_time(w, most, err) : draw_from_both(w, most, err));
    const int64_t rows = w->parts[0].n + w->parts[1].n;
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

/* Each of the ranked columns alone. */
static ptg_status judge_columns(drift_work *w, const int32_t *folds, const int32_t *places, drift_check *out, ptg_error *err)
{
    small_task tasks[DRIFT_COLUMNS];
    for (int32_t k = 0; k < out->n_columns; ++k)
        tasks[k] = (small_task){.columns = &places[k], .n_columns = 1, .fold = folds, .n_folds = FOLDS};
    TRY(small_tasks_run(&w->table, tasks, out->n_columns, w->r->threads, w->a, err));
    for (int32_t k = 0; k < out->n_columns; ++k) {
        out->columns[k].auc = auc_of(tasks[k].result);
        out->columns[k].se = se_of(tasks[k].result);
    }
    return PTG_OK;
}

/* All features; then single ones, which between files may tell what all together do not. In time they only explain what was
 * found. */
static ptg_status judge(drift_work *w, drift_check *out, ptg_error *err)
{
    int32_t places[DRIFT_COLUMNS], *all, *folds;
    all = arena_array(w->a, w->table.n_columns, sizeof *all);
    if (all == NULL) return fail_memory(err);
    for (int32_t k = 0; k < w->table.n_columns; ++k)
        all[k] = k;
    TRY(small_folds_random(w->table.n, FOLDS, NULL, w->r->seed, "profile/drift", w->a, &folds, err));
    small_task whole = {.columns = all, .n_columns = w->table.n_columns, .fold = folds, .n_folds = FOLDS};
    TRY(small_tasks_run(&w->table, &whole, 1, w->r->threads, w->a, err));
    out->auc = auc_of(whole.result);
    out->se = se_of(whole.result);
    if (w->r->other == NULL && out->auc - 0.5 < SURE * out->se) return PTG_OK;
    rank_columns(w, places, out);
    return judge_columns(w, folds, places, out, err);
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
