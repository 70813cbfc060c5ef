/* Codes and word buckets of a column. Bin borders are quantiles of all valid cells, without a look at the target. */
#include "profile/power_codes.h"

#include <math.h>

#include "base/memory.h"
#include "profile/number_bins.h"
#include "profile/text_table.h"

#define WORDS_OF_A_CELL 256
#define WORD_BUCKETS (1 << 15)

void power_codes_clear(power_codes *c)
{
    mem_free(c->codes);
    *c = (power_codes){0};
}

void power_words_clear(power_words *w)
{
    mem_free(w->start);
    mem_free(w->buckets);
    *w = (power_words){0};
}

ptg_status power_codes_bins(const column *c, const double *sorted, int64_t n_sorted, const power_target *t, power_codes *out,
                            ptg_error *err)
{
    double borders[POWER_BINS_MOST];
    const int32_t n_borders = number_bins_find(sorted, n_sorted, POWER_BINS_MOST, borders);
    out->n_codes = n_borders + 2;
    out->codes = mem_array(t->n, sizeof *out->codes);
    if (out->codes == NULL) return fail_memory(err);
    for (int64_t i = 0; i < t->n; ++i) {
        const double v = c->numbers[t->rows[i]];
        out->codes[i] = isnan(v) ? 0 : 1 + number_bins_of(borders, n_borders, v);
    }
    return PTG_OK;
}

/* Levels of a column with numbers or texts, through a table of distinct values. */
static ptg_status code_values(const column *c, const power_target *t, power_codes *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    text_table table = {0};
    for (int64_t i = 0; i < t->n; ++i) {
        const int64_t row = t->rows[i];
        const text value = c->numbers == NULL ? c->cells[row]
                           : isnan(c->numbers[row])
                               ? (text){0}
                               : (text){.data = (const char *)&c->numbers[row], .size = (int64_t)sizeof(double)};
        int32_t code = -1;
        if (value.data != NULL) GO(text_table_add(&table, value, &code, err));
        out->codes[i] = code + 1;
    }
    out->n_codes = (int32_t)table.n + 1;
done:
    text_table_clear(&table);
    return status;
}

/* The largest number of rows whose levels, taken together with all more frequent ones, are still too many. */
static int64_t too_rare(const int64_t *counts, int32_t n_codes, int64_t most)
{
    for (int64_t least = 1;; ++least) {
        int64_t kept = 0;
        for (int32_t k = 0; k < n_codes; ++k)
            kept += counts[k] > least;
        if (kept < most) return least;
    }
}

/* Where there are more levels than can be counted, the rare ones share one code. */
static ptg_status bound_codes(const power_target *t, power_codes *out, ptg_error *err)
{
    const int64_t most = POWER_CELLS_MOST / (t->n_classes > 0 ? t->n_classes : 1);
    if (out->n_codes <= most) return PTG_OK;
    int64_t *counts = mem_array(out->n_codes, sizeof *counts);
    int32_t *renamed = mem_array(out->n_codes, sizeof *renamed);
    if (counts != NULL && renamed != NULL) {
        for (int64_t i = 0; i < t->n; ++i)
            ++counts[out->codes[i]];
        const int64_t rare = too_rare(counts, out->n_codes, most - 2);
        int32_t n = 2;
        for (int32_t k = 1; k < out->n_codes; ++k)
            renamed[k] = counts[k] > rare ? n++ : 1;
        for (int64_t i = 0; i < t->n; ++i)
            out->codes[i] = renamed[out->codes[i]];
        out->n_codes = n;
    }
    const bool enough = counts != NULL && renamed != NULL;
    mem_free(counts);
    mem_free(renamed);
    return enough ? PTG_OK : fail_memory(err);
}

ptg_status power_codes_levels(const column *c, const power_target *t, power_codes *out, ptg_error *err)
{
    out->codes = mem_array(t->n, sizeof *out->codes);
    if (out->codes == NULL) return fail_memory(err);
    if (c->type == COLUMN_CATEGORICAL) {
        for (int64_t i = 0; i < t->n; ++i)
            out->codes[i] = c->codes[t->rows[i]] + 1;
        out->n_codes = c->n_levels + 1;
    } else {
        TRY(code_values(c, t, out, err));
    }
    return bound_codes(t, out, err);
}

static int64_t words_of(text cell)
{
    int64_t n = 0;
    for (text word; n < WORDS_OF_A_CELL && text_next_word(&cell, &word);)
        ++n;
    return n;
}

ptg_status power_words_make(const column *c, const power_target *t, power_words *out, ptg_error *err)
{
    out->n_buckets = WORD_BUCKETS;
    while (out->n_buckets > 1024 && (int64_t)out->n_buckets * (t->n_classes > 0 ? t->n_classes : 1) > POWER_CELLS_MOST)
        out->n_buckets /= 2;
    out->start = mem_array(t->n + 1, sizeof *out->start);
    if (out->start == NULL) return fail_memory(err);
    for (int64_t i = 0; i < t->n; ++i)
        out->start[i + 1] = out->start[i] + words_of(c->cells[t->rows[i]]);
    out->buckets = mem_array(out->start[t->n], sizeof *out->buckets);
    if (out->buckets == NULL) return fail_memory(err);
    for (int64_t i = 0; i < t->n; ++i) {
        text rest = c->cells[t->rows[i]], word;
        for (int64_t k = out->start[i]; k < out->start[i + 1] && text_next_word(&rest, &word); ++k) {
            out->buckets[k] = (int32_t)(text_hash(word) & (uint64_t)(out->n_buckets - 1));
        }
    }
    return PTG_OK;
}
