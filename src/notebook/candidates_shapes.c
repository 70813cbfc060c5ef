/* The functions of an additive candidate, from shapes.json: how much each matters, then their charts, the most important first.
 * The document is read as any other from outside: lists of another length than their axes ask for are not drawn, and that is
 * said. */
#include "notebook/candidates_sections.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

/* Bytes of the section in a notebook's file; functions that are drawn, and those in the bars; classes in one chart. */
#define SECTION_BYTES 900000
enum { FUNCTIONS_DRAWN = 20, BARS = 25, LINES = 6, WIDE = 720, TILE = 460, TALL = 300 };

/* One axis of a function. */
typedef struct shape_view {
    const char *column;
    bool coded, missing;
    int32_t n_points;
    int64_t n_cuts, left_out; /* left_out: levels that have no point */
    double *cuts;
    text *labels; /* of the points */
} shape_view;

typedef struct function_view {
    int32_t n_axes, n_outputs;
    shape_view axes[2];
    int64_t n_points;
    double **values, **spread; /* by output */
    double *share;             /* of one column's points */
    double importance;
} function_view;

static text text_in(const text_buffer *b)
{
    return (text){b->size ? b->data : "", b->size};
}

/* Numbers of a list (null is NaN) that must have n of them; NULL where it has not, or when out of memory. */
static double *numbers_of(const json_t *list, int64_t n, arena *a)
{
    if (!json_is_array(list) || (int64_t)json_array_size(list) != n) return NULL;
    double *numbers = arena_array(a, n, sizeof *numbers);
    for (int64_t i = 0; numbers && i < n; i++)
        numbers[i] = json_number_value_or(json_array_get(list, (size_t)i), NAN);
    return numbers;
}

/* "≤ 3.5", "> 7", "missing". */
static bool label_numbers(shape_view *v, arena *a)
{
    for (int32_t p = 0; p < v->n_points; p++) {
        int64_t interval = p - v->missing;
        char digits[NUMBER_TEXT_SIZE] = "";
        if (interval >= 0 && v->n_cuts > 0)
            number_write_short(v->cuts[interval < v->n_cuts ? interval : v->n_cuts - 1], 4, digits);
        const char *mark = interval < v->n_cuts ? "\xe2\x89\xa4 " : "> ";
        char *label = interval < 0     ? arena_print(a, "missing")
                      : v->n_cuts == 0 ? arena_print(a, "all")
                                       : arena_print(a, "%s%s", mark, digits);
        if (!label) return false;
        v->labels[p] = text_of(label);
    }
    return true;
}

static bool label_levels(shape_view *v, const json_t *levels)
{
    for (int32_t p = 0; p < v->n_points; p++) {
        const json_t *level = json_array_get(levels, (size_t)p);
        v->labels[p] =
            json_is_string(level) ? (text){json_string_value(level), (int64_t)json_string_length(level)} : text_of("missing");
    }
    return true;
}

static bool is_ascending(const double *cuts, int64_t n)
{
    bool ascending = true;
    for (int64_t i = 0; i < n; i++)
        ascending = ascending && isfinite(cuts[i]) && (i == 0 || cuts[i - 1] < cuts[i]);
    return ascending;
}

static bool read_axis(const json_t *axis, shape_view *v, arena *a)
{
    const json_t *levels = json_object_get(axis, "levels"), *cuts = json_object_get(axis, "cuts");
    *v = (shape_view){.column = json_text_or(axis, "column", "?"),
                      .missing = json_bool_or(axis, "missing", false),
                      .left_out = json_integer_or(axis, "levels_left_out", 0)};
    v->coded = json_is_array(levels);
    if (v->left_out < 0 || v->left_out > INT32_MAX) v->left_out = 0;
    size_t n = json_array_size(v->coded ? levels : cuts);
    if (n > 100000 || (!v->coded && !json_is_array(cuts))) return false;
    v->n_cuts = v->coded ? 0 : (int64_t)n;
    v->n_points = (int32_t)n + (v->coded ? 0 : 1 + v->missing);
    v->labels = arena_array(a, v->n_points, sizeof *v->labels);
    if (!v->labels || v->n_points == 0) return false;
    if (v->coded) return label_levels(v, levels);
    v->cuts = numbers_of(cuts, v->n_cuts, a);
    return v->cuts && is_ascending(v->cuts, v->n_cuts) && label_numbers(v, a);
}

