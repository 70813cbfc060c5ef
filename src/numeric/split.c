/* Splits of rows into folds: the request is checked, rows get strata (the class, or one of ten bins by target quantile), and
 * each stratum is shuffled and dealt round the folds, going on where the last one ended, so that folds differ by one row at
 * most in size and in every stratum. One split takes its share of each stratum by the method of largest remainders. Groups and
 * time have files of their own. Random numbers come from the stream (seed, "folds"). */
#include "numeric/split.h"

#include <math.h>

#include "base/random.h"
#include "numeric/order.h"
#include "numeric/split_detail.h"

enum { TARGET_BINS = 10 };

void split_clear(split *s)
{
    mem_free(s->fold);
    *s = (split){0};
}

int64_t split_held_out(const split_request *request, int64_t n)
{
    int64_t held = (int64_t)llround(request->fraction * (double)n);
    if (request->max_held_out > 0 && held > request->max_held_out) held = request->max_held_out;
    if (held > n - 1) held = n - 1;
    return held < 1 ? 1 : held;
}

static ptg_status check_request(const split_request *r, ptg_error *err)
{
    if (r->n_folds < 1)
        return fail(err, PTG_ERROR_USAGE, "%d folds cannot be made; give 2 or more, or one split with a fraction.",
                    (int)r->n_folds);
    if (r->n_folds == 1 && !(r->fraction > 0 && r->fraction < 1))
        return fail(err, PTG_ERROR_USAGE, "A validation fraction of %g leaves nothing; give one between 0 and 1.", r->fraction);
    if (r->time && r->n_folds != 1)
        return fail(err, PTG_ERROR_USAGE, "A split by time holds one part out; leave out --folds or --time.");
    if (r->n_rows < 0 || (r->n_rows > 0 && !r->target))
        return fail(err, PTG_ERROR_USAGE, "A split needs the target of its rows.");
    return PTG_OK;
}

static ptg_status class_strata(const split_request *r, int32_t *fold, split_strata *s, ptg_error *err)
{
    for (int64_t i = 0; i < r->n_rows; i++) {
        double target = r->target[i];
        s->stratum[i] = -1;
        if (isnan(target)) continue;
        if (!(target >= 0 && target < s->n_strata && target == floor(target)))
            return fail(err, PTG_ERROR_USAGE, "Row %lld has target %g, which is no class number from 0 to %d.", (long long)i,
                        target, (int)s->n_strata - 1);
        s->stratum[i] = (int32_t)target;
        s->count[s->stratum[i]]++;
    }
    int64_t least = r->n_folds > 1 ? r->n_folds : 2;
    for (int64_t i = 0; i < r->n_rows; i++) {
        if (s->stratum[i] < 0 || s->count[s->stratum[i]] >= least) continue;
        s->stratum[i] = -1;
        fold[i] = SPLIT_ALWAYS_TRAIN;
    }
    for (int32_t c = 0; c < s->n_strata; c++)
        if (s->count[c] < least) s->count[c] = 0;
    return PTG_OK;
}

/* Equal targets lie in one bin, so that bins depend on the order of the targets only. */
static ptg_status target_strata(const split_request *r, split_strata *s, arena *a, ptg_error *err)
{
    order_item *items = arena_array(a, r->n_rows, sizeof *items), *scratch = arena_array(a, r->n_rows, sizeof *scratch);
    if (!items || !scratch) return fail_memory(err);
    int64_t n = 0;
    for (int64_t i = 0; i < r->n_rows; i++) {
        s->stratum[i] = -1;
        if (!isnan(r->target[i])) items[n++] = (order_item){.key = order_key(r->target[i]), .row = i};
    }
    order_sort(items, scratch, n);
    int64_t bins = n / (2 * (r->n_folds > 1 ? r->n_folds : 5));
    if (bins > s->n_strata) bins = s->n_strata;
    if (bins < 1) bins = 1;
    for (int64_t i = 0, first = 0; i < n; i++) {
        if (items[i].key != items[first].key) first = i;
        int32_t bin = (int32_t)(first * bins / n);
        s->stratum[items[i].row] = bin;
        s->count[bin]++;
    }
    return PTG_OK;
}

static ptg_status find_strata(const split_request *r, int32_t *fold, arena *a, split_strata *s, ptg_error *err)
{
    s->n_strata = r->problem == PROBLEM_REGRESSION ? TARGET_BINS : r->problem == PROBLEM_BINARY ? 2 : r->n_classes;
    s->stratum = arena_array(a, r->n_rows, sizeof *s->stratum);
    s->count = arena_array(a, s->n_strata, sizeof *s->count);
    if (!s->stratum || !s->count) return fail_memory(err);
    if (r->problem == PROBLEM_REGRESSION)
        TRY(target_strata(r, s, a, err));
    else
        TRY(class_strata(r, fold, s, err));
    for (int32_t c = 0; c < s->n_strata; c++)
        s->n_dealt += s->count[c];
    return PTG_OK;
}

/* Rows by stratum, shuffled inside each: those of stratum c follow those of c-1. */
static ptg_status shuffled_by_stratum(const split_request *r, const split_strata *s, arena *a, int64_t **out, ptg_error *err)
{
    int64_t *rows = arena_array(a, s->n_dealt, sizeof *rows), *next = arena_array(a, s->n_strata + 1, sizeof *next);
    if (!rows || !next) return fail_memory(err);
    for (int32_t c = 0; c < s->n_strata; c++)
        next[c + 1] = next[c] + s->count[c];
    for (int64_t i = 0; i < r->n_rows; i++)
        if (s->stratum[i] >= 0) rows[next[s->stratum[i]]++] = i;
    random_stream stream = random_of(r->seed, "folds");
    for (int32_t c = 0; c < s->n_strata; c++)
        random_shuffle(&stream, rows + next[c] - s->count[c], s->count[c]);
    *out = rows;
    return PTG_OK;
}

