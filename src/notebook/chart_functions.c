/* Functions of an additive model. Of one column of numbers: steps with a band of their spread, a dot for missing values, and
 * below them where the rows lie. Of two columns: a grid of colours, blue below zero and orange above; cells of one colour are
 * one path, so that a large grid stays a small picture. */
#include <math.h>

#include "base/memory.h"
#include "notebook/svg_parts.h"

enum { LEFT = 64, RIGHT = 16, TOP = 44, FOOT = 40, STRIP = 34, MISSING_ROOM = 44, STRIP_BARS = 60 };
/* Rows outside this share in the middle are not drawn: a few far values would press all others together. */
#define TRIMMED 0.005

/* Where the parts of a chart of steps lie. */
typedef struct steps_frame {
    axis x, y;
    double bottom; /* of the steps; the strip is below */
} steps_frame;

static int64_t n_intervals(const chart_steps *c)
{
    return c->n_cuts + 1;
}

static double value_at(const chart_steps *c, const double *values, int64_t interval)
{
    return values[interval + c->missing];
}

/* The cuts between which the middle of the rows lies, and room beyond them: the fewer cuts, the wider the outer intervals. */
static void find_range(const chart_steps *c, double *low, double *high)
{
    double total = 0, below = 0, kept = 0;
    *low = *high = NAN;
    for (int64_t i = 0; i < n_intervals(c); i++)
        total += value_at(c, c->share, i);
    for (int64_t i = 0; i < c->n_cuts; i++) {
        below += value_at(c, c->share, i);
        bool middle = below >= TRIMMED * total && below <= (1 - TRIMMED) * total;
        if (!middle && total > 0) continue;
        axis_widen(c->cuts[i], low, high);
        kept++;
    }
    for (int64_t i = 0; isnan(*low) && i < c->n_cuts; i++)
        axis_widen(c->cuts[i], low, high);
    double room = *high > *low ? (*high - *low) * fmax(0.04, kept > 1 ? 1 / (kept - 1) : 1) : 0.5;
    *low -= room;
    *high += room;
}

/* Both ends of an interval, within the axis; false where it lies outside. */
static bool interval_ends(const chart_steps *c, const axis *x, int64_t i, double *from, double *to)
{
    double low = i > 0 ? c->cuts[i - 1] : -INFINITY, high = i < c->n_cuts ? c->cuts[i] : INFINITY;
    if (high <= x->low || low >= x->high) return false;
    *from = axis_place(x, fmax(low, x->low));
    *to = axis_place(x, fmin(high, x->high));
    return true;
}

static axis vertical_axis(const chart_steps *c, const axis *x, double from, double to)
{
    double low = 0, high = 0, left, right;
    for (int32_t k = 0; k < c->n_lines; k++)
        for (int64_t p = 0; p < n_intervals(c) + c->missing; p++) {
            if (p >= c->missing && !interval_ends(c, x, p - c->missing, &left, &right)) continue;
            double spread = c->lines[k].spread && isfinite(c->lines[k].spread[p]) ? c->lines[k].spread[p] : 0;
            axis_widen(c->lines[k].values[p] - spread, &low, &high);
            axis_widen(c->lines[k].values[p] + spread, &low, &high);
        }
    double room = 0.05 * (high - low);
    return axis_of(low - room, high + room, from, to, 5);
}

static void append_point(text_buffer *b, const char *command, double x, double y)
{
    text_append(b, command);
    svg_append_pixels(b, x);
    text_append(b, " ");
    svg_append_pixels(b, y);
}

/* Each interval is a box, so that the band breaks where there is nothing. */
static void draw_band(text_buffer *b, const chart_steps *c, const steps_frame *f, const chart_steps_line *line)
{
    text_append(b, "<path d=\"");
    for (int64_t i = 0; i < n_intervals(c); i++) {
        double from, to, value = value_at(c, line->values, i), spread = value_at(c, line->spread, i);
        if (!isfinite(value) || !(spread > 0) || !interval_ends(c, &f->x, i, &from, &to)) continue;
        append_point(b, "M", from, axis_place(&f->y, value + spread));
        append_point(b, "L", to, axis_place(&f->y, value + spread));
        append_point(b, "L", to, axis_place(&f->y, value - spread));
        append_point(b, "L", from, axis_place(&f->y, value - spread));
        text_append(b, "z");
    }
    text_print(b, "\" fill=\"%s\" fill-opacity=\"0.35\"/>\n", svg_colours[CHART_SKY]);
}

