/* Charts as SVG, put together from svg_parts.h. */
#include "notebook/chart.h"

#include <math.h>

#include "base/number.h"
#include "notebook/svg_parts.h"

enum { LABEL_CHARS = 28 };

/* The ends of what stands on the axis, and how many bars stand apart on either side of it. */
typedef struct histogram_layout {
    double low, high, most;
    int apart_left, apart_right;
    bool whole; /* bars of whole numbers, whose borders lie at halves */
} histogram_layout;

static bool is_half(double v)
{
    return fabs(v - floor(v)) == 0.5;
}

static histogram_layout lay_out(const chart_histogram *c)
{
    histogram_layout l = {NAN, NAN, 0.0, 0, 0, c->n_bins > 0 && !c->dates};
    for (int64_t i = 0; i < c->n_bins; i++) {
        const chart_bin *bin = &c->bins[i];
        l.most = fmax(l.most, bin->count);
        if (!bin->beyond) {
            l.whole = l.whole && is_half(bin->from) && is_half(bin->to);
            axis_widen(bin->from, &l.low, &l.high);
            axis_widen(bin->to, &l.low, &l.high);
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
    double left = axis_place(x, bin->from), right = axis_place(x, bin->to), top = axis_place(y, bin->count);
    double gap = right - left > 4.0 ? 0.5 : 0.0, width = right - left - 2.0 * gap;
    if (width < 2.0) {
        left = (left + right) / 2 - 1.0;
        width = 2.0;
    }
    svg_box(b, left + gap, top, width, y->from - top, svg_colours[CHART_BLUE]);
}

static void draw_bin_apart(text_buffer *b, const chart_bin *bin, double middle, const axis *y)
{
    double top = axis_place(y, bin->count);
    svg_box(b, middle - 9, top, 18, y->from - top, svg_colours[CHART_ORANGE]);
    svg_line(b, middle - 14, y->from, middle + 14, y->from, SVG_INK);
    svg_open_text(b, middle, y->from + 16, "middle", 10, "#8a5a00");
    text_append(b, "mean ");
    svg_append_number(b, bin->mean);
    text_append(b, "</text>\n");
}

void chart_draw_histogram(const chart_histogram *c, text_buffer *svg)
{
    enum { APART = 70 };
    histogram_layout l = lay_out(c);
    double left = 62, right = c->width - 20, top = 36, bottom = c->height - 42;
    axis x = axis_of(l.low, l.high, left + l.apart_left * APART, right - l.apart_right * APART, c->width < 480 ? 4 : 7);
    axis y = axis_of(0.0, l.most > 0.0 ? l.most * 1.05 : 1.0, bottom, top, 4);
    axis_whole_steps(&y);
    if (l.whole) axis_whole_steps(&x);
    svg_open(svg, c->width, c->height, c->title);
    svg_left_ticks(svg, &y, left, right);
    for (int64_t i = 0; i < c->n_bins; i++) {
        const chart_bin *bin = &c->bins[i];
        if (bin->beyond) {
            draw_bin_apart(svg, bin, i == 0 ? left + APART / 2 - 8 : right - APART / 2 + 8, &y);
        } else {
            draw_bin(svg, bin, &x, &y);
        }
    }
    svg_line(svg, x.from, bottom, x.to, bottom, SVG_INK);
    if (c->dates) {
        svg_date_ticks(svg, &x, bottom);
    } else {
        svg_bottom_ticks(svg, &x, top, bottom, false);
    }
    svg_label(svg, (left + right) / 2, c->height - 8, "middle", 11, c->axis, c->width / 7);
    svg_label(svg, left - 5, top - 5, "end", 10, text_of("rows"), 10);
    svg_close(svg);
}

static void draw_whisker(text_buffer *b, const axis *x, const chart_bar *bar, double middle)
{
    if (!(bar->error > 0.0) || !isfinite(bar->value)) return;
    double from = axis_place(x, bar->value - bar->error), to = axis_place(x, bar->value + bar->error);
    svg_line(b, from, middle, to, middle, SVG_INK);
    svg_line(b, from, middle - 4, from, middle + 4, SVG_INK);
    svg_line(b, to, middle - 4, to, middle + 4, SVG_INK);
}

static void draw_bar(text_buffer *b, const axis *x, const chart_bar *bar, double top, double height)
{
    double zero = axis_place(x, 0.0), end = isfinite(bar->value) ? axis_place(x, bar->value) : zero;
    double low = end < zero ? end : zero, width = fabs(end - zero);
    svg_label(b, x->from - 6, top + height / 2 + 4, "end", 12, bar->label, LABEL_CHARS);
    svg_box(b, low, top, width < 0.5 ? 0.5 : width, height, svg_colours[bar->color % CHART_COLOURS]);
    draw_whisker(b, x, bar, top + height / 2);
    double reach = bar->error > 0.0 && isfinite(bar->value) ? axis_place(x, bar->value + bar->error) : end;
    svg_open_text(b, (reach > zero ? reach : zero) + 5, top + height / 2 + 4, "start", 11, SVG_INK);
    svg_append_amount(b, bar->value);
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
    svg_open(svg, c->width, height, c->title);
    svg_bottom_ticks(svg, &x, HEAD, bottom, true);
    for (int32_t i = 0; i < n; i++)
        draw_bar(svg, &x, &c->bars[i], HEAD + i * ROW + 3, ROW - 6);
    svg_line(svg, axis_place(&x, 0.0), HEAD, axis_place(&x, 0.0), bottom, SVG_INK);
    svg_label(svg, (x.from + x.to) / 2, height - 8, "middle", 11, c->axis, c->width / 7);
    svg_close(svg);
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
    svg_append_attribute(b, "x", x + 0.5);
    svg_append_attribute(b, "y", y + 0.5);
    svg_append_attribute(b, "width", size - 1);
    svg_append_attribute(b, "height", size - 1);
    text_append(b, " fill=\"");
    if (isfinite(value)) {
        append_heat_colour(b, value);
    } else {
        text_append(b, "#eeeeee");
    }
    text_append(b, "\"/>\n");
    svg_open_text(b, x + size / 2, y + size / 2 + 4, "middle", 11, isfinite(value) && fabs(value) > 0.6 ? "#ffffff" : SVG_INK);
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
    svg_open(svg, width < 360 ? 360 : width, height, c->title);
    for (int32_t i = 0; i < n; i++) {
        text_buffer numbered = {0};
        text_append_shown(&numbered, c->labels[i], 22);
        text_print(&numbered, " (%d)", i + 1);
        if (numbered.failed) svg->failed = true;
        svg_label(svg, LEFT - 6, TOP + i * SQUARE + SQUARE / 2 + 4, "end", 12, (text){numbered.data, numbered.size}, 30);
        text_buffer_clear(&numbered);
        for (int32_t j = 0; j < n; j++)
            draw_heat_square(svg, LEFT + j * SQUARE, TOP + i * SQUARE, SQUARE, c->values[(int64_t)i * c->n + j]);
        svg_open_text(svg, LEFT + i * SQUARE + SQUARE / 2, TOP + n * SQUARE + 16, "middle", 12, SVG_INK);
        text_print(svg, "(%d)</text>\n", i + 1);
    }
    svg_close(svg);
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
        svg_append_pixels(b, axis_place(x, line->x[i]));
        text_append(b, " ");
        svg_append_pixels(b, axis_place(y, line->y[i]));
        down = true;
    }
    text_print(b, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", stroke);
}

void chart_draw_lines(const chart_lines *c, text_buffer *svg)
{
    double x_low = NAN, x_high = NAN, y_low = NAN, y_high = NAN;
    for (int32_t k = 0; k < c->n_lines; k++) {
        for (int64_t i = 0; i < c->lines[k].n; i++) {
            axis_widen(c->lines[k].x[i], &x_low, &x_high);
            axis_widen(c->lines[k].y[i], &y_low, &y_high);
        }
    }
    double left = 70, right = c->width - 20, top = 52, bottom = c->height - 42;
    axis x = axis_of(x_low, x_high, left, right, 7), y = axis_of(y_low, y_high, bottom, top, 5);
    svg_open(svg, c->width, c->height, c->title);
    svg_left_ticks(svg, &y, left, right);
    svg_bottom_ticks(svg, &x, top, bottom, false);
    svg_line(svg, left, bottom, right, bottom, SVG_INK);
    double key = left;
    for (int32_t k = 0; k < c->n_lines; k++) {
        const char *stroke = svg_colours[k % CHART_COLOURS];
        draw_curve(svg, &c->lines[k], &x, &y, stroke);
        svg_box(svg, key, 31, 14, 4, stroke);
        svg_label(svg, key + 19, 37, "start", 11, c->lines[k].label, 20);
        key += (right - left) / (c->n_lines > 4 ? c->n_lines : 4);
    }
    svg_label(svg, (left + right) / 2, c->height - 8, "middle", 11, c->x_axis, 60);
    svg_label(svg, left - 5, top - 6, "end", 10, c->y_axis, 12);
    svg_close(svg);
}

void chart_append_image(text_buffer *html, const text_buffer *svg, text alt)
{
    text_append(html, "<img alt=\"");
    svg_append_label(html, alt, 300);
    text_append(html, "\" style=\"max-width:100%\" src=\"data:image/svg+xml;base64,");
    text_append_base64(html, svg->data ? svg->data : "", svg->size);
    text_append(html, "\">");
    if (svg->failed) html->failed = true;
}
