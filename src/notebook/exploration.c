/* The data exploration notebook as a table of sections: order and headings follow the report of SageMaker Autopilot (Dataset
 * Summary to Definitions), with findings first and with what was read, which that report does not say. */
#include "notebook/exploration.h"

#include <string.h>

#include "notebook/notebook_document.h"

static const exploration_part PARTS[] = {
    {"settings", "Settings",
     "Change a value here, run this cell and then the cells below: the table is analysed again, and the plan follows. `None` "
     "goes "
     "back to what was found.",
     exploration_show_settings, "analysis", 30000, true, false, NULL},
    {"findings", "Findings",
     "What in this table may hurt a model, most severe first. `pilotage help FINDING` explains each one.",
     exploration_show_findings, NULL, 190000, false, false, NULL},
    {"fixes", "Fixes",
     "Put the names of findings into the list and run the cell: their fixes are applied to the plan, which tuning then "
     "follows. "
     "`\"all\"` and `\"high\"` in place of the list take all of them.",
     exploration_show_fixes, NULL, 40000, true, true, NULL},
    {"dataset", "Dataset summary", "What was read, and how: each decision with its reason, and how to change it.",
     exploration_show_dataset, NULL, 200000, false, false, NULL},
    {"target", "Target analysis", "The column to predict. Rows without a usable value in it cannot be trained on.",
     exploration_show_target, "target", 150000, false, false, NULL},
    {"sample", "Data sample",
     "Random rows. The two rows on top show each column's prediction power and type; the most predictive columns come first.",
     exploration_show_sample, NULL, 120000, false, false, NULL},
    {"feature_summary", "Feature summary",
     "How well each column predicts the target alone, on rows that its small model has not seen: 0 is no better than guessing, "
     "1 is "
     "perfect (and often a leak: a column that would not be known when predicting).",
     exploration_show_feature_summary, "target", 40000, false, false, NULL},
    {"column_charts", "Columns",
     "How the values of each column are spread. Orange bars collect outliers. `profile.column(\"NAME\")` shows one column in "
     "full.",
     exploration_show_column_charts, NULL, 285000, false, false, NULL},
    {"target_charts", "The target against each column",
     "What becomes of the target from one value of a column to the next, the most predictive columns first. Whiskers are one "
     "standard error; the dashed line is the value of all rows. A bar or dot of few rows says little.",
     exploration_show_target_charts, "target", 205000, false, false, NULL},
    {"duplicates", "Duplicate rows",
     "Rows that stand in the table more than once. They may be valid; unintended copies make scores look better than they are.",
     exploration_show_duplicates, NULL, 80000, false, false, NULL},
    {"associations", "Associations",
     "Which columns go together. Strength is 0 (independent) to 1 (one follows from the other), whatever the types; Pearson's "
     "correlation has a sign, and sees straight lines only.",
     exploration_show_associations, NULL, 110000, false, false, NULL},
    {"checks", "What a small model tells of the whole table",
     "The profile's own small model (gradient-boosted trees with fixed parameters, on raw columns) is scored in several ways. "
     "It "
     "is never handed over.",
     exploration_show_checks, "checks", 30000, false, false, NULL},
    {"anomalous_rows", "Anomalous rows", "Rows that are unlike the others.", exploration_show_anomalous_rows, "anomalous_rows",
     80000, false, false, NULL},
    {"missing", "Missing values",
     "Check why values are missing: if a missing value itself tells something, keep it; if a default is known, fill it in at "
     "the source.",
     exploration_show_missing, NULL, 80000, false, false, NULL},
    {"cardinality", "Cardinality",
     "How many different values each column has. Look for several spellings of one thing (`US`, `U.S.`), and group rare "
     "values.",
     exploration_show_cardinality, NULL, 70000, false, false, NULL},
    {"statistics", "Descriptive statistics",
     "Numbers of the numeric columns. Look for impossible minima and maxima, and for values that could not be read as numbers.",
     exploration_show_statistics, NULL, 100000, false, false, NULL},
    {"texts", "Texts",
     "How long the texts are, in which language (guessed by function words and script, cell by cell), and their most frequent "
     "words.",
     exploration_show_texts, NULL, 45000, false, false, "text"},
    {"dates", "Dates",
     "From when to when, in which steps, and where nothing is: a gap of a regular column is a step in which moments are "
     "absent, "
     "one of an irregular column is three times as long as its longest usual steps (99th percentile).",
     exploration_show_dates, NULL, 45000, false, false, "datetime"},
    {"definitions", "Definitions", "What the words and numbers of this notebook mean.", exploration_show_definitions, NULL,
     20000, false, false, NULL},
};
enum { N_PARTS = sizeof PARTS / sizeof PARTS[0], COLUMN_LIMIT = 200000 };

