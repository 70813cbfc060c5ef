/* The candidate definition notebook: title, setup, columns, validation, one heading and one cell a candidate (the best one
 * first once there is one), tuning knobs, tuning, leaderboard, best candidate. Cells call
 * pilotage.interactive.InteractiveRunner. */
#include "notebook/candidates.h"

#include <string.h>

#include "notebook/candidates_sections.h"
#include "base/memory.h"
#include "notebook/notebook_document.h"
#include "notebook/python_code.h"

typedef struct section {
    const char *name;
    void (*show)(const candidates *c, exhibit *e);
} section;

static const section SECTIONS[] = {
    {"plan_columns", candidates_show_columns},       {"plan_validation", candidates_show_validation},
    {"plan_candidates", candidates_show_candidates}, {"leaderboard", candidates_show_leaderboard},
    {"best_candidate", candidates_show_best},
};
enum { N_SECTIONS = sizeof SECTIONS / sizeof SECTIONS[0] };

#define SHAPES "shapes"

/* The candidate whose functions a section shows: NULL, or what stands behind "shapes:"; false for another section. */
static bool is_shapes(const char *name, const char **candidate)
{
    size_t size = strlen(SHAPES);
    *candidate = NULL;
    if (strncmp(name, SHAPES, size) != 0 || (name[size] != '\0' && name[size] != ':')) return false;
    if (name[size] == ':') *candidate = name + size + 1;
    return true;
}

bool candidates_has(const char *name)
{
    const char *candidate;
    if (is_shapes(name, &candidate)) return true;
    for (int i = 0; i < N_SECTIONS; i++) {
        if (strcmp(SECTIONS[i].name, name) == 0) return true;
    }
    return false;
}

ptg_status candidates_section(const candidates *c, const char *name, json_t **bundle, ptg_error *err)
{
    const char *candidate;
    exhibit e = {0};
    *bundle = NULL;
    if (is_shapes(name, &candidate)) {
        candidates_show_shapes(c, candidate, &e);
        return exhibit_take(&e, bundle, err);
    }
    for (int i = 0; i < N_SECTIONS; i++) {
        if (strcmp(SECTIONS[i].name, name) != 0) continue;
        SECTIONS[i].show(c, &e);
        return exhibit_take(&e, bundle, err);
    }
    text_shown_buffer shown;
    return fail(
        err, PTG_ERROR_USAGE,
        "there is no section '%s'; take plan_columns, plan_validation, plan_candidates, leaderboard, best_candidate or shapes",
        text_shown(text_of(name), &shown));
}

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

/* Adds a Markdown cell from a text that was put together, and clears it. */
static ptg_status add_words(notebook_document *n, const char *id, text_buffer *b, ptg_error *err)
{
    ptg_status status = text_buffer_check(b, err);
    if (status == PTG_OK) status = notebook_add_markdown(n, id, text_in(b), err);
    text_buffer_clear(b);
    return status;
}

static ptg_status add_code(notebook_document *n, const char *id, text_buffer *b, const json_t *bundle, ptg_error *err)
{
    ptg_status status = text_buffer_check(b, err);
    if (status == PTG_OK) status = notebook_add_code(n, id, text_in(b), bundle, err);
    text_buffer_clear(b);
    return status;
}

/* Adds a cell of fixed code; `show` (NULL for none) names the section whose output stands below it. */
static ptg_status add_call(const candidates *c, notebook_document *n, const char *id, const char *code, const char *show,
                           ptg_error *err)
{
    json_t *bundle = NULL;
    if (show) TRY(candidates_section(c, show, &bundle, err));
    ptg_status status = notebook_add_code(n, id, text_of(code), bundle, err);
    json_decref(bundle);
    return status;
}

/* Data in Markdown: controls become escapes, then Markdown's own marks. */
static void append_data(text_buffer *b, text t, int64_t max_chars)
{
    text_buffer shown = {0};
    text_append_shown(&shown, t.data ? t : text_of("?"), max_chars);
    if (shown.size) text_append_markdown(b, text_in(&shown));
    if (shown.failed) b->failed = true;
    text_buffer_clear(&shown);
}

