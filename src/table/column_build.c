/* From raw cells to a column of a frame: each distinct text is judged once (value, missing token, invalid; column_tokens.c),
 * then the rows follow by number. Cells that are tokens or invalid keep their texts aside, so that a column can be given
 * another type later. Numbers and dates: column_numbers.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "table/column_build.h"
#include "table/datetime.h"
#include "table/text_sort.h"

bool build_is_words(const build *b)
{
    return b->verdict->type != COLUMN_NUMERIC && b->verdict->type != COLUMN_DATETIME;
}

/* Texts that were made from numbers are plain, whatever the style of the column's cells. */
static bool read_number(const build *b, text word, uint32_t *affixes, double *value)
{
    const number_style *style = &b->verdict->style;
    cell_traits traits;
    *affixes = 0;
    bool made = b->raw->canonical && b->raw->kind == RAW_TEXTS && (style->clock != CLOCK_DIGITS || b->raw->clocked);
    if (made && cell_number(word, '.', value, &traits)) return true;
    if (!number_style_value(style, word, value, affixes)) return false;
    bool marked = style->mark != b->mark && style->clock == CLOCK_NONE && memchr(word.data, style->mark, (size_t)word.size);
    *affixes |= marked ? 1u << AFFIX_DECIMAL : 0;
    return true;
}

bool build_value(const build *b, column_type as, text word, uint32_t *affixes, double *value)
{
    if (as == COLUMN_NUMERIC) return read_number(b, word, affixes, value);
    int family = b->verdict->family < 0 ? 0 : b->verdict->family;
    *affixes = 0;
    return datetime_read(word, family, value, NULL) || datetime_read(word, 0, value, NULL);
}

bool aside_room(build *b, aside *a, int64_t n)
{
    a->rows = column_take(b->out, n, sizeof *a->rows);
    a->ids = column_take(b->out, n, sizeof *a->ids);
    return a->rows && a->ids;
}

void aside_put(aside *a, int64_t row, int32_t id)
{
    a->rows[a->n] = row;
    a->ids[a->n++] = id;
}

