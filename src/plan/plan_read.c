/* Reading plan.json: every member is checked against the registries before anything runs; the first thing that is wrong is said
 * with its path inside the document. */
#include "plan/plan.h"
#include "plan/plan_rows.h"
#include "plan/plan_steps.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "model/pipeline.h"

const char *const validation_kind_names[5] = {"folds", "split", "group", "time", "file"};
static const char *const mode_names[3] = {"auto", "tuning", "ensembling"};

/* A split holds out some rows and leaves some; a table of many rows takes a small share. */
#define FRACTION_LEAST 1e-6
#define FRACTION_MOST 0.999999
#define LARGEST_WHOLE 9007199254740992.0 /* doubles count that far */

/* The number of `name` in a list of names, or -1. */
static int index_of(const char *const names[], int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (name && strcmp(names[i], name) == 0) return i;
    return -1;
}

/* A member of a required kind; every message begins with the document's name. */
static ptg_status read_member(const json_t *object, const char *path, const char *key, json_type type, json_t **out,
                              ptg_error *err)
{
    ptg_status status = json_member(object, path, key, type, out, err);
    return status == PTG_OK ? PTG_OK : fail_within(err, status, "plan.json");
}

static ptg_status only_keys(const json_t *object, const char *path, const char *const keys[], ptg_error *err)
{
    ptg_status status = json_only_keys(object, path, keys, err);
    return status == PTG_OK ? PTG_OK : fail_within(err, status, "plan.json");
}

/* One of a closed list of words, with the list in the message. */
static ptg_status read_word(const json_t *object, const char *path, const char *key, const char *const names[], int n, int *out,
                            ptg_error *err)
{
    json_t *value;
    TRY(read_member(object, path, key, JSON_STRING, &value, err));
    *out = index_of(names, n, json_string_value(value));
    if (*out >= 0) return PTG_OK;
    text_buffer list = {0};
    for (int i = 0; i < n; i++)
        text_print(&list, "%s%s", i ? ", " : "", names[i]);
    text_shown_buffer shown;
    ptg_status status = fail(err, PTG_ERROR_USAGE, "plan.json: %s/%s is '%s'; it must be one of %s.", path, key,
                             text_shown(text_of(json_string_value(value)), &shown), list.data ? list.data : "");
    text_buffer_clear(&list);
    return status;
}

/* A number within bounds; absent or null gives `otherwise`. */
static ptg_status read_number(const json_t *object, const char *path, const char *key, double min, double max, bool integer,
                              double otherwise, double *out, ptg_error *err)
{
    const json_t *value = json_object_get(object, key);
    *out = otherwise;
    if (!value || json_is_null(value)) return PTG_OK;
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= min && number <= max) || (integer && number != floor(number)))
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/%s must be %s from %g to %g.", path, key,
                    integer ? "a whole number" : "a number", min, max);
    *out = number;
    return PTG_OK;
}

/* Why something was chosen, in words; it may be left out. */
static ptg_status check_reason(const json_t *object, const char *path, ptg_error *err)
{
    const json_t *reason = json_object_get(object, "reason");
    if (!reason || json_is_string(reason)) return PTG_OK;
    return fail(err, PTG_ERROR_USAGE, "plan.json: %s/reason must be a text.", path);
}

static ptg_status read_column(plan *p, const char *name, const json_t *value, plan_column *out, ptg_error *err)
{
    static const char *const keys[] = {"type", "role", "missing_tokens", "format", "reason", NULL};
    text_shown_buffer shown;
    char *path = arena_print(p->memory, "/columns/%s", text_shown(text_of(name), &shown));
    if (!path) return fail_memory(err);
    if (!json_is_object(value)) return fail(err, PTG_ERROR_USAGE, "plan.json: %s must be an object.", path);
    TRY(only_keys(value, path, keys, err));
    int type, role;
    TRY(read_word(value, path, "type", column_type_names, 5, &type, err));
    TRY(read_word(value, path, "role", column_role_names, 8, &role, err));
    TRY(check_reason(value, path, err));
    const json_t *tokens = json_object_get(value, "missing_tokens");
    if (tokens && !json_is_array(tokens))
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/missing_tokens must be a list of texts.", path);
    for (size_t i = 0; i < json_array_size(tokens); i++)
        if (!json_is_string(json_array_get(tokens, i)))
            return fail(err, PTG_ERROR_USAGE, "plan.json: %s/missing_tokens/%zu must be a text.", path, i);
    const json_t *format = json_object_get(value, "format");
    if (format && !json_is_string(format))
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/format must be a text, such as \"%%d/%%m/%%Y\".", path);
    *out = (plan_column){.name = name, .type = (column_type)type, .role = (column_role)role};
    return PTG_OK;
}

