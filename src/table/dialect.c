/* The head of a file is read with each of the four delimiters, with quotes as quotes and as plain characters. The delimiter
 * that gives the most records as wide as the first one wins, then the one that gives the widest. Quotes are quotes unless that
 * gives more ragged records, or joins lines or tears fields where plain characters give a table without a flaw. */
#include "table/dialect.h"

#include <stdio.h>
#include <string.h>

#include "table/cell.h"
#include "table/dictionary.h"
#include "table/scan.h"

enum { SAMPLE_BYTES = 1 << 18, SAMPLE_LINES = 20, SAMPLE_RECORDS = 5000, GUESS_RECORDS = 500 };

static const char delimiters[4] = {',', ';', '\t', '|'};

const char *dialect_delimiter_name(char delimiter)
{
    return delimiter == ',' ? "comma" : delimiter == ';' ? "semicolon" : delimiter == '\t' ? "tab" : "pipe";
}

/* What one way of reading makes of the sample. */
typedef struct shape {
    char delimiter;
    bool quoted;
    int64_t records, even; /* records after the first, and those as wide as it */
    int64_t joined, torn, open, quotes;
    int32_t width;
    bool row_names; /* nearly all records have one field more than the first: a name before the others, */
    bool closed;    /* or nothing but a delimiter at the end */
} shape;

static double share(const shape *s)
{
    return s->records ? (double)s->even / (double)s->records : 1;
}

/* Offset just after the last whole line of the sample, which holds some lines however long they are. */
static int64_t sample_limit(text content)
{
    if (content.size <= SAMPLE_BYTES) return content.size;
    const char *at = content.data, *end = content.data + content.size;
    for (int i = 0; i < SAMPLE_LINES && at; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at) at++;
    }
    if (!at) return content.size;
    if (at - content.data >= SAMPLE_BYTES) return at - content.data;
    const char *feed = memrchr(content.data, '\n', SAMPLE_BYTES);
    return feed - content.data + 1;
}

/* Whether the record that ends before `end` has an empty last cell. */
static bool ends_with(text content, int64_t end, char delimiter)
{
    if (end > 0 && content.data[end - 1] == '\n') end--;
    if (end > 0 && content.data[end - 1] == '\r') end--;
    return end > 0 && content.data[end - 1] == delimiter;
}

static shape shape_of(text content, int64_t limit, char delimiter, bool quoted)
{
    shape s = {.delimiter = delimiter, .quoted = quoted};
    scanner scan = scanner_of(content, 0, limit, delimiter, quoted);
    scan_record record;
    int64_t wider = 0, closed = 0;
    while (s.records < SAMPLE_RECORDS && scan_next(&scan, NULL, 0, &record)) {
        if (record.blank) continue;
        s.joined += record.joined;
        s.torn += record.torn;
        s.open += record.open;
        s.quotes += record.n_quoted;
        if (record.open && limit < content.size) break;
        if (!s.width) {
            s.width = record.n_fields;
            continue;
        }
        s.records++;
        s.even += record.n_fields == s.width;
        wider += record.n_fields - 1 == s.width;
        closed += record.n_fields - 1 == s.width && ends_with(content, scan.at, delimiter);
    }
    bool all_wider = s.width >= 2 && wider * 20 >= s.records * 19 && wider > 0;
    s.closed = all_wider && closed == wider;
    s.row_names = all_wider && !s.closed;
    if (all_wider) s.even = wider;
    return s;
}

static shape better_quoting(text content, int64_t limit, char delimiter, int told)
{
    if (told >= 0) return shape_of(content, limit, delimiter, told);
    shape on = shape_of(content, limit, delimiter, true);
    if (!on.quotes && !on.open) return on;
    bool cut_off = on.open && on.quotes > 1 && !on.joined && !on.torn; /* the file ends within its last line */
    if (cut_off) return on;
    shape off = shape_of(content, limit, delimiter, false);
    if (off.row_names && !on.row_names && on.quotes > 1 && share(&on) >= 0.5)
        return on; /* quoted delimiters, not names of rows */
    if (share(&off) > share(&on) || on.open > (limit < content.size)) return share(&off) >= share(&on) ? off : on;
    bool doubtful = on.joined || on.torn || on.open;
    return doubtful && off.width == on.width && off.even == off.records ? off : on;
}

