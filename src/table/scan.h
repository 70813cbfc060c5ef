/* Scanner: bytes to records and fields, and the cutting of a file into chunks that several threads can read. */
#ifndef TABLE_SCAN_H
#define TABLE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"
#include "table/scan_kernel.h"

/* One cell as it stands in the file: the bytes between delimiters; of a quoted one those between its quotes. */
typedef struct field {
    const char *data;
    int64_t size;
    bool quoted;
    bool escaped; /* holds doubled or escaped quotes, or text after the closing one: field_unescape gives the value */
    char quote;
    bool backslash;
} field;

/* How bytes become records and fields. */
typedef struct scan_rule {
    char delimiter;
    char quote;     /* opens and closes fields; '\0' = quotes are plain characters */
    bool backslash; /* inside of quotes a backslash escapes the quote and itself; doubled quotes are quotes too */
    bool padded;    /* blanks may stand before an opening and after a closing quote */
    char comment;   /* records that begin with it are passed over; '\0' = none */
} scan_rule;

/* Writes the value of an escaped field to `to` (at least size bytes); returns its length. */
int64_t field_unescape(const field *f, char *to);

typedef struct scanner {
    text content;
    int64_t at;    /* start of the next record */
    int64_t limit; /* no byte at or past it is looked at */
    scan_rule rule;
    const scan_kernel *kernel;
    int64_t block; /* offset of the 64 bytes that `marks` are of; -1 = none */
    scan_marks marks;
} scanner;

scanner scanner_of(text content, int64_t from, int64_t limit, scan_rule rule);

typedef struct scan_record {
    int32_t n_fields; /* all of the record, also those past the capacity */
    bool blank;       /* a line that is no row, see scan_is_blank */
    bool comment;
    bool open;   /* the limit came inside a quoted field */
    bool joined; /* a quoted field holds a line feed */
    bool torn;   /* text follows a closing quote */
    int32_t n_quoted;
} scan_record;

/* Reads the record at `at` (a comment or a blank line is one too); the first `capacity` fields are stored. False at the limit.
 */
bool scan_next(scanner *s, field *fields, int32_t capacity, scan_record *out);
/* Goes from the inside of a quoted field to the end of its record; false when the limit comes first inside the quotes. */
bool scan_leave_quotes(scanner *s);
/* Whether a line, or the only field of one, holds nothing but blanks, tabs and carriage returns: no row. */
bool scan_is_blank(text line);

/* What a chunk holds when it starts outside (0) or inside (1) of a quoted field. */
typedef struct scan_count {
    bool known;
    int64_t first;  /* offset of the first record that starts in the chunk */
    int64_t rows;   /* records that start in it, blank lines and comments left out */
    bool ends_open; /* the next chunk starts inside quotes */
} scan_count;

typedef struct scan_chunk {
    int64_t begin, end; /* starts after a line feed, ends after one (or at the end of the file) */
    int64_t newlines;
    bool nul, not_utf8, quotes;
    scan_count as[2];
    /* after resolving */
    int state;
    int64_t first_row, first_line;
} scan_chunk;

typedef struct scan_plan {
    text content;
    int64_t body; /* offset of the first record */
    scan_rule rule;
    bool both; /* count for both states at once, as quoted line feeds are likely */
    scan_chunk *chunks;
    int64_t n_chunks;
    int64_t n_rows;
    bool open; /* the file ends inside a quoted field */
} scan_plan;

/* Cuts content from `body` on into chunks of about `chunk_size` bytes, counts them on all threads and resolves their states in
 * order. Free with scan_plan_clear, also after a failure. */
ptg_status scan_plan_make(scan_plan *p, int64_t chunk_size, pool *threads, ptg_error *err);
void scan_plan_clear(scan_plan *p);
/* 1-based line of an offset. */
int64_t scan_line_of(text content, int64_t offset);
int64_t scan_count_newlines(const char *data, int64_t size);

#endif
