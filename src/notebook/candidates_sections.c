/* Outputs of the candidate definition notebook: tables of the plan and of the leaderboard. A failed candidate stands in the
 * leaderboard with its reason. */
#include "notebook/candidates_sections.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

enum { MAX_ROWS = 500, MAX_BARS = 20 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

const json_t *candidates_find(const candidates *c, text name)
{
    return name.data ? json_object_getn(json_object_get(c->plan, "candidates"), name.data, (size_t)name.size) : NULL;
}

text candidates_name_of(const candidates *c, const json_t *row)
{
    text name = exhibit_text(row, "name");
    if (!name.data || candidates_find(c, name)) return name;
    int64_t end = name.size;
    while (end > 0 && name.data[end - 1] >= '0' && name.data[end - 1] <= '9')
        end--;
    if (end == name.size || end < 2 || name.data[end - 1] != '-') return name;
    text shorter = {name.data, end - 1};
    return candidates_find(c, shorter) ? shorter : name;
}

const json_t *candidates_best_row(const candidates *c, bool of_plan)
{
    size_t i;
    json_t *row;
    const json_t *first = NULL;
    text handed_over = exhibit_text(c->job, "best");
    json_array_foreach(c->leaderboard, i, row)
    {
        if (!json_is_number(json_object_get(row, "score"))) continue;
        text name = candidates_name_of(c, row);
        if (of_plan && !candidates_find(c, name)) continue;
        if (handed_over.data && text_equal(name, handed_over)) return row;
        if (!first && !text_equal_to(exhibit_text(row, "algorithm"), "baseline")) first = row;
    }
    return first;
}

/* ---- the plan ---- */

void candidates_show_columns(const candidates *c, exhibit *e)
{
    static const char *const HEADS[] = {"Column", "Type", "Role", "Missing tokens", "~Why"};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    const char *name;
    json_t *column;
    size_t shown = 0, all = json_object_size(json_object_get(c->plan, "columns"));
    json_object_foreach(json_object_get(c->plan, "columns"), name, column)
    {
        size_t i;
        json_t *token;
        text_buffer tokens = {0};
        if (shown++ >= MAX_ROWS) break;
        json_array_foreach(json_object_get(column, "missing_tokens"), i, token)
        {
            if (i) text_append(&tokens, " ");
            if (json_is_string(token)) text_append(&tokens, json_string_value(token));
        }
        exhibit_table_text(t, text_of(name));
        exhibit_table_text(t, text_or(exhibit_text(column, "type"), "?"));
        exhibit_table_text(t, text_or(exhibit_text(column, "role"), "?"));
        exhibit_table_text(t, text_in(&tokens));
        exhibit_table_text(t, text_or(exhibit_text(column, "reason"), ""));
        if (tokens.failed) e->html.failed = true;
        text_buffer_clear(&tokens);
    }
    exhibit_add_table(e, t);
    if (all > MAX_ROWS) exhibit_say(e, "%d of %zu columns are shown; plan.json holds all of them.", MAX_ROWS, all);
}

static void say_number(exhibit *e, const char *name, const json_t *object, const char *key, bool share)
{
    double value = json_real_or(object, key, NAN);
    text_buffer b = {0};
    if (isnan(value)) return;
    if (share) {
        exhibit_append_share(&b, value);
    } else {
        exhibit_append_number(&b, value, 6);
    }
    exhibit_item_take(e, name, &b);
}

void candidates_show_validation(const candidates *c, exhibit *e)
{
    const json_t *validation = json_object_get(c->plan, "validation");
    exhibit_item(e, "Problem type", text_or(exhibit_text(c->plan, "problem_type"), "?"));
    exhibit_item(e, "Objective", text_or(exhibit_text(c->plan, "objective"), "?"));
    if (exhibit_text(c->plan, "positive_class").data)
        exhibit_item(e, "Positive class", exhibit_text(c->plan, "positive_class"));
    exhibit_item(e, "Validation", text_or(exhibit_text(validation, "kind"), "?"));
    if (json_integer_or(validation, "folds", 1) > 1)
        say_number(e, "Folds", validation, "folds", false);
    else
        say_number(e, "Fraction held out", validation, "fraction", true);
    if (exhibit_text(validation, "reason").size) exhibit_item(e, "Why", exhibit_text(validation, "reason"));
    say_number(e, "Seed", c->plan, "seed", false);
}

static void append_steps(text_buffer *b, const json_t *pipeline)
{
    size_t i;
    json_t *step;
    json_array_foreach(pipeline, i, step)
    {
        if (i) text_append(b, " \xe2\x86\x92 ");
        text_append_span(b, text_or(exhibit_text(step, "step"), "?"));
    }
    if (json_array_size(pipeline) == 0) text_append(b, "the columns as they are");
}

void candidates_show_candidates(const candidates *c, exhibit *e)
{
    static const char *const HEADS[] = {"Candidate", "Algorithm", "Pipeline", ">Tuned parameters"};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    const char *name;
    json_t *candidate;
    json_object_foreach(json_object_get(c->plan, "candidates"), name, candidate)
    {
        text_buffer steps = {0};
        if (!json_bool_or(candidate, "enabled", true)) continue;
        append_steps(&steps, json_object_get(json_object_get(c->plan, "pipelines"), json_text_or(candidate, "pipeline", "")));
        exhibit_table_text(t, text_of(name));
        exhibit_table_text(t, text_or(exhibit_text(candidate, "algorithm"), "?"));
        exhibit_table_text(t, text_in(&steps));
        exhibit_table_count(t, (int64_t)json_object_size(json_object_get(candidate, "ranges")));
        if (steps.failed) e->html.failed = true;
        text_buffer_clear(&steps);
    }
    exhibit_add_table(e, t);
}

/* ---- the leaderboard ---- */

/* The rows to show: the first of each candidate, in order. Returns how many. */
static int32_t first_rows(const candidates *c, const json_t *rows[MAX_ROWS])
{
    int32_t n = 0;
    size_t i;
    json_t *row;
    json_array_foreach(c->leaderboard, i, row)
    {
        text name = candidates_name_of(c, row);
        bool seen = false;
        for (int32_t k = 0; k < n && !seen; k++)
            seen = text_equal(candidates_name_of(c, rows[k]), name);
        if (!seen && n < MAX_ROWS) rows[n++] = row;
    }
    return n;
}

static int64_t trials_of(const candidates *c, text name)
{
    int64_t n = 0;
    size_t i;
    json_t *row;
    json_array_foreach(c->leaderboard, i, row) n += text_equal(candidates_name_of(c, row), name);
    return n;
}

static void add_leaderboard_row(exhibit_table *t, const candidates *c, const json_t *row, int32_t rank)
{
    text name = candidates_name_of(c, row);
    exhibit_table_count(t, rank);
    exhibit_table_text(t, text_or(name, "?"));
    exhibit_table_text(t, text_or(exhibit_text(row, "algorithm"), ""));
    exhibit_table_number(t, json_real_or(row, "score", NAN), 5);
    exhibit_table_number(t, json_real_or(row, "score_se", NAN), 2);
    exhibit_table_text(t, text_or(exhibit_text(row, "status"), "?"));
    if (candidates_find(c, name))
        exhibit_table_count(t, trials_of(c, name));
    else
        exhibit_table_text(t, text_of("")); /* ensemble and baseline are no trials of a candidate */
    exhibit_table_number(t, json_real_or(row, "fit_seconds", NAN), 3);
    exhibit_table_number(t, json_real_or(row, "predict_us_per_row", NAN), 3);
    exhibit_table_text(t, text_of(json_bool_or(row, "edited", false) ? "edited" : ""));
}

static void say_errors(const candidates *c, const json_t *const rows[], int32_t n, exhibit *e)
{
    for (int32_t i = 0; i < n; i++) {
        text error = exhibit_text(rows[i], "error"), name = candidates_name_of(c, rows[i]);
        if (!error.size || !name.data) continue;
        bool named = error.size > name.size && text_equal((text){error.data, name.size}, name);
        char *title = named ? NULL : mem_text(name.data, (size_t)name.size);
        if (!named && !title) e->html.failed = true;
        exhibit_item(e, title, error);
        mem_free(title);
    }
}

static void draw_scores(const candidates *c, const json_t *const rows[], int32_t n, const char *objective, exhibit *e)
{
    chart_bar bars[MAX_BARS];
    int32_t n_bars = 0;
    for (int32_t i = 0; i < n && n_bars < MAX_BARS; i++) {
        double score = json_real_or(rows[i], "score", NAN);
        if (isnan(score)) continue;
        bool baseline = text_equal_to(exhibit_text(rows[i], "algorithm"), "baseline");
        bars[n_bars++] = (chart_bar){text_or(candidates_name_of(c, rows[i]), "?"), score,
                                     json_real_or(rows[i], "score_se", NAN), baseline ? CHART_GREY : CHART_BLUE};
    }
    if (n_bars == 0) return;
    text_buffer svg = {0}, axis = {0};
    bool greater = json_bool_or(rows[0], "greater_is_better", true);
    text_append_shown(&axis, text_of(objective), 30);
    text_print(&axis, " on held-out rows, %s is better (whisker: one standard error)", greater ? "higher" : "lower");
    chart_bars chart = {text_of("Scores"), text_in(&axis), bars, n_bars, NAN, 720};
    chart_draw_bars(&chart, &svg);
    exhibit_chart(e, &svg, text_of("Bars: the score of each candidate; the table above holds the numbers."));
    text_buffer_clear(&svg);
    if (axis.failed) e->html.failed = true;
    text_buffer_clear(&axis);
}

void candidates_show_leaderboard(const candidates *c, exhibit *e)
{
    static const char *const HEADS[] = {">Rank",   "Candidate",       "Algorithm",
                                        ">Score",  ">Standard error", "Status",
                                        ">Trials", ">Fit, s",         ">Predict, \xc2\xb5s a row",
                                        ""};
    const json_t *rows[MAX_ROWS];
    int32_t n = first_rows(c, rows);
    if (n == 0) {
        exhibit_say(e, "Nothing has been trained yet.");
        return;
    }
    const char *objective = json_text_or(c->plan, "objective", "?");
    bool greater = json_bool_or(rows[0], "greater_is_better", true);
    exhibit_say(e, "Score: %.80s on held-out rows, %s is better.", objective, greater ? "higher" : "lower");
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    for (int32_t i = 0; i < n; i++)
        add_leaderboard_row(t, c, rows[i], i + 1);
    exhibit_add_table(e, t);
    say_errors(c, rows, n, e);
    draw_scores(c, rows, n, objective, e);
}

static void show_parameters(const json_t *parameters, exhibit *e)
{
    static const char *const HEADS[] = {"Parameter", "Value"};
    const char *name;
    json_t *value;
    if (json_object_size(parameters) == 0) return;
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    json_object_foreach((json_t *)parameters, name, value)
    {
        text_buffer b = {0};
        json_write(&b, value, 0, false);
        exhibit_table_text(t, text_of(name));
        exhibit_table_text(t, json_is_string(value) ? text_of(json_string_value(value)) : text_in(&b));
        if (b.failed) e->html.failed = true;
        text_buffer_clear(&b);
    }
    exhibit_add_table(e, t);
}

/* What an ensemble is made of, the heaviest member first as the leaderboard has them. */
static void show_members(const json_t *weights, exhibit *e)
{
    static const char *const HEADS[] = {"Member", ">Weight"};
    const char *name;
    json_t *weight;
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    json_object_foreach((json_t *)weights, name, weight)
    {
        exhibit_table_text(t, text_of(name));
        exhibit_table_number(t, json_number_value(weight), 3);
    }
    exhibit_add_table(e, t);
}

void candidates_show_best(const candidates *c, exhibit *e)
{
    const json_t *row = candidates_best_row(c, false);
    text_buffer b = {0};
    if (!row) {
        exhibit_say(e, "Nothing has been trained yet.");
        return;
    }
    text_append_span(&b, text_or(candidates_name_of(c, row), "?"));
    text_append(&b, ": ");
    text_append(&b, json_text_or(c->plan, "objective", "score"));
    text_append(&b, " ");
    exhibit_append_number(&b, json_real_or(row, "score", NAN), 5);
    if (json_is_number(json_object_get(row, "score_se"))) {
        text_append(&b, " \xc2\xb1 ");
        exhibit_append_number(&b, json_real_or(row, "score_se", NAN), 2);
    }
    exhibit_item_take(e, "Best candidate", &b);
    bool handed_over = text_equal(exhibit_text(c->job, "best"), candidates_name_of(c, row));
    if (handed_over && exhibit_text(c->job, "reason").size) exhibit_item(e, "Why", exhibit_text(c->job, "reason"));
    const json_t *parameters = json_object_get(row, "parameters"), *weights = json_object_get(parameters, "weights");
    if (json_is_object(weights))
        show_members(weights, e);
    else
        show_parameters(parameters, e);
}
