/* Raw columns: what was read before types are known, and the steps from there to a column of a frame. Private to table/. */
#ifndef TABLE_RAW_H
#define TABLE_RAW_H

#include "table/cell.h"
#include "table/datetime.h"
#include "table/dictionary.h"
#include "table/frame.h"
#include "table/number_style.h"
#include "table/text_store.h"

typedef enum raw_kind {
    RAW_SKIPPED,
    RAW_NUMBERS, /* values, and the texts of all cells that are no numbers */
    RAW_DATES,   /* seconds of ISO dates, and the texts of cells that stand for missing; anything else spoils it */
    RAW_TEXTS    /* the number of each cell's text in a dictionary */
} raw_kind;

/* Cells of RAW_NUMBERS by what their texts tell. */
typedef struct raw_census {
    int64_t empty; /* also only blanks */
    int64_t numbers;
    int64_t whole, zero_led, over_2_53;
    int64_t tokens; /* wide missing tokens */
    int64_t others;
} raw_census;

typedef struct raw_column {
    raw_kind kind;
    int64_t n_rows;
    double *numbers; /* not RAW_TEXTS: NaN where empty or aside */
    int32_t *ids;    /* RAW_TEXTS: -1 where empty */
    int64_t n_aside; /* not RAW_TEXTS: cells that are no such values, by row */
    int64_t *aside_rows;
    int32_t *aside_ids; /* into words */
    int64_t aside_capacity;
    dictionary words;
    text_store bytes;  /* of all words, where they were read from a file; else they belong to the caller */
    raw_census census; /* RAW_NUMBERS: empty, numbers, whole, zero_led, over_2_53 are counted while reading; RAW_DATES: empty */
    int64_t n_dates;   /* RAW_DATES, with what was seen of them */
    datetime_details seen;
    bool spoilt;    /* RAW_DATES that are to be read again as RAW_TEXTS */
    bool canonical; /* the cells come from a column's values, and their numbers have a point */
    bool clocked;   /* canonical ones of a column of clock times in digits: they are minutes */
} raw_column;

void raw_column_clear(raw_column *raw);
void raw_census_add(raw_census *to, const raw_census *more);

/* What is told about a column beforehand; a zeroed struct asks to find all. */
typedef struct column_wish {
    bool typed;
    column_type type;
    bool with_tokens;
    const text *tokens;
    int32_t n_tokens;
    text format; /* of dates, or the style of numbers; data NULL = find it */
    bool with_origin;
    column_type origin;  /* see column_body */
    const char *because; /* the reason where the type is told */
    text name;           /* of the column, as evidence for dates and times in numbers; data NULL = none */
    bool is_target;      /* only texts that software writes for it count as missing */
} column_wish;

/* What types_decide found. */
typedef struct type_verdict {
    column_type type;
    column_type origin;
    int family;         /* datetime */
    number_style style; /* numeric, and levels that are numbers */
    char format[NUMBER_STYLE_SIZE];
    char other_format[40];
    char reason[300];
    int64_t n_like_numbers, n_like_dates;
    bool needs_texts; /* RAW_NUMBERS that are no numeric column, RAW_DATES that are spoilt: read again as RAW_TEXTS */
} type_verdict;

/* The type of a column with the reason in words. The answer depends on the cells only, not on the kind of `raw`. */
void types_decide(const raw_column *raw, const column_wish *wish, char decimal_mark, type_verdict *out);
/* What types_decide_dates would find among the texts of RAW_DATES; false where they must be read. */
bool types_say_dates(const raw_column *raw, type_verdict *out);
/* The format of dates among the words: type, family, format, reason and n_like_dates of `out`; false when they are none. */
bool types_decide_dates(const dictionary *words, type_verdict *out);
/* The texts of RAW_TEXTS, counted like RAW_NUMBERS. */
raw_census types_census(const raw_column *raw, char decimal_mark);

