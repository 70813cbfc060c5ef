/* Splits that keep groups whole. Groups are taken in order of size, the largest first and equal ones shuffled, and each goes to
 * the fold where it raises the sum over folds and strata of (rows / rows of the stratum)^2 / share of the fold the least; the
 * size of the fold counts as one more stratum. One split is the same with two folds of shares f and 1 - f.
 * Reference: the greedy rule of scikit-learn's StratifiedGroupKFold, with shares. */
#include "base/random.h"
#include "numeric/order.h"
#include "numeric/split_detail.h"

/* Unit boundaries in items that are sorted by group, put into the order of first rows. */
static ptg_status gather_units(const order_item *items, int64_t n, arena *a, split_units *out, ptg_error *err)
{
    order_item *first = arena_array(a, n, sizeof *first), *scratch = arena_array(a, n, sizeof *scratch);
    int64_t *end = arena_array(a, n, sizeof *end);
    out->start = arena_array(a, n + 1, sizeof *out->start);
    out->rows = arena_array(a, n, sizeof *out->rows);
    if (!first || !scratch || !end || !out->start || !out->rows) return fail_memory(err);
    int64_t n_units = 0, at = 0;
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || items[i].key != items[i - 1].key)
            first[n_units++] = (order_item){.key = (uint64_t)items[i].row, .row = i};
        end[first[n_units - 1].row] = i + 1;
    }
    order_sort(first, scratch, n_units);
    for (int64_t u = 0; u < n_units; u++) {
        for (int64_t i = first[u].row; i < end[first[u].row]; i++)
            out->rows[at++] = items[i].row;
        out->start[u + 1] = at;
    }
    out->n_units = n_units;
    return PTG_OK;
}

ptg_status split_find_units(int64_t n, const int32_t *group, const int32_t *stratum, arena *a, split_units *out, ptg_error *err)
{
    order_item *items = arena_array(a, n, sizeof *items), *scratch = arena_array(a, n, sizeof *scratch);
    if (!items || !scratch) return fail_memory(err);
    int64_t n_items = 0;
    for (int64_t i = 0; i < n; i++) {
        if (stratum && stratum[i] < 0) continue;
        bool grouped = group && group[i] >= 0;
        uint64_t key = grouped ? (uint64_t)group[i] : (UINT64_C(1) << 32) + (uint64_t)i;
        items[n_items++] = (order_item){.key = key, .row = i};
    }
    order_sort(items, scratch, n_items);
    return gather_units(items, n_items, a, out, err);
}

ptg_status split_order_units(const split_units *units, uint64_t seed, const char *purpose, arena *a, int64_t **order,
                             ptg_error *err)
{
    int64_t n = units->n_units, *shuffled = arena_array(a, n, sizeof *shuffled);
    order_item *items = arena_array(a, n, sizeof *items), *scratch = arena_array(a, n, sizeof *scratch);
    if (!shuffled || !items || !scratch) return fail_memory(err);
    for (int64_t u = 0; u < n; u++)
        shuffled[u] = u;
    random_stream stream = random_of(seed, purpose);
    random_shuffle(&stream, shuffled, n);
    for (int64_t i = 0; i < n; i++) {
        int64_t u = shuffled[i], size = units->start[u + 1] - units->start[u];
        items[i] = (order_item){.key = UINT64_MAX - (uint64_t)size, .row = u};
    }
    order_sort(items, scratch, n);
    for (int64_t i = 0; i < n; i++)
        shuffled[i] = items[i].row;
    *order = shuffled;
    return PTG_OK;
}

typedef struct filling {
    const split_strata *strata;
    int32_t n_folds;
    const double *share; /* of the rows, a fold */
    int64_t bound;       /* rows of fold 0, 0 = no bound */
    double *rows;        /* n_folds x n_strata: rows so far */
    int64_t *size;       /* rows so far, a fold */
    int64_t *here;       /* rows of the unit at hand, a stratum; all 0 between units */
    int32_t *touched;    /* strata of the unit at hand */
    int32_t n_touched;
} filling;

static ptg_status filling_make(filling *w, arena *a, ptg_error *err)
{
    w->rows = arena_array(a, (int64_t)w->n_folds * w->strata->n_strata, sizeof *w->rows);
    w->size = arena_array(a, w->n_folds, sizeof *w->size);
    w->here = arena_array(a, w->strata->n_strata, sizeof *w->here);
    w->touched = arena_array(a, w->strata->n_strata, sizeof *w->touched);
    return w->rows && w->size && w->here && w->touched ? PTG_OK : fail_memory(err);
}

static void count_unit(filling *w, const split_units *units, int64_t u)
{
    w->n_touched = 0;
    for (int64_t i = units->start[u]; i < units->start[u + 1]; i++) {
        int32_t c = w->strata->stratum[units->rows[i]];
        if (w->here[c]++ == 0) w->touched[w->n_touched++] = c;
    }
}

static double added(double before, double more, double total)
{
    return (2 * before + more) * more / (total * total);
}

