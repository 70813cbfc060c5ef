/* Pipelines and candidates. Four pipelines that differ in what they make of the columns:
 *   dpp0  trees as they come: native categories and missing values, dates as numbers, texts as statistics and model scores
 *   dpp1  trees on encodings: target and frequency statistics of categories and of numbers that repeat
 *   dpp2  linear: imputed and scaled numbers, one-hot categories, cyclic dates, word tf-idf
 *   dpp3  linear on normal scores, target encodings and character tf-idf
 * Numbers that repeat are categories as well in dpp1 and dpp3; lists of numbers are their statistics everywhere.
 * A pipeline that would equal another on this table is left out. */
#include <string.h>

#include "plan/plan_budget.h"
#include "plan/plan_make.h"

/* The feature columns of a table by what can be done with them; each a JSON array of names. */
typedef struct column_groups {
    json_t *numeric, *category, *date, *text, *sequence;
    json_t *repeating; /* numeric columns whose values repeat: numbers and categories at once (column_facts.dual) */
    json_t *wide;      /* categories with many levels */
    json_t *holes;     /* numeric or date columns with missing values */
} column_groups;

/* One-hot columns become many above this; target statistics say more. */
#define WIDE_LEVELS 20

static void groups_clear(column_groups *g)
{
    json_decref(g->numeric);
    json_decref(g->category);
    json_decref(g->date);
    json_decref(g->text);
    json_decref(g->sequence);
    json_decref(g->repeating);
    json_decref(g->wide);
    json_decref(g->holes);
}

static void add_name(json_t *list, text name)
{
    json_array_append_new(list, json_text(name));
}

static ptg_status groups_make(const frame *f, const profile_facts *facts, column_groups *g, ptg_error *err)
{
    *g = (column_groups){json_array(), json_array(), json_array(), json_array(),
                         json_array(), json_array(), json_array(), json_array()};
    if (!g->numeric || !g->category || !g->date || !g->text || !g->sequence || !g->repeating || !g->wide || !g->holes)
        return fail_memory(err);
    for (int32_t i = 0; i < frame_columns(f); i++) {
        const column_facts *p = &facts->columns[i];
        if (p->role != ROLE_FEATURE) continue;
        const column *c = frame_column(f, i);
        bool number = c->type == COLUMN_NUMERIC || c->type == COLUMN_DATETIME;
        if (c->type == COLUMN_NUMERIC) add_name(g->numeric, c->name);
        if (c->type == COLUMN_CATEGORICAL) add_name(g->category, c->name);
        if (c->type == COLUMN_DATETIME) add_name(g->date, c->name);
        if (c->type == COLUMN_TEXT) add_name(g->text, c->name);
        if (c->type == COLUMN_SEQUENCE) add_name(g->sequence, c->name);
        if (p->dual) add_name(g->repeating, c->name);
        if (c->type == COLUMN_CATEGORICAL && c->n_levels > WIDE_LEVELS) add_name(g->wide, c->name);
        if (number && p->statistics.missing + p->statistics.invalid > 0) add_name(g->holes, c->name);
    }
    return PTG_OK;
}

/* Appends a step where it has columns. `parameters` is JSON text. */
static ptg_status add_step(json_t *steps, const char *step, const json_t *columns, const char *parameters, ptg_error *err)
{
    if (json_array_size(columns) == 0) return PTG_OK;
    json_t *row = json_pack("{s:s,s:O,s:o}", "step", step, "columns", columns, "parameters", json_loads(parameters, 0, NULL));
    if (!row || json_array_append_new(steps, row) != 0) return fail_memory(err);
    return PTG_OK;
}

static const char dates_as_numbers[] = "{\"mode\": \"ordinal\", \"extract\": [\"epoch_days\", \"year\", \"month\", "
                                       "\"day_of_month\", \"weekday\", \"hour\", \"minute\"]}";

static ptg_status steps_native(const column_groups *g, json_t *steps, ptg_error *err)
{
    TRY(add_step(steps, "SequenceStatistics", g->sequence, "{}", err));
    TRY(add_step(steps, "DateTimeVectorizer", g->date, dates_as_numbers, err));
    TRY(add_step(steps, "TextStatistics", g->text, "{\"keep_input\": true}", err));
    TRY(add_step(steps, "TextModelScore", g->text, "{}", err));
    return add_step(steps, "RobustOrdinalEncoder", g->category, "{}", err);
}

