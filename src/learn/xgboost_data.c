/* DMatrix from columns, through compressed rows: one way for dense and sparse columns. XGBoost copies what it is given. */
#include "learn/xgboost_data.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "trees/tree_model.h"

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How many neighbours of a sorted column are distinct as f64 and equal as f32. */
static int64_t merges(const double *sorted, int64_t n, double shift)
{
    int64_t count = 0;
    for (int64_t i = 1; i < n; i++)
        count += sorted[i] != sorted[i - 1] && tree_value_float32(sorted[i], shift) == tree_value_float32(sorted[i - 1], shift);
    return count;
}

/* Only a column that lies far from 0 for its width can gain: one like 1e9 + small. Others are told apart without sorting. */
static bool may_gain(const double *v, int64_t n)
{
    double low = INFINITY, high = -INFINITY;
    bool exact = true;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(v[i])) continue;
        low = v[i] < low ? v[i] : low;
        high = v[i] > high ? v[i] : high;
        exact = exact && (double)(float)v[i] == v[i];
    }
    double largest = fmax(fabs(low), fabs(high));
    return !exact && low < high && largest > 2 * (high - low);
}

/* The middle value, where shifting by it keeps more values apart; else 0. `scratch` has room for n. */
static double shift_of(const double *v, int64_t n, double *scratch)
{
    if (!may_gain(v, n)) return 0;
    int64_t present = 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(v[i])) scratch[present++] = v[i];
    qsort(scratch, (size_t)present, sizeof *scratch, ascending);
    double middle = scratch[present / 2];
    return merges(scratch, present, middle) < merges(scratch, present, 0) ? middle : 0;
}

ptg_status xgboost_data_shift(const matrix *x, arena *a, double **shift, ptg_error *err)
{
    *shift = NULL;
    double *found = arena_array(a, x->n_features, sizeof *found);
    double *scratch = mem_array(x->n_rows, sizeof *scratch);
    if (!found || !scratch) {
        mem_free(scratch);
        return fail_memory(err);
    }
    for (int32_t f = 0; f < x->n_features; f++) {
        if (x->features[f].kind == FEATURE_REAL) found[f] = shift_of(x->features[f].real, x->n_rows, scratch);
        if (found[f] != 0) *shift = found;
    }
    mem_free(scratch);
    return PTG_OK;
}

/* Compressed rows. */
typedef struct compressed {
    int64_t *start; /* n_rows + 1 */
    uint32_t *column;
    float *value;
    int64_t n;
} compressed;

static void compressed_clear(compressed *c)
{
    mem_free(c->start);
    mem_free(c->column);
    mem_free(c->value);
}

/* Row i of a dense column as XGBoost sees it; NaN where missing. */
static float dense_value(const feature *f, int64_t i, double shift)
{
    if (f->kind == FEATURE_CODED) return f->codes[i] < 0 ? NAN : (float)f->codes[i];
    return tree_value_float32(f->real[i], shift);
}

static bool is_stored(float v, bool sparse)
{
    return !isnan(v) && !(sparse && v == 0);
}

/* Walks the stored values of a column. With `column` and `value` NULL it only counts them into `at` (by row); else it writes
 * each at at[row]++. */
static void put_column(const feature *f, int64_t n_rows, uint32_t number, double shift, int64_t *at, compressed *c)
{
    bool sparse = f->kind == FEATURE_SPARSE;
    int64_t n = sparse ? f->n_values : n_rows;
    for (int64_t i = 0; i < n; i++) {
        float v = sparse ? tree_value_float32(f->values[i], 0) : dense_value(f, i, shift);
        if (!is_stored(v, sparse)) continue;
        int64_t row = sparse ? f->rows[i] : i;
        if (c->value) {
            c->column[at[row]] = number;
            c->value[at[row]] = v;
        }
        at[row]++;
    }
}

