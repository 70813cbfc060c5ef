/* From raw cells to a column of a frame: each distinct text is judged once (value, missing token, invalid), then the rows
 * follow by number. Cells that are tokens or invalid keep their texts aside, so that a column can be given another type later.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "table/datetime.h"
#include "table/raw.h"

typedef enum meaning { VALUE, TOKEN, INVALID } meaning;

/* One distinct text, judged. */
typedef struct judged {
    meaning is;
    double number;  /* numeric and datetime; also of levels whose origin is one of them */
    bool canonical; /* such a level with a number */
} judged;

/* A token that is a number: its value is missing wherever it stands, however it is written. */
typedef struct told_number {
    double value;
    text token;
} told_number;

/* What the steps of one build share. */
typedef struct build {
    raw_column *raw;
    const column_wish *wish;
    const type_verdict *verdict;
    char mark;
    column_body *out;
    judged *words;
    int32_t *places; /* word to its number in out->words; -1 where it is no value */
    told_number *told;
    int32_t n_told;
} build;

/* The told number that `value` is, or NULL. */
static const told_number *told_number_of(const build *b, double value)
{
    for (int32_t i = 0; i < b->n_told; i++)
        if (b->told[i].value == value) return &b->told[i];
    return NULL;
}

static bool is_told_token(const build *b, text word)
{
    text bare = text_trim(word);
    for (int32_t i = 0; i < b->wish->n_tokens; i++)
        if (text_equal(bare, text_trim(b->wish->tokens[i]))) return true;
    return false;
}

static bool is_word_type(const build *b)
{
    return b->verdict->type != COLUMN_NUMERIC && b->verdict->type != COLUMN_DATETIME;
}

/* Without told tokens: the wide list for numbers and dates; for texts the narrow one, but for a token in over half of the
 * cells. */
static bool is_token(const build *b, int32_t i, int64_t filled)
{
    text word = b->raw->words.texts[i];
    if (b->wish->with_tokens) return is_told_token(b, word);
    if (!is_word_type(b)) return missing_is_wide_token(word);
    return missing_is_narrow_token(word) && b->raw->words.counts[i] * 2 <= filled;
}

static bool read_value(const build *b, column_type as, text word, double *value)
{
    cell_traits traits;
    if (as == COLUMN_NUMERIC) return cell_number(word, b->mark, value, &traits);
    int family = b->verdict->family < 0 ? 0 : b->verdict->family;
    return datetime_read(word, family, value, NULL) || datetime_read(word, 0, value, NULL);
}

static judged judge(const build *b, int32_t i, int64_t filled)
{
    text word = b->raw->words.texts[i];
    judged j = {.is = VALUE};
    if (is_token(b, i, filled)) {
        j.is = TOKEN;
    } else if (!is_word_type(b)) {
        if (!read_value(b, b->verdict->type, word, &j.number))
            j.is = INVALID;
        else if (b->verdict->type == COLUMN_NUMERIC && told_number_of(b, j.number))
            j.is = TOKEN;
    } else if (b->verdict->type == COLUMN_CATEGORICAL && b->verdict->origin != COLUMN_CATEGORICAL) {
        j.canonical = read_value(b, b->verdict->origin, word, &j.number);
    }
    return j;
}

static ptg_status judge_words(build *b, ptg_error *err)
{
    const dictionary *words = &b->raw->words;
    int64_t filled = 0;
    b->words = mem_array(words->n, sizeof *b->words);
    b->told = mem_array(b->wish->n_tokens, sizeof *b->told);
    if (!b->words || !b->told) return fail_memory(err);
    cell_traits traits;
    b->n_told = 0;
    for (int32_t i = 0; i < b->wish->n_tokens; i++) {
        told_number *next = &b->told[b->n_told];
        next->token = text_trim(b->wish->tokens[i]);
        b->n_told += cell_number(next->token, b->mark, &next->value, &traits);
    }
    for (int32_t i = 0; i < words->n; i++)
        filled += words->counts[i];
    for (int32_t i = 0; i < words->n; i++)
        b->words[i] = judge(b, i, filled);
    return PTG_OK;
}

/* Cells of a row that are tokens or invalid, gathered while rows are walked. */
typedef struct aside {
    int64_t *rows;
    int32_t *ids;
    int64_t n;
} aside;

