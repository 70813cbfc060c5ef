/* The memory of raw columns and of a frame's columns, and what follows from a column's values. */
#include <math.h>
#include <string.h>

#include "table/raw.h"

void *column_take(column_body *body, int64_t count, size_t size)
{
    void *block = mem_array(count, size);
    if (block) column_adopt(body, block);
    return block;
}

void column_adopt(column_body *body, void *block)
{
    body->blocks[body->n_blocks++] = block;
}

void column_body_clear(column_body *body)
{
    for (int32_t i = 0; i < body->n_blocks; i++)
        mem_free(body->blocks[i]);
    memset(body, 0, sizeof *body);
}

void raw_column_clear(raw_column *raw)
{
    mem_free(raw->numbers);
    mem_free(raw->ids);
    mem_free(raw->aside_rows);
    mem_free(raw->aside_ids);
    dictionary_clear(&raw->words);
    text_store_clear(&raw->bytes);
    memset(raw, 0, sizeof *raw);
}

const text *column_copy_texts(column_body *body, const text *texts, int64_t n)
{
    int64_t size = 0;
    for (int64_t i = 0; i < n; i++)
        size += texts[i].size;
    text *copy = column_take(body, n, sizeof *copy);
    char *bytes = column_take(body, size + 1, 1);
    if (!copy || !bytes) return NULL;
    for (int64_t i = 0; i < n; i++) {
        if (texts[i].size) memcpy(bytes, texts[i].data, (size_t)texts[i].size);
        copy[i] = (text){bytes, texts[i].size};
        bytes += texts[i].size;
    }
    return copy;
}

text column_copy_text(column_body *body, text t)
{
    char *bytes = column_take(body, t.size + 1, 1);
    if (bytes && t.size) memcpy(bytes, t.data, (size_t)t.size);
    return (text){bytes, bytes ? t.size : 0};
}

/* Finite and without a fraction; all doubles from 2^52 on have none. */
static bool is_whole(double v)
{
    return fabs(v) < 0x1p52 ? v == (double)(int64_t)v : !isinf(v);
}

void column_note_values(column_body *body, int64_t n_rows)
{
    const double *v = body->shown.numbers;
    if (body->shown.type != COLUMN_NUMERIC) return;
    bool whole = true;
    int64_t n = 0, infinite = 0;
    for (int64_t i = 0; i < n_rows; i++)
        infinite += isinf(v[i]) != 0;
    for (int64_t i = 0; i < n_rows && whole; i++) {
        if (isnan(v[i])) continue;
        n++;
        whole = is_whole(v[i]);
    }
    body->shown.integers = whole && n > 0;
    body->shown.n_non_finite = infinite;
}
