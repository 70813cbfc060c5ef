/* The profile in the order of its parts: the target first, since every other column is measured against it; then all columns,
 * spread over the threads; roles; what concerns whole rows; the document. */
#include "profile/profile.h"

#include <math.h>
#include <string.h>

#include "profile/associations.h"
#include "profile/column_roles.h"
#include "profile/correlation.h"
#include "profile/missing_patterns.h"
#include "profile/model_checks.h"
#include "profile/prediction_power.h"
#include "profile/problem.h"
#include "profile/profile_document.h"
#include "profile/repeated_features.h"
#include "profile/target_groups.h"

profile_request profile_request_for(int32_t target)
{
    return (profile_request){
        .target = target, .problem = PROBLEM_AUTO, .weight = -1, .group = -1, .time = -1, .sample_rows = PROFILE_SAMPLE_ROWS};
}

void profile_facts_clear(profile_facts *facts)
{
    for (int32_t k = 0; facts->columns != NULL && k < facts->n_columns; ++k)
        mem_free(facts->columns[k].groups);
    arena_free(facts->memory);
    *facts = (profile_facts){0};
}

typedef struct column_work {
    const frame *f;
    profile_facts *facts;
    const power_target *target; /* NULL: nothing is to be predicted */
} column_work;

static ptg_status facts_make(const frame *f, const profile_request *request, profile_facts *facts, ptg_error *err)
{
    *facts = (profile_facts){.n_rows = frame_rows(f),
                             .n_columns = frame_columns(f),
                             .target = request->target,
                             .positive_class = -1,
                             .thresholds = request->thresholds};
    if (facts->n_rows == 0) return fail(err, PTG_ERROR_DATA, "The table has no rows; at least 20 are needed.");
    facts->memory = arena_new();
    if (facts->memory == NULL) return fail_memory(err);
    facts->columns = arena_array(facts->memory, facts->n_columns, sizeof *facts->columns);
    if (facts->columns == NULL) return fail_memory(err);
    for (int32_t k = 0; k < facts->n_columns; ++k)
        facts->columns[k].power = (prediction_power){.power = NAN, .raw = NAN, .se = NAN};
    return roles_take_request(f, request, facts, err);
}

/* The power of what could be a feature: not of the target, and not of what was left out. */
static bool is_measured(const column_facts *c)
{
    return c->role != ROLE_TARGET && c->role != ROLE_WEIGHT && c->role != ROLE_IGNORED && c->statistics.distinct > 1;
}

static ptg_status work_column(void *context, int64_t chunk, ptg_error *err)
{
    const column_work *w = context;
    column_facts *c = &w->facts->columns[chunk];
    if (chunk == w->facts->target) return PTG_OK;
    double *sorted = NULL;
    int64_t n_sorted = 0;
    ptg_status status = column_statistics_make(w->f, (int32_t)chunk, &c->statistics, &sorted, &n_sorted, err);
    if (status == PTG_OK && w->target != NULL && is_measured(c)) {
        status = power_measure(w->f, (int32_t)chunk, &c->statistics, sorted, n_sorted, w->target, &c->power, err);
        if (status == PTG_OK) status = target_groups_make(w->f, (int32_t)chunk, w->facts, sorted, n_sorted, &c->groups, err);
    }
    mem_free(sorted);
    return status;
}

static ptg_status work_target(const frame *f, const profile_request *request, profile_facts *facts, power_target *target,
                              ptg_error *err)
{
    double *sorted = NULL;
    int64_t n_sorted = 0;
    const ptg_status status =
        column_statistics_make(f, facts->target, &facts->columns[facts->target].statistics, &sorted, &n_sorted, err);
    mem_free(sorted);
    if (status != PTG_OK) return status;
    TRY(problem_make(f, request, facts, err));
    return power_target_make(facts, request->seed, target, err);
}

/* Whether column a stands before b: target, then features by power, then the others; ties by number. */
static bool stands_before(const profile_facts *facts, int32_t a, int32_t b)
{
    const column_facts *x = &facts->columns[a], *y = &facts->columns[b];
    const int rank_x = x->role == ROLE_TARGET ? 0 : x->role == ROLE_FEATURE ? 1 : 2;
    const int rank_y = y->role == ROLE_TARGET ? 0 : y->role == ROLE_FEATURE ? 1 : 2;
    if (rank_x != rank_y) return rank_x < rank_y;
    const double power_x = isnan(x->power.power) ? -1 : x->power.power, power_y = isnan(y->power.power) ? -1 : y->power.power;
    if (rank_x == 1 && power_x != power_y) return power_x > power_y;
    return a < b;
}

/* Merges two sorted halves. */
static void merge_order(const profile_facts *facts, int32_t *order, int32_t *scratch, int32_t n)
{
    if (n < 2) return;
    const int32_t half = n / 2;
    merge_order(facts, order, scratch, half);
    merge_order(facts, order + half, scratch, n - half);
    memcpy(scratch, order, (size_t)n * sizeof *order);
    for (int32_t i = 0, a = 0, b = half; i < n; ++i) {
        order[i] = b == n || (a < half && stands_before(facts, scratch[a], scratch[b])) ? scratch[a++] : scratch[b++];
    }
}