static bool aside_room(build *b, aside *a, int64_t n)
{
    a->rows = column_take(b->out, n, sizeof *a->rows);
    a->ids = column_take(b->out, n, sizeof *a->ids);
    return a->rows && a->ids;
}

static void aside_put(aside *a, int64_t row, int32_t id)
{
    a->rows[a->n] = row;
    a->ids[a->n++] = id;
}

/* The aside's texts, numbered anew so that only those that are needed are kept. */
static ptg_status aside_finish(build *b, aside *a, ptg_error *err)
{
    const dictionary *words = &b->raw->words;
    int32_t *numbers = mem_array(words->n, sizeof *numbers), n = 0;
    text *kept = mem_array(words->n, sizeof *kept);
    ptg_status status = numbers && kept ? PTG_OK : fail_memory(err);
    for (int64_t i = 0; i < a->n && status == PTG_OK; i++) {
        int32_t id = a->ids[i];
        if (!numbers[id]) {
            kept[n++] = words->texts[id];
            numbers[id] = n;
        }
        a->ids[i] = numbers[id] - 1;
    }
    if (status == PTG_OK) {
        b->out->n_aside = a->n;
        b->out->aside_rows = a->rows;
        b->out->aside_ids = a->ids;
        b->out->n_aside_words = n;
        b->out->aside_words = column_copy_texts(b->out, kept, n);
        if (!b->out->aside_words) status = fail_memory(err);
    }
    mem_free(numbers);
    mem_free(kept);
    return status;
}

static int64_t count_meaning(const build *b, meaning wanted)
{
    int64_t n = 0;
    for (int32_t i = 0; i < b->raw->words.n; i++)
        if (b->words[i].is == wanted) n += b->raw->words.counts[i];
    return n;
}

/* Values of RAW_TEXTS as numbers. */
static ptg_status numbers_from_texts(build *b, ptg_error *err)
{
    const raw_column *raw = b->raw;
    double *values = column_take(b->out, raw->n_rows, sizeof *values);
    aside a = {0};
    if (!values || !aside_room(b, &a, count_meaning(b, TOKEN) + count_meaning(b, INVALID))) return fail_memory(err);
    for (int64_t i = 0; i < raw->n_rows; i++) {
        int32_t id = raw->ids[i];
        bool value = id >= 0 && b->words[id].is == VALUE;
        values[i] = value ? b->words[id].number : NAN;
        if (id >= 0 && !value) aside_put(&a, i, id);
    }
    b->out->shown.numbers = values;
    return aside_finish(b, &a, err);
}

/* Numbers that are told to be missing leave the values and join the words. */
static ptg_status take_told_numbers(build *b, aside *a, ptg_error *err)
{
    raw_column *raw = b->raw;
    int64_t n_told_cells = 0, next = 0;
    for (int64_t i = 0; i < raw->n_rows && b->n_told; i++)
        n_told_cells += told_number_of(b, raw->numbers[i]) != NULL;
    if (!aside_room(b, a, raw->n_aside + n_told_cells)) return fail_memory(err);
    for (int64_t i = 0; i < raw->n_rows; i++) {
        const told_number *told = b->n_told ? told_number_of(b, raw->numbers[i]) : NULL;
        if (next < raw->n_aside && raw->aside_rows[next] == i) {
            aside_put(a, i, raw->aside_ids[next++]);
        } else if (told) {
            int32_t id = dictionary_count(&raw->words, told->token, 1);
            if (id < 0) return fail_memory(err);
            aside_put(a, i, id);
            raw->numbers[i] = NAN;
        }
    }
    return PTG_OK;
}

static ptg_status numbers_from_numbers(build *b, ptg_error *err)
{
    raw_column *raw = b->raw;
    aside a = {0};
    int32_t n_judged = raw->words.n;
    TRY(take_told_numbers(b, &a, err));
    if (raw->words.n > n_judged) {
        mem_free(b->words);
        mem_free(b->told);
        TRY(judge_words(b, err));
    }
    column_adopt(b->out, raw->numbers);
    b->out->shown.numbers = raw->numbers;
    raw->numbers = NULL;
    return aside_finish(b, &a, err);
}