/* ---- title ---- */

static text target_of(const json_t *plan)
{
    const char *name;
    json_t *column;
    json_object_foreach(json_object_get(plan, "columns"), name, column)
    {
        if (text_equal_to(exhibit_text(column, "role"), "target")) return text_of(name);
    }
    return (text){NULL, 0};
}

/* The candidates that are switched on, and how many algorithms they use. */
static int64_t count_enabled(const json_t *plan, int64_t *algorithms)
{
    int64_t n = 0;
    const char *name;
    json_t *candidate;
    json_t *seen = json_object();
    json_object_foreach(json_object_get(plan, "candidates"), name, candidate)
    {
        if (!json_bool_or(candidate, "enabled", true)) continue;
        n++;
        if (seen) json_object_set_new(seen, json_text_or(candidate, "algorithm", "?"), json_true());
    }
    *algorithms = (int64_t)json_object_size(seen);
    json_decref(seen);
    return n;
}

static void append_best(const candidates *c, text_buffer *b)
{
    const json_t *row = candidates_best_row(c, false);
    if (!row) {
        text_append(b, "Nothing has been trained yet: this is the plan.\n\n");
        return;
    }
    text_append(b, "**Best so far: ");
    append_data(b, candidates_name_of(c, row), 60);
    text_append(b, ", ");
    append_data(b, exhibit_text(c->plan, "objective"), 40);
    text_append(b, " ");
    exhibit_append_number(b, json_real_or(row, "score", 0.0), 5);
    if (json_is_number(json_object_get(row, "score_se"))) {
        text_append(b, " \xc2\xb1 ");
        exhibit_append_number(b, json_real_or(row, "score_se", 0.0), 2);
    }
    text_append(b, ".**\n\n");
}

static ptg_status add_title(const candidates *c, notebook_document *n, ptg_error *err)
{
    text_buffer b = {0};
    int64_t algorithms = 0, count = count_enabled(c->plan, &algorithms);
    text_append(&b, "# Candidate definition\n\n**");
    exhibit_append_count(&b, count);
    text_append(&b, count == 1 ? " candidate" : " candidates");
    text_append(&b, " of ");
    exhibit_append_count(&b, algorithms);
    text_append(&b, algorithms == 1 ? " algorithm" : " algorithms");
    text_append(&b, " to predict ");
    append_data(&b, target_of(c->plan), 60);
    text_append(&b, " (");
    append_data(&b, exhibit_text(c->plan, "problem_type"), 20);
    text_append(&b, "), judged by ");
    append_data(&b, exhibit_text(c->plan, "objective"), 40);
    text_append(&b, ".**\n\n");
    append_best(c, &b);
    text_append(
        &b,
        "The cells below build the plan of this job. Run all of them as they are, and what was trained is read, not trained "
        "again. Change a cell and run on: only what the change touches is trained. A candidate whose cell is not run is not "
        "selected.\n\n"
        "Contents: [Setup](#Setup) \xc2\xb7 [Columns](#Columns) \xc2\xb7 [Validation](#Validation-and-objective) \xc2\xb7 "
        "[Candidates](#Candidates) \xc2\xb7 [Tuning](#Tuning) \xc2\xb7 [Leaderboard](#Leaderboard) \xc2\xb7 "
        "[Best candidate](#Best-candidate)\n");
    return add_words(n, "title", &b, err);
}

/* ---- setup, columns, validation ---- */

