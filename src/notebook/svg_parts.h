/* What all charts are drawn with: labels, lines, boxes, axes with ticks. Labels come from data: they are cut and escaped here,
 * and nothing of them becomes markup. Private to this room. */
#ifndef NOTEBOOK_SVG_PARTS_H
#define NOTEBOOK_SVG_PARTS_H

#include "notebook/chart.h"

extern const char *const svg_colours[CHART_COLOURS];
#define SVG_INK "#222222"
#define SVG_GRID "#dddddd"
#define SVG_FAINT "#666666"

/* Opens a chart with its own background and a title. */
void svg_open(text_buffer *b, int32_t width, int32_t height, text title);
void svg_close(text_buffer *b);

void svg_append_pixels(text_buffer *b, double value);
void svg_append_attribute(text_buffer *b, const char *name, double value);
/* A label of the data: controls as escapes, cut, no markup, and without the two characters that XML 1.0 forbids. */
void svg_append_label(text_buffer *b, text t, int64_t max_chars);
/* Counts stand in full, with thousands apart; other numbers with four digits. */
void svg_append_amount(text_buffer *b, double value);
void svg_append_number(text_buffer *b, double value);
/* Seconds since 1970 as YYYY-MM-DD, and HH:MM behind. */
void svg_append_date(text_buffer *b, double seconds, bool with_time);

/* The caller appends the content and "</text>\n". */
void svg_open_text(text_buffer *b, double x, double y, const char *anchor, int size, const char *fill);
void svg_label(text_buffer *b, double x, double y, const char *anchor, int size, text t, int64_t max_chars);
void svg_line(text_buffer *b, double x1, double y1, double x2, double y2, const char *stroke);
void svg_box(text_buffer *b, double x, double y, double width, double height, const char *fill);

/* A linear axis from data to pixels. */
typedef struct axis {
    double low, high; /* data */
    double from, to;  /* pixels */
    double step;      /* between ticks */
} axis;
/* An axis with at most `parts` steps; ends that are no numbers or no span are widened. */
axis axis_of(double low, double high, double from, double to, int parts);
/* Whole numbers have no ticks between them. */
void axis_whole_steps(axis *a);
double axis_place(const axis *a, double value);
/* Takes a finite value into low ... high, which begin as NaN. */
void axis_widen(double value, double *low, double *high);
void svg_left_ticks(text_buffer *b, const axis *y, double left, double right);
void svg_bottom_ticks(text_buffer *b, const axis *x, double top, double bottom, bool grid);
void svg_date_ticks(text_buffer *b, const axis *x, double bottom);

#endif
