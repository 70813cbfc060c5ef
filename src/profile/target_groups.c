/* Groups are found without the target (deciles of all cells, the most frequent levels); then one pass adds up the target of the
 * labelled rows. Sums of a regression are taken about the target's mean, in the order of the rows. */
#include "profile/target_groups.h"

#include <math.h>

#include "base/memory.h"

#define BINS 10

const char *const target_grouping_names[4] = {"value", "bin", "level", "length"};

/* What is added up, and where. */
typedef struct grouping {
    const profile_facts *facts;
    target_groups *out;
    int32_t shown[GROUP_CLASSES_MOST], n_shown;
    double centre;                          /* of a regression target */
    double sums[TARGET_GROUPS_MOST + 2][2]; /* of y - centre, and of its square */
    int32_t others, missing;                /* places of these groups */
} grouping;

/* Takes k into the list of the `most` largest counts, ties in order of k; returns its new length. */
static int32_t rank_in(const int64_t *counts, int32_t k, int32_t *list, int32_t n, int32_t most)
{
    int32_t at = n;
    while (at > 0 && counts[k] > counts[list[at - 1]])
        --at;
    if (at == most) return n;
    const int32_t longer = n < most ? n + 1 : n;
    for (int32_t i = longer - 1; i > at; --i)
        list[i] = list[i - 1];
    list[at] = k;
    return longer;
}

int32_t target_groups_classes(const profile_facts *facts, int32_t shown[GROUP_CLASSES_MOST])
{
    int32_t n = 0;
    for (int32_t k = 0; k < facts->n_classes; ++k)
        n = rank_in(facts->class_counts, k, shown, n, GROUP_CLASSES_MOST);
    return n;
}

static int32_t class_slot(const grouping *g, int32_t class)
{
    for (int32_t k = 0; k < g->n_shown; ++k) {
        if (g->shown[k] == class) return k;
    }
    return GROUP_CLASSES_MOST;
}

static void add_target(grouping *g, int32_t at, double y)
{
    target_group *group = &g->out->groups[at];
    ++group->rows;
    if (g->facts->problem == PROBLEM_MULTICLASS) {
        ++group->classes[class_slot(g, (int32_t)y)];
    } else {
        g->sums[at][0] += y - g->centre;
        g->sums[at][1] += (y - g->centre) * (y - g->centre);
    }
}

static double target_centre(const profile_facts *facts)
{
    double sum = 0;
    if (facts->problem != PROBLEM_REGRESSION) return 0;
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        if (!isnan(facts->target_values[i])) sum += facts->target_values[i] / (double)facts->n_labelled;
    }
    return sum;
}

/* Means and standard errors (binary: of a share; regression: sd with n - 1 over the root of n). */
static void finish_group(const grouping *g, int32_t at)
{
    target_group *group = &g->out->groups[at];
    const double n = (double)group->rows, mean = g->sums[at][0] / n;
    group->mean = group->se = NAN;
    if (group->rows == 0 || g->facts->problem == PROBLEM_MULTICLASS) return;
    group->mean = mean + g->centre;
    if (g->facts->problem == PROBLEM_BINARY) {
        group->se = sqrt(fmax(0, mean * (1 - mean)) / n);
    } else if (group->rows > 1) {
        group->se = sqrt(fmax(0, g->sums[at][1] / n - mean * mean) / (n - 1));
    }
}

/* Groups without a row are taken out; those of the others and of missing cells stand last. */
static void finish(grouping *g)
{
    target_groups *out = g->out;
    int32_t kept = 0;
    for (int32_t k = 0; k < out->n; ++k)
        finish_group(g, k);
    for (int32_t k = 0; k < out->n; ++k) {
        if (out->groups[k].rows > 0) out->groups[kept++] = out->groups[k];
    }
    out->n = kept;
}

static void add_special(grouping *g, bool others)
{
    if (others) {
        g->others = g->out->n++;
        g->out->groups[g->others].kind = GROUP_OTHERS;
    }
    g->missing = g->out->n++;
    g->out->groups[g->missing].kind = GROUP_MISSING;
}

/* First places of the groups in `sorted`: each value where there are few, else about equal numbers of rows. */
static int32_t find_starts(const double *sorted, int64_t n, int64_t starts[TARGET_GROUPS_MOST + 1], bool *single)
{
    int32_t found = 0;
    *single = true;
    for (int64_t i = 0; i < n && *single; ++i) {
        if (i > 0 && sorted[i] == sorted[i - 1]) continue;
        *single = found < TARGET_GROUPS_MOST;
        if (*single) starts[found++] = i;
    }
    if (*single) return found;
    starts[0] = 0;
    found = 1;
    for (int64_t k = 1; k < BINS; ++k) {
        const double border = sorted[n * k / BINS];
        int64_t at = sorted_below(sorted, n, border);
        if (at <= starts[found - 1]) at = sorted_below(sorted, n, nextafter(border, INFINITY)); /* a value of many rows */
        if (at > starts[found - 1] && at < n) starts[found++] = at;
    }
    return found;
}

/* The first group whose upper end is no less than v, else the last one; `highs` are the upper ends of all but the last. */
static int32_t bin_of(const double *highs, int32_t n, double v)
{
    return (int32_t)sorted_below(highs, n - 1, v);
}