static ptg_status add_head(const candidates *c, notebook_document *n, ptg_error *err)
{
    static const char SETUP[] = "from pilotage.interactive import InteractiveRunner\n"
                                "from pilotage.parameters import (\n"
                                "    CategoricalParameter,\n"
                                "    ContinuousParameter,\n"
                                "    IntegerParameter,\n"
                                ")\n\n"
                                "runner = InteractiveRunner(\"..\")";
    TRY(notebook_add_markdown(n, "setup-text", text_of("## Setup\n\nThe job folder is the one above this notebook."), err));
    TRY(notebook_add_code(n, "setup", text_of(SETUP), NULL, err));
    TRY(notebook_add_markdown(n, "columns-text",
                              text_of("## Columns\n\nWhat each column is, and what it is used for. To change it:\n\n"
                                      "```python\nrunner.columns({\"NAME\": {\"type\": \"categorical\", \"role\": "
                                      "\"feature\"}})\n```"),
                              err));
    TRY(add_call(c, n, "columns", "runner.columns()", "plan_columns", err));
    TRY(notebook_add_markdown(
        n, "validation-text",
        text_of("## Validation and objective\n\nHow candidates are judged, the same for all of them. To change it:\n\n"
                "```python\nrunner.validation(kind=\"folds\", folds=5)\nrunner.objective(\"log_loss\")\n```"),
        err));
    return add_call(c, n, "validation", "runner.validation()", "plan_validation", err);
}

/* ---- candidates ---- */

static void append_strategy(text_buffer *b, const json_t *pipeline)
{
    size_t i, n = json_array_size(pipeline);
    json_t *step;
    text_append(b, n == 0 ? " on the columns as they are" : " after ");
    json_array_foreach(pipeline, i, step)
    {
        size_t columns = json_array_size(json_object_get(step, "columns"));
        if (i) text_append(b, i + 1 == n ? ", then " : ", ");
        append_data(b, exhibit_text(step, "step"), 60);
        if (columns) text_print(b, " on %zu column%s", columns, columns == 1 ? "" : "s");
    }
}

static ptg_status add_candidate_words(const candidates *c, const char *name, const json_t *candidate, bool best,
                                      notebook_document *n, const char *id, ptg_error *err)
{
    text_buffer b = {0};
    const char *pipeline = json_text_or(candidate, "pipeline", "");
    text_append(&b, "### ");
    append_data(&b, text_of(name), 60);
    if (best) text_append(&b, " (the best single candidate)");
    text_append(&b, "\n\n");
    append_data(&b, exhibit_text(candidate, "algorithm"), 60);
    append_strategy(&b, json_object_get(json_object_get(c->plan, "pipelines"), pipeline));
    text_append(&b, ".");
    if (exhibit_text(candidate, "reason").size) {
        text_append(&b, " ");
        append_data(&b, exhibit_text(candidate, "reason"), 600);
    }
    if (!json_bool_or(candidate, "enabled", true))
        text_append(&b, "\n\nNot selected. Take the `#` away and run the cell to select it.");
    return add_words(n, id, &b, err);
}

/* `    "KEY": VALUE,` with the value broken into lines where it is long. */
static void append_member(text_buffer *b, const char *key, const json_t *value)
{
    text_print(b, "    '%s': ", key);
    python_append_value(b, value, 4, 8 + (int)strlen(key));
    text_append(b, ",\n");
}

static void append_pipeline(text_buffer *b, const json_t *pipeline)
{
    size_t i;
    json_t *step;
    if (json_array_size(pipeline) == 0) {
        text_append(b, "    'pipeline': [],\n");
        return;
    }
    text_append(b, "    'pipeline': [\n");
    json_array_foreach(pipeline, i, step)
    {
        text_append(b, "        ");
        python_append_value(b, step, 8, 8);
        text_append(b, ",\n");
    }
    text_append(b, "    ],\n");
}

static void append_ranges(text_buffer *b, const json_t *ranges)
{
    const char *name;
    json_t *range;
    if (json_object_size(ranges) == 0) {
        text_append(b, "    'ranges': {},\n");
        return;
    }
    text_append(b, "    'ranges': {\n");
    json_object_foreach((json_t *)ranges, name, range)
    {
        text_append(b, "        ");
        text_append_python(b, text_of(name));
        text_append(b, ": ");
        python_append_range(b, range, 8, 12 + (int)strlen(name));
        text_append(b, ",\n");
    }
    text_append(b, "    },\n");
}

