/* See hashed_terms.h. */
#include "transform/hashed_terms.h"

#include <math.h>

#include "base/hash.h"
#include "transform/terms.h"

#define ROWS_OF_TABLE 256 /* from so many rows on a table of all places is faster than a search */

void hashed_rows_clear(hashed_rows *x)
{
    mem_free(x->starts);
    mem_free(x->items);
    mem_free(x->values);
    *x = (hashed_rows){0};
}

/* The slot of a place, or -1. */
static int32_t slot_of(const hashed_places *places, int32_t place)
{
    int32_t low = 0, high = places->n;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (places->places[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low < places->n && places->places[low] == place ? low : -1;
}

/* What a row's terms are gathered in; `at` is 1 + the entry of each item, valid when it lies behind the row's start. */
typedef struct gatherer {
    hashed_rows *x;
    int64_t *at;
    int64_t row_start;
    uint64_t salt;              /* words and characters do not share places by spelling */
    const hashed_places *known; /* items are its slots; NULL: every place is an item */
    int32_t *slots;             /* slot + 1 of each place of `known`, where many rows are worth the table; else NULL */
} gatherer;

static ptg_status reserve_entry(hashed_rows *x, ptg_error *err)
{
    if (x->n < x->capacity) return PTG_OK;
    int64_t capacity = x->capacity * 2 + 1024;
    int32_t *items = mem_resize(x->items, x->capacity, capacity, sizeof *items);
    if (items == NULL) return fail_memory(err);
    x->items = items;
    double *values = mem_resize(x->values, x->capacity, capacity, sizeof *values);
    if (values == NULL) return fail_memory(err);
    x->values = values;
    x->capacity = capacity;
    return PTG_OK;
}

static ptg_status gather_term(void *context, text term, ptg_error *err)
{
    gatherer *g = context;
    hashed_rows *x = g->x;
    int32_t item = (int32_t)(hash_word(term.data, (size_t)term.size, g->salt) & (HASHED_PLACES - 1));
    if (g->known != NULL) item = g->slots != NULL ? g->slots[item] - 1 : slot_of(g->known, item);
    if (item < 0) return PTG_OK;
    if (g->at[item] > g->row_start) {
        x->values[g->at[item] - 1] += 1;
        return PTG_OK;
    }
    TRY(reserve_entry(x, err));
    x->items[x->n] = item;
    x->values[x->n] = 1;
    g->at[item] = ++x->n;
    return PTG_OK;
}

static ptg_status gather_row(gatherer *g, term_scratch *scratch, hashed_ngrams ngrams, text cell, ptg_error *err)
{
    static const term_options words = {TERMS_WORD, true, 1, 2}, characters = {TERMS_CHAR_WB, true, 3, 5};
    g->row_start = g->x->n;
    g->salt = 1;
    if (ngrams != NGRAMS_CHARACTERS) TRY(terms_of(scratch, &words, cell, gather_term, g, err));
    g->salt = 2;
    if (ngrams != NGRAMS_WORDS) TRY(terms_of(scratch, &characters, cell, gather_term, g, err));
    return PTG_OK;
}

ptg_status hashed_rows_of(const feature *f, int64_t n_rows, hashed_ngrams ngrams, const hashed_places *known, hashed_rows *x,
                          ptg_error *err)
{
    ptg_status status = PTG_OK;
    term_scratch scratch = {0};
    *x = (hashed_rows){.n_rows = n_rows, .starts = mem_array(n_rows + 1, sizeof(int64_t))};
    gatherer g = {.x = x, .at = mem_array(known == NULL ? HASHED_PLACES : known->n, sizeof(int64_t)), .known = known};
    bool needs_table = known != NULL && n_rows >= ROWS_OF_TABLE;
    if (needs_table) g.slots = mem_array(HASHED_PLACES, sizeof *g.slots);
    if (x->starts == NULL || g.at == NULL || (needs_table && g.slots == NULL)) GO(fail_memory(err));
    for (int32_t k = 0; needs_table && k < known->n; k++)
        g.slots[known->places[k]] = k + 1;
    for (int64_t i = 0; i < n_rows; i++) {
        GO(gather_row(&g, &scratch, ngrams, terms_cell(f, i), err));
        x->starts[i + 1] = x->n;
    }
done:
    term_scratch_clear(&scratch);
    mem_free(g.at);
    mem_free(g.slots);
    if (status != PTG_OK) hashed_rows_clear(x);
    return status;
}

/* Places become slots; those without one leave. */
static void take_slots(const hashed_places *places, hashed_rows *x)
{
    int64_t n = 0, start = 0;
    for (int64_t i = 0; i < x->n_rows; i++) {
        int64_t end = x->starts[i + 1];
        for (int64_t e = start; e < end; e++) {
            int32_t slot = slot_of(places, x->items[e]);
            if (slot < 0) continue;
            x->items[n] = slot;
            x->values[n++] = x->values[e];
        }
        start = end;
        x->starts[i + 1] = n;
    }
    x->n = n;
}

/* Notes the places that stand in at least `least` rows, and their idf. */
static ptg_status note_places(const hashed_rows *x, double least, arena *a, hashed_places *out, ptg_error *err)
{
    int64_t *df = mem_array(HASHED_PLACES, sizeof *df);
    if (df == NULL) return fail_memory(err);
    int32_t n = 0;
    for (int64_t e = 0; e < x->n; e++)
        df[x->items[e]]++;
    for (int32_t p = 0; p < HASHED_PLACES; p++)
        n += df[p] > 0 && (double)df[p] >= least;
    int32_t *places = arena_array(a, n, sizeof *places);
    double *idf = arena_array(a, n, sizeof *idf);
    *out = (hashed_places){0, places, idf};
    if (places != NULL && idf != NULL)
        for (int32_t p = 0; p < HASHED_PLACES; p++) {
            if (df[p] == 0 || (double)df[p] < least) continue;
            places[out->n] = p;
            idf[out->n++] = log((1 + (double)x->n_rows) / (1 + (double)df[p])) + 1;
        }
    mem_free(df);
    return places == NULL || idf == NULL ? fail_memory(err) : PTG_OK;
}

ptg_status hashed_places_choose(hashed_rows *x, double least, arena *a, hashed_places *out, ptg_error *err)
{
    TRY(note_places(x, least, a, out, err));
    take_slots(out, x);
    return PTG_OK;
}

bool hashed_places_hold(const int32_t *places, int64_t n)
{
    if (n > HASHED_PLACES) return false;
    for (int64_t i = 0; i < n; i++)
        if (places[i] < 0 || places[i] >= HASHED_PLACES || (i > 0 && places[i] <= places[i - 1])) return false;
    return true;
}

void hashed_rows_weigh(const hashed_places *places, hashed_rows *x)
{
    for (int64_t i = 0; i < x->n_rows; i++) {
        double squares = 0;
        for (int64_t e = x->starts[i]; e < x->starts[i + 1]; e++) {
            x->values[e] = (1 + log(x->values[e])) * places->idf[x->items[e]];
            squares += x->values[e] * x->values[e];
        }
        double norm = squares > 0 ? sqrt(squares) : 1;
        for (int64_t e = x->starts[i]; e < x->starts[i + 1]; e++)
            x->values[e] /= norm;
    }
}