static ptg_status compress(const matrix *x, const double *shift, compressed *c, ptg_error *err)
{
    int64_t *at = mem_array(x->n_rows, sizeof *at);
    c->start = mem_array(x->n_rows + 1, sizeof *c->start);
    ptg_status status = at && c->start ? PTG_OK : fail_memory(err);
    for (int32_t f = 0; status == PTG_OK && f < x->n_features; f++)
        put_column(&x->features[f], x->n_rows, (uint32_t)f, shift ? shift[f] : 0, at, c);
    for (int64_t i = 0; status == PTG_OK && i < x->n_rows; i++) {
        c->start[i + 1] = c->start[i] + at[i];
        at[i] = c->start[i];
    }
    if (status == PTG_OK) {
        c->n = c->start[x->n_rows];
        c->column = mem_array(c->n, sizeof *c->column);
        c->value = mem_array(c->n, sizeof *c->value);
        if (!c->column || !c->value) status = fail_memory(err);
    }
    for (int32_t f = 0; status == PTG_OK && f < x->n_features; f++)
        put_column(&x->features[f], x->n_rows, (uint32_t)f, shift ? shift[f] : 0, at, c);
    mem_free(at);
    return status;
}

/* numpy's array interface as JSON. */
static void array_text(char out[160], const void *data, int64_t n, const char *type)
{
    snprintf(out, 160, "{\"data\": [%" PRIuPTR ", true], \"shape\": [%" PRId64 "], \"typestr\": \"%s\", \"version\": 3}",
             (uintptr_t)data, n, type);
}

static ptg_status create(const xgboost_library *l, const matrix *x, const compressed *c, void **out, ptg_error *err)
{
    char start[160], columns[160], value[160];
    array_text(start, c->start, x->n_rows + 1, "<i8");
    array_text(columns, c->column, c->n, "<u4");
    array_text(value, c->value, c->n, "<f4");
    if (l->XGDMatrixCreateFromCSR(start, columns, value, (uint64_t)x->n_features, "{\"missing\": NaN, \"nthread\": 1}", out) !=
        0)
        return xgboost_fail(l, "taking the columns", err);
    return PTG_OK;
}

static ptg_status set_types(const xgboost_library *l, const matrix *x, void *data, ptg_error *err)
{
    const char **types = mem_array(x->n_features, sizeof *types);
    if (!types) return fail_memory(err);
    for (int32_t f = 0; f < x->n_features; f++)
        types[f] = x->features[f].kind == FEATURE_CODED ? "c" : "q";
    int failed = l->XGDMatrixSetStrFeatureInfo(data, "feature_type", types, (uint64_t)x->n_features);
    mem_free(types);
    return failed ? xgboost_fail(l, "taking the types of the columns", err) : PTG_OK;
}

static double loss_target(const learn_task *task, double y)
{
    return task->loss == LOSS_SQUARED_LOG ? log1p(y) : y;
}

static ptg_status set_targets(const xgboost_library *l, const learn_task *task, const learn_rows *rows, void *data,
                              ptg_error *err)
{
    int64_t n = rows->x->n_rows;
    float *v = mem_array(n, sizeof *v);
    if (!v) return fail_memory(err);
    ptg_status status = PTG_OK;
    for (int64_t i = 0; i < n; i++)
        v[i] = (float)loss_target(task, rows->target[i]);
    if (l->XGDMatrixSetFloatInfo(data, "label", v, (uint64_t)n) != 0) status = xgboost_fail(l, "taking the target", err);
    if (status == PTG_OK && rows->weight) {
        for (int64_t i = 0; i < n; i++)
            v[i] = (float)rows->weight[i];
        if (l->XGDMatrixSetFloatInfo(data, "weight", v, (uint64_t)n) != 0) status = xgboost_fail(l, "taking the weights", err);
    }
    mem_free(v);
    return status;
}

ptg_status xgboost_data_make(const xgboost_library *l, const learn_task *task, const learn_rows *rows, const double *shift,
                             void **out, ptg_error *err)
{
    compressed c = {0};
    *out = NULL;
    ptg_status status = PTG_OK;
    GO(compress(rows->x, shift, &c, err));
    GO(create(l, rows->x, &c, out, err));
    GO(set_types(l, rows->x, *out, err));
    GO(set_targets(l, task, rows, *out, err));
done:
    compressed_clear(&c);
    if (status != PTG_OK && *out) {
        l->XGDMatrixFree(*out);
        *out = NULL;
    }
    return status;
}
