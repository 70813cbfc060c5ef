/* See tree_predictor.h. A block is TREE_ROWS rows: its columns of bytes, the codes of its categories, and its sums, an output
 * after the other, fit the first or second cache. */
#include "trees/tree_predictor.h"

#include <string.h>

#include "trees/tree_programs.h"

/* Columns of numbers and of sets together have numbers of 16 bits, codes 31. */
enum { COLUMNS_MOST = 60000, SETS_MOST = 5000, WORDS_MOST = INT32_MAX / 32, HOP_ROWS = 8, HOPS_BETWEEN = 4 };
/* What trees cost, about, in steps of a group of rows: walking one for a row, its levels or hops for a group, the rest of its
 * steps. */
enum { WALK_COST = 10, LEVELS_COST = 4, HOPS_COST = 40, STEPS_COST = 4 };

struct tree_predictor {
    const tree_model *model;
    arena *memory;
    const tree_kernels *kernels;
    tree_inputs inputs;
    tree_columns columns;
    tree_programs programs;
    int64_t few_rows; /* so many are walked: less work than a whole group of rows */
};

bool tree_predictor_has_programs(const tree_predictor *p)
{
    return p->columns.n >= 0 && p->programs.n_chunks >= 0;
}

/* How many rows cost less to walk than one group costs. The results are the same. */
static int64_t few_rows(const tree_predictor *p)
{
    int64_t cost = 0, n = p->model->n_trees;
    if (!tree_predictor_has_programs(p)) return INT64_MAX;
    for (int64_t t = 0; t < n; t++) {
        const tree_program *program = &p->programs.trees[t];
        if (program->shape == TREE_STEPS)
            cost += STEPS_COST + program->n;
        else
            cost += program->shape == TREE_LEVELS ? LEVELS_COST : HOPS_COST;
    }
    return n ? cost / (n * WALK_COST) : 0;
}

static ptg_status prepare(tree_predictor *p, arena *scratch, ptg_error *err)
{
    tree_index index = {.inputs = &p->inputs};
    TRY(tree_inputs_find(p->model, p->memory, &p->inputs, err));
    if (p->model->n_words <= WORDS_MOST && p->model->n_terms == 0)
        TRY(tree_columns_find(p->model, COLUMNS_MOST, p->memory, scratch, &index, &p->columns, err));
    if (p->columns.n >= 0) TRY(tree_programs_make(p->model, &index, SETS_MOST, p->memory, scratch, &p->programs, err));
    p->few_rows = few_rows(p);
    return PTG_OK;
}

ptg_status tree_predictor_new(const tree_model *m, tree_predictor **out, ptg_error *err)
{
    *out = NULL;
    arena *memory = arena_new(), *scratch = arena_new();
    tree_predictor *p = memory && scratch ? arena_array(memory, 1, sizeof *p) : NULL;
    ptg_status status = PTG_OK;
    if (p) {
        *p = (tree_predictor){.model = m, .memory = memory, .kernels = tree_kernels_best(), .columns = {.n = -1}};
        status = prepare(p, scratch, err);
    } else {
        status = fail_memory(err);
    }
    arena_free(scratch);
    if (status == PTG_OK)
        *out = p;
    else
        arena_free(memory);
    return status;
}

void tree_predictor_free(tree_predictor *p)
{
    if (p) arena_free(p->memory);
}

int64_t tree_predictor_bytes(const tree_predictor *p)
{
    return (int64_t)arena_bytes(p->memory);
}

/* What one call works with. All of it lives in one arena. */
typedef struct work {
    const tree_predictor *p;
    const tree_kernels *kernels;
    tree_reader reader;
    int64_t n;        /* rows of the block */
    tree_block block; /* its columns are those of numbers, then those of a chunk's sets */
    double *values;   /* of a feature */
    uint8_t *narrow;  /* codes x TREE_ROWS */
    int32_t *wide;
    double *sums; /* outputs x TREE_ROWS, rows as the kernels place them */
} work;