static bool read_lists(const json_t *lists, const function_view *f, double ***out, arena *a)
{
    *out = arena_array(a, f->n_outputs, sizeof **out);
    for (int32_t k = 0; *out && k < f->n_outputs; k++)
        if (!((*out)[k] = numbers_of(json_array_get(lists, (size_t)k), f->n_points, a))) return false;
    return *out != NULL;
}

/* False where the function does not hold together. */
static bool read_function(const json_t *function, int32_t n_outputs, function_view *f, arena *a)
{
    const json_t *axes = json_object_get(function, "axes");
    *f = (function_view){.n_outputs = n_outputs,
                         .n_axes = (int32_t)json_array_size(axes),
                         .importance = json_real_or(function, "importance", 0),
                         .n_points = 1};
    if (f->n_axes < 1 || f->n_axes > 2) return false;
    for (int32_t i = 0; i < f->n_axes; i++) {
        if (!read_axis(json_array_get(axes, (size_t)i), &f->axes[i], a)) return false;
        f->n_points *= f->axes[i].n_points;
    }
    if (!read_lists(json_object_get(function, "values"), f, &f->values, a)) return false;
    if (!read_lists(json_object_get(function, "spread"), f, &f->spread, a)) return false;
    if (f->n_axes == 1) f->share = numbers_of(json_object_get(function, "share"), f->n_points, a);
    return f->n_axes == 2 || f->share;
}

/* "age", or "age and job". */
static void append_columns(text_buffer *b, const function_view *f)
{
    text_append_shown(b, text_of(f->axes[0].column), 40);
    if (f->n_axes == 1) return;
    text_append(b, " and ");
    text_append_shown(b, text_of(f->axes[1].column), 40);
}

/* What one shows of: the section, and the words of its candidate. */
typedef struct shapes_show {
    exhibit *e;
    const json_t *candidate;
    text *outputs;
    int32_t n_outputs;
    text_buffer unit;
    arena *memory;
} shapes_show;

/* Of one output: bars with the spread of the folds. Of several: levels against classes. */
static void draw_levels(const shapes_show *s, const function_view *f, text title, text_buffer *svg)
{
    const shape_view *v = &f->axes[0];
    if (f->n_outputs == 1) {
        chart_bar *bars = arena_array(s->memory, v->n_points, sizeof *bars);
        int32_t n = v->n_points < BARS ? v->n_points : BARS;
        for (int32_t p = 0; bars && p < n; p++)
            bars[p] = (chart_bar){v->labels[p], f->values[0][p], f->spread[0][p], CHART_BLUE};
        if (!bars) svg->failed = true;
        chart_bars chart = {title, text_in(&s->unit), bars, bars ? n : 0, NAN, TILE};
        chart_draw_bars(&chart, svg);
        return;
    }
    double *values = arena_array(s->memory, (int64_t)v->n_points * f->n_outputs, sizeof *values);
    int32_t n = v->n_points < BARS ? v->n_points : BARS;
    if (!values) {
        svg->failed = true;
        return;
    }
    for (int32_t p = 0; p < n; p++)
        for (int32_t k = 0; k < f->n_outputs; k++)
            values[p * f->n_outputs + k] = f->values[k][p];
    chart_grid chart = {title, text_of("class"), text_of(v->column), s->outputs, v->labels, f->n_outputs, n, values, TILE};
    chart_draw_grid(&chart, svg);
}