ptg_status aside_finish(build *b, aside *a, ptg_error *err)
{
    const dictionary *words = &b->raw->words;
    if (!a->n) return PTG_OK;
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

/* Words that are levels or texts as they stand: no two of them become one. */
static ptg_status place_values(build *b, dictionary *made, ptg_error *err)
{
    const dictionary *words = &b->raw->words;
    made->texts = mem_array(words->n, sizeof *made->texts);
    if (!made->texts) return fail_memory(err);
    for (int32_t i = 0; i < words->n; i++) {
        bool value = b->words[i].is == VALUE;
        b->places[i] = value ? made->n : -1;
        if (value) made->texts[made->n++] = words->texts[i];
    }
    return PTG_OK;
}

/* The levels' numbers for the values among the words, by their canonical texts, which `bytes` holds. */
static ptg_status place_canonical(build *b, dictionary *made, arena *bytes, ptg_error *err)
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

static bool is_canonical(const build *b)
{
    return b->verdict->type == COLUMN_CATEGORICAL && b->verdict->origin != COLUMN_CATEGORICAL;
}

/* What the column's own texts are, and their numbers for the words: b->places, NULL where they are the same. */
static ptg_status place_words(build *b, dictionary *made, arena *bytes, ptg_error *err)
{
    dictionary *words = &b->raw->words;
    if (b->plain) {
        *made = (dictionary){.texts = words->texts, .n = words->n};
        words->texts = NULL;
        return PTG_OK;
    }
    b->places = mem_array(words->n, sizeof *b->places);
    if (!b->places) return fail_memory(err);
    return is_canonical(b) ? place_canonical(b, made, bytes, err) : place_values(b, made, err);
}

/* Levels in the order of their bytes; places follow. */
static ptg_status sort_levels(build *b, dictionary *made, ptg_error *err)
{
    int32_t *order = mem_array(made->n, sizeof *order), *moved = mem_array(made->n, sizeof *moved);
    text *sorted = mem_array(made->n, sizeof *sorted);
    ptg_status status = order && moved && sorted ? text_sort(made->texts, made->n, order, err) : fail_memory(err);
    if (status == PTG_OK) {
        for (int32_t i = 0; i < made->n; i++) {
            moved[order[i]] = i;
            sorted[i] = made->texts[order[i]];
        }
        for (int32_t i = 0; b->places && i < b->raw->words.n; i++)
            if (b->places[i] >= 0) b->places[i] = moved[b->places[i]];
        text *before = made->texts;
        made->texts = sorted; /* the dictionary is not searched any more */
        sorted = before;
    }
    mem_free(order);
    if (status == PTG_OK && !b->places)
        b->places = moved;
    else
        mem_free(moved);
    mem_free(sorted);
    return status;
}

static ptg_status number_cells(build *b, ptg_error *err)
{
    raw_column *raw = b->raw;
    aside a = {0};
    if (!aside_room(b, &a, build_count_words(b, TOKEN))) return fail_memory(err);
    for (int64_t i = 0; b->places && i < raw->n_rows; i++) {
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

/* Levels or texts become the column's: with the blocks that hold them, or copied where they belong to somebody else. */
static ptg_status keep_words(build *b, dictionary *made, ptg_error *err)
{
    column_body *out = b->out;
    text_store *bytes = &b->raw->bytes;
    out->n_words = made->n;
    if (!bytes->n || is_canonical(b)) {
        out->words = column_copy_texts(out, made->texts, made->n);
        return out->words ? PTG_OK : fail_memory(err);
    }
    for (int32_t i = 0; i < bytes->n; i++)
        column_adopt(out, bytes->blocks[i]);
    column_adopt(out, made->texts);
    out->words = made->texts;
    made->texts = NULL;
    bytes->n = 0;
    return PTG_OK;
}

static ptg_status build_words(build *b, ptg_error *err)
{
    ptg_status status = PTG_OK;
    dictionary made = {0};
    arena *bytes = arena_new();
    if (!bytes) GO(fail_memory(err));
    GO(place_words(b, &made, bytes, err));
    if (b->verdict->type == COLUMN_CATEGORICAL) GO(sort_levels(b, &made, err));
    GO(keep_words(b, &made, err));
    GO(number_cells(b, err));
    status = show_words(b, err);
done:
    dictionary_clear(&made);
    arena_free(bytes);
    mem_free(b->places);
    return status;
}

static ptg_status note_invalid(build *b, ptg_error *err)
{
    int32_t n;
    text_count *list = build_list_words(b, INVALID, &n);
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

static ptg_status note_texts(build *b, text name, ptg_error *err)
{
    column *shown = &b->out->shown;
    const type_verdict *v = b->verdict;
    shown->name = column_copy_text(b->out, name);
    shown->reason = column_copy_text(b->out, text_of(v->reason));
    shown->format = column_copy_text(b->out, text_of(v->format));
    shown->unit = column_copy_text(b->out, text_of(v->type == COLUMN_NUMERIC ? v->style.unit : ""));
    shown->other_format = column_copy_text(b->out, text_of(v->other_format));
    bool fine = shown->name.data && shown->reason.data && shown->format.data && shown->unit.data && shown->other_format.data;
    return fine ? PTG_OK : fail_memory(err);
}

/* What stood around the digits, and what cells of any type read as. */
static void note_cells(build *b)
{
    column *shown = &b->out->shown;
    shown->n_like_numbers = b->verdict->n_like_numbers;
    shown->n_like_dates = b->verdict->n_like_dates;
    for (int32_t i = 0; i < b->n_judged && shown->type == COLUMN_NUMERIC; i++) {
        const judged *j = &b->words[i];
        if (j->is != VALUE || !j->affixes) continue;
        shown->n_affixed += b->raw->words.counts[i];
        for (int k = 0; k < NUMBER_AFFIXES; k++)
            if (j->affixes & 1u << k) shown->affixes[k] += b->raw->words.counts[i];
    }
    shown->order = text_of(shown->type == COLUMN_CATEGORICAL ? level_order_find(shown->levels, shown->n_levels) : "");
}

static ptg_status fill(build *b, text name, ptg_error *err)
{
    column *shown = &b->out->shown;
    shown->type = b->verdict->type;
    b->out->origin = b->verdict->origin;
    TRY(note_texts(b, name, err));
    TRY(build_judge_words(b, err));
    int64_t empty = b->raw->kind == RAW_TEXTS ? types_census(b->raw, b->mark).empty : b->raw->census.empty;
    if (build_is_words(b))
        TRY(build_words(b, err));
    else
        TRY(build_numbers(b, err));
    shown->n_missing = empty + build_count_words(b, TOKEN);
    shown->n_invalid = build_count_words(b, INVALID);
    column_note_values(b->out, b->raw->n_rows);
    note_cells(b);
    TRY(note_invalid(b, err));
    return build_note_tokens(b, err);
}

ptg_status column_build(raw_column *raw, const column_wish *wish, char decimal_mark, text name, column_body *out,
                        ptg_error *err)
{
    type_verdict verdict;
    column_wish named = *wish;
    named.name = name;
    types_decide(raw, &named, decimal_mark, &verdict);
    *out = (column_body){0};
    build b = {.raw = raw, .wish = &named, .verdict = &verdict, .mark = decimal_mark, .out = out, .texts = arena_new()};
    ptg_status status = b.texts ? fill(&b, name, err) : fail_memory(err);
    mem_free(b.words);
    mem_free(b.told);
    arena_free(b.texts);
    if (status != PTG_OK) column_body_clear(out);
    return status;
}
