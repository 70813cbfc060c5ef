/* Column types, from the cells alone, with the reason in words. The order of the questions: only empty cells; numbers (at least
 * 99 % of the cells that are not missing, as they stand or by the style of the column), which may be dates, clock times or
 * codes; dates; lists of numbers; then texts of several words against categories. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table/datetime.h"
#include "table/missing.h"
#include "table/number_meaning.h"
#include "table/raw.h"
#include "table/sequence.h"
#include "table/word_look.h"

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
        uint16_t look = word_look(&raw->words, i, decimal_mark);
        filled += times;
        if (look & LOOK_NUMBER) {
            c.numbers += times;
            c.whole += look & LOOK_WHOLE ? times : 0;
            c.zero_led += look & LOOK_ZERO_LED ? times : 0;
            c.over_2_53 += look & LOOK_OVER_2_53 ? times : 0;
        } else if (look & LOOK_MISSING) {
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
    if (c->zero_led && c->zero_led * 100 >= c->numbers) return "whole numbers with leading zeros or a plus are codes";
    if (c->over_2_53 && c->over_2_53 * 100 >= c->numbers) return "whole numbers over 2^53 are codes, not quantities";
    return NULL;
}

/* The cells of a column as numbers: plain ones, those that the style reads, and the others. */
typedef struct number_count {
    int64_t plain, styled, others;
    int64_t other_texts; /* distinct */
    bool digits;         /* one of these holds a digit */
} number_count;

static bool holds_digit(text t)
{
    for (int64_t i = 0; i < t.size; i++)
        if (t.data[i] >= '0' && t.data[i] <= '9') return true;
    return false;
}

static number_count count_numbers(const raw_column *raw, const number_style *style, char file_mark)
{
    number_count n = {.plain = raw->census.numbers};
    bool only_plain = number_style_is_plain(style, file_mark);
    for (int32_t i = 0; i < raw->words.n; i++) {
        text word = raw->words.texts[i];
        int64_t times = raw->words.counts[i];
        double value;
        uint16_t look = word_look(&raw->words, i, file_mark);
        if (style->mark == file_mark && (look & LOOK_NUMBER)) {
            n.plain += times;
        } else if (!only_plain && number_style_value(style, word, &value, NULL)) {
            n.styled += times;
        } else if (!(look & LOOK_MISSING)) {
            n.others += times;
            n.other_texts++;
            n.digits = n.digits || (n.other_texts <= 2 && holds_digit(word)); /* more of them are no numbers anyway */
        }
    }
    return n;
}

/* Nearly all cells; or four fifths of them with many different numbers, where the others are one or two words without digits
 * that stand there instead of a number ("Varies with device"). */
static bool are_numbers(const raw_column *raw, const number_count *n, char file_mark)
{
    int64_t read = n->plain + n->styled, candidates = read + n->others;
    if (!read) return false;
    if (nearly_all(read, candidates)) return true;
    if (read * 5 < candidates * 4 || n->other_texts > 2 || n->digits) return false;
    int64_t distinct = n->plain ? number_sample_distinct(raw, file_mark) : raw->words.n;
    return distinct > 20;
}

static void say_numbers(const number_count *n, const number_style *style, char file_mark, type_verdict *out)
{
    int64_t read = n->plain + n->styled;
    char how[NUMBER_STYLE_SIZE];
    number_style_write(style, file_mark, how);
    char also[160] = "";
    if (n->styled && style->clock == CLOCK_TEXT)
        snprintf(also, sizeof also, ", as %s of the day or a span (%s)", style->seconds ? "seconds" : "minutes", how);
    else if (n->styled)
        snprintf(also, sizeof also, ", %" PRId64 " of them without what stands around the digits (%s)", n->styled, how);
    if (n->others)
        say(out, COLUMN_NUMERIC, "%" PRId64 " of %" PRId64 " values are numbers%s; %" PRId64 " cannot be read as one.", read,
            read + n->others, also, n->others);
    else
        say(out, COLUMN_NUMERIC, "All %" PRId64 " values are numbers%s.", read, also);
}

/* Plain numbers that are dates or clock times instead; false where they are neither. */
static bool decide_meaning(const raw_column *raw, const column_wish *wish, char mark, const number_count *n, type_verdict *out)
{
    const char *why = "";
    number_meaning meaning = number_meaning_find(raw, wish->name, mark, &out->family, &why);
    if (meaning == NUMBERS_PLAIN) return false;
    if (meaning == NUMBERS_DATES) {
        say(out, COLUMN_DATETIME, "All %" PRId64 " values are numbers; %s.", n->plain, why);
        snprintf(out->format, sizeof out->format, "%s", datetime_pattern(out->family));
        return true;
    }
    out->style.clock = CLOCK_DIGITS;
    strcpy(out->style.unit, "minutes");
    say(out, COLUMN_NUMERIC, "All %" PRId64 " values are numbers; %s. They are taken as minutes of the day.", n->plain, why);
    return true;
}

