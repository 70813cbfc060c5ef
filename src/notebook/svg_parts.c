/* Parts of an SVG: text appended to a buffer in the order in which it is painted. Coordinates are written in tenths of a pixel
 * by integers, so that no locale and no printf of doubles comes in. Axis ticks are multiples of 1, 2 or 5 times a power of ten
 * (Heckbert, "Nice numbers for graph labels", Graphics Gems 1990). */
#include "notebook/svg_parts.h"

#include <math.h>

#include "base/number.h"
#include "notebook/exhibit.h"

const char *const svg_colours[CHART_COLOURS] = {"#0072B2", "#E69F00", "#009E73", "#D55E00",
                                                "#CC79A7", "#56B4E9", "#F0E442", "#999999"};

enum { MAX_TICKS = 12, TITLE_CHARS = 70 };

void svg_append_pixels(text_buffer *b, double value)
{
    double tenths = floor(fabs(value) * 10.0 + 0.5);
    if (!(tenths < 1e9)) tenths = 0.0;
    int32_t whole = (int32_t)tenths;
    text_print(b, "%s%d", value < 0.0 && whole > 0 ? "-" : "", whole / 10);
    if (whole % 10) text_print(b, ".%d", whole % 10);
}

void svg_append_attribute(text_buffer *b, const char *name, double value)
{
    text_print(b, " %s=\"", name);
    svg_append_pixels(b, value);
    text_append(b, "\"");
}

/* A label of the data: controls as escapes, cut, no markup, and without the two characters that XML 1.0 forbids. */
void svg_append_label(text_buffer *b, text t, int64_t max_chars)
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
void svg_append_amount(text_buffer *b, double value)
{
    if (fabs(value) >= 1000 && fabs(value) < 1e15 && value == floor(value))
        exhibit_append_count(b, (int64_t)value);
    else
        exhibit_append_number(b, value, 4);
}

void svg_append_number(text_buffer *b, double value)
{
    char digits[NUMBER_TEXT_SIZE];
    int size = number_write_short(value, 4, digits);
    text_append_span(b, (text){digits, size});
}

void svg_open_text(text_buffer *b, double x, double y, const char *anchor, int size, const char *fill)
{
    text_append(b, "<text");
    svg_append_attribute(b, "x", x);
    svg_append_attribute(b, "y", y);
    text_print(b, " font-size=\"%d\" fill=\"%s\" text-anchor=\"%s\">", size, fill, anchor);
}

void svg_label(text_buffer *b, double x, double y, const char *anchor, int size, text t, int64_t max_chars)
{
    svg_open_text(b, x, y, anchor, size, SVG_INK);
    svg_append_label(b, t, max_chars);
    text_append(b, "</text>\n");
}

static void svg_number(text_buffer *b, double x, double y, const char *anchor, double value)
{
    svg_open_text(b, x, y, anchor, 11, SVG_INK);
    svg_append_number(b, value);
    text_append(b, "</text>\n");
}

void svg_line(text_buffer *b, double x1, double y1, double x2, double y2, const char *stroke)
{
    text_append(b, "<line");
    svg_append_attribute(b, "x1", x1);
    svg_append_attribute(b, "y1", y1);
    svg_append_attribute(b, "x2", x2);
    svg_append_attribute(b, "y2", y2);
    text_print(b, " stroke=\"%s\"/>\n", stroke);
}

void svg_box(text_buffer *b, double x, double y, double width, double height, const char *fill)
{
    text_append(b, "<rect");
    svg_append_attribute(b, "x", x);
    svg_append_attribute(b, "y", y);
    svg_append_attribute(b, "width", width);
    svg_append_attribute(b, "height", height);
    text_print(b, " fill=\"%s\"/>\n", fill);
}

void svg_open(text_buffer *b, int32_t width, int32_t height, text title)
{
    text_print(b,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
               "font-family=\"Helvetica, Arial, sans-serif\">\n",
               width, height, width, height);
    text_append(b, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    int64_t fits = width / 8;
    svg_label(b, 10, 20, "start", 13, title, fits < TITLE_CHARS ? fits : TITLE_CHARS);
}

void svg_close(text_buffer *b)
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

axis axis_of(double low, double high, double from, double to, int parts)
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

double axis_place(const axis *a, double value)
{
    double share = (value - a->low) / (a->high - a->low);
    if (!(share >= 0.0)) share = 0.0;
    if (share > 1.0) share = 1.0;
    return a->from + share * (a->to - a->from);
}

/* The ticks of an axis; returns how many. A value near zero beside the step is zero. */
static int axis_ticks(const axis *a, double out[MAX_TICKS])
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
void svg_append_date(text_buffer *b, double seconds, bool with_time)
{
    if (!(fabs(seconds) < 2.5e11)) {
        svg_append_number(b, seconds);
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

void axis_widen(double value, double *low, double *high)
{
    if (!isfinite(value)) return;
    if (!(value >= *low)) *low = value;
    if (!(value <= *high)) *high = value;
}

/* Whole numbers have no ticks between them. */
void axis_whole_steps(axis *a)
{
    if (a->step < 1.0) a->step = 1.0;
}

void svg_left_ticks(text_buffer *b, const axis *y, double left, double right)
{
    double ticks[MAX_TICKS];
    int n = axis_ticks(y, ticks);
    for (int i = 0; i < n; i++) {
        double at = axis_place(y, ticks[i]);
        svg_line(b, left, at, right, at, SVG_GRID);
        svg_number(b, left - 5, at + 4, "end", ticks[i]);
    }
}

void svg_bottom_ticks(text_buffer *b, const axis *x, double top, double bottom, bool grid)
{
    double ticks[MAX_TICKS];
    int n = axis_ticks(x, ticks);
    for (int i = 0; i < n; i++) {
        double at = axis_place(x, ticks[i]);
        if (grid) svg_line(b, at, top, at, bottom, SVG_GRID);
        svg_line(b, at, bottom, at, bottom + 4, SVG_INK);
        svg_number(b, at, bottom + 16, "middle", ticks[i]);
    }
}

void svg_date_ticks(text_buffer *b, const axis *x, double bottom)
{
    bool with_time = x->high - x->low < 4 * 86400.0;
    for (int i = 0; i < 3; i++) {
        double value = x->low + (x->high - x->low) * i / 2.0;
        double at = axis_place(x, value);
        svg_line(b, at, bottom, at, bottom + 4, SVG_INK);
        svg_open_text(b, at, bottom + 16, i == 0 ? "start" : i == 1 ? "middle" : "end", 11, SVG_INK);
        svg_append_date(b, value, with_time);
        text_append(b, "</text>\n");
    }
}