static ptg_status start(work *w, arena *a, ptg_error *err)
{
    const tree_predictor *p = w->p;
    TRY(tree_reader_start(&w->reader, a, err));
    w->values = arena_array(a, TREE_ROWS, sizeof *w->values);
    w->block.bytes = arena_array(a, (int64_t)p->columns.n + p->programs.most_sets, TREE_ROWS);
    w->narrow = arena_array(a, p->columns.n_narrow, TREE_ROWS);
    w->wide = arena_array(a, (int64_t)p->columns.n_wide * TREE_ROWS, sizeof *w->wide);
    w->sums = arena_array(a, (int64_t)p->model->n_outputs * TREE_ROWS, sizeof *w->sums);
    w->block.lines = arena_array(a, TREE_LINES_SIZE, 1);
    w->block.leaf = arena_array(a, TREE_ROWS, 1);
    if (!w->values || !w->block.bytes || !w->narrow || !w->wide || !w->sums || !w->block.lines || !w->block.leaf)
        return fail_memory(err);
    for (int32_t l = 0; l < p->programs.most_leaves; l++)
        memset(w->block.lines + l * TREE_GROUP, l, TREE_GROUP);
    return PTG_OK;
}

/* A value as a category: -1 missing, -2 outside of every set. */
static int32_t code_of(double x, bool zero_missing)
{
    if (x != x || (zero_missing && x == 0)) return -1;
    return x >= 0 && x < (double)INT32_MAX ? (int32_t)x : -2;
}

static void fill_codes(const work *w, const tree_codes *c)
{
    int32_t *wide = w->wide + (int64_t)c->number * TREE_ROWS;
    uint8_t *narrow = w->narrow + (int64_t)c->number * TREE_ROWS;
    for (int64_t i = 0; i < w->n; i++) {
        int32_t code = code_of(w->values[i], c->zero_missing);
        if (c->wide)
            wide[i] = code;
        else
            narrow[i] = code == -1                             ? TREE_CODE_MISSING
                        : code < 0 || code > TREE_CODE_OUTSIDE ? TREE_CODE_OUTSIDE
                                                               : (uint8_t)code;
    }
}

/* The columns of numbers and the codes of the block. A feature is read once; plain numbers where they lie. */
static void fill_block(work *w, int64_t first)
{
    const tree_predictor *p = w->p;
    int32_t at = 0, codes = 0;
    for (int32_t u = 0; u < p->inputs.n_used; u++) {
        const feature *f = &w->reader.x->features[p->inputs.used[u]];
        bool borrowed = f->kind == FEATURE_REAL && !p->model->float32;
        bool has_codes = codes < p->columns.n_codes && p->columns.codes[codes].place == u;
        if (!borrowed || has_codes) tree_reader_values(&w->reader, u, first, w->n, w->values);
        const double *values = borrowed ? f->real + first : w->values;
        for (; at < p->columns.n && p->columns.columns[at].place == u; at++)
            w->kernels->cut(&p->columns.columns[at], values, w->n, w->block.bytes + (int64_t)at * TREE_ROWS);
        for (; codes < p->columns.n_codes && p->columns.codes[codes].place == u; codes++)
            fill_codes(w, &p->columns.codes[codes]);
    }
}

static void look_up_wide(const tree_set *s, const int32_t *codes, int64_t n, uint8_t *bytes)
{
    for (int64_t i = 0; i < n; i++) {
        int32_t word = codes[i] >> 5;
        bool left =
            codes[i] == -1 ? s->missing_left : codes[i] >= 0 && word < s->n_words && s->words[word] >> (codes[i] & 31) & 1u;
        bytes[i] = !left;
    }
}

static void fill_sets(const work *w, const tree_chunk *c)
{
    const tree_columns *columns = &w->p->columns;
    for (int32_t i = 0; i < c->n_sets; i++) {
        const tree_set *s = &w->p->programs.sets[c->first_set + i];
        const tree_codes *codes = &columns->codes[s->codes];
        uint8_t *to = w->block.bytes + ((int64_t)columns->n + i) * TREE_ROWS;
        if (codes->wide)
            look_up_wide(s, w->wide + (int64_t)codes->number * TREE_ROWS, w->n, to);
        else
            w->kernels->look_up(s->narrow, w->narrow + (int64_t)codes->number * TREE_ROWS, w->block.groups * TREE_GROUP, to);
    }
}

/* One hop of HOP_ROWS rows; tells whether any of them moved. */
static int32_t hop(const tree_hop *hops, const uint8_t *bytes, int32_t at[HOP_ROWS])
{
    int32_t moved = 0;
    for (int r = 0; r < HOP_ROWS; r++) {
        const tree_hop *h = &hops[at[r]];
        int32_t next = h->child + (bytes[(int64_t)h->column * TREE_ROWS + r] >= h->least);
        moved |= next ^ at[r];
        at[r] = next;
    }
    return moved;
}

