/* What goes together in the data exploration notebook: associations between columns, cells that are missing together, and what
 * the profile's own small model tells of the whole table. */
#include <math.h>
#include <string.h>

#include "notebook/exploration.h"

enum { MAX_HEAT = 20, MAX_PAIRS = 30, MAX_ROWS = 500, MAX_BARS = 20, WIDE = 720, MAX_NAMED = 12 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

static text item_text(const json_t *list, size_t i)
{
    const json_t *item = json_array_get(list, i);
    return json_is_string(item) ? (text){json_string_value(item), (int64_t)json_string_length(item)} : text_of("?");
}

/* ---- associations ---- */

/* The pair that is furthest from 0, in words. */
static void append_strongest(text_buffer *b, const chart_heat *c)
{
    int32_t best_i = -1, best_j = -1;
    double best = 0.0;
    for (int32_t i = 0; i < c->n; i++) {
        for (int32_t j = 0; j < i; j++) {
            double r = c->values[(int64_t)i * c->n + j];
            if (!(fabs(r) > fabs(best))) continue;
            best = r;
            best_i = i;
            best_j = j;
        }
    }
    if (best_i < 0) return;
    text_append(b, "; strongest: ");
    text_append_shown(b, c->labels[best_j], 40);
    text_append(b, " and ");
    text_append_shown(b, c->labels[best_i], 40);
    text_append(b, ", ");
    exhibit_append_number(b, best, 2);
}

/* A square of {"columns", "matrix"}; nothing for fewer than two columns. */
static void show_square(const json_t *square, const char *title, exhibit *e)
{
    const json_t *names = json_object_get(square, "columns"), *matrix = json_object_get(square, "matrix");
    int32_t n = json_array_size(names) > MAX_HEAT ? MAX_HEAT : (int32_t)json_array_size(names);
    if (n < 2) return;
    text labels[MAX_HEAT];
    double values[MAX_HEAT * MAX_HEAT];
    for (int32_t i = 0; i < n; i++) {
        labels[i] = item_text(names, (size_t)i);
        for (int32_t j = 0; j < n; j++)
            values[i * n + j] = json_number_value_or(json_array_get(json_array_get(matrix, (size_t)i), (size_t)j), NAN);
    }
    chart_heat c = {text_of(title), labels, values, n};
    text_buffer svg = {0}, alt = {0};
    chart_draw_heat(&c, &svg);
    text_print(&alt, "%s of %d columns", title, (int)n);
    append_strongest(&alt, &c);
    text_append(&alt, ".");
    exhibit_chart(e, &svg, text_in(&alt));
    text_buffer_clear(&svg);
    if (alt.failed) e->html.failed = true;
    text_buffer_clear(&alt);
}

static void show_pairs(const json_t *found, exhibit *e)
{
    static const char *const HEADS[] = {"Column",
                                        "Column",
                                        ">Strength",
                                        ">Pearson",
                                        ">Spearman",
                                        ">Cram\xc3\xa9r's V",
                                        ">Correlation ratio",
                                        ">Mutual information"};
    static const char *const MEASURES[] = {"strength", "pearson", "spearman", "cramer", "ratio", "information"};
    const json_t *pairs = json_object_get(found, "pairs");
    size_t i, n = json_array_size(pairs);
    json_t *pair;
    if (n == 0) return;
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    json_array_foreach(pairs, i, pair)
    {
        if (i == MAX_PAIRS) break;
        exhibit_table_text(t, item_text(json_object_get(pair, "columns"), 0));
        exhibit_table_text(t, item_text(json_object_get(pair, "columns"), 1));
        for (int32_t k = 0; k < COUNT_OF(MEASURES); k++)
            exhibit_table_number(t, json_real_or(pair, MEASURES[k], NAN), 3);
    }
    exhibit_heading(e, "The strongest pairs");
    exhibit_add_table(e, t);
    if (n > MAX_PAIRS) exhibit_say(e, "%d of %zu pairs are shown; profile.json holds more.", MAX_PAIRS, n);
}

void exploration_show_associations(const exploration *x, exhibit *e)
{
    const json_t *found = json_object_get(x->profile, "associations"), *pearson = json_object_get(x->profile, "correlation");
    int64_t compared = json_integer_or(found, "compared", 0);
    if (compared > 1)
        exhibit_say(e, "%lld columns were compared with each other on %lld rows%s.", (long long)compared,
                    (long long)json_integer_or(found, "rows", 0),
                    json_integer_or(found, "rows", 0) < json_integer_or(json_object_get(x->profile, "table"), "rows", 0)
                        ? ", a uniform sample"
                        : "");
    show_square(found, "Strength of association", e);
    show_pairs(found, e);
    if (json_array_size(json_object_get(pearson, "columns")) < 2) {
        exhibit_say(e, "There are fewer than two numeric features to correlate.");
    } else {
        exhibit_heading(e, "Numbers alone, on all rows");
        show_square(pearson, "Pearson's correlation", e);
    }
}

/* ---- missing values ---- */

static void append_names(text_buffer *b, const json_t *names)
{
    size_t n = json_array_size(names);
    for (size_t i = 0; i < n && i < MAX_NAMED; i++) {
        if (i) text_append(b, ", ");
        text_append_shown(b, item_text(names, i), 40);
    }
    if (n > MAX_NAMED) text_print(b, " and %zu more", n - MAX_NAMED);
    if (n == 0) text_append(b, "nothing is missing");
}

static void draw_missing(const json_t *table, exhibit *e)
{
    chart_bar bars[MAX_BARS];
    int32_t n = 0;
    size_t i;
    json_t *row;
    text_buffer svg = {0};
    json_array_foreach(table, i, row)
    {
        if (n == MAX_BARS) break;
        bars[n++] =
            (chart_bar){text_or(exhibit_text(row, "column"), "?"), 100.0 * json_real_or(row, "share", NAN), NAN, CHART_BLUE};
    }
    chart_bars c = {text_of("Missing values"), text_of("share of rows, %"), bars, n, 100.0, WIDE};
    chart_draw_bars(&c, &svg);
    exhibit_chart(e, &svg, text_of("Bars: share of missing values of each column; the table holds the numbers."));
    text_buffer_clear(&svg);
}

static void show_patterns(const json_t *found, exhibit *e)
{
    static const char *const HEADS[] = {"~Columns that are missing together", ">Rows", ">Share"};
    const json_t *patterns = json_object_get(found, "patterns");
    size_t i;
    json_t *pattern;
    if (json_array_size(patterns) == 0) return;
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    json_array_foreach(patterns, i, pattern)
    {
        text_buffer names = {0};
        append_names(&names, json_object_get(pattern, "columns"));
        exhibit_table_take(t, &names);
        exhibit_table_count(t, json_integer_or(pattern, "rows", 0));
        exhibit_table_share(t, json_real_or(pattern, "share", NAN));
    }
    exhibit_heading(e, "Patterns of rows");
    exhibit_add_table(e, t);
    if (json_integer_or(found, "distinct", 0) > (int64_t)i)
        exhibit_say(e, "The %zu most frequent of %lld patterns are shown.", i,
                    (long long)json_integer_or(found, "distinct", 0));
}

static void show_missing_pairs(const json_t *pairs, exhibit *e)
{
    static const char *const HEADS[] = {"Column", "Column", ">Phi"};
    size_t i;
    json_t *pair;
    if (json_array_size(pairs) == 0) return;
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    json_array_foreach(pairs, i, pair)
    {
        exhibit_table_text(t, item_text(json_object_get(pair, "columns"), 0));
        exhibit_table_text(t, item_text(json_object_get(pair, "columns"), 1));
        exhibit_table_number(t, json_real_or(pair, "phi", NAN), 3);
    }
    exhibit_heading(e, "Pairs of columns that are missing together, or in turn (negative)");
    exhibit_add_table(e, t);
}

static void show_missing_table(const json_t *table, exhibit *e)
{
    static const char *const HEADS[] = {"Column", ">Missing", ">Share of rows"};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    size_t i;
    json_t *row;
    json_array_foreach(table, i, row)
    {
        if (i >= MAX_ROWS) break;
        exhibit_table_text(t, text_or(exhibit_text(row, "column"), "?"));
        exhibit_table_count(t, json_integer_or(row, "count", 0));
        exhibit_table_share(t, json_real_or(row, "share", NAN));
    }
    exhibit_add_table(e, t);
    if (json_array_size(table) > i)
        exhibit_say(e, "%zu of %zu columns are shown; profile.json holds all of them.", i, json_array_size(table));
}

void exploration_show_missing(const exploration *x, exhibit *e)
{
    const json_t *missing = json_object_get(x->profile, "missing"), *table = json_object_get(missing, "table");
    const json_t *together = json_object_get(x->profile, "missing_patterns");
    int64_t with = json_integer_or(missing, "columns_with_missing", 0);
    exhibit_say(e, "%d of %d columns have missing values.", (int)with, (int)json_integer_or(missing, "columns", 0));
    if (json_array_size(table) == 0) return;
    draw_missing(table, e);
    show_missing_table(table, e);
    if (with > 1) show_patterns(together, e);
    show_missing_pairs(json_object_get(together, "pairs"), e);
}

/* ---- what the small model tells ---- */

/* "0.81 (se 0.01)" */
static void add_score(exhibit_table *t, const json_t *owner, const char *score, const char *se)
{
    text_buffer b = {0};
    double error = json_real_or(owner, se, NAN);
    exhibit_append_number(&b, json_real_or(owner, score, NAN), 3);
    if (isfinite(error)) {
        text_append(&b, " (se ");
        exhibit_append_number(&b, error, 2);
        text_append(&b, ")");
    }
    exhibit_table_take(t, &b);
}

static void add_question(exhibit_table *t, const char *question, const json_t *owner)
{
    text_buffer b = {0};
    text column = exhibit_text(owner, "column");
    text_append(&b, question);
    if (column.data) {
        text_append(&b, ": ");
        text_append_shown(&b, column, 40);
    }
    exhibit_table_take(t, &b);
}

/* One question with two scores and what their gap means. */
typedef struct comparison {
    const char *question, *first, *first_se, *second, *second_se, *meaning;
} comparison;

static void add_comparison(exhibit_table *t, const comparison *c, const json_t *owner)
{
    if (!json_is_number(json_object_get(owner, c->first)) || !json_is_number(json_object_get(owner, c->second))) return;
    add_question(t, c->question, owner);
    add_score(t, owner, c->first, c->first_se);
    add_score(t, owner, c->second, c->second_se);
    exhibit_table_text(t, text_of(c->meaning));
}

static void add_comparisons(exhibit_table *t, const comparison *c, const json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) add_comparison(t, c, one);
}

