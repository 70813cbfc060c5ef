/* A dialect in words, for the notebook: what splits the lines, and everything about the file that is not plain CSV. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table/dialect.h"

const char *dialect_delimiter_name(char delimiter)
{
    return delimiter == ',' ? "comma" : delimiter == ';' ? "semicolon" : delimiter == '\t' ? "tab" : "pipe";
}

/* Line ends of the sample. Lone carriage returns do not count: those that end lines were converted before. */
static const char *line_ends_of(text content, int64_t limit)
{
    int64_t feeds = 0, pairs = 0;
    for (const char *at = content.data, *end = at + limit; (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        feeds++;
        pairs += at > content.data && at[-1] == '\r';
    }
    return !pairs ? "lf" : pairs == feeds ? "crlf" : "mixed";
}

static void add(dialect *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(dialect *out, const char *format, ...)
{
    size_t used = strlen(out->reason);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out->reason + used, sizeof out->reason - used, format, arguments);
    va_end(arguments);
}

static void say_quotes(bool has_quotes, dialect *out)
{
    const scan_rule *r = &out->rule;
    if (!has_quotes) return;
    if (!r->quote) add(out, ", with quotes as plain characters");
    if (!r->quote || !out->quotes_seen) return;
    add(out, ", with %s cells", r->quote == '\'' ? "single-quoted" : "quoted");
    if (r->backslash) add(out, ", quotes in them behind a backslash");
    if (r->padded) add(out, ", blanks around the quotes passed over");
}

void dialect_say(text content, int64_t limit, const dialect_shape *s, dialect *out)
{
    bool has_quotes = out->rule.quote == '\'' || memchr(content.data, '"', (size_t)limit);
    out->line_ends = line_ends_of(content, limit);
    if (out->width == 1)
        add(out, "One column: no delimiter splits the lines evenly");
    else
        add(out, "The %s splits %lld of %lld sampled lines into %d cells", dialect_delimiter_name(out->rule.delimiter),
            (long long)s->even, (long long)s->records, (int)out->width);
    say_quotes(has_quotes, out);
    if (out->rule.comment) add(out, "; lines that begin with %c are comments", out->rule.comment);
    if (!out->header) add(out, "; the first line holds numbers, no names");
    if (s->row_names) add(out, "; the first column has no name");
    if (out->decimal_mark == ',') add(out, "; the decimal mark is a comma");
    add(out, ".");
}
