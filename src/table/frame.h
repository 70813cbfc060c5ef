/* Frame: columns of one table, typed, immutable once read, in one file that all workers of a job map read-only. */
#ifndef TABLE_FRAME_H
#define TABLE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/text.h"

/* What a column means. */
typedef enum column_type {
    COLUMN_NUMERIC = 0,
    COLUMN_CATEGORICAL = 1,
    COLUMN_TEXT = 2,
    COLUMN_DATETIME = 3,
    COLUMN_SEQUENCE = 4
} column_type;
extern const char *const column_type_names[5];
bool column_type_read(const char *name, column_type *out);

/* A raw text and how often it stands in the column. */
typedef struct text_count {
    text value;
    int64_t count;
} text_count;

/* A text or number that could stand for a missing value in a column, and what was decided. */
typedef struct column_token {
    text value; /* as it stands in the cells */
    int64_t count;
    bool missing; /* it counts as missing here */
    text reason;  /* why, one sentence in words */
} column_token;

/* What stands around the digits of numbers and is taken off to read them. */
typedef enum number_affix {
    AFFIX_CURRENCY = 0,    /* "$4.99", "12 EUR" */
    AFFIX_PERCENT = 1,     /* "85%" is 85 */
    AFFIX_THOUSANDS = 2,   /* "1,234", "1 234" */
    AFFIX_FACTOR = 3,      /* "19M", "8.5k" */
    AFFIX_UNIT = 4,        /* "70 kg", "2 years" */
    AFFIX_BOUND = 5,       /* "10,000+", "<5", "~7" */
    AFFIX_PARENTHESES = 6, /* "(123)" is -123 */
    AFFIX_DECIMAL = 7      /* another decimal mark than that of the file */
} number_affix;
#define NUMBER_AFFIXES 8
extern const char *const number_affix_names[NUMBER_AFFIXES];

typedef struct column {
    text name;
    column_type type;
    text reason;           /* why this type, one sentence in words */
    const double *numbers; /* numeric; datetime (seconds since 1970-01-01 UTC); NaN = missing. NULL for the others */
    const int32_t *codes;  /* categorical: -1 = missing; levels are sorted by text */
    int32_t n_levels;
    const text *levels;
    const text *cells;     /* text, sequence: data NULL = missing */
    int64_t n_missing;     /* empty, only blanks, or a missing token */
    int64_t n_invalid;     /* not missing, but not of the type (they are NaN / missing in the values) */
    int32_t n_top_invalid; /* the 10 most frequent raw texts that did not parse */
    const text_count *top_invalid;
    int32_t n_missing_tokens; /* the texts that count as missing here, beside the empty one */
    const text *missing_tokens;
    int32_t n_tokens; /* all that could stand for missing, also what does not count as missing */
    const column_token *tokens;
    text format;   /* datetime: the format found ("%Y-%m-%d", "epoch ms"); numeric: how numbers are written where they are not
                      plain ("decimal=. thousands=, unit=kg", "clock=hhmm"); else empty */
    bool integers; /* numeric: all values are whole */
    text unit;     /* numeric: the unit of the values ("kg", "days", "minutes"); else empty */
    int64_t n_affixed;               /* numeric: cells that are numbers only without what stands around them */
    int64_t affixes[NUMBER_AFFIXES]; /* numeric: cells with each affix */
    int64_t n_non_finite;            /* numeric: inf, or too large for a double ("1e400") */
    int64_t n_like_numbers;          /* cells that read as a number, whatever the type */
    int64_t n_like_dates;            /* cells that read as a date with a mark between its parts, whatever the type */
    text other_format;               /* datetime: another order of day and month that reads every cell as well; else empty */
    text order; /* categorical: the order of the levels ("months", "weekdays"; column_level_rank), else empty */
} column;

/* The place of a level in the order of its column, from 0; -1 where it has none. */
int32_t column_level_rank(const column *c, int32_t level);

typedef struct frame frame;

/* How a table was read: what was found, and what was done about it. The texts in words are whole sentences for people, empty
 * where there is nothing to say. */
