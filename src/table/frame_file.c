/* Writing frame files (frame_file_layout.h). */
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "table/frame_file_layout.h"
#include "table/raw.h"

void frame_file_lay_out(const region *g, int64_t at[PARTS + 1])
{
    const int64_t sizes[PARTS] = {g->n_rows * (g->numbers ? 8 : 4),
                                  g->numbers ? 0 : (g->n_words + 1) * 8,
                                  g->word_bytes,
                                  g->n_aside * 8,
                                  g->n_aside * 4,
                                  (g->n_aside_words + 1) * 8,
                                  g->aside_bytes};
    at[0] = 0;
    for (int i = 0; i < PARTS; i++)
        at[i + 1] = at[i] + frame_file_aligned(sizes[i]);
}

static int64_t bytes_of(const text *texts, int32_t n)
{
    int64_t size = 0;
    for (int32_t i = 0; i < n; i++)
        size += texts[i].size;
    return size;
}

static region region_of(const frame *f, const column_body *body)
{
    return (region){.n_rows = f->n_rows,
                    .n_words = body->n_words,
                    .word_bytes = bytes_of(body->words, body->n_words),
                    .n_aside = body->n_aside,
                    .n_aside_words = body->n_aside_words,
                    .aside_bytes = bytes_of(body->aside_words, body->n_aside_words),
                    .numbers = body->shown.numbers != NULL};
}

/* Where a region's bytes go: into a checksum, or through a buffer into the file. */
typedef struct sink {
    hash_state *sum;
    file_writer *file;
    text_buffer buffer;
    int64_t written;
    ptg_status status;
    ptg_error *err;
} sink;

static void flush(sink *s)
{
    if (s->status == PTG_OK && s->buffer.failed) s->status = fail_memory(s->err);
    if (s->status == PTG_OK && s->buffer.size) s->status = file_writer_put(s->file, s->buffer.data, s->buffer.size, s->err);
    s->buffer.size = 0;
}

static void send(sink *s, const void *data, int64_t size)
{
    s->written += size;
    if (s->status != PTG_OK || !size) return;
    if (s->sum) hash_add(s->sum, data, (size_t)size);
    if (!s->file) return;
    if (size < 1 << 16) {
        text_append_bytes(&s->buffer, data, size);
        if (s->buffer.size >= 1 << 18) flush(s);
        return;
    }
    flush(s);
    if (s->status == PTG_OK) s->status = file_writer_put(s->file, data, size, s->err);
}

static void pad(sink *s)
{
    static const char zeros[ALIGN];
    send(s, zeros, frame_file_aligned(s->written) - s->written);
}

static void send_array(sink *s, const void *data, int64_t size)
{
    send(s, data, size);
    pad(s);
}

static void send_texts(sink *s, const text *texts, int32_t n)
{
    int64_t at = 0;
    for (int32_t i = 0; i <= n; i++) {
        send(s, &at, sizeof at);
        if (i < n) at += texts[i].size;
    }
    pad(s);
    for (int32_t i = 0; i < n; i++)
        send(s, texts[i].data, texts[i].size);
    pad(s);
}

static void send_region(sink *s, const frame *f, const column_body *body)
{
    if (body->shown.numbers)
        send_array(s, body->shown.numbers, f->n_rows * 8);
    else
        send_array(s, body->ids, f->n_rows * 4);
    if (!body->shown.numbers) send_texts(s, body->words, body->n_words);
    send_array(s, body->aside_rows, body->n_aside * 8);
    send_array(s, body->aside_ids, body->n_aside * 4);
    send_texts(s, body->aside_words, body->n_aside_words);
}

static ptg_status checksum_region(const frame *f, const column_body *body, char out[HASH_TEXT_SIZE], ptg_error *err)
{
    sink s = {.sum = hash_new(), .err = err};
    if (!s.sum) return fail_memory(err);
    send_region(&s, f, body);
    hash_end(s.sum, out);
    return s.status;
}

/* A text that was never set is empty in the file. */
static void put_found(bytes_writer *w, text t)
{
    bytes_put_text(w, t.data ? t : text_of(""));
}

/* What was found out about the cells, beside the values. */
static void put_record(bytes_writer *w, const column *c)
{
    bytes_put_i32(w, c->n_tokens);
    for (int32_t i = 0; i < c->n_tokens; i++) {
        bytes_put_text(w, c->tokens[i].value);
        bytes_put_i64(w, c->tokens[i].count);
        bytes_put_u8(w, c->tokens[i].missing);
        bytes_put_text(w, c->tokens[i].reason);
    }
    put_found(w, c->unit);
    put_found(w, c->other_format);
    put_found(w, c->order);
    bytes_put_i64(w, c->n_affixed);
    for (int i = 0; i < NUMBER_AFFIXES; i++)
        bytes_put_i64(w, c->affixes[i]);
    bytes_put_i64(w, c->n_non_finite);
    bytes_put_i64(w, c->n_like_numbers);
    bytes_put_i64(w, c->n_like_dates);
}

