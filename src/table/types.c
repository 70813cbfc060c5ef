/* Column types, from the cells alone, with the reason in words. The order of the questions: only empty cells; numbers (at least
 * 99 % of the cells that are not missing) unless they are codes; dates; lists of numbers; then texts of several words against
 * categories. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table/datetime.h"
#include "table/raw.h"

const char *const column_type_names[5] = {"numeric", "categorical", "text", "datetime", "sequence"};
const char *const number_affix_names[NUMBER_AFFIXES] = {"currency", "percent", "thousands",   "factor",
                                                        "unit",     "bound",   "parentheses", "decimal"};

bool column_type_read(const char *name, column_type *out)
{
    for (int i = 0; i < 5; i++) {
        if (!text_equal_folded(text_of(name), column_type_names[i])) continue;
        *out = (column_type)i;
        return true;
    }
    return false;
}

static bool nearly_all(int64_t part, int64_t whole)
{
    return part * 100 >= whole * 99;
}

static void say(type_verdict *v, column_type type, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void say(type_verdict *v, column_type type, const char *format, ...)
{
    v->type = type;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(v->reason, sizeof v->reason, format, arguments);
    va_end(arguments);
}

void raw_census_add(raw_census *to, const raw_census *more)
{
    to->empty += more->empty;
    to->numbers += more->numbers;
    to->whole += more->whole;
    to->zero_led += more->zero_led;
    to->over_2_53 += more->over_2_53;
    to->tokens += more->tokens;
    to->others += more->others;
}

raw_census types_census(const raw_column *raw, char decimal_mark)
{
    raw_census c = raw->census;
    int64_t filled = 0;
    for (int32_t i = 0; i < raw->words.n; i++) {
        int64_t times = raw->words.counts[i];
        text word = raw->words.texts[i];
        double value;
        cell_traits traits;
        filled += times;
        if (cell_number(word, decimal_mark, &value, &traits)) {
            c.numbers += times;
            c.whole += traits.whole * times;
            c.zero_led += traits.zero_led * times;
            c.over_2_53 += traits.over_2_53 * times;
        } else if (missing_is_wide_token(word)) {
            c.tokens += times;
        } else {
            c.others += times;
        }
    }
    if (raw->kind == RAW_TEXTS) c.empty = raw->n_rows - filled;
    return c;
}

/* Whole numbers that are codes: leading zeros or more digits than a double holds, in at least 1 % of them. */
static const char *code_reason(const raw_census *c)
{
    if (c->whole != c->numbers) return NULL;
    if (c->zero_led && c->zero_led * 100 >= c->numbers) return "whole numbers with leading zeros are codes";
    if (c->over_2_53 && c->over_2_53 * 100 >= c->numbers) return "whole numbers over 2^53 are codes, not quantities";
    return NULL;
}

static bool decide_numeric(const raw_census *c, type_verdict *out)
{
    int64_t candidates = c->numbers + c->others;
    if (!candidates) {
        say(out, COLUMN_NUMERIC, "Every cell is missing.");
        return true;
    }
    if (!c->numbers || !nearly_all(c->numbers, candidates)) return false;
    const char *code = code_reason(c);
    if (code) {
        say(out, COLUMN_CATEGORICAL, "All values are numbers, but %s.", code);
        return false;
    }
    if (c->others)
        say(out, COLUMN_NUMERIC, "%" PRId64 " of %" PRId64 " values are numbers, %" PRId64 " cannot be read as one.",
            c->numbers, candidates, c->others);
    else
        say(out, COLUMN_NUMERIC, "All %" PRId64 " values are numbers.", c->numbers);
    return true;
}

typedef struct date_count {
    int64_t dates, others;
    datetime_details seen;
} date_count;

static bool starts_like_date(text word)
{
    for (int64_t i = 0; i < word.size; i++)
        if (word.data[i] != ' ') return word.data[i] >= '0' && word.data[i] <= '9';
    return false;
}

static date_count count_dates(const dictionary *words, int family)
{
    date_count n = {0};
    int64_t all = 0;
    for (int32_t i = 0; i < words->n; i++)
        all += words->counts[i];
    for (int32_t i = 0; i < words->n && n.others * 100 <= all; i++) {
        text word = words->texts[i];
        double seconds;
        if (starts_like_date(word) && datetime_read(word, family, &seconds, &n.seen))
            n.dates += words->counts[i];
        else if (!missing_is_wide_token(word))
            n.others += words->counts[i];
    }
    return n;
}

/* The family that reads most cells; where month and day can be taken either way, the month comes first, and the reason says so.
 */
static bool decide_datetime(const dictionary *words, type_verdict *out)
{
    int best = -1, equal = -1;
    date_count most = {0};
    for (int family = 0; family < DATETIME_FAMILIES; family++) {
        date_count n = count_dates(words, family);
        if (!n.dates || !nearly_all(n.dates, n.dates + n.others)) continue;
        if (best >= 0 && n.dates == most.dates) equal = family;
        if (best >= 0 && n.dates <= most.dates) continue;
        best = family;
        equal = -1;
        most = n;
    }
    if (best < 0) return false;
    out->family = best;
    datetime_format(best, most.seen, out->format);
    say(out, COLUMN_DATETIME, "%" PRId64 " of %" PRId64 " values are dates of the format %s%s%s.", most.dates,
        most.dates + most.others, out->format, equal >= 0 ? "; every one also reads as " : "",
        equal >= 0 ? datetime_pattern(equal) : "");
    return true;
}

