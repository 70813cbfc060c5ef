/* The target against one column: a row a bin or level, from top to bottom. Shares are bars from 0, means are dots with a
 * whisker of one standard error, several classes are one bar that is cut into their shares; a dashed line stands at the value
 * of all rows. Value and number of rows stand at the right, so that nothing has to be read off the axis. */
#include <math.h>

#include "notebook/svg_parts.h"

enum { ROW = 18, HEAD = 48, FOOT = 40, COUNT_ROOM = 58, VALUE_ROOM = 52, GROUP_CHARS = 18 };

static axis value_axis(const chart_groups *c, double from, double to)
{
    double low = NAN, high = NAN;
    if (c->n_shares > 0) return axis_of(0.0, 100.0, from, to, 4);
    axis_widen(c->overall, &low, &high);
    for (int32_t i = 0; i < c->n; i++) {
        double error = c->groups[i].error > 0.0 ? c->groups[i].error : 0.0;
        axis_widen(c->groups[i].value - error, &low, &high);
        axis_widen(c->groups[i].value + error, &low, &high);
    }
    if (c->from_zero) {
        axis_widen(0.0, &low, &high);
        low = fmax(low, 0.0);
    } else {
        double room = 0.05 * (high - low);
        low -= room;
        high += room;
    }
    return axis_of(low, high, from, to, 4);
}

static void draw_dot(text_buffer *b, double x, double y)
{
    text_append(b, "<circle");
    svg_append_attribute(b, "cx", x);
    svg_append_attribute(b, "cy", y);
    text_print(b, " r=\"3.5\" fill=\"%s\"/>\n", svg_colours[CHART_BLUE]);
}

static void draw_error(text_buffer *b, const axis *x, const chart_group *g, double middle)
{
    if (!(g->error > 0.0)) return;
    double from = axis_place(x, g->value - g->error), to = axis_place(x, g->value + g->error);
    svg_line(b, from, middle, to, middle, SVG_INK);
    svg_line(b, from, middle - 3, from, middle + 3, SVG_INK);
    svg_line(b, to, middle - 3, to, middle + 3, SVG_INK);
}

static void draw_shares(text_buffer *b, const chart_groups *c, const axis *x, const chart_group *g, double top)
{
    double sum = 0.0;
    for (int32_t k = 0; k < c->n_shares; k++) {
        double from = axis_place(x, sum), to = axis_place(x, sum + g->shares[k]);
        if (to - from >= 0.1) svg_box(b, from, top + 2, to - from, ROW - 5, svg_colours[k % CHART_COLOURS]);
        sum += g->shares[k];
    }
}

static void draw_value(text_buffer *b, const chart_groups *c, const axis *x, const chart_group *g, double top)
{
    double middle = top + ROW / 2.0 - 0.5;
    if (!isfinite(g->value)) return;
    if (c->from_zero) {
        double from = axis_place(x, 0.0), width = axis_place(x, g->value) - from;
        svg_box(b, from, top + 2, width < 0.5 ? 0.5 : width, ROW - 5, svg_colours[CHART_SKY]);
    }
    draw_error(b, x, g, middle);
    if (!c->from_zero) draw_dot(b, axis_place(x, g->value), middle);
    svg_open_text(b, c->width - COUNT_ROOM - 4, middle + 4, "end", 11, SVG_INK);
    svg_append_number(b, g->value);
    text_append(b, "</text>\n");
}

static void draw_group(text_buffer *b, const chart_groups *c, const axis *x, const chart_group *g, double top)
{
    double base = top + ROW / 2.0 + 3.5;
    svg_label(b, x->from - 6, base, "end", 11, g->label, GROUP_CHARS);
    if (c->n_shares > 0) {
        draw_shares(b, c, x, g, top);
    } else {
        draw_value(b, c, x, g, top);
    }
    svg_open_text(b, c->width - 6, base, "end", 11, SVG_FAINT);
    svg_append_amount(b, g->count);
    text_append(b, "</text>\n");
}

static void draw_overall(text_buffer *b, const axis *x, double overall, double top, double bottom)
{
    if (!isfinite(overall)) return;
    double at = axis_place(x, overall);
    text_append(b, "<line");
    svg_append_attribute(b, "x1", at);
    svg_append_attribute(b, "y1", top);
    svg_append_attribute(b, "x2", at);
    svg_append_attribute(b, "y2", bottom);
    text_print(b, " stroke=\"%s\" stroke-dasharray=\"4 3\"/>\n", svg_colours[CHART_VERMILION]);
}

/* Room for the longest label that stands. */
static double label_room(const chart_groups *c)
{
    int64_t chars = 4;
    for (int32_t i = 0; i < c->n; i++) {
        text label = c->groups[i].label;
        int64_t length = text_is_utf8(label) ? text_length(label) : label.size;
        if (length > chars) chars = length;
    }
    return 14.0 + 6.3 * (double)(chars > GROUP_CHARS ? GROUP_CHARS : chars);
}

void chart_draw_groups(const chart_groups *c, text_buffer *svg)
{
    int32_t n = c->n > 100 ? 100 : c->n, height = HEAD + FOOT + n * ROW;
    double bottom = height - FOOT, right = c->width - COUNT_ROOM - (c->n_shares > 0 ? 8 : VALUE_ROOM);
    axis x = value_axis(c, label_room(c), right);
    svg_open(svg, c->width, height, c->title);
    svg_label(svg, c->width - 6, HEAD - 8, "end", 10, text_of("rows"), 10);
    svg_bottom_ticks(svg, &x, HEAD - 2, bottom, true);
    for (int32_t i = 0; i < n; i++)
        draw_group(svg, c, &x, &c->groups[i], HEAD + i * ROW);
    svg_line(svg, x.from, HEAD - 2, x.from, bottom, SVG_INK);
    if (c->n_shares == 0) draw_overall(svg, &x, c->overall, HEAD - 2, bottom);
    svg_label(svg, (x.from + x.to) / 2, height - 8, "middle", 11, c->axis, c->width / 9);
    svg_close(svg);
}