/* One target, some feature, and no role twice of which there can be one. */
static ptg_status check_roles(const int count[8], ptg_error *err)
{
    static const column_role once[] = {ROLE_WEIGHT, ROLE_GROUP, ROLE_TIME};
    if (count[ROLE_TARGET] != 1)
        return fail(err, PTG_ERROR_USAGE, "plan.json: /columns must have one column of role target; it has %d.",
                    count[ROLE_TARGET]);
    if (count[ROLE_FEATURE] == 0)
        return fail(err, PTG_ERROR_USAGE, "plan.json: /columns has no column of role feature; give at least one.");
    for (int i = 0; i < 3; i++)
        if (count[once[i]] > 1)
            return fail(err, PTG_ERROR_USAGE, "plan.json: /columns must have at most one column of role %s; it has %d.",
                        column_role_names[once[i]], count[once[i]]);
    return PTG_OK;
}

static ptg_status read_columns(plan *p, ptg_error *err)
{
    json_t *columns;
    TRY(read_member(p->document, "", "columns", JSON_OBJECT, &columns, err));
    plan_column *rows = arena_array(p->memory, (int64_t)json_object_size(columns), sizeof *rows);
    if (!rows) return fail_memory(err);
    int count[8] = {0};
    const char *name;
    json_t *value;
    json_object_foreach(columns, name, value)
    {
        TRY(read_column(p, name, value, &rows[p->n_columns], err));
        count[rows[p->n_columns++].role]++;
    }
    p->columns = rows;
    return check_roles(count, err);
}

static ptg_status read_validation(plan *p, ptg_error *err)
{
    static const char *const keys[] = {"kind", "folds", "fraction", "reason", NULL};
    json_t *object;
    TRY(read_member(p->document, "", "validation", JSON_OBJECT, &object, err));
    TRY(only_keys(object, "/validation", keys, err));
    int kind;
    double folds, fraction;
    TRY(read_word(object, "/validation", "kind", validation_kind_names, 5, &kind, err));
    TRY(check_reason(object, "/validation", err));
    bool whole = kind == VALIDATION_FOLDS;
    TRY(read_number(object, "/validation", "folds", 1, 100, true, whole ? 5 : 1, &folds, err));
    TRY(read_number(object, "/validation", "fraction", FRACTION_LEAST, FRACTION_MOST, false, 0.2, &fraction, err));
    if (whole && folds < 2)
        return fail(err, PTG_ERROR_USAGE, "plan.json: /validation/folds must be at least 2 for kind folds.");
    if (kind != VALIDATION_FOLDS && kind != VALIDATION_GROUP && folds != 1)
        return fail(err, PTG_ERROR_USAGE, "plan.json: /validation/folds must be 1 for kind %s.", validation_kind_names[kind]);
    p->validation = (plan_validation){(validation_kind)kind, (int32_t)folds, fraction};
    column_role needed = kind == VALIDATION_GROUP ? ROLE_GROUP : kind == VALIDATION_TIME ? ROLE_TIME : ROLE_TARGET;
    if (plan_role(p, needed) < 0)
        return fail(err, PTG_ERROR_USAGE,
                    "plan.json: /validation/kind is %s, but no column has the role %s; give it to one in /columns.",
                    validation_kind_names[kind], validation_kind_names[kind]);
    return PTG_OK;
}

