/* Each chunk writes its rows' numbers and text numbers where they belong in the whole columns, with a dictionary of its own a
 * column; then, column by column, the chunks' dictionaries are merged in the order of the chunks, so that texts are numbered by
 * first appearance whatever thread read them. This goes on batch by batch of chunks, so that the memory of their dictionaries
 * is small and used again. */
#include "table/parse.h"

#include <math.h>
#include <string.h>

#include "table/json_lines.h"
#include "table/rows_choice.h"
#include "table/word_look.h"

typedef struct chunk_column {
    dictionary words;
    int64_t *aside_rows;
    int32_t *aside_ids;
    int64_t n_aside, capacity;
    raw_census census;
    int64_t n_dates;
    datetime_details seen;
    bool spoilt;
    bool list; /* words are listed, each time one stands there */
} chunk_column;

/* Chunks of a batch. It changes nothing but how often threads wait for each other. */
enum { BATCH = 64, AHEAD = 16, MANY_WORDS = 1 << 15 };

struct parse_chunk {
    chunk_column *columns;
    field *fields;
    arena *bytes; /* values of escaped cells, till they are merged; made when needed */
    char *scratch;
    int64_t scratch_size;
    int64_t first_row, end_row; /* of the rows that are read */
    int64_t n_short, n_long, n_comments, n_blank;
    int32_t n_ragged_shown;
    int64_t ragged_at[100];
    int32_t ragged_fields[100];
};

/* The value of a cell; escaped ones lie in the chunk's scratch. data NULL when out of memory. */
static text cell_text(parse_chunk *c, const field *f)
{
    if (!f->escaped) return (text){f->data, f->size};
    if (f->size + 1 > c->scratch_size) {
        int64_t wanted = 2 * f->size + 64;
        char *fresh = mem_resize(c->scratch, c->scratch_size, wanted, 1);
        if (!fresh) return (text){NULL, 0};
        c->scratch = fresh;
        c->scratch_size = wanted;
    }
    return (text){c->scratch, f->quote ? field_unescape(f, c->scratch) : json_unescape((text){f->data, f->size}, c->scratch)};
}

static bool keep_word(parse_chunk *c, text *word)
{
    if (!c->bytes) c->bytes = arena_new();
    word->data = c->bytes ? arena_text(c->bytes, word->data, (size_t)word->size) : NULL;
    return word->data != NULL;
}

/* The word's number in the column's dictionary, -1 when out of memory. Where nearly all words are new ones anyway they are only
 * listed. */
static int32_t word_number(const parse *p, parse_chunk *c, chunk_column *part, text word, bool in_scratch)
{
    uint64_t hash = text_hash(word);
    dictionary *words = &part->words;
    int32_t n = words->n, id = part->list ? dictionary_append(words, word, hash) : dictionary_put(words, word, hash);
    if (id < 0) return -1;
    if (id == n) {
        words->looks[id] = word_look_at(word, p->decimal_mark);
        if (in_scratch && !keep_word(c, &words->texts[id])) return -1;
    }
    words->counts[id] += !part->list;
    return id;
}

static bool put_aside(chunk_column *part, int64_t row, int32_t id)
{
    if (part->n_aside == part->capacity) {
        int64_t wanted = part->capacity ? 2 * part->capacity : 16;
        int64_t *rows = mem_resize(part->aside_rows, part->capacity, wanted, sizeof *rows);
        if (rows) part->aside_rows = rows;
        int32_t *ids = mem_resize(part->aside_ids, part->capacity, wanted, sizeof *ids);
        if (ids) part->aside_ids = ids;
        if (!rows || !ids) return false;
        part->capacity = wanted;
    }
    part->aside_rows[part->n_aside] = row;
    part->aside_ids[part->n_aside++] = id;
    return true;
}

static bool is_blank_field(const field *f)
{
    return !f->size || (f->data[0] <= ' ' && cell_is_blank((text){f->data, f->size}));
}

static bool take_number(const parse *p, parse_chunk *c, chunk_column *part, const field *f, int64_t row, double *to)
{
    cell_traits traits;
    *to = NAN;
    if (is_blank_field(f)) {
        part->census.empty++;
        return true;
    }
    text cell = cell_text(c, f);
    if (!cell.data) return false;
    bool roomy = !f->escaped && p->plan->content.data + p->plan->content.size - cell.data > 8;
    bool number = roomy && cell_number_short(cell, p->decimal_mark, to, &traits);
    if (number || cell_number(cell, p->decimal_mark, to, &traits)) {
        part->census.numbers++;
        part->census.whole += traits.whole;
        part->census.zero_led += traits.zero_led;
        part->census.over_2_53 += traits.over_2_53;
        return true;
    }
    *to = NAN;
    int32_t id = word_number(p, c, part, cell, f->escaped);
    return id >= 0 && put_aside(part, row, id);
}

