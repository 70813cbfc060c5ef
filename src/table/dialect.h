/* Dialect: delimiter, quoting, header and decimal mark, found by looking at the head of a file. Private to table/. */
#ifndef TABLE_DIALECT_H
#define TABLE_DIALECT_H

#include "base/memory.h"
#include "base/text.h"

typedef struct dialect {
    char delimiter;
    char decimal_mark;
    bool quoted;
    bool quotes_seen; /* the sample holds quoted fields, so that `quoted` was judged by evidence */
    bool joined;      /* and some hold line feeds */
    bool header;
    int32_t width;     /* columns */
    text *names;       /* unique, in the arena */
    bool *numbers;     /* a guess: the sample's cells of the column are numbers */
    int64_t body;      /* offset of the first record after the header */
    int64_t row_bytes; /* mean length of a record */
    char reason[240];
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
/* The word for a delimiter: "comma". */
const char *dialect_delimiter_name(char delimiter);

#endif