/* [number, number, ...] with brackets; at least one comma or blank inside. */
static bool is_sequence(text word)
{
    word = text_trim(word);
    if (word.size < 2 || word.data[0] != '[' || word.data[word.size - 1] != ']') return false;
    int64_t n = 0, at = 1, end = word.size - 1;
    while (at < end) {
        int64_t from = at;
        while (at < end && word.data[at] != ',' && word.data[at] != ';')
            at++;
        double value;
        cell_traits traits;
        text item = text_trim((text){word.data + from, at - from});
        if (!cell_number(item, '.', &value, &traits) && !missing_is_wide_token(item)) return false;
        n++;
        at++;
    }
    return n > 1;
}

/* Words of a text: runs between blanks; scripts without blanks (Thai, Kana, Han) count one word for two characters. */
static int64_t count_words(text t)
{
    int64_t words = 0, unspaced = 0;
    bool inside = false;
    for (int64_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        words += !blank && !inside;
        inside = !blank;
        unspaced += c >= 0xE3 && c <= 0xE9;
        unspaced += c == 0xE0 && i + 1 < t.size && ((unsigned char)t.data[i + 1] & 0xFC) == 0xB8;
    }
    return words + unspaced / 2;
}

typedef struct word_count {
    int64_t cells, distinct, words, several, sequences;
} word_count;

static word_count measure_words(const dictionary *words)
{
    word_count n = {0};
    for (int32_t i = 0; i < words->n; i++) {
        text word = words->texts[i];
        if (missing_is_narrow_token(word)) continue;
        int64_t times = words->counts[i], count = count_words(word);
        n.cells += times;
        n.distinct++;
        n.words += count * times;
        n.several += (count > 1) * times;
        n.sequences += is_sequence(word) * times;
    }
    return n;
}

/* Several words in a fifth of the cells, and: mostly different; or three words a cell and a fifth different; or long and many.
 */
static bool is_text(const word_count *n)
{
    if (n->several * 5 < n->cells) return false;
    if (n->distinct * 2 > n->cells) return true;
    if (n->words >= 3 * n->cells && n->distinct * 5 > n->cells) return true;
    return n->words >= 6 * n->cells && n->distinct >= 100;
}

static void decide_words(const dictionary *words, type_verdict *out)
{
    word_count n = measure_words(words);
    double mean = n.cells ? (double)n.words / (double)n.cells : 0;
    if (n.cells && nearly_all(n.sequences, n.cells))
        say(out, COLUMN_SEQUENCE, "%" PRId64 " of %" PRId64 " values are lists of numbers in brackets.", n.sequences, n.cells);
    else if (is_text(&n))
        say(out, COLUMN_TEXT, "%" PRId64 " different texts in %" PRId64 " cells, with %.1f words on average.", n.distinct,
            n.cells, mean);
    else
        say(out, COLUMN_CATEGORICAL, "%" PRId64 " different values in %" PRId64 " cells%s.", n.distinct, n.cells,
            n.several * 5 < n.cells ? ", mostly of one word" : ", which repeat");
}

/* Levels of a column that is told to be categorical: numbers and dates get canonical texts ("17" for "17.0"), so that a frame
 * that was retyped and a file that is read with its schema have the same levels. */
static column_type origin_of(const raw_census *c, const raw_column *raw, type_verdict *out)
{
    type_verdict found = {0};
    if (c->numbers && decide_numeric(c, &found)) return COLUMN_NUMERIC;
    if (c->numbers || raw->kind != RAW_TEXTS || !decide_datetime(&raw->words, &found)) return COLUMN_CATEGORICAL;
    out->family = found.family;
    memcpy(out->format, found.format, sizeof out->format);
    return COLUMN_DATETIME;
}

static void take_format(const column_wish *wish, const raw_column *raw, type_verdict *out)
{
    type_verdict found = {0};
    out->family = wish->format.data ? datetime_family_of(wish->format) : -1;
    if (out->family >= 0) {
        snprintf(out->format, sizeof out->format, "%.*s", (int)(wish->format.size < 39 ? wish->format.size : 39),
                 wish->format.data);
    } else if (raw->kind == RAW_TEXTS && decide_datetime(&raw->words, &found)) {
        out->family = found.family;
        memcpy(out->format, found.format, sizeof out->format);
    } else {
        out->family = 0;
        snprintf(out->format, sizeof out->format, "%s", datetime_pattern(0));
    }
}

static void decide_told(const raw_column *raw, const column_wish *wish, char decimal_mark, type_verdict *out)
{
    say(out, wish->type, "%s", wish->because ? wish->because : "The type was given.");
    if (wish->type == COLUMN_NUMERIC) return;
    out->needs_texts = raw->kind == RAW_NUMBERS;
    if (out->needs_texts) return;
    if (wish->type == COLUMN_DATETIME) take_format(wish, raw, out);
    if (wish->type != COLUMN_CATEGORICAL) return;
    if (wish->with_origin) {
        out->origin = wish->origin;
        if (wish->origin == COLUMN_DATETIME) take_format(wish, raw, out);
        return;
    }
    raw_census census = types_census(raw, decimal_mark);
    out->origin = origin_of(&census, raw, out);
}

void types_decide(const raw_column *raw, const column_wish *wish, char decimal_mark, type_verdict *out)
{
    *out = (type_verdict){.origin = COLUMN_CATEGORICAL, .family = -1};
    if (wish->typed) {
        decide_told(raw, wish, decimal_mark, out);
        return;
    }
    raw_census census = types_census(raw, decimal_mark);
    if (decide_numeric(&census, out)) return;
    out->needs_texts = raw->kind == RAW_NUMBERS;
    if (out->needs_texts || out->reason[0]) return;
    if (!census.numbers && decide_datetime(&raw->words, out)) return;
    decide_words(&raw->words, out);
}
