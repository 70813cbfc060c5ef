/* Parsing: the chunks of a file to raw columns, on all threads. Private to table/. */
#ifndef TABLE_PARSE_H
#define TABLE_PARSE_H

#include "table/raw.h"
#include "table/scan.h"

typedef struct parse_chunk parse_chunk;

typedef struct parse {
    const scan_plan *plan;
    int32_t width;
    char decimal_mark;
    int64_t n_rows;      /* at most the plan's */
    raw_column *columns; /* `width` of them; kinds are set by the caller, RAW_SKIPPED ones are left alone */
    pool *threads;
    parse_chunk *chunks; /* texts of the columns point into them and into the content */
    int64_t n_ragged;
    int32_t n_ragged_shown;
    frame_ragged ragged[100];
} parse;

/* Reads all columns that are not skipped. Free with parse_clear, also after a failure; it does not clear the columns. */
ptg_status parse_run(parse *p, ptg_error *err);
void parse_clear(parse *p);

#endif
