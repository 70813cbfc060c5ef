/* A text is first laid out in one buffer so that every term is a span of it: tokens with one blank between them, or code points
 * with their starts; char_wb lays out " word word " where neighbours share their blank. */
#include "transform/terms.h"

#include <string.h>

#include "transform/unicode.h"

void term_scratch_clear(term_scratch *s)
{
    mem_free(s->data);
    mem_free(s->starts);
    mem_free(s->ends);
    *s = (term_scratch){0};
}

/* Room for a text of `size` bytes: a code point may grow from 1 byte (invalid) to 3, from 2 to 3; blanks are put around. */
static ptg_status reserve(term_scratch *s, int64_t size, ptg_error *err)
{
    s->size = s->n = 0;
    if (size > INT64_MAX / 8) return fail_memory(err);
    if (s->capacity >= 3 * size + 8) return PTG_OK;
    term_scratch_clear(s);
    s->capacity = 3 * size * 2 + 256;
    s->n_capacity = size * 2 + 128;
    s->data = mem_array(s->capacity, 1);
    s->starts = mem_array(s->n_capacity, sizeof *s->starts);
    s->ends = mem_array(s->n_capacity, sizeof *s->ends);
    if (s->data != NULL && s->starts != NULL && s->ends != NULL) return PTG_OK;
    term_scratch_clear(s);
    return fail_memory(err);
}

static void put_char(term_scratch *s, int32_t c)
{
    s->starts[s->n] = s->size;
    s->size += unicode_put(c, s->data + s->size);
    s->ends[s->n++] = s->size;
}

static int32_t next_char(text document, int64_t *at, bool lowercase)
{
    int32_t c = unicode_next(document, at);
    return lowercase ? unicode_lower(c) : c;
}

static ptg_status take_span(const term_scratch *s, int64_t first, int64_t last, term_sink sink, void *context, ptg_error *err)
{
    text term = {s->data + s->starts[first], s->ends[last] - s->starts[first]};
    return sink(context, term, err);
}

/* All runs of min_n ... max_n items among items first ... first + n - 1. */
static ptg_status take_runs(const term_scratch *s, const term_options *o, int64_t first, int64_t n, term_sink sink,
                            void *context, ptg_error *err)
{
    for (int64_t length = o->min_n; length <= o->max_n && length <= n; length++)
        for (int64_t i = 0; i + length <= n; i++)
            TRY(take_span(s, first + i, first + i + length - 1, sink, context, err));
    return PTG_OK;
}

/* Ends the token that began at `start`: one of two and more characters stays, with a blank behind it. */
static void end_token(term_scratch *s, int64_t start, int64_t n_chars)
{
    if (n_chars < 2) {
        s->size = start;
        return;
    }
    s->starts[s->n] = start;
    s->ends[s->n++] = s->size;
    s->data[s->size++] = ' ';
}

/* Maximal runs of at least two word characters become items. */
static void lay_out_tokens(term_scratch *s, text document, bool lowercase)
{
    int64_t at = 0, start = 0, n_chars = 0;
    while (at < document.size) {
        int32_t c = next_char(document, &at, lowercase);
        if (unicode_is_word(c)) {
            s->size += unicode_put(c, s->data + s->size);
            n_chars++;
            continue;
        }
        end_token(s, start, n_chars);
        start = s->size;
        n_chars = 0;
    }
    end_token(s, start, n_chars);
}

/* Two and more blanks become one; a single one stays as it is. */
static void lay_out_chars(term_scratch *s, text document, bool lowercase)
{
    int64_t at = 0, n_blanks = 0;
    int32_t blank = ' ';
    while (at < document.size) {
        int32_t c = next_char(document, &at, lowercase);
        if (unicode_is_space(c)) {
            blank = n_blanks++ == 0 ? c : ' ';
            continue;
        }
        if (n_blanks > 0) put_char(s, blank);
        n_blanks = 0;
        put_char(s, c);
    }
    if (n_blanks > 0) put_char(s, blank);
}

/* " word word ": nothing where there is no word. */
static void lay_out_words(term_scratch *s, text document, bool lowercase)
{
    int64_t at = 0;
    bool blank = true;
    while (at < document.size) {
        int32_t c = next_char(document, &at, lowercase);
        if (unicode_is_space(c)) {
            blank = true;
            continue;
        }
        if (blank) put_char(s, ' ');
        blank = false;
        put_char(s, c);
    }
    if (s->n > 0) put_char(s, ' ');
}

/* One word with its blanks: a word that is not longer than n is taken once, whole, and no longer n is tried. */
static ptg_status take_word(const term_scratch *s, const term_options *o, int64_t first, int64_t n, term_sink sink,
                            void *context, ptg_error *err)
{
    for (int64_t length = o->min_n; length <= o->max_n; length++) {
        if (length >= n) return take_span(s, first, first + n - 1, sink, context, err);
        for (int64_t i = 0; i + length <= n; i++)
            TRY(take_span(s, first + i, first + i + length - 1, sink, context, err));
    }
    return PTG_OK;
}

static ptg_status take_words(const term_scratch *s, const term_options *o, term_sink sink, void *context, ptg_error *err)
{
    int64_t first = 0;
    for (int64_t i = 1; i < s->n; i++) {
        if (s->data[s->starts[i]] != ' ') continue;
        TRY(take_word(s, o, first, i - first + 1, sink, context, err));
        first = i;
    }
    return PTG_OK;
}

ptg_status terms_of(term_scratch *s, const term_options *options, text document, term_sink sink, void *context, ptg_error *err)
{
    if (document.data == NULL || document.size == 0) return PTG_OK;
    TRY(reserve(s, document.size, err));
    switch (options->analyzer) {
    case TERMS_WORD:
        lay_out_tokens(s, document, options->lowercase);
        return take_runs(s, options, 0, s->n, sink, context, err);
    case TERMS_CHAR:
        lay_out_chars(s, document, options->lowercase);
        return take_runs(s, options, 0, s->n, sink, context, err);
    case TERMS_CHAR_WB:
        break;
    }
    lay_out_words(s, document, options->lowercase);
    return take_words(s, options, sink, context, err);
}

text terms_cell(const feature *source, int64_t row)
{
    if (source->kind == FEATURE_TEXT) return source->cells[row];
    int32_t code = source->codes[row];
    return code >= 0 && code < source->n_levels ? source->levels[code] : (text){NULL, 0};
}

ptg_status terms_check(const matrix *columns, ptg_error *err)
{
    for (int32_t c = 0; c < columns->n_features; c++) {
        const feature *f = &columns->features[c];
        if (f->kind != FEATURE_CODED || f->levels != NULL) continue;
        text_shown_buffer shown;
        return fail(err, PTG_ERROR_USAGE, "column '%s' has codes without texts; take it as categories instead.",
                    text_shown(text_of(f->name), &shown));
    }
    return PTG_OK;
}
