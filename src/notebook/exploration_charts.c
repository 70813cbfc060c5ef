/* The sections of the data exploration notebook that are drawn: feature summary and columns. Column charts stand as
 * long as there is room, the most predictive columns first. */
#include <math.h>
#include <string.h>

#include "notebook/exploration.h"

enum { WIDE = 720, NARROW = 350, HIGH = 300, LOW = 190, MAX_BARS = 30, MAX_TOP = 10, MAX_BINS = 200 };
enum { MAX_VALUES = 10 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

void exploration_draw_histogram(const json_t *bars, text title, text axis, bool dates, int32_t width, text_buffer *svg)
{
    chart_bin bins[MAX_BINS];
    int32_t n = 0;
    size_t i;
    json_t *bar;
    json_array_foreach(bars, i, bar)
    {
        if (n == MAX_BINS) break;
        bins[n++] = (chart_bin){json_real_or(bar, "low", 0.0), json_real_or(bar, "high", 0.0), json_real_or(bar, "count", 0.0),
                                json_real_or(bar, "mean", NAN), json_bool_or(bar, "outliers", false)};
    }
    chart_histogram c = {title, axis, bins, n, dates, width, width > 500 ? HIGH : LOW};
    chart_draw_histogram(&c, svg);
}

/* Bars of at most `most` labels with counts from an array of {label_key, "count"}; returns how many are drawn. */
int32_t exploration_draw_counts(const json_t *values, const char *label_key, text title, text axis, int32_t width, int32_t most,
                                text_buffer *svg)
{
    chart_bar bars[MAX_BARS];
    int32_t n = 0;
    size_t i;
    json_t *value;
    json_array_foreach(values, i, value)
    {
        if (n == MAX_BARS || n == most) break;
        bool positive = json_bool_or(value, "positive", false);
        bars[n++] = (chart_bar){text_or(exhibit_text(value, label_key), "?"), json_real_or(value, "count", 0.0), NAN,
                                positive ? CHART_ORANGE : CHART_BLUE};
    }
    chart_bars c = {title, axis, bars, n, NAN, width};
    chart_draw_bars(&c, svg);
    return n;
}

/* ---- numbers and values ---- */

static void add_property(exhibit_table *t, const char *name, double value)
{
    exhibit_table_text(t, text_of(name));
    exhibit_table_number(t, value, 6);
}

void exploration_show_numbers(const json_t *numbers, exhibit *e)
{
    static const char *const HEADS[] = {"Property", ">Value"};
    static const char *const ROWS[][2] = {
        {"Mean", "mean"},   {"Median", "median"},         {"Minimum", "min"},
        {"Maximum", "max"}, {"Standard deviation", "sd"}, {"Robust standard deviation", "rstd"},
        {"Skew", "skew"},   {"Kurtosis", "kurtosis"}};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    for (int32_t i = 0; i < COUNT_OF(ROWS); i++)
        add_property(t, ROWS[i][0], json_real_or(numbers, ROWS[i][1], NAN));
    exhibit_table_text(t, text_of("Outliers"));
    exhibit_table_count(t, json_integer_or(numbers, "outliers", 0));
    exhibit_table_text(t, text_of("Outliers, share"));
    exhibit_table_share(t, json_real_or(numbers, "outlier_share", NAN));
    exhibit_add_table(e, t);
}

void exploration_show_top_invalid(const json_t *owner, exhibit *e)
{
    const json_t *values = json_object_get(owner, "top_invalid");
    if (json_array_size(values) == 0) return;
    text_buffer b = {0};
    size_t i;
    json_t *value;
    json_array_foreach(values, i, value)
    {
        if (i >= MAX_VALUES) break;
        text_append(&b, i ? ", '" : "'");
        text_append_span(&b, text_or(exhibit_text(value, "value"), "?"));
        text_append(&b, "' (");
        exhibit_append_count(&b, json_integer_or(value, "count", 0));
        text_append(&b, ")");
    }
    exhibit_item_take(e, "Most common invalid values", &b);
}

/* ---- feature summary ---- */

void exploration_show_feature_summary(const exploration *x, exhibit *e)
{
    const json_t *powers = json_object_get(x->profile, "power");
    chart_bar bars[MAX_TOP];
    int32_t n = 0;
    size_t i;
    json_t *row;
    text_buffer svg = {0}, alt = {0};
    text_append(&alt, "Bars: prediction power of the most predictive columns:");
    json_array_foreach(powers, i, row)
    {
        double power = json_real_or(row, "power", NAN);
        if (n == MAX_TOP) break;
        bars[n++] = (chart_bar){text_or(exhibit_text(row, "column"), "?"), power, json_real_or(row, "se", NAN), CHART_BLUE};
        text_append(&alt, n > 1 ? ", " : " ");
        text_append_span(&alt, bars[n - 1].label);
        text_append(&alt, " ");
        exhibit_append_number(&alt, power, 3);
    }
    if (n == 0) {
        exhibit_say(e, "No column could be judged alone.");
    } else {
        chart_bars c = {text_of("The most predictive columns"),
                        text_of("prediction power, 0 to 1 (whisker: one standard error)"),
                        bars,
                        n,
                        NAN,
                        WIDE};
        chart_draw_bars(&c, &svg);
        exhibit_chart(e, &svg, text_in(&alt));
        if (json_array_size(powers) > (size_t)n)
            exhibit_say(e, "The %d best of %zu columns are drawn.", (int)n, json_array_size(powers));
    }
    text_buffer_clear(&svg);
    if (alt.failed) e->html.failed = true;
    text_buffer_clear(&alt);
}

/* ---- columns ---- */

static void append_title(text_buffer *b, const json_t *column)
{
    double power = json_real_or(column, "power", NAN);
    text_append_shown(b, text_or(exhibit_text(column, "name"), "?"), 24);
    text_append(b, " (");
    text_append_span(b, text_or(exhibit_text(column, "type"), "?"));
    if (!isnan(power)) {
        text_append(b, ", power ");
        exhibit_append_number(b, power, 2);
    }
    text_append(b, ")");
}

static bool repeated(const json_t *values)
{
    return json_integer_or(json_array_get(values, 0), "count", 0) > 1;
}

/* The most frequent values; the axis says how many there are beside them. */
static void draw_top_values(const json_t *column, text title, int32_t width, text_buffer *svg)
{
    const json_t *top = json_object_get(column, "top_values");
    int32_t most = width > 500 ? MAX_TOP : 5,
            drawn = (int32_t)json_array_size(top) < most ? (int32_t)json_array_size(top) : most;
    int64_t distinct = json_integer_or(column, "distinct", 0);
    text_buffer axis = {0};
    text_append(&axis, "rows");
    if (distinct > drawn) {
        text_print(&axis, " (%d of ", (int)drawn);
        exhibit_append_count(&axis, distinct);
        text_append(&axis, " values)");
    }
    exploration_draw_counts(top, "value", title, text_in(&axis), width, most, svg);
    if (axis.failed) svg->failed = true;
    text_buffer_clear(&axis);
}

bool exploration_draw_column(const json_t *column, int32_t width, text_buffer *svg, text_buffer *alt)
{
    const json_t *numbers = json_object_get(column, "numeric"), *dates = json_object_get(column, "datetime");
    const json_t *bars = json_object_get(json_is_object(numbers) ? numbers : dates, "histogram");
    const json_t *top = json_object_get(column, "top_values");
    text_buffer title = {0};
    bool histogram = json_array_size(bars) > 0, drawn = histogram || repeated(top);
    append_title(&title, column);
    if (histogram) {
        exploration_draw_histogram(bars, text_in(&title), text_or(exhibit_text(column, "name"), "?"), !json_is_object(numbers),
                                   width, svg);
        text_append(alt, "Histogram of ");
    } else if (drawn) {
        draw_top_values(column, text_in(&title), width, svg);
        text_append(alt, "Most frequent values of ");
    }
    if (drawn) text_append_span(alt, text_in(&title));
    if (title.failed) svg->failed = true;
    text_buffer_clear(&title);
    return drawn;
}

/* Draws one tile; false when there is no room left. */
static bool add_tile(const json_t *column, exhibit *e)
{
    text_buffer svg = {0}, alt = {0};
    bool fits = true;
    if (exploration_draw_column(column, NARROW, &svg, &alt)) fits = exhibit_tile(e, &svg, text_in(&alt));
    text_buffer_clear(&svg);
    if (alt.failed) e->html.failed = true;
    text_buffer_clear(&alt);
    return fits;
}

static void say_left_out(exhibit *e, size_t drawn, size_t all)
{
    if (drawn < all) {
        exhibit_say(e, "%zu of %zu columns were drawn, the most predictive first; profile.column(\"NAME\") shows any other.",
                    drawn, all);
    }
}

void exploration_show_column_charts(const exploration *x, exhibit *e)
{
    const json_t *names = json_object_get(json_object_get(x->profile, "sample"), "columns");
    size_t i, all = json_array_size(names), seen = 0;
    json_t *name;
    json_array_foreach(names, i, name)
    {
        text wanted = {json_string_value(name), (int64_t)json_string_length(name)};
        const json_t *column = exploration_column(x->profile, wanted);
        if (column && !add_tile(column, e)) break;
        seen++;
    }
    if (all == 0) exhibit_say(e, "There are no columns.");
    say_left_out(e, seen, all);
}

/* A sentence of this column: counts, tokens, what its values are. */
static void show_counts(const json_t *column, exhibit *e)
{
    static const char *const HEADS[] = {">Valid", ">Missing", ">Invalid", ">Distinct"};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    exhibit_table_count(t, json_integer_or(column, "valid", 0));
    exhibit_table_count(t, json_integer_or(column, "missing", 0));
    exhibit_table_count(t, json_integer_or(column, "invalid", 0));
    exhibit_table_count(t, json_integer_or(column, "distinct", 0));
    exhibit_item(e, "Type", text_or(exhibit_text(column, "type_reason"), "?"));
    exhibit_item(e, "Role", text_or(exhibit_text(column, "reason"), "?"));
    exhibit_add_table(e, t);
    exploration_show_top_invalid(column, e);
}

void exploration_show_column(const json_t *column, exhibit *e)
{
    text_buffer svg = {0}, alt = {0};
    show_counts(column, e);
    if (json_is_object(json_object_get(column, "numeric"))) exploration_show_numbers(json_object_get(column, "numeric"), e);
    if (json_is_object(json_object_get(column, "text"))) exploration_show_words(json_object_get(column, "text"), e);
    if (json_is_object(json_object_get(column, "datetime"))) exploration_show_date(column, e);
    if (exploration_draw_column(column, WIDE, &svg, &alt)) {
        exhibit_chart(e, &svg, text_in(&alt));
    } else {
        exhibit_say(e, "No value stands here more than once, so there is nothing to draw.");
    }
    text_buffer_clear(&svg);
    if (alt.failed) e->html.failed = true;
    text_buffer_clear(&alt);
}