static void take_style(const number_style *style, char file_mark, type_verdict *out)
{
    out->style = *style;
    number_style_write(style, file_mark, out->format);
}

/* The style of the texts among the cells, where it helps; else plain numbers. Numbers that were read with the file's decimal
 * mark cannot be read with another one without their texts. */
static number_style find_style(const raw_column *raw, char file_mark, number_count *n)
{
    number_style plain = number_style_plain(file_mark), style;
    *n = count_numbers(raw, &plain, file_mark);
    if (!n->others || !number_style_find(&raw->words, file_mark, &style)) return plain;
    bool fits = raw->kind == RAW_TEXTS || (style.mark == file_mark && style.clock == CLOCK_NONE);
    number_count styled = count_numbers(raw, &style, file_mark);
    if (!fits || styled.others * 2 > n->others) return plain;
    *n = styled;
    return style;
}

/* No cell tells anything: all are blank or marks of missing values. "none" beside "unknown" are two levels. */
static bool is_empty(const raw_column *raw, const raw_census *c, const column_wish *wish)
{
    bool marks = true;
    if (c->numbers + c->others) return false;
    for (int32_t i = 0; i < raw->words.n; i++) {
        missing_kind kind = word_missing_kind(&raw->words, i);
        marks = marks && (kind == MISSING_MARK || kind == MISSING_NA || (kind == MISSING_DASH && !wish->is_target));
    }
    return marks || (raw->words.n == 1 && !wish->is_target);
}

static bool decide_numeric(const raw_column *raw, const raw_census *c, const column_wish *wish, char mark, type_verdict *out)
{
    if (is_empty(raw, c, wish)) {
        say(out, COLUMN_NUMERIC, "Every cell is missing.");
        return true;
    }
    number_count n;
    number_style style = find_style(raw, mark, &n);
    out->n_like_numbers = n.plain + n.styled;
    if (!are_numbers(raw, &n, mark)) return false;
    take_style(&style, mark, out);
    bool plain = !n.styled && nearly_all(n.plain, n.plain + n.others);
    if (plain && decide_meaning(raw, wish, mark, &n, out)) {
        if (out->style.clock != CLOCK_NONE) take_style(&out->style, mark, out);
        return true;
    }
    const char *code = n.styled ? NULL : code_reason(c);
    if (code) {
        out->style = number_style_plain(mark);
        say(out, COLUMN_CATEGORICAL, "All values are numbers, but %s.", code);
        return false;
    }
    say_numbers(&n, &style, mark, out);
    return true;
}

typedef struct words_count {
    int64_t cells, distinct, words, several, sequences, lists;
} words_count;

/* A text that counts as missing among words; the survey is made when the first could. */
static bool is_gap(const dictionary *words, int32_t i, const column_wish *wish, missing_words *survey)
{
    char reason[MISSING_REASON_SIZE];
    if (word_missing_kind(words, i) == MISSING_NOT) return false;
    if (!survey->filled) *survey = missing_survey(words);
    return missing_decide_word(survey, words->texts[i], words->counts[i], wish->is_target, reason);
}

static words_count measure_words(const dictionary *words, const column_wish *wish)
{
    words_count n = {0};
    missing_words survey = {0};
    for (int32_t i = 0; i < words->n; i++) {
        text word = words->texts[i];
        if (is_gap(words, i, wish, &survey)) continue;
        int64_t times = words->counts[i], items, count = word_count(words, i);
        bool sequence = word_may_be_list(words, i) && sequence_is(word, &items);
        n.cells += times;
        n.distinct++;
        n.words += count * times;
        n.several += (count > 1) * times;
        n.sequences += sequence * times;
        n.lists += (sequence && items > 1) * times;
    }
    return n;
}

/* Several words in a fifth of the cells, and: mostly different; or three words a cell and a fifth different; or long and many.
 */
static bool is_text(const words_count *n)
{
    if (n->several * 5 < n->cells) return false;
    if (n->distinct * 2 > n->cells) return true;
    if (n->words >= 3 * n->cells && n->distinct * 5 > n->cells) return true;
    return n->words >= 6 * n->cells && n->distinct >= 100;
}

