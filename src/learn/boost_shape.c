/* See boost_shape.h. In a symmetric tree each split sets one bit of all leaves; in others each row goes from split to split. */
#include "learn/boost_shape.h"

#include <string.h>

#define ROW_CHUNK 8192

/* A split as rows meet it: where they go left and right, a split or (below 0) ~leaf. */
typedef struct shape_step {
    const uint8_t *bins; /* of the split's column in the first row */
    int32_t stride, at;
    bin_kind kind;
    int32_t next[2];
} shape_step;

typedef struct shape_work {
    const boost_shape *shape;
    bool held;
    int64_t n_rows;
    uint16_t *leaf;
} shape_work;

ptg_status boost_shape_start(boost_shape *s, int32_t most_splits, bool symmetric, arena *a, ptg_error *err)
{
    *s = (boost_shape){.splits = arena_array(a, most_splits, sizeof *s->splits)};
    if (!s->splits) return fail_memory(err);
    if (symmetric) return PTG_OK;
    s->parted = arena_array(a, most_splits, sizeof *s->parted);
    s->steps = arena_array(a, most_splits, sizeof *s->steps);
    return s->parted && s->steps ? PTG_OK : fail_memory(err);
}

static shape_step step_of(const boost_split *split, bool held)
{
    const bin_block *b = held ? &split->block->held : &split->block->train;
    return (shape_step){
        .bins = b->rows + split->column, .stride = b->n_columns, .at = split->bin, .kind = b->columns[split->column].kind};
}

/* The left side of a split keeps the number of its leaf, which is that of the right side of the split numbered one below. */
static void link_steps(const boost_shape *s, bool held)
{
    int32_t *to[BOOST_LEAVES_MOST]; /* where the number of each leaf stands so far */
    for (int32_t i = 0; i < s->n_splits; i++) {
        shape_step *step = &s->steps[i];
        int32_t left = s->parted[i], right = i + 1;
        *step = step_of(&s->splits[i], held);
        if (i > 0) *to[left] = i;
        step->next[0] = ~left;
        step->next[1] = ~right;
        to[left] = &step->next[0];
        to[right] = &step->next[1];
    }
}

static ptg_status walk_chunk(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const shape_work *w = context;
    const shape_step *steps = w->shape->steps;
    int64_t first = chunk * ROW_CHUNK, end = first + ROW_CHUNK < w->n_rows ? first + ROW_CHUNK : w->n_rows;
    for (int64_t i = first; i < end; i++) {
        int32_t at = 0;
        while (at >= 0) {
            const shape_step *step = &steps[at];
            at = step->next[bin_goes_right(step->kind, step->bins[i * step->stride], step->at)];
        }
        w->leaf[i] = (uint16_t)~at;
    }
    return PTG_OK;
}

static ptg_status level_chunk(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const shape_work *w = context;
    int64_t first = chunk * ROW_CHUNK, end = first + ROW_CHUNK < w->n_rows ? first + ROW_CHUNK : w->n_rows;
    memset(w->leaf + first, 0, (size_t)(end - first) * sizeof *w->leaf);
    for (int32_t l = 0; l < w->shape->n_splits; l++) {
        shape_step step = step_of(&w->shape->splits[l], w->held);
        for (int64_t i = first; i < end; i++)
            w->leaf[i] |= (uint16_t)(bin_goes_right(step.kind, step.bins[i * step.stride], step.at) << l);
    }
    return PTG_OK;
}

ptg_status boost_shape_leaves(const boost_shape *s, pool *p, bool held, int64_t n_rows, uint16_t *leaf, ptg_error *err)
{
    shape_work w = {.shape = s, .held = held, .n_rows = n_rows, .leaf = leaf};
    bool symmetric = !s->parted || s->n_splits == 0;
    if (!symmetric) link_steps(s, held);
    return pool_run(p, (n_rows + ROW_CHUNK - 1) / ROW_CHUNK, symmetric ? level_chunk : walk_chunk, &w, err);
}
