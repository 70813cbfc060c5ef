/* Encoding: bytes of a file as UTF-8 with \n or \r\n line ends. */
#ifndef TABLE_ENCODING_H
#define TABLE_ENCODING_H

#include "base/text.h"

typedef struct encoding_text {
    text content;     /* UTF-8, without a byte order mark; points into the file's bytes, or into `owned` */
    char *owned;      /* the converted copy, or NULL */
    const char *name; /* "utf-8", "utf-8-sig", "utf-16", "latin-1", "windows-1252" */
    const char *note; /* what was done, a sentence; NULL when nothing was */
} encoding_text;

/* Looks at byte order marks and line ends: UTF-16 is converted, a UTF-8 mark skipped, lone CR line ends become LF. */
ptg_status encoding_begin(text bytes, encoding_text *out, ptg_error *err);
/* For content that is not UTF-8: a few broken bytes among valid UTF-8 become U+FFFD, else all is read as Windows-1252. */
ptg_status encoding_repair(encoding_text *t, ptg_error *err);
void encoding_clear(encoding_text *t);

#endif
