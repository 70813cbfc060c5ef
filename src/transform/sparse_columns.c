/* See sparse_columns.h. */
#include "transform/sparse_columns.h"

ptg_status sparse_columns_init(sparse_columns *s, int32_t n, ptg_error *err)
{
    *s = (sparse_columns){.n = n,
                          .counts = mem_array(n, sizeof *s->counts),
                          .rows = mem_array(n, sizeof *s->rows),
                          .values = mem_array(n, sizeof *s->values)};
    return s->counts == NULL || s->rows == NULL || s->values == NULL ? fail_memory(err) : PTG_OK;
}

ptg_status sparse_columns_add(sparse_columns *s, const char *const *names, matrix *out, ptg_error *err)
{
    for (int32_t k = 0; k < s->n; k++) {
        TRY(matrix_add_sparse(out, names[k], s->counts[k], &s->rows[k], &s->values[k], err));
        s->counts[k] = 0;
    }
    return PTG_OK;
}

void sparse_columns_put(sparse_columns *s, int32_t k, int64_t row, double value)
{
    int64_t at = s->counts[k]++;
    s->rows[k][at] = row;
    s->values[k][at] = value;
}

void sparse_columns_clear(sparse_columns *s)
{
    mem_free(s->counts);
    mem_free(s->rows);
    mem_free(s->values);
    *s = (sparse_columns){0};
}