static void draw_numbers(const shapes_show *s, const function_view *f, text title, text_buffer *svg)
{
    chart_steps_line lines[LINES];
    int32_t n = f->n_outputs < LINES ? f->n_outputs : LINES;
    bool band = f->n_outputs == 1;
    for (int32_t k = 0; k < n; k++)
        lines[k] = (chart_steps_line){s->outputs[k], f->values[k], band ? f->spread[k] : NULL};
    chart_steps chart = {.title = title,
                         .axis = text_of(f->axes[0].column),
                         .y_axis = text_in(&s->unit),
                         .cuts = f->axes[0].cuts,
                         .share = f->share,
                         .n_cuts = f->axes[0].n_cuts,
                         .missing = f->axes[0].missing,
                         .lines = lines,
                         .n_lines = n,
                         .width = TILE,
                         .height = TALL};
    chart_draw_steps(&chart, svg);
}

/* The output for which a pair says most. */
static int32_t strongest_output(const function_view *f)
{
    int32_t best = 0;
    double most = -1;
    for (int32_t k = 0; k < f->n_outputs; k++) {
        double sum = 0;
        for (int64_t p = 0; p < f->n_points; p++)
            sum += isfinite(f->values[k][p]) ? fabs(f->values[k][p]) : 0;
        if (sum > most) most = sum, best = k;
    }
    return best;
}

/* The second column goes from bottom to top. */
static void draw_pair(const shapes_show *s, const function_view *f, text_buffer *title, text_buffer *svg)
{
    int32_t across = f->axes[0].n_points, up = f->axes[1].n_points, k = strongest_output(f);
    double *values = arena_array(s->memory, f->n_points, sizeof *values);
    text *rows = arena_array(s->memory, up, sizeof *rows);
    if (!values || !rows) {
        svg->failed = true;
        return;
    }
    for (int32_t r = 0; r < up; r++) {
        rows[r] = f->axes[1].labels[up - 1 - r];
        for (int32_t c = 0; c < across; c++)
            values[r * across + c] = f->values[k][(int64_t)c * up + up - 1 - r];
    }
    if (f->n_outputs > 1) {
        text_append(title, ", class ");
        text_append_shown(title, s->outputs[k], 30);
    }
    chart_grid chart = {text_in(title),
                        text_of(f->axes[0].column),
                        text_of(f->axes[1].column),
                        f->axes[0].labels,
                        rows,
                        across,
                        up,
                        values,
                        TILE};
    chart_draw_grid(&chart, svg);
}

/* " (25 of 140 levels)", where not all are drawn. */
static void append_levels_shown(text_buffer *b, const function_view *f)
{
    const shape_view *v = &f->axes[0];
    int64_t shown = v->n_points < BARS ? v->n_points : BARS, all = v->n_points + v->left_out;
    if (f->n_axes == 1 && v->coded && shown < all) text_print(b, " (%lld of %lld levels)", (long long)shown, (long long)all);
}

/* False when there is no room left. */
static bool draw_function(const shapes_show *s, const function_view *f)
{
    text_buffer svg = {0}, title = {0}, alt = {0};
    append_columns(&title, f);
    append_levels_shown(&title, f);
    if (f->n_axes == 2)
        draw_pair(s, f, &title, &svg);
    else if (f->axes[0].coded)
        draw_levels(s, f, text_in(&title), &svg);
    else
        draw_numbers(s, f, text_in(&title), &svg);
    text_append(&alt, f->n_axes == 2 ? "Grid of colours: what " : f->axes[0].coded ? "Bars: what " : "Steps: what ");
    append_columns(&alt, f);
    text_append(&alt, f->n_axes == 2 ? " add together" : " adds");
    text_append(&alt, "; mean size ");
    exhibit_append_number(&alt, f->importance, 3);
    bool fits = exhibit_tile(s->e, &svg, text_in(&alt));
    if (title.failed || alt.failed) s->e->html.failed = true;
    text_buffer_clear(&svg);
    text_buffer_clear(&title);
    text_buffer_clear(&alt);
    return fits;
}