static ptg_status steps_encoded(const column_groups *g, json_t *steps, ptg_error *err)
{
    TRY(add_step(steps, "SequenceStatistics", g->sequence, "{}", err));
    TRY(add_step(steps, "DateTimeVectorizer", g->date, dates_as_numbers, err));
    TRY(add_step(steps, "TextStatistics", g->text, "{\"keep_input\": true}", err));
    TRY(add_step(steps, "MultiColumnTfidfVectorizer", g->text, "{\"max_features\": 300, \"sublinear_tf\": true}", err));
    TRY(add_step(steps, "FrequencyEncoder", g->repeating, "{\"keep_input\": true}", err));
    TRY(add_step(steps, "TargetEncoder", g->repeating, "{\"keep_input\": true}", err));
    TRY(add_step(steps, "FrequencyEncoder", g->category, "{\"keep_input\": true}", err));
    return add_step(steps, "TargetEncoder", g->category, "{}", err);
}

static ptg_status steps_linear(const column_groups *g, json_t *steps, ptg_error *err)
{
    TRY(add_step(steps, "RobustMissingIndicator", g->holes, "{}", err));
    TRY(add_step(steps, "SequenceStatistics", g->sequence, "{}", err));
    TRY(add_step(steps, "DateTimeVectorizer", g->date, "{\"mode\": \"cyclic\"}", err));
    TRY(add_step(steps, "ThresholdOneHotEncoder", g->category, "{}", err));
    TRY(add_step(steps, "MultiColumnTfidfVectorizer", g->text,
                 "{\"analyzer\": \"word\", \"ngram_range\": [1, 2], \"max_features\": 20000, \"sublinear_tf\": true}", err));
    json_t *real = json_string("real");
    json_t *step_one =
        json_pack("{s:s,s:O,s:{s:s}}", "step", "RobustImputer", "columns", real, "parameters", "strategy", "median");
    json_t *step_two = json_pack("{s:s,s:o,s:{}}", "step", "RobustStandardScaler", "columns", real, "parameters");
    if (!step_one || !step_two || json_array_append_new(steps, step_one) != 0 || json_array_append_new(steps, step_two) != 0)
        return fail_memory(err);
    return PTG_OK;
}

static ptg_status steps_scores(const column_groups *g, json_t *steps, ptg_error *err)
{
    TRY(add_step(steps, "RobustMissingIndicator", g->holes, "{}", err));
    TRY(add_step(steps, "SequenceStatistics", g->sequence, "{}", err));
    TRY(add_step(steps, "DateTimeVectorizer", g->date, dates_as_numbers, err));
    TRY(add_step(steps, "TargetEncoder", g->repeating, "{\"keep_input\": true}", err));
    TRY(add_step(steps, "TargetEncoder", g->wide, "{\"keep_input\": true}", err));
    TRY(add_step(steps, "ThresholdOneHotEncoder", g->repeating,
                 "{\"threshold\": 10, \"max_categories\": 2000, \"keep_input\": true}", err));
    TRY(add_step(steps, "ThresholdOneHotEncoder", g->category, "{\"max_categories\": 2000}", err));
    TRY(add_step(steps, "MultiColumnTfidfVectorizer", g->text,
                 "{\"analyzer\": \"char_wb\", \"ngram_range\": [2, 5], \"max_features\": 30000, \"sublinear_tf\": true}", err));
    json_t *real = json_string("real");
    json_t *step_one =
        json_pack("{s:s,s:O,s:{s:s}}", "step", "RobustImputer", "columns", real, "parameters", "strategy", "median");
    json_t *step_two = json_pack("{s:s,s:o,s:{}}", "step", "QuantileNormalizer", "columns", real, "parameters");
    if (!step_one || !step_two || json_array_append_new(steps, step_one) != 0 || json_array_append_new(steps, step_two) != 0)
        return fail_memory(err);
    return PTG_OK;
}

/* One row a candidate that a plan may hold, in the order in which their first trials run. */
typedef struct candidate_row {
    const char *pipeline, *algorithm;
    const char *reason;
} candidate_row;