/* What a drawn number may be: the parameter's own bounds, and for whole numbers as far as doubles count. */
static ptg_status read_bounds(const parameter *known, const char *path, const json_t *value, plan_range *out, ptg_error *err)
{
    double least = known->min, most = known->max, end = out->integer ? LARGEST_WHOLE : DBL_MAX;
    if (least == 0 && most == 0) most = INFINITY, least = -INFINITY;
    least = fmax(least, -end);
    most = fmin(most, end);
    TRY(read_number(value, path, "min", least, most, out->integer, NAN, &out->min, err));
    TRY(read_number(value, path, "max", least, most, out->integer, NAN, &out->max, err));
    if (!(out->min <= out->max))
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s needs min and max, with min not above max.", path);
    const char *scale = json_text_or(value, "scale", json_object_get(value, "scale") ? "" : "linear");
    out->log_scale = strcmp(scale, "log") == 0;
    if (!out->log_scale && strcmp(scale, "linear") != 0)
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/scale must be linear or log.", path);
    if (out->log_scale && out->min <= 0)
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/min must be above 0 on a log scale.", path);
    return PTG_OK;
}

/* One range; its parameter must be one of the algorithm's, and what is drawn must be of the parameter's kind. */
static ptg_status read_range(plan *p, const algorithm *a, const char *path, const char *name, const json_t *value,
                             plan_range *out, ptg_error *err)
{
    static const char *const number_keys[] = {"type", "min", "max", "scale", NULL}, *const value_keys[] = {"type", "values",
                                                                                                           NULL};
    static const char *const types[] = {"integer", "continuous", "categorical"};
    text_shown_buffer shown;
    char *here = arena_print(p->memory, "%s/%s", path, text_shown(text_of(name), &shown));
    if (!here) return fail_memory(err);
    int32_t row = parameter_find(a->parameters, a->n_parameters, name);
    if (row < 0)
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s: %s has no parameter of that name; `pilotage help %s` lists them.",
                    here, a->name, a->name);
    const parameter *known = &a->parameters[row];
    if (!json_is_object(value)) return fail(err, PTG_ERROR_USAGE, "plan.json: %s must be an object.", here);
    int type;
    TRY(read_word(value, here, "type", types, 3, &type, err));
    TRY(only_keys(value, here, type == 2 ? value_keys : number_keys, err));
    *out = (plan_range){.name = name, .integer = type == 0};
    if (type == 2) {
        out->values = json_object_get(value, "values");
        if (json_array_size(out->values) == 0)
            return fail(err, PTG_ERROR_USAGE, "plan.json: %s/values must be a list of at least one value.", here);
        return PTG_OK;
    }
    if (known->type != PARAMETER_INTEGER && known->type != PARAMETER_REAL)
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/type must be categorical: this parameter of %s is no number.", here,
                    a->name);
    if (known->type == PARAMETER_INTEGER && type != 0)
        return fail(err, PTG_ERROR_USAGE,
                    "plan.json: %s/type must be integer or categorical: this parameter of %s is a whole number.", here,
                    a->name);
    return read_bounds(known, here, value, out, err);
}

/* Every value of a range of values must be one that the parameter takes. */
static ptg_status check_values(plan *p, const algorithm *a, const char *path, const plan_range *range, ptg_error *err)
{
    char *where = arena_print(p->memory, "plan.json: %s", path);
    if (!where) return fail_memory(err);
    for (size_t i = 0; i < json_array_size(range->values); i++) {
        json_t *one = json_object();
        if (!one || json_object_set(one, range->name, json_array_get(range->values, i)) != 0) {
            json_decref(one);
            return fail_memory(err);
        }
        parameter_value *ignored;
        ptg_status status = parameter_read(a->parameters, a->n_parameters, one, where, p->memory, &ignored, err);
        json_decref(one);
        TRY(status);
    }
    return PTG_OK;
}

static ptg_status read_ranges(plan *p, plan_candidate *c, const json_t *object, const char *path, ptg_error *err)
{
    plan_range *ranges = arena_array(p->memory, (int64_t)json_object_size(object), sizeof *ranges);
    if (!ranges) return fail_memory(err);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        plan_range *range = &ranges[c->n_ranges++];
        TRY(read_range(p, c->algorithm, path, name, value, range, err));
        TRY(check_values(p, c->algorithm, path, range, err));
    }
    c->ranges = ranges;
    return PTG_OK;
}