static shape best_shape(text content, int64_t limit, const dialect_told *told)
{
    shape best = {0}, single = {0};
    if (told->delimiter) return better_quoting(content, limit, told->delimiter, told->quoted);
    for (int i = 0; i < 4; i++) {
        shape s = better_quoting(content, limit, delimiters[i], told->quoted);
        if (s.width < 2) {
            if (!single.width || share(&s) > share(&single)) single = s;
        } else if (!best.width || share(&s) > share(&best) + 1e-9 ||
                   (share(&s) > share(&best) - 1e-9 && s.width > best.width)) {
            best = s;
        }
    }
    bool clear = best.width && (share(&best) >= 0.5 || !single.width || share(&single) < share(&best));
    return clear ? best : single;
}

static text field_text(const field *f, arena *a)
{
    if (!f->escaped) return (text){f->data, f->size};
    char *bytes = arena_array(a, f->size + 1, 1);
    return (text){bytes, bytes ? field_unescape(f, bytes) : 0};
}

/* A line of numbers only is no header, unless they count up by one from 0, or are three or more that count up by one, as some
 * programs name columns (0,1,2 or 2010,2011,2012). */
static bool looks_like_data(const field *fields, int32_t width)
{
    double first = 0, last = 0;
    int32_t n_numbers = 0, n_steps = 0;
    for (int32_t i = 0; i < width; i++) {
        text cell = {fields[i].data, fields[i].size};
        double value;
        cell_traits traits;
        if (cell_is_blank(cell)) continue;
        if (!cell_number(cell, '.', &value, &traits) && !cell_number(cell, ',', &value, &traits)) return false;
        if (!n_numbers) first = value;
        n_steps += n_numbers > 0 && value == last + 1;
        n_numbers++;
        last = value;
    }
    bool counts_up = n_numbers == width && n_steps == width - 1 && (first == 0 || width > 2);
    return width > 1 && n_numbers > 0 && !counts_up;
}

static text numbered(arena *a, const char *stem, int stem_size, int64_t number)
{
    return text_of(arena_print(a, "%.*s_%lld", stem_size, stem, (long long)number));
}

/* Blank names become column_N, repeated ones NAME_2, NAME_3; never one that stands in the header already. */
static ptg_status make_unique(text *names, int32_t n, arena *a, ptg_error *err)
{
    dictionary given = {0}, used = {0};
    ptg_status status = PTG_OK;
    for (int32_t i = 0; i < n; i++)
        if (names[i].size && dictionary_count(&given, names[i], 1) < 0) GO(fail_memory(err));
    for (int32_t i = 0; i < n; i++) {
        text name = names[i].size ? names[i] : numbered(a, "column", 6, i + 1);
        bool repeated = dictionary_find(&used, name, text_hash(name)) >= 0;
        bool taken = !names[i].size && dictionary_find(&given, name, text_hash(name)) >= 0;
        text stem = name;
        int32_t size = (int32_t)(stem.size < INT32_MAX / 2 ? stem.size : INT32_MAX / 2);
        for (int64_t k = 2; name.data && (repeated || taken); k++) {
            name = numbered(a, stem.data, size, k);
            repeated = name.data && dictionary_find(&used, name, text_hash(name)) >= 0;
            taken = name.data && dictionary_find(&given, name, text_hash(name)) >= 0;
        }
        if (!name.data || dictionary_count(&used, name, 1) < 0) GO(fail_memory(err));
        names[i] = name;
    }
done:
    dictionary_clear(&given);
    dictionary_clear(&used);
    return status;
}

static ptg_status take_names(const field *fields, const shape *s, arena *a, dialect *out, ptg_error *err)
{
    int32_t shift = s->row_names ? 1 : 0;
    if (s->width > INT32_MAX - 2) return fail_memory(err);
    out->width = s->width + (s->row_names || s->closed);
    out->names = arena_array(a, out->width, sizeof *out->names);
    out->numbers = arena_array(a, out->width, sizeof *out->numbers);
    if (!out->names || !out->numbers) return fail_memory(err);
    for (int32_t i = 0; i < s->width && out->header; i++) {
        text raw = field_text(&fields[i], a);
        if (!raw.data) return fail_memory(err);
        raw = text_trim(raw);
        out->names[i + shift].data = arena_text(a, raw.data, (size_t)raw.size);
        out->names[i + shift].size = raw.size;
        if (!out->names[i + shift].data) return fail_memory(err);
    }
    return make_unique(out->names, out->width, a, err);
}