static const candidate_row rows_wanted[] = {
    {"dpp0", "lightgbm", "Boosted trees grown leaf by leaf on the columns as they are: fast, and strong on most tables."},
    {"dpp0", "boost",
     "Symmetric boosted trees on the columns as they are: categories and their combinations by what earlier rows of them say."},
    {"dpp0", "xgboost", "Boosted trees grown level by level on the columns as they are: errs elsewhere than lightgbm does."},
    {"dpp2", "linear-learner", "One weight a column: best where effects add up, and the easiest to read."},
    {"dpp1", "lightgbm",
     "Boosted trees on target statistics: what categories with many levels and repeating numbers say about the target."},
    {"dpp0", "extra-trees", "Many deep trees with random thresholds, averaged: smooth, and hard to over-fit on small tables."},
    {"dpp0", "additive",
     "A sum of functions of one column each, which are drawn once it is trained: nearly as good as boost where columns do not "
     "interact, and every prediction can be read."},
    {"dpp1", "xgboost", "Level-wise boosted trees on target statistics."},
    {"dpp0", "random-forest", "Many deep trees on samples of rows, averaged: robust against noise in the target."},
    {"dpp3", "linear-learner",
     "One weight a column on normal scores, target statistics and repeating values: a linear model that outliers cannot bend."},
};

/* A range as plan.json writes it, from the parameter's row. */
static json_t *range_json(const parameter *row)
{
    if (row->search_values)
        return json_pack("{s:s,s:o}", "type", "categorical", "values", json_loads(row->search_values, 0, NULL));
    bool integer = row->type == PARAMETER_INTEGER;
    json_t *low = integer ? json_integer((json_int_t)row->search_min) : json_number(row->search_min);
    json_t *high = integer ? json_integer((json_int_t)row->search_max) : json_number(row->search_max);
    return json_pack("{s:s,s:o,s:o,s:s}", "type", integer ? "integer" : "continuous", "min", low, "max", high, "scale",
                     row->log_scale ? "log" : "linear");
}

static ptg_status add_candidate(json_t *candidates, const candidate_row *row, const algorithm *a, const budget *b,
                                arena *memory, ptg_error *err)
{
    json_t *ranges = json_object(), *fixed = budget_static(b, a);
    if (!ranges || !fixed) {
        json_decref(ranges);
        json_decref(fixed);
        return fail_memory(err);
    }
    for (int32_t i = 0; i < a->n_parameters; i++) {
        if (!a->parameters[i].searched) continue;
        json_t *range = range_json(&a->parameters[i]);
        budget_range(fixed, a->parameters[i].name, range);
        json_object_set_new(ranges, a->parameters[i].name, range);
    }
    json_t *value = json_pack("{s:s,s:s,s:o,s:o,s:b,s:s}", "pipeline", row->pipeline, "algorithm", row->algorithm, "static",
                              fixed, "ranges", ranges, "enabled", 1, "reason", row->reason);
    char *name = arena_print(memory, "%s-%s", row->pipeline, row->algorithm);
    if (name && json_object_set(candidates, name, value) == 0) { /* refuses what could not be made */
        json_decref(value);
        return PTG_OK;
    }
    json_decref(value);
    return fail_memory(err);
}

static bool wished(const plan_wishes *wishes, const char *name)
{
    if (!wishes->algorithms) return true;
    for (size_t i = 0; i < json_array_size(wishes->algorithms); i++)
        if (strcmp(json_string_value(json_array_get(wishes->algorithms, i)), name) == 0) return true;
    return false;
}

/* Names in --algorithms must exist, and be such that a plan may hold them. */
static ptg_status check_wished(const plan_wishes *wishes, ptg_error *err)
{
    for (size_t i = 0; i < json_array_size(wishes->algorithms); i++) {
        const char *name = json_string_value(json_array_get(wishes->algorithms, i));
        text_shown_buffer shown;
        if (!algorithm_find(name))
            return fail(err, PTG_ERROR_USAGE, "--algorithms: there is no algorithm '%s'; `pilotage help` lists them.",
                        text_shown(text_of(name), &shown));
        if (strcmp(name, "baseline") == 0)
            return fail(err, PTG_ERROR_USAGE,
                        "--algorithms: baseline is always fitted and cannot be chosen; name another algorithm.");
    }
    return PTG_OK;
}

/* A pipeline that would be the same as another on this table. */
static const char *stand_in(const char *pipeline, const column_groups *g)
{
    bool categories = json_array_size(g->category) > 0, texts = json_array_size(g->text) > 0,
         repeating = json_array_size(g->repeating) > 0;
    if (strcmp(pipeline, "dpp1") == 0 && !categories && !texts && !repeating) return NULL;
    return pipeline;
}

typedef ptg_status (*steps_maker)(const column_groups *g, json_t *steps, ptg_error *err);