typedef struct frame_dialect {
    text format;           /* "csv" (with any delimiter), "json-lines", "parquet", "memory" */
    char delimiter;        /* , ; tab | */
    char decimal_mark;     /* . or , */
    bool quoted;           /* `quote` opens and closes cells; else it is a plain character */
    char quote;            /* " or ' */
    bool backslash;        /* inside of quotes \" is a quote and \\ a backslash; else a quote is doubled */
    bool padded;           /* blanks between delimiters and quotes were passed over */
    bool header;           /* the first line held names */
    bool trailing;         /* every line ends with a delimiter: empty last columns without a name were left out */
    char comment;          /* lines that begin with it were passed over; '\0' = none */
    int64_t n_comments;    /* such lines */
    int64_t n_blank_lines; /* passed over too */
    int64_t n_nul;         /* NUL bytes, read as U+FFFD */
    int64_t n_broken;      /* other bytes that are no UTF-8, read as U+FFFD */
    int64_t n_short;       /* rows with fewer cells than columns: the others are missing */
    int64_t n_long;        /* rows with more: those past the last column are left out */
    text line_ends;        /* "lf", "crlf", "cr", "mixed", as the head of the file has them */
    text encoding;         /* "utf-8", "utf-8-sig", "latin-1", "windows-1252", "utf-16" */
    text compression;      /* "", "gzip", "zstd" */
    text reason;           /* delimiter, quotes, header and the rest of the dialect */
    text encoding_reason;  /* what was converted or replaced */
    text ragged_reason;    /* n_short and n_long */
} frame_dialect;

/* A line that did not have as many fields as the header. */
typedef struct frame_ragged {
    int64_t line; /* 1-based line number in the file */
    int32_t fields;
} frame_ragged;

/* A column that bears another name than in the file, where that one repeats or is blank. */
typedef struct frame_renamed {
    text name;
    text original; /* empty where it had none */
    int32_t place; /* 1-based, in the file */
} frame_renamed;

/* Which rows of the file are in the frame. */
typedef struct frame_sample {
    int64_t file_rows; /* all rows of the file; as many as the frame's when none was left out */
    int64_t kept_rows; /* those that were read: a uniform sample, in the order of the file */
    bool by_class;     /* rows of rare classes of the target were kept more often */
    text reason;       /* one sentence; empty when none was left out */
} frame_sample;

typedef struct frame_read_options {
    const json_t *schema; /* NULL: find types. Else {"columns": {NAME: {"type", "missing_tokens", "format", "levels_from"}},
                             "decimal_mark", "header"}: read as told (the model's types); columns that it does not name are
                             left out, those that the file lacks are absent. levels_from "numeric" or "datetime": levels are
                             the canonical texts of such values ("17" for "17.0") */
    const json_t *types;  /* NULL, or {NAME: "Numeric" | "categorical" | ...} from --features: overrides of found types */
    int64_t max_rows;     /* 0 = all */
    int64_t memory_limit; /* bytes that the frame may take; 0 = no limit. Where it would take more, a uniform sample is read */
    const char *target;   /* NULL, or the column to be predicted: such a sample keeps its rare classes, and only what software
                             writes for it counts as missing there */
    uint64_t seed;        /* of the sample */
    int64_t chunk_bytes;  /* least size of the parts that threads read; 0 = as usual. The result is the same */
    pool *threads;        /* NULL = one thread; the result is the same */
} frame_read_options;

/* Reads CSV and its relatives (.gz and .zst too). Refuses with PTG_ERROR_DATA: no rows, no header, binary content. */
ptg_status frame_read(const char *path, const frame_read_options *options, frame **out, ptg_error *err);
/* Writes the frame file / maps one (every offset, length and checksum checked; PTG_ERROR_FORMAT). */
ptg_status frame_save(const frame *f, const char *path, ptg_error *err);
ptg_status frame_open(const char *path, frame **out, ptg_error *err);
void frame_free(frame *f);

