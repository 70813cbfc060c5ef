/* Charts as SVG. A drawing is text appended to a buffer in the order in which it is painted. Coordinates are written in tenths
 * of a pixel by integers, so that no locale and no printf of doubles comes in. Axis ticks are multiples of 1, 2 or 5 times a
 * power of ten (Heckbert, "Nice numbers for graph labels", Graphics Gems 1990). */
#include "notebook/chart.h"
#include "notebook/exhibit.h"

#include <math.h>

#include "base/number.h"

static const char *const COLOURS[CHART_COLOURS] = {"#0072B2", "#E69F00", "#009E73", "#D55E00",
                                                   "#CC79A7", "#56B4E9", "#F0E442", "#999999"};
static const char *const INK = "#222222";
static const char *const GRID = "#dddddd";

enum { MAX_TICKS = 12, LABEL_CHARS = 28, TITLE_CHARS = 70 };

/* A linear axis from data to pixels. */
typedef struct axis {
    double low, high; /* data */
    double from, to;  /* pixels */
    double step;      /* between ticks */
} axis;

static void append_pixels(text_buffer *b, double value)
{
    double tenths = floor(fabs(value) * 10.0 + 0.5);
    if (!(tenths < 1e9)) tenths = 0.0;
    int32_t whole = (int32_t)tenths;
    text_print(b, "%s%d", value < 0.0 && whole > 0 ? "-" : "", whole / 10);
    if (whole % 10) text_print(b, ".%d", whole % 10);
}

static void append_attribute(text_buffer *b, const char *name, double value)
{
    text_print(b, " %s=\"", name);
    append_pixels(b, value);
    text_append(b, "\"");
}

/* A label of the data: controls as escapes, cut, no markup, and without the two characters that XML 1.0 forbids. */
static void append_label(text_buffer *b, text t, int64_t max_chars)
{
    text_buffer shown = {0};
    text_append_shown(&shown, t, max_chars);
    for (int64_t i = 0; i + 2 < shown.size; i++) {
        const unsigned char *s = (const unsigned char *)shown.data + i;
        if (s[0] == 0xef && s[1] == 0xbf && (s[2] == 0xbe || s[2] == 0xbf)) shown.data[i + 2] = (char)0xbd; /* U+FFFD */
    }
    if (shown.failed) b->failed = true;
    if (shown.size) text_append_html(b, (text){shown.data, shown.size});
    text_buffer_clear(&shown);
}

/* Counts stand in full, with thousands apart; other numbers with four digits. */
static void append_amount(text_buffer *b, double value)
{
    if (fabs(value) >= 1000 && fabs(value) < 1e15 && value == floor(value))
        exhibit_append_count(b, (int64_t)value);
    else
        exhibit_append_number(b, value, 4);
}

static void append_number(text_buffer *b, double value)
{
    char digits[NUMBER_TEXT_SIZE];
    int size = number_write_short(value, 4, digits);
    text_append_span(b, (text){digits, size});
}

static void open_text(text_buffer *b, double x, double y, const char *anchor, int size, const char *fill)
{
    text_append(b, "<text");
    append_attribute(b, "x", x);
    append_attribute(b, "y", y);
    text_print(b, " font-size=\"%d\" fill=\"%s\" text-anchor=\"%s\">", size, fill, anchor);
}

static void draw_label(text_buffer *b, double x, double y, const char *anchor, int size, text t, int64_t max_chars)
{
    open_text(b, x, y, anchor, size, INK);
    append_label(b, t, max_chars);
    text_append(b, "</text>\n");
}

static void draw_number(text_buffer *b, double x, double y, const char *anchor, double value)
{
    open_text(b, x, y, anchor, 11, INK);
    append_number(b, value);
    text_append(b, "</text>\n");
}

static void draw_line(text_buffer *b, double x1, double y1, double x2, double y2, const char *stroke)
{
    text_append(b, "<line");
    append_attribute(b, "x1", x1);
    append_attribute(b, "y1", y1);
    append_attribute(b, "x2", x2);
    append_attribute(b, "y2", y2);
    text_print(b, " stroke=\"%s\"/>\n", stroke);
}

