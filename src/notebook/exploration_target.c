/* The target of the data exploration notebook: its own section, and its course against each column (docs/formats/profile.md,
 * GROUPS). */
#include <math.h>
#include <string.h>

#include "notebook/exploration.h"

enum { WIDE = 720, NARROW = 370, MAX_BARS = 30, MAX_GROUPS = 20, MAX_CLASSES = 8, MAX_LABELS = 100 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

static void show_classes(const json_t *target, exhibit *e)
{
    static const char *const HEADS[] = {"Label", ">Rows", ">Share", ""};
    const json_t *classes = json_object_get(target, "classes");
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    size_t i, n = json_array_size(classes);
    json_t *class;
    json_array_foreach(classes, i, class)
    {
        if (i >= MAX_LABELS) break;
        exhibit_table_text(t, text_or(exhibit_text(class, "label"), "?"));
        exhibit_table_count(t, json_integer_or(class, "count", 0));
        exhibit_table_share(t, json_real_or(class, "share", NAN));
        exhibit_table_text(t, text_of(json_bool_or(class, "positive", false) ? "positive class" : ""));
    }
    exhibit_say(e, "%zu classes.", n);
    exhibit_add_table(e, t);
    if (n > MAX_LABELS) exhibit_say(e, "%d of %zu classes are shown; profile.json holds all of them.", MAX_LABELS, n);
    text_buffer svg = {0}, alt = {0};
    int32_t drawn = exploration_draw_counts(classes, "label", text_or(exhibit_text(target, "column"), "target"),
                                            text_of("rows"), WIDE, MAX_BARS, &svg);
    text_print(&alt, "Bars: rows of each class of the target%s.", (size_t)drawn < n ? " (the first 30)" : "");
    exhibit_chart(e, &svg, text_in(&alt));
    text_buffer_clear(&svg);
    if (alt.failed) e->html.failed = true;
    text_buffer_clear(&alt);
}

static void show_number_target(const exploration *x, const json_t *target, exhibit *e)
{
    const json_t *numbers = json_object_get(target, "numeric");
    text name = text_or(exhibit_text(target, "column"), "target");
    text_buffer svg = {0}, alt = {0};
    exploration_show_numbers(numbers, e);
    exploration_draw_histogram(json_object_get(numbers, "histogram"), name, name, false, WIDE, &svg);
    text_append(&alt, "Histogram of the target ");
    text_append_span(&alt, name);
    text_append(&alt, ", from ");
    exhibit_append_number(&alt, json_real_or(numbers, "min", NAN), 5);
    text_append(&alt, " to ");
    exhibit_append_number(&alt, json_real_or(numbers, "max", NAN), 5);
    text_append(&alt, "; orange bars collect outliers.");
    exhibit_chart(e, &svg, text_in(&alt));
    text_buffer_clear(&svg);
    if (alt.failed) e->html.failed = true;
    text_buffer_clear(&alt);
    const json_t *outliers = json_object_get(target, "outlier_rows");
    if (json_array_size(json_object_get(outliers, "rows")) > 0) {
        exhibit_heading(e, "Rows with an outlying target");
        exploration_show_rows(x, outliers, false, e);
    }
}

static void show_usable(const json_t *target, exhibit *e)
{
    static const char *const HEADS[] = {"Rows", ">Count", ">Share"};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    int64_t labelled = json_integer_or(target, "labelled", 0), missing = json_integer_or(target, "missing", 0);
    int64_t invalid = json_integer_or(target, "invalid", 0);
    double all = (double)labelled + (double)missing + (double)invalid;
    exhibit_table_text(t, text_of("with a target (usable)"));
    exhibit_table_count(t, labelled);
    exhibit_table_share(t, all > 0.0 ? (double)labelled / all : NAN);
    exhibit_table_text(t, text_of("target missing"));
    exhibit_table_count(t, missing);
    exhibit_table_share(t, json_real_or(target, "missing_share", NAN));
    exhibit_table_text(t, text_of("target invalid"));
    exhibit_table_count(t, invalid);
    exhibit_table_share(t, json_real_or(target, "invalid_share", NAN));
    exhibit_add_table(e, t);
    exploration_show_top_invalid(target, e);
}

void exploration_show_target(const exploration *x, exhibit *e)
{
    const json_t *target = json_object_get(x->profile, "target");
    show_usable(target, e);
    if (json_is_array(json_object_get(target, "classes"))) {
        show_classes(target, e);
    } else {
        show_number_target(x, target, e);
    }
}

/* ---- the target against each column ---- */

/* "18 to 24", or one value; of dates the first day, as two would not fit. */
static void append_range(text_buffer *b, const json_t *group, bool dates)
{
    double low = json_real_or(group, "low", NAN), high = json_real_or(group, "high", NAN);
    if (dates) {
        text_append(b, low == high ? "" : "from ");
        exhibit_append_date(b, low);
        return;
    }
    for (int i = 0; i < (low == high ? 1 : 2); i++) {
        if (i) text_append(b, " to ");
        exhibit_append_number(b, i ? high : low, 4);
    }
}

static void append_group(text_buffer *b, const json_t *group, const json_t *groups, bool dates)
{
    const char *kind = json_text_or(group, "kind", "own");
    if (strcmp(kind, "missing") == 0) {
        text_append(b, "(missing)");
    } else if (strcmp(kind, "others") == 0) {
        text_append(b, "(");
        exhibit_append_count(b, json_integer_or(groups, "other_levels", 0));
        text_append(b, " other levels)");
    } else if (exhibit_text(group, "level").data) {
        text_append_span(b, exhibit_text(group, "level"));
    } else {
        append_range(b, group, dates);
    }
}

/* What is drawn against a column; texts and shares lie in the arrays. */
typedef struct groups_drawing {
    chart_group groups[MAX_GROUPS];
    double shares[MAX_GROUPS][MAX_CLASSES];
    text_buffer labels[MAX_GROUPS];
    int32_t n, n_classes;
    double factor; /* binary: shares are shown in per cent */
} groups_drawing;

static void take_shares(const json_t *group, groups_drawing *d, int32_t at)
{
    const json_t *shares = json_object_get(group, "shares");
    for (int32_t k = 0; k < d->n_classes; k++) {
        double share = json_number_value_or(json_array_get(shares, (size_t)k), 0.0);
        d->shares[at][k] = share >= 0.0 && share <= 1.0 ? 100.0 * share : 0.0;
    }
    d->groups[at].shares = d->shares[at];
}

static void take_groups(const json_t *groups, bool dates, groups_drawing *d)
{
    size_t i;
    json_t *group;
    json_array_foreach(json_object_get(groups, "groups"), i, group)
    {
        int32_t at = d->n;
        if (at == MAX_GROUPS) break;
        append_group(&d->labels[at], group, groups, dates);
        d->groups[at] = (chart_group){.label = text_in(&d->labels[at]),
                                      .count = json_real_or(group, "rows", 0.0),
                                      .value = d->factor * json_real_or(group, "mean", NAN),
                                      .error = d->factor * json_real_or(group, "se", NAN)};
        if (d->n_classes > 0) take_shares(group, d, at);
        d->n++;
    }
}

/* What all charts of the section have in common. */
typedef struct target_look {
    text_buffer axis;
    int32_t n_classes; /* several classes: shares a group, the others among them; else 0 */
    bool share;        /* binary */
    double overall;
} target_look;

static double positive_share(const json_t *target)
{
    size_t i;
    json_t *class;
    json_array_foreach(json_object_get(target, "classes"), i, class)
    {
        if (json_bool_or(class, "positive", false)) return 100.0 * json_real_or(class, "share", NAN);
    }
    return NAN;
}

static target_look look_of(const exploration *x)
{
    const json_t *target = json_object_get(x->profile, "target");
    const json_t *charted = json_object_get(target, "charted_classes");
    size_t shown = json_array_size(charted), all = json_array_size(json_object_get(target, "classes"));
    target_look look = {.overall = NAN};
    if (shown > 0) {
        look.n_classes = (int32_t)(shown + (all > shown));
        if (look.n_classes > MAX_CLASSES) look.n_classes = MAX_CLASSES;
        text_append(&look.axis, "share of each class, %");
        return look;
    }
    look.share = all > 0;
    text_append(&look.axis, look.share ? "share of " : "mean of ");
    text_append_shown(&look.axis, text_or(exhibit_text(target, "column"), "target"), 20);
    if (look.share) {
        text_append(&look.axis, " = ");
        text_append_shown(&look.axis, text_or(exhibit_text(json_object_get(x->profile, "problem"), "positive_class"), "?"), 14);
        text_append(&look.axis, ", %");
    }
    look.overall = look.share ? positive_share(target) : json_real_or(json_object_get(target, "numeric"), "mean", NAN);
    return look;
}

static void append_heading(text_buffer *b, const json_t *column, const json_t *groups)
{
    text_append_shown(b, text_or(exhibit_text(column, "name"), "?"), 30);
    if (strcmp(json_text_or(groups, "by", ""), "length") == 0) text_append(b, " (length in characters)");
    if (strcmp(json_text_or(groups, "by", ""), "bin") == 0) text_append(b, " (tenths of its rows)");
}

/* The chart in words: "LABEL 12.3 (4,567 rows)" for each group, or the largest share where there are several classes. */
static void append_values(text_buffer *b, const groups_drawing *d)
{
    for (int32_t i = 0; i < d->n; i++) {
        const chart_group *g = &d->groups[i];
        double value = g->value;
        for (int32_t k = 0; k < d->n_classes; k++)
            value = k == 0 || g->shares[k] > value ? g->shares[k] : value;
        text_append(b, i ? ", " : ": ");
        text_append_shown(b, g->label, 24);
        text_append(b, d->n_classes > 0 ? " at most " : " ");
        exhibit_append_number(b, value, 3);
        text_append(b, " (");
        exhibit_append_count(b, g->count < 9e15 ? (int64_t)g->count : 0);
        text_append(b, " rows)");
    }
}

/* Draws one tile; false when there is no room left. */
static bool add_groups(const json_t *column, const target_look *look, exhibit *e)
{
    const json_t *groups = json_object_get(column, "target_groups");
    bool dates = text_equal_to(exhibit_text(column, "type"), "datetime"), fits = true;
    groups_drawing d = {.n_classes = look->n_classes, .factor = look->share ? 100.0 : 1.0};
    text_buffer svg = {0}, alt = {0}, title = {0};
    take_groups(groups, dates, &d);
    append_heading(&title, column, groups);
    if (d.n > 1) { /* one group alone is the table as a whole */
        chart_groups c = {text_in(&title), text_in(&look->axis), d.groups,    d.n,
                          look->overall,   look->share,          d.n_classes, NARROW};
        chart_draw_groups(&c, &svg);
        text_append_span(&alt, text_in(&look->axis));
        text_append(&alt, " by ");
        text_append_span(&alt, text_in(&title));
        append_values(&alt, &d);
        fits = exhibit_tile(e, &svg, text_in(&alt));
    }
    for (int32_t i = 0; i < d.n; i++)
        text_buffer_clear(&d.labels[i]);
    if (title.failed || alt.failed) e->html.failed = true;
    text_buffer_clear(&svg);
    text_buffer_clear(&alt);
    text_buffer_clear(&title);
    return fits;
}

static void show_legend(const json_t *target, const target_look *look, exhibit *e)
{
    const json_t *charted = json_object_get(target, "charted_classes");
    text names[MAX_CLASSES];
    for (int32_t k = 0; k < look->n_classes; k++) {
        const json_t *name = json_array_get(charted, (size_t)k);
        names[k] = json_is_string(name) ? text_of(json_string_value(name)) : text_of("all others");
    }
    exhibit_legend(e, names, look->n_classes);
}

void exploration_show_target_charts(const exploration *x, exhibit *e)
{
    const json_t *target = json_object_get(x->profile, "target");
    const json_t *powers = json_object_get(x->profile, "power");
    target_look look = look_of(x);
    size_t i, drawn = 0, all = json_array_size(powers);
    json_t *row;
    if (look.n_classes > 0) show_legend(target, &look, e);
    json_array_foreach(powers, i, row)
    {
        const json_t *column = exploration_column(x->profile, exhibit_text(row, "column"));
        if (column && !add_groups(column, &look, e)) break;
        drawn++;
    }
    if (all == 0) exhibit_say(e, "There is no feature to look at.");
    if (drawn < all)
        exhibit_say(e, "%zu of %zu features are drawn, the most predictive first; profile.json holds all.", drawn, all);
    if (look.axis.failed) e->html.failed = true;
    text_buffer_clear(&look.axis);
}