/* Dates are read for what they are where every cell is one, or stands for missing: then their texts tell nothing more. A day
 * that may itself stand for missing is told by how often each text stands there, so it spoils the column too. */
static bool take_date(const parse *p, parse_chunk *c, chunk_column *part, const field *f, int64_t row, double *to)
{
    *to = NAN;
    if (part->spoilt) return true;
    if (is_blank_field(f)) {
        part->census.empty++;
        return true;
    }
    text cell = cell_text(c, f);
    if (!cell.data) return false;
    text bare = text_trim(cell);
    bool digit = bare.size && *bare.data >= '0' && *bare.data <= '9';
    if (digit && datetime_read(bare, DATETIME_ISO, to, &part->seen)) {
        part->n_dates++;
        part->spoilt = missing_is_empty_day(*to);
        return true;
    }
    *to = NAN;
    part->spoilt = !missing_is_wide_token(cell);
    if (part->spoilt) return true;
    int32_t id = word_number(p, c, part, cell, f->escaped);
    return id >= 0 && put_aside(part, row, id);
}

static bool take_text(const parse *p, parse_chunk *c, chunk_column *part, const field *f, int32_t *to)
{
    *to = -1;
    if (is_blank_field(f)) return true;
    text cell = cell_text(c, f);
    if (!cell.data) return false;
    *to = word_number(p, c, part, cell, f->escaped);
    return *to >= 0;
}

static bool take_row(const parse *p, parse_chunk *c, const field *fields, int64_t row)
{
    for (int32_t i = 0; i < p->width; i++) {
        raw_column *raw = &p->columns[i];
        bool fine = true;
        if (raw->kind == RAW_NUMBERS)
            fine = take_number(p, c, &c->columns[i], &fields[i], row, &raw->numbers[row]);
        else if (raw->kind == RAW_DATES)
            fine = take_date(p, c, &c->columns[i], &fields[i], row, &raw->numbers[row]);
        else if (raw->kind == RAW_TEXTS)
            fine = take_text(p, c, &c->columns[i], &fields[i], &raw->ids[row]);
        if (!fine) return false;
    }
    return true;
}

static void note_ragged(const parse *p, parse_chunk *c, int64_t at, int32_t n_fields)
{
    if (n_fields == p->width || (p->may_lack && n_fields == p->width - 1)) return;
    c->n_short += n_fields < p->width;
    c->n_long += n_fields > p->width;
    if (c->n_ragged_shown == 100) return;
    c->ragged_at[c->n_ragged_shown] = at;
    c->ragged_fields[c->n_ragged_shown++] = n_fields;
}

static ptg_status read_rows(const parse *p, parse_chunk *c, const scan_chunk *from, field *fields, ptg_error *err)
{
    const scan_plan *plan = p->plan;
    scanner s = scanner_of(plan->content, from->as[from->state].first, plan->content.size, plan->rule);
    scan_record record;
    int64_t file_row = from->first_row, row = c->first_row;
    bool to_end = p->n_file_rows == plan->n_rows; /* comments and blank lines after the last row count too */
    while (s.at < from->end && (to_end || file_row < p->n_file_rows)) {
        int64_t at = s.at;
        scan_next(&s, fields, p->width, &record);
        c->n_blank += record.blank;
        c->n_comments += record.comment;
        if (record.blank || record.comment) continue;
        note_ragged(p, c, at, record.n_fields);
        for (int32_t i = record.n_fields; i < p->width; i++)
            fields[i] = (field){.data = ""};
        if (rows_is_kept(p->kept, file_row++) && !take_row(p, c, fields, row++)) return fail_memory(err);
    }
    return PTG_OK;
}

/* Lines of JSON: parse->keys took them all, so that each one is an object. */
static ptg_status read_lines(const parse *p, parse_chunk *c, const scan_chunk *from, field *fields, ptg_error *err)
{
    json_reader *reader = json_reader_new(p->keys);
    ptg_status status = reader ? PTG_OK : fail_memory(err);
    const text content = {p->plan->content.data, from->end};
    int64_t at = from->begin, file_row = from->first_row, row = c->first_row;
    while (status == PTG_OK && at < from->end && file_row < p->n_file_rows) {
        if (!json_reader_next(reader, content, &at, fields))
            c->n_blank++;
        else if (rows_is_kept(p->kept, file_row++) && !take_row(p, c, fields, row++))
            status = fail_memory(err);
    }
    json_reader_free(reader);
    return status;
}

