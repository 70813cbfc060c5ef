/* The head of a file is read with each of the four delimiters, with quotes of the usual kinds and as plain characters, and with
 * lines that begin with # as comments where there are such. The delimiter that gives the most records as wide as the first one
 * wins, then the one that gives the widest. Quotes are quotes unless that gives more ragged records, or joins lines or tears
 * fields where plain characters give a table without a flaw. */
#include "table/dialect.h"

#include <string.h>

#include "table/cell.h"
#include "table/datetime.h"
#include "table/encoding.h"
#include "table/missing.h"

enum { SAMPLE_BYTES = 1 << 18, SAMPLE_LINES = 20, SAMPLE_RECORDS = 5000, GUESS_RECORDS = 500 };

static const char delimiters[4] = {',', ';', '\t', '|'};

static double share(const dialect_shape *s)
{
    return s->records ? (double)s->even / (double)s->records : 1;
}

/* Offset just after the last whole line of the sample, which holds some lines however long they are. */
int64_t dialect_sample_limit(text content)
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
    while (end > 0 && (content.data[end - 1] == '\r' || content.data[end - 1] == ' '))
        end--;
    return end > 0 && content.data[end - 1] == delimiter;
}

/* Widths of the records after the first one, against its own. */
typedef struct width_count {
    int64_t wider, closed, narrower;
    bool first_closed;
} width_count;

static bool nearly_all(int64_t part, const dialect_shape *s)
{
    return part > 0 && part * 20 >= s->records * 19;
}

/* A table whose lines, or whose first line alone, end with a delimiter, and one whose first column has no name. */
static void judge_widths(const width_count *n, dialect_shape *s)
{
    bool all_wider = s->width >= 2 && nearly_all(n->wider, s);
    s->closed = all_wider && n->closed == n->wider;
    s->row_names = all_wider && !s->closed;
    if (all_wider) s->even = n->wider;
    if (s->width < 3 || !n->first_closed || !nearly_all(n->narrower, s)) return;
    s->even = n->narrower;
    s->width--;
}

static void count_record(const scan_record *record, bool closed, dialect_shape *s, width_count *n)
{
    s->records++;
    s->even += record->n_fields == s->width;
    n->wider += record->n_fields - 1 == s->width;
    n->closed += record->n_fields - 1 == s->width && closed;
    n->narrower += record->n_fields + 1 == s->width;
}

static dialect_shape shape_of(text content, int64_t limit, scan_rule rule)
{
    dialect_shape s = {.rule = rule};
    width_count n = {0};
    scanner scan = scanner_of(content, 0, limit, rule);
    scan_record record;
    while (s.records < SAMPLE_RECORDS && scan_next(&scan, NULL, 0, &record)) {
        if (record.blank || record.comment) continue;
        s.joined += record.joined;
        s.torn += record.torn;
        s.open += record.open;
        s.quotes += record.n_quoted;
        if (record.open && limit < content.size) break;
        bool closed = ends_with(content, scan.at, rule.delimiter);
        if (s.width) count_record(&record, closed, &s, &n);
        if (!s.width) n.first_closed = closed;
        if (!s.width) s.width = record.n_fields;
    }
    judge_widths(&n, &s);
    return s;
}

static int64_t flaws(const dialect_shape *s)
{
    return s->torn + s->open + s->records - s->even;
}