/* How much each function moves a prediction in the mean. */
static void draw_importance(const shapes_show *s, const json_t *functions)
{
    chart_bar bars[BARS];
    int32_t n = 0;
    text_buffer svg = {0}, axis = {0};
    for (size_t i = 0; i < json_array_size(functions) && n < BARS; i++) {
        function_view f = {.n_axes = (int32_t)json_array_size(json_object_get(json_array_get(functions, i), "axes"))};
        text_buffer name = {0};
        if (f.n_axes < 1 || f.n_axes > 2) continue;
        for (int32_t a = 0; a < f.n_axes; a++)
            f.axes[a].column =
                json_text_or(json_array_get(json_object_get(json_array_get(functions, i), "axes"), (size_t)a), "column", "?");
        append_columns(&name, &f);
        char *label = name.failed ? NULL : arena_print(s->memory, "%s", name.size ? name.data : "");
        text_buffer_clear(&name);
        if (!label) {
            s->e->html.failed = true;
            break;
        }
        bars[n++] = (chart_bar){text_of(label), json_real_or(json_array_get(functions, i), "importance", 0), NAN,
                                f.n_axes == 2 ? CHART_SKY : CHART_BLUE};
    }
    text_append(&axis, "mean size over the training rows, in ");
    text_append_span(&axis, text_in(&s->unit));
    chart_bars chart = {text_of("How much each function moves a prediction"), text_in(&axis), bars, n, NAN, WIDE};
    chart_draw_bars(&chart, &svg);
    exhibit_chart(s->e, &svg, text_of("Bars: the mean size of each function, the largest first."));
    if (axis.failed) s->e->html.failed = true;
    text_buffer_clear(&svg);
    text_buffer_clear(&axis);
}

/* What the values are, in a word for axes. */
static void name_unit(shapes_show *s)
{
    const char *scale = json_text_or(s->candidate, "scale", "");
    if (strcmp(scale, "log_odds") == 0) {
        text_append(&s->unit, "log-odds of ");
        text_append_shown(&s->unit, s->outputs[0], 30);
    } else if (strcmp(scale, "class_score") == 0) {
        text_append(&s->unit, "score of a class");
    } else if (strcmp(scale, "log1p") == 0) {
        text_append(&s->unit, "log(1 + ");
        text_append_shown(&s->unit, s->outputs[0], 30);
        text_append(&s->unit, ")");
    } else {
        text_append_shown(&s->unit, s->outputs[0], 40);
    }
}

static const char *meaning_of(const char *scale)
{
    if (strcmp(scale, "log_odds") == 0)
        return "The sum is a log-odds: 0 is a probability of one half, and 0.7 more doubles the odds.";
    if (strcmp(scale, "class_score") == 0)
        return "There is a sum for each class: the probabilities are their exponentials, divided by the total of these, so "
               "that "
               "only the differences between classes count.";
    if (strcmp(scale, "log1p") == 0)
        return "The prediction is the exponential of the sum, less 1: 0.1 more is about ten per cent more.";
    return "The sum is the prediction.";
}

static void say_reading(const shapes_show *s)
{
    const char *scale = json_text_or(s->candidate, "scale", "");
    int64_t models = json_integer_or(s->candidate, "models", 1);
    const json_t *intercept = json_object_get(s->candidate, "intercept");
    text_buffer b = {0};
    text_append(&b, "Each function looks up one number for its column (or two columns) in a row; these numbers are added to ");
    if (json_array_size(intercept) == 1)
        exhibit_append_number(&b, json_number_value_or(json_array_get(intercept, 0), NAN), 4);
    else
        text_append(&b, "the class's own constant");
    text_append(
        &b, ". Each function is 0 in the mean over the training rows, so what is above 0 raises, and what is below 0 lowers. ");
    text_append(&b, meaning_of(scale));
    exhibit_item_take(s->e, "How to read it", &b);
    if (models > 1) {
        text_print(
            &b,
            "%lld models, one a fold: functions are their mean, and bands and whiskers one standard deviation between them.",
            (long long)models);
        if (strcmp(scale, "value") != 0)
            text_append(
                &b,
                " Predictions are the mean of what the models say, which is close to what the mean of their functions says.");
        exhibit_item_take(s->e, "Folds", &b);
    }
    exhibit_item(s->e, "Grey",
                 text_of("below a curve: where the training rows lie (half a per cent at each end is not drawn); in a grid: "
                         "no training row."));
}