/* The steps of a pipeline, which must be readable as such. */
static ptg_status check_pipeline(plan *p, const char *name, const json_t *steps, ptg_error *err)
{
    pipeline_plan ignored;
    text_shown_buffer shown;
    char *path = arena_print(p->memory, "plan.json: /pipelines/%s", text_shown(text_of(name), &shown));
    if (!path) return fail_memory(err);
    return pipeline_plan_read(steps, path, p->memory, &ignored, err);
}

static ptg_status read_candidate(plan *p, const char *name, const json_t *value, plan_candidate *c, ptg_error *err)
{
    static const char *const keys[] = {"pipeline", "algorithm", "static", "ranges", "enabled", "reason", NULL};
    text_shown_buffer shown;
    char *path = arena_print(p->memory, "/candidates/%s", text_shown(text_of(name), &shown));
    if (!path) return fail_memory(err);
    if (!json_is_object(value)) return fail(err, PTG_ERROR_USAGE, "plan.json: %s must be an object.", path);
    TRY(only_keys(value, path, keys, err));
    json_t *pipeline_name, *algorithm_name, *fixed, *ranges;
    TRY(read_member(value, path, "pipeline", JSON_STRING, &pipeline_name, err));
    TRY(read_member(value, path, "algorithm", JSON_STRING, &algorithm_name, err));
    TRY(read_member(value, path, "static", JSON_OBJECT, &fixed, err));
    TRY(read_member(value, path, "ranges", JSON_OBJECT, &ranges, err));
    TRY(check_reason(value, path, err));
    *c = (plan_candidate){.name = name, .pipeline = json_string_value(pipeline_name), .fixed = fixed};
    c->steps = json_object_get(p->pipelines, c->pipeline);
    if (!c->steps)
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/pipeline names '%s', which is not in /pipelines.", path,
                    text_shown(text_of(c->pipeline), &shown));
    c->algorithm = algorithm_find(json_string_value(algorithm_name));
    if (!c->algorithm)
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/algorithm: there is no algorithm '%s'; `pilotage help` lists them.",
                    path, text_shown(text_of(json_string_value(algorithm_name)), &shown));
    if (!(c->algorithm->problems & (1u << p->problem)))
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/algorithm: %s does not do %s.", path, c->algorithm->name,
                    problem_names[p->problem]);
    const json_t *enabled = json_object_get(value, "enabled");
    if (enabled && !json_is_boolean(enabled))
        return fail(err, PTG_ERROR_USAGE, "plan.json: %s/enabled must be true or false.", path);
    c->enabled = !enabled || json_is_true(enabled);
    char *static_path = arena_print(p->memory, "plan.json: %s/static", path);
    char *ranges_path = arena_print(p->memory, "%s/ranges", path);
    if (!static_path || !ranges_path) return fail_memory(err);
    parameter_value *ignored;
    TRY(parameter_read(c->algorithm->parameters, c->algorithm->n_parameters, fixed, static_path, p->memory, &ignored, err));
    return read_ranges(p, c, ranges, ranges_path, err);
}

static ptg_status read_candidates(plan *p, ptg_error *err)
{
    json_t *pipelines, *candidates, *value;
    const char *name;
    TRY(read_member(p->document, "", "pipelines", JSON_OBJECT, &pipelines, err));
    TRY(read_member(p->document, "", "candidates", JSON_OBJECT, &candidates, err));
    json_object_foreach(pipelines, name, value) TRY(check_pipeline(p, name, value, err));
    TRY(plan_used_steps(pipelines, json_object_get(p->document, "columns"), &p->pipelines, err));
    plan_candidate *rows = arena_array(p->memory, (int64_t)json_object_size(candidates), sizeof *rows);
    if (!rows) return fail_memory(err);
    if (json_object_size(candidates) > PLAN_MOST_CANDIDATES)
        return fail(err, PTG_ERROR_USAGE, "plan.json: /candidates has %zu candidates; give at most %d.",
                    json_object_size(candidates), PLAN_MOST_CANDIDATES);
    int enabled = 0;
    json_object_foreach(candidates, name, value)
    {
        if (strcmp(name, "ensemble") == 0 || strcmp(name, "baseline") == 0)
            return fail(err, PTG_ERROR_USAGE,
                        "plan.json: /candidates/%s: this name is taken by a row of the leaderboard; choose another.", name);
        TRY(read_candidate(p, name, value, &rows[p->n_candidates], err));
        enabled += rows[p->n_candidates++].enabled;
    }
    p->candidates = rows;
    if (!enabled) return fail(err, PTG_ERROR_USAGE, "plan.json: /candidates has no enabled candidate; enable at least one.");
    return PTG_OK;
}

