/* Tables from memory: a caller's columns are copied into a frame, which a job reads like a file. */
#ifndef PILOTAGE_TABLE_H
#define PILOTAGE_TABLE_H

#include <stdint.h>

#include "pilotage/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A table being built, or one that is whole. Owned by the caller. Since 0.1. */
typedef struct ptg_table ptg_table;

/* Starts a table of `n_rows` rows. Since 0.1. */
PTG_API ptg_status ptg_table_new(int64_t n_rows, ptg_table **out, ptg_error *err);

/* Adds a column of numbers, `n_rows` values, copied; NaN is missing. `type` is "numeric" or "datetime" (seconds since
 * 1970-01-01 UTC). Since 0.1. */
PTG_API ptg_status ptg_table_add_numbers(ptg_table *table, const char *name, const char *type, const double *values,
                                         ptg_error *err);

/* Adds a column of texts: UTF-8 in `bytes`, cell i from offsets[i] to offsets[i + 1]; missing[i] nonzero means missing (missing
 * may be NULL). `type` is "categorical", "text", or NULL to find it. Copied. Since 0.1. */
PTG_API ptg_status ptg_table_add_texts(ptg_table *table, const char *name, const char *type, const char *bytes,
                                       const int64_t *offsets, const uint8_t *missing, ptg_error *err);

/* Writes the table as a frame file, which every command takes like a CSV file. No columns may be added after. Since 0.1. */
PTG_API ptg_status ptg_table_save(ptg_table *table, const char *path, ptg_error *err);

/* Frees; NULL is fine. Since 0.1. */
PTG_API void ptg_table_free(ptg_table *table);

#ifdef __cplusplus
}
#endif
#endif
