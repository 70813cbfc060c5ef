/* See tree_columns.h. Thresholds are counted and laid out by (feature, rule), sorted and made distinct; then each run of
 * TREE_CUTS_MOST of them is a column. */
#include "trees/tree_columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RULES = 8, ALL_RULES = TREE_NODE_LESS_EQUAL | TREE_NODE_MISSING_LEFT | TREE_NODE_ZERO_MISSING };

/* Place x RULES + the three flags close together: bits 1, 2 and 4 of the flags become 0, 1 and 2. */
static int64_t key_of(const tree_inputs *in, const tree_node *n)
{
    uint8_t rule = n->flags & ALL_RULES;
    return (int64_t)in->slot[n->feature] * RULES + ((rule >> 1 & 3) | (rule >> 2 & 4));
}

static uint8_t rule_of(int64_t key)
{
    return (uint8_t)((key & 3) << 1 | (key & 4) << 2);
}

static bool is_number(const tree_node *n)
{
    return !(n->flags & (TREE_NODE_LEAF | TREE_NODE_CATEGORY));
}

/* Values are kept within +-1e300, so that a threshold beyond is as good as one a little beyond; -0 is 0. */
static double cut_of(const tree_node *n)
{
    double cut = n->value == 0 ? 0 : n->value;
    return cut > TREE_CUT_MOST ? TREE_CUT_MOST : cut < -TREE_CUT_MOST ? -TREE_CUT_MOST : cut;
}

static int compare_cuts(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Sorts and makes distinct; returns how many are left. */
static int64_t distinct(double *cuts, int64_t n)
{
    qsort(cuts, (size_t)n, sizeof *cuts, compare_cuts);
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || cuts[i] != cuts[kept - 1]) cuts[kept++] = cuts[i];
    return kept;
}

/* Where the thresholds of each key begin: a count, then the sum of the counts before. */
static void count_cuts(const tree_model *m, tree_index *index)
{
    for (int32_t i = 0; i < m->n_nodes; i++)
        if (is_number(&m->nodes[i])) index->first_cut[key_of(index->inputs, &m->nodes[i]) + 1]++;
    for (int64_t k = 0; k < index->n_keys; k++)
        index->first_cut[k + 1] += index->first_cut[k];
}

/* Thresholds by key; `next` has a place for each. Then what is left of each key moves together. */
static void collect_cuts(const tree_model *m, int64_t *next, tree_index *index)
{
    memcpy(next, index->first_cut, (size_t)index->n_keys * sizeof *next);
    for (int32_t i = 0; i < m->n_nodes; i++)
        if (is_number(&m->nodes[i])) index->cuts[next[key_of(index->inputs, &m->nodes[i])]++] = cut_of(&m->nodes[i]);
    int64_t kept = 0;
    for (int64_t k = 0; k < index->n_keys; k++) {
        int64_t from = index->first_cut[k], n = distinct(index->cuts + from, index->first_cut[k + 1] - from);
        memmove(index->cuts + kept, index->cuts + from, (size_t)n * sizeof *index->cuts);
        index->first_cut[k] = kept;
        kept += n;
    }
    index->first_cut[index->n_keys] = kept;
}

static ptg_status find_cuts(const tree_model *m, arena *scratch, tree_index *index, ptg_error *err)
{
    index->first = arena_array(scratch, index->n_keys, sizeof *index->first);
    index->first_cut = arena_array(scratch, index->n_keys + 1, sizeof *index->first_cut);
    int64_t *next = arena_array(scratch, index->n_keys, sizeof *next);
    if (!index->first || !index->first_cut || !next) return fail_memory(err);
    count_cuts(m, index);
    index->cuts = arena_array(scratch, index->first_cut[index->n_keys], sizeof *index->cuts);
    if (!index->cuts) return fail_memory(err);
    collect_cuts(m, next, index);
    return PTG_OK;
}

/* One column of n cuts, in runs with the last of each aside. */
static ptg_status make_column(tree_column *c, int64_t key, const double *from, int32_t n, arena *kept, ptg_error *err)
{
    int32_t n_runs = n / TREE_CUTS_RUN + 1;
    double *ends = arena_array(kept, (1 + n_runs) * TREE_CUTS_RUN, sizeof *ends);
    if (!ends) return fail_memory(err);
    double *cuts = ends + TREE_CUTS_RUN;
    for (int32_t i = 0; i < n_runs * TREE_CUTS_RUN; i++)
        cuts[i] = i < n ? from[i] : (double)INFINITY;
    for (int32_t r = 0; r < TREE_CUTS_RUN; r++)
        ends[r] = r < n_runs ? cuts[(r + 1) * TREE_CUTS_RUN - 1] : (double)INFINITY;
    *c = (tree_column){.place = (int32_t)(key / RULES), .n_runs = n_runs, .rule = rule_of(key), .cuts = cuts, .ends = ends};
    return PTG_OK;
}