/* New reference; an empty array for a name that is none of these. */
static ptg_status make_steps(const char *name, const column_groups *g, json_t **out, ptg_error *err)
{
    static const struct {
        const char *name;
        steps_maker make;
    } makers[] = {{"dpp0", steps_native}, {"dpp1", steps_encoded}, {"dpp2", steps_linear}, {"dpp3", steps_scores}};
    json_t *steps = json_array();
    ptg_status status = steps ? PTG_OK : fail_memory(err);
    for (size_t i = 0; status == PTG_OK && i < sizeof makers / sizeof *makers; i++)
        if (strcmp(makers[i].name, name) == 0) status = makers[i].make(g, steps, err);
    if (status == PTG_OK)
        *out = steps;
    else
        json_decref(steps);
    return status;
}

static ptg_status add_pipeline(json_t *pipelines, const char *name, const column_groups *g, ptg_error *err)
{
    json_t *steps;
    if (json_object_get(pipelines, name)) return PTG_OK;
    TRY(make_steps(name, g, &steps, err));
    return json_object_set_new(pipelines, name, steps) == 0 ? PTG_OK : fail_memory(err);
}

/* Groups that all hold something, so that no step is left out. */
static ptg_status groups_fill(column_groups *g, ptg_error *err)
{
    json_t **const lists[] = {&g->numeric, &g->category, &g->date, &g->text, &g->repeating, &g->wide, &g->holes};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        *lists[k] = json_pack("[s]", "*");
        if (!*lists[k]) return fail_memory(err);
    }
    return PTG_OK;
}

ptg_status plan_pipeline_steps(const char *pipeline, const frame *f, const profile_facts *facts, json_t **steps, ptg_error *err)
{
    column_groups g = {0};
    ptg_status status = facts ? groups_make(f, facts, &g, err) : groups_fill(&g, err);
    if (status == PTG_OK) status = make_steps(pipeline, &g, steps, err);
    groups_clear(&g);
    return status;
}

/* Adds the candidate of one row where its algorithm can run here; says so once an algorithm where it cannot. */
static ptg_status try_row(const candidate_row *row, const column_groups *g, const profile_facts *facts,
                          const plan_wishes *wishes, const budget *b, json_t *pipelines, json_t *candidates, json_t *missing,
                          arena *memory, ptg_error *err)
{
    const algorithm *a = algorithm_find(row->algorithm);
    if (!a || !wished(wishes, row->algorithm) || !stand_in(row->pipeline, g) || !(a->problems & (1u << facts->problem)))
        return PTG_OK;
    ptg_error reason = {0};
    if (a->available(&reason) != PTG_OK) {
        char *sentence = arena_print(memory, "%s is left out: %s", a->name, reason.message);
        if (!sentence) return fail_memory(err);
        for (size_t i = 0; i < json_array_size(missing); i++)
            if (strcmp(json_string_value(json_array_get(missing, i)), sentence) == 0) return PTG_OK;
        return json_array_append_new(missing, json_string(sentence)) == 0 ? PTG_OK : fail_memory(err);
    }
    TRY(add_pipeline(pipelines, row->pipeline, g, err));
    return add_candidate(candidates, row, a, b, memory, err);
}

ptg_status plan_make_candidates(const frame *f, const profile_facts *facts, const plan_wishes *wishes, const budget *b,
                                json_t *document, json_t *missing, ptg_error *err)
{
    TRY(check_wished(wishes, err));
    column_groups g = {0};
    json_t *pipelines = json_object(), *candidates = json_object();
    arena *memory = arena_new();
    ptg_status status = memory && pipelines && candidates ? groups_make(f, facts, &g, err) : fail_memory(err);
    for (size_t i = 0; status == PTG_OK && i < sizeof rows_wanted / sizeof *rows_wanted; i++)
        status = try_row(&rows_wanted[i], &g, facts, wishes, b, pipelines, candidates, missing, memory, err);
    if (status == PTG_OK && json_object_size(candidates) == 0) {
        const char *first = json_string_value(json_array_get(missing, 0));
        status =
            fail(err, PTG_ERROR_LIBRARY, "No algorithm can run here: %s", first ? first : "name others with --algorithms.");
    }
    if (status == PTG_OK &&
        (json_object_set(document, "pipelines", pipelines) != 0 || json_object_set(document, "candidates", candidates) != 0))
        status = fail_memory(err);
    json_decref(pipelines);
    json_decref(candidates);
    groups_clear(&g);
    arena_free(memory);
    return status;
}

#define FIRST_CANDIDATES 6

double plan_work(const json_t *document, const budget *b)
{
    double work = 0;
    int seen = 0;
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(document, "candidates"), name, value)
    {
        const algorithm *a = algorithm_find(json_text_or(value, "algorithm", ""));
        if (seen++ == FIRST_CANDIDATES || !a) break;
        work += budget_work(b, a, json_object_get(value, "static"));
    }
    return work;
}
