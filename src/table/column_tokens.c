/* What stands for a missing value in a column that is being built: what the caller told, else what the cells show (missing.h).
 * Each distinct text is judged once; every one that could stand for missing is recorded with the reason why it does or not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "table/column_build.h"
#include "table/datetime.h"
#include "table/word_look.h"

#define DAY 86400.0
enum { MOST_RECORDED = 24 };

static bool is_told_text(const build *b, text word)
{
    text bare = text_trim(word);
    for (int32_t i = 0; i < b->wish->n_tokens; i++)
        if (text_equal(bare, text_trim(b->wish->tokens[i]))) return true;
    return false;
}

static const told_number *told_number_of(const build *b, double value)
{
    for (int32_t i = 0; i < b->n_told; i++)
        if (b->told[i].value == value) return &b->told[i];
    return NULL;
}

/* The told tokens that are numbers or dates of this column. */
static ptg_status read_told(build *b, ptg_error *err)
{
    column_type as = build_is_words(b) ? b->verdict->origin : b->verdict->type;
    b->told = mem_array(b->wish->n_tokens + MISSING_SPIKES, sizeof *b->told);
    if (!b->told) return fail_memory(err);
    for (int32_t i = 0; i < b->wish->n_tokens && as != COLUMN_CATEGORICAL; i++) {
        told_number *next = &b->told[b->n_told];
        cell_traits traits;
        uint32_t affixes;
        next->token = text_trim(b->wish->tokens[i]);
        bool number = build_value(b, as, next->token, &affixes, &next->value);
        if (!number && as == COLUMN_NUMERIC) number = cell_number(next->token, '.', &next->value, &traits);
        b->n_told += number;
    }
    return PTG_OK;
}

static bool is_found_token(const build *b, int32_t i)
{
    char reason[MISSING_REASON_SIZE];
    const dictionary *words = &b->raw->words;
    if (b->words[i].kind == MISSING_NOT) return false;
    if (!build_is_words(b)) return true;
    return missing_decide_word(&b->survey, words->texts[i], words->counts[i], b->wish->is_target, reason);
}

static void judge(build *b, int32_t i)
{
    const type_verdict *v = b->verdict;
    text word = b->raw->words.texts[i];
    judged *j = &b->words[i];
    if (b->wish->with_tokens ? is_told_text(b, word) : is_found_token(b, i)) {
        j->is = TOKEN;
    } else if (!build_is_words(b)) {
        if (!build_value(b, v->type, word, &j->affixes, &j->number)) j->is = INVALID;
    } else if (v->type == COLUMN_CATEGORICAL && v->origin != COLUMN_CATEGORICAL) {
        j->canonical = build_value(b, v->origin, word, &j->affixes, &j->number);
    }
    bool number = j->is == VALUE && (j->canonical || !build_is_words(b));
    if (number && b->n_told && told_number_of(b, j->number)) j->is = TOKEN;
}

/* Values, or levels that are texts of values. */
static bool is_numbers(const build *b)
{
    return !build_is_words(b) || (b->verdict->type == COLUMN_CATEGORICAL && b->verdict->origin != COLUMN_CATEGORICAL);
}

ptg_status build_judge_words(build *b, ptg_error *err)
{
    const dictionary *words = &b->raw->words;
    bool any = false;
    TRY(read_told(b, err));
    for (int32_t i = 0; i < words->n && !any; i++)
        any = word_missing_kind(words, i) != MISSING_NOT;
    b->plain = !any && !b->wish->with_tokens && !is_numbers(b);
    if (b->plain) return PTG_OK;
    b->capacity = words->n + MISSING_SPIKES;
    b->words = mem_array(b->capacity, sizeof *b->words);
    if (!b->words) return fail_memory(err);
    for (int32_t i = 0; i < words->n; i++)
        b->words[i].kind = word_missing_kind(words, i);
    if (any && build_is_words(b) && !b->wish->with_tokens) b->survey = missing_survey(words);
    for (int32_t i = 0; i < words->n; i++)
        judge(b, i);
    b->n_judged = words->n;
    return PTG_OK;
}

