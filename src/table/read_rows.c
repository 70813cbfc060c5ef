/* Which rows of a file are read where all of them would take more memory than allowed: a row is kept by a random number of its
 * own (Philox of the seed and the row), so that the sample is uniform over the whole file and the same at any number of
 * threads. Where a target with few distinct values is named, rows of its rarer values get a higher chance. */
#include <inttypes.h>
#include <string.h>

#include "base/random.h"
#include "table/reading.h"

enum { LEAST_ROWS = 1000, MOST_CLASSES = 200, BLOCK_ROWS = 1 << 16 };

/* Bytes that a row takes while it is read and afterwards: numbers once, texts by number and by span, and their bytes. */
static double row_bytes(const reading *r)
{
    double bytes = 0;
    for (int32_t i = 0; i < r->dialect.width; i++)
        bytes += r->raw[i].kind == RAW_NUMBERS ? 8 : r->raw[i].kind == RAW_TEXTS ? 24 : 0;
    return bytes + (double)r->plan.content.size / (double)r->plan.n_rows / 2;
}

/* The chance of each row, by the class of its target where there are such. */
typedef struct choice {
    const reading *r;
    uint32_t key[2];
    double chance;
    const int32_t *classes; /* NULL, or a row's class (-1: none) */
    double chances[MOST_CLASSES];
    int64_t *kept; /* a block */
} choice;

static double row_unit(const choice *c, int64_t row)
{
    const uint32_t counter[4] = {(uint32_t)row, (uint32_t)((uint64_t)row >> 32), 0, 0};
    uint32_t out[4];
    random_block(counter, c->key, out);
    return (double)(((uint64_t)out[0] << 32 | out[1]) >> 11) * 0x1p-53;
}

static ptg_status choose_block(void *context, int64_t block, ptg_error *err)
{
    (void)err;
    const choice *c = context;
    int64_t from = block * BLOCK_ROWS, to = from + BLOCK_ROWS;
    if (to > c->r->plan.n_rows) to = c->r->plan.n_rows;
    for (int64_t row = from; row < to; row++) {
        double chance = c->classes && c->classes[row] >= 0 ? c->chances[c->classes[row]] : c->chance;
        uint64_t keep = row_unit(c, row) < chance;
        c->r->kept[row >> 6] |= keep << (row & 63);
        c->kept[block] += (int64_t)keep;
    }
    return PTG_OK;
}

static ptg_status choose(choice *c, reading *r, ptg_error *err)
{
    int64_t n = r->plan.n_rows, n_blocks = (n + BLOCK_ROWS - 1) / BLOCK_ROWS;
    r->kept = mem_array((n + 63) / 64, sizeof *r->kept);
    c->kept = mem_array(n_blocks, sizeof *c->kept);
    ptg_status status = r->kept && c->kept ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) status = pool_run(r->options->threads, n_blocks, choose_block, c, err);
    r->sample.kept_rows = 0;
    for (int64_t i = 0; status == PTG_OK && i < n_blocks; i++)
        r->sample.kept_rows += c->kept[i];
    mem_free(c->kept);
    return status;
}

/* The target's cells alone, as texts. */
static ptg_status read_target(reading *r, int32_t target, parse *p, raw_column *columns, ptg_error *err)
{
    columns[target].kind = RAW_TEXTS;
    *p = (parse){.plan = &r->plan,
                 .keys = r->keys.names.n ? &r->keys : NULL,
                 .width = r->dialect.width,
                 .may_lack = r->dialect.may_close,
                 .decimal_mark = r->dialect.decimal_mark,
                 .n_file_rows = r->plan.n_rows,
                 .n_rows = r->plan.n_rows,
                 .columns = columns,
                 .threads = r->options->threads};
    return parse_run(p, err);
}

/* Classes that are rare against the rows that can be kept are kept whole, the next ones as many rows as the rarest of those. */
static void set_chances(choice *c, const dictionary *classes, int64_t wanted, reading *r)
{
    double floor = (double)wanted / (10.0 * classes->n);
    for (int32_t i = 0; i < classes->n; i++) {
        double whole = floor / (double)classes->counts[i];
        c->chances[i] = whole > 1 ? 1 : whole > c->chance ? whole : c->chance;
        r->sample.by_class |= c->chances[i] > c->chance;
    }
}

static int32_t find_target(const reading *r)
{
    for (int32_t i = 0; r->options->target && i < r->dialect.width; i++)
        if (text_equal_to(r->dialect.names[i], r->options->target)) return i;
    return -1;
}

static ptg_status sample_rows(reading *r, int64_t wanted, ptg_error *err)
{
    ptg_status status = PTG_OK;
    random_stream stream = random_of(r->options->seed, "rows");
    choice c = {.r = r, .key = {stream.key[0], stream.key[1]}, .chance = (double)wanted / (double)r->plan.n_rows};
    int32_t target = find_target(r);
    parse p = {0};
    raw_column *columns = mem_array(r->dialect.width, sizeof *columns);
    if (!columns) return fail_memory(err);
    if (target >= 0) GO(read_target(r, target, &p, columns, err));
    if (target >= 0 && columns[target].words.n > 0 && columns[target].words.n <= MOST_CLASSES) {
        c.classes = columns[target].ids;
        set_chances(&c, &columns[target].words, wanted, r);
    }
    status = choose(&c, r, err);
done:
    parse_clear(&p);
    if (target >= 0) raw_column_clear(&columns[target]);
    mem_free(columns);
    return status;
}

static ptg_status say_sample(reading *r, ptg_error *err)
{
    const frame_sample *s = &r->sample;
    const char *why =
        arena_print(r->memory,
                    "All %" PRId64 " rows would take more than the memory limit; %" PRId64
                    " were read, drawn at random over the whole file%s.",
                    s->file_rows, s->kept_rows,
                    s->by_class ? ", those of rare target values more often, so that their share is higher here" : "");
    r->sample.reason = text_of(why);
    return why ? PTG_OK : fail_memory(err);
}

ptg_status reading_choose_rows(reading *r, ptg_error *err)
{
    const frame_read_options *o = r->options;
    int64_t n = r->plan.n_rows;
    mem_free(r->kept);
    r->kept = NULL;
    if (o->max_rows > 0 && n > o->max_rows) n = o->max_rows;
    r->sample = (frame_sample){.file_rows = n, .kept_rows = n, .reason = text_of("")};
    if (o->memory_limit <= 0 || n != r->plan.n_rows || n <= LEAST_ROWS) return PTG_OK;
    double fits = (double)o->memory_limit / row_bytes(r);
    if (fits >= (double)n) return PTG_OK;
    TRY(sample_rows(r, fits < LEAST_ROWS ? LEAST_ROWS : (int64_t)fits, err));
    return say_sample(r, err);
}
