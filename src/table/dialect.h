/* Dialect: delimiter, quoting, comments, header and decimal mark, found by looking at the head of a file. Private to table/. */
#ifndef TABLE_DIALECT_H
#define TABLE_DIALECT_H

#include "base/memory.h"
#include "base/text.h"
#include "table/scan.h"

/* What one way of reading makes of the head of a file. */
typedef struct dialect_shape {
    scan_rule rule;
    int64_t records, even; /* records after the first, and those as wide as the table */
    int64_t joined, torn, open, quotes;
    int32_t width;  /* of the first record, less a nameless last cell that the others lack */
    bool row_names; /* nearly all records have one field more than the first: a name before the others, */
    bool closed;    /* or nothing but a delimiter at the end */
} dialect_shape;

typedef struct dialect {
    scan_rule rule;
    char decimal_mark;
    bool quotes_seen; /* the sample holds quoted fields, so that the quotes were judged by evidence */
    bool joined;      /* and some hold line feeds */
    bool header;
    int32_t width;      /* columns */
    text *names;        /* unique, in the arena */
    text *originals;    /* as they stand in the file; "" where there is none */
    bool *numbers;      /* a guess: the sample's cells of the column are numbers */
    bool *dates;        /* or ISO dates; NULL where nobody looked */
    int64_t body;       /* offset of the first record after the header */
    int64_t row_bytes;  /* mean length of a record */
    int64_t n_comments; /* before the body */
    int64_t n_blank_lines;
    bool may_close;        /* the last column has no name: delimiters at the ends of lines may have made it */
    const char *line_ends; /* "lf", "crlf", "mixed" */
    char reason[400];
} dialect;

/* What the caller knows beforehand. */
typedef struct dialect_told {
    int header;        /* -1 = find */
    char decimal_mark; /* 0 = find */
    int quoted;        /* -1 = find */
    char delimiter;    /* 0 = find */
} dialect_told;

/* `path` is for messages. Refuses content without any record. */
ptg_status dialect_find(text content, const dialect_told *told, const char *path, arena *a, dialect *out, ptg_error *err);
/* Whether lone carriage returns among line feeds end lines too: the head of the file gives an even table only then. */
ptg_status dialect_wants_returns(text content, const dialect_told *told, bool *out, ptg_error *err);
/* The word for a delimiter: "comma". */
const char *dialect_delimiter_name(char delimiter);

/* The steps of dialect_find. Shape: delimiter, quotes and comments that split the head of the file best (dialect.c). Head:
 * comments and blank lines before the first record, and the names in it (dialect_head.c). Words: out->reason (dialect_words.c).
 */
int64_t dialect_sample_limit(text content);
dialect_shape dialect_best_shape(text content, int64_t limit, const dialect_told *told);
ptg_status dialect_read_head(text content, const dialect_shape *s, int told_header, arena *a, dialect *out, ptg_error *err);
void dialect_say(text content, int64_t limit, const dialect_shape *s, dialect *out);

#endif