/* The levels' or texts' numbers for the values among the words. Canonical texts are held by `made`. */
static ptg_status place_words(build *b, dictionary *made, arena *bytes, ptg_error *err)
{
    const dictionary *words = &b->raw->words;
    for (int32_t i = 0; i < words->n; i++) {
        b->places[i] = -1;
        if (b->words[i].is != VALUE) continue;
        text word = words->texts[i];
        char scratch[64];
        int size = 0;
        if (b->words[i].canonical)
            size = b->verdict->origin == COLUMN_NUMERIC
                       ? number_write(b->words[i].number, scratch)
                       : datetime_write(b->words[i].number,
                                        strstr(b->verdict->format, "%H") || strstr(b->verdict->format, "%I"), scratch);
        if (size) {
            word = (text){arena_text(bytes, scratch, (size_t)size), size};
            if (!word.data) return fail_memory(err);
        }
        b->places[i] = dictionary_count(made, word, words->counts[i]);
        if (b->places[i] < 0) return fail_memory(err);
    }
    return PTG_OK;
}

typedef struct sorted_text {
    text value;
    int32_t number;
} sorted_text;

static int compare_sorted(const void *a, const void *b)
{
    return text_compare(((const sorted_text *)a)->value, ((const sorted_text *)b)->value);
}

/* Levels in the order of their bytes; places follow. */
static ptg_status sort_levels(build *b, dictionary *made, ptg_error *err)
{
    sorted_text *order = mem_array(made->n, sizeof *order);
    int32_t *moved = mem_array(made->n, sizeof *moved);
    ptg_status status = order && moved ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        for (int32_t i = 0; i < made->n; i++)
            order[i] = (sorted_text){made->texts[i], i};
        qsort(order, (size_t)made->n, sizeof *order, compare_sorted);
        for (int32_t i = 0; i < made->n; i++) {
            moved[order[i].number] = i;
            made->texts[i] = order[i].value; /* the dictionary is not searched any more */
        }
        for (int32_t i = 0; i < b->raw->words.n; i++)
            if (b->places[i] >= 0) b->places[i] = moved[b->places[i]];
    }
    mem_free(order);
    mem_free(moved);
    return status;
}

static ptg_status number_cells(build *b, ptg_error *err)
{
    raw_column *raw = b->raw;
    aside a = {0};
    if (!aside_room(b, &a, count_meaning(b, TOKEN))) return fail_memory(err);
    for (int64_t i = 0; i < raw->n_rows; i++) {
        int32_t id = raw->ids[i];
        if (id < 0) continue;
        if (b->places[id] < 0) aside_put(&a, i, id);
        raw->ids[i] = b->places[id];
    }
    column_adopt(b->out, raw->ids);
    b->out->ids = raw->ids;
    raw->ids = NULL;
    return aside_finish(b, &a, err);
}

static ptg_status show_words(build *b, ptg_error *err)
{
    column_body *out = b->out;
    if (out->shown.type == COLUMN_CATEGORICAL) {
        out->shown.codes = out->ids;
        out->shown.levels = out->words;
        out->shown.n_levels = out->n_words;
        return PTG_OK;
    }
    text *cells = column_take(out, b->raw->n_rows, sizeof *cells);
    if (!cells) return fail_memory(err);
    for (int64_t i = 0; i < b->raw->n_rows; i++)
        if (out->ids[i] >= 0) cells[i] = out->words[out->ids[i]];
    out->shown.cells = cells;
    return PTG_OK;
}

static ptg_status build_words(build *b, ptg_error *err)
{
    ptg_status status = PTG_OK;
    dictionary made = {0};
    arena *bytes = arena_new();
    b->places = mem_array(b->raw->words.n, sizeof *b->places);
    if (!bytes || !b->places) GO(fail_memory(err));
    GO(place_words(b, &made, bytes, err));
    if (b->verdict->type == COLUMN_CATEGORICAL) GO(sort_levels(b, &made, err));
    b->out->n_words = made.n;
    b->out->words = column_copy_texts(b->out, made.texts, made.n);
    if (!b->out->words) GO(fail_memory(err));
    GO(number_cells(b, err));
    status = show_words(b, err);
done:
    dictionary_clear(&made);
    arena_free(bytes);
    mem_free(b->places);
    return status;
}

static int compare_counts(const void *a, const void *b)
{
    const text_count *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return text_compare(x->value, y->value);
}