static double cost_of(const filling *w, int32_t f, int64_t size)
{
    double cost = added((double)w->size[f], (double)size, (double)w->strata->n_dealt);
    for (int32_t t = 0; t < w->n_touched; t++) {
        int32_t c = w->touched[t];
        cost += added(w->rows[(int64_t)f * w->strata->n_strata + c], (double)w->here[c], (double)w->strata->count[c]);
    }
    return cost / w->share[f];
}

static int32_t cheapest_fold(const filling *w, int64_t size)
{
    int32_t best = -1;
    double best_cost = 0;
    for (int32_t f = 0; f < w->n_folds; f++) {
        if (f == 0 && w->bound && w->size[f] + size > w->bound) continue;
        double cost = cost_of(w, f, size);
        if (best >= 0 && !(cost < best_cost)) continue;
        best = f;
        best_cost = cost;
    }
    return best;
}

static void put_unit(filling *w, int32_t f, int64_t size)
{
    w->size[f] += size;
    for (int32_t t = 0; t < w->n_touched; t++) {
        int32_t c = w->touched[t];
        w->rows[(int64_t)f * w->strata->n_strata + c] += (double)w->here[c];
        w->here[c] = 0;
    }
}

static void mark_unit(const split_units *units, int64_t u, int32_t value, int32_t *fold)
{
    for (int64_t i = units->start[u]; i < units->start[u + 1]; i++)
        fold[units->rows[i]] = value;
}

/* Where the shares left one side of a single split empty, the smallest group that fits changes sides. */
static ptg_status fill_both_sides(filling *w, const split_units *units, const int64_t *order, int32_t *fold, ptg_error *err)
{
    if (w->size[0] > 0 && w->size[1] > 0) return PTG_OK;
    int64_t smallest = order[units->n_units - 1], size = units->start[smallest + 1] - units->start[smallest];
    if (w->size[0] == 0 && w->bound && size > w->bound)
        return fail(err, PTG_ERROR_DATA,
                    "The smallest group has %lld rows, more than the %lld that may be held out; raise "
                    "--validation-fraction or leave out --group.",
                    (long long)size, (long long)w->bound);
    mark_unit(units, smallest, w->size[0] == 0 ? 0 : SPLIT_ALWAYS_TRAIN, fold);
    return PTG_OK;
}

ptg_status split_by_group(const split_request *request, const split_strata *strata, int32_t *fold, arena *a, ptg_error *err)
{
    split_units units;
    int64_t *order;
    bool single = request->n_folds == 1;
    int32_t n_folds = single ? 2 : request->n_folds;
    TRY(split_find_units(request->n_rows, request->group, strata->stratum, a, &units, err));
    if (units.n_units < n_folds)
        return fail(err, PTG_ERROR_DATA,
                    "The column of --group has %lld groups with a target, fewer than the %d parts of the split; lower "
                    "--folds or leave out --group.",
                    (long long)units.n_units, (int)n_folds);
    TRY(split_order_units(&units, request->seed, "folds", a, &order, err));
    double *share = arena_array(a, n_folds, sizeof *share);
    if (!share) return fail_memory(err);
    double held = (double)split_held_out(request, strata->n_dealt) / (double)strata->n_dealt;
    for (int32_t f = 0; f < n_folds; f++)
        share[f] = !single ? 1.0 / n_folds : f == 0 ? held : 1 - held;
    filling w = {.strata = strata, .n_folds = n_folds, .share = share, .bound = single ? request->max_held_out : 0};
    TRY(filling_make(&w, a, err));
    for (int64_t i = 0; i < units.n_units; i++) {
        int64_t size = units.start[order[i] + 1] - units.start[order[i]];
        count_unit(&w, &units, order[i]);
        int32_t f = cheapest_fold(&w, size);
        put_unit(&w, f, size);
        mark_unit(&units, order[i], single && f == 1 ? SPLIT_ALWAYS_TRAIN : f, fold);
    }
    return single ? fill_both_sides(&w, &units, order, fold, err) : PTG_OK;
}

static int32_t lightest(const int64_t *size, int32_t n)
{
    int32_t best = 0;
    for (int32_t p = 1; p < n; p++)
        if (size[p] < size[best]) best = p;
    return best;
}

ptg_status split_parts(int64_t n, const int32_t *group, int32_t n_parts, uint64_t seed, const char *purpose, int32_t *part,
                       int32_t *n_made, ptg_error *err)
{
    ptg_status status = PTG_OK;
    split_units units;
    int64_t *order, *size;
    arena *a = arena_new();
    if (!a) return fail_memory(err);
    GO(split_find_units(n, group, NULL, a, &units, err));
    GO(split_order_units(&units, seed, purpose, a, &order, err));
    if (n_parts > units.n_units) n_parts = (int32_t)units.n_units;
    size = arena_array(a, n_parts, sizeof *size);
    if (!size) GO(fail_memory(err));
    for (int64_t i = 0; i < units.n_units; i++) {
        int32_t p = lightest(size, n_parts);
        size[p] += units.start[order[i] + 1] - units.start[order[i]];
        mark_unit(&units, order[i], p, part);
    }
    *n_made = n_parts;
done:
    arena_free(a);
    return status;
}