static ptg_status deal_folds(const split_request *r, const split_strata *s, int32_t *fold, arena *a, ptg_error *err)
{
    int64_t *rows;
    TRY(shuffled_by_stratum(r, s, a, &rows, err));
    for (int64_t i = 0; i < s->n_dealt; i++)
        fold[rows[i]] = (int32_t)(i % r->n_folds);
    return PTG_OK;
}

/* The stratum with the most rows to give: where a class would have none held out, it takes one from there. */
static int32_t largest_quota(const int64_t *quota, int32_t n)
{
    int32_t best = 0;
    for (int32_t c = 1; c < n; c++)
        if (quota[c] > quota[best]) best = c;
    return best;
}

/* Rows to hold out a stratum: largest remainders; every stratum of two rows or more gives at least one where there is room. */
static ptg_status find_quotas(const split_strata *s, int64_t held, int64_t *quota, arena *a, ptg_error *err)
{
    order_item *items = arena_array(a, s->n_strata, sizeof *items), *scratch = arena_array(a, s->n_strata, sizeof *scratch);
    if (!items || !scratch) return fail_memory(err);
    int64_t left = held;
    for (int32_t c = 0; c < s->n_strata; c++) {
        double share = (double)held * (double)s->count[c] / (double)s->n_dealt;
        quota[c] = (int64_t)floor(share);
        left -= quota[c];
        items[c] = (order_item){.key = order_key((double)quota[c] - share), .row = c};
    }
    order_sort(items, scratch, s->n_strata);
    while (left > 0) {
        int64_t before = left;
        for (int32_t i = 0; i < s->n_strata && left > 0; i++)
            if (quota[items[i].row] < s->count[items[i].row] - 1) quota[items[i].row]++, left--;
        if (left == before) break;
    }
    for (int32_t c = 0; c < s->n_strata; c++) {
        if (quota[c] > 0 || s->count[c] < 2) continue;
        int32_t giver = largest_quota(quota, s->n_strata);
        if (quota[giver] < 2) break;
        quota[giver]--;
        quota[c]++;
    }
    return PTG_OK;
}

static ptg_status hold_out(const split_request *r, const split_strata *s, int32_t *fold, arena *a, ptg_error *err)
{
    int64_t *rows, *quota = arena_array(a, s->n_strata, sizeof *quota);
    if (!quota) return fail_memory(err);
    TRY(shuffled_by_stratum(r, s, a, &rows, err));
    TRY(find_quotas(s, split_held_out(r, s->n_dealt), quota, a, err));
    int64_t at = 0;
    for (int32_t c = 0; c < s->n_strata; c++)
        for (int64_t i = 0; i < s->count[c]; i++, at++)
            fold[rows[at]] = i < quota[c] ? 0 : SPLIT_ALWAYS_TRAIN;
    return PTG_OK;
}

static ptg_status fill_folds(const split_request *r, int32_t *fold, arena *a, ptg_error *err)
{
    if (r->time) return split_by_time(r, fold, a, err);
    split_strata strata = {0};
    TRY(find_strata(r, fold, a, &strata, err));
    int64_t needed = r->n_folds > 1 ? r->n_folds : 2;
    if (strata.n_dealt < needed)
        return fail(err, PTG_ERROR_DATA,
                    "Only %lld rows can be held out, but %lld are needed for %d folds; lower --folds or give more rows.",
                    (long long)strata.n_dealt, (long long)needed, (int)r->n_folds);
    if (r->group) return split_by_group(r, &strata, fold, a, err);
    if (r->n_folds > 1) return deal_folds(r, &strata, fold, a, err);
    return hold_out(r, &strata, fold, a, err);
}

ptg_status split_make(const split_request *request, split *out, ptg_error *err)
{
    *out = (split){0};
    TRY(check_request(request, err));
    ptg_status status = PTG_OK;
    arena *scratch = arena_new();
    int32_t *fold = mem_array(request->n_rows, sizeof *fold);
    if (!scratch || !fold) GO(fail_memory(err));
    for (int64_t i = 0; i < request->n_rows; i++)
        fold[i] = SPLIT_NEVER_USED;
    GO(fill_folds(request, fold, scratch, err));
    *out = (split){.n_folds = request->n_folds, .n_rows = request->n_rows, .fold = fold};
    fold = NULL;
done:
    mem_free(fold);
    arena_free(scratch);
    return status;
}

ptg_status split_rows(const split *s, int32_t fold, arena *a, row_list *train, row_list *held_out, ptg_error *err)
{
    if (fold < 0 || fold >= s->n_folds)
        return fail(err, PTG_ERROR_USAGE, "Fold %d is not in a split of %d folds; give fold numbers from 0.", (int)fold,
                    (int)s->n_folds);
    int64_t n_train = 0, n_held = 0;
    for (int64_t i = 0; i < s->n_rows; i++) {
        n_held += s->fold[i] == fold;
        n_train += s->fold[i] != fold && s->fold[i] != SPLIT_NEVER_USED;
    }
    int64_t *trained = arena_array(a, n_train, sizeof *trained), *held = arena_array(a, n_held, sizeof *held);
    if (!trained || !held) return fail_memory(err);
    n_train = n_held = 0;
    for (int64_t i = 0; i < s->n_rows; i++) {
        if (s->fold[i] == fold)
            held[n_held++] = i;
        else if (s->fold[i] != SPLIT_NEVER_USED)
            trained[n_train++] = i;
    }
    *train = (row_list){.rows = trained, .n = n_train};
    *held_out = (row_list){.rows = held, .n = n_held};
    return PTG_OK;
}