static void add_single(exhibit_table *t, const char *question, const json_t *owner, const char *score, const char *se,
                       const char *meaning)
{
    if (!json_is_number(json_object_get(owner, score))) return;
    exhibit_table_text(t, text_of(question));
    add_score(t, owner, score, se);
    exhibit_table_text(t, text_of(""));
    exhibit_table_text(t, text_of(meaning));
}

void exploration_show_checks(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Question", ">First score", ">Second score", "~What it means"};
    static const comparison LEAKS = {
        "With all columns, and without those that look like leaks", "with", "with_se", "without", "without_se",
        "The gap is what the suspected columns give away."};
    static const comparison GROUPS = {
        "Random folds, and folds of whole groups of",
        "random",
        "random_se",
        "grouped",
        "grouped_se",
        "A lower second score: rows of one group tell of each other; split by group if new groups "
        "will come."};
    static const comparison TIMES = {"Random order, and forward in time or order of",
                                     "random",
                                     "random_se",
                                     "forward",
                                     "forward_se",
                                     "A lower second score: the future differs from the past; hold out the last rows."};
    const json_t *checks = json_object_get(x->profile, "checks"), *drift = json_object_get(checks, "drift");
    const json_t *noise = json_object_get(checks, "label_noise");
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    add_single(t, "All features", checks, "score", "score_se", "0 is no better than guessing, 1 is perfect.");
    add_comparison(t, &LEAKS, json_object_get(checks, "leaks"));
    add_comparisons(t, &GROUPS, json_object_get(checks, "groups"));
    add_comparisons(t, &TIMES, json_object_get(checks, "times"));
    add_single(t, "Training rows or validation rows? (AUC)", drift, "auc", "auc_se",
               "0.5: the two cannot be told apart; towards 1 they have drifted.");
    add_single(t, "First four fifths in time, or the last? (AUC)", json_object_get(checks, "drift_time"), "auc", "auc_se",
               "0.5: the columns, dates aside, do not change over time (the order of the rows where there is no date).");
    if (json_bool_or(noise, "found", false))
        add_single(t, "Share of rows whose label looks wrong", noise, "rate", "",
                   "Rows that the model, which did not see them, is sure are of another class.");
    exhibit_say(e, "On %lld rows and %lld columns, by cross-validation.", (long long)json_integer_or(checks, "rows", 0),
                (long long)json_integer_or(checks, "columns", 0));
    exhibit_add_table(e, t);
}