static void append_candidate(text_buffer *b, const candidates *c, const char *name, const json_t *candidate)
{
    const json_t *pipelines = json_object_get(c->plan, "pipelines");
    text_append(b, "runner.select_candidate({\n    'name': ");
    text_append_python(b, text_of(name));
    text_append(b, ",\n");
    append_pipeline(b, json_object_get(pipelines, json_text_or(candidate, "pipeline", "")));
    text_append(b, "    'algorithm': ");
    text_append_python(b, text_of(json_text_or(candidate, "algorithm", "")));
    text_append(b, ",\n");
    append_member(b, "static", json_object_get(candidate, "static"));
    append_ranges(b, json_object_get(candidate, "ranges"));
    text_append(b, "})");
}

/* Code that is there but not run. */
static void comment_out(text_buffer *out, const text_buffer *code)
{
    if (code->failed) out->failed = true;
    text_append(out, "# ");
    for (int64_t i = 0; i < code->size; i++) {
        text_append_bytes(out, code->data + i, 1);
        if (code->data[i] == '\n') text_append(out, "# ");
    }
}

static ptg_status add_candidate(const candidates *c, const char *name, const json_t *candidate, bool best, notebook_document *n,
                                ptg_error *err)
{
    ptg_status status = PTG_OK;
    text_buffer id = {0}, code = {0}, commented = {0};
    text_append(&id, "candidate-");
    text_append(&id, name);
    int64_t short_id = id.size;
    text_append(&id, "-text");
    GO(text_buffer_check(&id, err));
    if (short_id > 50) short_id = 50;
    GO(add_candidate_words(c, name, candidate, best, n, id.data, err));
    id.data[short_id] = '\0';
    append_candidate(&code, c, name, candidate);
    if (!json_bool_or(candidate, "enabled", true)) {
        comment_out(&commented, &code);
        GO(add_code(n, id.data, &commented, NULL, err));
    } else {
        GO(add_code(n, id.data, &code, NULL, err));
    }
done:
    text_buffer_clear(&id);
    text_buffer_clear(&code);
    text_buffer_clear(&commented);
    return status;
}

static text first_of(const candidates *c)
{
    if (c->first && candidates_find(c, text_of(c->first))) return text_of(c->first);
    const json_t *row = candidates_best_row(c, true);
    return row ? candidates_name_of(c, row) : (text){NULL, 0};
}

static ptg_status add_candidates(const candidates *c, notebook_document *n, ptg_error *err)
{
    const char *name;
    json_t *candidate;
    text first = first_of(c);
    const json_t *row = candidates_best_row(c, true);
    text best = row ? candidates_name_of(c, row) : (text){NULL, 0};
    const json_t *ahead = candidates_find(c, first);
    char *ahead_name = ahead ? mem_text(first.data, (size_t)first.size) : NULL;
    ptg_status status = PTG_OK;
    if (ahead && !ahead_name) return fail_memory(err);
    GO(notebook_add_markdown(
        n, "candidates-text",
        text_of("## Candidates\n\nEach is a pipeline of steps, an algorithm, fixed parameters (`static`) and ranges to "
                "search; a range starts at the `static` value of its parameter, else at its default. Edit, leave out, or "
                "copy a cell under another name."),
        err));
    if (ahead) GO(add_candidate(c, ahead_name, ahead, best.data && text_equal(first, best), n, err));
    json_object_foreach(json_object_get(c->plan, "candidates"), name, candidate)
    {
        if (candidate == ahead) continue;
        GO(add_candidate(c, name, candidate, best.data && text_equal_to(best, name), n, err));
    }
    GO(notebook_add_markdown(n, "selected-text", text_of("### Selected candidates"), err));
    GO(add_call(c, n, "selected", "runner.display_candidates()", "plan_candidates", err));
done:
    mem_free(ahead_name);
    return status;
}

/* ---- tuning and results ---- */

/* `runner.METHOD(a=1, b="x")` from an object; a member that cannot be a keyword is left to the stored plan. */
static void append_keywords(text_buffer *b, const char *method, const json_t *object)
{
    const char *name;
    json_t *value;
    text_print(b, "runner.%s(\n", method);
    json_object_foreach((json_t *)object, name, value)
    {
        if (!python_is_name(name)) continue;
        text_print(b, "    %s=", name);
        python_append_value(b, value, 4, 5 + (int)strlen(name));
        text_append(b, ",\n");
    }
    text_append(b, ")");
}

