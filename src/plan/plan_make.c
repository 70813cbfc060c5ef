/* Puts the document of plan.json together. */
#include "plan/plan_make.h"
#include "plan/plan_rows.h"

#include <math.h>
#include <string.h>

#define SHOWN_TOKENS 3

/* What could stand for missing in the column, with the decision and its reason. */
static void say_tokens(const column *c, text_buffer *to)
{
    int32_t said = 0;
    text_shown_buffer shown;
    for (int32_t i = 0; i < c->n_tokens && said < SHOWN_TOKENS; i++, said++)
        text_print(to, " '%s' (%lld cells) %s: %.*s", text_shown(c->tokens[i].value, &shown), (long long)c->tokens[i].count,
                   c->tokens[i].missing ? "counts as missing" : "is a value", (int)c->tokens[i].reason.size,
                   c->tokens[i].reason.data);
}

/* Why this type and this role, and what counts as missing, as one text in memory of mem_array. */
static char *reason_of(const column *c, const column_facts *p)
{
    text_buffer reason = {0};
    text_append_span(&reason, c->reason);
    text_print(&reason, "%s%s", reason.size ? " " : "", p->reason);
    say_tokens(c, &reason);
    return text_buffer_take(&reason);
}

static ptg_status add_column(const column *c, const column_facts *p, json_t *columns, ptg_error *err)
{
    char *reason = reason_of(c, p);
    json_t *tokens = json_array(), *name = json_text(c->name);
    for (int32_t t = 0; tokens && t < c->n_missing_tokens; t++)
        json_array_append_new(tokens, json_text(c->missing_tokens[t]));
    json_t *why = reason ? json_text(text_of(reason)) : NULL;
    const bool ambiguous = c->type == COLUMN_DATETIME && c->other_format.size > 0; /* then its format is a choice */
    json_t *value = json_pack("{s:s,s:s,s:o,s:o*,s:o}", "type", column_type_names[c->type], "role", column_role_names[p->role],
                              "missing_tokens", tokens, "format", ambiguous ? json_text(c->format) : NULL, "reason", why);
    mem_free(reason);
    bool failed =
        !name || json_object_set_new(columns, json_string_value(name), value) != 0; /* refuses what could not be made */
    json_decref(name);
    return failed ? fail_memory(err) : PTG_OK;
}

static ptg_status add_columns(const frame *f, const profile_facts *facts, json_t *document, ptg_error *err)
{
    json_t *columns = json_object();
    if (json_object_set_new(document, "columns", columns) != 0) return fail_memory(err);
    for (int32_t i = 0; i < frame_columns(f); i++)
        TRY(add_column(frame_column(f, i), &facts->columns[i], columns, err));
    return PTG_OK;
}

/* The defaults of interface.md: 300 s and 250 trials, whichever ends first; giving one lifts the other. */
static ptg_status add_tuning(const plan_wishes *wishes, json_t *document, ptg_error *err)
{
    bool none = !wishes->max_trials && !wishes->time_limit;
    double limit = none ? 300 : wishes->time_limit;
    int64_t trials = none ? 250 : wishes->max_trials;
    json_t *tuning =
        json_pack("{s:s,s:o,s:o,s:o,s:i,s:s}", "strategy", "random", "max_trials", trials ? json_integer(trials) : json_null(),
                  "time_limit", limit > 0 ? json_number(limit) : json_null(), "parallel",
                  wishes->parallel ? json_integer(wishes->parallel) : json_null(), "lag", 8, "mode",
                  wishes->mode ? wishes->mode : "auto");
    json_t *compute = json_pack("{s:s,s:s,s:i}", "target", "local", "instance", wishes->instance ? wishes->instance : "local",
                                "price_per_hour", 0);
    if (!tuning || !compute || json_object_set_new(document, "tuning", tuning) != 0 ||
        json_object_set_new(document, "compute", compute) != 0)
        return fail_memory(err);
    return PTG_OK;
}

static ptg_status add_head(const profile_facts *facts, const plan_wishes *wishes, json_t *document, ptg_error *err)
{
    objective goal;
    TRY(objective_read(wishes->objective, facts->problem, &goal, err));
    json_t *positive = facts->problem == PROBLEM_BINARY ? json_text(facts->classes[facts->positive_class]) : json_null();
    json_object_set_new(document, "version", json_integer(PLAN_VERSION));
    json_object_set_new(document, "problem_type", json_string(problem_names[facts->problem]));
    json_object_set_new(document, "objective", json_string(wishes->objective ? wishes->objective : goal.metric->name));
    json_object_set_new(document, "positive_class", positive);
    return json_object_set_new(document, "seed", json_integer((json_int_t)wishes->seed)) == 0 ? PTG_OK : fail_memory(err);
}

static int32_t count_features(const profile_facts *facts)
{
    int32_t n = 0;
    for (int32_t i = 0; i < facts->n_columns; i++)
        n += facts->columns[i].role == ROLE_FEATURE;
    return n;
}

static int32_t count_categories(const frame *f, const profile_facts *facts)
{
    int32_t n = 0;
    for (int32_t i = 0; i < facts->n_columns; i++)
        n += facts->columns[i].role == ROLE_FEATURE && frame_column(f, i)->type == COLUMN_CATEGORICAL;
    return n;
}

ptg_status plan_make(const frame *f, const profile_facts *facts, const plan_wishes *wishes, json_t **document, json_t **missing,
                     ptg_error *err)
{
    *document = *missing = NULL;
    if (count_features(facts) == 0)
        return fail(err, PTG_ERROR_DATA,
                    "The table has no column that can serve as a feature: all are constant, row numbers or not used.");
    *document = json_object();
    *missing = json_array();
    json_t *validation = NULL;
    ptg_status status = PTG_OK;
    if (!*document || !*missing) GO(fail_memory(err));
    budget b = {.time_limit = wishes->time_limit,
                .folds = plan_folds(facts, wishes),
                .rows = facts->n_labelled,
                .columns = count_features(facts),
                .coded = count_categories(f, facts),
                .outputs = prediction_width(facts->problem, facts->n_classes)};
    GO(add_head(facts, wishes, *document, err));
    GO(add_columns(f, facts, *document, err));
    json_object_set_new(*document, "validation", json_null()); /* keeps its place before the candidates */
    if (json_object_set_new(*document, "rows", plan_rows_default()) != 0) GO(fail_memory(err));
    GO(plan_make_candidates(f, facts, wishes, &b, *document, *missing, err));
    double work = plan_work(*document, &b);
    GO(isnan(work) ? fail_memory(err) : PTG_OK);
    GO(plan_make_validation(facts, wishes, budget_seconds(&b, work), &validation, err));
    if (json_object_set_new(*document, "validation", validation) != 0) GO(fail_memory(err));
    GO(add_tuning(wishes, *document, err));
    return PTG_OK;
done:
    json_decref(*document);
    json_decref(*missing);
    *document = *missing = NULL;
    return status;
}
