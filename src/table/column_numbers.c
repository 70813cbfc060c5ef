/* Numeric and datetime columns from raw cells. Numbers that were read as such stay where they are; dates and clock times that
 * are numbers are converted, tokens and what cannot be converted go aside with their texts. */
#include <math.h>

#include "base/number.h"
#include "table/column_build.h"
#include "table/datetime.h"

/* Spikes among the judged words: those that count as missing are tokens from now on. */
static ptg_status find_word_spikes(build *b, ptg_error *err)
{
    const dictionary *words = &b->raw->words;
    double *values = mem_array(words->n, sizeof *values);
    if (!values) return fail_memory(err);
    for (int32_t i = 0; i < words->n; i++)
        values[i] = b->words[i].is == VALUE ? b->words[i].number : NAN;
    ptg_status status = build_find_spikes(b, &(value_counts){values, words->counts, words->n}, err);
    for (int32_t i = 0; i < words->n && b->n_spikes && status == PTG_OK; i++)
        if (b->words[i].is == VALUE && build_token_of(b, b->words[i].number).data) b->words[i].is = TOKEN;
    mem_free(values);
    return status;
}

static ptg_status numbers_from_texts(build *b, ptg_error *err)
{
    const raw_column *raw = b->raw;
    TRY(find_word_spikes(b, err));
    double *values = column_take(b->out, raw->n_rows, sizeof *values);
    aside a = {0};
    if (!values || !aside_room(b, &a, build_count_words(b, TOKEN) + build_count_words(b, INVALID))) return fail_memory(err);
    for (int64_t i = 0; i < raw->n_rows; i++) {
        int32_t id = raw->ids[i];
        bool value = id >= 0 && b->words[id].is == VALUE;
        values[i] = value ? b->words[id].number : (double)NAN;
        if (id >= 0 && !value) aside_put(&a, i, id);
    }
    b->out->shown.numbers = values;
    return aside_finish(b, &a, err);
}

static bool needs_conversion(const build *b)
{
    return b->verdict->type == COLUMN_DATETIME || (b->verdict->style.clock == CLOCK_DIGITS && !b->raw->clocked);
}

static double convert(const build *b, double value)
{
    double out;
    bool fine = b->verdict->type == COLUMN_DATETIME ? datetime_of_number(value, b->verdict->family, &out)
                                                    : number_style_clock_digits(value, &out);
    return fine ? out : (double)NAN;
}

/* The column's values in an array of their own where they are not the raw numbers; cells aside that are values join them. */
static ptg_status take_values(build *b, double **out, ptg_error *err)
{
    raw_column *raw = b->raw;
    double *values = raw->numbers;
    if (needs_conversion(b)) {
        values = mem_array(raw->n_rows, sizeof *values);
        if (!values) return fail_memory(err);
        for (int64_t i = 0; i < raw->n_rows; i++)
            values[i] = isnan(raw->numbers[i]) ? (double)NAN : convert(b, raw->numbers[i]);
    }
    for (int64_t k = 0; k < raw->n_aside; k++) {
        const judged *j = &b->words[raw->aside_ids[k]];
        if (j->is == VALUE) values[raw->aside_rows[k]] = j->number;
    }
    *out = values;
    return PTG_OK;
}

/* The number of a text that joins the words while rows are walked; -1 when out of memory. */
static int32_t join_words(build *b, text word, meaning is, double number)
{
    raw_column *raw = b->raw;
    if (!word.data) return -1;
    int32_t id = dictionary_count(&raw->words, word, 1);
    if (id < b->n_judged) return id;
    if (id == b->capacity) {
        judged *more = mem_resize(b->words, b->capacity, 2 * (int64_t)b->capacity, sizeof *more);
        if (!more) return -1;
        b->words = more;
        b->capacity *= 2;
    }
    b->words[id] = (judged){.is = is, .number = number};
    b->n_judged++;
    return id;
}