int64_t frame_rows(const frame *f);
int32_t frame_columns(const frame *f);
const column *frame_column(const frame *f, int32_t i);
int32_t frame_find(const frame *f, text name); /* -1 when there is none */
const frame_dialect *frame_dialect_of(const frame *f);
int64_t frame_ragged_count(const frame *f);
const frame_ragged *frame_ragged_rows(const frame *f, int32_t *n); /* the first 100 */
const frame_renamed *frame_renamed_columns(const frame *f, int32_t *n);
const frame_sample *frame_sample_of(const frame *f);
/* XXH128 of one column's values, type, name and missing tokens. */
void frame_column_hash(const frame *f, int32_t i, char out[33]);
/* The schema with which frame_read reads another file the same way: new reference. */
json_t *frame_schema(const frame *f);

/* True when a column has type, missing tokens and style of numbers of its member in such a schema's "columns". */
bool frame_column_is_as(const frame *f, int32_t i, const json_t *schema);

/* Whether the dates of a column are to be read in their other order of day and month: `format` is the one that was found, or
 * `other_format` (where both begin alike, what follows does not matter). PTG_ERROR_USAGE for any other. */
ptg_status column_order_read(const column *c, text format, bool *turned, ptg_error *err);

/* A frame with other types or missing tokens for some columns: {NAME: {"type": ..., "missing_tokens": [...], "format": ...}};
 * "format" can give dates the other order of day and month. Others stay
 * as they are. Values that do not parse under the new type become invalid. */
ptg_status frame_retype(const frame *f, const json_t *columns, frame **out, ptg_error *err);

/* Changes to the cells of one column. */
typedef struct frame_mend {
    const bool *left_out; /* a row: its cell becomes missing; NULL = none */
    int32_t n_labels;
    const text *labels, *read_as; /* cells that hold labels[k] hold read_as[k] instead; both stand in the column */
} frame_mend;
/* A frame with that column changed; all others are shared. PTG_ERROR_USAGE naming a label that the column lacks. */
ptg_status frame_mended(const frame *f, int32_t at, const frame_mend *mend, frame **out, ptg_error *err);

/* One cell as text for people and CSV (numbers as the shortest text, datetimes in ISO format); missing gives data NULL. */
text frame_cell(const frame *f, int32_t column, int64_t row, char scratch[64]);

/* Building a frame from memory (pandas, Arrow): columns in order, then end. Values are copied. */
typedef struct frame_builder frame_builder;
frame_builder *frame_builder_new(int64_t n_rows);
ptg_status frame_builder_numbers(frame_builder *b, text name, column_type type, const double *values, ptg_error *err);
/* cells with data NULL are missing; the type is found (categorical, text, datetime, numeric) unless `forced` >= 0. */
ptg_status frame_builder_texts(frame_builder *b, text name, const text *cells, int forced, ptg_error *err);
/* Column `at` of `a` with that of the same name in `b` below it, as `a` has it (type, format, missing tokens, reasons).
 * Where `lost` (NULL allowed; a row of b each) says so, the cell is missing. The builder's rows are those of both. */
ptg_status frame_builder_joined(frame_builder *to, const frame *a, int32_t at, const frame *b, const bool *lost,
                                ptg_error *err);
/* The same without looking for what cells mean: texts whose type was to be found are of type text, numbers are as they came.
 * For predicting: a model tells by its schema, whatever the rows at hand would suggest. */
ptg_status frame_builder_end_untyped(frame_builder *b, frame **out, ptg_error *err); /* frees b */
ptg_status frame_builder_end(frame_builder *b, frame **out, ptg_error *err);         /* frees b */
void frame_builder_free(frame_builder *b);

/* A frame of frame_builder_end_untyped with the meanings found after all. */
ptg_status frame_find_meanings(const frame *f, frame **out, ptg_error *err);

/* The untyped frame of a caller's table (pilotage/table.h), for predicting from memory: ends its building when that is still
 * open. The table owns the frame. */
struct ptg_table;
ptg_status ptg_table_frame(struct ptg_table *table, frame **out, ptg_error *err);

#endif
