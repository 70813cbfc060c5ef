/* Terms of a text: word n-grams, character n-grams, character n-grams inside words, as scikit-learn's analyzers word
 * (token_pattern \w\w+), char and char_wb give them, in their order but for the order of lengths. */
#ifndef TRANSFORM_TERMS_H
#define TRANSFORM_TERMS_H

#include "numeric/matrix.h"

typedef enum term_analyzer { TERMS_WORD, TERMS_CHAR, TERMS_CHAR_WB } term_analyzer;

typedef struct term_options {
    term_analyzer analyzer;
    bool lowercase;
    int32_t min_n, max_n; /* 1 <= min_n <= max_n */
} term_options;

/* Room that is reused from text to text; a zeroed struct is empty. */
typedef struct term_scratch {
    char *data;
    int64_t *starts, *ends; /* of tokens (word) or code points, into data */
    int64_t capacity, n_capacity;
    int64_t size, n;
} term_scratch;
void term_scratch_clear(term_scratch *s);

/* Called for every term, repeated ones too; the span is valid during the call. */
typedef ptg_status (*term_sink)(void *context, text term, ptg_error *err);
/* Hands every term of a text to the sink; a missing text has none. */
ptg_status terms_of(term_scratch *s, const term_options *options, text document, term_sink sink, void *context, ptg_error *err);

/* The text of a row of a TEXT or CODED column. */
text terms_cell(const feature *source, int64_t row);
/* Refuses, by name, CODED columns without level texts. */
ptg_status terms_check(const matrix *columns, ptg_error *err);

#endif