static ptg_status put_column(bytes_writer *w, const frame *f, const column_body *body, int64_t *data_at, ptg_error *err)
{
    const column *c = &body->shown;
    region g = region_of(f, body);
    int64_t at[PARTS + 1];
    char sum[HASH_TEXT_SIZE];
    frame_file_lay_out(&g, at);
    TRY(checksum_region(f, body, sum, err));
    bytes_put_text(w, c->name);
    bytes_put_u8(w, (uint8_t)c->type);
    bytes_put_u8(w, (uint8_t)body->origin);
    bytes_put_u8(w, c->integers);
    bytes_put_text(w, c->reason);
    bytes_put_text(w, c->format);
    bytes_put_i64(w, c->n_missing);
    bytes_put_i64(w, c->n_invalid);
    bytes_put_i32(w, c->n_top_invalid);
    for (int32_t i = 0; i < c->n_top_invalid; i++) {
        bytes_put_text(w, c->top_invalid[i].value);
        bytes_put_i64(w, c->top_invalid[i].count);
    }
    bytes_put_i32(w, c->n_missing_tokens);
    for (int32_t i = 0; i < c->n_missing_tokens; i++)
        bytes_put_text(w, c->missing_tokens[i]);
    put_record(w, c);
    bytes_put_i64(w, g.n_words);
    bytes_put_i64(w, g.word_bytes);
    bytes_put_i64(w, g.n_aside);
    bytes_put_i64(w, g.n_aside_words);
    bytes_put_i64(w, g.aside_bytes);
    bytes_put_i64(w, *data_at);
    bytes_put_text(w, text_of(sum));
    *data_at += at[PARTS];
    return PTG_OK;
}

static void put_dialect(bytes_writer *w, const frame_dialect *d)
{
    const bool flags[5] = {d->quoted, d->backslash, d->padded, d->header, d->trailing};
    const int64_t counts[6] = {d->n_comments, d->n_blank_lines, d->n_nul, d->n_broken, d->n_short, d->n_long};
    const text words[7] = {d->format, d->line_ends,       d->encoding,     d->compression,
                           d->reason, d->encoding_reason, d->ragged_reason};
    bytes_put_u8(w, (uint8_t)d->delimiter);
    bytes_put_u8(w, (uint8_t)d->decimal_mark);
    bytes_put_u8(w, (uint8_t)d->quote);
    bytes_put_u8(w, (uint8_t)d->comment);
    for (int i = 0; i < 5; i++)
        bytes_put_u8(w, flags[i]);
    for (int i = 0; i < 6; i++)
        bytes_put_i64(w, counts[i]);
    for (int i = 0; i < 7; i++)
        bytes_put_text(w, words[i]);
}

static void put_source(bytes_writer *w, const frame_source *s)
{
    put_dialect(w, &s->dialect);
    bytes_put_i64(w, s->sample.file_rows);
    bytes_put_i64(w, s->sample.kept_rows);
    bytes_put_u8(w, s->sample.by_class);
    bytes_put_text(w, s->sample.reason);
    bytes_put_i64(w, s->n_ragged);
    bytes_put_i32(w, s->n_ragged_shown);
    for (int32_t i = 0; i < s->n_ragged_shown; i++) {
        bytes_put_i64(w, s->ragged[i].line);
        bytes_put_i32(w, s->ragged[i].fields);
    }
    bytes_put_i32(w, s->n_renamed);
    for (int32_t i = 0; i < s->n_renamed; i++) {
        bytes_put_text(w, s->renamed[i].name);
        bytes_put_text(w, s->renamed[i].original);
        bytes_put_i32(w, s->renamed[i].place);
    }
}

static ptg_status put_directory(bytes_writer *w, const frame *f, int64_t *data_size, ptg_error *err)
{
    put_source(w, &f->source);
    bytes_put_i32(w, f->n_columns);
    *data_size = 0;
    for (int32_t i = 0; i < f->n_columns; i++)
        TRY(put_column(w, f, &f->columns[i], data_size, err));
    return text_buffer_check(w, err);
}

static ptg_status write_parts(const frame *f, const file_header *h, const bytes_writer *directory, sink *s)
{
    send(s, h, sizeof *h);
    send(s, directory->data, directory->size);
    pad(s);
    for (int32_t i = 0; i < f->n_columns; i++)
        send_region(s, f, &f->columns[i]);
    flush(s);
    return s->status;
}

ptg_status frame_save(const frame *f, const char *path, ptg_error *err)
{
    ptg_status status = PTG_OK;
    bytes_writer directory = {0};
    sink s = {.err = err};
    int64_t data_size = 0;
    file_header h = {.magic = FRAME_FILE_MAGIC, .version = VERSION, .endian = ENDIAN_MARK, .n_rows = f->n_rows};
    memcpy(h.magic, FRAME_FILE_MAGIC, 8);
    GO(put_directory(&directory, f, &data_size, err));
    h.directory_size = directory.size;
    h.directory_sum = hash_word(directory.data, (size_t)directory.size, 0);
    h.data_at = frame_file_aligned(HEADER_SIZE + directory.size);
    h.length = h.data_at + data_size;
    h.header_sum = hash_word(&h, offsetof(file_header, header_sum), 0);
    GO(file_writer_open(path, h.length, &s.file, err));
    status = write_parts(f, &h, &directory, &s);
    if (status == PTG_OK)
        status = file_writer_end(s.file, err);
    else
        file_writer_abort(s.file);
done:
    text_buffer_clear(&s.buffer);
    text_buffer_clear(&directory);
    return status;
}
