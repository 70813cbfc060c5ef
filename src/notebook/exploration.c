/* The data exploration notebook as a table of sections: order and headings follow the report of SageMaker Autopilot (Dataset
 * Summary to Definitions), with findings first and with what was read, which that report does not say. */
#include "notebook/exploration.h"

#include <string.h>

#include "notebook/notebook_document.h"

typedef struct section {
    const char *name; /* of the kit's method, of the cell, and of ptg_notebook_section */
    const char *title, *text;
    void (*show)(const exploration *x, exhibit *e);
    const char *needs; /* a member of profile.json that is null where the section says nothing; NULL: always there */
    int64_t limit;     /* bytes of its output in the file; all together stay below 2,000,000 */
} section;

static const section SECTIONS[] = {
    {"findings", "Findings",
     "What in this table may hurt a model, most severe first. `pilotage help FINDING` explains each one.",
     exploration_show_findings, NULL, 200000},
    {"dataset", "Dataset summary", "How large the table is, what kinds of columns it has, and how it was read.",
     exploration_show_dataset, NULL, 220000},
    {"target", "Target analysis", "The column to predict. Rows without a usable value in it cannot be trained on.",
     exploration_show_target, "target", 150000},
    {"sample", "Data sample",
     "Random rows. The two rows on top show each column's prediction power and type; the most predictive columns come first.",
     exploration_show_sample, NULL, 120000},
    {"feature_summary", "Feature summary",
     "How well each column predicts the target alone, on rows that its small model has not seen: 0 is no better than guessing, "
     "1 is "
     "perfect (and often a leak: a column that would not be known when predicting).",
     exploration_show_feature_summary, "target", 40000},
    {"column_charts", "Columns",
     "How the values of each column are spread. Orange bars collect outliers. `profile.column(\"NAME\")` shows one column in "
     "full.",
     exploration_show_column_charts, NULL, 380000},
    {"target_charts", "The target against each column",
     "What becomes of the target from one value of a column to the next, the most predictive columns first. Whiskers are one "
     "standard error; the dashed line is the value of all rows. A bar or dot of few rows says little.",
     exploration_show_target_charts, "target", 240000},
    {"duplicates", "Duplicate rows",
     "Rows that stand in the table more than once. They may be valid; unintended copies make scores look better than they are.",
     exploration_show_duplicates, NULL, 80000},
    {"correlations", "Cross column statistics",
     "Pearson's correlation of the most predictive numeric columns: 1 and -1 mean that one column follows from the other by a "
     "straight "
     "line.",
     exploration_show_correlations, NULL, 90000},
    {"anomalous_rows", "Anomalous rows", "Rows that are unlike the others.", exploration_show_anomalous_rows, "anomalous_rows",
     80000},
    {"missing", "Missing values",
     "Check why values are missing: if a missing value itself tells something, keep it; if a default is known, fill it in at "
     "the source.",
     exploration_show_missing, NULL, 80000},
    {"cardinality", "Cardinality",
     "How many different values each column has. Look for several spellings of one thing (`US`, `U.S.`), and group rare "
     "values.",
     exploration_show_cardinality, NULL, 70000},
    {"statistics", "Descriptive statistics",
     "Numbers of the numeric columns. Look for impossible minima and maxima, and for values that could not be read as numbers.",
     exploration_show_statistics, NULL, 100000},
    {"definitions", "Definitions", "What the words and numbers of this notebook mean.", exploration_show_definitions, NULL,
     20000},
};
enum { N_SECTIONS = sizeof SECTIONS / sizeof SECTIONS[0], COLUMN_LIMIT = 200000 };

static const char COLUMN_PREFIX[] = "column:";

static const section *section_of(const char *name)
{
    for (int i = 0; i < N_SECTIONS; i++) {
        if (strcmp(SECTIONS[i].name, name) == 0) return &SECTIONS[i];
    }
    return NULL;
}

bool exploration_has(const char *name)
{
    return section_of(name) || strncmp(name, COLUMN_PREFIX, strlen(COLUMN_PREFIX)) == 0;
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
    const section *s = section_of(name);
    text_shown_buffer shown;
    if (!s) {
        return fail(err, PTG_ERROR_USAGE,
                    "there is no section '%s'; take one of findings, dataset, target, sample, feature_summary, column_charts, "
                    "target_charts, duplicates, correlations, anomalous_rows, missing, cardinality, statistics, definitions, "
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

static void count_severities(const json_t *findings, int64_t counts[3])
{
    size_t i;
    json_t *finding;
    json_array_foreach(findings, i, finding)
    {
        const char *severity = json_text_or(finding, "severity", "low");
        counts[strcmp(severity, "high") == 0 ? 0 : strcmp(severity, "medium") == 0 ? 1 : 2]++;
    }
}

static bool has_section(const exploration *x, const section *s)
{
    return !s->needs || json_is_object(json_object_get(x->profile, s->needs));
}

/* The headings as links; JupyterLab makes an anchor of each heading, with - for blanks. */
static void append_contents(const exploration *x, text_buffer *b)
{
    text_append(b, "Contents: ");
    for (int i = 0; i < N_SECTIONS; i++) {
        if (!has_section(x, &SECTIONS[i])) continue;
        text_print(b, "%s[%s](#", i ? " \xc2\xb7 " : "", SECTIONS[i].title);
        for (const char *c = SECTIONS[i].title; *c; c++)
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
    int64_t counts[3] = {0, 0, 0};
    count_severities(x->findings, counts);
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

static ptg_status add_section(const exploration *x, const section *s, notebook_document *n, ptg_error *err)
{
    json_t *bundle = NULL;
    text_buffer heading = {0}, code = {0}, name = {0};
    ptg_status status = PTG_OK;
    text_print(&heading, "## %s\n\n%s", s->title, s->text);
    text_print(&code, "profile.%s()", s->name);
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
    for (int i = 0; i < N_SECTIONS; i++) {
        if (has_section(x, &SECTIONS[i])) GO(add_section(x, &SECTIONS[i], n, err));
    }
    GO(notebook_write(n, out, err));
done:
    text_buffer_clear(&title);
    notebook_free(n);
    return status;
}
