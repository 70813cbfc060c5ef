/* An exhibit: what one notebook cell shows, in two forms at once, HTML for browsers and plain text for everything else.
 * Paragraphs, tables and charts are added in order. All texts are given raw: this file is where they are escaped (markup,
 * controls, length). */
#ifndef NOTEBOOK_EXHIBIT_H
#define NOTEBOOK_EXHIBIT_H

#include "base/json.h"
#include "notebook/chart.h"

/* Zeroed is empty and knows no bound. With a `limit`, what would take both forms over so many bytes of a notebook's file is
 * left out, piece by piece (a paragraph, a row of a table, a chart), and said at the end. */
typedef struct exhibit {
    text_buffer html, plain;
    int64_t limit, used; /* bytes as nbformat writes them; 0: no limit */
    int64_t left_out;    /* pieces */
} exhibit;

void exhibit_clear(exhibit *e);
/* A paragraph, printf. Data goes in through exhibit_shown or `%s` of short texts. */
void exhibit_say(exhibit *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A small heading. */
void exhibit_heading(exhibit *e, const char *title);
/* A list item, or `bold: rest` where bold is not NULL. */
void exhibit_item(exhibit *e, const char *bold, text rest);
/* The same from a text that was put together; clears it, and remembers when it failed. */
void exhibit_item_take(exhibit *e, const char *bold, text_buffer *rest);
/* A line of a box; one whose text has no data or is empty is left out. */
typedef struct exhibit_line {
    const char *label; /* stands before it in italics; NULL: none */
    text value;
    bool code; /* something to type */
} exhibit_line;
/* A box with a coloured edge and a bold title, for findings: severity is "high", "medium" or "low". */
void exhibit_box(exhibit *e, const char *severity, text title, const exhibit_line *lines, int32_t n);
/* Names beside the colours of a chart, in their order. */
void exhibit_legend(exhibit *e, const text *names, int32_t n);
/* A chart; `alt` says in words what is seen and is the plain form. */
void exhibit_chart(exhibit *e, const text_buffer *svg, text alt);
/* The same, but several stand side by side where the window is wide enough. False, and nothing is added, where there is no room
 * left; the caller says what is not drawn. */
bool exhibit_tile(exhibit *e, const text_buffer *svg, text alt);
/* {"text/html", "text/plain"}; clears the exhibit, also on failure. */
ptg_status exhibit_take(exhibit *e, json_t **bundle, ptg_error *err);

/* A table of cells: heads first, then rows, cell by cell. Memory comes from an arena of its own. */
typedef struct exhibit_table exhibit_table;
/* `heads` are the column heads; a head that starts with '>' is a column of numbers, aligned to the right, one
 * that starts with '~' (the last of its kind) a column of sentences, shown whole. NULL when out of
 * memory. */
exhibit_table *exhibit_table_new(const char *const heads[], int32_t n);
/* Adds a column head that comes from data, before the first cell. */
void exhibit_table_head(exhibit_table *t, text head, bool right);
void exhibit_table_text(exhibit_table *t, text cell); /* data NULL: shown as missing */
/* The same from a text that was put together; clears it, and remembers when it failed. */
void exhibit_table_take(exhibit_table *t, text_buffer *cell);
void exhibit_table_number(exhibit_table *t, double value, int digits); /* NaN: a dash */
void exhibit_table_count(exhibit_table *t, int64_t value);
void exhibit_table_share(exhibit_table *t, double share); /* 0 ... 1 as per cent; NaN: a dash */
/* Appends the table and frees it; NULL (out of memory) makes the exhibit fail at its end. Rows that do not fit are counted
 * below it. */
void exhibit_add_table(exhibit *e, exhibit_table *t);

/* Frees a table that is not shown after all. */
void exhibit_table_free(exhibit_table *t);

/* For sentences: 12,345 · 12.3 % · 0.1235. */
void exhibit_append_count(text_buffer *b, int64_t value);
void exhibit_append_share(text_buffer *b, double share);
void exhibit_append_number(text_buffer *b, double value, int digits);

/* Seconds since 1970 as a day. */
void exhibit_append_date(text_buffer *b, double seconds);

/* A member of a document as text; data NULL where it is no string. */
text exhibit_text(const json_t *object, const char *key);

#endif
