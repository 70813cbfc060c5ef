/* Parquet files, read by DuckDB's C library where it is installed. Private to table/. */
#ifndef TABLE_READ_PARQUET_H
#define TABLE_READ_PARQUET_H

#include "table/frame.h"

bool parquet_is(text bytes);
/* The whole file, or a sample under options->memory_limit; other options are left to the caller. PTG_ERROR_LIBRARY where the
 * library is missing: the sentence says how to get it. */
ptg_status parquet_read(const char *path, const frame_read_options *options, frame **out, ptg_error *err);

#endif
