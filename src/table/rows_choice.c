/* A row is kept by a random number of its own (Philox of the seed and the row), so that the sample is uniform over the whole
 * table and the same at any number of threads. Where the target has few distinct values, rows of its rarer ones get a higher
 * chance. */
#include "table/rows_choice.h"

#include <inttypes.h>

#include "base/random.h"

enum { MOST_CLASSES = 200, BLOCK_ROWS = 1 << 16 };

typedef struct choosing {
    rows_choice *c;
    uint32_t key[2];
    bool by_class;
    double chance, chances[MOST_CLASSES];
    int64_t *kept; /* a block */
} choosing;

static double row_unit(const choosing *c, int64_t row)
{
    const uint32_t counter[4] = {(uint32_t)row, (uint32_t)((uint64_t)row >> 32), 0, 0};
    uint32_t out[4];
    random_block(counter, c->key, out);
    return (double)(((uint64_t)out[0] << 32 | out[1]) >> 11) * 0x1p-53;
}

static ptg_status choose_block(void *context, int64_t block, ptg_error *err)
{
    (void)err;
    const choosing *k = context;
    const rows_choice *c = k->c;
    int64_t from = block * BLOCK_ROWS, to = from + BLOCK_ROWS < c->n_rows ? from + BLOCK_ROWS : c->n_rows;
    for (int64_t row = from; row < to; row++) {
        double chance = k->by_class && c->classes[row] >= 0 ? k->chances[c->classes[row]] : k->chance;
        uint64_t keep = row_unit(k, row) < chance;
        c->kept[row >> 6] |= keep << (row & 63);
        k->kept[block] += (int64_t)keep;
    }
    return PTG_OK;
}

/* Classes that are rare against the rows that can be kept are kept whole, the others at least as many rows as the largest of
 * those. */
static void set_chances(choosing *k)
{
    const dictionary *texts = k->c->class_texts;
    if (!k->c->classes || texts->n < 2 || texts->n > MOST_CLASSES) return;
    double floor = (double)k->c->wanted / (10.0 * texts->n);
    for (int32_t i = 0; i < texts->n; i++) {
        double whole = floor / (double)texts->counts[i];
        k->chances[i] = whole > 1 ? 1 : whole > k->chance ? whole : k->chance;
        k->c->sample.by_class |= k->chances[i] > k->chance;
    }
    k->by_class = true;
}

static ptg_status choose_blocks(choosing *k, ptg_error *err)
{
    rows_choice *c = k->c;
    int64_t n_blocks = (c->n_rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    k->kept = mem_array(n_blocks, sizeof *k->kept);
    ptg_status status = k->kept ? pool_run(c->threads, n_blocks, choose_block, k, err) : fail_memory(err);
    for (int64_t i = 0; status == PTG_OK && i < n_blocks; i++)
        c->sample.kept_rows += k->kept[i];
    mem_free(k->kept);
    return status;
}

ptg_status rows_choose(rows_choice *c, arena *a, ptg_error *err)
{
    if (c->wanted < ROWS_LEAST) c->wanted = ROWS_LEAST;
    random_stream stream = random_of(c->seed, "rows");
    choosing k = {.c = c, .key = {stream.key[0], stream.key[1]}, .chance = (double)c->wanted / (double)c->n_rows};
    c->sample = (frame_sample){.file_rows = c->n_rows};
    c->kept = mem_array((c->n_rows + 63) / 64, sizeof *c->kept);
    if (!c->kept) return fail_memory(err);
    set_chances(&k);
    TRY(choose_blocks(&k, err));
    const char *rare = c->sample.by_class ? ", those of rare target values more often, so that their share is higher here" : "";
    c->sample.reason = text_of(arena_print(a,
                                           "All %" PRId64 " rows would take more than the memory limit; %" PRId64
                                           " were read, drawn at random over the whole file%s.",
                                           c->n_rows, c->sample.kept_rows, rare));
    return c->sample.reason.data ? PTG_OK : fail_memory(err);
}
