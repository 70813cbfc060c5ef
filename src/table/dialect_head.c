/* The first record of a file, after comments and blank lines: whether it holds names, and names for all columns, each once. */
#include "table/dialect.h"

#include <string.h>

#include "table/cell.h"
#include "table/dictionary.h"

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

/* Columns whose names are made: those without one, and the one that delimiters at the ends of lines may have made. */
static ptg_status take_names(const field *fields, const dialect_shape *s, arena *a, dialect *out, ptg_error *err)
{
    int32_t shift = s->row_names ? 1 : 0;
    if (s->width > INT32_MAX - 2) return fail_memory(err);
    out->width = s->width + (s->row_names || s->closed);
    out->names = arena_array(a, out->width, sizeof *out->names);
    out->originals = arena_array(a, out->width, sizeof *out->originals);
    out->numbers = arena_array(a, out->width, sizeof *out->numbers);
    out->dates = arena_array(a, out->width, sizeof *out->dates);
    if (!out->names || !out->originals || !out->numbers || !out->dates) return fail_memory(err);
    for (int32_t i = 0; i < out->width; i++)
        out->names[i] = text_of("");
    for (int32_t i = 0; i < s->width && out->header; i++) {
        text raw = field_text(&fields[i], a);
        if (!raw.data) return fail_memory(err);
        raw = text_trim(raw);
        out->names[i + shift].data = arena_text(a, raw.data, (size_t)raw.size);
        out->names[i + shift].size = raw.size;
        if (!out->names[i + shift].data) return fail_memory(err);
    }
    memcpy(out->originals, out->names, (size_t)out->width * sizeof *out->names);
    out->may_close = out->width > 1 && out->header && !out->originals[out->width - 1].size;
    return make_unique(out->names, out->width, a, err);
}

/* The first record that is neither blank nor a comment lies from `start` to `end`; `comment` is the last comment before it. */
typedef struct first_record {
    int64_t start, end, comment;
} first_record;

static void fill_up(field *fields, int32_t from, int32_t width)
{
    for (int32_t i = from; i < width; i++)
        fields[i] = (field){.data = ""};
}

static first_record find_first(text content, const dialect_shape *s, field *fields, dialect *out)
{
    scanner scan = scanner_of(content, 0, content.size, s->rule);
    scan_record record = {0};
    first_record found = {.comment = -1};
    do {
        out->n_comments += record.comment;
        out->n_blank_lines += record.blank;
        if (record.comment) found.comment = found.start;
        found.start = scan.at;
    } while (scan_next(&scan, fields, s->width, &record) && (record.blank || record.comment));
    fill_up(fields, record.n_fields, s->width);
    found.end = scan.at;
    return found;
}

static int32_t count_numbers(const field *fields, int32_t width)
{
    int32_t n = 0;
    for (int32_t i = 0; i < width; i++) {
        double value;
        cell_traits traits;
        text cell = {fields[i].data, fields[i].size};
        n += cell_number(cell, '.', &value, &traits) || cell_number(cell, ',', &value, &traits);
    }
    return n;
}

/* Names may stand in a comment: "#id,name" above a record with numbers. Then `fields` become those of that line. */
static ptg_status names_in_comment(text content, const dialect_shape *s, first_record first, field *fields, bool *out,
                                   ptg_error *err)
{
    *out = false;
    if (s->width < 2 || first.comment < 0 || !count_numbers(fields, s->width)) return PTG_OK;
    field *names = mem_array(s->width, sizeof *names);
    if (!names) return fail_memory(err);
    scan_rule rule = s->rule;
    rule.comment = '\0';
    scanner scan = scanner_of(content, first.comment, first.start, rule);
    scan_record record;
    if (scan_next(&scan, names, s->width, &record) && record.n_fields == s->width && !count_numbers(names, s->width)) {
        for (; names->size && (*names->data == s->rule.comment || *names->data == ' '); names->size--)
            names->data++;
        memcpy(fields, names, (size_t)s->width * sizeof *names);
        *out = true;
    }
    mem_free(names);
    return PTG_OK;
}

static ptg_status read_head(text content, const dialect_shape *s, int told, arena *a, field *fields, dialect *out,
                            ptg_error *err)
{
    bool above = false;
    first_record first = find_first(content, s, fields, out);
    if (told != 0) TRY(names_in_comment(content, s, first, fields, &above, err));
    out->header = above || (told >= 0 ? told : !looks_like_data(fields, s->width));
    out->body = out->header && !above ? first.end : first.start;
    out->n_comments -= above;
    return take_names(fields, s, a, out, err);
}

ptg_status dialect_read_head(text content, const dialect_shape *s, int told_header, arena *a, dialect *out, ptg_error *err)
{
    field *fields = mem_array(s->width, sizeof *fields);
    if (!fields) return fail_memory(err);
    ptg_status status = read_head(content, s, told_header, a, fields, out, err);
    mem_free(fields);
    return status;
}
