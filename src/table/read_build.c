/* Raw columns to a frame: the columns on all threads, those that trailing delimiters made left out, and what was found and done
 * written down. */
#include <inttypes.h>
#include <string.h>

#include "table/reading.h"

static ptg_status build_column(void *context, int64_t i, ptg_error *err)
{
    reading *r = context;
    raw_column *raw = &r->raw[i];
    if (raw->kind == RAW_SKIPPED) return PTG_OK;
    ptg_status status =
        column_build(raw, &r->wishes[i], r->dialect.decimal_mark, r->dialect.names[i], &r->made->columns[i], err);
    raw_column_clear(raw);
    return status;
}

static void drop_skipped(frame *f)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < f->n_columns; i++)
        if (f->columns[i].shown.name.data) f->columns[kept++] = f->columns[i];
    f->n_columns = kept;
}

static bool is_empty(const raw_column *raw)
{
    return raw->kind == RAW_NUMBERS ? raw->census.numbers + raw->n_aside == 0 : raw->kind == RAW_TEXTS && !raw->words.n;
}

/* Skips the last columns that have no name and no cell. Returns how many. */
static int32_t drop_trailing(reading *r)
{
    int32_t n = 0;
    if (!r->dialect.header || r->options->schema) return 0;
    for (int32_t i = r->dialect.width - 1; i > 0 && !r->dialect.originals[i].size && is_empty(&r->raw[i]); i--) {
        raw_column_clear(&r->raw[i]); /* RAW_SKIPPED */
        n++;
    }
    return n;
}

/* Texts for the frame's notes; `failed` once out of memory. */
typedef struct notes {
    arena *to;
    bool failed;
} notes;

static text note(notes *n, const char *words)
{
    char *copy = words ? arena_text(n->to, words, strlen(words)) : NULL;
    n->failed |= !copy;
    return (text){copy, copy ? (int64_t)strlen(copy) : 0};
}

static text note_text(notes *n, text t)
{
    char *copy = arena_text(n->to, t.size ? t.data : "", (size_t)t.size);
    n->failed |= !copy;
    return (text){copy, copy ? t.size : 0};
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static text say_ragged(notes *n, int64_t n_short, int64_t n_long)
{
    if (!n_short && !n_long) return note(n, "");
    if (!n_long)
        return note(n, arena_print(n->to, "%" PRId64 " row%s too few cells; those that lack are missing.", n_short,
                                   n_short == 1 ? " has" : "s have"));
    if (!n_short)
        return note(n, arena_print(n->to, "%" PRId64 " row%s too many cells; those past the last column are left out.", n_long,
                                   n_long == 1 ? " has" : "s have"));
    return note(n, arena_print(n->to,
                               "%" PRId64 " row%s too few cells, which are missing, and %" PRId64
                               " too many, of which those past the last column are left out.",
                               n_short, n_short == 1 ? " has" : "s have", n_long));
}

static text say_encoding(notes *n, const encoding_text *e)
{
    text_buffer b = {0};
    text_append(&b, e->note);
    const char *gap = b.size ? " " : "";
    if (e->n_nul) {
        text_print(&b, "%s%" PRId64 " NUL byte%s became U+FFFD.", gap, e->n_nul, plural(e->n_nul));
        gap = " ";
    }
    if (e->n_broken)
        text_print(&b, "%s%" PRId64 " byte%s among valid UTF-8 became U+FFFD.", gap, e->n_broken,
                   e->n_broken == 1 ? " that is broken" : "s that are broken");
    n->failed |= b.failed;
    text said = note(n, b.data ? b.data : "");
    text_buffer_clear(&b);
    return said;
}

static text say_dialect(notes *n, const dialect *d, const parse *p, int32_t trailing)
{
    text_buffer b = {0};
    int64_t n_comments = d->n_comments + p->n_comments;
    text_append(&b, d->reason);
    if (n_comments) text_print(&b, " %" PRId64 " comment line%s passed over.", n_comments, n_comments == 1 ? " was" : "s were");
    if (trailing) text_append(&b, " The lines end with a delimiter; the empty column after it was left out.");
    n->failed |= b.failed;
    text said = note(n, b.data ? b.data : "");
    text_buffer_clear(&b);
    return said;
}

static bool is_renamed(const reading *r, int32_t i, int32_t trailing)
{
    const dialect *d = &r->dialect;
    return d->header && i < d->width - trailing && !text_equal(d->names[i], d->originals[i]);
}

static void note_renamed(const reading *r, int32_t trailing, notes *n, frame_source *s)
{
    int32_t count = 0;
    for (int32_t i = 0; i < r->dialect.width; i++)
        count += is_renamed(r, i, trailing);
    frame_renamed *list = arena_array(n->to, count, sizeof *list);
    n->failed |= !list;
    s->renamed = list;
    for (int32_t i = 0; list && i < r->dialect.width; i++)
        if (is_renamed(r, i, trailing))
            list[s->n_renamed++] = (frame_renamed){
                .name = note_text(n, r->dialect.names[i]), .original = note_text(n, r->dialect.originals[i]), .place = i + 1};
}

static void note_dialect(const reading *r, int32_t trailing, notes *n, frame_dialect *to)
{
    const dialect *d = &r->dialect;
    const parse *p = &r->cells;
    const char *line_ends = r->encoding.line_ends ? r->encoding.line_ends : d->line_ends;
    to->format = note(n, p->keys ? "json-lines" : "csv");
    to->delimiter = d->rule.delimiter;
    to->decimal_mark = d->decimal_mark;
    to->quoted = d->rule.quote != '\0';
    to->quote = d->rule.quote ? d->rule.quote : '"';
    to->backslash = d->rule.backslash;
    to->padded = d->rule.padded;
    to->header = d->header;
    to->trailing = trailing > 0;
    to->comment = d->rule.comment;
    to->n_comments = d->n_comments + p->n_comments;
    to->n_blank_lines = d->n_blank_lines + p->n_blank;
    to->n_nul = r->encoding.n_nul;
    to->n_broken = r->encoding.n_broken;
    to->n_short = p->n_short;
    to->n_long = p->n_long;
    to->line_ends = note(n, line_ends);
    to->encoding = note(n, r->encoding.name);
    to->reason = say_dialect(n, d, p, trailing);
    to->encoding_reason = say_encoding(n, &r->encoding);
    to->ragged_reason = say_ragged(n, p->n_short, p->n_long);
}

static ptg_status describe(reading *r, int32_t trailing, ptg_error *err)
{
    frame_source *s = &r->made->source;
    notes n = {.to = r->made->notes = arena_new()};
    if (!n.to) return fail_memory(err);
    note_dialect(r, trailing, &n, &s->dialect);
    s->dialect.compression = note(&n, r->file.packing);
    s->sample = r->sample;
    s->sample.reason = note_text(&n, r->sample.reason);
    note_renamed(r, trailing, &n, s);
    s->n_ragged = r->cells.n_short + r->cells.n_long;
    s->n_ragged_shown = r->cells.n_ragged_shown;
    memcpy(s->ragged, r->cells.ragged, sizeof s->ragged);
    return n.failed ? fail_memory(err) : PTG_OK;
}

ptg_status reading_build(reading *r, ptg_error *err)
{
    int32_t trailing = drop_trailing(r);
    r->made = frame_new(r->cells.n_rows, r->dialect.width);
    if (!r->made) return fail_memory(err);
    TRY(pool_run(r->options->threads, r->dialect.width, build_column, r, err));
    drop_skipped(r->made);
    TRY(describe(r, trailing, err));
    return frame_index_names(r->made, err);
}
