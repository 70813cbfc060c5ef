/* See boost_terms.h. */
#include "learn/boost_terms.h"

#include <string.h>

ptg_status boost_terms_start(boost_terms *t, const terms_settings *settings, const matrix *x, int32_t n_outputs, arena *a,
                             ptg_error *err)
{
    *t = (boost_terms){.settings = *settings,
                       .n_features = x->n_features,
                       .n_outputs = n_outputs,
                       .cells_left = PAIRS_CELLS,
                       .next_pair = settings->first_pair_tree};
    if (settings->most_features == 0) return PTG_OK;
    t->cells = arena_array(a, x->n_features, sizeof *t->cells);
    t->barred = arena_array(a, x->n_features, sizeof *t->barred);
    t->pairs = arena_array(a, settings->most_pairs, sizeof *t->pairs);
    if (!t->cells || !t->barred || !t->pairs) return fail_memory(err);
    for (int32_t f = 0; f < x->n_features; f++)
        t->cells[f] = x->features[f].kind == FEATURE_CODED ? (int64_t)x->features[f].n_levels + 1 : 1;
    return PTG_OK;
}

void boost_terms_bins(boost_terms *t, int32_t number, int32_t n_bins)
{
    if (t->settings.most_features > 0) t->cells[number] = n_bins;
}

void boost_terms_root(boost_terms *t, int64_t tree)
{
    t->n_chosen = 0;
    t->tree = tree;
    if (t->settings.most_features > 0) memset(t->barred, 0, (size_t)t->n_features);
}

static bool is_in_use(const boost_terms *t, int32_t one, int32_t other)
{
    for (int32_t p = 0; p < t->n_pairs; p++)
        if ((t->pairs[p][0] == one && t->pairs[p][1] == other) || (t->pairs[p][0] == other && t->pairs[p][1] == one))
            return true;
    return false;
}

/* Factors below 2^32 each: no product of three overflows before it is compared. */
static int64_t pair_cells(const boost_terms *t, int32_t one, int32_t other)
{
    if (t->cells[one] > PAIR_CELLS || t->cells[other] > PAIR_CELLS) return PAIR_CELLS + 1;
    return t->cells[one] * t->cells[other] * t->n_outputs;
}

static bool may_join(const boost_terms *t, int32_t one, int32_t other)
{
    if (t->settings.most_features < 2) return false;
    if (is_in_use(t, one, other)) return true;
    if (t->tree < t->next_pair) return false;
    int64_t cells = pair_cells(t, one, other);
    return t->n_pairs < t->settings.most_pairs && cells <= PAIR_CELLS && cells <= t->cells_left;
}

static void bar_all_but_chosen(boost_terms *t)
{
    memset(t->barred, 1, (size_t)t->n_features);
    for (int32_t c = 0; c < t->n_chosen; c++)
        t->barred[t->chosen[c]] = 0;
}

void boost_terms_ask(boost_terms *t, int32_t number)
{
    if (t->settings.most_features == 0 || (t->n_chosen > 0 && t->chosen[0] == number) || t->n_chosen == 2) return;
    t->chosen[t->n_chosen++] = number;
    bar_all_but_chosen(t);
    if (t->n_chosen == 1) {
        for (int32_t f = 0; f < t->n_features; f++)
            if (f != number && may_join(t, number, f)) t->barred[f] = 0;
    } else if (!is_in_use(t, t->chosen[0], number)) {
        t->cells_left -= pair_cells(t, t->chosen[0], number);
        t->next_pair = t->tree + t->settings.pair_trees;
        t->pairs[t->n_pairs][0] = t->chosen[0];
        t->pairs[t->n_pairs++][1] = number;
    }
}
