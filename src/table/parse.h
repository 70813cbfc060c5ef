/* Parsing: the chunks of a file to raw columns, on all threads. Private to table/. */
#ifndef TABLE_PARSE_H
#define TABLE_PARSE_H

#include "table/raw.h"
#include "table/scan.h"

typedef struct parse_chunk parse_chunk;
typedef struct json_keys json_keys;

typedef struct parse {
    const scan_plan *plan;
    const json_keys *keys; /* NULL, or the lines are JSON objects with these keys (json_lines.h) */
    int32_t width;
    bool may_lack; /* records without the last column are not ragged */
    char decimal_mark;
    int64_t n_file_rows;  /* rows of the file that are looked at, at most the plan's */
    const uint64_t *kept; /* NULL, or a bit for each of them: those that are read */
    int64_t n_rows;       /* how many that are */
    raw_column *columns;  /* `width` of them; kinds are set by the caller, RAW_SKIPPED ones are left alone */
    pool *threads;
    parse_chunk *chunks; /* of one batch of the plan's chunks, which begins at chunk `batch` */
    int64_t n_chunks, batch, n_batch;
    int64_t n_short, n_long, n_comments, n_blank;
    int32_t n_ragged_shown;
    frame_ragged ragged[100];
} parse;

/* Reads all columns that are not skipped. After a failure free with parse_clear; it does not clear the columns,
 * whose texts point into the content or are their own. */
ptg_status parse_run(parse *p, ptg_error *err);
void parse_clear(parse *p);

#endif