static ptg_status add_tuning(const candidates *c, notebook_document *n, ptg_error *err)
{
    text_buffer knobs = {0}, compute = {0};
    append_keywords(&knobs, "configure", json_object_get(c->plan, "tuning"));
    append_keywords(&compute, "compute", json_object_get(c->plan, "compute"));
    ptg_status status = PTG_OK;
    GO(notebook_add_markdown(
        n, "tuning-text",
        text_of("## Tuning\n\n`max_trials` counts all trials of the job, those that are read too; `time_limit` is in seconds "
                "and starts anew when the plan was changed; `parallel` work items run at a time (None: as many as fit). An "
                "instance type caps cores and memory: `local` is the whole machine, `local.1x4` one core and 4 GiB; "
                "`pilotage compute` lists them."),
        err));
    GO(add_code(n, "knobs", &knobs, NULL, err));
    GO(add_code(n, "compute", &compute, NULL, err));
    GO(notebook_add_markdown(
        n, "tune-text",
        text_of(
            "This trains what is not there yet, and reads the rest. Interrupting the kernel keeps what is done; running the "
            "cell again goes on."),
        err));
    GO(notebook_add_code(n, "tune", text_of("runner.tune()"), NULL, err));
done:
    text_buffer_clear(&knobs);
    text_buffer_clear(&compute);
    return status;
}

/* Whether some candidate that is switched on is a sum of functions. */
static bool has_additive(const candidates *c)
{
    bool has = false;
    const char *name;
    json_t *candidate;
    json_object_foreach(json_object_get(c->plan, "candidates"), name, candidate) has =
        has || (json_bool_or(candidate, "enabled", true) && text_equal_to(exhibit_text(candidate, "algorithm"), "additive"));
    return has;
}

static ptg_status add_shapes(const candidates *c, notebook_document *n, ptg_error *err)
{
    if (!has_additive(c)) return PTG_OK;
    TRY(notebook_add_markdown(n, "shapes-text",
                              text_of("## Functions of the additive candidate\n\nA model that can be read as a whole: a sum of "
                                      "functions of one column, or of two. The candidate's name shows another one's:\n\n"
                                      "```python\nrunner.shapes(\"NAME\")\n```"),
                              err));
    return add_call(c, n, "shapes", "runner.shapes()", c->shapes ? SHAPES : NULL, err);
}

static ptg_status add_results(const candidates *c, notebook_document *n, ptg_error *err)
{
    bool scored = candidates_best_row(c, false) != NULL;
    TRY(notebook_add_markdown(
        n, "leaderboard-text",
        text_of("## Leaderboard\n\nScores are on rows that the model had not seen, with their standard error: "
                "candidates within one standard error of each other are not told apart by this data."),
        err));
    TRY(add_call(c, n, "leaderboard", "runner.leaderboard()", scored ? "leaderboard" : NULL, err));
    TRY(notebook_add_markdown(n, "best-text", text_of("## Best candidate"), err));
    TRY(add_call(c, n, "best", "runner.best_candidate()", scored ? "best_candidate" : NULL, err));
    TRY(add_shapes(c, n, err));
    return notebook_add_markdown(
        n, "predict-text",
        text_of("To predict new rows (a file or a pandas DataFrame; add `candidate=\"NAME\"` for another one):\n\n"
                "```python\nrunner.predict(\"new.csv\")\n```"),
        err);
}

ptg_status candidates_write(const candidates *c, text_buffer *out, ptg_error *err)
{
    notebook_document *n = notebook_new();
    ptg_status status = PTG_OK;
    if (!n) return fail_memory(err);
    GO(add_title(c, n, err));
    GO(add_head(c, n, err));
    GO(add_candidates(c, n, err));
    GO(add_tuning(c, n, err));
    GO(add_results(c, n, err));
    GO(notebook_write(n, out, err));
done:
    notebook_free(n);
    return status;
}