static ptg_status order_columns(profile_material *p, profile_facts *facts, ptg_error *err)
{
    int32_t *order = arena_array(facts->memory, 2 * (int64_t)facts->n_columns, sizeof *order);
    if (order == NULL) return fail_memory(err);
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        order[k] = k;
        p->n_features += facts->columns[k].role == ROLE_FEATURE;
    }
    merge_order(facts, order, order + facts->n_columns, facts->n_columns);
    p->order = order;
    return PTG_OK;
}

static ptg_status correlate(profile_material *p, pool *threads, ptg_error *err)
{
    const int32_t first = p->facts->target >= 0 ? 1 : 0;
    int32_t n = 0;
    for (int32_t k = 0; k < p->n_features && n < CORRELATED_COLUMNS; ++k) {
        const int32_t at = p->order[first + k];
        if (frame_column(p->f, at)->type == COLUMN_NUMERIC) p->correlated[n++] = at;
    }
    p->n_correlated = n < 2 ? 0 : n;
    return correlation_make(p->f, p->correlated, p->n_correlated, threads, p->correlation, err);
}

/* Rows with equal features, and then the checks, which leave copies out unless the table is such that rows repeat. */
static ptg_status check_rows(const frame *f, const profile_request *request, profile_facts *facts, bool *copy, ptg_error *err)
{
    if (facts->target >= 0) {
        repeated_features *found = arena_array(facts->memory, 1, sizeof *found);
        if (found == NULL) return fail_memory(err);
        facts->conflicts = found;
        TRY(repeated_features_find(f, facts, request->threads, copy, found, err));
        if (found->natural) memset(copy, 0, (size_t)facts->n_rows * sizeof *copy);
    }
    return request->quick ? PTG_OK : model_checks_make(f, request, facts, copy, &facts->checks, err);
}

static ptg_status fill_facts(const frame *f, const profile_request *request, profile_facts *facts, ptg_error *err)
{
    power_target target = {0};
    TRY(facts_make(f, request, facts, err));
    if (facts->target >= 0) TRY(work_target(f, request, facts, &target, err));
    column_work work = {.f = f, .facts = facts, .target = facts->target >= 0 ? &target : NULL};
    TRY(pool_run(request->threads, facts->n_columns, work_column, &work, err));
    TRY(roles_check_helpers(f, request, facts, err));
    TRY(roles_decide(f, facts, err));
    bool *copy = mem_array(facts->n_rows, sizeof *copy);
    const ptg_status status = copy != NULL ? check_rows(f, request, facts, copy, err) : fail_memory(err);
    mem_free(copy);
    return status;
}

/* Without ids and what does not vary; texts that hardly repeat are passed over later. */
static ptg_status associate(const frame *f, const profile_request *request, const int32_t *order, profile_facts *facts,
                            ptg_error *err)
{
    associations *found = arena_array(facts->memory, 1, sizeof *found);
    int32_t *columns = arena_array(facts->memory, facts->n_columns, sizeof *columns), n = 0;
    if (found == NULL || columns == NULL) return fail_memory(err);
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        const column_facts *c = &facts->columns[order[k]];
        if (c->role != ROLE_ID && c->role != ROLE_CONSTANT && c->role != ROLE_IGNORED) columns[n++] = order[k];
    }
    facts->associations = found;
    return associations_make(f, columns, n, request->seed, request->threads, found, err);
}

static ptg_status find_missing(const frame *f, profile_facts *facts, ptg_error *err)
{
    missing_patterns *found = arena_array(facts->memory, 1, sizeof *found);
    int64_t *missing = arena_array(facts->memory, facts->n_columns, sizeof *missing);
    if (found == NULL || missing == NULL) return fail_memory(err);
    for (int32_t k = 0; k < facts->n_columns; ++k)
        missing[k] = facts->n_rows - facts->columns[k].statistics.valid;
    facts->missing = found;
    return missing_patterns_find(f, missing, found, err);
}

static ptg_status make_document(const frame *f, const profile_request *request, profile_facts *facts, json_t **profile,
                                ptg_error *err)
{
    profile_material p = {.f = f, .facts = facts, .seed = request->seed, .sample_rows = request->sample_rows};
    TRY(order_columns(&p, facts, err));
    TRY(duplicate_rows_find(f, request->threads, &p.duplicates, err));
    facts->duplicate_rows = p.duplicates.count;
    TRY(correlate(&p, request->threads, err));
    TRY(associate(f, request, p.order, facts, err));
    TRY(find_missing(f, facts, err));
    return profile_document_make(&p, profile, err);
}

ptg_status profile_make(const frame *f, const profile_request *request, json_t **profile, profile_facts *facts, ptg_error *err)
{
    ptg_status status = fill_facts(f, request, facts, err);
    if (status == PTG_OK) status = make_document(f, request, facts, profile, err);
    if (status != PTG_OK) profile_facts_clear(facts);
    return status;
}
