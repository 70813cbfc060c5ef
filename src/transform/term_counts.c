/* A term's place in the current row is remembered, so that a repeated term costs one look into the index. */
#include "transform/term_counts.h"

typedef struct counter {
    text_index *index;
    bool grows;
    int64_t *place; /* of each term: 1 + its last entry; below the row's start it is of an earlier row */
    int32_t n_places;
    int64_t row_start;
    term_counts *out;
} counter;

void term_counts_clear(term_counts *t)
{
    mem_free(t->starts);
    mem_free(t->terms);
    mem_free(t->values);
    *t = (term_counts){0};
}

static ptg_status reserve_entry(term_counts *t, ptg_error *err)
{
    if (t->n < t->capacity) return PTG_OK;
    int64_t capacity = t->capacity * 2 + 1024;
    int32_t *terms = mem_resize(t->terms, t->capacity, capacity, sizeof *terms);
    if (terms == NULL) return fail_memory(err);
    t->terms = terms;
    double *values = mem_resize(t->values, t->capacity, capacity, sizeof *values);
    if (values == NULL) return fail_memory(err);
    t->values = values;
    t->capacity = capacity;
    return PTG_OK;
}

static ptg_status reserve_place(counter *c, int32_t term, ptg_error *err)
{
    if (term < c->n_places) return PTG_OK;
    int32_t n = c->index->capacity; /* of at most 2^30 */
    int64_t *place = mem_resize(c->place, c->n_places, n, sizeof *place);
    if (place == NULL) return fail_memory(err);
    c->place = place;
    c->n_places = n;
    return PTG_OK;
}

static ptg_status count_term(void *context, text term, ptg_error *err)
{
    counter *c = context;
    int32_t number = c->grows ? text_index_add(c->index, term) : text_index_find(c->index, term);
    if (number < 0) return c->grows ? fail_memory(err) : PTG_OK;
    TRY(reserve_place(c, number, err));
    term_counts *t = c->out;
    if (c->place[number] > c->row_start) {
        t->values[c->place[number] - 1] += 1;
        return PTG_OK;
    }
    TRY(reserve_entry(t, err));
    t->terms[t->n] = number;
    t->values[t->n] = 1;
    c->place[number] = ++t->n;
    return PTG_OK;
}

ptg_status term_counts_of(const feature *source, int64_t n_rows, const term_options *options, text_index *index, bool grows,
                          term_counts *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    term_scratch scratch = {0};
    counter c = {.index = index, .grows = grows, .out = out};
    *out = (term_counts){.n_rows = n_rows};
    out->starts = mem_array(n_rows + 1, sizeof *out->starts);
    if (out->starts == NULL) GO(fail_memory(err));
    for (int64_t i = 0; i < n_rows; i++) {
        c.row_start = out->starts[i] = out->n;
        GO(terms_of(&scratch, options, terms_cell(source, i), count_term, &c, err));
    }
    out->starts[n_rows] = out->n;
done:
    term_scratch_clear(&scratch);
    mem_free(c.place);
    if (status != PTG_OK) term_counts_clear(out);
    return status;
}