/* Cells of one column in the sample. */
typedef struct column_guess {
    int64_t filled, dots, commas, dot_fractions, comma_fractions;
} column_guess;

static void guess_cell(const field *f, char delimiter, column_guess *g)
{
    text cell = {f->data, f->size};
    double value;
    cell_traits traits;
    if (cell_is_blank(cell) || missing_is_wide_token(cell)) return;
    g->filled++;
    if (cell_number(cell, '.', &value, &traits)) {
        g->dots++;
        g->dot_fractions += traits.fraction;
    }
    if (delimiter == ',' || !cell_number(cell, ',', &value, &traits)) return;
    g->commas++;
    g->comma_fractions += traits.fraction;
}

static void settle_guesses(const column_guess *guesses, char told_mark, dialect *out)
{
    int32_t n_commas = 0, n_dots = 0;
    for (int32_t i = 0; i < out->width; i++) {
        const column_guess *g = &guesses[i];
        n_commas += g->comma_fractions && g->commas * 10 >= g->filled * 9;
        n_dots += g->dot_fractions && g->dots * 10 >= g->filled * 9;
    }
    out->decimal_mark = told_mark ? told_mark : n_commas > n_dots ? ',' : '.';
    for (int32_t i = 0; i < out->width; i++) {
        int64_t numbers = out->decimal_mark == ',' ? guesses[i].commas : guesses[i].dots;
        out->numbers[i] = guesses[i].filled && numbers * 10 >= guesses[i].filled * 9;
    }
}

static ptg_status guess_columns(text content, int64_t limit, char told_mark, dialect *out, ptg_error *err)
{
    column_guess *guesses = mem_array(out->width, sizeof *guesses);
    field *fields = mem_array(out->width, sizeof *fields);
    ptg_status status = guesses && fields ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        scanner scan = scanner_of(content, out->body, limit, out->delimiter, out->quoted);
        scan_record record;
        for (int64_t n = 0; n < GUESS_RECORDS && scan_next(&scan, fields, out->width, &record); n++)
            for (int32_t i = 0; i < out->width && i < record.n_fields; i++)
                guess_cell(&fields[i], out->delimiter, &guesses[i]);
        settle_guesses(guesses, told_mark, out);
    }
    mem_free(guesses);
    mem_free(fields);
    return status;
}

static void say_reason(const shape *s, bool has_quotes, dialect *out)
{
    const char *quotes = !has_quotes ? "" : out->quoted ? ", with quoted cells" : ", with quotes as plain characters";
    if (out->width == 1)
        snprintf(out->reason, sizeof out->reason, "One column: no delimiter splits the lines evenly%s.", quotes);
    else
        snprintf(out->reason, sizeof out->reason, "The %s splits %lld of %lld sampled lines into %d cells%s%s%s.",
                 dialect_delimiter_name(out->delimiter), (long long)s->even, (long long)s->records, (int)out->width, quotes,
                 out->header ? "" : "; the first line holds numbers, no names",
                 s->row_names ? "; the first column has no name"
                 : s->closed  ? "; the last one has no name and is empty"
                              : "");
}

ptg_status dialect_find(text content, const dialect_told *told, const char *path, arena *a, dialect *out, ptg_error *err)
{
    int64_t limit = sample_limit(content);
    shape s = best_shape(content, limit, told);
    text_shown_buffer shown;
    if (!s.width)
        return fail(err, PTG_ERROR_DATA, "'%s' is empty; it needs a header line and rows.", text_shown(text_of(path), &shown));
    *out = (dialect){.delimiter = s.delimiter, .quoted = s.quoted, .quotes_seen = s.quotes > 0, .joined = s.joined > 0};
    field *fields = mem_array(s.width, sizeof *fields);
    if (!fields) return fail_memory(err);
    scanner scan = scanner_of(content, 0, content.size, s.delimiter, s.quoted);
    scan_record record;
    int64_t start = 0;
    do {
        start = scan.at;
    } while (scan_next(&scan, fields, s.width, &record) && record.blank);
    out->header = told->header >= 0 ? told->header : !looks_like_data(fields, s.width);
    out->body = out->header ? scan.at : start;
    out->row_bytes = limit / (s.records + 1) + 1;
    ptg_status status = take_names(fields, &s, a, out, err);
    mem_free(fields);
    if (status == PTG_OK) status = guess_columns(content, limit, told->decimal_mark, out, err);
    say_reason(&s, memchr(content.data, '"', (size_t)limit) != NULL, out);
    return status;
}
