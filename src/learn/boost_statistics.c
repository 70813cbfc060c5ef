/* See boost_statistics.h. A statistic is (sum of targets + prior) / (count + 1) with priors 0, 1/2 and 1 (1/2 alone where
 * there are several targets); the last one of a projection is the count against the largest count. They are rounded to f32
 * where they are made, so that training and the tables of the model compare the same numbers with borders. */
#include "learn/boost_statistics.h"

#include <string.h>

#include "learn/boost_totals.h"
#include "learn/key_map.h"

static const double three_priors[] = {0, 0.5, 1}, one_prior[] = {0.5};
enum { TARGETS_MOST = 10, PROJECTIONS_MOST = 256 };
#define LIST_BYTES (INT64_C(1) << 30)

/* Targets that means are taken of: a class itself; of several classes whether the class is beyond the first, second, ...; of
 * values their rank between 0 and 1. */
static void targets_of_classes(boost_statistics *s, const learn_rows *rows)
{
    int64_t n = rows->x->n_rows;
    for (int32_t t = 0; t < s->n_targets; t++)
        for (int64_t i = 0; i < n; i++)
            s->targets[t * n + i] = rows->target[i] > t;
}

static ptg_status targets_of_values(boost_statistics *s, const learn_rows *rows, ptg_error *err)
{
    int64_t n = rows->x->n_rows;
    double *ranks = mem_array(n, sizeof *ranks);
    ptg_status status = ranks ? boost_category_ranks(rows->target, n, ranks, err) : fail_memory(err);
    for (int64_t i = 0; i < n && status == PTG_OK; i++)
        s->targets[i] = (float)ranks[i];
    mem_free(ranks);
    return status;
}

static ptg_status make_orders(boost_statistics *s, int64_t n, ptg_error *err)
{
    const statistics_settings *how = &s->settings;
    orders_request request = {.n_rows = n,
                              .n_orders = how->n_orders,
                              .seed = how->seed,
                              .own_order = how->own_order,
                              .group = how->group,
                              .time = how->time};
    return boost_orders_make(&request, s->memory, &s->orders, err);
}

/* How many projections there may be: all categories alone, and combinations as far as their lists of ids fit. This depends on
 * the rows alone, since it changes the model. */
static int64_t most_projections(const boost_statistics *s, int64_t n, int64_t n_held)
{
    int64_t bytes = n * (int64_t)(sizeof(uint32_t) + sizeof(uint64_t)) + n_held * ((int64_t)sizeof(int32_t) + s->n_columns);
    int64_t most = LIST_BYTES / (bytes > 0 ? bytes : 1);
    most = most > PROJECTIONS_MOST ? PROJECTIONS_MOST : most;
    return most < s->n_categories ? s->n_categories : most;
}