/* Quotes of a kind that explains the sample better than plain doubled ones: blanks around them, backslashes, single quotes. */
static dialect_shape best_quotes(text content, int64_t limit, scan_rule rule)
{
    dialect_shape best = shape_of(content, limit, rule);
    bool doubles = memchr(content.data, '"', (size_t)limit), singles = memchr(content.data, '\'', (size_t)limit);
    bool slashes = doubles && memmem(content.data, (size_t)limit, "\\\"", 2);
    bool blanks = doubles && (memmem(content.data, (size_t)limit, " \"", 2) || memmem(content.data, (size_t)limit, "\" ", 2));
    for (int kind = 1; kind < 4; kind++) {
        scan_rule other = rule;
        other.padded = kind & 1;
        other.backslash = kind & 2;
        if ((other.padded && !blanks) || (other.backslash && !slashes)) continue;
        dialect_shape s = shape_of(content, limit, other);
        bool more = !other.backslash && s.quotes > best.quotes && s.torn <= best.torn;
        if (s.width >= best.width && (flaws(&s) < flaws(&best) || (flaws(&s) == flaws(&best) && more))) best = s;
    }
    if (!singles || best.quotes) return best;
    rule.quote = '\'';
    dialect_shape s = shape_of(content, limit, rule);
    bool better = share(&s) > share(&best) || (best.row_names && !s.row_names && share(&s) >= share(&best));
    return better && !s.torn && !s.open && s.width > 1 ? s : best;
}

static dialect_shape better_quoting(text content, int64_t limit, scan_rule rule, int told)
{
    if (told == 0) rule.quote = '\0';
    if (told == 0) return shape_of(content, limit, rule);
    dialect_shape on = best_quotes(content, limit, rule);
    if (told > 0 || (!on.quotes && !on.open)) return on;
    bool cut_off = on.open && on.quotes > 1 && !on.joined && !on.torn; /* the file ends within its last line */
    if (cut_off) return on;
    rule.quote = '\0';
    dialect_shape off = shape_of(content, limit, rule);
    if (off.row_names && !on.row_names && on.quotes > 1 && share(&on) >= 0.5)
        return on; /* quoted delimiters, not names of rows */
    if (share(&off) > share(&on) || on.open > (limit < content.size)) return share(&off) >= share(&on) ? off : on;
    bool doubtful = on.joined || on.torn || on.open;
    return doubtful && off.width == on.width && off.even == off.records ? off : on;
}