static void reset_chunk(const parse *p, parse_chunk *c)
{
    for (int32_t i = 0; i < p->width; i++) {
        dictionary_reset(&c->columns[i].words);
        c->columns[i].n_aside = 0;
        c->columns[i].census = (raw_census){0};
        c->columns[i].n_dates = 0;
        c->columns[i].seen = (datetime_details){0};
        c->columns[i].spoilt = p->columns[i].spoilt;
        c->columns[i].list = 2 * (int64_t)p->columns[i].words.n > c->first_row;
    }
    if (c->bytes) arena_reset(c->bytes);
    c->n_short = c->n_long = c->n_comments = c->n_blank = 0;
    c->n_ragged_shown = 0;
}

/* Chunk i of the batch. */
static ptg_status read_chunk(void *context, int64_t i, ptg_error *err)
{
    const parse *p = context;
    parse_chunk *c = &p->chunks[i];
    const scan_chunk *from = &p->plan->chunks[p->batch + i];
    if (!c->columns) c->columns = mem_array(p->width, sizeof *c->columns);
    if (!c->fields) c->fields = mem_array(p->width, sizeof *c->fields);
    if (!c->columns || !c->fields) return fail_memory(err);
    reset_chunk(p, c);
    return p->keys ? read_lines(p, c, from, c->fields, err) : read_rows(p, c, from, c->fields, err);
}

/* Adds the chunk's words to the whole column's; `map` takes their new numbers. */
static bool merge_words(raw_column *raw, const dictionary *from, int32_t *map)
{
    dictionary *to = &raw->words;
    for (int32_t i = 0; i < from->n; i++) {
        if (i + AHEAD < from->n) dictionary_prefetch(to, from->hashes[i + AHEAD]);
        int32_t n = to->n, id = dictionary_put(to, from->texts[i], from->hashes[i]);
        if (id < 0) return false;
        if (id == n && !(to->texts[id].data = text_store_add(&raw->bytes, from->texts[i]))) return false;
        to->counts[id] += from->counts[i];
        to->looks[id] = from->looks[i];
        map[i] = id;
    }
    return true;
}

static void renumber(const parse_chunk *c, raw_column *raw, const chunk_column *from, const int32_t *map)
{
    for (int64_t row = c->first_row; row < c->end_row && raw->kind == RAW_TEXTS; row++)
        if (raw->ids[row] >= 0) raw->ids[row] = map[raw->ids[row]];
    for (int64_t k = 0; k < from->n_aside; k++) {
        raw->aside_rows[raw->n_aside] = from->aside_rows[k];
        raw->aside_ids[raw->n_aside++] = map[from->aside_ids[k]];
    }
}

static bool aside_room(raw_column *raw, int64_t more)
{
    if (raw->n_aside + more <= raw->aside_capacity) return true;
    int64_t wanted = 2 * raw->aside_capacity > raw->n_aside + more ? 2 * raw->aside_capacity : raw->n_aside + more;
    int64_t *rows = mem_resize(raw->aside_rows, raw->aside_capacity, wanted, sizeof *rows);
    if (rows) raw->aside_rows = rows;
    int32_t *ids = mem_resize(raw->aside_ids, raw->aside_capacity, wanted, sizeof *ids);
    if (ids) raw->aside_ids = ids;
    if (!rows || !ids) return false;
    raw->aside_capacity = wanted;
    return true;
}

static void clear_chunk_column(chunk_column *part)
{
    dictionary_clear(&part->words);
    mem_free(part->aside_rows);
    mem_free(part->aside_ids);
    *part = (chunk_column){0};
}

/* Room for the words of a column that has had many new ones so far, as many as it will have if that goes on: growing step by
 * step would touch the memory several times. */
static bool expect_words(const parse *p, raw_column *raw)
{
    int64_t seen = p->chunks[0].first_row;
    if (raw->words.n < MANY_WORDS || raw->words.n < raw->words.capacity / 2 || seen < 1) return true;
    double expected = 1.02 * raw->words.n * ((double)p->n_rows / (double)seen);
    return expected > INT32_MAX / 2 || dictionary_reserve(&raw->words, (int64_t)expected);
}

static void add_dates(raw_column *raw, const chunk_column *from)
{
    raw->n_dates += from->n_dates;
    datetime_add_details(&raw->seen, from->seen);
    raw->spoilt |= from->spoilt;
}

