/* Roles. An id is a near-unique single-token text; distinct whole numbers that fill at least half of their range (row numbers),
 * whatever they predict; or other near-unique whole numbers that predict nothing within 2 standard errors. Several words are
 * text, however unique; codes that repeat are categories. */
#include "profile/column_roles.h"

#include <math.h>
#include <string.h>

#define NEAR_UNIQUE 0.95 /* distinct over valid cells: an id stays one when a few rows stand twice */
#define LEAST_FILLED 0.5
#define LEAST_OF_NUMBERS 0.8
#define LEAST_OF_AN_ID 20 /* valid cells: fewer can be distinct by chance */

const char *const column_role_names[8] = {"feature", "id", "constant", "target", "weight", "group", "time", "ignored"};

bool column_role_read(const char *name, column_role *out)
{
    for (int k = 0; k < 8; ++k) {
        if (strcmp(name, column_role_names[k]) != 0) continue;
        *out = (column_role)k;
        return true;
    }
    return false;
}

static ptg_status take_role(const frame *f, int32_t at, column_role role, profile_facts *facts, ptg_error *err)
{
    if (at < 0 || at >= facts->n_columns) {
        return fail(err, PTG_ERROR_USAGE, "There is no column number %d to be the %s; the table has %d columns.", (int)at,
                    column_role_names[role], (int)facts->n_columns);
    }
    column_facts *c = &facts->columns[at];
    if (c->role != ROLE_FEATURE && c->role != role) {
        text_shown_buffer name;
        return fail(err, PTG_ERROR_USAGE, "Column '%s' cannot be both %s and %s; give each its own column.",
                    text_shown(frame_column(f, at)->name, &name), column_role_names[c->role], column_role_names[role]);
    }
    c->role = role;
    return PTG_OK;
}

ptg_status roles_take_request(const frame *f, const profile_request *request, profile_facts *facts, ptg_error *err)
{
    if (request->target >= 0) TRY(take_role(f, request->target, ROLE_TARGET, facts, err));
    if (request->weight >= 0) TRY(take_role(f, request->weight, ROLE_WEIGHT, facts, err));
    if (request->group >= 0) TRY(take_role(f, request->group, ROLE_GROUP, facts, err));
    if (request->time >= 0) TRY(take_role(f, request->time, ROLE_TIME, facts, err));
    for (int32_t k = 0; k < request->n_ignored; ++k)
        TRY(take_role(f, request->ignored[k], ROLE_IGNORED, facts, err));
    return PTG_OK;
}

/* A number is also a category where values repeat: whole numbers (they may be codes) that repeat a few times each, others only
 * with few distinct values and many rows each. */
#define DUAL_LEAST_ROWS_A_CODE 3
#define DUAL_MOST_DISTINCT 200
#define DUAL_LEAST_ROWS_A_VALUE 20

static bool is_dual(const column *c, const column_statistics *s, int64_t rows)
{
    if (c->type != COLUMN_NUMERIC || s->distinct <= 2) return false;
    if (c->integers && s->distinct * DUAL_LEAST_ROWS_A_CODE <= rows) return true;
    return s->distinct <= DUAL_MOST_DISTINCT && s->distinct * DUAL_LEAST_ROWS_A_VALUE <= rows;
}

static bool near_unique(const column_statistics *s)
{
    return s->valid >= LEAST_OF_AN_ID && (double)s->distinct >= NEAR_UNIQUE * (double)s->valid;
}

/* Quantities that a few cells keep from being numbers are no codes, however unique. */
static bool is_spoiled_number(const column *c, const column_statistics *s)
{
    return c->n_like_numbers < s->valid && (double)c->n_like_numbers >= LEAST_OF_NUMBERS * (double)s->valid;
}

static bool is_text_id(const column *c, const column_statistics *s)
{
    const bool texts = c->type == COLUMN_TEXT || c->type == COLUMN_CATEGORICAL;
    return texts && near_unique(s) && s->texts.code_share >= NEAR_UNIQUE && !is_spoiled_number(c, s);
}

static bool is_whole(const column *c, const column_statistics *s)
{
    return c->type == COLUMN_NUMERIC && s->numbers.integers && s->infinite == 0;
}

static bool is_row_number(const column *c, const column_statistics *s)
{
    return is_whole(c, s) && s->valid >= LEAST_OF_AN_ID && s->distinct == s->valid &&
           (double)s->distinct >= LEAST_FILLED * (s->numbers.max - s->numbers.min + 1);
}

static bool is_blind_id(const column *c, const column_statistics *s, const prediction_power *p)
{
    return is_whole(c, s) && near_unique(s) && !isnan(p->raw) && p->raw <= 2 * p->se;
}

static const char *constant_reason(arena *a, const column_statistics *s)
{
    text_shown_buffer value;
    if (s->distinct == 0) return "It has no value in any row.";
    return arena_print(a, "It has one distinct value, '%s'%s.", text_shown(s->top[0].value, &value),
                       s->valid < s->rows ? ", apart from missing ones" : "");
}

