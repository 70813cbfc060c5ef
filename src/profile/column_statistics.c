/* Statistics of one column: numbers by sorting a copy, categories by counting codes, texts by a hash table. All are exact and a
 * function of the cells only. */
#include "profile/column_statistics.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "profile/text_table.h"
#include "profile/text_words.h"

/* Keeps the most frequent values: `better` says whether a new one with this count stands before an old one. Values arrive in
 * sort order for numbers and levels, so that ties keep the earlier one by `>` alone; texts compare. */
typedef struct ranking {
    int32_t n;
    int64_t counts[TOP_VALUES];
    double numbers[TOP_VALUES];
    text texts[TOP_VALUES];
} ranking;

static bool stands_before(int64_t count, text value, int64_t other_count, text other)
{
    if (count != other_count) return count > other_count;
    return value.data != NULL && text_compare(value, other) < 0;
}

static void ranking_offer(ranking *r, int64_t count, double number, text value)
{
    int32_t at = r->n;
    while (at > 0 && stands_before(count, value, r->counts[at - 1], r->texts[at - 1]))
        --at;
    if (at == TOP_VALUES) return;
    const int32_t last = r->n < TOP_VALUES ? r->n++ : TOP_VALUES - 1;
    for (int32_t i = last; i > at; --i) {
        r->counts[i] = r->counts[i - 1];
        r->numbers[i] = r->numbers[i - 1];
        r->texts[i] = r->texts[i - 1];
    }
    r->counts[at] = count;
    r->numbers[at] = number;
    r->texts[at] = value;
}

void shown_value_keep(shown_value *v)
{
    memcpy(v->scratch, v->value.data, (size_t)v->value.size);
    v->value.data = v->scratch;
}

static void show_texts(const ranking *r, column_statistics *out)
{
    out->n_top = r->n;
    for (int32_t i = 0; i < r->n; ++i)
        out->top[i] = (shown_value){.value = r->texts[i], .count = r->counts[i]};
}

/* A number of a column as text: the text of the first cell that holds it. */
static void show_number(const frame *f, int32_t column_at, double value, int64_t count, shown_value *out)
{
    const double *numbers = frame_column(f, column_at)->numbers;
    int64_t row = 0;
    while (numbers[row] != value)
        ++row;
    out->count = count;
    out->value = frame_cell(f, column_at, row, out->scratch);
}

static void number_text(double value, int64_t count, shown_value *out)
{
    out->count = count;
    const int size = number_write(value, out->scratch);
    out->value = (text){.data = out->scratch, .size = size};
}

static void count_runs(const double *sorted, int64_t n, column_statistics *out, ranking *r)
{
    for (int64_t i = 0; i < n;) {
        int64_t end = i + 1;
        while (end < n && sorted[end] == sorted[i])
            ++end;
        ranking_offer(r, end - i, sorted[i], (text){0});
        ++out->distinct;
        i = end;
    }
}

static int64_t gather_numbers(const column *c, int64_t n_rows, double *values)
{
    int64_t n = 0;
    for (int64_t i = 0; i < n_rows; ++i) {
        if (!isnan(c->numbers[i])) values[n++] = c->numbers[i];
    }
    return n;
}

static ptg_status numbers_sorted(const column *c, int64_t n_rows, double **sorted, int64_t *n, ptg_error *err)
{
    double *values = mem_array(n_rows, sizeof *values);
    if (values == NULL) return fail_memory(err);
    *n = gather_numbers(c, n_rows, values);
    const ptg_status status = sort_numbers(values, *n, err);
    if (status != PTG_OK) {
        mem_free(values);
        return status;
    }
    *sorted = values;
    return PTG_OK;
}

static void show_top_numbers(const frame *f, int32_t column_at, const ranking *r, column_statistics *out)
{
    const bool is_date = frame_column(f, column_at)->type == COLUMN_DATETIME;
    out->n_top = r->n;
    for (int32_t i = 0; i < r->n; ++i) {
        if (is_date) {
            show_number(f, column_at, r->numbers[i], r->counts[i], &out->top[i]);
        } else {
            number_text(r->numbers[i], r->counts[i], &out->top[i]);
        }
    }
}

static void describe_dates(const frame *f, int32_t column_at, const double *sorted, int64_t n, column_statistics *out)
{
    if (n == 0) return;
    for (int64_t i = 0; i < n && !out->has_time; ++i)
        out->has_time = fmod(sorted[i], 86400) != 0;
    show_number(f, column_at, sorted[0], 1, &out->first);
    show_number(f, column_at, sorted[n - 1], 1, &out->last);
}

static ptg_status describe_numbers(const frame *f, int32_t column_at, column_statistics *out, double **sorted,
                                   int64_t *n_sorted, ptg_error *err)
{
    const column *c = frame_column(f, column_at);
    TRY(numbers_sorted(c, out->rows, sorted, n_sorted, err));
    const int64_t n = *n_sorted;
    out->valid = n;
    const int64_t finite_from = sorted_below(*sorted, n, -DBL_MAX), finite_to = sorted_below(*sorted, n, INFINITY);
    out->infinite = n - (finite_to - finite_from);
    number_summary_make(*sorted + finite_from, finite_to - finite_from, c->type == COLUMN_NUMERIC, &out->numbers);
    ranking r = {0};
    count_runs(*sorted, n, out, &r);
    show_top_numbers(f, column_at, &r, out);
    if (c->type != COLUMN_DATETIME) return PTG_OK;
    describe_dates(f, column_at, *sorted + finite_from, finite_to - finite_from, out);
    return date_rhythm_make(*sorted + finite_from, finite_to - finite_from, &out->rhythm, err);
}