static ptg_status read_tuning(plan *p, ptg_error *err)
{
    static const char *const keys[] = {"strategy", "max_trials", "time_limit", "parallel", "lag", "mode", NULL};
    static const char *const strategies[] = {"random"};
    json_t *object;
    TRY(read_member(p->document, "", "tuning", JSON_OBJECT, &object, err));
    TRY(only_keys(object, "/tuning", keys, err));
    int strategy, mode;
    double trials, limit, parallel, lag;
    TRY(read_word(object, "/tuning", "strategy", strategies, 1, &strategy, err));
    TRY(read_word(object, "/tuning", "mode", mode_names, 3, &mode, err));
    TRY(read_number(object, "/tuning", "max_trials", 1, 1e9, true, 0, &trials, err));
    TRY(read_number(object, "/tuning", "time_limit", 0.1, 1e9, false, 0, &limit, err));
    TRY(read_number(object, "/tuning", "parallel", 1, 4096, true, 0, &parallel, err));
    TRY(read_number(object, "/tuning", "lag", 1, 4096, true, 8, &lag, err));
    p->max_trials = (int64_t)trials;
    p->time_limit = limit;
    p->parallel = (int32_t)parallel;
    p->lag = (int32_t)lag;
    p->mode = (tuning_mode)mode;
    return PTG_OK;
}

static ptg_status read_compute(plan *p, ptg_error *err)
{
    static const char *const keys[] = {"target", "instance", "price_per_hour", NULL};
    static const char *const targets[] = {"local"};
    json_t *object, *instance;
    int target;
    double price;
    TRY(read_member(p->document, "", "compute", JSON_OBJECT, &object, err));
    TRY(only_keys(object, "/compute", keys, err));
    TRY(read_word(object, "/compute", "target", targets, 1, &target, err));
    TRY(read_member(object, "/compute", "instance", JSON_STRING, &instance, err));
    TRY(read_number(object, "/compute", "price_per_hour", 0, 1e6, false, 0, &price, err));
    p->instance = json_string_value(instance);
    return PTG_OK;
}

static ptg_status read_head(plan *p, ptg_error *err)
{
    static const char *const keys[] = {"version", "problem_type", "objective", "positive_class", "seed",
                                       "columns", "validation",   "rows",      "pipelines",      "candidates",
                                       "tuning",  "compute",      NULL};
    TRY(only_keys(p->document, "/", keys, err));
    json_t *goal;
    int problem;
    double version, seed;
    TRY(read_number(p->document, "", "version", PLAN_VERSION, PLAN_VERSION, true, NAN, &version, err));
    if (isnan(version)) return fail(err, PTG_ERROR_USAGE, "plan.json: /version is missing; this is version %d.", PLAN_VERSION);
    TRY(read_word(p->document, "", "problem_type", problem_names, 3, &problem, err));
    p->problem = (problem_type)problem;
    TRY(read_member(p->document, "", "objective", JSON_STRING, &goal, err));
    p->objective_name = json_string_value(goal);
    ptg_status status = objective_read(p->objective_name, p->problem, &p->objective, err);
    if (status != PTG_OK) return fail_within(err, status, "plan.json: /objective");
    TRY(read_number(p->document, "", "seed", 0, 9007199254740991.0, true, 0, &seed, err));
    p->seed = (uint64_t)seed;
    const json_t *positive = json_object_get(p->document, "positive_class");
    if (p->problem == PROBLEM_BINARY && !json_is_string(positive))
        return fail(err, PTG_ERROR_USAGE, "plan.json: /positive_class must be a label of the target.");
    if (p->problem != PROBLEM_BINARY && positive && !json_is_null(positive))
        return fail(err, PTG_ERROR_USAGE, "plan.json: /positive_class must be null for a %s problem.",
                    problem_names[p->problem]);
    p->positive_class = json_string_value(positive);
    return PTG_OK;
}