static const char COLUMN_PREFIX[] = "column:";

static const exploration_part *part_of(const char *name)
{
    for (int i = 0; i < N_PARTS; i++) {
        if (strcmp(PARTS[i].name, name) == 0) return &PARTS[i];
    }
    return NULL;
}

const json_t *exploration_column(const json_t *profile, text name)
{
    size_t i;
    json_t *column;
    json_array_foreach(json_object_get(profile, "columns"), i, column)
    {
        if (text_equal(exhibit_text(column, "name"), name)) return column;
    }
    return NULL;
}

static ptg_status show_one_column(const exploration *x, text name, json_t **bundle, ptg_error *err)
{
    const json_t *column = exploration_column(x->profile, name);
    text_shown_buffer shown;
    if (!column) return fail(err, PTG_ERROR_USAGE, "there is no column '%s'; take one of the table", text_shown(name, &shown));
    exhibit e = {.limit = COLUMN_LIMIT};
    exploration_show_column(column, &e);
    return exhibit_take(&e, bundle, err);
}

ptg_status exploration_section(const exploration *x, const char *name, json_t **bundle, ptg_error *err)
{
    *bundle = NULL;
    size_t prefix = strlen(COLUMN_PREFIX);
    if (strncmp(name, COLUMN_PREFIX, prefix) == 0) return show_one_column(x, text_of(name + prefix), bundle, err);
    const exploration_part *s = part_of(name);
    text_shown_buffer shown;
    if (!s) {
        return fail(
            err, PTG_ERROR_USAGE,
            "there is no section '%s'; take one of settings, findings, fixes, dataset, target, sample, feature_summary, "
            "column_charts, "
            "target_charts, duplicates, associations, checks, anomalous_rows, missing, cardinality, statistics, texts, dates, "
            "definitions, "
            "column:NAME",
            text_shown(text_of(name), &shown));
    }
    exhibit e = {.limit = s->limit};
    if (s->needs && !json_is_object(json_object_get(x->profile, s->needs))) {
        exhibit_say(&e, "There is nothing to show here: profile.json has no '%s'.", s->needs);
    } else {
        s->show(x, &e);
    }
    return exhibit_take(&e, bundle, err);
}

int32_t exploration_part_count(void)
{
    return N_PARTS;
}

const exploration_part *exploration_part_at(int32_t i)
{
    return &PARTS[i];
}

bool exploration_has_plan(const exploration *x)
{
    return exhibit_text(x->job, "problem_type").data != NULL;
}

void exploration_count_findings(const exploration *x, int64_t counts[3])
{
    size_t i;
    json_t *finding;
    counts[0] = counts[1] = counts[2] = 0;
    json_array_foreach(x->findings, i, finding)
    {
        const char *severity = json_text_or(finding, "severity", "low");
        counts[strcmp(severity, "high") == 0 ? 0 : strcmp(severity, "medium") == 0 ? 1 : 2]++;
    }
}

static bool has_kind(const json_t *profile, const char *kind)
{
    size_t i;
    json_t *column;
    json_array_foreach(json_object_get(profile, "columns"), i, column)
    {
        if (json_is_object(json_object_get(column, kind))) return true;
    }
    return false;
}

bool exploration_part_shown(const exploration *x, const exploration_part *s)
{
    if (s->needs_plan && !exploration_has_plan(x)) return false;
    if (s->needs_kind && !has_kind(x->profile, s->needs_kind)) return false;
    return !s->needs || json_is_object(json_object_get(x->profile, s->needs));
}