static void decide_words(const dictionary *words, const column_wish *wish, type_verdict *out)
{
    words_count n = measure_words(words, wish);
    double mean = n.cells ? (double)n.words / (double)n.cells : 0;
    if (n.lists && nearly_all(n.sequences, n.cells))
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
static column_type origin_of(const raw_census *c, const raw_column *raw, const column_wish *wish, char mark, type_verdict *out)
{
    type_verdict found = {.style = number_style_plain(mark)};
    if (c->numbers + c->others > 0 && decide_numeric(raw, c, wish, mark, &found)) {
        out->style = found.style;
        out->family = found.family;
        memcpy(out->format, found.format, sizeof out->format);
        return found.type;
    }
    if (found.reason[0] || raw->kind != RAW_TEXTS || !types_decide_dates(&raw->words, &found)) return COLUMN_CATEGORICAL;
    out->family = found.family;
    memcpy(out->format, found.format, sizeof out->format);
    return COLUMN_DATETIME;
}

static void take_format(const column_wish *wish, const raw_column *raw, char mark, type_verdict *out)
{
    type_verdict found = {.style = number_style_plain(mark)};
    out->family = wish->format.data ? datetime_family_of(wish->format) : -1;
    if (out->family >= 0) {
        snprintf(out->format, sizeof out->format, "%.*s", (int)(wish->format.size < 39 ? wish->format.size : 39),
                 wish->format.data);
        return;
    }
    raw_census census = types_census(raw, mark);
    number_count n = {.plain = census.numbers};
    bool numbers = census.numbers && nearly_all(census.numbers, census.numbers + census.others);
    if (numbers ? decide_meaning(raw, wish, mark, &n, &found) && found.type == COLUMN_DATETIME
                : raw->kind == RAW_TEXTS && types_decide_dates(&raw->words, &found)) {
        out->family = found.family;
        memcpy(out->format, found.format, sizeof out->format);
    } else {
        out->family = 0;
        snprintf(out->format, sizeof out->format, "%s", datetime_pattern(0));
    }
}

/* The style that was told, else the one that the texts show. */
static void take_number_format(const column_wish *wish, const raw_column *raw, char mark, type_verdict *out)
{
    number_style style;
    number_count n;
    if (wish->format.data && number_style_read(wish->format, mark, &style)) {
        take_style(&style, mark, out);
    } else if (raw->words.n) {
        style = find_style(raw, mark, &n);
        take_style(&style, mark, out);
    }
}

static void decide_levels(const raw_column *raw, const column_wish *wish, char mark, type_verdict *out)
{
    if (wish->with_origin) {
        out->origin = wish->origin;
        if (wish->origin == COLUMN_DATETIME) take_format(wish, raw, mark, out);
        if (wish->origin == COLUMN_NUMERIC) take_number_format(wish, raw, mark, out);
        return;
    }
    raw_census census = types_census(raw, mark);
    out->origin = origin_of(&census, raw, wish, mark, out);
}

static void decide_told(const raw_column *raw, const column_wish *wish, char decimal_mark, type_verdict *out)
{
    say(out, wish->type, "%s", wish->because ? wish->because : "The type was given.");
    if (wish->type == COLUMN_NUMERIC) {
        take_number_format(wish, raw, decimal_mark, out);
        if (raw->kind == RAW_TEXTS || raw->canonical) return;
        number_style style = out->style;
        if (!wish->format.data && raw->words.n && !number_style_find(&raw->words, decimal_mark, &style)) style = out->style;
        out->needs_texts = style.mark != decimal_mark || style.clock == CLOCK_TEXT;
        return;
    }
    out->needs_texts = raw->kind == RAW_NUMBERS;
    if (out->needs_texts) return;
    if (wish->type == COLUMN_DATETIME) take_format(wish, raw, decimal_mark, out);
    if (wish->type == COLUMN_CATEGORICAL) decide_levels(raw, wish, decimal_mark, out);
}

void types_decide(const raw_column *raw, const column_wish *wish, char decimal_mark, type_verdict *out)
{
    *out = (type_verdict){.origin = COLUMN_CATEGORICAL, .family = -1, .style = number_style_plain(decimal_mark)};
    if (raw->kind == RAW_DATES) {
        out->needs_texts = !types_say_dates(raw, out);
        return;
    }
    if (wish->typed) {
        decide_told(raw, wish, decimal_mark, out);
        return;
    }
    raw_census census = types_census(raw, decimal_mark);
    if (decide_numeric(raw, &census, wish, decimal_mark, out)) return;
    out->needs_texts = raw->kind == RAW_NUMBERS;
    if (out->needs_texts || out->reason[0]) return;
    type_verdict dates = *out;
    bool are_dates = types_decide_dates(&raw->words, &dates);
    out->n_like_dates = dates.n_like_dates;
    if (are_dates && out->n_like_numbers * 10 <= census.others)
        *out = dates;
    else
        decide_words(&raw->words, wish, out);
}