/* One word, at most 64 bytes, and mostly ASCII: scripts that are written without blanks are no codes. */
static bool looks_like_code(text cell, int64_t n_words)
{
    if (n_words != 1 || cell.size > 64) return false;
    int64_t foreign = 0;
    for (int64_t i = 0; i < cell.size; ++i)
        foreign += (unsigned char)cell.data[i] >= 128;
    return foreign * 2 <= cell.size;
}

static int64_t count_words(text cell)
{
    int64_t n = 0;
    for (text word; text_next_word(&cell, &word);)
        ++n;
    return n;
}

static ptg_status describe_categories(const column *c, column_statistics *out, ptg_error *err)
{
    int64_t *counts = mem_array(c->n_levels, sizeof *counts);
    if (counts == NULL) return fail_memory(err);
    for (int64_t i = 0; i < out->rows; ++i) {
        if (c->codes[i] < 0) continue;
        ++counts[c->codes[i]];
        ++out->valid;
    }
    ranking r = {0};
    int64_t single = 0, code_like = 0;
    for (int32_t level = 0; level < c->n_levels; ++level) {
        if (counts[level] == 0) continue;
        const int64_t n_words = count_words(c->levels[level]);
        ++out->distinct;
        ranking_offer(&r, counts[level], 0, c->levels[level]);
        if (n_words == 1) single += counts[level];
        if (looks_like_code(c->levels[level], n_words)) code_like += counts[level];
    }
    show_texts(&r, out);
    out->texts.single_token_share = (double)single / (double)out->valid;
    out->texts.code_share = (double)code_like / (double)out->valid;
    mem_free(counts);
    return PTG_OK;
}

typedef struct text_sums {
    int64_t words, lengths, single, code_like;
} text_sums;

static ptg_status take_cell(text cell, text_words *words, text_summary *out, text_sums *sums, ptg_error *err)
{
    int64_t n_words;
    TRY(text_words_add(words, cell, &n_words, err));
    const int64_t length = text_length(cell);
    sums->words += n_words;
    sums->lengths += length;
    sums->single += n_words == 1;
    sums->code_like += looks_like_code(cell, n_words);
    if (n_words > out->words_max) out->words_max = n_words;
    if (out->words_min < 0 || n_words < out->words_min) out->words_min = n_words;
    if (length > out->length_max) out->length_max = length;
    if (out->length_min < 0 || length < out->length_min) out->length_min = length;
    return PTG_OK;
}

static void finish_texts(const text_table *cells, const text_words *words, const text_sums *sums, column_statistics *out)
{
    ranking r = {0};
    for (int64_t i = 0; i < cells->n; ++i)
        ranking_offer(&r, cells->counts[i], 0, cells->values[i]);
    show_texts(&r, out);
    out->distinct = cells->n;
    text_words_end(words, &out->texts);
    out->texts.words_mean = (double)sums->words / (double)out->valid;
    out->texts.length_mean = (double)sums->lengths / (double)out->valid;
    out->texts.single_token_share = (double)sums->single / (double)out->valid;
    out->texts.code_share = (double)sums->code_like / (double)out->valid;
    if (out->texts.length_min < 0) out->texts.length_min = 0;
    if (out->texts.words_min < 0) out->texts.words_min = 0;
}

static ptg_status describe_texts(const column *c, column_statistics *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    text_table cells = {0};
    text_words words = {0};
    text_sums sums = {0};
    out->texts.length_min = out->texts.words_min = -1;
    GO(text_words_start(&words, err));
    for (int64_t i = 0; i < out->rows; ++i) {
        if (c->cells[i].data == NULL) continue;
        ++out->valid;
        GO(text_table_add(&cells, c->cells[i], NULL, err));
        GO(take_cell(c->cells[i], &words, &out->texts, &sums, err));
    }
    finish_texts(&cells, &words, &sums, out);
done:
    text_table_clear(&cells);
    text_words_clear(&words);
    return status;
}

ptg_status column_statistics_make(const frame *f, int32_t column_at, column_statistics *out, double **sorted, int64_t *n_sorted,
                                  ptg_error *err)
{
    const column *c = frame_column(f, column_at);
    *out = (column_statistics){.rows = frame_rows(f), .invalid = c->n_invalid};
    *sorted = NULL;
    *n_sorted = 0;
    if (c->type == COLUMN_NUMERIC || c->type == COLUMN_DATETIME) {
        TRY(describe_numbers(f, column_at, out, sorted, n_sorted, err));
    } else if (c->type == COLUMN_CATEGORICAL) {
        TRY(describe_categories(c, out, err));
    } else {
        TRY(describe_texts(c, out, err));
    }
    out->missing = out->rows - out->valid - out->invalid;
    return PTG_OK;
}
