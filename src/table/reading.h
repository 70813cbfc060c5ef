/* Reading: what the steps from a file to a frame share. Private to table/; frame_read.c chooses the way, read_text.c and
 * read_json.c bring the cells of text tables and of JSON Lines to raw columns, read_build.c makes the frame of them. */
#ifndef TABLE_READING_H
#define TABLE_READING_H

#include "base/file.h"
#include "table/dialect.h"
#include "table/encoding.h"
#include "table/json_lines.h"
#include "table/parse.h"

typedef struct reading {
    const char *path;
    const frame_read_options *options;
    text_shown_buffer shown; /* the path, for messages */
    arena *memory;
    file_content file;
    encoding_text encoding;
    dialect_told told;
    dialect dialect;
    scan_plan plan;
    json_keys keys; /* JSON Lines */
    frame_sample sample;
    uint64_t *kept; /* a bit a row of the file, where only a sample is read */
    parse cells, again;
    raw_column *raw;
    column_wish *wishes;
    frame *made;
} reading;

/* The file's path as messages show it. */
const char *reading_shown(reading *r);
ptg_status reading_refuse_no_rows(reading *r, ptg_error *err);

/* Content to raw columns: r->dialect (names), r->raw, r->wishes and r->cells stand afterwards. */
ptg_status reading_text(reading *r, ptg_error *err);
ptg_status reading_json_lines(reading *r, ptg_error *err);
bool reading_is_json_lines(const reading *r);

/* The steps that both take. Content that is no UTF-8 is repaired and *again set: the caller looks at it anew. */
ptg_status reading_clean(reading *r, bool *again, ptg_error *err);
ptg_status reading_make_wishes(reading *r, ptg_error *err);
ptg_status reading_cells(reading *r, ptg_error *err);
void reading_forget_cells(reading *r);
/* Columns that were read as numbers and are none are read again as texts. */
ptg_status reading_again(reading *r, ptg_error *err);
/* Raw columns to r->made. */
ptg_status reading_build(reading *r, ptg_error *err);

/* Which rows are read where all of them would take more than the memory limit: r->sample, r->kept. */
ptg_status reading_choose_rows(reading *r, ptg_error *err);

#endif