static void draw_steps(text_buffer *b, const chart_steps *c, const steps_frame *f, int32_t k)
{
    bool down = false;
    text_append(b, "<path d=\"");
    for (int64_t i = 0; i < n_intervals(c); i++) {
        double from, to, value = value_at(c, c->lines[k].values, i);
        if (!interval_ends(c, &f->x, i, &from, &to)) continue;
        if (!isfinite(value)) {
            down = false;
            continue;
        }
        append_point(b, down ? "L" : "M", from, axis_place(&f->y, value));
        append_point(b, "L", to, axis_place(&f->y, value));
        down = true;
    }
    text_print(b, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", svg_colours[k % CHART_COLOURS]);
}

static void draw_missing(text_buffer *b, const chart_steps *c, const steps_frame *f, int32_t k)
{
    double value = c->lines[k].values[0], at = LEFT + MISSING_ROOM / 2.0,
           spread = c->lines[k].spread ? c->lines[k].spread[0] : NAN;
    if (!isfinite(value)) return;
    if (spread > 0) svg_line(b, at, axis_place(&f->y, value - spread), at, axis_place(&f->y, value + spread), SVG_INK);
    text_append(b, "<circle");
    svg_append_attribute(b, "cx", at);
    svg_append_attribute(b, "cy", axis_place(&f->y, value));
    text_print(b, " r=\"4\" fill=\"%s\"/>\n", svg_colours[k % CHART_COLOURS]);
}

/* Rows by place on the axis: what an interval has is spread evenly over what is seen of it. */
static void draw_strip(text_buffer *b, const chart_steps *c, const steps_frame *f)
{
    double bars[STRIP_BARS] = {0}, most = 0, width = (f->x.to - f->x.from) / STRIP_BARS;
    for (int64_t i = 0; i < n_intervals(c); i++) {
        double from, to;
        if (!interval_ends(c, &f->x, i, &from, &to) || !(to > from)) continue;
        for (int s = 0; s < STRIP_BARS; s++) {
            double low = fmax(from, f->x.from + s * width), high = fmin(to, f->x.from + (s + 1) * width);
            if (high > low) bars[s] += value_at(c, c->share, i) * (high - low) / (to - from);
        }
    }
    for (int s = 0; s < STRIP_BARS; s++)
        most = fmax(most, bars[s]);
    for (int s = 0; s < STRIP_BARS && most > 0; s++) {
        double height = (STRIP - 8) * bars[s] / most;
        if (height >= 0.1)
            svg_box(b, f->x.from + s * width, f->bottom + STRIP - height, width - 0.6, height, svg_colours[CHART_GREY]);
    }
}

static void draw_lines(text_buffer *b, const chart_steps *c, const steps_frame *f)
{
    for (int32_t k = 0; k < c->n_lines; k++)
        if (c->lines[k].spread) draw_band(b, c, f, &c->lines[k]);
    double zero = axis_place(&f->y, 0);
    svg_line(b, LEFT, zero, c->width - RIGHT, zero, SVG_FAINT);
    for (int32_t k = 0; k < c->n_lines; k++) {
        draw_steps(b, c, f, k);
        if (c->missing) draw_missing(b, c, f, k);
    }
}

void chart_draw_steps(const chart_steps *c, text_buffer *svg)
{
    double low, high, from = LEFT + (c->missing ? MISSING_ROOM : 0), to = c->width - RIGHT;
    steps_frame f = {.bottom = c->height - FOOT - STRIP};
    find_range(c, &low, &high);
    f.x = axis_of(low, high, from, to, 6);
    f.y = vertical_axis(c, &f.x, f.bottom, TOP);
    svg_open(svg, c->width, c->height, c->title);
    svg_left_ticks(svg, &f.y, LEFT, to);
    draw_lines(svg, c, &f);
    draw_strip(svg, c, &f);
    svg_bottom_ticks(svg, &f.x, TOP, f.bottom + STRIP, false);
    svg_line(svg, LEFT, f.bottom + STRIP, to, f.bottom + STRIP, SVG_INK);
    if (c->missing) svg_label(svg, LEFT + MISSING_ROOM / 2.0, f.bottom + STRIP + 16, "middle", 11, text_of("missing"), 8);
    svg_label(svg, (LEFT + to) / 2, c->height - 8, "middle", 11, c->axis, c->width / 9);
    svg_label(svg, 10, 36, "start", 10, c->y_axis, 60);
    svg_close(svg);
}

/* Colours of a grid: from -SHADES to SHADES. */
enum { SHADES = 10, GRID_LEFT = 110, GRID_FOOT = 62, GRID_KEY = 74 };

static int shade_of(double value, double largest)
{
    if (!isfinite(value)) return SHADES + 1;
    return largest > 0 ? (int)lround(SHADES * value / largest) : 0;
}

static void append_shade(text_buffer *b, int shade)
{
    static const int below[3] = {0x00, 0x72, 0xb2}, above[3] = {0xd5, 0x5e, 0x00};
    const int *end = shade < 0 ? below : above;
    if (shade > SHADES) {
        text_append(b, "#cccccc");
        return;
    }
    text_append(b, "#");
    for (int i = 0; i < 3; i++)
        text_print(b, "%02x", 255 + (end[i] - 255) * (shade < 0 ? -shade : shade) / SHADES);
}

typedef struct grid_frame {
    double left, top, cell_width, cell_height, largest;
} grid_frame;

/* All cells of one shade as one path of boxes, neighbours in a row together. */
static void draw_shade(text_buffer *b, const chart_grid *c, const grid_frame *f, int shade)
{
    bool any = false;
    for (int32_t r = 0; r < c->n_rows; r++)
        for (int32_t first = 0, end; first < c->n_columns; first = end) {
            const double *row = c->values + (int64_t)r * c->n_columns;
            for (end = first; end < c->n_columns && shade_of(row[end], f->largest) == shade;)
                end++;
            if (end == first) {
                end++;
                continue;
            }
            if (!any) text_append(b, "<path d=\"");
            any = true;
            append_point(b, "M", f->left + first * f->cell_width, f->top + r * f->cell_height);
            text_append(b, "h");
            svg_append_pixels(b, (end - first) * f->cell_width);
            text_append(b, "v");
            svg_append_pixels(b, f->cell_height);
            text_append(b, "h");
            svg_append_pixels(b, -(end - first) * f->cell_width);
            text_append(b, "z");
        }
    if (!any) return;
    text_append(b, "\" fill=\"");
    append_shade(b, shade);
    text_append(b, "\"/>\n");
}

/* Every how manieth label has room. */
static int32_t label_step(int32_t n, double size, double room)
{
    int32_t step = 1;
    while (size * step < room && step < n)
        step++;
    return step;
}

static void draw_labels(text_buffer *b, const chart_grid *c, const grid_frame *f)
{
    int32_t step = label_step(c->n_rows, f->cell_height, 14);
    for (int32_t r = 0; r < c->n_rows; r += step)
        svg_label(b, f->left - 6, f->top + (r + 0.5) * f->cell_height + 4, "end", 11, c->rows[r], 15);
    step = label_step(c->n_columns, f->cell_width, 62);
    for (int32_t n = 0; n < c->n_columns; n += step)
        svg_label(b, f->left + (n + 0.5) * f->cell_width, f->top + c->n_rows * f->cell_height + 16, "middle", 11, c->columns[n],
                  (int64_t)(f->cell_width * step / 6.5));
}

/* The scale of colours at the right, with its ends. */
static void draw_key(text_buffer *b, const chart_grid *c, const grid_frame *f)
{
    double left = c->width - GRID_KEY + 14, height = c->n_rows * f->cell_height / (2 * SHADES + 1);
    for (int s = -SHADES; s <= SHADES; s++) {
        text_append(b, "<rect");
        svg_append_attribute(b, "x", left);
        svg_append_attribute(b, "y", f->top + (SHADES - s) * height);
        svg_append_attribute(b, "width", 12);
        svg_append_attribute(b, "height", height + 0.3);
        text_append(b, " fill=\"");
        append_shade(b, s);
        text_append(b, "\"/>\n");
    }
    for (int end = -1; end <= 1; end++) {
        double at = f->top + c->n_rows * f->cell_height * (1 - end) / 2;
        svg_open_text(b, left + 16, end > 0 ? at + 9 : end < 0 ? at : at + 4, "start", 11, SVG_INK);
        svg_append_number(b, end * f->largest);
        text_append(b, "</text>\n");
    }
}

void chart_draw_grid(const chart_grid *c, text_buffer *svg)
{
    double room = c->width - GRID_LEFT - GRID_KEY, tall = c->n_rows > 12 ? 240 : 20.0 * c->n_rows;
    grid_frame f = {.left = GRID_LEFT, .top = TOP + 2, .cell_width = room / c->n_columns, .cell_height = tall / c->n_rows};
    for (int64_t i = 0; i < (int64_t)c->n_rows * c->n_columns; i++)
        if (isfinite(c->values[i])) f.largest = fmax(f.largest, fabs(c->values[i]));
    svg_open(svg, c->width, (int32_t)(TOP + 2 + tall + GRID_FOOT), c->title);
    for (int s = -SHADES; s <= SHADES + 1; s++)
        draw_shade(svg, c, &f, s);
    draw_labels(svg, c, &f);
    draw_key(svg, c, &f);
    svg_label(svg, GRID_LEFT + room / 2, TOP + 2 + tall + 36, "middle", 11, c->x_axis, c->width / 9);
    svg_label(svg, 10, 38, "start", 11, c->y_axis, c->width / 9);
    svg_close(svg);
}