static dialect_shape best_delimiter(text content, int64_t limit, const dialect_told *told, char comment)
{
    dialect_shape best = {0}, single = {0};
    scan_rule rule = {.delimiter = told->delimiter, .quote = '"', .comment = comment};
    if (told->delimiter) return better_quoting(content, limit, rule, told->quoted);
    for (int i = 0; i < 4; i++) {
        rule.delimiter = delimiters[i];
        dialect_shape s = better_quoting(content, limit, rule, told->quoted);
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

/* Lines of the sample that begin with #. */
typedef struct mark_count {
    int64_t head, head_named; /* before the first other line; "#name", not "# name" */
    int64_t body, body_even;  /* later ones, and those that are as wide as the table */
} mark_count;

static mark_count count_marks(text content, int64_t limit, const dialect_shape *s)
{
    mark_count n = {0};
    scan_rule rule = s->rule;
    rule.comment = '\0';
    scanner scan = scanner_of(content, 0, limit, rule);
    scan_record record;
    bool in_body = false;
    for (int64_t i = 0, at = 0; i < SAMPLE_RECORDS && scan_next(&scan, NULL, 0, &record); i++, at = scan.at) {
        if (record.blank) continue;
        bool marked = content.data[at] == '#';
        n.head += marked && !in_body;
        n.head_named += marked && !in_body && at + 1 < limit && content.data[at + 1] != ' ' && content.data[at + 1] != '#';
        n.body += marked && in_body;
        n.body_even += marked && in_body && record.n_fields == s->width;
        in_body |= !marked;
    }
    return in_body ? n : (mark_count){0};
}

/* Lines with # are comments where they stand above the table, or do not have its width. A single column may hold such texts. */
dialect_shape dialect_best_shape(text content, int64_t limit, const dialect_told *told)
{
    dialect_shape plain = best_delimiter(content, limit, told, '\0');
    bool marks = (limit && *content.data == '#') || memmem(content.data, (size_t)limit, "\n#", 2);
    if (!marks) return plain;
    dialect_shape commented = best_delimiter(content, limit, told, '#');
    if (!commented.width) return plain;
    mark_count n = count_marks(content, limit, &commented);
    bool a_name = commented.width < 2 && (n.body || n.head_named);
    if (a_name || n.body_even || !(n.head + n.body)) return plain;
    return commented;
}

ptg_status dialect_wants_returns(text content, const dialect_told *told, bool *out, ptg_error *err)
{
    int64_t limit = dialect_sample_limit(content);
    *out = false;
    if (!limit || !memchr(content.data, '\r', (size_t)limit)) return PTG_OK;
    char *copy = mem_array(limit, 1);
    if (!copy) return fail_memory(err);
    memcpy(copy, content.data, (size_t)limit);
    if (encoding_turn_returns(copy, limit)) {
        dialect_shape before = dialect_best_shape(content, limit, told);
        dialect_shape after = dialect_best_shape((text){copy, limit}, limit, told);
        *out = after.width > 1 && after.records > before.records && share(&after) >= 0.9 &&
               (share(&after) >= share(&before) || before.records == 0);
    }
    mem_free(copy);
    return PTG_OK;
}

/* Cells of one column in the sample. */
typedef struct column_guess {
    int64_t filled, dots, commas, dot_fractions, comma_fractions, dates;
} column_guess;

/* How many digits follow the comma of a number. */
static int64_t digits_after_comma(text cell)
{
    cell = text_trim(cell);
    const char *comma = memchr(cell.data, ',', (size_t)cell.size);
    return comma ? cell.data + cell.size - comma - 1 : 0;
}

/* A comma before three digits in a file whose cells are parted by commas groups thousands. */
static void guess_cell(const field *f, char delimiter, column_guess *g)
{
    text cell = {f->data, f->size};
    double value;
    cell_traits traits;
    if (cell_is_blank(cell) || missing_is_wide_token(cell)) return;
    g->filled++;
    g->dates += datetime_read(cell, DATETIME_ISO, &value, NULL) && !missing_is_empty_day(value);
    if (cell_number(cell, '.', &value, &traits)) {
        g->dots++;
        g->dot_fractions += traits.fraction;
    }
    if ((delimiter == ',' && !f->quoted) || !cell_number(cell, ',', &value, &traits)) return;
    g->commas++;
    g->comma_fractions += traits.fraction && (delimiter != ',' || digits_after_comma(cell) != 3);
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
        out->dates[i] = guesses[i].filled && guesses[i].dates == guesses[i].filled;
    }
}

static ptg_status guess_columns(text content, int64_t limit, char told_mark, dialect *out, ptg_error *err)
{
    column_guess *guesses = mem_array(out->width, sizeof *guesses);
    field *fields = mem_array(out->width, sizeof *fields);
    ptg_status status = guesses && fields ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        scanner scan = scanner_of(content, out->body, limit, out->rule);
        scan_record record;
        for (int64_t n = 0; n < GUESS_RECORDS && scan_next(&scan, fields, out->width, &record); n++)
            for (int32_t i = 0; i < out->width && i < record.n_fields; i++)
                guess_cell(&fields[i], out->rule.delimiter, &guesses[i]);
        settle_guesses(guesses, told_mark, out);
    }
    mem_free(guesses);
    mem_free(fields);
    return status;
}

ptg_status dialect_find(text content, const dialect_told *told, const char *path, arena *a, dialect *out, ptg_error *err)
{
    int64_t limit = dialect_sample_limit(content);
    dialect_shape s = dialect_best_shape(content, limit, told);
    text_shown_buffer shown;
    if (!s.width)
        return fail(err, PTG_ERROR_DATA, "'%s' is empty; it needs a header line and rows.", text_shown(text_of(path), &shown));
    *out = (dialect){.rule = s.rule, .quotes_seen = s.quotes > 0, .joined = s.joined > 0};
    out->row_bytes = limit / (s.records + 1) + 1;
    TRY(dialect_read_head(content, &s, told->header, a, out, err));
    TRY(guess_columns(content, limit, told->decimal_mark, out, err));
    dialect_say(content, limit, &s, out);
    return PTG_OK;
}