/* Feature, id or constant, with its reason. */
static const char *decide_feature(const frame *f, int32_t at, profile_facts *facts)
{
    column_facts *c = &facts->columns[at];
    const column *cells = frame_column(f, at);
    const column_statistics *s = &c->statistics;
    if (s->distinct <= 1) {
        c->role = ROLE_CONSTANT;
        return constant_reason(facts->memory, s);
    }
    if (is_text_id(cells, s)) {
        c->role = ROLE_ID;
        return arena_print(facts->memory, "Almost every row has its own code: %lld distinct in %lld rows.",
                           (long long)s->distinct, (long long)s->valid);
    }
    if (is_row_number(cells, s)) {
        c->role = ROLE_ID;
        return arena_print(facts->memory, "Row numbers: %lld distinct whole numbers that fill %.0f %% of their range.",
                           (long long)s->distinct, 100 * (double)s->distinct / (s->numbers.max - s->numbers.min + 1));
    }
    if (is_blind_id(cells, s, &c->power)) {
        c->role = ROLE_ID;
        return arena_print(facts->memory,
                           "Almost every row has its own whole number (%lld distinct in %lld rows), and they predict nothing.",
                           (long long)s->distinct, (long long)s->valid);
    }
    c->dual = is_dual(cells, s, facts->n_labelled ? facts->n_labelled : s->rows);
    if (!c->dual) return "It can be used to predict.";
    return arena_print(facts->memory,
                       "It can be used to predict: its %lld distinct values repeat, so that some pipelines also take it as a "
                       "category.",
                       (long long)s->distinct);
}

static const char *given_reason(column_role role)
{
    static const char *const reasons[8] = {[ROLE_TARGET] = "It is what is to be predicted.",
                                           [ROLE_WEIGHT] = "It was named as the weight of rows.",
                                           [ROLE_GROUP] = "It was named as the group that rows belong to.",
                                           [ROLE_TIME] = "It was named as the time of rows.",
                                           [ROLE_IGNORED] = "It was left out on request."};
    return reasons[role];
}

static bool is_candidate(column_role role)
{
    return role == ROLE_FEATURE || role == ROLE_ID || role == ROLE_CONSTANT;
}

/* Without a target nothing is refused: then a table is only looked at. */
static ptg_status check_features(const frame *f, const profile_facts *facts, ptg_error *err)
{
    int32_t n = 0, n_empty = 0;
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        if (!is_candidate(facts->columns[k].role)) continue;
        ++n;
        n_empty += facts->columns[k].statistics.valid == 0;
    }
    if (n > n_empty || facts->target < 0) return PTG_OK;
    text_shown_buffer name;
    if (n == 0) {
        return fail(err, PTG_ERROR_DATA, "There is no column to predict '%s' from; add feature columns or ignore fewer.",
                    text_shown(frame_column(f, facts->target)->name, &name));
    }
    return fail(err, PTG_ERROR_DATA, "All %d feature columns are missing in every row; check how the table was written.",
                (int)n);
}

ptg_status roles_decide(const frame *f, profile_facts *facts, ptg_error *err)
{
    TRY(check_features(f, facts, err));
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        column_facts *c = &facts->columns[k];
        c->reason = c->role == ROLE_FEATURE ? decide_feature(f, k, facts) : given_reason(c->role);
        if (c->reason == NULL) return fail_memory(err);
    }
    return PTG_OK;
}

static ptg_status check_weight(const column *c, const column_statistics *s, ptg_error *err)
{
    text_shown_buffer name;
    text_shown(c->name, &name);
    if (c->type != COLUMN_NUMERIC) {
        return fail(err, PTG_ERROR_DATA, "Weight column '%s' does not hold numbers; choose another --weight.", name.data);
    }
    if (s->valid < s->rows || s->infinite > 0) {
        return fail(err, PTG_ERROR_DATA,
                    "Weight column '%s' has %lld rows without a finite number; fill them in or choose another --weight.",
                    name.data, (long long)(s->rows - s->valid + s->infinite));
    }
    if (s->numbers.negatives > 0) {
        return fail(err, PTG_ERROR_DATA, "Weight column '%s' is negative in %lld rows; weights must be 0 or more.", name.data,
                    (long long)s->numbers.negatives);
    }
    if (s->numbers.zeros == s->numbers.count) {
        return fail(err, PTG_ERROR_DATA, "Weight column '%s' is 0 in every row; no row would count.", name.data);
    }
    return PTG_OK;
}

ptg_status roles_check_helpers(const frame *f, const profile_request *request, const profile_facts *facts, ptg_error *err)
{
    if (request->weight >= 0)
        TRY(check_weight(frame_column(f, request->weight), &facts->columns[request->weight].statistics, err));
    if (request->time < 0) return PTG_OK;
    const column *c = frame_column(f, request->time);
    const column_statistics *s = &facts->columns[request->time].statistics;
    if ((c->type == COLUMN_NUMERIC || c->type == COLUMN_DATETIME) && s->valid > 0) return PTG_OK;
    text_shown_buffer name;
    return fail(err, PTG_ERROR_DATA,
                "Time column '%s' holds no dates or numbers that can be read; choose another --time or fix its format.",
                text_shown(c->name, &name));
}