static void draw_box(text_buffer *b, double x, double y, double width, double height, const char *fill)
{
    text_append(b, "<rect");
    append_attribute(b, "x", x);
    append_attribute(b, "y", y);
    append_attribute(b, "width", width);
    append_attribute(b, "height", height);
    text_print(b, " fill=\"%s\"/>\n", fill);
}

static void open_chart(text_buffer *b, int32_t width, int32_t height, text title)
{
    text_print(b,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
               "font-family=\"Helvetica, Arial, sans-serif\">\n",
               width, height, width, height);
    text_append(b, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    int64_t fits = width / 8;
    draw_label(b, 10, 20, "start", 13, title, fits < TITLE_CHARS ? fits : TITLE_CHARS);
}

static void close_chart(text_buffer *b)
{
    text_append(b, "</svg>\n");
}

/* 1, 2 or 5 times a power of ten that cuts `span` into at most `parts`. */
static double nice_step(double span, int parts)
{
    double rough = span / parts;
    double power = pow(10.0, floor(log10(rough)));
    double ratio = rough / power;
    if (ratio <= 1.0) return power;
    if (ratio <= 2.0) return 2.0 * power;
    return ratio <= 5.0 ? 5.0 * power : 10.0 * power;
}

static axis axis_of(double low, double high, double from, double to, int parts)
{
    if (!isfinite(low) || !isfinite(high)) low = high = 0.0;
    if (!(high > low)) {
        double room = fabs(low) > 0.0 ? fabs(low) * 0.1 : 1.0;
        low -= room;
        high += room;
    }
    double span = high - low;
    if (!isfinite(span)) return (axis){-1.0, 1.0, from, to, 1.0};
    return (axis){low, high, from, to, nice_step(span, parts)};
}

static double place(const axis *a, double value)
{
    double share = (value - a->low) / (a->high - a->low);
    if (!(share >= 0.0)) share = 0.0;
    if (share > 1.0) share = 1.0;
    return a->from + share * (a->to - a->from);
}

/* The ticks of an axis; returns how many. A value near zero beside the step is zero. */
static int ticks_of(const axis *a, double out[MAX_TICKS])
{
    int n = 0;
    double first = ceil(a->low / a->step - 1e-9);
    for (; n < MAX_TICKS; n++) {
        double value = (first + n) * a->step;
        if (value > a->high + a->step * 1e-9) break;
        out[n] = fabs(value) < a->step * 1e-9 ? 0.0 : value;
    }
    return n;
}

/* Seconds since 1970 to a day of the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
static void append_date(text_buffer *b, double seconds, bool with_time)
{
    if (!(fabs(seconds) < 2.5e11)) {
        append_number(b, seconds);
        return;
    }
    int64_t whole = (int64_t)floor(seconds);
    int64_t days = (whole >= 0 ? whole : whole - 86399) / 86400;
    int64_t rest = whole - days * 86400;
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    int year = (int)(year_of_era + era * 400 + (month <= 2));
    text_print(b, "%04d-%02d-%02d", year, month, day);
    if (with_time) text_print(b, " %02d:%02d", (int)(rest / 3600), (int)(rest % 3600 / 60));
}

static void widen(double value, double *low, double *high)
{
    if (!isfinite(value)) return;
    if (!(value >= *low)) *low = value;
    if (!(value <= *high)) *high = value;
}

/* Whole numbers have no ticks between them. */
static void count_axis_step(axis *a)
{
    if (a->step < 1.0) a->step = 1.0;
}

static void draw_left_ticks(text_buffer *b, const axis *y, double left, double right)
{
    double ticks[MAX_TICKS];
    int n = ticks_of(y, ticks);
    for (int i = 0; i < n; i++) {
        double at = place(y, ticks[i]);
        draw_line(b, left, at, right, at, GRID);
        draw_number(b, left - 5, at + 4, "end", ticks[i]);
    }
}

static void draw_bottom_ticks(text_buffer *b, const axis *x, double top, double bottom, bool grid)
{
    double ticks[MAX_TICKS];
    int n = ticks_of(x, ticks);
    for (int i = 0; i < n; i++) {
        double at = place(x, ticks[i]);
        if (grid) draw_line(b, at, top, at, bottom, GRID);
        draw_line(b, at, bottom, at, bottom + 4, INK);
        draw_number(b, at, bottom + 16, "middle", ticks[i]);
    }
}

static void draw_date_ticks(text_buffer *b, const axis *x, double bottom)
{
    bool with_time = x->high - x->low < 4 * 86400.0;
    for (int i = 0; i < 3; i++) {
        double value = x->low + (x->high - x->low) * i / 2.0;
        double at = place(x, value);
        draw_line(b, at, bottom, at, bottom + 4, INK);
        open_text(b, at, bottom + 16, i == 0 ? "start" : i == 1 ? "middle" : "end", 11, INK);
        append_date(b, value, with_time);
        text_append(b, "</text>\n");
    }
}

/* The ends of what stands on the axis, and how many bars stand apart on either side of it. */
typedef struct histogram_layout {
    double low, high, most;
    int apart_left, apart_right;
} histogram_layout;

static histogram_layout lay_out(const chart_histogram *c)
{
    histogram_layout l = {NAN, NAN, 0.0, 0, 0};
    for (int64_t i = 0; i < c->n_bins; i++) {
        const chart_bin *bin = &c->bins[i];
        l.most = fmax(l.most, bin->count);
        if (!bin->beyond) {
            widen(bin->from, &l.low, &l.high);
            widen(bin->to, &l.low, &l.high);
        } else if (i == 0) {
            l.apart_left = 1;
        } else {
            l.apart_right = 1;
        }
    }
    return l;
}

static void draw_bin(text_buffer *b, const chart_bin *bin, const axis *x, const axis *y)
{
    if (!(bin->count > 0.0)) return;
    double left = place(x, bin->from), right = place(x, bin->to), top = place(y, bin->count);
    double gap = right - left > 4.0 ? 0.5 : 0.0, width = right - left - 2.0 * gap;
    if (width < 2.0) {
        left = (left + right) / 2 - 1.0;
        width = 2.0;
    }
    draw_box(b, left + gap, top, width, y->from - top, COLOURS[CHART_BLUE]);
}

static void draw_bin_apart(text_buffer *b, const chart_bin *bin, double middle, const axis *y)
{
    double top = place(y, bin->count);
    draw_box(b, middle - 9, top, 18, y->from - top, COLOURS[CHART_ORANGE]);
    draw_line(b, middle - 14, y->from, middle + 14, y->from, INK);
    open_text(b, middle, y->from + 16, "middle", 10, "#8a5a00");
    text_append(b, "mean ");
    append_number(b, bin->mean);
    text_append(b, "</text>\n");
}

void chart_draw_histogram(const chart_histogram *c, text_buffer *svg)
{
    enum { APART = 70 };
    histogram_layout l = lay_out(c);
    double left = 62, right = c->width - 20, top = 36, bottom = c->height - 42;
    axis x = axis_of(l.low, l.high, left + l.apart_left * APART, right - l.apart_right * APART, c->width < 480 ? 4 : 7);
    axis y = axis_of(0.0, l.most > 0.0 ? l.most * 1.05 : 1.0, bottom, top, 4);
    count_axis_step(&y);
    open_chart(svg, c->width, c->height, c->title);
    draw_left_ticks(svg, &y, left, right);
    for (int64_t i = 0; i < c->n_bins; i++) {
        const chart_bin *bin = &c->bins[i];
        if (bin->beyond) {
            draw_bin_apart(svg, bin, i == 0 ? left + APART / 2 - 8 : right - APART / 2 + 8, &y);
        } else {
            draw_bin(svg, bin, &x, &y);
        }
    }
    draw_line(svg, x.from, bottom, x.to, bottom, INK);
    if (c->dates) {
        draw_date_ticks(svg, &x, bottom);
    } else {
        draw_bottom_ticks(svg, &x, top, bottom, false);
    }
    draw_label(svg, (left + right) / 2, c->height - 8, "middle", 11, c->axis, c->width / 7);
    draw_label(svg, left - 5, top - 5, "end", 10, text_of("rows"), 10);
    close_chart(svg);
}

static void draw_whisker(text_buffer *b, const axis *x, const chart_bar *bar, double middle)
{
    if (!(bar->error > 0.0) || !isfinite(bar->value)) return;
    double from = place(x, bar->value - bar->error), to = place(x, bar->value + bar->error);
    draw_line(b, from, middle, to, middle, INK);
    draw_line(b, from, middle - 4, from, middle + 4, INK);
    draw_line(b, to, middle - 4, to, middle + 4, INK);
}

static void draw_bar(text_buffer *b, const axis *x, const chart_bar *bar, double top, double height)
{
    double zero = place(x, 0.0), end = isfinite(bar->value) ? place(x, bar->value) : zero;
    double low = end < zero ? end : zero, width = fabs(end - zero);
    draw_label(b, x->from - 6, top + height / 2 + 4, "end", 12, bar->label, LABEL_CHARS);
    draw_box(b, low, top, width < 0.5 ? 0.5 : width, height, COLOURS[bar->color % CHART_COLOURS]);
    draw_whisker(b, x, bar, top + height / 2);
    double reach = bar->error > 0.0 && isfinite(bar->value) ? place(x, bar->value + bar->error) : end;
    open_text(b, (reach > zero ? reach : zero) + 5, top + height / 2 + 4, "start", 11, INK);
    append_amount(b, bar->value);
    text_append(b, "</text>\n");
}

/* Room for the longest label, at most a third of the width. */
static double label_room(const chart_bars *c)
{
    int64_t chars = 4;
    for (int64_t i = 0; i < c->n_bars; i++) {
        text label = c->bars[i].label;
        int64_t length = text_is_utf8(label) ? text_length(label) : label.size;
        if (length > chars) chars = length;
    }
    if (chars > LABEL_CHARS) chars = LABEL_CHARS;
    double room = 18.0 + 7.2 * (double)chars;
    return fmin(room, c->width * 0.4);
}

void chart_draw_bars(const chart_bars *c, text_buffer *svg)
{
    enum { ROW = 22, HEAD = 32, FOOT = 42 };
    double low = 0.0, high = 0.0;
    for (int64_t i = 0; i < c->n_bars; i++) {
        double error = c->bars[i].error > 0.0 ? c->bars[i].error : 0.0;
        if (!isfinite(c->bars[i].value)) continue;
        low = fmin(low, c->bars[i].value);
        high = fmax(high, c->bars[i].value + error);
    }
    if (isfinite(c->most)) high = c->most;
    if (!(high > low)) high = low + 1.0;
    int32_t n = c->n_bars > 1000 ? 1000 : (int32_t)c->n_bars;
    int32_t height = HEAD + FOOT + n * ROW;
    double bottom = height - FOOT;
    axis x = axis_of(low, high, label_room(c), c->width - 58, 5);
    open_chart(svg, c->width, height, c->title);
    draw_bottom_ticks(svg, &x, HEAD, bottom, true);
    for (int32_t i = 0; i < n; i++)
        draw_bar(svg, &x, &c->bars[i], HEAD + i * ROW + 3, ROW - 6);
    draw_line(svg, place(&x, 0.0), HEAD, place(&x, 0.0), bottom, INK);
    draw_label(svg, (x.from + x.to) / 2, height - 8, "middle", 11, c->axis, c->width / 7);
    close_chart(svg);
}

/* From vermilion (-1) over white (0) to blue (1); sign and size are also printed in the square. */
static void append_heat_colour(text_buffer *b, double value)
{
    static const int POSITIVE[3] = {0x00, 0x72, 0xb2}, NEGATIVE[3] = {0xd5, 0x5e, 0x00};
    const int *end = value < 0.0 ? NEGATIVE : POSITIVE;
    double share = fmin(fabs(value), 1.0);
    text_append(b, "#");
    for (int i = 0; i < 3; i++)
        text_print(b, "%02x", 255 + (int)lround((end[i] - 255) * share));
}

static void draw_heat_square(text_buffer *b, double x, double y, double size, double value)
{
    text_append(b, "<rect");
    append_attribute(b, "x", x + 0.5);
    append_attribute(b, "y", y + 0.5);
    append_attribute(b, "width", size - 1);
    append_attribute(b, "height", size - 1);
    text_append(b, " fill=\"");
    if (isfinite(value)) {
        append_heat_colour(b, value);
    } else {
        text_append(b, "#eeeeee");
    }
    text_append(b, "\"/>\n");
    open_text(b, x + size / 2, y + size / 2 + 4, "middle", 11, isfinite(value) && fabs(value) > 0.6 ? "#ffffff" : INK);
    if (isfinite(value)) {
        int hundredths = (int)lround(value * 100.0);
        text_print(b, "%s%d.%02d", hundredths < 0 ? "-" : "", (hundredths < 0 ? -hundredths : hundredths) / 100,
                   (hundredths < 0 ? -hundredths : hundredths) % 100);
    } else {
        text_append(b, "\xe2\x80\x93");
    }
    text_append(b, "</text>\n");
}

void chart_draw_heat(const chart_heat *c, text_buffer *svg)
{
    enum { SQUARE = 44, LEFT = 190, TOP = 40, FOOT = 40 };
    int32_t n = c->n > 50 ? 50 : c->n;
    int32_t width = LEFT + n * SQUARE + 20, height = TOP + n * SQUARE + FOOT;
    open_chart(svg, width < 360 ? 360 : width, height, c->title);
    for (int32_t i = 0; i < n; i++) {
        text_buffer numbered = {0};
        text_append_shown(&numbered, c->labels[i], 22);
        text_print(&numbered, " (%d)", i + 1);
        if (numbered.failed) svg->failed = true;
        draw_label(svg, LEFT - 6, TOP + i * SQUARE + SQUARE / 2 + 4, "end", 12, (text){numbered.data, numbered.size}, 30);
        text_buffer_clear(&numbered);
        for (int32_t j = 0; j < n; j++)
            draw_heat_square(svg, LEFT + j * SQUARE, TOP + i * SQUARE, SQUARE, c->values[(int64_t)i * c->n + j]);
        open_text(svg, LEFT + i * SQUARE + SQUARE / 2, TOP + n * SQUARE + 16, "middle", 12, INK);
        text_print(svg, "(%d)</text>\n", i + 1);
    }
    close_chart(svg);
}

static void draw_curve(text_buffer *b, const chart_line *line, const axis *x, const axis *y, const char *stroke)
{
    bool down = false;
    text_append(b, "<path d=\"");
    for (int64_t i = 0; i < line->n; i++) {
        if (!isfinite(line->x[i]) || !isfinite(line->y[i])) {
            down = false;
            continue;
        }
        text_append(b, down ? "L" : "M");
        append_pixels(b, place(x, line->x[i]));
        text_append(b, " ");
        append_pixels(b, place(y, line->y[i]));
        down = true;
    }
    text_print(b, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", stroke);
}

void chart_draw_lines(const chart_lines *c, text_buffer *svg)
{
    double x_low = NAN, x_high = NAN, y_low = NAN, y_high = NAN;
    for (int32_t k = 0; k < c->n_lines; k++) {
        for (int64_t i = 0; i < c->lines[k].n; i++) {
            widen(c->lines[k].x[i], &x_low, &x_high);
            widen(c->lines[k].y[i], &y_low, &y_high);
        }
    }
    double left = 70, right = c->width - 20, top = 52, bottom = c->height - 42;
    axis x = axis_of(x_low, x_high, left, right, 7), y = axis_of(y_low, y_high, bottom, top, 5);
    open_chart(svg, c->width, c->height, c->title);
    draw_left_ticks(svg, &y, left, right);
    draw_bottom_ticks(svg, &x, top, bottom, false);
    draw_line(svg, left, bottom, right, bottom, INK);
    double key = left;
    for (int32_t k = 0; k < c->n_lines; k++) {
        const char *stroke = COLOURS[k % CHART_COLOURS];
        draw_curve(svg, &c->lines[k], &x, &y, stroke);
        draw_box(svg, key, 31, 14, 4, stroke);
        draw_label(svg, key + 19, 37, "start", 11, c->lines[k].label, 20);
        key += (right - left) / (c->n_lines > 4 ? c->n_lines : 4);
    }
    draw_label(svg, (left + right) / 2, c->height - 8, "middle", 11, c->x_axis, 60);
    draw_label(svg, left - 5, top - 6, "end", 10, c->y_axis, 12);
    close_chart(svg);
}

void chart_append_image(text_buffer *html, const text_buffer *svg, text alt)
{
    text_append(html, "<img alt=\"");
    append_label(html, alt, 300);
    text_append(html, "\" style=\"max-width:100%\" src=\"data:image/svg+xml;base64,");
    text_append_base64(html, svg->data ? svg->data : "", svg->size);
    text_append(html, "\">");
    if (svg->failed) html->failed = true;
}