static int64_t cuts_of_key(const tree_index *index, int64_t key)
{
    return index->first_cut[key + 1] - index->first_cut[key];
}

static ptg_status make_columns(const tree_index *index, arena *kept, tree_columns *c, ptg_error *err)
{
    c->columns = arena_array(kept, c->n, sizeof *c->columns);
    if (!c->columns) return fail_memory(err);
    int32_t at = 0;
    for (int64_t k = 0; k < index->n_keys; k++) {
        index->first[k] = at;
        for (int64_t done = 0; done < cuts_of_key(index, k); done += TREE_CUTS_MOST) {
            int64_t left = cuts_of_key(index, k) - done;
            int32_t n = left < TREE_CUTS_MOST ? (int32_t)left : TREE_CUTS_MOST;
            TRY(make_column(&c->columns[at++], k, index->cuts + index->first_cut[k] + done, n, kept, err));
        }
    }
    return PTG_OK;
}

/* Whether a set may hold a code that one byte cannot say. */
static bool is_wide(const tree_model *m, const tree_node *n)
{
    enum { LAST = TREE_CODE_OUTSIDE / 32 };
    return n->n_words > LAST + 1 || (n->n_words == LAST + 1 && m->words[n->bits + LAST] >> TREE_CODE_OUTSIDE % 32);
}

static int64_t codes_key(const tree_inputs *in, const tree_node *n)
{
    return (int64_t)in->slot[n->feature] * 2 + (n->flags & TREE_NODE_ZERO_MISSING ? 1 : 0);
}

enum { NO_CODES, NARROW, WIDE };

static void find_kinds(const tree_model *m, const tree_index *index)
{
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const tree_node *n = &m->nodes[i];
        if (is_number(n) || (n->flags & TREE_NODE_LEAF)) continue;
        int32_t *kind = &index->codes_of[codes_key(index->inputs, n)];
        if (*kind != WIDE) *kind = is_wide(m, n) ? WIDE : NARROW;
    }
}

static ptg_status find_codes(const tree_model *m, arena *kept, arena *scratch, tree_index *index, tree_columns *c,
                             ptg_error *err)
{
    int64_t n_keys = 2 * (int64_t)index->inputs->n_used;
    index->codes_of = arena_array(scratch, n_keys, sizeof *index->codes_of);
    if (!index->codes_of) return fail_memory(err);
    find_kinds(m, index);
    for (int64_t k = 0; k < n_keys; k++)
        c->n_codes += index->codes_of[k] != NO_CODES;
    c->codes = arena_array(kept, c->n_codes, sizeof *c->codes);
    if (!c->codes) return fail_memory(err);
    for (int64_t k = 0, at = 0; k < n_keys; k++) {
        int32_t kind = index->codes_of[k];
        index->codes_of[k] = kind == NO_CODES ? -1 : (int32_t)at;
        if (kind == NO_CODES) continue;
        c->codes[at++] = (tree_codes){.place = (int32_t)(k / 2),
                                      .zero_missing = k & 1,
                                      .wide = kind == WIDE,
                                      .number = kind == WIDE ? c->n_wide++ : c->n_narrow++};
    }
    return PTG_OK;
}

ptg_status tree_columns_find(const tree_model *m, int32_t most, arena *kept, arena *scratch, tree_index *index,
                             tree_columns *out, ptg_error *err)
{
    *out = (tree_columns){.n = -1};
    index->n_keys = (int64_t)index->inputs->n_used * RULES;
    TRY(find_cuts(m, scratch, index, err));
    int64_t n = 0;
    for (int64_t k = 0; k < index->n_keys; k++)
        n += (cuts_of_key(index, k) + TREE_CUTS_MOST - 1) / TREE_CUTS_MOST;
    if (n > most) return PTG_OK;
    out->n = index->n_columns = (int32_t)n;
    TRY(make_columns(index, kept, out, err));
    return find_codes(m, kept, scratch, index, out, err);
}

tree_test tree_index_test(const tree_index *index, const tree_node *n)
{
    int64_t key = key_of(index->inputs, n), low = index->first_cut[key], high = index->first_cut[key + 1];
    double cut = cut_of(n);
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (index->cuts[middle] <= cut)
            low = middle;
        else
            high = middle;
    }
    int64_t number = low - index->first_cut[key];
    return (tree_test){.least = (uint32_t)(number % TREE_CUTS_MOST + 1) * 0x01010101u,
                       .column = (uint32_t)(index->first[key] + number / TREE_CUTS_MOST)};
}

int32_t tree_index_codes(const tree_index *index, const tree_node *n)
{
    return index->codes_of[codes_key(index->inputs, n)];
}