ptg_status boost_statistics_start(boost_statistics *s, const statistics_settings *settings, const learn_task *task,
                                  const learn_rows *rows, const boost_category *categories, int32_t n_categories,
                                  ptg_error *err)
{
    int64_t n = rows->x->n_rows;
    *s = (boost_statistics){.settings = *settings,
                            .train = rows->x,
                            .held = task->held_out.x,
                            .categories = categories,
                            .n_categories = n_categories,
                            .n_targets = 1,
                            .orders = {.n = 1}}; /* one of nothing, without categories */
    if (task->problem == PROBLEM_MULTICLASS)
        s->n_targets = task->n_classes - 1 < TARGETS_MOST ? task->n_classes - 1 : TARGETS_MOST;
    bool alone = s->n_targets == 1;
    s->priors = alone ? three_priors : one_prior;
    s->n_priors = alone ? 3 : 1;
    s->n_columns = s->n_targets * s->n_priors + 1;
    s->blocks_per_order = (s->n_columns + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
    if (n_categories == 0) return PTG_OK;
    if (!(s->memory = arena_new())) return fail_memory(err);
    s->targets = arena_array(s->memory, s->n_targets * n, sizeof *s->targets);
    TRY(make_orders(s, n, err));
    s->most_projections = most_projections(s, n, s->held ? s->held->n_rows : 0);
    s->projections = arena_array(s->memory, s->most_projections, sizeof *s->projections);
    if (!s->targets || !s->projections) return fail_memory(err);
    if (task->problem == PROBLEM_REGRESSION) return targets_of_values(s, rows, err);
    targets_of_classes(s, rows);
    return PTG_OK;
}

void boost_statistics_clear(boost_statistics *s)
{
    for (int64_t p = 0; p < s->n_projections; p++)
        for (int32_t order = 0; order < s->orders.n; order++)
            statistics_bins_drop(s, s->projections[p], order);
    arena_free(s->memory);
    *s = (boost_statistics){0};
}

/* The combination of categories as an ascending list; false where it is too long or the category is in it already. */
static bool combine(const boost_statistics *s, const boost_projection *base, int32_t category, boost_projection *out)
{
    int32_t n = 0, had = base ? base->n_categories : 0;
    if (had + 1 > s->settings.most_combined || had + 1 > COMBINED_MOST) return false;
    for (int32_t i = 0; i < had; i++) {
        if (base->categories[i] == category) return false;
        if (n == i && base->categories[i] > category) out->categories[n++] = category;
        out->categories[n++] = base->categories[i];
    }
    if (n == had) out->categories[n++] = category;
    out->n_categories = n;
    out->category = category;
    return true;
}

static boost_projection *find_projection(const boost_statistics *s, const boost_projection *like, int64_t *base_number,
                                         const boost_projection *base)
{
    boost_projection *found = NULL;
    for (int64_t p = 0; p < s->n_projections; p++) {
        boost_projection *at = s->projections[p];
        if (at == base) *base_number = p;
        if (at->n_categories == like->n_categories &&
            memcmp(at->categories, like->categories, (size_t)like->n_categories * sizeof *like->categories) == 0)
            found = at;
    }
    return found;
}

static void number_rows(boost_statistics *s, boost_projection *p, const boost_projection *base, key_map *map)
{
    const boost_category *c = &s->categories[p->category];
    for (int64_t i = 0; i < s->train->n_rows; i++)
        p->ids[i] = key_map_number(map, level_key(base ? base->ids[i] : 0, c->codes[i]));
    for (int64_t i = 0; s->held && i < s->held->n_rows; i++) {
        int32_t parent = base ? base->held_ids[i] : 0;
        uint64_t at = parent < 0 ? 0 : key_map_slot(map, level_key((uint32_t)parent, c->held_codes[i]));
        p->held_ids[i] = parent < 0 ? -1 : (int32_t)map->slots[at] - 1;
    }
    p->n_ids = map->n;
}

static ptg_status make_ids(boost_statistics *s, boost_projection *p, const boost_projection *base, ptg_error *err)
{
    int64_t n = s->train->n_rows;
    key_map map;
    ptg_status status = key_map_make(n, &map, err);
    p->ids = arena_array(s->memory, n, sizeof *p->ids);
    p->held_ids = s->held ? arena_array(s->memory, s->held->n_rows, sizeof *p->held_ids) : NULL;
    if (status == PTG_OK && (!p->ids || (s->held && !p->held_ids))) status = fail_memory(err);
    if (status == PTG_OK) {
        number_rows(s, p, base, &map);
        p->keys = arena_array(s->memory, p->n_ids, sizeof *p->keys);
        if (p->keys)
            memcpy(p->keys, map.keys, (size_t)p->n_ids * sizeof *p->keys);
        else
            status = fail_memory(err);
    }
    key_map_clear(&map);
    return status;
}

static ptg_status make_projection(boost_statistics *s, const boost_projection *like, const boost_projection *base,
                                  boost_projection **out, ptg_error *err)
{
    boost_projection *p = arena_array(s->memory, 1, sizeof *p);
    if (!p) return fail_memory(err);
    *p = *like;
    p->first_statistic = s->n_projections * s->n_columns;
    p->blocks = arena_array(s->memory, s->orders.n * s->blocks_per_order, sizeof *p->blocks);
    p->used = arena_array(s->memory, s->orders.n, sizeof *p->used);
    if (!p->blocks || !p->used) return fail_memory(err);
    TRY(make_ids(s, p, base, err));
    p->redundant = base && p->n_ids == base->n_ids;
    s->projections[s->n_projections++] = *out = p;
    return PTG_OK;
}

ptg_status boost_statistics_get(boost_statistics *s, const boost_projection *base, int32_t category, boost_projection **out,
                                ptg_error *err)
{
    boost_projection like = {.parent = -1};
    int64_t base_number = -1;
    *out = NULL;
    if (!combine(s, base, category, &like)) return PTG_OK;
    *out = find_projection(s, &like, &base_number, base);
    if (!*out && s->n_projections < s->most_projections) {
        like.parent = (int32_t)base_number;
        TRY(make_projection(s, &like, base, out, err));
    }
    if (*out && (*out)->redundant) *out = NULL;
    return PTG_OK;
}

ptg_status statistics_totals_alloc(const boost_statistics *s, int64_t n, id_totals *t, ptg_error *err)
{
    *t = (id_totals){.sums = mem_array(s->n_targets * n, sizeof *t->sums), .counts = mem_array(n, sizeof *t->counts)};
    return t->sums && t->counts ? PTG_OK : fail_memory(err);
}

ptg_status statistics_totals_make(const boost_statistics *s, const boost_projection *p, bool full, id_totals *t, ptg_error *err)
{
    int64_t n = s->train->n_rows;
    TRY(statistics_totals_alloc(s, p->n_ids, t, err));
    for (int64_t i = 0; i < n; i++) {
        uint32_t count = ++t->counts[p->ids[i]];
        t->largest = count > t->largest ? count : t->largest;
        for (int32_t k = 0; full && k < s->n_targets; k++)
            t->sums[(int64_t)p->ids[i] * s->n_targets + k] += s->targets[k * n + i];
    }
    return PTG_OK;
}

void statistics_totals_clear(id_totals *t)
{
    mem_free(t->sums);
    mem_free(t->counts);
}

float statistics_total_value(const boost_statistics *s, const id_totals *t, int32_t c, int64_t id)
{
    double count = id < 0 ? 0 : t->counts[id];
    if (c == s->n_columns - 1) return (float)(count / ((double)t->largest + 1));
    double sum = id < 0 ? 0 : t->sums[id * s->n_targets + c / s->n_priors];
    return statistics_mean(sum, count, s->priors[c % s->n_priors]);
}

boost_projection *boost_statistics_of(const boost_statistics *s, int64_t statistic)
{
    return s->projections[statistic / s->n_columns];
}