static text written(const build *b, double value)
{
    char scratch[64];
    int size = b->verdict->type == COLUMN_DATETIME ? datetime_write(value, false, scratch) : number_write(value, scratch);
    return (text){arena_text(b->texts, scratch, (size_t)size), size};
}

ptg_status build_find_spikes(build *b, const value_counts *v, ptg_error *err)
{
    bool dates = b->verdict->type == COLUMN_DATETIME;
    if (b->wish->with_tokens || b->verdict->style.clock != CLOCK_NONE) return PTG_OK;
    b->n_spikes = missing_find_spikes(v, dates, b->spikes);
    for (int k = 0; k < b->n_spikes; k++) {
        b->spike_texts[k] = written(b, b->spikes[k].value);
        if (!b->spike_texts[k].data) return fail_memory(err);
        if (!b->wish->is_target) continue;
        b->spikes[k].missing = false;
        strcpy(b->spikes[k].reason, "It may be a value of the target.");
    }
    return PTG_OK;
}

/* The number of the spike that a value belongs to, or -1. */
static int spike_of(const build *b, double value)
{
    double found = b->verdict->type == COLUMN_DATETIME ? floor(value / DAY) * DAY : value;
    for (int k = 0; k < b->n_spikes; k++)
        if (b->spikes[k].value == found) return k;
    return -1;
}

text build_token_of(const build *b, double value)
{
    const told_number *told = b->n_told ? told_number_of(b, value) : NULL;
    if (told) return told->token;
    int spike = b->n_spikes ? spike_of(b, value) : -1;
    return spike >= 0 && b->spikes[spike].missing ? b->spike_texts[spike] : (text){NULL, 0};
}

static int compare_counts(const void *a, const void *b)
{
    const text_count *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return text_compare(x->value, y->value);
}

text_count *build_list_words(const build *b, meaning wanted, int32_t *n)
{
    const dictionary *words = &b->raw->words;
    *n = 0;
    for (int32_t i = 0; i < b->n_judged; i++)
        *n += b->words[i].is == wanted && words->counts[i];
    text_count *list = mem_array(*n, sizeof *list);
    if (!list) return NULL;
    *n = 0;
    for (int32_t i = 0; i < b->n_judged; i++)
        if (b->words[i].is == wanted && words->counts[i]) list[(*n)++] = (text_count){words->texts[i], words->counts[i]};
    qsort(list, (size_t)*n, sizeof *list, compare_counts);
    return list;
}

int64_t build_count_words(const build *b, meaning wanted)
{
    int64_t n = 0;
    for (int32_t i = 0; i < b->n_judged; i++)
        if (b->words[i].is == wanted) n += b->raw->words.counts[i];
    return n;
}

static int compare_texts(const void *a, const void *b)
{
    return text_compare(*(const text *)a, *(const text *)b);
}

static int32_t unique_texts(text *texts, int32_t n)
{
    int32_t kept = 0;
    qsort(texts, (size_t)n, sizeof *texts, compare_texts);
    for (int32_t i = 0; i < n; i++)
        if (!kept || !text_equal(texts[kept - 1], texts[i])) texts[kept++] = texts[i];
    return kept;
}

/* The tokens that were told, or those that were found; sorted, each once. */
static ptg_status note_missing(build *b, const text_count *list, int32_t n_words, ptg_error *err)
{
    int32_t n = 0;
    text *tokens = mem_array(n_words + b->wish->n_tokens, sizeof *tokens);
    ptg_status status = tokens ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        for (int32_t i = 0; i < n_words && !b->wish->with_tokens; i++)
            tokens[n++] = text_trim(list[i].value);
        for (int32_t i = 0; i < b->wish->n_tokens; i++)
            if (!cell_is_blank(b->wish->tokens[i])) tokens[n++] = text_trim(b->wish->tokens[i]);
        b->out->shown.n_missing_tokens = unique_texts(tokens, n);
        b->out->shown.missing_tokens = column_copy_texts(b->out, tokens, b->out->shown.n_missing_tokens);
        if (!b->out->shown.missing_tokens) status = fail_memory(err);
    }
    mem_free(tokens);
    return status;
}

