/* LightGBM data sets from columns, through compressed columns: what is not stored is 0, so that sparse columns cost what they
 * hold. */
#include "learn/lightgbm_data.h"

#include <math.h>

#include "base/memory.h"
#include "trees/tree_model.h"

void lightgbm_put_number(text_buffer *b, const char *name, double value)
{
    text_print(b, " %s=", name);
    text_append_number(b, value);
}

void lightgbm_put_truth(text_buffer *b, const char *name, bool value)
{
    text_print(b, " %s=%s", name, value ? "true" : "false");
}

void lightgbm_put_common(text_buffer *b, const learn_task *task)
{
    text_append(b, "deterministic=true force_col_wise=true verbosity=-1 metric=none feature_pre_filter=false use_missing=true "
                   "zero_as_missing=false");
    lightgbm_put_number(b, "num_threads", task->threads);
    lightgbm_put_number(b, "seed", (double)(task->seed & 0x7fffffff));
    const char *before = " categorical_feature=";
    for (int32_t f = 0; f < task->train.x->n_features; f++) {
        if (task->train.x->features[f].kind != FEATURE_CODED) continue;
        text_print(b, "%s%d", before, (int)f);
        before = ",";
    }
}

bool lightgbm_can_bag(int64_t n_rows, double share)
{
    return (double)n_rows * share >= 2;
}

typedef struct compressed {
    int64_t *start; /* n_features + 1 */
    int32_t *row;
    double *value;
} compressed;

static double dense_value(const feature *f, int64_t i)
{
    if (f->kind == FEATURE_CODED) return f->codes[i] < 0 ? (double)NAN : f->codes[i];
    return tree_value_float64(f->real[i]);
}

static int64_t count_stored(const feature *f, int64_t n_rows)
{
    if (f->kind == FEATURE_SPARSE) return f->n_values;
    int64_t n = 0;
    for (int64_t i = 0; i < n_rows; i++)
        n += dense_value(f, i) != 0;
    return n;
}

static void put_column(const feature *f, int64_t n_rows, compressed *c, int64_t at)
{
    if (f->kind == FEATURE_SPARSE) {
        for (int64_t i = 0; i < f->n_values; i++, at++) {
            c->row[at] = (int32_t)f->rows[i];
            c->value[at] = tree_value_float64(f->values[i]);
        }
        return;
    }
    for (int64_t i = 0; i < n_rows; i++) {
        double v = dense_value(f, i);
        if (v == 0) continue;
        c->row[at] = (int32_t)i;
        c->value[at++] = v;
    }
}

static ptg_status compress(const matrix *x, compressed *c, ptg_error *err)
{
    c->start = mem_array((int64_t)x->n_features + 1, sizeof *c->start);
    if (!c->start) return fail_memory(err);
    for (int32_t f = 0; f < x->n_features; f++)
        c->start[f + 1] = c->start[f] + count_stored(&x->features[f], x->n_rows);
    c->row = mem_array(c->start[x->n_features], sizeof *c->row);
    c->value = mem_array(c->start[x->n_features], sizeof *c->value);
    if (!c->row || !c->value) return fail_memory(err);
    for (int32_t f = 0; f < x->n_features; f++)
        put_column(&x->features[f], x->n_rows, c, c->start[f]);
    return PTG_OK;
}

static ptg_status set_field(const lightgbm_library *l, void *data, const char *field, const float *values, int64_t n,
                            ptg_error *err)
{
    if (!values || l->LGBM_DatasetSetField(data, field, values, (int)n, LIGHTGBM_FLOAT32) == 0) return PTG_OK;
    return lightgbm_fail(l, field, err);
}

ptg_status lightgbm_data_make(const lightgbm_library *l, const lightgbm_rows *rows, const char *parameters, void *reference,
                              void **out, ptg_error *err)
{
    const matrix *x = rows->x;
    compressed c = {0};
    *out = NULL;
    if (x->n_rows > INT32_MAX)
        return fail(err, PTG_ERROR_DATA, "LightGBM takes at most %d rows, but %lld were given.", INT32_MAX,
                    (long long)x->n_rows);
    ptg_status status = PTG_OK;
    GO(compress(x, &c, err));
    if (l->LGBM_DatasetCreateFromCSC(c.start, LIGHTGBM_INT64, c.row, c.value, LIGHTGBM_FLOAT64, (int64_t)x->n_features + 1,
                                     c.start[x->n_features], x->n_rows, parameters, reference, out) != 0)
        GO(lightgbm_fail(l, "taking the columns", err));
    GO(set_field(l, *out, "label", rows->label, x->n_rows, err));
    GO(set_field(l, *out, "weight", rows->weight, x->n_rows, err));
done:
    mem_free(c.start);
    mem_free(c.row);
    mem_free(c.value);
    if (status != PTG_OK && *out) {
        l->LGBM_DatasetFree(*out);
        *out = NULL;
    }
    return status;
}

ptg_status lightgbm_model_text(const lightgbm_library *l, void *booster, int64_t rounds, text *out, ptg_error *err)
{
    int64_t room = 1 << 20, size = 0;
    for (;;) {
        char *data = mem_array(room, 1);
        if (!data) return fail_memory(err);
        *out = (text){.data = data};
        if (l->LGBM_BoosterSaveModelToString(booster, 0, (int)rounds, 0, room, &size, data) != 0) {
            mem_free(data);
            return lightgbm_fail(l, "saving the model", err);
        }
        if (size <= room) break;
        mem_free(data);
        room = size;
    }
    out->size = size > 0 ? size - 1 : 0; /* the library counts the final NUL */
    return PTG_OK;
}
