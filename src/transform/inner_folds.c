/* Shuffled rows are dealt out class by class, shuffled groups one after the other. */
#include "transform/inner_folds.h"

#include "base/random.h"

static int64_t *shuffled(int64_t n, uint64_t seed, const char *purpose)
{
    int64_t *items = mem_array(n, sizeof *items);
    if (items == NULL) return NULL;
    for (int64_t i = 0; i < n; i++)
        items[i] = i;
    random_stream random = random_of(seed, purpose);
    random_shuffle(&random, items, n);
    return items;
}

static int32_t class_of(const transform_fit_input *in, int64_t row)
{
    return in->problem == PROBLEM_REGRESSION ? 0 : (int32_t)in->target[row];
}

/* Deals the rows without a group. Each class begins at its own fold, so that small classes do not all land in the first. */
static ptg_status deal_rows(const transform_fit_input *in, int32_t n_folds, int32_t *fold, ptg_error *err)
{
    int32_t n_classes = in->problem == PROBLEM_REGRESSION ? 1 : in->n_classes > 2 ? in->n_classes : 2;
    int64_t n = in->columns->n_rows;
    int64_t *rows = shuffled(n, in->seed, "inner folds: rows");
    int64_t *dealt = mem_array(n_classes, sizeof *dealt);
    ptg_status status = rows == NULL || dealt == NULL ? fail_memory(err) : PTG_OK;
    for (int64_t i = 0; i < n && status == PTG_OK; i++) {
        int64_t row = rows[i];
        int32_t class = class_of(in, row);
        if (in->group == NULL || in->group[row] < 0) fold[row] = (int32_t)((class + dealt[class]++) % n_folds);
    }
    mem_free(rows);
    mem_free(dealt);
    return status;
}

static ptg_status deal_groups(const transform_fit_input *in, int32_t n_folds, int32_t *fold, ptg_error *err)
{
    int64_t n = in->columns->n_rows, n_groups = 0;
    for (int64_t i = 0; i < n; i++)
        if (in->group[i] >= n_groups) n_groups = (int64_t)in->group[i] + 1;
    int64_t *place = shuffled(n_groups, in->seed, "inner folds: groups");
    int32_t *rank = mem_array(n_groups, sizeof *rank); /* 1 + order of those groups that have rows */
    ptg_status status = place == NULL || rank == NULL ? fail_memory(err) : PTG_OK;
    if (status == PTG_OK) {
        for (int64_t i = 0; i < n; i++)
            if (in->group[i] >= 0) rank[in->group[i]] = 1;
        int32_t n_seen = 0;
        for (int64_t k = 0; k < n_groups; k++)
            if (rank[place[k]] != 0) rank[place[k]] = ++n_seen;
        for (int64_t i = 0; i < n; i++)
            if (in->group[i] >= 0) fold[i] = (rank[in->group[i]] - 1) % n_folds;
    }
    mem_free(place);
    mem_free(rank);
    return status;
}

ptg_status inner_folds(const transform_fit_input *in, int32_t n_folds, int32_t *fold, ptg_error *err)
{
    TRY(deal_rows(in, n_folds, fold, err));
    return in->group == NULL ? PTG_OK : deal_groups(in, n_folds, fold, err);
}