/* The headings as links; JupyterLab makes an anchor of each heading, with - for blanks. */
static void append_contents(const exploration *x, text_buffer *b)
{
    text_append(b, "Contents: ");
    for (int i = 0; i < N_PARTS; i++) {
        if (!exploration_part_shown(x, &PARTS[i])) continue;
        text_print(b, "%s[%s](#", i ? " \xc2\xb7 " : "", PARTS[i].title);
        for (const char *c = PARTS[i].title; *c; c++)
            text_append_bytes(b, *c == ' ' ? "-" : c, 1);
        text_append(b, ")");
    }
    text_append(b, "\n");
}

/* Data in Markdown: controls become escapes, then Markdown's own marks. */
static void append_in_markdown(text_buffer *b, text t)
{
    text_buffer shown = {0};
    text_append_shown(&shown, t, 80);
    if (shown.size) text_append_markdown(b, (text){shown.data, shown.size});
    if (shown.failed) b->failed = true;
    text_buffer_clear(&shown);
}

static void append_title(const exploration *x, text_buffer *b)
{
    const json_t *table = json_object_get(x->profile, "table");
    const json_t *problem = json_object_get(x->profile, "problem");
    text target = exhibit_text(table, "target");
    int64_t counts[3];
    exploration_count_findings(x, counts);
    text_append(b, "# Data exploration\n\n**");
    exhibit_append_count(b, json_integer_or(table, "rows", 0));
    text_append(b, " rows, ");
    exhibit_append_count(b, json_integer_or(table, "columns", 0));
    text_append(b, " columns");
    if (target.data) {
        text_append(b, "; target ");
        append_in_markdown(b, target);
    }
    if (exhibit_text(problem, "type").data) {
        text_append(b, ": ");
        append_in_markdown(b, exhibit_text(problem, "type"));
    }
    text_print(b, ".** Findings: %d high, %d medium, %d low.\n\n", (int)counts[0], (int)counts[1], (int)counts[2]);
    text_append(b, "This notebook was written by the analysis; nothing has to be run to read it. Running a cell shows the same "
                   "again.\n\n");
    append_contents(x, b);
}

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

static ptg_status add_section(const exploration *x, const exploration_part *s, notebook_document *n, ptg_error *err)
{
    json_t *bundle = NULL;
    text_buffer heading = {0}, code = {0}, name = {0};
    ptg_status status = PTG_OK;
    text_print(&heading, "## %s\n\n%s", s->title, s->text);
    if (s->show == exploration_show_settings) {
        exploration_append_settings(x, &code);
    } else {
        text_print(&code, s->show == exploration_show_fixes ? "profile.apply_%s([])" : "profile.%s()", s->name);
    }
    text_print(&name, "%s-text", s->name);
    GO(text_buffer_check(&heading, err));
    GO(text_buffer_check(&code, err));
    GO(text_buffer_check(&name, err));
    GO(notebook_add_markdown(n, name.data, text_in(&heading), err));
    GO(exploration_section(x, s->name, &bundle, err));
    GO(notebook_add_code(n, s->name, text_in(&code), bundle, err));
done:
    json_decref(bundle);
    text_buffer_clear(&heading);
    text_buffer_clear(&code);
    text_buffer_clear(&name);
    return status;
}

ptg_status exploration_write(const exploration *x, text_buffer *out, ptg_error *err)
{
    static const char SETUP[] = "from pilotage.profile import Profile\n\nprofile = Profile(\"..\")";
    ptg_status status = PTG_OK;
    text_buffer title = {0};
    notebook_document *n = notebook_new();
    if (!n) return fail_memory(err);
    append_title(x, &title);
    GO(text_buffer_check(&title, err));
    GO(notebook_add_markdown(n, "title", text_in(&title), err));
    GO(notebook_add_code(n, "setup", text_of(SETUP), NULL, err));
    for (int i = 0; i < N_PARTS; i++) {
        if (exploration_part_shown(x, &PARTS[i])) GO(add_section(x, &PARTS[i], n, err));
    }
    GO(notebook_write(n, out, err));
done:
    text_buffer_clear(&title);
    notebook_free(n);
    return status;
}