/* A column with all that its frame file keeps. */
typedef struct column_body {
    column shown;
    const int32_t *ids; /* all but numeric and datetime: number in `words`, -1 = missing; == shown.codes of categories */
    const text *words;  /* levels, or the distinct texts in order of first appearance */
    int32_t n_words;
    bool untyped;       /* given by a caller without a type: texts or numbers as they came */
    column_type origin; /* numeric or datetime where levels are canonical texts of such values; else categorical */
    int64_t n_aside;    /* cells that count as missing by a token, or are invalid: their rows, rising, and texts */
    const int64_t *aside_rows;
    const int32_t *aside_ids;
    const text *aside_words;
    int32_t n_aside_words;
    void *blocks[32 + TEXT_STORE_BLOCKS]; /* all memory above */
    int32_t n_blocks;
} column_body;

void *column_take(column_body *body, int64_t count, size_t size); /* zeroed memory of the body; NULL when out of memory */
void column_adopt(column_body *body, void *block);                /* the body frees it from now on */
void column_body_clear(column_body *body);
/* A copy of texts in two blocks of the body; NULL when out of memory. */
const text *column_copy_texts(column_body *body, const text *texts, int64_t n);
text column_copy_text(column_body *body, text t); /* data NULL when out of memory */
/* What follows from the values of a numeric column: integers, n_non_finite. */
void column_note_values(column_body *body, int64_t n_rows);

/* Makes the column; takes raw's arrays over where it can (raw stays to be cleared). Name and type come from the caller. */
ptg_status column_build(raw_column *raw, const column_wish *wish, char decimal_mark, text name, column_body *out,
                        ptg_error *err);
/* Back again: the first n_rows cells with the texts that they stand for. as_numbers keeps numeric columns as RAW_NUMBERS.
 * Texts made on the way are held by `keep`. */
ptg_status column_to_raw(const column_body *body, int64_t n_rows, bool as_numbers, arena *keep, raw_column *out,
                         ptg_error *err);

/* An untyped column as it would have been read from a file. */
ptg_status column_find_meaning(const column_body *body, int64_t n_rows, column_body *out, ptg_error *err);

/* The cells of column j of b below those of column i of a, as a column like that of a; where `lost` (NULL allowed; a row of b
 * each) says so, the cell is missing. */
ptg_status column_join(const frame *a, int32_t i, const frame *b, int32_t j, const bool *lost, column_body *out,
                       ptg_error *err);

/* What a frame knows of the file that it was read from. */
typedef struct frame_source {
    frame_dialect dialect;
    frame_sample sample;
    int64_t n_ragged;
    int32_t n_ragged_shown;
    frame_ragged ragged[100];
    int32_t n_renamed;
    const frame_renamed *renamed;
} frame_source;

/* The order that all levels stand in, "" where there is none; whether a name is one (or empty). */
const char *level_order_find(const text *levels, int32_t n);
bool level_order_is_known(text name);

struct frame {
    int64_t n_rows;
    int32_t n_columns, capacity;
    column_body *columns;
    int32_t *slots; /* name to column, open addressing: number + 1 */
    int64_t n_slots;
    frame_source source;
    arena *notes;  /* holds the texts of `source` where the frame was read from a file; else NULL */
    void *map;     /* file_map of a mapped frame, or NULL */
    frame *base;   /* whose columns are shared, or NULL */
    int64_t *uses; /* counted atomically; freed at 0 */
};

frame *frame_new(int64_t n_rows, int32_t n_columns);    /* columns are zeroed; NULL when out of memory */
ptg_status frame_index_names(frame *f, ptg_error *err); /* once all names stand; doubled names are refused */
frame *frame_share(const frame *f);                     /* one more use; ended by frame_free */

/* Wishes of a schema {"columns": ...} or of {NAME: {...}}; texts live in the document. */
ptg_status wish_of_schema(const json_t *told, text name, arena *a, column_wish *out, ptg_error *err);
ptg_status wish_of_type(const json_t *type, text name, column_wish *out, ptg_error *err);

/* A frame with some columns made anew (wishes[i].typed or with_tokens), some left out (kept[i] false; kept NULL keeps all), cut
 * to n_rows. */
ptg_status frame_derive(const frame *f, const column_wish *wishes, const bool *kept, int64_t n_rows, frame **out,
                        ptg_error *err);
/* Maps a file that starts with the magic of frames. */
bool frame_file_is_frame(text bytes);

#endif
