/* Encoding: bytes of a file as UTF-8 with \n or \r\n line ends. */
#ifndef TABLE_ENCODING_H
#define TABLE_ENCODING_H

#include "base/text.h"

typedef struct encoding_text {
    text content;            /* UTF-8, without a byte order mark; points into the file's bytes, or into `owned` */
    char *owned;             /* the converted copy, or NULL */
    const char *name;        /* "utf-8", "utf-8-sig", "utf-16", "latin-1", "windows-1252" */
    const char *note;        /* what was done, a sentence; "" when nothing was */
    const char *line_ends;   /* "cr" or "mixed" where lone carriage returns became line feeds; else NULL */
    int64_t n_nul, n_broken; /* bytes that became U+FFFD */
} encoding_text;

/* Looks at byte order marks and line ends: UTF-16 (also without a mark) is converted, a UTF-8 mark skipped; where there is no
 * line feed, carriage returns become line feeds. */
ptg_status encoding_begin(text bytes, encoding_text *out, ptg_error *err);
/* Carriage returns that no line feed follows become line feeds. */
ptg_status encoding_split_returns(encoding_text *t, ptg_error *err);
int64_t encoding_turn_returns(char *data, int64_t size); /* the same in place; how many there were */
/* The n_nul NUL bytes become U+FFFD. */
ptg_status encoding_replace_nul(encoding_text *t, int64_t n_nul, ptg_error *err);
/* For content that is not UTF-8: a few broken bytes among valid UTF-8 become U+FFFD, else all is read as Windows-1252. */
ptg_status encoding_repair(encoding_text *t, ptg_error *err);
void encoding_clear(encoding_text *t);

#endif