/* HOP_ROWS rows side by side from the root to their leaves; a leaf comes back to itself. */
static void run_hops(const work *w, const tree_program *t, double *sum)
{
    const tree_hop *hops = w->p->programs.hops + t->first;
    const double *values = w->p->programs.values + t->first_value;
    for (int64_t i = 0; i < w->n; i += HOP_ROWS) {
        int32_t at[HOP_ROWS] = {0}, moved = 1;
        while (moved)
            for (int k = 0; k < HOPS_BETWEEN; k++)
                moved = hop(hops, w->block.bytes + i, at);
        for (int r = 0; r < HOP_ROWS; r++) {
            double *to = sum + (i + r) / TREE_GROUP * TREE_GROUP + w->kernels->place[(i + r) % TREE_GROUP];
            *to += values[at[r]];
            if (w->p->model->float32) *to = (float)*to;
        }
    }
}

static void run_tree(const work *w, const tree_program *t)
{
    const tree_programs *all = &w->p->programs;
    double *sum = w->sums + (int64_t)t->output * TREE_ROWS;
    if (t->shape == TREE_HOPS) {
        run_hops(w, t, sum);
        return;
    }
    if (t->shape == TREE_LEVELS)
        w->kernels->levels(all->tests + t->first, t->n, &w->block);
    else
        w->kernels->steps(all->steps + t->first, t->n, &w->block);
    w->kernels->add(all->values + t->first_value, t->n_values, &w->block, w->p->model->float32, sum);
}

/* Sums start at 0 and are scaled at the end; in f32 they start at the base. */
static void start_sums(const work *w)
{
    const tree_model *m = w->p->model;
    for (int32_t k = 0; k < m->n_outputs; k++)
        for (int64_t i = 0; i < w->block.groups * TREE_GROUP; i++)
            w->sums[(int64_t)k * TREE_ROWS + i] = m->float32 ? (float)m->base[k] : 0;
}

static void end_sums(const work *w, double *out)
{
    const tree_model *m = w->p->model;
    for (int32_t k = 0; k < m->n_outputs; k++)
        for (int64_t i = 0; i < w->n; i++) {
            int64_t place = i / TREE_GROUP * TREE_GROUP + w->kernels->place[i % TREE_GROUP];
            double sum = w->sums[(int64_t)k * TREE_ROWS + place];
            out[i * m->n_outputs + k] = m->float32 ? sum : m->base[k] + m->scale * sum;
        }
}

static void run_block(work *w, int64_t first, double *out)
{
    const tree_programs *all = &w->p->programs;
    int64_t left = w->reader.x->n_rows - first;
    w->n = left < TREE_ROWS ? left : TREE_ROWS;
    w->block.groups = (w->n + TREE_GROUP - 1) / TREE_GROUP;
    fill_block(w, first);
    start_sums(w);
    for (int32_t c = 0; c < all->n_chunks; c++) {
        fill_sets(w, &all->chunks[c]);
        for (int32_t t = 0; t < all->chunks[c].n; t++)
            run_tree(w, &all->trees[all->chunks[c].first + t]);
    }
    end_sums(w, out);
}

ptg_status tree_predictor_raw_by(const tree_predictor *p, const tree_kernels *kernels, const matrix *x, double *out,
                                 ptg_error *err)
{
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    work w = {.p = p, .kernels = kernels, .reader = {.model = p->model, .inputs = &p->inputs, .x = x}};
    ptg_status status = start(&w, scratch, err);
    for (int64_t first = 0; status == PTG_OK && first < x->n_rows; first += TREE_ROWS)
        run_block(&w, first, out + first * p->model->n_outputs);
    arena_free(scratch);
    return status;
}

ptg_status tree_predictor_raw(const tree_predictor *p, const matrix *x, double *out, ptg_error *err)
{
    if (x->n_rows <= p->few_rows) return tree_model_walk(p->model, &p->inputs, x, out, err);
    return tree_predictor_raw_by(p, p->kernels, x, out, err);
}

ptg_status tree_predictor_predict(const tree_predictor *p, const matrix *x, double *out, ptg_error *err)
{
    TRY(tree_predictor_raw(p, x, out, err));
    tree_link_rows(p->model, x->n_rows, out);
    return PTG_OK;
}