/* By numbers, a value a row, NaN = missing; `sorted` are those that are not. */
static void group_numbers(grouping *g, const double *values, const double *sorted, int64_t n_sorted, target_grouping bins)
{
    int64_t starts[TARGET_GROUPS_MOST + 1];
    double highs[TARGET_GROUPS_MOST + 1];
    bool single;
    const int32_t n = find_starts(sorted, n_sorted, starts, &single);
    g->out->by = single && bins == GROUPS_BINS ? GROUPS_VALUES : bins;
    g->out->n = n;
    for (int32_t k = 0; k < n; ++k) {
        g->out->groups[k].low = sorted[starts[k]];
        g->out->groups[k].high = highs[k] = sorted[(k + 1 < n ? starts[k + 1] : n_sorted) - 1];
    }
    add_special(g, false);
    for (int64_t i = 0; i < g->facts->n_rows; ++i) {
        const double y = g->facts->target_values[i];
        if (!isnan(y)) add_target(g, isnan(values[i]) ? g->missing : bin_of(highs, n, values[i]), y);
    }
}

static ptg_status group_lengths(grouping *g, const column *c, ptg_error *err)
{
    const int64_t n_rows = g->facts->n_rows;
    double *lengths = mem_array(n_rows, sizeof *lengths), *sorted = mem_array(n_rows, sizeof *sorted);
    int64_t n = 0;
    ptg_status status = lengths && sorted ? PTG_OK : fail_memory(err);
    for (int64_t i = 0; status == PTG_OK && i < n_rows; ++i) {
        lengths[i] = c->cells[i].data ? (double)text_length(c->cells[i]) : NAN;
        if (c->cells[i].data) sorted[n++] = lengths[i];
    }
    if (status == PTG_OK) status = sort_numbers(sorted, n, err);
    if (status == PTG_OK && n > 0) group_numbers(g, lengths, sorted, n, GROUPS_LENGTHS);
    mem_free(lengths);
    mem_free(sorted);
    return status;
}

/* The most frequent levels, ties by level; place[level] becomes its group. Returns how many. */
static int32_t choose_levels(const int64_t *counts, int32_t n_levels, int32_t *place)
{
    int32_t chosen[TARGET_GROUPS_MOST], n = 0;
    for (int32_t k = 0; k < n_levels; ++k) {
        place[k] = -1;
        if (counts[k] > 0) n = rank_in(counts, k, chosen, n, TARGET_GROUPS_MOST);
    }
    for (int32_t k = 0; k < n; ++k)
        place[chosen[k]] = k;
    return n;
}

/* Levels that have an order of their own (months, weekdays) stand in it. */
static void order_levels(const column *c, int32_t *place, int32_t n)
{
    if (c->order.size == 0) return;
    for (int32_t k = 0; k < c->n_levels; ++k) {
        if (place[k] < 0) continue;
        int32_t before = 0;
        const int32_t rank = column_level_rank(c, k);
        for (int32_t other = 0; other < c->n_levels; ++other) {
            const int32_t its = column_level_rank(c, other);
            before += place[other] >= 0 && (its < rank || (its == rank && other < k));
        }
        place[k] = n + before;
    }
    for (int32_t k = 0; k < c->n_levels; ++k) {
        if (place[k] >= n) place[k] -= n;
    }
}

static void name_levels(grouping *g, const column *c, const int64_t *counts, const int32_t *place, int32_t n)
{
    g->out->by = GROUPS_LEVELS;
    g->out->n = n;
    for (int32_t k = 0; k < c->n_levels; ++k) {
        if (place[k] >= 0) g->out->groups[place[k]].level = c->levels[k];
        g->out->other_levels += place[k] < 0 && counts[k] > 0;
    }
    add_special(g, g->out->other_levels > 0);
}

static ptg_status group_levels(grouping *g, const column *c, ptg_error *err)
{
    int64_t *counts = mem_array(c->n_levels, sizeof *counts);
    int32_t *place = mem_array(c->n_levels, sizeof *place);
    const double *target = g->facts->target_values;
    const bool enough = counts && place;
    for (int64_t i = 0; enough && i < g->facts->n_rows; ++i) {
        if (c->codes[i] >= 0 && !isnan(target[i])) ++counts[c->codes[i]];
    }
    if (enough) {
        const int32_t n = choose_levels(counts, c->n_levels, place);
        order_levels(c, place, n);
        name_levels(g, c, counts, place, n);
    }
    for (int64_t i = 0; enough && i < g->facts->n_rows; ++i) {
        if (isnan(target[i])) continue;
        const int32_t at = c->codes[i] < 0 ? g->missing : place[c->codes[i]];
        add_target(g, at < 0 ? g->others : at, target[i]);
    }
    mem_free(counts);
    mem_free(place);
    return enough ? PTG_OK : fail_memory(err);
}

ptg_status target_groups_make(const frame *f, int32_t column_at, const profile_facts *facts, const double *sorted,
                              int64_t n_sorted, target_groups **out, ptg_error *err)
{
    const column *c = frame_column(f, column_at);
    grouping g = {.facts = facts, .centre = target_centre(facts)};
    *out = NULL;
    if (c->type == COLUMN_SEQUENCE || facts->columns[column_at].statistics.distinct == 0) return PTG_OK;
    g.n_shown = target_groups_classes(facts, g.shown);
    g.out = mem_array(1, sizeof *g.out);
    if (g.out == NULL) return fail_memory(err);
    ptg_status status = PTG_OK;
    if (c->type == COLUMN_CATEGORICAL) {
        status = group_levels(&g, c, err);
    } else if (c->type == COLUMN_TEXT) {
        status = group_lengths(&g, c, err);
    } else {
        group_numbers(&g, c->numbers, sorted, n_sorted, GROUPS_BINS);
    }
    if (status == PTG_OK) {
        finish(&g);
        *out = g.out;
    } else {
        mem_free(g.out);
    }
    return status;
}
