/* The sections of the data exploration notebook on two kinds of columns that say more than their counts: texts (language,
 * words) and dates (period, gaps, seasons). docs/formats/profile.md, TEXT and DATETIME. */
#include <math.h>
#include <string.h>

#include "notebook/exploration.h"

enum { NARROW = 350, LOW = 190, MAX_ROWS = 100, SEASON_BARS = 24 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

/* Clears both; the number of charts that found no room: 0 or 1. */
static size_t add_tile(exhibit *e, text_buffer *svg, text_buffer *alt)
{
    const bool fits = exhibit_tile(e, svg, text_in(alt));
    text_buffer_clear(svg);
    if (alt->failed) e->html.failed = true;
    text_buffer_clear(alt);
    return !fits;
}

static void say_not_drawn(exhibit *e, size_t n)
{
    if (n > 0) exhibit_say(e, "%zu more charts are not drawn; profile.column(\"NAME\") shows those of any column.", n);
}

static void say_cut(exhibit *e, size_t all)
{
    if (all > MAX_ROWS) exhibit_say(e, "%d of %zu columns are shown; profile.json holds all of them.", MAX_ROWS, all);
}

/* ---- texts ---- */

/* "English 98.4 % of 3,485 clear cells"; "unknown: " before it where no language is that of most. */
static void append_language(const json_t *words, text_buffer *b)
{
    const json_t *list = json_object_get(words, "languages");
    const bool unknown = text_equal_to(text_or(exhibit_text(words, "language"), "unknown"), "unknown");
    size_t i;
    json_t *row;
    if (unknown) text_append(b, "unknown");
    if (json_array_size(list) == 0) return;
    if (unknown) text_append(b, ": ");
    json_array_foreach(list, i, row)
    {
        if (i > 0) text_append(b, ", ");
        text_append_span(b, text_or(exhibit_text(row, "name"), "?"));
        text_append(b, " ");
        exhibit_append_share(b, json_real_or(row, "share", NAN));
    }
    text_append(b, " of ");
    exhibit_append_count(b, json_integer_or(words, "language_cells", 0));
    text_append(b, " clear cells");
}

void exploration_show_words(const json_t *words, exhibit *e)
{
    static const char *const HEADS[] = {">Words, mean",      ">Words, most",      ">Distinct words",
                                        ">Characters, mean", ">Characters, most", ">Digits",
                                        ">Capitals",         ">Punctuation",      ">Beyond ASCII"};
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    text_buffer language = {0};
    append_language(words, &language);
    exhibit_item_take(e, "Language", &language);
    exhibit_table_number(t, json_real_or(words, "words_mean", NAN), 4);
    exhibit_table_number(t, json_real_or(words, "words_max", NAN), 6);
    exhibit_table_number(t, json_real_or(words, "distinct_words", NAN), 8);
    exhibit_table_number(t, json_real_or(words, "length_mean", NAN), 4);
    exhibit_table_number(t, json_real_or(words, "length_max", NAN), 6);
    exhibit_table_share(t, json_real_or(words, "digit_share", NAN));
    exhibit_table_share(t, json_real_or(words, "upper_share", NAN));
    exhibit_table_share(t, json_real_or(words, "punctuation_share", NAN));
    exhibit_table_share(t, json_real_or(words, "non_ascii_share", NAN));
    exhibit_add_table(e, t);
}

static void add_text_row(exhibit_table *t, const json_t *column, const json_t *words)
{
    text_buffer language = {0};
    append_language(words, &language);
    exhibit_table_text(t, text_or(exhibit_text(column, "name"), "?"));
    exhibit_table_number(t, json_real_or(words, "words_mean", NAN), 4);
    exhibit_table_count(t, json_integer_or(words, "words_max", 0));
    exhibit_table_count(t, json_integer_or(words, "distinct_words", 0));
    exhibit_table_number(t, json_real_or(words, "length_mean", NAN), 4);
    exhibit_table_count(t, json_integer_or(words, "length_max", 0));
    exhibit_table_take(t, &language);
}

/* The most frequent words of one column. */
static size_t draw_words(const json_t *column, const json_t *words, exhibit *e)
{
    const json_t *top = json_object_get(words, "top_words");
    text_buffer svg = {0}, alt = {0}, title = {0};
    if (json_array_size(top) == 0) return 0;
    text_append(&title, "Words of ");
    text_append_shown(&title, text_or(exhibit_text(column, "name"), "?"), 24);
    exploration_draw_counts(top, "value", text_in(&title), text_of("times, without function words"), NARROW, 10, &svg);
    text_append(&alt, "Bars: most frequent words of ");
    text_append_span(&alt, text_or(exhibit_text(column, "name"), "?"));
    if (title.failed) e->html.failed = true;
    text_buffer_clear(&title);
    return add_tile(e, &svg, &alt);
}

void exploration_show_texts(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {
        "Column", ">Words, mean", ">Words, most", ">Distinct words", ">Characters, mean", ">Characters, most", "~Language"};
    const json_t *columns = json_object_get(x->profile, "columns");
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    size_t i, all = 0, not_drawn = 0;
    json_t *column;
    json_array_foreach(columns, i, column)
    {
        const json_t *words = json_object_get(column, "text");
        if (json_is_object(words) && ++all <= MAX_ROWS) add_text_row(t, column, words);
    }
    exhibit_add_table(e, t);
    say_cut(e, all);
    json_array_foreach(columns, i, column)
    {
        const json_t *words = json_object_get(column, "text");
        if (json_is_object(words)) not_drawn += draw_words(column, words, e);
    }
    say_not_drawn(e, not_drawn);
}

/* ---- dates ---- */

typedef struct season {
    const char *key, *title, *axis;
    int32_t n;
    const char *const *labels; /* NULL: numbers from 0, drawn as a histogram */
} season;

static const char *const WEEKDAYS[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
static const char *const MONTHS[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const season SEASONS[] = {{"weekdays", "weekdays", "rows", 7, WEEKDAYS},
                                 {"months", "months", "rows", 12, MONTHS},
                                 {"hours", "hours", "hour of the day", 24, NULL}};

static void draw_season(const json_t *counts, const season *s, text title, text_buffer *svg)
{
    chart_bar bars[SEASON_BARS];
    chart_bin bins[SEASON_BARS];
    for (int32_t k = 0; k < s->n; k++) {
        const json_t *count = json_array_get(counts, (size_t)k);
        const double rows = json_is_number(count) ? json_number_value(count) : 0;
        if (s->labels)
            bars[k] = (chart_bar){text_of(s->labels[k]), rows, NAN, CHART_BLUE};
        else
            bins[k] = (chart_bin){k - 0.5, k + 0.5, rows, NAN, false};
    }
    if (s->labels)
        chart_draw_bars(&(chart_bars){title, text_of(s->axis), bars, s->n, NAN, NARROW}, svg);
    else
        chart_draw_histogram(&(chart_histogram){title, text_of(s->axis), bins, s->n, false, NARROW, LOW}, svg);
}

static size_t draw_seasons(const json_t *column, const json_t *dates, exhibit *e)
{
    size_t not_drawn = 0;
    const text name = text_or(exhibit_text(column, "name"), "?");
    for (int32_t k = 0; k < COUNT_OF(SEASONS); k++) {
        const json_t *counts = json_object_get(dates, SEASONS[k].key);
        text_buffer svg = {0}, alt = {0}, title = {0};
        if (json_array_size(counts) != (size_t)SEASONS[k].n) continue;
        text_append_shown(&title, name, 24);
        text_print(&title, ": %s", SEASONS[k].title);
        draw_season(counts, &SEASONS[k], text_in(&title), &svg);
        text_print(&alt, "Rows by %s of ", SEASONS[k].title);
        text_append_span(&alt, name);
        not_drawn += add_tile(e, &svg, &alt);
        if (title.failed) e->html.failed = true;
        text_buffer_clear(&title);
    }
    return not_drawn;
}

/* "hourly (99.9 % of steps)", or the usual distance of irregular moments. */
static void append_period(const json_t *dates, text_buffer *b)
{
    const text period = exhibit_text(dates, "period");
    const double step = json_real_or(dates, "usual_step", NAN);
    if (period.data) {
        text_append_span(b, period);
        text_append(b, " (");
        exhibit_append_share(b, json_real_or(dates, "regularity", NAN));
        text_append(b, " of the steps)");
    } else if (isnan(step)) {
        text_append(b, "none");
    } else {
        text_append(b, "none; half of the steps are at most ");
        exhibit_append_number(b, step < 86400 ? step / 60 : step / 86400, 3);
        text_append(b, step < 86400 ? " minutes" : " days");
    }
}

static void add_date_row(exhibit_table *t, const json_t *column, const json_t *dates)
{
    text_buffer period = {0};
    append_period(dates, &period);
    exhibit_table_text(t, text_or(exhibit_text(column, "name"), "?"));
    exhibit_table_text(t, exhibit_text(dates, "min"));
    exhibit_table_text(t, exhibit_text(dates, "max"));
    exhibit_table_count(t, json_integer_or(dates, "moments", 0));
    exhibit_table_take(t, &period);
    exhibit_table_count(t, json_integer_or(dates, "absent", 0));
    exhibit_table_count(t, json_integer_or(dates, "gap_count", 0));
}

static const char *const DATE_HEADS[] = {"Column", "First", "Last", ">Distinct", "Period", ">Absent", ">Gaps"};
static const char *const GAP_HEADS[] = {"Column", "Nothing after", "and before", ">Days", ">Usual steps"};

static void add_gaps(exhibit_table *t, const json_t *column, const json_t *dates)
{
    size_t i;
    json_t *gap;
    json_array_foreach(json_object_get(dates, "gaps"), i, gap)
    {
        exhibit_table_text(t, text_or(exhibit_text(column, "name"), "?"));
        exhibit_table_text(t, exhibit_text(gap, "from"));
        exhibit_table_text(t, exhibit_text(gap, "to"));
        exhibit_table_number(t, json_real_or(gap, "days", NAN), 4);
        exhibit_table_number(t, json_real_or(gap, "steps", NAN), 4);
    }
}

/* One table of ranges and one of gaps for all columns of `columns` (a single column: an array of one). */
static size_t show_ranges(const json_t *columns, exhibit *e)
{
    exhibit_table *ranges = exhibit_table_new(DATE_HEADS, COUNT_OF(DATE_HEADS)),
                  *gaps = exhibit_table_new(GAP_HEADS, COUNT_OF(GAP_HEADS));
    size_t i, all = 0, n_gaps = 0;
    json_t *column;
    json_array_foreach((json_t *)(uintptr_t)columns, i, column)
    {
        const json_t *dates = json_object_get(column, "datetime");
        if (!json_is_object(dates) || ++all > MAX_ROWS) continue;
        add_date_row(ranges, column, dates);
        add_gaps(gaps, column, dates);
        n_gaps += json_array_size(json_object_get(dates, "gaps"));
    }
    exhibit_add_table(e, ranges);
    if (n_gaps == 0) {
        exhibit_table_free(gaps);
        return all;
    }
    exhibit_heading(e, "Largest gaps");
    exhibit_add_table(e, gaps);
    return all;
}

void exploration_show_date(const json_t *column, exhibit *e)
{
    json_t *one = json_pack("[O]", column);
    if (!one) {
        e->html.failed = true;
        return;
    }
    show_ranges(one, e);
    draw_seasons(column, json_object_get(column, "datetime"), e);
    json_decref(one);
}

void exploration_show_dates(const exploration *x, exhibit *e)
{
    const json_t *columns = json_object_get(x->profile, "columns");
    size_t i, not_drawn = 0;
    json_t *column;
    say_cut(e, show_ranges(columns, e));
    json_array_foreach(columns, i, column)
    {
        const json_t *dates = json_object_get(column, "datetime");
        if (json_is_object(dates)) not_drawn += draw_seasons(column, dates, e);
    }
    say_not_drawn(e, not_drawn);
}
