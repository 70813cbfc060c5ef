/* Charts as SVG texts: histogram, horizontal bars, heat map, lines, steps, grids. Each has its own background (it cannot see
 * the reader's theme), axes with units, counts where there are counts, generic fonts, and the colours of Okabe and Ito (2008),
 * which readers of every colour vision tell apart. Labels come from data: they are cut and escaped, and nothing of them becomes
 * markup. Same input, same bytes. Nothing here can fail but by memory, which the buffer remembers (text_buffer.failed). */
#ifndef NOTEBOOK_CHART_H
#define NOTEBOOK_CHART_H

#include "base/text.h"

/* Okabe-Ito colours in the order in which they are used. */
enum {
    CHART_BLUE,
    CHART_ORANGE,
    CHART_GREEN,
    CHART_VERMILION,
    CHART_PURPLE,
    CHART_SKY,
    CHART_YELLOW,
    CHART_GREY,
    CHART_COLOURS
};

/* One bar of a histogram over from ... to. A bar with `beyond` stands apart at the end of the axis, in orange: it collects
 * outliers and is labelled with their `mean`. */
typedef struct chart_bin {
    double from, to, count, mean;
    bool beyond;
} chart_bin;

typedef struct chart_histogram {
    text title;
    text axis; /* below the horizontal axis: the column, with its unit */
    const chart_bin *bins;
    int64_t n_bins;
    bool dates; /* from and to are seconds since 1970-01-01 UTC */
    int32_t width, height;
} chart_histogram;

/* One horizontal bar. `error` is drawn as a whisker of +- that much; NaN for none. */
typedef struct chart_bar {
    text label;
    double value, error;
    int color;
} chart_bar;

typedef struct chart_bars {
    text title;
    text axis; /* below the horizontal axis: what is drawn, with its unit */
    const chart_bar *bars;
    int64_t n_bars;
    double most;   /* right end of the axis; NaN: from the values. The left end is 0, or the lowest value where that is less */
    int32_t width; /* the height follows from the number of bars */
} chart_bars;

/* A square of numbers from -1 to 1; values[i * n + j], NaN where there is none. */
typedef struct chart_heat {
    text title;
    const text *labels;
    const double *values;
    int32_t n;
} chart_heat;

/* The target among the rows of one bin or level. */
typedef struct chart_group {
    text label;
    double count;         /* rows */
    double value, error;  /* of the target; NaN: none */
    const double *shares; /* per cent of each class, n_shares of them; NULL where there is one value */
} chart_group;

typedef struct chart_groups {
    text title;
    text axis; /* what the value is, with its unit */
    const chart_group *groups;
    int32_t n;
    double overall; /* of all rows; NaN: not drawn */
    bool from_zero; /* values are drawn as bars from 0, else as dots */
    int32_t n_shares;
    int32_t width; /* the height follows from the number of groups */
} chart_groups;

typedef struct chart_line {
    text label;
    const double *x, *y;
    int64_t n;
} chart_line;

typedef struct chart_lines {
    text title, x_axis, y_axis;
    const chart_line *lines;
    int32_t n_lines;
    int32_t width, height;
} chart_lines;

/* A function of a column of numbers: one value for missing (where `missing` says so), then one for each of n_cuts + 1
 * intervals, which end with a cut each, the last one nowhere. NaN: none. */
typedef struct chart_steps_line {
    text label;
    const double *values, *spread; /* spread: half of the band; NULL for none */
} chart_steps_line;

typedef struct chart_steps {
    text title;
    text axis, y_axis;          /* the column, and what the values are */
    const double *cuts, *share; /* share: of the rows, as values */
    int64_t n_cuts;
    bool missing;
    const chart_steps_line *lines;
    int32_t n_lines;
    int32_t width, height;
} chart_steps;

/* A table of numbers as colours around zero: values[row * n_columns + column], NaN where there is none. At least one cell. */
typedef struct chart_grid {
    text title;
    text x_axis, y_axis;
    const text *columns, *rows;
    int32_t n_columns, n_rows;
    const double *values;
    int32_t width; /* the height follows from the number of rows */
} chart_grid;

void chart_draw_histogram(const chart_histogram *c, text_buffer *svg);
void chart_draw_bars(const chart_bars *c, text_buffer *svg);
void chart_draw_heat(const chart_heat *c, text_buffer *svg);
void chart_draw_groups(const chart_groups *c, text_buffer *svg);
void chart_draw_steps(const chart_steps *c, text_buffer *svg);
void chart_draw_grid(const chart_grid *c, text_buffer *svg);
void chart_draw_lines(const chart_lines *c, text_buffer *svg);

/* Appends `<img>` with the chart inside as base64, the one form that an untrusted notebook shows. `alt` says in words what is
 * seen. */
void chart_append_image(text_buffer *html, const text_buffer *svg, text alt);

#endif