static text written(const build *b, double value)
{
    char scratch[NUMBER_TEXT_SIZE];
    int size = number_write(value, scratch);
    return (text){arena_text(b->texts, scratch, (size_t)size), size};
}

/* A value that does not stay: the number of its text, or -1 when out of memory; -2 for one that stays. */
static int32_t leaving(build *b, double raw_value, double value)
{
    bool failed = isnan(value) && !isnan(raw_value);
    text token = build_token_of(b, failed ? raw_value : value);
    if (token.data) return join_words(b, token, TOKEN, value);
    return failed ? join_words(b, written(b, raw_value), INVALID, NAN) : -2;
}

/* Rows in order (`plain`: the numbers as they were read): what stands aside and is no value stays there, tokens and failed
 * conversions join it. */
static ptg_status walk_rows(build *b, const double *plain, double *values, aside *a, ptg_error *err)
{
    raw_column *raw = b->raw;
    int64_t next = 0;
    for (int64_t i = 0; i < raw->n_rows; i++) {
        if (next < raw->n_aside && raw->aside_rows[next] == i) {
            int32_t id = raw->aside_ids[next++];
            bool token = b->words[id].is == VALUE && build_token_of(b, values[i]).data;
            if (token) b->words[id].is = TOKEN;
            if (b->words[id].is == VALUE) continue;
            values[i] = NAN;
            aside_put(a, i, id);
            continue;
        }
        if (isnan(plain[i])) continue;
        int32_t id = leaving(b, plain[i], values[i]);
        if (id == -1) return fail_memory(err);
        if (id < 0) continue;
        aside_put(a, i, id);
        values[i] = NAN;
    }
    return PTG_OK;
}

static int64_t count_leaving(const build *b, const double *plain, const double *values)
{
    const raw_column *raw = b->raw;
    int64_t n = 0;
    for (int64_t i = 0; i < raw->n_rows; i++) {
        bool failed = isnan(values[i]) && !isnan(plain[i]);
        n += failed || build_token_of(b, values[i]).data;
    }
    return n;
}

/* Without tokens among the numbers only the cells aside are walked. */
static void walk_aside(const build *b, aside *a)
{
    const raw_column *raw = b->raw;
    for (int64_t k = 0; k < raw->n_aside; k++)
        if (b->words[raw->aside_ids[k]].is != VALUE) aside_put(a, raw->aside_rows[k], raw->aside_ids[k]);
}

static ptg_status numbers_from_numbers(build *b, ptg_error *err)
{
    raw_column *raw = b->raw;
    double *values = NULL, *plain = raw->numbers;
    aside a = {0};
    TRY(take_values(b, &values, err));
    column_adopt(b->out, values);
    b->out->shown.numbers = values;
    if (values == plain) raw->numbers = NULL;
    TRY(build_find_spikes(b, &(value_counts){values, NULL, raw->n_rows}, err));
    bool rows = b->n_told || values != plain;
    for (int k = 0; k < b->n_spikes; k++)
        rows |= b->spikes[k].missing;
    int64_t n = raw->n_aside + (rows ? count_leaving(b, plain, values) : 0);
    if (!aside_room(b, &a, n)) return fail_memory(err);
    if (rows)
        TRY(walk_rows(b, plain, values, &a, err));
    else
        walk_aside(b, &a);
    return aside_finish(b, &a, err);
}

/* Nothing is left to find: the cells aside are tokens. */
static ptg_status numbers_from_dates(build *b, ptg_error *err)
{
    aside a = {0};
    b->out->shown.numbers = b->raw->numbers;
    column_adopt(b->out, b->raw->numbers);
    b->raw->numbers = NULL;
    if (!aside_room(b, &a, b->raw->n_aside)) return fail_memory(err);
    walk_aside(b, &a);
    return aside_finish(b, &a, err);
}

ptg_status build_numbers(build *b, ptg_error *err)
{
    if (b->raw->kind == RAW_DATES) return numbers_from_dates(b, err);
    return b->raw->kind == RAW_TEXTS ? numbers_from_texts(b, err) : numbers_from_numbers(b, err);
}