/* A record in the making; texts are held by the build. */
typedef struct records {
    text values[MOST_RECORDED], reasons[MOST_RECORDED];
    int64_t counts[MOST_RECORDED];
    bool missing[MOST_RECORDED];
    int32_t n;
} records;

/* Why a word that could stand for missing does, or does not. */
static const char *explain(const build *b, int32_t i, const missing_spike *spike, char reason[MISSING_REASON_SIZE])
{
    bool token = b->words[i].is == TOKEN;
    if (spike) return spike->reason;
    if (b->wish->with_tokens) return token ? "It was given as a missing token." : "It was not given as a missing token.";
    if (build_is_words(b)) {
        missing_decide_word(&b->survey, b->raw->words.texts[i], b->raw->words.counts[i], b->wish->is_target, reason);
        return reason;
    }
    return b->verdict->type == COLUMN_NUMERIC ? "It is no number, and is often written where there is no value."
                                              : "It is no date, and is often written where there is no value.";
}

static bool add_record(const build *b, records *r, text value, int64_t count, bool missing, const char *reason)
{
    int32_t at = r->n++;
    size_t size = strlen(reason);
    r->values[at] = text_trim(value);
    r->reasons[at] = (text){arena_text(b->texts, reason, size), (int64_t)size};
    r->counts[at] = count;
    r->missing[at] = missing;
    return r->reasons[at].data && r->values[at].data;
}

/* Words that could stand for missing, then numbers that could and do not. */
static bool gather_records(const build *b, records *r)
{
    const dictionary *words = &b->raw->words;
    char reason[MISSING_REASON_SIZE];
    for (int32_t i = 0; i < b->n_judged; i++) {
        const judged *j = &b->words[i];
        bool number = !build_is_words(b) && j->is != INVALID && j->kind == MISSING_NOT;
        int at = number && b->n_spikes ? spike_of(b, j->number) : -1;
        const missing_spike *spike = at >= 0 ? &b->spikes[at] : NULL;
        if ((j->kind == MISSING_NOT && j->is != TOKEN && !spike) || !words->counts[i] || r->n == MOST_RECORDED) continue;
        if (!add_record(b, r, words->texts[i], words->counts[i], j->is == TOKEN, explain(b, i, spike, reason))) return false;
    }
    for (int k = 0; k < b->n_spikes && b->raw->kind == RAW_NUMBERS; k++) {
        const missing_spike *s = &b->spikes[k];
        if (s->missing || r->n == MOST_RECORDED) continue;
        if (!add_record(b, r, b->spike_texts[k], s->count, false, s->reason)) return false;
    }
    return true;
}

static ptg_status record_tokens(build *b, ptg_error *err)
{
    records r = {.n = 0};
    if (!gather_records(b, &r)) return fail_memory(err);
    column_token *tokens = column_take(b->out, r.n, sizeof *tokens);
    const text *values = column_copy_texts(b->out, r.values, r.n), *reasons = column_copy_texts(b->out, r.reasons, r.n);
    if (!tokens || !values || !reasons) return fail_memory(err);
    for (int32_t i = 0; i < r.n; i++)
        tokens[i] = (column_token){values[i], r.counts[i], r.missing[i], reasons[i]};
    b->out->shown.tokens = tokens;
    b->out->shown.n_tokens = r.n;
    return PTG_OK;
}

ptg_status build_note_tokens(build *b, ptg_error *err)
{
    int32_t n;
    text_count *list = build_list_words(b, TOKEN, &n);
    ptg_status status = list ? note_missing(b, list, n, err) : fail_memory(err);
    mem_free(list);
    return status == PTG_OK ? record_tokens(b, err) : status;
}