static bool read_outputs(shapes_show *s)
{
    const json_t *outputs = json_object_get(s->candidate, "outputs");
    s->n_outputs = (int32_t)json_array_size(outputs);
    s->outputs = arena_array(s->memory, s->n_outputs, sizeof *s->outputs);
    for (int32_t k = 0; s->outputs && k < s->n_outputs; k++) {
        const json_t *output = json_array_get(outputs, (size_t)k);
        s->outputs[k] =
            json_is_string(output) ? (text){json_string_value(output), (int64_t)json_string_length(output)} : text_of("?");
    }
    return s->outputs && s->n_outputs > 0;
}

static void say_rest(const shapes_show *s, size_t drawn, size_t damaged)
{
    size_t all = json_array_size(json_object_get(s->candidate, "functions")) +
                 (size_t)json_integer_or(s->candidate, "functions_left_out", 0);
    if (damaged > 0) exhibit_say(s->e, "%zu functions of shapes.json do not hold together and are not drawn.", damaged);
    if (drawn < all)
        exhibit_say(s->e, "%zu of %zu functions are drawn, the most important first; shapes.json holds more.", drawn, all);
}

static void show_functions(shapes_show *s)
{
    const json_t *functions = json_object_get(s->candidate, "functions");
    size_t drawn = 0, damaged = 0;
    draw_importance(s, functions);
    if (s->n_outputs > 1) exhibit_legend(s->e, s->outputs, s->n_outputs < LINES ? s->n_outputs : LINES);
    if (s->n_outputs > LINES) exhibit_say(s->e, "Curves stand for the first %d of %d classes.", LINES, (int)s->n_outputs);
    for (size_t i = 0; i < json_array_size(functions) && drawn < FUNCTIONS_DRAWN; i++) {
        function_view f;
        if (!read_function(json_array_get(functions, i), s->n_outputs, &f, s->memory)) {
            damaged++;
            continue;
        }
        if (!draw_function(s, &f)) break;
        drawn++;
    }
    say_rest(s, drawn, damaged);
}

/* The candidate that is asked for; without a name the first one. */
static const json_t *find_candidate(const candidates *c, const char *name)
{
    json_t *all = json_object_get(c->shapes, "candidates");
    if (name) return json_object_get(all, name);
    return json_object_iter_value(json_object_iter(all));
}

void candidates_show_shapes(const candidates *c, const char *name, exhibit *e)
{
    shapes_show s = {.e = e, .candidate = find_candidate(c, name), .memory = arena_new()};
    e->limit = SECTION_BYTES;
    if (!s.memory) {
        e->html.failed = true;
    } else if (!s.candidate) {
        exhibit_say(e, name ? "There are no functions of this candidate: it is not additive, or not trained yet."
                            : "No additive candidate has been trained yet.");
    } else if (!read_outputs(&s)) {
        exhibit_say(e, "shapes.json does not say what its functions are of; `pilotage tune` writes it anew.");
    } else {
        exhibit_item(e, "Candidate", exhibit_text(s.candidate, "trial"));
        name_unit(&s);
        say_reading(&s);
        show_functions(&s);
    }
    if (s.unit.failed) e->html.failed = true;
    text_buffer_clear(&s.unit);
    arena_free(s.memory);
}
