/* JSON Lines: the keys of all lines first, on all threads, then the cells through the same steps as those of a text table. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "table/reading.h"

enum { JSON_CHUNK_BYTES = 1 << 18 };

/* NAME.jsonl or NAME.ndjson, packed or not. */
static bool is_named_so(const char *path)
{
    static const char *const endings[] = {".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst"};
    text name = text_of(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        int64_t size = (int64_t)strlen(endings[i]);
        if (name.size > size && text_equal_folded((text){name.data + name.size - size, size}, endings[i])) return true;
    }
    return false;
}

bool reading_is_json_lines(const reading *r)
{
    return is_named_so(r->path) || json_lines_likely(r->encoding.content);
}

/* A chunk's keys, or its first line that is no object. */
typedef struct key_chunk {
    json_keys keys;
    int64_t bad_at;
    const char *bad;
} key_chunk;

typedef struct key_search {
    const scan_plan *plan;
    key_chunk *chunks;
} key_search;

static ptg_status find_keys(void *context, int64_t i, ptg_error *err)
{
    const key_search *s = context;
    const scan_chunk *from = &s->plan->chunks[i];
    key_chunk *c = &s->chunks[i];
    text lines = {s->plan->content.data + from->begin, from->end - from->begin};
    TRY(json_keys_add(&c->keys, lines, &c->bad_at, &c->bad, err));
    c->bad_at += from->begin;
    return PTG_OK;
}

static ptg_status merge_keys(reading *r, const key_search *s, ptg_error *err)
{
    for (int64_t i = 0; i < r->plan.n_chunks; i++) {
        const key_chunk *c = &s->chunks[i];
        if (c->bad)
            return fail(err, PTG_ERROR_DATA, "'%s' line %" PRId64 ": %s; each line must be one JSON object.", reading_shown(r),
                        scan_line_of(r->plan.content, c->bad_at), c->bad);
        TRY(json_keys_merge(&r->keys, &c->keys, err));
    }
    return PTG_OK;
}

static ptg_status gather_keys(reading *r, ptg_error *err)
{
    key_search s = {.plan = &r->plan, .chunks = mem_array(r->plan.n_chunks, sizeof *s.chunks)};
    if (!s.chunks) return fail_memory(err);
    ptg_status status = pool_run(r->options->threads, r->plan.n_chunks, find_keys, &s, err);
    if (status == PTG_OK) status = merge_keys(r, &s, err);
    for (int64_t i = 0; i < r->plan.n_chunks; i++)
        json_keys_clear(&s.chunks[i].keys);
    mem_free(s.chunks);
    return status;
}

static ptg_status cut_lines(reading *r, ptg_error *err)
{
    int64_t chunk_size = r->options->chunk_bytes > 0 ? r->options->chunk_bytes : JSON_CHUNK_BYTES;
    bool again = true;
    r->dialect = (dialect){.rule = {.delimiter = '\n'}, .decimal_mark = '.', .header = true, .line_ends = "lf"};
    while (again) {
        scan_plan_clear(&r->plan);
        r->plan = (scan_plan){.content = r->encoding.content, .rule = r->dialect.rule};
        TRY(scan_plan_make(&r->plan, chunk_size, r->options->threads, err));
        TRY(reading_clean(r, &again, err));
    }
    return PTG_OK;
}

/* The dialect that the keys make: names, and which columns to try as numbers first . */
static ptg_status name_columns(reading *r, ptg_error *err)
{
    dialect *d = &r->dialect;
    d->width = r->keys.names.n;
    d->names = arena_array(r->memory, d->width, sizeof *d->names);
    d->numbers = arena_array(r->memory, d->width, sizeof *d->numbers);
    if (!d->names || !d->numbers) return fail_memory(err);
    d->originals = d->names;
    for (int32_t i = 0; i < d->width; i++) {
        d->names[i] = r->keys.names.texts[i];
        d->numbers[i] = r->keys.about[i].numbers * 10 > r->keys.names.counts[i] * 9;
        if (cell_is_blank(d->names[i]))
            return fail(err, PTG_ERROR_DATA, "'%s': a key is blank; give each member of the objects a name.", reading_shown(r));
    }
    d->rule.delimiter = ',';
    d->rule.quote = '"';
    snprintf(d->reason, sizeof d->reason, "%" PRId64 " lines hold a JSON object each, with %d keys in all.", r->plan.n_rows,
             (int)d->width);
    return PTG_OK;
}

/* A column whose values are all lists is a sequence. */
static ptg_status make_wishes(reading *r, ptg_error *err)
{
    TRY(reading_make_wishes(r, err));
    for (int32_t i = 0; i < r->dialect.width; i++) {
        column_wish *wish = &r->wishes[i];
        const int64_t lists = r->keys.about[i].lists;
        if (wish->typed || !lists || lists != r->keys.names.counts[i]) continue;
        wish->typed = true;
        wish->type = COLUMN_SEQUENCE;
        wish->because = "Every value is a list.";
        r->raw[i].kind = RAW_TEXTS;
    }
    return PTG_OK;
}

ptg_status reading_json_lines(reading *r, ptg_error *err)
{
    TRY(cut_lines(r, err));
    TRY(gather_keys(r, err));
    if (!r->plan.n_rows || !r->keys.names.n)
        return fail(err, PTG_ERROR_DATA, "'%s' holds no JSON objects with members; give one object a line.", reading_shown(r));
    TRY(name_columns(r, err));
    TRY(make_wishes(r, err));
    return reading_cells(r, err);
}
