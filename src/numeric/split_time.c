/* The split by time: the last rows are held out, the earlier ones train. Rows of one time stay together: the border is the
 * change of time nearest to the wanted share. Earlier rows of a group that is held out are not used, so that --group holds too.
 */
#include <math.h>
#include <stdlib.h>

#include "numeric/order.h"
#include "numeric/split_detail.h"

/* The first position held out in rows sorted by time, or 0 when there is no change of time where the bound allows one. */
static int64_t find_border(const order_item *items, int64_t n, int64_t held, int64_t bound)
{
    int64_t best = 0;
    for (int64_t i = 1; i < n; i++) {
        if (items[i].key == items[i - 1].key || (bound && n - i > bound)) continue;
        if (!best || llabs(n - i - held) < llabs(n - best - held)) best = i;
    }
    return best;
}

/* Takes the groups of rows held out away from training; returns how many rows still train. */
static ptg_status part_groups(const split_request *r, int32_t *fold, arena *a, int64_t *n_train, ptg_error *err)
{
    split_units units;
    *n_train = 0;
    TRY(split_find_units(r->n_rows, r->group, NULL, a, &units, err));
    for (int64_t u = 0; u < units.n_units; u++) {
        bool held = false;
        for (int64_t i = units.start[u]; i < units.start[u + 1]; i++)
            held = held || fold[units.rows[i]] == 0;
        for (int64_t i = units.start[u]; i < units.start[u + 1]; i++) {
            int32_t *f = &fold[units.rows[i]];
            if (held && *f == SPLIT_ALWAYS_TRAIN) *f = SPLIT_NEVER_USED;
            *n_train += *f == SPLIT_ALWAYS_TRAIN;
        }
    }
    return PTG_OK;
}

ptg_status split_by_time(const split_request *request, int32_t *fold, arena *a, ptg_error *err)
{
    order_item *items = arena_array(a, request->n_rows, sizeof *items),
               *scratch = arena_array(a, request->n_rows, sizeof *scratch);
    if (!items || !scratch) return fail_memory(err);
    int64_t n = 0, n_train = 0;
    for (int64_t i = 0; i < request->n_rows; i++)
        if (!isnan(request->target[i]) && !isnan(request->time[i]))
            items[n++] = (order_item){.key = order_key(request->time[i]), .row = i};
    order_sort(items, scratch, n);
    int64_t border = n < 2 ? 0 : find_border(items, n, split_held_out(request, n), request->max_held_out);
    if (!border)
        return fail(err, PTG_ERROR_DATA,
                    "The column of --time has no two times between which its %lld usable rows can be parted; "
                    "give another column or leave out --time.",
                    (long long)n);
    for (int64_t i = 0; i < n; i++)
        fold[items[i].row] = i < border ? SPLIT_ALWAYS_TRAIN : 0;
    if (!request->group) return PTG_OK;
    TRY(part_groups(request, fold, a, &n_train, err));
    if (n_train == 0)
        return fail(err, PTG_ERROR_DATA,
                    "Every group of --group stands among the last rows by time, so that nothing is left to train on; "
                    "leave out --group or --time.");
    return PTG_OK;
}