/* Column i of all chunks of the batch. */
static ptg_status merge_column(void *context, int64_t i, ptg_error *err)
{
    const parse *p = context;
    raw_column *raw = &p->columns[i];
    int32_t most = 0;
    if (raw->kind == RAW_SKIPPED) return PTG_OK;
    for (int64_t k = 0; k < p->n_batch; k++)
        most = p->chunks[k].columns[i].words.n > most ? p->chunks[k].columns[i].words.n : most;
    int32_t *map = mem_array(most, sizeof *map);
    bool fine = map && expect_words(p, raw);
    for (int64_t k = 0; k < p->n_batch && fine; k++) {
        chunk_column *from = &p->chunks[k].columns[i];
        raw_census_add(&raw->census, &from->census);
        add_dates(raw, from);
        fine = aside_room(raw, from->n_aside) && merge_words(raw, &from->words, map);
        if (fine) renumber(&p->chunks[k], raw, from, map);
    }
    mem_free(map);
    return fine ? PTG_OK : fail_memory(err);
}

static void gather_ragged(parse *p, const parse_chunk *c, const scan_chunk *part)
{
    p->n_short += c->n_short;
    p->n_long += c->n_long;
    p->n_comments += c->n_comments;
    p->n_blank += c->n_blank;
    for (int32_t i = 0; i < c->n_ragged_shown && p->n_ragged_shown < 100; i++) {
        const char *begin = p->plan->content.data + part->begin;
        int64_t line = part->first_line + scan_count_newlines(begin, c->ragged_at[i] - part->begin);
        p->ragged[p->n_ragged_shown++] = (frame_ragged){line, c->ragged_fields[i]};
    }
}

static int64_t count_kept(const parse *p, int64_t from, int64_t to)
{
    int64_t n = 0;
    if (!p->kept) return to - from;
    for (int64_t row = from; row < to; row++)
        n += rows_is_kept(p->kept, row);
    return n;
}

/* Which rows the chunks of the batch write, from `row` on; returns the next one. */
static int64_t place_chunks(parse *p, int64_t row)
{
    for (int64_t k = 0; k < p->n_batch; k++) {
        const scan_chunk *part = &p->plan->chunks[p->batch + k];
        int64_t end = part->first_row + part->as[part->state].rows;
        int64_t from = part->first_row < p->n_file_rows ? part->first_row : p->n_file_rows;
        p->chunks[k].first_row = row;
        row += count_kept(p, from, end < p->n_file_rows ? end : p->n_file_rows);
        p->chunks[k].end_row = row;
    }
    return row;
}

static ptg_status make_columns(parse *p, ptg_error *err)
{
    for (int32_t i = 0; i < p->width; i++) {
        raw_column *raw = &p->columns[i];
        raw->n_rows = p->n_rows;
        if (raw->kind == RAW_NUMBERS || raw->kind == RAW_DATES) raw->numbers = mem_array(p->n_rows, sizeof *raw->numbers);
        if (raw->kind == RAW_TEXTS) raw->ids = mem_array(p->n_rows, sizeof *raw->ids);
        if (raw->kind != RAW_SKIPPED && !raw->numbers && !raw->ids) return fail_memory(err);
    }
    return PTG_OK;
}

ptg_status parse_run(parse *p, ptg_error *err)
{
    int64_t n_chunks = p->plan->n_chunks, row = 0;
    p->n_chunks = n_chunks < BATCH ? n_chunks : BATCH;
    p->chunks = mem_array(p->n_chunks, sizeof *p->chunks);
    if (!p->chunks) return fail_memory(err);
    TRY(make_columns(p, err));
    p->n_short = p->n_long = p->n_comments = p->n_blank = 0;
    p->n_ragged_shown = 0;
    for (p->batch = 0; p->batch < n_chunks; p->batch += p->n_batch) {
        p->n_batch = n_chunks - p->batch < BATCH ? n_chunks - p->batch : BATCH;
        row = place_chunks(p, row);
        TRY(pool_run(p->threads, p->n_batch, read_chunk, p, err));
        TRY(pool_run(p->threads, p->width, merge_column, p, err));
        for (int64_t k = 0; k < p->n_batch; k++)
            gather_ragged(p, &p->chunks[k], &p->plan->chunks[p->batch + k]);
    }
    for (int32_t i = 0; i < p->width; i++)
        dictionary_rest(&p->columns[i].words);
    parse_clear(p);
    return PTG_OK;
}

void parse_clear(parse *p)
{
    for (int64_t k = 0; p->chunks && k < p->n_chunks; k++) {
        parse_chunk *c = &p->chunks[k];
        for (int32_t i = 0; c->columns && i < p->width; i++)
            clear_chunk_column(&c->columns[i]);
        mem_free(c->columns);
        mem_free(c->fields);
        mem_free(c->scratch);
        arena_free(c->bytes);
    }
    mem_free(p->chunks);
    p->chunks = NULL;
}