/* The words of one meaning, most frequent first. Caller frees. */
static text_count *list_words(const build *b, meaning wanted, int32_t *n)
{
    const dictionary *words = &b->raw->words;
    text_count *list = mem_array(words->n, sizeof *list);
    *n = 0;
    if (!list) return NULL;
    for (int32_t i = 0; i < words->n; i++)
        if (b->words[i].is == wanted) list[(*n)++] = (text_count){words->texts[i], words->counts[i]};
    qsort(list, (size_t)*n, sizeof *list, compare_counts);
    return list;
}

static ptg_status note_invalid(build *b, ptg_error *err)
{
    int32_t n;
    text_count *list = list_words(b, INVALID, &n);
    if (!list) return fail_memory(err);
    column *shown = &b->out->shown;
    text bare[10];
    shown->n_top_invalid = n < 10 ? n : 10;
    for (int32_t i = 0; i < shown->n_top_invalid; i++)
        bare[i] = list[i].value;
    text_count *top = column_take(b->out, shown->n_top_invalid, sizeof *top);
    const text *copies = column_copy_texts(b->out, bare, shown->n_top_invalid);
    for (int32_t i = 0; i < shown->n_top_invalid && top && copies; i++)
        top[i] = (text_count){copies[i], list[i].count};
    shown->top_invalid = top;
    mem_free(list);
    return top && copies ? PTG_OK : fail_memory(err);
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
static ptg_status note_tokens(build *b, ptg_error *err)
{
    int32_t n = 0, n_words = 0;
    text_count *list = list_words(b, TOKEN, &n_words);
    text *tokens = mem_array(n_words + b->wish->n_tokens, sizeof *tokens);
    ptg_status status = list && tokens ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        for (int32_t i = 0; i < n_words && !b->wish->with_tokens; i++)
            tokens[n++] = text_trim(list[i].value);
        for (int32_t i = 0; i < b->wish->n_tokens; i++)
            if (!cell_is_blank(b->wish->tokens[i])) tokens[n++] = text_trim(b->wish->tokens[i]);
        b->out->shown.n_missing_tokens = unique_texts(tokens, n);
        b->out->shown.missing_tokens = column_copy_texts(b->out, tokens, b->out->shown.n_missing_tokens);
        if (!b->out->shown.missing_tokens) status = fail_memory(err);
    }
    mem_free(list);
    mem_free(tokens);
    return status;
}

static ptg_status note_texts(build *b, text name, ptg_error *err)
{
    column *shown = &b->out->shown;
    shown->name = column_copy_text(b->out, name);
    shown->reason = column_copy_text(b->out, text_of(b->verdict->reason));
    shown->format = column_copy_text(b->out, text_of(b->verdict->format));
    return shown->name.data && shown->reason.data && shown->format.data ? PTG_OK : fail_memory(err);
}

static ptg_status fill(build *b, text name, ptg_error *err)
{
    b->out->shown.type = b->verdict->type;
    b->out->origin = b->verdict->origin;
    TRY(note_texts(b, name, err));
    TRY(judge_words(b, err));
    int64_t empty = b->raw->kind == RAW_NUMBERS ? b->raw->census.empty : types_census(b->raw, b->mark).empty;
    if (is_word_type(b))
        TRY(build_words(b, err));
    else if (b->raw->kind == RAW_TEXTS)
        TRY(numbers_from_texts(b, err));
    else
        TRY(numbers_from_numbers(b, err));
    b->out->shown.n_missing = empty + count_meaning(b, TOKEN);
    b->out->shown.n_invalid = count_meaning(b, INVALID);
    column_note_integers(b->out, b->raw->n_rows);
    TRY(note_invalid(b, err));
    return note_tokens(b, err);
}

ptg_status column_build(raw_column *raw, const column_wish *wish, char decimal_mark, text name, column_body *out,
                        ptg_error *err)
{
    type_verdict verdict;
    types_decide(raw, wish, decimal_mark, &verdict);
    *out = (column_body){0};
    build b = {.raw = raw, .wish = wish, .verdict = &verdict, .mark = decimal_mark, .out = out};
    ptg_status status = fill(&b, name, err);
    mem_free(b.words);
    mem_free(b.told);
    if (status != PTG_OK) column_body_clear(out);
    return status;
}
