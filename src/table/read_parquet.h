/* Parquet files, read by DuckDB's C library where it is installed. Private to table/. */
#ifndef TABLE_READ_PARQUET_H
#define TABLE_READ_PARQUET_H

#include "table/frame.h"

bool parquet_is(text bytes);
/* The whole file. PTG_ERROR_LIBRARY where the library is missing: the sentence says how to get it. */
ptg_status parquet_read(const char *path, frame **out, ptg_error *err);

#endif
