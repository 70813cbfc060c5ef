/* Out-of-fold means for codes, then bins. The quarter of a training row comes from a hash of its row number, so that it does
 * not depend on the fit. */
#include "profile/small_encode.h"

#include <math.h>

#include "base/hash.h"

#define QUARTERS 4
#define ENCODED_MOST 96 /* listed columns x outputs: beyond, only the most frequent classes are encoded */

/* Sums of one code: of all training rows and of each quarter. */
typedef struct code_sums {
    double n[QUARTERS], y[QUARTERS];
} code_sums;

typedef struct encoder {
    const small_table *t;
    const small_column *c;
    row_list train, held;
    int32_t output;
    double prior;
    code_sums *sums; /* c->n_codes */
    double *values;  /* local rows */
} encoder;

static int quarter_of(int64_t row)
{
    return (int)(hash_word(&row, sizeof row, 4) & (QUARTERS - 1));
}

static void take_training(encoder *e)
{
    double sum = 0;
    for (int64_t i = 0; i < e->train.n; ++i) {
        const int64_t row = e->train.rows[i];
        const int quarter = quarter_of(e->t->rows[row]);
        const double y = small_target(e->t, row, e->output);
        sum += y;
        for (int64_t j = e->c->start[row]; j < e->c->start[row + 1]; ++j) {
            e->sums[e->c->codes[j]].n[quarter] += 1;
            e->sums[e->c->codes[j]].y[quarter] += y;
        }
    }
    e->prior = sum / (double)e->train.n;
}

/* Mean target of a code without one quarter (-1: with all). */
static double code_mean(const encoder *e, int32_t code, int without)
{
    double n = SMALL_SHRINKAGE, y = SMALL_SHRINKAGE * e->prior;
    for (int q = 0; q < QUARTERS; ++q) {
        if (q == without) continue;
        n += e->sums[code].n[q];
        y += e->sums[code].y[q];
    }
    return y / n;
}

static double encode(const encoder *e, int64_t row, int without)
{
    double sum = 0;
    const int64_t n = e->c->start[row + 1] - e->c->start[row];
    for (int64_t j = e->c->start[row]; j < e->c->start[row + 1]; ++j)
        sum += code_mean(e, e->c->codes[j], without);
    return n > 0 ? sum / (double)n : NAN;
}

static ptg_status encode_column(encoder *e, uint8_t *bins, ptg_error *err)
{
    const int64_t n = e->train.n + e->held.n;
    e->sums = mem_array(e->c->n_codes, sizeof *e->sums);
    e->values = mem_array(n, sizeof *e->values);
    ptg_status status = e->sums == NULL || e->values == NULL ? fail_memory(err) : PTG_OK;
    if (status == PTG_OK) {
        take_training(e);
        for (int64_t i = 0; i < e->train.n; ++i)
            e->values[i] = encode(e, e->train.rows[i], quarter_of(e->t->rows[e->train.rows[i]]));
        for (int64_t i = 0; i < e->held.n; ++i)
            e->values[e->train.n + i] = encode(e, e->held.rows[i], -1);
        status = small_bins_make(e->values, n, e->train.n, bins, err);
    }
    mem_free(e->sums);
    mem_free(e->values);
    return status;
}

static void copy_bins(const small_column *c, row_list train, row_list held, uint8_t *bins)
{
    for (int64_t i = 0; i < train.n; ++i)
        bins[i] = c->bins[train.rows[i]];
    for (int64_t i = 0; i < held.n; ++i)
        bins[train.n + i] = c->bins[held.rows[i]];
}

static int32_t outputs_encoded(const small_table *t, int32_t n_listed)
{
    const int32_t most = n_listed > 0 ? ENCODED_MOST / n_listed : 1;
    return t->n_outputs <= most ? t->n_outputs : most > 0 ? most : 1;
}

ptg_status small_design_make(const small_table *t, const int32_t *columns, int32_t n_columns, row_list train, row_list held,
                             arena *a, small_design *out, ptg_error *err)
{
    int32_t n_listed = 0;
    for (int32_t k = 0; k < n_columns; ++k)
        n_listed += t->columns[columns[k]].listed;
    const int32_t n_encoded = outputs_encoded(t, n_listed);
    *out = (small_design){.n = train.n + held.n, .n_train = train.n};
    size_t bytes;
    if (!mem_product((size_t)out->n, (size_t)(n_columns - n_listed + n_listed * n_encoded), &bytes)) return fail_memory(err);
    out->bins = arena_array(a, (int64_t)bytes, sizeof *out->bins);
    if (out->bins == NULL) return fail_memory(err);
    for (int32_t k = 0; k < n_columns; ++k) {
        const small_column *c = &t->columns[columns[k]];
        for (int32_t output = 0; output < (c->listed ? n_encoded : 1); ++output) {
            uint8_t *bins = out->bins + out->n * out->n_columns++;
            if (!c->listed) {
                copy_bins(c, train, held, bins);
            } else {
                encoder e = {.t = t, .c = c, .train = train, .held = held, .output = output};
                TRY(encode_column(&e, bins, err));
            }
        }
    }
    return PTG_OK;
}