ptg_status plan_read(json_t *document, plan **out, ptg_error *err)
{
    *out = NULL;
    if (!json_is_object(document)) return fail(err, PTG_ERROR_USAGE, "plan.json: the document must be an object.");
    plan *p = mem_array(1, sizeof *p);
    if (!p || !(p->memory = arena_new())) {
        mem_free(p);
        return fail_memory(err);
    }
    p->document = json_incref(document);
    ptg_status status = PTG_OK;
    GO(read_head(p, err));
    GO(read_columns(p, err));
    GO(read_validation(p, err));
    GO(plan_rows_read(p, err));
    GO(read_candidates(p, err));
    GO(read_tuning(p, err));
    GO(read_compute(p, err));
    *out = p;
    return PTG_OK;
done:
    plan_free(p);
    if (status != PTG_ERROR_FORMAT) return status;
    if (err) err->status = PTG_ERROR_USAGE; /* a plan is written by its user */
    return PTG_ERROR_USAGE;
}

void plan_free(plan *p)
{
    if (!p) return;
    json_decref(p->document);
    json_decref(p->pipelines);
    arena_free(p->memory);
    mem_free(p);
}

int32_t plan_role(const plan *p, column_role role)
{
    for (int32_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].role == role) return i;
    return -1;
}

/* True when the plan's missing tokens are those with which the frame was read. */
static bool same_tokens(const json_t *tokens, const column *c)
{
    if (!tokens) return true;
    if ((int32_t)json_array_size(tokens) != c->n_missing_tokens) return false;
    for (int32_t i = 0; i < c->n_missing_tokens; i++)
        if (!text_equal_to(c->missing_tokens[i], json_string_value(json_array_get(tokens, (size_t)i)))) return false;
    return true;
}

/* The format that the plan has for the dates of a column, where that is another order of day and month; NULL else. */
static ptg_status wanted_format(const column *c, column_type type, const json_t *planned, const char **out, ptg_error *err)
{
    const char *format = json_string_value(json_object_get(planned, "format"));
    bool turned = false;
    *out = NULL;
    if (!format || type != COLUMN_DATETIME || c->type != COLUMN_DATETIME) return PTG_OK;
    TRY(column_order_read(c, text_of(format), &turned, err));
    if (turned) *out = format;
    return PTG_OK;
}

/* What frame_retype is to change about a column; NULL in *out where nothing is. */
static ptg_status column_change(const plan *p, const plan_column *planned, const frame *f, json_t **out, ptg_error *err)
{
    int32_t at = frame_find(f, text_of(planned->name));
    text_shown_buffer shown;
    const char *format;
    *out = NULL;
    if (at < 0)
        return fail(err, PTG_ERROR_USAGE, "plan.json: /columns/%s: the table has no such column.",
                    text_shown(text_of(planned->name), &shown));
    const column *c = frame_column(f, at);
    const json_t *value = json_object_get(json_object_get(p->document, "columns"), planned->name);
    const json_t *tokens = json_object_get(value, "missing_tokens");
    TRY(wanted_format(c, planned->type, value, &format, err));
    if (c->type == planned->type && same_tokens(tokens, c) && !format) return PTG_OK;
    *out = json_pack("{s:s,s:O*,s:s*}", "type", column_type_names[planned->type], "missing_tokens", tokens, "format", format);
    return *out ? PTG_OK : fail_memory(err);
}

ptg_status plan_retype(const plan *p, const frame *f, json_t **out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    json_t *changes = json_object();
    *out = NULL;
    if (!changes) return fail_memory(err);
    for (int32_t i = 0; i < p->n_columns; i++) {
        json_t *change;
        GO(column_change(p, &p->columns[i], f, &change, err));
        if (change && json_object_set_new(changes, p->columns[i].name, change) != 0) GO(fail_memory(err));
    }
    if (json_object_size(changes) > 0) *out = json_incref(changes);
done:
    json_decref(changes);
    return status;
}
